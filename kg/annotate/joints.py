"""Small words and marks inside a name: *Bank of England*, *Fish and Wildlife Service*, *Procter & Gamble*.

Every joint is read both ways, as part of one name and as the end of one, by the words on its two sides and by what the
text says elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.annotate.casing import CAPITAL, CAPS, COMMON, GIVEN, GRAMMAR, SURNAME, UNUSUAL
from kg.annotate.heads import FIRSTS, HEADS
from kg.annotate.lexicon import groups, surnames
from kg.annotate.lexicon import words as words_of
from kg.annotate.offices import BEFORE, OFFICES, REGAL
from kg.annotate.page import Page
from kg.annotate.singles import LABELS, ORDINALS, is_code
from kg.annotate.tokens import Sentence

__all__ = ["run_end"]

_JOINTS: Final = groups("joints")
_PARTICLES: Final = words_of(
    "de da do dos das del della dello dei degli di du van von der den ter ten la le el al bin ibn bint y e af av zu "
    "zur ut op 't ’t des las los sur für und et"
)
#: Kept before a dot inside a name; the dot is a token of its own.
_DOTTED: Final = words_of(
    "St Ste Mt Ft Mr Mrs Ms Dr Drs Prof Profs Messrs Sen Sens Rep Reps Gov Govs Gen Lt Col Sgt Capt Rev Maj Adm Cmdr "
    "Cpl Hon Supt Insp Det"
)
_STATES: Final = words_of(
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn "
    "Tex Va Vt Wash Wis Wyo"
)
#: Words of grammar that end names: *Apple TV*.
_ENDINGS: Final = frozenset(["TV", "FM"])
_ROMAN: Final = words_of("II III IV VI VII VIII IX XI XII XIII XIV XVI XXIII")
_SUFFIXES: Final = words_of("Inc Inc. Ltd Ltd. Corp Corp. PLC Plc N.V. S.A. Jr Jr. Sr Sr.")
_APOSTROPHES: Final = frozenset(["'", "’", "'s", "’s"])
#: Whose something may be a name: *King's College*, *Women's Institute*.
_GROUPS: Final = words_of(
    "king queen men women children people king's lord lady prince princess trinity magistrate coroner"
)
_OPENERS: Final = {"“": "”", '"': '"', "'": "'", "‘": "’", "(": ")"}
_MAYBE: Final = frozenset(["may", "will", "march"])
_LONGEST: Final = 14
_AHEAD: Final = 6
_WITHIN: Final = frozenset(["of", "for", "on"])


def run_end(page: Page, sentence: Sentence, first: int, opening: bool) -> int:
    """The token after the run of capitals that starts at ``first``; ``opening`` when a sentence starts there."""
    words, shapes, known = page.tokens.words, page.shapes, page.known
    here = known.get(first)
    at = here.last if here is not None else first + 1
    last = min(sentence.last, first + _LONGEST)
    while at < last:
        flags = shapes[at]
        if flags & CAPITAL:
            here = known.get(at)
            if here is not None:
                at = here.last
                continue
            if (words[at] in LABELS and page.word(at + 1, sentence) == ":") or is_code(words[at]):
                break
            if not flags & GRAMMAR or _ends(page, first, at):
                at += 1
                continue
        joint = _JOINED.get(words[at])
        if joint is None:
            if not words[at].isdigit():
                break
            joint = _number
        step = joint(_Joint(page, sentence, first, at, opening and at == first + 1))
        if step == 0:
            break
        at += step
    return at


def _ends(page: Page, first: int, at: int) -> bool:
    """Whether a word of grammar is the last of a name: *Leo XIII*, *Apple TV*, *Karen May*."""
    word = page.tokens.words[at]
    if word in _ROMAN:
        return True
    if word == "I":  # not the speaker, who follows no war and no queen
        return page.tokens.words[at - 1] == "War" or page.tokens.words[first].lower() in REGAL
    if word in _ENDINGS:
        here = page.known.get(first)
        return here is None or not here.demonym
    return bool(page.shapes[at - 1] & GIVEN) and word.lower() in _MAYBE


# ---- one function for each joint: how many tokens from it on belong to the run; 0 when the run ends before it ------


@dataclass(frozen=True, slots=True)
class _Joint:
    """The token ``at`` behind the run from ``first`` on; ``opening`` when the run is one word that opens a sentence."""

    page: Page
    sentence: Sentence
    first: int
    at: int
    opening: bool

    def word(self, steps: int) -> str:
        """The token some steps on, or an empty string outside the sentence."""
        return self.page.word(self.at + steps, self.sentence)

    @property
    def before(self) -> str:
        """The word before the joint, in lower case."""
        return self.page.tokens.words[self.at - 1].lower()

    @property
    def shape(self) -> int:
        """The flags of the word before the joint."""
        return self.page.shapes[self.at - 1]

    @property
    def inside(self) -> bool:
        """Whether the run holds another joint already."""
        return not _WITHIN.isdisjoint(self.page.tokens.words[self.first : self.at])

    @property
    def ahead(self) -> int:
        """The token after the capitals behind the joint, some tokens on at most."""
        at = self.at + 1
        last = min(self.sentence.last, at + _AHEAD)
        while at < last and self.page.shapes[at] & (CAPITAL | GRAMMAR) == CAPITAL:
            at += 1
        return at

    @property
    def thing(self) -> bool:
        """Whether the run before the joint ends in a common word and is no person's name."""
        shape = self.shape
        if self.opening or shape & (UNUSUAL | GIVEN | CAPS) or self.at - 1 in self.page.known:
            return False
        if self.page.shapes[self.first] & GIVEN and self.first not in self.page.known:
            return False
        return bool(shape & COMMON) or not shape & SURNAME

    def names(self, steps: int) -> bool:
        """Whether the token some steps on may be part of a name."""
        at = self.at + steps
        return at < self.sentence.last and self.page.shapes[at] & (CAPITAL | GRAMMAR) == CAPITAL

    def common(self, steps: int) -> bool:
        """Whether the token some steps on is a common word, and nothing known starts there."""
        at = self.at + steps
        return bool(self.page.shapes[at] & COMMON) and at not in self.page.known

    def skips(self) -> int:
        """How many tokens on the next name starts, over an article; 0 when none does."""
        steps = 2 if self.word(1) == "the" else 1
        return steps if self.names(steps) else 0


