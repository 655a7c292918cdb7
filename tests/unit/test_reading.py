"""The one reader of SPARQL: trees with places, edits by place, and what the endpoint asks of them."""

from __future__ import annotations

from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sparql_queries import PREFIXES, Queries

from kg.errors import QuerySyntaxError
from kg.queries.dataset import with_using
from kg.queries.reading import Edit, Node, Reading, edited, read

P = "PREFIX : <http://example.org/> PREFIX x: <http://example.org/x#> "


def reading(text: str, base: str | None = None) -> Reading:
    found = read(text, base=base)
    assert found is not None, text
    return found


def leaves(node: Node) -> list[Node]:
    return [one for one in node.walk() if not one.parts]


def shape(node: Node, text: str) -> object:
    """The tree as nested tuples; leaves as they are written."""
    if not node.parts:
        return text[node.start : node.end]
    return (node.kind, *(shape(part, text) for part in node.parts))


def where(pattern: str) -> object:
    """The shape of the only thing in a group."""
    text = f"{P}SELECT * {{ {pattern} }}"
    group = next(n for n in reading(text).tree.walk() if n.kind == "GroupGraphPattern")
    (only,) = group.parts[1:-1]
    return shape(only, text)


# ---- the tree ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("1 + 2 * 3", ("AdditiveExpression", "1", "+", ("MultiplicativeExpression", "2", "*", "3"))),
        ("1 * 2 + 3", ("AdditiveExpression", ("MultiplicativeExpression", "1", "*", "2"), "+", "3")),
        ("?a-1", ("AdditiveExpression", "?a", "-", "1")),
        ("1 - -1", ("AdditiveExpression", "1", "-", ("UnaryExpression", "-", "1"))),
        ("?a || ?b && ?c", ("ConditionalOrExpression", "?a", "||", ("ConditionalAndExpression", "?b", "&&", "?c"))),
        ("?a = ?b && ?c", ("ConditionalAndExpression", ("RelationalExpression", "?a", "=", "?b"), "&&", "?c")),
        ("!?a", ("UnaryExpression", "!", "?a")),
        ("?a<?b&&?c>?d", None),
        ("?a NOT IN (1, 2)", ("RelationalExpression", "?a", "NOT", "IN", ("ExpressionList", "(", "1", ",", "2", ")"))),
        ("STR(?a)", ("BuiltInCall", "STR", ("ArgList", "(", "?a", ")"))),
        ("x:f(?a, 'b'@en)", None),
        ("<<( ?s :p <<( :a :b :c )>> )>> = ?x", None),
    ],
)
def test_operators_bind_as_the_grammar_says(expression: str, tree: object) -> None:
    found = where(f"FILTER({expression})")
    assert isinstance(found, tuple)
    assert found[:2] == ("Filter", "FILTER")
    if tree is not None:
        assert found[2] == ("BrackettedExpression", "(", tree, ")")


def test_a_smaller_sign_is_no_iri_where_an_operator_comes() -> None:
    assert where("FILTER(?a<?b&&?c>?d)") == (
        "Filter",
        "FILTER",
        (
            "BrackettedExpression",
            "(",
            (
                "ConditionalAndExpression",
                ("RelationalExpression", "?a", "<", "?b"),
                "&&",
                ("RelationalExpression", "?c", ">", "?d"),
            ),
            ")",
        ),
    )
    assert where("FILTER(?a<<http://example.org/a>)")


def test_triples_have_a_subject_and_lists_of_verbs_and_objects() -> None:
    assert where("?s a :T ; :p 1, 'x'@en .") == (
        "TriplesBlock",
        (
            "TriplesSameSubjectPath",
            "?s",
            (
                "PropertyListPathNotEmpty",
                "a",
                ("ObjectListPath", ":T"),
                ";",
                ":p",
                ("ObjectListPath", "1", ",", ("RDFLiteral", "'x'", "@en")),
            ),
        ),
        ".",
    )


