"""``kg authority``: your own entities."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import Context, say
from kg.cli.progress import oneline
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.authority import Overlay, Table
    from kg.authority.draft import Draft
    from kg.authority.reading import Shape
    from kg.plugins import Thing

__all__ = ["COMMANDS"]

#: Faults that are printed of one file; with --json all are.
_SHOWN = 200
_FORMATS = ("csv", "tsv", "jsonl", "wikidata", "geonames", "ttl", "nt")


@click.group()
def authority() -> None:
    """Load, list, export, merge, split and remove the known people, places, organizations, works and events."""


@authority.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(_FORMATS), help="What the files are, where their name does not tell."
)
@click.option("--name", metavar="NAME", help="Name the rows are loaded under (default: the file's name).")
@click.option("--replace", is_flag=True, help="Rows loaded under the name before that are not in the files now go.")
@click.option("--map", "mapping", metavar="OURS=THEIRS", multiple=True, help="CSV: our column is their column.")
@click.option("--set", "constants", metavar="OURS=VALUE", multiple=True, help="Value for rows that have none.")
@click.option("--delimiter", metavar="CHAR", help="CSV: what separates cells (default: a comma).")
@click.option("--separator", metavar="CHAR", default="|", help="CSV: what separates entries of a list (default: |).")
@click.option("--alternates", is_flag=True, help="GeoNames: read the alternate names of all languages too.")
@click.pass_obj
def load(
    context: Context,
    files: tuple[Path, ...],
    kind: str | None,
    name: str | None,
    replace: bool,
    mapping: tuple[str, ...],
    constants: tuple[str, ...],
    delimiter: str | None,
    separator: str,
    alternates: bool,
) -> int:
    """Load rows from CSV, JSON Lines, Turtle, N-Triples, Wikidata's JSON or GeoNames' tables (.gz, .bz2, .xz too).

    A row replaces the one with its id; rows that say they are the same as one IRI become one. Bad rows are told with
    their lines, the others are loaded, and the command ends with 1.
    """
    from kg.authority.reading import Shape
    from kg.authority.versions import edit

    if delimiter is not None and len(delimiter.replace("\\t", "\t")) != 1:
        raise UsageError(f"--delimiter {delimiter!r} must be one character")
    if not separator:
        raise UsageError("--separator must not be empty")
    shape = Shape(
        format=kind,
        columns=_pairs("--map", mapping),
        constants=_pairs("--set", constants),
        delimiter=delimiter.replace("\\t", "\t") if delimiter else None,
        separator=separator,
        alternates=alternates,
    )
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UsageError(f"{missing}: there is no such file")
    context.open_or_create()
    bad = 0
    with edit(_folder(context)) as draft:
        groups = [(name, files)] if name else [(file.name, (file,)) for file in files]
        for under, group in groups:
            bad += _load(context, draft, under, group, shape, replace)
        rows = draft.rows()
    learn = "; articles that are published learn of them with: kg reannotate" if rows else ""
    say(f"rows loaded in all: {rows:,}{learn}")
    return 1 if bad else 0


def _load(context: Context, draft: Draft, name: str, files: Iterable[Path], shape: Shape, replace: bool) -> int:
    """Load files under one name; how many rows were refused or told of."""
    from kg.authority.reading import read
    from kg.authority.row import Fault, Passed

    before = draft.counts.copy()
    passed: Counter[str] = Counter()
    told = taken = 0
    draft.begin(name)
    for file in files:
        here = 0
        for line, row in read(file, shape):
            if isinstance(row, Passed):
                passed[str(row)] += 1
            elif isinstance(row, Fault):
                here += 1
                _tell(context, file, line, str(row), here)
            else:
                draft.put(row, line)
                taken += 1
                if taken % 20_000 == 0 and sys.stderr.isatty():
                    click.echo(f"\r{file.name}: {taken} rows", err=True, nl=False)
        draft.flush()
        for line, note in draft.told():
            here += 1
            _tell(context, file, line, note, here)
        if here > _SHOWN and not context.as_json:
            say(f"{file}: {here - _SHOWN} more; --json tells all")
        told += here
    if replace and not taken:
        raise UsageError(
            f"no row could be read, so those loaded under {name!r} before are not replaced; nothing changed"
        )
    draft.end(replaces=replace)
    for line, note in draft.told():
        told += 1
        _tell(context, name, line, note, told)
    done = draft.counts.since(before)
    counts = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged, "removed": done.removed}
    text = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing"
    over = sum(passed.values())
    if over:
        most = ", ".join(f"{count} with {reason}" for reason, count in passed.most_common(5))
        text += f"; {over} passed over ({oneline(most)}{', …' if len(passed) > 5 else ''})"
    if told:
        text += f"; {told} told of above"
    context.emit({"name": name, **counts, "passed": dict(passed), "told": told}, f"{oneline(name)}: {text}")
    return told


def _tell(context: Context, file: Path | str, line: int, text: str, number: int) -> None:
    place = f"{file}:{line}" if line else str(file)
    if context.as_json:
        context.emit({"file": str(file), "line": line or None, "error": text}, "")
    elif number <= _SHOWN:
        say(oneline(f"{place}: {text}"))


@authority.command("list")
@click.option("--search", metavar="TEXT", default="", help="Rows with a name that holds the text, or with this id.")
@click.option("--type", "type_", metavar="TYPE", help="Rows of a schema.org class or of one of the five kinds.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Rows that are shown.")
@click.option("--sources", is_flag=True, help="What was loaded instead: names and numbers of rows.")
@click.pass_obj
def list_(context: Context, search: str, type_: str | None, limit: int, sources: bool) -> None:
    """Show rows, loaded and shipped."""
    from kg.authority import Overlay, kind_of
    from kg.authority.writing import cells

    if type_ is not None and kind_of(type_) is None:
        raise UsageError(f"--type {type_!r} is no schema.org class of a person, place, organization, event or work")
    table = _table(context)
    if sources:
        for name, count in table.store.sources if isinstance(table, Overlay) else ():
            context.emit({"name": name, "rows": count}, f"{count:>9}  {oneline(name)}")
        return
    found = table.search(search, type_, limit=limit)
    for thing in found:
        same = f"  {thing.same_as[0]}" if thing.same_as else ""
        about = f" ({thing.description})" if thing.description else ""
        context.emit(cells(thing), oneline(f"{thing.id}  {thing.type}  {thing.name}{about}{same}"))
    if len(found) == limit:
        say(f"the first {limit}; more with --limit")


@authority.command()
@click.option("--format", "kind", type=click.Choice(("csv", "jsonl", "ttl")), default="csv", show_default=True)
@click.option("--all", "everything", is_flag=True, help="The shipped rows and those of the settings, too.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
@click.pass_obj
def export(context: Context, kind: str, everything: bool, output: Path | None) -> None:
    """Write the loaded rows, merged ones as one, in a form that ``kg authority load`` reads."""
    from kg.authority import Overlay
    from kg.authority.writing import lines

    table = _table(context)
    if everything or not isinstance(table, Overlay):
        things: Iterable[Thing] = table if everything else ()
    else:
        things = table.store
    pieces = lines(things, kind, context.settings.base_iri)
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with output.open("w", encoding="utf-8", newline="") as target:
        target.writelines(pieces)


@authority.command()
@click.argument("row", metavar="A")
@click.argument("into", metavar="B")
@click.option("--force", is_flag=True, help="Also where one is a person and the other a place, or the like.")
@click.pass_obj
def merge(context: Context, row: str, into: str, force: bool) -> None:
    """Make one row of two: A becomes B, its names and IRIs become B's too."""
    from kg.authority import kind_of

    one, other = _row(context, row), _row(context, into)
    if one.id == other.id:
        raise UsageError(f"{row} and {into} are one row already, {other.id}")
    if kind_of(one.type) != kind_of(other.type) and not force:
        raise UsageError(
            f"{one.id} is a {one.type} and {other.id} a {other.type}; if they are one all the same: --force"
        )
    with _change(context) as draft:
        for thing in (one, other):
            draft.adopt(thing)
        draft.forget("split", *sorted((one.id, other.id)))
        draft.forget("merge", other.id, one.id)
        draft.rule("merge", one.id, other.id)
    context.emit({"merged": one.id, "into": other.id}, f"{one.id} is {other.id} now")


