"""NewsML 1.x items become articles, alone and in messages."""

from __future__ import annotations

import io

import pytest

from kg.errors import InputError, InvalidFormat
from kg.extract import read
from kg.extract.newsml import NewsMessage
from kg.extract.newsml1 import NewsML1Reader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Status

ITEM = """<NewsItem xml:lang="en">
 <Identification>
  <NewsIdentifier>
   <ProviderId>northwire.example</ProviderId><DateId>20260312</DateId><NewsItemId>HARBOUR</NewsItemId>
   <RevisionId PreviousRevision="1" Update="N">2</RevisionId>
   <PublicIdentifier>urn:newsml:northwire.example:20260312:HARBOUR:2N</PublicIdentifier>
  </NewsIdentifier>
 </Identification>
 <NewsManagement>
  <NewsItemType FormalName="News"/>
  <FirstCreated>20260312T101500+0100</FirstCreated><ThisRevisionCreated>20260312T120000+0100</ThisRevisionCreated>
  <Status FormalName="Usable"/>
 </NewsManagement>
 <NewsComponent>
  <NewsLines><CopyrightLine>Copyright 2026 North Wire</CopyrightLine></NewsLines>
  <AdministrativeMetadata><Source><Party FormalName="Port Authority"/></Source></AdministrativeMetadata>
  <DescriptiveMetadata>
   <Language FormalName="en-GB"/>
   <SubjectCode><SubjectMatter FormalName="11006000"/></SubjectCode>
   <SubjectCode><Subject FormalName="PORTS"/></SubjectCode>
   <Property FormalName="Keyword" Value="harbour"/>
   <Property FormalName="Keyword" Value="Somebody" Role="PersonInImage"/>
  </DescriptiveMetadata>
  <NewsComponent>
   <Role FormalName="Main"/>
   <NewsLines>
    <HeadLine>Council votes to widen the harbour</HeadLine><SubHeadLine>Seven in favour</SubHeadLine>
    <ByLine>By Ana Reis and Bo Lund</ByLine><DateLine>OSTERHAVN, March 12 (NW) -</DateLine>
    <NewsLine><NewsLineType FormalName="AdvisoryLine"/><NewsLineText>Updates with result</NewsLineText></NewsLine>
    <KeywordLine>Osterhavn; port</KeywordLine>
   </NewsLines>
   <ContentItem>
    <MediaType FormalName="Text"/><Format FormalName="NITF"/>
    <DataContent><nitf><body><body.content><p>The council voted on Thursday.</p><hl2>Next</hl2>
     <p>Work starts in May.</p><p>ar-bl/fz</p></body.content></body></nitf></DataContent>
   </ContentItem>
  </NewsComponent>
  <NewsComponent>
   <Role FormalName="Photo"/>
   <NewsLines><CreditLine>Cem Aslan/NW</CreditLine></NewsLines>
   <NewsComponent><Role FormalName="Caption"/><ContentItem><MediaType FormalName="Text"/>
    <DataContent><p>Cranes in the old harbour, which are to be taken down before work begins.</p></DataContent>
   </ContentItem></NewsComponent>
   <NewsComponent><Role FormalName="Thumbnail"/><ContentItem Href="https://n.example/t.jpg">
    <MediaType FormalName="Photo"/><Characteristics><Property FormalName="Width" Value="90"/></Characteristics>
   </ContentItem></NewsComponent>
   <NewsComponent><Role FormalName="HighDef"/><ContentItem Href="https://n.example/h.jpg">
    <MediaType FormalName="Photo"/><Characteristics><Property FormalName="Width" Value="900"/></Characteristics>
   </ContentItem></NewsComponent>
  </NewsComponent>
  <NewsComponent><Role FormalName="Logo"/><ContentItem Href="https://n.example/logo.png">
   <MimeType FormalName="image/png"/></ContentItem></NewsComponent>
 </NewsComponent>
</NewsItem>"""
CHANGE = (
    '<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20260312T180000Z</DateAndTime>'
    "</StatusWillChange>"
)
ENVELOPE = '<NewsEnvelope><SentFrom><Party FormalName="North Wire"/></SentFrom></NewsEnvelope>'
WHOLE = f'<!DOCTYPE NewsML SYSTEM "http://127.0.0.1:9/NewsML_1.2.dtd">\n<NewsML Version="1.2">{ENVELOPE}{ITEM}</NewsML>'


def _document(text: str | bytes) -> Document:
    return Document(text.encode() if isinstance(text, str) else text, "path:s/a.xml", "a.xml")


def _read(text: str | bytes) -> Article:
    (article,) = read(_document(text))
    return article


def _item(management: str = "", component: str = "") -> str:
    return f"<NewsML><NewsItem><NewsManagement>{management}</NewsManagement>{component}</NewsItem></NewsML>"


def _text(words: str, role: str = "Main", mime: str = "text/plain") -> str:
    return (
        f'<NewsComponent><Role FormalName="{role}"/><ContentItem><MimeType FormalName="{mime}"/>'
        f"<DataContent>{words}</DataContent></ContentItem></NewsComponent>"
    )


