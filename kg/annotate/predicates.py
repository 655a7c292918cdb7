"""Predicates: which cue words are verbs, and in what mood they tell that something is said.

All look only at the few words before and after; ``first`` is the token the sentence begins with.
"""

from __future__ import annotations

from kg.annotate.complements import STOPS
from kg.annotate.cues import cues
from kg.annotate.lexicon import groups
from kg.annotate.voices import ALONE, AUXILIARIES, DETERMINERS, PRONOUNS, SKIPPED, Voices

__all__ = ["behind_be", "is_verb", "negated", "passive", "supposed"]

_TABLE = groups("reported")
_BE = _TABLE["be"]
_BEFORE_NOUN = _TABLE["before-noun"] | DETERMINERS - {"that", "this", "other", "both", "all"}
_MODAL = _TABLE["modal"]
_NEGATIVE = _TABLE["negative"]
_OBJECT = _TABLE["object"]
_TOLD = _TABLE["told"]
_WORDS = cues()


def is_verb(voices: Voices, first: int, token: int) -> bool:
    """Whether a cue word is a verb here: *they claim*, but *his claim*, *to claim*."""
    cue = _WORDS.get(voices.lower[token])
    if cue is None:
        return False
    if token == first:
        return cue.shape == "ing"
    before = voices.lower[token - 1]
    if before in _BEFORE_NOUN or before == "to":
        return cue.shape == "past" and before not in DETERMINERS
    if cue.shape == "base":
        return _plural(voices, first, token)
    return True


def _plural(voices: Voices, first: int, token: int) -> bool:
    """Whether what stands before a base form can be its subject or auxiliary: *critics claim*, not *a new claim*."""
    at = voices.back(token, first)
    if at < token - 1 and any(voices.lower[n] in AUXILIARIES for n in range(at + 1, token)):
        return True
    if at < first:
        return False
    word = voices.lower[at]
    if word in PRONOUNS or word in ALONE or word in STOPS or word in ("and", "but", "or", "men", "women", "children"):
        return True
    name = voices.name_ending(at)
    return (word[-1] == "s" and word[-2:] != "ss") or word.isdigit() or (name is not None and name.kind != "Person")


def passive(voices: Voices, first: int, token: int) -> bool:
    """Whether a past form is a passive (*was told*) or stands behind its object (*the man accused of*)."""
    lower = voices.lower
    follower = lower[token + 1] if token + 1 < len(lower) else "."
    lemma = _WORDS[lower[token]].lemma
    if follower in ("by", "of", "as") or (follower == "to" and lemma in _OBJECT):
        return True
    if follower == "that" and lemma in _TOLD:
        return True
    return behind_be(voices, first, token)


def behind_be(voices: Voices, first: int, token: int) -> bool:
    """Whether a form of *be* stands before a verb, with nothing but adverbs between: *was wrongly described*."""
    lower = voices.lower
    at = token - 1
    while at >= first and lower[at] in SKIPPED and lower[at] not in _BE and lower[at] not in ("has", "have", "had"):
        at -= 1
    return at >= first and lower[at] in _BE


def supposed(voices: Voices, first: int, token: int) -> bool:
    """Whether the verb is only possible: *critics would say*, *she may have said*."""
    at = token - 1
    while at >= first and voices.lower[at] in SKIPPED:
        if voices.lower[at] in _MODAL:
            return True
        at -= 1
    return False


def negated(voices: Voices, first: int, token: int) -> bool:
    return any(
        voices.lower[n] in _NEGATIVE or voices.lower[n][-3:] in ("n't", "n’t")
        for n in range(max(first, token - 4), token)
    )
