"""Where pySHACL departs from SHACL: what it says, what the specification says, and what the random tests leave out.

Each case is as small as it gets. When a newer pySHACL has mended one, its test fails: then the case and the rule in
``shacl_strategies.py`` that goes with it can go.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from shacl_pairs import Row, by_closures, by_oracle, by_store, shapes_graph, stored, triples

from kg.errors import ConfigError
from kg.shacl.reading import read_roots

VALUES_OF_P = "ex:S a sh:PropertyShape ; sh:targetSubjectsOf ex:p ; sh:path ex:p ; "


@dataclass(frozen=True, slots=True)
class Case:
    """``wrong`` is what pySHACL reports as values; ``right`` what the specification asks for; "" is no value."""

    data: str
    shape: str
    wrong: tuple[str, ...]
    right: tuple[str, ...]


#: By what the random tests leave out.
CASES = {
    "a boolean beside a bound (4.3: SPARQL compares a boolean with no number)": Case(
        "ex:a ex:p true .", VALUES_OF_P + "sh:maxInclusive 1 .", (), ("true",)
    ),
    "sh:lessThan between a date and a number (4.5.3: what cannot be compared is a result)": Case(
        "ex:a ex:p '2026-03-12'^^xsd:date ; ex:q 1 .", VALUES_OF_P + "sh:lessThan ex:q .", (), ("2026-03-12",)
    ),
    "sh:lessThan between IRIs": Case(
        "ex:a ex:p ex:a ; ex:q ex:b .", VALUES_OF_P + "sh:lessThan ex:q .", (), ("http://example.org/a",)
    ),
    "sh:lessThan between texts with language tags": Case(
        "ex:a ex:p 'a'@en ; ex:q 'b'@en .", VALUES_OF_P + "sh:lessThan ex:q .", (), ("a",)
    ),
    "a dollar sign at the end of a pattern and a line end at the end of a text (4.4.3: as SPARQL's REGEX)": Case(
        "ex:a ex:p 'a\\n' .", VALUES_OF_P + "sh:pattern '^a$' .", (), ("a\n",)
    ),
    "a language range of two parts and a tag of three (4.4.4: as SPARQL's langMatches)": Case(
        "ex:a ex:p 'x'@en-gb-oed .", VALUES_OF_P + "sh:languageIn ( 'en-gb' ) .", ("x",), ()
    ),
    "rdf:type rdfs:Resource in a closed shape (4.8.1 knows no exception)": Case(
        "ex:a a rdfs:Resource .",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:closed true .",
        (),
        ("http://www.w3.org/2000/01/rdf-schema#Resource",),
    ),
    "lexical forms that rdflib reads and XML Schema does not know": Case(
        "ex:a ex:p '--13'^^xsd:gMonth , 'x'^^xsd:gMonth .", VALUES_OF_P + "sh:datatype xsd:gMonth .", (), ("--13", "x")
    ),
    "an integer with an underscore": Case(
        "ex:a ex:p '1_0'^^xsd:integer .", VALUES_OF_P + "sh:datatype xsd:integer .", (), ("1_0",)
    ),
    "a decimal with an exponent": Case(
        "ex:a ex:p '1e5'^^xsd:decimal .", VALUES_OF_P + "sh:datatype xsd:decimal .", (), ("1e5",)
    ),
    "a double in small letters": Case(
        "ex:a ex:p 'inf'^^xsd:double .", VALUES_OF_P + "sh:datatype xsd:double .", (), ("inf",)
    ),
    "a dateTime without seconds": Case(
        "ex:a ex:p '2026-03-12T10:00'^^xsd:dateTime .",
        VALUES_OF_P + "sh:datatype xsd:dateTime .",
        (),
        ("2026-03-12T10:00",),
    ),
    "midnight as 24 o'clock, which XML Schema allows": Case(
        "ex:a ex:p '2026-03-12T24:00:00'^^xsd:dateTime .",
        VALUES_OF_P + "sh:datatype xsd:dateTime .",
        ("2026-03-12T24:00:00",),
        (),
    ),
    "a year of more than four digits, which XML Schema allows": Case(
        "ex:a ex:p '12026-01-01'^^xsd:date .", VALUES_OF_P + "sh:datatype xsd:date .", ("12026-01-01",), ()
    ),
    "an ASK validator at a property shape (6.3: the value is the value node)": Case(
        "ex:a ex:p 'ab' .", VALUES_OF_P + "ex:longer 2 .", ("",), ("ab",)
    ),
    "an ASK validator and an empty text, to which pySHACL does not bind $value": Case(
        "ex:a ex:p '' . ex:S ex:r ex:b .",
        "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; ex:subject true . ex:Subject a sh:ConstraintComponent ;"
        " sh:parameter [ sh:path ex:subject ] ;"
        " sh:validator [ a sh:SPARQLAskValidator ; sh:ask 'ASK { $value ?p ?o }' ] .",
        (),
        ("",),
    ),
    "a query that compares a text with a number": Case(
        "ex:a ex:p 'b' .",
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:sparql [ sh:prefixes ex: ;"
        ' sh:select "SELECT $this ?value WHERE { $this ex:p ?value FILTER(?value > 1) }" ] .',
        ("b",),
        (),
    ),
    "sh:uniqueLang of 1 (4.4.5 and the suite's uniqueLang-002: only true switches it on)": Case(
        "ex:a ex:p 'a'@en , 'b'@en .", VALUES_OF_P + "sh:uniqueLang '1'^^xsd:boolean .", ("",), ()
    ),
    "a SELECT validator at a property shape, asked once for each value node with $value bound (6.2.2)": Case(
        "ex:a ex:p 1 , 2 ; ex:q 3 .",
        VALUES_OF_P + "ex:other ex:q . ex:Other a sh:ConstraintComponent ; sh:parameter [ sh:path ex:other ] ;"
        " sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select 'SELECT $this WHERE { $this $other ?o }' ] .",
        ("", ""),
        ("",),
    ),
    "a query that compares a month with a day": Case(
        "ex:a ex:p '2026-03'^^xsd:gYearMonth ; ex:q '2026-02-01'^^xsd:date .",
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:sparql [ sh:prefixes ex: ;"
        ' sh:select "SELECT $this ?value WHERE { $this ex:p ?value ; ex:q ?day FILTER(?value > ?day) }" ] .',
        ("2026-03",),
        (),
    ),
    "a property path in a query that begins at an empty text, which rdflib takes for unbound": Case(
        "ex:a ex:p '' ; ex:r ex:b .",
        "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:sparql [ sh:prefixes ex: ;"
        ' sh:select "SELECT DISTINCT $this ?value WHERE { $this ex:r+ ?value }" ] .',
        ("http://example.org/b",),
        (),
    ),
    "dates with and without a time zone (SPARQL leaves their order open where the zone could change it)": Case(
        "ex:a ex:p '2026-03-12Z'^^xsd:date .",
        VALUES_OF_P + "sh:minInclusive '2026-03-12'^^xsd:date .",
        (),
        ("2026-03-12Z",),
    ),
}


def values(found: dict[Row, int]) -> tuple[str, ...]:
    """The lexical forms of the values, as often as they are reported."""
    return tuple(sorted(_lexical(row[2]) for row, n in found.items() for _ in range(n)))


def _lexical(term: str) -> str:
    text = term[1 : term.rindex('"')] if term.startswith('"') else term.strip("<>")
    return text.replace("\\n", "\n")


@pytest.mark.parametrize("name", CASES)
def test_the_oracle_departs_from_the_specification_and_the_gate_does_not(name: str) -> None:
    case = CASES[name]
    shapes = shapes_graph(case.data, case.shape)
    data = triples(case.data)
    assert values(by_oracle(shapes, data)) == tuple(sorted(case.wrong))
    assert values(by_closures(read_roots(shapes), data)) == tuple(sorted(case.right))


OF_PATH = "sh:sparql [ sh:select 'SELECT DISTINCT $this ?value WHERE { $this $PATH ?value }' ] ."
REFUSED = {
    "a blank node beside sh:lessThan": ("ex:a ex:p [] ; ex:q 1 .", VALUES_OF_P + "sh:lessThan ex:q .", 1),
    "NaN beside a decimal": ("ex:a ex:p 'NaN'^^xsd:double .", VALUES_OF_P + "sh:minInclusive 1.5 .", 1),
    "a repetition of a repetition in a query, which pySHACL writes without parentheses": (
        "ex:a ex:p ex:b .",
        "ex:S sh:targetSubjectsOf ex:p ; sh:path [ sh:zeroOrMorePath [ sh:zeroOrOnePath ex:p ] ] ; " + OF_PATH,
        2,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_oracle_refuses_what_the_specification_defines(name: str) -> None:
    text, shape, number = REFUSED[name]
    shapes, data = shapes_graph(text, shape), triples(text)
    roots = read_roots(shapes)
    with pytest.raises(ConfigError):
        by_oracle(shapes, data)
    assert by_closures(roots, data).total() == by_store(roots, stored(data)).total() == number
