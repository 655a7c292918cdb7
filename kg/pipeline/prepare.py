"""Reading and annotating documents, in this process or in several: the part of the path without an order of its own."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kg import annotate, authority, extract, plugins
from kg.config import PluginSettings, Settings
from kg.errors import InputError, KgError, UsageError
from kg.model import Annotated, Annotation, Article, Document, Gone, Source, Status, Text, Unread
from kg.pipeline import chain as chains
from kg.pipeline.imported import is_import
from kg.pipeline.versions import before
from kg.pipeline.workers import DEADLINE, Workers
from kg.plugins import Annotator, Authority, Reader

__all__ = ["BATCH", "Choice", "Prepared", "Preparer", "completed", "grouped", "prepare"]

#: Documents per publish: large enough to amortize the flip, small enough to lose little to a crash.
BATCH = 200
#: How far reading runs ahead of publishing: documents for each job, and bytes of all.
_AHEAD, _AHEAD_BYTES = 8, 64 * 2**20
#: How many documents, and bytes of all but the last, models are asked about together.
_TOGETHER, _TOGETHER_BYTES = 16, 2**20
#: What models said of one article, by annotator.
Proposals = Mapping[str, Sequence[Annotation]]


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
        return self.together((document,))[0]

    @property
    def asks_models(self) -> bool:
        """Whether there are annotators that are quicker when they are asked about many texts at once."""
        return any(one.gives == {"proposal"} for one in self.chain)

    def together(self, documents: Sequence[Document]) -> list[Prepared]:
        """Several documents, whose texts models are asked about together; else as one by one."""
        before = self._dropped()
        read = [self._read(one) for one in documents]
        articles = [one for made in read for one in made.articles if self._is_annotated(one)]
        ahead = iter(self._proposed(articles))
        given = [[next(ahead) if self._is_annotated(one) else {} for one in made.articles] for made in read]
        made = [self._annotated(one, proposals) for one, proposals in zip(read, given, strict=True)]
        dropped = tuple(sorted((self._dropped() - before).items()))
        if dropped:
            made[-1] = replace(made[-1], dropped=dropped)
        return made

    def _read(self, document: Document) -> _Read:
        if is_import(document):  # graphs already; who publishes them reads them
            return _Read(document)
        try:
            found = extract.read(document, readers=self.readers)
            articles = tuple(completed(one, document.source) for one in found)
        except Exception as error:  # noqa: BLE001 one document must not end a run over a million others
            return _Read(document, error=_failed(document, error))
        return _Read(document, articles, tuple(self._passed(one, document) for one in articles))

    def _annotated(self, read: _Read, given: Sequence[Proposals]) -> Prepared:
        if read.error is not None:
            return Prepared(read.document, error=read.error)
        made: list[Annotated] = []
        try:
            for article, why, proposals in zip(read.articles, read.passed, given, strict=True):
                if why is None and self._is_annotated(article):
                    made.append(
                        annotate.annotate(article, authority=self.table, annotators=self.chain, given=proposals)
                    )
                else:
                    made.append(Annotated(article, Text("", (), ())))
        except Exception as error:  # noqa: BLE001 as above
            return Prepared(read.document, error=_failed(read.document, error))
        return Prepared(read.document, tuple(made), passed=read.passed if any(read.passed) else ())

    def _proposed(self, articles: Sequence[Article]) -> Sequence[Proposals]:
        """What models say of the articles; nothing where they fail for one, so that each is asked about by itself."""
        if len(articles) > 1 and self.asks_models:
            try:
                return annotate.proposed(articles, self.chain)
            except Exception:  # noqa: BLE001 it comes again, with the document it is about
                return [{}] * len(articles)
        return [{}] * len(articles)

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

    @staticmethod
    def _is_annotated(article: Article) -> bool:
        """What will not be published as an article is not annotated."""
        return article.kind == "article" and article.status is Status.USABLE and bool(article.headline)


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that was read and not annotated yet."""

    document: Document
    articles: tuple[Article, ...] = ()
    passed: tuple[str | None, ...] = ()
    error: InputError | None = None


def _failed(document: Document, error: Exception) -> InputError:
    """Why a document is refused."""
    if isinstance(error, InputError):
        return error
    if isinstance(error, KgError):  # an annotator that states what it may not
        return InputError(error.message, origin=document.origin)
    reason = f"reading it failed: {type(error).__name__}: {error}; please report this"
    return InputError(reason, origin=document.origin)


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


def _worker(
    files: Sequence[Path],
    loaded: Path | None,
    behind: Sequence[PluginSettings],
    wanted: Sequence[PluginSettings],
    choice: Choice,
    learnt: chains.Learnt | None,
) -> Callable[[Document], Prepared]:
    """What a worker process does with a document; the bytes stay with its parent, which has them."""
    prepare_one = Preparer.of(chains.combined(files, loaded, behind), wanted, learnt).choosing(choice)

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
        yield from _in_turn(documents, Preparer.of(table, wanted, learnt).choosing(choice), known)
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


def _in_turn(
    documents: Iterable[Document | Unread | Gone],
    prepare_some: Preparer,
    known: Callable[[Document], tuple[str, ...]] | None,
) -> Iterator[Prepared]:
    """The documents prepared in this process: one by one, or a few together where models are asked."""
    most = _TOGETHER if prepare_some.asks_models else 1
    group: list[Document] = []
    held = 0
    for document in documents:
        ready = _at_once(document, known)
        if ready is None and isinstance(document, Document):
            group.append(document)
            held += len(document.data)
        if group and (ready is not None or len(group) >= most or held > _TOGETHER_BYTES):
            yield from prepare_some.together(group) if len(group) > 1 else (prepare_some(group[0]),)
            group, held = [], 0
        if ready is not None:
            yield ready
    if group:
        yield from prepare_some.together(group)


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
