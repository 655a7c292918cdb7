"""Titles of works: stretches in quotation marks, written like a title, that the words beside them say are works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.lexicon import groups, mapping, table
from kg.annotate.page import Page
from kg.annotate.shape import given
from kg.annotate.tokens import Sentence
from kg.authority import kind_of

__all__ = ["CUES", "titles"]

#: A common noun → the class of the work it announces (*film* → Movie).
CUES: Final = {noun: type_ for noun, type_ in mapping("nouns").items() if kind_of(type_) == "CreativeWork"}
_PAIRS: Final = {"“": "”", "‘": "’", '"': '"', "'": "'", "«": "»", "„": "“"}
_MARKS: Final = frozenset(_PAIRS)
_FUNCTION: Final = table("function")
_WORDS: Final = groups("works")
_OWNERS: Final = frozenset(["'s", "’s", "'", "’"])
_SMALL: Final = frozenset(["a", "an", "the", "his", "her", "their", "its", "new", "short", "own", "hit"])
#: May stand between *called* and what somebody is called.
_WEAK: Final = _SMALL | {"as", "like", "him", "them", "me", "us", "it", "by", "of", "to"}
_SPOKEN: Final = frozenset(["i", "me", "my", "we", "you", "your", "it's", "don't", "i'm", "not", "this", "that"])
#: Words of texts about books, films, music and shows, and how many different ones within how many tokens make it one.
_ARTS: Final = _WORDS["arts"]
_ARTISTIC: Final = 4
_AROUND: Final = 300
_NEAR: Final = frozenset(["in", "from", "of", "with", "like", "for", "to", "than"])
_SAID: Final = frozenset(["said", "says", "asked", "wrote", "added"])
_ROLES: Final = frozenset(
    ["host", "correspondent", "anchor", "co-host", "star", "creator", "soundtrack", "co-creator", "presenter"]
)
_LONGEST: Final = 10
#: How much speaks for a title before it is one, and how sure each further point makes.
_ENOUGH: Final = 1.5
_SURE: Final = ((3.0, 0.9), (2.0, 0.8), (_ENOUGH, 0.65))


def titles(page: Page, sentence: Sentence) -> Iterator[tuple[int, int, str, float]]:
    """The titles in one sentence as (first token, last token, class, score).

    A title has at most ten words, each with a capital but for words of grammar. What stands beside it decides: a noun
    such as *film*, an owner (*Low's “Long Way”*), *starred in*, a year in brackets, other titles in one list. Without
    any it is somebody's words, not a work.
    """
    words = page.tokens.words
    yield from _dated(page, sentence)
    if _MARKS.isdisjoint(words[sentence.first : sentence.last]):
        return
    row: tuple[int, str, float] | None = None
    at = sentence.first
    while at < sentence.last:
        close = _PAIRS.get(words[at])
        if close is None:
            at += 1
            continue
        opening = at
        double = words[at] == "'" and at + 1 < sentence.last and words[at + 1] == "'"
        if double:  # ''typed so''
            at += 1
        end = at + 1
        while end < sentence.last and end - at <= _LONGEST + 2 and words[end] != close:
            end += 1
        if end < sentence.last and words[end] == close and _like_title(words, at + 1, end):
            last = end
            while last > at + 1 and not words[last - 1][0].isalnum():
                last -= 1
            closing = end + 1 if double and end + 1 < sentence.last and words[end + 1] == "'" else end
            type_, points = _judged(page, sentence, opening, closing, at + 1, last)
            joined = row is not None and _between(words, row[0], opening)
            if joined and row is not None and -2 < points <= row[2] and type_ == "CreativeWork":
                type_, points = row[1], row[2]
            if points >= _ENOUGH and last > at + 1:
                yield at + 1, last, type_, next(score for least, score in _SURE if points >= least)
                row = (closing, type_, points)
                at = closing + 1
                continue
        at += 1


def _between(words: tuple[str, ...], closing: int, opening: int) -> bool:
    """Whether only what joins a list stands between two titles."""
    return opening - closing <= 3 and all(word in (",", "and", "or", "&", ";") for word in words[closing + 1 : opening])


def _like_title(words: tuple[str, ...], first: int, last: int) -> bool:
    if not 1 <= last - first <= _LONGEST + 1 or not (words[first][0].isupper() or words[first][0].isdigit()):
        return False
    named = 0
    for at in range(first, last):
        word = words[at]
        if not word[0].isalpha():
            if word in ".;?!" and at < last - 1:
                return False
            continue
        if word[0].isupper():
            named += word.lower() not in _FUNCTION or at == first
        elif word not in _FUNCTION and len(word) > 3:
            return False
    return named > 0


def _judged(page: Page, sentence: Sentence, opening: int, closing: int, first: int, last: int) -> tuple[str, float]:
    """The class of a stretch in marks and how much speaks for its being a work."""
    words = page.tokens.words
    type_, points = _ahead(page, sentence, opening)
    behind = _behind(page, sentence, closing)
    if behind is not None:
        type_ = behind if type_ == "CreativeWork" else type_
        points += 2.0
    if page.word(closing + 1, sentence) == "(" and _year(page.word(closing + 2, sentence)):
        points += 2.0
    count = last - first
    if count == 1:
        points -= 0.5
    elif points == 0 and _artistic(words, opening, closing):  # in a review, titles need little
        near = page.small(opening - 1, sentence)
        points += 1.0 + 0.5 * (near in _NEAR) + 0.5 * (words[last - 1][0].isdigit() or words[first] in ("The", "A"))
    if points < 3.0 and _headline(page, sentence, opening, closing):
        points -= 1.0  # in a headline everything has capitals
    inside = [word.lower() for word in words[first:last]]
    if "," in inside and count < 6:
        points -= 1.0
    if _SPOKEN.intersection(inside[:2]) and "," in words[last:closing]:
        points -= 1.0
    before, after = page.word(opening - 1, sentence), page.word(closing + 1, sentence)
    if given(before) and after[:1].isupper() and count <= 2:
        points -= 4.0  # Ann “Cowboy” Low
    if words[closing - 1] in (",", ".", "?", "!") and (after in _WORDS["not"] or _speaks(page, sentence, closing)):
        points -= 3.0  # “Long Way,” she said
    return type_, points


def _artistic(words: tuple[str, ...], opening: int, closing: int) -> bool:
    """Whether the text around a title is about books, films, music or shows."""
    return len(_ARTS.intersection(words[max(opening - _AROUND, 0) : closing + _AROUND])) >= _ARTISTIC


def _speaks(page: Page, sentence: Sentence, closing: int) -> bool:
    return any(
        page.word(closing + ahead, sentence) in ("said", "says", "asked", "wrote", "added") for ahead in (1, 2, 3)
    )


#: Words on either side that tell how a line writes its words; more would make endless lines slow.
_LINE: Final = 100


def _headline(page: Page, sentence: Sentence, opening: int, closing: int) -> bool:
    """Whether most other words of the sentence have a capital anyway."""
    first, last = max(sentence.first, opening - _LINE), min(sentence.last, closing + _LINE)
    words = (*page.tokens.words[first:opening], *page.tokens.words[closing:last])
    spelled = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(spelled) > 2 and sum(word[0].isupper() for word in spelled) * 10 >= len(spelled) * 7


def _year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in ("18", "19", "20")


def _ahead(page: Page, sentence: Sentence, opening: int) -> tuple[str, float]:
    """The class and the points that the words before a title give."""
    type_, points = "CreativeWork", 0.0
    last = page.word(opening - 1, sentence)
    if last in _OWNERS and page.word(opening - 2, sentence)[:1].isupper():
        points += 2.0  # Low's “Long Way”
    elif last == "on":
        points += 1.5
    elif last == "in" and page.small(opening - 2, sentence) in _WORDS["in"]:
        points += 2.0
        type_ = "Movie" if page.small(opening - 2, sentence) in _WORDS["film"] else type_
    elif last == "of" and page.small(opening - 2, sentence) in _WORDS["of"]:
        points += 2.0
    elif last in _WORDS["does"]:
        points += 2.0
        if last in _WORDS["song"]:
            type_ = "MusicRecording"
    near = True
    for back in range(1, 5):
        word = page.small(opening - back, sentence)
        if not word:
            if page.word(opening - back, sentence) not in (",", "'s", "’s", "-", ":", "("):
                break
            continue
        if word == "play" and page.small(opening - back - 1, sentence) not in _SMALL:
            return "MusicRecording", points + 1.0  # they play a song
        if word in CUES:
            return CUES[word], points + (3.0 if back == 1 else 2.0)
        if back == 1 and word.endswith("s") and word[:-1] in CUES:
            return CUES[word[:-1]], points + 3.0
        if word in _WORDS["not"] and near:
            further = any(page.small(opening - more, sentence) in CUES for more in range(back + 1, back + 4))
            points += 1.5 if further and word in ("called", "named", "as") else -3.0
        near = near and word in _WEAK
    return type_, points


def _behind(page: Page, sentence: Sentence, closing: int) -> str | None:
    """The class of the noun after a title (*“Long Way” episode*), if there is one."""
    for ahead in range(1, 4):
        word = page.small(closing + ahead, sentence)
        if word in CUES:
            return CUES[word]
        if word in (
            "host",
            "correspondent",
            "anchor",
            "co-host",
            "star",
            "creator",
            "soundtrack",
            "co-creator",
            "presenter",
        ):
            return "CreativeWork"
        if word and word not in _SMALL and word not in ("is", "was", "documentary", "radio", "tv", "television"):
            return None
    return None


def _dated(page: Page, sentence: Sentence) -> Iterator[tuple[int, int, str, float]]:
    """A line that is a title and its year: *Long Way Home (1953)*."""
    words = page.tokens.words
    size = sentence.last - sentence.first
    if not 4 <= size <= _LONGEST + 4 or words[sentence.last - 1] != ")" or words[sentence.last - 3] != "(":
        return
    last = sentence.last - 3
    if not _year(words[sentence.last - 2]) or "," in words[sentence.first : last]:
        return
    first = sentence.first
    if _like_title(words, first, last) and not (1 < last - first <= 3 and given(words[first]) == "G"):
        yield first, last, "CreativeWork", 0.75
