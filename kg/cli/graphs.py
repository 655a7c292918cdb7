"""Commands about the graph: query, export."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from kg import formats
from kg.cli.context import Context, say
from kg.engine import Limits, Pool, Request
from kg.errors import UsageError
from kg.queries import form
from kg.store import export as exports
from kg.store import mixed, remote

__all__ = ["COMMANDS"]

#: What ``--format`` takes for each kind of answer.
SOLUTIONS = ("csv", "tsv", "json", "xml")
GRAPHS = ("ttl", "nt", "nq", "trig", "rdf", "jsonld")


@click.command()
@click.argument("query", metavar="'SELECT ...'|FILE|-")
@click.option("--format", "format", type=click.Choice([*SOLUTIONS, *GRAPHS]), help="Default: a table, or csv; ttl.")
@click.option("--snapshot", metavar="ID|DATE", help="Ask this snapshot instead of the current one.")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the store.")
@click.pass_obj
def query(context: Context, query: str, format: str | None, snapshot: str | None, endpoint: str | None) -> None:
    """Ask in SPARQL: a table on a terminal, else CSV; Turtle for CONSTRUCT and DESCRIBE."""
    text = _query_text(query)
    if format is not None and form(text) != "update" and (format in SOLUTIONS) != (form(text) in ("select", "ask")):
        wanted = SOLUTIONS if form(text) in ("select", "ask") else GRAPHS
        raise UsageError(f"{form(text).upper()} has no {format} form; --format may be {', '.join(wanted)}")
    table = format is None and sys.stdout.isatty() and not context.as_json
    solutions = format if format in SOLUTIONS else "json" if table or context.as_json else "csv"
    graph = format if format in GRAPHS else "ttl"
    if endpoint:
        if snapshot:
            raise UsageError("--snapshot works on the store only, not with --endpoint")
        answer = remote.query(endpoint, text, solutions=solutions, graph=graph, seconds=_limits(context).seconds)
        media, body = answer.media_type, answer.body
    else:
        store = context.open()
        with store.reader(snapshot) as reader:
            pool = Pool(context.settings.store, _limits(context))
            try:
                request = Request(
                    query=text,
                    solutions=formats.by_suffix(solutions).media_type,
                    graph=formats.by_suffix(graph).media_type,
                    snapshot=reader.info.id,
                )
                with pool.run(request) as streamed:
                    media = streamed.media_type
                    if not table or "sparql-results" not in media:
                        for chunk in streamed:
                            sys.stdout.buffer.write(chunk)
                        sys.stdout.buffer.flush()
                        return
                    body = b"".join(streamed)
            finally:
                pool.close()
    if table and "json" in media:
        click.echo(_table(json.loads(body)))
    else:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()


@click.command()
@click.option("--format", "format", type=click.Choice(["nq", "trig", "ttl", "jsonld"]), default="nq", show_default=True)
@click.option("--output", "-o", metavar="FILE", help="Write here instead of standard output.")
@click.option("--snapshot", metavar="ID|DATE", help="Export this snapshot instead of the current one.")
@click.pass_obj
def export(context: Context, format: str, output: str | None, snapshot: str | None) -> None:
    """Write the published graph: nq, trig and jsonld with its named graphs, ttl the merged default graph.

    Beside FILE comes FILE.meta.json: the snapshot, the checksum, and which annotators in which versions made how many
    of its articles, with what was measured of them.
    """
    target: Path | None = Path(output) if output else None
    if target is not None and not target.resolve().parent.is_dir():
        raise UsageError(f"{target}: its folder does not exist")
    with context.open().reader(snapshot) as reader:
        try:
            count = exports.dump(reader, format, target if target is not None else sys.stdout.buffer)
            if target is not None and target.is_file():
                exports.describe(reader, format, target, statements=count)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UsageError(f"{target or 'standard output'}: cannot be written: {error.strerror or error}") from None
        say(f"{count} {'triples' if format == 'ttl' else 'quads'} of snapshot {reader.info.id}")
        said = mixed(reader.info.annotators, reader.info.counts.articles)
        if said is not None:
            say(said)


def _limits(context: Context) -> Limits:
    settings = context.settings
    return Limits(
        seconds=settings["limits.query_seconds"],
        rows=settings["limits.query_rows"],
        answer_bytes=settings["limits.query_bytes"],
        memory_mb=settings["limits.query_memory_mb"],
        concurrent=1,
        queued=0,
        federation=settings["federation"],
        federation_private=settings["fetch.private_addresses"],
    )


def _query_text(given: str) -> str:
    if given == "-":
        return sys.stdin.read()
    if "{" not in given and len(given) < 4096:
        path = Path(given)
        if path.is_file():
            return path.read_text(encoding="utf-8")
        if "\n" not in given and path.suffix in (".rq", ".sparql"):
            raise UsageError(f"{given}: there is no such query file")
    return given


def _term(term: dict[str, Any] | None) -> str:
    return "" if term is None else str(term.get("value", ""))


def _table(results: dict[str, Any], width: int = 60) -> str:
    """Solutions as an aligned table; long values are cut with an ellipsis and the count of rows is last."""
    if "boolean" in results:
        return "yes" if results["boolean"] else "no"
    names: list[str] = results["head"]["vars"]
    rows = [[_term(binding.get(name)) for name in names] for binding in results["results"]["bindings"]]
    cells = [[_cut(" ".join(value.split()), width) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[i]) for row in cells)]) for i, name in enumerate(names)]
    lines = ["  ".join(name.ljust(w) for name, w in zip(names, widths, strict=True)).rstrip()]
    lines.append("  ".join("-" * w for w in widths))
    lines += ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.append(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})")
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


COMMANDS = (query, export)
