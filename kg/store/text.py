"""The full-text and suggest index of a snapshot (tantivy): public text only, one document per article and thing.

Geometries are documents too (:mod:`kg.store.geometry`), which have cells in place of words.

Segment files never change once written, so a snapshot's index is a hard-linked copy of its parent's plus what is
new. A query is taken apart here, word by word, and never reaches tantivy's own parser: that one recurses, and a few
thousand parentheses end the process.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from kg.store import durable

__all__ = ["Hit", "Hits", "TextDocument", "TextIndex", "copy", "create", "update"]

#: Words of a query that count; the rest is passed over.
WORDS = 32
#: Characters of a query that are looked at.
CHARACTERS = 1_000
#: The deepest hit a page of results can start at.
DEPTH = 10_000
#: The cell of a geometry that the index holds without its well-known text.
UNLISTED = "unlisted"

_FIELDS = ("title", "names", "text")
_BOOST = {"title": 3.0, "names": 2.0, "text": 1.0}
_LOCKS = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock"})
_PART = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')


@dataclass(frozen=True, slots=True)
class TextDocument:
    """What can be found about a page. ``kind`` is ``article``, ``thing`` or ``geometry``; ``type`` is its class as a
    CURIE.

    ``text`` must be public: whatever is withheld is left out by the caller. ``date`` is a lexical xsd:date or dateTime.
    Only a geometry has ``wkt``, its well-known text, and ``cells``, where that is.
    """

    page: str
    kind: str
    title: str
    text: str = ""
    names: tuple[str, ...] = ()
    type: str = ""
    date: str = ""
    section: str = ""
    publisher: str = ""
    wkt: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. ``score`` is BM25 with title and names weighted up; it compares within one answer only."""

    page: str
    kind: str
    title: str
    score: float
    type: str = ""
    date: str = ""
    section: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits, best first, and how many there are in all."""

    total: int
    hits: tuple[Hit, ...] = ()


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("page", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("type", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("section", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("publisher", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("date", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="words")
    builder.add_text_field("names", tokenizer_name="words")
    builder.add_text_field("text", tokenizer_name="words")
    # stored and not looked for: a long well-known text would be no term
    builder.add_text_field("wkt", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("cell", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyzer() -> Any:
    # No stemmer: articles come in many languages, and a wrong stem finds the wrong word.
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def _open(path: Path) -> Any:
    index = tantivy.Index.open(str(path))
    index.register_tokenizer("words", _analyzer())
    return index


def _open_still(path: Path) -> tuple[Any, Any]:
    """The index and its searcher, also where nothing can be written: tantivy opens no index that it cannot lock.

    The files of a published snapshot never change, so they can be opened by other names, without the locks. The names
    can go at once: the searcher has every file open by then.
    """
    try:
        index = _open(path)
        return index, index.searcher()
    except ValueError as error:
        if "Lockfile" not in str(error):
            raise
    # tantivy watches the directory from a thread of its own and may make a lock file while it is being removed
    with tempfile.TemporaryDirectory(prefix="kg-text-", ignore_cleanup_errors=True) as aside:
        for entry in sorted(path.iterdir()):
            if entry.name not in _LOCKS:
                Path(aside, entry.name).symlink_to(entry.resolve())
        index = _open(Path(aside))
        return index, index.searcher()


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def create(path: Path) -> None:
    """An empty index in a new directory."""
    path.mkdir(parents=True)
    tantivy.Index(_schema(), path=str(path))


def copy(source: Path, target: Path) -> None:
    """The index again, by hard links. Lock files are left out: a linked one would lock both copies."""
    durable.copy_tree(source, target, skip=_LOCKS)
    for name in sorted(_LOCKS):  # else the first reader would make one in a published snapshot
        (target / name).touch()


def update(path: Path, changes: Mapping[str, TextDocument | None]) -> None:
    """Replace the documents of these pages (None removes) and return when every merge is done. Raises OSError."""
    if not changes:
        return
    index = _open(path)
    writer = index.writer(heap_size=32_000_000, num_threads=1)
    try:
        for page in sorted(changes):
            writer.delete_documents_by_term("page", page)
            document = changes[page]
            if document is not None:
                writer.add_document(_document(document))
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # tantivy-py reports I/O failures of a commit as ValueError
        raise OSError(f"{path}: the text index could not be written: {error}") from error


def _document(document: TextDocument) -> Any:
    made = tantivy.Document()
    for name in ("page", "kind", "type", "section", "publisher", "date", "title", "text"):
        made.add_text(name, _clean(getattr(document, name)))
    for name in document.names:
        made.add_text("names", _clean(name))
    # an index that was made before geometries were kept has no such fields and takes nothing in
    if document.wkt:
        made.add_text("wkt", document.wkt)
    for cell in document.cells:
        made.add_text("cell", cell)
    return made


class TextIndex:
    """A snapshot's index, for reading; threads may share it."""

    __slots__ = ("_analyzer", "_index", "_searcher")

    def __init__(self, path: Path) -> None:
        """Raises OSError or ValueError when the directory holds no index."""
        self._index, self._searcher = _open_still(path)
        self._analyzer = _analyzer()

    def search(self, query: str, *, kind: str | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """The documents that hold every word; ``"…"`` is a phrase, ``-`` before a word leaves documents out.

        Any string is a query: what cannot be read as words is passed over, and no words find nothing.
        """
        must, must_not = self._read(query)
        if not must:
            return Hits(0)
        parts = [(tantivy.Occur.Must, part) for part in must] + [(tantivy.Occur.MustNot, part) for part in must_not]
        return self._run(self._of_kind(parts, kind), limit, offset)

    def suggest(self, prefix: str, *, kind: str | None = "thing", limit: int = 10) -> Hits:
        """The documents with a title or name that holds every word typed, the last of them perhaps unfinished."""
        words = self._words(prefix)
        if not words:
            return Hits(0)
        parts = [(tantivy.Occur.Must, self._any(self._term, word, ("title", "names"))) for word in words[:-1]]
        parts.append((tantivy.Occur.Must, self._any(self._prefix, words[-1], ("title", "names"))))
        return self._run(self._of_kind(parts, kind), limit, 0)

    def pages(self, kind: str) -> Iterable[str]:
        """Every page of a kind, in order; for checking, not for serving."""
        query = tantivy.Query.term_query(self._index.schema, "kind", kind)
        count = self._searcher.search(query, limit=1).count if self._searcher.num_docs else 0
        if not count:
            return []
        found = self._searcher.search(query, limit=count, count=False)
        return sorted(str(self._searcher.doc(address).get_first("page")) for _, address in found.hits)

    def geometries(self, cells: Iterable[str], *, limit: int) -> tuple[str, ...] | None:
        """The well-known texts in these cells, in order; None where there are more, or where the index cannot tell."""
        schema = self._index.schema
        try:
            query = tantivy.Query.term_set_query(schema, "cell", list(cells))
        except ValueError:  # made before geometries were kept
            return None
        if self._searcher.search(tantivy.Query.term_query(schema, "cell", UNLISTED), limit=1).count:
            return None
        found = self._searcher.search(query, limit=limit)
        if found.count > limit:
            return None
        return tuple(sorted(str(self._searcher.doc(address).get_first("wkt")) for _, address in found.hits))

    def marker(self, query: str, *, before: str, after: str, characters: int = 200) -> Callable[[str, str], str]:
        """A function of a field and its text that gives the part of the text with the most words of the query, each
        between two marks; an empty text where it has none. A phrase is marked word by word."""
        must, _ = self._read(query)
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in must])
        made = {
            field: tantivy.SnippetGenerator.create(self._searcher, asked, self._index.schema, field)
            for field in _FIELDS
        }
        for generator in made.values():
            generator.set_max_num_chars(characters)

        def mark(field: str, text: str) -> str:
            document = tantivy.Document()
            document.add_text(field, _clean(text))
            snippet = made[field].snippet_from_doc(document)
            data, at, parts = snippet.fragment().encode("utf-8"), 0, []
            for place in sorted(snippet.highlighted(), key=lambda one: (one.start, one.end)):
                if place.start >= at:
                    parts += [data[at : place.start].decode(), before, data[place.start : place.end].decode(), after]
                    at = place.end
            return "".join((*parts, data[at:].decode())) if parts else ""

        return mark

    # inside ---------------------------------------------------------------------------------------------------
    def _words(self, text: str) -> list[str]:
        return [str(word) for word in self._analyzer.analyze(_clean(text[:CHARACTERS]))][:WORDS]

    def _read(self, query: str) -> tuple[list[Any], list[Any]]:
        must: list[Any] = []
        must_not: list[Any] = []
        for found in _PART.finditer(_clean(query[:CHARACTERS])):
            words = self._words(found[2] if found[2] is not None else found[4])
            if not words or len(must) + len(must_not) >= WORDS:
                continue
            part = self._any(self._term, words[0], _FIELDS) if len(words) == 1 else self._phrase(words)
            (must_not if found[1] or found[3] else must).append(part)
        return must, must_not

    def _term(self, field: str, word: str) -> Any:
        return tantivy.Query.term_query(self._index.schema, field, word)

    def _prefix(self, field: str, word: str) -> Any:
        return tantivy.Query.regex_query(self._index.schema, field, re.escape(word) + ".*")

    def _any(self, make: Any, word: str, fields: Iterable[str]) -> Any:
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.boost_query(make(field, word), _BOOST[field])) for field in fields]
        )

    def _phrase(self, words: list[str]) -> Any:
        return tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.phrase_query(self._index.schema, field, list(words)), _BOOST[field]
                    ),
                )
                for field in _FIELDS
            ]
        )

    def _of_kind(self, parts: list[Any], kind: str | None) -> Any:
        if kind is not None:
            only = tantivy.Query.const_score_query(
                tantivy.Query.term_query(self._index.schema, "kind", _clean(kind)), 0.0
            )
            parts = [*parts, (tantivy.Occur.Must, only)]
        return tantivy.Query.boolean_query(parts)

    def _run(self, query: Any, limit: int, offset: int) -> Hits:
        if offset >= DEPTH:
            return Hits(self._searcher.search(query, limit=1).count)
        limit = max(1, min(limit, DEPTH - max(0, offset)))
        found = self._searcher.search(query, limit=limit, offset=max(0, offset))
        hits = []
        for score, address in found.hits:
            row = self._searcher.doc(address)
            kept = {name: str(row.get_first(name) or "") for name in ("type", "date", "section", "publisher")}
            hits.append(
                Hit(
                    page=str(row.get_first("page")),
                    kind=str(row.get_first("kind")),
                    title=str(row.get_first("title")),
                    score=float(score),
                    **kept,
                )
            )
        # documents of equal score come in segment order, which merging changes
        return Hits(found.count, tuple(sorted(hits, key=lambda hit: (-hit.score, hit.page))))
