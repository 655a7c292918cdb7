"""Shapes graphs: read from files, checked for broken shapes, looked up by the compilers.

A shapes file is something users edit, so whatever is wrong with it is a :class:`kg.errors.ConfigError` that names
the file and the line or the shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg import resources
from kg.errors import ConfigError
from kg.shacl.path import Path, predicate
from kg.shacl.view import MemoryView, Node
from kg.vocab import OWL, RDF, RDFS, SH, XSD, Namespace, compact

__all__ = ["NKGS", "Select", "ShapesGraph", "Unsupported", "code_of", "words"]

#: The namespace of the shapes themselves.
NKGS = Namespace("https://w3id.org/newsgraph/shapes#")


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that read better as prose than as quoted lists."""
    return frozenset(text.split())


_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,3}(?![\w-])")
_PATHS = ("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath")
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")

#: The terms a shape may carry (SHACL, sections 2 to 5); anything else in the sh: namespace is a misspelling.
_TERMS = words(
    """and class closed datatype deactivated defaultValue description disjoint equals flags group hasValue
    ignoredProperties in languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength message
    minCount minExclusive minInclusive minLength name node nodeKind not optional or order path pattern property
    qualifiedMaxCount qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint rule severity shapesGraph
    sparql target targetClass targetNode targetObjectsOf targetSubjectsOf uniqueLang xone expression values js
    entailment suggestedShapesGraph declare"""
)


class Unsupported(Exception):
    """A construct the compilers do not know; the shape goes to the oracle."""


@dataclass(frozen=True, slots=True)
class Select:
    """One ``sh:sparql`` constraint: its node, its query, the prefixes it declares and its messages."""

    node: Node
    query: str
    prefixes: tuple[tuple[str, str], ...]
    message: str | None


def code_of(message: str) -> str | None:
    """The code a message begins with (``A1``), by convention its first word."""
    found = _CODE.match(message)
    return found.group() if found else None


