"""What clients write: its effects, roles, the gate, the journal, and the process that may be killed."""

from __future__ import annotations

import json
import os
import signal
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from store_fixture import BASE, IRIS, store_article, thing

from kg import config
from kg.errors import (
    AccessDenied,
    EngineBusy,
    EngineUnavailable,
    InvalidFormat,
    KgError,
    QueryCrashed,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    Refused,
    TooLarge,
)
from kg.pipeline.orders import Dataset, Order, Part, Written
from kg.pipeline.writer import Writer
from kg.pipeline.writes import Row, Writes
from kg.pipeline.writing import Publisher
from kg.queries import reading, updates
from kg.queries.updates import Using as UsingClause
from kg.queries.updates import operations
from kg.shacl import Gate, Report, profiles
from kg.store import Store
from kg.vocab import NKG, PROV, RDFS

G, H = NamedNode("http://example.org/g"), NamedNode("http://example.org/h")
NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)


@dataclass
class Desk:
    """A store with one article, and somebody who writes to it in this process."""

    store: Store
    settings: config.Settings
    folder: Path
    publisher: Publisher

    def write(self, kind: str = "update", *, role: str = "admin", body: str | None = None, **more: Any) -> Written:
        if body is not None:
            file = self.folder / f"{uuid.uuid4().hex}.ttl"
            file.write_text(body, encoding="utf-8")
            more["parts"] = (Part(str(file), "text/turtle"),)
        base = more.pop("base", "http://example.org/base/")
        return self.publisher.write(order(kind, role=role, base=base, **more))

    def update(self, text: str, **more: Any) -> Written:
        return self.write(text=text, **more)

    def graph(self, name: NamedNode = G) -> set[tuple[str, str, str]]:
        with self.store.reader() as reader:
            found = reader.rdf.quads_for_pattern(None, None, None, name)
            return {(q.subject.value, q.predicate.value, getattr(q.object, "value", "")) for q in found}  # type: ignore[union-attr]


def order(kind: str = "update", *, role: str = "admin", **more: Any) -> Order:
    return Order(uuid.uuid4().hex, NOW, f"desk-{role}", role, kind, **{"wait": 0.2, **more})


def made(folder: Path) -> tuple[Store, config.Settings]:
    store = Store.create(folder / "store", BASE)
    with store.begin(time=NOW) as draft:
        store_article(draft, 1, things=(1,))
        draft.commit()
    return store, config.load(flags={"base_iri": BASE, "store": str(folder / "store")})


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(profiles.load(config.load()))


def opened(folder: Path, gate: Gate) -> Desk:
    store, settings = made(folder)
    return Desk(store, settings, folder, Publisher(store, gate, settings))


@pytest.fixture
def desk(tmp_path: Path, gate: Gate) -> Desk:
    return opened(tmp_path, gate)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, gate: Gate) -> Desk:
    """One that several tests share, because nothing they ask for is done."""
    return opened(tmp_path_factory.mktemp("still"), gate)


# ---- operations ---------------------------------------------------------------------------------------------------

A = "http://example.org/"


def test_operations_see_what_those_before_them_did(desk: Desk) -> None:
    desk.update(
        f"PREFIX : <{A}> INSERT DATA {{ GRAPH :g {{ :a :p 1 , 2 }} }} ;\n"
        "PREFIX ex: <http://example.org/> WITH ex:g DELETE { ?s ex:p ?o } INSERT { ?s ex:q ?o } WHERE { ?s ex:p ?o } ;"
        "COPY ex:g TO ex:h ; DELETE WHERE { GRAPH ex:g { ?s ?p 1 } } ; MOVE ex:g TO ex:i ; ADD ex:i TO ex:h"
    )
    assert desk.graph(G) == set()
    assert desk.graph(H) == {(f"{A}a", f"{A}q", "1"), (f"{A}a", f"{A}q", "2")}
    assert desk.graph(NamedNode(f"{A}i")) == {(f"{A}a", f"{A}q", "2")}