@pytest.mark.parametrize(
    ("path", "tree"),
    [
        (":p", ":p"),
        (":p/:q|^:r*", None),
        (":p+", ("PathElt", ":p", "+")),
        ("^:p", ("PathEltOrInverse", "^", ":p")),
        ("(:p|:q)?", ("PathElt", ("PathPrimary", "(", ("PathAlternative", ":p", "|", ":q"), ")"), "?")),
        ("!(a|^:p)", None),
    ],
)
def test_a_path_of_one_iri_is_that_iri(path: str, tree: object) -> None:
    found = where(f"?s {path} ?o")
    if tree is not None:
        assert found == (
            "TriplesBlock",
            ("TriplesSameSubjectPath", "?s", ("PropertyListPathNotEmpty", tree, ("ObjectListPath", "?o"))),
        )


READ = [
    "SELECT*{?s?p?o}",
    "SELECT ?x?y{?x?p?y}LIMIT 1OFFSET 2",
    "select distinct (count(*) as ?n) (group_concat(?x;separator=',') as ?g) from <a:b> where {} group by ?x (1 as ?k)",
    "SELECT ?x {} GROUP BY ?x STR(?x) HAVING (?x > 1) (?x) ORDER BY ?x DESC(?x) STR(1) OFFSET 1 LIMIT 2 VALUES ?x {1}",
    "SELECT * { ?s ?p true.FILTER(?o) }",
    "SELECT * { ?s ?p ?o ~:r {|:a :b ; :c :d|} , [] , [ :p () ] , (1 [] (2)) }",
    "SELECT * { << ?a :b ?c ~ ?r >> :p 1 . << :a :b :c >> . [ :p :o ] . (1) . () :p [] }",
    "SELECT * { VALUES (?a ?b) { (UNDEF <<( :a a 'x'@en--ltr )>>) } VALUES () { () } VALUES ?z {} }",
    "SELECT * { { SELECT ?x { } VALUES ?x { 1 } } {} UNION {} MINUS {} OPTIONAL {} GRAPH ?g {} LATERAL {} }",
    "SELECT * { FILTER NOT EXISTS { ?s ?p ?o } FILTER (EXISTS {} && ?x) BIND(BNODE() AS ?y) }",
    "VERSION '1.2' CONSTRUCT WHERE { ?s ?p ?o . } LIMIT 1",
    "CONSTRUCT { ?s ?p ?o ; . } FROM NAMED :g { }",
    "DESCRIBE ?x <a:b> :c FROM :g WHERE { } LIMIT 1",
    "DESCRIBE *",
    "ASK { ?s :a.b ?o . ?s :a\\-b%20 _:b.c . ?s :1 .5 , +1.5e3, - 1 }",
    "ASK { ?s ?p '''it's \"'' \\u0041''' , 'a\\'b' , \"\"\"\"a\"\"\" }",
]


@pytest.mark.parametrize("text", READ)
def test_what_the_engine_takes_is_read(text: str) -> None:
    ox.Store().query(P + text)
    reading(P + text)


UPDATES = [
    "INSERT DATA { :a :b :c . GRAPH :g { :a :b :c . } :d :e :f } ; ",
    "BASE <h:i> DELETE DATA { :a <b> :c } ; DELETE WHERE { ?s <b> ?o GRAPH ?g { ?s ?p ?o } }",
    "WITH :g DELETE { ?s ?p ?o } INSERT { GRAPH ?g { ?s ?p ?o } } USING :h USING NAMED :i WHERE { ?s ?p ?o }",
    "CREATE GRAPH :g ; CLEAR NAMED ; DROP SILENT DEFAULT ; COPY :g TO DEFAULT ; MOVE GRAPH :g TO :h; ADD :g TO :h",
    "",
]


@pytest.mark.parametrize("text", UPDATES)
def test_updates_are_read(text: str) -> None:
    ox.Store().update(P + text)
    assert reading(P + text).form == "update"


