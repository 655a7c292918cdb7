"""Commands about articles: preview, ingest, reannotate, remove."""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import click

from kg import annotate as annotation
from kg import pipeline
from kg.cli.context import Context, now, say
from kg.cli.progress import Bar, oneline
from kg.config import SourceSettings
from kg.errors import InputError, UsageError
from kg.model import Document, Gone, Unread
from kg.pipeline.documents import named
from kg.pipeline.prepare import Choice

if TYPE_CHECKING:
    from kg.pipeline.documents import Meter
    from kg.pipeline.journal import Run

__all__ = ["COMMANDS"]

#: The exit code of a run that Ctrl-C stopped, as shells have it (128 and the signal's number).
_STOPPED = 130


@click.command()
@click.argument("file", metavar="FILE|URL|-")
@click.option("--source", metavar="NAME", help="Configured source the file comes from.")
@click.pass_obj
def preview(context: Context, file: str, source: str | None) -> int:
    """Show what would be extracted from FILE, as one JSON object; nothing is stored.

    A file of several articles (an archive, a feed, JSON Lines) gives one object per line. What the source does not say
    is null or an empty list.
    """
    if file != "-" and Path(file).is_dir():
        raise UsageError(f"{file}: is a folder; preview takes one file")
    preparer = pipeline.Preparer.of(context.table(), context.settings["annotators"])
    found = _shown(preparer, _documents(context, _there((file,)), source))
    first, second = next(found, None), next(found, None)
    if first is None:
        raise InputError("holds no article", origin=file)
    if second is None and isinstance(first, InputError):
        raise first
    several = second is not None or context.as_json
    refused = 0
    for one in itertools.chain((first,), (second,) if second is not None else (), found):
        if isinstance(one, InputError):
            refused += 1
            say(f"kg: {oneline(one.message)}")
        else:
            click.echo(json.dumps(one, ensure_ascii=False, indent=None if several else 2))
    return 1 if refused else 0


def _shown(
    preparer: pipeline.Preparer, documents: Iterator[Document | Unread | Gone]
) -> Iterator[dict[str, object] | InputError]:
    """What each article would say, and why there is none where a document cannot be read."""
    for document in documents:
        if isinstance(document, Gone):
            continue
        prepared = preparer(document) if isinstance(document, Document) else None
        error = document.error if isinstance(document, Unread) else prepared.error if prepared else None
        if error is not None or prepared is None:
            yield error or InputError("cannot be read")
            continue
        for annotated in prepared.articles:
            shown = annotation.preview(annotated, authority=preparer.table)
            yield {key: None if value == "" else value for key, value in shown.items()}


@click.command()
@click.argument("paths", metavar="PATH|URL|-...", nargs=-1, required=True)
@click.option("--source", metavar="NAME", help="Configured source the documents come from.")
@click.option("--format", metavar="NAME", help="The reader that reads every document, instead of the one surest of it.")
@click.option("--since", metavar="DATE", help="Pass over articles from before this day (2026-03-01).")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="Stop after N documents.")
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, help="Processes that read and annotate.")
@click.option("--batch", metavar="N", type=click.IntRange(1), default=pipeline.BATCH, help="Documents per publish.")
@click.option("--dry-run", is_flag=True, help="Read, annotate, build and check; publish nothing.")
@click.option("--diff", is_flag=True, help="Publish nothing; show what would change in published articles.")
@click.option("--resume", is_flag=True, help="Go on with the same command where it was stopped or killed.")
@click.option("--republish", is_flag=True, help="Publish articles again that were withdrawn.")
@click.option("--quiet", is_flag=True, help="No progress bar on a terminal.")
@click.pass_obj
def ingest(
    context: Context,
    paths: tuple[str, ...],
    source: str | None,
    format: str | None,
    since: str | None,
    limit: int | None,
    jobs: int,
    batch: int,
    dry_run: bool,
    diff: bool,
    resume: bool,
    republish: bool,
    quiet: bool,
) -> int:
    """Read, annotate, check and publish documents: files, folders, archives, addresses, or - for standard input.

    An archive (zip, tar, gz, bz2, xz), a WARC file, JSON Lines or a feed is taken apart into its documents. One line
    per document: stored, unchanged, updated, retracted, waiting, skipped or refused. Refused ones are kept in the
    store's quarantine with the reason beside them; the rest goes on. A withdrawn article stays withdrawn.

    Of an address, a page is one article; a feed, a sitemap or a list of WordPress posts is what it links to or holds.

    Ctrl-C ends the run after what is published; --resume goes on with it. With --jobs above 1 a document has 120
    seconds, and one that takes longer or ends its process is refused.
    """
    paths, nothing = _there(paths), dry_run or diff
    choice = Choice(format=format, since=_day(since))
    table = context.table()
    pipeline.Preparer.of(table, context.settings["annotators"]).choosing(choice)  # says at once what is wrong
    made = pipeline.Ingest(
        store=context.open_or_create(),
        settings=context.settings,
        gate=context.gate(),
        table=table,
        now=now,
        holder=context.holder,
    )
    arguments = [path if path == "-" or _is_address(path) else str(Path(path).absolute()) for path in paths]
    arguments += [repr((source, format, since, limit, republish))]
    with (
        Bar(
            [path for path in paths if not _is_address(path)],
            without=context.settings.store,
            shown=not (quiet or context.as_json),
        ) as bar,
        made.journal.look() if nothing else made.journal.start(arguments, resume=resume) as run,
    ):
        if resume and not run.resumed:
            say("no stopped run of this command is known; it starts from the beginning")
        documents = itertools.islice(_documents(context, paths, source, bar.meter), limit)
        outcomes = made.run(
            run.remaining(documents),
            jobs=jobs,
            batch=batch,
            dry_run=nothing,
            republish=republish,
            choice=choice,
            journal=run,
        )
        code = _report(context, outcomes, dry_run=nothing, diff=diff, bar=bar, run=run)
        if code != _STOPPED and not nothing:
            run.finish()
    return code


