"""Where something is, asked in SPARQL: the index leaves out only what the filter would."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import atlas
import pyoxigraph as ox
import pytest
import review_fixture
from atlas import PROLOGUE, town
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from publication import document, page
from pyoxigraph import Literal, NamedNode, Triple
from store_fixture import BASE, at

from kg import describe, pipeline, review
from kg.engine import Limits, Pool, Request, places
from kg.engine.places import MAY_LOCATE, edits
from kg.iris import Iris
from kg.queries.extensions import DISTANCE, FUNCTIONS, MEETING
from kg.reads.thing import thing
from kg.store import Reader, Store
from kg.store.geometry import CELLS, Box, cover
from kg.vocab import GEO, SCHEMA

#: Points where boxes are hard, and the steps of a grid between them.
EAST = st.sampled_from([-180.0, 180.0, 179.9999999, -179.5, 0.0, 90.0]) | st.integers(-1800, 1800).map(lambda n: n / 10)
NORTH = st.sampled_from([-90.0, 90.0, 89.99, -89.5, 0.0]) | st.integers(-900, 900).map(lambda n: n / 10)
RADIUS = st.sampled_from([0.0, 1.0, 500.0, 5e4, 1e6, 5e6, 1.2e7, 2.1e7]) | st.integers(1, 2_000_000)
#: Geometries that are no points of the world, or no geometries.
ODD = (
    "POINT(194.5 46.05)",
    "POINT(14.5 146.05)",
    "POINT EMPTY",
    "POINT Z(14.5 46.05 300)",
    "LINESTRING(14 46,15 47)",
    "POLYGON((14 46,15 46,15 47,14 47,14 46))",
    "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(14.6 46.1)",
    "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(46.05 14.5)",
    "point ( 1.45e1 46.05 )",
    "POINT(14.5, 46.05)",
    "nowhere",
    "POINT(1e999 1)",
)
GRID = [(x * 30.0, y * 15.0) for x in range(-6, 7) for y in range(-6, 7)]


def wkt(text: str) -> str:
    return f'"{text}"^^geo:wktLiteral'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = atlas.made(tmp_path_factory.mktemp("places") / "store")
    near = [(14.5 + x / 100, 46 + y / 100) for x in range(-4, 5) for y in range(-4, 5)]
    hard = [
        (-180.0, 0.0),
        (180.0, 0.1),
        (179.9999999, 10.0),
        (-179.99, 10.0),
        (0.0, 90.0),
        (77.0, -90.0),
        (33.3, 89.97),
    ]
    texts = [f"POINT({x:.7g} {y:.7g})" for x, y in (*GRID, *near, *hard)] + list(ODD)
    with store.begin(time=at(2), holder="test") as draft:
        draft.put_thing(
            Triple(NamedNode(f"{BASE}/things/grid-{n}#geo"), GEO.asWKT, Literal(text, datatype=GEO.wktLiteral))
            for n, text in enumerate(texts)
        )
        draft.commit()
    return store


@pytest.fixture(scope="module")
def reader(store: Store) -> Iterator[Reader]:
    with store.reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def places_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A store so small that any random query ends soon."""
    with atlas.made(tmp_path_factory.mktemp("few") / "store").reader() as reader:
        yield reader


def both(reader: Reader, query: str, *, indexed: bool = True) -> list[tuple[str, ...]]:
    """The solutions, which must be the same with the index and without."""
    text = atlas.changed(edits, reader, query)
    assert ("VALUES" in text.replace(query, "")) or (text != PROLOGUE + query) == indexed
    plain = atlas.rows(reader, PROLOGUE + query)
    assert atlas.rows(reader, text) == plain
    return plain


def looked_up(reader: Reader, pattern: str) -> bool:
    """Whether the index serves the pattern; the answer is the same in any case."""
    query = f"SELECT * {{ {pattern} }}"
    text = atlas.changed(edits, reader, query)
    assert atlas.rows(reader, text) == atlas.rows(reader, PROLOGUE + query)
    return text != PROLOGUE + query


NEAR = f"geof:distance(?wkt, {wkt('POINT(14.5 46.05)')}, uom:metre)"
POLYGON = wkt("POLYGON((13 45,16 45,16 47,13 47,13 45))")


