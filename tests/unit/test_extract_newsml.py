"""NewsML-G2 items become articles, alone and in messages."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from kg.errors import InputError, InvalidFormat, TooLarge
from kg.extract import read
from kg.extract.newsml import NewsMessage, NewsMLReader
from kg.extract.qcodes import STANDARD, catalog_of, code
from kg.extract.xml import parse
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Source, Status, Unread

SPACE = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NITF = "<nitf><body><body.content><p>One.</p><hl2>No</hl2><p>Two.</p></body.content></body></nitf>"
FULL = f"""<newsItem {SPACE} guid="urn:newsml:northwire.example:20260312:harbour" version="3" standard="NewsML-G2"
  standardversion="2.35" conformance="power" xml:lang="en-GB">
 <catalogRef href="http://127.0.0.1:9/catalog.IPTC-G2-Standards_41.xml"/>
 <catalog><scheme alias="nwplace" uri="http://northwire.example/place/"/></catalog>
 <rightsInfo>
  <copyrightHolder><name>North Wire Ltd</name></copyrightHolder>
  <copyrightNotice>Copyright 2026 North Wire</copyrightNotice>
  <usageTerms>Not for use at sea</usageTerms>
 </rightsInfo>
 <itemMeta>
  <itemClass qcode="ninat:text"/>
  <provider qcode="nwprov:1"><name>North Wire</name></provider>
  <versionCreated>2026-03-12T12:00:00+01:00</versionCreated>
  <firstCreated>2026-03-12T10:15:00+01:00</firstCreated>
  <embargoed>2026-03-12T18:00:00+01:00</embargoed>
  <pubStatus qcode="stat:usable"/>
  <edNote>Updates with result.</edNote>
  <edNote pubconstraint="nwcon:nonpublic">Call the desk on extension 4.</edNote>
  <edNote role="nwnote:correction">The cost is 40 million, not 14.</edNote>
  <signal qcode="sig:correction"/>
  <link rel="irel:canonical" href="https://northwire.example/harbour"/>
  <link rel="irel:seeAlso" href="https://northwire.example/cranes.jpg">
   <itemClass qcode="ninat:picture"/><title>Cranes in the old harbour.</title>
  </link>
  <link rel="irel:seeAlso" href="https://northwire.example/film"><itemClass qcode="ninat:video"/></link>
 </itemMeta>
 <contentMeta>
  <contentCreated>2026-03-12T09:00:00+01:00</contentCreated>
  <creator uri="https://northwire.example/staff/reis"><name>Ana Reis</name></creator>
  <creator role="crol:photographer"><name>Cem Aslan</name></creator>
  <language tag="en-GB"/>
  <subject qcode="medtop:20000350"><name xml:lang="de">Zentralbank</name><name xml:lang="en-GB">ports</name></subject>
  <subject qcode="nwplace:osterhavn"/>
  <subject qcode="house:17"/>
  <subject uri="http://www.wikidata.org/entity/Q2" type="cpnat:geoArea"><name>Earth</name></subject>
  <subject literal="pier"><name>Pier Seven</name></subject>
  <keyword>harbour</keyword>
  <slugline>HARBOUR-VOTE</slugline>
  <headline xml:lang="de">Rat stimmt ab</headline>
  <headline role="hlrole:kicker">Region</headline>
  <headline rank="2">Seven in favour, four against</headline>
  <headline rank="1">Council votes to widen the harbour</headline>
  <by>By Ana Reis and Bo Lund</by>
  <dateline>OSTERHAVN, March 12 (North Wire) -</dateline>
  <description role="drol:caption">Not this one.</description>
  <description role="drol:summary">The council has voted for the harbour.</description>
 </contentMeta>
 <assert qcode="nwplace:osterhavn"><name>Osterhavn</name></assert>
 <contentSet>
  <inlineXML contenttype="application/xhtml+xml">
   <html {XHTML}>
    <head><title>Something else</title></head>
    <body>
     <header>
      <time>12.03.2026</time><h1>Council votes to widen the harbour</h1><p class="byline">By Ana Reis</p>
     </header>
     <section class="main">
      <p class="teaser">The council has voted for the harbour.</p>
      <p><span class="dateline">OSTERHAVN (North Wire) - </span>The council voted on Thursday to <b>widen</b> the
       harbour.</p>
      <h2>What comes next</h2>
      <p>Work starts in May, said Ana Holm, who leads the port.</p>
      <blockquote><p>We have waited long enough for this.</p></blockquote>
      <ul><li>Seven were in favour.</li><li>Four were against.</li></ul>
      <figure>
       <img src="https://northwire.example/map.png" alt="Map"/><figcaption>The harbour today.</figcaption>
      </figure>
      <p> </p>
     </section>
    </body>
   </html>
  </inlineXML>
 </contentSet>
