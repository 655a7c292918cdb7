"""Shapes graphs: read from files, looked up by those who read shapes out of them, quoted in messages.

A shapes file is something users edit, so whatever is wrong with it is a :class:`kg.errors.ConfigError` that names
the file, the line and the shape, and all that is wrong is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from pyoxigraph import Literal, NamedNode, Triple

from kg import resources
from kg.errors import ConfigError
from kg.shacl.digest import digest
from kg.shacl.lines import Lines
from kg.shacl.path import Path, predicate
from kg.shacl.source import BASE, NKGS, Source, documents, shown, together, turtle, words
from kg.shacl.view import MemoryView, Node
from kg.vocab import OWL, RDF, RDFS, SH, XSD, compact

__all__ = ["NKGS", "ShapesGraph", "Source", "Unsupported", "code_of", "shown", "together", "words"]


_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,3}(?![\w-])")
#: What makes a node a path; in a node that has several, the first of them here counts.
_PATHS = (
    RDF.first,
    SH.alternativePath,
    SH.inversePath,
    SH.oneOrMorePath,
    SH.zeroOrMorePath,
    SH.zeroOrOnePath,
)
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
#: How deep a path may be nested, and of how many steps it may be.
_PATH_DEPTH = 20
_PATH_STEPS = 1000
#: Nodes between a blank node and the named shape around it.
_CLIMB = 100


class Unsupported(Exception):
    """A construct the compilers do not know; the shape goes to the oracle."""


def code_of(message: str) -> str | None:
    """The code a message begins with (``A1``), by convention its first word."""
    found = _CODE.match(message)
    return found.group() if found else None


@dataclass(frozen=True, slots=True)
class ShapesGraph:
    """Shapes and the class hierarchy they are read with.

    ``subclasses`` are the ``rdfs:subClassOf`` triples of an ontology: an instance of a subclass is a target of its
    superclass and fulfils ``sh:class``. SHACL takes subclasses from the data graph; the shapes are compiled once, for
    data that declares none, so the ontology's stand for them; those of a checked graph count with :meth:`knowing`. Make
    one with :meth:`load` or :meth:`parse`; a graph made from triples alone knows no files and lines.
    """

    triples: tuple[Triple, ...]
    subclasses: tuple[Triple, ...] = ()
    sources: tuple[Source, ...] = ()
    view: MemoryView = field(init=False, repr=False, compare=False)
    _outer: dict[Node, Node] = field(init=False, repr=False, compare=False)
    _below: dict[Node, list[NamedNode]] = field(init=False, repr=False, compare=False)
    _implicit: frozenset[Node] = field(init=False, repr=False, compare=False)
    _places: dict[str, Lines] = field(init=False, repr=False, compare=False)
    _declared: dict[tuple[Node, ...], tuple[tuple[str, str], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        view = MemoryView(self.triples)
        outer: dict[Node, Node] = {}
        for t in self.triples:
            outer.setdefault(t.object, t.subject)
        below: dict[Node, list[NamedNode]] = {}
        for t in self.subclasses:
            if isinstance(t.subject, NamedNode):
                below.setdefault(t.object, []).append(t.subject)
        classes = {s for c in (RDFS.Class, OWL.Class) for s in view.subjects(RDF.type, c)}
        shapes = {s for c in (SH.NodeShape, SH.PropertyShape) for s in view.subjects(RDF.type, c)}
        for name, value in (("view", view), ("_outer", outer), ("_below", below)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_implicit", classes & shapes)
        object.__setattr__(self, "_places", {})
        object.__setattr__(self, "_declared", {})

    # reading ------------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, files: Sequence[File] | None = None, *, ontology: Sequence[File] = ()) -> ShapesGraph:
        """The shapes in the files (folders stand for their ``*.ttl``); without files, the ones that ship with kg.

        Raises :class:`kg.errors.ConfigError` for a file that cannot be read or parsed.
        """
        wanted = [resources.path("shapes")] if files is None else list(files)
        return cls.parse(documents(wanted), ontology=documents(ontology))

    @classmethod
    def parse(cls, sources: Iterable[tuple[str, bytes]], *, ontology: Iterable[tuple[str, bytes]] = ()) -> ShapesGraph:
        """The shapes in Turtle documents given as (name, bytes); the name is what messages say.

        Raises :class:`kg.errors.ConfigError` with the name and line of what is wrong.
        """
        read: list[Source] = []
        errors: list[ConfigError] = []
        for name, data in sources:
            try:
                read.append(Source(name, data, tuple(turtle(name, data))))
            except ConfigError as error:
                errors.append(error)
        if errors:
            raise together(errors)
        subclasses = [t for name, data in ontology for t in turtle(name, data) if t.predicate == RDFS.subClassOf]
        return cls(tuple(t for source in read for t in source.triples), tuple(subclasses), tuple(read))

    # looking up ---------------------------------------------------------------------------------------------------

    def objects(self, node: Node, name: str) -> tuple[Node, ...]:
        """The values of ``sh:name`` on a node, in the file's order."""
        return tuple(self.view.objects(node, SH[name]))

    def one(self, node: Node, name: str) -> Node | None:
        """The only value of ``sh:name`` on a node, or None. Raises ConfigError when there are several."""
        found = self.objects(node, name)
        if len(found) > 1:
            raise self.broken(node, f"sh:{name} is given {len(found)} times; once is allowed", term=name)
        return found[0] if found else None

    def integer(self, node: Node, name: str) -> int | None:
        """The value of ``sh:name`` as a natural number, or None. Raises ConfigError for anything else."""
        value = self.one(node, name)
        if value is None:
            return None
        if isinstance(value, Literal) and re.fullmatch(r"\d{1,12}", value.value) and value.datatype == XSD.integer:
            return int(value.value)
        raise self.broken(node, f"sh:{name} is {shown(value)}; an integer of 0 or more is needed", term=name)

    def truth(self, node: Node, name: str) -> bool:
        """The value of ``sh:name`` as a boolean; False when absent. Raises ConfigError for anything else."""
        value = self.one(node, name)
        if value is None:
            return False
        if isinstance(value, Literal) and value.datatype == XSD.boolean and value.value in _BOOLEANS:
            return _BOOLEANS[value.value]
        raise self.broken(node, f"sh:{name} is {shown(value)}; true or false is needed", term=name)

    def members(self, node: Node, head: Node, name: str | None = None) -> tuple[Node, ...]:
        """The members of an RDF list that ``sh:name`` of ``node`` gives. Raises ConfigError when it is no list."""
        found: list[Node] = []
        seen: set[Node] = set()
        while head != RDF.nil:
            first, rest = tuple(self.view.objects(head, RDF.first)), tuple(self.view.objects(head, RDF.rest))
            if head in seen or len(first) != 1 or len(rest) != 1:
                told = "" if name is None else f"sh:{name}: "
                raise self.broken(node, f"{told}a list is expected, written in parentheses: ( a b c )", term=name)
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def path(self, node: Node) -> Path | None:
        """The property path of a property shape, or None for a node shape."""
        value = self.one(node, "path")
        return None if value is None else self.read_path(node, value)

    def severity(self, node: Node) -> str:
        """``Violation``, ``Warning`` or ``Info``, or the IRI of a severity of one's own (SHACL, section 2.1.4)."""
        value = self.one(node, "severity")
        if value is None:
            return "Violation"
        if value in (SH.Violation, SH.Warning, SH.Info):
            return str(value)[1:-1].rpartition("#")[2]
        if isinstance(value, NamedNode) and value not in SH:
            return value.value
        raise self.broken(
            node,
            f"sh:severity is {shown(value)}; give sh:Violation, sh:Warning, sh:Info or the IRI of a severity of your "
            "own",
            term="severity",
        )

    def messages(self, node: Node) -> tuple[Literal, ...]:
        """The messages of a shape, constraint or validator, those in English or without a language first."""
        texts = [m for m in self.objects(node, "message") if isinstance(m, Literal)]
        return tuple(sorted(texts, key=lambda m: ((m.language or "en") != "en", m.language or "", m.value)))

    def message(self, node: Node) -> str | None:
        """The message of a shape, in English or without a language where there are several."""
        texts = self.messages(node)
        return texts[0].value if texts else None

    def prefixes(self, node: Node) -> tuple[tuple[str, str], ...]:
        """The prefixes that ``sh:prefixes`` of a node leads to, imports included (SHACL, section 5.2.1), in order.

        Raises ConfigError for a declaration that is none, and for a prefix that stands for two namespaces.
        """
        wanted = self.objects(node, "prefixes")
        if wanted not in self._declared:
            self._declared[wanted] = self._declarations(wanted)
        return self._declared[wanted]

    def _declarations(self, wanted: tuple[Node, ...]) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        ontologies = dict.fromkeys(wanted)
        queue = list(ontologies)
        for ontology in queue:
            for other in self.view.objects(ontology, OWL.imports):
                if other not in ontologies:
                    ontologies[other] = None
                    queue.append(other)
            for declaration in self.objects(ontology, "declare"):
                prefix, namespace = self.one(declaration, "prefix"), self.one(declaration, "namespace")
                if (
                    not isinstance(prefix, Literal)
                    or not isinstance(namespace, Literal)
                    or not _PREFIX.fullmatch(prefix.value)
                    or not _NAMESPACE.fullmatch(namespace.value)
                ):
                    raise self.broken(
                        declaration,
                        'sh:declare needs one sh:prefix and one sh:namespace: [ sh:prefix "ex" ; sh:namespace '
                        '"http://example.org/"^^xsd:anyURI ]',
                        inside=ontology,
                    )
                if found.setdefault(prefix.value, namespace.value) != namespace.value:
                    raise self.broken(
                        declaration,
                        f"the prefix {prefix.value}: stands for two namespaces; declare it once",
                        inside=ontology,
                    )
        return tuple(sorted(found.items()))

    def classes(self, wanted: NamedNode) -> tuple[NamedNode, ...]:
        """A class and all its subclasses as far as the ontology says."""
        if not self._below:
            return (wanted,)
        found = {wanted: None}
        queue = [wanted]
        for known in queue:
            for one in self._below.get(known, ()):
                if one not in found:
                    found[one] = None
                    queue.append(one)
        return tuple(found)

    def knowing(self, data: Iterable[Triple]) -> ShapesGraph:
        """The same shapes, read with the ``rdfs:subClassOf`` of a data graph as well, as SHACL reads them (section
        3.2): for a graph that is checked once and may declare classes. The graph itself where that adds nothing."""
        known = dict.fromkeys(self.subclasses)
        added = [t for t in data if t.predicate == RDFS.subClassOf and t not in known]
        if not added:
            return self
        return ShapesGraph(self.triples, tuple(known | dict.fromkeys(added)), self.sources)

    def roots(self) -> tuple[Node, ...]:
        """The shapes that have targets and are not deactivated, in the order of the files."""
        found = set(self._implicit)
        for name in (*_TARGETS, "target"):
            found.update(subject for subject, _ in self.view.pairs(SH[name]))
        ordered = dict.fromkeys(t.subject for t in self.triples if t.subject in found)
        return tuple(node for node in ordered if not self.off(node))

    def off(self, node: Node) -> bool:
        """Whether a shape is deactivated; one whose ``sh:deactivated`` is broken is not off, so that it is told."""
        return any(isinstance(v, Literal) and _BOOLEANS.get(v.value, False) for v in self.objects(node, "deactivated"))

    def targets(self, node: Node) -> tuple[tuple[str, Node], ...]:
        """The Core targets of a shape as (kind, term), an implicit class target included (SHACL, section 2.1.3)."""
        found = [(name, value) for name in _TARGETS for value in self.objects(node, name)]
        if node in self._implicit:
            found.append(("targetClass", node))
        return tuple(found)

    def of_dataset(self, node: Node) -> bool:
        """Whether the shape is about several articles at once (``nkgs:scope nkgs:Dataset``)."""
        return NKGS.Dataset in self.view.objects(node, NKGS.scope)

    @property
    def digest(self) -> str:
        """SHA-256 of what the shapes and the class hierarchy say, in 64 hexadecimal digits.

        The same for every spelling: white space, prefixes, order of statements and files, and names of blank nodes do
        not count.
        """
        return digest(self.triples, (f"subclass {t.subject} {t.object}" for t in self.subclasses))

    # saying what is wrong -----------------------------------------------------------------------------------------

    def label(self, node: Node) -> str:
        """What a message calls a shape: its IRI, else its code, else the nearest shape around it."""
        seen: set[Node] = set()
        inside = ""
        at: Node | None = node
        while at is not None and at not in seen and len(seen) < _CLIMB:
            seen.add(at)
            if isinstance(at, NamedNode):
                return inside + (compact(at.value) if at not in NKGS else "nkgs:" + at.value[len(NKGS.iri) :])
            code = code_of(self.message(at) or "")
            if code:
                return inside + code
            inside = "a shape inside "
            at = self.around(at)
        return "a shape without a name"

    def around(self, node: Node) -> Node | None:
        """A node that points to this one: the shape a blank shape is written in."""
        return self._outer.get(node)

    def where(self, node: Node, term: NamedNode | None = None, *, within: str | None = None) -> str:
        """Where a node, or its ``term``, is described (``file:line``), in the file ``within`` or the first that does;
        "shapes" where that is not known."""
        if not self._places:  # read when something is wrong, not before
            for source in self.sources:
                self._places[source.name] = Lines.of(source.data.decode("utf-8", "replace"), source.triples, base=BASE)
        wanted = [(n, lines) for n, lines in self._places.items() if within in (None, n)]
        found = [(name, line) for name, lines in wanted if (line := lines.line(node, term))]
        exact = [(n, line) for n, line in found if term is None or self._places[n].has(node, term)]
        if exact or found:
            name, line = (exact or found)[0]
            return f"{name}:{line}"
        return next((s.name for s in self.sources if any(t.subject == node for t in s.triples)), "shapes")

    def broken(
        self, node: Node, reason: str, *, inside: Node | None = None, term: str | NamedNode | None = None
    ) -> ConfigError:
        """The error that says a shape is broken, with its file, line and name.

        ``term`` is the property it is about (text is the local name of a ``sh:`` term), ``inside`` the shape to name
        instead of the node.
        """
        known = node if self.view.row(node) or inside is None else inside
        place = self.where(known, SH[term] if isinstance(term, str) else term)
        return ConfigError(f"{place}: {self.label(inside or node)}: {reason}", setting="shapes", where=place)

    # ----------------------------------------------------------------------------------------------------------------

    def read_path(self, shape: Node, value: Node) -> Path:
        """The property path that a node stands for (SHACL, section 2.3.1). Raises ConfigError when it is none."""
        return self._path(shape, value, [_PATH_STEPS], 0)

    def _path(self, shape: Node, value: Node, left: list[int], depth: int) -> Path:
        left[0] -= 1
        if depth > _PATH_DEPTH or left[0] < 0:
            raise self.broken(
                shape, "sh:path is too long, nested too deeply or runs in a circle; write it flat", term="path"
            )
        if isinstance(value, NamedNode) and value != RDF.nil:
            return predicate(value)
        row = self.view.row(value)
        kind = next((p for p in _PATHS if p in row), None)
        if kind is not None and len(row[kind]) > 1:
            kind = None
        parts: tuple[Node, ...] = () if kind is None else tuple(row[kind])
        if kind in (RDF.first, SH.alternativePath):
            parts = self.members(shape, value if kind == RDF.first else parts[0], "path")
        if kind is None or (len(parts) < 2 and kind in (RDF.first, SH.alternativePath)):
            raise self.broken(
                shape,
                f"sh:path {shown(value)} is no property path (SHACL, section 2.3.1); give an IRI, a list of at least "
                "two, or one of sh:inversePath, sh:alternativePath …",
                term="path",
            )
        name = "sequencePath" if kind == RDF.first else kind.value[len(SH.iri) :]
        return Path(name, parts=tuple(self._path(shape, part, left, depth + 1) for part in parts))


_BOOLEANS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_PREFIX = re.compile(r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?")
_NAMESPACE = re.compile(r"[^\x00-\x20<>\"{}|^`\\]*")
