"""What can be read: every reader of one document, and every container of many, one line each."""

from __future__ import annotations

from kg.extract.page import PageReader
from kg.plugins import Container, Reader

__all__ = ["CONTAINERS", "READERS"]

#: The readers, in order: on a tie the first one reads.
READERS: tuple[Reader, ...] = (PageReader(),)

#: The containers; a reader that is surer goes first.
CONTAINERS: tuple[Container, ...] = ()
