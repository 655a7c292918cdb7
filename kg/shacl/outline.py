"""What the shapes say a graph may hold: for each kind of thing its properties, their values, how many, and the rules.

The documentation of the model (docs/model.md), the JSON-LD context and the completion of editors are made from this
one reading of the shapes, so that none of them says what the gate does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary
from kg.shacl import shape as s
from kg.shacl.limits import Limits, shown
from kg.shacl.path import Path
from kg.shacl.reading import read_roots
from kg.shacl.shapes import NKGS, ShapesGraph
from kg.shacl.stamp import Stamp, stamp
from kg.shacl.view import Node
from kg.shacl.wording import printable, wording
from kg.vocab import RDF, RDFS, SCHEMA, SH, XSD

__all__ = ["Rule", "Section", "Slot", "holds_nodes", "outline", "words_of"]

#: The data types of schema.org whose values are literals; a schema:URL is an IRI in the graph.
_TEXTS = frozenset(
    SCHEMA[name].value
    for name in (
        "Boolean", "CssSelectorType", "Date", "DateTime", "Duration", "Float", "Integer", "Number",
        "PronounceableText", "Text", "Time", "XPathType",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What one shape asks: its code, its severity, what is wrong where it is broken and how to put it right.

    ``severity`` is the local name of SHACL's three, else an IRI; ``file`` is the name of the file it stands in.
    """

    code: str
    severity: str
    problem: str
    fix: str
    file: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One property of a kind of thing.

    ``values`` are the IRIs of the classes and datatypes of its values; ``nodes`` says whether they are nodes (True),
    literals (False) or both (None). ``members`` are the only values allowed, where there is a list. ``limits`` are
    further limits in words. ``least`` is what a Violation demands; ``advised`` says that one is recommended.
    """

    path: Path
    name: str
    description: str
    values: tuple[str, ...]
    nodes: bool | None
    members: tuple[Node, ...]
    limits: tuple[str, ...]
    least: int
    most: int | None
    advised: bool
    rules: tuple[Rule, ...]

    @property
    def kind(self) -> str:
        """``node``, ``literal`` or ``any``."""
        return "any" if self.nodes is None else "node" if self.nodes else "literal"

    @property
    def predicates(self) -> tuple[NamedNode, ...]:
        """The predicates that lead straight to the values: one, or several where they share the slot."""
        parts = self.path.parts if self.path.kind == "alternativePath" else (self.path,)
        iris = tuple(p.iri for p in parts if p.iri is not None)
        return iris if len(iris) == len(parts) else ()


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing: the targets that the shapes name, its properties, and rules about several of them.

    ``key`` is short, unique and the same as long as the shape has its name.
    """

    key: str
    title: str
    comment: str
    targets: tuple[s.Target, ...]
    slots: tuple[Slot, ...]
    rules: tuple[Rule, ...]

    @property
    def classes(self) -> tuple[NamedNode, ...]:
        """The classes whose instances it is about."""
        return tuple(t.term for t in self.targets if t.kind == "targetClass" and isinstance(t.term, NamedNode))


def outline(shapes: ShapesGraph) -> tuple[Section, ...]:
    """The sections of the shapes, in the order of ``sh:order`` and then of the files.

    A root shape with an ``rdfs:label`` makes a section; every other one joins the section that is about the same
    targets, or makes one. A labelled shape that is deactivated is described, without rules. Raises
    :class:`kg.errors.ConfigError` for broken shapes.
    """
    reader = _Outliner(shapes)
    roots = (*read_roots(shapes), *reader.described())
    heads = sorted((r for r in roots if reader.text(r.shape.node, RDFS.label)), key=lambda r: reader.order(r.shape))
    groups: list[list[s.Root]] = [[root] for root in heads]
    taken = set(map(id, heads))
    for root in roots:
        if id(root) not in taken:
            home = _home(root, groups)
            if home is None:
                groups.append([root])
            else:
                home.append(root)
    sections = (reader.section(group) for group in groups)
    return tuple(section for section in sections if section.slots or section.rules)


