"""Coverage-guided fuzzing of every reader and container with atheris, for as long as it is left running.

atheris is no dependency: install it into an environment of its own that has newsgraph, too, and run

    python tests/fuzz/atheris_readers.py CORPUS -max_total_time=600

What follows the folder CORPUS (made and filled with the seeds where it is not there) are libFuzzer's own options. The
first byte of an input chooses what the sender claims, the rest is the document. A find is written to ``crash-…``: put
its bytes without the first one into ``tests/fuzz/finds`` and mend the reader.
"""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["CLAIMS", "main", "one_input"]

#: What a sender may claim; by the first byte.
CLAIMS: tuple[str | None, ...] = (
    None,
    "text/html",
    "text/html; charset=utf-16",
    "text/html; charset=shift_jis",
    "text/xml; charset=iso-8859-1",
    "application/json",
    "application/ld+json",
    "application/x-ndjson",
    "text/markdown",
    "text/plain; charset=windows-1252",
)


def one_input(data: bytes) -> None:
    """Read one input. Raises whatever breaks a rule of :mod:`fuzz_outcome`."""
    from fuzz_outcome import check

    if data:
        check(data[1:], CLAIMS[data[0] % len(CLAIMS)], twice=False)


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer ends. Raises SystemExit where atheris is not installed."""
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris (in an environment of its own)")
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    with atheris.instrument_imports(include=["kg"]):
        import fuzz_outcome  # noqa: F401 the readers are imported here, to be watched
    import fuzz_seeds

    if len(arguments) > 1 and not arguments[1].startswith("-"):
        corpus = Path(arguments[1])
        corpus.mkdir(parents=True, exist_ok=True)
        for name, data in fuzz_seeds.SEEDS.items():
            if not (corpus / name).exists():
                (corpus / name).write_bytes(b"\0" + data)
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