</newsItem>"""


def _document(text: str | bytes) -> Document:
    return Document(text.encode() if isinstance(text, str) else text, "path:s/a.xml", "a.xml", Source("wire"))


def _read(text: str | bytes) -> Article:
    (article,) = NewsMLReader().read(_document(text))
    return article


def _item(meta: str = "", content: str = "", body: str = "", rest: str = "", *, attributes: str = "") -> str:
    return (
        f'<newsItem {SPACE} guid="g" version="1" xml:lang="en" {attributes}>{rest}<itemMeta>'
        f'<itemClass qcode="ninat:text"/>{meta}</itemMeta><contentMeta>{content}</contentMeta>'
        f"<contentSet>{body}</contentSet></newsItem>"
    )


def test_every_field_of_a_news_item_is_read_and_says_where_it_was() -> None:
    article = _read(FULL)
    assert article.identifier == "urn:newsml:northwire.example:20260312:harbour"
    assert article.url == "https://northwire.example/harbour"
    assert article.headline == "Council votes to widen the harbour"
    assert article.alternative_headline == "Seven in favour, four against"
    assert article.abstract == "The council has voted for the harbour."
    assert article.authors == (Author("Ana Reis", "Person", "https://northwire.example/staff/reis"), Author("Bo Lund"))
    assert article.publisher == "North Wire"
    assert article.date_published == "2026-03-12T10:15:00+01:00"
    assert article.date_modified == "2026-03-12T12:00:00+01:00"
    assert article.embargo == "2026-03-12T18:00:00+01:00"
    assert article.language == "en-GB"
    assert article.dateline == "OSTERHAVN, March 12 (North Wire)"
    assert article.keywords == (
        Keyword("ports", "http://cv.iptc.org/newscodes/mediatopic/20000350"),
        Keyword("Osterhavn", "http://northwire.example/place/osterhavn"),
        Keyword("17"),
        Keyword("Earth", "http://www.wikidata.org/entity/Q2"),
        Keyword("Pier Seven"),
        Keyword("harbour"),
    )
    assert article.paragraphs == (
        Paragraph("The council voted on Thursday to widen the harbour."),
        Paragraph("Work starts in May, said Ana Holm, who leads the port."),
        Paragraph("We have waited long enough for this.", "quote"),
        Paragraph("Seven were in favour."),
        Paragraph("Four were against."),
    )
    assert article.images == (
        Image("Cranes in the old harbour.", None, "https://northwire.example/cranes.jpg"),
        Image("The harbour today.", None, "https://northwire.example/map.png", "Map"),
    )
    assert article.hero
    assert article.dropped == ("Region", "What comes next")
    assert article.note == "Updates with result.\nThe cost is 40 million, not 14."
    assert article.corrections == ("The cost is 40 million, not 14.",)
    assert article.copyright_notice == "Copyright 2026 North Wire"
    assert (article.kind, article.status) == ("article", Status.USABLE)
    won = dict(article.won)
    assert won["headline"] == "contentMeta/headline"
    assert won["paragraphs"] == "contentSet/inlineXML (XHTML)"
    assert won["date_published"] == "itemMeta/firstCreated"


def test_the_reader_is_found_by_content_and_reads_alike_with_a_prefix() -> None:
    prefixed = FULL.replace("<", "<n:").replace("<n:/", "</n:").replace("xmlns=", "xmlns:n=", 1)
    for name in ("html", "head", "title", "body", "header", "time", "h1", "h2", "p", "section", "span", "b", "ul", "li",
                 "blockquote", "figure", "img", "figcaption"):  # fmt: skip
        prefixed = prefixed.replace(f"<n:{name}>", f"<{name}>").replace(f"</n:{name}>", f"</{name}>")
        prefixed = prefixed.replace(f"<n:{name} ", f"<{name} ")
    prefixed = prefixed.replace(
        "title>Cranes in the old harbour.</title", "n:title>Cranes in the old harbour.</n:title"
    )
    assert read(_document(prefixed)) == read(_document(FULL)) == (_read(FULL),)


def test_an_item_with_nothing_in_it_is_read() -> None:
    assert _read(f'<newsItem {SPACE} guid="g"/>') == Article(
        headline="", identifier="g", won=(("identifier", "@guid"),)
    )


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ('<newsItem {0}><itemMeta><itemClass qcode="ninat:picture"/></itemMeta></newsItem>', "picture"),
        ('<newsItem {0}><itemMeta><itemClass qcode="ninat:video"/></itemMeta></newsItem>', "video"),
        ('<newsItem {0}><itemMeta><itemClass qcode="ninat:audio"/></itemMeta></newsItem>', "audio"),
        ('<newsItem {0}><itemMeta><itemClass qcode="ninat:graphic"/></itemMeta></newsItem>', "graphic"),
        ('<newsItem {0}><itemMeta><itemClass qcode="ninat:composite"/></itemMeta></newsItem>', "composite"),
        (
            '<newsItem {0}><itemMeta><itemClass uri="http://cv.iptc.org/newscodes/ninature/picture"/></itemMeta></newsItem>',
            "picture",
        ),
        ('<newsItem {0}><contentSet><remoteContent contenttype="video/mp4"/></contentSet></newsItem>', "video"),
        ("<newsItem {0}><contentSet><inlineXML><events><event/></events></inlineXML></contentSet></newsItem>", "event"),
        ("<packageItem {0}/>", "package"),
        ("<conceptItem {0}><concept><name>Pier</name></concept></conceptItem>", "concept"),
        ("<conceptItem {0}><concept><name>Vote</name><eventDetails/></concept></conceptItem>", "event"),
        ("<knowledgeItem {0}><conceptSet><concept/></conceptSet></knowledgeItem>", "knowledge"),
        ("<planningItem {0}/>", "planning"),
        ("<catalogItem {0}/>", "catalog"),
        ("<catalog {0}><scheme alias='a' uri='http://e.example/'/></catalog>", "catalog"),
    ],
)
def test_what_is_no_article_is_read_with_its_kind(item: str, kind: str) -> None:
    document = _document(item.format(SPACE))
    assert NewsMLReader().recognises(document) == 1.0
    assert _read(item.format(SPACE)).kind == kind


def test_a_composite_with_a_text_of_its_own_is_an_article() -> None:
    text = _item(body=f"<inlineXML><p {XHTML}>The council voted on Thursday.</p></inlineXML>")
    assert _read(text.replace("ninat:text", "ninat:composite")).kind == "article"


def test_a_picture_has_its_caption_credit_and_largest_rendition() -> None:
    article = _read(
        _item(
            "<versionCreated>2026-03-12T12:00:00Z</versionCreated>",
            "<contentCreated>1999-01-01</contentCreated>"
            "<creator role='crol:photographer'><name>Cem Aslan</name></creator><creditline>Cem Aslan/NW</creditline>"
            "<description role='drol:caption'>Cranes.</description>",
            "<remoteContent rendition='rnd:thumb' href='https://n.example/t.jpg' contenttype='image/jpeg' width='999'/>"
            "<remoteContent rendition='rnd:web' href='https://n.example/w.jpg' contenttype='image/jpeg' width='480'/>"
            "<remoteContent rendition='rnd:highRes' href='./h.jpg' contenttype='image/jpeg' width='1500'/>",
        ).replace("ninat:text", "ninat:picture")
    )
    assert article.images == (Image("Cranes.", "Cem Aslan/NW", "https://n.example/w.jpg"),)
    assert [one.name for one in article.authors] == ["Cem Aslan"]
    assert article.abstract == "Cranes."
    assert article.date_published == "2026-03-12T12:00:00Z"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("<pubStatus qcode='stat:usable'/>", Status.USABLE),
        ("", Status.USABLE),
        ("<pubStatus qcode='stat:canceled'/>", Status.CANCELED),
        ("<pubStatus uri='http://cv.iptc.org/newscodes/pubstatusg2/canceled'/>", Status.CANCELED),
        ("<pubStatus qcode='stat:withheld'/>", Status.WITHHELD),
        ("<pubStatus qcode='house:draft'/>", Status.WITHHELD),
        ("<pubStatus qcode='stat:usable'/><embargoed/>", Status.WITHHELD),
        ("<pubStatus qcode='stat:canceled'/><embargoed/>", Status.CANCELED),
    ],
)
def test_the_publishing_status_decides_what_may_be_done(status: str, expected: Status) -> None:
    assert _read(_item(status)).status is expected


def test_an_embargo_never_ends_too_early() -> None:
    assert _read(_item("<embargoed>2026-03-12T18:00:00</embargoed>")).embargo == "2026-03-12T18:00:00-12:00"
    assert _read(_item("<embargoed> 2026-03-12 </embargoed>")).embargo == "2026-03-12"
    with pytest.raises(InvalidFormat, match=r"a\.xml:1: embargoed says 'tonight', which is no date"):
        _read(_item("<embargoed>tonight</embargoed>"))


def test_a_correction_is_a_note_that_says_so_or_one_beside_the_signal() -> None:
    note = "<edNote>The cost is 40 million, not 14.</edNote>"
    signal = "<signal qcode='sig:correction'/>"
    private = "<edNote pubconstraint='x:nonpublic'>Spelling.</edNote>"
    assert _read(_item(note + signal)).corrections == ("The cost is 40 million, not 14.",)
    assert _read(_item(note + "<signal qcode='sig:update'/>")).corrections == ()
    assert _read(_item(private + signal)).corrections == ()
    assert _read(_item(note.replace(">", " role='r:contacts'>", 1) + signal)).corrections == ()


def test_a_date_of_publication_goes_before_the_date_of_creation() -> None:
    history = (
        "<pubHistory><published><timestamp>2026-03-14T06:00:00Z</timestamp></published>"
        "<published><timestamp>2026-03-13T06:00:00Z</timestamp></published></pubHistory>"
    )
    article = _read(_item("<firstCreated>2026-03-12T12:00:00Z</firstCreated>", rest=history))
    assert (article.date_published, dict(article.won)["date_published"]) == (
        "2026-03-13T06:00:00Z",
        "pubHistory/published",
    )


@pytest.mark.parametrize(
    ("version", "meta", "content", "dates"),
    [
        ("1", "<versionCreated>2026-03-12T12:00:00Z</versionCreated>", "", ("2026-03-12T12:00:00Z", None)),
        ("2", "<versionCreated>2026-03-12T12:00:00Z</versionCreated>", "", (None, "2026-03-12T12:00:00Z")),
        (
            "2",
            "<versionCreated>2026-03-12T12:00:00Z</versionCreated>",
            "<contentCreated>2026-03-11</contentCreated>",
            ("2026-03-11", "2026-03-12T12:00:00Z"),
        ),
        ("1", "<versionCreated>2026-03-12T12:00:00</versionCreated>", "", ("2026-03-12", None)),
        ("1", "<versionCreated>yesterday</versionCreated>", "", (None, None)),
    ],
)
def test_dates_are_those_the_item_states(
    version: str, meta: str, content: str, dates: tuple[str | None, str | None]
) -> None:
    article = _read(_item(meta, content).replace('version="1"', f'version="{version}"'))
    assert (article.date_published, article.date_modified) == dates


@pytest.mark.parametrize(
    ("content", "authors"),
    [
        ("<by>By Ana Reis and Bo Lund</by>", [("Ana Reis", "Person"), ("Bo Lund", "Person")]),
        ("<by>Von Ana Reis und Bo Lund, dpa</by>", [("Ana Reis", "Person"), ("Bo Lund", "Person")]),
        ("<creator><name>Ana Reis</name></creator><creator><name>Bo Lund</name></creator>",
         [("Ana Reis", "Person"), ("Bo Lund", "Person")]),
        ("<creator><name>Coast News Agency, Inc.</name></creator>", [("Coast News Agency, Inc.", "Organization")]),
        ("<creator type='cpnat:organisation'><name>Port Watch</name></creator>", [("Port Watch", "Organization")]),
        ("<creator><name>Harbour Watch</name><organisationDetails/></creator>", [("Harbour Watch", "Organization")]),
        ("<creator><name>reis.ana</name></creator>", []),
        ("<creator role='crol:editor'><name>Ana Reis</name></creator>", []),
        ("<creator qcode='staff:17'/>", []),
        ("<contributor role='ctrol:writer'><name>Ana Reis</name></contributor>", [("Ana Reis", "Person")]),
        ("<contributor><name>Ana Reis</name></contributor>", []),
        ("<infoSource><name>Gazette</name></infoSource><by>By Gazette</by>", [("Gazette", "Organization")]),
    ],
)  # fmt: skip
def test_authors_are_those_who_wrote(content: str, authors: list[tuple[str, str]]) -> None:
    assert [(one.name, one.type) for one in _read(_item(content=content)).authors] == authors


def test_the_publisher_is_the_first_party_with_a_name() -> None:
    holder = "<rightsInfo><copyrightHolder><name>Holder</name></copyrightHolder></rightsInfo>"
    source = "<infoSource qcode='s:1'/><infoSource><name>Source</name></infoSource>"
    assert _read(_item("<provider qcode='p:1'/>", source, rest=holder)).publisher == "Source"
    assert _read(_item("<provider qcode='p:1'/>", rest=holder)).publisher == "Holder"
    assert _read(_item("<provider literal='Gazette'/>")).publisher == "Gazette"
    assert _read(_item("<provider qcode='nprov:COAST'/>")).publisher == "COAST"
    assert _read(_item("<provider qcode='p:1'/>")).publisher is None


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        (f"<inlineXML><html {XHTML}><body><p>One.</p><p>Two.</p></body></html></inlineXML>", ["One.", "Two."]),
        (f"<inlineXML><div {XHTML}><p>One.</p><p>Two.</p></div></inlineXML>", ["One.", "Two."]),
        (f"<inlineXML><p {XHTML}>One.</p><p {XHTML}>Two.</p></inlineXML>", ["One.", "Two."]),
        ("<inlineXML><html><body><article><p>One.</p></article></body></html></inlineXML>", ["One."]),
        (f"<inlineXML contenttype='application/nitf+xml'>{NITF}</inlineXML>", ["One.", "Two."]),
        (f"<inlineXML><sports-content><article>{NITF}</article></sports-content></inlineXML>", ["One.", "Two."]),
        ("<inlineXML>One.\n\nTwo.</inlineXML>", ["One.", "Two."]),
        ("<inlineXML><![CDATA[<p>One &amp; a half.</p><p>Two.</p>]]></inlineXML>", ["One & a half.", "Two."]),
        ("<inlineXML/>", []),
        ("<inlineXML><sports-event/></inlineXML>", []),
        ("<inlineData contenttype='text/plain'>One line\nof text.\n\nTwo.</inlineData>", ["One line of text.", "Two."]),
        ("<inlineData contenttype='text/plain'>One.\nTwo.</inlineData>", ["One.", "Two."]),
        ("<inlineData contenttype='text/html'>&lt;p&gt;One &amp;amp; two.&lt;/p&gt;</inlineData>", ["One & two."]),
        ("<inlineData encoding='encd:b64' contenttype='text/plain'>T25l\nLg==</inlineData>", ["One."]),
        ("<inlineData encoding='encd:base64' contenttype='image/jpeg'>T25lLg==</inlineData>", []),
        ("<inlineData encoding='encd:base64' contenttype='text/plain'>!</inlineData>", []),
        ("<inlineData encoding='encd:zip' contenttype='text/plain'>One.</inlineData>", []),
        (f"<inlineData contenttype='text/plain'>One.</inlineData><inlineXML>{NITF}</inlineXML>", ["One.", "Two."]),
    ],
)  # fmt: skip
def test_the_body_is_read_in_every_form_it_comes_in(body: str, paragraphs: list[str]) -> None:
    assert [one.text for one in _read(_item(body=body)).paragraphs] == paragraphs


def test_a_story_fills_what_the_metadata_leaves_open() -> None:
    nitf = (
        "<inlineXML><nitf><body><body.head><hedline><hl1>Council votes</hl1></hedline><byline>By Ana Reis</byline>"
        "<dateline>OSTERHAVN -</dateline><abstract>It has voted.</abstract></body.head>"
        "<body.content><p>The council voted.</p></body.content></body></nitf></inlineXML>"
    )
    article = _read(_item(body=nitf))
    assert (article.headline, article.abstract, article.dateline) == ("Council votes", "It has voted.", "OSTERHAVN")
    assert [one.name for one in article.authors] == ["Ana Reis"]
    assert dict(article.won)["headline"] == "contentSet/inlineXML (NITF)"
    stated = _read(_item(content="<headline>The vote</headline><by>By Bo Lund</by>", body=nitf))
    assert (stated.headline, [one.name for one in stated.authors]) == ("The vote", ["Bo Lund"])


def test_mark_up_written_as_text_stays_text() -> None:
    body = (
        f"<inlineXML><div {XHTML}><p>He wrote &lt;script&gt;x&lt;/script&gt;.</p><script>y()</script></div></inlineXML>"
    )
    article = _read(_item(content="<headline>A &lt;/script&gt; B</headline>", body=body))
    assert (article.headline, article.body) == ("A </script> B", "He wrote <script>x</script>.")


def test_a_broken_concept_has_a_name_and_no_iri() -> None:
    content = (
        "<subject qcode='medtop:a b'><name>X</name></subject><subject uri='no iri'><name>Y</name></subject><subject/>"
    )
    assert _read(_item(content=content)).keywords == (Keyword("X"), Keyword("Y"))


def test_what_stands_in_a_figure_is_the_picture_s_and_what_stands_around_the_text_is_dropped() -> None:
    body = (
        f"<inlineXML><html {XHTML}><body><article><h1>Council votes</h1><div class='meta'>Region</div>"
        "<div class='bodytext'><figure><img src='https://n.example/a.jpg'/><div class='byline'>Cem Aslan/NW</div>"
        "<figcaption>Cranes in the old harbour.</figcaption></figure><p>The council voted on Thursday.</p>"
        "<p>(© North Wire)</p></div></article></body></html></inlineXML>"
    )
    article = _read(_item(body=body))
    assert (article.headline, article.body) == ("Council votes", "The council voted on Thursday.")
    assert article.authors == ()
    assert article.images == (Image("Cranes in the old harbour.", "Cem Aslan/NW", "https://n.example/a.jpg"),)
    assert article.dropped == ("(© North Wire)", "Region")


def test_a_box_beside_the_text_is_none_of_it() -> None:
    body = f"<inlineXML><div {XHTML}><p>The council voted.</p><div class='INFOBOX'><p>Links</p></div></div></inlineXML>"
    article = _read(_item(body=body))
    assert (article.body, article.dropped) == ("The council voted.", ("Links",))


# ---- QCodes ------------------------------------------------------------------------------------------------------


def test_qcodes_resolve_by_the_standard_catalogue_and_the_document_s_own() -> None:
    assert STANDARD.iri("medtop:20000350") == "http://cv.iptc.org/newscodes/mediatopic/20000350"
    assert STANDARD.iri("dbpedia:Zürich") == "http://dbpedia.org/resource/Zürich"
    for broken in (None, "", "medtop", "medtop:", "house:1", "medtop:a b", "medtop:<x>"):
        assert STANDARD.iri(broken) is None
    own = parse(
        b'<i><catalog><scheme alias="medtop" uri="http://e.example/t#"/><scheme alias="x" uri="file:/"/></catalog></i>',
        "o",
    )
    assert catalog_of(own).iri("medtop:1") == "http://e.example/t#1"
    assert catalog_of(own).iri("x:1") is None
    assert (code("stat:usable"), code("a:b:c"), code(None)) == ("usable", "b:c", "")


# ---- messages ----------------------------------------------------------------------------------------------------

MESSAGE = f"""<newsMessage {SPACE} xml:lang="de">
 <header>
  <sent>2026-03-12T12:00:00Z</sent>
  <catalog><scheme alias="house" uri="http://e.example/house/"/></catalog></header>
 <itemSet>
  <newsItem guid="urn:a" version="1">
   <contentMeta><headline>Eins</headline><subject qcode="house:7"/></contentMeta>
  </newsItem>
  <packageItem guid="urn:p"><groupSet><group><itemRef residref="urn:a"/></group></groupSet></packageItem>
  <newsItem guid="urn:a" version="2" xml:lang="en">
   <catalogRef href="x"/><contentMeta><headline>Two</headline></contentMeta>
  </newsItem>
  <newsItem><contentMeta><headline>Drei</headline></contentMeta></newsItem>
 </itemSet>
