"""``kg purge``: legal removal."""

from __future__ import annotations

import click

from kg import pipeline
from kg.cli.context import Context, now, say
from kg.store import Purged

__all__ = ["COMMANDS"]

_BY_HAND = (
    "what lies outside the store is for you to deal with: files the article came from, backups made with kg snapshot "
    "backup, dumps made with kg export, stores and caches elsewhere that were filled from this one; restart kg serve, "
    "whose memory may hold answers"
)


@click.command()
@click.argument("iri")
@click.option("--reason", required=True, help="Why, shown to whoever asks for the article; say nothing that must go.")
@click.option("--forget-iri", "forget", is_flag=True, help="Keep not even the IRI, whose words come from the headline.")
@click.option(
    "--wait", metavar="SECONDS", type=click.FloatRange(0), default=10.0, show_default=True,
    help="How long to wait for readers of old snapshots.",
)  # fmt: skip
@click.pass_obj
def purge(context: Context, iri: str, reason: str, forget: bool, wait: float) -> int:
    """Take an article out of everything the store keeps, for ever (legal removal).

    Out of every kept snapshot, pinned ones too, their text indexes and logs, the archive of source bytes, the
    quarantine, the waiting room and the journals; with it goes what only it named. A tombstone stays: the IRI answers
    410 with the reason, and ingesting the article again leaves it alone. There is no way back.

    Old snapshots that a process reads are waited for; where that takes too long, the same command again finishes the
    work, and so it does after an interruption. Unlike kg remove, which withdraws an article from the newest snapshot.
    """
    preparer = pipeline.Preparer.of(context.table(), context.settings["annotators"])
    try:
        done = pipeline.purge(
            context.open(), iri, time=now(), reason=reason, preparer=preparer, forget=forget, wait=wait
        )
    except KeyboardInterrupt:
        say("stopped: every snapshot can be read, and the article may still be in some; the same command goes on")
        raise
    shown = {
        "iri": done.page,
        "snapshot": done.snapshot,
        "complete": done.complete,
        "rewritten": list(done.rewritten),
        "in_use": [{"id": id, "holders": list(holders)} for id, holders in done.in_use],
        "erased": list(done.erased),
        "shared": [{"sha256": sha, "articles": list(pages)} for sha, pages in done.shared],
        "mentions": list(done.mentions),
        "things": list(done.things),
    }
    context.emit(shown, "\n".join(_lines(done)))
    say(_BY_HAND)
    return 0 if done.complete else 3


def _lines(done: Purged) -> list[str]:
    """What was done, and what is left to do, for people."""
    lines = [f"purged {done.page}: snapshot {done.snapshot} was published without it"]
    lines += [f"  rewritten  {id}" for id in done.rewritten]
    lines += [f"  erased     {file}" for file in done.erased]
    for sha, pages in done.shared:
        lines.append(
            f"  kept       source bytes {sha[:12]}…: {', '.join(pages)} came with them too; purge that as well"
        )
    lines += [f"  look into  {file}: it names where the article came from" for file in done.mentions]
    for id, holders in done.in_use:
        lines.append(f"  STILL THERE in snapshot {id}, which is read by {', '.join(holders) or 'another process'}")
    if done.in_use:
        lines.append("not finished: end or restart these processes, then run the same command again")
    return lines


COMMANDS = (purge,)
