"""By what an article is known again, and what a new version is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from publication import OWN, Publication, page
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg import pipeline, reads
from kg.config import SourceSettings
from kg.model import Article, Document, Gone, Keyword, Paragraph, Rights, Source, Status
from kg.pipeline import identity, versions
from kg.pipeline.prepare import Preparer
from kg.vocab import NKG, RDF, SCHEMA, TDM

WIRE = Source(name="wire", rights=Rights.LICENSED, licence="https://creativecommons.org/licenses/by/4.0/")


class ValueReader:
    """Reads an article that a test gives as a value: what readers of structured formats produce."""

    name = "value"

    def __init__(self) -> None:
        self.articles: dict[bytes, Article] = {}

    def recognises(self, document: Document) -> float:
        return 1.0 if document.data in self.articles else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        return (self.articles[document.data],)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    reader = ValueReader()
    made = Preparer.of

    def of(table: Any, *given: Any) -> Preparer:
        one = made(table, *given)
        return replace(one, readers=(reader, *one.readers))

    monkeypatch.setattr(Preparer, "of", of)
    return Desk(Publication.make(tmp_path), reader)


class Desk:
    """A publication that articles arrive at."""

    def __init__(self, publication: Publication, reader: ValueReader) -> None:
        self.publication = publication
        self.reader = reader

    def document(self, article: Article, path: str = "a.json", source: Source = WIRE, stamp: str = "") -> Document:
        data = f"{article!r}{stamp}".encode()
        self.reader.articles[data] = article
        return Document(data, f"path:{source.name}/{path}", path, source)

    def send(self, *arrivals: Document | Gone, **how: Any) -> list[pipeline.Outcome]:
        return list(self.publication.ingest.run(arrivals, **how))

    def one(self, article: Article, path: str = "a.json", source: Source = WIRE, **how: Any) -> pipeline.Outcome:
        (outcome,) = self.send(self.document(article, path, source), **how)
        return outcome


def article(**changes: Any) -> Article:
    """One wire story about fictional people."""
    made = Article(
        headline="Harbour of Kampen to be dredged",
        paragraphs=(
            Paragraph("The harbour of Kampen will be dredged in spring, the council of the town decided on Monday."),
            Paragraph('"The silt has to go before the season starts," said Lotte Brandsma, the mayor of Kampen.'),
        ),
        publisher="Delta Wire",
        date_published="2026-03-12T09:00:00Z",
        date_modified="2026-03-12T09:00:00Z",
        language="en",
        identifier="urn:newsml:delta.example:20260312:41",
    )
    return replace(made, **changes)


def test_the_guid_of_the_source_is_the_identity_wherever_the_file_lies(desk: Desk) -> None:
    first = desk.one(article(), "in/0001.json")
    again = desk.one(
        article(headline="Harbour of Kampen dredged", date_modified="2026-03-13T08:00:00Z"), "in/0002.json"
    )
    assert (first.status, again.status) == ("stored", "updated")
    assert first.iri == again.iri


def test_the_canonical_address_is_the_identity_whatever_scheme_or_tracking_it_comes_with(desk: Desk) -> None:
    first = desk.one(article(identifier=None, url="https://delta.example/harbour?id=4"), "a.json")
    again = desk.one(
        article(
            identifier=None,
            headline="Harbour dredged",
            date_modified="2026-03-13T08:00:00Z",
            url="http://DELTA.example:80/harbour?utm_source=x&id=4#top",
        ),
        "b.json",
    )
    assert (again.status, again.iri) == ("updated", first.iri)


def test_an_article_with_a_name_of_its_own_does_not_take_the_path_it_lies_at(desk: Desk) -> None:
    first = desk.one(article(url="https://delta.example/one", identifier=None), "latest.json")
    other = desk.one(
        article(url="https://delta.example/two", identifier=None, headline="Ferry runs again"), "latest.json"
    )
    assert other.status == "stored"
    assert other.iri != first.iri


def test_what_another_source_calls_its_guid_overwrites_nothing(desk: Desk) -> None:
    first = desk.one(article(), "a.json", OWN)
    stranger = Source(name="stranger")
    other = desk.one(article(headline="Harbour closed for ever"), "a.json", stranger)
    assert other.status == "stored"
    assert other.iri != first.iri
    with desk.publication.store.reader() as reader:
        shown = reads.article(reader, first.iri or "")
    assert shown is not None
    assert shown.row.headline == "Harbour of Kampen to be dredged"


def test_an_article_without_a_name_of_its_own_is_known_by_its_path(desk: Desk) -> None:
    first = desk.one(article(identifier=None), "a.json")
    again = desk.one(article(identifier=None, headline="Harbour dredged", date_modified="2026-03-14"), "a.json")
    assert (again.status, again.iri) == ("updated", first.iri)


def test_unchanged_bytes_write_nothing(desk: Desk) -> None:
    desk.one(article())
    before = desk.publication.store.current
    outcome = desk.one(article())
    assert outcome.status == "unchanged"
    assert desk.publication.store.current == before


def test_a_document_that_changed_around_an_unchanged_article_writes_nothing(desk: Desk) -> None:
    (first,) = desk.send(desk.document(article(), stamp="<!-- advertisement 1 -->"))
    before = desk.publication.store.current
    (again,) = desk.send(desk.document(article(), stamp="<!-- advertisement 2 -->"))
    assert (again.status, again.iri) == ("unchanged", first.iri)
    assert again.reason == "the document changed, the article in it did not"
    assert desk.publication.store.current == before


def test_other_rights_publish_the_same_bytes_anew(desk: Desk) -> None:
    body = article().paragraphs[0].text
    first = desk.one(article(), "a.json", WIRE)
    again = desk.one(article(), "a.json", replace(WIRE, rights=Rights.THIRD_PARTY))
    assert (first.status, again.status) == ("stored", "updated")
    with desk.publication.store.reader() as reader:
        assert all(body[:40] not in str(quad.object) for quad in reader.rdf)


def test_an_older_version_that_arrives_late_does_not_replace_the_newer_one(desk: Desk) -> None:
    new = article(headline="Harbour dredged", date_modified="2026-03-14T08:00:00Z")
    desk.one(new, "v2.json")
    late = desk.one(article(), "v1.json")
    assert late.status == "unchanged"
    assert "older than the published version" in (late.reason or "")


def test_two_files_with_two_versions_do_not_take_turns(desk: Desk) -> None:
    undated = article(date_modified=None, date_published=None)
    files = (
        desk.document(undated, "v1.json"),
        desk.document(replace(undated, headline="Harbour dredged"), "v2.json"),
    )
    assert [o.status for o in desk.send(*files)] == ["stored", "updated"]
    assert [o.status for o in desk.send(*files)] == ["unchanged", "unchanged"]


def test_a_page_that_goes_back_to_its_first_wording_is_a_new_version(desk: Desk) -> None:
    undated = article(date_modified=None, date_published=None)
    other = replace(undated, headline="Harbour dredged")
    assert [desk.one(one).status for one in (undated, other, undated)] == ["stored", "updated", "updated"]


def test_a_canceled_article_keeps_its_page_and_loses_words_and_facts(desk: Desk) -> None:
    first = desk.one(article())
    kill = article(status=Status.CANCELED, note="Kill: legal", date_modified="2026-03-13T08:00:00Z", paragraphs=())
    outcome = desk.one(kill, "kill.json")
    assert (outcome.status, outcome.iri) == ("retracted", first.iri)
    with desk.publication.store.reader() as reader:
        node = NamedNode(f"{first.iri}#id")
        said = {q.predicate for q in reader.rdf.quads_for_pattern(node, None, None, DefaultGraph())}
        status = next(reader.rdf.quads_for_pattern(node, SCHEMA.creativeWorkStatus, None, DefaultGraph())).object
        notices = list(reader.rdf.quads_for_pattern(None, RDF.type, NKG.RetractionNotice, DefaultGraph()))
        quotes = list(reader.rdf.quads_for_pattern(None, RDF.type, SCHEMA.Quotation, DefaultGraph()))
        shown = reads.article(reader, first.iri or "")
        everything = " ".join(str(q) for q in reader.rdf.quads_for_pattern(None, None, None, DefaultGraph()))
    assert SCHEMA.headline in said
    assert SCHEMA.articleBody not in said
    assert status == Literal("Retracted")
    assert len(notices) == 1
    assert quotes == []
    assert shown is not None
    assert shown.retracted
    assert shown.corrections == ("The source of this article canceled it.",)
    assert "silt" not in everything
    assert "Kill: legal" not in everything


def test_a_retraction_passes_the_gate(desk: Desk) -> None:
    desk.one(article())
    desk.one(article(status=Status.CANCELED, date_modified="2026-03-13T08:00:00Z"), "kill.json")
    with desk.publication.store.reader() as reader:
        report = desk.publication.gate.check_store(reader.rdf, of_dataset=True)
    assert report.violations == ()


def test_what_was_retracted_stays_so_until_a_new_version_comes(desk: Desk) -> None:
    desk.one(article())
    kill = article(status=Status.CANCELED, date_modified="2026-03-13T08:00:00Z")
    desk.one(kill, "kill.json")
    assert desk.one(article()).status == "unchanged"
    assert desk.one(kill, "kill.json").status == "unchanged"
    assert [o.status for o in pipeline.reannotate(desk.publication.ingest)] == ["unchanged"]
    back = desk.one(article(headline="Harbour dredged after all", date_modified="2026-03-15T08:00:00Z"), "c.json")
    assert back.status == "updated"
    with desk.publication.store.reader() as reader:
        shown = reads.article(reader, back.iri or "")
    assert shown is not None
    assert not shown.retracted
    assert shown.body


def test_an_article_its_source_deleted_is_retracted_with_the_answer_as_the_reason(desk: Desk) -> None:
    first = desk.one(article())
    gone = Gone((f"guid:wire/{article().identifier}",), "https://delta.example/1", WIRE, "it answers 410 Gone")
    (outcome,) = desk.send(gone)
    assert (outcome.status, outcome.iri) == ("retracted", first.iri)
    assert "410 Gone" in (outcome.reason or "")
    assert [o.status for o in desk.send(gone)] == ["unchanged"]
    assert desk.one(article()).status == "unchanged"


def test_a_canceled_item_that_was_never_published_is_passed_over(desk: Desk) -> None:
    outcome = desk.one(article(status=Status.CANCELED))
    assert (outcome.status, outcome.iri) == ("skipped", None)
    assert desk.publication.store.show().counts.articles == 0


def test_a_withheld_article_leaves_until_its_source_releases_it(desk: Desk) -> None:
    desk.one(article())
    held = desk.one(article(status=Status.WITHHELD, date_modified="2026-03-13T08:00:00Z"), "hold.json")
    assert held.status == "retracted"
    free = desk.one(article(headline="Harbour dredged", date_modified="2026-03-14T08:00:00Z"), "free.json")
    assert free.status == "updated"


@pytest.mark.parametrize(
    ("fetched", "same"),
    [
        ("https://m.harbour.example/a", True),
        ("https://www.harbour.example/a?page=2", True),
        ("https://harbour.example.evil.example/a", False),
        ("https://evil.example/a", False),
    ],
)
def test_a_page_says_nothing_of_what_lies_at_another_host(desk: Desk, fetched: str, same: bool) -> None:
    """A crawl holds pages of many hosts, and any of them can name a canonical address of any other."""
    own = article(identifier=None, url="https://harbour.example/a", date_modified=None)
    first = desk.send(replace(desk.document(own), key="url:wire/https://harbour.example/a"))[0]
    told = (Paragraph("The council of Kampen decided nothing of the kind and the harbour stays full of silt."),)
    other = replace(own, headline="Nothing to be dredged in Kampen", paragraphs=told)
    (outcome,) = desk.send(replace(desk.document(other), key=f"url:wire/{fetched}"))
    assert (outcome.iri == first.iri) is same
    assert outcome.status == ("updated" if same else "stored")


@pytest.mark.parametrize("together", [True, False])
def test_an_archive_of_the_web_with_two_captures_of_a_page_writes_nothing_when_it_is_read_again(
    desk: Desk, *, together: bool
) -> None:
    undated = article(identifier=None, date_published=None, date_modified=None)
    told = (Paragraph("The harbour is free of silt again, and the ferries of Kampen leave from it as before."),)
    captures = [
        replace(desk.document(one), key="url:wire/https://harbour.example/a", dated=f"2026-03-0{day}T09:00:00Z")
        for day, one in ((1, undated), (2, replace(undated, paragraphs=told)))
    ]
    back = replace(captures[0], dated="2026-03-03T09:00:00Z")

    def read(*documents: Document) -> list[str]:
        runs = [documents] if together else [(one,) for one in documents]
        return [outcome.status for run in runs for outcome in desk.send(*run)]

    assert read(*captures) == ["stored", "updated"]
    assert read(*captures) == ["unchanged", "unchanged"]
    assert read(*captures, back) == ["unchanged", "unchanged", "updated"]  # the page went back to its first wording


@pytest.mark.parametrize(("source", "told"), [(WIRE, True), (Source(name="wire"), False)])
def test_the_words_of_a_correction_that_takes_back_are_shown_as_the_rights_allow(
    desk: Desk, source: Source, *, told: bool
) -> None:
    why = "The mayor did not say that the silt has to go; the quotation was made up by a reporter of this agency."
    desk.one(article(), source=source)
    kill = article(status=Status.CANCELED, corrections=(why,), date_modified="2026-03-14T08:00:00Z")
    assert desk.one(kill, "kill.json", source).status == "retracted"
    with desk.publication.store.reader() as reader:
        assert (why in " ".join(str(quad) for quad in reader.rdf)) is told


def test_an_embargo_is_waited_for_and_then_published(desk: Desk) -> None:
    until = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    outcome = desk.one(article(embargo=until.isoformat()))
    assert outcome.status == "waiting"
    with desk.publication.store.reader() as reader:
        assert "silt" not in " ".join(str(q) for q in reader.rdf)
    assert desk.send() == []
    desk.publication.clock = until
    (published,) = desk.send()
    assert published.status == "stored"
    assert desk.send() == []


def test_a_waiting_article_that_is_canceled_is_never_published(desk: Desk) -> None:
    desk.one(article(embargo="2026-03-20T12:00:00Z"))
    desk.one(article(status=Status.CANCELED), "kill.json")
    desk.publication.clock = datetime(2026, 4, 1, tzinfo=UTC)
    assert desk.send() == []


def test_an_embargoed_version_waits_though_the_version_before_it_is_in_the_same_delivery(desk: Desk) -> None:
    told = "The quay is free of silt again, said the harbour master, and the ferries leave from it as before."
    later = article(paragraphs=(Paragraph(told),), embargo="2026-03-20T12:00:00Z")
    outcomes = desk.send(desk.document(article(), "1.json"), desk.document(later, "2.json"))
    assert [one.status for one in outcomes] == ["stored", "waiting"]
    desk.publication.clock = datetime(2026, 4, 1, tzinfo=UTC)
    assert [one.status for one in desk.send()] == ["updated"]


def test_a_later_version_of_a_withdrawn_article_leaves_no_bytes_behind(desk: Desk) -> None:
    """It may have been removed for good: neither the waiting room nor the quarantine may get it back."""
    first = desk.one(article())
    store = desk.publication.store
    pipeline.remove(store, first.iri or "", time=desk.publication.now(), reason="a court said so", holder="test")
    later = (article(embargo="2027-01-01T00:00:00Z"), article(headline=""))
    assert [desk.one(one, f"{n}.json").status for n, one in enumerate(later)] == ["unchanged", "unchanged"]
    folder = desk.publication.settings.store
    assert [*folder.glob("waiting/*"), *folder.glob("quarantine/*")] == []


THEIRS = Source(name="wire")


def shown(desk: Desk) -> bool:
    """Whether the text of the article is public."""
    with desk.publication.store.reader() as reader:
        return "silt has to go" in " ".join(str(quad) for quad in reader.rdf)


def test_rights_that_change_to_and_fro_decide_each_time_what_is_published(desk: Desk) -> None:
    for source, expected in ((WIRE, True), (THEIRS, False), (WIRE, True), (THEIRS, False)):
        desk.one(article(), source=source)
        assert shown(desk) is expected
        assert desk.one(article(), source=source).status == "unchanged"


def with_rights(desk: Desk, rights: str) -> Publication:
    """The publication as its operator configures it now."""
    source = SourceSettings(name="wire", path=None, rights=rights)
    return replace(desk.publication, settings=replace(desk.publication.settings, sources=(source,)))


def test_reannotating_publishes_by_todays_rights(desk: Desk) -> None:
    desk.one(article())
    desk.one(article(), source=THEIRS)
    list(pipeline.reannotate(desk.publication.ingest))
    assert not shown(desk)
    list(pipeline.reannotate(with_rights(desk, "licensed").ingest))
    assert shown(desk)
    list(pipeline.reannotate(with_rights(desk, "third-party").ingest))
    assert not shown(desk)


def test_what_waited_is_published_by_todays_rights(desk: Desk) -> None:
    desk.one(article(embargo="2026-03-20T12:00:00Z"))
    later = with_rights(desk, "third-party")
    later.clock = datetime(2026, 4, 1, tzinfo=UTC)
    assert [one.status for one in later.ingest.run(())] == ["stored"]
    assert not shown(desk)


@pytest.mark.parametrize("taken_back", ["a document", "its address"])
def test_settings_that_change_bring_back_nothing_that_its_source_took_back(desk: Desk, taken_back: str) -> None:
    gone = Gone(("guid:wire/urn:newsml:delta.example:20260312:41",), "wire", WIRE, "410")
    desk.one(article(), "story.json")
    kill = desk.document(article(status=Status.CANCELED, date_modified="2026-03-14T08:00:00Z"), "kill.json")
    assert [one.status for one in desk.send(kill if taken_back == "a document" else gone)] == ["retracted"]
    assert desk.one(article(), "story.json", THEIRS).status == "unchanged"


def test_a_purge_takes_the_version_that_waits_too(desk: Desk) -> None:
    first = desk.one(article())
    desk.one(article(headline="Silt scandal in Kampen", embargo="2027-01-01T00:00:00Z"), "later.json")
    other = article(identifier="urn:other", embargo="2027-01-01T00:00:00Z")
    desk.one(other, "other.json")
    publication = desk.publication
    folder = publication.settings.store / "waiting"
    assert len([*folder.iterdir()]) == 2
    done = pipeline.purge(publication.store, first.iri or "", time=publication.now(), reason="a court said so")
    (left,) = folder.iterdir()
    assert b"Silt scandal" not in left.read_bytes()
    assert any(one.startswith("waiting/") for one in done.erased)


def test_a_picture_is_passed_over_and_not_refused(desk: Desk) -> None:
    outcome = desk.one(article(kind="picture", paragraphs=()))
    assert (outcome.status, outcome.reason) == ("skipped", "is no article: the item's kind is picture")


def test_an_article_without_a_headline_is_refused_with_what_is_missing(desk: Desk) -> None:
    outcome = desk.one(article(headline=""))
    assert outcome.status == "refused"
    assert "no headline" in (outcome.reason or "")


def test_a_headline_alone_is_an_article(desk: Desk) -> None:
    """A flash of a wire, or an item of a feed that has a title and a link."""
    outcome = desk.one(article(paragraphs=()))
    assert outcome.status == "stored"
    with desk.publication.store.reader() as reader:
        shown = reads.article(reader, outcome.iri or "")
    assert shown is not None
    assert shown.body == ()


def test_an_item_that_says_nothing_is_passed_over(desk: Desk) -> None:
    outcome = desk.one(article(headline="", paragraphs=()))
    assert (outcome.status, outcome.reason) == ("skipped", "holds neither a headline nor a text")


def test_a_change_dated_before_the_publication_is_left_out(desk: Desk) -> None:
    outcome = desk.one(article(date_published="2026-03-12T09:00:00Z", date_modified="2026-03-12T09:00:00+02:00"))
    assert outcome.status == "stored"
    node = NamedNode(f"{outcome.iri}#id")
    assert desk.publication.default(node, SCHEMA.datePublished)
    assert desk.publication.default(node, SCHEMA.dateModified) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2026-03-11", "2026-03-12", True),
        ("2026-03-12", "2026-03-12T23:00:00Z", False),
        ("2026-03-12T09:00:00+02:00", "2026-03-12T08:00:00Z", True),
        ("2026-03-12T09:00:00", "2026-03-12T10:00:00Z", False),
        (None, "2026-03-12", False),
        ("soon", "2026-03-12", False),
    ],
)
def test_dates_are_compared_as_far_as_they_say(one: str | None, other: str, expected: bool) -> None:
    assert versions.before(one, other) is expected


def test_subjects_dateline_and_rights_of_the_source_are_in_the_graph(desk: Desk) -> None:
    outcome = desk.one(
        article(
            keywords=(Keyword("ports", "http://cv.iptc.org/newscodes/mediatopic/20000001"), Keyword("dredging")),
            dateline="KAMPEN",
            copyright_notice="© 2026 Delta Wire",
        )
    )
    node = NamedNode(f"{outcome.iri}#id")
    with desk.publication.store.reader() as reader:
        said = {(q.predicate, str(q.object)) for q in reader.rdf.quads_for_pattern(node, None, None, DefaultGraph())}
        report = desk.publication.gate.check_store(reader.rdf, of_dataset=True)
    assert (SCHEMA.keywords, '"dredging"@en') in said
    assert (SCHEMA.about, "<http://cv.iptc.org/newscodes/mediatopic/20000001>") in said
    assert (SCHEMA.dateline, '"KAMPEN"@en') in said
    assert (SCHEMA.copyrightNotice, '"© 2026 Delta Wire"@en') in said
    assert (TDM.reservation, '"1"^^<http://www.w3.org/2001/XMLSchema#integer>') in said
    assert report.violations == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "http://A.example/x#part"),
        ("https://a.example/x?utm_medium=mail", "https://a.example/x"),
        ("https://a.example:443", "http://a.example/"),
    ],
)
def test_two_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert identity.same_address(one) == identity.same_address(other)


@pytest.mark.parametrize("text", ["", "not a url", "http://[::1", "http://a.example:99999999/", "mailto:a@b.example"])
def test_what_is_no_address_is_compared_as_it_is(text: str) -> None:
    assert identity.same_address(text) == text


def test_pages_with_different_queries_are_different() -> None:
    assert identity.same_address("https://a.example/?p=1") != identity.same_address("https://a.example/?p=2")


def test_a_plain_page_keeps_the_identity_of_its_path(desk: Desk) -> None:
    document = Document(page(), "path:desk/a.txt", "a.txt", OWN)
    (outcome,) = desk.send(document)
    with desk.publication.store.reader() as reader:
        assert reader.lookup("article:path:desk/a.txt") == outcome.iri
