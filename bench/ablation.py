"""What each word table of the annotators is worth: figures without it, on several sets, beside those with all tables.

    python bench/ablation.py SET.jsonl[:split,split] … [--table NAME]... [--figures span.f,typed.f]

A table (or one group of a table of groups, ``joints.peopled``) that changes no figure of at least two different sets by
being there has not earned its place. Each run is a process of its own with a copy of the tables in which one is empty.
Prints one line per table: the difference that leaving it out makes, in hundredths, set by set.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import kg

TABLES = Path(kg.__file__).resolve().parent / "annotate" / "tables"
FIGURES = "span.f,typed.f,type.accuracy,event.r,work.r,b3.f,direct.r,direct.speaker,attribution.f"


def emptied(name: str, folder: Path) -> None:
    """Take the entries out of a table or of one of its groups; keys stay, so that code that asks for one finds it."""
    table, _, group = name.partition("/")
    path = folder / f"{table}.txt"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, colon, _ = line.partition(":")
        if line.startswith("#") or (group and key.strip() != group):
            lines.append(line)
        elif colon:
            lines.append(f"{key}:")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def figures(folder: Path, sets: list[str]) -> dict[str, dict[str, float]]:
    """The figures of the sets with the tables of a folder, in a process that reads no others."""
    made = subprocess.run(
        [sys.executable, __file__, "--run", str(folder), *sets], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SystemExit(made.stderr.splitlines()[-1] if made.stderr else "the run ended with an error")
    found: dict[str, dict[str, float]] = json.loads(made.stdout)
    return found


def run(folder: Path, sets: list[str]) -> None:
    """Measure with the tables of the folder. The annotators read theirs while they are imported, so that comes last."""
    read = Path.read_text

    def elsewhere(self: Path, *given: str, **named: str) -> str:
        return read(folder / self.name if self.parent == TABLES else self, *given, **named)

    Path.read_text = elsewhere  # type: ignore[method-assign, assignment]
    from kg import annotate, config, evaluate, pipeline

    table = pipeline.table(config.load())
    chain = annotate.defaults(table)
    found = {}
    for name in sets:
        path, _, splits = name.partition(":")
        gold = evaluate.load(Path(path), splits.split(",") if splits else [])
        measured = evaluate.predict(gold, authority=table, annotators=chain)
        found[name] = dict(evaluate.score(gold, measured.predictions).figures)
    print(json.dumps(found))


def main() -> int:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", metavar="SET.jsonl[:split,…]")
    parser.add_argument("--table", action="append", help="only this table (or table/group)")
    parser.add_argument("--figures", default=FIGURES)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        run(arguments.run, arguments.sets)
        return 0
    wanted = arguments.figures.split(",")
    names = arguments.table or sorted(path.stem for path in TABLES.glob("*.txt"))
    whole = figures(TABLES, arguments.sets)
    for name in arguments.sets:
        shown = "  ".join(f"{one} {whole[name][one]:.3f}" for one in wanted if one in whole[name])
        print(f"all tables, {Path(name).name}: {shown}")
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "tables"
            shutil.copytree(TABLES, folder)
            emptied(name, folder)
            without = figures(folder, arguments.sets)
        shown = []
        for one in arguments.sets:
            differences = {
                figure: 100 * (without[one].get(figure, 0.0) - whole[one][figure])
                for figure in wanted
                if figure in whole[one]
            }
            kept = [f"{figure} {value:+.2f}" for figure, value in differences.items() if abs(value) >= 0.005]
            shown.append(f"{Path(one).stem.split('.')[0]}: {', '.join(kept) or '–'}")
        print(f"without {name}: " + "; ".join(shown), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