def _day(text: str | None) -> str | None:
    """A day as ``2026-03-01``. Raises :class:`kg.errors.UsageError`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--since {text}: is no day such as 2026-03-01") from None


@click.command()
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, help="Processes that read and annotate.")
@click.option("--dry-run", is_flag=True, help="Show the differences; publish nothing.")
@click.pass_obj
def reannotate(context: Context, jobs: int, dry_run: bool) -> int:
    """Rebuild every article from its kept source bytes with today's annotators; IRIs stay.

    Shows the facts and links each article would gain (+) and lose (-) before publishing.
    """
    made = pipeline.Ingest(
        store=context.open(),
        settings=context.settings,
        gate=context.gate(),
        table=context.table(),
        now=now,
        holder=context.holder,
    )
    return _report(context, pipeline.reannotate(made, jobs=jobs, dry_run=dry_run), dry_run=dry_run)


@click.command()
@click.argument("iri")
@click.option("--reason", required=True, help="Why, shown on the tombstone.")
@click.pass_obj
def remove(context: Context, iri: str, reason: str) -> None:
    """Withdraw an article: its graphs go, its IRI answers 410 with the reason, curated things stay."""
    from kg.pipeline.across import Across

    across = Across.of(context.gate(), context.settings)
    info = pipeline.remove(context.open(), iri, time=now(), reason=reason, holder=context.holder, across=across)
    said: dict[str, object] = {"iri": iri, "status": "removed", "snapshot": info.id}
    line = f"removed {iri} in snapshot {info.id}"
    broken = info.summary.get("broken", {})
    if broken:
        line += f"; what still refers to it breaks {', '.join(broken)}: kg check tells where"
    context.emit(said | ({"broken": broken} if broken else {}), line)


def _report(
    context: Context,
    outcomes: Iterator[pipeline.Outcome],
    *,
    dry_run: bool,
    diff: bool = False,
    bar: Bar | None = None,
    run: Run | None = None,
) -> int:
    counts: Counter[str] = Counter()
    stopped = False
    try:
        for outcome in outcomes:
            counts[outcome.status] += 1
            if bar is not None:
                bar.count(refused=outcome.status == "refused")
            text = oneline(_told(outcome))
            for line in outcome.changes if not diff or outcome.status == "updated" else ():
                text += f"\n    {oneline(line)}"
            value = outcome.to_json() | ({"dry_run": True} if dry_run else {})
            line = json.dumps(value, ensure_ascii=False) if context.as_json else text
            (click.echo if bar is None else bar.line)(line)
    except KeyboardInterrupt:
        stopped = True
    if bar is not None:
        bar.close()
    before = sum(run.passed.values()) if run is not None else 0
    if run is not None:
        counts.update(run.passed)
    tally = ", ".join(f"{n:,} {status}" for status, n in sorted(counts.items())) or "there was nothing to read"
    tally += f" ({before:,} of them before this run was resumed)" if before else ""
    if stopped:
        again = "" if run is None or dry_run else "; go on with the same command and --resume"
        say(f"stopped: {tally}; what was published stays, nothing is half done{again}")
        return _STOPPED
    say(f"dry run, nothing was published; it would be: {tally}" if dry_run else tally)
    return 1 if counts["refused"] else 0


def _told(outcome: pipeline.Outcome) -> str:
    """An outcome in words, as one line."""
    if outcome.status == "refused":
        return f"refused   {outcome.reason}" + (f"  report: {outcome.quarantine}" if outcome.quarantine else "")
    notes = f"  [{' '.join(outcome.warnings)}]" if outcome.warnings else ""
    text = f"{outcome.status:<9} {outcome.origin}  {outcome.iri or ''}{notes}".rstrip()
    return text + (f"  ({outcome.reason})" if outcome.reason else "")


def _there(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths, all of which exist: a mistyped one is said before anything is made or written."""
    for path in paths:
        if path != "-" and not _is_address(path) and not Path(path).exists():
            raise UsageError(f"{path}: there is no such file or folder")
    return paths


def _documents(
    context: Context, paths: tuple[str, ...], source: str | None, meter: Meter | None = None
) -> Iterator[Document | Unread | Gone]:
    chosen = context.settings.source_named(source) if source else None
    return _arriving(context, paths, chosen, meter)


def _arriving(
    context: Context, paths: tuple[str, ...], chosen: SourceSettings | None, meter: Meter | None
) -> Iterator[Document | Unread | Gone]:
    """The documents in what is named, in its order; addresses are fetched, everything else is read from here."""
    for is_address, group in itertools.groupby(paths, key=_is_address):
        if is_address:
            from kg.watch.arrivals import fetched

            yield from fetched(tuple(group), context.settings, chosen, now, sleep)
        else:
            yield from named(tuple(group), context.settings, source=chosen, stdin=sys.stdin.buffer, meter=meter)


def _is_address(path: str) -> bool:
    return "://" in path


COMMANDS = (preview, ingest, reannotate, remove)
