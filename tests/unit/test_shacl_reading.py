"""Shapes graphs are read completely: every construct becomes a value, and what cannot is told with its place."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.reading import read_roots
from kg.shacl.shapes import ShapesGraph
from kg.shacl.syntax import notes

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
#: Lines of the prefixes: what a test writes begins one line further down.
HEAD = PREFIXES.count("\n")


def ex(name: str) -> NamedNode:
    return NamedNode("http://example.org/" + name)


def graph(text: str) -> ShapesGraph:
    return ShapesGraph.parse([("own.ttl", (PREFIXES + text).encode())])


def roots(text: str) -> tuple[s.Root, ...]:
    return read_roots(graph(text))


def one(text: str) -> s.Shape:
    (root,) = roots(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; {text} .")
    return root.shape


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        roots(text)
    assert raised.value.exit_code == 2
    return raised.value.message


# ---- Core ----------------------------------------------------------------------------------------------------------

PARAMETERS = {
    "sh:class ex:C": "Class",
    "sh:datatype xsd:date": "Datatype",
    "sh:nodeKind sh:IRIOrLiteral": "NodeKind",
    "sh:minInclusive 1": "MinInclusive",
    "sh:maxExclusive 1.5": "MaxExclusive",
    "sh:minLength 0": "MinLength",
    "sh:maxLength 9": "MaxLength",
    "sh:pattern 'a+' ; sh:flags 'i'": "Pattern",
    "sh:languageIn ( 'en' 'de-CH' )": "LanguageIn",
    "sh:in ( ex:a 1 'x'@en )": "In",
    "sh:node ex:Other": "Node",
    "sh:not [ sh:class ex:C ]": "Not",
    "sh:and ( ex:Other [ sh:class ex:C ] )": "And",
    "sh:or ( ex:Other )": "Or",
    "sh:xone ( ex:Other ex:Other )": "Xone",
    "sh:hasValue true": "HasValue",
    "sh:minCount 2": "MinCount",
    "sh:maxCount 0": "MaxCount",
    "sh:uniqueLang true": "UniqueLang",
    "sh:equals ex:q": "Equals",
    "sh:disjoint ex:q": "Disjoint",
    "sh:lessThan ex:q": "LessThan",
    "sh:lessThanOrEquals ex:q": "LessThanOrEquals",
    "sh:property [ sh:path ex:q ]": "Property",
    "sh:qualifiedValueShape ex:Other ; sh:qualifiedMinCount 1": "QualifiedMinCount",
    "sh:qualifiedValueShape ex:Other ; sh:qualifiedMaxCount 0": "QualifiedMaxCount",
    "sh:sparql [ sh:select 'SELECT $this ?value WHERE { $this $PATH ?value }' ]": "SPARQL",
}


@pytest.mark.parametrize("text", PARAMETERS)
def test_every_parameter_of_core_becomes_its_constraint(text: str) -> None:
    shape = one(f"sh:property [ sh:path ex:p ; {text} ]")
    (outer,) = shape.constraints
    assert isinstance(outer, s.Property)
    assert [c.component for c in outer.shape.constraints] == [PARAMETERS[text]]


def test_a_closed_shape_allows_its_properties_and_the_ignored_ones() -> None:
    shape = one(
        "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ], [ sh:path ( ex:q ex:r ) ]"
    )
    closed = next(c for c in shape.constraints if isinstance(c, s.Closed))
    assert closed.allowed == {ex("p"), NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")}


@pytest.mark.parametrize(
    "text",
    [
        "sh:property [ sh:path ex:p ; sh:minCount 0 ; sh:uniqueLang false ]",
        "sh:property [ sh:path ex:p ; sh:uniqueLang '1'^^xsd:boolean ]",
        "sh:property [ sh:path ex:p ; sh:closed false ; sh:qualifiedValueShape [ ] ]",
    ],
)
def test_what_can_never_be_wrong_makes_no_constraint(text: str) -> None:
    (outer,) = one(text).constraints
    assert isinstance(outer, s.Property)
    assert outer.shape.constraints == ()


def test_siblings_of_a_qualified_shape_are_those_of_all_property_shapes_beside_it() -> None:
    text = """sh:property [ sh:path ex:p ; sh:qualifiedValueShape ex:A ; sh:qualifiedMinCount 1 ;
        sh:qualifiedValueShapesDisjoint true ],
      [ sh:path ex:q ; sh:qualifiedValueShape ex:B ; sh:qualifiedMaxCount 1 ]"""
    first, second = (c.shape.constraints[0] for c in one(text).constraints if isinstance(c, s.Property))
    assert isinstance(first, s.Qualified)
    assert isinstance(second, s.Qualified)
    assert [b.node for b in first.siblings] == [ex("B")]
    assert second.siblings == ()


def test_a_deactivated_shape_keeps_its_place_and_loses_its_constraints() -> None:
    shape = one("sh:node ex:Off . ex:Off sh:deactivated true ; sh:class ex:C")
    (constraint,) = shape.constraints
    assert isinstance(constraint, s.NodeShape)
    assert constraint.shape.deactivated
    assert constraint.shape.constraints == ()
    assert roots("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:deactivated true ; sh:class ex:C .") == ()


def test_a_deactivated_sparql_constraint_is_left_out() -> None:
    assert one("sh:sparql [ sh:deactivated true ; sh:select 'nonsense' ]").constraints == ()


def test_severities_are_shacl_s_three_by_name_and_others_by_iri() -> None:
    assert one("sh:class ex:C").severity == "Violation"
    assert one("sh:severity sh:Info").severity == "Info"
    assert one("sh:severity ex:Doubtful").severity == "http://example.org/Doubtful"


def test_messages_are_all_kept_english_first() -> None:
    shape = one("sh:message 'Nein'@de, 'No'@en, 'Non'@fr")
    assert shape.messages == (
        Literal("No", language="en"),
        Literal("Nein", language="de"),
        Literal("Non", language="fr"),
    )


# ---- targets ---------------------------------------------------------------------------------------------------------


def test_every_kind_of_target_is_read() -> None:
    (root,) = roots(
        "ex:S a sh:NodeShape, rdfs:Class ; sh:targetClass ex:T ; sh:targetNode 5 ; sh:targetSubjectsOf ex:p ;"
        " sh:targetObjectsOf ex:q ; sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ;"
        " sh:select 'SELECT ?this WHERE { ?this ex:p ?x }' ] ."
    )
    assert [t.kind for t in root.targets] == [
        "targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf", "targetClass", "target",
    ]  # fmt: skip
    assert root.targets[4].term == ex("S")
    query = root.targets[5].query
    assert query is not None
    assert query.prologue == "PREFIX ex: <http://example.org/>\n"


def test_a_target_type_binds_its_parameters() -> None:
    (root,) = roots(
        "ex:BornIn a sh:SPARQLTargetType ; rdfs:subClassOf sh:Target ; sh:parameter [ sh:path ex:country ] ;"
        " sh:prefixes ex: ; sh:select 'SELECT ?this WHERE { ?this ex:bornIn $country }' ."
        " ex:S a sh:NodeShape ; sh:target [ a ex:BornIn ; ex:country ex:Peru ] ; sh:class ex:C ."
    )
    (target,) = root.targets
    assert target.bindings == (("country", ex("Peru")),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sh:target ex:Nothing", "sh:target leads to no target in SPARQL"),
        ("sh:target [ sh:select 'SELECT ?x WHERE { ?x ?y ?z }' ]", "does not select $this"),
        ("sh:target [ sh:select 'SELECT ?this WHERE {' ]", "no valid SPARQL: error at line 1, column"),
        ("sh:targetNode [ ]", "sh:targetNode is a blank node"),
        ("sh:targetClass 'T'", 'sh:targetClass is "T"; an IRI is needed'),
    ],
)
def test_what_is_no_target_is_refused(text: str, says: str) -> None:
    assert says in refusal(f"ex:S a sh:NodeShape ;\n {text} .")


def test_subclasses_come_from_the_ontology_and_from_a_graph_that_is_known() -> None:
    text = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:class ex:T ."
    terms = PREFIXES + "ex:Sub rdfs:subClassOf ex:T . ex:T rdfs:subClassOf ex:Sub ."
    told = ShapesGraph.parse([("own.ttl", (PREFIXES + text).encode())], ontology=[("terms.ttl", terms.encode())])
    assert read_roots(told)[0].targets[0].classes == (ex("T"), ex("Sub"))
    plain = graph(text)
    assert read_roots(plain)[0].targets[0].classes == (ex("T"),)
    assert plain.knowing(plain.triples) is plain
    assert read_roots(plain.knowing(told.subclasses))[0].targets[0].classes == (ex("T"), ex("Sub"))


# ---- SPARQL-based constraint components ---------------------------------------------------------------------------

LANGUAGE = """
ex:Language a sh:ConstraintComponent ; sh:parameter [ sh:path ex:lang ] ; sh:labelTemplate "in {$lang}" ;
  sh:nodeValidator [ sh:select "SELECT $this WHERE { FILTER(lang($this) != $lang) }" ; sh:message "not {$lang}" ] ;
  sh:propertyValidator [ sh:prefixes ex: ;
    sh:select "SELECT $this ?value WHERE { $this $PATH ?value . FILTER(lang(?value) != $lang) }" ] .
