"""Text that the source's rights keep out of everything public (docs/decisions/0012-withheld-text.md).

The promise is one that a search can test: no run of 40 characters of the body, the captions or the abstract is in
any literal. Exempt are the headline up to a set length, the proper names of things, and the excerpt, which is the
beginning of the abstract as far as it repeats neither body nor captions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Policy", "excerpt", "headline", "shares_run", "shortened"]

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+")


@dataclass(frozen=True, slots=True)
class Policy:
    """How much of a withheld text may be shown, in characters.

    ``excerpt`` is the longest abstract, ``quotation`` the longest text of a quotation or claim, ``run`` the shortest
    run of the text that no other literal may repeat, ``headline`` the longest headline: in what has no other text, or
    all of it in one field, the headline is the text.
    """

    excerpt: int = 200
    quotation: int = 0
    run: int = 40
    headline: int = 150


def shares_run(value: str, protected: str, run: int) -> bool:
    """Whether ``run`` characters in a row of the value occur in the protected text."""
    return any(value[at : at + run] in protected for at in range(len(value) - run + 1))


def shortened(value: str, protected: str, run: int) -> str:
    """The value, cut at a word and ended with ``…`` where it would repeat the protected text."""
    if not shares_run(value, protected, run):
        return value
    return _cut(value, run - 1)


def headline(value: str, policy: Policy) -> str:
    """The headline, cut at a word and ended with ``…`` where it is longer than headlines are."""
    return value if len(value) <= policy.headline else _cut(value, policy.headline - 1)


def _cut(value: str, length: int) -> str:
    cut = value[:length]
    at = cut.rfind(" ")
    return (cut[:at] if at > 0 else cut).rstrip(" ,;:") + "…"


def excerpt(abstract: str | None, protected: str, policy: Policy) -> str | None:
    """The first sentences of the abstract that fit and repeat nothing protected, or None."""
    shown = ""
    for sentence in _SENTENCE.split(abstract or ""):
        longer = f"{shown} {sentence}".strip()
        if len(longer) > policy.excerpt or shares_run(longer, protected, policy.run):
            break
        shown = longer
    return shown or None
