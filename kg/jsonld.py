"""JSON-LD by a walk over the triples: the complete document of a page, and the small block for search engines.

A JSON-LD processor takes milliseconds to do what a walk over a known model does in a fraction of one; the tests
prove with a processor that what the walk writes expands to exactly the triples it was given (JSON-LD 1.1 API).
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg import resources
from kg.errors import UsageError
from kg.vocab import PREFIXES, RDF, SCHEMA, XSD

__all__ = ["Block", "BlockImage", "BlockThing", "block", "context", "document", "page_block", "script_safe"]

#: Nodes nest at most this deep; what lies deeper stands on its own beside them.
_DEEPEST = 12
#: Who published, wrote and photographed an article is written out under that name before it is as a topic.
_LAST = frozenset({SCHEMA.about, SCHEMA.mentions})
_TYPE, _STRING, _INTEGER_TYPE, _BOOLEAN = RDF.type, XSD.string, XSD.integer, XSD.boolean
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_LOCAL_PREFIXED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}", re.ASCII)

Node = NamedNode | BlankNode
Json = dict[str, Any]


def context() -> Mapping[str, Any]:
    """The project's own JSON-LD context (``ontology/context.jsonld``), as the value of ``@context``."""
    return _context()


@cache
def _context() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.path("ontology/context.jsonld").read_text(encoding="utf-8"))
    found: dict[str, Any] = loaded["@context"]
    return found


@cache
def _references() -> frozenset[str]:
    """The keys whose strings are IRIs."""
    return frozenset(k for k, v in _context().items() if isinstance(v, dict) and v.get("@type") == "@id")


@cache
def _key(iri: str) -> str:
    """The shortest name that the context expands to the IRI."""
    rest = iri.removeprefix(SCHEMA.iri)
    if rest != iri and _LOCAL.fullmatch(rest):
        defined = _context().get(rest)
        if defined is None or (isinstance(defined, dict) and defined["@id"] == f"schema:{rest}"):
            return rest
    for prefix, namespace in PREFIXES.items():
        rest = iri.removeprefix(namespace)
        if rest != iri and _LOCAL_PREFIXED.fullmatch(rest):
            return f"{prefix}:{rest}"
    return iri


def _mistakable(iri: str) -> bool:
    """Whether a processor would read the IRI as a prefixed name, as it would ``schema:Person`` (a legal IRI)."""
    scheme, _, rest = iri.partition(":")
    return not rest.startswith("//") and (scheme in _context() or scheme == "_")


def document(
    triples: Iterable[Triple | Quad], *, context_iri: str | None = None, root: NamedNode | None = None
) -> Json:
    """The triples as one compact JSON-LD document; quads of named graphs go into ``@graph`` objects of their own.

    ``context_iri`` is where the context is published; without one it is written into the document. Nodes nest where
    they are nearest to ``root`` (then to the first subject not yet written), topics after all else. Raises
    :class:`kg.errors.UsageError` for triple terms, which JSON-LD 1.1 cannot hold.
    """
    graphs: dict[Node | None, list[Triple]] = {}
    for one in dict.fromkeys(triples):
        if isinstance(one, Quad):
            name = None if isinstance(one.graph_name, DefaultGraph) else one.graph_name
            graphs.setdefault(name, []).append(one.triple)
        else:
            graphs.setdefault(None, []).append(one)
    flat = [t for of in graphs.values() for t in of]
    plain = any(_mistakable(iri) for iri in _iris(flat, graphs))
    language = None if plain else _main_language(flat)
    writer = _Writer(plain=plain, language=language)
    nodes: list[Json] = writer.nodes(graphs.pop(None, []), root)
    for name, of in graphs.items():
        assert name is not None
        nodes.append({"@id": _id(name), "@graph": writer.nodes(of, root)})
    if plain:
        return {"@graph": nodes}
    used: Any = dict(_context()) if context_iri is None else context_iri
    if language is not None:
        used = {**used, "@language": language} if context_iri is None else [used, {"@language": language}]
    if len(nodes) == 1 and "@graph" not in nodes[0]:
        return {"@context": used, **nodes[0]}
    return {"@context": used, "@graph": nodes}


def _iris(triples: Iterable[Triple], graphs: Iterable[Node | None]) -> set[str]:
    """Every IRI in use, data types included."""
    nodes: set[object] = set(graphs)
    for t in triples:
        nodes.update((t.subject, t.predicate, t.object))
    nodes |= {node.datatype for node in nodes if isinstance(node, Literal)}
    return {node.value for node in nodes if isinstance(node, NamedNode)}


def _main_language(triples: Iterable[Triple]) -> str | None:
    """The commonest language of the literals; the alphabet decides a tie."""
    tags = Counter(t.object.language for t in triples if isinstance(t.object, Literal) and t.object.language)
    return min(tags, key=lambda tag: (-tags[tag], tag)) if tags else None


