"""SPARQL as data: named queries bound with typed terms, the competency questions, and the guard against fetching."""

from kg.queries.bind import bind, load, placeholders
from kg.queries.catalog import Example, examples
from kg.queries.guard import form, refuse_remote

__all__ = ["Example", "bind", "examples", "form", "load", "placeholders", "refuse_remote"]
