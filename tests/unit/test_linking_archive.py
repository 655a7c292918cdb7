"""What the published articles teach the linker: counted from real snapshots, the same for every way to run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from publication import Publication, document, page

from kg import authority
from kg.annotate.archive import Archive
from kg.pipeline.archive import archive_of

_TOWNS = """id,type,name,aliases,demonyms,same_as,contained_in
norland,Country,Norland,,Norlander,,
sudria,Country,Sudria,,Sudrian,,
zalk-n,City,Zalk,,,,norland
zalk-s,City,Zalk,,,,sudria
"""


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    table = tmp_path / "towns.csv"
    table.write_text(_TOWNS, encoding="utf-8")
    return Publication.make(tmp_path, authority=[str(table)])


def dated(number: int, lead: str) -> bytes:
    """An article of its own day."""
    text = page(headline=f"Quay number {number} to be rebuilt", lead=lead).decode()
    return text.replace("12 March 2026", f"{1 + number % 28} March 2026").encode()


def archive(publication: Publication, **more: int) -> Archive:
    with publication.store.reader() as reader:
        return archive_of(reader, authority.load(publication.settings.authority, base=authority.default()), **more)


def test_an_empty_store_teaches_nothing(publication: Publication) -> None:
    assert not archive(publication)


def test_surfaces_are_counted_by_article_with_the_row_they_were_linked_to(publication: Publication) -> None:
    lead = "The quay of Zalk, Sudria, will be rebuilt, the town council decided. Sudria pays."
    publication.add(*(document(dated(number, lead), f"{number}.txt") for number in range(3)))
    made = archive(publication)
    assert made.meant["Zalk"] == {"zalk-s": 3}
    assert made.meant["Sudria"] == {"sudria": 3}
    assert made.together["zalk-s"]["sudria"] == made.together["sudria"]["zalk-s"] == 3
    assert "Lotte Brandsma" not in made.meant  # she has no row


def test_only_the_newest_articles_count_and_one_meeting_is_chance(publication: Publication) -> None:
    one = document(dated(1, "The quay of Zalk, Sudria, will be rebuilt."), "1.txt")
    two = document(dated(2, "The quay of Zalk, Norland, will be rebuilt."), "2.txt")
    publication.add(one, two)
    made = archive(publication, newest=1)
    assert made.meant["Zalk"] == {"zalk-n": 1}
    assert not made.together


def test_what_a_name_meant_before_tells_what_it_means_in_the_next_run(publication: Publication) -> None:
    lead = "The quay of Zalk, Sudria, will be rebuilt, the town council decided."
    publication.add(*(document(dated(number, lead), f"{number}.txt") for number in range(20)))
    before = archive(publication).meant["Zalk"]
    publication.add(document(dated(25, "The quay in Zalk will be rebuilt after the storm."), "next.txt"))
    assert archive(publication).meant["Zalk"] == {"zalk-s": before["zalk-s"] + 1}


def test_a_run_says_the_same_with_one_job_and_two(tmp_path: Path) -> None:
    dumps = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        folder.mkdir()
        (folder / "towns.csv").write_text(_TOWNS, encoding="utf-8")
        publication = Publication.make(folder, authority=[str(folder / "towns.csv")])
        sure = "The quay of Zalk, Sudria, will be rebuilt, the town council decided."
        publication.add(*(document(dated(number, sure), f"{number}.txt") for number in range(12)))
        bare = [
            document(dated(number, "The quay in Zalk will be rebuilt."), f"{number}.txt") for number in range(20, 24)
        ]
        publication.add(*bare, jobs=jobs)
        dumps.append([str(quad) for quad in publication.quads()])
        assert archive(publication).meant["Zalk"] == {"zalk-s": 16}
    assert dumps[0] == dumps[1]


def test_the_value_says_itself_whether_it_is_empty() -> None:
    assert not Archive()
    assert replace(Archive(), meant={"Zalk": {"zalk-s": 1}})
