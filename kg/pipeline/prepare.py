"""Reading and annotating documents, in this process or in several: the part of the path without an order of its own."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kg import annotate, authority, extract, plugins
from kg.config import PluginSettings, Settings
from kg.errors import InputError, KgError, UsageError
from kg.model import Annotated, Article, Document, Gone, Source, Status, Text, Unread
from kg.pipeline import chain as chains
from kg.pipeline.imported import is_import
from kg.pipeline.versions import before
from kg.pipeline.workers import DEADLINE, Workers
from kg.plugins import Annotator, Authority, Reader

__all__ = ["Choice", "Prepared", "Preparer", "completed", "grouped", "prepare", "table"]

#: How far reading runs ahead of publishing: documents for each job, and bytes of all.
_AHEAD, _AHEAD_BYTES = 8, 64 * 2**20


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with everything recognised in it, the reason it cannot be read, or word that it is gone.

    ``kept`` says whether a refusal has bytes to keep in quarantine; ``passed`` why articles are passed over, one reason
    or None for each. ``pages`` are the articles that the same document is known to be published as; it was not read.
    ``dropped`` counts what annotators left out of models' answers, by annotator and reason.
    """

    document: Document
    articles: tuple[Annotated, ...] = ()
    error: InputError | None = None
    kept: bool = True
    gone: Gone | None = None
    passed: tuple[str | None, ...] = ()
    pages: tuple[str, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run takes of what it is given: ``format`` is the name of the one reader that reads everything, ``since``
    the day (``2026-03-01``) before which articles are passed over."""

    format: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Preparer:
    """Reads and annotates documents with one table, one chain of annotators and one set of readers, built once."""

    table: Authority
    chain: tuple[Annotator, ...]
    readers: tuple[Reader, ...]
    since: str | None = None

    @classmethod
    def of(
        cls, table: Authority, wanted: Sequence[PluginSettings] = (), learnt: chains.Learnt | None = None
    ) -> Preparer:
        """The embedded readers and annotators, every installed reader, and the installed annotators that are wanted.

        ``learnt`` is what linking knows from reviewers and from earlier articles. An entry point of
        ``newsgraph.readers`` is called without arguments and gives a reader. Raises what
        :func:`kg.pipeline.chain.annotators` raises.
        """
        readers = [chains.made("readers", PluginSettings(name, name)) for name in plugins.names("readers")]
        return cls(table, chains.annotators(table, wanted, learnt), (*extract.READERS, *readers))

    def __call__(self, document: Document) -> Prepared:
        """An input error becomes part of the value, so that a batch goes on."""
        if is_import(document):  # graphs already; who publishes them reads them
            return Prepared(document)
        before = self._dropped()
        try:
            articles = [completed(one, document.source) for one in extract.read(document, readers=self.readers)]
            passed = tuple(self._passed(one, document) for one in articles)
            made = tuple(
                Annotated(one, Text("", (), ())) if why else self._annotated(one)
                for one, why in zip(articles, passed, strict=True)
            )
        except InputError as error:
            return Prepared(document, error=error)
        except KgError as error:  # an annotator that states what it may not
            return Prepared(document, error=InputError(error.message, origin=document.origin))
        except Exception as error:  # noqa: BLE001 one document must not end a run over a million others
            reason = f"reading it failed: {type(error).__name__}: {error}; please report this"
            return Prepared(document, error=InputError(reason, origin=document.origin))
        dropped = tuple(sorted((self._dropped() - before).items()))
        return Prepared(document, made, passed=passed if any(passed) else (), dropped=dropped)

    def _dropped(self) -> Counter[str]:
        """What the annotators left out of models' answers so far."""
        counts: Counter[str] = Counter()
        for one in self.chain:
            own = getattr(one, "dropped", None)
            if isinstance(own, Counter):
                counts.update({f"{one.name}: {reason}": number for reason, number in own.items()})
        return counts

    def choosing(self, choice: Choice) -> Preparer:
        """The same with a run's choice. Raises :class:`kg.errors.UsageError` naming the readers there are."""
        readers = self.readers
        if choice.format is not None:
            readers = tuple(_Only(one) for one in self.readers if one.name == choice.format)[:1]
            if not readers:
                names = ", ".join(sorted({one.name for one in self.readers}))
                raise UsageError(f"there is no reader named {choice.format!r}; there are: {names}")
        return replace(self, readers=readers, since=choice.since)

    def _passed(self, article: Article, document: Document) -> str | None:
        """Why an article is passed over: its own day, else that of its bytes, is before the wanted ones."""
        told = article.date_published or article.date_modified or document.dated
        if self.since is None or told is None or told[:10] >= self.since or article.status is not Status.USABLE:
            return None  # what an old article is taken back by is news
        what = "published" if article.date_published else "changed" if article.date_modified else "fetched or written"
        return f"{what} on {told[:10]}, before {self.since}"

    def _annotated(self, article: Article) -> Annotated:
        """The article with its annotations; what will not be published as an article is not annotated."""
        if article.kind != "article" or article.status is not Status.USABLE or not article.headline:
            return Annotated(article, Text("", (), ()))
        return annotate.annotate(article, authority=self.table, annotators=self.chain)


class _Only:
    """A reader that reads everything, because somebody says so."""

    def __init__(self, reader: Reader) -> None:
        self.name, self.reader = reader.name, reader

    def recognises(self, document: Document) -> float:  # noqa: ARG002 somebody else recognised it
        """Always sure."""
        return 1.0

    def read(self, document: Document) -> Sequence[Article]:
        """What the reader makes of it. Raises :class:`kg.errors.InputError`."""
        return self.reader.read(document)


def completed(article: Article, source: Source) -> Article:
    """The article with what the settings of its source say where the page says nothing; ``won`` tells.

    A change dated before the publication is no change of what was published (a page that was prepared and then
    released): that date is left out.
    """
    publisher, language = article.publisher or source.publisher, article.language or source.language
    filled = [(name, "source") for name in ("publisher", "language") if not getattr(article, name)]
    filled = [one for one in filled if getattr(source, one[0])]
    modified = article.date_modified
    if before(modified, article.date_published):
        modified = None
        filled.append(("date_modified", "left out: before date_published"))
    if not filled:
        return article
    won = tuple(pair for pair in article.won if pair[0] not in dict(filled))
    return replace(article, publisher=publisher, language=language, date_modified=modified, won=(*won, *filled))


def table(settings: Settings) -> Authority:
    """The authority of a publication: the shipped table with the configured ones on top, over them what was loaded
    (``kg authority load``), and plug-ins behind it.

    Raises :class:`kg.errors.ConfigError` with file and line for what is wrong in one, and
    :class:`kg.errors.StoreError` for a loaded table that is not whole.
    """
    return _table(settings.authority, authority.place(settings.store / "authority"), settings["authorities"])


def _table(files: Sequence[Path], loaded: Path | None, wanted: Sequence[PluginSettings]) -> Authority:
    return chains.authorities(authority.combined(files, loaded), wanted)


def _worker(
    files: Sequence[Path],
    loaded: Path | None,
    behind: Sequence[PluginSettings],
    wanted: Sequence[PluginSettings],
    choice: Choice,
    learnt: chains.Learnt | None,
) -> Callable[[Document], Prepared]:
    """What a worker process does with a document; the bytes stay with its parent, which has them."""
    prepare_one = Preparer.of(_table(files, loaded, behind), wanted, learnt).choosing(choice)

    def read(document: Document) -> Prepared:
        return replace(prepare_one(document), document=replace(document, data=b""))

    return read


def prepare(
    documents: Iterable[Document | Unread | Gone],
    table: Authority,
    settings: Settings,
    *,
    jobs: int,
    choice: Choice | None = None,
    known: Callable[[Document], tuple[str, ...]] | None = None,
    deadline: float = DEADLINE,
    learnt: chains.Learnt | None = None,
) -> Generator[Prepared, None, None]:
    """The documents read and annotated, in order, at most a few per job and 64 MiB ahead, so that memory is bounded.

    ``known`` gives the pages that a document is published as already, which is then not read. With several ``jobs`` a
    document has ``deadline`` seconds, and one that ends its process is refused. ``learnt`` is what linking knows
    beside the tables.
    """
    wanted, choice = settings["annotators"], choice or Choice()
    if jobs <= 1:
        prepare_one = Preparer.of(table, wanted, learnt).choosing(choice)
        for document in documents:
            yield _at_once(document, known) or prepare_one(document)  # type: ignore[arg-type]
        return
    given = settings.authority, authority.loaded(table), settings["authorities"]
    worker = partial(_worker, *given, wanted, choice, learnt)
    with Workers(jobs, worker, deadline=deadline) as workers:
        queue: deque[tuple[Document | None, Future[Prepared] | Prepared]] = deque()
        ahead = 0
        for document in documents:
            ready = _at_once(document, known)
            if ready is not None or not isinstance(document, Document):
                queue.append((None, ready or _without(document)))  # type: ignore[arg-type]
            else:
                queue.append((document, workers.submit(document)))
                ahead += len(document.data)
            while queue and (len(queue) >= jobs * _AHEAD or ahead > _AHEAD_BYTES or queue[0][0] is None):
                ahead -= len(queue[0][0].data) if queue[0][0] is not None else 0
                yield _result(*queue.popleft())
        while queue:
            yield _result(*queue.popleft())


def grouped(prepared: Iterable[Prepared], size: int) -> Iterator[list[Prepared]]:
    """The documents of each publish: ``size`` of them, or fewer where together they have more than 64 MiB."""
    group: list[Prepared] = []
    held = 0
    for one in prepared:
        group.append(one)
        held += len(one.document.data)
        if len(group) >= size or held > _AHEAD_BYTES:
            yield group
            group, held = [], 0
    if group:
        yield group


def _at_once(
    document: Document | Unread | Gone, known: Callable[[Document], tuple[str, ...]] | None
) -> Prepared | None:
    """What there is to pass on without reading, or None."""
    if not isinstance(document, Document):
        return _without(document)
    pages = known(document) if known is not None else ()
    return Prepared(document, pages=pages) if pages else None


def _result(document: Document | None, made: Future[Prepared] | Prepared) -> Prepared:
    if isinstance(made, Prepared):
        return made
    assert document is not None
    try:
        return replace(made.result(), document=document)
    except InputError as error:
        return Prepared(document, error=error)


def _without(said: Unread | Gone) -> Prepared:
    """What there is to pass on where there is nothing to read."""
    if isinstance(said, Gone):
        return Prepared(Document(b"", said.keys[0], said.origin, said.source), gone=said)
    if said.document is not None:
        return Prepared(said.document, error=said.error)
    return Prepared(Document(b"", "", said.error.origin), error=said.error, kept=False)
