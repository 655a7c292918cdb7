"""Stretches of capitalised words that may be names, cut where one name ends and another begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from kg.annotate.casing import CAPITAL, CAPS, COMMON, GIVEN, GRAMMAR, ORDINARY, PARTICLES, SURNAME, UNUSUAL
from kg.annotate.heads import BEGINS, FIRSTS, HEADS, head_of
from kg.annotate.joints import run_end
from kg.annotate.lexicon import given_names, groups, table
from kg.annotate.lexicon import words as words_of
from kg.annotate.offices import BEFORE, LOWER, OFFICES, noble, title_before, title_start, titled
from kg.annotate.page import Page
from kg.annotate.seen import opens
from kg.annotate.singles import ACRONYM, ORDINALS, is_label, single
from kg.annotate.tokens import Sentence

__all__ = ["Draft", "drafts", "title_before"]

_JOINTS: Final = groups("joints")
_PEOPLES: Final = table("peoples")
_BEFORE_SURNAMES: Final = words_of("de da di du dos van von der den bin ibn della del ter ten")
_ADJECTIVAL: Final = ("ian", "ean", "yan", "ese", "ish")
_NO_NOUNS: Final = table("verbs") | words_of("was is are were has had will would did does can could may might")
#: Marks after which a capital says nothing.
_OPENING: Final = frozenset("“‘\"'«:—–•*")
_CALLED: Final = words_of("Jan April June May Will Per August")
#: Before a month that is one.
_DATING: Final = words_of("in since on by until till last next this of from to early late mid during before after")
_QUARTERS: Final = frozenset(["new", "north", "south", "east", "west"])
_LEGAL: Final = frozenset(["inc", "ltd", "limited", "plc", "corp", "corporation", "llc"])
_SMALL_JOINTS: Final = frozenset(["of", "for", "on", "and", "&", "at"])


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
    words, shapes = page.tokens.words, page.shapes
    done = sentence.first
    for at in page.within(page.begins, sentence):
        if at < done:
            continue
        opening = opens(words, sentence.first, at, _OPENING)
        grammar = shapes[at] & GRAMMAR and at not in page.known
        if grammar and not (words[at] in _CALLED and _called(page, sentence, at, opening)):
            continue
        if page.word(at + 1, sentence) == "party" and words[at].lower() in _JOINTS["parties"]:
            done = at + 2
            yield Draft(at, done, number, head="PoliticalParty")
            continue
        done = _people(page, sentence, at)
        if done:
            yield Draft(at, done, number, form="people")
            continue
        done = run_end(page, sentence, at, opening)
        start = _ranked(page, sentence, at, done)
        if start < at:
            yield Draft(start, done, number, head=head_of(page, at, done))
            continue
        particles = _particles(page, sentence, at)
        for draft in _cut(page, number, sentence, at, done, opening and not particles):
            joined = particles and draft.first == at and not draft.known and draft.title is None
            yield replace(draft, first=at - particles) if joined else draft


def _adjective(page: Page, at: int, after: str) -> bool:
    """Whether an unknown word is the adjective of a place: *the Velmanian capital*; not *Velmanian said*."""
    word = page.tokens.words[at]
    if len(word) < 6 or not word.endswith(_ADJECTIVAL) or page.shapes[at] & (UNUSUAL | SURNAME | GIVEN) != UNUSUAL:
        return False
    return after.islower() and after.isalpha() and not page.shapes[at + 1] & GRAMMAR and after not in _NO_NOUNS


def _ranked(page: Page, sentence: Sentence, at: int, end: int) -> int:
    """Where a name begins that has a number before it: *501st Legion*, *VI Corps*, *65 Fighter Wing*."""
    before = page.word(at - 1, sentence)
    if not before or end - at > 3 or page.tokens.words[end - 1].lower() not in _JOINTS["ranked"]:
        return at
    ranked = before[0].isdigit() and before[-2:] in ("st", "nd", "rd", "th")
    if before.isdigit() and len(before) < 4:
        ranked = page.tokens.words[end - 1].lower() not in _JOINTS["placed"]
    return at - 1 if ranked or (before.isupper() and page.shapes[at - 1] & GRAMMAR and len(before) > 1) else at


def _called(page: Page, sentence: Sentence, at: int, opening: bool) -> bool:
    """Whether a month or a word of grammar is somebody's first name: *Jan Brandt*, *Will Brandt*, *Per Brandt*."""
    after = at + 1
    if after >= sentence.last or after in page.known or page.shapes[after] & (UNUSUAL | GRAMMAR | CAPS) != UNUSUAL:
        return False
    if opening and page.tokens.words[at] in ("May", "Will"):
        return False  # Will Brandt resign?
    return page.tokens.words[at] in ("Will", "Per") or page.small(at - 1, sentence) not in _DATING


