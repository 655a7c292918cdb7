"""The syntax tree of a query: what stands where, and what is not read."""

from __future__ import annotations

import pytest

from kg.queries.syntax import parse, too_deep


def _places(text: str, *kinds: str) -> list[str]:
    tree = parse(text)
    assert tree is not None
    return [branch.text for branch in tree.walk() if branch.kind in kinds and not branch.literal]


def test_what_would_be_fetched_is_found_by_its_place() -> None:
    text = (
        "SELECT * FROM <a:g> WHERE { ?s ?p 'SERVICE <a:x> {}' # SERVICE <a:y> {}\n SERVICE SILENT <a:z> { ?a ?b ?c } }"
    )
    assert _places(text, "service_graph_pattern") == ["SERVICE SILENT <a:z> { ?a ?b ?c }"]
    assert _places(text, "dataset_clause") == ["FROM <a:g>"]
    assert _places("LOAD <a:x> INTO GRAPH <a:g>", "load") == ["LOAD <a:x> INTO GRAPH <a:g>"]


def test_offsets_count_bytes() -> None:
    text = "SELECT ?x WHERE { ?x ?p 'ä' . ?y ?q ?x }"
    tree = parse(text)
    assert tree is not None
    last = [b for b in tree.walk() if b.kind == "var"][-1]
    assert text.encode()[last.start : last.end] == b"?x"
    assert last.start == text.rindex("?x") + 1


def test_comments_are_left_out() -> None:
    assert _places("# ?none\nASK { ?s ?p ?o } # ?more", "var", "comment") == ["?s", "?p", "?o"]


@pytest.mark.parametrize(
    "text",
    ["SELECT", "ASK { ?s ?p }", "ASK { ?s ?p <<( ?a ?b ?c )>> }", "ASK " + "{" * 100 + "}" * 100, "#" * 300_000],
)
def test_what_the_grammar_does_not_know_or_should_not_follow_is_not_read(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("(" * 50 + ")" * 50, False),
        ("()" * 5000, False),
        ("(" * 100 + ")" * 100, True),
        ("([{" * 30, True),
        ("!" * 200, True),
        ("! # not\n" * 61 + "true", True),
        ("!(" * 50 + ")" * 50, False),
        ("<http://a-b-c.example/> " * 100, False),
        ("x" * 300_000, True),
    ],
)
def test_nesting_is_measured_before_anything_is_read(text: str, deep: bool) -> None:
    assert too_deep(text) is deep


def test_a_long_chain_of_operators_is_read() -> None:
    assert len(_places(f"ASK {{ FILTER(1{' + 1' * 3000}) }}", "integer")) == 3001


def test_a_chain_too_long_to_be_walked_is_not_read() -> None:
    assert parse("ASK { FILTER(" + "1*" * 6_000 + "1) }") is None


def test_branches_stand_in_the_order_of_the_text_with_their_parts_in_the_rule() -> None:
    tree = parse("SELECT ?a (1 AS ?b) WHERE { ?a ?p ?o }")
    assert tree is not None
    starts = [branch.start for branch in tree.walk()]
    assert starts == sorted(starts)
    (clause,) = (b for b in tree.walk() if b.kind == "select_clause" and not b.literal)
    assert [b.text for b in clause.named() if b.field == "bound_variable"] == ["?a", "?b"]
