"""Random SPARQL queries and small graphs to ask them of, for comparing two engines."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pyoxigraph import Literal, NamedNode, Triple

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = (("", E), ("xsd", XSD))
NODES = tuple(NamedNode(E + c) for c in "abcd")
#: Only literals that a store keeps as they are.
LITERALS = (
    Literal(1),
    Literal(2),
    Literal("x"),
    Literal("xy"),
    Literal("x", language="en"),
    Literal(True),
    Literal("1.5", datatype=NamedNode(XSD + "decimal")),
    Literal("2020-01-02", datatype=NamedNode(XSD + "date")),
)
PREDICATES = tuple(NamedNode(E + c) for c in "pqr")
_VARIABLES = ("?this", "?x", "?y", "?z", "?w")


class Queries:
    """Makes graphs and group graph patterns by chance.

    Left out is where Oxigraph differs from the specification: how often an alternative path leads to a node, ``<=`` on
    IRIs, and paths of no length from a constant that the graph does not have.
    """

    def __init__(self, random: Random, *, anything: bool = False) -> None:
        """``anything`` makes MINUS, VALUES and sub-SELECT too, which SHACL forbids or restricts."""
        self.random = random
        self.anything = anything

    def graph(self) -> list[Triple]:
        """Up to 14 triples."""
        pick = self.random.choice
        made = [
            Triple(pick(NODES), pick(PREDICATES), pick((*NODES, *NODES, *LITERALS)))
            for _ in range(self.random.randint(0, 14))
        ]
        return list(dict.fromkeys(made))

    def group(self, depth: int = 2) -> str:
        """The inside of a group graph pattern."""
        return " ".join(self._step(depth) for _ in range(self.random.randint(1, 3)))

    def _pick(self, *choices: Callable[[], str]) -> str:
        return self.random.choice(choices)()

    def _variable(self) -> str:
        return self.random.choice(_VARIABLES)

    def _constant(self) -> str:
        return self.random.choice((":a", ":b", ":c", ":d"))

    def _path(self, depth: int) -> str:
        link = self.random.choice((":p", ":q", ":r"))
        if depth == 0:
            return link
        return self._pick(
            lambda: link,
            lambda: link,
            lambda: f"{self._path(depth - 1)}/{self._path(depth - 1)}",
            lambda: f"^({self._path(depth - 1)})",
            lambda: f"({self._path(depth - 1)})+",
            lambda: f"!{link}",
        )

    def _triple(self) -> str:
        subject = self._pick(self._variable, self._variable, self._variable, self._constant)
        predicate = self._pick(*[lambda: self._path(0)] * 4, lambda: self._path(2), self._variable)
        literal = self.random.choice(("1", "2", '"x"', '"x"@en', "true", "1.5"))
        obj = self._pick(self._variable, self._variable, self._variable, self._constant, lambda: literal)
        return f"{subject} {predicate} {obj} ."

    def _expression(self, depth: int = 2) -> str:
        if depth == 0:
            return self._pick(self._variable, self._variable, lambda: self.random.choice(("1", "2", '"x"', ":a")))

        def e() -> str:
            return self._expression(depth - 1)

        v, operator = self._variable, self.random.choice(("=", "!=", "<", ">", "&&", "||", "+", "-", "*"))
        return self._pick(
            lambda: f"({e()} {operator} {e()})",
            lambda: f"({e()} {operator} {e()})",
            lambda: f"bound({v()})",
            lambda: f"!({e()})",
            lambda: f"isIRI({v()})",
            lambda: f"CONTAINS(STR({v()}), STR({e()}))",
            lambda: f"{v()} IN ({e()}, {e()})",
            lambda: f"{v()} NOT IN (1, {e()})",
            lambda: f"STRLEN(STR({e()}))",
            lambda: f"IF({e()}, {e()}, {e()})",
            lambda: f"COALESCE({e()}, {e()})",
            lambda: f"LANG({v()})",
            lambda: f"DATATYPE({v()})",
            lambda: f"xsd:integer({e()})",
            lambda: f"CONCAT({e()}, {e()})",
            lambda: f"sameTerm({e()}, {e()})",
            lambda: f"SUBSTR(STR({v()}), 1, {e()})",
            lambda: f'REGEX(STR({v()}), "x")',
            lambda: f"-({e()})",
        )

    def _step(self, depth: int) -> str:
        chance = self.random.random()
        if depth and self.anything and chance < 0.2:
            return self._more(depth)
        if chance < 0.5 or depth == 0:
            return self._triple()
        if chance < 0.6:
            return f"OPTIONAL {{ {self.group(depth - 1)} }}"
        if chance < 0.68:
            return f"{{ {self.group(depth - 1)} }} UNION {{ {self.group(depth - 1)} }}"
        if chance < 0.74:
            return f"{{ {self.group(depth - 1)} }}"
        if chance < 0.79:
            return f"BIND({self._expression()} AS {self.random.choice(_VARIABLES[1:])}{self.random.randint(0, 2)})"
        if chance < 0.94:
            return f"FILTER({self._expression()})"
        inner = self.group(depth - 1) if self.random.random() < 0.3 else self._triple()
        return f"FILTER {self.random.choice(('', 'NOT '))}EXISTS {{ {inner} }}"

    def _more(self, depth: int) -> str:
        inner, (one, two) = self.group(depth - 1), self.random.sample(_VARIABLES, 2)
        number = self.random.randint(0, 99)
        cells = [f"({self.random.choice((':a', ':b', '1', 'UNDEF'))} {self.random.choice((':c', 'UNDEF'))})"] * 2
        return self._pick(
            lambda: f"MINUS {{ {inner} }}",
            lambda: f"VALUES ({one} {two}) {{ {' '.join(cells)} }}",
            lambda: f"{{ SELECT {one} WHERE {{ {inner} }} }}",
            lambda: f"{{ SELECT DISTINCT {one} {two} WHERE {{ {inner} }} }}",
            lambda: f"{{ SELECT {one} (COUNT({two}) AS ?n{number}) WHERE {{ {inner} }} GROUP BY {one} }}",
            lambda: f"{{ SELECT (MAX({two}) AS ?m{number}) (SUM({one}) AS ?s{number}) WHERE {{ {inner} }} }}",
            lambda: f"{{ SELECT {one} (STR({two}) AS ?t{number}) WHERE {{ {inner} }} }}",
            lambda: f"{{ SELECT {one} WHERE {{ {inner} }} GROUP BY {one} HAVING (COUNT(DISTINCT {two}) > 1) }}",
        )
