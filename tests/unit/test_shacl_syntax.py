"""The syntax rules of SHACL: each mistake is told with file, line, shape, what is wrong and what to do."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import Literal

from kg import resources
from kg.errors import ConfigError
from kg.shacl.reading import read_roots
from kg.shacl.shapes import ShapesGraph, code_of
from kg.shacl.syntax import notes, problems
from kg.vocab import SH

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


def graph(text: str) -> ShapesGraph:
    return ShapesGraph.parse([("own.ttl", (PREFIXES + text).encode())])


#: The code of each rule, and a shape that breaks it on line 4.
BROKEN = {
    "Y1": "ex:S a sh:NodeShape ;\n sh:node 'x' .",
    "Y2": "ex:S a sh:NodeShape ;\n sh:targetObjectsOf [ ] .",
    "Y3": "ex:S a sh:NodeShape ;\n sh:targetNode [ ] .",
    "Y4": "ex:S a sh:NodeShape ;\n sh:severity sh:Info, sh:Warning .",
    "Y5": "ex:S a sh:NodeShape ;\n sh:message 5 .",
    "Y6": "ex:S a sh:NodeShape ;\n sh:deactivated 'true' .",
    "Y7": "ex:S sh:class ex:C ;\n sh:name ex:n .",
    "Y8": "ex:S sh:class ex:C ;\n sh:path ex:p, ex:q .",
    "Y9": "ex:S a sh:NodeShape ;\n sh:datatype ( xsd:date xsd:dateTime ), xsd:time .",
    "Y10": "ex:S a sh:NodeShape ;\n sh:nodeKind sh:Iri .",
    "Y11": "ex:S a sh:NodeShape ;\n sh:class 'C' .",
    "Y12": "ex:S sh:path ex:p ;\n sh:minCount 1.5 .",
    "Y13": "ex:S sh:path ex:p ;\n sh:maxCount -1 .",
    "Y14": "ex:S sh:path ex:p ;\n sh:minLength '1' .",
    "Y15": "ex:S sh:path ex:p ;\n sh:maxLength 1, 2 .",
    "Y16": "ex:S sh:path ex:p ;\n sh:minInclusive ex:one .",
    "Y17": "ex:S sh:path ex:p ;\n sh:maxInclusive 1, 2 .",
    "Y18": "ex:S sh:path ex:p ;\n sh:minExclusive [ ] .",
    "Y19": "ex:S sh:path ex:p ;\n sh:maxExclusive ex:one .",
    "Y20": "ex:S sh:path ex:p ;\n sh:pattern 'a'@en .",
    "Y21": "ex:S sh:path ex:p ; sh:pattern 'a' ;\n sh:flags 'i', 's' .",
    "Y22": "ex:S a sh:NodeShape ;\n sh:ignoredProperties ex:p .",
    "Y23": "ex:S sh:path ex:p ;\n sh:languageIn ( 'en' ex:de ) .",
    "Y24": "ex:S sh:path ex:p ;\n sh:in ( 1 ), ( 2 ) .",
    "Y25": "ex:S sh:path ex:p ;\n sh:qualifiedValueShape ex:A, ex:B .",
    "Y26": "ex:S sh:path ex:p ; sh:qualifiedValueShape ex:A ;\n sh:qualifiedMinCount 'a' .",
    "Y27": "ex:S sh:path ex:p ; sh:qualifiedValueShape ex:A ;\n sh:qualifiedMaxCount 1, 2 .",
    "Y28": "ex:S sh:path ex:p ;\n sh:languageIn ( 'en' ), ( 'de' ) .",
    "Y29": "ex:S a sh:NodeShape ;\n sh:or ( 1 ) .",
    "Y30": "ex:S a sh:NodeShape ;\n sh:path ex:p .",
    "Y31": "\nex:S a sh:PropertyShape .",
    "Y32": "\nex:S sh:minCount 1 .",
    "Y34": "ex:S a sh:NodeShape .\n<http://e/> sh:entailment <http://www.w3.org/ns/entailment/RDFS> .",
    "Y35": "ex:S a sh:NodeShape ; sh:closed true ;\n sh:ignoredProperties ( 'p' ) .",
    "Y40": "ex:S a sh:NodeShape ;\n sh:sparql [ sh:ask 'ASK {}' ] .",
    "Y41": "ex:S a sh:NodeShape ; sh:sparql [\n sh:prefixes 'ex' ; sh:select 'SELECT $this {}' ] .",
    "Y42": "ex:\n sh:declare [ sh:prefix ex:ex ; sh:namespace 'http://e/' ] .",
    "Y43": "ex:\n sh:declare [ sh:prefix 'ex' ; sh:namespace <http://e/> ] .",
    "Y44": "ex:C a sh:ConstraintComponent ; sh:parameter [\n sh:path ( ex:p ex:q ) ] .",
    "Y45": "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:p ;\n sh:optional 'yes' ] .",
    "Y46": "\n[ ] a sh:ConstraintComponent .",
}
#: Legal, and without effect.
IDLE = {"Y33": "\nex:Q sh:path ex:p ; sh:qualifiedMinCount 1 ."}


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    """The message of each code."""
    view = ShapesGraph.load([resources.path("shapes/syntax")]).view
    texts = [m.value for _, m in view.pairs(SH.message) if isinstance(m, Literal)]
    return {str(code_of(text)): text for text in texts}


def test_every_rule_has_a_message_with_what_to_do_and_a_shape_that_breaks_it(rules: dict[str, str]) -> None:
    assert set(rules) == set(BROKEN) | set(IDLE)
    for text in rules.values():
        assert re.fullmatch(r"Y\d+ [^;]+; .*[^.]", text), text


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_rule_is_told_with_its_line_and_what_to_do(code: str, rules: dict[str, str]) -> None:
    told = [problem.message for problem in problems(graph(BROKEN[code]))]
    words = rules[code].partition(" ")[2]
    (message,) = [m for m in told if words in m]
    assert re.match(r"own\.ttl:4: ", message), message


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_rule_stops_the_shapes_from_being_used(code: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_roots(graph(BROKEN[code]))
    assert raised.value.exit_code == 2
    assert raised.value.message.startswith("own.ttl:4: ")
    assert raised.value.where == "own.ttl:4"


def test_all_mistakes_of_all_files_are_told_at_once_in_the_order_of_their_places() -> None:
    first = (
        "ex:A a sh:NodeShape ; sh:targetNode 1 ;\n sh:class 'C' ;\n sh:minCout 1 ;\n sh:pattern '(' .\nex:B sh:in 5 ."
    )
    second = "ex:C a sh:NodeShape ; sh:targetClass ex:T ;\n sh:sparql [ sh:select 'SELECT' ] ; sh:node ex:C ."
    sources = [(n, (PREFIXES + t).encode()) for n, t in (("a.ttl", first), ("b.ttl", second))]
    with pytest.raises(ConfigError) as raised:
        read_roots(ShapesGraph.parse(sources))
    lines = raised.value.message.split("\n")
    assert [line.split(": ")[0] for line in lines] == ["a.ttl:4", "a.ttl:5", "a.ttl:6", "a.ttl:7", "b.ttl:3", "b.ttl:4"]
    for line, name in zip(
        lines, ["ex:class", "minCout", "sh:pattern", "sh:in", "refers to itself", "SPARQL"], strict=True
    ):
        assert name.removeprefix("ex:") in line


def test_one_mistake_is_told_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read_roots(graph("ex:S a sh:PropertyShape ; sh:targetClass ex:T ; sh:path ex:p ; sh:minCount 'a', 'b' ."))
    assert "\n" not in raised.value.message


def test_syntax_errors_of_all_files_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        ShapesGraph.parse([("a.ttl", b"<a> <b"), ("b.ttl", b"\n<a> ."), ("c.ttl", b"<a> <b> 1 .")])
    assert re.fullmatch(r"a\.ttl:1: .*\nb\.ttl:2: .*", raised.value.message)


def test_the_shapes_that_ship_and_the_shapes_for_shapes_break_no_rule() -> None:
    assert problems(ShapesGraph.load()) == ()
    assert notes(ShapesGraph.load()) == ()
    assert problems(ShapesGraph.load([resources.path("shapes/syntax")])) == ()


def test_the_shapes_for_shapes_are_no_shapes_for_articles() -> None:
    assert not any("shapes/syntax#" in str(node) for node in ShapesGraph.load().roots())


def test_what_has_no_effect_is_noted_and_not_refused() -> None:
    text = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ;\n sh:rule [ ] ;\n sh:property [ sh:path ex:p ; sh:values [ ] ] .\n"
        "<http://e/> <http://www.w3.org/2002/07/owl#imports> <http://f/> ." + IDLE["Y33"]
    )
    shapes = graph(text)
    assert len(read_roots(shapes)) == 1
    told = notes(shapes)
    assert [note.split(": ")[0] for note in told] == ["own.ttl:4", "own.ttl:5", "own.ttl:6", "own.ttl:7"]
    assert "sh:rule is ignored" in told[0]


@pytest.mark.parametrize("label", ["a\\u0000b", "\\u001b[2J", "line\\nbreak", "\\u202egnp.exe"])
def test_control_characters_in_labels_do_no_harm(label: str) -> None:
    shapes = graph(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:name '{label}' ; sh:message '{label}' .")
    assert len(read_roots(shapes)) == 1
    with pytest.raises(ConfigError) as raised:
        read_roots(graph(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:class '{label}' ; sh:message '{label}' ."))
    assert raised.value.message.isprintable()


def test_a_large_shapes_graph_is_checked() -> None:
    text = "".join(
        f"ex:S{n} a sh:NodeShape ; sh:targetNode {n} ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:in ( 1 2 ) ] .\n"
        for n in range(2_000)
    )
    assert len(read_roots(graph(text))) == 2_000
