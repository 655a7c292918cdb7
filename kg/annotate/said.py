"""One printing of somebody's words, and which printings are of one quotation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.annotate.stage import Subject
from kg.model import Span

__all__ = ["WORD", "Said", "grouped", "trimmed"]

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """One printing of somebody's words. ``group`` is equal for printings of one quotation.

    ``source`` is the printed phrase that names the speaker, also when the speaker is nobody the graph knows.
    """

    span: Span
    direct: bool
    subject: Subject | None
    score: float
    group: int = 0
    source: Span | None = None


def trimmed(text: str, span: Span) -> Span:
    """The span without the blanks at its ends."""
    printed = span.of(text)
    return Span(span.start + len(printed) - len(printed.lstrip()), span.end - len(printed) + len(printed.rstrip()))


def grouped(text: str, found: Sequence[Said]) -> Iterator[Said]:
    """The printings with their groups: equal words, or the shorter form of a longer quotation by the same speaker."""
    keys = [_key(text, one.span) for one in found]
    grams: dict[tuple[str, ...], list[int]] = {}
    for number, key in enumerate(keys):
        for i in range(len(key) - 3):
            places = grams.setdefault(key[i : i + 4], [])
            if len(places) < 8:
                places.append(number)
    group = list(range(len(found)))
    order = sorted(range(len(found)), key=lambda n: -len(keys[n]))
    exact: dict[tuple[str, ...], list[int]] = {}
    for number in order:
        one, key = found[number], keys[number]
        same = [n for n in exact.get(key, ()) if found[n].direct == one.direct and _agree(found[n], one)]
        other = same[0] if same else None
        if other is None and len(key) >= 4:
            other = _longer(text, found, group, number, grams.get(key[:4], ()))
        if other is not None and _agree(found[other], one):
            group[number] = group[other]
        exact.setdefault(key, []).append(number)
    speakers: dict[int, Subject] = {}
    for number, one in enumerate(found):
        if one.subject is not None:
            known = speakers.get(group[number])
            if known is None or known.sure < one.subject.sure:
                speakers[group[number]] = one.subject
    printed: set[tuple[str, str | None]] = set()
    for number, one in sorted(enumerate(found), key=lambda pair: not pair[1].direct):
        subject = one.subject or speakers.get(group[number])
        words = (one.span.of(text), subject.id if subject is not None else None)
        if not one.direct and words in printed:
            continue  # the same words of the same speaker are there as a direct quotation already
        printed.add(words)
        source = one.source or (subject.span if subject is not None else None)
        yield replace(one, group=group[number], subject=subject, source=source)


def _longer(text: str, found: Sequence[Said], group: Sequence[int], number: int, places: Iterable[int]) -> int | None:
    """The longer quotation of the same kind that these words are a part of."""
    one = found[number]
    printed = one.span.of(text).casefold()
    for n in places:
        other = found[n]
        if n == number or group[n] != n or other.direct != one.direct or len(other.span) <= len(one.span):
            continue
        if not other.span.overlaps(one.span) and printed in other.span.of(text).casefold():
            return n
    return None


def _key(text: str, span: Span) -> tuple[str, ...]:
    return tuple(w.casefold() for w in WORD.findall(span.of(text)))


def _agree(a: Said, b: Said) -> bool:
    return a.subject is None or b.subject is None or a.subject.id == b.subject.id
