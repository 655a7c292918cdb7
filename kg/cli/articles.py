"""Commands about articles: preview, annotate, ingest, reannotate, remove."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from kg import annotate as annotation
from kg import pipeline
from kg.cli.context import Context, now, say
from kg.errors import InputError, UsageError
from kg.model import Document

__all__ = ["COMMANDS"]


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--source", metavar="NAME", help="Configured source the file comes from.")
@click.pass_obj
def preview(context: Context, file: str, source: str | None) -> None:
    """Show what would be extracted from FILE, as one JSON object; nothing is stored."""
    if file != "-" and Path(file).is_dir():
        raise UsageError(f"{file}: is a folder; preview takes one file")
    (document,) = _documents(context, (file,), source)
    if isinstance(document, pipeline.Unread):
        raise document.error
    prepared = pipeline.Preparer.of(context.table(), context.settings["annotators"])(document)
    if prepared.error is not None:
        raise prepared.error
    for annotated in prepared.articles:
        shown = annotation.preview(annotated, authority=context.table())
        click.echo(json.dumps(shown, ensure_ascii=False, indent=None if context.as_json else 2))


@click.command()
@click.argument("file", metavar="IN.jsonl|-")
@click.pass_obj
def annotate(context: Context, file: str) -> None:
    """Annotate texts given as JSON Lines {id, text, title?, date?}; offsets are Unicode code points."""
    table = context.table()
    chain = annotation.defaults(table)
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError as error:
            raise InputError(f"is no JSON: {error}", origin=file, line=number) from None
        try:
            made = annotation.annotate_line(given, authority=table, annotators=chain)
        except InputError as error:
            raise InputError(error.reason, origin=file, line=number) from None
        click.echo(json.dumps(made, ensure_ascii=False))


@click.command()
@click.argument("paths", metavar="PATH|-...", nargs=-1, required=True)
@click.option("--source", metavar="NAME", help="Configured source the documents come from.")
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, help="Processes that read and annotate.")
@click.option("--batch", metavar="N", type=click.IntRange(1), default=pipeline.BATCH, help="Documents per publish.")
@click.option("--dry-run", is_flag=True, help="Read, annotate, build and check; publish nothing.")
@click.option("--republish", is_flag=True, help="Publish articles again that were withdrawn.")
@click.pass_obj
def ingest(
    context: Context, paths: tuple[str, ...], source: str | None, jobs: int, batch: int, dry_run: bool, republish: bool
) -> int:
    """Read, annotate, check and publish documents: files, folders, or - for standard input.

    One line per document: stored, unchanged, updated or refused. Refused ones are kept in the store's quarantine
    with the reason beside them; the rest goes on. A withdrawn article stays withdrawn.
    """
    documents = _documents(context, _there(paths), source)
    made = pipeline.Ingest(
        store=context.open_or_create(),
        settings=context.settings,
        gate=context.gate(),
        table=context.table(),
        now=now,
        holder=context.holder,
    )
    outcomes = made.run(documents, jobs=jobs, batch=batch, dry_run=dry_run, republish=republish)
    return _report(context, outcomes, dry_run=dry_run)


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
    info = pipeline.remove(context.open(), iri, time=now(), reason=reason, holder=context.holder)
    context.emit({"iri": iri, "status": "removed", "snapshot": info.id}, f"removed {iri} in snapshot {info.id}")


def _report(context: Context, outcomes: Iterator[pipeline.Outcome], *, dry_run: bool) -> int:
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts[outcome.status] += 1
        notes = f"  [{' '.join(outcome.warnings)}]" if outcome.warnings else ""
        if outcome.status == "refused":
            text = f"refused   {outcome.reason}"
            text += f"\n          report: {outcome.quarantine}" if outcome.quarantine else ""
        else:
            text = f"{outcome.status:<9} {outcome.origin}  {outcome.iri or ''}{notes}".rstrip()
            text += f"  ({outcome.reason})" if outcome.reason else ""
        for line in outcome.changes:
            text += f"\n    {line}"
        context.emit(outcome.to_json() | ({"dry_run": True} if dry_run else {}), text)
    tally = ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "there was nothing to read"
    say(f"dry run, nothing was published; it would be: {tally}" if dry_run else tally)
    return 1 if counts["refused"] else 0


def _there(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths, all of which exist: a mistyped one is said before anything is made or written."""
    for path in paths:
        if path != "-" and "://" not in path and not Path(path).exists():
            raise UsageError(f"{path}: there is no such file or folder")
    return paths


def _documents(context: Context, paths: tuple[str, ...], source: str | None) -> Iterator[Document | pipeline.Unread]:
    chosen = context.settings.source_named(source) if source else None
    files: list[Path] = []
    for path in paths:
        if path == "-":
            yield pipeline.from_stream(sys.stdin.buffer.read(), source=chosen)
        elif "://" in path:
            raise UsageError(f"{path}: addresses are not read yet; save the page's text and give the file")
        else:
            files.append(Path(path))
    for file in pipeline.walk(files, without=context.settings.store):
        try:
            yield pipeline.from_path(file, context.settings, source=chosen)
        except InputError as error:
            yield pipeline.Unread(error)


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from sys.stdin
        return
    if not Path(file).is_file():
        raise UsageError(f"{file}: there is no such file")
    try:
        with Path(file).open(encoding="utf-8") as stream:
            yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", origin=file) from None


COMMANDS = (preview, annotate, ingest, reannotate, remove)
