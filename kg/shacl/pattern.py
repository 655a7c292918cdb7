"""Regular expressions that cannot be made to run for ever.

``sh:pattern`` means SPARQL's ``REGEX`` (SHACL, section 4.4.3). Oxigraph evaluates it in time linear in the text, after
reading the expression anew each time; Python's ``re`` keeps it, but some expressions take it for ever. So Python gets
the texts for which its steps are known to be few, and Oxigraph is asked only about those that hold a word which the
expression needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from pyoxigraph import Literal, QuerySolutions, Store, Variable

from kg.shacl.regex import Regex, read

__all__ = ["matcher"]

#: Longest value, in characters, whose answer is remembered.
_SHORT = 512
#: Steps that Python takes in the time in which Oxigraph reads an expression.
_STEPS = 20_000


@lru_cache(maxsize=128)
def matcher(pattern: str, flags: str = "") -> Callable[[str], bool]:
    """A function text → whether the expression matches somewhere in it; the same one for the same expression.

    Raises ``ValueError`` when the expression is none that can be evaluated in linear time.
    """
    linear = _linear(pattern, flags)
    linear("")
    known = read(pattern) if not set(flags) - set("ism") else None
    words = _needed(known, folded="i" in flags) if known is not None else None
    search = _quick(pattern, flags, known) if known is not None else None
    # The greatest length that Python may be given, found by halving: the steps only grow with it.
    longest = _longest(known) if known is not None and search is not None else -1

    def match(text: str) -> bool:
        # Python's $ also matches before a final line end, SPARQL's does not.
        if search is not None and len(text) <= longest and "\n" not in text:
            return search(text) is not None
        if words is not None and not words(text):
            return False
        return linear(text)

    return match


def _linear(pattern: str, flags: str) -> Callable[[str], bool]:
    store = Store()

    @lru_cache(maxsize=256)
    def cached(text: str) -> bool:
        return run(text)

    def run(text: str) -> bool:
        answer = store.query(
            "SELECT ?text ?pattern ?flags (REGEX(?text, ?pattern, ?flags) AS ?hit) WHERE {}",
            substitutions={
                Variable("text"): Literal(text),
                Variable("pattern"): Literal(pattern),
                Variable("flags"): Literal(flags),
            },
        )
        assert isinstance(answer, QuerySolutions)
        hit = next(answer)["hit"]
        if not isinstance(hit, Literal):
            raise ValueError(f"{pattern!r} is no regular expression of XPath without back-references")
        return hit.value == "true"

    def match(text: str) -> bool:
        return cached(text) if len(text) <= _SHORT else run(text)

    return match


def _quick(pattern: str, flags: str, known: Regex) -> Callable[[str], re.Match[str] | None] | None:
    """The expression for Python's engine, or None when the dialects may differ."""
    if flags.strip("i") or not known.portable:
        return None
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0).search
    except re.error:
        return None


def _longest(known: Regex) -> int:
    below, above = -1, 1 << 13
    while above - below > 1:
        middle = (below + above) // 2
        if known.steps(middle) <= _STEPS:
            below = middle
        else:
            above = middle
    return below


def _needed(known: Regex, *, folded: bool) -> Callable[[str], bool] | None:
    """Whether a text holds one of the words without which there is no match; None when no such words are known.

    Folding is safe for ASCII: whatever matches one of its letters without regard to case is folded to that letter.
    """
    words = known.words()
    if not words or (folded and not all(word.isascii() for word in words)):
        return None
    if not folded:
        return lambda text: any(word in text for word in words)
    small = tuple(word.casefold() for word in words)

    def holds(text: str) -> bool:
        plain = text.casefold()
        return any(word in plain for word in small)

    return holds
