"""What an extractor kept of a page, and which of the page's own blocks that is.

A block is found in the kept text by its letters, so that neither white space nor markup matters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kg.extract.markup import Block

__all__ = ["SHORT", "Kept", "chosen", "compared", "kept", "letters", "shingles"]

_WORD = re.compile(r"\w+")
SHORT = 20  # letters; below that a line may stand anywhere by chance


@dataclass(frozen=True, slots=True)
class Kept:
    """The text an extractor kept, as letters and digits only, and the shingles of its words."""

    letters: str
    elements: frozenset[str]
    shingles: frozenset[tuple[str, ...]]


def letters(text: str) -> str:
    """The text's letters and digits in lower case: what two printings of one paragraph share."""
    return "".join(_WORD.findall(text.casefold())).replace("_", "")


def shingles(text: str) -> list[tuple[str, ...]]:
    """Every four words in a row (fewer where there are fewer)."""
    found = [word.casefold() for word in _WORD.findall(text)]
    return [tuple(found[at : at + 4]) for at in range(max(1, len(found) - 3))] if found else []


def kept(root: Any, *, precision: bool = False, fast: bool = False) -> Kept | None:
    """What trafilatura keeps of a page's tree, which is left as it is; None where it cannot cope with it."""
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(
            deepcopy(root), include_comments=False, favor_precision=precision, fast=fast, include_tables=True
        )
    except Exception:  # noqa: BLE001 - a library's heuristics over markup that may be hostile: none of them is needed
        return None
    body = getattr(found, "body", None)
    if body is None:
        return Kept("", frozenset(), frozenset())
    texts: list[str] = []
    for node in body.iter("p", "head", "item", "quote", "cell", "code", "ab"):
        text = "".join(node.itertext())
        if text.strip():
            texts.append(text)
    whole = " ".join(piece for piece in body.itertext() if piece.strip())
    return compared([whole], elements=texts)


def compared(texts: Sequence[str], *, elements: Sequence[str] = ()) -> Kept:
    """Texts in the form that blocks are compared with."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        found.update(shingles(text))
    return Kept(
        "".join(letters(text) for text in texts),
        frozenset(letters(text) for text in (*elements, *texts)),
        frozenset(found),
    )


def chosen(found: Sequence[Block], text: Kept) -> list[bool]:
    """For each block whether its words are among those kept, short ones only where they follow on."""
    made: list[bool] = []
    at = 0
    for block in found:
        own = letters(block.text)
        if not own:
            made.append(False)
            continue
        if len(own) < SHORT:
            if text.letters.startswith(own, at):
                at += len(own)
                made.append(True)
            else:
                made.append(own in text.elements)
            continue
        place = text.letters.find(own, at)
        if place < 0:
            place = text.letters.find(own)
            if place >= 0:
                at = place + len(own)
                made.append(True)
                continue
            runs = shingles(block.text)
            made.append(len(runs) >= 5 and sum(run in text.shingles for run in runs) >= 0.6 * len(runs))
            continue
        at = place + len(own)
        made.append(True)
    return made