def test_places_within_a_distance_and_within_an_area_are_found(reader: Reader) -> None:
    query = "SELECT ?place {{ ?place a schema:City ; geo:hasGeometry/geo:asWKT ?wkt FILTER({}) }}"
    ljubljana, maribor, trieste = (f"<{town(name)}>" for name in ("Ljubljana", "Maribor", "Trieste"))
    assert both(reader, query.format(f"{NEAR} < 80000")) == [(ljubljana,), (trieste,)]
    assert both(reader, query.format(f"{NEAR} < 1")) == [(ljubljana,)]
    assert both(reader, query.format(f"geof:sfWithin(?wkt, {POLYGON})")) == [(ljubljana,), (maribor,), (trieste,)]


@pytest.mark.parametrize(
    "pattern",
    [
        f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000)",
        f"?g geo:asWKT ?wkt FILTER({NEAR} <= 5e4)",
        f"?g geo:asWKT ?wkt FILTER(50000 > {NEAR})",
        f"?g geo:asWKT ?wkt FILTER((+50000.0) >= ({NEAR}))",
        f"FILTER({NEAR} < 50000) ?g geo:asWKT ?wkt",
        f"?g geo:asWKT $wkt FILTER({NEAR} < 50000)",
        f"?g geo:asWKT ?wkt FILTER({NEAR.replace('metre', 'kilometre')} < 50)",
        f"?g geo:asWKT ?wkt FILTER(geof:distance({wkt('POINT(14.5 46.05)')}, ?wkt, uom:meter) < 50000)",
        f"?g geo:asWKT ?wkt FILTER(?g != <a:a> && ({NEAR} < 50000 && true))",
        f"?p geo:hasGeometry [ geo:asWKT ?wkt ] FILTER({NEAR} < 50000)",
        f"?p geo:hasDefaultGeometry ?g . ?g a geo:Geometry ; geo:asWKT ?wkt . FILTER({NEAR} < 50000) ?p a ?t",
        f"?g geo:asWKT ?wkt BIND({NEAR} AS ?metres) FILTER(?metres < 50000)",
        f"?g geo:asWKT ?wkt OPTIONAL {{ ?p geo:hasGeometry ?g }} FILTER({NEAR} < 50000)",
        f"?p a schema:City OPTIONAL {{ ?p geo:hasGeometry/geo:asWKT ?wkt FILTER({NEAR} < 50000) }}",
        f"?p a schema:City MINUS {{ ?p geo:hasGeometry/geo:asWKT ?wkt FILTER({NEAR} < 50000) }}",
        f"?p a schema:City FILTER EXISTS {{ ?p geo:hasGeometry/geo:asWKT ?wkt FILTER({NEAR} < 50000) }}",
        f"GRAPH ?graph {{ ?g geo:asWKT ?wkt FILTER({NEAR} < 50000) }}",
        f"{{ SELECT ?g {{ ?g geo:asWKT ?wkt FILTER({NEAR} < 50000) }} }}",
        f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000) FILTER(geof:sfWithin(?wkt, {POLYGON}))",
        f"?g geo:asWKT ?wkt FILTER geof:sfIntersects({POLYGON}, ?wkt)",
        f"?g geo:asWKT ?wkt FILTER(geof:sfWithin(?wkt, {wkt(ODD[6])}))",
        f"?g geo:asWKT ?wkt FILTER({NEAR} < -1)",
    ],
)
def test_the_index_serves_filters_wherever_they_stand(reader: Reader, pattern: str) -> None:
    assert looked_up(reader, pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        f"?g geo:asWKT ?wkt FILTER({NEAR} > 50000)",
        f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000 || ?g = <a:a>)",
        f"?g geo:asWKT ?wkt FILTER(!({NEAR} < 50000))",
        f"?g geo:asWKT ?wkt FILTER({NEAR} + 1 < 50000)",
        f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000 + 1)",
        f"?g geo:asWKT ?wkt FILTER({NEAR.replace('uom:metre', '?unit')} < 50000)",
        f"?g geo:asWKT ?wkt FILTER({NEAR.replace('uom:metre', 'uom:degree')} < 50000)",
        "?g geo:asWKT ?wkt FILTER(geof:distance(?wkt, ?wkt, uom:metre) < 50000)",
        f"?g geo:asWKT ?wkt FILTER(geof:distance(?wkt, {POLYGON}, uom:metre) < 50000)",
        f"?g geo:asWKT ?wkt FILTER(geof:sfDisjoint(?wkt, {POLYGON}))",
        f"?g geo:asWKT ?wkt FILTER(geof:sfWithin(?wkt, {wkt('POLYGON EMPTY')}))",
        f"?g geo:asWKT ?wkt FILTER(geof:sfWithin(?wkt, {wkt('POINT Z(1 2 3)')}))",
        f"?g geo:asWKT ?wkt FILTER(COALESCE({NEAR} < 50000, true))",
        f"OPTIONAL {{ ?g geo:asWKT ?wkt }} FILTER({NEAR} < 50000)",
        f"{{ ?g geo:asWKT ?wkt }} UNION {{ ?g a geo:Geometry }} FILTER({NEAR} < 50000)",
        f"?g ^geo:asWKT|geo:asWKT ?wkt FILTER({NEAR} < 50000)",
        f"?g !geo:asWKT ?wkt FILTER({NEAR} < 50000)",
        f"?g geo:asWKT? ?wkt FILTER({NEAR} < 50000)",
        f"?g geo:asWKT/a ?wkt FILTER({NEAR} < 50000)",
        f"?g geo:asWKT ?other BIND(?other AS ?wkt) FILTER({NEAR} < 50000)",
        f"?g rdfs:member ( ?a geo:asWKT ?wkt ) FILTER({NEAR} < 50000)",
        f"VALUES ?wkt {{ {wkt('POINT(14.5 46.05)')} }} FILTER({NEAR} < 50000)",
        f"?g geo:asWKT ?wkt BIND({NEAR} AS ?metres) FILTER(?metres > 50000)",
    ],
)
def test_what_the_index_cannot_tell_is_left_to_the_filter(reader: Reader, pattern: str) -> None:
    assert not looked_up(reader, pattern)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(east=EAST, north=NORTH, radius=RADIUS)
