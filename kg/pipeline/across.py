"""The gate's second place, inside the transaction: what a change does to everything that is published already.

Each article was checked alone before (decision 6). Here only focus nodes that the change touches are asked about, so
the cost follows the change and not the store (docs/decisions/0031-incremental-gate.md), and only violations that were
not there before count: what was published under older shapes refuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.config import Settings
from kg.errors import Refused
from kg.shacl import Gate, Report
from kg.shacl.touched import Plan
from kg.shacl.view import Node
from kg.store import Draft
from kg.store.seen import Seen

__all__ = ["Across", "refusal"]


@dataclass(frozen=True, slots=True)
class Across:
    """Asks the gate about changes of a draft. ``annotated``: its default graph holds what annotations say."""

    gate: Gate
    annotated: bool

    @classmethod
    def of(cls, gate: Gate, settings: Settings) -> Across:
        """The gate for drafts of a publication with these settings."""
        return cls(gate, settings["detail"] == "full" and settings["annotations_in_default_graph"])

    def broken(self, draft: Draft, seen: Seen, *, alone: str | None = None) -> Report:
        """The violations that what was seen made in the draft.

        ``alone`` is the page of an article that was just checked by itself: what lives and dies with it is asked only
        about its place among the others (``nkgs:scope nkgs:Dataset``).
        """
        report = self.gate.check_changes(
            draft.rdf, seen.added, seen.removed, annotated=self.annotated, refusing=True, skip=_skipping(alone)
        )
        return Report.of(report.violations)

    def summary(self, warned: Mapping[str, int], broken: Mapping[str, int]) -> dict[str, object]:
        """What a manifest says of the gate: warnings, and violations that a publish left behind, by code."""
        codes = dict(sorted(warned.items()))
        said: dict[str, object] = {
            "shacl": {
                "violations": sum(broken.values()),
                "warnings": codes,
                "shapes": self.gate.shapes.digest,
                "checked": "incremental",
            }
        }
        return said | ({"broken": dict(sorted(broken.items()))} if broken else {})

    @contextmanager
    def unit(self, draft: Draft, origin: str) -> Iterator[None]:
        """A part of a publish that is done whole or not at all: a SPARQL update, a graph that somebody writes.

        Raises :class:`kg.errors.Refused` where it makes a violation; it is undone then, as after any error in it.
        """
        with draft.attempt(), draft.watching() as seen:
            yield
            report = self.broken(draft, seen)
            if report.violations:
                raise refusal(origin, report)


def refusal(origin: str, report: Report) -> Refused:
    """The error that tells of the first violation and of how many more there are."""
    first = report.violations[0]
    more = len(report.violations) - 1
    rest = f" (and {more} more)" if more else ""
    return Refused(f"refused by the gate: {first.message}{rest}", origin=origin, codes=report.codes())


def _skipping(alone: str | None) -> Callable[[Plan, Node], bool] | None:
    """What was asked already when the article of the page was checked by itself."""
    if alone is None:
        return None
    return lambda plan, node: not plan.root.of_dataset and _within(node, alone)


def _within(node: Node, page: str) -> bool:
    """Whether the node lives and dies with the article of that page."""
    if isinstance(node, NamedNode):
        rest = node.value[len(page) : len(page) + 1]
        return rest in ("#", "/") and node.value.startswith(page)
    return isinstance(node, BlankNode | Literal)
