"""``kg snapshot``: time travel and safety."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.context import Context, now, say

__all__ = ["COMMANDS"]


@click.group()
def snapshot() -> None:
    """List, show, compare, pin, restore, prune and back up snapshots."""


@snapshot.command("list")
@click.pass_obj
def list_(context: Context) -> None:
    """Every kept snapshot, newest first, with the bytes that removing it would free."""
    store = context.open()
    current = store.current().id
    for info in store.list():
        marks = " ".join(m for m, on in (("current", info.id == current), ("pinned", info.pinned)) if on)
        text = f"{info.id}  {info.time}  {info.articles:>7} articles  {info.quads:>9} quads"
        text += f"  frees {info.frees / 2**20:8.1f} MiB  {marks}"
        context.emit({**info.to_json(), "current": info.id == current}, text.rstrip())


@snapshot.command()
@click.argument("snapshot", metavar="[ID|DATE]", required=False)
@click.pass_obj
def show(context: Context, snapshot: str | None) -> None:
    """One snapshot's manifest: what it holds and what made it."""
    info = context.open().show(snapshot)
    made = info.to_json()
    context.emit(made, "\n".join(f"{key:<12} {value}" for key, value in made.items()))


@snapshot.command()
@click.argument("before", metavar="ID|DATE")
@click.argument("after", metavar="[ID|DATE]", required=False)
@click.option("--full", is_flag=True, help="Print every added (+) and removed (-) quad.")
@click.pass_obj
def diff(context: Context, before: str, after: str | None, full: bool) -> None:
    """What changed between two snapshots, by graph."""
    made = context.open().diff(before, after)
    for graph, (added, removed) in made.by_graph.items():
        context.emit({"graph": graph, "added": added, "removed": removed}, f"+{added:<7} -{removed:<7} {graph}")
    if full:
        for line in made.lines():
            click.echo(line)
    say(f"{made.added} quads added, {made.removed} removed")


@snapshot.command()
@click.argument("snapshot", metavar="ID|DATE")
@click.option("--off", is_flag=True, help="Take the pin off.")
@click.pass_obj
def pin(context: Context, snapshot: str, off: bool) -> None:
    """Keep a snapshot whatever the policy says."""
    store = context.open()
    info = store.unpin(snapshot) if off else store.pin(snapshot)
    context.emit({"id": info.id, "pinned": info.pinned}, f"{info.id} {'pinned' if info.pinned else 'no longer pinned'}")


@snapshot.command()
@click.argument("snapshot", metavar="ID|DATE")
@click.pass_obj
def restore(context: Context, snapshot: str) -> None:
    """Publish an old snapshot's content again, as a new snapshot with an id of its own."""
    info = context.open().restore(snapshot, time=now(), holder=context.holder)
    context.emit(info.to_json(), f"{info.id} now holds what {snapshot} held")


@snapshot.command()
@click.option("--keep-last", type=click.IntRange(1), help="Newest snapshots to keep (default: the setting).")
@click.option("--keep-daily", type=click.IntRange(0), help="Days to keep the last snapshot of (default: the setting).")
@click.pass_obj
def prune(context: Context, keep_last: int | None, keep_daily: int | None) -> None:
    """Remove what the policy does not keep; what a reader holds is left alone and named."""
    settings = context.settings
    done = context.open().prune(
        keep_last=settings["snapshots.keep_last"] if keep_last is None else keep_last,
        keep_daily=settings["snapshots.keep_daily"] if keep_daily is None else keep_daily,
        holder=context.holder,
    )
    for id in done.removed:
        context.emit({"id": id, "status": "removed"}, f"removed {id}")
    for id, holders in done.skipped:
        context.emit({"id": id, "status": "in use", "holders": list(holders)}, f"kept    {id}: {', '.join(holders)}")
    say(f"{len(done.removed)} removed, {len(done.skipped)} in use")


@snapshot.command()
@click.argument("target", metavar="DIR")
@click.option("--snapshot", metavar="ID|DATE", help="This snapshot instead of the current one.")
@click.pass_obj
def backup(context: Context, target: str, snapshot: str | None) -> None:
    """Copy a snapshot to a new directory that is a store of its own, and verify the copy."""
    info = context.open().backup(Path(target), snapshot)
    context.emit({"id": info.id, "path": target}, f"{info.id} copied to {target} and verified")


COMMANDS = (snapshot,)
