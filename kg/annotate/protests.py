"""Protests: what one is called, and where it is when the article names only the place it is filed from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotate.cast import Seen
from kg.annotate.happening import Tell, one_line
from kg.annotate.players import Unnamed
from kg.model import Span

__all__ = ["dateline", "protest_name"]


def protest_name(
    tell: Tell, roles: Sequence[tuple[str, str, Span]], members: Sequence[str], crowd: Unnamed | None
) -> str:
    """*Protest in Porto Belo*; where no place is told, by whom."""
    stage = tell.stage
    where = next((id_ for property_, id_, _ in roles if property_ == "location"), None)
    if where is not None:
        return one_line(f"Protest in {stage.cast.members[where].name}")
    names = [stage.cast.members[id_].name for id_ in members] or (
        [_DETERMINER.sub("", crowd.span.of(stage.text))] if crowd is not None else []
    )
    if crowd is not None and not members:
        first = names[0].split()[0].lower()
        names = [first + names[0][len(first) :]] if first in _COUNTS else names
    return one_line("Protest by " + " and ".join(names))


def dateline(tell: Tell) -> Seen | None:
    """The place an article is filed from, where its first sentence goes on to speak of *the city* or *the capital*."""
    host, start = tell.stage.host, tell.sentence.start
    if start != tell.paragraph.section.span.start or not _CAPITAL.match(host, tell.end, tell.sentence.end):
        return None
    one = next(iter(tell.stage.cast.within(start, start + 40)), None)
    if one is None or one.start != start or one.kind != "Place" or one.form != "name":
        return None
    return one if _FILED.match(host, one.end, tell.start) else None


_CAPITAL = re.compile(
    r"\s(?:through|in|across|around)\sthe\s(?:(?:[a-z]+\s)?(?:of|in)\sthe\s)?(?:[A-Z]\w+\s)?(?:capital|city)\b"
)
_FILED = re.compile(r"(?:,\s[^,;:—–]{2,30})?(?:\s\([^()]{2,30}\))?\s[—–-]\s")
_DETERMINER = re.compile(r"^(?:[Tt]he|[Oo]ur|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir)\s")
_COUNTS = frozenset(
    ("tens", "hundreds", "thousands", "dozens", "scores", "several", "some", "about", "at", "students", "workers")
)
