"""Are two answers the same? Bags of rows of RDF terms, equal up to the names of blank nodes.

Rows are solutions, triples, quads or validation results alike. Equality is of RDF terms (RDF 1.1 Concepts, section
3.3): ``01`` is not ``1``. :func:`by_value` gives the weaker reading that some tests of the suites were written for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from hashlib import blake2b

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Value = NamedNode | BlankNode | Literal | Triple | str | None
Row = tuple[Value, ...]

_NUMERIC = frozenset("http://www.w3.org/2001/XMLSchema#" + name for name in ("integer", "decimal", "double", "float"))


def by_term(literal: Literal) -> str:
    """What a literal is compared by: its lexical form, datatype, language tag and direction."""
    return str(literal)


def by_value(literal: Literal) -> str:
    """What a literal is compared by where the number, not its spelling, and the language, not its case, count."""
    if literal.language:
        return f"{literal.value!r}@{literal.language.lower()}"
    if literal.datatype.value in _NUMERIC:
        try:
            number = Decimal(literal.value)
        except InvalidOperation:
            return str(literal)
        return f"{literal.datatype.value} {float(number)!r}" if number.is_finite() else str(literal)
    return str(literal)


def same(left: Iterable[Row], right: Iterable[Row], key: Callable[[Literal], str] = by_term) -> bool:
    """Whether a renaming of blank nodes makes two bags of rows equal."""
    one, two = list(left), list(right)
    if len(one) != len(two):
        return False
    return _match(one, two, dict.fromkeys(_names(one), "_"), dict.fromkeys(_names(two), "_"), key)


def _match(
    one: Sequence[Row], two: Sequence[Row], left: dict[str, str], right: dict[str, str], key: Callable[[Literal], str]
) -> bool:
    """Colour refinement; where it leaves alike nodes apart, one of them is tied to each candidate in turn."""
    while True:
        written = [partial(_write, colours=c, key=key) for c in (left, right)]
        if _bag(one, written[0]) != _bag(two, written[1]):
            return False
        finer = (_refine(one, left, key), _refine(two, right, key))
        if Counter(finer[0].values()) != Counter(finer[1].values()):
            return False
        if len(set(finer[0].values())) == len(set(left.values())):
            break
        left, right = finer
    alike = Counter(left.values())
    tied = min((colour for colour, number in alike.items() if number > 1), default=None)
    if tied is None:
        return True
    name = min(n for n, colour in left.items() if colour == tied)
    return any(
        _match(one, two, {**left, name: tied + "!"}, {**right, candidate: tied + "!"}, key)
        for candidate, colour in right.items()
        if colour == tied
    )


def _refine(rows: Sequence[Row], colours: dict[str, str], key: Callable[[Literal], str]) -> dict[str, str]:
    """Colours that also say in which rows, and where in them, a blank node stands."""
    places: dict[str, list[str]] = {name: [] for name in colours}
    for row in rows:
        text = _row(row, partial(_write, colours=colours, key=key))
        for name in dict.fromkeys(_names([row])):
            own = partial(_write, colours={**colours, name: "*"}, key=key)
            places[name].append(f"{text}{_row(row, own)}")
    shown = {name: "\x1d".join([colours[name], *sorted(found)]) for name, found in places.items()}
    return {name: blake2b(seen.encode(), digest_size=16).hexdigest() for name, seen in shown.items()}


def _bag(rows: Sequence[Row], write: Callable[[Value], str]) -> Counter[str]:
    return Counter(_row(row, write) for row in rows)


def _row(row: Row, write: Callable[[Value], str]) -> str:
    return "\x1f".join(write(value) for value in row) + "\x1e"


def _write(value: Value, colours: dict[str, str], key: Callable[[Literal], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, BlankNode):
        return f"_:{colours[value.value]}"
    if isinstance(value, Literal):
        return key(value)
    if isinstance(value, Triple):
        parts = (_write(part, colours, key) for part in value)
        return f"<<( {' '.join(parts)} )>>"
    return str(value)


def _names(rows: Iterable[Row]) -> list[str]:
    found: dict[str, None] = {}

    def visit(value: object) -> None:
        if isinstance(value, BlankNode):
            found[value.value] = None
        elif isinstance(value, Triple):
            for part in value:
                visit(part)

    for row in rows:
        for value in row:
            visit(value)
    return list(found)
