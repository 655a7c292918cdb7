"""RSS and Atom: each item a document that stands for itself, and an article of what the item says."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from kg.errors import IncompleteArticle, InputError, InvalidFormat
from kg.extract.feed import FeedContainer, FeedReader
from kg.extract.pubdate import pubdate
from kg.extract.tag import tag
from kg.model import Article, Author, Document, Gone, Image, Keyword, Paragraph, Source, Status, Unread

GIVEN = Document(b"", "path:velmar/feed.xml", "feed.xml", Source("velmar"))
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:dcterms="http://purl.org/dc/terms/"'
)
LONG = "The council of Velmar met on Tuesday and spoke for three hours about the old harbour wall, which leans. "


def rss(items: str, channel: str = "<title>Velmar Post</title><link>https://velmar.example/</link>") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0" {SPACES}><channel>{channel}\n{items}</channel></rss>'


def atom(entries: str, feed: str = "<title>Velmar Bote</title>", attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{feed}{entries}</feed>'


def parts(feed: str | bytes, *, limit: int = 10**6) -> list[Document | Unread | Gone]:
    data = feed.encode() if isinstance(feed, str) else feed
    return [*FeedContainer().documents(io.BytesIO(data), GIVEN, limit=limit)]


def documents(feed: str | bytes) -> list[Document]:
    return [one for one in parts(feed) if isinstance(one, Document)]


def articles(feed: str | bytes) -> list[Article]:
    return [one for document in documents(feed) for one in FeedReader().read(document)]


def item(inner: str) -> Article:
    (made,) = articles(rss(f"<item>{inner}</item>"))
    return made


def entry(inner: str, **more: str) -> Article:
    (made,) = articles(atom(f"<entry>{inner}</entry>", **more))
    return made


# ---- what is a feed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<rss version="2.0">',
        '\ufeff<?xml version="1.0"?><!-- a --><rss>',
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://n.example/rss-0.91.dtd"><rss version="0.91">',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom">',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#">',
        '<entry xmlns="http://www.w3.org/2005/Atom">',
        "<feed><title>x</title>",
    ],
)
def test_feeds_of_every_kind_are_recognised(head: str) -> None:
    assert FeedContainer().recognises(head.encode(), "text/html") > 0.9
    assert FeedContainer().recognises(head.encode("utf-16"), None) > 0.9


@pytest.mark.parametrize(
    "head",
    [
        "<html><body><rss>",
        "<nitf>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/>',
        '<entry xmlns="http://example.org/other">',
        '{"version": "https://jsonfeed.org/version/1"}',
        "rss feeds are old",
        "",
    ],
)
def test_what_is_no_feed_is_left_to_others(head: str) -> None:
    assert FeedContainer().recognises(head.encode(), "application/rss+xml") == 0


# ---- items as documents -------------------------------------------------------------------------------------------


def test_an_item_becomes_a_feed_of_its_own_that_can_be_read_alone() -> None:
    channel = (
        "<title>Velmar Post</title><link>https://velmar.example/</link><language>en-gb</language>"
        "<copyright>Velmar Press</copyright><lastBuildDate>Tue, 10 Mar 2026 14:05:00 GMT</lastBuildDate><ttl>5</ttl>"
    )
    (one,) = documents(rss("<item><title>Wall</title><guid>g-1</guid></item>", channel))
    assert one.key == "guid:velmar/g-1"
    assert one.origin == "feed.xml#1"
    assert one.media_type == "application/rss+xml"
    assert b"lastBuildDate" not in one.data
    assert b"<ttl>" not in one.data
    (made,) = FeedReader().read(one)
    assert (made.headline, made.publisher, made.language) == ("Wall", "Velmar Post", "en-GB")
    assert made.copyright_notice == "Velmar Press"


def test_an_unchanged_item_has_the_same_bytes_whatever_changed_around_it() -> None:
    first = "<item><title>Wall &amp; sea</title><guid>g-1</guid><slash:comments>3</slash:comments></item>"
    later = first.replace(">3<", ">77<").replace("Wall &amp; sea", "<![CDATA[Wall & sea]]>")
    other = "<item><title>Newer</title><guid>g-2</guid></item>\n\n"
    before = documents(rss(first, "<title>Post</title><lastBuildDate>Mon, 9 Mar 2026</lastBuildDate>"))
    after = documents(rss(other + later, "<lastBuildDate>Tue, 10 Mar 2026</lastBuildDate><title>Post</title>"))
    assert before[0].data == after[1].data


def test_an_item_taken_out_of_its_own_document_is_the_same_document() -> None:
    feeds = [
        rss(
            "<item><title>A &amp; B</title><guid>g</guid><content:encoded><![CDATA[<p>x</p>]]></content:encoded></item>"
        ),
        atom(
            "<entry><title>A</title><id>1</id><link href='/a'/><thr:x xmlns:thr='urn:x'/></entry>",
            attributes='xml:lang="de"',
        ),
    ]
    for feed in feeds:
        (one,) = documents(feed)
        assert documents(one.data) == [one]


def test_an_item_cut_out_of_a_broken_feed_has_the_same_bytes_too() -> None:
    good = "<item><title>Wall</title><guid>g-1</guid><dc:creator>Ana Reis</dc:creator></item>"
    whole, broken = documents(rss(good)), documents(rss(good + "<item><title>half"))
    assert whole[0].data == broken[0].data


@pytest.mark.parametrize(
    ("inner", "key", "origin"),
    [
        ("<guid> g-1 </guid><link>https://velmar.example/1</link>", "guid:velmar/g-1", "https://velmar.example/1"),
        ("<link>/1</link>", "url:velmar/https://velmar.example/1", "https://velmar.example/1"),
        ("<guid>https://velmar.example/g</guid>", "guid:velmar/https://velmar.example/g", "https://velmar.example/g"),
    ],
)
def test_the_key_of_an_item_is_its_guid_or_else_its_link(inner: str, key: str, origin: str) -> None:
    (one,) = documents(rss(f"<item><title>Wall</title>{inner}</item>"))
    assert (one.key, one.origin) == (key, origin)


def test_an_item_without_guid_and_link_is_known_by_its_bytes() -> None:
    one, two = documents(rss("<item><title>Wall</title></item><item><title>Sea</title></item>"))
    assert one.key.startswith("path:velmar/feed.xml#")
    assert len(one.key) == len("path:velmar/feed.xml#") + 16
    assert one.key != two.key
    assert two.origin == "feed.xml#2"


def test_a_guid_that_several_addresses_share_is_no_identity() -> None:
    made = documents(
        rss(
            "<item><title>A</title><guid>0</guid><link>https://velmar.example/a</link></item>"
            "<item><title>B</title><guid>0</guid><link>https://velmar.example/b</link></item>"
        )
    )
    assert [one.key for one in made] == ["url:velmar/https://velmar.example/a", "url:velmar/https://velmar.example/b"]
    assert FeedReader().read(made[0])[0].identifier is None


def test_of_an_entry_that_is_there_in_two_versions_the_newest_is_taken() -> None:
    old = "<entry><id>e</id><title>Old</title><updated>2026-03-01T10:00:00Z</updated></entry>"
    new = "<entry><id>e</id><title>New</title><updated>2026-03-02T10:00:00Z</updated></entry>"
    assert [one.headline for one in articles(atom(old + new))] == ["New"]
    assert [one.headline for one in articles(atom(new + old))] == ["New"]


def test_an_item_that_says_nothing_is_said_and_the_rest_goes_on() -> None:
    made = parts(rss("<item></item><item><title>Wall</title></item>"))
    assert isinstance(made[0], Unread)
    assert isinstance(made[0].error, IncompleteArticle)
    assert isinstance(made[1], Document)


def test_an_item_above_the_limit_is_said_and_the_rest_goes_on() -> None:
    feed = rss(f"<item><title>{'x' * 5000}</title></item><item><title>Wall</title></item>")
    made = parts(feed, limit=2000)
    assert isinstance(made[0], Unread)
    assert "limit" in made[0].error.reason
    assert isinstance(made[1], Document)


def test_tombstones_of_atom_say_what_is_gone() -> None:
    deleted = (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:velmar.example,2026:7"'
        ' when="2026-03-10T09:00:00Z"><at:comment>Published in error</at:comment></at:deleted-entry>'
    )
    (gone,) = parts(atom(deleted))
    assert isinstance(gone, Gone)
    assert gone.keys == ("guid:velmar/tag:velmar.example,2026:7",)
    assert "Published in error" in gone.reason


# ---- feeds that are broken ----------------------------------------------------------------------------------------


def test_bare_ampersands_and_entities_of_html_are_mended_for_the_whole_feed() -> None:
    made = articles(rss("<item><title>Sea & wall &amp; sand &eacute; &no; &#X41;&#11;&#55357;&#56832;</title></item>"))
    assert [one.headline for one in made] == ["Sea & wall & sand é &no; A😀"]


def test_an_item_that_is_no_xml_is_lost_alone_and_its_line_said() -> None:
    feed = rss("<item><title>One</title></item>\n<item><title>x</titel></item>\n<item><title>Three</title></item>")
    made = parts(feed)
    assert [type(one) for one in made] == [Document, Unread, Document]
    assert isinstance(made[1], Unread)
    assert made[1].error.line == 4
    assert "mismatch: title and titel" in made[1].error.reason
    assert made[1].document is not None
    assert made[1].document.data == b"<item><title>x</titel></item>"


def test_markup_that_is_left_open_inside_an_item_is_read_as_feed_readers_do() -> None:
    feed = rss(
        "<item><title>Wall</title><link>https://velmar.example/1</link>"
        "<description>The <b>wall fell.<br> Nobody was hurt.</description></item>"
    )
    (made,) = articles(feed)
    assert made.headline == "Wall"
    assert made.abstract == "The wall fell. Nobody was hurt."
    assert made.publisher == "Velmar Post"


@pytest.mark.parametrize("cut", [3, 30, 80, 140, 200])
def test_a_feed_that_is_cut_off_gives_what_is_whole_and_says_what_is_not(cut: int) -> None:
    items = "".join(f"<item><title>Item {n}</title><guid>g-{n}</guid></item>\n" for n in range(9))
    feed = rss(items)
    made = parts(feed[:-cut])
    whole = [one for one in made if isinstance(one, Document)]
    assert len(whole) == feed[:-cut].count("</item>")
    assert isinstance(made[-1], Unread)
    assert len(made) == len(whole) + 1


def test_items_written_in_cdata_are_no_items() -> None:
    feed = rss(
        "<item><title><![CDATA[<item> in a title]]></title></item>"
        "<item><title>x & y</title><link>https://velmar.example/2</link><bad></item>"
    )
    made = parts(feed)
    assert [type(one) for one in made] == [Document, Document]


def test_a_feed_that_declares_entities_is_refused_whole() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + rss("<item><title>&b;</title></item>")[22:]
    (made,) = parts(bomb)
    assert isinstance(made, Unread)
    assert "entities" in made.error.reason


def test_an_external_file_is_never_read(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    with open(secret, "w") as file:  # noqa: PTH123
        file.write("hidden words")
    feed = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss><channel><item><title>&x;</title></item></channel></rss>'
    assert all(isinstance(one, Unread) for one in parts(feed))


@pytest.mark.parametrize(
    "feed",
    [
        b"<rss",
        b"<rss></rss>",
        b"<rss><channel></channel></rss>",
        b"<rss version='2.0'>" + b"<channel>" * 5000,
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry>" * 3000,
        b"<rss><channel><item>" * 500,
        b"<rss><channel>" + b"<item><title>a</title>" * 3000,
        b"<rss><channel><item><title>" + b"&" * 100_000 + b"</title></item></channel></rss>",
        b"<rss><channel><item><title><![CDATA[" + b"<![CDATA[" * 20_000,
        b"<rss><channel><item><title>\xff\xfe\x00</title></item></channel></rss>",
        b"<?xml version='1.0' encoding='utf-32'?><rss><channel><item><title>a</title></item></channel></rss>",
        b"<?xml version='1.0' encoding='nonsense'?><rss><channel><item><title>a</title></item></channel></rss>",
    ],
)
def test_hostile_feeds_end_in_documents_or_words_about_them(feed: bytes) -> None:
    for one in parts(feed):
        if isinstance(one, Document):
            assert FeedReader().read(one)
        else:
            assert isinstance(one, Unread)
            assert isinstance(one.error, InputError)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "koi8-r"])
def test_feeds_are_read_in_the_encoding_they_declare(encoding: str) -> None:
    title = "Стена" if encoding.startswith("koi8") else "Mauer é"
    feed = rss(f"<item><title>{title}</title></item>").replace(
        'version="1.0"?', f'version="1.0" encoding="{encoding.removesuffix("-sig")}"?'
    )
    assert [one.headline for one in articles(feed.encode(encoding))] == [title]


def test_a_reader_that_meets_a_broken_item_says_so() -> None:
    with pytest.raises(InvalidFormat):
        FeedReader().read(Document(rss("<item><title>half").encode(), "k", "o"))
    with pytest.raises(IncompleteArticle):
        FeedReader().read(Document(rss("").encode(), "k", "o"))


# ---- what an RSS item says ----------------------------------------------------------------------------------------


def test_title_loses_its_markup_and_is_unescaped() -> None:
    assert item("<title>&lt;b&gt;Tom&lt;/b&gt; &amp;amp; Ann&amp;#8217;s</title>").headline == "Tom & Ann’s"
    assert item("<title><![CDATA[ 1 < 2 &amp; 3 ]]></title>").headline == "1 < 2 & 3"


def test_description_beside_content_is_the_abstract() -> None:
    made = item(
        "<title>W</title><description>&lt;p&gt;In short. [&amp;#8230;]&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[<p>One &amp; two.</p><blockquote>Three.</blockquote>"
        "<p>The post <a href='x'>W</a> appeared first on <a href='y'>Velmar</a>.</p>]]></content:encoded>"
    )
    assert made.abstract == "In short."
    assert made.paragraphs == (Paragraph("One & two."), Paragraph("Three.", "quote"))
    assert made.dropped == ("The post W appeared first on Velmar.",)
    assert dict(made.won)["paragraphs"] == "content:encoded"


def test_a_description_alone_is_the_abstract_and_there_is_no_body() -> None:
    made = item("<title>W</title><description>In short.</description>")
    assert (made.abstract, made.paragraphs) == ("In short.", ())
    assert dict(made.won)["paragraphs"].startswith("none")


def test_a_description_that_holds_the_whole_text_is_the_body() -> None:
    text = f"<p>{LONG * 4}</p>" * 4
    made = item(f"<title>W</title><description><![CDATA[{text}]]></description>")
    assert (made.abstract, len(made.paragraphs)) == (None, 4)


def test_the_same_text_twice_is_no_abstract() -> None:
    made = item("<title>W</title><description>One.</description><content:encoded>One.</content:encoded>")
    assert (made.abstract, made.body) == (None, "One.")


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ("<author>desk@velmar.example (Ana Reis)</author>", ["Ana Reis"]),
        ("<author>Ana Reis &lt;ana@velmar.example&gt;</author>", ["Ana Reis"]),
        ("<author>ana@velmar.example</author>", []),
        ("<dc:creator>By Ana Reis and Bo Lund</dc:creator>", ["Ana Reis", "Bo Lund"]),
        ("<dc:creator>Ana Reis</dc:creator><dc:creator>Bo Lund</dc:creator>", ["Ana Reis", "Bo Lund"]),
        ("<dc:creator>admin</dc:creator>", []),
        ("<atom:author><atom:name>Ana Reis</atom:name></atom:author>", ["Ana Reis"]),
        ("<author>x@y.example (Mia Holm)</author><dc:creator>Ana Reis</dc:creator>", ["Ana Reis"]),
    ],
)
def test_authors_are_people_without_their_mail_addresses(inner: str, names: list[str]) -> None:
    assert [one.name for one in item(f"<title>W</title>{inner}").authors] == names


def test_the_address_is_the_link_or_what_feedburner_replaced_or_a_guid_that_is_one() -> None:
    assert item("<title>W</title><link> https://velmar.example/a </link>").url == "https://velmar.example/a"
    assert (
        item(
            "<title>W</title><link>https://feeds.example/~r/1</link>"
            "<feedburner:origLink>https://velmar.example/a</feedburner:origLink>"
        ).url
        == "https://velmar.example/a"
    )
    assert item("<title>W</title><guid>https://velmar.example/a</guid>").url == "https://velmar.example/a"
    assert item("<title>W</title><guid isPermaLink='false'>https://velmar.example/a</guid>").url is None
    assert item("<title>W</title><link>news/a</link>").url == "https://velmar.example/news/a"
    assert item("<title>W</title><link>javascript:alert(1)</link>").url is None


def test_dates_and_categories_and_rights() -> None:
    made = item(
        "<title>W</title><pubDate>Tue, 10 Mar 2026 09:05:00 EST</pubDate>"
        "<dcterms:modified>2026-03-11T08:00:00+01:00</dcterms:modified><category>Harbour</category>"
        "<category domain='https://velmar.example/topics/'>Sea wall</category><category>Uncategorized</category>"
        "<category>harbour</category><category>https://velmar.example/topics/storm</category>"
        "<dc:rights>© Velmar</dc:rights>"
    )
    assert made.date_published == "2026-03-10T14:05:00Z"
    assert made.date_modified == "2026-03-11T08:00:00+01:00"
    assert made.keywords == (
        Keyword("Harbour"),
        Keyword("Sea wall"),
        Keyword("storm", "https://velmar.example/topics/storm"),
    )
    assert made.copyright_notice == "© Velmar"


def test_a_bad_date_is_absent() -> None:
    made = item("<title>W</title><pubDate>soon</pubDate>")
    assert made.date_published is None
    assert "date_published" not in dict(made.won)


def test_pictures_of_media_rss_have_their_caption_and_credit() -> None:
    made = item(
        "<title>W</title><media:group>"
        "<media:content url='https://velmar.example/s.jpg' type='image/jpeg' width='100'/>"
        "<media:content url='https://velmar.example/l.jpg' type='image/jpeg' width='900'>"
        "<media:credit>Photo: Ana Reis</media:credit><media:description>The wall</media:description></media:content>"
        "</media:group><media:content url='https://velmar.example/v.mp4' type='video/mp4'/>"
        "<content:encoded><![CDATA[<p>A</p><img src='/l.jpg' alt='wall'><img src='/b.jpg'>]]></content:encoded>"
    )
    assert made.images == (
        Image("The wall", "Ana Reis", "https://velmar.example/l.jpg", "wall"),
        Image(url="https://velmar.example/b.jpg"),
    )
    assert made.hero


def test_one_picture_in_several_sizes_is_one_picture() -> None:
    made = item(
        "<title>W</title>"
        + "".join(
            f"<media:content url='https://velmar.example/{width}.jpg' width='{width}'>"
            "<media:credit>Photograph: Ana Reis/Velmar</media:credit></media:content>"
            for width in (140, 700, 460)
        )
    )
    assert made.images == (Image(None, "Ana Reis/Velmar", "https://velmar.example/700.jpg"),)


def test_a_thumbnail_counts_where_there_is_no_picture_and_an_enclosure_too() -> None:
    thumb = item("<title>W</title><media:thumbnail url='https://velmar.example/t.jpg'/>")
    assert thumb.images == (Image(url="https://velmar.example/t.jpg"),)
    enclosed = item("<title>W</title><enclosure url='https://velmar.example/e.jpg' type='image/jpeg' length='1'/>")
    assert enclosed.images == (Image(url="https://velmar.example/e.jpg"),)
    assert item("<title>W</title><enclosure url='https://velmar.example/e.mp3' type='audio/mpeg'/>").images == ()


def test_relative_addresses_in_a_text_lie_beside_its_own_page() -> None:
    text = "<content:encoded>&lt;img src='i.jpg'&gt;</content:encoded>"
    made = item(f"<title>W</title><link>https://other.example/2026/wall.html</link>{text}")
    assert made.images[0].url == "https://other.example/2026/i.jpg"
    assert item(f"<title>W</title>{text}").images[0].url == "https://velmar.example/i.jpg"


def test_the_portrait_of_an_author_is_no_picture_of_the_article() -> None:
    made = item(
        "<title>W</title><dc:creator>Ana Reis</dc:creator><media:content url='https://a.example/1.jpg' medium='image'>"
        "<media:title type='html'>Ana Reis</media:title></media:content>"
    )
    assert made.images == ()


def test_rss_1_items_beside_the_channel_are_read() -> None:
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://velmar.example/">'
        "<title>Velmar</title><link>https://velmar.example/</link><dc:language>fr</dc:language>"
        '<items><rdf:Seq><rdf:li resource="https://velmar.example/1"/></rdf:Seq></items></channel>'
        '<item rdf:about="https://velmar.example/1"><title>Mur</title><link>https://velmar.example/1</link>'
        "<dc:creator>Ana Reis</dc:creator><dc:date>2026-03-01T10:00+01:00</dc:date></item></rdf:RDF>"
    )
    (made,) = articles(feed)
    assert (made.headline, made.publisher, made.language) == ("Mur", "Velmar", "fr")
    assert made.identifier == "https://velmar.example/1"
    assert made.date_published == "2026-03-01T10:00:00+01:00"
    assert b"rdf:Seq" not in documents(feed)[0].data


# ---- what an Atom entry says --------------------------------------------------------------------------------------


def test_an_atom_entry_is_read_with_all_its_kinds_of_text() -> None:
    made = entry(
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Ein <em>Tor</em></div></title><id>tag:1</id>'
        '<link rel="self" href="/self"/><link href="a.html"/><updated>2026-03-01T10:00:00+01:00</updated>'
        "<published>2026-03-01T09:00:00Z</published><summary>Kurz &amp; gut</summary>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins &lt; zwei</p><img src="i.png"/></div>'
        '</content><category term="https://velmar.example/c/sport" label="Sport"/>'
        "<author><name>Ana Reis</name><uri>https://velmar.example/ana</uri></author>"
        "<author><name>Bo Lund</name></author>",
        feed='<title type="html">Velmar &amp;amp; Bote</title><rights>© Velmar</rights>',
        attributes='xml:lang="de" xml:base="https://velmar.example/x/"',
    )
    assert made.headline == "Ein Tor"
    assert made.abstract == "Kurz & gut"
    assert made.body == "Eins < zwei"
    assert made.images == (Image(url="https://velmar.example/x/i.png"),)
    assert made.url == "https://velmar.example/x/a.html"
    assert made.identifier == "tag:1"
    assert (made.publisher, made.language, made.copyright_notice) == ("Velmar & Bote", "de", "© Velmar")
    assert (made.date_published, made.date_modified) == ("2026-03-01T09:00:00Z", "2026-03-01T10:00:00+01:00")
    assert made.authors == (Author("Ana Reis", "Person", "https://velmar.example/ana"), Author("Bo Lund"))
    assert made.keywords == (Keyword("Sport", "https://velmar.example/c/sport"),)


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("<content>1 &lt; 2 &amp;amp; 3</content>", "1 < 2 &amp; 3"),
        ('<content type="html">&lt;p>A &amp;amp; B&lt;/p></content>', "A & B"),
        ("<content>&lt;p>A&lt;/p>&lt;p>B&lt;/p></content>", "A\n\nB"),
        ('<content type="text">A\n\nB</content>', "A\n\nB"),
        ('<content type="image/png">iVBORw0KGgo=</content>', ""),
        ('<content type="text/html" src="https://velmar.example/a"/>', ""),
    ],
)
def test_atom_text_is_read_by_its_type(content: str, body: str) -> None:
    assert entry(f"<title>T</title><id>1</id>{content}").body == body


def test_a_summary_alone_is_the_abstract_of_an_entry() -> None:
    made = entry("<title>T</title><id>1</id><summary>Short.</summary>")
    assert (made.abstract, made.paragraphs) == ("Short.", ())


def test_the_authors_of_the_feed_wrote_entries_that_name_none() -> None:
    made = entry("<title>T</title><id>1</id>", feed="<author><name>Ana Reis</name></author>")
    assert made.authors == (Author("Ana Reis"),)


@pytest.mark.parametrize("space", ["http://www.w3.org/2007/app", "http://purl.org/atom/app#"])
def test_a_draft_is_withheld(space: str) -> None:
    made = entry(f'<title>T</title><id>1</id><app:control xmlns:app="{space}"><app:draft>yes</app:draft></app:control>')
    assert made.status is Status.WITHHELD


def test_an_entry_stands_alone_as_a_document() -> None:
    alone = '<entry xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>1</id><content>One.</content></entry>'
    (made,) = articles(alone)
    assert (made.headline, made.identifier, made.publisher, made.body) == ("T", "1", None, "One.")


# ---- dates and languages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Tue, 10 Mar 2026 14:05:00 +0000", "2026-03-10T14:05:00Z"),
        ("Tue, 10 Mar 2026 14:05 GMT", "2026-03-10T14:05:00Z"),
        ("10 Mar 26 14:05 +0130", "2026-03-10T12:35:00Z"),
        ("Tues, 10 March 2026 23:05:09 PST", "2026-03-11T07:05:09Z"),
        ("Wed, 10 Mar 2026 14:05:00 Z", "2026-03-10T14:05:00Z"),
        ("Tue, 10 Mar 2026 14:05:00", "2026-03-10"),
        ("Tue, 10 Mar 2026 14:05:00 CET", "2026-03-10T13:05:00Z"),
        ("Tue, 10 Mar 2026 14:05:00 BST", "2026-03-10"),
        ("Tue, 10 Mar 2026 25:05:00 GMT", "2026-03-10"),
        ("Tue, 10 Mar 2026 14:05:00 -0000", "2026-03-10T14:05:00Z"),
        ("Tue, 10 Mar 2026 14:05:00 GMT+0100", "2026-03-10T13:05:00Z"),
        ("Tue, 10 Mar 2026 14:05:00 +0100 (CET)", "2026-03-10T13:05:00Z"),
        ("Tue Mar 10 14:05:00 2026", "2026-03-10"),
        ("Tue Mar 10 14:05:00 GMT 2026", "2026-03-10T14:05:00Z"),
        ("31 Feb 2026 10:00:00 GMT", None),
        ("Di, 10 Mär 2026 14:05:00 +0100", "2026-03-10T13:05:00Z"),
        ("mar., 10 juil. 2026 14:05:00 GMT", "2026-07-10T14:05:00Z"),
        ("Tue, 10 Foo 2026 14:05:00 GMT", None),
        ("2026-03-10T14:05:00.123Z", "2026-03-10T14:05:00.123Z"),
        ("2026-03-10 14:05", "2026-03-10"),
        ("2026-03-10", "2026-03-10"),
        ("0001-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
        ("9" * 5000, None),
        ("10/03/2026", None),
    ],
)
def test_dates_of_feeds(text: str, made: str | None) -> None:
    assert pubdate(text) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [("en-us", "en-US"), ("zh_hant_tw", "zh-Hant-TW"), ("de", "de"), ("EN_gb.UTF-8", "en-GB"), ("english", None),
     ("und", None), ("", None), (7, None)],
)  # fmt: skip
def test_language_tags(text: object, made: str | None) -> None:
    assert tag(text) == made


# ---- against another reader ---------------------------------------------------------------------------------------


def _corpus() -> Iterator[str]:
    yield rss("<item><title>A &amp;amp; B</title><link>https://velmar.example/a</link><guid>1</guid>"
              "<pubDate>Tue, 10 Mar 2026 14:05:00 GMT</pubDate><category>c</category></item>")  # fmt: skip
    yield atom('<entry><title>A</title><id>tag:1</id><link href="https://velmar.example/a"/>'
               "<published>2026-03-10T14:05:00Z</published></entry>")  # fmt: skip


def test_plain_feeds_are_read_as_feedparser_reads_them() -> None:
    import feedparser

    for feed in _corpus():
        (made,) = articles(feed)
        (other,) = feedparser.parse(io.BytesIO(feed.encode())).entries
        assert made.url == other.link
        assert made.identifier == other.id
        assert made.date_published == pubdate(other.published)
        assert [one.name for one in made.keywords] == [one.term for one in other.get("tags", [])]
