"""A syntax error says what to do about it, where that can be told."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine.worker import unparsed
from kg.errors import QuerySyntaxError
from kg.store.update import effects


def _message(query: str) -> str:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    return unparsed(query, caught.value).message


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * { ?s schema:name ?n }", "begin with PREFIX schema: <http://schema.org/>"),
        ("PREFIX a: <http://e/a>\nSELECT *\n{ ?s a:b/ex:c ?n }", "the prefix ex: is not declared"),
        ("ASK { :a ?p ?o }", "the prefix : is not declared"),
        ("# PREFIX ex: <http://e/>\nASK { ex:a ?p ?o }", "the prefix ex: is not declared"),
        ("SELECT ?x { VALUES ?x { 1 } } GROUP BY ?y", "group by it, or aggregate it"),
        ("SELECT * { ?x ?y ?z } GROUP BY ?x", "SELECT * does not go with GROUP BY"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "a variable twice"),
        ("PREFIX a: <b> ASK {}", "this is no IRI"),
    ],
)
def test_a_syntax_error_says_what_is_wrong(query: str, told: str) -> None:
    assert told in _message(query)


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p }", "PREFIX a: <http://e/> SELECT * { ?s a:b }", "nonsense", ""])
def test_where_nothing_more_is_known_only_the_place_is_told(query: str) -> None:
    assert _message(query).count("(") == 0


def test_an_update_with_a_prefix_that_is_not_declared_says_which(tmp_path: Path) -> None:
    with pytest.raises(QuerySyntaxError, match=r"begin with PREFIX schema: <http://schema\.org/>"):
        effects(ox.Store(str(tmp_path / "store")), tmp_path / "scratch", 'INSERT DATA { <http://e/a> schema:name "a" }')
