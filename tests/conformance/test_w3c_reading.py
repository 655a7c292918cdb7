"""The reader of SPARQL on every request of the W3C suites, the ones outside manifests too."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from kg.queries.reading import Edit, edited, read

pytestmark = pytest.mark.conformance

#: How many requests there are, how many of them the engine takes, and how many it refuses that are read.
REQUESTS, TAKEN, READ_THOUGH_REFUSED = 1307, 1107, 66
#: What the engine takes and the reader does not know.
UNREAD: tuple[str, ...] = ()
TERMS = ("Var", "IRIREF", "PNAME_LN", "String", "BLANK_NODE_LABEL", "INTEGER", "DECIMAL", "DOUBLE", "BooleanLiteral")


def _taken(file: Path, text: str) -> bool:
    """Whether the engine parses it; what it names is given a scheme that is not fetched."""
    harmless = text.replace("<http://", "<suite://")
    try:
        if file.suffix == ".ru":
            Store().update(harmless, base_iri="suite://w3c/")
        else:
            Store().query(harmless, base_iri="suite://w3c/")
    except SyntaxError:
        return False
    except (RuntimeError, OSError):
        pass  # it parsed; what it asks for is not there
    return True


@pytest.fixture(scope="module")
def requests(sparql_suite: Path) -> dict[str, tuple[str, bool]]:
    """Path below the suite → text, and whether the engine takes it."""
    found = {}
    for file in sorted((*sparql_suite.rglob("*.rq"), *sparql_suite.rglob("*.ru"))):
        text = file.read_text(encoding="utf-8")
        found[file.relative_to(sparql_suite).as_posix()] = text, _taken(file, text)
    return found


def test_every_request_that_the_engine_takes_is_read(requests: dict[str, tuple[str, bool]]) -> None:
    unread = [name for name, (text, taken) in requests.items() if taken and read(text) is None]
    assert tuple(unread) == UNREAD
    assert (len(requests), sum(taken for _, taken in requests.values())) == (REQUESTS, TAKEN)


def test_what_is_read_and_refused_by_the_engine_is_a_known_number(requests: dict[str, tuple[str, bool]]) -> None:
    # Most are negative tests of what no grammar says: scopes, blank nodes used twice, aggregates.
    read_all_the_same = [name for name, (text, taken) in requests.items() if not taken and read(text) is not None]
    assert len(read_all_the_same) == READ_THOUGH_REFUSED, read_all_the_same


def test_the_places_of_a_tree_cover_the_text_in_order(requests: dict[str, tuple[str, bool]]) -> None:
    for name, (text, _) in requests.items():
        if (reading := read(text)) is None:
            continue
        at, parts = 0, []
        for leaf in (node for node in reading.tree.walk() if not node.parts):
            parts += (text[at : leaf.start], text[leaf.start : leaf.end])
            between = [line.partition("#")[0] for line in text[at : leaf.start].splitlines()]
            assert not "".join(between).strip(), f"{name}: {between} is in no leaf"
            at = leaf.end
        assert "".join((*parts, text[at:])) == text == edited(text, ())


def test_an_edit_of_every_part_that_renames_nothing_is_read_the_same(requests: dict[str, tuple[str, bool]]) -> None:
    """Each term is replaced by itself with spaces around it; the engine goes on taking the text.

    Marks and keywords stay: the engine takes no space after some of its functions' names.
    """
    for name, (text, taken) in requests.items():
        reading = read(text)
        if reading is None or not taken:
            continue
        terms = [node for node in reading.tree.walk() if node.kind in TERMS]
        spaced = edited(text, [Edit(n.start, n.end, f" {text[n.start : n.end]} ") for n in terms])
        again = read(spaced)
        assert again is not None, name
        assert [n.kind for n in again.tree.walk()] == [n.kind for n in reading.tree.walk()], name
        assert _taken(Path(name), spaced), name
