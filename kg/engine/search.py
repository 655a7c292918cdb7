"""Full-text search inside a query: ``?what nkg:search "words"`` becomes the hits of the snapshot's text index.

``(?what ?score ?snippet) nkg:search ("words \\"a phrase\\" -not" "kind:article" 50)`` has the shape of a property
function: a list of variables, and a list of the words with what limits them. The triple is replaced by ``VALUES`` at
the beginning of its basic graph pattern, which is where the engine's joins start from (docs/text-and-place.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.engine.patterns import Element, groups, leaves, parted
from kg.engine.request import Limits, Request
from kg.errors import QueryRefused, QueryTooLarge
from kg.queries.extensions import SEARCH
from kg.queries.reading import Edit, Node, Reading, read
from kg.queries.updates import operations
from kg.store import Hit, Reader
from kg.store.text import CHARACTERS, DEPTH, WORDS
from kg.vocab import SCHEMA

__all__ = ["MAY_SEARCH", "edits", "refuse"]

#: What every text has that asks for the search property, however its IRI is written.
MAY_SEARCH = re.compile(r"search|newsgraph#|\\[uU]")

#: What stands around a word found in a snippet.
_BEFORE, _AFTER = "↦", "↤"
#: Edits for searches in one query.
_SEARCHES = 16
_KINDS = {"kind:article": "article", "kind:thing": "thing"}
_NO_PART = "it is no part of a path, a list or a blank node"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search: the variables it binds, the words, and what limits the hits."""

    variables: tuple[str, ...]
    words: str
    kind: str | None
    limit: int | None


