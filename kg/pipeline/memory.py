"""Memory that a publish freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

__all__ = ["trim"]


@cache
def _libc() -> Any:
    """The C library where it is glibc, which keeps what native code freed until it is asked; else None."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "malloc_trim") else None
    except OSError:
        return None


def trim() -> None:
    """Ask glibc to give free memory back (malloc_trim(3)); nothing elsewhere.

    A publish opens and closes a store and an index in native code; without this a run over many batches grows by what
    the allocator keeps of each.
    """
    library = _libc()
    if library is not None:
        library.malloc_trim(0)
