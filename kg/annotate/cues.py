"""Cue words: verbs and nouns that report what somebody says or thinks, in all their forms, from ``tables/cues.txt``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kg.annotate import lexicon

__all__ = ["Cue", "cues"]

_KINDS = ("bare", "clause", "tell", "telling", "thought", "shows")


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of a cue verb. ``shape`` is ``base``, ``s``, ``past`` or ``ing``; ``kinds`` are its groups."""

    lemma: str
    shape: str
    kinds: frozenset[str]

    @property
    def speech(self) -> bool:
        """Whether the words after it are said, not only thought or summed up."""
        return bool(self.kinds & {"bare", "clause", "tell"})


@cache
def cues() -> dict[str, Cue]:
    """Every form of every cue verb in lower case."""
    groups = lexicon.groups("cues")
    past = dict(pair.split("=") for pair in sorted(groups["irregular"]))
    irregular = frozenset(past.values())
    kinds: dict[str, set[str]] = {}
    for kind in _KINDS:
        for lemma in groups[kind]:
            kinds.setdefault(lemma.split(" ", 1)[0], set()).add(kind)
    found: dict[str, Cue] = {}
    for lemma in sorted(kinds):
        of = frozenset(kinds[lemma])
        for shape, form in _forms(lemma, doubled=lemma in groups["doubled"]):
            if shape != "past" or lemma not in irregular:
                found.setdefault(form, Cue(lemma, shape, of))
    for form, lemma in past.items():
        if lemma in kinds:
            found[form] = Cue(lemma, "past", frozenset(kinds[lemma]))
    return found


def _forms(lemma: str, *, doubled: bool) -> tuple[tuple[str, str], ...]:
    """The regular forms of a lemma with their shapes."""
    stem = lemma + lemma[-1] if doubled else lemma
    if lemma.endswith("e"):
        third, past, going = lemma + "s", lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        third, past, going = lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    elif lemma.endswith(("s", "sh", "ch", "x", "o")):
        third, past, going = lemma + "es", stem + "ed", stem + "ing"
    else:
        third, past, going = lemma + "s", stem + "ed", stem + "ing"
    return ("base", lemma), ("s", third), ("past", past), ("ing", going)
