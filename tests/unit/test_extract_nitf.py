"""NITF documents become articles, with and without namespace and document type."""

from __future__ import annotations

import pytest

from kg.errors import InputError, InvalidFormat
from kg.extract.nitf import NitfReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Status

DOCTYPE = '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.2//EN" "http://127.0.0.1:9/nitf-3-2.dtd">\n'
STORY = """<nitf{space} change.date="October 18, 2006" change.time="19:30" version="-//IPTC//DTD NITF 3.2//EN">
<head>
 <title>harbour-vote</title>
 <tobject tobject.type="News">
  <tobject.subject tobject.subject.refnum="11006000"
    tobject.subject.type="Politics" tobject.subject.matter="Government"/>
  <tobject.subject tobject.subject.refnum="17" tobject.subject.ipr="North Wire" tobject.subject.type="Ports"/>
 </tobject>
 <docdata management-status="usable">
  <doc-id id-string="nw-20260312-0017" regsrc="NW"/>
  <urgency ed-urg="4"/>
  <date.issue norm="20260312T101500Z"/>
  <date.release norm="20260312T103000Z"/>
  <ed-msg info="Updates with result"/>
  <doc.copyright holder="North Wire" year="2026"/>
  <key-list><keyword key="harbour"/><keyword key="Osterhavn"/></key-list>
  <identified-content><org>Osterhavn Port Authority</org><location>Osterhavn</location></identified-content>
 </docdata>
 <pubdata type="web" name="Northern Gazette" ex-ref="https://gazette.example/harbour" position.section="Region"/>
 <revision-history norm="20260312T110000Z"/>
 <revision-history norm="20260312T120000Z"/>
</head>
<body>
 <body.head>
  <hedline><hl1>Council votes to <em>widen</em> the harbour</hl1><hl2>Seven in favour, four against</hl2></hedline>
  <byline>By <person>Ana Reis</person> and <person>Bo Lund</person>, <byttl>Staff writers</byttl></byline>
  <dateline><location>OSTERHAVN</location> &#8212;</dateline>
  <abstract><p>The council has voted for the harbour.</p></abstract>
 </body.head>
 <body.content>
  <block>
   <p lede="true">The <org>council</org> of <location>Osterhavn</location> voted on
      <chron norm="20260312">Thursday</chron> to widen the harbour.</p>
   <hl2>What comes next</hl2>
   <p>Work starts in May, said <person>Ana Holm</person>, who leads the port.</p>
   <bq><p>We have waited long enough for this.</p></bq>
   <media media-type="image">
    <media-reference mime-type="image/jpeg" source="https://gazette.example/small.jpg" width="300"/>
    <media-reference mime-type="image/jpeg" source="https://gazette.example/large.jpg" width="1200"
      alternate-text="Cranes"/>
    <media-caption>Cranes in the old harbour.</media-caption>
    <media-producer>Bo Lund/North Wire</media-producer>
   </media>
   <media media-type="video"><media-reference source="https://gazette.example/film.mp4"/></media>
   <table><tr><td>For</td><td>7</td></tr></table>
   <p>The work is to cost 40 million &amp; take two years.</p>
  </block>
 </body.content>
 <body.end><tagline>Ana Reis covers the coast.</tagline></body.end>
</body>
</nitf>"""
NAMESPACE = ' xmlns="http://iptc.org/std/NITF/2006-10-18/"'


def _read(text: str | bytes) -> Article:
    document = Document(text.encode() if isinstance(text, str) else text, "path:s/a.xml", "a.xml")
    assert NitfReader().recognises(document) == 1.0
    (article,) = NitfReader().read(document)
    return article


def _nitf(head: str = "", above: str = "", content: str = "<p>One sentence stands here.</p>", end: str = "") -> str:
    return (
        f"<nitf><head>{head}</head><body><body.head>{above}</body.head><body.content>{content}</body.content>"
        f"<body.end>{end}</body.end></body></nitf>"
    )


