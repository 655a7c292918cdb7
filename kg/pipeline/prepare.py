"""Reading and annotating documents, in this process or in several: the part of the path without an order of its own."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kg import annotate, authority, extract, plugins
from kg.config import Settings
from kg.errors import ConfigError, InputError
from kg.model import Annotated, Article, Document, Gone, Source, Status, Text, Unread
from kg.pipeline.imported import is_import
from kg.plugins import Annotator, Authority, Reader

__all__ = ["Prepared", "Preparer", "completed", "prepare", "table"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with everything recognised in it, the reason it cannot be read, or word that it is gone.

    ``kept`` says whether a refusal has bytes to keep in quarantine.
    """

    document: Document
    articles: tuple[Annotated, ...] = ()
    error: InputError | None = None
    kept: bool = True
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class Preparer:
    """Reads and annotates documents with one table, one chain of annotators and one set of readers, built once."""

    table: Authority
    chain: tuple[Annotator, ...]
    readers: tuple[Reader, ...]

    @classmethod
    def of(cls, table: Authority, names: Sequence[str] = ()) -> Preparer:
        """The embedded readers and annotators, every installed reader, and the installed annotators of these names.

        An entry point of the group ``newsgraph.annotators`` is called with the authority and gives an annotator; one
        of ``newsgraph.readers`` is called without arguments and gives a reader. Raises
        :class:`kg.errors.ConfigError` for a name that is not installed.
        """
        extra = [_annotator(name, table) for name in names]
        readers = [_made(name, one) for name, one in plugins.installed("readers").items()]
        return cls(table, annotate.ordered((*annotate.defaults(table), *extra)), (*extract.READERS, *readers))

    def __call__(self, document: Document) -> Prepared:
        """An input error becomes part of the value, so that a batch goes on."""
        if is_import(document):  # graphs already; who publishes them reads them
            return Prepared(document)
        try:
            articles = [completed(one, document.source) for one in extract.read(document, readers=self.readers)]
        except InputError as error:
            return Prepared(document, error=error)
        return Prepared(document, tuple(self._annotated(one) for one in articles))

    def _annotated(self, article: Article) -> Annotated:
        """The article with its annotations; what will not be published as an article is not annotated."""
        if article.kind != "article" or article.status is not Status.USABLE or not article.headline:
            return Annotated(article, Text("", (), ()))
        return annotate.annotate(article, authority=self.table, annotators=self.chain)


def completed(article: Article, source: Source) -> Article:
    """The article with what the settings of its source say where the page says nothing; ``won`` tells."""
    publisher, language = article.publisher or source.publisher, article.language or source.language
    filled = [name for name in ("publisher", "language") if getattr(article, name) is None and getattr(source, name)]
    won = (*article.won, *((name, "source") for name in filled))
    return replace(article, publisher=publisher, language=language, won=won) if filled else article


def _annotator(name: str, table: Authority) -> Annotator:
    made = _made(name, plugins.load("annotators", name), table)
    if not isinstance(made, Annotator):
        raise ConfigError(f"plug-in {name!r} gives no annotator; report this to its author", setting="annotators")
    return made


def _made(name: str, plugin: object, *arguments: object) -> Any:
    if not callable(plugin):
        known = ", ".join(plugins.names("annotators")) or "none"
        raise ConfigError(f"no annotator named {name!r} is installed; installed: {known}", setting="annotators")
    return plugin(*arguments)


#: The preparer of a worker process; a process pool gives its workers no other place for what they load once.
_OF_PROCESS: list[Preparer] = []


def table(settings: Settings) -> Authority:
    """The authority of a publication: the shipped table with the configured ones on top.

    Raises :class:`kg.errors.ConfigError` with file and line for what is wrong in one.
    """
    return _table(settings.authority)


def _table(files: Sequence[Path]) -> Authority:
    shipped = authority.default()
    return authority.load(files, base=shipped) if files else shipped


def _start(files: Sequence[Path], names: Sequence[str]) -> None:
    _OF_PROCESS[:] = [Preparer.of(_table(files), names)]


def _prepare(packed: bytes) -> bytes:
    document: Document = pickle.loads(packed)  # noqa: S301 our own parent process wrote it
    return pickle.dumps(replace(_OF_PROCESS[0](document), document=replace(document, data=b"")))


def prepare(
    documents: Iterable[Document | Unread | Gone], table: Authority, settings: Settings, *, jobs: int
) -> Iterator[Prepared]:
    """The documents read and annotated, in order, at most a few per job ahead, so that memory stays bounded."""
    names = settings["annotators"]
    if jobs <= 1:
        prepare_one = Preparer.of(table, names)
        for document in documents:
            yield prepare_one(document) if isinstance(document, Document) else _without(document)
        return
    # Spawned, not forked: a fork would copy the threads' locks and the writer lock of a draft that is open.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_start, initargs=(settings.authority, names)
    ) as pool:
        queue: deque[Callable[[], Prepared]] = deque()
        for document in documents:
            if not isinstance(document, Document):
                queue.append(partial(_without, document))
            else:
                queue.append(partial(_unpack, document, pool.submit(_prepare, pickle.dumps(document))))
            if len(queue) >= jobs * 8:
                yield queue.popleft()()
        while queue:
            yield queue.popleft()()


def _without(said: Unread | Gone) -> Prepared:
    """What there is to pass on where there is nothing to read."""
    if isinstance(said, Gone):
        return Prepared(Document(b"", said.keys[0], said.origin, said.source), gone=said)
    if said.document is not None:
        return Prepared(said.document, error=said.error)
    return Prepared(Document(b"", "", said.error.origin), error=said.error, kept=False)


def _unpack(document: Document, future: Future[bytes]) -> Prepared:
    prepared: Prepared = pickle.loads(future.result())  # noqa: S301 our own worker process wrote it
    return replace(prepared, document=document)
