"""Validation reports as frozen values, and as text, JSON and RDF (SHACL, section 3.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from kg.iris import hex_digest
from kg.shacl.path import Path
from kg.shacl.shapes import NKGS, ShapesGraph, code_of
from kg.shacl.view import Node
from kg.vocab import PREFIXES, RDF, SCHEMA, SH, XSD, compact

__all__ = ["Report", "Result"]

_ORDER = {"Violation": 0, "Warning": 1, "Info": 2}
#: Longest literal, in characters, that text output shows and that a stored result repeats.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that is wrong: which constraint, how bad, where, and what to do.

    ``code`` is the constraint's code (``A1``); ``severity`` is ``Violation``, ``Warning`` or ``Info``; ``shape`` is the
    IRI of the shape and ``component`` the SHACL constraint component (``MinCount`` …; a whole IRI where it is not
    SHACL's). ``source`` is the shape's own node, which for a shape without an IRI differs from ``shape``.
    """

    code: str
    severity: str
    focus: Node
    path: Path | None
    value: Node | None
    message: str
    shape: str
    component: str = ""
    source: Node | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[int, str, str, str, str, str, str]:
        """What results are ordered by: the worst first, then by code and place."""
        return (
            _ORDER.get(self.severity, 0),
            self.code,
            str(self.focus),
            str(self.path or ""),
            "" if self.value is None else str(self.value),
            self.shape,
            self.component,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What the gate says of a set of triples. Make one with :meth:`of`, which orders the results."""

    conforms: bool
    results: tuple[Result, ...] = ()

    @classmethod
    def of(cls, results: Sequence[Result]) -> Report:
        """A report of the results; it conforms when there are none (SHACL, section 3.6.1.1)."""
        ordered = tuple(sorted(results, key=lambda r: r.key))
        return cls(not ordered, ordered)

    @property
    def accepted(self) -> bool:
        """Whether nothing in it refuses an article: warnings and infos are stored beside it."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """The results that refuse an article."""
        return tuple(r for r in self.results if r.severity == "Violation")

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results that are stored beside the article: warnings and infos."""
        return tuple(r for r in self.results if r.severity != "Violation")

    def codes(self) -> tuple[str, ...]:
        """The codes of the violations, each once, in order."""
        return tuple(dict.fromkeys(r.code for r in self.violations))

    # text ---------------------------------------------------------------------------------------------------------

    def to_text(self) -> str:
        """One line of summary and a few lines per result, for people."""
        names = {"Violation": "violation", "Warning": "warning", "Info": "info"}
        tally = [f"{n} {names[s]}{'s' * (n != 1)}" for s in _ORDER if (n := sum(r.severity == s for r in self.results))]
        verdict = "conforms" if self.accepted else "does not conform"
        lines = [f"{verdict}: {', '.join(tally) or 'nothing found'}"]
        for r in self.results:
            lines.append(f"{r.severity} {_printable(r.message)}")
            lines.append(f"  at {_shown(r.focus)}")
            if r.path is not None:
                lines.append(f"  path {compact(r.path.iri.value) if r.path.iri else r.path}")
            if r.value is not None and r.value != r.focus:
                lines.append(f"  value {_shown(r.value)}")
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """The report as one JSON object; terms are written as SPARQL 1.1 results in JSON write them."""
        return json.dumps(
            {
                "conforms": self.conforms,
                "accepted": self.accepted,
                "counts": {s: sum(r.severity == s for r in self.results) for s in _ORDER},
                "results": [
                    {
                        "code": r.code,
                        "severity": r.severity,
                        "focus": _json(r.focus),
                        "path": None if r.path is None else r.path.iri.value if r.path.iri else str(r.path),
                        "value": None if r.value is None else _json(r.value),
                        "message": r.message,
                        "shape": r.shape,
                        "component": r.component,
                    }
                    for r in self.results
                ],
            },
            ensure_ascii=False,
            indent=2,
        )

    # RDF ----------------------------------------------------------------------------------------------------------

    def to_turtle(self) -> str:
        """The report as a ``sh:ValidationReport`` in Turtle."""
        fresh = _fresh()
        report = next(fresh)
        made = [
            Triple(report, RDF.type, SH.ValidationReport),
            Triple(report, SH.conforms, Literal(self.conforms)),
        ]
        for result in self.results:
            node = next(fresh)
            made.append(Triple(report, SH.result, node))
            made.extend(_describe(node, result, fresh, longest=None))
        written = serialize(made, format=RdfFormat.TURTLE, prefixes=PREFIXES | {"nkgs": NKGS.iri})
        assert written is not None
        lines = written.decode().split("\n")
        head = [line for line in lines if line.startswith("@prefix ")]
        # The serializer gives prefixes in no fixed order; the same report must be the same bytes.
        return "\n".join([*sorted(head), *lines[len(head) :]])

    @classmethod
    def from_turtle(cls, data: bytes | str) -> Report:
        """The report that :meth:`to_turtle` wrote. Raises ``ValueError`` when there is no report in it."""
        try:
            triples = tuple(q.triple for q in parse(data, format=RdfFormat.TURTLE))
        except SyntaxError as error:
            raise ValueError(f"the report is no valid Turtle: {error}") from error
        graph = ShapesGraph(triples)
        heads = tuple(graph.view.subjects(RDF.type, SH.ValidationReport))
        if len(heads) != 1:
            raise ValueError(f"{len(heads)} sh:ValidationReport found; one is needed")
        results = [_read(graph, node) for node in graph.objects(heads[0], "result")]
        return cls.of(results)

    def triples(self, iri_base: str) -> tuple[Triple, ...]:
        """The warnings and infos as ``sh:ValidationResult`` descriptions, to be kept in the report graph (decision 17).

        Each result's IRI is ``iri_base`` and a hash of what it says, so the same finding keeps its IRI. A literal
        of more than 200 characters is not repeated as ``sh:value``: the focus node and path lead to it.
        """
        fresh = _fresh()
        made: list[Triple] = []
        for r in self.warnings:
            node = NamedNode(iri_base + hex_digest("\n".join(r.key[1:]), 12))
            made.extend(_describe(node, r, fresh, longest=_SHOWN))
        return tuple(made)


def _describe(
    node: NamedNode | BlankNode, result: Result, fresh: Iterator[BlankNode], *, longest: int | None
) -> Iterator[Triple]:
    yield Triple(node, RDF.type, SH.ValidationResult)
    yield Triple(node, SH.resultSeverity, SH[result.severity])
    yield Triple(node, SH.focusNode, result.focus)
    if result.path is not None:
        head, made = result.path.triples(fresh)
        yield Triple(node, SH.resultPath, head)
        yield from made
    value = result.value
    if value is not None and not (longest and isinstance(value, Literal) and len(value.value) > longest):
        yield Triple(node, SH.value, value)
    yield Triple(node, SH.resultMessage, Literal(result.message))
    if result.shape:
        yield Triple(node, SH.sourceShape, NamedNode(result.shape))
    yield Triple(node, SH.sourceConstraintComponent, SH[f"{result.component}ConstraintComponent"])
    yield Triple(node, SCHEMA.identifier, Literal(result.code))


def _read(graph: ShapesGraph, node: Node) -> Result:
    def text(name: str) -> str:
        value = graph.one(node, name)
        return value.value if isinstance(value, Literal | NamedNode) else ""

    focus, place = graph.one(node, "focusNode"), graph.one(node, "resultPath")
    if focus is None:
        raise ValueError("a sh:ValidationResult has no sh:focusNode; it needs one")
    message = text("resultMessage")
    codes = tuple(graph.view.objects(node, SCHEMA.identifier))
    code = codes[0].value if codes and isinstance(codes[0], Literal) else code_of(message) or ""
    return Result(
        code=code,
        severity=text("resultSeverity").rpartition("#")[2],
        focus=focus,
        path=None if place is None else graph.read_path(node, place),
        value=graph.one(node, "value"),
        message=message,
        shape=text("sourceShape"),
        component=text("sourceConstraintComponent").rpartition("#")[2].removesuffix("ConstraintComponent"),
    )


def _fresh() -> Iterator[BlankNode]:
    return (BlankNode(f"nkgresult{n}") for n in count())


def _printable(text: str) -> str:
    """The text without control and direction characters, which could forge lines of a log."""
    return "".join(c if c.isprintable() else " " for c in text)


def _shown(node: Node) -> str:
    if isinstance(node, NamedNode):
        return f"<{node.value}>"
    if isinstance(node, Literal):
        text = node.value if len(node.value) <= _SHOWN else node.value[:_SHOWN] + "…"
        kind = f"@{node.language}" if node.language else ""
        if not kind and node.datatype != XSD.string:
            kind = f"^^{compact(node.datatype.value)}"
        return f'"{_printable(text)}"{kind}'
    return str(node)


def _json(node: Node) -> dict[str, str]:
    if isinstance(node, NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, BlankNode):
        return {"type": "bnode", "value": node.value}
    if isinstance(node, Literal):
        made = {"type": "literal", "value": node.value}
        if node.language:
            made["xml:lang"] = node.language
        elif node.datatype != XSD.string:
            made["datatype"] = node.datatype.value
        return made
    return {"type": "triple", "value": str(node)}
