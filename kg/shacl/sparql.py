"""``sh:sparql`` constraints as set-at-a-time queries (SHACL, section 5).

SHACL asks a constraint's query once per focus node with ``$this`` bound beforehand. Joining the query with the
pattern of the shape's targets asks it once for all of them; the two agree for queries in which every part that
mentions ``$this`` also binds it. The reader below accepts only such queries. Anything else raises
:class:`kg.shacl.shapes.Unsupported` and goes to the oracle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.errors import ConfigError
from kg.shacl.shapes import Select, ShapesGraph, Unsupported
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node

__all__ = ["Constraint", "compile_select"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<var>[?$]\w+)
    |(?P<name>[\w.-]*:[\w.:%-]*)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
#: Words of SPARQL under which binding beforehand and joining may differ, or which read outside the graph.
_UNSAFE = frozenset(
    {"MINUS", "SERVICE", "GRAPH", "VALUES", "SELECT", "FROM", "LIMIT", "OFFSET", "ORDER", "PREFIX", "BASE"}
)
_RESERVED = frozenset({"path", "PATH", "currentShape", "shapesGraph", "failure"})


@dataclass(frozen=True, slots=True)
class Constraint:
    """One compiled constraint: its query in two forms and what its results say.

    ``alone`` asks the default graph; ``batch`` asks every named graph by itself and also gives ``?g``;
    ``single`` is the query for one focus node, with ``{focus}`` where its IRI goes, split in two.
    """

    root: Node
    stamp: Stamp
    alone: str
    batch: str
    single: tuple[str, str]

    def run(self, store: Store) -> Iterator[Finding]:
        """What the constraint finds in the default graph."""
        return self._findings(_ask(store, self.alone))

    def run_focus(self, store: Store, focus: NamedNode) -> Iterator[Finding]:
        """What the constraint finds in the default graph about one target."""
        return self._findings(_ask(store, f"{self.single[0]}VALUES ?this {{ {focus} }}{self.single[1]}"))

    def run_batch(self, store: Store) -> Iterator[tuple[Node, Finding]]:
        """(graph name, finding) for every named graph, each looked at alone."""
        solutions = _ask(store, self.batch)
        with_value = any(v.value == "value" for v in solutions.variables)
        for solution in solutions:
            focus, graph = solution["this"], solution["g"]
            value = solution["value"] if with_value else None
            yield graph, (focus, None, focus if value is None else value, self.stamp)

    def _findings(self, solutions: QuerySolutions) -> Iterator[Finding]:
        with_value = any(v.value == "value" for v in solutions.variables)
        for solution in solutions:
            focus = solution["this"]
            value = solution["value"] if with_value else None
            yield focus, None, focus if value is None else value, self.stamp


def compile_select(shapes: ShapesGraph, root: Node, select: Select, stamp: Stamp) -> Constraint:
    """The constraint as a query over all targets of ``root`` at once.

    Raises :class:`Unsupported` when it cannot be proved to mean the same as one query per focus node, and
    :class:`kg.errors.ConfigError` when it is no SPARQL.
    """
    prologue = "".join(f"PREFIX {p}: <{n}>\n" for p, n in select.prefixes)
    try:
        _ask(Store(), prologue + select.query)
    except SyntaxError as error:
        raise shapes.broken(select.node, f"sh:select is no valid SPARQL: {error}", inside=root) from error
    query = _read(shapes, select)
    if shapes.path(root) is not None:
        raise Unsupported("sh:sparql on a property shape")
    targets = _targets(shapes, root)
    if query.tail and len(targets) > 1:
        tests = " || ".join(f"EXISTS {{ {t} }}" for t in targets)
        body = f"{query.body} FILTER({tests})"
    elif len(targets) > 1:
        body = " UNION ".join(f"{{ {t} }}" for t in targets) + f" {query.body}"
    else:
        body = f"{targets[0]} . {query.body}"
    alone = f"{prologue}SELECT DISTINCT {query.projection} WHERE {{ {body} }} {query.tail}"
    tail = query.tail.replace("GROUP BY", "GROUP BY ?g", 1)
    batch = f"{prologue}SELECT DISTINCT ?g {query.projection} WHERE {{ GRAPH ?g {{ {body} }} }} {tail}"
    single = (f"{prologue}SELECT DISTINCT {query.projection} WHERE {{ ", f" {body} }} {query.tail}")
    try:
        for text in (alone, batch):
            _ask(Store(), text)
    except SyntaxError as error:
        raise Unsupported(f"a query that cannot be joined with its targets ({error})") from error
    return Constraint(root, stamp, alone, batch, single)


def _ask(store: Store, query: str) -> QuerySolutions:
    found = store.query(query)
    if not isinstance(found, QuerySolutions):
        raise ConfigError("sh:select is no SELECT query; write SELECT $this ?value WHERE { … }", setting="shapes")
    return found


def _targets(shapes: ShapesGraph, root: Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for kind, term in shapes.targets(root):
        if not isinstance(term, NamedNode):
            raise Unsupported(f"a target that is {term}")
        if kind == "targetClass":
            for c in shapes.classes(term):
                found[f"?this <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {c}"] = None
        elif kind == "targetSubjectsOf":
            found[f"?this {term} ?target_object"] = None
        elif kind == "targetObjectsOf":
            found[f"?target_subject {term} ?this"] = None
        else:
            raise Unsupported("sh:targetNode with sh:sparql")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Query:
    projection: str
    body: str
    tail: str


_Token = tuple[str, str]


def _read(shapes: ShapesGraph, select: Select) -> _Query:
    """The parts of a query that may be joined with its targets."""
    tokens = [(m.lastgroup or "", m.group()) for m in _TOKEN.finditer(select.query)]
    tokens = [("space", " ") if kind == "space" else (kind, text) for kind, text in tokens]
    for kind, text in tokens:
        if kind == "var" and text[1:] in _RESERVED:
            raise Unsupported(f"{text} in sh:select")
        if kind == "var" and text[1:] in ("g", "target_object", "target_subject"):
            raise Unsupported(f"the variable {text}, which the compiler uses itself")
        if "subClassOf" in text and shapes.subclasses:
            raise Unsupported("rdfs:subClassOf in sh:select")
    solid = [(k, t) for k, t in tokens if k != "space"]
    if not solid or solid[0][1].upper() != "SELECT":
        raise Unsupported("a query that does not begin with SELECT")
    start = next((i for i, (k, t) in enumerate(tokens) if k == "mark" and t == "{"), None)
    if start is None:
        raise Unsupported("a query without a pattern")
    end = _closing(tokens, start)
    head, body, tail = tokens[:start], tokens[start + 1 : end], tokens[end + 1 :]
    words = {t.upper() for k, t in (*head[1:], *body, *tail) if k == "word"}
    first_select = next(i for i, (k, t) in enumerate(head) if t.upper() == "SELECT")
    words = {t.upper() for k, t in (*head[first_select + 1 :], *body, *tail) if k == "word"}
    if words & _UNSAFE:
        raise Unsupported(f"{min(words & _UNSAFE)} in sh:select")
    projection = [(k, t) for k, t in head[first_select + 1 :] if t.upper() not in ("WHERE", "DISTINCT", "REDUCED")]
    names = [t[1:] for k, t in projection if k == "var"]
    if any(k not in ("var", "space") for k, _ in projection) or names not in (["this"], ["this", "value"]):
        raise Unsupported("a projection other than $this or $this ?value")
    _check_scopes(body)
    return _Query(_text(projection), _text(body).strip(), _tail(tail))


def _tail(tokens: Sequence[_Token]) -> str:
    """``GROUP BY … HAVING …`` as written; Unsupported when it does not group by ``$this``."""
    solid = [(k, t) for k, t in tokens if k != "space"]
    if not solid:
        return ""
    if [t.upper() for _, t in solid[:2]] != ["GROUP", "BY"]:
        raise Unsupported("a solution modifier other than GROUP BY")
    keys = []
    for kind, text in solid[2:]:
        if kind != "var":
            break
        keys.append(text[1:])
    if "this" not in keys:
        raise Unsupported("GROUP BY without $this")
    rest = _text(tokens)
    return re.sub(r"^\s*GROUP\s+BY", "GROUP BY", rest, flags=re.IGNORECASE)


def _closing(tokens: Sequence[_Token], start: int) -> int:
    depth = 0
    for i in range(start, len(tokens)):
        if tokens[i] == ("mark", "{"):
            depth += 1
        elif tokens[i] == ("mark", "}"):
            depth -= 1
            if depth == 0:
                return i
    raise Unsupported("braces that do not match")


def _check_scopes(body: Sequence[_Token]) -> None:
    """Unsupported when a nested group mentions ``$this`` without binding it in a triple pattern of its own."""
    previous = ("mark", "")
    i = 0
    while i < len(body):
        token = body[i]
        if token == ("mark", "{"):
            end = _closing(body, i)
            inner = body[i + 1 : end]
            # EXISTS substitutes the solution it is asked about, so $this is known all through it.
            exists = previous[0] == "word" and previous[1].upper() == "EXISTS"
            if not exists and _mentions(inner) and not _binds(inner):
                raise Unsupported("a nested group that mentions $this and does not bind it")
            _check_scopes(inner)
            i = end
            previous = ("mark", "}")
        elif token[0] != "space":
            previous = token
        i += 1


def _mentions(tokens: Iterable[_Token]) -> bool:
    return any(k == "var" and t[1:] == "this" for k, t in tokens)


def _binds(tokens: Sequence[_Token]) -> bool:
    braces = parentheses = 0
    for kind, text in tokens:
        if kind == "mark":
            braces += (text == "{") - (text == "}")
            parentheses += (text == "(") - (text == ")")
        elif kind == "var" and text[1:] == "this" and braces == 0 and parentheses == 0:
            return True
    return False


def _text(tokens: Iterable[_Token]) -> str:
    return "".join("?" + t[1:] if k == "var" else t for k, t in tokens)