def _particles(page: Page, sentence: Sentence, at: int) -> int:
    """How many small words before a rare one are part of it: *de Silva*, *von der Leyen*."""
    if not page.shapes[at] & UNUSUAL or page.shapes[at] & CAPS or at in page.known:
        return 0
    steps = 0
    while steps < 2 and page.word(at - 1 - steps, sentence) in _BEFORE_SURNAMES:
        steps += 1
    before = page.word(at - 1 - steps, sentence)
    return 0 if steps and before[:1].isupper() and not page.shapes[at - 1 - steps] & GRAMMAR else steps


def _people(page: Page, sentence: Sentence, at: int) -> int:
    """The token after a word for people of one faith, descent or party that stands alone; 0 when none does."""
    small = page.tokens.words[at].lower().replace("’", "'")
    after = page.word(at + 1, sentence)
    if f"{small} {after.lower()}" in _PEOPLES:
        return at + 2
    if at in page.known or (small not in _PEOPLES and small not in page.mixed and not _adjective(page, at, after)):
        return 0
    joined = after[:1].isupper() and not page.shapes[at + 1] & GRAMMAR
    person = joined and page.shapes[at + 1] & GIVEN and not page.shapes[at] & GIVEN
    return 0 if joined and not person else at + 1


# ---- one run into names ------------------------------------------------------------------------------------------


def _cut(page: Page, number: int, sentence: Sentence, first: int, last: int, opening: bool) -> Iterator[Draft]:
    words = page.tokens.words
    known = page.known.get(first)
    if known is not None and known.last >= last:
        sure = not (opening and known.last - first == 1 and _merely_opens(page, first))
        yield _grown(page, sentence, Draft(first, known.last, number, known=True, sure=sure))
        return
    if opening and known is None:
        skipped = _skip_opener(page, first, last)
        if skipped:
            if first + skipped < last:
                yield from _cut(page, number, sentence, first + skipped, last, False)
            return
    following = page.known.get(first + 1)
    loose = following is not None and following.demonym and known is None and page.shapes[first] & ORDINARY
    if loose and words[first].lower() not in BEGINS:  # two Belgian towns
        yield from _cut(page, number, sentence, first + 1, last, False)
        return
    office = titled(page, first, last)
    if office is not None:
        start, name, personal = office
        if start > first:
            yield from _cut(page, number, sentence, first, start, False)
        if not personal:
            yield from _whole(page, number, sentence, name, last, False)
            return
        if name < last:
            before = title_start(page, sentence, start)
            for draft in _whole(page, number, sentence, name, last, False):
                if draft.first == name:
                    yield Draft(name, draft.last, number, (before, name), head="Person", known=draft.known)
                else:
                    yield draft
        return
    yield from _whole(page, number, sentence, first, last, opening)


def _whole(page: Page, number: int, sentence: Sentence, first: int, last: int, opening: bool) -> Iterator[Draft]:
    """A run without title as one name, or cut where two names meet."""
    known = page.known.get(first)
    head = head_of(page, first, last)
    if noble(page, first, last):
        yield Draft(first, last, number, head="Person")
        return
    if known is not None and known.last < last:
        rest = known.last
        if _splits(page, first, rest, last, head):
            yield Draft(first, rest, number, known=True)
            while rest < last and not page.shapes[rest] & CAPITAL:  # the joint belongs to neither
                rest += 1
            if rest < last:
                yield from _cut(page, number, sentence, rest, last, False)
            return
    if known is None:
        at = _meeting(page, first, last, head)
        if at:
            yield from _cut(page, number, sentence, first, at, opening)
            yield from _cut(page, number, sentence, at, last, False)
            return
    if last - first == 1:
        sure = single(page, sentence, first, opening)
        if sure is not None:
            yield _grown(page, sentence, Draft(first, last, number, sure=sure))
        return
    if is_label(page, first, last):
        return
    yield _grown(page, sentence, Draft(first, last, number, head=head))


