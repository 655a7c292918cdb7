"""Random data graphs and random shapes graphs over one small vocabulary, as Turtle that can be pasted into a test.

A data graph is up to three dozen triples: IRIs, blank nodes, literals of many kinds (ill-typed ones and language tags
too), lists, cycles, a class hierarchy. A shapes graph is one shape with targets and what it refers to. What is left
out because pySHACL gets it wrong is left out here, by the narrowest rule; ``test_shacl_oracle_bugs.py`` shows each bug.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy], object]

PREFIXES = """\
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""

NODES = ("ex:a", "ex:b", "ex:c", "ex:d", "ex:e", "_:x", "_:y")
CLASSES = ("ex:A", "ex:B", "ex:C")
#: ex:n leads to texts, ex:i and ex:j to what can be put in order, ex:r and ex:s to nodes, the others to anything.
PREDICATES = ("ex:p", "ex:q", "ex:r", "ex:s", "ex:n", "ex:i", "ex:j")
NUMBERS = ("1", "2", "3", "1.5", "2.0", "1.0E0", "-1", "'2'^^xsd:long", "'3'^^xsd:float")
#: No tag has three parts: pySHACL's sh:languageIn knows only the first and the whole.
TAGGED = ("'one'@en", "'two'@en", "'eins'@de", "'one'@en-GB", "'un'@fr", "'one'@EN")
STRINGS = ("'a'", "'ab'", "'abc def'", "''", "'one'", "'\\u00e9t\\u00e9'", "'\\U0001F600'", "'A'")
MOMENTS = (
    "'2026-03-12T10:00:00Z'^^xsd:dateTime",
    "'2026-03-12T12:30:00+02:00'^^xsd:dateTime",
    "'1999-12-31T23:59:59Z'^^xsd:dateTime",
)
OTHERS = (
    "true", "'maybe'^^xsd:boolean", "'01'^^xsd:integer", "'x'^^xsd:integer", "'1.50'^^xsd:decimal",
    "'1'^^ex:own",
    "'2026-03-12'^^xsd:date", "'2026-02-30'^^xsd:date", "'2026-03-12T10:00:00'^^xsd:dateTime", "'12:00:00'^^xsd:time",
    "'http://example.org/a'^^xsd:anyURI", "'200'^^xsd:byte", "'5'^^xsd:byte", "'-1'^^xsd:nonNegativeInteger",
    "'NaN'^^xsd:double", "'INF'^^xsd:double", "'P1Y'^^xsd:duration", "'0g'^^xsd:hexBinary", "'0a'^^xsd:hexBinary",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The literals of one pair: any, texts, those that can be put in order, and the bounds they are compared with.

    pySHACL orders what SPARQL cannot compare (a boolean and a number, a date and a dateTime, texts with language tags)
    by datatype, so each pair has bounds of one kind, and no literals of the kinds that it puts beside them.
    """

    literals: tuple[str, ...]
    texts: tuple[str, ...]
    ordered: tuple[str, ...]
    bounds: tuple[str, ...] = ()


VOCABULARIES = (
    Vocabulary((*NUMBERS, *TAGGED, *STRINGS, *MOMENTS, *OTHERS), (*TAGGED, *STRINGS), NUMBERS),
    Vocabulary(
        (*NUMBERS, *TAGGED, *STRINGS, *MOMENTS, "'01'^^xsd:integer", "'5'^^xsd:byte", "'INF'^^xsd:double"),
        (*TAGGED, *STRINGS),
        NUMBERS,
        ("1", "2", "2.0", "1.5", "0", "1.0E0"),
    ),
    Vocabulary((*STRINGS, *TAGGED, *MOMENTS), (*TAGGED, *STRINGS), MOMENTS, MOMENTS),
    Vocabulary(
        (*NUMBERS, *STRINGS, *MOMENTS, "true", "'2026-03-12'^^xsd:date", "'x'^^xsd:integer", "'1'^^ex:own"),
        STRINGS,
        STRINGS,
        ("'b'", "'one'", "''"),
    ),
)
DATATYPES = (
    "xsd:string", "xsd:integer", "xsd:decimal", "xsd:double", "xsd:boolean", "xsd:date", "xsd:dateTime", "xsd:time",
    "xsd:byte", "xsd:long", "xsd:nonNegativeInteger", "xsd:anyURI", "rdf:langString", "ex:own",
)  # fmt: skip
KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
PATTERNS = (
    "'a'",
    "'^a'",
    "'[0-9]'",
    "'^[a-z]+ '",
    "'^.{2}$'",
    "'o|t'",
    "'A' ; sh:flags 'i'",
    "'EXAMPLE' ; sh:flags 'i'",
)
RANGES = ("'en'", "'de'", "'en' 'fr'", "'en-GB'", "'*'", "'EN'")

#: Constraint components of the shapes' own: asked of each value, with an optional parameter, and asked of a focus node.
#: pySHACL does not bind $value to what Python takes for false: hence the inner group, and no false among the literals.
COMPONENTS = """
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ,
  [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
ex:LongerComponent a sh:ConstraintComponent ; sh:parameter [ sh:path ex:longer ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ;
    sh:ask "ASK { FILTER(isLiteral($value) && STRLEN(STR($value)) > $longer) }" ] .
ex:LinkedComponent a sh:ConstraintComponent ;
  sh:parameter [ sh:path ex:linked ] , [ sh:path ex:linkedTo ; sh:optional true ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ;
    sh:ask "ASK { { FILTER(BOUND($value)) } $value $linked ?o . FILTER(!BOUND($linkedTo) || ?o = $linkedTo) }" ] .
ex:WithoutComponent a sh:ConstraintComponent ; sh:parameter [ sh:path ex:without ] ;
  sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ;
    sh:select "SELECT DISTINCT $this WHERE { $this $without ?o }" ] .
"""

#: Queries of sh:sparql by what they exercise.
SELECTS = (
    # a basic graph pattern and a filter
    "SELECT $this ?value WHERE { $this ex:p ?value . FILTER(isLiteral(?value)) }",
    "SELECT $this ?value WHERE { $this ex:r ?o . ?o ex:r ?value }",
    "SELECT $this ?value WHERE { $this ex:n ?value . FILTER(LANG(?value) = 'en') }",
    "SELECT $this ?value WHERE { $this ex:p ?value . FILTER(isLiteral(?value) && STRLEN(STR(?value)) > 1) }",
    "SELECT $this ?value WHERE { ?value ex:r $this . FILTER(?value != $this) }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER(?path IN (ex:p, ex:q)) }",
    "SELECT $this ?value ?other WHERE { $this ex:r ?value . ?value ex:r ?other }",
    "SELECT $this WHERE { $this ex:p ?v }",
    # property paths
    "SELECT DISTINCT $this ?value WHERE { $this ex:r+ ?value . FILTER(isIRI(?value) && !isLiteral($this)) }",
    "SELECT DISTINCT $this ?value WHERE { $this (ex:r|ex:s)/^ex:r ?value }",
    "SELECT DISTINCT $this ?value WHERE { $this !(ex:r|a) ?value }",
    # OPTIONAL, UNION
    "SELECT $this ?value WHERE { $this ex:r ?value OPTIONAL { ?value ex:p ?w } FILTER(!BOUND(?w)) }",
    "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { ?value ex:s $this } }",
    "SELECT $this ?value WHERE { { $this ex:i ?value } UNION { $this ex:j ?value FILTER(isNumeric(?value)) } }",
    "SELECT $this ?value WHERE { $this ex:j ?value FILTER(isNumeric(?value) && ?value > 1) }",
    # EXISTS
    "SELECT $this ?value WHERE { $this ex:r ?value FILTER NOT EXISTS { ?value a ex:A } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?v } }",
    "SELECT $this WHERE { FILTER EXISTS { $this ex:r ?v . ?v ex:r $this } }",
    "SELECT $this ?value WHERE { $this ex:r ?value FILTER NOT EXISTS { ?value ex:p ?v FILTER EXISTS { $this ex:p ?v } } }",  # noqa: E501
    # BIND
    "SELECT $this ?value WHERE { BIND($this AS ?x) ?x ex:p ?value }",
    "SELECT $this ?value WHERE { $this ex:i ?n FILTER(isNumeric(?n)) BIND((?n + 1 > 2) AS ?value) }",
    "SELECT $this ?value WHERE { $this ex:n ?n BIND(CONCAT(STR(?n), '!') AS ?value) }",
    "SELECT $this ?value WHERE { { BIND($this AS ?x) } ?x ex:r ?value FILTER(BOUND($this)) }",
    # terms and functions of them
    "SELECT $this ?value WHERE { $this ex:n ?value FILTER(LANG(?value) = '' && REGEX(STR(?value), '^a', 'i')) }",
    "SELECT $this ?value WHERE { $this ex:p ?value FILTER(isLiteral(?value) && DATATYPE(?value) = xsd:integer) }",
    "SELECT $this ?value WHERE { $this ex:n ?value FILTER(LANGMATCHES(LANG(?value), 'en')) }",
    "SELECT $this ?value WHERE { $this ex:n ?n BIND(STRLANG(UCASE(STR(?n)), 'en') AS ?value) }",
    "SELECT $this ?value WHERE { $this ex:p ?v BIND(IF(isIRI(?v), ?v, $this) AS ?value) }",
    "SELECT $this ?value WHERE { $this ex:r ?value FILTER(sameTerm(?value, $this) || isBlank(?value)) }",
    "SELECT $this ?value WHERE { $this ex:n ?v BIND(COALESCE(?w, SUBSTR(STR(?v), 1, 2)) AS ?value) }",
    "SELECT $this ?value WHERE { $this ex:r ?value . FILTER(?value IN (ex:a, ex:b)) }",
    "SELECT $this ?value WHERE { $this a ?value . FILTER(STRSTARTS(STR(?value), STR(ex:))) }",
    # what is bound where
    "SELECT $this ?value WHERE { OPTIONAL { $this ex:p ?v FILTER(BOUND($this)) } FILTER(!BOUND(?v)) $this a ?value }",
    "SELECT $this ?value WHERE { { FILTER(BOUND($this)) } UNION { $this ex:q ?v } $this ex:r ?value }",
    "SELECT $this ?path WHERE { { BIND(ex:p AS ?path) } UNION { BIND(ex:q AS ?path) } FILTER EXISTS { $this ?path ?v } }",  # noqa: E501
    "SELECT $this ?value WHERE { { { $this ex:r ?value FILTER EXISTS { ?value ex:r ?o FILTER(?o = $this) } } } }",
    # aggregates grouped by $this, and an inner SELECT
    "SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this (COUNT(*) AS ?value) WHERE { $this ?p ?o } GROUP BY $this HAVING (COUNT(DISTINCT ?p) > 2)",
    "SELECT $this ?value WHERE { $this ex:r ?value . ?value ex:p ?v } GROUP BY $this ?value HAVING (COUNT(?v) > 0)",
    "SELECT $this (MIN(?l) AS ?value) WHERE { $this ex:n ?v BIND(STRLEN(STR(?v)) AS ?l) } GROUP BY $this",
    "SELECT $this (SUM(?l) AS ?value) WHERE { $this ex:n ?v BIND(STRLEN(STR(?v)) AS ?l) } GROUP BY $this",
    "SELECT $this (COUNT(DISTINCT ?v) AS ?value) WHERE { $this ex:r/ex:r ?v } GROUP BY $this",
    "SELECT $this ?value WHERE { { SELECT $this (COUNT(?v) AS ?value) WHERE { $this ex:q ?v } GROUP BY $this } FILTER(?value > 1) }",  # noqa: E501
)  # fmt: skip
PATH_SELECTS = (
    "SELECT $this ?value WHERE { { $this $PATH ?value } UNION { $this ex:p ?value } FILTER(isLiteral(?value)) }",
    "SELECT $this WHERE { $this $PATH ?v } GROUP BY $this HAVING (COUNT(DISTINCT ?v) > 1)",
    "SELECT $this ?value WHERE { $this $PATH ?value . FILTER(isIRI(?value)) }",
    "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER NOT EXISTS { ?value a ex:B } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?value } }",
)

#: Queries of SPARQL targets (SHACL-AF, section 3.1).
TARGETS = (
    "SELECT ?this WHERE { ?this a ex:A . FILTER(isIRI(?this)) }",
    "SELECT DISTINCT ?this WHERE { ?x ex:r ?this FILTER NOT EXISTS { ?this a ex:B } }",
    "SELECT ?this WHERE { { ?this ex:p ?v } UNION { ?this ex:i ?v } }",
)

_SEVERITIES = ("sh:Warning", "sh:Info", "sh:Violation", "ex:Terrible")
_LONGEST = 3
#: A repetition of a repetition, or of an inverse: pySHACL writes it into a query without the parentheses it needs.
_STACKED = re.compile(r"(?:OrMorePath|OrOnePath) \[ sh:(?!alt)|inversePath \[")


@st.composite
def pairs(draw: Draw, count: int) -> tuple[str, tuple[str, ...]]:
    """A data graph and several shapes graphs to be checked against it, all in Turtle, without prefixes and
    :data:`COMPONENTS`."""
    words = draw(st.sampled_from(VOCABULARIES))
    data = draw(_data_graphs(words))
    shapes = tuple(draw(_shapes_graphs(number, words)) for number in range(count))
    return data, shapes


@st.composite
def _data_graphs(draw: Draw, words: Vocabulary) -> str:
    lines = [_triple(draw, words) for _ in range(draw(st.integers(4, 24)))]
    for node in draw(st.lists(st.sampled_from(NODES), max_size=3)):
        # One node with what constraints compare: two predicates, equal values, texts in one language.
        first, second = (draw(st.sampled_from(words.ordered)) for _ in range(2))
        again = draw(st.sampled_from(words.literals))
        texts = f"{draw(st.sampled_from(words.texts))} , {draw(st.sampled_from(words.texts))}"
        lines.append(f"{node} a ex:A ; ex:i {first} ; ex:j {second} ; ex:p {again} ; ex:q {again} ; ex:n {texts} .")
    for line in ("ex:B rdfs:subClassOf ex:A .", "ex:C rdfs:subClassOf ex:B .", "ex:A rdfs:subClassOf ex:C ."):
        if draw(st.integers(0, 3)) == 0:
            lines.append(line)
    if draw(st.integers(0, 5)) == 0:
        lines.append(f"{draw(st.sampled_from(NODES))} ex:q ( {draw(st.sampled_from(NODES))} 1 ) .")
    return "\n".join(lines) + "\n"


def _triple(draw: Draw, words: Vocabulary) -> str:
    subject = draw(st.sampled_from(NODES))
    predicate = draw(st.sampled_from(("a", "a", "a", "ex:r", "ex:r", *PREDICATES)))
    if predicate == "a":
        target = draw(st.sampled_from(CLASSES))
    elif predicate in ("ex:i", "ex:j"):
        target = draw(st.sampled_from(words.ordered))
    elif predicate in ("ex:r", "ex:s"):
        target = draw(st.sampled_from((*NODES, *NODES, *words.literals)))
    elif predicate == "ex:n":
        target = draw(st.sampled_from(words.texts))
    else:
        target = draw(st.sampled_from((*words.literals, *NODES)))
    return f"{subject} {predicate} {target} ."


@st.composite
def _shapes_graphs(draw: Draw, number: int, words: Vocabulary) -> str:
    return _Writer(draw, number, words).graph()


class _Writer:
    """Writes one shapes graph; its number keeps its names apart from those of the others."""

    def __init__(self, draw: Draw, number: int, words: Vocabulary) -> None:
        self.draw = draw
        self.number = number
        self.words = words
        self.named: list[tuple[str, bool]] = []
        self.extra: list[str] = []

    def one(self, *options: str) -> str:
        found = self.draw(st.sampled_from(options))
        assert isinstance(found, str)
        return found

    def chance(self, of: int) -> bool:
        return self.draw(st.integers(0, of - 1)) == of - 1

    def graph(self) -> str:
        name = f"ex:S{self.number}"
        is_property = self.chance(4)
        parts = ["a sh:PropertyShape" if is_property else "a sh:NodeShape", *self.targets(name, is_property)]
        parts += self.body(3, is_property)
        return "\n".join([f"{name} {' ; '.join(parts)} .", *self.extra]) + "\n"

    def targets(self, name: str, is_property: bool) -> list[str]:
        found = []
        for _ in range(self.draw(st.integers(1, 2))):
            match self.one("class", "class", "node", "literal", "subjects", "objects", "implicit", "query"):
                case "class":
                    found.append(f"sh:targetClass {self.one(*CLASSES)}")
                case "node":
                    found.append(f"sh:targetNode {self.one(*NODES[:5])}")
                case "literal":
                    found.append(f"sh:targetNode {self.one(*self.words.literals)}")
                case "subjects":
                    found.append(f"sh:targetSubjectsOf {self.one(*PREDICATES)}")
                case "objects":
                    found.append(f"sh:targetObjectsOf {self.one(*PREDICATES)}")
                case "query":
                    text = f'sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ; sh:select "{self.one(*TARGETS)}" ]'
                    found.append(text)
                case "implicit":
                    self.extra.append(f"{name} a rdfs:Class .")
                    found.append(f"sh:targetSubjectsOf {self.one(*PREDICATES)}")
        return found

    # shapes -------------------------------------------------------------------------------------------------------

    def body(self, depth: int, is_property: bool) -> list[str]:
        """The parts of a shape but its type and targets."""
        parts: dict[str, str] = {}
        path = ""
        if is_property:
            path = self.one("ex:i", "ex:j") if self.chance(5) else self.path(2)
            parts["path"] = f"sh:path {path}"
        for _ in range(self.draw(st.integers(1, _LONGEST))):
            key, text = self.constraint(depth, is_property, path)
            parts.setdefault(key, text)
        if self.chance(4):
            parts["severity"] = f"sh:severity {self.one(*_SEVERITIES)}"
        if self.chance(12):
            parts["deactivated"] = f"sh:deactivated {self.one('true', 'false')}"
        return list(parts.values())

    def inner(self, depth: int, *, is_property: bool | None = None) -> str:
        """A shape inside another: written in place, or by name, and then perhaps used twice."""
        wanted = self.chance(3) if is_property is None else is_property
        known = [name for name, kind in self.named if kind is wanted]
        if known and self.chance(5):
            return self.one(*known)
        text = " ; ".join(self.body(depth - 1, wanted))
        if not self.chance(5):
            return f"[ {text} ]"
        name = f"ex:S{self.number}_{len(self.extra)}"
        self.extra.append(f"{name} a {'sh:PropertyShape' if wanted else 'sh:NodeShape'} ; {text} .")
        self.named.append((name, wanted))
        return name

    def path(self, depth: int) -> str:
        kind = self.one(*["predicate"] * 6, "inverse", "sequence", "alternative", "star", "plus", "maybe")
        if kind == "predicate" or depth == 0:
            return self.one(*PREDICATES)
        match kind:
            case "sequence":
                return f"( {self.path(depth - 1)} {self.path(depth - 1)} )"
            case "alternative":
                return f"[ sh:alternativePath ( {self.path(depth - 1)} {self.path(depth - 1)} ) ]"
            case "inverse":
                return f"[ sh:inversePath {self.path(depth - 1)} ]"
            case "star":
                return f"[ sh:zeroOrMorePath {self.path(depth - 1)} ]"
            case "plus":
                return f"[ sh:oneOrMorePath {self.path(depth - 1)} ]"
        return f"[ sh:zeroOrOnePath {self.path(depth - 1)} ]"

    # constraints --------------------------------------------------------------------------------------------------

    def constraint(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        """One constraint and the name that keeps a shape from having two of it."""
        groups = [self.of_value, self.of_value, self.of_set, self.of_sparql]
        if is_property:
            groups += [self.of_count, self.of_count]
        if depth > 0:
            groups += [self.of_shapes, self.of_shapes, self.of_shapes]
        group = self.draw(st.sampled_from(range(len(groups))))
        assert isinstance(group, int)
        return groups[group](depth, is_property, path)

    def of_value(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        names = ["class", "datatype", "nodeKind", "length", "pattern", "languageIn", "in"]
        name = self.one(*names, *["bound"] * bool(self.words.bounds))
        match name:
            case "class":
                text = self.one(*CLASSES)
            case "datatype":
                text = self.one(*DATATYPES)
            case "nodeKind":
                text = "sh:" + self.one(*KINDS)
            case "bound":
                name = self.one("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")
                text = self.one(*self.words.bounds)
            case "length":
                name = self.one("minLength", "maxLength")
                text = self.one("0", "1", "3")
            case "pattern":
                text = self.one(*PATTERNS)
            case "languageIn":
                text = f"( {self.one(*RANGES)} )"
            case _:
                terms = [self.one(*self.words.literals, *NODES[:5]) for _ in range(self.draw(st.integers(0, 3)))]
                text = f"( {' '.join(terms)} )"
        return name, f"sh:{name} {text}"

    def of_set(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        match self.one("hasValue", "equals", "disjoint", "disjoint", "closed"):
            case "hasValue":
                return "hasValue", f"sh:hasValue {self.one(*self.words.literals, *NODES[:5])}"
            case "equals":
                return "equals", f"sh:equals {self.one(*PREDICATES)}"
            case "disjoint":
                return "disjoint", f"sh:disjoint {self.one(*PREDICATES)}"
        ignored = (
            f" ; sh:ignoredProperties ( {self.one('rdf:type', 'ex:p', 'rdf:type ex:r')} )" if self.chance(2) else ""
        )
        return "closed", f"sh:closed {self.one('true', 'true', 'false')}{ignored}"

    def of_count(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        name = self.one("minCount", "maxCount", "uniqueLang", "less", "less")
        if name == "less" and path in ("ex:i", "ex:j"):
            name = self.one("lessThan", "lessThanOrEquals")
            return name, f"sh:{name} {self.one('ex:i', 'ex:j')}"
        if name == "uniqueLang":
            return name, "sh:uniqueLang true"
        name = name if name != "less" else "minCount"
        return name, f"sh:{name} {self.one('0', '1', '2')}"

    def of_shapes(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        name = self.one("property", "property", "node", "not", "and", "or", "xone", "qualified")
        match name:
            case "property":
                return f"property {self.draw(st.integers(0, 1))}", f"sh:property {self.inner(depth, is_property=True)}"
            case "node":
                return "node", f"sh:node {self.inner(depth, is_property=False)}"
            case "not":
                return "not", f"sh:not {self.inner(depth)}"
            case "and" | "or" | "xone":
                members = [self.inner(depth) for _ in range(self.draw(st.integers(1, 3)))]
                return name, f"sh:{name} ( {' '.join(members)} )"
        if is_property:
            return "qualified", self.qualified(depth)
        disjoint = f" ; sh:qualifiedValueShapesDisjoint {self.one('true', 'true', 'false')}"
        path = self.path(1)
        pair = [f"[ sh:path {path} ; {self.qualified(depth)}{disjoint} ]" for _ in range(2)]
        return "property 2", f"sh:property {' , '.join(pair)}"

    def qualified(self, depth: int) -> str:
        counts = self.one(
            "sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 0", "sh:qualifiedMinCount 2",
            "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1",
        )  # fmt: skip
        return f"sh:qualifiedValueShape {self.inner(depth)} ; {counts}"

    def of_sparql(self, depth: int, is_property: bool, path: str) -> tuple[str, str]:
        if self.chance(3):
            return self.of_component(is_property)
        queries = (*PATH_SELECTS, *PATH_SELECTS, *SELECTS) if is_property and not _STACKED.search(path) else SELECTS
        off = " ; sh:deactivated true" if self.chance(12) else ""
        return "sparql", f'sh:sparql [ sh:prefixes ex: ; sh:select "{self.one(*queries)}"{off} ]'

    def of_component(self, is_property: bool) -> tuple[str, str]:
        name = self.one("longer", "linked") if is_property else self.one("longer", "linked", "without")
        if name == "longer":
            return name, f"ex:longer {self.one('0', '2')}"
        if name == "without":
            return name, f"ex:without {self.one(*PREDICATES)}"
        more = f" ; ex:linkedTo {self.one(*NODES[:5])}" if self.chance(2) else ""
        return name, f"ex:linked {self.one('ex:r', 'ex:s', 'rdf:type')}{more}"
