"""Where Oxigraph answers a query otherwise than SPARQL says, and an edit of the text mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.engine.datasets import dataset
from kg.engine.request import Limits, Request
from kg.errors import QuerySyntaxError
from kg.queries.reading import Edit, Node, Reading, edited
from kg.store import Reader

__all__ = [
    "AGGREGATES",
    "BOOLEANS",
    "COMPARISONS",
    "CONCATENATIONS",
    "PATHS",
    "TRIPLE_TERMS",
    "aggregates",
    "booleans",
    "comparisons",
    "concatenations",
    "paths",
    "triple_terms",
]

#: A boolean in another case than the one Oxigraph reads.
BOOLEANS = re.compile(r"(?i:\b(?:true|false)\b)(?<!true)(?<!false)")
_IN_IRI = r'[^\x00-\x20<>"{}|^`\\]'
#: A comparison that is an IRI by the longest token: one without a scheme, or with what stands between two comparisons.
COMPARISONS = re.compile(rf"<(?={_IN_IRI}++>)(?:(?![A-Za-z][A-Za-z0-9+.\-]*+:)|(?:(?![&,]){_IN_IRI})*+[&,])")
#: A path that may have no length.
PATHS = re.compile(r"[*?](?![A-Za-z0-9_\u0080-\U0010ffff])")
#: A triple term.
TRIPLE_TERMS = re.compile(r"<<\(")
#: An aggregate.
AGGREGATES = re.compile(r"(?i:count|sum|min|max|avg|sample|group_concat|fold)\s*\(")
#: A GROUP_CONCAT.
CONCATENATIONS = re.compile(r"(?i:group_concat)")

_IRI = re.compile(rf"<{_IN_IRI}*+>")
#: The longest expression in characters that is put in place of a variable.
_LONGEST = 10_000
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_TERMS = frozenset(
    {"IRIREF", "PNAME_LN", "PNAME_NS", "String", "RDFLiteral", "BooleanLiteral", "INTEGER", "DECIMAL", "DOUBLE"}
    | {"NumericLiteral"}
)
#: Terms that are no subject of a triple term in an expression.
_NO_SUBJECT = _TERMS - {"IRIREF", "PNAME_LN", "PNAME_NS"} | {"TripleTerm"}


def booleans(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """``TRUE`` and ``False`` in lower case: keywords are read in any case (SPARQL 1.1, section 19.8, note 1)."""
    del reader, request, limits
    found = [(node, reading.text_of(node)) for node in reading.tree.walk() if node.kind == "BooleanLiteral"]
    return [Edit(node.start, node.end, word.lower()) for node, word in found if not word.islower()]


def comparisons(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """Nothing to edit. Raises :class:`kg.errors.QuerySyntaxError` for ``?a<?b&&?c>?d``, where the longest token is the
    IRI ``<?b&&?c>`` (SPARQL 1.1, section 19.8, note 3); Oxigraph takes what it can use."""
    del reader, request, limits
    for node in reading.tree.walk():
        if node.kind in ("<", "<=") and (found := _IRI.match(reading.text, node.start)):
            shown = found[0] if len(found[0]) <= 40 else f"{found[0][:40]}…"
            raise _refused(reading, node, f"{shown} is an IRI, not a comparison", f"write a space after {node.kind}")
    return ()


def concatenations(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """The string of a GROUP_CONCAT without its language: the aggregate is a simple literal (SPARQL 1.1, section
    18.5.1.7), and Oxigraph keeps a language that all its values share."""
    del reader, request, limits
    found = [node for node in reading.tree.walk() if _aggregate(node) == "GROUP_CONCAT"]
    return [edit for node in found for edit in (Edit(node.start, node.start, "STR("), Edit(node.end, node.end, ")"))]


def aggregates(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """The expression of an earlier variable of the same SELECT in place of the variable (SPARQL 1.2, section 18.3.4.4),
    which Oxigraph refuses beside an aggregate.

    Raises :class:`kg.errors.QuerySyntaxError` for an aggregate of an aggregate (grammar note 11 of SPARQL 1.2).
    """
    del reader, request, limits
    edits: list[Edit] = []
    for node in reading.tree.walk():
        if _aggregate(node) and any(_aggregate(one) for part in node.parts for one in part.walk()):
            raise _refused(reading, node, "an aggregate holds another one", "use a sub-SELECT for the inner one")
        if node.kind == "SelectClause" and not reading.volatile and any(_aggregate(one) for one in node.walk()):
            edits += _spelled_out(reading, node)
    return edits


def triple_terms(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """Nothing to edit. Raises :class:`kg.errors.QuerySyntaxError` for a triple term of an expression whose subject is a
    literal or a triple term (SPARQL 1.2, ExprTripleTermSubject), which Oxigraph lets pass."""
    del reader, request, limits
    todo = [(reading.tree, False)]
    while todo:
        node, expression = todo.pop()
        if node.kind in ("Bind", "SelectClause", "Filter"):
            expression = True
        elif node.kind == "GroupGraphPattern":
            expression = False
        if expression and node.kind == "TripleTerm" and node.parts[1].kind in _NO_SUBJECT:
            raise _refused(reading, node, "the subject of a triple term is no IRI and no variable", "it has to be one")
        todo.extend((part, expression) for part in node.parts)
    return ()


def _refused(reading: Reading, node: Node, what: str, advice: str) -> QuerySyntaxError:
    before = reading.text[: node.start]
    line, column = before.count("\n") + 1, node.start - before.rfind("\n")
    return QuerySyntaxError(f"{what} at line {line}, column {column}; {advice}", line=line, column=column)


def _spelled_out(reading: Reading, clause: Node) -> list[Edit]:
    made: list[Edit] = []
    known: dict[str, str] = {}
    for expression, keyword, name in zip(clause.parts, clause.parts[1:], clause.parts[2:], strict=False):
        if keyword.kind != "AS":
            continue
        found = [(one, known[text]) for one in _reused(expression) if (text := reading.text_of(one)) in known]
        inner = [Edit(one.start - expression.start, one.end - expression.start, text) for one, text in found]
        written = edited(reading.text_of(expression), inner)
        if len(written) > _LONGEST:  # each may hold the one before it twice
            return []
        known[reading.text_of(name)] = f"({written})"
        made += [Edit(one.start, one.end, text) for one, text in found]
    return made


def _reused(expression: Node) -> Iterator[Node]:
    """The variables of an expression that may be those of the SELECT: none inside aggregates and patterns."""
    todo = [expression]
    while todo:
        node = todo.pop()
        if node.kind == "Var":
            yield node
        elif not _aggregate(node) and node.kind != "GroupGraphPattern":
            todo.extend(node.parts)


def _aggregate(node: Node) -> str | None:
    """The name of the aggregate that the node is a call of."""
    if node.kind not in ("BuiltInCall", "Aggregate") or not node.parts:
        return None
    return node.parts[0].kind if node.parts[0].kind in _AGGREGATES else None


def paths(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """A path that may have no length, between a variable and a term that the graph does not hold, as the one solution
    it has: the term (SPARQL 1.1, section 18.4, ZeroLengthPath). Oxigraph finds none.

    Only a triple pattern of its own is looked at, in the default graph or in a GRAPH with an IRI.
    """
    del limits
    if any(node.kind == "BLANK_NODE_LABEL" for node in reading.tree.walk()):
        return ()  # VALUES would part a basic graph pattern, and a label may stand in one only
    edits = []
    for triples, graph in _patterns(reading.tree):
        if len(triples.parts) != 2 or triples.parts[1].kind != "PropertyListPathNotEmpty":
            continue
        subject, rest = triples.parts
        if len(rest.parts) != 2 or not _may_be_empty(rest.parts[0]) or len(rest.parts[1].parts) != 1:
            continue
        term, variable = rest.parts[1].parts[0], subject
        if term.kind == "Var":
            term, variable = subject, term
        if variable.kind == "Var" and term.kind in _TERMS and not _holds(term, graph, reading, reader, request):
            values = f"VALUES {reading.text_of(variable)} {{ {reading.text_of(term)} }}"
            edits.append(Edit(triples.start, triples.end, values))
    return edits


def _patterns(tree: Node) -> Iterator[tuple[Node, Node | None]]:
    """The triple patterns with the graph they are matched in, None for the default graph; none of those whose graph
    is a variable or elsewhere."""
    todo: list[tuple[Node, Node | None]] = [(tree, None)]
    while todo:
        node, graph = todo.pop()
        if node.kind == "TriplesSameSubjectPath":
            yield node, graph
        elif node.kind == "GraphGraphPattern":
            if node.parts[1].kind != "Var":
                todo.append((node.parts[2], node.parts[1]))
        elif node.kind != "ServiceGraphPattern":
            todo.extend((part, graph) for part in node.parts)


def _may_be_empty(path: Node) -> bool:
    while path.kind in ("PathPrimary", "PathEltOrInverse") and path.parts:
        path = next((p for p in path.parts if p.kind not in ("(", ")", "^")), path.parts[0])
    return path.kind == "PathElt" and path.parts[-1].kind in ("*", "?")


def _holds(term: Node, graph: Node | None, reading: Reading, reader: Reader, request: Request) -> bool:
    """Whether the term is a node of the graph: the subject or object of a triple."""
    written = reading.text_of(term)
    ways = [f"{{ ?s ?p {written} }}"]
    if reading.iri(term) is not None:
        ways.append(f"{{ {written} ?p ?o }}")
    group = " UNION ".join(ways)
    if graph is not None:
        group = f"GRAPH {reading.text_of(graph)} {{ {group} }}"
    prologue = reading.tree.first("Prologue")
    before = "" if prologue is None else reading.text_of(prologue)
    chosen = dataset(request, reading)
    arguments = {} if chosen is None else chosen.arguments()
    try:
        return bool(reader.rdf.query(f"{before} ASK {{ {group} }}", base_iri=request.base, **arguments))
    except (SyntaxError, ValueError):  # the engine will say of the query itself what is wrong
        return True
