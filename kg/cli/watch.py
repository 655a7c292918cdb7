"""The command that polls sources: watch."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType
from typing import TYPE_CHECKING

import click

from kg import pipeline
from kg.cli.context import Context, now, say
from kg.config import SourceSettings
from kg.errors import ConfigError, StoreLocked

if TYPE_CHECKING:
    from kg.watch import SourceState
    from kg.watch.run import Polled

__all__ = ["COMMANDS"]


@click.command()
@click.option("--once", is_flag=True, help="Poll each source once and end: for cron and systemd timers.")
@click.option("--source", "names", metavar="NAME", multiple=True, help="Only this source; may be given again.")
@click.option("--status", is_flag=True, help="Show how each source stands; poll nothing.")
@click.option(
    "--afresh", is_flag=True, help="Forget what was seen first: what is listed is fetched and compared again."
)
@click.pass_obj
def watch(context: Context, once: bool, names: tuple[str, ...], status: bool, afresh: bool) -> int:
    """Poll the configured sources for ever, and publish what is new, changed or gone.

    One line per document, as kg ingest prints it. Ctrl-C stops after the publish under way; nothing is lost, because a
    source's place is remembered only after what it brought was published. With --once the exit code is 1 where a source
    could not be read or something of it was refused.
    """
    from kg.cli.replicas import beside
    from kg.watch import SourceState, State, state_file
    from kg.watch.arrivals import fetcher
    from kg.watch.run import Watch

    chosen = _chosen(context, names)
    file = state_file(context.settings.store)
    if status:
        known = {one.name: one for one in State.read(file)}
        for source in chosen:
            _show(context, source, known.get(source.name) or SourceState(source.name))
        return 0
    stop = threading.Event()
    store = context.open_or_create()
    with _alone(context), State(file) as state, _stopping(stop), beside(context, once=once):
        if afresh:
            state.forget([one.name for one in chosen])
        with fetcher(context.settings, now, lambda seconds: _slept(stop, seconds)) as client:
            loop = Watch(
                settings=context.settings,
                state=state,
                fetcher=client,
                ingest=pipeline.Ingest(
                    store=store,
                    settings=context.settings,
                    gate=context.gate(),
                    table=context.table(),
                    now=now,
                    holder=context.holder,
                ),
                now=now,
                sleep=lambda seconds: _slept(stop, seconds),
                stopped=stop.is_set,
                outcome=lambda one: _outcome(context, one),
                polled=lambda one: _polled(context, one),
            )
            if once:
                return int(any(one.failed for one in loop.once(chosen, patiently=not names)))
            say(f"watching {', '.join(one.name for one in chosen)}; Ctrl-C stops")
            loop.forever(chosen)
    say("stopped; what was published stays, and the next kg watch goes on from here")
    return 0


def _chosen(context: Context, names: Sequence[str]) -> tuple[SourceSettings, ...]:
    """The sources to poll: those with an address, a folder that says it is watched, or those that are named."""
    if names:
        return tuple(dict.fromkeys(context.settings.source_named(name) for name in names))
    found = tuple(one for one in context.settings.sources if one.url is not None or one.path is not None)
    if not found:
        raise ConfigError(
            f"no source is configured in {context.settings.file or 'the settings'}; add a [[sources]] table with name "
            "and url (or path)",
            setting="sources",
        )
    return found


@contextmanager
def _alone(context: Context) -> Iterator[None]:
    """One watcher for one store: two would fetch everything twice. Raises :class:`kg.errors.StoreLocked`."""
    from kg.store.locks import WriterLock

    folder = context.settings.store / "watch"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        lock = WriterLock(folder / "lock", holder=context.holder, since=pipeline.lexical(now()))
    except StoreLocked as error:
        raise StoreLocked(
            f"{folder.parent}: another kg watch is at work ({error.holder}); stop it first, or look with: "
            "kg watch --status",
            holder=error.holder,
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM ask to stop; a second one stops at once."""

    def ask(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say(f"stopping after what is under way ({signal.Signals(number).name}); once more stops at once")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _slept(stop: threading.Event, seconds: float) -> None:
    """Wait, and end the poll when told to stop meanwhile: a pause cut short would not be polite."""
    from kg.watch.run import Stopped

    if stop.wait(seconds):
        raise Stopped


def _outcome(context: Context, one: pipeline.Outcome) -> None:
    if one.status == "unchanged":
        return  # of what is polled again and again, only what changes is worth a line
    note = f"  [{' '.join(one.warnings)}]" if one.warnings else ""
    said = f"{one.origin}  {one.iri or ''}{note}".rstrip() if one.status != "refused" else str(one.reason)
    reason = f"  ({one.reason})" if one.reason and one.status != "refused" else ""
    text = f"{one.status:<9} {said}{reason}"
    context.emit(one.to_json(), " ".join(text.split("\n")))


def _polled(context: Context, one: Polled) -> None:
    tally = ", ".join(f"{n} {status}" for status, n in one.counts.items()) or "nothing new"
    if not context.as_json or one.error:
        say(f"{one.source}: {f'failed: {one.error}' if one.error else tally}")


def _show(context: Context, source: SourceSettings, state: SourceState) -> None:
    row = {
        **{key: value for key, value in asdict(state).items() if key not in ("etag", "last_modified", "cursor")},
        "kind": source.kind or state.kind or ("folder" if source.path else None),
        "url": source.url,
    }
    tally = ", ".join(f"{n} {status}" for status, n in state.counts.items()) or "nothing yet"
    times = (state.succeeded or "never", state.changed or "never", state.due or "at once")
    lines = [
        f"{source.name}  ({row['kind'] or 'kind not known yet'})  {source.url or source.path}",
        "  last success {}, last change {}, next poll {}".format(*times),
        f"  {tally}",
    ]
    if state.error:
        times_failed = f"{state.failures} time{'s' * (state.failures != 1)}"
        origin = f"{state.error_origin}: " if state.error_origin else ""
        lines.append(f"  failed {times_failed}, last on {state.error_time}: {origin}{state.error}")
    context.emit({key: value for key, value in row.items() if value not in (None, {})}, "\n".join(lines))


COMMANDS = (watch,)
