"""ninjs items of every family: which version is checked, what a refusal says, and what becomes what."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, InvalidFormat
from kg.extract import ninjs_schema
from kg.extract.ninjs import NinjsReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Status

READER = NinjsReader()


def document(item: object) -> Document:
    return Document(json.dumps(item, ensure_ascii=False).encode(), "key", "item.json")


def read(**item: Any) -> Article:
    return READER.read(document({"uri": "urn:example:1", **item}))[0]


def refusal(**item: Any) -> InvalidFormat:
    with pytest.raises(InvalidFormat) as refused:
        read(**item)
    return refused.value


def picture(name: str, file: str, kind: str, width: int, height: int) -> dict[str, Any]:
    return {"name": name, "href": f"https://img.example/{file}", "contentType": kind, "width": width, "height": height}


NEW = {
    "standard": {"name": "ninjs", "version": "3.1"},
    "uri": "urn:newsml:herald.example:20260312:4711",
    "type": "text",
    "version": "3",
    "firstCreated": "2026-03-12T09:30:00+01:00",
    "versionCreated": "2026-03-12T11:05:00+01:00",
    "embargoedUntil": "2026-03-12T10:00:00Z",
    "pubStatus": "usable",
    "language": "en-GB",
    "edNote": "Updates  with the mayor's answer.",
    "copyrightHolder": "Harbour Wire",
    "copyrightNotice": "© 2026 Harbour Wire",
    "usageTerms": "No archives",
    "located": "Zalk",
    "by": "By Ana Reis and Bo Lund",
    "altIds": [{"role": "slug", "value": "zalk-bridge"}, {"role": "webUrl", "value": "https://wire.example/a/4711"}],
    "headlines": [
        {"role": "sub", "value": "Ferry to sail at night"},
        {"role": "main", "value": "Zalk closes its bridge\u2028for a year"},
    ],
    "descriptions": [
        {"role": "caption", "value": "The bridge at Zalk"},
        {"role": "summary", "contentType": "text/html", "value": "<p>The bridge is <b>cracked</b>.</p>"},
    ],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "ZALK. The bridge. All in one line."},
        {
            "role": "main",
            "contentType": "text/html",
            "value": "<html><body><h1>Zalk closes its bridge for a year</h1>"
            "<p>The bridge over the Lenn is closed, the town of Zalk said on Thursday.</p>"
            "<h2>No money</h2><p>Repairs cost nine million crowns, more than the town has.</p>"
            "<blockquote><p>We were told too late, and nobody asked the people who cross it.</p></blockquote>"
            "</body></html>",
        },
    ],
    "people": [{"name": "Ana Reis", "rel": "about", "uri": "http://people.example/ana"}],
    "infoSources": [{"name": "Harbour Wire Zalk", "role": "provider"}],
    "subjects": [
        {"name": "Bridges", "uri": "http://cv.example.org/topic/17"},
        {"name": "Transport", "literal": "medtop:20000337"},
        {"name": "Lenn"},
        {"name": "Lenn"},
    ],
    "associations": [
        {
            "name": "logo",
            "uri": "urn:example:logo",
            "type": "graphic",
            "renditions": [{"name": "web", "href": "https://img.example/logo.png", "width": 90, "height": 90}],
        },
        {"name": "clip", "uri": "urn:example:clip", "type": "video", "headlines": [{"value": "The bridge from above"}]},
        {
            "name": "picture-1",
            "uri": "urn:example:p1",
            "type": "picture",
            "by": "Cai Moss/Harbour Wire",
            "descriptions": [
                {"role": "altText", "value": "A stone bridge"},
                {"role": "caption", "value": "The bridge at Zalk on Wednesday"},
            ],
            "renditions": [
                picture("thumb", "p1-s.jpg", "image/jpeg", 90, 60),
                picture("web", "p1-l.jpg", "image/jpeg", 1800, 1200),
                picture("print", "p1.tif", "image/tiff", 9000, 6000),
            ],
        },
    ],
}  # fmt: skip

OLD = {
    "uri": "http://wire.example/items/17",
    "type": "composite",
    "versioncreated": "2026-03-12T09:30:00Z",
    "byline": "Ana Reis",
    "headline": "Zalk closes its bridge",
    "body_text": "The bridge over the Lenn is closed.\n\nRepairs cost nine million crowns.",
    "description_text": "A town without its bridge.",
    "person": [
        {"name": "Dee Fox", "rel": "author", "scheme": "http://people.example/", "code": "fox"},
        {"name": "Eli Gray", "rel": "mentions"},
    ],
    "subject": [{"name": "Bridges", "rel": "about", "scheme": "http://cv.example.org/topic/", "code": "17"}],
    "place": [{"name": "Zalk", "rel": "mentions"}],
    "associations": {
        "mainpic": {
            "uri": "http://wire.example/items/18",
            "type": "picture",
            "byline": "Cai Moss",
            "description_text": "The bridge",
            "renditions": {
                "small": {"href": "http://img.example/s.jpg", "mimetype": "image/jpg", "width": 90, "height": 60},
                "large": {"href": "http://img.example/l.jpg", "mimetype": "image/jpeg", "width": 900, "height": 600},
            },
        }
    },
}


def test_an_item_of_3_1_becomes_an_article() -> None:
    article = READER.read(document(NEW))[0]
    assert article.headline == "Zalk closes its bridge for a year"
    assert article.alternative_headline == "Ferry to sail at night"
    assert article.abstract == "The bridge is cracked."
    assert article.paragraphs == (
        Paragraph("The bridge over the Lenn is closed, the town of Zalk said on Thursday."),
        Paragraph("Repairs cost nine million crowns, more than the town has."),
        Paragraph("We were told too late, and nobody asked the people who cross it.", "quote"),
    )
    assert article.dropped == ("No money",)
    assert article.identifier == "urn:newsml:herald.example:20260312:4711"
    assert article.url == "https://wire.example/a/4711"
    assert article.date_published == "2026-03-12T09:30:00+01:00"
    assert article.date_modified == "2026-03-12T11:05:00+01:00"
    assert article.embargo == "2026-03-12T10:00:00Z"
    assert article.status is Status.USABLE
    assert article.note == "Updates with the mayor's answer."
    assert article.authors == (Author("Ana Reis"), Author("Bo Lund"))
    assert article.publisher == "Harbour Wire Zalk"
    assert article.copyright_notice == "© 2026 Harbour Wire"
    assert article.language == "en-GB"
    assert article.dateline == "Zalk"
    assert article.kind == "article"
    assert article.corrections == ()
    assert article.section is None


def test_subjects_become_keywords_with_their_iris_each_once() -> None:
    assert READER.read(document(NEW))[0].keywords == (
        Keyword("Bridges", "http://cv.example.org/topic/17"),
        Keyword("Transport", "http://cv.iptc.org/newscodes/mediatopic/20000337"),
        Keyword("Lenn"),
    )


def test_associated_pictures_become_images_and_logos_come_last() -> None:
    article = READER.read(document(NEW))[0]
    assert article.images == (
        Image(
            "The bridge at Zalk on Wednesday", "Cai Moss/Harbour Wire", "https://img.example/p1-l.jpg", "A stone bridge"
        ),
        Image(None, None, "https://img.example/logo.png"),
    )
    assert article.hero


def test_every_field_says_which_part_of_the_item_it_came_from() -> None:
    won = dict(READER.read(document(NEW))[0].won)
    assert won["headline"] == "ninjs 3.1 /headlines/1"
    assert won["paragraphs"] == "ninjs 3.1 /bodies/1"
    assert won["publisher"] == "ninjs 3.1 /infoSources/0"
    assert "corrections" not in won


def test_an_item_of_1_x_becomes_an_article() -> None:
    article = READER.read(document(OLD))[0]
    assert article.headline == "Zalk closes its bridge"
    assert article.body == "The bridge over the Lenn is closed.\n\nRepairs cost nine million crowns."
    assert article.abstract == "A town without its bridge."
    assert article.authors == (Author("Dee Fox"),)
    assert article.keywords == (Keyword("Bridges", "http://cv.example.org/topic/17"),)
    assert article.date_published == "2026-03-12T09:30:00Z"
    assert article.date_modified is None
    assert article.images == (Image("The bridge", "Cai Moss", "http://img.example/l.jpg"),)
    assert article.hero
    assert dict(article.won)["headline"] == "ninjs 1.6 /headline"


def test_an_item_of_2_x_is_read_with_its_own_names() -> None:
    article = read(
        standard={"version": "2.1"},
        pubstatus="withheld",
        embargoed="2026-03-12T10:00:00Z",
        ednote="Correction: the sum in paragraph 2.",
        headlines=[{"value": "A"}],
        bodies=[{"contenttype": "text/plain", "value": "One.\nTwo."}],
        copyrightholder="Harbour Wire",
    )
    assert article.status is Status.WITHHELD
    assert article.embargo == "2026-03-12T10:00:00Z"
    assert article.corrections == ("Correction: the sum in paragraph 2.",)
    assert article.publisher == "Harbour Wire"
    assert [one.text for one in article.paragraphs] == ["One.", "Two."]
    assert dict(article.won)["note"] == "ninjs 2.1 /ednote"


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"type": "text"}, "article"),
        ({}, "article"),
        ({"type": "picture"}, "picture"),
        ({"type": "video"}, "video"),
        ({"type": "audio"}, "audio"),
        ({"type": "graphic"}, "graphic"),
        ({"type": "composite"}, "package"),
        ({"type": "composite", "bodies": [{"value": "One."}]}, "article"),
        ({"type": "event"}, "event"),
        ({"type": "planning"}, "planning"),
        ({"title": "A", "eventDetails": {"dates": {"startDate": "2026-03-12T10:00:00Z"}}}, "event"),
        ({"plannedCoverage": [{"uri": "urn:example:2"}]}, "planning"),
    ],
)
def test_an_item_of_any_kind_is_read_and_says_what_it_is(item: dict[str, Any], kind: str) -> None:
    assert read(**item).kind == kind


def test_a_picture_shows_itself() -> None:
    article = read(
        type="picture",
        versionCreated="2026-03-12T10:00:00Z",
        headlines=[{"value": "Zalk"}],
        descriptions=[{"role": "creditline", "value": "Harbour Wire"}, {"role": "caption", "value": "The bridge"}],
        renditions=[{"name": "main", "href": "https://img.example/1", "contentType": "image/jpeg"}],
    )
    assert article.images == (Image("The bridge", "Harbour Wire", "https://img.example/1"),)
    assert article.abstract == "The bridge"


def test_a_canceled_item_says_so() -> None:
    assert read(pubStatus="canceled", edNote="Kill: names the wrong man.").status is Status.CANCELED


def test_a_later_version_without_a_first_date_has_a_date_of_change_only() -> None:
    article = read(version="4", versionCreated="2026-03-12T10:00:00Z")
    assert (article.date_published, article.date_modified) == (None, "2026-03-12T10:00:00Z")


def test_a_date_that_is_none_is_left_out() -> None:
    article = read(headline="A", versioncreated="Last Tuesday", embargoed="Next Monday")
    assert (article.date_published, article.embargo) == (None, None)


def test_an_embargo_that_nobody_can_read_withholds_the_item() -> None:
    assert read(headline="A", embargoed="Next Monday").status is Status.WITHHELD
    assert read(headline="A", embargoed="2026-03-12T10:00:00Z").status is Status.USABLE


def test_a_dateline_marked_in_the_text_is_taken_out_of_it() -> None:
    body = '<p><span class="dateline">Zalk – </span>The bridge over the Lenn is closed.</p>'
    article = read(bodies=[{"contentType": "text/html", "value": body}])
    assert (article.dateline, article.body) == ("Zalk", "The bridge over the Lenn is closed.")


def test_what_the_item_does_not_state_is_taken_from_its_text() -> None:
    body = (
        "<html><body><h1>Zalk closes its bridge</h1><p class='byline'>By Ana Reis</p><p>It is closed.</p></body></html>"
    )
    article = read(bodies=[{"contentType": "text/html", "value": body}])
    assert (article.headline, article.authors, article.body) == (
        "Zalk closes its bridge",
        (Author("Ana Reis"),),
        "It is closed.",
    )


def test_a_body_that_is_only_a_box_is_dropped() -> None:
    article = read(bodies=[{"role": "infobox", "contentType": "text/plain", "value": "Built in 1902."}])
    assert (article.paragraphs, article.dropped) == ((), ("Built in 1902.",))


def test_nitf_that_stands_in_an_item_is_read_by_paragraphs() -> None:
    nitf = (
        "<?xml version='1.0' encoding='UTF-8'?><nitf><head><title>A</title></head><body><body.head><hedline>"
        "<hl1>A</hl1></hedline></body.head><body.content><p>The bridge is closed.</p><p>Nobody knows why.</p>"
        "</body.content></body></nitf>"
    )
    article = read(bodies=[{"role": "nitf", "contentType": "text/vnd.IPTC.NITF", "value": nitf}])
    assert [one.text for one in article.paragraphs] == ["The bridge is closed.", "Nobody knows why."]


def test_markup_and_control_characters_never_reach_the_article() -> None:
    article = read(
        headlines=[{"value": "A\u0000 </script>\u200b<b>B</b>"}],
        bodies=[
            {"contentType": "text/html", "value": "<p>One<script>alert(1)</script> two.</p><p onclick='x'>Three.</p>"}
        ],
    )
    assert article.headline == "A B"
    assert [one.text for one in article.paragraphs] == ["One two.", "Three."]


def test_an_item_of_superdesk_is_read() -> None:
    item = {
        "guid": "urn:newsml:desk.example:2026-03-12:17",
        "version": "4",
        "type": "text",
        "versioncreated": "2026-03-12T11:00:00+0000",
        "firstpublished": "2026-03-12T09:30:00+0000",
        "pubstatus": "usable",
        "priority": 5,
        "headline": "Zalk closes its bridge",
        "description_html": "<p>A town without its bridge.</p>",
        "description_text": "A town without its bridge.",
        "body_html": "<p>The bridge is closed.</p><p>Nobody knows why.</p>",
        "authors": [{"name": "Ana Reis", "role": "writer"}, {"name": "Bo Lund", "role": "editor"}],
        "source": "Tidal Review",
        "keywords": ["bridges", "Zalk"],
        "subject": [{"code": "17", "name": "Bridges", "scheme": "desk"}],
        "place": [{"name": "Zalk", "qcode": "Z1"}],
        "service": [{"name": "Region", "code": "r"}],
        "usageterms": None,
        "associations": {
            "gallery--1": None,
            "featuremedia": {
                "guid": "urn:newsml:desk.example:2026-03-12:18",
                "type": "picture",
                "priority": 5,
                "byline": "Cai Moss",
                "headline": "Bridge",
                "description_text": "The bridge at Zalk",
                "renditions": {
                    "original": {
                        "href": "https://img.example/o.jpg",
                        "mimetype": "image/jpeg",
                        "width": 900,
                        "height": 600,
                        "media": "x",
                        "poi": {"x": 1, "y": 2},
                    }
                },
            },
        },
    }
    assert READER.recognises(document(item)) >= 0.8
    article = READER.read(document(item))[0]
    assert article.identifier == "urn:newsml:desk.example:2026-03-12:17"
    assert article.body == "The bridge is closed.\n\nNobody knows why."
    assert article.authors == (Author("Ana Reis"),)
    assert (article.publisher, article.section) == ("Tidal Review", "Region")
    assert article.date_published == "2026-03-12T09:30:00Z"
    assert [one.name for one in article.keywords] == ["Bridges", "bridges", "Zalk"]
    assert article.images == (Image("The bridge at Zalk", "Cai Moss", "https://img.example/o.jpg"),)
    with pytest.raises(InvalidFormat, match="/headline: 5 is a number"):
        READER.read(document({**item, "headline": 5}))
    del item["guid"]
    assert READER.read(document({**item, "uri": "urn:example:9"}))[0].identifier == "urn:example:9"


def test_one_unknown_name_does_not_make_a_dialect() -> None:
    assert refusal(headline="A", versioncreated="2026-03-12T11:00:00Z", priority=5).path == "/priority"


# ---- versions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "version"),
    [
        ({}, "3.1"),
        ({"standard": {"version": "2.0"}}, "2.0"),
        ({"standard": {"version": "2.1-dev"}}, "2.1-dev"),
        ({"standard": {"schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}}, "2.1"),
        ({"standard": {"schema": "http://www.iptc.org/std-dev/ninjs/ninjs-schema-dev_0.1_v2.0.json"}}, "2.0-dev"),
        ({"$standard": {"version": "1.3"}}, "1.3"),
        ({"$schema": "http://www.iptc.org/std/ninjs/ninjs-schema_1.4.json#", "headline": "A"}, "1.4"),
        ({"standard": {"version": "3.7"}, "newName": 1}, "3.1"),
        ({"standard": {"version": "1.2"}}, "3.1"),  # 1.2 has no such name: copied from elsewhere
        ({"headline": "A"}, "1.6"),
        ({"headlines": [{"value": "A"}], "ednote": "B"}, "2.2"),
        ({"headlines": [{"value": "A"}], "edNote": "B"}, "3.1"),
        ({"renditions": {"web": {"width": 1}}}, "1.6"),
        ({"representationtype": "complete"}, "1.6"),
        ({"advices": [{"role": "publish"}]}, "2.1-dev"),
    ],
)
def test_the_version_is_the_one_that_the_item_names_or_shows(item: dict[str, Any], version: str) -> None:
    assert ninjs_schema.version({"uri": "urn:example:1", **item}) == version


@pytest.mark.parametrize(
    ("item", "path", "reason"),
    [
        ({"pubStatus": "cancelled"}, "/pubStatus", "one of usable, withheld, canceled is (ninjs 3.1)"),
        ({"pubStatus": "usable", "versioncreated": "x"}, "/versioncreated", "versionCreated is meant"),
        ({"bodies": [{"role": "main"}]}, "/bodies/0", "value is missing"),
        ({"urgency": 12}, "/urgency", "out of range: maximum 9"),
        ({"urgency": 1.5}, "/urgency", "a whole number is needed"),
        ({"headlines": "A"}, "/headlines", "'A' is a text; an array is needed"),
        ({"versionCreated": "yesterday"}, "/versionCreated", "a date and time with zone"),
        ({"altIds": [], "people": [{"name": "A", "uri": "no iri"}]}, "/people/0/uri", "an absolute IRI"),
        ({"eventDetails": {"dates": {"startDate": "2026-03-12T10:00:00Z", "expectedStartDate": "2026"}}},
         "/eventDetails/dates", "exactly one of startDate, expectedStartDate is needed"),
        ({"eventDetails": {"dates": {"expectedStartDate": "12 March"}}},
         "/eventDetails/dates/expectedStartDate", "no date"),
        ({"rightsInfo": {}}, "/rightsInfo", "exactly one of linkedRights, encodedRights"),
        ({"associations": [{"name": "a", "uri": "urn:example:2", "a/b": 1}]},
         "/associations/0/a~1b", "unknown name 'a/b'"),
        ({"associations": [{"name": "a"}]}, "/associations/0", "uri is missing"),
        ({"places": [{"geoJSON": {"type": "Point", "coordinates": ["a", "b"]}}]},
         "/places/0/geoJSON/coordinates/0", "a number"),
        ({"places": [{"geoJSON": {"coordinates": [1, 2]}}]}, "/places/0/geoJSON", "type is missing"),
        ({"places": [{"geoJSON": {"type": "LineString", "coordinates": [[1, 2]]}}]},
         "/places/0/geoJSON/coordinates", "at least 2"),
        ({"standard": {"version": "9.0"}}, "/standard/version", "1.0 to 3.1 are read"),
        ({"standard": {"version": "2.1"}, "digitalsourcetype": {}}, "/digitalsourcetype", "ninjs 1.6 to 2.2 know it"),
        ({"subject": [{"name": "A", "confidence": 101}]}, "/subject/0/confidence", "maximum 100"),
    ],
)  # fmt: skip
def test_a_refusal_says_where_what_and_what_is_allowed(item: dict[str, Any], path: str, reason: str) -> None:
    refused = refusal(**item)
    assert refused.path == path
    assert reason in str(refused)
    assert refused.line == 1


def test_a_refusal_counts_what_else_is_wrong_up_to_a_hundred() -> None:
    assert "; 2 more places are wrong" in str(refusal(headlines=[1, 2, 3]))
    assert "; 99 or more places are wrong" in str(refusal(headlines=[1] * 5_000))


def test_a_refusal_names_the_line() -> None:
    data = b'{\n "uri": "urn:example:1",\n "headlines": [\n  {"value": "A"},\n  {"value": 2}\n ]\n}'
    with pytest.raises(InvalidFormat) as refused:
        READER.read(Document(data, "key", "item.json"))
    assert (refused.value.line, refused.value.path) == (5, "/headlines/1/value")


def test_an_item_without_an_identifier_is_refused() -> None:
    with pytest.raises(InvalidFormat, match="uri is missing"):
        READER.read(document({"headline": "A"}))


def test_a_schema_of_another_house_may_add_names_but_not_break_others() -> None:
    extended = {"version": "2.1", "schema": "https://house.example/house-ninjs.json"}
    assert read(standard=extended, houseName=1, headlines=[{"value": "A"}]).headline == "A"
    assert refusal(standard=extended, houseName=1, headlines="A").path == "/headlines"


def test_formats_count_only_where_the_version_asserts_them() -> None:
    ninjs_schema.check({"uri": "no iri"}, "1.2")
    with pytest.raises(InvalidFormat, match="absolute IRI"):
        ninjs_schema.check({"uri": "no iri"}, "2.1")


# ---- what is recognised, and hostile input --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sure"),
    [
        (json.dumps(NEW), True),
        (json.dumps(OLD, indent=4), True),
        ('{"uri": "urn:example:1"}', True),
        ('{"versionCreated": "x", "pubStatus": "y"}', True),
        ('{"@context": "https://schema.org", "headline": "A", "uri": "b"}', False),
        ('{"format": "digitalwires@1.0", "type": "composite", "headline": "A"}', False),
        ('{"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": []}', False),
        ('{"id": 1, "title": {"rendered": "A"}, "content": {"rendered": "<p>B</p>"}}', False),
        ('[{"uri": "urn:example:1"}]', False),
        ("A headline\n\nA text.", False),
    ],
)
def test_items_are_recognised_by_their_names(data: str, sure: bool) -> None:
    assert (READER.recognises(Document(data.encode(), "key", "x")) > 0) is sure


def test_nesting_without_end_is_refused() -> None:
    item: dict[str, Any] = {"uri": "urn:example:1", "name": "a"}
    for _ in range(32):
        item = {"uri": "urn:example:1", "name": "a", "associations": [item]}
    del item["name"]
    assert READER.read(document(item))[0].identifier == "urn:example:1"
    deep = b'{"uri": "urn:example:1", "associations": [' * 200 + b"]}" * 200
    with pytest.raises(InvalidFormat, match="nested"):
        READER.read(Document(deep, "key", "item.json"))


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(NEW)), inner, max_size=3),
    max_leaves=6,
)
BOXES = ("associations", "renditions", "bodies", "people", "subjects", "infosources", "altids", "embargoed", "type")


@given(st.sampled_from(sorted(NEW)) | st.sampled_from(sorted(OLD)), SCRAPS, st.sampled_from([NEW, OLD]))
def test_whatever_stands_at_a_place_is_read_or_refused(name: str, scrap: Any, item: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        READER.read(document({**item, name: scrap}))


@given(st.dictionaries(st.sampled_from(BOXES), SCRAPS))
def test_an_association_that_may_hold_anything_is_read(scraps: dict[str, Any]) -> None:
    scraps["name"] = "picture"
    assert read(standard={"version": "2.0"}, associations=[scraps]).identifier == "urn:example:1"


def test_the_house_in_a_byline_is_an_organisation() -> None:
    article = read(by="Ana Reis, Tidal Review", copyrightHolder="Tidal Review")
    assert article.authors == (Author("Ana Reis"), Author("Tidal Review", "Organization"))


@pytest.mark.parametrize("cut", range(1, 1200, 97))
def test_an_item_that_is_cut_off_is_refused(cut: int) -> None:
    data = json.dumps(NEW).encode()[:-cut]
    with pytest.raises(InputError):
        READER.read(Document(data, "key", "item.json"))
