"""Which rules these are: a digest of the code and the word tables that annotate, so that a change cannot be forgotten.

A version that somebody has to raise by hand is one that stays behind. The digest follows from the bytes of
``kg/annotate`` and ``kg/authority`` alone: a checkout, a wheel and an editable install of the same state have the same
one, and any change of a rule or a table gives another (docs/decisions/0025-annotator-provenance.md).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["digest", "digest_of", "version"]

#: Hexadecimal digits that are shown.
_LENGTH: Final = 8
#: What recognition rests on, below the folder of the package ``kg``.
_PARTS: Final = ("annotate", "authority")
#: Code and tables, not what editors and the interpreter leave beside them; a test knows of every file there is.
_SUFFIXES: Final = frozenset({".py", ".txt", ".csv", ".tsv", ".json"})


def version(base: str) -> str:
    """A built-in annotator's version: its own number with the digest of all rules, as ``1+3fa9c2d1``.

    All annotators have the same digest, since they share tables, tokens and names.
    """
    return base if "+" in base else f"{base}+{digest()}"


@cache
def digest() -> str:
    """The digest of the rules this process runs; read once."""
    return digest_of(Path(__file__).resolve().parent.parent)


def digest_of(package: Path) -> str:
    """The first 8 hexadecimal digits of SHA-256 over the rules in a folder of the package ``kg``: names and bytes."""
    state = hashlib.sha256()
    for part in _PARTS:
        folder = package / part
        for name in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in _SUFFIXES):
            data = (folder / name).read_bytes()
            state.update(f"{part}/{name} {len(data)}\n".encode())
            state.update(data)
    return state.hexdigest()[:_LENGTH]
