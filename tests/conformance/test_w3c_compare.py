"""The comparison that all conformance tests rest on."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from w3c_compare import by_value, same

pytestmark = pytest.mark.conformance

A, B = NamedNode("urn:x:a"), NamedNode("urn:x:b")
INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def _(name: str) -> BlankNode:
    return BlankNode(name)


def test_rows_are_a_bag_order_does_not_count_and_number_does() -> None:
    assert same([(A,), (B,), (A,)], [(A,), (A,), (B,)])
    assert not same([(A,), (B,), (A,)], [(A,), (B,), (B,)])
    assert not same([(A,)], [(A,), (A,)])


def test_an_unbound_cell_is_not_an_empty_string() -> None:
    assert not same([(A, None)], [(A, Literal(""))])
    assert not same([(None, A)], [(A, None)])


def test_blank_nodes_may_be_renamed_but_not_merged_or_split() -> None:
    assert same([(_("a"), _("b"))], [(_("b"), _("a"))])
    assert not same([(_("a"), _("a"))], [(_("a"), _("b"))])
    assert not same([(_("a"), _("b"))], [(_("a"), _("a"))])
    assert not same([(_("a"), A), (_("a"), B)], [(_("a"), A), (_("b"), B)])


def test_blank_nodes_that_look_alike_from_their_neighbours_are_told_apart_by_trying() -> None:
    def ring(*names: str) -> list[tuple[BlankNode, BlankNode]]:
        return [(_(s), _(o)) for s, o in zip(names, [*names[1:], names[0]], strict=True)]

    assert same(ring(*"abcdef"), ring(*"fdbeca"))
    assert not same(ring(*"abcdef"), ring(*"abc") + ring(*"def"))


def test_blank_nodes_inside_triple_terms_count() -> None:
    one = [(_("r"), Triple(_("s"), A, B)), (_("s"), A)]
    assert same(one, [(_("x"), Triple(_("y"), A, B)), (_("y"), A)])
    assert not same(one, [(_("x"), Triple(_("y"), A, B)), (_("x"), A)])


def test_terms_are_compared_as_terms_unless_values_are_asked_for() -> None:
    one, two = [(Literal("01", datatype=INTEGER),)], [(Literal("1", datatype=INTEGER),)]
    assert not same(one, two)
    assert same(one, two, by_value)
    assert not same([(Literal("A", language="en"),)], [(Literal("A", language="EN-gb"),)], by_value)


@pytest.mark.parametrize("other", [Literal("1"), Literal(1.0), Literal("1", language="en"), NamedNode("urn:x:1")])
def test_an_equal_number_of_another_type_is_another_value(other: Literal) -> None:
    assert not same([(Literal(1),)], [(other,)], by_value)


def test_the_text_of_a_language_string_keeps_its_case() -> None:
    assert not same([(Literal("A", language="en-GB"),)], [(Literal("a", language="en-gb"),)], by_value)
    assert not same([(Literal("A", language="en"),)], [(Literal("a", language="en"),)], by_value)