"""


def custom(text: str) -> list[s.Custom]:
    found = roots(text)
    return [c for root in found for shape in root.shape.walk() for c in shape.constraints if isinstance(c, s.Custom)]


def test_a_component_has_its_validator_for_each_kind_of_shape() -> None:
    of_node, of_property = custom(
        LANGUAGE
        + "ex:S a sh:NodeShape ; sh:targetNode 'x'@en ; ex:lang 'en' ; sh:property [ sh:path ex:p ; ex:lang 'de' ] ."
    )
    assert (of_node.component, of_node.ask) == ("http://example.org/Language", False)
    assert of_node.bindings == (("lang", Literal("en")),)
    assert [m.value for m in of_node.messages] == ["not {$lang}"]
    assert "$PATH" in of_property.query.text
    assert [m.value for m in of_property.messages] == ["in {$lang}"]


def test_a_component_of_one_parameter_makes_a_constraint_of_each_value() -> None:
    found = custom(LANGUAGE + "ex:S a sh:NodeShape ; sh:targetClass ex:T ; ex:lang 'en', 'de' .")
    assert [c.bindings for c in found] == [(("lang", Literal("en")),), (("lang", Literal("de")),)]


SUM = """
ex:Sum a ex:Own ; sh:parameter ex:Second, [ sh:path ex:first ], [ sh:path ex:third ; sh:optional true ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(?value = $first + $second) }" ] .
ex:Own rdfs:subClassOf sh:ConstraintComponent . ex:Second a sh:Parameter ; sh:path ex:second .
"""


def test_a_component_of_several_parameters_needs_those_that_are_not_optional() -> None:
    (found,) = custom(SUM + "ex:S a sh:NodeShape ; sh:targetNode 3 ; ex:second 2 ; ex:first 1 .")
    assert found.ask
    assert found.bindings == (("first", Literal(1)), ("second", Literal(2)))
    assert custom(SUM + "ex:S a sh:NodeShape ; sh:targetNode 3 ; ex:third 2 ; ex:first 1 .") == []


ASSIGNS = """
ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:a ] ; sh:validator [ sh:ask "ASK { BIND(1 AS ?a) }" ] .
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SUM + "ex:S a sh:NodeShape ; sh:targetNode 3 ; ex:second 2, 3 ; ex:first 1 .", "ex"),
        ("ex:C a sh:ConstraintComponent ; sh:validator [ sh:ask 'ASK {}' ] .", "sh:parameter"),
        ("ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:a ; sh:optional true ] .", "not optional"),
        ("ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:value ] .", "cannot name a variable"),
        ("ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path <http://e/a>, <http://f/b> ] .", "sh:path"),
        (
            "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path <http://e/a> ], [ sh:path <http://f/a> ] .",
            "two parameters are called a",
        ),
        (
            "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:a ] ; sh:validator [ sh:message 'x' ] .",
            "sh:validator needs sh:ask or sh:select",
        ),
        (
            ASSIGNS,
            "assigns a variable that is bound beforehand",
        ),
    ],
)
def test_a_component_that_is_none_is_refused(text: str, says: str) -> None:
    message = refusal(text)
    assert message.startswith("own.ttl:")
    assert says in message


