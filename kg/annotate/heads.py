"""What a name's own words say it is: *Harbour Court*, *Bank of Oxmoor*, *Lake Wend*."""

from __future__ import annotations

from typing import Final

from kg.annotate.lexicon import groups, mapping
from kg.annotate.page import Page
from kg.authority import kind_of

__all__ = ["BEGINS", "FIRSTS", "HEADS", "head_of"]

#: Last word of a name, in lower case → class.
HEADS: Final = mapping("heads")
#: First word of a name, in lower case → class.
FIRSTS: Final = mapping("firsts")
#: Common words that begin names as often as sentences: *New*, *Royal*, *United*.
BEGINS: Final = groups("joints")["begins"]
_TOWNS: Final = groups("joints")["town"]


def head_of(page: Page, first: int, last: int) -> str | None:
    """The class that a name's own words imply, by its last word or, with *of*, its first."""
    words = page.tokens.words
    if last - first < 2:
        return None
    if page.sport and words[last - 1].lower() in _TOWNS:
        return "SportsTeam"
    ahead = FIRSTS.get(words[first].lower())
    if ahead in ("RiverBodyOfWater", "LakeBodyOfWater", "Mountain", "Landform") and last - first > 2:
        ahead = ahead if words[first + 1] == "of" else None
    if ahead is not None and (words[first + 1] in ("of", "for") or ahead in ("Event", "Mountain", "LakeBodyOfWater")):
        return ahead
    for at in range(first + 1, last):
        if words[at] in ("of", "for", "on") and at > first:
            inner = HEADS.get(words[at - 1].lower())
            if inner is not None:
                return inner
    found = HEADS.get(words[last - 1].lower())
    if found is None:
        single = HEADS.get(words[last - 1].lower().removesuffix("s"))
        found = single if kind_of(single or "") in ("Organization", "Place") else None  # not Star Wars
    if found is None and ahead is not None:
        return ahead
    return found
