"""Whether a document brings anything new (docs/decisions/0021-versions.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.iris import Iris
from kg.model import Article, Document
from kg.pipeline import identity
from kg.pipeline.versions import Version, before, newest
from kg.store import Sources

__all__ = ["Known", "still_published"]


@dataclass(frozen=True, slots=True)
class Known:
    """What has come in before. ``find`` looks up keys, ``sources`` are the kept bytes and how they came, ``dated`` the
    date of capture, by page, of what this batch published."""

    find: Callable[[str], str | None]
    sources: Sources
    dated: Mapping[str, str | None]

    def why(self, document: Document, article: Article, number: int, page: str, last: Version) -> str | None:
        """Why the document brings nothing new: a reason, empty where it is the same; None where it is a new version."""
        sha256 = document.sha256.hex()
        row = identity.arrival(document.key, sha256, document.source, number)
        seen = self.find(row) == page
        if last.sha256 == sha256 and last.made_with(document.source):
            if seen or last.digest in (None, article.digest(document.source)):
                return ""
        elif seen or self._came(document, sha256, page, number):
            # Settings change what is published, and nothing about whether it was taken back.
            if last.sha256 == sha256:
                return f"{last.status.lower()} by its source" if last.status else None
            if not self._came(document, last.sha256, page, number) or self._read_again(document, page, last):
                # Two files, or two captures of one address, hold two versions of one article: reading the older one
                # again must not bring it back.
                return "its bytes are those of an earlier version"
        if last.newer_than(article.date_modified or article.date_published):
            return f"older than the published version, which was changed on {last.modified}"
        if last.status is None and last.digest == article.digest(document.source):
            return "the document changed, the article in it did not"
        return None

    def _came(self, document: Document, sha256: str, page: str, number: int) -> bool:
        """Whether these bytes came as this article under the document's key before, whatever the settings were."""
        kept = self.sources.arrivals(sha256) if sha256 else ()
        sources = {document.source, *(one.source for one in kept if one.key == document.key)}
        rows = (identity.arrival(document.key, sha256, one, number) for one in sources)
        return any(self.find(row) == page for row in rows)

    def _read_again(self, document: Document, page: str, last: Version) -> bool:
        """Whether a document from an address was captured no later than what is published of it (an archive of the web
        that is read again holds the captures in turn). A file's date is no word on that: files are restored."""
        if not document.dated or document.key.startswith("path:"):
            return False
        kept = self.sources.arrivals(last.sha256) if page not in self.dated else ()
        dates = (one.dated for one in reversed(kept) if one.key == document.key)
        dated = self.dated.get(page) or next(dates, None)
        return bool(dated) and not before(dated, document.dated)


def still_published(
    rdf: Store, find: Callable[[str], str | None], iris: Iris, document: Document, page: str, number: int
) -> bool:
    """Whether an article is published from these very bytes, as they came in before, and is not withdrawn.

    ``find`` looks up keys. What this says of a document is what reading it again would find.
    """
    sha256 = document.sha256.hex()
    if find(identity.arrival(document.key, sha256, document.source, number)) != page:
        return False
    last = newest(rdf, iris, page)
    if last is None or not last.live or last.withdrawn or last.sha256 != sha256:
        return False
    return last.made_with(document.source)
