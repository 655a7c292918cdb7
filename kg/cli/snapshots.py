"""``kg snapshot``: time travel and safety."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.context import Context, now, say
from kg.store import mixed, tally

__all__ = ["COMMANDS"]


@click.group()
def snapshot() -> None:
    """List, show, compare, pin, restore, prune, back up and verify snapshots."""


@snapshot.command("list")
@click.pass_obj
def list_(context: Context) -> None:
    """Every kept snapshot, newest first, with the bytes that removing only it would free."""
    for one in reversed(context.open().snapshots()):
        info = one.info
        mixture = mixed(info.annotators, info.counts.articles) is not None
        marks = " ".join(m for m, on in (("current", one.current), ("pinned", one.pinned), ("mixed", mixture)) if on)
        text = f"{info.id}  {info.counts.articles:>7} articles  {info.counts.things:>8} things"
        text += f"  {info.counts.quads:>10} quads  frees {one.frees / 2**20:7.1f} MiB  {marks}"
        row = {"id": info.id, "time": info.time, "articles": info.counts.articles, "things": info.counts.things}
        row |= {"quads": info.counts.quads, "frees": one.frees, "current": one.current, "pinned": one.pinned}
        row |= {"mixed": mixture}
        context.emit(row, text.rstrip())


@snapshot.command()
@click.argument("snapshot", metavar="[ID|DATE]", required=False)
@click.pass_obj
def show(context: Context, snapshot: str | None) -> None:
    """One snapshot's manifest: what it holds and what made it, down to the versions of the annotators."""
    info = context.open().show(snapshot)
    made = json.loads(info.to_json())
    short = made | {"pages": f"{len(made['pages'])} changed; --json lists them"}
    context.emit(made, json.dumps(short, ensure_ascii=False, indent=2))
    said = mixed(info.annotators, info.counts.articles)
    if said is not None:
        say(said)


@snapshot.command()
@click.argument("before", metavar="ID|DATE")
@click.argument("after", metavar="[ID|DATE]", required=False)
@click.option("--full", is_flag=True, help="Print every added (+) and removed (-) quad as N-Quads.")
@click.pass_obj
def diff(context: Context, before: str, after: str | None, full: bool) -> None:
    """What changed between two snapshots (AFTER is the current one when left out), by graph."""
    store = context.open()
    newer = after or store.current_id()
    if full:
        for sign, quad in store.diff(before, newer):
            click.echo(f"{sign} {quad} .")
        return
    for graph, (added, removed) in sorted(tally(store.diff(before, newer)).items()):
        context.emit(
            {"graph": graph, "added": added, "removed": removed},
            f"+{added:<7} -{removed:<7} {graph or 'default graph'}",
        )


@snapshot.command()
@click.argument("snapshot", metavar="ID|DATE")
@click.option("--off", is_flag=True, help="Take the pin off.")
@click.pass_obj
def pin(context: Context, snapshot: str, off: bool) -> None:
    """Keep a snapshot whatever the policy says."""
    store = context.open()
    change = store.unpin if off else store.pin
    id = change(snapshot, time=now(), holder=context.holder)
    context.emit({"id": id, "pinned": not off}, f"{id} {'no longer pinned' if off else 'pinned'}")


@snapshot.command()
@click.argument("snapshot", metavar="ID|DATE")
@click.pass_obj
def restore(context: Context, snapshot: str) -> None:
    """Publish an old snapshot's content again, as a new snapshot with an id of its own."""
    info = context.open().restore(snapshot, time=now(), holder=context.holder)
    context.emit({"id": info.id, "restored": snapshot}, f"{info.id} now holds what {snapshot} held")


@snapshot.command()
@click.option("--keep-last", type=click.IntRange(1), help="Newest snapshots to keep (default: the setting).")
@click.option("--keep-daily", type=click.IntRange(0), help="Days to keep the last snapshot of (default: the setting).")
@click.pass_obj
def prune(context: Context, keep_last: int | None, keep_daily: int | None) -> None:
    """Remove what the policy does not keep; what a reader holds is left alone and its holders are named."""
    settings = context.settings
    done = context.open().prune(
        keep_last=settings["snapshots.keep_last"] if keep_last is None else keep_last,
        keep_daily=settings["snapshots.keep_daily"] if keep_daily is None else keep_daily,
        time=now(),
        holder=context.holder,
    )
    for id in done.removed:
        context.emit({"id": id, "status": "removed"}, f"removed {id}")
    for id, holders in done.skipped:
        context.emit({"id": id, "status": "in use", "holders": list(holders)}, f"in use  {id}: {', '.join(holders)}")
    say(f"{len(done.removed)} removed, {done.freed / 2**20:.1f} MiB freed, {len(done.skipped)} in use")


@snapshot.command()
@click.argument("target", metavar="DIR")
@click.option("--snapshot", metavar="ID|DATE", help="This snapshot instead of the current one.")
@click.pass_obj
def backup(context: Context, target: str, snapshot: str | None) -> None:
    """Copy a snapshot, the ledger and the source bytes to a new store in DIR, and verify the copy."""
    context.open().backup(Path(target), snapshot=snapshot)
    context.emit({"path": target, "verified": True}, f"copied to {target} and verified")


@snapshot.command()
@click.argument("snapshot", metavar="[ID|DATE]", required=False)
@click.pass_obj
def verify(context: Context, snapshot: str | None) -> int:
    """Read all of a snapshot and say whether its RDF, keys, text index and manifest agree."""
    outcome = context.open().verify(snapshot)
    for finding in outcome.findings:
        context.emit({"finding": finding}, finding)
    say("whole" if outcome.whole else f"{len(outcome.findings)} findings")
    return 0 if outcome.whole else 3


COMMANDS = (snapshot,)
