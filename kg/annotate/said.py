"""One printing of somebody's words, and which printings are of one quotation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate.layers import THRESHOLD
from kg.annotate.stage import Subject
from kg.model import Span

__all__ = ["WORD", "Said", "grouped", "trimmed"]

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

#: So many words are enough to know a quotation again.
_KNOWN_AGAIN = 4


@dataclass(frozen=True, slots=True)
class Said:
    """One printing of somebody's words. ``group`` is equal for printings of one quotation.

    ``source`` is the printed phrase that names the speaker, also when the speaker is nobody the graph knows;
    ``others`` are members who say it together with the speaker.
    """

    span: Span
    direct: bool
    subject: Subject | None
    score: float
    group: int = 0
    source: Span | None = None
    others: tuple[str, ...] = ()


def trimmed(text: str, span: Span) -> Span:
    """The span without the blanks at its ends."""
    printed = span.of(text)
    start = span.start + len(printed) - len(printed.lstrip())
    return Span(start, max(start, span.end - len(printed) + len(printed.rstrip())))


def grouped(text: str, found: Sequence[Said]) -> Iterator[Said]:
    """The printings with their groups: equal words, or the shorter form of a longer quotation by the same speaker.

    What is not published stands alone. Words without a speaker join those of a speaker only when they are long enough
    to be known again and nobody else says them.
    """
    stated = [n for n, one in enumerate(found) if one.score >= THRESHOLD]
    keys = {n: _key(text, found[n].span) for n in stated}
    group = list(range(len(found)))
    for numbers in _equal(found, keys).values():
        for n in numbers:
            group[n] = numbers[0]
    grams: dict[tuple[str, ...], list[int]] = {}
    for n in stated:
        key = keys[n]
        for i in range(len(key) - _KNOWN_AGAIN + 1):
            places = grams.setdefault(key[i : i + _KNOWN_AGAIN], [])
            if len(places) < 8:
                places.append(n)
    for n in sorted(stated, key=lambda n: -len(keys[n])):
        if group[n] == n and len(keys[n]) >= _KNOWN_AGAIN:
            longer = _longer(text, found, n, grams.get(keys[n][:_KNOWN_AGAIN], ()))
            if longer is not None:
                group[n] = group[longer]
    # a printing may have joined one that has joined another since
    group = [group[group[n]] for n in range(len(found))]
    speakers: dict[int, Subject] = {}
    for n in stated:
        subject = found[n].subject
        if subject is not None and (group[n] not in speakers or speakers[group[n]].sure < subject.sure):
            speakers[group[n]] = subject
    printed: set[tuple[str, str | None]] = set()
    for n, one in sorted(enumerate(found), key=lambda pair: not pair[1].direct):
        subject = one.subject or speakers.get(group[n])
        words = (one.span.of(text), subject.id if subject is not None else None)
        if not one.direct and words in printed:
            continue  # the same words of the same speaker are there as a direct quotation already
        printed.add(words)
        source = one.source or (subject.span if subject is not None else None)
        yield replace(one, group=group[n], subject=subject, source=source)


def _equal(found: Sequence[Said], keys: Mapping[int, tuple[str, ...]]) -> dict[object, list[int]]:
    """The printings of equal words by the same speaker, and those of no speaker with them when there is only one."""
    speakers: dict[tuple[bool, tuple[str, ...]], set[str]] = {}
    for n, key in keys.items():
        subject = found[n].subject
        if subject is not None:
            speakers.setdefault((found[n].direct, key), set()).add(subject.id)
    same: dict[object, list[int]] = {}
    for n, key in keys.items():
        words = (found[n].direct, key)
        subject = found[n].subject
        who: object = subject.id if subject is not None else None
        if subject is None and len(key) < _KNOWN_AGAIN:
            who = n
        elif subject is None and len(speakers.get(words, ())) == 1:
            who = next(iter(speakers[words]))
        same.setdefault((words, who), []).append(n)
    return same


def _longer(text: str, found: Sequence[Said], number: int, places: Iterable[int]) -> int | None:
    """The longer quotation of the same kind, by nobody else, that these words are a part of."""
    one = found[number]
    printed = one.span.of(text).casefold()
    for n in places:
        other = found[n]
        if n == number or other.direct != one.direct or len(other.span) <= len(one.span) or not _agree(other, one):
            continue
        if not other.span.overlaps(one.span) and printed in other.span.of(text).casefold():
            return n
    return None


def _key(text: str, span: Span) -> tuple[str, ...]:
    return tuple(w.casefold() for w in WORD.findall(span.of(text)))


def _agree(a: Said, b: Said) -> bool:
    return a.subject is None or b.subject is None or a.subject.id == b.subject.id