@pytest.mark.parametrize(
    "text",
    [DOCTYPE + STORY.format(space=""), STORY.format(space=NAMESPACE)],
    ids=["document type", "namespace"],
)
def test_every_field_is_read_and_says_where_it_was(text: str) -> None:
    article = _read('<?xml version="1.0" encoding="UTF-8"?>\n' + text)
    assert article.headline == "Council votes to widen the harbour"
    assert article.alternative_headline == "Seven in favour, four against"
    assert article.abstract == "The council has voted for the harbour."
    assert article.authors == (Author("Ana Reis"), Author("Bo Lund"))
    assert article.dateline == "OSTERHAVN"
    assert article.paragraphs == (
        Paragraph("The council of Osterhavn voted on Thursday to widen the harbour."),
        Paragraph("Work starts in May, said Ana Holm, who leads the port."),
        Paragraph("We have waited long enough for this.", "quote"),
        Paragraph("The work is to cost 40 million & take two years."),
    )
    assert article.images == (
        Image("Cranes in the old harbour.", "Bo Lund/North Wire", "https://gazette.example/large.jpg", "Cranes"),
    )
    assert article.hero
    assert article.dropped == ("What comes next", "For | 7", "Ana Reis covers the coast.")
    assert (article.identifier, article.url) == ("nw-20260312-0017", "https://gazette.example/harbour")
    assert (article.publisher, article.section) == ("Northern Gazette", "Region")
    assert article.date_published == "2026-03-12T10:15:00Z"
    assert article.date_modified == "2026-03-12T12:00:00Z"
    assert article.embargo == "2026-03-12T10:30:00Z"
    assert article.keywords == (
        Keyword("Government", "http://cv.iptc.org/newscodes/subjectcode/11006000"),
        Keyword("Ports"),
        Keyword("harbour"),
        Keyword("Osterhavn"),
        Keyword("Osterhavn Port Authority"),
    )
    assert (article.note, article.copyright_notice) == ("Updates with result", "© 2026 North Wire")
    assert (article.kind, article.status) == ("article", Status.USABLE)
    won = dict(article.won)
    assert (won["headline"], won["date_published"], won["url"]) == ("hedline/hl1", "date.issue", "pubdata/@ex-ref")


def test_what_is_not_there_is_absent() -> None:
    article = _read("<nitf/>")
    assert article == Article(headline="")


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<byline>By Ana Reis</byline>", ["Ana Reis"]),
        ("<byline>By Ana Reis and Bo Lund<byttl>Staff writers</byttl></byline>", ["Ana Reis", "Bo Lund"]),
        ("<byline>ANA REIS<byttl>Correspondent</byttl></byline>", ["ANA REIS"]),
        ('<byline class="print">By ANA REIS</byline><byline class="other">Reis, Ana</byline>', ["ANA REIS"]),
        ("<byline><byttl>Coast News Agency</byttl></byline>", ["Coast News Agency"]),
        ("<byline><byttl>Staff writer</byttl></byline>", []),
        ("<byline><byttl>By Ana Reis</byttl></byline>", ["Ana Reis"]),
        ("<byline>NW-AP/DPA</byline><distributor>NW</distributor>", ["NW", "AP", "DPA"]),
        ("<byline>Anne-Marie</byline><distributor>NW</distributor>", ["Anne-Marie"]),
        (
            "<byline><person>Ana Reis</person></byline><byline><person>Bo Lund</person></byline>",
            ["Ana Reis", "Bo Lund"],
        ),
        ("<byline></byline>", []),
    ],
)
def test_authors_are_separate_people(byline: str, authors: list[str]) -> None:
    assert [one.name for one in _read(_nitf(above=byline)).authors] == authors


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("usable", Status.USABLE),
        ("embargoed", Status.USABLE),
        ("withheld", Status.WITHHELD),
        ("canceled", Status.CANCELED),
    ],
)
def test_management_status_is_the_item_s_status(status: str, expected: Status) -> None:
    head = f'<docdata management-status="{status}"><date.release norm="20990101T000000Z"/></docdata>'
    assert _read(_nitf(head)).status is expected


def test_an_embargo_lies_after_the_date_and_never_ends_too_early() -> None:
    def embargo(release: str, issue: str = "20260312T100000Z") -> str | None:
        head = f'<docdata><date.issue norm="{issue}"/><date.release norm="{release}"/></docdata>'
        return _read(_nitf(head)).embargo

    assert embargo("20260312T100000Z") is None
    assert embargo("20260312T110000+0200") is None
    assert embargo("20260312T130000+0200") == "2026-03-12T13:00:00+02:00"
    assert embargo("20260313T180000") == "2026-03-13T18:00:00-12:00"
    assert embargo("20260313") == "2026-03-13"
    assert embargo("soon") is None


def test_an_embargoed_item_without_a_release_date_is_withheld() -> None:
    assert _read(_nitf('<docdata management-status="embargoed"/>')).status is Status.WITHHELD


def test_a_correction_says_what_it_corrects() -> None:
    head = '<docdata><correction info="The cost is 40 million, not 14." id-string="nw-1"/></docdata>'
    assert _read(_nitf(head)).corrections == ("The cost is 40 million, not 14.",)


