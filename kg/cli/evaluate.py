"""The command that measures the annotators: eval."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kg import evaluate, resources
from kg.cli.context import Context, say
from kg.errors import UsageError
from kg.pipeline.chain import annotators

__all__ = ["COMMANDS"]

_QUALITY = "data/quality.json"
#: What a person reads first, in this order: figure → column heading.
_SHOWN = {
    "span.f": "span F1",
    "typed.f": "typed F1",
    "type.accuracy": "type right",
    "event.p": "Event P",
    "event.r": "Event R",
    "work.p": "Work P",
    "work.r": "Work R",
    "b3.f": "B³ F1",
    "link.p": "link P",
    "link.r": "link R",
    "direct.p": "direct P",
    "direct.r": "direct R",
    "direct.speaker": "its speaker",
    "attribution.f": "all attrib. F1",
}


@click.command("eval")
@click.argument("paths", metavar="[FILE|DIR...]", nargs=-1)
@click.option("--split", metavar="A,B", help="Only documents of these splits.")
@click.option("--errors", metavar="N", type=click.IntRange(0), default=0, help="Show the N commonest errors of a kind.")
@click.option("--update", is_flag=True, help="Write what was measured to data/quality.json; floors only rise.")
@click.option("--lower", is_flag=True, help="With --update: let floors fall too.")
@click.pass_obj
def evaluation(
    context: Context, paths: tuple[str, ...], split: str | None, errors: int, update: bool, lower: bool
) -> int:
    """Measure the annotators on annotated texts and compare with the committed floors.

    Each FILE of JSON Lines is one set; without arguments the set that comes with newsgraph. The annotators are those
    of the settings. Exit code 1 when a figure is under its floor.
    """
    if lower and not update:
        raise UsageError("--lower goes with --update")
    quality = resources.path(_QUALITY)
    floors = evaluate.Floors.read(quality)
    table = context.table()
    chain = annotators(table, context.settings["annotators"])
    versions = {one.name: one.version for one in chain}
    fallen, stale = 0, False
    for gold in _sets(paths, split, floors):
        measured = evaluate.predict(gold, authority=table, annotators=chain)
        score = evaluate.score(gold, measured.predictions)
        if update:
            floors = floors.updated(gold, score.figures, versions, lower=lower)
        found = evaluate.compare(floors, gold, score.figures, versions)
        fallen += bool(found.fallen)
        stale = stale or found.stale
        if context.as_json:
            click.echo(json.dumps(_object(gold, measured, found, versions), ensure_ascii=False))
        else:
            _show(gold, measured, found)
            _mistakes(score, errors)
    if update:
        floors.write(quality)
        say(f"wrote {quality}")
    elif stale:
        say("the annotators are not those of the committed figures; kg eval --update measures these anew")
    return 1 if fallen else 0


def _sets(paths: Iterable[str], split: str | None, floors: evaluate.Floors) -> Iterator[evaluate.GoldSet]:
    """The sets of the files and folders; each with the splits its committed figures are of, unless told otherwise."""
    for path in map(Path, paths or [str(resources.path("data/gold"))]):
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not files:
            raise UsageError(f"{path}: holds no *.jsonl; a set is a file of JSON Lines, see docs/evaluation.md")
        for file in files:
            kept = [key.partition("/")[2] for key in floors.sets if key.partition("/")[0] == file.stem]
            for one in [split] if split is not None else kept or [""]:
                yield evaluate.load(file, [part for part in one.split(",") if part])


def _object(
    gold: evaluate.GoldSet, measured: evaluate.Measured, found: evaluate.Comparison, versions: dict[str, str]
) -> dict[str, object]:
    return {
        "set": found.key,
        "digest": gold.digest,
        "documents": len(gold.documents),
        "figures": dict(found.figures),
        "floors": dict(found.floors),
        "fallen": [name for name, _, _ in found.fallen],
        "another_corpus": found.other,
        "kilochars_per_cpu_second": round(measured.kilochars, 1),
        "articles_per_cpu_second": round(measured.articles, 1),
        "annotators": versions,
    }


def _show(gold: evaluate.GoldSet, measured: evaluate.Measured, found: evaluate.Comparison) -> None:
    click.echo(
        f"{found.key}  {len(gold.documents)} documents, sha-256 {gold.digest[:12]}…, "
        f"{measured.kilochars:,.0f} kchar/s and {measured.articles:,.0f} documents/s of CPU"
    )
    under = {name for name, _, _ in found.fallen}
    for name, heading in _SHOWN.items():
        if name not in found.figures:
            continue
        floor = found.floors.get(name)
        beside = "" if floor is None else f"   floor {floor:.3f}" + ("   FALLEN" if name in under else "")
        click.echo(f"  {heading:<15} {found.figures[name]:.4f}{beside}")
    if found.other:
        click.echo("  the committed floors are of another file of this name: nothing was compared")


def _mistakes(score: evaluate.Score, most: int) -> None:
    for kind, words in score.errors.items() if most else ():
        click.echo(f"  {kind}, {words.total()}:")
        for text, times in words.most_common(most):
            click.echo(f"    {' '.join(text.split())}" + (f"  ×{times}" if times > 1 else ""))


COMMANDS = (evaluation,)