def test_an_update_is_done_whole_or_not_at_all(desk: Desk) -> None:
    before = desk.store.current_id()
    with pytest.raises(QueryRefused, match="does not exist"):
        desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }} ; DROP GRAPH <http://example.org/none>")
    assert desk.store.current_id() == before
    assert desk.graph() == set()


def test_a_blank_node_that_was_found_is_the_same_one_when_it_is_written_and_a_new_one_is_new(desk: Desk) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ _:x <p> 1 . <k> <q> _:x . <l> <q> 2 }} }}")
    desk.update(f"WITH {G} INSERT {{ ?x <seen> [ <by> ?s ] }} WHERE {{ ?s <q> ?x FILTER isBlank(?x) }}")
    with desk.store.reader() as reader:
        rows = list(reader.rdf.quads_for_pattern(None, None, None, G))
    (old,) = {q.subject for q in rows if q.predicate.value.endswith("/p")}
    (seen,) = [q for q in rows if q.predicate.value.endswith("/seen")]
    assert isinstance(old, BlankNode)
    assert seen.subject == old
    assert seen.object != old
    assert len(rows) == 5


def test_each_solution_makes_its_own_blank_nodes(desk: Desk) -> None:
    desk.update(f"INSERT {{ GRAPH {G} {{ [] <n> 1 }} }} WHERE {{ VALUES ?x {{ 1 1 2 }} }}")
    assert len(desk.graph()) == 3


def test_what_an_operation_deletes_and_inserts_again_stays(desk: Desk) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }}")
    done = desk.update(f"WITH {G} DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}")
    assert (done.added, done.removed, done.changed) == (0, 0, False)


@pytest.mark.parametrize("clause", ["USING", "the request"])
def test_a_dataset_bounds_what_where_sees(desk: Desk, clause: str) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} GRAPH {H} {{ <c> <b> 2 }} <d> <b> 3 }}")
    into = "http://example.org/into"
    where = "WHERE { { ?s <b> ?o } UNION { GRAPH ?g { ?s <b> ?o } } }"
    if clause == "USING":
        desk.update(f"INSERT {{ GRAPH <{into}> {{ ?s <b> ?o }} }} USING {G} USING NAMED {H} {where}")
    else:
        using = Dataset((G.value,), (H.value,))
        desk.update(f"INSERT {{ GRAPH <{into}> {{ ?s <b> ?o }} }} {where}", using=using)
    assert {s.rpartition("/")[2] for s, _, _ in desk.graph(NamedNode(into))} == {"a", "c"}


def test_a_dataset_of_the_request_and_one_of_the_update_contradict_each_other(desk: Desk) -> None:
    with pytest.raises(QueryRefused, match="give one of them"):
        desk.update(f"WITH {G} DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", using=Dataset((H.value,)))


def test_clearing_everything_leaves_the_books_of_the_store(desk: Desk) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} <a> <b> 2 }}")
    desk.update("CLEAR ALL")
    with desk.store.reader() as reader:
        left = {q.graph_name for q in reader.rdf}
        assert reader.info.counts.articles == 0
    assert left == {IRIS.prov_graph, IRIS.keys_graph, IRIS.revisions_graph}
    assert desk.store.verify().findings == ()


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("INSERT DATA { <a> <b> ", QuerySyntaxError, "line 1, column 23"),
        ("CLEAR ALL ;\nDELETE { _:x <b> 1 } WHERE {}", QuerySyntaxError, "line 2"),
        (
            f"INSERT DATA {{}} ; PREFIX : <{A}> INSERT DATA {{ _:x :b 1 }} ; INSERT DATA {{ _:x :b 1 }}",
            QuerySyntaxError,
            "_:x stands in several operations",
        ),
        ("LOAD <http://127.0.0.1:9/>", QueryRefused, "LOAD"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryRefused, "SERVICE"),
        (f"INSERT {{ ?s <b> 1 }} WHERE {{ ?s {NKG.search} 'x' }}", QueryRefused, "an update cannot search"),
        (f"INSERT DATA {{ GRAPH {IRIS.prov_graph} {{ <a> <b> 1 }} }}", QueryRefused, "kept by the store"),
        (f"INSERT DATA {{ GRAPH {IRIS.copies_graph} {{ <a> <b> 1 }} }}", QueryRefused, "kept by the store"),
        (
            f"INSERT DATA {{ GRAPH <{BASE}/graphs/articles/no-such/content> {{ <a> <b> 1 }} }}",
            QueryRefused,
            "there is no article",
        ),
        (f"INSERT DATA {{ GRAPH <{BASE}/graphs/articles/x/y> {{ <a> <b> 1 }} }}", QueryRefused, "no graph of an art"),
        (f"CREATE GRAPH {IRIS.things_graph}", None, ""),
    ],
)
def test_what_may_not_be_is_told_and_nothing_is_published(
    still: Desk, text: str, error: type[KgError] | None, reason: str
) -> None:
    before = still.store.current_id()
    if error is None:
        assert not still.update(text).changed
    else:
        with pytest.raises(error, match=reason):
            still.update(text)
    assert still.store.current_id() == before


