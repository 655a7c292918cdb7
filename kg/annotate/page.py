"""What the name finder knows of a text before it looks for names: tokens, known surfaces, evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.annotate.lexicon import groups, table
from kg.annotate.tokens import Sentence, Tokens, tokenize
from kg.authority import Matcher
from kg.model import Span, Text
from kg.plugins import Authority, Candidate

__all__ = ["Known", "Page", "grammatical", "is_capital", "read"]

_SITES: Final = groups("joints")["platform"]
_SPORT: Final = groups("joints")["sport"]
#: So many different words of sport make a text one about sport, where towns are teams.
_SPORTING: Final = 4
_CLOSING: Final = frozenset(".!?…\"”'’:;,")


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

    ``lower`` are words seen in lower case in plain sentences, ``inside`` those seen with a capital in the middle of
    one, ``alone`` those of them with no capital on either side. ``known`` maps a first token to the known surface;
    ``sport`` says that the text is about sport.
    """

    text: Text
    tokens: Tokens
    modes: tuple[str, ...]
    lower: frozenset[str]
    inside: frozenset[str]
    known: dict[int, Known]
    alone: frozenset[str]
    sport: bool

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


def is_capital(word: str) -> bool:
    """Whether the word starts with an upper-case letter (or has one after a small prefix, as *iPhone*, *wikiHow*)."""
    if word[:1].isupper():
        return True
    return len(word) > 3 and word[0].islower() and word.isalpha() and any(char.isupper() for char in word[1:-1])


def grammatical(word: str) -> bool:
    """Whether the word is one of grammar (*the*, *I’m*), a month, a day or a unit: never a name by itself."""
    plain = word.lower().replace("’", "'")
    function = table("function")
    if plain.endswith("days"):
        plain = plain[:-1]
    return plain in function or ("'" in plain and plain.partition("'")[0] in function)


def read(text: Text, authority: Authority, matcher: Matcher) -> Page:
    """The text made ready for finding names."""
    tokens = tokenize(text)
    modes = tuple(_mode(tokens, sentence) for sentence in tokens.sentences)
    lower: set[str] = set()
    inside: set[str] = set()
    alone: set[str] = set()
    for sentence, mode in zip(tokens.sentences, modes, strict=True):
        if mode != "plain":
            continue
        opening = True
        for number in range(sentence.first, sentence.last):
            word = tokens.words[number]
            if word[0].islower():
                lower.add(word)
                opening = False
            elif word[0].isupper():
                if not opening:
                    inside.add(word)
                    if _is_alone(tokens.words, number, sentence):
                        alone.add(word)
                opening = False
            else:  # after a colon or an opening mark a capital says nothing
                opening = word in "\"“‘'«:—–-•*([" or (opening and not word[0].isalnum())
    known: dict[int, Known] = {}
    asked: dict[tuple[str, ...], tuple[Candidate, ...]] = {}

    def meant(surfaces: tuple[str, ...]) -> tuple[Candidate, ...]:
        if surfaces not in asked:
            asked[surfaces] = _meant(authority, surfaces)
        return asked[surfaces]

    for sentence, mode in zip(tokens.sentences, modes, strict=True):
        for one in _known(text, tokens, sentence, mode, meant, matcher):
            known[one.first] = one
    return Page(
        text,
        tokens,
        modes,
        frozenset(lower),
        frozenset(inside),
        known,
        frozenset(alone),
        len(lower & _SPORT) >= _SPORTING,
    )


def _is_alone(words: tuple[str, ...], number: int, sentence: Sentence) -> bool:
    before = words[number - 1] if number > sentence.first else ""
    after = words[number + 1] if number + 1 < sentence.last else ""
    return not before[:1].isupper() and not after[:1].isupper()


def _mode(tokens: Tokens, sentence: Sentence) -> str:
    function = table("function")
    counted = capital = caps = 0
    for number in range(sentence.first, sentence.last):
        word = tokens.words[number]
        if not word[0].isalpha() or (len(word) < 4 and word.lower() in function):
            continue
        counted += 1
        capital += word[0].isupper()
        caps += len(word) > 1 and word.isupper()
    if counted < 2:
        return "plain"
    if counted >= 3 and caps * 10 >= counted * 7:
        return "caps"
    headline = sentence.section.kind == "headline" or tokens.words[sentence.last - 1] not in _CLOSING
    if headline and counted >= 4 and capital * 10 >= counted * 7:
        return "title"
    return "plain"


def _known(
    text: Text,
    tokens: Tokens,
    sentence: Sentence,
    mode: str,
    meant: Callable[[tuple[str, ...]], tuple[Candidate, ...]],
    matcher: Matcher,
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
        if rows:
            yield Known(numbers[0], last + 1, rows)


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
