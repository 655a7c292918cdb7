"""How far a long run is, for people at a terminal, and lines that stay one line."""

from __future__ import annotations

import re

__all__ = ["oneline"]

# Control characters (a line feed in a file's name), line separators, marks that turn the line around, and halves of
# characters: what is printed for a document must be one line, and must be what it looks like.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def oneline(text: str) -> str:
    """The text with everything that would break or turn its line written as an escape, such as ``\\n``."""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)