APART = [
    """# a { comment
    BASE <http://example.org/> PREFIX : <a#> # here }
    INSERT DATA { GRAPH :g { <a#b> :b "}" , '''} " { \\' ''' , "\\u007D\\"}" } } ;""",
    f"PREFIX p: <{A}> CLEAR SILENT GRAPH p:x ; PREFIX q: <{A}q#> DROP ALL ; CREATE GRAPH <{A}\\u007D> ;",
    f"COPY SILENT DEFAULT TO GRAPH <{A}a> ; MOVE <{A}a> TO DEFAULT ; ADD <{A}a> TO GRAPH <{A}b>",
    f"""WITH <{A}g> DELETE {{ ?a ?b ?c }} INSERT {{ GRAPH ?c {{ ?a ?b [] }} }} USING <{A}x> USING NAMED <{A}y>
    WHERE {{ {{ ?a ?b ?c FILTER(?a<?b && ?c>3) }} UNION {{ GRAPH ?c {{ ?a ?b ?c }} }} }}""",
    'DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s ?p 1 } ; DELETE DATA { <a> <b> 2 } ; VERSION "1.2"',
    "",
]


@pytest.mark.parametrize("text", APART)
def test_operations_of_a_long_text_are_those_of_a_short_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = operations(text)
    assert found is not None
    monkeypatch.setattr(updates, "_WHOLE", -1)  # its groups are not read
    assert operations(text) == found


def test_an_operation_has_its_parts_as_they_are_written() -> None:
    data, clear, drop, create = (*(operations(APART[0]) or ()), *(operations(APART[1]) or ()))
    assert (data.kind, data.prologue) == ("insert data", "BASE <http://example.org/>\nPREFIX : <a#>")
    assert data.insert == APART[0][APART[0].index("{ GRAPH") : data.end]
    assert (clear.kind, clear.silent, clear.target, clear.prologue) == ("clear", True, "p:x", f"PREFIX p: <{A}>")
    assert (drop.target, drop.prologue) == ("all", f"PREFIX p: <{A}>\nPREFIX q: <{A}q#>")
    assert (create.kind, create.silent, create.target) == ("create", False, f"<{A}\\u007D>")
    copy, move, add = operations(APART[2]) or ()
    assert [(one.source, one.target, one.silent) for one in (copy, move, add)] == [
        ("default", f"<{A}a>", True),
        (f"<{A}a>", "default", False),
        (f"<{A}a>", f"<{A}b>", False),
    ]
    (modify,) = operations(APART[3]) or ()
    assert (modify.graph, modify.delete) == (f"<{A}g>", "{ ?a ?b ?c }")
    assert modify.insert == "{ GRAPH ?c { ?a ?b [] } }"
    assert modify.using == (UsingClause(f"<{A}x>", named=False), UsingClause(f"<{A}y>", named=True))
    assert APART[3].endswith(f"WHERE {modify.where}")
    kinds = [(one.kind, one.delete) for one in operations(APART[4]) or ()]
    assert kinds[1:] == [("delete where", "{ ?s ?p 1 }"), ("delete data", "{ <a> <b> 2 }")]


