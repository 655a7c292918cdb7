"""Whether a shapes graph is one: the syntax rules of SHACL, told with file and line.

The rules that a shape can tell stand in ``shapes/syntax/shacl.ttl`` and are run as any other shapes; those that take
more (paths, lists of parameters, queries, circles) are the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

from kg import resources
from kg.errors import ConfigError
from kg.shacl.components import components
from kg.shacl.path import Path
from kg.shacl.shapes import ShapesGraph, code_of, shown
from kg.shacl.source import SOUGHT
from kg.shacl.stamp import Finding
from kg.shacl.view import Node
from kg.vocab import OWL, SH, compact

if TYPE_CHECKING:
    from kg.shacl.alone import Alone

__all__ = ["notes", "problems"]

_LEADS = frozenset({SH.node, SH["not"], SH.property, SH.qualifiedValueShape, SH.sparql, SH.parameter, SH.declare})
#: Terms that are understood and not acted on, and why.
_IGNORED = {
    SH.rule: "sh:rule is ignored: newsgraph checks data and does not derive any",
    SH.values: "sh:values is ignored: newsgraph checks data and does not derive any",
    SH.shapesGraph: "sh:shapesGraph is ignored: the shapes are those of the settings",
    SH.suggestedShapesGraph: "sh:suggestedShapesGraph is ignored: the shapes are those of the settings",
    OWL.imports: "owl:imports is followed for prefixes only: nothing is fetched; put the file into the folder",
}


def problems(shapes: ShapesGraph) -> tuple[ConfigError, ...]:
    """What breaks a syntax rule of SHACL, each with the file, line and shape, in no order that means anything."""
    found = (f for f in _checks().check(shapes.view) if f[3].severity == "Violation")
    # One rule may find two things wrong with one term (given twice, one of them no number): once is enough.
    once = {(focus, stamp.code): (focus, path, value, stamp) for focus, path, value, stamp in islice(found, SOUGHT)}
    return tuple(_problem(shapes, finding) for finding in once.values())


def notes(shapes: ShapesGraph) -> tuple[str, ...]:
    """What is legal in the shapes and has no effect here, one line each."""
    ignored = (
        shapes.broken(t.subject, _IGNORED[t.predicate], term=t.predicate)
        for t in shapes.triples
        if t.predicate in _IGNORED
    )
    mute = (
        shapes.broken(one.iri, f"it has no validator for {kind} shapes, and is ignored on them")
        for one in components(shapes, [])
        for kind, validator in (("node", one.of_nodes), ("property", one.of_properties))
        if validator is None and not one.in_script
    )
    idle = (_problem(shapes, f) for f in _checks().check(shapes.view) if f[3].severity != "Violation")
    return tuple(dict.fromkeys(told.message for told in islice(chain(ignored, mute, idle), SOUGHT)))


@cache
def _checks() -> Alone:
    """The shapes for shapes, compiled when first asked for."""
    from kg.shacl.alone import Alone
    from kg.shacl.reading import read_roots

    rules = ShapesGraph.load([resources.path("shapes/syntax")])
    return Alone(read_roots(rules, checked=False))


def _problem(shapes: ShapesGraph, finding: Finding) -> ConfigError:
    focus, path, value, stamp = finding
    text = stamp.message
    code = code_of(text)
    if code is not None:
        text = text[len(code) :].strip()
    said = "" if value is None or isinstance(value, BlankNode) else f" (it is {shown(value)})"
    terms = tuple(_predicates(path))
    term = next((p.iri for p in terms if p.iri and _carries(shapes, focus, p, value)), None)
    if term is not None and len(terms) > 1:
        text = f"{compact(term.value)}: {text}"
    if shapes.view.row(focus):
        return shapes.broken(focus, text + said, term=term)
    # What nothing is said of stands where it is pointed to.
    led = (t for t in shapes.triples if t.object == focus and t.predicate in _LEADS)
    lead = next(led, None)
    if lead is None:
        return shapes.broken(focus, text + said)
    return shapes.broken(lead.subject, text + said, term=lead.predicate)


def _carries(shapes: ShapesGraph, focus: Node, path: Path, value: Node | None) -> bool:
    """Whether the focus node has the value by the path; any value, where the result has none."""
    assert path.iri is not None
    found = tuple(shapes.view.objects(focus, path.iri))
    return bool(found) and (value is None or value in found or len(found) == 1)


def _predicates(path: Path | None) -> Iterator[Path]:
    """The predicates a path may begin with."""
    if path is None:
        return
    if path.iri is not None:
        yield path
    elif path.kind == "alternativePath":
        for part in path.parts:
            yield from _predicates(part)
    elif path.kind == "sequencePath":
        yield from _predicates(path.parts[0])
