"""The command that keeps replicas up to date: replicate."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType

import click

from kg.cli.context import Context, now, say
from kg.config import ReplicaSettings
from kg.errors import ConfigError, KgError
from kg.replicas import Follower, followers, following, lag, read_state

__all__ = ["COMMANDS", "beside"]


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--once", is_flag=True, help="Bring each replica to the current snapshot and end.")
@click.option("--resync", is_flag=True, help="Drop what each replica holds and load the current snapshot; then end.")
@click.option("--status", is_flag=True, help="Show how each replica stands; change nothing.")
@click.pass_obj
def replicate(context: Context, names: tuple[str, ...], once: bool, resync: bool, status: bool) -> int:
    """Keep other SPARQL servers equal to the current snapshot: the [[replicas]] of the settings, or those named.

    Each new snapshot's changes are sent as SPARQL updates; a new replica is loaded whole. With --once the exit code is
    1 where a replica could not be brought up to date.
    """
    chosen = _chosen(context, names)
    if status:
        for one in chosen:
            _show(context, one)
        return 0
    made = _followers(context, chosen)
    if once or resync:
        failed = False
        for follower in made:
            try:
                with follower.alone():
                    step = follower.once(resync=resync)
                context.emit({"name": follower.name, **asdict(step)}, f"{follower.name}  holds {step.snapshot}")
            except KgError as error:
                failed = True
                context.emit({"name": follower.name, "error": error.message}, f"{follower.name}  {error.message}")
        return int(failed)
    end = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        end.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    say(f"following {context.settings.store} to {', '.join(one.name for one in chosen)}; Ctrl-C stops")
    with following(made):
        end.wait()
    return 0


@contextmanager
def beside(context: Context, *, once: bool) -> Iterator[None]:
    """The replicas whose settings say so are followed for the length of the block; with ``once``, brought up to date at
    its end. What fails is said, and stops nobody."""
    chosen = [one for one in context.settings.replicas if one.follow]
    if not chosen:
        yield
        return
    made = _followers(context, chosen)
    if not once:
        with following(made):
            yield
        return
    yield
    for follower in made:
        try:
            with follower.alone():
                follower.once()
        except KgError as error:
            say(f"{follower.name}: {error.message}")


def _followers(context: Context, chosen: Sequence[ReplicaSettings]) -> tuple[Follower, ...]:
    return followers(context.open(), chosen, os.environ, now=now, said=say, holder=context.holder)


def _chosen(context: Context, names: Sequence[str]) -> tuple[ReplicaSettings, ...]:
    settings = context.settings
    if names:
        return tuple(dict.fromkeys(settings.replica_named(name) for name in names))
    if not settings.replicas:
        raise ConfigError(
            f"no replica is configured in {settings.file or 'the settings'}; add a [[replicas]] table with name, query "
            "and update",
            setting="replicas",
        )
    return settings.replicas


def _show(context: Context, one: ReplicaSettings) -> None:
    store = context.open()
    state = read_state(store.path, one.name)
    behind = lag(store, state, now())
    far = "holds none of our snapshots" if behind.snapshots is None else f"{behind.snapshots} snapshots behind"
    lines = [
        f"{one.name}  {one.query}",
        f"  {far}{f' for {behind.seconds} s' if behind.seconds else ''}; holds {state.snapshot or 'nothing'}",
        f"  last well {state.checked or 'never'}, last changed {state.changed or 'never'}",
    ]
    if state.left_out:
        lines.append(f"  {state.left_out} statements left out: {state.reason}")
    if state.error:
        lines.append(f"  failed {state.failures} times, last on {state.error_time}: {state.error}")
    row = {**asdict(state), "behind": behind.snapshots, "behind_seconds": behind.seconds}
    context.emit(row, "\n".join(lines))


COMMANDS = (replicate,)