def test_descriptions_of_shacl_s_own_components_are_no_components() -> None:
    text = "sh:MinCountConstraintComponent a sh:ConstraintComponent ; sh:parameter [ sh:path sh:minCount ] ."
    assert (
        custom(text + "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
        == []
    )


def test_a_component_without_a_validator_for_a_kind_of_shape_is_ignored_on_it_and_noted() -> None:
    text = LANGUAGE.replace("nodeValidator", "propertyValidator")
    text += "ex:S a sh:NodeShape ; sh:targetNode 'x' ; ex:lang 'en' ."
    assert custom(text) == []
    (note,) = notes(graph(text))
    assert note.endswith("Language: it has no validator for node shapes, and is ignored on them")
    (root,) = roots(text.replace("ex:S a", "ex:Language sh:nodeValidator [ sh:jsFunctionName 'f' ] . ex:S a"))
    assert root.unknown == "http://example.org/Language, which is in JavaScript"


@pytest.mark.parametrize("text", ["sh:js [ ]", "sh:expression [ ]"])
def test_what_no_compiler_knows_is_for_the_oracle(text: str) -> None:
    (root,) = roots(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:not [ {text} ] .")
    assert root.unknown == text.partition(" ")[0]


# ---- queries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this ?p ?o MINUS { $this ?p 1 } }",
        "SELECT $this WHERE { $this ?p ?o . SERVICE <http://example.org/> { ?a ?b ?c } }",
        "SELECT $this WHERE { VALUES ?p { ex:p } $this ?p ?o }",
        "SELECT $this WHERE { $this ?p ?o } VALUES ?p { ex:p }",
        "SELECT $this WHERE { BIND(1 AS $this) }",
        "SELECT (1 AS $this) WHERE { }",
        "SELECT $this WHERE { $this ?p ?o { SELECT ?o WHERE { ?a ?b ?o } } }",
        "SELECT $this WHERE { { SELECT * WHERE { FILTER($this = ex:a) } } }",
        "SELECT $this WHERE { $this ex:p ?o { SELECT * WHERE { { SELECT ?o WHERE { $this ex:q ?o } } } } }",
        "SELECT $this WHERE { GRAPH $shapesGraph { ?a ?b ?c } }",
        "ASK { $this ?p ?o }",
        "SELECT ?value WHERE { $this ex:p ?value }",
        "SELECT $this WHERE { $this unknown:p ?value }",
        "INSERT DATA { ex:a ex:b ex:c }",
        "SELECT $this WHERE {",
        "",
    ],
)
def test_queries_that_shacl_forbids_are_refused_with_file_and_line(query: str) -> None:
    message = refusal(
        f'ex:S a sh:NodeShape ; sh:targetClass ex:T ;\n sh:sparql [ sh:prefixes ex: ;\n sh:select "{query}" ] .'
    )
    assert message.startswith(f"own.ttl:{HEAD + 3}: ")
    assert "\n" not in message


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { { SELECT * WHERE { $this ex:p ?o FILTER($this = ex:a) } } }",
        "SELECT $this WHERE { { SELECT * WHERE { { SELECT $this WHERE { $this ex:p 1 } } } } }",
        "SELECT * WHERE { $this ex:p ?value }",
        "SELECT $this WHERE { $this ex:p ?o FILTER(1 * 2 = ?o) { SELECT $this WHERE { $this ex:q 1 } } }",
    ],
)
def test_queries_that_shacl_allows_are_read(query: str) -> None:
    assert len(one(f'sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ]').constraints) == 1


