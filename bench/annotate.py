"""Speed, start and memory of the annotators, with tokenization alone as the baseline of the same run.

    python bench/annotate.py [--set FILE.jsonl]... [--rounds 3] [--start 5] [--profile]

Texts: the bodies of the sample's annotations (data/gold/sample.jsonl), or the sets named. The chain is built once and
everything is on. CPU seconds of one process, the best of the rounds; the ratio to splitting the same texts into words
with one regular expression is what travels between machines. ``start`` is the wall time of ``kg annotate`` on one short
line, beside that of an empty Python process; ``memory`` the peak resident size of ``kg annotate`` on the sets.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kg import annotate, config, evaluate, pipeline, resources

WORD = re.compile(r"\w+|[^\w\s]")
KG = [sys.executable, "-c", "from kg.cli import main; main()"]


def best(action: object, rounds: int) -> float:
    """The least CPU seconds an action took."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        action()  # type: ignore[operator]
        times.append(time.process_time() - begun)
    return min(times)


def wall(command: list[str], given: str, rounds: int) -> float:
    """The median wall time of a command."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command, input=given, text=True, capture_output=True, check=True)
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


def main() -> int:
    """Prints the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", action="append", type=Path, dest="sets", help="a set of texts (JSON Lines)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--start", type=int, default=5, help="processes started for the start time")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    arguments = parser.parse_args()
    table = pipeline.table(config.load())
    chain = annotate.defaults(table)
    sets = [evaluate.load(path) for path in arguments.sets or [resources.path("data/gold/sample.jsonl")]]
    lines = [{"id": one.id, "text": one.text} for gold in sets for one in gold.documents]

    def everything() -> None:
        for line in lines:
            annotate.annotate_line(line, authority=table, annotators=chain)

    everything()  # tables are read, caches are warm
    if arguments.profile:
        with cProfile.Profile() as profile:
            everything()
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return 0
    characters = sum(len(line["text"]) for line in lines)
    seconds = best(everything, arguments.rounds)
    baseline = best(lambda: [WORD.findall(line["text"]) for line in lines], arguments.rounds)
    empty = wall([sys.executable, "-c", "pass"], "", arguments.start)
    start = wall([*KG, "annotate", "-"], '{"id": "1", "text": "Ida Quill met Juan Moro in Zalk."}\n', arguments.start)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as given:
        given.write("".join(json.dumps(line) + "\n" for line in lines))
        given.flush()
        subprocess.run([*KG, "annotate", given.name], stdout=subprocess.DEVNULL, check=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the largest child: KiB on Linux
    figures = {
        "documents": len(lines),
        "kilochars": round(characters / 1000, 1),
        "kilochars_per_cpu_second": round(characters / 1000 / seconds, 1),
        "articles_per_cpu_second": round(len(lines) / seconds, 1),
        "times_the_baseline_of_splitting_words": round(seconds / baseline, 1),
        "start_seconds": round(start, 3),
        "start_seconds_of_an_empty_process": round(empty, 3),
        "peak_memory_mebibytes": round(peak / 1024, 1),
    }
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