def _comma(joint: _Joint) -> int:
    """*Acme, Inc.*"""
    return 2 if joint.word(1) in _SUFFIXES else 0


def _dot(joint: _Joint) -> int:
    """*St. Hedwig*"""
    before = joint.page.tokens.words[joint.at - 1]
    if not joint.names(1):
        return 3 if joint.word(1) == "," and joint.word(2) in _SUFFIXES else 0  # Acme Co., Ltd.
    state = before in _STATES and joint.word(1).lower() in FIRSTS  # La. Department of Roads
    return 2 if before in _DOTTED or state else 0


def _legal(joint: _Joint) -> int:
    """*Acme plc*"""
    return 0 if joint.opening and joint.page.shapes[joint.first] & COMMON else 1


def _versus(joint: _Joint) -> int:
    """*Brandt v. Oxmoor*: a case before a court, never a match"""
    return 3 if joint.word(1) == "." and joint.names(2) and not joint.page.sport else 0


def _ampersand(joint: _Joint) -> int:
    """*Procter & Gamble*, but not where full names of people stand on both sides: *Olga Brandt & Tom Low*"""
    steps = joint.skips()
    if not steps:
        return 0
    shapes, at = joint.page.shapes, joint.at
    if shapes[at + steps] & GIVEN and at - joint.first > 1 and shapes[joint.first] & (GIVEN | UNUSUAL):
        return 0
    return steps + 1


def _owner(joint: _Joint) -> int:
    """*King's College*, *Harper's Bazaar*, *Seven Years' War*"""
    if not joint.names(1):
        return 0
    page, at = joint.page, joint.at
    words, shapes = page.tokens.words, page.shapes
    before = joint.before
    headed = words[joint.ahead - 1].lower() in HEADS
    if words[at] in ("'", "’"):
        glued = page.tokens.ends[at - 1] == page.tokens.starts[at]
        group = before.endswith("s") and (glued or (joint.common(1) and joint.shape & COMMON))
        return 2 if group and headed else 0
    if before in _GROUPS or words[joint.first] in ("St", "Saint"):
        return 2 if headed else 0
    if at - joint.first > 1 or joint.first in page.known or shapes[joint.first] & (COMMON | CAPS):
        return 0
    after = words[at + 1].lower()
    if after in OFFICES or after in BEFORE or shapes[at + 1] & (UNUSUAL | GIVEN) or at + 1 in page.known:
        return 0
    alone = page.seen.inside.get(words[at - 1], 0) > page.seen.owners.get(words[at - 1], 0)
    return 0 if alone else 2  # somebody who is in the text without owning anything owns this too


def _particle(joint: _Joint) -> int:
    """*Ursula von der Leyen*"""
    steps = 1
    while steps < 3 and (joint.word(steps) in _PARTICLES or joint.word(steps) == "the"):
        steps += 1
    return steps + 1 if joint.names(steps) else 0


