"""What the name finder knows of a text before it looks for names: tokens, known surfaces, evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.annotate.casing import CAPITAL, CAPS, COMMON, GRAMMAR, grammatical, is_capital, shape
from kg.annotate.lexicon import groups
from kg.annotate.lexicon import words as words_of
from kg.annotate.seen import Seen, look
from kg.annotate.tokens import Sentence, Tokens, tokenize
from kg.authority import Finder, Matcher
from kg.model import Span, Text
from kg.plugins import Authority, Candidate

__all__ = ["Known", "Page", "grammatical", "is_capital", "read"]

_SITES: Final = groups("joints")["platform"]
_SPORT: Final = groups("joints")["sport"]
#: So many different words of sport make a text one about sport, where towns are teams.
_SPORTING: Final = 4
_CLOSING: Final = frozenset(".!?…\"”'’:;,")
#: What stands for a country before the name of another's people.
_HALVES: Final = words_of("Afro Anglo Austro Euro Franco Greco Hispano Indo Italo Judeo Luso Russo Sino Turko")
_QUOTES: Final = frozenset("“‘\"'«„")
_DATELINE: Final = frozenset([",", "(", "-", "–", "—", ":", "/"])


@dataclass(frozen=True, slots=True)
class Known:
    """A surface of the authority in the text: tokens ``first`` to ``last`` and the rows it may mean, best first."""

    first: int
    last: int
    candidates: tuple[Candidate, ...]

    @property
    def only(self) -> Candidate | None:
        """The row, when the surface can mean only one."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def demonym(self) -> bool:
        """Whether the surface is a demonym before all else."""
        return bool(self.candidates) and self.candidates[0].how == "demonym"


@dataclass(frozen=True, slots=True)
class Page:
    """One text made ready. ``modes`` says how each sentence uses capitals: ``plain``, ``title`` or ``caps``.

    ``shapes`` are the flags of the tokens (:mod:`kg.annotate.casing`), ``begins`` the numbers of those where a name may
    begin, ``quotes`` of opening quotation marks, ``seen`` is how the text writes its words. ``known`` maps a first
    token to the known surface; ``mixed`` are words of two demonyms, in lower case; ``sport`` says that the text is
    about sport.
    """

    text: Text
    tokens: Tokens
    shapes: tuple[int, ...]
    modes: tuple[str, ...]
    begins: tuple[int, ...]
    quotes: tuple[int, ...]
    seen: Seen
    known: dict[int, Known]
    mixed: frozenset[str]
    sport: bool

    def within(self, numbers: tuple[int, ...], sentence: Sentence) -> tuple[int, ...]:
        """Those of ``begins`` or ``quotes`` that lie in the sentence."""
        return numbers[bisect_left(numbers, sentence.first) : bisect_left(numbers, sentence.last)]

    def word(self, number: int, sentence: Sentence) -> str:
        """The token, or an empty string outside the sentence."""
        return self.tokens.words[number] if sentence.first <= number < sentence.last else ""

    def small(self, number: int, sentence: Sentence) -> str:
        """The token in lower case, or an empty string when it is outside the sentence or has a capital."""
        word = self.word(number, sentence)
        return word if word.islower() else ""

    def sentences(self) -> Iterator[tuple[Sentence, str]]:
        """The sentences with their modes."""
        return zip(self.tokens.sentences, self.modes, strict=True)


def read(text: Text, authority: Authority, matcher: Finder | Matcher) -> Page:
    """The text made ready for finding names."""
    tokens = tokenize(text)
    flags = {word: shape(word) for word in dict.fromkeys(tokens.words)}
    shapes = tuple(map(flags.__getitem__, tokens.words))
    capitals = tuple(number for number, flag in enumerate(shapes) if flag & CAPITAL)
    modes = tuple(_mode(tokens, shapes, capitals, sentence) for sentence in tokens.sentences)
    plain = [sentence for sentence, mode in zip(tokens.sentences, modes, strict=True) if mode == "plain"]
    seen = look(tokens, shapes, capitals, plain)
    words = tokens.words
    known: dict[int, Known] = {}
    asked: dict[tuple[str, ...], tuple[Candidate, ...]] = {}

    def meant(surfaces: tuple[str, ...]) -> tuple[Candidate, ...]:
        if surfaces not in asked:
            asked[surfaces] = _meant(authority, surfaces)
        return asked[surfaces]

    for sentence, mode in zip(tokens.sentences, modes, strict=True):
        for one in _known(text, tokens, sentence, mode, meant, matcher):
            known[one.first] = one
        begin = sentence.first
        if begin not in known and _dateline(tokens, shapes, sentence):
            rows = tuple(row for row in meant((words[begin].capitalize(),)) if "Place" in row.types)
            if rows:
                known[begin] = Known(begin, begin + 1, rows)
    return Page(
        text=text,
        tokens=tokens,
        shapes=shapes,
        modes=modes,
        begins=tuple(sorted({*capitals, *known})),
        quotes=tuple(number for number, word in enumerate(words) if word in _QUOTES),
        seen=seen,
        known=known,
        mixed=frozenset(_mixed(words, shapes, meant)),
        sport=len(seen.lower & _SPORT) >= _SPORTING,
    )


