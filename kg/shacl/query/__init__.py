"""SPARQL queries of shapes: evaluated over a view in Python, with variables bound beforehand as SHACL defines it.

A query is read once (:mod:`~kg.shacl.query.syntax`), checked against what SHACL forbids (:mod:`~.rules`), translated to
the algebra of SPARQL 1.1 section 18 (:mod:`~.algebra`) and compiled to closures over rows of terms. What is not known
here raises :class:`kg.shacl.shapes.Unsupported`; :mod:`~.oxigraph` then asks the same question of a store.
"""

from __future__ import annotations

from kg.shacl.query.oxigraph import set_form, solve_in_store
from kg.shacl.query.prepared import Prepared, prepare
from kg.shacl.query.rules import IllFormed

__all__ = ["IllFormed", "Prepared", "prepare", "set_form", "solve_in_store"]