def test_the_data_of_a_long_update_are_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def reader(text: str) -> reading.Reading | None:
        read.append(len(text))
        return reading.read(text)

    monkeypatch.setattr(updates, "read", reader)
    rows = "".join(f'<{A}{n}> <{A}p> "}}{n}" .\n' for n in range(80_000))
    found = operations(f"INSERT DATA {{ {rows} }} ; CLEAR DEFAULT")
    assert found is not None
    assert [one.kind for one in found] == ["insert data", "clear"]
    assert found[0].insert == f"{{ {rows} }}"
    assert sum(read) < 100


@pytest.mark.parametrize("text", ["INSERT DATA { <a> <b> ", "CLEAR ALL }", 'INSERT DATA { <a> <b> "x } ; CLEAR ALL'])
def test_groups_without_an_end_are_left_to_the_engine(text: str) -> None:
    assert operations(text) is None


def test_what_only_the_engine_knows_in_a_group_leaves_the_operations_apart() -> None:
    found = operations("INSERT DATA { unknown:a <b> 1 } ; CLEAR ALL")
    assert found is not None
    assert [one.kind for one in found] == ["insert data", "clear"]


def test_an_update_whose_operations_cannot_be_told_apart_is_done_all_the_same(desk: Desk) -> None:
    text = f'INSERTDATA{{ GRAPH {G} {{ <a> <b> "\\u0022" }} }}'
    assert operations(text) is None
    assert desk.update(text).added == 1
    with pytest.raises(QueryRefused, match="cannot be applied"):
        desk.update(text, using=Dataset((G.value,)))


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"PREFIX p{n}: <a:b> INSERT DATA {{}} ;" for n in range(2_000)),
        "".join(f"PREFIX p{n}: <a:{'b' * 1_000}> " for n in range(900)) + "INSERT DATA {} ;" * 2_000,
    ],
)
def test_prologues_that_would_be_read_too_often_are_left_to_the_engine(text: str) -> None:
    assert operations(text) is None


def test_the_work_of_an_update_follows_what_it_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.store import update

    def effects(*_: Any, **__: Any) -> Any:
        raise AssertionError("the store was copied")

    monkeypatch.setattr(update, "effects", effects)
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }} ; CLEAR GRAPH {G} ; DELETE WHERE {{ ?s <nowhere> ?o }}")


def test_where_finds_the_books_of_the_store_by_their_names_only(desk: Desk) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} GRAPH {H} {{ <c> <b> 1 }} }}")
    where = "{ { GRAPH ?g { ?s ?p ?o } } OPTIONAL { ?g ?x ?y } }"
    desk.update(f"INSERT {{ GRAPH {G} {{ ?g <seen> true }} }} WHERE {where}")
    own = {str(one) for one in (IRIS.prov_graph, IRIS.keys_graph, IRIS.revisions_graph)}
    assert not {f"<{s}>" for s, p, _ in desk.graph() if p.endswith("seen")} & own
    desk.update(f"INSERT {{ GRAPH {H} {{ ?s <by> <name> }} }} WHERE {{ GRAPH {IRIS.prov_graph} {{ ?s a ?type }} }}")
    assert any(p.endswith("by") for _, p, _ in desk.graph(H))
    desk.update(f"DELETE WHERE {{ GRAPH ?g {{ ?s <{A}base/b> 1 }} }}")
    assert not any(p.endswith("/b") for name in (G, H) for _, p, _ in desk.graph(name))


# ---- whole graphs -------------------------------------------------------------------------------------------------


def test_a_graph_is_put_posted_and_deleted(desk: Desk) -> None:
    assert desk.write("put", graph=G.value, body="<a> <b> 01, [] .").created
    assert not desk.write("put", graph=G.value, body="<a> <b> 01 .").created
    assert {o for _, _, o in desk.graph()} == {"1"}
    assert not desk.write("put", graph=G.value, body="<a> <b> 1 .").changed
    assert desk.write("post", graph=G.value, body="<a> <b> 1, 2 .").added == 1
    assert desk.write("delete", graph=G.value).removed == 2
    assert desk.graph() == set()
    assert desk.store.verify().findings == ()


