"""What SPARQL can be sure of about one value: that it fulfils a constraint, or that it does not.

A :class:`Certainty` holds two SPARQL expressions. Where ``holds`` is true the value fulfils the constraint, where
``fails`` is true it does not; where neither is (false or an error) the question is open and the closures answer it. So
a comparison that Oxigraph and :mod:`kg.shacl.literal` could answer differently is never claimed, and SPARQL's own
three-valued logic combines the expressions rightly (SPARQL 1.1, section 17.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store
from pyoxigraph import Triple as TripleTerm

from kg.shacl import shape as s
from kg.shacl.literal import well_typed
from kg.shacl.view import Node
from kg.vocab import RDF, XSD

__all__ = ["OPEN", "Certainty", "certainty", "constant", "less", "one_of"]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Two SPARQL expressions over one variable: when a value surely holds, and when it surely fails."""

    holds: str
    fails: str

    @property
    def may_fail(self) -> str:
        """A ``FILTER`` that keeps every value that could fail."""
        return "" if self.holds == "false" else f"FILTER(!COALESCE({self.holds}, false))"

    @property
    def may_hold(self) -> str:
        """A ``FILTER`` that keeps every value that could hold."""
        return "" if self.fails == "false" else f"FILTER(!COALESCE({self.fails}, false))"

    @staticmethod
    def all_of(parts: Iterable[Certainty]) -> Certainty:
        """Every one of them holds."""
        parts = tuple(parts)
        return parts[0] if len(parts) == 1 else Certainty(_joined(parts, "holds", "&&"), _joined(parts, "fails", "||"))

    @staticmethod
    def any_of(parts: Iterable[Certainty]) -> Certainty:
        """At least one of them holds."""
        return ~Certainty.all_of(~p for p in parts)

    def __invert__(self) -> Certainty:
        return Certainty(self.fails, self.holds)


#: Nothing is known.
OPEN = Certainty("false", "false")

_KINDS = {"IRI": "isIRI", "BlankNode": "isBLANK", "Literal": "isLITERAL"}
_SIGNS = {"minExclusive": ">", "minInclusive": ">=", "maxExclusive": "<", "maxInclusive": "<="}
#: Datatypes whose values Oxigraph knows, with an expression that is true for none but well-typed literals.
_WELL_TYPED = {
    **dict.fromkeys((XSD.integer, XSD.decimal, XSD.double, XSD.float), "isNUMERIC({0})"),
    **dict.fromkeys(
        (XSD.dateTime, XSD.date, XSD.time, XSD.gYear, XSD.gYearMonth, XSD.gMonth, XSD.gMonthDay, XSD.gDay),
        "STRLEN(TZ({0})) >= 0",
    ),
    XSD.boolean: "(sameTerm({0}, true) || sameTerm({0}, false))",
    XSD.string: "true",
    RDF.langString: "true",
}
_EXACT = (XSD.integer, XSD.decimal)
_ZONED = (XSD.dateTime, XSD.date)
#: Text that is valid for no datatype which has a lexical form of its own.
_NONSENSE = "\x0b%\x0b"


def certainty(constraint: s.Constraint, x: str) -> Certainty | None:
    """What can be said of the value in variable ``x``; None for a constraint that is not about one value by itself."""
    match constraint:
        case s.Datatype(datatype):
            return _datatype(datatype, x)
        case s.NodeKind(kind):
            kinds = " || ".join(f"{function}({x})" for name, function in _KINDS.items() if name in kind.split("Or"))
            return Certainty(f"({kinds})", f"!({kinds})")
        case s.Bound(name, bound):
            return _bound(_SIGNS[name], bound, x)
        case s.MinLength(length):
            return Certainty(f"STRLEN(STR({x})) >= {length}", f"STRLEN(STR({x})) < {length}")
        case s.MaxLength(length):
            return Certainty(f"STRLEN(STR({x})) <= {length}", f"STRLEN(STR({x})) > {length}")
        case s.Pattern(pattern, flags):
            match = f"REGEX(STR({x}), {Literal(pattern)}{f', {Literal(flags)}' if flags else ''})"
            return Certainty(match, f"!{match}")
        case s.LanguageIn(ranges):
            tags = " || ".join(f"LANGMATCHES(LANG({x}), {Literal(r)})" for r in ranges) or "false"
            return Certainty(f"({tags})", "false")
        case s.In(members):
            return one_of(members, x)
        case _:
            return None


def less(x: str, y: str, *, equal: bool) -> Certainty:
    """Whether the value in ``x`` is less than that in ``y`` (SHACL, section 4.5.3)."""
    kinds = " || ".join(
        (
            f"(DATATYPE({x}) = DATATYPE({y}) && {_among(x, _ZONED)} && TZ({x}) = TZ({y}))",
            f"({_among(x, _EXACT)} && {_among(y, _EXACT)})",
            f"(DATATYPE({x}) = {XSD.string} && DATATYPE({y}) = {XSD.string})",
        )
    )
    return Certainty(f"({x} {'<=' if equal else '<'} {y} && ({kinds}))", "false")


def one_of(members: Iterable[Node], x: str) -> Certainty:
    """Whether the value in ``x`` is one of the terms."""
    given = [constant(m) for m in members]
    tests = " || ".join(f"sameTerm({x}, {g})" for g in given if g is not None) or "false"
    return Certainty(f"({tests})", "false" if None in given else f"!({tests})")


def constant(term: Node) -> str | None:
    """The term as SPARQL writes it; None for one a query cannot name or a store would rewrite."""
    if isinstance(term, NamedNode):
        return str(term)
    if isinstance(term, BlankNode | TripleTerm):
        return None
    if term.datatype == XSD.string:
        return str(term)
    store = Store()
    store.add(Quad(NamedNode("urn:x-a"), NamedNode("urn:x-b"), term))
    kept = next(iter(store)).object
    return str(term) if kept == term else None


def _datatype(datatype: NamedNode, x: str) -> Certainty:
    same = f"DATATYPE({x}) = {datatype}"
    if datatype in _WELL_TYPED:
        well = _WELL_TYPED[datatype].format(x)
        return Certainty(same if well == "true" else f"({same} && {well})", f"(!isLITERAL({x}) || !({same}))")
    if datatype.value.startswith(XSD.iri) and not well_typed(Literal(_NONSENSE, datatype=datatype)):
        return OPEN
    return Certainty(same, "false")


def _bound(sign: str, bound: Literal, x: str) -> Certainty:
    given = constant(bound)
    if given is None:
        return OPEN
    if bound.datatype in _EXACT:
        kinds = _among(x, _EXACT)
    elif bound.datatype in _ZONED:
        kinds = f"(DATATYPE({x}) = {bound.datatype} && TZ({x}) = TZ({given}))"
    elif bound.datatype == XSD.string:
        kinds = f"DATATYPE({x}) = {XSD.string}"
    else:
        return OPEN
    return Certainty(f"({kinds} && {x} {sign} {given})", "false")


def _among(x: str, datatypes: Iterable[NamedNode]) -> str:
    return "(" + " || ".join(f"DATATYPE({x}) = {d}" for d in datatypes) + ")"


def _joined(parts: tuple[Certainty, ...], name: str, sign: str) -> str:
    """The expressions with ``&&`` or ``||`` between them, without those that decide nothing."""
    found = list(dict.fromkeys(getattr(p, name) for p in parts))
    neutral, final = ("true", "false") if sign == "&&" else ("false", "true")
    if final in found:
        return final
    kept = [f for f in found if f != neutral]
    return f"({f' {sign} '.join(kept)})" if len(kept) > 1 else "".join(kept) or neutral
