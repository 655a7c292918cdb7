"""Finds the names in a text: the layer ``name``.

Two passes: plain sentences first; what they establish is then looked for in headlines, at sentence starts and in lines
of capitals, where case says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kg.annotate.casing import CAPITAL, COMMON, GRAMMAR
from kg.annotate.lexicon import groups, table
from kg.annotate.marked import quoted, shouted
from kg.annotate.offices import title_before
from kg.annotate.page import Page, grammatical, is_capital, read
from kg.annotate.runs import Draft, drafts
from kg.annotate.typing import Found, key_of, typed
from kg.annotate.works import titles
from kg.authority import finder, fold
from kg.model import Annotation, Text
from kg.plugins import Authority

__all__ = ["Names", "annotator"]

_COMMON: Final = table("common")
_FUNCTION: Final = table("function")
_JOINTS: Final = groups("joints")
_SPOKEN: Final = frozenset(
    ["in", "into", "speak", "speaks", "spoke", "speaking", "spoken", "learn", "learned", "fluent"]
)
_PARTS: Final = 2
#: How sure a mention of people without a country is; they are never published.
_PEOPLE: Final = 0.3


def annotator(authority: Authority) -> Names:
    """The name finder over an authority."""
    return Names(authority)


class Names:
    """States the layer ``name`` from the authority's surfaces and from capitals, context and word lists."""

    name = "names"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"name"})

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._matcher = finder(authority)

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The names of one text, in order and without overlap."""
        del layers
        page = read(text, self._authority, self._matcher)
        by = f"{self.name}@{self.version}"
        for one in _find(page):
            span = page.tokens.span(one.draft.first, one.draft.last)
            args: dict[str, object] = {"form": one.draft.form}
            if one.kind:
                args["kind"] = one.kind
            if one.draft.title is not None and one.kind == "Person":
                args["title"] = page.tokens.span(*one.draft.title)
            yield Annotation(span, "name", one.type or None, None, one.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The names of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def _find(page: Page) -> list[Found]:
    taken: dict[int, Found] = {}
    works: list[Found] = []  # and whatever else is decided at sight
    plain: list[Draft] = []
    held: list[Draft] = []
    for number, (sentence, mode) in enumerate(page.sentences()):
        inside: set[int] = set()
        for first, last, type_, score in titles(page, sentence):
            works.append(Found(Draft(first, last, number, head=type_), type_, "CreativeWork", score))
            inside.update(range(first, last))
        for first, last in quoted(page, sentence) if mode == "plain" else ():
            if inside.isdisjoint(range(first, last)):
                known = page.known.get(first)
                plain.append(Draft(first, last, number, known=known is not None and known.last == last))
                inside.update(range(first, last))
        for draft in _of_sentence(page, number, mode):
            if inside and not inside.isdisjoint(range(draft.first, draft.last)):
                continue
            if draft.form == "people":
                works.append(Found(replace(draft, form="demonym"), "", "", _PEOPLE))
                continue
            draft = _formed(page, draft)
            if draft.form == "demonym" and _language(page, draft):
                continue
            if page.sport and draft.form == "name" and _plays(page, draft):
                side = replace(draft, form="metonym", head="SportsTeam")
                works.append(Found(side, "SportsTeam", "Organization", 0.6))
                continue
            if draft.title is None and mode == "plain":
                title = title_before(page, sentence, draft.first)
                draft = draft if title is None else replace(draft, title=title)
            (plain if draft.sure else held).append(draft)
    decided = typed(page, plain, works)
    for one in (*decided, *works):
        taken[one.draft.first] = one
    covered = {at for one in taken.values() for at in range(one.draft.first, one.draft.last)}
    for one in _again(page, [*decided, *works], held, covered):
        taken[one.draft.first] = one
    return [taken[first] for first in sorted(taken)]


def _of_sentence(page: Page, number: int, mode: str) -> Iterator[Draft]:
    """The drafts of a sentence; in titles and capitals only known surfaces are taken here."""
    if mode == "plain":
        yield from drafts(page, number)
        return
    yield from shouted(page, number)


def _formed(page: Page, draft: Draft) -> Draft:
    """The draft with its form: a demonym, an acronym or a name."""
    known = page.known.get(draft.first)
    if known is not None and known.last == draft.last and known.demonym:
        return replace(draft, form="demonym")
    words = page.tokens.words
    if draft.form == "name" and draft.last - draft.first == 1:
        letters = words[draft.first].replace(".", "")
        spelled = letters.capitalize() in page.seen.inside  # KAMPEN beside Kampen
        if 2 <= len(letters) <= 8 and letters.isupper() and letters.isalpha() and not spelled:
            return replace(draft, form="acronym")
    return draft


def _language(page: Page, draft: Draft) -> bool:
    """Whether a demonym stands for a language: *a manual in Norwegian*, *he spoke Polish*."""
    sentence = page.tokens.sentences[draft.sentence]
    before, after = page.small(draft.first - 1, sentence), page.word(draft.last, sentence)
    return before in _SPOKEN and after[:1] != "*" and (not after.isalpha() or grammatical(after))


def _plays(page: Page, draft: Draft) -> bool:
    """Whether a place's name stands for its team, in a text about sport: *England beat Samoa*."""
    known = page.known.get(draft.first)
    if known is None or known.last != draft.last or not all("Place" in one.types for one in known.candidates):
        return False
    sentence = page.tokens.sentences[draft.sentence]
    if page.small(draft.last, sentence) in _JOINTS["plays"]:
        return True
    return page.small(draft.first - 1, sentence) in _JOINTS["played"]


