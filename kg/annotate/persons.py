"""Puts the names of people together: full names, surnames, given names, nicknames, initials and titles.

Two people are never one because they share a surname. A name that fits two of them goes to one only when the text
decides: by a title, by who was named before, by who the article is about; else it gets no cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from kg.annotate.clusters import MOST, Cluster, Names, plain
from kg.annotate.lexicon import given_names
from kg.annotate.lexicon import words as _words
from kg.annotate.nicknames import before_given, same_given, sex_of_given, sex_of_title
from kg.model import Span

__all__ = ["people"]

_PARTICLES: Final = _words(
    "de da das do dos del della di du la le el al ul ben bin ibn bint von van der den ter ten of y e st"
)
_SUFFIXES: Final = _words("jr sr junior senior ii iii iv v vi vii viii ix x xi xii xiv xvi xxiii")
_BARE_SUFFIXES: Final = _words("jr sr junior senior")
_ALIKE: Final = {"junior": "jr", "senior": "sr"}
_HONORIFICS: Final = _words("mr mrs ms miss mx dr prof sir")
#: How far back, in names of people, a bare name looks for who was named last.
_BACK: Final = 60
#: Of more people with one name than this nobody can say who is meant.
_MANY: Final = 6
#: So many times as often as the others somebody must be named in full for the article to be theirs.
_RATIO: Final = 3


@dataclass(frozen=True, slots=True)
class _Printed:
    """A person's name as printed: its words without suffix, the suffix (*jr*), and whose sex the name or title says."""

    words: tuple[str, ...]
    suffix: str
    sex: str


@dataclass(slots=True)
class _Person(Cluster):
    """Somebody with a full name, or a bare name nobody's full name explains."""

    suffix: str = ""
    sex: str = ""
    full: list[int] = field(default_factory=list)


def people(names: Names) -> list[Cluster]:
    """The clusters of the names of kind ``Person``."""
    mine = [at for at, kind in enumerate(names.kinds) if kind == "Person"]
    if not mine:
        return []
    printed = {at: _printed(names.surfaces[at], _title(names, at)) for at in mine}
    printed |= _couples(names, mine, printed)
    persons, by_word, guessed = _named_in_full(names, mine, printed)
    bare = _Bare(names, mine, printed, by_word, guessed, {at: one for one in persons for at in one.members})
    for position, at in enumerate(mine):
        if len(printed[at].words) == 1:
            bare.place(position, at)
    return [one for one in (*persons, *bare.opened) if one.members]


def _couples(names: Names, mine: Sequence[int], printed: dict[int, _Printed]) -> dict[int, _Printed]:
    """Given names that share the surname behind the next one: *John and Mary Low* are two people named Low."""
    found: dict[int, _Printed] = {}
    known = given_names()
    surnames = {one.words[-1] for one in printed.values() if len(one.words) > 1}
    for at, after in pairwise(mine):
        first, second = printed[at], printed[after]
        if len(first.words) != 1 or len(second.words) < 2 or first.words[0] not in known or first.words[0] in surnames:
            continue
        between = names.text.text[names.given[at].span.end : names.given[after].span.start]
        if between in (" and ", " & ") and second.words[0] in known:
            words = (first.words[0], *second.words[1:])
            found[at] = _Printed(words, "", first.sex or sex_of_given(first.words[0]))
    return found


def _title(names: Names, at: int) -> str:
    title = names.given[at].args.get("title")
    return title.of(names.text.text) if isinstance(title, Span) else ""


def _printed(surface: str, title: str) -> _Printed:
    words = [word.strip(".,'\"“”") for word in plain(surface.replace(".", ". ")).split()]
    words = [word for word in words if word] or [surface]
    if len(words) > 1 and words[0] in _HONORIFICS:
        title = title or words[0]
        del words[0]
    suffix = ""
    if len(words) > 1 + (words[-1] not in _BARE_SUFFIXES) and words[-1] in _SUFFIXES:  # Karl II is a full name
        suffix = _ALIKE.get(words[-1], words[-1])
        del words[-1]
    sex = sex_of_title(title) if title else ""
    if not sex and len(words) > 1:
        sex = sex_of_given(words[0])
    return _Printed(tuple(words), suffix, sex)


# ---- full names --------------------------------------------------------------------------------------------------


