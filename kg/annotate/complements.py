"""Complements: what follows a cue verb, and whether it is a clause that somebody says.

English marks a reported clause by *that*, by a subject with its finite verb, or by nothing but the verb before it.
Without a parser the three are told apart by the words of grammar in ``tables/reported.txt``.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.annotate.cues import Cue
from kg.annotate.lexicon import groups
from kg.annotate.voices import AUXILIARIES, DETERMINERS, Voices

__all__ = ["FINITE", "STOPS", "WHEN_WHERE", "complement", "finite", "headless"]

_TABLE = groups("reported")
WHEN_WHERE = _TABLE["when-where"]
_QUESTION = _TABLE["question"]
_NO_CLAUSE = _TABLE["no-clause"]
FINITE = _TABLE["finite"] | AUXILIARIES - {"be", "being", "been", "am"}
_SUBJECT = _TABLE["subject"]
_ADDRESSED = _TABLE["addressed"]
_DOCUMENT = _TABLE["document"]
STOPS = frozenset(',.;:!?—–―()"“”«»')

#: *said nothing about it* is no report, *said nothing had changed* is one.
_AMOUNT = frozenset({"nothing", "something", "anything", "everything", "more", "no"})
_ABOUT = frozenset({"about", "of", "to", "on", "in", "at", "than", "else", "more", "publicly"})
#: What does not stand in the subject of a clause that opens without *that*.
_NO_SUBJECT = frozenset({"that", "who", "which", "to", "as", "and", "or", "but", "then"})
#: What cannot stand between a verb and its *that*.
_ACROSS = STOPS | AUXILIARIES | {"and", "or", "but", "not", "who", "which"}


def complement(voices: Voices, first: int, last: int, token: int, cue: Cue) -> tuple[int, bool]:
    """Where the words after a verb begin (a token, or -1) and whether they are a clause that is said.

    ``first`` and ``last`` are the tokens the sentence begins and ends with, the last exclusive.
    """
    lower = voices.lower
    at = token + 1
    if cue.lemma == "point":  # pointed out
        if lower[min(at, last - 1)] != "out":
            return -1, False
        at += 1
    if at >= last - 1:
        return -1, False
    if cue.speech:
        that = _that(voices, at, last, told="tell" in cue.kinds)
        if that >= 0:
            return that, not headless(lower, that)
        bare = "bare" in cue.kinds and cue.shape != "ing" and lower[at] not in _NO_CLAUSE and not headless(lower, at)
        if bare and finite(voices, at, last, loose=True) and not (lower[at] in _AMOUNT and lower[at + 1] in _ABOUT):
            return at, True
        if "tell" in cue.kinds:
            addressed = _addressee(voices, at, last)
            if addressed >= 0 and _clause_opens(voices, addressed, last):
                return addressed, True
        elif _clause_opens(voices, at, last):
            return at, True
    following = lower[at]
    if following in STOPS or following in ("and", "but", "or", "in", "on", "at", "by"):
        return -1, False
    if "shows" in cue.kinds and not cue.kinds & {"telling", "thought"}:
        return (at, False) if following == "that" or _documented(voices, first, token) else (-1, False)
    if cue.kinds & {"telling", "thought"} or following in _QUESTION:
        return at, False
    if "tell" in cue.kinds:
        addressed = _addressee(voices, at, last)
        if addressed >= 0 and (lower[addressed] in _QUESTION or lower[addressed] == "to"):
            return addressed, False
    return -1, False


def _that(voices: Voices, at: int, last: int, *, told: bool) -> int:
    """The token after *that*, when the clause opens with it right away or behind words of time, place or audience."""
    lower = voices.lower
    if lower[at] == "that":
        behind = at + 1
    elif told or lower[at] in WHEN_WHERE:
        behind = -1
        for n in range(at + 1, min(last, at + 16)):
            if lower[n] in _ACROSS or voices.masked[n]:
                break
            if lower[n] == "that" and lower[n - 1] not in ("on", "in", "at", "of", "by", "with", "from", "for"):
                behind = n + 1
                break
    else:
        return -1
    if 0 <= behind < last and lower[behind] == ",":
        behind += 1
    return behind if 0 <= behind < last - 1 else -1


def _addressee(voices: Voices, at: int, last: int) -> int:
    """The token behind whom somebody tells something; -1 when nobody stands there."""
    lower = voices.lower
    name = voices.name_at(at)
    if name is not None:
        return min(voices.at(name.end - 1) + 1, last - 1)
    if lower[at] in _ADDRESSED:
        return min(at + 1, last - 1)
    if lower[at] in DETERMINERS:
        for n in range(at + 1, min(last - 1, at + 5)):
            name = voices.name_at(n)
            if name is not None:
                return min(voices.at(name.end - 1) + 1, last - 1)
            if lower[n + 1] in _SUBJECT or lower[n + 1] in _QUESTION or lower[n + 1] == "to":
                return n + 1
    return -1


def headless(lower: Sequence[str], at: int) -> bool:
    """Whether a clause has no subject: *the test, which the ministry said was its biggest*."""
    word = lower[at]
    return word in AUXILIARIES or (word.endswith("ing") and len(word) > 5 and word not in ("nothing", "something"))


def finite(voices: Voices, at: int, last: int, *, loose: bool) -> bool:
    """Whether a finite verb follows; ``loose`` counts every word that has the form of one."""
    lower, masked = voices.lower, voices.masked
    for n in range(at, min(last, at + 45)):
        word = lower[n]
        if masked[n]:
            continue
        if word in FINITE or (word[-3:] in ("n't", "n’t")):
            return True
        if loose and len(word) > 3 and word.isalpha() and (word[-2:] == "ed" or word[-1] == "s"):
            return True
        if not loose and word in STOPS:
            return False
    return False


def _clause_opens(voices: Voices, at: int, last: int) -> bool:
    """Whether a clause without *that* surely opens at a token: a pronoun, name or noun phrase with its verb."""
    lower = voices.lower
    if at >= last - 1:
        return False
    if lower[at] in _SUBJECT:
        return True
    if voices.name_at(at) is None and lower[at] not in DETERMINERS:
        return False
    named = voices.name_at(at) is not None
    for n in range(at + 1, min(last, at + 9)):
        if lower[n] in STOPS or voices.masked[n] or lower[n] in _NO_SUBJECT:
            return False
        if lower[n] in FINITE and (named or n > at + 1):
            return True
    return False


def _documented(voices: Voices, first: int, token: int) -> bool:
    """Whether what shows something is a document or a count (*polls show a lead*)."""
    return any(voices.lower[n] in _DOCUMENT for n in range(max(first, token - 12), token))
