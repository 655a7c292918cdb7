"""The grammar of SPARQL 1.2 queries and updates (section 19.8), read by recursive descent.

It reads a little more than the grammar: Oxigraph judges what is SPARQL, this tells where its parts are. Chains of
operators, triples and list items are loops; only brackets recurse, and those to a fixed depth.
"""

from __future__ import annotations

from collections.abc import Callable

from kg.queries.cursor import IRIS, Unreadable, node
from kg.queries.expressions import CONSTRAINT
from kg.queries.tree import DatasetClause, Load, Modifiers, Node, Operation, Prologue, Service
from kg.queries.triples import NODE, Triples

__all__ = ["Grammar"]

#: Prefixes that are kept for all operations of an update together: each has those of the ones before it.
_KEPT = 200_000


class Grammar(Triples):
    """Reads whole texts."""

    __slots__ = ()

    def unit(self) -> tuple[str, Node]:
        """The form of the text and its tree."""
        self.next()
        parts = self.prologue()
        if self.kind not in ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK"):
            return "update", self._update(parts)
        form = self.kind.lower()
        parts.append(self._query())
        parts += self._values_clause()
        return form, self._whole("QueryUnit", parts)

    def _whole(self, kind: str, parts: list[Node]) -> Node:
        """The root, which covers the whole text."""
        if self.kind != "end":
            raise Unreadable
        return Node(kind, 0, len(self.text), tuple(parts))

    def prologue(self) -> list[Node]:
        """BASE, PREFIX and VERSION in any order."""
        parts: list[Node] = []
        while True:
            if self.kind == "BASE":
                made = node("BaseDecl", [self.take(), self.needed("IRIREF")])
                self.base = self.meant(made.parts[1])
            elif self.kind == "PREFIX":
                word = self.take()
                if self.kind != "PNAME_NS":
                    raise Unreadable
                name = self.take()
                made = node("PrefixDecl", [word, name, self.needed("IRIREF")])
                self.prefixes[self.text[name.start : name.end - 1]] = self.meant(made.parts[2])
            elif self.kind == "VERSION":
                made = node("VersionDecl", [self.take(), self.needed("String")])
            else:
                break
            parts.append(made)
        if parts:
            self.kept += len(self.prefixes)
            if self.kept > _KEPT:
                raise Unreadable
            self.prologues.append(Prologue(parts[0].start, self.base, dict(self.prefixes)))
        return [node("Prologue", parts)] if parts else []

    # ---- queries -----------------------------------------------------------------------------------------------

    def _query(self) -> Node:
        forms: dict[str, Callable[[], Node]] = {
            "SELECT": self._select,
            "CONSTRUCT": self._construct,
            "DESCRIBE": self._describe,
            "ASK": self._ask,
        }
        return forms[self.kind]()

    def _select(self) -> Node:
        return node("SelectQuery", [self._select_clause(), *self._from(), self._where(), *self._modifiers(outer=True)])

    def _select_clause(self) -> Node:
        parts = [self.needed("SELECT"), *self.maybe("DISTINCT", "REDUCED")]
        if self.kind == "*":
            parts.append(self.take())
        else:
            while self.kind in ("Var", "("):
                parts += [self.take()] if self.kind == "Var" else self._named("(")
        if parts[-1].kind in ("SELECT", "DISTINCT", "REDUCED"):
            raise Unreadable
        return node("SelectClause", parts)

    def _named(self, mark: str) -> list[Node]:
        """An expression in brackets with the variable that it is bound to."""
        return [self.open(mark), self.expression(), self.needed("AS"), self.needed("Var"), self.close(")")]

    def _construct(self) -> Node:
        parts = [self.take()]
        if self.kind == "{":
            parts += (self._braces("ConstructTemplate"), *self._from(), self._where())
        else:
            parts += (*self._from(), self.needed("WHERE"), self._braces("ConstructTemplate"))
        return node("ConstructQuery", [*parts, *self._modifiers(outer=True)])

    def _braces(self, kind: str) -> Node:
        """Triples without paths in braces."""
        parts = [self.open("{")]
        if self.kind in NODE:
            parts.append(self.triples(path=False))
        return node(kind, [*parts, self.close("}")])

    def _describe(self) -> Node:
        parts = [self.take()]
        if self.kind == "*":
            parts.append(self.take())
        else:
            parts.append(self.verb_or_iri())
            while self.kind in IRIS or self.kind == "Var":
                parts.append(self.verb_or_iri())
        parts += self._from()
        if self.kind in ("WHERE", "{"):
            parts.append(self._where())
        return node("DescribeQuery", [*parts, *self._modifiers(outer=True)])

    def _ask(self) -> Node:
        return node("AskQuery", [self.take(), *self._from(), self._where(), *self._modifiers(outer=True)])

    def _from(self) -> list[Node]:
        parts: list[Node] = []
        while self.kind == "FROM":
            parts.append(self._dataset("DatasetClause"))
        return parts

    def _dataset(self, kind: str) -> Node:
        parts = [self.take(), *self.maybe("NAMED"), self.iri()]
        made = node(kind, parts)
        self.datasets.append(DatasetClause(made.start, made.end, self.meant(parts[-1]), len(parts) == 3))
        return made

    def _where(self) -> Node:
        return node("WhereClause", [*self.maybe("WHERE"), self.group()])

    def _modifiers(self, *, outer: bool = False) -> list[Node]:
        """The solution modifiers, each a node of its own."""
        parts: list[Node] = []
        if self.kind == "GROUP":
            words = [self.take(), self.needed("BY")]
            parts.append(node("GroupClause", [*words, *self._conditions(self._group_condition)]))
        if self.kind == "HAVING":
            parts.append(node("HavingClause", [self.take(), *self._conditions(self.constraint, plain=False)]))
        if self.kind == "ORDER":
            words = [self.take(), self.needed("BY")]
            parts.append(node("OrderClause", [*words, *self._conditions(self._order_condition, "ASC", "DESC")]))
        found: dict[str, Node] = {}
        while self.kind in ("LIMIT", "OFFSET") and self.kind not in found:
            word = self.kind
            kind = "LimitClause" if word == "LIMIT" else "OffsetClause"
            found[word] = node(kind, [self.take(), self.needed("INTEGER")])
        parts += found.values()
        if outer:
            limit, offset = found.get("LIMIT"), found.get("OFFSET")
            self.modifiers = Modifiers(
                self._number(limit) if limit else None,
                (limit.start, limit.end) if limit else None,
                self._number(offset) if offset else 0,
                (offset.start, offset.end) if offset else None,
                self.last,
            )
        return parts

    def _number(self, clause: Node) -> int:
        """The number of a clause, which may have no more digits than are read in linear time."""
        digits = self.text[clause.parts[1].start : clause.parts[1].end]
        if len(digits) > 30:
            raise Unreadable
        return int(digits)

    def _conditions(self, one: Callable[[], Node], *words: str, plain: bool = True) -> list[Node]:
        parts = [one()]
        while self.kind in CONSTRAINT or self.kind in words or (plain and self.kind == "Var"):
            parts.append(one())
        return parts

    def _group_condition(self) -> Node:
        if self.kind == "Var":
            return self.take()
        if self.kind != "(":
            return self.constraint()
        parts = [self.open("("), self.expression()]
        if self.kind == "AS":
            parts += (self.take(), self.needed("Var"))
        return node("GroupCondition", [*parts, self.close(")")])

    def _order_condition(self) -> Node:
        if self.kind in ("ASC", "DESC"):
            return node("OrderCondition", [self.take(), self.bracketed()])
        return self.take() if self.kind == "Var" else self.constraint()

    # ---- patterns ----------------------------------------------------------------------------------------------

    def group(self) -> Node:
        """A group graph pattern."""
        parts = [self.open("{")]
        if self.kind == "SELECT":
            parts.append(self._sub_select())
        else:
            triples = True  # two blocks of triples have a dot between them
            while self.kind != "}":
                if self.kind in NODE:
                    if not triples:
                        raise Unreadable
                    parts.append(self.triples(path=True))
                    triples = False
                else:
                    parts.append(self._pattern())
                    parts += self.maybe(".")
                    triples = True
        return node("GroupGraphPattern", [*parts, self.close("}")])

    def _sub_select(self) -> Node:
        parts = [self._select_clause(), self._where(), *self._modifiers(), *self._values_clause()]
        return node("SubSelect", parts)

    def _pattern(self) -> Node:
        match self.kind:
            case "{":
                return self._union()
            case "OPTIONAL":
                return node("OptionalGraphPattern", [self.take(), self.group()])
            case "MINUS":
                return node("MinusGraphPattern", [self.take(), self.group()])
            case "LATERAL":
                return node("LateralGraphPattern", [self.take(), self.group()])
            case "GRAPH":
                return node("GraphGraphPattern", [self.take(), self.verb_or_iri(), self.group()])
            case "SERVICE":
                return self._service()
            case "FILTER":
                return node("Filter", [self.take(), self.constraint()])
            case "BIND":
                return node("Bind", [self.take(), *self._named("(")])
            case "VALUES":
                return node("InlineData", [self.take(), self._data_block()])
        raise Unreadable

    def _union(self) -> Node:
        parts = [self.group()]
        while self.kind == "UNION":
            parts += (self.take(), self.group())
        return node("GroupOrUnionGraphPattern", parts)

    def verb_or_iri(self) -> Node:
        """A variable or an IRI."""
        return self.take() if self.kind == "Var" else self.iri()

    def _service(self) -> Node:
        parts = [self.take(), *self.maybe("SILENT")]
        silent, at = len(parts) == 2, len(self.services)
        name = self.verb_or_iri()
        endpoint = None if name.kind == "Var" else self.meant(name)
        pattern = self.group()
        made = node("ServiceGraphPattern", [*parts, name, pattern])
        self.services.insert(at, Service(made.start, made.end, endpoint, silent, pattern))
        return made

    def _values_clause(self) -> list[Node]:
        return [node("ValuesClause", [self.take(), self._data_block()])] if self.kind == "VALUES" else []

    def _data_block(self) -> Node:
        if self.kind == "Var":
            parts = [self.take(), self.open("{")]
            while self.kind != "}":
                parts.append(self._value())
            return node("InlineDataOneVar", [*parts, self.close("}")])
        parts = [self.open("(")]
        while self.kind == "Var":
            parts.append(self.take())
        parts += (self.close(")"), self.open("{"))
        while self.kind == "(":
            row = [self.open("(")]
            while self.kind != ")":
                row.append(self._value())
            parts.append(node("DataBlockRow", [*row, self.close(")")]))
        return node("InlineDataFull", [*parts, self.close("}")])

    def _value(self) -> Node:
        if self.kind == "UNDEF":
            return self.take()
        if self.kind in ("Var", "BLANK_NODE_LABEL"):
            raise Unreadable
        return self.triple_term() if self.kind == "<<(" else self.term()

    # ---- updates -----------------------------------------------------------------------------------------------

    def _update(self, parts: list[Node]) -> Node:
        while self.kind != "end":
            using = len(self.datasets)
            made, kind, target = self._operation()
            found = tuple(self.datasets[using:])
            self.operations.append(Operation(kind, made.start, made.end, target, found, made))
            parts.append(made)
            if self.kind != ";":
                break
            parts.append(self.take())
            parts += self.prologue()
        return self._whole("UpdateUnit", parts)

    def _operation(self) -> tuple[Node, str, str | None]:
        """An operation, its keywords and the graph that WITH names."""
        word = self.kind
        match word:
            case "LOAD":
                return self._load(), word, None
            case "CLEAR" | "DROP" | "CREATE":
                parts = [self.take(), *self.maybe("SILENT")]
                parts += self.maybe("DEFAULT", "NAMED", "ALL") or (self.needed("GRAPH"), self.iri())
                return node(word.capitalize(), parts), word, None
            case "ADD" | "MOVE" | "COPY":
                parts = [self.take(), *self.maybe("SILENT"), *self._graph(), self.needed("TO"), *self._graph()]
                return node(word.capitalize(), parts), word, None
            case "INSERT" | "DELETE":
                first = self.take()
                if self.kind == "DATA":
                    return node(f"{word.capitalize()}Data", [first, self.take(), self._quads()]), f"{word} DATA", None
                if self.kind == "WHERE" and word == "DELETE":
                    return node("DeleteWhere", [first, self.take(), self._quads()]), "DELETE WHERE", None
                return self._modify([], first), "MODIFY", None
            case "WITH":
                parts = [self.take(), self.iri()]
                target = self.meant(parts[1])
                if self.kind not in ("INSERT", "DELETE"):
                    raise Unreadable
                return self._modify(parts, self.take()), "MODIFY", target
        raise Unreadable

    def _load(self) -> Node:
        parts = [self.take(), *self.maybe("SILENT")]
        silent = len(parts) == 2
        source = self.iri()
        parts.append(source)
        if self.kind == "INTO":
            parts += (self.take(), self.needed("GRAPH"), self.iri())
        made = node("Load", parts)
        self.loads.append(Load(made.start, made.end, self.meant(source), silent))
        return made

    def _graph(self) -> list[Node]:
        return self.maybe("DEFAULT") or [*self.maybe("GRAPH"), self.iri()]

    def _modify(self, parts: list[Node], word: Node) -> Node:
        if word.kind == "DELETE":
            parts.append(node("DeleteClause", [word, self._quads()]))
            if self.kind == "INSERT":
                word = self.take()
        if word.kind == "INSERT":
            parts.append(node("InsertClause", [word, self._quads()]))
        while self.kind == "USING":
            parts.append(self._dataset("UsingClause"))
        return node("Modify", [*parts, self.needed("WHERE"), self.group()])

    def _quads(self) -> Node:
        """Triples and triples of graphs in braces, for data, templates and DELETE WHERE."""
        parts = [self.open("{")]
        while self.kind != "}":
            if self.kind == "GRAPH":
                words = [self.take(), self.verb_or_iri()]
                parts.append(node("QuadsNotTriples", [*words, self._braces("TriplesOfGraph")]))
                parts += self.maybe(".")
            else:
                parts.append(self.triples(path=False))
        return node("Quads", [*parts, self.close("}")])