def _dateline(tokens: Tokens, shapes: tuple[int, ...], sentence: Sentence) -> bool:
    """Whether a sentence starts as a report does: *ZALK, March 9 -*, *ZALK (Reuters)*."""
    first = sentence.first
    if not shapes[first] & CAPS or len(tokens.words[first]) < 4 or first + 1 >= sentence.last:
        return False
    after = tokens.words[first + 1]
    return after in _DATELINE or after[0].isdigit() or after[:2] == "**"


def _mode(tokens: Tokens, shapes: tuple[int, ...], capitals: tuple[int, ...], sentence: Sentence) -> str:
    many = bisect_left(capitals, sentence.last) - bisect_left(capitals, sentence.first)
    if many < 3 or many * 4 < sentence.last - sentence.first:
        return "plain"
    counted = capital = caps = plain = 0
    words = tokens.words
    for number in range(sentence.first, sentence.last):
        word = words[number]
        flags = shapes[number]
        if not word[0].isalpha() or (flags & GRAMMAR and len(word) < 4):
            continue
        counted += 1
        if flags & CAPITAL:
            capital += 1
            if flags & CAPS:
                caps += 1
            elif flags & COMMON and number > sentence.first:
                plain += 1
    if counted < 2:
        return "plain"
    if counted >= 3 and caps * 10 >= counted * 7:
        return "caps"
    if counted >= 4 and capital * 10 >= counted * 7 and plain * 4 >= capital:  # or it is a list of names
        headline = sentence.section.kind == "headline" or words[sentence.last - 1] not in _CLOSING
        headline = headline or (counted > 5 and capital * 10 >= counted * 9 and plain * 2 >= capital)
        if headline:
            return "title"
    return "plain"


def _known(
    text: Text,
    tokens: Tokens,
    sentence: Sentence,
    mode: str,
    meant: Callable[[tuple[str, ...]], tuple[Candidate, ...]],
    matcher: Finder | Matcher,
) -> Iterator[Known]:
    offset = sentence.span.start
    stretch = text.text[offset : sentence.span.end]
    for hit in matcher.find(stretch, caps=mode == "caps"):
        span = Span(offset + hit.start, offset + hit.end)
        numbers = tokens.within(span)
        if not numbers or tokens.starts[numbers[0]] != span.start:
            continue
        last = numbers[-1]
        rest = tokens.words[last][span.end - tokens.starts[last] :]
        if rest not in ("", "."):
            continue
        if span.end - span.start == 1 and not _site(tokens, sentence, numbers[0]):
            continue
        rows = meant(hit.surfaces)
        if not rows:
            continue
        comma = next((number for number in numbers if tokens.words[number] == ","), None)
        if comma is None or tokens.words[last][0] in "DI":  # Washington, D.C. and Acme, Inc. are one name
            yield Known(numbers[0], last + 1, rows)
            continue
        yield Known(numbers[0], comma, rows)  # the town in the state, and then the state
        rows = meant((text.text[tokens.starts[comma + 1] : span.end],))
        if rows:
            yield Known(comma + 1, last + 1, rows)


def _mixed(
    words: tuple[str, ...], shapes: tuple[int, ...], meant: Callable[[tuple[str, ...]], tuple[Candidate, ...]]
) -> Iterator[str]:
    """Words of two demonyms: *Franco-German*, *Nigerian-British*."""
    for word in dict.fromkeys(word for word, flag in zip(words, shapes, strict=True) if flag & CAPITAL and "-" in word):
        first, _, second = word.partition("-")
        rows = meant((second,)) if second[:1].isupper() and len(word) < 40 else ()
        if rows and rows[0].how == "demonym":
            rows = meant((first,)) if first not in _HALVES else rows
            if rows and rows[0].how == "demonym":
                yield word.lower()


def _meant(authority: Authority, surfaces: tuple[str, ...]) -> tuple[Candidate, ...]:
    """The rows that any of a hit's spellings may mean, best first."""
    rows: dict[str, Candidate] = {}
    for surface in surfaces:
        for candidate in authority.candidates(surface):
            rows.setdefault(candidate.id, candidate)
    return tuple(sorted(rows.values(), key=lambda one: (-one.prior, one.id)))


def _site(tokens: Tokens, sentence: Sentence, number: int) -> bool:
    """Whether a name of one letter (X) stands where only a platform does: *on X*, *the site X*."""
    before = tokens.words[number - 1] if number > sentence.first else ""
    after = tokens.words[number + 1] if number + 1 < sentence.last else "."
    return before in _SITES and not after[0].isupper() and not after[0].isdigit()