def test_blank_nodes_of_two_posts_stay_apart(desk: Desk) -> None:
    for _ in range(2):
        desk.write("post", graph=G.value, body="_:x <b> 1 .")
    assert len(desk.graph()) == 2


def test_a_body_that_breaks_off_leaves_the_old_graph(desk: Desk) -> None:
    desk.write("put", graph=G.value, body="<a> <b> 1 .")
    with pytest.raises(InvalidFormat, match=":2: this is no valid Turtle"):
        desk.write("put", graph=G.value, body="<a> <b> 2 .\n<a> <b")
    assert {o for _, _, o in desk.graph()} == {"1"}


def test_a_literal_of_many_megabytes_is_too_long_however_it_is_written(desk: Desk, tmp_path: Path) -> None:
    long = tmp_path / "long.nt"
    long.write_text(f'<http://e/a> <http://e/b> "{"x" * 2**24}" .\n')
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(7))
    bomb = tmp_path / "bomb.rdf"
    bomb.write_text(
        f'<!DOCTYPE r [<!ENTITY e0 "xxxxxxxxxx">{entities}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        '<rdf:Description rdf:about="http://e/a"><e:b>&e7;</e:b></rdf:Description></rdf:RDF>'
    )
    for file, media_type in ((long, "application/n-triples"), (bomb, "application/rdf+xml")):
        with pytest.raises(TooLarge, match="one statement of the graph has more than"):
            desk.write("put", graph=G.value, parts=(Part(str(file), media_type),))
    assert desk.graph() == set()


def test_a_long_graph_is_written_and_cleared_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.pipeline import writing
    from kg.store import dataset

    for module, name in ((writing, "_CHUNK"), (dataset, "_CLEARED")):
        monkeypatch.setattr(module, name, 7)
    monkeypatch.setattr(writing, "_COMPARED", 0)
    body = "".join(f"<s{n}> <p> {n} .\n" for n in range(50))
    assert desk.write("put", graph=G.value, body=body).added == 50
    assert desk.write("put", graph=G.value, body=body.replace("<p>", "<q>")).removed == 50
    assert len(desk.graph()) == 50
    assert desk.write("delete", graph=G.value).removed == 50
    assert desk.store.verify().findings == ()


def test_the_default_graph_takes_statements_and_keeps_those_of_articles(desk: Desk) -> None:
    assert desk.write("post", graph=None, body=f"<{A}a> <{A}b> 1 .").added == 1
    assert (f"{A}a", f"{A}b", "1") in desk.graph(IRIS.things_graph)
    with pytest.raises(QueryRefused, match="delete it there"):
        desk.write("put", graph=None, body=f"<{A}a> <{A}b> 1 .")


def test_what_changes_a_thing_changes_its_revision_and_what_search_knows(desk: Desk) -> None:
    page = thing(1)
    desk.update(f'INSERT DATA {{ <{page}#id> <http://schema.org/name> "Zanzibar Smith" }}')
    with desk.store.reader() as reader:
        assert reader.revision(page) == reader.info.id
        assert [hit.page for hit in reader.text.search("zanzibar").hits] == [page]
    desk.update(f'INSERT DATA {{ GRAPH {G} {{ <{page}#id> <http://schema.org/name> "Elsewhere" }} }}')
    with desk.store.reader() as reader:
        assert reader.revision(page) != reader.info.id


# ---- the gate, roles, and what is kept of it ----------------------------------------------------------------------

BROKEN = f"<{A}x> a <http://schema.org/NewsArticle>"


def test_a_violation_refuses_the_whole_write_with_its_report(desk: Desk) -> None:
    before = desk.store.current_id()
    with pytest.raises(Refused) as caught:
        desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} {BROKEN} }}")
    assert "A1" in caught.value.codes
    assert isinstance(caught.value.report, Report)
    assert {str(one.focus) for one in caught.value.report.violations} == {f"<{A}x>"}
    assert desk.store.current_id() == before