@pytest.mark.parametrize("text", [*READ, *UPDATES])
def test_the_leaves_and_what_lies_between_them_are_the_text(text: str) -> None:
    whole = P + text
    found = reading(whole)
    at = 0
    for leaf in leaves(found.tree):
        assert leaf.start >= at
        assert whole[at : leaf.start].strip() == ""
        assert leaf.end > leaf.start or not whole
        at = leaf.end
    assert whole[at:].strip() == ""
    assert edited(whole, ()) == whole


@pytest.mark.parametrize(
    "text",
    [
        "SELECT",
        "SELECT * { ?s ?p }",
        "SELECT * { ?s ?p ?o ",
        "SELECT * { ?s undeclared:p ?o }",
        "SELECT * { ?s ?p 'a }",
        "SELECT * { ?s ?p 'a\\q' }",
        "SELECT * { ?s ?p '\\uD800' }",
        "SELECT * { } ; SELECT * { }",
        "SELECT * { FILTER(1 = 2 = 3) }",
        "SERVICE <a:b> {}",
        "SHOW TABLES",
        "INSERT { ?s ?p ?o }",
        "WITH <a:b> CLEAR ALL",
        "SELECT * {} LIMIT " + "1" * 31,
    ],
)
def test_what_is_no_sparql_is_not_read(text: str) -> None:
    assert read(text) is None


# ---- what a text says --------------------------------------------------------------------------------------------


def test_services_are_told_by_endpoint_and_place() -> None:
    text = P + "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } OPTIONAL { SERVICE SILENT ?e { SERVICE :x {} } } }"
    found = reading(text).services
    assert [(s.endpoint, s.silent) for s in found] == [
        ("http://a.example/", False),
        (None, True),
        ("http://example.org/x", False),
    ]
    assert text[found[0].start : found[0].end] == "SERVICE <http://a.example/> { ?s ?p ?o }"
    assert text[found[0].pattern.start : found[0].pattern.end] == "{ ?s ?p ?o }"


def test_loads_datasets_and_operations_are_told() -> None:
    found = reading(
        P + "LOAD SILENT :x INTO GRAPH :g ; WITH :g DELETE { ?s ?p ?o } USING NAMED <h:i> WHERE {} ; CLEAR ALL"
    )
    assert [(load.source, load.silent) for load in found.loads] == [("http://example.org/x", True)]
    assert [(d.graph, d.named) for d in found.datasets] == [("h:i", True)]
    assert [(o.kind, o.with_graph, len(o.using)) for o in found.operations] == [
        ("LOAD", None, 0),
        ("MODIFY", "http://example.org/g", 1),
        ("CLEAR", None, 0),
    ]


def test_limit_and_offset_are_those_of_the_outermost_query() -> None:
    text = "SELECT * { { SELECT * {} LIMIT 3 } } OFFSET 7 # } \n VALUES ?x { 1 }"
    modifiers = reading(text).modifiers
    assert modifiers is not None
    assert (modifiers.limit, modifiers.limit_place, modifiers.offset) == (None, None, 7)
    assert modifiers.offset_place is not None
    assert text[slice(*modifiers.offset_place)] == "OFFSET 7"
    made = edited(text, [Edit(modifiers.end, modifiers.end, " LIMIT 5")])
    assert made == "SELECT * { { SELECT * {} LIMIT 3 } } OFFSET 7 LIMIT 5 # } \n VALUES ?x { 1 }"
    ox.Store().query(made)


def test_calls_are_told_with_their_arguments() -> None:
    text = P + "SELECT (x:f(?a, STR(1)) AS ?y) (COUNT(DISTINCT ?x) AS ?n) { FILTER <a:b>() }"
    calls = {call.function: [text[a.start : a.end] for a in call.arguments] for call in reading(text).calls}
    assert calls == {"http://example.org/x#f": ["?a", "STR(1)"], "STR": ["1"], "COUNT": ["?x"], "a:b": []}


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("SELECT (now() AS ?x) {}", True),
        ("SELECT * { FILTER(RAND() < 1) }", True),
        ("SELECT * { BIND(BNODE('a') AS ?b) }", True),
        ("SELECT * { { SELECT (UUID() AS ?b) {} } }", True),
        ("SELECT * {} ORDER BY STRUUID()", True),
        ("SELECT ?now { ?now ?p 'NOW()' } # NOW()", False),
    ],
)
def test_a_text_that_asks_the_clock_or_a_die_is_volatile(text: str, volatile: bool) -> None:
    assert reading(text).volatile is volatile