def test_a_block_that_repeats_the_lead_is_read_once() -> None:
    content = (
        '<block class="lead"><p>The council voted.</p></block>'
        '<block class="full"><p>The council voted.</p><p>Work starts in May.</p></block>'
    )
    assert _read(_nitf(content=content)).body == "The council voted.\n\nWork starts in May."


@pytest.mark.parametrize(
    "body",
    [
        "<body.content><p>One stands here.</p></body.content><body.content><p>Two.</p></body.content>",
        "<body.head><note>No.</note></body.head><p>One stands here.</p><p>Two.</p><body.end><p>No.</p></body.end>",
        "<body.content><![CDATA[<p>One stands here.</p><p>Two.</p>]]></body.content>",
        "<body.contents><block><p>One stands here.</p></block><block><p>Two.</p></block></body.contents>",
    ],
    ids=["two contents", "no content", "HTML in CDATA", "contents"],
)
def test_the_body_is_read_in_every_shape_that_is_sent(body: str) -> None:
    assert _read(f"<nitf><body>{body}</body></nitf>").body == "One stands here.\n\nTwo."


def test_text_without_paragraph_marks_and_lists_is_kept() -> None:
    content = "The council voted.<br/><br/>Work starts in May.<ul><li>One point</li><li>Another point</li></ul>"
    assert [one.text for one in _read(_nitf(content=content)).paragraphs] == [
        "The council voted.",
        "Work starts in May.",
        "One point",
        "Another point",
    ]


def test_words_said_have_one_pair_of_marks() -> None:
    content = '<p>She said: <q>"We waited."</q> He said: <q>So did we.</q></p>'
    assert _read(_nitf(content=content)).body == 'She said: "We waited." He said: “So did we.”'


def test_a_dateline_of_a_date_alone_is_none_but_dates_the_story() -> None:
    article = _read(_nitf(above='<dateline><story.date norm="20260312"/></dateline>'))
    assert (article.dateline, article.date_published) == (None, "2026-03-12")


def test_lines_that_end_a_wire_story_are_dropped() -> None:
    article = _read(_nitf(content="<p>The council voted.</p><p>(©NW)</p><p>bur-ar-bl/fz</p><p/>", end="<tagline/>"))
    assert (article.body, article.dropped) == ("The council voted.", ("(©NW)", "bur-ar-bl/fz"))


def test_a_credit_printed_in_a_caption_is_the_credit() -> None:
    media = (
        "<media media-type='image'><media-caption>Cranes in the harbour. Photo: Bo Lund / NW</media-caption></media>"
    )
    assert _read(_nitf(content=media)).images == (Image("Cranes in the harbour.", "Bo Lund / NW"),)


@pytest.mark.parametrize(
    ("attribute", "language"),
    [('baselang="en_us"', "en-US"), ('xml:lang="nb-NO"', "nb-NO"), ('baselang="English language"', None), ("", None)],
)
def test_the_language_is_a_tag(attribute: str, language: str | None) -> None:
    assert _read(f"<nitf {attribute}/>").language == language


def test_mark_up_in_text_stays_text() -> None:
    article = _read(_nitf(content="<p>He wrote &lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt;.</p>"))
    assert article.body == "He wrote <script>alert(1)</script> &lt;b&gt;."


def test_control_characters_and_spaces_are_normalised() -> None:
    article = _read(_nitf(above="<hedline><hl1>A\u200b b\u00a0 c\n\u0301</hl1></hedline>"))
    assert article.headline == "A b c \u0301"


@pytest.mark.parametrize(
    "data",
    [
        b"<nitf><body>",
        b"<nitf>" + b"<block>" * 300 + b"</block>" * 300 + b"</nitf>",
        b'<!DOCTYPE nitf [<!ENTITY a "b">]><nitf>&a;</nitf>',
        '<?xml version="1.0" encoding="UTF-8"?><nitf>é</nitf>'.encode("latin-1"),
    ],
    ids=["cut off", "deep", "entities", "encoding"],
)
def test_what_is_broken_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        _read(data)


def test_another_root_is_not_taken() -> None:
    document = Document(b"<rss/>", "k", "a.xml")
    assert NitfReader().recognises(document) == 0.0
    with pytest.raises(InvalidFormat, match="begins with <nitf>"):
        NitfReader().read(document)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_read_alike(encoding: str) -> None:
    text = STORY.format(space="").replace("Bo Lund", "Bo Lündh")
    declared = {"latin-1": "ISO-8859-1", "utf-8-sig": "UTF-8"}.get(encoding, "UTF-16")
    given = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'
    assert _read(given.encode(encoding)) == _read(given.replace(declared, "UTF-8"))
