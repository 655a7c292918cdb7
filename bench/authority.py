"""What a large authority costs: loading, opening, memory, and finding its names in texts.

    python bench/authority.py [--rows 1000000] [--texts FILE.jsonl ...] [--folder DIR]

The rows are made up and realistic: four in ten are people (given name and surname, an alias of initials), three in ten
places (a few words, inhabitants), three in ten organizations (three words and more, an acronym); names repeat as they
do in the world. They are loaded from JSON Lines, once into an empty table, once again unchanged, and once with one row
in a thousand changed. Then the sample articles (``--texts`` adds JSON Lines with a ``text`` each), into which names of
the table are written, are searched. The baseline is the same rows in memory (``kg.authority.Table``). Every figure is
of a process of its own; prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve()


def given_names() -> list[str]:
    """Given names that were never in the news."""
    starts, middles, ends = (
        ["Al", "Be", "Ca", "Do", "El", "Fa", "Gi", "Ha", "Io", "Ka"],
        ["l", "n", "r", "s", "v", "d", "m"],
        ["a", "en", "in", "o", "us", "ette"],
    )
    return [a + b + c for a in starts for b in middles for c in ends]


def words() -> list[str]:
    """Words that begin names."""
    starts = [
        "Ash",
        "Bar",
        "Cal",
        "Dun",
        "East",
        "Fen",
        "Glen",
        "Hol",
        "Ing",
        "Kirk",
        "Lang",
        "Mar",
        "Nor",
        "Oak",
        "Pen",
        "Quar",
        "Ros",
        "Stan",
        "Thorn",
        "Ul",
        "Ver",
        "West",
        "York",
    ]
    ends = [
        "brook",
        "bury",
        "by",
        "castle",
        "combe",
        "dale",
        "den",
        "field",
        "ford",
        "gate",
        "ham",
        "hurst",
        "land",
        "leigh",
        "ley",
        "mere",
        "mouth",
        "port",
        "shaw",
        "stead",
        "ton",
    ]
    inner = ["a", "e", "er", "ing", "le", "o", "s", "stone"]
    more = [*inner, *(a + b for a in inner for b in ("l", "m", "n", "r", "t"))]
    return [a + b for a in starts for b in ends] + [a + c + b for a in starts for c in more for b in ends]


def made(count: int, changed: int = 0) -> Iterator[dict[str, object]]:
    """The rows; with ``changed`` every so many have another description."""
    rng = random.Random(7)
    given, parts = given_names(), words()
    kinds = ["University", "Bank", "Council", "Institute", "Party", "Group", "Museum", "Hospital", "Society", "Company"]
    for number in range(count):
        draw = rng.random()
        one, other = rng.choice(parts), rng.choice(parts)
        row: dict[str, object] = {"id": f"r{number}", "same_as": [f"https://data.example/thing/{number}"]}
        if draw < 0.4:
            first = rng.choice(given)
            row |= {
                "type": "Person",
                "name": f"{first} {one}",
                "aliases": [f"{first[0]}. {one}", f"{first} {other} {one}"],
            }
        elif draw < 0.7:
            name = rng.choice([one, f"{one} {other}", f"New {one}", f"{one} upon {other}"])
            row |= {
                "type": "City",
                "name": name,
                "aliases": [f"{name} City"],
                "population": int(rng.paretovariate(0.9) * 900),
            }
        else:
            kind = rng.choice(kinds)
            row |= {
                "type": "Organization",
                "name": f"{one} {kind} of {other}",
                "aliases": [one[0] + kind[0] + other[0] + str(number % 97)],
            }
        row["description"] = "a row of a benchmark" + (" that changed" if changed and number % changed == 0 else "")
        yield row


def texts(files: list[Path], count: int) -> list[str]:
    """Articles with names of the table in them: one in a dozen words begins one."""
    from kg import resources

    found = [path.read_text(encoding="utf-8") for path in sorted(resources.path("data/sample").glob("*.txt"))]
    for file in files:
        found += [str(json.loads(line)["text"]) for line in file.read_text(encoding="utf-8").splitlines()]
    rng = random.Random(3)
    names = [str(row["name"]) for row in made(min(count, 20_000))]
    done = []
    for text in found:
        pieces = text.split(" ")
        for at in range(0, len(pieces), 12):
            pieces[at] = rng.choice(names)
        done.append(" ".join(pieces))
    return done


def memory() -> float:
    """MiB that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load(file: Path, folder: Path) -> dict[str, float]:
    """Load a file into the table of the folder."""
    from kg.authority.reading import read
    from kg.authority.versions import edit
    from kg.plugins import Thing

    before, start = memory(), time.perf_counter()
    with edit(folder) as draft:
        draft.begin("bench")
        for line, row in read(file):
            assert isinstance(row, Thing)
            draft.put(row, line)
        draft.end()
    taken = {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(time.process_time(), 2),
        "mib": round(memory() - before, 1),
    }
    return taken | {"added": draft.counts.added, "changed": draft.counts.changed, "unchanged": draft.counts.unchanged}


