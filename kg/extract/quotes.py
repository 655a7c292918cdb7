"""Block quotations: which paragraphs of a body are somebody's words without quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract.lines import bullet, ends_sentence, quoted, size
from kg.model import Paragraph

__all__ = ["flag"]

_OPENING = re.compile(r"(?:^|(?<=[\s(\[—–-]))[\"“‘'„«](?=\w)")
_CLOSING = "\"”’'“»"
_SPEECH = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|wr(?:ite|ites|ote|iting|itten)|post(?:ed|s|ing)?|read(?:s|ing)?(?: out| aloud)?"
    r"|stat(?:es|ed|ing|ement)"
    r"|t(?:old|ells?)|answer(?:ed|s|ing)?|repl(?:y|ies|ied)|respon(?:ded|ds|se)|declar(?:ed|es|ation)|announc(?:ed|es|ement|ing)"
    r"|add(?:ed|s|ing)|explain(?:ed|s|ing)|recall(?:ed|s|ing)|ask(?:ed|s|ing)?|tweet(?:ed|s)?|letter|e-?mail(?:ed)?|message"
    r"|proposal|speech|words?|sentences?|note|caption|remarks?|comment(?:ed|s)?|quot(?:e|es|ed|ing)|conclud(?:ed|es)|testif\w+"
    r"|offer(?:ed|ing)|warn(?:ed|s|ing)|insist(?:ed|s)|ruling|judgment|held|ruled|clause|paragraph|passage|verse|prayer|oath"
    r"|spokes\w+)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"\b(?:I|me|my|mine|we|us|our|ours|you|your|yours|please|let's)\b|\b(?:I|we|you)['’](?:m|re|ve|ll|d)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:I|my|we|our)\b|\bI['’]", re.IGNORECASE)
_LISTING = re.compile(
    r"\b(?:here (?:is|are)|the following|as follows|these (?:are|include)|include|including|namely|for example)\b"
    r"[^.]*:$",
    re.I,
)
_WORD = re.compile(r"[^\W_]+")
_RUN = 8  # words; shorter runs are stock phrases
_CITED = re.compile(r"^[>|]\s+\S")
_SIGNED = re.compile(r"^[–—-]{1,2}\s?[^\W\d_a-z].{1,100}$")


def flag(paragraphs: Sequence[str]) -> tuple[Paragraph, ...]:
    """The paragraphs with ``kind="quote"`` on block quotations.

    Three signs count: speech announced with a colon in the paragraph before and no quotation marks, words that another
    paragraph quotes inline, and a signature line (``— Name``) below. Each is one pass over the words.
    """
    repeated = _inline(paragraphs)
    plain_voice = sum(1 for text in paragraphs if not _has_marks(text) and _FIRST.search(text)) * 4 <= len(paragraphs)
    kinds: list[str] = []
    for index, text in enumerate(paragraphs):
        kind = "text"
        before = paragraphs[index - 1] if index else ""
        if _CITED.match(text):
            kind = "quote"
        elif not quoted(text) and not bullet(text) and size(text) >= 4:
            announced = index > 0 and kinds[-1] == "text" and _announces(before, text, plain_voice)
            if (
                announced
                or _repeats(text, repeated)
                or (index + 1 < len(paragraphs) and _signs(paragraphs[index + 1]) and not _has_marks(text))
            ):
                kind = "quote"
        kinds.append(kind)
    return tuple(Paragraph(text, kind) for text, kind in zip(paragraphs, kinds, strict=True))


def _signs(text: str) -> bool:
    """Whether the line is somebody's name below their words; a dash before a sentence opens speech."""
    return _SIGNED.match(text) is not None and not (ends_sentence(text) and size(text) > 4)


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in '"“”„«»‘') or bool(re.search(r"(?:^|\s)'\w", text))


def _announces(before: str, text: str, plain_voice: bool) -> bool:
    """Whether the paragraph before ends in a colon that opens somebody's words, and these could be them."""
    if not before.endswith(":") or size(text) < 6:
        return False
    if before.count("“") > before.count("”"):
        return False
    last = re.split(r"(?<=[.!?])\s+", before)
    cue = " ".join(last[-2:])[-400:]
    voice = plain_voice and _SPEAKER.search(text) is not None
    if _LISTING.search(cue) and not voice:
        return False
    return _SPEECH.search(cue) is not None or (voice and not _has_marks(text))


def _inline(paragraphs: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """The first eight words of every inline quotation that is at least that long."""
    found: set[tuple[str, ...]] = set()
    for text in paragraphs:
        if not _has_marks(text):
            continue
        for opening in _OPENING.finditer(text):
            rest = text[opening.end() : opening.end() + 160]
            words = [*_WORD.finditer(rest)][:_RUN]
            if len(words) < _RUN:
                continue
            stretch = rest[: words[-1].end()]
            if any(re.search(rf"[{_CLOSING}](?!\w)", part) for part in [stretch]) or '"' in stretch:
                continue
            found.add(tuple(word.group().casefold() for word in words))
    return frozenset(found)


def _repeats(text: str, runs: frozenset[tuple[str, ...]]) -> bool:
    """Whether the paragraph prints, without marks, words that another one quotes."""
    if not runs or _has_marks(text) or len(text) > 3000:
        return False
    words = [word.casefold() for word in _WORD.findall(text)]
    return any(tuple(words[start : start + _RUN]) in runs for start in range(len(words) - _RUN + 1))