def test_a_circle_finds_what_the_filter_alone_finds(reader: Reader, east: float, north: float, radius: float) -> None:
    point = wkt(f"POINT({east} {north})")
    looked_up(reader, f"?g geo:asWKT ?wkt FILTER(geof:distance(?wkt, {point}, uom:metre) <= {radius})")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(MEETING), st.lists(st.tuples(EAST, NORTH), min_size=1, max_size=5), st.booleans(), st.booleans())
def test_a_relation_finds_what_the_filter_alone_finds(
    reader: Reader, function: str, corners: list[tuple[float, float]], swapped: bool, line: bool
) -> None:
    ring = ",".join(f"{x} {y}" for x, y in [*corners, corners[0]])
    shape = wkt(f"LINESTRING({ring})" if line else f"POLYGON(({ring}))")
    arguments = f"{shape}, ?wkt" if swapped else f"?wkt, {shape}"
    looked_up(reader, f"?g geo:asWKT ?wkt FILTER(<{function}>({arguments}))")


KINDS = (
    "?p geo:hasGeometry ?g .",
    "?g geo:asWKT ?wkt .",
    "?p geo:hasGeometry/geo:asWKT ?wkt ; schema:name ?n .",
    "?p geo:hasGeometry [ geo:asWKT ?wkt ] .",
    "FILTER({d} < 80000)",
    "FILTER(?p != <a:a> && (({d} <= 80000)))",
    "FILTER({d} < 80000 || ?n = 'Suva'@en)",
    "FILTER(!({d} < 80000))",
    "FILTER(geof:sfWithin(?wkt, {a}))",
    "FILTER(?metres < 80000)",
    "BIND({d} AS ?metres)",
    "?p a schema:City .",
    "VALUES ?wkt { {v} }",
    "OPTIONAL {g}",
    "{g} UNION {o}",
    "MINUS {g}",
    "FILTER EXISTS {g}",
    "{ SELECT ?p ?wkt {g} }",
)


