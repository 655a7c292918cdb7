"""dpa's digital wires: what becomes what, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kg.errors import InputError, InvalidFormat
from kg.extract.digitalwire import DigitalWireReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Status

READER = DigitalWireReader()
ITEM: dict[str, Any] = {
    "format": "digitalwires@1.0",
    "type": "composite",
    "urn": "urn:newsml:wire.example:20260312:4711",
    "version_created": "2026-03-12T09:30:00+01:00",
    "version": 1,
    "pubstatus": "usable",
    "signal": None,
    "embargoed": "2026-03-12T19:00:00+01:00",
    "content_created": None,
    "language": "de",
    "urgency": 4,
    "kicker": "Verkehr",
    "headline": "Zalk sperrt seine Brücke",
    "subhead": "Fähre fährt nachts",
    "teaser": "Die Brücke hat Risse.",
    "byline": "Von Ana Reis und Bo Lund, zwd",
    "dateline": "Zalk (zwd) - ",
    "article_html": '<section class="main"><p><span class="dateline">Zalk <span class="credit">(zwd)</span> - </span>'
    "Die Brücke über die Lenn ist gesperrt.\xa0</p><h2>Kein Geld</h2><p></p>"
    "<p>Die Stadt hat kein Geld für neue Pfeiler.</p></section>",
    "infobox_html": '<section class="infobox"><h2>Die Brücke</h2><p>Sie wurde 1902 gebaut.</p></section>',
    "linkbox_html": '<section class="linkbox"><ul><li><a href="https://zalk.example">Zalk</a></li></ul></section>',
    "creditline": "zwd",
    "copyrightnotice": "Copyright 2026, zwd",
    "usageterms": "Nur nach Vereinbarung",
    "ednotes": [
        {"role": "dpaednoterole:closingline", "ednote": "zwd ar yyzz n1 bl", "is_publishable": True},
        {"role": "dpaednoterole:dpacontacts", "ednote": "Ana Reis +00 123", "is_publishable": False},
        {"role": "dpaednoterole:correction", "ednote": "Baujahr berichtigt: 1902.", "is_publishable": True},
    ],
    "descriptions": None,
    "associations": [
        {
            "urn": "urn:newsml:wire.example:2",
            "type": "image",
            "rank": 2,
            "headline": "Die Lenn",
            "caption": None,
            "creditline": None,
            "is_featureimage": False,
            "renditions": [{"url": "https://img.example/2.jpg", "mimetype": "image/jpeg", "size": 2048}],
        },
        {
            "urn": "urn:newsml:wire.example:1",
            "type": "image",
            "rank": 1,
            "headline": "Brücke",
            "caption": "Die Brücke in Zalk am Mittwoch.",
            "creditline": "Cai Moss/zwd",
            "is_featureimage": True,
            "renditions": [
                {"url": "https://img.example/1-s.jpg", "mimetype": "image/jpeg", "size": 800},
                {"url": "https://img.example/1-l.jpg", "mimetype": "image/jpeg", "size": 2048},
            ],
        },
        {"urn": "urn:newsml:wire.example:3", "type": "audio", "renditions": [{"url": "https://img.example/3.mp3"}]},
    ],
    "categories": [
        {"type": "dnltype:provider", "name": "Zwischenwasser-Dienst", "qcode": "dnlprov:zwd"},
        {"type": "dnltype:creator", "name": "lund.bo", "qcode": None},
        {"type": "dnltype:keyword", "name": "Brücken", "qcode": None},
        {"type": "dnltype:keyword", "name": "Verkehr", "qcode": None},
        {"type": "dnltype:dpasubject", "name": "Verkehr", "qcode": "medtop:20000337", "rank": 1},
        {"type": "dnltype:geosubject", "name": "Zalk", "qcode": "dpaarea:99"},
        {
            "type": "dnltype:poi",
            "name": "Brücke, Uferweg 1, Zalk",
            "geojson": {"type": "Feature", "properties": {"name": "Brücke"}},
        },
    ],
}


def read(**changes: Any) -> Article:
    data = json.dumps({**ITEM, **changes}, ensure_ascii=False).encode()
    return READER.read(Document(data, "key", "item.json"))[0]


def test_an_item_becomes_an_article() -> None:
    article = read()
    assert article.headline == "Zalk sperrt seine Brücke"
    assert article.alternative_headline == "Fähre fährt nachts"
    assert article.abstract == "Die Brücke hat Risse."
    assert article.paragraphs == (
        Paragraph("Die Brücke über die Lenn ist gesperrt."),
        Paragraph("Die Stadt hat kein Geld für neue Pfeiler."),
    )
    assert article.dateline == "Zalk (zwd)"
    assert article.identifier == "urn:newsml:wire.example:20260312:4711"
    assert article.publisher == "Zwischenwasser-Dienst"
    assert article.authors[:2] == (Author("Ana Reis"), Author("Bo Lund"))
    assert (article.date_published, article.date_modified) == ("2026-03-12T09:30:00+01:00", None)
    assert article.embargo == "2026-03-12T19:00:00+01:00"
    assert article.language == "de"
    assert article.copyright_notice == "Copyright 2026, zwd"
    assert article.kind == "article"
    assert article.status is Status.USABLE
    assert set(article.dropped) == {"Verkehr", "Kein Geld", "Die Brücke", "Sie wurde 1902 gebaut."}
    assert dict(article.won)["abstract"] == "digitalwires /teaser"


def test_notes_that_may_not_be_published_are_left_out() -> None:
    article = read()
    assert article.note == "zwd ar yyzz n1 bl\nBaujahr berichtigt: 1902."
    assert article.corrections == ("Baujahr berichtigt: 1902.",)


def test_keywords_are_named_once_and_have_the_iris_of_known_codes() -> None:
    assert read().keywords == (
        Keyword("Zalk"),
        Keyword("Verkehr", "http://cv.iptc.org/newscodes/mediatopic/20000337"),
        Keyword("Brücke"),
        Keyword("Brücken"),
        Keyword("Verkehr"),
    )


def test_the_featured_picture_comes_first_in_its_largest_size() -> None:
    article = read()
    assert article.images == (
        Image("Die Brücke in Zalk am Mittwoch.", "Cai Moss/zwd", "https://img.example/1-l.jpg"),
        Image("Die Lenn", None, "https://img.example/2.jpg"),
    )
    assert article.hero


def test_a_later_version_is_a_change() -> None:
    article = read(version=3, pubstatus="canceled")
    assert (article.date_published, article.date_modified) == (None, "2026-03-12T09:30:00+01:00")
    assert article.status is Status.CANCELED
    assert read(pubstatus="something new").status is Status.WITHHELD


def test_a_picture_without_a_text_is_a_picture() -> None:
    article = read(
        article_html=None,
        teaser=None,
        byline=None,
        dateline=None,
        content_created="2020-01-01",
        associations=ITEM["associations"][1:2],
        descriptions=[
            {"role": "dpadrol:caption-extended", "description": "ARCHIV - 01.01.2020, Zalk: Die Brücke."},
            {"role": "drol:caption", "description": "Die Brücke in Zalk."},
        ],
    )
    assert article.kind == "picture"
    assert article.abstract == "Die Brücke in Zalk."
    assert article.images == (Image("Die Brücke in Zalk.", "Cai Moss/zwd", "https://img.example/1-l.jpg"),)
    assert article.date_published == "2026-03-12T09:30:00+01:00"
    assert article.authors == ()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"urn": None}, "/urn"),
        ({"urn": " "}, "/urn"),
        ({"headline": ["A"]}, "/headline"),
        ({"associations": {}}, "/associations"),
        ({"categories": ["A"]}, "/categories/0"),
        ({"version": "2"}, "/version"),
        ({"embargoed": "bis auf Weiteres"}, "/embargoed"),
    ],
)
def test_a_member_of_a_wrong_kind_is_refused_with_its_place(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidFormat) as refused:
        read(**changes)
    assert refused.value.path == path
    assert refused.value.line == 1


def test_members_that_are_missing_or_odd_are_no_error() -> None:
    small = {"format": "digitalwires@1.0", "urn": "urn:example:1", "version_created": "2026-03-12T09:30:00Z"}
    assert READER.read(Document(json.dumps(small).encode(), "key", "x"))[0].headline == ""
    odd = {
        "associations": [{"type": "image", "renditions": [{"url": 1, "size": "x"}, None], "rank": "1"}],
        "categories": [{"type": "dnltype:poi", "geojson": 1}, {"type": "dnltype:keyword", "name": 7}, {}],
        "ednotes": [{"ednote": None}],
    }
    assert read(**odd).images == ()


def test_only_the_format_itself_is_recognised() -> None:
    def sure(text: str) -> float:
        return READER.recognises(Document(text.encode(), "key", "x"))

    assert sure(json.dumps(ITEM)) == 1
    assert sure('{"format": "something", "urn": "urn:example:1"}') == 0
    assert sure('[{"format": "digitalwires@1.0"}]') == 0
    assert sure('A headline\n\n"format": "digitalwires@1.0"') == 0


@pytest.mark.parametrize("cut", range(1, 800, 93))
def test_an_item_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(InputError):
        READER.read(Document(json.dumps(ITEM).encode()[:-cut], "key", "x"))