def _of(joint: _Joint) -> int:
    """*Bank of England*, *Army of the Potomac*; not *Brandt of Oxmoor*"""
    steps = joint.skips()
    if not steps:
        return 0
    if joint.before in _JOINTS["of"] or joint.before in OFFICES:
        return steps + 1
    given = joint.at - 2
    if given >= joint.first and joint.page.shapes[given] & GIVEN and given not in joint.page.known:
        return 0  # Owen Slate of the Oxmoor Police Department
    here = joint.page.known.get(joint.at + steps)
    return steps + 1 if joint.thing and (here is None or not here.demonym) else 0


def _for(joint: _Joint) -> int:
    """*Center for Radiation Therapy*, *Committee on Fisheries*"""
    steps = joint.skips()
    if not steps:
        return 0
    word = joint.page.tokens.words[joint.at]
    if joint.before in _JOINTS[word]:
        return steps + 1
    return steps + 1 if word == "for" and joint.common(steps) and joint.thing else 0


def _nickname(joint: _Joint) -> int:
    """*Hector “Mucho” Zamacho*, *James (Leo) Zander*"""
    shapes = joint.page.shapes
    given = any(flags & GIVEN for flags in shapes[joint.first : joint.at])
    if not given or joint.first in joint.page.known or not joint.names(1):
        return 0
    mark = joint.page.tokens.words[joint.at]
    if mark == "(" and (joint.at + 1 in joint.page.known or not shapes[joint.at + 1] & GIVEN):
        return 0  # a country, a score
    close = _OPENERS[mark]
    steps = 2
    while steps < 4 and joint.word(steps) != close:
        steps += 1
    if joint.word(steps) != close or not joint.names(steps + 1):
        return 0
    after = shapes[joint.at + steps + 1]
    surname = after & UNUSUAL or joint.word(steps + 1).lower() in surnames()
    return steps + 2 if surname and not after & CAPS else 0


def _number(joint: _Joint) -> int:
    """*Euro 96*, *Interstate 80*"""
    return 1 if joint.before in _JOINTS["numbered"] else 0


def _at(joint: _Joint) -> int:
    """*University at Buffalo*"""
    return 2 if joint.before == "university" and joint.names(1) else 0


def _in(joint: _Joint) -> int:
    """*Organization for Security and Cooperation in Europe*: only at the end of a name with two joints"""
    if not joint.inside or not joint.names(1) or not joint.thing:
        return 0
    return 2 if "and" in joint.page.tokens.words[joint.first : joint.at] else 0


def _and(joint: _Joint) -> int:
    """*Fish and Wildlife Service*, *Department of Health and Human Services*; not *Brandt and Low*"""
    if not joint.names(1):
        return 0
    words, at = joint.page.tokens.words, joint.at
    before, after = joint.before, words[at + 1].lower()
    ahead = joint.ahead
    headed = words[ahead - 1].lower() in HEADS
    common = joint.common(1)
    inside = joint.inside
    if before in _JOINTS["and"]:
        if inside and (after in _JOINTS["and"] or common):
            return 2
        if inside and words[joint.first].lower() in ("ministry", "department") and at + 1 not in joint.page.known:
            return 2
        if headed:
            return 2
    services = words[ahead - 1].lower().removesuffix("s") in HEADS and ahead - at == 3
    if services and at - 2 > joint.first and words[at - 2] == "for" and at + 1 not in joint.page.known:
        return 2  # Centers for Medicare and Medicaid Services
    if not common or not joint.shape & COMMON or at - 1 in joint.page.known or after in OFFICES or before in OFFICES:
        return 0
    if before in ORDINALS or after in ORDINALS or before == "one" or (joint.shape | joint.page.shapes[at + 1]) & CAPS:
        return 0  # Quarrel One and First Oxmoor
    seen = joint.page.seen
    if not inside and not headed and (words[at - 1] in seen.alone or words[at + 1] in seen.alone):
        return 0  # each stands alone elsewhere
    apart = not inside and headed and before in HEADS and at - joint.first > 1 and ahead - at > 2
    return 0 if apart else 2  # the Harbour Court and City Council are two


_JOINED: Final[dict[str, Callable[[_Joint], int]]] = {
    ",": _comma,
    ".": _dot,
    "&": _ampersand,
    "of": _of,
    "for": _for,
    "on": _for,
    "at": _at,
    "in": _in,
    "and": _and,
    "plc": _legal,
    "v": _versus,
    **dict.fromkeys(_APOSTROPHES, _owner),
    **dict.fromkeys(_PARTICLES, _particle),
    **dict.fromkeys([mark for mark in _OPENERS if mark != "'"], _nickname),
}