def test_iris_are_resolved_by_the_prologue_that_holds_where_they_stand() -> None:
    first = "BASE <http://a.example/b/c> PREFIX p: <d#> CLEAR GRAPH p:x ; "
    second = "BASE <../e/> PREFIX p: <f\\u0067> DROP GRAPH p:a\\-b ; DROP GRAPH <x>"
    found = reading(first + second)
    graphs = [o.node.parts[-1] for o in found.operations if o.node]
    assert [found.iri(graph) for graph in graphs] == [
        "http://a.example/b/d#x",
        "http://a.example/e/fga-b",
        "http://a.example/e/x",
    ]
    assert (found.base, found.prefixes) == ("http://a.example/e/", {"p": "http://a.example/e/fg"})


#: RFC 3986, section 5.4.
_REFERENCES = (
    "g:h g ./g g/ /g //g ?y g?y #s g#s g?y#s ;x g;x g;x?y#s . ./ .. ../ ../g ../.. ../../ ../../g ../../../g "
    "../../../../g /./g /../g g. .g g.. ..g ./../g ./g/. g/./h g/../h g;x=1/./y g;x=1/../y g?y/./x g#s/../x"
)


@pytest.mark.parametrize("base", ["http://a/b/c/d;p?q", "http://a", "http://a?q", "http://a/b/c/"])
def test_references_are_resolved_as_the_engine_resolves_them(base: str) -> None:
    for reference in ("", *_REFERENCES.split(" ")):
        text = f"SELECT ?x {{ VALUES ?x {{ <{reference}> }} }}"
        try:
            (row,) = ox.Store().query(text, base_iri=base)  # type: ignore[misc]
        except SyntaxError:
            continue
        found = reading(text, base)
        (leaf,) = (n for n in found.tree.walk() if n.kind == "IRIREF")
        assert found.iri(leaf) == row[0].value, (base, reference)  # type: ignore[index, union-attr]


def test_strings_are_told_without_their_escapes() -> None:
    text = 'SELECT * { ?s ?p \'a\\n\\u0041\' , """b"c""" , \'\' , """""" }'
    found = reading(text)
    assert [found.string(n) for n in found.tree.walk() if n.kind == "String"] == ["a\nA", 'b"c', "", ""]


def test_edits_are_made_in_any_order_and_at_one_place() -> None:
    assert edited("abcdef", [Edit(4, 5, "E"), Edit(1, 1, "+"), Edit(1, 2, "B")]) == "a+BcdEf"


# ---- hostile and random texts ------------------------------------------------------------------------------------


@given(st.text(st.sampled_from("{}()[]<>'\"\\#?:.;,|^!-+*/ \na1SELECT@_")) | st.text())
@settings(max_examples=100)
def test_any_text_is_read_or_not_and_never_an_error(text: str) -> None:
    for asked in (text, f"SELECT * {{ {text} }}"):
        found = read(asked)
        assert found is None or found.text == asked


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "SELECT * " + "{" * 100_000,
        "SELECT * { ?s ?p " + "[ :p " * 50_000,
        "SELECT * { FILTER(" + "!" * 100_000 + "1) }",
        "a.b-" * 50_000,
        "SELECT * { ?s ?p " + "true." * 50_000,
        "SELECT * { ?s ?p " + "<" * 100_000,
        "SELECT * { ?s ?p '''" + "''a" * 100_000,
        "SELECT * { ?s ?p :a" + "..." * 100_000,
        "SELECT * { ?s ?p " + "\\u00" * 50_000,
    ],
)
def test_a_long_hostile_text_is_given_up_in_linear_time(text: str) -> None:
    assert read(text) is None