def _named_in_full(
    names: Names, mine: Sequence[int], printed: dict[int, _Printed]
) -> tuple[list[_Person], dict[str, list[_Person]], dict[str, list[_Person]]]:
    """The people with names of several words, and the same by their words: those that are no guess, and the guesses."""
    found: dict[tuple[tuple[str, ...], str], list[int]] = {}
    for at in mine:
        one = printed[at]
        if len(one.words) > 1:
            found.setdefault((one.words, one.suffix), []).append(at)
    persons: list[_Person] = []
    by_word: dict[str, list[_Person]] = {}
    guessed: dict[str, list[_Person]] = {}
    by_letters: dict[str, list[_Person]] = {}
    for words, suffix in sorted(found, key=lambda key: (-len(key[0]), not key[1], found[key][0])):
        places = found[words, suffix]
        sex = next((printed[at].sex for at in places if printed[at].sex), "")
        letters = "".join(words)
        near = [one for one in by_letters.get(letters, ())[:MOST] if not _apart(one, suffix, sex)]
        if not near:
            shared = by_word.get(words[-1], ())[:MOST]
            near = [one for one in shared if not _apart(one, suffix, sex) and _same_person(one.parts, words)]
        if len(near) > 1:
            continue  # J. Smith where there are John and Jane Smith
        if near:
            person, score = near[0], 0.85 if near[0].parts != words else 0.95
        else:
            person, score = _Person("Person", words, suffix=suffix, sex=sex), 0.95
            persons.append(person)
            sure = any(names.sure(at) for at in places)  # a guess draws no sure names to it
            if sure:
                by_letters.setdefault(letters, []).append(person)
            for word in dict.fromkeys(words):
                if word not in _PARTICLES and len(word) > 1:
                    (by_word if sure else guessed).setdefault(word, []).append(person)
        person.suffix, person.sex = person.suffix or suffix, person.sex or sex
        person.full += places
        person.members.update(dict.fromkeys(places, score))
    return persons, by_word, guessed


def _apart(one: _Person, suffix: str, sex: str) -> bool:
    """Whether a suffix (*Sr.*, *II*) or the sex says that two names are not one person's."""
    return bool(one.suffix and suffix and one.suffix != suffix) or bool(one.sex and sex and one.sex != sex)