def holds_nodes(iri: str) -> bool:
    """Whether what an IRI stands for are nodes: a class, not a datatype.

    >>> holds_nodes("http://schema.org/Person"), holds_nodes("http://schema.org/Text")
    (True, False)
    """
    return not (iri.startswith(XSD.iri) or iri in _TEXTS or iri == _LANG_STRING)


_LANG_STRING = RDF.langString.value


def _home(root: s.Root, groups: Iterable[list[s.Root]]) -> list[s.Root] | None:
    """The group that is about all of a root's targets and little else; else the one that shares the most of them."""
    own = {t.key for t in root.targets}
    best: tuple[tuple[bool, float], list[s.Root]] | None = None
    for group in groups:
        theirs = {t.key for t in group[0].targets}
        shared = len(own & theirs)
        if not shared:
            continue
        rank = (own <= theirs, shared / len(own | theirs))
        if best is None or rank > best[0]:
            best = rank, group
    return best[1] if best is not None else None


class _Outliner:
    """Reads names and descriptions beside the shapes' values."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self.shapes = shapes
        self._files: dict[Node, str] = {}
        for source in shapes.sources:
            for triple in source.triples:
                self._files.setdefault(triple.subject, source.name)

    # sections -----------------------------------------------------------------------------------------------------

    def described(self) -> Iterator[s.Root]:
        """The labelled shapes that are deactivated, without their constraints."""
        graph = self.shapes
        for node, value in graph.view.pairs(SH.deactivated):
            targets = tuple(s.Target(kind, term) for kind, term in graph.targets(node))
            if value == _TRUE and targets and self.text(node, RDFS.label) and graph.path(node) is None:
                inner = [(n, graph.path(n)) for n in graph.objects(node, "property")]
                slots = (s.Property(s.Shape(n, "", path, ())) for n, path in inner if path is not None)
                name = node.value if isinstance(node, NamedNode) else ""
                yield s.Root(s.Shape(node, name, None, tuple(slots), deactivated=True), targets)

    def section(self, group: list[s.Root]) -> Section:
        """One section of the roots that share targets; the first of them gives its words."""
        head = group[0].shape
        targets = group[0].targets
        title = self.text(head.node, RDFS.label) or _title(targets)
        properties: dict[str, list[s.Shape]] = {}
        rules: dict[Rule, None] = {}
        for root in group:
            for shape in _properties(root.shape):
                if shape.path is None:
                    continue
                if shape.path.iri is None and not self.text(shape.node, SH.name):
                    rules |= dict.fromkeys(self.rules(shape))  # a rule about several properties, not a property
                else:
                    properties.setdefault(str(shape.path), []).append(shape)
            if root.shape.path is None:
                rules |= dict.fromkeys(self.rules(root.shape))
        slots = sorted((self.slot(found) for found in properties.values()), key=lambda pair: pair[0])
        return Section(
            key=self._key(head, targets),
            title=title,
            comment=self.text(head.node, RDFS.comment),
            targets=targets,
            slots=tuple(slot for _, slot in slots),
            rules=tuple(rules),
        )

    def _key(self, head: s.Shape, targets: tuple[s.Target, ...]) -> str:
        local = re.split(r"[#/]", head.name)[-1] if head.name else _title(targets)
        return re.sub(r"[^a-z0-9]+", "-", local.lower()).strip("-") or "shape"

    # properties ---------------------------------------------------------------------------------------------------

    def slot(self, shapes: list[s.Shape]) -> tuple[float, Slot]:
        """One property from all shapes with its path, and where it stands in the order."""
        path = shapes[0].path
        assert path is not None
        made = Limits()
        for shape in shapes:
            for constraint in shape.constraints:
                made.add(constraint, shape.severity)
            for node in self.shapes.view.objects(shape.node, NKGS.range):
                if isinstance(node, NamedNode):
                    made.values[node.value] = None
        nodes = made.nodes
        if path.iri == RDF.type and nodes is None:
            nodes, made.values = True, made.values or {RDFS.Class.value: None}
        values = tuple(made.values) or self._ranges(path, nodes)
        if nodes is None and made.members:
            nodes = _same(isinstance(m, NamedNode) for m in made.members)
        if nodes is None and values:
            nodes = _same(map(holds_nodes, values))
        name = next(filter(None, (self.text(x.node, SH.name) for x in shapes)), "")
        description = next(filter(None, (self.text(x.node, SH.description) for x in shapes)), "")
        order = min((self.order(x) for x in shapes), default=_LAST)
        rules = dict.fromkeys(rule for x in shapes for rule in self.rules(x))
        slot = Slot(
            path=path,
            name=name or _label(path),
            description=description,
            values=values,
            nodes=nodes,
            members=tuple(made.members),
            limits=tuple(made.limits),
            least=made.least,
            most=made.most,
            advised=made.advised,
            rules=tuple(rules),
        )
        return order, slot

    def _ranges(self, path: Path, nodes: bool | None) -> tuple[str, ...]:
        """What schema.org lets a property have, for want of a constraint; text wins over what else a value may be."""
        found: dict[str, None] = {}
        parts = path.parts if path.kind == "alternativePath" else (path,)
        for part in parts:
            _, reach = vocabulary.load().properties.get(part.iri.value if part.iri else "", (None, frozenset()))
            found |= dict.fromkeys(sorted(reach))
        if nodes is not None:
            return tuple(iri for iri in found if holds_nodes(iri) is nodes)
        texts = tuple(iri for iri in found if not holds_nodes(iri))
        return texts or tuple(found)

    # rules and words ----------------------------------------------------------------------------------------------

    def rules(self, shape: s.Shape) -> Iterator[Rule]:
        """What a shape itself asks, each code once."""
        seen: set[tuple[str, str]] = set()
        for constraint in shape.constraints:
            if isinstance(constraint, s.Property):
                continue
            said: Stamp = stamp(shape, constraint)
            if (said.code, said.message) in seen:
                continue
            seen.add((said.code, said.message))
            words = wording(said.message, said.component)
            file = PurePath(self._files.get(shape.node, "")).name
            yield Rule(said.code, said.severity, words.problem, words.fix, file)

    def text(self, node: Node, term: NamedNode) -> str:
        """The text a node has under a term, in English or without a language first; "" where there is none."""
        texts = [o for o in self.shapes.view.objects(node, term) if isinstance(o, Literal)]
        texts.sort(key=lambda t: ((t.language or "en") != "en", t.language or "", t.value))
        return printable(texts[0].value) if texts else ""

    def order(self, shape: s.Shape) -> float:
        """The ``sh:order`` of a shape; what has none stands behind."""
        for node in self.shapes.objects(shape.node, "order"):
            if isinstance(node, Literal) and re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,9})?", node.value):
                return float(node.value)
        return _LAST


_LAST = 1e9
_TRUE = Literal("true", datatype=XSD.boolean)


def _properties(shape: s.Shape) -> Iterator[s.Shape]:
    """The property shapes of a root: those it points to, or itself."""
    if shape.path is not None:
        yield shape
        return
    for constraint in shape.constraints:
        if isinstance(constraint, s.Property):
            yield constraint.shape


def _same(flags: Iterable[bool]) -> bool | None:
    """What all flags are, or None when they differ."""
    found = set(flags)
    return found.pop() if len(found) == 1 else None


def _label(path: Path) -> str:
    """A name for a property that the shapes give none: the local name in words (``datePublished`` → date published)."""
    if path.iri is None:
        return printable(str(path))
    return words_of(path.iri.value)


def words_of(iri: str) -> str:
    """The last part of an IRI as words: ``http://schema.org/datePublished`` → date published."""
    local = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return printable(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).replace("_", " ")).lower()


def _title(targets: tuple[s.Target, ...]) -> str:
    """What a section is called whose shape has no label."""
    if not targets:
        return "Shapes"
    kind, term = targets[0].kind, targets[0].term
    name = shown(term)
    return {
        "targetClass": name,
        "targetNode": name,
        "targetSubjectsOf": f"Whatever has {name}",
        "targetObjectsOf": f"Values of {name}",
    }.get(kind, "Targets of a query")
