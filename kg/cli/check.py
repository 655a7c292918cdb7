"""``kg check``: what the shapes say of RDF files, or of what is published."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import Context, say
from kg.cli.progress import oneline
from kg.errors import UsageError

if TYPE_CHECKING:
    from pyoxigraph import Triple
    from rich.progress import Progress as Bar

    from kg.shacl import Gate, Report
    from kg.shacl.whole import Progress
    from kg.store import Reader

__all__ = ["COMMANDS"]

FORMATS = ("table", "text", "json", "ttl", "html", "csv")
#: Widest table, in columns.
_WIDEST = 140
_SEVERITIES = frozenset({"violation", "warning", "info"})
_COLOURS = {"Violation": "red", "Warning": "yellow"}


@click.command()
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How the report is written; table has one row for each code.",
)
@click.option("--snapshot", metavar="ID|DATE", help="Check this snapshot instead of the current one.")
@click.option("--since", metavar="ID|DATE", help="Only what went wrong since that snapshot.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads that share the constraints."
)
@click.option("--severity", metavar="NAME", multiple=True, help="Show only these: Violation, Warning, Info or an IRI.")
@click.option("--code", metavar="CODE", multiple=True, help="Show only these codes, such as A1.")
@click.option("--shapes", metavar="FILE", multiple=True, help="Use these shapes, not the publication's.")
@click.pass_obj
def check(
    context: Context,
    paths: tuple[str, ...],
    format: str,
    snapshot: str | None,
    since: str | None,
    jobs: int,
    severity: tuple[str, ...],
    code: tuple[str, ...],
    shapes: tuple[str, ...],
) -> int:
    """Report what the shapes say of RDF files, or of the current snapshot. Exit code 1 on violations.

    What is shown can be narrowed down; the exit code is always that of the whole report.
    """
    from kg.shacl.evidence import AllGraphs
    from kg.shacl.view import StoreView

    for path in (*paths, *shapes):
        if not Path(path).exists():
            raise UsageError(f"{path}: there is no such file")
    if paths and (snapshot or since):
        raise UsageError("--snapshot and --since are about what is published; leave them out for files")
    for name in severity:
        if name.lower() not in _SEVERITIES and ":" not in name:
            raise UsageError(f"--severity {name}: there is no such severity; give Violation, Warning, Info or an IRI")
    gate = _gate(context, shapes)
    for label, construct in gate.fallbacks:
        say(f"{label} runs in pySHACL, which is slow: {construct}")
    if gate.fallbacks:
        say(f"{gate.coverage.compiled:,} of {gate.coverage.constraints:,} constraints run compiled")
    if paths:
        from pyoxigraph import DefaultGraph

        from kg.store import export as exports
        from kg.vocab import RDFS

        for path in paths:
            if not Path(path).is_file():
                raise UsageError(f"{path}: this is a folder; name the files")
        rdf = exports.load_files([Path(p) for p in paths])
        gate = gate.knowing(quad.triple for quad in rdf.quads_for_pattern(None, RDFS.subClassOf, None, DefaultGraph()))
        with _Steps(shown=not context.as_json) as steps:
            whole = gate.check_store(rdf, jobs=jobs, progress=steps)
        about = ", ".join(Path(path).name for path in paths)
        report = _shown(whole, severity, code).with_words(StoreView(rdf))
    else:
        with context.open().reader(snapshot) as reader:
            about = f"snapshot {reader.info.id}" + (f" since {since}" if since else "")
            with _Steps(shown=not context.as_json) as steps:
                whole = _published(context, gate, reader, since, jobs, steps)
            shown_in_default = context.settings["annotations_in_default_graph"]
            view = StoreView(reader.rdf) if shown_in_default else AllGraphs(reader.rdf)
            report = _shown(whole, severity, code).with_words(view)
            if snapshot is None and since is None and not shapes:
                _keep(context, gate, reader, whole)
    click.echo(_written(report, "json" if context.as_json else format, about), nl=False)
    if len(report.results) < len(whole.results):
        say(f"{len(report.results):,} of {len(whole.results):,} results are shown")
    return 1 if whole.violations else 0


class _Steps:
    """A bar on standard error while a check goes on; nothing where that is no terminal, or ``shown`` is false."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown and sys.stderr.isatty()
        self._bar: Bar | None = None

    def __enter__(self) -> _Steps:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
            self._bar = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
            self._bar.add_task("reading the shapes", total=None)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int, label: str) -> None:
        """One more step is done."""
        if self._bar is not None:
            self._bar.update(self._bar.tasks[0].id, completed=done, total=total, description=_short(label))


def _short(label: str) -> str:
    """The last part of a shape's IRI, or the beginning of whatever it is called."""
    return oneline(label.rpartition("#")[2] or label)[:24]


def _gate(context: Context, shapes: Sequence[str]) -> Gate:
    if not shapes:
        return context.gate()
    from kg.shacl import Gate, ShapesGraph

    return Gate(ShapesGraph.load([Path(one) for one in shapes]))


def _read_through(reader: Reader) -> None:
    """Reads the default graph by subject and by predicate.

    What the disk lost is an error here. Counts and differences over such a store never end: Oxigraph goes on
    collecting the error that its iterator repeats.
    """
    from pyoxigraph import QuerySolutions

    def read(pattern: str, shown: str = "?s") -> list[object]:
        found = reader.rdf.query(f"SELECT DISTINCT {shown} {{ {pattern} }}")
        assert isinstance(found, QuerySolutions)
        return [row[0] for row in found]

    for predicate in read("?s ?p ?o", "?p"):
        read(f"?s {predicate} ?o FILTER(sameTerm(?s, ?o))")


def _published(context: Context, gate: Gate, reader: Reader, since: str | None, jobs: int, steps: Progress) -> Report:
    settings = context.settings
    annotated = settings["detail"] == "full" and settings["annotations_in_default_graph"]
    _read_through(reader)
    if since is None:
        return gate.check_store(reader.rdf, annotated=annotated, jobs=jobs, progress=steps)
    from pyoxigraph import DefaultGraph

    changes: dict[str, list[Triple]] = {"+": [], "-": []}
    for sign, quad in context.open().diff(since, reader.info.id):
        if isinstance(quad.graph_name, DefaultGraph):
            changes[sign].append(quad.triple)
    return gate.check_changes(reader.rdf, changes["+"], changes["-"], annotated=annotated)


def _keep(context: Context, gate: Gate, reader: Reader, report: Report) -> None:
    """The summary, for ``/status``; a store that cannot be written is checked all the same."""
    from kg.reads.checked import Checked

    Checked(reader.info.id, "full", report.tally, gate.shapes.digest).write(context.settings.store)


def _shown(report: Report, severities: Sequence[str], codes: Sequence[str]) -> Report:
    wanted = {name.lower() for name in severities}
    picked = {code.upper() for code in codes}
    return report.only(
        lambda r: (not wanted or r.severity.lower() in wanted) and (not picked or r.code.upper() in picked)
    )


def _written(report: Report, format: str, about: str) -> str:
    from kg.shacl import page, table

    if format == "json":
        return report.to_json() + "\n"
    if format == "ttl":
        return report.to_turtle()
    if format == "html":
        return page.document(report, title=f"What the shapes say of {about}")
    if format == "csv":
        return table.as_csv(report)
    if format == "text":
        return report.to_text()
    if not sys.stdout.isatty():
        return table.table(report)
    return table.table(report, width=min(shutil.get_terminal_size().columns, _WIDEST), paint=_painted)


def _painted(text: str, severity: str) -> str:
    return click.style(text, fg=_COLOURS.get(severity), bold=True)


COMMANDS = (check,)
