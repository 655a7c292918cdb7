"""What speaks for a name's class: its own words, the words around it, the authority, a title before it.

Every piece of evidence is a class with a weight; the heaviest kind wins, then the heaviest class in it. Weights are
for one mention; all mentions of the same words in a document are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.lexicon import groups, mapping, table
from kg.annotate.page import Page
from kg.annotate.runs import Draft, title_before
from kg.annotate.tokens import Sentence
from kg.annotate.works import CUES
from kg.authority import kind_of

__all__ = ["decide", "noun_class", "weigh"]

_GIVEN: Final = table("given")
_COMMON: Final = table("common")
_VERBS: Final = table("verbs")
_NOUNS: Final = mapping("nouns")
_PARTICLES: Final = frozenset(["van", "von", "bin", "ibn", "der", "del", "dos"])
_ARTICLES: Final = frozenset(["a", "an", "the", "his", "her", "its", "their", "our", "my", "another", "one"])
_BEFORE_PLACE: Final = {
    "in": 1.6,
    "near": 2.0,
    "outside": 1.2,
    "at": 0.5,
    "from": 0.6,
    "visited": 0.6,
    "across": 0.8,
    "around": 0.8,
}
#: What may follow a work's or series' name as a small word: *the Frontline segment*; *play* and *report* are verbs too.
_AFTER_WORK: Final = frozenset(["segment", "episode", "film", "movie", "series", "sitcom", "album", "novel", "trilogy"])
_CAPITAL_PARTICLES: Final = frozenset(["De", "La", "El", "Los", "Las", "Le", "Den", "Het", "Al", "Da", "Di"])
_FINITE: Final = frozenset(["had", "has", "have", "was", "were", "is", "are", "will", "would", "did", "does", "can"])
_OPENING: Final = frozenset("“‘\"'«„")
_CLOSING: Final = frozenset("”’\"'»“")
_EVENTS: Final = frozenset(["olympics", "paralympics"])
_PEOPLED: Final = groups("joints")["peopled"]
_BANKS: Final = groups("joints")["banks"]
_LEADS: Final = groups("joints")["leads"]
#: What leads from place to place. Not *bridge*, *line* and *journey*, which also lead from people to people and ideas.
_WAYS: Final = groups("joints")["ways"]
_STOPS: Final = frozenset(",;.:()–—") | {
    "who",
    "whose",
    "which",
    "that",
    "of",
    "in",
    "for",
    "at",
    "from",
    "with",
    "and",
}


def weigh(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    """The evidence at one mention, as (schema.org class, weight)."""
    sentence = page.tokens.sentences[draft.sentence]
    yield from _authority(page, draft)
    if draft.title is not None:
        yield "Person", 5.0
    if draft.head is not None and draft.title is None:
        yield draft.head, 3.0
    yield from _words(page, draft)
    if page.modes[draft.sentence] == "plain":
        yield from _before(page, draft, sentence)
        yield from _after(page, draft, sentence)


def _authority(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    known = page.known.get(draft.first)
    if known is None or known.last != draft.last or draft.head is not None:
        return
    for candidate in known.candidates:
        yield candidate.types[0], 4.0 * candidate.prior + (1.0 if candidate is known.only else 0.0)


def _words(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    words = page.tokens.words[draft.first : draft.last]
    if draft.head is not None:
        return
    sentence = page.tokens.sentences[draft.sentence]
    if page.small(draft.first - 1, sentence) == "the":
        return  # people have no article
    if len(words) > 1 and _quoted(page, draft, sentence):
        return  # a title of something, or words that somebody stresses
    first = words[0]
    if len(words) == 1:
        if first.lower() in _EVENTS:
            yield "SportsEvent", 3.0
        elif first in _GIVEN:
            yield "Person", 1.2
        elif first.isupper() and 2 <= len(first) <= 7:
            yield "Organization", 1.2
        return
    if first in _GIVEN:
        yield "Person", 3.0
    elif any("-" in first and part in _GIVEN for part in first.split("-")):
        yield "Person", 2.5
    elif page.known.get(draft.first) is None and any(word[-1] == "." and len(word) > 1 for word in words):
        yield "Person", 2.0
    elif any(word in _PARTICLES for word in words):
        yield "Person", 1.5
    elif first in ("St", "St.", "San", "Santa", "Saint", "São", "Mount"):
        return
    elif first in _CAPITAL_PARTICLES:
        yield "Person", 0.5
    elif len(words) <= 3 and all(_like_person(word) for word in words):
        common = any(word.lower() in _COMMON for word in words)  # River Towns First, Capitol Hill
        yield "Person", 0.4 if common else 1.0
    elif any(word in ("&",) for word in words):
        yield "Organization", 1.5


def _quoted(page: Page, draft: Draft, sentence: Sentence) -> bool:
    """Whether the name, perhaps after *The*, fills a pair of quotation marks."""
    at = draft.first - 1
    if page.word(at, sentence) in ("The", "A", "An"):
        at -= 1
    after = page.word(draft.last, sentence)
    if after in (",", "."):
        after = page.word(draft.last + 1, sentence)
    return page.word(at, sentence) in _OPENING and after in _CLOSING


def _like_person(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("’", "").isalpha() and not word.isupper()


def _before(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    before = page.small(draft.first - 1, sentence)
    mark = page.word(draft.first - 1, sentence)
    if (
        draft.first == sentence.first
        and sentence.span.start == sentence.section.span.start
        and mark == ""
        and page.word(draft.last, sentence) in (",", "(", "—", "–", "-")
        and page.tokens.words[draft.first].isupper()
        and len(page.tokens.words[draft.first]) > 2
    ):
        yield "Place", 4.0  # a dateline
        return
    if _on_the_way(page, draft, sentence):
        yield "Place", 2.2
    elif before in _BEFORE_PLACE:
        owner = page.word(draft.last, sentence) in ("'s", "’s")  # "in Duffy's trial"
        yield "Place", _BEFORE_PLACE[before] * (0.3 if owner else 1.0)
    elif before == "the":
        yield "Organization", 0.2
        yield "Person", -1.2
        if page.small(draft.first - 2, sentence) == "of" and page.small(draft.first - 3, sentence) in _BANKS:
            yield "RiverBodyOfWater", 2.5
        if page.word(draft.first - 2, sentence) == ",":
            noun = noun_class(page.small(draft.first - 3, sentence))
            if noun is not None and noun != "Person":
                yield noun, 2.0
    elif before == "of":
        noun = noun_class(page.small(draft.first - 2, sentence))
        if noun is not None and kind_of(noun) == "Place":
            yield ("Place" if noun in ("RiverBodyOfWater", "Mountain") else noun), 2.5
        elif page.small(draft.first - 2, sentence) in _LEADS:
            yield "Organization", 1.5
        elif page.small(draft.first - 2, sentence) in _PEOPLED:
            yield "Place", 2.0
    elif before in _VERBS:
        yield "Person", 0.8
    elif title_before(page, sentence, draft.first) is not None:
        yield "Person", 3.0
    elif (noun := noun_class(before)) is not None:
        yield noun, 2.5
    elif (
        mark == ","
        and page.word(draft.last, sentence) in (",", ".")
        and noun_class(page.small(draft.first - 2, sentence)) == "Person"
    ):
        yield "Person", 2.0


def _on_the_way(page: Page, draft: Draft, sentence: Sentence) -> bool:
    """Whether a name is an end of a way: *the ferry to Zalk*, *a train between Zalk and Kampen*."""
    if page.sport or page.tokens.words[draft.first].isupper() or page.word(draft.last, sentence) in ("'s", "’s"):
        return False  # clubs travel to clubs; people fly to NATO; a friend's house
    at = draft.first - 1
    joint = page.word(at, sentence)
    if joint == "to" and page.small(at - 1, sentence) in _WAYS:
        return True
    if joint in ("and", "to"):
        at -= 1
        while draft.first - at <= 5 and page.word(at, sentence)[:1].isupper():
            at -= 1
        opening = page.word(at, sentence)
        if opening != ("between" if joint == "and" else "from"):
            return False
    elif joint != "between" and not (joint == "from" and page.word(draft.last, sentence) == "to"):
        return False  # a flight from an airline
    return page.small(at - 1, sentence) in _WAYS


def _after(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    after = page.small(draft.last, sentence)
    mark = page.word(draft.last, sentence)
    if after in _VERBS:
        acronym = draft.last - draft.first == 1 and page.tokens.words[draft.first].isupper()
        yield ("Organization", 0.8) if acronym else ("Person", 1.4)
    elif after in _AFTER_WORK and after in CUES:
        yield ("TVSeries" if CUES[after] == "TVEpisode" else CUES[after]), 1.5
    elif (noun := noun_class(after)) is not None and after not in CUES:
        if noun != "Person":
            yield noun, 2.2
        elif after in _LEADS:
            yield "Organization", 0.8
    if mark == ",":
        yield from _apposition(page, draft, sentence)
    elif mark == "(":
        inner = page.word(draft.last + 1, sentence)
        if inner.isdigit() and len(inner) == 2:
            yield "Person", 1.5


def _apposition(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    at = draft.last + 1
    if page.word(at, sentence) in ("now", "aged"):
        at += 1
    first = page.word(at, sentence)
    if first.isdigit() and len(first) <= 2 and page.word(at + 1, sentence) in (",", "."):
        yield "Person", 4.0
        return
    if first == "whose":
        yield "Person", 0.3  # places have halls too
        return
    if first == "who":
        if page.word(at + 1, sentence) not in ("are", "were", "have", "remain", "play", "had", "need"):
            yield "Person", 2.5
        return
    if first == "which":
        yield "Person", -1.0
        return
    known = page.known.get(at)
    if known is not None and any(one.types[0] in ("Country", "State") for one in known.candidates):
        if not known.demonym:
            yield "Place", 1.5
            return
        at = known.last
    noun = ""
    for steps in range(8):
        word = page.word(at + steps, sentence)
        if not word or word in _STOPS:
            break
        if (word in _VERBS or word in _FINITE) and noun:
            return  # the noun is a subject of its own: "…, the broadcaster said"
        noun = word if noun_class(word) is not None else noun
    kind = noun_class(noun)
    if kind is not None and (first in _ARTICLES or noun_class(first) is not None or steps <= 4):
        yield kind, 3.0 if first in _ARTICLES else 1.8


def noun_class(word: str) -> str | None:
    """The class a common noun announces (*gang*, *freighters* → Organization, Vehicle), or None."""
    found = _NOUNS.get(word)
    if found is None and len(word) > 4 and word.endswith("s"):
        found = _NOUNS.get(word[:-1])
    return found


def decide(votes: dict[str, float]) -> tuple[str, str, float] | None:
    """The class, its kind and a score from 0 to 1 that grows with the evidence and its lead; None without evidence.

    A thing that is none of the five kinds (a ship) has an empty class and kind.
    """
    kinds: dict[str, float] = {}
    for type_, weight in votes.items():
        kind = kind_of(type_) or ""  # a ship or a drug: a name, but of nothing the graph holds
        kinds[kind] = kinds.get(kind, 0.0) + weight
    if not kinds:
        return None
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    best, weight = ranked[0]
    if weight <= 0:
        return None
    if not best:
        return "", "", 0.3
    second = max(ranked[1][1], 0.0) if len(ranked) > 1 else 0.0
    lead = max(weight - 0.5 * second, 0.1)
    classes = sorted(
        ((type_, w) for type_, w in votes.items() if kind_of(type_) == best),
        key=lambda pair: (pair[0] == best, -pair[1], pair[0]),
    )
    type_ = classes[0][0]
    return type_, best, round(min(0.97, lead / (lead + 0.8)), 3)