@authority.command()
@click.argument("row", metavar="A")
@click.argument("other", metavar="B")
@click.pass_obj
def split(context: Context, row: str, other: str) -> None:
    """Keep two rows apart that were merged, by hand or because they share an IRI. Both are named by their own ids."""
    if row == other:
        raise UsageError("a row cannot be split from itself; name the ids of both rows")
    for key in (row, other):
        _row(context, key)
    with _change(context) as draft:
        draft.forget("merge", row, other)
        draft.forget("merge", other, row)
        draft.rule("split", *sorted((row, other)))
    context.emit({"split": [row, other]}, f"{row} and {other} are two rows now")


@authority.command()
@click.argument("rows", metavar="ID...", nargs=-1)
@click.option("--name", metavar="NAME", help="All rows that were loaded under this name.")
@click.option("--undo", is_flag=True, help="Bring shipped rows back that were removed.")
@click.pass_obj
def remove(context: Context, rows: tuple[str, ...], name: str | None, undo: bool) -> None:
    """Remove loaded rows; a shipped row is hidden. What was published with them stays until kg reannotate."""
    from kg.authority import default

    if bool(rows) == bool(name):
        raise UsageError(
            "name the rows by their ids, or what was loaded with --name (see: kg authority list --sources)"
        )
    shipped = default()
    with _change(context) as draft:
        if name:
            rows = tuple(draft.of_source(name))
            if not rows:
                raise UsageError(f"nothing is loaded under {name!r}; see: kg authority list --sources")
        for key in rows:
            if undo:
                if not draft.forget("remove", key):
                    raise UsageError(f"{key} was not removed; nothing changed")
            elif not draft.remove([key]):
                if shipped.get(key) is None:
                    raise UsageError(
                        f"no row has the id {key!r}; see: kg authority list --search TEXT. Nothing changed"
                    )
                draft.rule("remove", key)
    context.emit({"removed": len(rows), "undo": undo}, f"{len(rows)} {'brought back' if undo else 'removed'}")


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise UsageError(f"{option} {one!r} must be written as column=value")
        found[key.strip()] = value.strip()
    return found


def _folder(context: Context) -> Path:
    return context.settings.store / "authority"


def _table(context: Context) -> Table | Overlay:
    from kg.authority import combined, place

    return combined(context.settings.authority, place(_folder(context)))


def _row(context: Context, key: str) -> Thing:
    found = _table(context).get(key)
    if found is None:
        raise UsageError(f"no row has the id {key!r}; see: kg authority list --search TEXT")
    return found


def _change(context: Context) -> AbstractContextManager[Draft]:
    from kg.authority.versions import edit

    context.open_or_create()
    return edit(_folder(context))


COMMANDS = (authority,)