@dataclass(frozen=True, slots=True)
class ShapesGraph:
    """Shapes and the class hierarchy they are read with.

    ``subclasses`` are the ``rdfs:subClassOf`` triples of an ontology: an instance of a subclass is a target of its
    superclass and fulfils ``sh:class``. Make one with :meth:`load` or :meth:`parse`.
    """

    triples: tuple[Triple, ...]
    subclasses: tuple[Triple, ...] = ()
    origins: tuple[tuple[Node, str], ...] = ()
    view: MemoryView = field(init=False, repr=False, compare=False)
    _origin: dict[Node, str] = field(init=False, repr=False, compare=False)
    _closure: dict[NamedNode, tuple[NamedNode, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "view", MemoryView(self.triples))
        object.__setattr__(self, "_origin", dict(self.origins))
        object.__setattr__(self, "_closure", {})
        self._lint()

    # reading ------------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, files: Sequence[File] | None = None, *, ontology: Sequence[File] = ()) -> ShapesGraph:
        """The shapes in the files (folders stand for their ``*.ttl``); without files, the ones that ship with kg.

        Raises :class:`kg.errors.ConfigError` for a file that cannot be read or parsed, or that holds a broken shape.
        """
        wanted = [resources.path("shapes")] if files is None else list(files)
        sources = [(str(f), _read(f)) for f in _expand(wanted)]
        terms = [(str(f), _read(f)) for f in _expand(ontology)]
        return cls.parse(sources, ontology=terms)

    @classmethod
    def parse(cls, sources: Iterable[tuple[str, bytes]], *, ontology: Iterable[tuple[str, bytes]] = ()) -> ShapesGraph:
        """The shapes in Turtle documents given as (name, bytes); the name is what messages say.

        Raises :class:`kg.errors.ConfigError` with the name and line of what is wrong.
        """
        triples: list[Triple] = []
        origins: dict[Node, str] = {}
        for name, data in sources:
            for triple in _turtle(name, data):
                triples.append(triple)
                origins.setdefault(triple.subject, name)
        subclasses = [t for name, data in ontology for t in _turtle(name, data) if t.predicate == RDFS.subClassOf]
        return cls(tuple(triples), tuple(subclasses), tuple(origins.items()))

    # looking up ---------------------------------------------------------------------------------------------------

    def objects(self, node: Node, name: str) -> tuple[Node, ...]:
        """The values of ``sh:name`` on a node, in the file's order."""
        return tuple(self.view.objects(node, SH[name]))

    def one(self, node: Node, name: str) -> Node | None:
        """The only value of ``sh:name`` on a node, or None. Raises ConfigError when there are several."""
        found = self.objects(node, name)
        if len(found) > 1:
            raise self.broken(node, f"sh:{name} is given {len(found)} times; once is allowed")
        return found[0] if found else None

    def integer(self, node: Node, name: str) -> int | None:
        """The value of ``sh:name`` as a natural number, or None. Raises ConfigError for anything else."""
        value = self.one(node, name)
        if value is None:
            return None
        if isinstance(value, Literal) and re.fullmatch(r"\d{1,12}", value.value) and value.datatype == XSD.integer:
            return int(value.value)
        raise self.broken(node, f"sh:{name} is {value}; an integer of 0 or more is needed")

    def truth(self, node: Node, name: str) -> bool:
        """The value of ``sh:name`` as a boolean; False when absent. Raises ConfigError for anything else."""
        value = self.one(node, name)
        if value is None:
            return False
        if isinstance(value, Literal) and value.datatype == XSD.boolean:
            return value.value == "true"
        raise self.broken(node, f"sh:{name} is {value}; true or false is needed")

    def members(self, node: Node, head: Node) -> tuple[Node, ...]:
        """The members of an RDF list that belongs to ``node``. Raises ConfigError when it is no list."""
        found: list[Node] = []
        seen: set[Node] = set()
        while head != RDF.nil:
            first, rest = tuple(self.view.objects(head, RDF.first)), tuple(self.view.objects(head, RDF.rest))
            if head in seen or len(first) != 1 or len(rest) != 1:
                raise self.broken(node, "a list is expected, written in parentheses: ( a b c )")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def path(self, node: Node) -> Path | None:
        """The property path of a property shape, or None for a node shape."""
        value = self.one(node, "path")
        return None if value is None else self.read_path(node, value)

    def severity(self, node: Node) -> str:
        """``Violation``, ``Warning`` or ``Info``; other severities count as what the oracle reports: Violation."""
        value = self.one(node, "severity")
        if value is None:
            return "Violation"
        if value in (SH.Violation, SH.Warning, SH.Info):
            assert isinstance(value, NamedNode)
            return value.value.rpartition("#")[2]
        raise self.broken(node, f"sh:severity is {value}; sh:Violation, sh:Warning or sh:Info is needed")

    def message(self, node: Node) -> str | None:
        """The message of a shape, in English or without a language where there are several."""
        texts = [m for m in self.objects(node, "message") if isinstance(m, Literal)]
        texts.sort(key=lambda m: ((m.language or "en") != "en", m.language or "", m.value))
        return texts[0].value if texts else None

    def selects(self, node: Node) -> tuple[Select, ...]:
        """The SPARQL constraints of a shape that are not deactivated (SHACL, section 5)."""
        found = []
        for constraint in self.objects(node, "sparql"):
            if self.truth(constraint, "deactivated"):
                continue
            query = self.one(constraint, "select")
            if not isinstance(query, Literal):
                raise self.broken(constraint, "sh:sparql needs one sh:select with a query in it", inside=node)
            prefixes = dict(self._prefixes(constraint))
            found.append(Select(constraint, query.value, tuple(sorted(prefixes.items())), self.message(constraint)))
        return tuple(found)

    def classes(self, wanted: NamedNode) -> tuple[NamedNode, ...]:
        """A class and all its subclasses as far as the ontology says."""
        if wanted not in self._closure:
            found = [wanted]
            for known in found:
                for t in self.subclasses:
                    if t.object == known and isinstance(t.subject, NamedNode) and t.subject not in found:
                        found.append(t.subject)
            self._closure[wanted] = tuple(found)
        return self._closure[wanted]

    def roots(self) -> tuple[Node, ...]:
        """The shapes that have targets and are not deactivated, in the order of the files."""
        found: dict[Node, None] = {}
        for name in _TARGETS:
            for subject, _ in self.view.pairs(SH[name]):
                found[subject] = None
        for subject in self._implicit():
            found[subject] = None
        order: dict[Node, int] = {t.subject: n for n, t in enumerate(reversed(self.triples))}
        return tuple(sorted((s for s in found if not self.truth(s, "deactivated")), key=lambda s: -order[s]))

    def targets(self, node: Node) -> tuple[tuple[str, Node], ...]:
        """The targets of a shape as (kind, term), an implicit class target included (SHACL, section 2.1.3.3)."""
        found = [(name, value) for name in _TARGETS for value in self.objects(node, name)]
        if node in self._implicit():
            found.append(("targetClass", node))
        return tuple(found)

    def of_dataset(self, node: Node) -> bool:
        """Whether the shape is about several articles at once (``nkgs:scope nkgs:Dataset``)."""
        return NKGS.Dataset in self.view.objects(node, NKGS.scope)

    def of_annotations(self) -> frozenset[str]:
        """The codes of the shapes that need the annotations graphs (``nkgs:scope nkgs:Annotations``)."""
        found = self.view.subjects(NKGS.scope, NKGS.Annotations)
        messages = (m.value for s in found for m in self.objects(s, "message") if isinstance(m, Literal))
        return frozenset(code for message in messages if (code := code_of(message)) is not None)

    def used(self, node: Node) -> frozenset[str]:
        """The local names of the SHACL terms a shape carries. Raises :class:`Unsupported` for custom components."""
        names = set()
        custom = {o for parameter in self._parameters() for o in self.view.objects(parameter, SH.path)}
        for term, _ in self.view.outgoing(node):
            if term in custom:
                raise Unsupported(f"{compact(term.value)} is a constraint component of the shapes' own")
            if term in SH:
                names.add(term.value.rpartition("#")[2])
        return frozenset(names)

    # saying what is wrong -----------------------------------------------------------------------------------------

    def label(self, node: Node) -> str:
        """What a message calls a shape: its IRI, else its code, else the nearest shape around it."""
        if isinstance(node, NamedNode):
            return compact(node.value) if node not in NKGS else "nkgs:" + node.value[len(NKGS.iri) :]
        code = code_of(self.message(node) or "")
        if code:
            return code
        around = self.around(node)
        return f"a shape inside {self.label(around)}" if around is not None else "a shape without a name"

    def around(self, node: Node) -> Node | None:
        """A node that points to this one: the shape a blank shape is written in."""
        return next((t.subject for t in self.triples if t.object == node), None)

    def where(self, node: Node) -> str:
        """The file a shape is in."""
        return self._origin.get(node, "shapes")

    def broken(self, node: Node, reason: str, *, inside: Node | None = None) -> ConfigError:
        """The error that says a shape is broken, with its file and name."""
        file = self.where(node)
        return ConfigError(f"{file}: {self.label(inside or node)}: {reason}", setting="shapes", where=file)

    # ----------------------------------------------------------------------------------------------------------------

    def _lint(self) -> None:
        leads = {SH[name] for name in ("node", "not", "property", "qualifiedValueShape", "sparql")}
        told = {t.object for t in self.triples if t.predicate in leads}
        for triple in self.triples:
            if triple.predicate not in SH or triple.subject in self._parameters():
                continue
            name = triple.predicate.value.rpartition("#")[2]
            if name in _TERMS or name in _PATHS or name in _ELSEWHERE:
                continue
            if triple.subject in told or self._is_shape(triple.subject):
                raise self.broken(triple.subject, f"sh:{name} is no term of SHACL; correct its spelling or remove it")
        for node, _ in self.view.pairs(SH.property):
            for inner in self.objects(node, "property"):
                if not self.objects(inner, "path"):
                    raise self.broken(inner, "sh:property points to a shape without sh:path; give it one", inside=node)

    def _is_shape(self, node: Node) -> bool:
        terms = {p.value.rpartition("#")[2] for p, _ in self.view.outgoing(node) if p in SH}
        typed = any(c in SH for c in self.view.objects(node, RDF.type))
        return typed or not terms.isdisjoint(_TERMS)

    def _implicit(self) -> frozenset[Node]:
        classes = {s for c in (RDFS.Class, OWL.Class) for s in self.view.subjects(RDF.type, c)}
        shapes = {s for c in (SH.NodeShape, SH.PropertyShape) for s in self.view.subjects(RDF.type, c)}
        return frozenset(classes & shapes)

    def _parameters(self) -> frozenset[Node]:
        return frozenset(o for _, o in self.view.pairs(SH.parameter))

    def _prefixes(self, constraint: Node) -> Iterator[tuple[str, str]]:
        ontologies = list(self.objects(constraint, "prefixes"))
        for ontology in ontologies:
            ontologies.extend(o for o in self.view.objects(ontology, OWL.imports) if o not in ontologies)
            for declaration in self.objects(ontology, "declare"):
                prefix, namespace = self.one(declaration, "prefix"), self.one(declaration, "namespace")
                if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
                    raise self.broken(declaration, "sh:declare needs one sh:prefix and one sh:namespace")
                yield prefix.value, namespace.value

    def read_path(self, shape: Node, value: Node, depth: int = 0) -> Path:
        """The property path that a node stands for in RDF. Raises ConfigError when it is none."""
        if depth > 20:
            raise self.broken(shape, "sh:path is nested too deeply or runs in a circle")
        if isinstance(value, NamedNode):
            return predicate(value)
        if isinstance(value, BlankNode):
            if tuple(self.view.objects(value, RDF.first)):
                parts = tuple(self.read_path(shape, m, depth + 1) for m in self.members(shape, value))
                return Path("sequencePath", parts=parts)
            for kind in _PATHS:
                inner = self.one(value, kind)
                if inner is not None and kind == "alternativePath":
                    members = self.members(shape, inner)
                    return Path(kind, parts=tuple(self.read_path(shape, m, depth + 1) for m in members))
                if inner is not None:
                    return Path(kind, parts=(self.read_path(shape, inner, depth + 1),))
        raise self.broken(shape, f"sh:path {value} is no property path (SHACL, section 2.3.1)")


_ELSEWHERE = words(
    """prefix namespace prefixes select ask construct update parameter labelTemplate nodeValidator propertyValidator
    validator condition subject predicate object filterShape nodes intersection union returnType jsFunctionName
    jsLibrary jsLibraryURL resultAnnotation annotationProperty annotationValue annotationVarName propertyShape
    conforms result detail focusNode resultMessage resultPath resultSeverity sourceConstraint
    sourceConstraintComponent sourceShape value"""
)


def _expand(files: Sequence[File]) -> Iterator[File]:
    for file in files:
        if file.is_dir():
            yield from sorted(file.glob("*.ttl"))
        else:
            yield file


def _read(file: File) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{file}: the shapes cannot be read ({error.strerror}); check the path", setting="shapes", where=str(file)
        ) from error


def _turtle(name: str, data: bytes) -> Iterator[Triple]:
    try:
        for quad in parse(data, format=RdfFormat.TURTLE, base_iri=NKGS.iri.rstrip("#"), rename_blank_nodes=True):
            yield quad.triple
    except SyntaxError as error:
        place = f"{name}:{error.lineno}" if error.lineno else name
        raise ConfigError(f"{place}: this is no valid Turtle: {error.msg}", setting="shapes", where=place) from error
