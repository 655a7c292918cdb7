"""A node of a Turtle file is found on the line where it is written, whatever stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import resources
from kg.shacl.lines import Lines
from kg.shacl.view import Node

BASE = "http://example.org/base/"


def read(text: str) -> tuple[Lines, tuple[Triple, ...]]:
    triples = tuple(q.triple for q in parse(text, format=RdfFormat.TURTLE, base_iri=BASE, rename_blank_nodes=True))
    return Lines.of(text, triples, base=BASE), triples


def ex(name: str) -> NamedNode:
    return NamedNode("http://example.org/" + name)


TRICKY = r'''@prefix ex: <http://example.org/> . # a comment with [ brackets ( and "quotes
@base <http://example.org/> .
PREFIX : <http://example.org/>
ex:a ex:line 4 ; ex:text """a long text
with # no comment, a " quote and ] brackets ;
""" ; ex:line 6 ;
  ex:more 'it\'s', "a \" b", "x"@en-GB , "1"^^ex:type ; ex:odd\,name 7 , ex:trailing. ex:b ex:line 8
, 9 . # ex:c ex:line 9 .
<c#d> ex:line 10 ; a ex:T .
[ ex:line 11 ] ex:in
  ( [ ex:line 12 ]
    ( [ ex:line
 14 ] [] ) "]" ) .
_:x ex:line 15 .
[ ex:line 16 ;
  ex:deep [ ex:deep [ ex:line 17 ] ; ex:line 17 ] ] .
ex:last ex:to _:x , _:y ; ex:num -1.5e3 , .5 , true ; : ex:ü .
_:y ex:line 19 .'''
#: Lines as written in TRICKY: those of continued statements count from the predicate.
SHOWN = {4: 4, 6: 4, 8: 7, 9: 7, 10: 9, 11: 10, 12: 11, 14: 12, 15: 14, 16: 15, 17: 16, 19: 18}


def test_every_predicate_is_found_on_its_line() -> None:
    lines, triples = read(TRICKY)
    found = {
        int(t.object.value): lines.line(t.subject, t.predicate)
        for t in triples
        if t.predicate == ex("line") and isinstance(t.object, Literal)
    }
    assert found == SHOWN


def test_names_are_resolved_as_the_parser_does() -> None:
    lines, _ = read(TRICKY)
    assert lines.line(ex("c#d")) == 9
    assert lines.line(ex("a"), ex("odd,name")) == 7
    assert lines.line(ex("last"), ex("")) == 17
    assert lines.line(ex("last"), ex("num")) == 17


def test_what_a_document_does_not_describe_has_no_line() -> None:
    lines, _ = read(TRICKY)
    assert lines.line(ex("nowhere")) is None
    assert lines.line(ex("T")) is None
    assert lines.line(ex("a"), ex("nothing")) == 4
    assert not lines.has(ex("a"), ex("nothing"))


def test_every_triple_of_the_shapes_that_ship_has_its_line() -> None:
    for file in sorted(resources.path("shapes").glob("*.ttl")):
        text = file.read_text(encoding="utf-8")
        lines, triples = read(text)
        written = text.split("\n")
        for t in triples:
            line = lines.line(t.subject, t.predicate)
            assert line is not None, t
            name = t.predicate.value.replace("/", "#").rpartition("#")[2]
            assert name in written[line - 1] or name in ("type", "first", "rest"), (file.name, line, t)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A random document in which every ex:line has the number of the line it is on."""
    parts: list[str] = ["@prefix ex: <http://example.org/> .\n"]

    def here() -> int:
        return "".join(parts).count("\n") + 1

    def gap() -> None:
        parts.append(draw(st.sampled_from([" ", "\n", ' # [ ( " .\n', "\t", "\n\n"])))

    def properties(depth: int) -> None:
        for n in range(draw(st.integers(1, 2))):
            if n:
                parts.append(";")
            gap()
            parts.append(f"ex:line {here()}")
            gap()
            if depth and draw(st.booleans()):
                parts.append("; ex:more")
                gap()
                for m in range(draw(st.integers(1, 3))):
                    if m:
                        parts.append(",")
                        gap()
                    thing(depth - 1)

    def thing(depth: int) -> None:
        kind = draw(st.sampled_from(["[", "(", "text", "iri"]))
        if kind == "[":
            parts.append("[")
            properties(depth)
            parts.append("]")
        elif kind == "(":
            parts.append("(")
            for _ in range(draw(st.integers(0, 3))):
                gap()
                thing(depth - 1) if depth else parts.append("1")
            gap()
            parts.append(")")
        else:
            parts.append('"""]\n;"""' if kind == "text" else "ex:o")
        gap()

    for n in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            parts.append(f"ex:s{n}")
            properties(3)
        else:
            parts.append("[")
            properties(3)
            parts.append("]")
            if draw(st.booleans()):
                properties(2)
        parts.append(".\n")
    return "".join(parts)


@settings(deadline=None)
@given(documents())
def test_random_documents_have_every_line_right(text: str) -> None:
    lines, triples = read(text)
    wanted: dict[Node, int] = {}
    for t in triples:
        if t.predicate == ex("line") and isinstance(t.object, Literal):
            wanted[t.subject] = min(int(t.object.value), wanted.get(t.subject, 10**9))
    assert {node: lines.line(node, ex("line")) for node in wanted} == wanted


@pytest.mark.parametrize(
    "text",
    [
        "<http://e/a> <http://e/p> " + "[ <http://e/p> " * 20_000 + "1" + " ]" * 20_000 + " .",
        "<http://e/a> <http://e/p> " + "( " * 20_000 + ") " * 20_000 + " .",
        "<http://e/a> <http://e/p> " + "1 , " * 50_000 + "1 .",
        "<http://e/a> <http://e/p> '" + '"' * 100_000 + "' .",
        '<http://e/a> <http://e/p> """' + '" "' * 50_000 + ' """ .',
    ],
)
def test_hostile_documents_are_read_without_recursion(text: str) -> None:
    lines, _ = read(text)
    assert lines.line(NamedNode("http://e/a")) == 1


def test_after_statements_about_statements_lines_are_left_out() -> None:
    lines, _ = read(
        "<http://e/a> <http://e/p> 1 .\n<< <http://e/a> <http://e/p> 1 >> <http://e/q> 2 .\n<http://e/b> a 3 ."
    )
    assert lines.line(NamedNode("http://e/a")) == 1
    assert lines.line(NamedNode("http://e/b")) is None
