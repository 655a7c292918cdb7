"""Regular expressions that cannot be made to run for ever.

``sh:pattern`` means SPARQL's ``REGEX`` (SHACL, section 4.4.3). Oxigraph evaluates it in time linear in the text;
Python's ``re`` does not, so it only sees expressions without nested repetition and short one-line values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from pyoxigraph import Literal, QuerySolutions, Store, Variable

__all__ = ["matcher"]

#: Longest value, in characters, that Python's own engine is given.
_SHORT = 512


def matcher(pattern: str, flags: str = "") -> Callable[[str], bool]:
    """A function text → whether the expression matches somewhere in it.

    Raises ``ValueError`` when the expression is none that can be evaluated in linear time.
    """
    linear = _linear(pattern, flags)
    linear("")
    quick = _quick(pattern, flags)
    if quick is None:
        return linear
    search = quick.search

    def match(text: str) -> bool:
        # Python's $ also matches before a final line end, SPARQL's does not.
        if len(text) <= _SHORT and "\n" not in text:
            return search(text) is not None
        return linear(text)

    return match


def _linear(pattern: str, flags: str) -> Callable[[str], bool]:
    store = Store()

    @lru_cache(maxsize=1024)
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


def _quick(pattern: str, flags: str) -> re.Pattern[str] | None:
    """The expression for Python's engine, or None when repetition is nested or the dialects may differ."""
    if flags.strip("i") or re.search(r"\(\?|\\[pPiIcCbBAZzdDwWsS0-9]|\[\[|&&|--|~~|-\[", pattern):
        return None
    bare = re.sub(r"\\.", "x", pattern)
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    if re.search(r"\)[*+?{]", bare) or len(re.findall(r"[*+]|\{\d*,\d*\}", bare)) > 4 + bare.count("|"):
        return None
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return None
