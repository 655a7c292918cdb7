"""Stretches of capitalised words that may be names, cut where one name ends and another begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.annotate.lexicon import groups, mapping, table
from kg.annotate.lexicon import words as words_of
from kg.annotate.page import Page, grammatical, is_capital
from kg.annotate.tokens import Sentence
from kg.authority import kind_of

__all__ = ["Draft", "drafts", "title_before"]

_COMMON: Final = table("common")
_TITLES: Final = groups("titles")
_HEADS: Final = mapping("heads")
_GIVEN: Final = table("given")
_VERBS: Final = table("verbs")
_JOINTS: Final = groups("joints")
_PARTICLES: Final = words_of(
    "de da do dos das del della di du van von der den ter ten la le el al bin ibn bint y e af av zu zur ut op 't ’t "
    "des las los"
)
#: Kept before a dot inside a name; the dot is a token of its own.
_DOTTED: Final = words_of(
    "St Ste Mt Ft Mr Mrs Ms Dr Prof Sen Rep Gov Gen Lt Col Sgt Capt Rev Maj Adm Cmdr Cpl Hon Supt Insp Det"
)
#: Titles that belong to the name: *Pope Francis*, *King Charles*.
_REGAL: Final = frozenset(["king", "queen", "pope", "prince", "princess", "emperor", "empress", "sultan", "saint"])
_ROMAN: Final = words_of("II III IV VI VII VIII IX XI XII XIII XIV XVI XXIII")
_LONGEST: Final = 12
_APOSTROPHES: Final = frozenset(["'", "’", "'s", "’s"])
#: Whose something may be a name: *King's College*, *Women's Institute*.
_GROUPS: Final = words_of(
    "king queen men women children people king's lord lady prince princess trinity magistrate coroner"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Tokens ``first`` to ``last`` of a sentence that may be a name. ``title`` is the token range of a title before it.

    ``sure`` is False where only the capital at the start of a sentence speaks for it; ``head`` is a class its own
    words imply.
    """

    first: int
    last: int
    sentence: int
    title: tuple[int, int] | None = None
    sure: bool = True
    head: str | None = None
    form: str = "name"
    known: bool = False


def drafts(page: Page, number: int) -> Iterator[Draft]:
    """The drafts of one plain sentence, in order."""
    sentence = page.tokens.sentences[number]
    words = page.tokens.words
    at = sentence.first
    opening = True
    while at < sentence.last:
        word = words[at]
        known = page.known.get(at)
        if known is not None or (is_capital(word) and not grammatical(word)):
            end = _run_end(page, sentence, at)
            yield from _cut(page, number, sentence, at, end, opening)
            opening = False
            at = end
            continue
        if word[0].isalnum():
            opening = False
        elif word in "“‘\"'«:—–•*":
            opening = True
        at += 1


def _run_end(page: Page, sentence: Sentence, first: int) -> int:
    """The token after the run of capitalised words that starts at ``first``."""
    words = page.tokens.words
    known = page.known.get(first)
    at = known.last if known is not None else first + 1
    while at < sentence.last and at - first < _LONGEST:
        known = page.known.get(at)
        if known is not None and is_capital(words[at]):
            at = known.last
            continue
        word = words[at]
        if is_capital(word) and (
            not grammatical(word)
            or word in _ROMAN
            or (words[at - 1] in _GIVEN and word.lower() in ("may", "will", "march"))
        ):
            at += 1
            continue
        step = _joined(page, sentence, first, at)
        if step == 0:
            break
        at += step
    return at


