"""What a worker writes: rows are counted in the bytes, cut where it was asked for, and every value is read again."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import Literal, NamedNode, Quad

from kg import formats
from kg.engine import Limits, Request
from kg.engine.request import Cut
from kg.engine.rows import JSON_ROWS, TSV_ROWS, XML_ROWS, Cutter, Rows
from kg.engine.tables import CsvWriter
from kg.engine.writing import Window, write
from kg.errors import QueryRefused, QueryTooLarge
from kg.formats import Format

SOLUTIONS = (formats.JSON, formats.XML, formats.CSV, formats.TSV)
GRAPHS = (formats.TURTLE, formats.NT, formats.NQ, formats.TRIG, formats.RDFXML, formats.JSONLD)
NS = "{http://www.w3.org/2005/sparql-results#}"

#: Pieces of values that look like the borders of rows.
PIECES = ('},{"', "{}", ",{},", '"', "\\", "}},{", "[{", "a", "\n", "\t", "<result>", "</result>", ",", "\r", "é", "?b")
text = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
term = st.one_of(
    st.none(),
    st.sampled_from(["<http://e/a>", "<http://e/a,b>", "1", "1.5", "true", '<<( <http://e/s,t> <http://e/p> "x" )>>']),
    text.map(json.dumps),
    text.map(lambda t: json.dumps(t) + "@en"),
    text.map(lambda t: json.dumps(t) + "^^<http://e/d,e>"),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, list[list[str | None]]]:
    """A number of columns, and rows of terms in Turtle; None is unbound."""
    width = draw(st.integers(0, 3))
    return width, draw(st.lists(st.lists(term, min_size=width, max_size=width), max_size=7))


def query(width: int, rows: list[list[str | None]]) -> str:
    names = " ".join(f"?v{n}" for n in range(width))
    lines = " ".join("(" + " ".join(cell or "UNDEF" for cell in row) + ")" for row in rows)
    return f"SELECT * {{ VALUES ({names}) {{ {lines} }} }}"


def solutions(rdf: ox.Store, asked: str) -> ox.QuerySolutions:
    found = rdf.query(asked)
    assert isinstance(found, ox.QuerySolutions)
    return found


def written(results: Any, format: Format, window: Window) -> tuple[bytes, Cut | None]:
    out: list[bytes] = []
    cut = write(results, format, window, out.append)
    return b"".join(out), cut


def parsed(body: bytes, format: Format) -> list[Any]:
    """The rows as any reader of the format finds them."""
    if format is formats.JSON:
        bindings: list[Any] = json.loads(body)["results"]["bindings"]
        return bindings
    if format is formats.XML:
        return [etree.tostring(one, with_tail=False) for one in etree.fromstring(body).iter(f"{NS}result")]
    if format is formats.TSV:
        return body.decode().split("\n")[1:-1]
    return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]


@settings(max_examples=150, deadline=None)
@given(table=tables(), limit=st.integers(0, 8), step=st.sampled_from([1, 2, 7, 40, 4096]))
def test_the_cutter_ends_between_the_rows_that_a_parser_finds(
    table: tuple[int, list[list[str | None]]], limit: int, step: int
) -> None:
    layouts: tuple[tuple[Format, Rows, bytes], ...] = (
        (formats.JSON, JSON_ROWS, b"]}}"),
        (formats.XML, XML_ROWS, b"</results></sparql>"),
        (formats.TSV, TSV_ROWS, b""),
    )
    rdf, asked = ox.Store(), query(*table)
    for kind, layout, end in layouts:
        assert isinstance(kind.oxigraph, ox.QueryResultsFormat)
        whole = solutions(rdf, asked).serialize(format=kind.oxigraph)
        assert whole is not None
        cutter, out = Cutter(layout, limit), b""
        for at in range(0, len(whole), step):
            out += cutter.feed(whole[at : at + step])
        out += cutter.end()
        count = len(table[1])
        assert (cutter.rows, cutter.full) == (min(count, limit), count > limit)
        if not cutter.full:
            assert out == whole
        else:
            if kind is formats.XML:
                out, whole = out.replace(b"\r", b" "), whole.replace(b"\r", b" ")
            assert parsed(out + end, kind) == parsed(whole, kind)[:limit]


@settings(max_examples=150, deadline=None)
@given(table=tables())
def test_csv_is_read_as_the_values_of_the_solutions(table: tuple[int, list[list[str | None]]]) -> None:
    rdf, asked = ox.Store(), query(*table)
    body, cut = written(solutions(rdf, asked), formats.CSV, Window(100))
    names = [f"v{n}" for n in range(table[0])]
    found = solutions(rdf, asked)
    wanted = [[_value(row[name]) for name in names] for row in found]
    assert cut is None
    if table[0] == 1:  # an empty line of one column and an empty value are the same to a reader
        wanted = [row for row in wanted if row != [""]]
    rows = [row for row in parsed(body, formats.CSV) if row or not table[0]]
    if names:
        assert rows == [row for row in wanted if row]
        assert body.splitlines()[0] == ",".join(names).encode()
    assert body.count(b"\r\n") >= 1 + len(table[1])


def _value(found: Any) -> str:
    if found is None:
        return ""
    if isinstance(found, ox.Triple):
        return f"<<( {found.subject} {found.predicate} {found.object} )>>"
    value: str = found.value
    return value


def test_an_iri_with_a_comma_is_one_field() -> None:
    asked = 'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<http://e/a,b> "x,\\"y\\"\\n" 1.50) (UNDEF "" true) } }'
    body, _ = written(solutions(ox.Store(), asked), formats.CSV, Window(10))
    assert body == b'a,b,c\r\n"http://e/a,b","x,""y""\n",1.5\r\n,,true\r\n'


def test_terms_are_forgotten_so_that_memory_stays_bounded() -> None:
    writer = CsvWriter()
    writer.turn(b"?a\t?b\n")
    for start in range(0, 400_000, 20_000):
        writer.turn(b"".join(b"<http://e/%d>\t1\n" % n for n in range(start, start + 20_000)))
    assert len(writer._terms) < 100_000


def numbers(count: int) -> ox.Store:
    rdf = ox.Store()
    rdf.extend(Quad(NamedNode(f"http://e/{n:05}"), NamedNode("http://e/p"), Literal(n)) for n in range(count))
    return rdf


ALL = "SELECT ?s ?o { ?s ?p ?o }"
COPY = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"


@pytest.mark.parametrize("format", SOLUTIONS, ids=lambda f: f.suffix)
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 3000])
def test_solutions_are_cut_after_as_many_rows_as_were_asked_for(format: Format, rows: int) -> None:
    body, cut = written(solutions(numbers(10), ALL), format, Window(rows, skip=5, asked=True))
    assert len(parsed(body, format)) == min(rows, 10)
    assert cut == (Cut(rows, 5 + rows) if rows < 10 else None)
    if format is formats.JSON:
        assert json.loads(body).get("cut") == ({"rows": rows, "next": rows + 5} if cut else None)
    if format is formats.XML:
        found = etree.fromstring(body).xpath("processing-instruction('cut')/text() | //processing-instruction()")
        assert [one.text for one in found] == ([f'rows="{rows}" next="{rows + 5}"'] if cut else [])


@pytest.mark.parametrize("format", SOLUTIONS, ids=lambda f: f.suffix)
def test_a_long_answer_is_cut_at_the_same_row_as_a_short_one(format: Format) -> None:
    rdf = numbers(20_000)
    whole, _ = written(solutions(rdf, ALL), format, Window(10**9))
    body, cut = written(solutions(rdf, ALL), format, Window(12_345, asked=True))
    assert cut == Cut(12_345, 12_345)
    assert parsed(body, format) == parsed(whole, format)[:12_345]
    assert len(parsed(whole, format)) == 20_000


@pytest.mark.parametrize("format", GRAPHS, ids=lambda f: f.suffix)
@pytest.mark.parametrize("rows", [0, 3, 10, 11])
def test_triples_are_cut_after_as_many_as_were_asked_for(format: Format, rows: int) -> None:
    rdf = numbers(10)
    body, cut = written(rdf.query(COPY), format, Window(rows, skip=2, asked=True))
    assert isinstance(format.oxigraph, ox.RdfFormat)
    whole = [quad.triple for quad in ox.parse(written(rdf.query(COPY), format, Window(99))[0], format=format.oxigraph)]
    found = [quad.triple for quad in ox.parse(body, format=format.oxigraph)]
    assert found == whole[2 : 2 + rows]
    assert cut == (Cut(rows, 2 + rows) if rows < 8 else None)
    if format is formats.RDFXML:
        assert body.endswith(b'<?cut rows="%d" next="%d"?>\n' % (rows, rows + 2)) == (cut is not None)
    elif format is not formats.JSONLD:
        assert body.endswith(b"# cut: rows=%d; next=%d\n" % (rows, rows + 2)) == (cut is not None)


@pytest.mark.parametrize("format", [*SOLUTIONS, *GRAPHS], ids=lambda f: f.suffix)
def test_more_rows_than_there_may_be_are_an_error_and_never_a_short_answer(format: Format) -> None:
    asked = COPY if format in GRAPHS else ALL
    with pytest.raises(QueryTooLarge, match="more than 9 rows") as caught:
        written(numbers(10).query(asked), format, Window(9))
    assert (caught.value.limit, caught.value.unit) == (9, "rows")
    assert "skip=9" in caught.value.message
    assert written(numbers(9).query(asked), format, Window(9))[1] is None


def test_the_client_may_ask_for_less_than_the_limit_and_not_for_more() -> None:
    assert Window.of(Request(ALL, rows=20, skip=3), Limits(rows=10)) == Window(10, 3, asked=True)
    assert Window.of(Request(ALL, rows=5), Limits(rows=10)) == Window(5, 0, asked=True)
    assert Window.of(Request(ALL), Limits(rows=10)) == Window(10)


@pytest.mark.parametrize("format", [formats.JSON, formats.XML, formats.CSV, formats.TSV], ids=lambda f: f.suffix)
def test_ask_is_a_boolean_in_every_format(format: Format) -> None:
    for asked, wanted in (("ASK {}", b"true"), ("ASK { FILTER(false) }", b"false")):
        body, cut = written(ox.Store().query(asked), format, Window(0))
        assert cut is None
        assert wanted in body


def test_xml_keeps_carriage_returns_and_refuses_what_it_cannot_hold() -> None:
    asked = 'SELECT ("a\\rb\\n<&>" AS ?v) {}'
    body, _ = written(solutions(ox.Store(), asked), formats.XML, Window(9))
    assert etree.fromstring(body).findtext(f".//{NS}literal") == "a\rb\n<&>"
    for bad in ("\\u0001", "\\uFFFE", "\\u000B"):
        with pytest.raises(QueryRefused, match="ask for JSON"):
            written(solutions(ox.Store(), f'SELECT ("{bad}" AS ?v) {{}}'), formats.XML, Window(9))
    rdf = ox.Store()
    rdf.add(Quad(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("a\rb")))
    body, _ = written(rdf.query(COPY), formats.RDFXML, Window(9))
    assert b"a&#xD;b" in body
    rdf.add(Quad(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("\u0001")))
    with pytest.raises(QueryRefused, match="RDF/XML cannot hold"):
        written(rdf.query(COPY), formats.RDFXML, Window(9))


@pytest.mark.parametrize("format", [formats.TURTLE, formats.RDFXML, formats.TRIG], ids=lambda f: f.suffix)
def test_one_graph_has_one_document_in_every_process(format: Format) -> None:
    body, _ = written(numbers(3).query(COPY), format, Window(9))
    lines = body.replace(b" xmlns:", b"\n@prefix ").split(b"\n")
    names = [line.split(b"=")[0].split()[1] for line in lines if line.startswith(b"@prefix ")]
    assert len(names) > 5
    assert names == sorted(names)


def test_a_reader_that_leaves_ends_the_writing() -> None:
    sent: list[bytes] = []

    def send(block: bytes) -> None:
        sent.append(block)
        raise BrokenPipeError("nobody reads")

    with pytest.raises(BrokenPipeError):
        write(solutions(numbers(20_000), ALL), formats.JSON, Window(10**9), send)
    assert len(sent) == 1


def test_a_row_longer_than_many_blocks_is_counted_in_linear_time() -> None:
    """The held block is looked at again only when it has doubled: 20 looks for what comes in 5,000 pieces."""
    looks = 0

    class Counting:
        def starts(self, block: bytes, *, head: bool) -> tuple[int, int] | None:
            nonlocal looks
            looks += 1
            return JSON_ROWS.starts(block, head=head)

        def place(self, block: bytes, nth: int, *, head: bool) -> int:
            return JSON_ROWS.place(block, nth, head=head)

    cutter = Cutter(Counting(), 5)
    out = cutter.feed(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"')
    for _ in range(5_000):
        out += cutter.feed(b"x" * 1_000)
    out += cutter.feed(b'"}}]}}') + cutter.end()
    assert len(json.loads(out)["results"]["bindings"][0]["a"]["value"]) == 5_000_000
    assert looks < 25


def test_the_worker_imports_no_more_than_it_needs() -> None:
    heavy = ("rdflib", "pyshacl", "flask", "SPARQLWrapper", "tree_sitter", "lxml", "httpx2")
    code = f"import kg.engine.worker, sys; print([m for m in {heavy!r} if m in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
