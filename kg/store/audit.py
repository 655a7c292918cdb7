"""Whether a snapshot is whole: its manifest, its RDF, its default graph, its keys and its text index agree."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.errors import SnapshotUnknown, StoreError
from kg.store import annotators, changes, contents, damage
from kg.store.layout import Layout
from kg.store.reader import Reader

__all__ = ["Audit", "verify"]

#: Examples given of each kind of disagreement.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome for one snapshot: ``findings`` says what disagrees, one sentence each; empty means whole."""

    id: str
    quads: int
    articles: int
    findings: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything agrees."""
        return not self.findings


def verify(layout: Layout, snapshot: str | None = None) -> Audit:
    """Read the whole snapshot and compare its parts; disagreements and files that cannot be read are findings.

    Raises :class:`kg.errors.StoreMissing`, :class:`kg.errors.SnapshotUnknown` and :class:`kg.errors.SnapshotPruned`.
    """
    name = layout.resolve(snapshot)
    findings: list[str] = []
    quads = articles = 0
    try:
        with Reader(layout, name) as reader, damage.mapped(reader.folder):
            quads = _content(reader, layout, findings)
            articles = _articles(reader, findings)
    except SnapshotUnknown:  # pruned meanwhile
        raise
    except StoreError as error:
        findings.append(f"not whole: {error.message}")
    return Audit(name, quads, articles, tuple(findings))


def _content(reader: Reader, layout: Layout, findings: list[str]) -> int:
    digest = count = 0
    stray: list[str] = []
    missing: list[str] = []
    shown: dict[object, bool] = {}
    for quad in reader.rdf:
        text = changes.line(quad)
        digest += changes.quad_digest(text)
        count += 1
        triple = Triple(quad.subject, quad.predicate, quad.object)
        if isinstance(quad.graph_name, DefaultGraph):
            if not contents.holds(reader.rdf, layout.iris, triple, annotations=layout.annotations):
                stray.append(text)
            continue
        if quad.graph_name not in shown:
            shown[quad.graph_name] = contents.published(
                reader.rdf, layout.iris, quad.graph_name, annotations=layout.annotations
            )
        if shown[quad.graph_name] and _plain(quad) not in reader.rdf:
            missing.append(text)
    expected = reader.info
    if f"{digest % (1 << 256):064x}" != expected.digest:
        findings.append(f"the quads do not give the digest of the manifest ({expected.digest})")
    if count != expected.counts.quads:
        findings.append(f"the manifest counts {expected.counts.quads} quads, there are {count}")
    _say(findings, "triples of the default graph are in no published graph", stray)
    _say(findings, "triples of published graphs are not in the default graph", missing)
    return count


def _plain(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object)


def _articles(reader: Reader, findings: list[str]) -> int:
    live = sorted(reader.articles())
    indexed = list(reader.text.pages("article"))
    _say(findings, "articles are not in the text index", sorted(set(live) - set(indexed)))
    _say(findings, "articles are in the text index only", sorted(set(indexed) - set(live)))
    _say(
        findings,
        "articles are in the text index twice",
        sorted({p for p in indexed if indexed.count(p) > 1}) if len(indexed) != len(set(indexed)) else [],
    )
    _say(findings, "articles have no key", [p for p in live if not contents.keys_of(reader.rdf, reader.iris, p)])
    gone = [p for p in reader.text.pages("thing") if reader.state(p) == "gone"]
    _say(findings, "things are in the text index although nothing describes them", gone)
    if len(live) != reader.info.counts.articles:
        findings.append(f"the manifest counts {reader.info.counts.articles} articles, there are {len(live)}")
    counted = {one.id: one.articles for one in reader.info.annotators}
    there = annotators.of_pages(reader.rdf, reader.iris, live)
    findings.extend(
        f"the manifest counts {counted.get(one, 0)} articles by {one}, there are {there[one]}"
        for one in sorted(counted.keys() | there.keys())
        if counted and counted.get(one, 0) != there[one]
    )
    things = _things(reader)
    if things != reader.info.counts.things:
        findings.append(f"the manifest counts {reader.info.counts.things} things, {things} are described")
    return len(live)


def _things(reader: Reader) -> int:
    prefix = f"{reader.iris.base}/things/"
    found: set[str] = set()
    for quad in reader.rdf.quads_for_pattern(None, None, None, DefaultGraph()):
        subject = quad.subject
        if isinstance(subject, NamedNode) and subject.value.startswith(prefix) and subject.value.endswith("#id"):
            found.add(subject.value)
    return len(found)


def _say(findings: list[str], what: str, found: list[str]) -> None:
    if found:
        more = f" … and {len(found) - EXAMPLES} more" if len(found) > EXAMPLES else ""
        findings.append(f"{len(found)} {what}: {', '.join(found[:EXAMPLES])}{more}")
