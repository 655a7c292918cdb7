"""Which of the offered media types a client gets (RFC 9110, section 12.5.1).

Lenient where clients are known to be sloppy: a range that cannot be read is passed over, an empty or missing header
asks for nothing in particular, and a parameter no offer has (``charset``, an unknown ``profile``) excludes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Offer", "Range", "choose", "parse"]

#: Characters and ranges of a header that are looked at; more is nobody's honest wish.
_CHARACTERS, _RANGES = 4_096, 64

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_RANGE = re.compile(rf"\s*({_WORD}/{_WORD}|\*)\s*((?:;.*)?)", re.DOTALL)
_PARAMETER = re.compile(rf';\s*({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;,"\s]*))')
_Q = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation. ``aliases`` are other names of its media type, ``parameters`` the ones it has."""

    media_type: str
    aliases: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every media type it answers to, its own first."""
        return (self.media_type, *self.aliases)


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an Accept header with its weight ``q`` from 0 to 1."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()
    q: float = 1.0

    def fit(self, offer: Offer) -> tuple[int, int, int] | None:
        """How specifically the range names the offer (higher is closer), or None when it does not."""
        if self.type == "*":
            return (0, 0, 0)
        own = offer.media_type == f"{self.type}/{self.subtype}"
        if self.subtype == "*":
            return (1, 0, 0) if offer.media_type.startswith(self.type + "/") else None
        if not own and f"{self.type}/{self.subtype}" not in offer.aliases:
            return None
        met = sum(one in offer.parameters for one in self.parameters)
        return (2, met - (len(self.parameters) - met), int(own))


def parse(header: str | None) -> tuple[Range, ...]:
    """The ranges of an Accept header, in order; those that cannot be read are left out."""
    found: list[Range] = []
    for part in _split((header or "")[:_CHARACTERS]):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        main, _, subtype = match[1].lower().partition("/")
        if main == "*" and subtype not in ("", "*"):
            continue
        q, parameters = 1.0, []
        for name, quoted, bare in _PARAMETER.findall(match[2]):
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
            if name.lower() == "q":
                q = float(value) if _Q.fullmatch(value) else -1.0
                break  # what follows q are extensions, which RFC 9110 no longer has
            parameters.append((name.lower(), value.lower() if name.lower() == "charset" else value))
        if q >= 0:
            found.append(Range(main, subtype or "*", tuple(parameters), q))
    return tuple(found[:_RANGES])


def _split(header: str) -> list[str]:
    """The header at its commas, those in quotation marks apart."""
    parts, start, quoted, escaped = [], 0, False, False
    for at, character in enumerate(header):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            parts.append(header[start:at])
            start = at + 1
    return [*parts, header[start:]]


def choose(header: str | None, offers: Sequence[Offer]) -> Offer | None:
    """The best offer, or None when the header refuses them all (406).

    An offer has the weight of the most specific range that names it. The highest weight wins, then the offer that was
    named most closely, then the one that stands first. Without a readable range the first offer is taken.
    """
    ranges = parse(header)
    if not ranges:
        return offers[0]
    best: tuple[float, tuple[int, int, int], int] | None = None
    for place, offer in enumerate(offers):
        fits = [(fit, -number, one.q) for number, one in enumerate(ranges) if (fit := one.fit(offer)) is not None]
        if not fits:
            continue
        fit, _, q = max(fits)
        if q > 0 and (best is None or (q, fit, -place) > best):
            best = (q, fit, -place)
    return None if best is None else offers[-best[2]]
