"""The class of every name of a text: evidence added up over equal words, then what names say of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from kg.annotate.beside import around
from kg.annotate.evidence import inside, sporting
from kg.annotate.page import Page, is_capital
from kg.annotate.runs import Draft
from kg.annotate.weights import OUTCOMES, probabilities, weights
from kg.authority import fold, kind_of

__all__ = ["Case", "Found", "cases_of", "key_of", "settle", "typed"]

_PARTS: Final = 2
#: How probable a kind must be before other names are told by it.
_TOLD: Final = 0.6
#: A word seen this often in one place tells no more than this.
_MOST: Final = 2.0
#: How often names are looked at in the light of others: *Ann Low* by her list, then *Ann* by *Ann Low*.
_ROUNDS: Final = 2
#: What stands after the subject of a sentence.
_ACTS: Final = frozenset(
    ["after -ed", "after was", "after is", "after has", "after had", "after also", "after would", "speaks", "he after"]
)
#: Words of grammar around a name. Each says little, and for a name that is printed often they would outvote all else.
_FAINT: Final = frozenset(["opens", "speaks", "a", "the", ",", ", and", ", but", "of", "'s", "(", "speaks before"])
_FAINTLY: Final = 4.0
#: What is less probable than this is right every other time; it gets a score that keeps it out of what is published.
_STATED: Final = 0.6
_UNSTATED: Final = 0.49
_ARTICLES: Final = frozenset(["the", "a", "owner before"])
#: Features of a name of several words that has a word in it which tells what it is.
_INSIDE: Final = ("head ", "starts ", "holds ", "joint ", "last P", "last O", "last E", "last C", "last T")
_THING: Final = len(OUTCOMES) - 1


@dataclass(frozen=True, slots=True)
class Found:
    """A draft with its class decided."""

    draft: Draft
    type: str
    kind: str
    score: float


@dataclass(slots=True)
class Case:
    """All evidence for one name of a text; it never leaves this module and the script that makes the weights."""

    words: tuple[str, ...]
    known: bool = False
    features: dict[str, float] = field(default_factory=dict)
    classes: dict[str, float] = field(default_factory=dict)
    chances: tuple[float, ...] = ()
    stale: bool = True

    @property
    def kind(self) -> str:
        """The most probable outcome."""
        return OUTCOMES[self.chances.index(max(self.chances))]

    def add(self, feature: str, most: float = _MOST) -> None:
        """Counts a feature, up to ``most`` times."""
        before = self.features.get(feature, 0.0)
        if feature and before < most:
            self.features[feature] = before + 1.0
            self.stale = True

    def seen(self) -> dict[str, float]:
        """The features as they count: all of grammar around a name together no more than :data:`_FAINTLY`."""
        faint = [feature for feature in self.features if _is_faint(feature)]
        total = sum(self.features[feature] for feature in faint)
        if total <= _FAINTLY:
            return self.features
        return self.features | {feature: self.features[feature] * _FAINTLY / total for feature in faint}

    def weigh(self) -> None:
        """Works the chances out anew, if there is new evidence."""
        if self.stale:
            self.chances = probabilities(self.seen(), weights())
            self.stale = False


def _is_faint(feature: str) -> bool:
    return feature.startswith(("before ", "after ", "number ")) or feature.endswith(" the") or feature in _FAINT


def key_of(page: Page, draft: Draft) -> str:
    """What names of equal words share: the words in lower case, one blank between them."""
    return fold(" ".join(page.tokens.words[draft.first : draft.last]))


def typed(page: Page, plain: list[Draft], works: list[Found]) -> list[Found]:
    """The drafts with classes: evidence is added up over equal words, then over names that belong together."""
    cases = cases_of(page, plain)
    settle(page, plain, cases)
    named = {key_of(page, one.draft): (one.type, one.kind, one.score) for one in works if one.kind == "CreativeWork"}
    made = {key: named.get(key) or _decided(case) for key, case in cases.items()}
    return [Found(draft, *made[key_of(page, draft)]) for draft in plain]


def cases_of(page: Page, plain: Sequence[Draft]) -> dict[str, Case]:
    """The evidence for each name by itself."""
    cases: dict[str, Case] = {}
    sport = sporting(page)
    read: set[tuple[str, str | None, str, bool]] = set()
    for draft in plain:
        key = key_of(page, draft)
        case = cases.get(key)
        if case is None:
            known = page.known.get(draft.first)
            whole = known is not None and known.last == draft.last
            case = cases[key] = Case(page.tokens.words[draft.first : draft.last], whole)
            case.add("any")
        reading = (key, draft.head, draft.form, draft.title is None)
        if reading not in read:  # else the same words say the same again
            read.add(reading)
            for feature, type_, weight in inside(page, draft, sport=sport):
                case.add(feature, 1.0)
                if type_:
                    case.classes[type_] = max(case.classes.get(type_, 0.0), weight)
        for feature, type_, weight in around(page, draft, sport=sport):
            case.add(feature)
            if type_:
                case.classes[type_] = case.classes.get(type_, 0.0) + weight
    for case in cases.values():
        _bare(case)
    return cases


def _bare(case: Case) -> None:
    """Adds whether nothing stands by the name, as nothing stands by people's: no article, no common noun in it."""
    if case.known or not _ARTICLES.isdisjoint(case.features):
        return
    if "word rare" in case.features or "word proper" in case.features:
        case.add("bare subject" if not _ACTS.isdisjoint(case.features) else "bare")
    elif "common 0" in case.features and not any(one.startswith(_INSIDE) for one in case.features):
        case.add("bare name")


