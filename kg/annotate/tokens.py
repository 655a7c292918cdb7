"""Tokens and sentences of a text, as arrays of code-point offsets.

A token never crosses a section, so no name joins a headline and the paragraph under it. Everything here is linear in
the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg.annotate.lexicon import words as _words
from kg.model import Section, Span, Text

__all__ = ["Sentence", "Tokens", "tokenize"]

_TOKEN: Final = re.compile(
    r"""
    [a-z]++(?=[\s,])                              # most words
  | (?:https?://|www\.)\S+                        # an address is one token
  | [A-Za-z0-9][\w.+-]{0,63}+@\w[\w.-]*\w          # and so is one of mail
  | \w[\w-]{0,62}+\.(?:com|org|net|gov|edu|co\.uk|info|fm|tv)(?![\w-])  # Gawker.com
  | (?:[^\W\d_]\.){2,}(?:[^\W\d_](?![\w]))?      # U.S.  J.K.  e.g.
  | (?:Ph|Ed|Psy|[BMD])\.(?:Sc|Eng|Phil|Ed|Tech|Com|Litt|D)\b\.?  # Ph.D.  M.Sc.
  | [A-Z]\.(?=\s?(?:[\"“]?[A-Z]|(?:de|del|della|di|da|van|von|der|le|la)\s))  # J. (before a surname)
  | [DRI](?=-[A-Z](?:[\w. ]{1,24}[,)\]]|[a-z]{1,4}\.))             # a party before a state: D-Texas
  | \*{2,}                                       # a word made unreadable
  | ['’][sS](?!\w)                               # a possessive is a token of its own
  | \d+(?:[.,]\d+)*(?:[-‑]\w+)*(?:st|nd|rd|th)?  # 1,000  3.5  11-minute  22nd
  | (?:pro|anti|non|ex|pre|post|then|mid|un|half|neo)(?=-[A-Z])  # pro-Russian
  | (?:(?<![^\n])|(?<=[.!?“"]\s)|(?<=[“"]))(?:Pro|Anti|Non|Ex|Pre|Post|Mid|Neo)(?=-[A-Z])  # and where a sentence starts
  | [A-Z]\w*(?=-(?:based|led|born|backed|run|owned|style|era|wide|controlled|held|area|friendly|occupied|sponsored
      |funded|made|like|related|linked|speaking|educated|trained|winning|listed|dominated|majority|only|level
      |type|themed|nominated|registered|flagged|built|administered|leaning|heavy|aligned|appointed|approved|inspired
      |branded|affiliated|ruled|origin|bound|winners?|nominees?)\b)                # Rotterdam-based: so is a suffix
  | \w+(?:[-‑&]\w+|['’](?![sS](?!\w))\w+)*          # al-Qaida  O'Brien  AT&T
  | \S
    """,
    re.VERBOSE,
)

_ENDS: Final = frozenset(".!?…")
_CLOSERS: Final = frozenset("\"'”’»)]")
_OPENERS: Final = frozenset("\"'“‘«([")
#: Written with a full stop in the middle of a sentence, before a name or number.
_ABBREVIATIONS: Final = _words(
    "mr mrs ms mx dr drs prof profs rev revs fr sr jr hon gov govs sen sens rep reps gen lt col capt cmdr maj sgt cpl "
    "adm st ste mt ft no nos vs v jan feb mar apr jun jul aug sep sept oct nov dec approx est fig dept univ assn bros "
    "mme mlle pres supt insp det messrs cf al ave blvd rd"
)
#: Ends a company's or person's name as often as a sentence: only a following capital that opens a sentence decides.
_SUFFIXES: Final = _words(
    "inc ltd corp co plc llc jr sr bros ala ariz calif colo conn fla ga ill ind kan ky la md mass mich minn miss mo "
    "mont neb nev okla ore pa tenn tex va vt wash wis wyo"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``first`` to ``last`` (end exclusive) of one section, and the span they cover."""

    span: Span
    first: int
    last: int
    section: Section


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: token ``i`` is ``words[i]``, at ``starts[i]`` to ``ends[i]``; sentences cover them all.

    ``lower`` are the words in lower case.
    """

    words: tuple[str, ...]
    lower: tuple[str, ...] = field(repr=False)
    starts: array[int] = field(repr=False)
    ends: array[int] = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False)
    _opens: array[int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.words)

    def span(self, first: int, last: int) -> Span:
        """The stretch from token ``first`` to before token ``last``."""
        return Span(self.starts[first], self.ends[last - 1])

    def at(self, offset: int) -> int:
        """The number of the token that holds the code point, or the one before it; -1 before the first."""
        return bisect_right(self.starts, offset) - 1

    def within(self, span: Span) -> range:
        """The numbers of the tokens that share a code point with the span."""
        first = self.at(span.start)
        if first < 0 or self.ends[first] <= span.start:
            first += 1
        last = self.at(max(span.end - 1, span.start))
        return range(first, last + 1 if span.end > span.start else first)

    def sentence_at(self, offset: int) -> Sentence | None:
        """The sentence a code point lies in, or the one before it; None before the first."""
        number = bisect_right(self._opens, offset) - 1
        return self.sentences[number] if number >= 0 else None


class _Key:
    """A text as a cache key that is cheap to look up: hashing all of a text's sections each time is not."""

    __slots__ = ("text",)

    def __init__(self, text: Text) -> None:
        self.text = text

    def __hash__(self) -> int:
        return len(self.text.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (self.text is other.text or self.text == other.text)


def tokenize(text: Text) -> Tokens:
    """The tokens and sentences of a text; remembered for the last few texts, as every annotator asks."""
    return _tokenized(_Key(text))


@lru_cache(maxsize=4)
def _tokenized(key: _Key) -> Tokens:
    text = key.text
    whole = text.text
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[Sentence] = []
    for section in text.sections:
        first = len(words)
        spans = [found.span() for found in _TOKEN.finditer(whole, section.span.start, section.span.end)]
        words += [whole[start:end] for start, end in spans]
        starts += [span[0] for span in spans]
        ends += [span[1] for span in spans]
        lines = _lines(whole, section.span, starts, first)
        for begin, end in _cut(words, starts, ends, first, lines):
            sentences.append(Sentence(Span(starts[begin], ends[end - 1]), begin, end, section))
    opens = array("q", (one.span.start for one in sentences))
    return Tokens(
        tuple(words), tuple(map(str.lower, words)), array("q", starts), array("q", ends), tuple(sentences), opens
    )


def _lines(text: str, span: Span, starts: list[int], first: int) -> list[int]:
    """The tokens from ``first`` on that begin a line of their section."""
    found: list[int] = []
    at = text.find("\n", span.start, span.end)
    while at >= 0:
        token = bisect_right(starts, at, first)
        if token > first and token < len(starts):
            found.append(token)
            at = text.find("\n", starts[token], span.end)
        else:
            at = text.find("\n", at + 1, span.end) if token < len(starts) else -1
    return found


def _cut(
    words: list[str], starts: list[int], ends: list[int], first: int, lines: list[int]
) -> Iterator[tuple[int, int]]:
    """The sentences of the tokens from ``first`` on, as (first, last) token numbers; ``lines`` begin lines."""
    last = len(words)
    breaks = set(lines)
    at = first
    for stop in [number for number in range(first, last) if words[number][-1] in _ENDS]:
        if stop < at or (words[stop] not in _ENDS and (len(words[stop]) < 3 or words[stop][-1] != ".")):
            continue
        end = stop + 1
        while end < last and words[end] in _ENDS and starts[end] == ends[end - 1]:
            end += 1
        while end < last and words[end] in _CLOSERS and starts[end] == ends[end - 1]:
            end += 1
        at = end
        if end < last and starts[end] > ends[end - 1] and _opens(words, stop, end):
            breaks.add(end)
    begin = first
    for end in sorted(breaks):
        yield begin, end
        begin = end
    if begin < last:
        yield begin, last


def _opens(words: list[str], stop: int, at: int) -> bool:
    """Whether a sentence ends at the full stop ``stop`` so that the next begins at token ``at``."""
    word = words[at]
    if word in _OPENERS and at + 1 < len(words):
        word = words[at + 1]
    if not (word[0].isupper() or word[0].isdigit() or word[0] in "—–-•*"):
        return False
    mark = words[stop]
    if mark != "." and mark[-1] != ".":
        return True
    if len(mark) > 2:  # U.S. — a sentence ends there only before a word that opens sentences
        return word in _STARTERS
    if mark != "." or stop == 0 or at > stop + 1:
        return True
    before = words[stop - 1].lower()
    if before in _SUFFIXES:
        return word in _STARTERS
    if before in ("no", "nos"):
        return not word[0].isdigit()
    return before not in _ABBREVIATIONS


_STARTERS: Final = _words(
    "The A An In On At It He She They We I This That These Those But And When While After Before If As For From With "
    "His Her Its Their Our My There Then However Meanwhile Since By To Some Many Most One Two Three No Not"
)