def _splits(page: Page, first: int, rest: int, last: int, head: str | None) -> bool:
    """Whether a known name at the start of a run ends before the rest: *PBS | Frontline*, *Venezuelan | Maduro*."""
    words, shapes = page.tokens.words, page.shapes
    if words[rest] in _SMALL_JOINTS:
        return head is None
    known = page.known[first]
    place = known.demonym or any("Place" in one.types for one in known.candidates)
    inner = page.known.get(rest)
    if inner is not None and inner.last >= last:
        # a part of the country's own, in common words: the Scottish Labour Party
        return not place or inner.demonym or not all(shapes[at] & COMMON for at in range(rest, last))
    if head is not None and words[last - 1].lower() in HEADS:
        return False
    alone = last - rest == 1
    if not alone and (shapes[rest] & GIVEN or (place and words[rest][-1] == "." and len(words[rest]) == 2)):
        return True
    if known.demonym:
        if alone:
            return words[rest] in page.seen.alone and not shapes[rest] & COMMON
        return not shapes[rest] & COMMON
    if alone and place:
        return inner is not None
    return inner is not None or (alone and words[rest] in page.seen.alone and not shapes[rest] & COMMON)


def _meeting(page: Page, first: int, last: int, head: str | None) -> int:
    """The token where a second name begins in a run that starts with an unknown one; 0 when there is only one."""
    words, shapes = page.tokens.words, page.shapes
    if shapes[last - 1] & CAPS and last - first > 2 and not shapes[first] & CAPS:
        at = last - 1  # a reporter's name, then the town in capitals
        while at > first and shapes[at - 1] & CAPS:
            at -= 1
        if at - first > 1 and (at in page.known or sum(map(len, words[at:last])) > ACRONYM):
            return at
    for at in range(first + 1, last):
        inner = page.known.get(at)
        if words[first].lower() in BEGINS:
            break  # West Oxmoor, Air France
        meets = inner is not None and inner.last == last and head is None and not inner.demonym and at - first == 1
        if meets and not shapes[first] & GIVEN and words[first].lower() in page.seen.lower:
            return at
    return 0


def _merely_opens(page: Page, at: int) -> bool:
    """Whether a common word with a capital at the start of a sentence is no more than that."""
    word = page.tokens.words[at]
    flags = page.shapes[at]
    return bool(flags & COMMON) and not flags & CAPS and word not in page.seen.inside


def _skip_opener(page: Page, first: int, last: int) -> int:
    """How many words that merely open the sentence the run starts with."""
    words, shapes = page.tokens.words, page.shapes
    if _abbreviated(page, first, last):
        return 0
    at = first
    while at < last:
        word = words[at]
        flags = shapes[at]
        small = word.lower()
        rest = last - at
        if at in page.known or flags & CAPS or (word in PARTICLES and rest >= 2):
            break
        if rest >= 2 and (word, words[at + 1]) in page.seen.pairs:
            break
        if not flags & GRAMMAR:
            seen = page.seen.inside.get(word, 0)
            plain = flags & COMMON or (small in page.seen.lower and not seen)
            if not plain and not seen and not flags & UNUSUAL:
                plain = small.endswith(("ly", "ing"))
            if not plain:
                break
            if rest >= 2:
                if small in OFFICES or (small in BEFORE and small not in LOWER):
                    break
                if small in ORDINALS and words[last - 1].lower() in _JOINTS["ranked"]:
                    break  # the Fourth Army
                if small in given_names() and not flags & ORDINARY and shapes[at + 1] & UNUSUAL and rest <= 3:
                    break
                if words[last - 1].lower() in _LEGAL and small not in LOWER:
                    break
                following = words[at + 1].lower()
                if at == first and following in _SMALL_JOINTS:
                    break  # Department of Roads
                if (
                    small in FIRSTS
                    and at == first
                    and (shapes[at + 1] & UNUSUAL or FIRSTS[small] in ("Event", "Mountain"))
                ):
                    break  # Hurricane Odile, Lake Wend
                if following in HEADS and not flags & ORDINARY:
                    break  # "Supreme Court", "White House"
                if small in BEGINS and (small in _QUARTERS or at + 1 not in page.known):
                    break
        at += 1
    return at - first


def _abbreviated(page: Page, first: int, last: int) -> bool:
    """Whether the run's own initials follow it in brackets: *River Towns First (RTF)*."""
    words = page.tokens.words
    if last - first < 2 or last + 2 >= len(words) or words[last] != "(" or words[last + 2] != ")":
        return False
    initials = "".join(word[0] for word in words[first:last] if word[0].isupper())
    return len(initials) > 1 and initials == words[last + 1]


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
