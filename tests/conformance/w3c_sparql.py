"""One SPARQL test run on a pyoxigraph store, the way the query worker runs a query (kg/engine/worker.py)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
    Variable,
    parse_query_results,
)
from w3c_compare import Row, by_term, by_value, same
from w3c_manifest import FORMATS, Case, Dataset, Graph

EXACT, BY_VALUE = "exact", "right by value"
RESULTS = {
    "srx": QueryResultsFormat.XML,
    "srj": QueryResultsFormat.JSON,
    "tsv": QueryResultsFormat.TSV,
    "csv": QueryResultsFormat.CSV,
}
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


@dataclass(frozen=True, slots=True)
class Table:
    """Solutions: the variables and one row of terms each, in order where the query asked for one."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


Outcome = bool | Table | tuple[Row, ...]


def run(case: Case) -> str:
    """``exact``, ``right by value`` (equal but for the spelling of numbers and language tags) or what went wrong."""
    try:
        if case.kind.endswith(("SyntaxTest", "SyntaxTest11")):
            return _syntax(case)
        if case.kind == "UpdateEvaluationTest":
            return _update(case)
        return _query(case)
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _syntax(case: Case) -> str:
    # Parsing comes with carrying out; what LOAD and SERVICE name must not be fetched by a test.
    text = case.request.read_text(encoding="utf-8").replace("<http://", "<suite://")
    accepted = True
    try:
        if "Update" in case.kind:
            Store().update(text, base_iri=case.base)
        else:
            Store().query(text, base_iri=case.base)
    except SyntaxError:
        accepted = False
    except (RuntimeError, OSError):
        pass  # it parsed; what it asks for is not there
    if accepted == case.kind.startswith("Positive"):
        return EXACT
    return "it is accepted and must not be" if accepted else "it is refused and must not be"


def _update(case: Case) -> str:
    store, wanted = _store(case.data), _store(case.result) if isinstance(case.result, Dataset) else Store()
    store.update(case.request.read_text(encoding="utf-8"), base_iri=case.base)
    # A dataset given as one TriG file cannot say that an empty graph is there (SPARQL 1.1 Update, section 2.1).
    files = [file for _, file in case.data.default]
    empty = not any(file.suffix == ".trig" for file in files)
    return _verdict(_quads(store, empty=empty), _quads(wanted, empty=empty))


def _query(case: Case) -> str:
    results = _store(case.data).query(case.request.read_text(encoding="utf-8"), base_iri=case.base)
    if isinstance(results, QueryTriples):
        return judged(case, tuple(tuple(triple) for triple in results))
    # written and read again, so that what a client gets is what is compared
    written = results.serialize(format=results_format(case))
    assert written is not None
    return judged(case, written)


def results_format(case: Case) -> QueryResultsFormat:
    """The format that solutions are wanted in: that of the expected ones, else JSON."""
    assert isinstance(case.result, Path)
    return RESULTS.get(case.result.suffix[1:], QueryResultsFormat.JSON)


def judged(case: Case, answer: bytes | tuple[Row, ...]) -> str:
    """Whether the answer, solutions in :func:`results_format` or triples, is the expected one."""
    assert isinstance(case.result, Path)
    text = case.request.read_text(encoding="utf-8")
    suffix = case.result.suffix[1:]
    body = case.result.read_bytes()
    if suffix == "csv":
        assert isinstance(answer, bytes)
        return _verdict(_lines(answer), _lines(body))
    wanted: Outcome
    if suffix in RESULTS:
        wanted = _outcome(parse_query_results(body, RESULTS[suffix]))
    else:
        wanted = _from_rdf(Graph.read(case.result, case.base))
    if isinstance(answer, bytes):
        found: Outcome = _outcome(parse_query_results(answer, results_format(case)))
    else:
        found = tuple(dict.fromkeys(answer))  # a graph is a set
    if isinstance(found, Table) and isinstance(wanted, Table):
        if frozenset(found.variables) != frozenset(wanted.variables):
            return f"variables {found.variables} instead of {wanted.variables}"
        ordered = bool(re.search(r"\bORDER\s+BY\b[^}]*$", text, re.IGNORECASE))
        if case.lax:
            return _lax(_rows(found, ordered=False), _rows(wanted, ordered=False))
        return _verdict(_rows(found, ordered=ordered), _rows(wanted, ordered=ordered))
    if isinstance(found, bool) or isinstance(wanted, bool):
        return EXACT if found is wanted else f"{found} instead of {wanted}"
    if isinstance(found, Table) or isinstance(wanted, Table):
        return "solutions instead of triples or the other way round"
    return _verdict(found, wanted)