def search(given: list[Path], rows: int, source: Path, stored: bool) -> dict[str, float]:
    """Open the table, in a file or in memory, and search the texts twice: cold and warm."""
    from kg.authority import Store, Table, place
    from kg.authority.reading import read

    before, start = memory(), time.perf_counter()
    table: Store | Table
    if stored:
        found = place(source)
        assert found is not None
        table = Store(found)
    else:
        table = Table(row for _, row in read(source))  # type: ignore[misc]
        table.candidates("Nobody")
    opened = time.perf_counter() - start
    many = texts(given, rows)
    chars = sum(map(len, many))
    result = {"open_seconds": round(opened, 4), "open_mib": round(memory() - before, 1)}
    sentences = [line for text in many for line in text.replace(". ", ".\n").split("\n")]
    for name in ("cold", "warm"):
        start = time.process_time()
        hits = [hit for line in sentences for hit in table.matcher.find(line)]
        result[f"{name}_mchars_per_second"] = round(chars / (time.process_time() - start) / 1e6, 2)
    surfaces = [hit.surfaces[0] for hit in hits]
    start = time.process_time()
    for surface in surfaces:
        table.candidates(surface)
    result["candidates_per_second"] = round(len(surfaces) / (time.process_time() - start))
    return result | {"hits": len(hits), "chars": chars, "mib": round(memory() - before, 1)}


def child(*arguments: object) -> dict[str, float]:
    """The same file in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE), "--child", *map(str, arguments)], stdout=subprocess.PIPE, check=True, env=os.environ
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--folder", type=Path, help="where files are made and kept (default: a temporary folder)")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, first, second, rows = given.child
        if what == "load":
            print(json.dumps(load(Path(first), Path(second))))
        else:
            paths = [Path(one) for one in second.split(os.pathsep) if one]
            print(json.dumps(search(paths, int(rows), Path(first), what == "file")))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows, changed = folder / "rows.jsonl", folder / "changed.jsonl"
        for file, step in ((rows, 0), (changed, 1000)):
            with file.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(row) + "\n" for row in made(given.rows, step))
        few = folder / "few.jsonl"
        with few.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row | {"description": "new"}) + "\n" for row in made(min(100, given.rows)))
        store = folder / "authority"
        loads = {
            name: child("load", file, store, 0)
            for name, file in (("first", rows), ("again", rows), ("changed", changed), ("few", few))
        }
        more = os.pathsep.join(map(str, given.texts))
        stored = child("file", store, more, given.rows)
        kept = child("memory", rows, more, given.rows)
        size = sum(
            path.stat().st_size
            for path in store.glob("*/*")
            if path.parent.name == (store / "current").read_text().strip()
        )
        ratios = {
            "open: times faster": round(kept["open_seconds"] / stored["open_seconds"], 1),
            "memory: times less": round(kept["mib"] / stored["mib"], 1),
            "search warm: times as fast": round(stored["warm_mchars_per_second"] / kept["warm_mchars_per_second"], 2),
        }
        result = {"rows": given.rows, "file_mib": round(size / 2**20, 1), "load": loads, "file": stored}
        result |= {"baseline: kg.authority.Table in memory": kept, "ratios": ratios}
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