def test_a_graph_of_a_client_is_reached_by_its_name_only(desk: Desk) -> None:
    desk.write("put", graph=G.value, body=f"{BROKEN} .")
    with desk.store.reader() as reader:
        found = [q.graph_name for q in reader.rdf.quads_for_pattern(NamedNode(f"{A}x"), None, None, None)]
    assert found == [G]


@pytest.mark.parametrize(
    ("kind", "more", "allowed"),
    [
        ("put", {"graph": G.value, "body": "<a> <b> 1 ."}, True),
        ("post", {"graph": G.value, "body": "<a> <b> 1 ."}, True),
        ("update", {"text": f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }}"}, True),
        ("update", {"text": f"DELETE DATA {{ GRAPH {H} {{ <a> <b> 1 }} }}"}, False),
        ("update", {"text": f"DROP GRAPH {H}"}, False),
        ("update", {"text": "INSERT DATA { <a> <b> 1 }"}, False),
        ("post", {"graph": None, "body": "<a> <b> 1 ."}, False),
        ("post", {"graph": f"{BASE}/graphs/things", "body": "<a> <b> 1 ."}, False),
    ],
)
def test_an_ingest_token_adds_and_replaces_graphs_of_its_own_and_no_more(
    desk: Desk, kind: str, more: dict[str, Any], allowed: bool
) -> None:
    desk.update(f"INSERT DATA {{ GRAPH {H} {{ <a> <b> 1 }} }}", base="http://example.org/base/")
    if allowed:
        assert desk.write(kind, role="ingest", **more).changed
    else:
        with pytest.raises(AccessDenied) as caught:
            desk.write(kind, role="ingest", **more)
        assert caught.value.role == "admin"
    assert desk.write(kind, role="admin", **more).snapshot


def test_the_snapshot_says_who_wrote_what(desk: Desk) -> None:
    done = desk.write("put", graph=G.value, body="<a> <b> 1, 2 .")
    info = desk.store.current()
    said = info.summary["write"]
    assert (info.id, info.holder) == (done.snapshot, "put by desk-admin")
    assert {k: said[k] for k in ("token", "kind", "graph", "added", "removed")} == {
        "token": "desk-admin",
        "kind": "put",
        "graph": G.value,
        "added": 2,
        "removed": 0,
    }
    with desk.store.reader() as reader:
        rdf = reader.rdf
        (made,) = [q.object for q in rdf.quads_for_pattern(G, PROV.wasInfluencedBy, None, IRIS.prov_graph)]
        (who,) = [q.object for q in rdf.quads_for_pattern(made, PROV.wasAssociatedWith, None, IRIS.prov_graph)]  # type: ignore[arg-type]
        assert Quad(who, RDFS.label, Literal("desk-admin"), IRIS.prov_graph) in rdf  # type: ignore[arg-type]


def test_while_somebody_else_publishes_a_write_is_told_to_come_back(desk: Desk) -> None:
    with desk.store.begin(time=NOW, holder="kg ingest"), pytest.raises(EngineBusy, match="somebody else") as caught:
        desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }}")
    assert caught.value.retry_after > 0
    assert desk.update(f"INSERT DATA {{ GRAPH {G} {{ <a> <b> 1 }} }}").changed


def test_the_journal_is_its_owners_and_half_a_line_spoils_only_itself(tmp_path: Path) -> None:
    journal = Writes.of(tmp_path)
    assert list(journal.read()) == []
    row = Row("1", "2026-04-01T08:00:00Z", "desk", "admin", "put", "published", digests=("ab",), added=3)
    journal.append(row)
    with journal.path.open("ab") as file:
        file.write(b'{"id": "to')
    journal.append(row)
    assert [one["added"] for one in journal.read()] == [3, 3]
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


# ---- the process --------------------------------------------------------------------------------------------------

