"""Where the files that ship with the package are: shapes, ontology, sample data, tables.

One resolver for four ways of running (wheel, sdist, editable install, plain checkout): the wheel carries them under
``kg/_bundled/``; a checkout has them beside the package.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import UsageError

__all__ = ["path"]

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file or folder ``name`` (``shapes``, ``data/authority``, ``ontology/context.jsonld`` …).

    Raises :class:`kg.errors.UsageError` when the installation lacks it.
    """
    for root in (_PACKAGE / "_bundled", _PACKAGE.parent):
        found = root / name
        if found.exists():
            return found
    raise UsageError(f"{name} is missing from this installation of newsgraph; install it again")