</newsMessage>"""


def _taken(data: bytes, *, limit: int = 10**6) -> list[Document | Unread]:
    given = replace(_document(b""), origin="drop/m.xml")
    return list(NewsMessage().documents(io.BytesIO(data), given, limit=limit))


def test_a_message_gives_each_item_once_as_a_document_that_stands_for_itself() -> None:
    taken = _taken(MESSAGE.encode())
    documents = [one for one in taken if isinstance(one, Document)]
    assert len(documents) == len(taken) == 4
    assert [one.key for one in documents] == ["guid:wire/urn:a", "guid:wire/urn:p", "guid:wire/urn:a", "path:s/a.xml#4"]
    assert [one.origin for one in documents] == [f"drop/m.xml#{place}" for place in ("urn:a", "urn:p", "urn:a", "4")]
    articles = [article for one in documents for article in read(one)]
    assert [(one.headline, one.kind, one.language) for one in articles] == [
        ("Eins", "article", "de"),
        ("", "package", "de"),
        ("Two", "article", "en"),
        ("Drei", "article", "de"),
    ]
    assert articles[0].keywords == (Keyword("7", "http://e.example/house/7"),)
    assert [(one.headline, one.keywords) for one in NewsMLReader().read(_document(MESSAGE))] == [
        (one.headline, one.keywords) for one in articles
    ]


def test_a_message_is_recognised_and_a_single_item_is_none() -> None:
    message = NewsMessage()
    assert message.recognises(MESSAGE.encode(), None) == 1.0
    assert message.recognises(f"<batch><x/><newsItem {SPACE} guid='a'/>".encode(), None) == 0.8
    assert message.recognises(FULL.encode(), None) == 0.0
    assert message.recognises(b"<rss/>", None) == 0.0


def test_items_in_a_wrapper_of_any_name_are_taken_apart() -> None:
    other = _item().replace('guid="g"', 'guid="h"')
    data = f"<batch>{_item()}{other}</batch>".encode()
    assert [one.key for one in _taken(data) if isinstance(one, Document)] == ["guid:wire/g", "guid:wire/h"]


def test_stories_in_nitf_that_lie_in_one_file_are_taken_apart() -> None:
    head = '<head><docdata><doc-id id-string="nw-1"/></docdata></head>'
    stories = NITF.replace("<body>", head + "<body>", 1) + NITF
    data = f'<?xml version="1.0"?><stories xml:lang="de">{stories}</stories>'.encode()
    assert NewsMessage().recognises(data, None) == 0.8
    assert NewsMessage().recognises(NITF.encode(), None) == 0.0
    documents = [one for one in _taken(data) if isinstance(one, Document)]
    assert [one.key for one in documents] == ["guid:wire/nw-1", "path:s/a.xml#2"]
    assert [(one.body, one.language) for part in documents for one in read(part)] == [("One.\n\nTwo.", "de")] * 2


def test_an_empty_message_holds_nothing() -> None:
    assert _taken(f"<newsMessage {SPACE}><itemSet/></newsMessage>".encode()) == []
    assert NewsMLReader().read(_document(f"<newsMessage {SPACE}><itemSet/></newsMessage>")) == ()


def test_a_message_that_is_cut_off_keeps_the_items_before_the_cut() -> None:
    first, second, last = _taken(MESSAGE.encode()[: MESSAGE.index("Two")])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert isinstance(last, Unread)
    assert "cut off" in str(last.error)


def test_an_item_over_the_limit_is_said_and_the_others_are_taken() -> None:
    big = _item(content=f"<headline>{'x' * 5000}</headline>")
    taken = _taken(
        f"<newsMessage {SPACE}><itemSet>{_item()}{big}{_item()}</itemSet></newsMessage>".encode(), limit=2000
    )
    assert [type(one) for one in taken] == [Document, Unread, Document]
    assert isinstance(taken[1], Unread)
    assert isinstance(taken[1].error, TooLarge)
    huge = _item(content=f"<headline>{'x' * 400_000}</headline>")
    (one,) = _taken(f"<newsMessage {SPACE}><itemSet>{huge}".encode(), limit=2000)
    assert isinstance(one, Unread)
    assert isinstance(one.error, TooLarge)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_a_message_is_read_in_its_encoding(encoding: str) -> None:
    declared = {"latin-1": "ISO-8859-1", "utf-8": "UTF-8", "utf-8-sig": "UTF-8"}.get(encoding, "UTF-16")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + MESSAGE.replace("Eins", "Größe&nbsp;" + "ü" * 70_000)
    first = _taken(text.encode(encoding))[0]
    assert isinstance(first, Document)
    assert read(first)[0].headline == "Größe " + "ü" * 70_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'<!DOCTYPE newsMessage [<!ENTITY a "b">]><newsMessage>&a;</newsMessage>',
        b"<!DOCTYPE newsMessage [<!-- " + b"x" * 100_000 + b' --><!ENTITY a "b">]><newsMessage>&a;</newsMessage>',
        b"<!-- " + b"x" * 100_000 + b' --><!DOCTYPE a [<!ENTITY a "b">]><newsMessage>&a;</newsMessage>',
        b"<newsMessage>" + b"<a>" * 200_000,
        b"<newsMessage>\xff</newsMessage>",
        b"<newsMessage>\0</newsMessage>",
        b"<newsMessage>" + b"<a/>" * 3_000_000 + b"</newsMessage>",
    ],
    ids=["empty", "entity", "long subset", "long comment", "deep", "encoding", "NUL", "many elements"],
)
def test_a_hostile_message_is_one_clear_refusal(data: bytes) -> None:
    (one,) = _taken(data)
    assert isinstance(one, Unread)
    assert str(one.error).startswith("drop/m.xml")


# ---- hostile items -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        f'<!DOCTYPE newsItem [<!ENTITY a "b">]><newsItem {SPACE}><a>&a;</a></newsItem>'.encode(),
        f"<newsItem {SPACE}>".encode() + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</newsItem>",
        FULL.encode()[:1500],
        f'<?xml version="1.0" encoding="UTF-8"?><newsItem {SPACE}>é</newsItem>'.encode("latin-1"),
        f'<newsItem {SPACE} guid="{"x" * 11_000_000}"/>'.encode(),
    ],
    ids=["entity", "deep", "cut off", "encoding", "huge attribute"],
)
def test_a_hostile_item_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        read(_document(data))


def test_another_root_is_not_taken() -> None:
    document = _document("<rss><channel/></rss>")
    assert NewsMLReader().recognises(document) == 0.0
    with pytest.raises(InvalidFormat, match="begins with <newsItem> or <newsMessage>"):
        NewsMLReader().read(document)
    assert NewsMLReader().recognises(_document('<newsItem xmlns="urn:other"/>')) == 0.0


def test_deep_mark_up_in_a_story_is_read_in_bounded_depth() -> None:
    body = f"<inlineXML><div {XHTML}>{'<div>' * 230}<p>Deep words.</p>{'</div>' * 230}</div></inlineXML>"
    assert _read(_item(body=body)).body == "Deep words."
