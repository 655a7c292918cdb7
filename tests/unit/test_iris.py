"""IRIs are made from names and hashes alone, and outlive the process that made them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.errors import IriError
from kg.iris import Iris, digest_iri, hex_digest, is_web_iri, mint, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("El Salvador’s Entire Prison", "el-salvador-s-entire-prison"),
        ("Łódź straße Ærø", "lodz-strasse-aero"),
        ("  --- ", "x"),
        ("東京", "x"),
        ("a" * 60, "a" * 48),
        ("a</script><b>", "a-script-b"),
    ],
)
def test_a_slug_is_a_short_ascii_mnemonic(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_any_text_makes_a_valid_article_iri(text: str) -> None:
    page = mint(Iris("https://n.example").article_stem(text), text, lambda _: False)
    assert NamedNode(page).value == page
    assert page.isascii()


def test_the_hash_is_the_same_in_every_process() -> None:
    assert hex_digest("Nayib") == hashlib.sha256(b"Nayib").hexdigest()[:8]
    assert digest_iri(bytes(32)) == "ni:///sha-256;" + "A" * 43


def test_a_collision_lengthens_the_hash_and_never_merges() -> None:
    first = mint("https://n.example/things/a", "k", lambda _: False)
    second = mint("https://n.example/things/a", "k", {first}.__contains__)
    assert second != first
    assert second.startswith(first)
    with pytest.raises(IriError):
        mint("https://n.example/things/a", "k", lambda _: True)


@pytest.mark.parametrize("base", ["", "n.example", "https://n.example/", "https://n.example#x", "https://n.ex ample"])
def test_a_base_iri_that_would_make_bad_iris_is_refused(base: str) -> None:
    with pytest.raises(IriError):
        Iris(base)


def test_graph_and_text_iris_follow_the_model() -> None:
    iris = Iris("https://n.example/kg")
    page = "https://n.example/kg/articles/a-12345678"
    assert iris.graph(page, "facts").value == "https://n.example/kg/graphs/articles/a-12345678/facts"
    text = iris.text(page, "body", "words")
    assert text.value == f"{page}/text/body-{hex_digest('words')}"
    assert iris.span(text, 2, 5).value == text.value + "#char=2,5"
    assert iris.page_of(iris.part(page, "quote-1").value) == page
    assert iris.owns(page)
    assert not iris.owns("https://n.example/kgb")


@pytest.mark.parametrize("text", ["http://", "javascript:alert(1)", "http://a b", "http://a<b", "//a"])
def test_only_absolute_web_addresses_are_web_iris(text: str) -> None:
    assert not is_web_iri(text)
