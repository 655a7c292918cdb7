"""Text as the whole pipeline sees it: NFC, LF line ends, plain spaces, nothing invisible that can deceive.

What is removed and why: zero-width characters split words for a machine and not for a reader; bidirectional
embeddings, overrides and isolates (UTS #39, "Trojan Source") make a reader see another order than the machine, so
they go even where they balance: the Unicode Bidirectional Algorithm (UAX #9) orders real right-to-left text without
them. The plain marks U+200E, U+200F and U+061C stay on lines that hold right-to-left letters, and joiners stay after
letters of scripts that need them and in emoji.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalise"]

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# C0 and C1 controls, soft hyphen, zero-width and invisible operators, bidi controls, BOM, interlinear annotation,
# tag characters, lone surrogates and non-characters. LF is not among them.
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A joiner (ZWNJ, ZWJ) counts after Arabic, Indic and related letters and inside emoji sequences. Hangul jamo (U+1100..)
# are left out because NFC composes them away.
_JOINED = re.compile("[\u0600-\u10ff\u1200-\u1cff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_JOINER = re.compile("[^\n]*[\u200c\u200d][^\n]*")
_MARKS = re.compile("[\u200e\u200f\u061c]")
_MARKED_LINE = re.compile("[^\n]*[\u200e\u200f\u061c][^\n]*")
_RTL = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def _unmark(found: re.Match[str]) -> str:
    line = found.group()
    return line if _RTL.search(line) else _MARKS.sub("", line)


def _unjoin(found: re.Match[str]) -> str:
    """The line without idle joiners; the letter before counts, not the marks between, because NFC reorders those."""
    kept: list[str] = []
    base = ""
    for character in found.group():
        if character in "\u200c\u200d":
            if base and _JOINED.match(base):
                kept.append(character)
            continue
        if not unicodedata.combining(character):
            base = character
        kept.append(character)
    return "".join(kept)


def normalise(text: str) -> str:
    """The text in NFC with LF line ends, plain spaces and no hidden characters; applying it twice changes nothing.

    Every kind of Unicode space becomes one U+0020 (runs are kept). Follows UAX #15 for NFC.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _SPACES.sub(" ", text)
    text = _HIDDEN.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _JOINER.sub(_unjoin, text)
    if _MARKS.search(text):
        text = _MARKED_LINE.sub(_unmark, text)
    return unicodedata.normalize("NFC", text)
