"""What is left to guess from a page that says nothing for machines: libraries' heuristics, taken with care."""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kg.extract import byline, furniture, writers
from kg.extract.lines import key, size
from kg.extract.meta import Head
from kg.model import Author

__all__ = ["Guess", "outlet"]

_BAR = re.compile(r"\s+[|·•»–—-]\s+|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class Guess:
    """A page that trafilatura's and htmldate's heuristics can be asked about."""

    root: Any
    head: Head
    heavy: bool = False

    def authors(self, publisher: str | None) -> tuple[Author, ...]:
        """The names trafilatura finds, where every one of them has the form of a person's."""
        if self.heavy:
            return ()
        from trafilatura.metadata import extract_author

        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
        try:
            text = extract_author(deepcopy(self.root))
        except Exception:  # noqa: BLE001 - heuristics over markup that may be hostile: without them nobody is named
            return ()
        if not isinstance(text, str) or len(text) > 200:
            return ()
        names = tuple(one for part in text.split(";") for one in writers.writers(part))
        fine = all(byline.person(one.name) and key(one.name) != key(publisher or "") for one in names)
        return names if names and fine and len(names) <= 4 else ()

    @property
    def published(self) -> str | None:
        """The day htmldate finds in the page's markup (not in its running text)."""
        if self.heavy:
            return None
        from htmldate import find_date

        logging.getLogger("htmldate").setLevel(logging.CRITICAL)
        try:
            found = find_date(
                deepcopy(self.root),
                extensive_search=False,
                original_date=True,
                url=self.head.canonical,
                max_date="2200-01-01",
            )
        except Exception:  # noqa: BLE001 - as above
            return None
        return found if isinstance(found, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", found) else None


def outlet(head: Head, headline: str) -> str | None:
    """The outlet's name behind the headline in the page's title, where it reads as one."""
    parts = [part.strip() for part in _BAR.split(head.title or "") if part.strip()]
    if len(parts) < 2 or (key(parts[0]) not in key(headline) and key(headline) not in key(parts[0])):
        return None
    last = parts[-1]
    return last if size(last) <= 5 and furniture.media_name(last) and not furniture.section_name(last) else None