def test_every_field_is_read_from_the_component_nearest_to_the_text() -> None:
    article = _read(WHOLE)
    assert article.identifier == "urn:newsml:northwire.example:20260312:HARBOUR"
    assert article.headline == "Council votes to widen the harbour"
    assert article.alternative_headline == "Seven in favour"
    assert article.paragraphs == (Paragraph("The council voted on Thursday."), Paragraph("Work starts in May."))
    assert article.dropped == ("Next", "ar-bl/fz")
    assert article.authors == (Author("Ana Reis"), Author("Bo Lund"))
    assert article.publisher == "North Wire"
    assert article.date_published == "2026-03-12T10:15:00+01:00"
    assert article.date_modified == "2026-03-12T12:00:00+01:00"
    assert article.language == "en-GB"
    assert article.dateline == "OSTERHAVN, March 12 (NW)"
    assert article.copyright_notice == "Copyright 2026 North Wire"
    assert article.note == "Updates with result"
    assert article.keywords == (
        Keyword("11006000", "http://cv.iptc.org/newscodes/subjectcode/11006000"),
        Keyword("PORTS"),
        Keyword("harbour"),
        Keyword("Osterhavn"),
        Keyword("port"),
    )
    caption = "Cranes in the old harbour, which are to be taken down before work begins."
    assert article.images == (Image(caption, "Cem Aslan/NW", "https://n.example/h.jpg"),)
    assert (article.kind, article.status, article.embargo) == ("article", Status.USABLE, None)
    assert dict(article.won)["headline"] == "NewsLines/HeadLine"


def test_the_text_is_the_one_with_the_role_of_a_text() -> None:
    body = _text("A long note on the company that sends this and on what it does.", "Boilerplate")
    body += _text("p {color: red} p {color: red} p {color: red}", "Main", "text/css")
    body += _text("The council voted.", "Body") + _text("Some more words that nobody gave a role to.", "")
    assert _read(_item(component=f"<NewsComponent>{body}</NewsComponent>")).body == "The council voted."


def test_of_the_same_text_in_two_languages_the_first_is_read() -> None:
    body = _text("The council voted on Thursday.") + _text("Der Rat hat am Donnerstag abgestimmt.")
    assert _read(_item(component=f"<NewsComponent>{body}</NewsComponent>")).body == "The council voted on Thursday."


@pytest.mark.parametrize(
    ("words", "paragraphs"),
    [
        ('<html xmlns="http://www.w3.org/1999/xhtml"><body><p>One.</p><p>Two.</p></body></html>', ["One.", "Two."]),
        ("<![CDATA[<p>One.</p><p>Two.</p>]]>", ["One.", "Two."]),
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("<p>One.</p><p>Two.</p>", ["One.", "Two."]),
    ],
)
def test_the_body_is_read_in_every_form_it_comes_in(words: str, paragraphs: list[str]) -> None:
    assert [one.text for one in _read(_item(component=_text(words))).paragraphs] == paragraphs


@pytest.mark.parametrize(
    ("management", "status", "embargo"),
    [
        ("", Status.USABLE, None),
        ('<Status FormalName="Canceled"/>', Status.CANCELED, None),
        ('<Status FormalName="Withheld"/>', Status.WITHHELD, None),
        ('<Status FormalName="Embargoed"/>', Status.WITHHELD, None),
        ('<Status FormalName="Somehow"/>', Status.WITHHELD, None),
        ('<Status FormalName="Embargoed"/>' + CHANGE, Status.USABLE, "2026-03-12T18:00:00Z"),
    ],
)
def test_status_and_embargo_are_what_the_item_states(management: str, status: Status, embargo: str | None) -> None:
    article = _read(_item(management))
    assert (article.status, article.embargo) == (status, embargo)


@pytest.mark.parametrize(
    ("component", "kind"),
    [
        ('<NewsComponent><ContentItem Href="x"><MediaType FormalName="Video"/></ContentItem></NewsComponent>', "video"),
        (
            '<NewsComponent><ContentItem Href="x"><MediaType FormalName="Photo"/></ContentItem></NewsComponent>',
            "picture",
        ),
        ('<NewsComponent><NewsItemRef NewsItem="urn:x"/></NewsComponent>', "package"),
        ("", "article"),
    ],
)
def test_what_is_no_text_is_read_with_its_kind(component: str, kind: str) -> None:
    assert _read(_item(component=component)).kind == kind


def test_a_message_gives_each_item_once_as_a_document_that_stands_for_itself() -> None:
    other = ITEM.replace("HARBOUR", "BRIDGE")
    data = f"<NewsML>{ENVELOPE}{ITEM}{other}</NewsML>".encode()
    assert NewsMessage().recognises(data, None) == 1.0
    taken = list(NewsMessage().documents(io.BytesIO(data), _document(b""), limit=10**6))
    documents = [one for one in taken if isinstance(one, Document)]
    assert [one.key for one in documents] == [
        f"guid:default/urn:newsml:northwire.example:20260312:{name}" for name in ("HARBOUR", "BRIDGE")
    ]
    assert len(taken) == 2
    assert [NewsMessage().recognises(one.data, None) for one in documents] == [0.0, 0.0]
    assert [article for one in documents for article in read(one)] == list(read(_document(data)))


@pytest.mark.parametrize(
    "data",
    [
        WHOLE.encode()[:1200],
        b'<!DOCTYPE NewsML [<!ENTITY a "b">]><NewsML>&a;</NewsML>',
        b"<NewsML>" + b"<NewsComponent>" * 100_000,
        b"<NewsML>\xff</NewsML>",
    ],
    ids=["cut off", "entity", "deep", "encoding"],
)
def test_what_is_broken_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        read(_document(data))


def test_another_root_is_not_taken() -> None:
    assert NewsML1Reader().recognises(_document("<newsItem/>")) == 0.0
    with pytest.raises(InvalidFormat, match="begins with <NewsML>"):
        NewsML1Reader().read(_document("<rss/>"))
