"""What a client sees of an answer that ends early: the table of docs/answers.md, which the tests check cell by cell.

``python tests/server/cuts.py`` writes the table into the document; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["ASKED_EARLY", "ASKED_LATE", "FAILED_EARLY", "FAILED_LATE", "FORMATS", "MARKS", "STATUS", "rendered"]

#: Suffix and name of each format, and the client library the tests read it with.
FORMATS = {
    "json": ("Results JSON", "SPARQLWrapper"),
    "xml": ("Results XML", "rdflib SPARQLStore, lxml"),
    "csv": ("CSV", "urllib and csv"),
    "tsv": ("TSV", "httpx2"),
    "ttl": ("Turtle", "rdflib Graph.parse"),
    "nt": ("N-Triples", "pyoxigraph"),
    "nq": ("N-Quads", "http.client"),
    "trig": ("TriG", "rdflib Dataset.parse"),
    "rdf": ("RDF/XML", "rdflib Graph.parse"),
    "jsonld": ("JSON-LD", "curl"),
}
_COMMENT = "last line `# cut: rows=N; next=M`"
#: What the body itself says of a cut, in formats that have room for it.
MARKS = {
    "json": 'member `"cut": {"rows": N, "next": M}`',
    "xml": '`<?cut rows="N" next="M"?>` before `</sparql>`',
    "ttl": _COMMENT,
    "nt": _COMMENT,
    "nq": _COMMENT,
    "trig": _COMMENT,
    "rdf": '`<?cut rows="N" next="M"?>` at the end',
}
ASKED_EARLY = "200, headers `Newsgraph-Cut` and `Link`"
ASKED_LATE = "200, trailers `Newsgraph-Cut` and `Link`"
FAILED_EARLY = "problem"
FAILED_LATE = "broken off"
#: The status of each failure that comes before the first byte.
STATUS = {"rows": 422, "bytes": 422, "time": 504, "memory": 422, "crash": 422, "cancelled": 503}
_WORDS = {
    "rows": "row limit",
    "bytes": "byte limit",
    "time": "time limit",
    "memory": "memory limit",
    "crash": "crash of the worker",
    "cancelled": "stopped by its id",
}
_BEGIN, _END = "<!-- table: tests/server/cuts.py -->\n", "<!-- end of table -->\n"
_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "answers.md"


def rendered() -> str:
    """The two tables in Markdown."""
    lines = [
        "| format | cut as asked, told before the body | cut as asked, told after it | tested with |",
        "|---|---|---|---|",
    ]
    for suffix, (name, client) in FORMATS.items():
        mark = f", {MARKS[suffix]}" if suffix in MARKS else ", nothing in the body"
        lines.append(f"| {name} | {ASKED_EARLY}{mark} | {ASKED_LATE}{mark} | {client} |")
    lines += ["", "| every format | before the first byte is sent | later |", "|---|---|---|"]
    for kind, status in STATUS.items():
        lines.append(f"| {_WORDS[kind]} | {status} and problem+json | broken off: no last chunk, HTTP/1.0 a reset |")
    return "\n".join(lines) + "\n"


def documented() -> str:
    """The tables as the document has them."""
    return _DOCUMENT.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]


if __name__ == "__main__":
    before, _, rest = _DOCUMENT.read_text(encoding="utf-8").partition(_BEGIN)
    _DOCUMENT.write_text(before + _BEGIN + rendered() + _END + rest.partition(_END)[2], encoding="utf-8")
