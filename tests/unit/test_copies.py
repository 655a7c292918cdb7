"""Copies of one report are grouped around a lead and never dropped."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest
from publication import Publication, document
from pyoxigraph import DefaultGraph, NamedNode

from kg import pipeline
from kg.model import Article, Gone, Paragraph, Rights, Source
from kg.pipeline import copies
from kg.store import Reader
from kg.vocab import NKG

WIRE = Source(name="wire", rights=Rights.LICENSED, priority=10)
PAPER = Source(name="paper", rights=Rights.THIRD_PARTY, priority=1)
OTHER = Source(name="other", rights=Rights.THIRD_PARTY, priority=1)

BODY = """The harbour of Kampen will be dredged in spring, the council of the town decided on Monday evening. The work \
is to take six weeks and will cost two million euros, of which the province pays half.

"The silt has to go before the season starts," said Lotte Brandsma, the mayor of Kampen. Fishing boats had run aground \
twice in the past month, and the ferry to the islands could leave only at high water.

The contractor, Waal Baggerwerken, will bring two ships up the river in March. Residents were told that the noise \
would end at nine in the evening. An earlier plan had been withdrawn after complaints about the price.
"""


def told(text: str, headline: str = "Harbour of Kampen to be dredged", date: str = "12 March 2026") -> bytes:
    """A page of a paper."""
    return f"The Gazette\n\n{headline}\n\nBy Ines Calderwood\n{date}\n\n{text}".encode()


def reworded(text: str, share: float, seed: int = 1) -> str:
    """The text with that share of its words replaced by words of no meaning."""
    rng = random.Random(seed)
    parts = text.split(" ")
    for at in rng.sample(range(len(parts)), int(share * len(parts))):
        parts[at] = f"word{rng.randrange(1000)}"
    return " ".join(parts)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication.make(tmp_path)


def leads(publication: Publication) -> dict[str, str]:
    """Which article points to which lead."""
    return {
        q.subject.value: q.object.value
        for q in publication.default(None, NKG.copyOf)
        if isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode)
    }


def iris(outcomes: list[pipeline.Outcome]) -> list[str]:
    return [f"{one.iri}#id" for one in outcomes]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.2])
def test_a_copy_with_some_words_changed_points_to_the_lead(publication: Publication, share: float) -> None:
    made = publication.add(
        document(told(BODY), "a.txt", PAPER),
        document(told(reworded(BODY, share), "Kampen dredges its harbour"), "b.txt", OTHER),
    )
    first, second = iris(made)
    assert leads(publication) == {second: first}


def test_the_source_of_the_highest_priority_leads_whenever_it_comes(publication: Publication) -> None:
    late = iris(
        publication.add(
            document(told(BODY), "a.txt", PAPER),
            document(told(BODY, "Kampen dredges"), "b.txt", OTHER),
            document(told(BODY, "Wire: Kampen"), "c.txt", WIRE),
        )
    )
    assert leads(publication) == {late[0]: late[2], late[1]: late[2]}


def test_different_reports_of_one_press_stay_apart(publication: Publication) -> None:
    other = BODY.replace("harbour", "library").replace("dredged", "closed")
    unlike = "\n\n".join(reversed([reworded(part, 0.7, seed) for seed, part in enumerate(other.split("\n\n"))]))
    publication.add(document(told(BODY), "a.txt", PAPER), document(told(unlike, "Library closed"), "b.txt", OTHER))
    assert leads(publication) == {}


def test_no_copy_is_dropped_and_each_keeps_its_own_page(publication: Publication) -> None:
    made = publication.add(*(document(told(BODY, f"Harbour {n}"), f"{n}.txt", PAPER) for n in range(4)))
    assert [one.status for one in made] == ["stored"] * 4
    assert len({one.iri for one in made}) == 4
    assert publication.store.show().counts.articles == 4


def test_a_new_version_that_is_no_copy_any_more_leaves_the_group(publication: Publication) -> None:
    publication.add(document(told(BODY), "a.txt", PAPER), document(told(BODY, "Other"), "b.txt", OTHER))
    assert len(leads(publication)) == 1
    publication.add(document(told(reworded(BODY, 0.9), "Other"), "b.txt", OTHER))
    assert leads(publication) == {}


def test_when_the_lead_goes_another_leads(publication: Publication) -> None:
    made = publication.add(
        document(told(BODY), "a.txt", PAPER),
        document(told(BODY, "Kampen dredges"), "b.txt", OTHER),
        document(told(BODY, "Wire: Kampen"), "c.txt", WIRE),
    )
    first, second, wire = iris(made)
    publication.add(Gone(("path:wire/c.txt",), "c", WIRE, "it answers 410 Gone"))
    assert leads(publication) == {second: first}
    pipeline.remove(publication.store, first, time=publication.now(), reason="mistake", holder="test")
    assert leads(publication) == {}
    assert wire not in leads(publication)


def test_groups_are_the_same_for_every_batch_size(tmp_path: Path) -> None:
    documents = [
        document(told(reworded(BODY, 0.1, n), f"Headline {n}"), f"{n}.txt", (PAPER, OTHER, WIRE)[n % 3])
        for n in range(6)
    ]
    found = []
    for size in (1, 4, 50):
        publication = Publication.make(tmp_path / str(size))
        publication.add(*documents, batch=size)
        found.append(leads(publication))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 5
    assert len(set(found[0].values())) == 1


def test_what_finds_copies_is_in_no_dump_and_no_default_graph(publication: Publication, tmp_path: Path) -> None:
    from kg.store.export import dump

    publication.add(document(told(BODY), "a.txt", PAPER))
    assert publication.default(None, NKG.sketch) == []
    with publication.store.reader() as reader:
        assert _rows(reader)
        dump(reader, "nq", tmp_path / "dump.nq")
    assert NKG.sketch.value not in (tmp_path / "dump.nq").read_text(encoding="utf-8")


def _rows(reader: Reader) -> int:
    return sum(1 for q in reader.rdf.quads_for_pattern(None, NKG.sketch, None, None) if q.graph_name != DefaultGraph())


def test_a_short_text_has_no_sketch() -> None:
    assert copies.sketch(Article("A", (Paragraph("Too short to tell copies from chance."),))) == ()


def test_the_estimate_is_near_the_true_resemblance() -> None:
    rng = random.Random(7)
    words = [f"w{n}" for n in range(5000)]
    one = [rng.choice(words) for _ in range(600)]
    for share in (0.05, 0.2, 0.5):
        other = list(one)
        for at in rng.sample(range(len(one)), int(share * len(one))):
            other[at] = rng.choice(words)
        sets = [set(itertools.pairwise(text)) for text in (one, other)]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        made = [copies.sketch(Article("A", (Paragraph(" ".join(text)),))) for text in (one, other)]
        assert abs(copies.resemblance(*made) - true) < 4 * 0.044


def test_a_row_reads_back_as_it_was_written() -> None:
    row = copies.Row.of(Article("A", (Paragraph(BODY),), date_published="2026-03-12"), replace(WIRE, priority=-3))
    assert copies.Row.read(row.text()) == row
