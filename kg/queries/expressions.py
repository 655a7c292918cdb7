"""Expressions and terms of SPARQL 1.2 (grammar rules from Expression on)."""

from __future__ import annotations

from kg.queries.cursor import IRIS, Cursor, Unreadable, node
from kg.queries.lexis import BUILT_IN
from kg.queries.tree import Call, Node

__all__ = ["CONSTRAINT", "NUMBER", "TERM", "Expressions"]

NUMBER = frozenset({"INTEGER", "DECIMAL", "DOUBLE"})
#: What begins a term.
TERM = IRIS | NUMBER | {"+", "-", "Var", "String", "BooleanLiteral", "BLANK_NODE_LABEL"}
#: What begins a constraint.
CONSTRAINT = BUILT_IN | IRIS | {"(", "EXISTS", "NOT"}
#: How closely the operators bind, and their productions. Comparisons do not chain.
_OPERATORS = {
    "||": (1, "ConditionalOrExpression"),
    "&&": (2, "ConditionalAndExpression"),
    **dict.fromkeys(("=", "!=", "<", ">", "<=", ">=", "IN", "NOT"), (3, "RelationalExpression")),
    **dict.fromkeys("+-", (4, "AdditiveExpression")),
    **dict.fromkeys("*/", (5, "MultiplicativeExpression")),
}
_COMPARISON = 3


class Expressions(Cursor):
    """Reads expressions and terms."""

    __slots__ = ()

    def group(self) -> Node:
        """A group graph pattern, for EXISTS."""
        raise NotImplementedError

    def expression(self, level: int = 1) -> Node:
        """An expression of operators that bind at least as closely as the level."""
        left = self._unary()
        while True:
            if self.kind in ("IRIREF", "<<", "<<("):
                self.less()
            binding, kind = _OPERATORS.get(self.kind, (0, ""))
            if binding < level:
                return left
            parts = [left]
            while _OPERATORS.get(self.kind, (0, ""))[0] == binding:
                if binding == _COMPARISON:
                    parts += self._compared()
                    break
                parts.append(self.take())
                parts.append(self.expression(binding + 1))
            left = node(kind, parts)
            if binding == _COMPARISON and _OPERATORS.get(self.kind, (0, ""))[0] == _COMPARISON:
                raise Unreadable

    def _compared(self) -> list[Node]:
        """The operator of a comparison and what it compares with."""
        parts = [self.take()]
        if parts[0].kind == "NOT":
            parts.append(self.needed("IN"))
        if parts[-1].kind == "IN":
            return [*parts, self.arguments("ExpressionList")]
        return [*parts, self.expression(_COMPARISON + 1)]

    def _unary(self) -> Node:
        if self.kind not in ("!", "+", "-"):
            return self._primary()
        signs = []
        before = self.depth
        while self.kind in ("!", "+", "-"):
            signs.append(self.open(self.kind))
        inner = self._primary()
        self.depth = before
        return node("UnaryExpression", [*signs, inner])

    def _primary(self) -> Node:
        kind = self.kind
        if kind == "(":
            return self.bracketed()
        if kind in IRIS:
            name = self.iri()
            return self.called(name) if self.kind == "(" else name
        if kind in BUILT_IN or kind in ("EXISTS", "NOT"):
            return self.built_in()
        if kind == "<<(":
            return self.triple_term()
        if kind == "BLANK_NODE_LABEL":
            raise Unreadable
        return self.term()

    def bracketed(self) -> Node:
        """An expression in brackets."""
        return node("BrackettedExpression", [self.open("("), self.expression(), self.close(")")])

    def constraint(self) -> Node:
        """What FILTER, HAVING and ORDER BY take."""
        if self.kind == "(":
            return self.bracketed()
        if self.kind in IRIS:
            return self.called(self.iri())
        return self.built_in()

    def called(self, name: Node) -> Node:
        """The call of a function that an IRI names."""
        listed = self.arguments("ArgList")
        made = node("FunctionCall", [name, listed])
        self.calls.append(Call(made.start, made.end, self.meant(name), _values(listed)))
        return made

    def built_in(self) -> Node:
        """A built-in call, an aggregate or EXISTS."""
        if self.kind == "EXISTS":
            return node("ExistsFunc", [self.take(), self.group()])
        if self.kind == "NOT":
            return node("NotExistsFunc", [self.take(), self.needed("EXISTS"), self.group()])
        if self.kind not in BUILT_IN:
            raise Unreadable
        name = self.take()
        listed = self.arguments("ArgList")
        made = node("BuiltInCall", [name, listed])
        self.calls.append(Call(made.start, made.end, name.kind, _values(listed)))
        return made

    def arguments(self, kind: str) -> Node:
        """Arguments in brackets: DISTINCT, expressions or ``*``, and an aggregate's separator."""
        parts = [self.open("("), *self.maybe("DISTINCT")]
        if self.kind == "*":
            parts.append(self.take())
        elif self.kind != ")":
            parts.append(self.expression())
            while self.kind == ",":
                parts += (self.take(), self.expression())
        if self.kind == ";":
            parts += (self.take(), self.needed("SEPARATOR"), self.needed("="), self.needed("String"))
        return node(kind, [*parts, self.close(")")])

    def term(self) -> Node:
        """A variable, an IRI, a literal or a labelled blank node."""
        kind = self.kind
        if kind in ("Var", "BooleanLiteral", "BLANK_NODE_LABEL") or kind in NUMBER:
            return self.take()
        if kind in IRIS:
            return self.iri()
        if kind == "String":
            text = self.take()
            if self.kind == "LANG_DIR":
                return node("RDFLiteral", [text, self.take()])
            if self.kind == "^^":
                return node("RDFLiteral", [text, self.take(), self.iri()])
            return text
        if kind in ("+", "-"):
            sign = self.take()
            if self.kind in NUMBER:
                return node("NumericLiteral", [sign, self.take()])
        raise Unreadable

    def triple_term(self) -> Node:
        """``<<( s p o )>>``."""
        raise NotImplementedError

    def verb(self) -> Node:
        """A variable, an IRI or ``a``."""
        return self.take() if self.kind in ("Var", "a") else self.iri()


def _values(listed: Node) -> tuple[Node, ...]:
    """The arguments themselves."""
    stop = next((n for n, part in enumerate(listed.parts) if part.kind == ";"), len(listed.parts) - 1)
    return tuple(part for part in listed.parts[1:stop] if part.kind not in (",", "DISTINCT", "*"))
