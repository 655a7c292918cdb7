"""Voices: the words of a sentence that name who speaks, whether or not they name anybody the graph knows.

*a senior official*, *she*, *the mayor, Ana Costa*, *people in the town*: noun phrases found beside a verb by the words
of grammar around them. Every look-up reads a few tokens only, so the work is linear in the number of verbs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from kg.annotate.cast import Seen
from kg.annotate.cues import cues
from kg.annotate.lexicon import groups
from kg.annotate.stage import Stage
from kg.annotate.tokens import tokenize
from kg.model import Span, Text

__all__ = [
    "ALONE",
    "AUXILIARIES",
    "DASHES",
    "DETERMINERS",
    "INSIDE",
    "LONG",
    "POSSESSIVE",
    "PRONOUNS",
    "SKIPPED",
    "SUBORDINATE",
    "Voices",
]

_TABLE = groups("voices")
PRONOUNS = _TABLE["pronoun"]
DETERMINERS = _TABLE["determiner"]
AUXILIARIES = _TABLE["auxiliary"]
_DAYS = _TABLE["day"]
_OPENER = _TABLE["opener"]
#: What a phrase before the subject of a sentence begins with.
SUBORDINATE = _TABLE["subordinate"]
#: What stands between a subject and its verb without changing either.
SKIPPED = AUXILIARIES | _TABLE["adverb"]
_BREAK = AUXILIARIES | _TABLE["break"] | PRONOUNS
INSIDE = _TABLE["inside"]
_RIGHT_STOP = _TABLE["stop"]
ALONE = _TABLE["alone"]
_OPENS = _TABLE["opens"]
_ABBREVIATED = _TABLE["abbreviated"]
_MEDIUM = _TABLE["medium"]
_QUOTED = frozenset({"quoted", "cited", "reported", "recorded", "described", "heard"})
POSSESSIVE = frozenset({"’s", "'s", "’", "'"})
_QUOTES = frozenset('"“”„«»‘')
DASHES = frozenset("—–―-")
#: How many tokens a phrase, and an apposition, may have.
LONG = 24
_APART = 45


class Voices:
    """The noun phrases beside the verbs of one text. Positions are numbers of tokens."""

    __slots__ = ("_ending", "_starting", "ends", "lower", "masked", "starts", "words")

    def __init__(self, text: Text, stage: Stage) -> None:
        tokens = tokenize(text)
        self.words = tokens.words
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.lower = list(tokens.lower)
        #: Tokens inside quotation marks or a block quotation: not the reporter's.
        self.masked = bytearray(len(tokens.words))
        for paragraph in stage.paragraphs:
            if paragraph.section.kind == "block_quote":
                self._mask(paragraph.section.span)
            for quote in paragraph.quotes:
                self._mask(quote.inner)
        self._ending: dict[int, Seen] = {}
        self._starting: dict[int, tuple[int, Seen]] = {}
        for one in stage.cast.seen:
            first, last = self.at(one.start), self.at(one.end - 1)
            self._ending[last] = one
            self._starting[first] = self._starting[self.at(one.span.start)] = (last, one)

    def _mask(self, span: Span) -> None:
        first, last = bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)
        self.masked[first:last] = b"\x01" * (last - first)

    def at(self, offset: int) -> int:
        """The token that holds an offset, or the last one before it."""
        return bisect_right(self.starts, offset) - 1

    def first(self, offset: int) -> int:
        """The first token that begins at an offset or after it."""
        return bisect_left(self.starts, offset)

    def span(self, first: int, last: int) -> Span:
        """The stretch from a token to another, both included."""
        return Span(self.starts[first], self.ends[last])

    def name_at(self, token: int) -> Seen | None:
        """The name whose first word (or title) a token is."""
        found = self._starting.get(token)
        return found[1] if found is not None else None

    def name_ending(self, token: int) -> Seen | None:
        """The name whose last word a token is."""
        return self._ending.get(token)

    # ---- before a verb -------------------------------------------------------------------------------------------

    def back(self, verb: int, floor: int) -> int:
        """The token before a verb and its adverbs and auxiliaries; ``floor - 1`` when there is none."""
        lower = self.lower
        at = verb - 1
        while at >= floor and not self.masked[at]:
            word = lower[at]
            if word in SKIPPED or (word[-2:] == "ly" and len(word) > 4 and at not in self._ending):
                at -= 1
            elif word in _DAYS:
                at -= 2 if at > floor and lower[at - 1] in ("on", "last", "this", "late", "early") else 1
            elif word == "as" and lower[at - 1] in _QUOTED:  # was quoted as saying
                at -= 2
            elif word in _MEDIUM:
                opening = next((n for n in range(at - 1, max(floor - 1, at - 6), -1) if lower[n] == "in"), None)
                if opening is None:
                    break
                at = opening - 1
            else:
                break
        return at

    def left(self, verb: int, floor: int) -> Span | None:
        """The subject of the verb at a token: the phrase that ends before it, in a clause that begins at ``floor``."""
        at = self.back(verb, floor)
        if at < floor or self.masked[at]:
            return None
        word = self.lower[at]
        if word in ("who", "which", "that"):
            before = at - 1
            if before >= floor and self.lower[before] in (",", "and", "but"):
                before -= 1
                if before >= floor and self.lower[before] == ",":
                    before -= 1
            while before >= floor and self.lower[before] in DASHES:
                before -= 1
            if before < floor or self.masked[before]:
                return self.span(at, at)
            name = self._ending.get(before)
            found = Span(name.start, name.end) if name is not None else self._phrase(before, floor)
            return Span(found.start, self.ends[at]) if found is not None else self.span(at, at)
        if word in PRONOUNS:
            return self.span(at, at)
        if self.lower[verb][-3:] == "ing" and at in self._ending:
            return Span(self._ending[at].start, self._ending[at].end)  # footage of Ana Costa asking
        if word in (",", ")") or word in DASHES:
            return self._across(at, floor)
        return self._phrase(at, floor)

    def _phrase(self, last: int, floor: int) -> Span | None:
        """The noun phrase that ends with a token, or before the brackets that end with it."""
        lower, masked = self.lower, self.masked
        if lower[last] == ")":
            last = next((n - 1 for n in range(last - 1, max(floor, last - 12), -1) if lower[n] == "("), last)
        start = last + 1
        named: int | None = None
        at = last
        opening = floor
        floor = max(floor, last - LONG)
        while at >= floor and not masked[at]:
            name = self._ending.get(at)
            if name is not None:
                start = self.at(name.start)
                at = start - 1
                if named is None:
                    named = start
                continue
            word = lower[at]
            if word in DETERMINERS:
                start = at
                if at - 2 < floor or lower[at - 1] not in INSIDE or not self._noun(at - 2):
                    break
                at -= 2
            elif word in INSIDE:
                if start > last or at - 1 < floor or not self._noun(at - 1):
                    break
                at -= 1
            elif word in ("and", "or", "&"):
                if start > last or at - 1 < floor or (at - 1 not in self._ending and not self._noun(at - 1)):
                    break
                at -= 1
            elif word in _BREAK or word in _QUOTES:
                break
            elif word == "." and at > floor and (lower[at - 1] in _ABBREVIATED or len(lower[at - 1]) == 1):
                at -= 1
            elif word[0].isalnum() or word in POSSESSIVE or word in "%$":
                start = at
                at -= 1
            else:
                break
        if start > last:
            return None
        if named is not None and opening < start < named and lower[start - 1] in INSIDE:
            start = named  # "at the rally Ana Costa": the words before are no part of the name's phrase
        while start < last and lower[start] in POSSESSIVE:
            start += 1
        if named is None and start == last and not self._alone(last):
            return None
        if start < last and lower[start][-3:] == "ing" and lower[start] in cues():
            return None
        return self.span(start, last)

    def _noun(self, at: int) -> bool:
        """Whether a token can end a noun phrase that goes on with a preposition."""
        word = self.lower[at]
        return (
            not self.masked[at]
            and (word[0].isalnum() or at in self._ending)
            and word not in _BREAK
            and word not in INSIDE
            and word not in DETERMINERS
            and word not in SKIPPED
            and (at in self._ending or word[-2:] != "ed")
        )

    def _alone(self, at: int) -> bool:
        """Whether one word without an article can be who speaks: *Experts*, *Democrats*, *police*."""
        word = self.words[at]
        lower = self.lower[at]
        if lower in ALONE:
            return True
        if lower in cues() or lower in _BREAK or lower in INSIDE or lower in DETERMINERS:
            return False
        return word != lower or (len(lower) > 3 and lower[-1] == "s" and lower[-2] not in "su")

    def _across(self, close: int, floor: int) -> Span | None:
        """The subject before an apposition, relative clause or bracket that closes with a token."""
        lower = self.lower
        floor = max(floor, close - _APART)
        mark = lower[close]
        if mark == ")":
            at = next((n for n in range(close - 1, max(floor, close - 15) - 1, -1) if lower[n] == "("), None)
            return self._phrase(at - 1, floor) if at is not None and at > floor else None
        if mark in DASHES:
            at = next((n for n in range(close - 1, floor - 1, -1) if lower[n] in DASHES), None)
            return self._phrase(at - 1, floor) if at is not None and at > floor else None
        commas = [n for n in range(close - 1, floor, -1) if lower[n] == "," and not self.masked[n]]
        ending = self._ending.get(close - 1)
        if ending is not None and lower[self.first(ending.start) - 1] != ",":
            ending = None
        for at in commas:
            before = at - 1
            if lower[before] == ")":
                before = next(
                    (n - 1 for n in range(before - 1, max(floor, before - 12), -1) if lower[n] == "("), before
                )
            name = self._ending.get(before)
            if name is not None and self.lower[before][-1:] == ".":
                continue  # a degree: "Ana Costa, M.D., director of …, said"
            if name is not None and name.kind in ("Person", "Organization") and at + 1 < close:
                if ending is not None and ending.kind == "Person" and name.kind == "Organization":
                    break
                return self._phrase(at - 1, floor)
        for at in commas:
            if at + 1 >= close or (lower[at + 1] not in _OPENS and not lower[at + 1][0].isdigit() and ending is None):
                continue
            found = self._phrase(at - 1, floor)
            if found is not None and (lower[self.at(found.start)] in DETERMINERS or lower[at + 1] in ("who", "whose")):
                if ending is not None and ending.kind == "Person":
                    return Span(found.start, ending.end)
                return found
        found = self._phrase(close - 1, floor) if close > floor and not self.masked[close - 1] else None
        if found is None:
            return None
        begin = self.at(found.start)
        plain = ending is not None or lower[begin] in DETERMINERS
        return found if plain and (begin <= floor or lower[begin - 1] in (",", "and", "but")) else None

    # ---- after a verb --------------------------------------------------------------------------------------------

    def right(self, first: int, ceiling: int) -> Span | None:
        """The phrase after an inverted verb: it begins at a token or behind adverbs and ends before ``ceiling``."""
        lower = self.lower
        at = first
        ceiling = min(ceiling, first + LONG, len(lower))
        while at < ceiling and (lower[at] in _DAYS or (lower[at][-2:] == "ly" and len(lower[at]) > 4)):
            at += 1
        if at >= ceiling or self.masked[at]:
            return None
        if lower[at] in PRONOUNS:
            return self.span(at, at) if lower[at] not in ("that", "this", "who", "which") else None
        begin = at
        last = -1
        while at < ceiling and not self.masked[at]:
            found = self._starting.get(at)
            if found is not None:
                last = found[0]
                at = last + 1
                joined = at + 1 < ceiling and (
                    (lower[at] == "and" and at + 1 in self._starting) or lower[at] in POSSESSIVE
                )
                if found[1].kind == "Person" and not joined:
                    break
                continue
            word = lower[at]
            if word in ("and", "or"):
                if at + 1 in self._starting or (at + 1 < ceiling and lower[at + 1] in DETERMINERS):
                    at += 1
                    continue
                break
            if word == ",":
                after = self._starting.get(at + 1)
                described = begin not in self._starting and begin + 1 not in self._starting
                if described and last >= 0 and after is not None and after[1].kind == "Person" and at + 1 < ceiling:
                    last = after[0]
                break
            if word == "." and at > begin and (lower[at - 1] in _ABBREVIATED or len(lower[at - 1]) == 1):
                at += 1
                continue
            if word in INSIDE:
                if last < 0 or word in ("in", "on", "to", "by"):
                    break
            elif (
                word in _RIGHT_STOP
                or word in AUXILIARIES
                or word in PRONOUNS
                or not (word[0].isalnum() or word in POSSESSIVE)
            ):
                break
            elif word not in DETERMINERS:
                last = at
            at += 1
        if last < begin:
            return None
        if begin == last and begin not in self._starting and not self._alone(begin):
            return None
        return self.span(begin, last)

    # ---- the subject of a sentence -------------------------------------------------------------------------------

    def lead(self, first: int, ceiling: int) -> Span | None:
        """The subject of the sentence that begins at a token, when it is plain, before ``ceiling``."""
        lower = self.lower
        at = first
        while at < ceiling and lower[at] in _OPENER:
            at += 1
        if at < ceiling and lower[at] in SUBORDINATE:
            comma = next((n for n in range(at, min(ceiling, at + LONG)) if lower[n] == ","), None)
            if comma is None:
                return None
            at = comma + 1
        begin = at
        last = -1
        ceiling = min(ceiling, begin + 14)
        while at < ceiling and not self.masked[at]:
            found = self._starting.get(at)
            if found is not None:
                last = found[0]
                at = last + 1
                if found[1].kind == "Person" and at < ceiling and lower[at] not in POSSESSIVE and lower[at] != "and":
                    break
                continue
            word = lower[at]
            if word in PRONOUNS and last < 0:
                return self.span(at, at) if at == begin else None
            if word in DETERMINERS or word in POSSESSIVE or word == "and":
                at += 1
                continue
            if word in _BREAK or word in INSIDE or word in _RIGHT_STOP or word in SKIPPED or not word[0].isalnum():
                break
            if last >= begin and (word in cues() or word[-2:] == "ed") and at > begin:
                break
            last = at
            at += 1
        if last < begin:
            return None
        if begin == last and begin not in self._starting and not self._alone(begin):
            return None
        return self.span(begin, last)