def test_prefixes_follow_imports_in_circles() -> None:
    shape = one(
        "sh:sparql [ sh:prefixes ex:A ; sh:select 'SELECT $this WHERE { $this b:p ?x }' ] ."
        " ex:A owl:imports ex:B ; sh:declare [ sh:prefix 'a' ; sh:namespace 'http://a/' ] ."
        " ex:B owl:imports ex:A ; sh:declare [ sh:prefix 'b' ; sh:namespace 'http://b/' ]"
    )
    (constraint,) = shape.constraints
    assert isinstance(constraint, s.Sparql)
    assert constraint.query.prefixes == (("a", "http://a/"), ("b", "http://b/"))


@pytest.mark.parametrize(
    "declared",
    [
        "[ sh:prefix 'a' ; sh:namespace 'http://a/> SELECT * {} #' ]",
        "[ sh:prefix 'a b' ; sh:namespace 'http://a/' ]",
        "[ sh:prefix 'a' ]",
        "[ sh:prefix 'a' ; sh:namespace 'http://a/' ], [ sh:prefix 'a' ; sh:namespace 'http://b/' ]",
    ],
)
def test_a_declared_prefix_can_be_nothing_else(declared: str) -> None:
    text = f"sh:sparql [ sh:prefixes ex:A ; sh:select 'SELECT $this {{}}' ] . ex:A sh:declare {declared} ."
    assert "own.ttl:" in refusal(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; {text}")


# ---- circles and other hostile shapes --------------------------------------------------------------------------------

LINKS = {
    "node": "sh:node ex:S",
    "not": "sh:not ex:S",
    "and": "sh:and ( ex:S )",
    "or": "sh:or ( [ sh:class ex:C ] ex:S )",
    "xone": "sh:xone ( ex:S )",
    "qualified": "sh:property [ sh:path ex:p ; sh:qualifiedValueShape ex:S ; sh:qualifiedMinCount 1 ]",
    "property": "sh:property [ sh:path ex:p ; sh:node ex:S ]",
    "far": "sh:node ex:A . ex:A sh:property [ sh:path ex:p ; sh:or ( ex:B ) ] . ex:B sh:not [ sh:node ex:S ]",
    "itself": "sh:property ex:P . ex:P sh:path ex:p ; sh:property ex:P",
    "siblings": "sh:property [ sh:path ex:p ; sh:qualifiedValueShape ex:A ; sh:qualifiedMinCount 1 ;"
    " sh:qualifiedValueShapesDisjoint true ], [ sh:path ex:p ; sh:qualifiedValueShape [ sh:node ex:S ] ;"
    " sh:qualifiedMinCount 1 ]",
}


@pytest.mark.parametrize("link", LINKS)
def test_a_shape_that_refers_to_itself_is_refused_once_whatever_the_way(link: str) -> None:
    message = refusal(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; {LINKS[link]} .")
    assert message.count("the shape refers to itself") == 1
    assert " → " in message
    assert message.startswith("own.ttl:")


def test_shapes_that_are_used_often_are_no_circle() -> None:
    shape = one("sh:node ex:A, ex:B . ex:A sh:node ex:C . ex:B sh:node ex:C . ex:C sh:class ex:D")
    assert [inner.node for inner in shape.walk()] == [ex(n) for n in "SABC"]


@pytest.mark.parametrize("depth", [41, 10_000])
def test_shapes_nested_too_deeply_are_refused(depth: int) -> None:
    text = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; " + "sh:not [ " * depth + "sh:class ex:C" + " ]" * depth + " ."
    assert "nested more than 40 deep" in refusal(text)


def test_depth_counts_through_shapes_that_are_read_before() -> None:
    chain = "".join(f"ex:L{n} a sh:NodeShape ; sh:targetNode 1 ; sh:node ex:L{n + 1} .\n" for n in reversed(range(50)))
    message = refusal(chain + "ex:L50 sh:class ex:C .")
    assert "example.org/L10: shapes are nested more than 40 deep" in message


def test_lists_nested_too_deeply_are_refused() -> None:
    depth = 10_000
    text = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; " + "sh:or ( [ " * depth + "sh:class ex:C" + " ] )" * depth + " ."
    )
    assert "nested more than 40 deep" in refusal(text)
    assert "own.ttl:" in refusal(
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:or " + "( " * depth + " )" * depth + " ."
    )


def test_shapes_that_double_at_every_level_are_refused_at_once() -> None:
    levels = "".join(f"ex:L{n} sh:and ( ex:L{n + 1} ex:L{n + 1} ) .\n" for n in range(30))
    assert "comes to more than 20000 shapes" in refusal(f"ex:L0 a sh:NodeShape ; sh:targetClass ex:T .\n{levels}")


@pytest.mark.parametrize(
    "text",
    [
        "sh:in ex:l . ex:l rdf:first 1 ; rdf:rest ex:l",
        "sh:or ex:l . ex:l rdf:first ex:A ; rdf:rest ex:m . ex:m rdf:first ex:A ; rdf:rest ex:l",
        "sh:in ex:l . ex:l rdf:first 1, 2 ; rdf:rest ()",
        "sh:in ex:l . ex:l rdf:first 1 ; rdf:rest (), ( 3 )",
        "sh:in ex:l . ex:l rdf:first 1",
        "sh:in 5",
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    assert "list" in refusal(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; {text} .")


def test_long_lists_are_read() -> None:
    (constraint,) = one(f"sh:in ( {' '.join(map(str, range(10_000)))} )").constraints
    assert isinstance(constraint, s.In)
    assert len(constraint.members) == 10_000


@pytest.mark.parametrize(
    "path",
    [
        "[ sh:inversePath ex:l ] . ex:l a ex:X ; sh:path 5",
        "( ex:p )",
        "()",
        "[ sh:alternativePath ( ex:p ) ]",
        "[ sh:zeroOrMorePath [ ] ]",
        "[ sh:zeroOrMorePath ex:p, ex:q ]",
        "'p'",
        "_:a . _:a sh:inversePath _:a",
        "( " * 30 + "ex:p ex:q" + " ex:q )" * 30,
        "_:p0 . " + " . ".join(f"_:p{n} sh:alternativePath ( _:p{n + 1} _:p{n + 1} )" for n in range(19)),
        f"( {' '.join(['ex:p'] * 2000)} )",
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    message = refusal(f"ex:S a sh:PropertyShape ; sh:targetClass ex:T ; sh:path {path} .")
    assert "sh:path" in message


def test_control_characters_do_not_reach_a_message() -> None:
    message = refusal("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:datatype 'a\\u001b[31m\\nb\\u202e' .")
    assert message.isprintable()


def test_long_values_are_cut_in_messages() -> None:
    assert len(refusal(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:datatype '{'x' * 100_000}' .")) < 400


def test_a_huge_file_of_mistakes_is_told_in_few_lines() -> None:
    text = "".join(
        f"ex:S{n} a sh:NodeShape ; sh:targetNode ex:T ; sh:property [ sh:path ex:p ; sh:minCout 1 ; sh:in 5 ] .\n"
        for n in range(5_000)
    )
    message = refusal(text)
    assert message.count("\n") == 20
    assert message.endswith("… and more; correct these first")


# ---- the digest ------------------------------------------------------------------------------------------------------


def test_the_digest_is_that_of_what_the_shapes_say_however_they_are_written() -> None:
    first = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:or ( [ sh:class ex:C ] [ sh:datatype xsd:date ] ) ."
    second = """# the same
ex:S sh:or ( [\n sh:class ex:C ] _:x ) . _:x sh:datatype xsd:date . ex:S sh:targetClass ex:T ; a sh:NodeShape ."""
    assert graph(first).digest == graph(second).digest
    assert graph(first).digest != graph(first.replace("ex:C ", "ex:D ")).digest
    turned = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:or ( [ sh:datatype xsd:date ] [ sh:class ex:C ] ) ."
    assert graph(first).digest != graph(turned).digest
    assert len(graph(first).digest) == 64


def test_the_digest_is_the_same_in_any_order_of_files_and_counts_the_ontology() -> None:
    a, b = (
        ("a.ttl", (PREFIXES + "ex:A a sh:NodeShape .").encode()),
        ("b.ttl", (PREFIXES + "ex:B sh:class ex:C .").encode()),
    )
    assert ShapesGraph.parse([a, b]).digest == ShapesGraph.parse([b, a]).digest
    terms = [("t.ttl", (PREFIXES + "ex:C rdfs:subClassOf ex:D .").encode())]
    assert ShapesGraph.parse([a, b], ontology=terms).digest != ShapesGraph.parse([a, b]).digest


def test_the_digest_of_circles_and_deep_graphs_is_made() -> None:
    assert graph("_:a ex:p _:b . _:b ex:p _:a .").digest
    assert graph("ex:a ex:p " + "[ ex:p " * 20_000 + "1" + " ]" * 20_000 + " .").digest