def test_prefixes_of_many_operations_do_not_fill_the_memory() -> None:
    def text(number: int) -> str:
        return "".join(f"PREFIX p{n}: <a:b> CLEAR ALL ;" for n in range(number))

    few = read(text(600))
    assert few is not None
    assert len(few.prologues[-1].prefixes) == 600
    assert read(text(700)) is None
    assert read(text(20_000)) is None


def test_chains_of_operators_and_triples_are_no_nesting() -> None:
    reading("SELECT * { FILTER(" + "1+" * 5_000 + "1) }")
    reading("INSERT DATA { " + "<a:b> <a:c> 1, 2 . " * 5_000 + "}")
    assert read("SELECT * { ?s ?p " + "(" * 58 + ")" * 58 + " }") is not None
    assert read("SELECT * { ?s ?p " + "(" * 70 + ")" * 70 + " }") is None


def test_queries_made_by_chance_are_read_and_keep_their_meaning_when_variables_are_renamed() -> None:
    random = Random(6)
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES)
    for _ in range(60):
        made = Queries(random, anything=True)
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in made.graph())
        text = f"{prologue}SELECT * {{ {made.group()} }}"
        try:
            rows = [[str(value) for value in row] for row in store.query(text)]  # type: ignore[union-attr]
        except (SyntaxError, ValueError):
            continue
        found = reading(text)
        names = [n for n in found.tree.walk() if n.kind == "Var"]
        renamed = edited(text, [Edit(n.start, n.end, f"$v_{text[n.start + 1 : n.end]}") for n in names])
        again = [[str(value) for value in row] for row in store.query(renamed)]  # type: ignore[union-attr]
        assert sorted(again) == sorted(rows), text


# ---- the dataset of an update ------------------------------------------------------------------------------------


def test_the_graphs_of_a_request_are_used_by_every_operation_with_a_where() -> None:
    text = (
        P
        + "INSERT DATA { :a :b :c } ; DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s :p ?o } ; CLEAR :NAMED"
    )
    text = text.replace("CLEAR :NAMED", "CLEAR NAMED")
    made = with_using(reading(text), ("http://a.example/g", "http://a.example/g"), ("http://a.example/n",))
    used = [[(u.graph, u.named) for u in operation.using] for operation in reading(made).operations]
    both = [("http://a.example/g", False), ("http://a.example/n", True)]
    assert used == [[], both, both, []]
    ox.Store().update(made)


def test_delete_where_with_a_graph_deletes_what_that_graph_says() -> None:
    store = ox.Store()
    n = ox.NamedNode
    a, b = ox.Triple(n("a:a"), n("a:p"), n("a:o")), ox.Triple(n("a:b"), n("a:p"), n("a:o"))
    store.extend([ox.Quad(*a), ox.Quad(*b), ox.Quad(*b, n("a:g"))])
    store.update(with_using(reading("DELETE WHERE { ?s <a:p> ?o }"), ("a:g",), ()))
    assert set(store) == {ox.Quad(*a), ox.Quad(*b, n("a:g"))}


def test_without_graphs_an_update_stays_as_it_is() -> None:
    text = "DELETE WHERE { ?s ?p ?o } # USING"
    assert with_using(reading(text), (), ()) == text


@pytest.mark.parametrize(
    "text", ["DELETE { ?s ?p ?o } USING <a:g> WHERE {}", "WITH <a:g> DELETE { ?s ?p ?o } WHERE {}"]
)
def test_graphs_in_the_text_and_in_the_request_exclude_each_other(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"(USING|WITH) at character 1; .* no using-graph-uri"):
        with_using(reading(text), ("a:h",), ())


@pytest.mark.parametrize("graph", ["a:b> INSERT", "relative", "", "a:b c", "a:b\\u003e", "a:<"])
def test_a_graph_that_is_no_iri_cannot_be_used(graph: str) -> None:
    with pytest.raises(QuerySyntaxError, match="no absolute IRI"):
        with_using(reading("DELETE WHERE { ?s ?p ?o }"), (), (graph,))