def _verdict(found: tuple[Row, ...], wanted: tuple[Row, ...]) -> str:
    if same(found, wanted, by_term):
        return EXACT
    if same(found, wanted, by_value):
        return BY_VALUE
    return f"{_shown(found)} instead of {_shown(wanted)}"


def _lax(found: tuple[Row, ...], wanted: tuple[Row, ...]) -> str:
    """REDUCED: every expected solution, each at most as often as expected (SPARQL 1.1, section 18.5)."""
    few = all(found.count(row) <= wanted.count(row) for row in found)
    return EXACT if few and frozenset(found) == frozenset(wanted) else f"{_shown(found)} reduced from {_shown(wanted)}"


def _shown(rows: tuple[Row, ...]) -> str:
    text = "; ".join(" ".join(str(v) for v in row) for row in rows)
    return f"{len(rows)} rows [{text[:300]}{'…' if len(text) > 300 else ''}]"


def _store(data: Dataset) -> Store:
    store = Store()
    for base, file in data.default:
        store.load(file.read_bytes(), format=FORMATS[file.suffix[1:]], base_iri=base)
    for name, file in data.named:
        graph = NamedNode(name)
        store.add_graph(graph)
        store.load(file.read_bytes(), format=FORMATS[file.suffix[1:]], base_iri=name, to_graph=graph)
    return store


def _quads(store: Store, *, empty: bool) -> tuple[Row, ...]:
    """Every quad; with ``empty`` also every named graph, which may be empty, as a row of one."""
    quads = [
        (q.subject, q.predicate, q.object, "" if isinstance(q.graph_name, DefaultGraph) else q.graph_name)
        for q in store
    ]
    return (*quads, *((name,) for name in store.named_graphs() if empty))


def _outcome(results: QuerySolutions | QueryBoolean) -> bool | Table:
    if isinstance(results, QueryBoolean):
        return bool(results)
    variables = tuple(v.value for v in results.variables)
    return Table(variables, tuple(tuple(row[Variable(v)] for v in variables) for row in results))


def _rows(table: Table, *, ordered: bool) -> tuple[Row, ...]:
    columns = sorted(range(len(table.variables)), key=lambda i: table.variables[i])
    rows = (tuple(row[i] for i in columns) for row in table.rows)
    return tuple((str(n), *row) for n, row in enumerate(rows)) if ordered else tuple(rows)


def _lines(body: bytes) -> tuple[Row, ...]:
    """The rows of a CSV answer, its header among them; cells that name blank nodes are blank nodes."""

    def cells(row: list[str]) -> Iterator[str | BlankNode]:
        for cell in row:
            yield BlankNode(cell[2:]) if cell.startswith("_:") else cell

    header, *rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    columns = sorted(range(len(header)), key=lambda i: header[i])
    table = [tuple(cells([row[i] for i in columns])) for row in rows]
    return (("header", *(header[i] for i in columns)), *table)


def _from_rdf(graph: Graph) -> Outcome:
    """A result set in RDF (the vocabulary of the SPARQL 1.0 tests), or the triples themselves."""
    heads = [q.subject for q in graph.quads if q.object == NamedNode(_RS + "ResultSet")]
    if not heads:
        return tuple(tuple(q.triple) for q in graph.quads)
    (head,) = heads
    assert not isinstance(head, Literal)
    truth = graph.one(head, NamedNode(_RS + "boolean"))
    if isinstance(truth, Literal):
        return truth.value == "true"
    variables = tuple(v.value for v in graph.all(head, NamedNode(_RS + "resultVariable")) if isinstance(v, Literal))
    rows = []
    for solution in graph.all(head, NamedNode(_RS + "solution")):
        index = graph.one(solution, NamedNode(_RS + "index"))
        values = {}
        for binding in graph.all(solution, NamedNode(_RS + "binding")):
            name = graph.one(binding, NamedNode(_RS + "variable"))
            assert isinstance(name, Literal)
            values[name.value] = graph.one(binding, NamedNode(_RS + "value"))
        place = int(index.value) if isinstance(index, Literal) else 0
        rows.append((place, tuple(values.get(v) for v in variables)))
    rows.sort(key=lambda row: row[0])
    return Table(variables, tuple(row for _, row in rows))