def edits(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """Each search replaced by its hits.

    Raises :class:`kg.errors.QueryRefused` where the property stands where no search can, and
    :class:`kg.errors.QueryTooLarge` for more hits than can be given that nobody asked to be cut.
    """
    del request, limits
    made: list[Edit] = []
    for group in groups(reading):
        elements = group.elements
        for at, element in enumerate(elements):
            if element.kind != "TriplesSameSubjectPath" or not any(_is_search(reading, one) for one in element.leaves):
                continue
            if len(made) >= _SEARCHES:
                raise _refused(reading, element.leaves[0], f"a query searches at most {_SEARCHES} times")
            after = elements[at + 1] if at + 1 < len(elements) else None
            made.extend(_replaced(reading, reader, element, after))
    if reading.form == "construct":
        _refuse_short(reading)
    return made


def refuse(update: str) -> None:
    """Nothing, for an update that searches for nothing.

    Raises :class:`kg.errors.QueryRefused` for one that does: its patterns are evaluated on a draft, which has no index
    yet, and the search would find nothing without a word.
    """
    if not MAY_SEARCH.search(update):
        return
    for one in operations(update) or ():
        where = one.delete if one.kind == "delete where" else one.where
        if where is None:
            continue
        head = f"{one.prologue}\nASK "
        reading = read(head + where)
        found = _first(reading) if reading is not None else None
        if found is not None:
            at = found.start - len(head) + one.end - len(where)
            raise _told(update, at, "an update cannot search; find the IRIs with a query before")


def _first(reading: Reading) -> Node | None:
    """The first search, where it is a predicate of triples."""
    for group in groups(reading):
        for element in group.all("TriplesSameSubjectPath"):
            _, predicates = _subject(element.leaves)
            for part in parted(predicates, ";"):
                if part and _is_search(reading, part[0]):
                    return part[0]
    return None


def _is_search(reading: Reading, leaf: Node) -> bool:
    return reading.iri(leaf) == SEARCH


def _replaced(reading: Reading, reader: Reader, element: Element, after: Element | None) -> Iterator[Edit]:
    """The edits of triples that search."""
    subject, predicates = _subject(element.leaves)
    inner = [one for one in subject if _is_search(reading, one)]
    if inner and len(subject) > 1:
        raise _refused(reading, inner[0], _NO_PART)
    kept: list[str] = []
    values: list[str] = []
    for part in parted(predicates, ";"):
        if not part:
            continue
        if _is_search(reading, part[0]):
            values.append(_values(reader, _asked(reading, subject, part[1:])))
        else:
            # as an object it is only a name
            nested = [one for one in part[:-1] if _is_search(reading, one)]
            if nested:
                raise _refused(reading, nested[0], _NO_PART)
            kept.append(reading.text[part[0].start : part[-1].end])
    if not values:
        return
    yield Edit(element.begins, element.begins, "".join(values))
    if kept:
        if subject[0].kind == "(":
            raise _refused(reading, subject[0], "what follows the list's search after `;` is a triple of its own")
        yield Edit(predicates[0].start, element.end, " ; ".join(kept))
        return
    # the dot goes too; one before stays, and may end a block of triples
    end = after.end if after is not None and after.kind == "." else element.end
    yield Edit(element.start, end, " ")


def _subject(found: Sequence[Node]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    depth = 0
    for at, leaf in enumerate(found):
        depth += (leaf.kind in ("(", "[", "<<", "<<(")) - (leaf.kind in (")", "]", ">>", ")>>"))
        if depth == 0:
            return tuple(found[: at + 1]), tuple(found[at + 1 :])
    return tuple(found), ()


def _asked(reading: Reading, subject: Sequence[Node], found: Sequence[Node]) -> _Asked:
    """What the variables and the arguments ask for. Raises :class:`kg.errors.QueryRefused`."""
    inside = subject[1:-1] if subject[0].kind == "(" else subject
    if not 1 <= len(inside) <= 3 or any(one.kind != "Var" for one in inside):
        raise _refused(reading, subject[0], "the subject is ?what, or a list of variables: (?what ?score ?snippet)")
    variables = tuple("?" + reading.text_of(one)[1:] for one in inside)
    if len(set(variables)) != len(variables):
        raise _refused(reading, subject[0], f"{variables[0]} and the others must be different variables")
    listed = bool(found) and found[0].kind == "(" and found[-1].kind == ")"
    arguments = list(found[1:-1] if listed else found)
    words: str | None = None
    kind: str | None = None
    limit: int | None = None
    for at, leaf in enumerate(arguments):
        said = reading.string(leaf)
        if said is not None and words is None:
            words = said
        elif said in _KINDS and kind is None and listed:
            kind = _KINDS[said]
        elif leaf.kind == "INTEGER" and words is not None and limit is None and listed:
            limit = _limit(reading, leaf)
        elif leaf.kind == "LANG_DIR" and at == 1 and words is not None:
            continue  # words have no language here: the index holds all
        elif leaf.kind == "Var":
            raise _refused(reading, leaf, "what is searched for is written in the query, not taken from a variable")
        else:
            raise _refused(reading, leaf, f"{reading.text_of(leaf)[:40]} is no argument here")
    if words is None:
        raise _refused(reading, found[0] if found else subject[0], "no words are given")
    count = sum(1 for _ in _WORD.finditer(words[: CHARACTERS + 1]))
    if not count or len(words) > CHARACTERS or count > WORDS:
        raise _refused(reading, found[0], f"between 1 and {WORDS} words are looked for, in {CHARACTERS} characters")
    return _Asked(variables, words, kind, limit)


def _limit(reading: Reading, leaf: Node) -> int:
    text = reading.text_of(leaf).lstrip("0")
    if not text or len(text) > len(str(DEPTH)) or int(text) > DEPTH:
        raise _refused(reading, leaf, f"the number of hits is between 1 and {DEPTH:,}")
    return int(text)


def _values(reader: Reader, asked: _Asked) -> str:
    hits = _hits(reader, asked)
    rows = [[str(reader.iris.of_page(hit.page)), *[f"{hit.score:.6e}"] * (len(asked.variables) > 1)] for hit in hits]
    if len(asked.variables) == 3:
        mark = reader.text.marker(asked.words, before=_BEFORE, after=_AFTER)
        for row, hit in zip(rows, hits, strict=True):
            found = (mark(field, text) for field, text in _texts(reader, hit))
            snippet = next((one for one in found if one), hit.title)
            row.append(str(Literal(" ".join(snippet.split()))))
    listed = " ".join(f"({' '.join(row)})" for row in rows)
    return f" VALUES ({' '.join(asked.variables)}) {{ {listed} }} "


def _hits(reader: Reader, asked: _Asked) -> tuple[Hit, ...]:
    """The best hits in order of score and then of IRI: of equal ones at the end not the index decides."""
    wanted = DEPTH if asked.limit is None else asked.limit
    size = min(DEPTH, wanted + 20)
    while True:
        found = reader.text.search(asked.words, kind=asked.kind, limit=size)
        if asked.limit is None and found.total > DEPTH:
            raise QueryTooLarge(
                f"{found.total:,} articles and things have the words {asked.words[:80]!r}, and a search gives at most "
                f"{DEPTH:,}; add words or a phrase, or ask for the best: nkg:search ({Literal(asked.words[:80])} 100)",
                limit=DEPTH,
                unit="rows",
            )
        hits = found.hits
        if len(hits) < size or size >= DEPTH or hits[-1].score < hits[wanted - 1].score:
            return hits[:wanted]
        size = min(DEPTH, size * 4)


def _texts(reader: Reader, hit: Hit) -> Iterator[tuple[str, str]]:
    """The published texts that a hit may have been found by, with the field of the index that each is in."""
    node = reader.iris.of_page(hit.page)

    def said(predicate: NamedNode) -> list[str]:
        quads = reader.rdf.quads_for_pattern(node, predicate, None, DefaultGraph())
        return sorted(quad.object.value for quad in quads if isinstance(quad.object, Literal))

    if hit.kind == "article":
        yield "text", "\n\n".join([*said(SCHEMA.abstract), *said(SCHEMA.articleBody)])
        yield "title", hit.title
    else:
        yield from (("names", one) for one in (hit.title, *said(SCHEMA.name), *said(SCHEMA.alternateName)))


def _refuse_short(reading: Reading) -> None:
    """CONSTRUCT WHERE has a template that is its pattern too, where a search can be no part of what is made."""
    nodes = list(reading.tree.walk())
    if any(node.kind == "GroupGraphPattern" for node in nodes):
        return
    for node in nodes:
        if node.kind == "TriplesSameSubject":
            _, predicates = _subject(leaves(node))
            for part in parted(predicates, ";"):
                if part and _is_search(reading, part[0]):
                    raise _refused(reading, part[0], "to search, write CONSTRUCT { … } WHERE { … }")


def _refused(reading: Reading, leaf: Node, why: str) -> QueryRefused:
    return _told(reading.text, leaf.start, why)


def _told(text: str, at: int, why: str) -> QueryRefused:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return QueryRefused(
        f"the search at line {line}, column {column}: {why}; "
        'write (?what ?score ?snippet) nkg:search ("words" 50), or ?what nkg:search "words"'
    )