def _joined(page: Page, sentence: Sentence, first: int, at: int) -> int:
    """How many tokens from ``at`` on join the run to more capitals; 0 when the run ends here."""
    words = page.tokens.words
    word = words[at]
    before = words[at - 1].lower()

    def capital(number: int) -> bool:
        return number < sentence.last and is_capital(words[number]) and not grammatical(words[number])

    if word == "." and words[at - 1] in _DOTTED and capital(at + 1):
        return 2
    if word == "&" and capital(at + 1):
        return 2
    if word in _APOSTROPHES and capital(at + 1):
        glued = page.tokens.ends[at - 1] == page.tokens.starts[at]
        plural = word in ("'", "’") and before.endswith("s") and glued
        genitive = word in ("'s", "’s") and (before in _GROUPS or words[first] in ("St", "Saint"))
        if plural or genitive:
            ahead = at + 1
            while ahead < min(sentence.last, at + 5) and capital(ahead):
                ahead += 1
            return 2 if words[ahead - 1].lower() in _HEADS else 0
    if word in _PARTICLES:
        steps = 1
        while steps < 3 and at + steps < sentence.last and words[at + steps] in _PARTICLES | {"the"}:
            steps += 1
        return steps + 1 if capital(at + steps) else 0
    if word in ("of", "for", "on"):
        titled = word == "of" and before in _TITLES["heads"]
        if before not in _JOINTS[word] and not titled:
            return 0
        steps = 2 if at + 1 < sentence.last and words[at + 1] == "the" else 1
        return steps + 1 if capital(at + steps) else 0
    if word == "at" and any(one == "University" for one in words[first:at]) and capital(at + 1):
        return 2
    if word == "and" and capital(at + 1) and before in _JOINTS["and"]:
        after = words[at + 1].lower()
        inside = any(one in ("of", "for", "on") for one in words[first:at])
        if inside and (after in _JOINTS["and"] or after in _COMMON):
            return 2
        if inside and words[first].lower() in ("ministry", "department") and page.known.get(at + 1) is None:
            return 2
        ahead = at + 1
        while ahead < min(sentence.last, at + 6) and capital(ahead):
            ahead += 1
        if ahead > at + 1 and words[ahead - 1].lower() in _HEADS:
            return 2
    return 0


# ---- one run into names ------------------------------------------------------------------------------------------


def _cut(page: Page, number: int, sentence: Sentence, first: int, last: int, opening: bool) -> Iterator[Draft]:
    known = page.known.get(first)
    if known is not None and known.last >= last:
        yield _grown(page, sentence, Draft(first, known.last, number, known=True))
        return
    if opening and known is None:
        skipped = _skip_opener(page, first, last)
        if skipped:
            if first + skipped < last:
                yield from _cut(page, number, sentence, first + skipped, last, False)
            return
    titled = _titled(page, first, last)
    if titled is not None:
        start, name, personal = titled
        if start > first:
            yield from _cut(page, number, sentence, first, start, False)
        if not personal:
            yield from _whole(page, number, sentence, name, last, False)
            return
        if name < last:
            before = _title_start(page, sentence, start)
            for draft in _whole(page, number, sentence, name, last, False):
                if draft.first == name:
                    yield Draft(name, draft.last, number, (before, name), head="Person", known=draft.known)
                else:
                    yield draft
        return
    yield from _whole(page, number, sentence, first, last, opening)


def _whole(page: Page, number: int, sentence: Sentence, first: int, last: int, opening: bool) -> Iterator[Draft]:
    """A run without title as one name, or cut where known names meet."""
    words = page.tokens.words
    known = page.known.get(first)
    head = _head(page, first, last)
    if known is not None and known.last < last:
        rest = known.last
        if _splits(page, first, rest, last, head):
            yield Draft(first, rest, number, known=True)
            if not is_capital(words[rest]):  # the joint word belongs to neither
                rest += 1
                while rest < last and not is_capital(words[rest]):
                    rest += 1
            if rest < last:
                yield from _cut(page, number, sentence, rest, last, False)
            return
    if known is None and head is None:
        for at in range(first + 1, last):
            inner = page.known.get(at)
            if inner is not None and inner.last == last and not inner.demonym and _apart(page, first, at):
                yield from _cut(page, number, sentence, first, at, opening)
                yield Draft(at, last, number, known=True)
                return
    if last - first == 1:
        word = words[first]
        small = word.lower()
        if small in _TITLES["heads"] or small in _TITLES["before"]:
            return
        if small in _COMMON and not (word.isupper() and len(word) > 2):
            return
        if opening:
            seen = word in page.inside
            spoken = page.small(last, sentence) in _VERBS and small not in page.lower
            sure = seen or (word.isupper() and len(word) > 1) or spoken
            yield _grown(page, sentence, Draft(first, last, number, sure=sure))
            return
    yield _grown(page, sentence, Draft(first, last, number, head=head, form="name"))


