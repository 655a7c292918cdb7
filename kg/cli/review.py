"""``kg review``: doubtful links, and what people decide about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kg import pipeline, review
from kg.cli.context import Context, now, say

if TYPE_CHECKING:
    from kg.pipeline.reviewing import Reviewed
    from kg.review import Doubt, Entry, Verdict

__all__ = ["COMMANDS"]

_WHO = click.option(
    "--by", metavar="WHO", default="", envvar="KG_REVIEWER", show_envvar=True, help="Who decides; published."
)
_WHY = click.option("--note", metavar="WHY", default="", help="Why; published.")
_JOBS = click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, help="Processes that read and annotate.")


def _signed(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every decision."""
    return _WHO(_WHY(_JOBS(command)))


class _Group(click.Group):
    """``kg review`` alone, or with options only, is ``kg review list``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("review", cls=_Group)
def review_() -> None:
    """List doubtful links and decide them; every decision is kept, published at once, and can be undone.

    THING is an IRI, the address of a page or the end of one, or a name that one thing has. ROW is the id of an
    authority row, or an IRI that another authority gives it. Without a command: list.
    """


@review_.command("list")
@click.option("--limit", metavar="N", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--kind", "kinds", type=click.Choice(review.KINDS), multiple=True, help="Doubts of this kind only.")
@click.option("--name", metavar="TEXT", help="Only things with these words in a name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, as kg --json.")
@click.pass_obj
def list_(context: Context, limit: int, kinds: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """What is in doubt, the things that most articles name first.

    link: linked, though the name may mean other rows. unlinked: not linked, though the authority has rows of the name.
    duplicate: other things with the same name or a variant of it. conflict: articles contradict each other, so that two
    may hide under one name.
    """
    context.as_json = context.as_json or as_json
    store = context.open()
    journal = review.Journal.of(store.path).read()
    _torn(journal)
    table = context.table()
    with store.reader() as reader:
        desk = review.Desk.of(reader, table, journal)
        found = review.doubts(desk, kinds=kinds or review.KINDS, name=name, limit=limit, text=reader.text)
        shown = False
        for one in found:
            shown = True
            context.emit(one.to_json(), _shown(one))
        del found, desk
    if not shown:
        say("nothing is in doubt")


@review_.command()
@click.argument("thing")
@click.argument("row", required=False)
@_signed
@click.pass_obj
def accept(context: Context, thing: str, row: str | None, by: str, note: str, jobs: int) -> None:
    """THING is ROW; without ROW, the one it is linked to, or the only one it may be."""
    _decide(context, review.accept(thing, row), by, note, jobs)


@review_.command()
@click.argument("thing")
@click.argument("row")
@_signed
@click.pass_obj
def reject(context: Context, thing: str, row: str, by: str, note: str, jobs: int) -> None:
    """THING is not ROW."""
    _decide(context, review.reject(thing, row), by, note, jobs)


@review_.command()
@click.argument("thing")
@_signed
@click.pass_obj
def new(context: Context, thing: str, by: str, note: str, jobs: int) -> None:
    """THING is none of the rows it may be: it stays without a link, and is not asked about again."""
    _decide(context, review.new(thing), by, note, jobs)


@review_.command()
@click.argument("a")
@click.argument("b")
@click.option("--force", is_flag=True, help="Also where they are of different kinds or linked to different rows.")
@_signed
@click.pass_obj
def merge(context: Context, a: str, b: str, force: bool, by: str, note: str, jobs: int) -> None:
    """A is B: both IRIs stay, A says that it is B, and its page sends readers there."""
    _decide(context, review.merge(a, b, force=force), by, note, jobs)


@review_.command()
@click.argument("thing")
@click.argument("articles", metavar="ARTICLE...", nargs=-1, required=True)
@_signed
@click.pass_obj
def split(context: Context, thing: str, articles: tuple[str, ...], by: str, note: str, jobs: int) -> None:
    """What these articles say of THING is said of another one, which is made for them."""
    _decide(context, review.split(thing, articles), by, note, jobs)


@review_.command()
@click.argument("id", type=int, required=False)
@_signed
@click.pass_obj
def undo(context: Context, id: int | None, by: str, note: str, jobs: int) -> None:
    """Take entry ID of the journal back, or the last one that counts. An undo can be undone."""
    _decide(context, review.undo(id), by, note, jobs)


@review_.command()
@_JOBS
@click.pass_obj
def publish(context: Context, jobs: int) -> None:
    """Publish the decisions that the current snapshot does not show: after a crash, or after kg snapshot restore.

    kg ingest and kg reannotate do it by themselves.
    """
    from kg.pipeline import reviewing

    done = reviewing.catch_up(_ingest(context), jobs=jobs)
    if done is None:
        say("the current snapshot shows every decision")
    else:
        _tell(context, done)


@review_.command()
@click.option("--limit", metavar="N", type=click.IntRange(1), help="The newest N entries only.")
@click.pass_obj
def log(context: Context, limit: int | None) -> None:
    """The journal, oldest entry first; the whole of it is checked."""
    from kg.pipeline import reviewing

    journal, waiting = reviewing.trail(context.open())
    _torn(journal)
    held = {one.id for one in journal.effective()}
    waits = {one.id for one in waiting}
    for one in journal.entries[-limit:] if limit else journal.entries:
        undone = one.action not in ("undo", "redacted") and one.id not in held
        marks = [mark for mark, on in (("undone", undone), ("not published yet", one.id in waits)) if on]
        context.emit({**one.content(), "digest": one.digest, "marks": marks}, _line(one, marks))


# ---- parts ---------------------------------------------------------------------------------------------------------


def _ingest(context: Context) -> pipeline.Ingest:
    return pipeline.Ingest(
        store=context.open(),
        settings=context.settings,
        gate=context.gate(),
        table=context.table(),
        now=now,
        holder=context.holder,
    )


def _decide(context: Context, verdict: Verdict, by: str, note: str, jobs: int) -> None:
    from kg.pipeline import reviewing  # it reads snapshots as pages do, which no other command needs

    _tell(context, reviewing.decide(_ingest(context), verdict, by=by, note=note, jobs=jobs))


def _tell(context: Context, done: Reviewed) -> None:
    changed = [one.iri for one in done.outcomes if one.written]
    for one in done.entries:
        row = {**one.content(), "digest": one.digest, "snapshot": done.snapshot, "changed": changed}
        context.emit(row, f"{_line(one, [])}\n  {_count(len(changed), 'article')} changed, snapshot {done.snapshot}")
    if done.left:
        what = _count(len(done.left), "article")
        say(f"{what} cannot be built again (of an export, or taken back) and still name what was merged")


def _torn(journal: review.Trail) -> None:
    for number in journal.torn:
        say(f"line {number} of the review journal was not written to its end (a crash); it was never published")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(one: Entry, marks: list[str]) -> str:
    what = {
        "accept": f"{one.thing} is {one.row}",
        "reject": f"{one.thing} is not {one.row}",
        "new": f"{one.thing} is a thing of its own",
        "merge": f"{one.thing} is {one.other}",
        "split": f"{one.thing} is {one.other} in {_count(len(one.articles), 'article')}",
        "undo": f"entry {one.target} is taken back",
        "redacted": "taken out by a legal removal",
    }[one.action]
    named = f" ({one.name})" if one.name else ""
    who = f" by {one.by}" if one.by else ""
    why = f": {one.note}" if one.note else ""
    marked = f"  [{', '.join(marks)}]" if marks else ""
    return f"{one.id:>4}  {one.time}  {one.action:<7} {what}{named}{who}{why}{marked}"


def _shown(one: Doubt) -> str:
    """One doubt for people."""
    counts = f"{_count(one.articles, 'article')}, {_count(one.mentions, 'mention')}"
    lines = [f"{one.about:<9} {one.name} ({one.kind}), {counts}: {one.why}"]
    lines.append(f"  {one.thing}")
    if one.sample is not None and one.sample.words is not None:
        place = f"{one.sample.article} characters {one.sample.start} to {one.sample.end}"
        words = f"{one.sample.before}[{one.sample.words}]{one.sample.after}"
        lines += [f"  “{' '.join(words.split())}”", f"    {place}"]
    if one.chosen is not None:
        lines.append(f"  is now  {_option(one.chosen)}")
    lines += [f"  may be  {_option(other)}" for other in one.candidates]
    lines += [f"  same as {name}  {iri}" for iri, name in one.others]
    lines += [f"  {prop}: {value}  ({page})" for page, prop, value in one.says]
    return "\n".join(lines)


def _option(one: review.Option) -> str:
    same = f"  {one.same_as[0]}" if one.same_as else ""
    told = f", {one.description}" if one.description else ""
    return f"{one.row}  {one.name}{told}  {one.score:.2f}{same}"


COMMANDS = (review_,)