def _id(node: Node) -> str:
    return node.value if isinstance(node, NamedNode) else f"_:{node.value}"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes graphs as node objects; ``plain`` without a context (expanded form)."""

    plain: bool
    language: str | None

    def nodes(self, triples: Sequence[Triple], root: NamedNode | None) -> list[Json]:
        """The node objects of one graph that no other holds."""
        of: dict[Node, list[Triple]] = {}
        for t in triples:
            if isinstance(t.subject, Triple) or isinstance(t.object, Triple):
                raise UsageError(f"JSON-LD 1.1 cannot hold the triple term in {t}; ask for N-Triples or Turtle")
            of.setdefault(t.subject, []).append(t)
        tops, within = _nesting(of, root)
        return [self.node(n, of, within) for n in tops]

    def node(self, node: Node, of: Mapping[Node, list[Triple]], within: frozenset[Triple]) -> Json:
        """One node with everything said about it."""
        made: Json = {"@id": _id(node)}
        for t in of[node]:
            predicate, target = t.predicate, t.object
            if predicate == _TYPE and isinstance(target, (NamedNode, BlankNode)):
                name = _id(target)
                _add(made, "@type", name if self.plain else _key(name))
                continue
            key = self.key(predicate.value)
            if isinstance(target, Literal):
                _add(made, key, self.literal(target, key))
            elif isinstance(target, (NamedNode, BlankNode)):
                if t in within:
                    _add(made, key, self.node(target, of, within))
                else:
                    bare = not self.plain and key in _references()
                    _add(made, key, _id(target) if bare else {"@id": _id(target)})
        return made

    def key(self, iri: str) -> str:
        """A property's or data type's name."""
        return iri if self.plain else _key(iri)

    def literal(self, literal: Literal, key: str) -> Any:
        """A value: a JSON string, number or boolean where that means the same, else a value object."""
        kind, value = literal.datatype, literal.value
        bare = not self.plain and key not in _references()
        language = literal.language
        if language:
            if bare and language == self.language and literal.direction is None:
                return value
            made = {"@value": value, "@language": language}
            if literal.direction is not None:
                made["@direction"] = literal.direction.value
            return made
        if kind == _STRING:
            return value if bare and self.language is None else {"@value": value}
        if kind == _INTEGER_TYPE and _INTEGER.fullmatch(value):
            return int(value) if bare else {"@value": int(value)}
        if kind == _BOOLEAN and value in {"true", "false"}:
            return value == "true" if bare else {"@value": value == "true"}
        return {"@value": value, "@type": self.key(kind.value)}


def _nesting(of: Mapping[Node, list[Triple]], root: NamedNode | None) -> tuple[list[Node], frozenset[Triple]]:
    """The nodes that stand at the top, and the triples whose object is written out in place: breadth first."""
    tops: list[Node] = []
    within: list[Triple] = []
    depth: dict[Node, int] = {}
    for start in (*((root,) if root in of else ()), *of):
        if start in depth:
            continue
        tops.append(start)
        depth[start] = 0
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if depth[node] == _DEEPEST:
                continue
            for t in sorted(of[node], key=lambda t: t.predicate in _LAST):
                target = t.object
                inner = t.predicate != _TYPE and isinstance(target, (NamedNode, BlankNode)) and target in of
                if inner and target not in depth:
                    assert isinstance(target, (NamedNode, BlankNode))
                    depth[target] = depth[node] + 1
                    within.append(t)
                    queue.append(target)
    return tops, frozenset(within)


def _add(made: Json, key: str, value: Any) -> None:
    if key not in made:
        made[key] = value
    elif isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]


# ---- the block for search engines --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlockThing:
    """A thing the page shows: ``iri``, its schema.org ``type``, its name; ``same_as`` and ``url`` as linked."""

    iri: str
    type: str
    name: str
    alternate_name: str | None = None
    same_as: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class BlockImage:
    """A picture with the address of its file."""

    iri: str
    url: str
    caption: str | None = None
    credit: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """What the page of an article shows to its readers, as far as search engines understand it."""

    iri: str
    page: str
    headline: str
    alternative_headline: str | None = None
    description: str | None = None
    section: str | None = None
    language: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    url: str | None = None
    publisher: BlockThing | None = None
    authors: tuple[BlockThing, ...] = ()
    images: tuple[BlockImage, ...] = ()
    about: tuple[BlockThing, ...] = ()
    mentions: tuple[BlockThing, ...] = ()


#: Types that would be read as offers of a ticket or a video and reported as incomplete ones.
_NOT_FOR_SEARCH = re.compile(r"(Event|EventSeries|Festival|Hackathon|CourseInstance|Action|VideoObject|Clip)$")
_BROAD = ("Person", "Organization", "Place", "CreativeWork", "Thing")


def page_block(visible: Block) -> Json:
    """The JSON-LD a page embeds: visible facts only, nothing empty, no events, no picture without a file.

    Follows Google's structured data pages for Article, image metadata and organization: ``@id``s are the graph's,
    dates carry their zone, values are plain strings. Breadcrumbs are the page's own, and added there.
    """
    return {"@context": "https://schema.org"} | _without_empty(
        {
            "@type": "NewsArticle",
            "@id": visible.iri,
            "mainEntityOfPage": visible.page,
            "url": visible.url,
            "headline": visible.headline,
            "alternativeHeadline": visible.alternative_headline,
            "description": visible.description,
            "articleSection": visible.section,
            "inLanguage": visible.language,
            "datePublished": visible.date_published,
            "dateModified": visible.date_modified,
            "author": [_thing(one) for one in visible.authors],
            "publisher": _thing(visible.publisher) if visible.publisher else None,
            "image": [
                _without_empty(
                    {
                        "@type": "ImageObject",
                        "@id": one.iri,
                        "contentUrl": one.url,
                        "caption": one.caption,
                        "creditText": one.credit,
                        "license": one.licence,
                    }
                )
                for one in visible.images
                if one.url
            ],
            "about": [_thing(one) for one in visible.about if not _NOT_FOR_SEARCH.search(one.type)],
            "mentions": [_thing(one) for one in visible.mentions if not _NOT_FOR_SEARCH.search(one.type)],
        }
    )


def _thing(thing: BlockThing) -> Json:
    return _without_empty(
        {
            "@type": thing.type,
            "@id": thing.iri,
            "name": thing.name,
            "alternateName": thing.alternate_name,
            "url": thing.url,
            "sameAs": list(thing.same_as),
        }
    )


def _without_empty(made: Json) -> Json:
    """The object without empty values, lists of one as the one."""
    kept = {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in made.items()}
    return {k: v for k, v in kept.items() if v not in (None, "", [], {})}


def block(triples: Iterable[Triple], article: NamedNode, *, description_length: int = 200) -> Block:
    """What to embed for an article, read off its triples; ``description_length`` is in characters."""
    of: dict[Node, dict[NamedNode, list[Node | Literal]]] = {}
    for t in triples:
        if not isinstance(t.subject, Triple) and not isinstance(t.object, Triple):
            of.setdefault(t.subject, {}).setdefault(t.predicate, []).append(t.object)

    def first(node: Node, predicate: NamedNode) -> str | None:
        return next((v.value for v in of.get(node, {}).get(predicate, [])), None)

    def things(predicate: NamedNode) -> tuple[BlockThing, ...]:
        targets = [n for n in of.get(article, {}).get(predicate, []) if isinstance(n, NamedNode)]
        return tuple(found for n in targets if (found := thing(n)) is not None)

    def thing(node: NamedNode) -> BlockThing | None:
        types = [n.value for n in of.get(node, {}).get(RDF.type, [])]
        own = sorted(t.removeprefix(SCHEMA.iri) for t in types if t.startswith(SCHEMA.iri))
        close = [t for t in own if t not in _BROAD] or own
        name = first(node, SCHEMA.name)
        if name is None or not close or any(_NOT_FOR_SEARCH.search(t) for t in own):
            return None
        same = tuple(sorted(v.value for v in of[node].get(SCHEMA.sameAs, [])))
        return BlockThing(node.value, close[0], name, same_as=same, url=first(node, SCHEMA.url))

    images = [n for n in of.get(article, {}).get(SCHEMA.image, []) if isinstance(n, NamedNode)]
    publishers = things(SCHEMA.publisher)
    abstract = first(article, SCHEMA.abstract)
    return Block(
        iri=article.value,
        page=first(article, SCHEMA.mainEntityOfPage) or article.value.partition("#")[0],
        headline=first(article, SCHEMA.headline) or "",
        alternative_headline=first(article, SCHEMA.alternativeHeadline),
        description=_shortened(abstract, description_length) if abstract else None,
        section=first(article, SCHEMA.articleSection),
        language=first(article, SCHEMA.inLanguage),
        date_published=first(article, SCHEMA.datePublished),
        date_modified=first(article, SCHEMA.dateModified),
        url=first(article, SCHEMA.url),
        publisher=publishers[0] if publishers else None,
        authors=things(SCHEMA.author),
        images=tuple(
            BlockImage(
                n.value,
                file,
                first(n, SCHEMA.caption),
                first(n, SCHEMA.creditText),
                first(n, SCHEMA.license),
            )
            for n in images
            if (file := first(n, SCHEMA.contentUrl)) is not None
        ),
        about=things(SCHEMA.about),
        mentions=things(SCHEMA.mentions),
    )


def _shortened(text: str, length: int) -> str:
    """The text, cut at a word and ended with ``…`` when it is longer."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > length // 2 else cut).rstrip(" ,;:") + "…"


_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def script_safe(json_text: str) -> str:
    """JSON that may stand inside a ``script`` element: ``<``, ``>``, ``&``, U+2028 and U+2029 as escapes.

    The text stays the same JSON, because those characters occur in strings only (HTML, section 4.12.1.3).

    >>> script_safe('{"headline": "</script>"}')
    '{"headline": "\\\\u003c/script\\\\u003e"}'
    """
    return json_text.translate(_SCRIPT)