# ---- the second pass ---------------------------------------------------------------------------------------------


def _again(page: Page, found: list[Found], held: list[Draft], covered: set[int]) -> Iterator[Found]:
    """What the first pass established, found again where capitals say nothing."""
    gazetteer: dict[str, Found] = {}
    for one in found:
        if one.draft.form in ("demonym", "nominal", "metonym") or one.score < 0.45:
            continue
        gazetteer.setdefault(key_of(page, one.draft), one)
    for one in found:
        if one.kind == "Person" and one.draft.last - one.draft.first >= _PARTS:
            for at in (one.draft.first, one.draft.last - 1):
                word = page.tokens.words[at]
                if len(word) > 2 and is_capital(word):
                    gazetteer.setdefault(fold(word), one)
    first: dict[str, int] = {}
    for key in gazetteer:
        head = key.split(" ", 1)[0]
        first[head] = max(first.get(head, 0), key.count(" ") + 1)
    words = page.tokens.words
    for draft in held:
        match = gazetteer.get(key_of(page, draft))
        if match is not None and draft.first not in covered:
            covered.update(range(draft.first, draft.last))
            yield Found(replace(draft, form=_formed(page, draft).form), match.type, match.kind, match.score)
    for number, (sentence, mode) in enumerate(page.sentences()):
        for at in page.within(page.begins, sentence):
            if at in covered or not page.shapes[at] & CAPITAL:
                continue
            for length in range(min(first.get(fold(words[at]), 0), sentence.last - at), 0, -1):
                match = gazetteer.get(fold(" ".join(words[at : at + length])))
                if match is None or not covered.isdisjoint(range(at, at + length)):
                    continue
                if length == 1 and mode == "plain" and not _again_sure(page, at):
                    continue
                draft = _formed(page, Draft(at, at + length, number))
                covered.update(range(at, at + length))
                yield Found(draft, match.type, match.kind, match.score)
                break


def _again_sure(page: Page, at: int) -> bool:
    """Whether a single word of a name found elsewhere is that name here too, not a word of the language."""
    word = page.tokens.words[at]
    flags = page.shapes[at]
    if flags & GRAMMAR or word.lower() in page.seen.lower:
        return False
    return not flags & COMMON or word in page.seen.bearers