def _splits(page: Page, first: int, rest: int, last: int, head: str | None) -> bool:
    """Whether a known name at the start of a run ends before the rest: *PBS | Frontline*, *Venezuelan | Maduro*."""
    words = page.tokens.words
    if words[rest] in ("of", "for", "on", "and", "&", "at"):
        return head is None
    inner = page.known.get(rest)
    if inner is not None and inner.last >= last:
        return True
    if head is not None and words[last - 1].lower() in _HEADS:
        return False
    known = page.known[first]
    if known.demonym:
        return last - rest >= 2 or words[rest] in _GIVEN or words[rest] in page.alone
    return inner is not None or words[rest] in _GIVEN or (last - rest == 1 and words[rest] in page.alone)


def _apart(page: Page, first: int, at: int) -> bool:
    """Whether the words before a known name stand alone elsewhere, so that two names meet here."""
    words = page.tokens.words
    return at - first == 1 and words[first] not in _GIVEN and words[first].lower() in page.lower


def _head(page: Page, first: int, last: int) -> str | None:
    """The class that a name's own words imply, by its last word or, with *of*, its first."""
    words = page.tokens.words
    if last - first < 2:
        return None
    if page.sport and words[last - 1].lower() in _JOINTS["town"]:
        return "SportsTeam"
    ahead = mapping("firsts").get(words[first].lower())
    if ahead in ("RiverBodyOfWater", "LakeBodyOfWater", "Mountain", "Landform") and last - first > 2:
        ahead = ahead if words[first + 1] == "of" else None
    if ahead is not None and (words[first + 1] in ("of", "for") or ahead in ("Event", "Mountain", "LakeBodyOfWater")):
        return ahead
    for at in range(first + 1, last):
        if words[at] in ("of", "for", "on") and at > first:
            inner = _HEADS.get(words[at - 1].lower())
            if inner is not None:
                return inner
    found = _HEADS.get(words[last - 1].lower())
    if found is None:
        single = _HEADS.get(words[last - 1].lower().removesuffix("s"))
        found = single if kind_of(single or "") in ("Organization", "Place") else None  # not Star Wars
    if found is None and ahead is not None:
        return ahead
    return found


def _skip_opener(page: Page, first: int, last: int) -> int:
    """How many words that merely open the sentence the run starts with."""
    words = page.tokens.words
    skipped = 0
    if _abbreviated(page, first, last):
        return 0
    while first + skipped < last:
        at = first + skipped
        word = words[at]
        small = word.lower()
        if page.known.get(at) is not None or (word.isupper() and len(word) > 1):
            break
        plain = grammatical(word) or small in _COMMON or (small in page.lower and word not in page.inside)
        plain = (
            plain
            or small.partition("-")[0] in _COMMON
            or ("-" in small and small.partition("-")[0] in page.lower and page.known.get(at) is None)
        )
        plain = plain or (small.endswith(("ly", "ing")) and word not in page.inside)
        if not plain:
            break
        if small in _TITLES["heads"] | _TITLES["before"] and last - at > 1:
            break
        rest = last - at
        if rest >= 2 and not grammatical(word) and not small.endswith("ly") and words[at + 1].lower() in _HEADS:
            break  # "Supreme Court", "White House"
        skipped += 1
    return skipped


def _abbreviated(page: Page, first: int, last: int) -> bool:
    """Whether the run's own initials follow it in brackets: *River Towns First (RTF)*."""
    words = page.tokens.words
    if last - first < 2 or last + 2 >= len(words) or words[last] != "(" or words[last + 2] != ")":
        return False
    initials = "".join(word[0] for word in words[first:last] if is_capital(word))
    return len(initials) > 1 and initials == words[last + 1]