_EVERYTHING = "WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s . ?t ?u ?v }"
SLOW = f"INSERT {{ GRAPH <http://example.org/slow> {{ ?a ?b ?f }} }} {_EVERYTHING}"
LARGE = f"INSERT {{ GRAPH <http://example.org/large> {{ [] ?b ?f }} }} {_EVERYTHING}"
SHORT = f"INSERT DATA {{ GRAPH {G} {{ <{A}a> <{A}b> 1 }} }}"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    store, settings = made(tmp_path)
    found = Writer(store, settings)
    yield found
    found.close()


def pid(writer: Writer, *, other_than: int = 0) -> int:
    """The process that works, once there is one."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        process = writer._process
        if process is not None and process.pid != other_than:
            return process.pid
        time.sleep(0.01)
    raise AssertionError("no process was started")


def building(store: Store) -> bool:
    return any((store.path / "snapshots").glob(".building-*"))


def test_a_killed_process_leaves_the_snapshot_whole_and_the_next_write_works(writer: Writer) -> None:
    before = writer.store.current_id()
    failed: list[KgError] = []

    def ask() -> None:
        try:
            writer.write(order(text=SLOW))
        except KgError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    killed = pid(writer)
    until = time.monotonic() + 60
    while not building(writer.store) and time.monotonic() < until:
        time.sleep(0.01)
    assert building(writer.store)
    os.kill(killed, signal.SIGKILL)
    asking.join(60)
    assert [type(one) for one in failed] == [EngineUnavailable]
    assert writer.store.current_id() == before
    assert writer.store.verify().findings == ()
    assert writer.write(order(text=SHORT)).changed
    assert not building(writer.store)
    assert [row["outcome"] for row in Writes.of(writer.store.path).read()] == ["EngineUnavailable", "published"]


@pytest.mark.parametrize(
    ("limits", "text", "error"),
    [
        ({"limits.update_seconds": 1.5}, SLOW, QueryTimeout),
        ({"limits.query_memory_mb": 100}, LARGE, QueryTooLarge),
    ],
)
def test_a_write_ends_at_its_deadline_and_above_the_memory_it_may_use(
    tmp_path: Path, limits: dict[str, float], text: str, error: type[QueryError]
) -> None:
    store, settings = made(tmp_path)
    flags = {"base_iri": BASE, "store": settings["store"], **limits}
    writer = Writer(store, config.load(flags=flags))
    try:
        with pytest.raises(error, match="nothing was written"):
            writer.write(order(text=text))
        assert writer._process is None
        assert store.verify().findings == ()
    finally:
        writer.close()


def test_the_process_stays_for_the_next_write_and_is_replaced_when_it_is_gone(writer: Writer) -> None:
    assert writer.write(order(text=SHORT)).changed
    first = pid(writer)
    assert not writer.write(order(text=SHORT)).changed
    assert pid(writer) == first
    os.kill(first, signal.SIGKILL)
    with suppress(EngineUnavailable):  # where it is asked before it is known to be gone
        writer.write(order(text=SHORT))
    assert not writer.write(order(text=SHORT)).changed
    assert pid(writer) != first


def test_a_text_that_crashes_the_process_is_told_and_harms_nobody(writer: Writer) -> None:
    with pytest.raises(QueryCrashed, match="nothing was written"):
        writer.write(order(text=f"DELETE {{ ?s ?p ?o }} WHERE {'{' * 100_000} ?s ?p ?o {'}' * 100_000}"))
    assert writer.write(order(text=SHORT)).changed


def test_errors_come_back_as_they_are_and_the_journal_keeps_no_word_of_what_was_sent(writer: Writer) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        writer.write(order(text="INSERT DATA { <x:hush> <x:b> "))
    assert (caught.value.line, caught.value.column) == (1, 30)
    with pytest.raises(Refused) as broken:
        writer.write(order(text=f"INSERT DATA {{ {BROKEN} }}"))
    assert isinstance(broken.value.report, Report)
    writer.write(order(text=SHORT))
    rows = list(Writes.of(writer.store.path).read())
    assert [row["outcome"] for row in rows] == ["QuerySyntaxError", "Refused", "published"]
    assert all(row["digests"] and row["bytes"] for row in rows)
    assert rows[1]["codes"] == list(broken.value.codes)
    assert "hush" not in json.dumps(rows)
