"""CSV made of the engine's TSV.

Oxigraph's own CSV writes an IRI that holds a comma without quotes, so that its row has a column too many, and nothing
in the bytes tells where. In TSV every term is unambiguous. Whole blocks are turned at once, with what a term becomes
kept for the next time: terms of an answer repeat.
"""

from __future__ import annotations

import re
from itertools import repeat

__all__ = ["CsvWriter"]

#: Terms remembered at a time: those of some hundred thousand rows, or less where they are long.
_KEPT, _LONGEST = 50_000, 200

_ESCAPE = re.compile(rb"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPES = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
#: What makes a field need quotes (RFC 4180, section 2).
_SPECIAL = re.compile(rb'[",\r\n]')


class CsvWriter:
    """Lines of TSV in, lines of CSV out (SPARQL 1.1 Query Results CSV and TSV Formats, section 3): IRIs and literals by
    their value alone, unbound as nothing, CRLF."""

    def __init__(self) -> None:
        self._columns = -1
        self._terms = _Terms()

    def turn(self, lines: bytes) -> bytes:
        """Whole lines, the header among the first ones."""
        if not lines:
            return b""
        if self._columns < 0:
            header, _, lines = lines.partition(b"\n")
            self._columns = len(header.split(b"\t")) if header else 0
            first = header.replace(b"?", b"").replace(b"\t", b",") + b"\r\n"
            return first + self.turn(lines)
        if len(self._terms) > _KEPT:
            self._terms.clear()
        if self._columns <= 1:
            fields = lines.removesuffix(b"\n").split(b"\n")
            return b"\r\n".join(map(self._terms.__getitem__, fields)) + b"\r\n"
        fields = lines.removesuffix(b"\n").replace(b"\n", b"\t").split(b"\t")
        turned = map(self._terms.__getitem__, fields)
        # the same iterator for each column: rows come off it one by one, in C
        rows = zip(*repeat(turned, self._columns), strict=True)
        return b"\r\n".join(map(b",".join, rows)) + b"\r\n"


class _Terms(dict[bytes, bytes]):
    """What terms are in CSV, found out when they are first asked for."""

    def __missing__(self, term: bytes) -> bytes:
        made = _field(term)
        if len(term) <= _LONGEST:
            self[term] = made
        return made


def _field(term: bytes) -> bytes:
    if term.startswith(b"<<("):  # a triple term has no form in CSV 1.1; as in TSV it can be read again
        value = term
    elif term.startswith(b"<"):
        value = term[1:-1]
    elif term.startswith(b'"'):
        value = term[1 : term.rindex(b'"')]
        if b"\\" in value:
            value = _ESCAPE.sub(_unescaped, value)
    else:  # a number, a boolean or a blank node, as it stands; or unbound
        value = term
    if _SPECIAL.search(value) is None:
        return value
    return b'"' + value.replace(b'"', b'""') + b'"'


def _unescaped(escape: re.Match[bytes]) -> bytes:
    mark = escape[1]
    if len(mark) > 1:
        return chr(int(mark[1:], 16)).encode("utf-8", "replace")
    return _ESCAPES.get(mark, mark)