def _titled(page: Page, first: int, last: int) -> tuple[int, int, bool] | None:
    """Where the last title in a run starts, where the name after it starts, and whether that name is the bearer's.

    The name after *Director of the* is what somebody directs. None when there is no title.
    """
    words = page.tokens.words
    heads, before, offices = _TITLES["heads"], _TITLES["before"], _TITLES["of"]
    found: tuple[int, int] | None = None
    at = first
    while at < last:
        known = page.known.get(at)
        small = words[at].lower().strip(".")
        if known is not None and (known.last - at > 1 or small not in heads):
            at = max(known.last, at + 1)
            continue
        if small not in heads or small in _REGAL:
            at += 1
            continue
        end = at + 1
        if end < last and words[end] == ".":
            end += 1
        if end < last and words[end] in ("of", "for"):
            stop = end + 1
            while stop < last and (words[stop] in ("the", "and") or words[stop].lower() in offices):
                stop += 1
            inner = page.known.get(stop)
            if inner is not None:
                if stop == end + 1 or words[stop - 1] == "the":
                    # the place is a name of its own; what follows it may be the person
                    return (at, stop, False) if inner.last >= last else (at, inner.last, True)
            elif stop == end + 1 or words[stop - 1] == "the":
                return at, stop, False
            end = stop
        start = at
        while start > first and words[start - 1].lower() in before and page.known.get(start - 1) is None:
            start -= 1
        if end >= last and at > first and found is None and start == at:
            return None  # a surname that is also a title: Stephen King
        found = (found[0] if found is not None and found[1] >= start else start, end)
        at = end
    if found is not None and found[1] < last:
        tail = words[last - 1].lower()
        if tail in _HEADS and words[found[1]] not in _GIVEN and last - found[1] < 3:
            return None  # General Motors, Prince Edward Island
    return None if found is None else (*found, True)


def _title_start(page: Page, sentence: Sentence, start: int) -> int:
    """Where a title begins when small words and a country before it are counted in: *former U.S. Secretary*."""
    at = start
    while at > sentence.first:
        word = page.tokens.words[at - 1]
        if word in _TITLES["lower"] or word in _TITLES["heads"] or word in _TITLES["before"]:
            at -= 1
            continue
        known = next((k for b in (1, 2, 3) if (k := page.known.get(at - b)) is not None and k.last == at), None)
        if known is not None and (known.demonym or known.candidates[0].how == "acronym"):
            at = known.first
            continue
        break
    return at


def title_before(page: Page, sentence: Sentence, first: int) -> tuple[int, int] | None:
    """The title in small letters before a name (*health minister* Tomasz Wielgosz), as tokens, or None."""
    before = page.small(first - 1, sentence)
    if before in _TITLES["common"]:
        return None
    if before not in _TITLES["heads"] and not (before and before.rsplit("-", 1)[-1] in _TITLES["heads"]):
        return None
    return _title_start(page, sentence, first - 1), first


def _grown(page: Page, sentence: Sentence, draft: Draft) -> Draft:
    """A name grown by the small word after it: *Trump administration*, *Salvadoran government*."""
    after = page.small(draft.last, sentence)
    known = page.known.get(draft.first)
    place = (
        known is not None
        and known.last == draft.last
        and any(one.how == "demonym" or "Place" in one.types for one in known.candidates)
    )
    if place and after in _JOINTS["government"] and after not in ("administration", "cabinet"):
        form = "nominal" if after == "authorities" else "name"
        return Draft(draft.first, draft.last + 1, draft.sentence, head="GovernmentOrganization", form=form)
    if (
        not place
        and after in _JOINTS["person"]
        and after != "campaign"
        and draft.head is None
        and draft.last - draft.first <= 2
        and (draft.sure or draft.known)
    ):
        return Draft(draft.first, draft.last + 1, draft.sentence, head="GovernmentOrganization")
    return draft
