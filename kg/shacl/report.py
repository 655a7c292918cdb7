"""Validation reports as frozen values (SHACL, section 3.6), and what they are written as."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.shacl.evidence import AllGraphs, Evidence, Words
from kg.shacl.path import Path
from kg.shacl.stamp import Finding
from kg.shacl.view import Node, View
from kg.shacl.wording import Wording, wording
from kg.vocab import XSD

__all__ = ["SEVERITIES", "Report", "Result"]

#: SHACL's own severities, the worst first; others come after them.
SEVERITIES = ("Violation", "Warning", "Info")
_ORDER = {name: place for place, name in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that is wrong: which constraint, how bad, where, and what to do.

    ``code`` is the constraint's code (``A1``); ``severity`` is ``Violation``, ``Warning``, ``Info`` or the IRI of
    another severity; ``shape`` is the IRI of the shape and ``component`` the SHACL constraint component (``MinCount``
    …; a whole IRI where it is not SHACL's). ``source`` is the shape's own node, which for a shape without an IRI
    differs from ``shape``. ``messages`` are the message in every language there is; ``words`` are what the value was
    read from, once :meth:`Report.with_words` has looked.
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
    messages: tuple[Literal, ...] = field(default=(), compare=False)
    words: tuple[Words, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, finding: Finding) -> Result:
        """The result that a finding stands for."""
        focus, path, value, said = finding
        messages = said.messages
        if messages and messages[0].value != said.message:  # values were put into it: the others do not have them
            language = messages[0].language
            messages = (Literal(said.message, language=language) if language else Literal(said.message),)
        return cls(
            code=said.code,
            severity=said.severity,
            focus=focus,
            path=path,
            value=value,
            message=said.message,
            shape=said.shape,
            component=said.component,
            source=said.source,
            messages=messages,
        )

    @property
    def key(self) -> tuple[int, str, str, str, str, str, str, str]:
        """What results are ordered by: the worst first, then by code and place."""
        return (
            _ORDER.get(self.severity, len(_ORDER)),
            "" if self.severity in _ORDER else self.severity,
            self.code,
            str(self.focus),
            str(self.path or ""),
            "" if self.value is None else str(self.value),
            self.shape,
            self.component,
        )

    @property
    def wording(self) -> Wording:
        """What is wrong, and a sentence on how to fix it."""
        return wording(self.message, self.component)

    def to_json(self) -> dict[str, Any]:
        """Plain values; terms are written as SPARQL 1.1 results in JSON write them."""
        said = self.wording
        return {
            "code": self.code,
            "severity": self.severity,
            "focus": _json(self.focus),
            "path": None if self.path is None else self.path.iri.value if self.path.iri else str(self.path),
            "value": None if self.value is None else _json(self.value),
            "message": self.message,
            "messages": [_json(one) for one in self.messages],
            "problem": said.problem,
            "fix": said.fix,
            "shape": self.shape,
            "component": self.component,
            "words": [{"text": one.text, "span": one.span, "article": one.article or None} for one in self.words],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What the gate says of a set of triples. Make one with :meth:`of`, which orders the results.

    ``hidden`` counts the violations that a part of a report leaves out.
    """

    conforms: bool
    results: tuple[Result, ...] = ()
    hidden: int = 0

    @classmethod
    def of(cls, results: Sequence[Result]) -> Report:
        """A report of the results; it conforms when there are none (SHACL, section 3.6.1.1)."""
        ordered = tuple(sorted(results, key=lambda r: r.key))
        return cls(not ordered, ordered)

    @classmethod
    def of_findings(cls, findings: Iterable[Finding]) -> Report:
        """The report of what a back end found."""
        return cls.of([Result.of(one) for one in findings])

    @property
    def accepted(self) -> bool:
        """Whether nothing in it refuses an article: warnings and infos are stored beside it."""
        return not self.violations and not self.hidden

    @property
    def violations(self) -> tuple[Result, ...]:
        """The results that refuse an article."""
        return tuple(r for r in self.results if r.severity == "Violation")

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results that are stored beside the article: every severity but Violation."""
        return tuple(r for r in self.results if r.severity != "Violation")

    def codes(self) -> tuple[str, ...]:
        """The codes of the violations, each once, in order."""
        return tuple(dict.fromkeys(r.code for r in self.violations))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many results each severity has: SHACL's three always, others where they occur."""
        found = Counter(r.severity for r in self.results)
        return {name: found.pop(name, 0) for name in SEVERITIES} | dict(sorted(found.items()))

    @property
    def tally(self) -> Mapping[str, Mapping[str, int]]:
        """How many results each code has, by severity: what a publish and ``kg check`` keep of a report."""
        found: dict[str, dict[str, int]] = {}
        for r in self.results:
            row = found.setdefault(r.severity, {})
            row[r.code] = row.get(r.code, 0) + 1
        return {severity: dict(sorted(row.items())) for severity, row in found.items()}

    def only(self, wanted: Callable[[Result], bool]) -> Report:
        """The results that are wanted; ``conforms`` and ``accepted`` are still what the whole report says."""
        kept = tuple(r for r in self.results if wanted(r))
        left = sum(r.severity == "Violation" for r in kept)
        return Report(self.conforms, kept, self.hidden + len(self.violations) - left)

    def with_words(self, view: View | AllGraphs) -> Report:
        """The report with the words of articles that its values rest on, as far as the graph in the view holds them."""
        words = Evidence(view)
        return replace(self, results=tuple(replace(r, words=words(r)) for r in self.results))

    # what it is written as ----------------------------------------------------------------------------------------

    def to_text(self) -> str:
        """One line of summary and a few lines per result, for people."""
        from kg.shacl.table import text

        return text(self)

    def to_json(self) -> str:
        """The report as one JSON object; terms are written as SPARQL 1.1 results in JSON write them."""
        made = {
            "conforms": self.conforms,
            "accepted": self.accepted,
            "counts": self.counts,
            "codes": self.tally,
            "results": [r.to_json() for r in self.results],
        }
        return json.dumps(made, ensure_ascii=False, indent=2)

    def to_turtle(self) -> str:
        """The report as a ``sh:ValidationReport`` in Turtle; the same report is the same bytes."""
        from kg.formats import TURTLE, serialize
        from kg.shacl.shapes import NKGS
        from kg.vocab import PREFIXES

        return serialize(self.statements(), TURTLE, prefixes=PREFIXES | {"nkgs": NKGS.iri}).decode("utf-8")

    @classmethod
    def from_turtle(cls, data: bytes | str) -> Report:
        """The report that :meth:`to_turtle` wrote. Raises ``ValueError`` when there is no report in it."""
        from kg.shacl.statements import read

        return cls.of(read(data))

    def statements(self) -> tuple[Triple, ...]:
        """The report as triples, for every other RDF format."""
        from kg.shacl.statements import write

        return write(self)

    def triples(self, iri_base: str) -> tuple[Triple, ...]:
        """The warnings and infos as ``sh:ValidationResult`` descriptions, to be kept in the report graph (decision 17).

        Each result's IRI is ``iri_base`` and a hash of what it says, so the same finding keeps its IRI. A literal
        of more than 200 characters is not repeated as ``sh:value``: the focus node and path lead to it.
        """
        from kg.shacl.statements import kept

        return kept(self.warnings, iri_base)


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