def _same_person(full: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether ``parts``, which is no longer, may be a way to print the name ``full``.

    *J. Ramos* and *Jim Ramos* for *James Ramos*, *Blanco Vega* and *Ana Blanco* for *Ana Blanco Vega*, *Assad* without
    its article; but not *George W. Bush* for *George H. W. Bush*, nor *Ann Vega* for *Mary Ann Vega*.
    """
    full = tuple(word for word in full if word not in _PARTICLES) or full
    parts = tuple(word for word in parts if word not in _PARTICLES) or parts
    if full == parts:
        return True
    if len(parts) < 2:
        return full[-1:] == parts
    known = given_names()
    if full[-1] == parts[-1]:
        if same_given(full[0], parts[0]):
            return _aligned(full[1:-1], parts[1:-1])
        if full[-len(parts) :] == parts and len(parts[0]) > 1:  # two surnames, or a first name that is an initial
            return parts[0] not in known or len(full[0]) == 1
        return False
    # The second surname is left out, as Spanish names do; never the only one.
    return len(parts) >= 2 and full[: len(parts)] == parts and parts[-1] not in known


def _aligned(middle: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether middle names or initials do not contradict: one has none, or they agree from the first."""
    if not middle or not other:
        return True
    return all(
        word == one or (min(len(word), len(one)) == 1 and word[0] == one[0])
        for word, one in zip(middle, other, strict=False)
    )


# ---- bare names --------------------------------------------------------------------------------------------------


class _Bare:
    """Finds the person a surname or given name alone stands for."""

    def __init__(
        self,
        names: Names,
        mine: Sequence[int],
        printed: dict[int, _Printed],
        by_word: dict[str, list[_Person]],
        guessed: dict[str, list[_Person]],
        owner: dict[int, _Person],
    ) -> None:
        self._names, self._mine, self._printed = names, mine, printed
        self._by_word, self._guessed, self._owner = by_word, guessed, owner
        self._sure = {one.words[0] for at, one in printed.items() if len(one.words) == 1 and names.sure(at)}
        self._places = names.places()
        self._sexes: dict[str, set[str]] = {}
        for one in printed.values():
            if len(one.words) == 1 and one.sex:
                self._sexes.setdefault(one.words[0], set()).add(one.sex)
        self._alone: dict[tuple[str, str], _Person] = {}
        self._named_in: dict[int, frozenset[int]] = {}
        self._leading = names.leading()
        self.opened: list[_Person] = []

    def place(self, position: int, at: int) -> None:
        """Put the name ``at`` with the person it stands for, if that can be told."""
        one = self._printed[at]
        word = one.words[0]
        shared = self._by_word.get(word, ())[:MOST]
        if not shared and word not in self._sure:
            shared = self._guessed.get(word, ())[:MOST]
        title = _title(self._names, at)
        fits = [person for person in shared if not _apart(person, one.suffix, one.sex)]
        if title and not before_given(title):
            fits = [person for person in fits if person.parts[-1] == word or word in person.parts[1:]]
        fits = _closest(fits, word)
        if not fits:
            self._open(at, one, bool(shared))
            return
        person: _Person | None = fits[0]
        score = 0.9
        if len(fits) > _MANY:
            return
        if len(fits) > 1:
            person, score = self._decided(position, at, fits)
        if person is not None:
            person.members[at] = score
            self._owner[at] = person

    def _open(self, at: int, one: _Printed, contradicted: bool) -> None:
        """A bare name no full name explains goes with its like, men and women apart."""
        word = one.words[0]
        if word.endswith("s") and self._names.after_the(at) and self._by_word.get(word[:-1]):
            return  # the Smiths
        sexes = self._sexes.get(word, set())
        sex = one.sex
        if not sex and len(sexes) == 1 and not contradicted:
            (sex,) = sexes
        if not sex and sexes:
            return
        key = (word, sex)
        person = self._alone.get(key)
        if person is None:
            person = self._alone[key] = _Person("Person", one.words, sex=sex)
            self.opened.append(person)
        person.members[at] = 0.95
        self._owner[at] = person

    def _decided(self, position: int, at: int, fits: list[_Person]) -> tuple[_Person | None, float]:
        """Who of several is meant, and how sure that is."""
        section, heading = self._places[at]
        if not heading:
            before = [one for one in fits if one.full[0] < at]
            if len(before) == 1:
                return before[0], 0.85  # the others are named only later
            near = self._near(position, section, fits)
            if near:
                return (near[0], 0.8) if len(near) == 1 else (None, 0.0)
        main = self._main(fits)
        if main is None:
            return None, 0.0
        if any({section - 1, section} & self._sections(one) for one in fits if one is not main):
            return None, 0.0  # somebody else of that name is spoken of just here
        return main, 0.75

    def _near(self, position: int, section: int, fits: list[_Person]) -> list[_Person]:
        """Those of the people that are named in this section before."""
        found: list[_Person] = []
        for back in range(position - 1, max(-1, position - _BACK), -1):
            other = self._mine[back]
            if self._places[other][0] != section:
                break
            person = self._owner.get(other)
            if person is not None and any(person is one for one in fits) and all(person is not one for one in found):
                found.append(person)
        return found

    def _main(self, fits: list[_Person]) -> _Person | None:
        """The one of them the article is about: named in full in a heading or the first paragraph, as no other is, or
        far more often."""
        leading = [one for one in fits if self._lead(one)]
        if len(leading) == 1:
            return leading[0]
        most = sorted(leading or fits, key=lambda one: -len(one.full))
        return most[0] if len(most[0].full) >= _RATIO * len(most[1].full) else None

    def _lead(self, one: _Person) -> bool:
        return any(number in self._leading for number in self._sections(one))

    def _sections(self, one: _Person) -> frozenset[int]:
        """The numbers of the sections that name the person in full."""
        known = self._named_in.get(one.full[0])
        if known is None:
            known = self._named_in[one.full[0]] = frozenset(self._places[at][0] for at in one.full)
        return known


def _closest(fits: list[_Person], word: str) -> list[_Person]:
    """The people whose surname or given name the word is; those who have it in the middle only if there are no such."""
    outer = [one for one in fits if one.parts[-1] == word or one.parts[0] == word]
    if outer:
        return outer
    known = given_names()
    return [one for one in fits if word not in known]