@st.composite
def groups(draw: st.DrawFn, depth: int = 2) -> str:
    """A group of patterns about places."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS if depth else KINDS[:12]))
        inner = draw(groups(depth=depth - 1)) if "{g}" in kind else ""  # type: ignore[call-arg]
        other = draw(groups(depth=depth - 1)) if "{o}" in kind else ""  # type: ignore[call-arg]
        for mark, text in (
            ("{d}", NEAR),
            ("{a}", POLYGON),
            ("{v}", wkt("POINT(14.5 46.05)")),
            ("{g}", inner),
            ("{o}", other),
        ):
            kind = kind.replace(mark, text)
        parts.append(kind)
    return "{ " + " ".join(parts) + " }"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups())
def test_a_filter_in_any_group_finds_what_it_finds_alone(places_only: Reader, group: str) -> None:
    query = f"SELECT ?p ?g ?wkt ?n ?metres {group}"
    try:
        wanted = atlas.rows(places_only, PROLOGUE + query)
    except SyntaxError:  # BIND of a variable that is bound
        assume(False)
    assert atlas.rows(places_only, atlas.changed(edits, places_only, query)) == wanted


@given(EAST, NORTH, st.floats(0, 360), st.floats(0, 180))
def test_a_box_is_covered_by_few_cells(west: float, south: float, wide: float, high: float) -> None:
    cells = cover([Box(west, south, min(180, west + wide), min(90, south + high))])
    assert len(cells) <= CELLS + 1
    assert len(set(cells)) == len(cells)


def test_the_functions_listed_are_those_the_engine_knows() -> None:
    geof = DISTANCE.removesuffix("distance")
    others = ("boundary", "buffer", "boundingCircle", "geometryType", "metricArea", "metricDistance", "transform")
    empty = ox.Store()
    for function in FUNCTIONS:
        list(empty.query(f"SELECT (<{function}>(1, 2, 3) AS ?x) {{}}"))  # type: ignore[arg-type]
    for name in others:
        with pytest.raises(RuntimeError, match="not supported"):
            list(empty.query(f"SELECT (<{geof}{name}>(1, 2) AS ?x) {{}}"))  # type: ignore[arg-type]
    assert len(set(FUNCTIONS)) == len(FUNCTIONS)
    assert {DISTANCE, *MEETING} <= set(FUNCTIONS)


def test_only_texts_that_may_ask_where_are_read() -> None:
    assert MAY_LOCATE.search(PROLOGUE)
    assert MAY_LOCATE.search("BASE <http://www.o\\u0070engis.net/>")
    assert not MAY_LOCATE.search("SELECT * { ?s ?p ?o }")


def test_too_many_candidates_are_not_named(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "CANDIDATES", 40)
    assert not looked_up(reader, f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000)")
    assert looked_up(reader, f"?g geo:asWKT ?wkt FILTER({NEAR} < 500)")


# ---- the index follows the graph ----------------------------------------------------------------------------------


def candidates(store: Store, snapshot: str | None = None) -> tuple[str, ...] | None:
    with store.reader(snapshot) as reader:
        return reader.text.geometries(cover([Box(-180, -90, 180, 90)]), limit=1000)


def said(store: Store, snapshot: str | None = None) -> tuple[str, ...]:
    with store.reader(snapshot) as reader:
        return tuple(sorted({q.object.value for q in reader.rdf.quads_for_pattern(None, GEO.asWKT, None, None)}))


def test_whatever_writes_a_geometry_the_index_has_it(tmp_path: Path) -> None:
    store = atlas.made(tmp_path / "store")
    assert candidates(store) == said(store)
    first = store.current_id()
    with store.begin(time=at(2), holder="test") as draft:
        draft.update(
            "PREFIX geo: <http://www.opengis.net/ont/geosparql#> "
            'INSERT DATA { <https://news.example/things/x#geo> geo:asWKT "POINT(1 2)"^^geo:wktLiteral }'
        )
        with suppress(ZeroDivisionError), draft.attempt():
            atlas.locate(draft, {"Undone": (3.0, 4.0)})
            raise ZeroDivisionError
        draft.commit()
    assert candidates(store) == said(store)
    assert "POINT(1 2)" in said(store)
    with store.begin(time=at(3), holder="test") as draft:
        with store.reader() as reader:
            gone = [
                q.triple for q in reader.rdf.quads_for_pattern(NamedNode(town("Suva")[:-2] + "geo"), None, None, None)
            ]
        draft.remove_thing(gone)
        draft.commit()
    assert candidates(store) == said(store)
    assert "POINT(178.44 -18.14)" not in said(store)
    store.restore(first, time=at(4), holder="test")
    assert candidates(store) == said(store)
    assert "POINT(178.44 -18.14)" in said(store)


def test_a_purge_makes_the_index_of_every_snapshot_anew_with_its_places(tmp_path: Path) -> None:
    store = atlas.made(tmp_path / "store")
    suva = NamedNode(town("Suva").replace("#id", "#geo"))
    with store.begin(time=at(2), holder="test") as draft:
        atlas.locate(draft, {"Celje": (46.24, 15.27)})
        draft.commit()
    with store.begin(time=at(3), holder="test") as draft:
        draft.remove_thing([quad.triple for quad in draft.rdf.quads_for_pattern(suva, None, None, None)])
        draft.commit()
    places = {one.info.id: said(store, one.info.id) for one in store.snapshots()}
    assert sorted(map(len, places.values())) == [0, 4, 4, 5]
    pipeline.purge(store, f"{BASE}/articles/ferry", time=at(4), reason="a court ordered it")
    for snapshot, texts in places.items():
        assert candidates(store, snapshot) == said(store, snapshot) == texts
    assert candidates(store) == said(store)
    assert len(said(store)) == 4


def test_a_place_that_loses_its_row_loses_its_geometry(tmp_path: Path) -> None:
    rows = "id,type,name,latitude,longitude\nx-kampen,City,Kampen,52.555,5.9111\n"
    press = review_fixture.publication(tmp_path, rows)
    press.add(document(page()))
    assert candidates(press.store) == said(press.store) == ("POINT(5.9111 52.555)",)
    kampen = review_fixture.only(press, "Kampen")
    assert press.default(NamedNode(kampen), GEO.hasGeometry)
    review_fixture.decide(press, review.reject(kampen, "x-kampen"))
    assert candidates(press.store) == said(press.store) == ()
    assert not press.default(NamedNode(kampen.replace("#id", "#geo")))
    review_fixture.decide(press, review.accept(kampen, "x-kampen"))
    assert candidates(press.store) == said(press.store) == ("POINT(5.9111 52.555)",)


def test_what_the_index_cannot_hold_turns_it_off_until_it_goes(tmp_path: Path) -> None:
    store = atlas.made(tmp_path / "store")
    node = NamedNode(f"{BASE}/things/x#geo")
    for minute, term in enumerate(
        (
            Literal("POINT(14.5 46.05) " + " " * 20_000, datatype=GEO.wktLiteral),
            Literal("POINT(14.5 46.05)"),
            NamedNode("https://news.example/point"),
            None,
        )
    ):
        with store.begin(time=at(2 + minute), holder="test") as draft:
            draft.remove_thing([quad.triple for quad in draft.rdf.quads_for_pattern(node, None, None, None)])
            draft.put_thing([Triple(node, GEO.asWKT, term)] if term is not None else [])
            draft.commit()
        with store.reader() as reader:
            assert looked_up(reader, f"?g geo:asWKT ?wkt FILTER({NEAR} < 50000)") == (term is None)


def test_an_index_from_before_geometries_is_not_asked(tmp_path: Path) -> None:
    """Its files say nothing of cells; new documents are taken in without them."""
    import tantivy

    from kg.store import TextDocument, TextIndex, text

    folder = tmp_path / "text"
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    for name in ("page", "kind", "type", "section", "publisher", "date"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="words")
    builder.add_text_field("names", tokenizer_name="words")
    builder.add_text_field("text", tokenizer_name="words")
    tantivy.Index(builder.build(), path=str(folder))
    text.update(folder, {"g": TextDocument("g", "geometry", "", wkt="POINT(1 2)", cells=("0/0/0",))})
    assert TextIndex(folder).geometries(("0/0/0",), limit=5) is None
    fields = {field["name"] for field in json.loads((folder / "meta.json").read_text())["schema"]}
    assert "cell" not in fields


def test_places_are_found_through_the_pool(store: Store) -> None:
    query = (
        PROLOGUE
        + f"SELECT ?n {{ ?p schema:name ?n ; geo:hasGeometry/geo:asWKT ?wkt FILTER({NEAR} < 80000) }} ORDER BY ?n"
    )
    pool = Pool(store.path, Limits(seconds=60, concurrent=1))
    try:
        answer = pool.run(Request(query, solutions="text/csv"))
        assert [row[0] for row in csv.reader(io.StringIO(answer.read().decode()))] == ["n", "Ljubljana", "Trieste"]
    finally:
        pool.close()


def test_the_document_of_a_place_describes_its_geometry_and_the_page_shows_numbers(store: Store) -> None:
    ljubljana = town("Ljubljana")
    with store.reader() as reader:
        made = describe.describe(reader, Iris.page_of(ljubljana))
        page = thing(reader, Iris.page_of(ljubljana))
    point = NamedNode(ljubljana.replace("#id", "#geo"))
    assert {triple.object for triple in made if triple.subject == point} == {
        GEO.Geometry,
        Literal("POINT(14.5 46.05)", datatype=GEO.wktLiteral),
    }
    assert page is not None
    shown = {row.property for row in page.facts.rows}
    assert {SCHEMA.latitude.value, SCHEMA.longitude.value} <= shown
    assert not any(predicate.startswith(GEO.iri) for predicate in shown)