def _decided(case: Case) -> tuple[str, str, float]:
    """The class, its kind and how probable the kind is. Something outside the five kinds has no class."""
    best = max(range(_THING), key=lambda at: (case.chances[at], -at))
    score = case.chances[best]
    kind = OUTCOMES[best]
    if case.chances[_THING] > max(score, 0.5):
        return "", "", round(score, 3)
    finer = sorted(
        ((-weight, type_) for type_, weight in case.classes.items() if type_ != kind and kind_of(type_) == kind),
    )
    if score < _STATED:
        score = min(score, _UNSTATED)
    return (finer[0][1] if finer else kind), kind, round(min(score, 0.99), 3)


# ---- what names say of each other --------------------------------------------------------------------------------


def settle(page: Page, plain: Sequence[Draft], cases: Mapping[str, Case]) -> None:
    """Works out the chances of all names: first of each by itself, then with what the others turn out to be."""
    keys = [key_of(page, draft) for draft in plain]
    for _ in range(_ROUNDS):
        for case in cases.values():
            case.weigh()
        _relate(page, plain, keys, cases)
    for case in cases.values():
        case.weigh()


def _relate(page: Page, plain: Sequence[Draft], keys: Sequence[str], cases: Mapping[str, Case]) -> None:
    """Adds to each name's evidence what the names it is part of, stands beside or abbreviates are."""
    told = {key: case.kind for key, case in cases.items() if max(case.chances) >= _TOLD}
    _shorten(cases, told)
    _rows(page, plain, keys, cases, told)
    _brackets(page, plain, cases, told)


def _shorten(cases: Mapping[str, Case], told: Mapping[str, str]) -> None:
    """Names that begin or end a longer name: *Low* and *Ann Low*, *St Hedwig* and *St Hedwig Regional Hospital*."""
    starts: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    for key, kind in told.items():
        words = key.split(" ")
        if not kind or len(words) < _PARTS or not is_capital(cases[key].words[-1]):
            continue
        if any(type_ == "SportsTeam" for type_ in cases[key].classes) and kind == "Organization":
            kind = "team"
        for cut in range(1, min(len(words), 6)):
            starts.setdefault(" ".join(words[:cut]), set()).add(kind)
            ends.setdefault(" ".join(words[-cut:]), set()).add(kind)
    for key, case in cases.items():
        for kind in sorted(starts[key]) if key in starts else ():
            case.add(f"{'known, ' if case.known else ''}begins {kind}", 1.0)
            if case.known and kind == "Organization" and "speaks" in case.features:
                case.add("known, short for a speaker", 1.0)
            if kind == "team":
                case.classes.setdefault("SportsTeam", 1.0)
        for kind in sorted(ends[key]) if key in ends else ():
            case.add(f"{'known, ' if case.known else ''}ends {kind}", 1.0)
            if kind == "team":
                case.classes.setdefault("SportsTeam", 1.0)


def _rows(
    page: Page, plain: Sequence[Draft], keys: Sequence[str], cases: Mapping[str, Case], told: Mapping[str, str]
) -> None:
    """Names in one list: *Zalk, De Zande and Kampen*."""
    row: list[str] = []
    joined = False
    for name, (before, after) in zip(keys, pairwise([*plain, Draft(-1, -1, -1)]), strict=True):
        row.append(name)
        between = page.tokens.words[before.last : after.first] if after.sentence == before.sentence else ("",)
        if between and len(between) <= 2 and all(word in (",", "and", "or", "&") for word in between):
            joined = joined or between[-1] in ("and", "or")
            continue
        if len(row) > 1:
            kinds = Counter(told[key] for key in row if key in told)
            for key in row:
                case = cases[key]
                for kind in kinds if not case.known else ():
                    if kinds[kind] > (told.get(key) == kind):  # another one of them
                        case.add(f"{'row' if joined else 'commas'} {kind}", 1.0)
        row, joined = [], False


def _brackets(page: Page, plain: Sequence[Draft], cases: Mapping[str, Case], told: Mapping[str, str]) -> None:
    """Acronyms in brackets behind a name have the name's class: *Terrorism Confinement Center (CECOT)*."""
    words = page.tokens.words
    for before, after in pairwise(plain):
        if after.first != before.last + 1 or words[before.last] != "(" or after.form != "acronym":
            continue
        if after.last >= len(words) or words[after.last] != ")" or before.last - before.first < _PARTS:
            continue
        long, short = key_of(page, before), key_of(page, after)
        known = page.known.get(after.first)
        if known is not None and kind_of(known.candidates[0].types[0]) == "Place":
            continue  # an athlete's country
        cases[long].add("abbreviated", 1.0)
        cases[short].add(f"short {told.get(long, 'unknown')}", 1.0)
        if short in told:
            cases[long].add(f"long {told[short]}", 1.0)
        for one, other in ((long, short), (short, long)):
            for type_, weight in cases[other].classes.items():
                cases[one].classes.setdefault(type_, weight / 2)
