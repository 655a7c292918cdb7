"""How an answer that was asked to end after so many rows says so itself, in the formats that have room for it."""

from __future__ import annotations

from kg import formats
from kg.engine.request import Cut
from kg.formats import Format

__all__ = ["after", "ending"]

_COMMENTS = (formats.TURTLE, formats.NT, formats.NQ, formats.TRIG)


def ending(format: Format, cut: Cut) -> bytes:
    """What follows the last row of solutions that were cut: the mark, and the end of the document.

    JSON has a member ``cut`` beside ``results`` (unknown members are to be ignored: SPARQL 1.1 Query Results JSON
    Format, section 3), XML a processing instruction; CSV and TSV have no room.
    """
    if format is formats.JSON:
        return b']},"cut":{"rows":%d,"next":%d}}' % (cut.rows, cut.skip)
    if format is formats.XML:
        return b"</results>" + _instruction(cut) + b"</sparql>"
    return b""


def after(format: Format, cut: Cut) -> bytes:
    """What follows the document of triples that were cut: a comment, in RDF/XML a processing instruction; JSON-LD has
    no room."""
    if format in _COMMENTS:
        return b"# cut: rows=%d; next=%d\n" % (cut.rows, cut.skip)
    if format is formats.RDFXML:
        return _instruction(cut) + b"\n"
    return b""


def _instruction(cut: Cut) -> bytes:
    return b'<?cut rows="%d" next="%d"?>' % (cut.rows, cut.skip)
