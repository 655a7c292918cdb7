"""One small valid document of each format, about people and outlets that do not exist: what fuzzers start from."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from typing import Any

__all__ = ["ATTACHED", "PLAIN", "SEEDS", "gzipped", "tarred", "warc", "zipped"]

FIRST = "The council of Velmar met on Tuesday and spoke for three hours about the wall."
SECOND = "Nobody in the hall had expected that the vote would be over so early."
BODY = f"<p>{FIRST}</p><h2>No money</h2><blockquote><p>{SECOND}</p></blockquote>"
TITLE = "Velmar votes for its wall"

PAGE = f"""The Velmar Post
Local

{TITLE}

By Ana Reis
12 March 2026

{FIRST}

{SECOND} "We will start on Monday," Reis said.
""".encode()
MARKDOWN = f"""---
title: "{TITLE}"
author: [Ana Reis, Bo Lund]
date: 2026-03-12T09:05:00+01:00
tags: {{wall: sea}}
url: https://velmar.example/wall
---
# {TITLE}

{FIRST} [more](https://velmar.example/more) and *much* **more**.

> {SECOND}

![Boats](https://velmar.example/b.jpg "Photo: Mia Holm")

- one
- two
""".encode()
LINKED: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "articleBody": f"{FIRST}\n\n{SECOND}",
    "datePublished": "2026-03-12T09:05:00+01:00",
    "dateModified": "2026-03-12",
    "author": [{"@type": "Person", "name": "Ana Reis", "url": "https://velmar.example/ana"}],
    "publisher": {"@type": "Organization", "name": "The Velmar Post"},
    "image": [{"@type": "ImageObject", "url": "https://velmar.example/b.jpg", "caption": "Boats"}],
    "mainEntityOfPage": {"@id": "https://velmar.example/wall"},
    "isPartOf": {"@id": "#site"},
    "keywords": "wall, sea",
    "inLanguage": "en-GB",
}
HTML = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} - The Velmar Post</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="The Velmar Post">
<meta name="author" content="Ana Reis"><meta property="article:published_time" content="2026-03-12T09:05:00+01:00">
<link rel="canonical" href="https://velmar.example/wall"><base href="https://velmar.example/">
<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@graph": [LINKED]})}</script>
<style>p {{ color: red }}</style></head><body><nav><ul><li><a href="/">Home</a></li></ul></nav>
<main><article itemscope itemtype="https://schema.org/NewsArticle"><header><h1 itemprop="headline">{TITLE}</h1>
<p class="byline">By <a rel="author" href="/ana">Ana Reis</a></p><time datetime="2026-03-12T09:05:00+01:00">12 March
2026</time></header><figure><img src="/b.jpg" srcset="/b.jpg 1x, /c.jpg 2x" alt="Boats"><figcaption>Boats. Photo: Mia
Holm</figcaption></figure><p>{FIRST}</p><p>{SECOND}<br><br>{FIRST}</p><h2>No money</h2><blockquote><p>{SECOND}</p>
</blockquote><ul><li>One</li></ul><table><tr><td>For</td><td>7</td></tr></table><aside>Subscribe</aside></article></main>
<footer><p>© 2026 The Velmar Post</p></footer></body></html>""".encode()
XHTML = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
    '"http://127.0.0.1:9/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head>'
    f"<title>{TITLE}</title></head><body><h1>{TITLE}</h1>{BODY}<p>{FIRST}&nbsp;</p></body></html>"
).encode()
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>The Velmar Post</title>
<link>https://velmar.example/</link><language>en-gb</language>
<item><title>{TITLE}</title><link>https://velmar.example/wall</link><guid isPermaLink="false">4711</guid>
<pubDate>Thu, 12 Mar 2026 09:05:00 +0100</pubDate><dc:creator><![CDATA[Ana Reis]]></dc:creator>
<description>In short.</description><content:encoded><![CDATA[{BODY}]]></content:encoded><category>Local</category>
<media:content url="https://velmar.example/b.jpg" medium="image"><media:credit>Mia Holm</media:credit></media:content>
<enclosure url="https://velmar.example/c.jpg" type="image/jpeg" length="1"/></item>
<item><title>Second</title><link>/second</link><description>&lt;p&gt;{SECOND}&lt;/p&gt;</description></item>
</channel></rss>""".encode()
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en"
 xml:base="https://velmar.example/"><title>The Velmar Post</title><id>urn:example:feed</id>
<updated>2026-03-12T10:00:00Z</updated><entry><title type="html">{TITLE}</title><id>urn:example:1</id>
<link rel="alternate" href="wall"/><published>2026-03-12T09:05:00+01:00</published>
<updated>2026-03-12T10:00:00Z</updated><author><name>Ana Reis</name><uri>https://velmar.example/ana</uri></author>
<category term="Local"/>
<summary>In short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{BODY}</div></content></entry>
<at:deleted-entry ref="urn:example:0" when="2026-03-12T10:00:00Z"/></feed>""".encode()
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="https://velmar.example/"><title>Velmar</title></channel>
<item rdf:about="https://velmar.example/wall"><title>{TITLE}</title><link>https://velmar.example/wall</link>
<dc:date>2026-03-12T09:05:00Z</dc:date><description>In short.</description><content:encoded><![CDATA[{BODY}]]>
</content:encoded></item></rdf:RDF>""".encode()
JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Velmar Post",
    "home_page_url": "https://velmar.example/",
    "language": "en",
    "items": [
        {
            "id": "1",
            "url": "https://velmar.example/wall",
            "title": TITLE,
            "content_html": BODY,
            "summary": "In short.",
            "image": "https://velmar.example/b.jpg",
            "date_published": "2026-03-12T09:05:00+01:00",
            "authors": [{"name": "Ana Reis", "url": "https://velmar.example/ana"}],
            "tags": ["wall"],
        },
        {"id": 2, "content_text": SECOND},
    ],
}
POST: dict[str, Any] = {
    "id": 12,
    "date": "2026-03-10T10:05:00",
    "date_gmt": "2026-03-10T09:05:00",
    "guid": {"rendered": "https://velmar.example/?p=12"},
    "modified_gmt": "2026-03-10T10:00:00",
    "status": "publish",
    "type": "post",
    "link": "https://velmar.example/wall/",
    "title": {"rendered": "The wall &#8220;falls&#8221;"},
    "content": {"rendered": BODY, "protected": False},
    "excerpt": {"rendered": "<p>In short [&hellip;]</p>", "protected": False},
    "_embedded": {
        "author": [{"id": 3, "name": "Ana Reis", "link": "https://velmar.example/author/ana/"}],
        "wp:featuredmedia": [
            {
                "media_type": "image",
                "source_url": "https://velmar.example/lead.jpg",
                "alt_text": "A wall",
                "caption": {"rendered": "<p>The wall.</p>"},
                "media_details": {"image_meta": {"credit": "Mia Holm"}},
            }
        ],
        "wp:term": [[{"taxonomy": "category", "name": "Local"}], [{"taxonomy": "post_tag", "name": "wall"}]],
    },
}
NINJS: dict[str, Any] = {
    "standard": {"name": "ninjs", "version": "3.1"},
    "uri": "urn:newsml:velmar.example:20260312:4711",
    "type": "text",
    "version": "3",
    "firstCreated": "2026-03-12T09:30:00+01:00",
    "versionCreated": "2026-03-12T11:05:00+01:00",
    "embargoedUntil": "2026-03-12T10:00:00Z",
    "pubStatus": "usable",
    "language": "en-GB",
    "by": "By Ana Reis and Bo Lund",
    "copyrightNotice": "© 2026 Velmar Wire",
    "altIds": [{"role": "webUrl", "value": "https://velmar.example/a/4711"}],
    "headlines": [{"role": "main", "value": TITLE}],
    "descriptions": [{"role": "summary", "contentType": "text/html", "value": "<p>In short.</p>"}],
    "bodies": [{"role": "main", "contentType": "text/html", "value": BODY}],
    "subjects": [{"name": "Walls", "uri": "http://cv.example.org/topic/17"}],
    "associations": [
        {
            "name": "lead",
            "uri": "urn:example:p",
            "type": "picture",
            "headlines": [{"value": "Boats"}],
            "renditions": [{"name": "web", "href": "https://img.example/1.jpg", "width": 90, "height": 90}],
        }
    ],
}
NINJS_1: dict[str, Any] = {
    "uri": "urn:newsml:velmar.example:20260312:4712",
    "type": "text",
    "versioncreated": "2026-03-12T11:05:00+01:00",
    "pubstatus": "usable",
    "headline": TITLE,
    "byline": "Ana Reis",
    "body_html": BODY,
    "subject": [{"name": "Walls", "scheme": "http://cv.example/", "code": "1"}],
    "associations": {
        "featuremedia": {"uri": "urn:example:p", "type": "picture", "description_text": "Boats", "renditions": {}}
    },
}
DIGITALWIRE: dict[str, Any] = {
    "format": "digitalwires@1.0",
    "type": "composite",
    "urn": "urn:newsml:wire.example:20260312:4711",
    "version_created": "2026-03-12T09:30:00+01:00",
    "version": 1,
    "pubstatus": "usable",
    "language": "de",
    "headline": TITLE,
    "kicker": "Verkehr",
    "byline": "Von Ana Reis und Bo Lund, zwd",
    "article_html": f'<section class="main"><p><span class="dateline">Zalk - </span>{FIRST}</p><h2>x</h2></section>',
    "ednotes": [{"role": "dpaednoterole:correction", "ednote": "Berichtigt.", "is_publishable": True}],
    "associations": [
        {
            "urn": "urn:newsml:wire.example:2",
            "type": "image",
            "rank": 1,
            "caption": "Boats",
            "creditline": "Mia Holm",
            "is_featureimage": True,
            "renditions": [{"url": "https://img.example/2.jpg", "mimetype": "image/jpeg", "size": 2048}],
        }
    ],
    "categories": [{"type": "dnltype:keyword", "name": "Walls", "qcode": None}],
}
RECORD: dict[str, Any] = {
    "id": 42,
    "headline": TITLE,
    "summary": "In short.",
    "body": f"{FIRST}\n\n{SECOND}",
    "authors": ["Ana Reis", {"name": "Bo Lund", "url": "https://velmar.example/bo"}],
    "published": "2026-03-10 09:05:00 +0100",
    "updatedAt": 1773133500,
    "link": "https://velmar.example/wall",
    "tags": ["harbour", {"name": "Sea", "uri": "https://velmar.example/t/sea"}],
    "images": [{"url": "/a.jpg", "caption": "Boats", "credit": "Mia Holm"}, "https://v.example/c.jpg"],
}
_G2 = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:velmar.example:20260312:wall"
 version="3" standard="NewsML-G2" standardversion="2.35" xml:lang="en-GB">
<catalogRef href="http://127.0.0.1:9/catalog.xml"/><catalog><scheme alias="p" uri="http://velmar.example/p/"/></catalog>
<rightsInfo><copyrightNotice>Copyright 2026 Velmar Wire</copyrightNotice></rightsInfo><itemMeta>
<itemClass qcode="ninat:text"/><provider qcode="nwprov:1"><name>Velmar Wire</name></provider>
<versionCreated>2026-03-12T12:00:00+01:00</versionCreated><firstCreated>2026-03-12T10:15:00+01:00</firstCreated>
<embargoed>2026-03-12T18:00:00+01:00</embargoed><pubStatus qcode="stat:usable"/><edNote>Updates.</edNote></itemMeta>
<contentMeta><creator uri="https://velmar.example/ana"><name>Ana Reis</name></creator><subject qcode="medtop:20000350">
<name>ports</name></subject><subject qcode="p:1"/><headline>{TITLE}</headline><by>By Ana Reis</by><dateline>VELMAR
</dateline></contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml"><html
 xmlns="http://www.w3.org/1999/xhtml"><body>{BODY}<figure><img src="https://velmar.example/m.png" alt="Map"/>
<figcaption>The wall.</figcaption></figure></body></html></inlineXML></contentSet></newsItem>"""
NEWSML_G2 = _G2.encode()
NEWS_MESSAGE = (
    '<?xml version="1.0" encoding="UTF-8"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header>'
    f"<sent>2026-03-12T12:00:00Z</sent></header><itemSet>{_G2}{_G2.replace(':wall', ':two')}</itemSet></newsMessage>"
).encode()
NEWSML_1 = f"""<NewsML Version="1.2"><NewsEnvelope><SentFrom><Party FormalName="Velmar Wire"/></SentFrom></NewsEnvelope>
<NewsItem xml:lang="en"><Identification><NewsIdentifier><ProviderId>velmar.example</ProviderId>
<DateId>20260312</DateId><NewsItemId>WALL</NewsItemId><RevisionId PreviousRevision="1" Update="N">2</RevisionId>
<PublicIdentifier>urn:newsml:velmar.example:20260312:WALL:2N</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><NewsItemType FormalName="News"/><FirstCreated>20260312T101500+0100</FirstCreated>
<ThisRevisionCreated>20260312T120000+0100</ThisRevisionCreated><Status FormalName="Usable"/></NewsManagement>
<NewsComponent><Role FormalName="Main"/><NewsLines><HeadLine>{TITLE}</HeadLine><ByLine>By Ana Reis</ByLine>
<DateLine>VELMAR</DateLine></NewsLines><DescriptiveMetadata><Language FormalName="en"/></DescriptiveMetadata>
<ContentItem><MediaType FormalName="Text"/><Format FormalName="NITF"/><DataContent><nitf><body><body.content>
<p>{FIRST}</p><hl2>Next</hl2><p>{SECOND}</p></body.content></body></nitf></DataContent></ContentItem></NewsComponent>
</NewsItem></NewsML>""".encode()
NITF = f"""<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.2//EN" "http://127.0.0.1:9/nitf-3-2.dtd">
<nitf change.date="October 18, 2006" version="-//IPTC//DTD NITF 3.2//EN"><head><title>wall</title><docdata
 management-status="usable"><doc-id id-string="vw-1"/><date.issue norm="20260312T101500Z"/><date.release
 norm="20260312T103000Z"/><key-list><keyword key="wall"/></key-list><doc.copyright holder="VW" year="2026"/></docdata>
<pubdata type="web" name="The Velmar Post" ex-ref="https://velmar.example/wall"/></head><body><body.head><hedline>
<hl1>{TITLE}</hl1></hedline><byline>By <person>Ana Reis</person>, <byttl>Staff</byttl></byline><dateline>
<location>VELMAR</location></dateline><abstract><p>In short.</p></abstract></body.head><body.content>
<block><p>{FIRST}</p><hl2>Next</hl2><bq><p>{SECOND}</p></bq><media media-type="image"><media-reference
 mime-type="image/jpeg" source="https://velmar.example/s.jpg" width="300"/><media-caption>Cranes caf\xe9</media-caption>
<media-producer>Mia Holm</media-producer></media></block></body.content><body.end><tagline>t</tagline></body.end></body>
</nitf>""".encode("latin-1")
_BASE = "https://news.example"
_A = f"{_BASE}/graphs/articles/wall-12345678"
QUADS = (
    f'<{_BASE}/articles/wall-12345678#id> <http://schema.org/headline> "Velmar"@en <{_A}/content> .\n'
    f"<{_BASE}/articles/wall-12345678#id> <http://schema.org/about> <{_BASE}/things/ana-1#id> <{_A}/facts> .\n"
    f'<{_BASE}/things/ana-1#id> <http://schema.org/name> "Ana" <{_BASE}/graphs/things> .\n'
    f"<{_A}/content> <http://www.w3.org/ns/prov#wasDerivedFrom> _:b <{_BASE}/graphs/prov> .\n"
).encode()
TRIG = (
    "@prefix nkg: <https://w3id.org/newsgraph#> .\n@prefix s: <http://schema.org/> .\n"
    f'<{_A}/content> {{ <{_BASE}/articles/wall-12345678#id> s:headline "Velmar"@en . }}\n'
).encode()
_MESSAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%s\r\n%s"


def warc(body: bytes, address: str = "https://velmar.example/wall", headers: bytes = b"") -> bytes:
    """One response record."""
    block = _MESSAGE % (headers, body)
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2026-03-12T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def gzipped(data: bytes) -> bytes:
    """The data as one gzip member, the same each time."""
    return gzip.compress(data, mtime=0)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive, the same each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 12, 10, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


#: Documents by the name of their format.
PLAIN: dict[str, bytes] = {
    "page": PAGE,
    "markdown": MARKDOWN,
    "html": HTML,
    "xhtml": XHTML,
    "rss": RSS,
    "atom": ATOM,
    "rdf": RDF,
    "newsml-g2": NEWSML_G2,
    "news-message": NEWS_MESSAGE,
    "newsml-1": NEWSML_1,
    "nitf": NITF,
    "json-feed": _json(JSON_FEED),
    "wordpress": _json([POST, POST]),
    "wordpress-post": _json(POST),
    "ninjs": _json(NINJS),
    "ninjs-1": _json(NINJS_1),
    "digitalwire": _json(DIGITALWIRE),
    "record": _json(RECORD),
    "json-ld": _json(LINKED),
    "json-lines": b"\n".join(_json(one) for one in (RECORD, NINJS, DIGITALWIRE, LINKED)),
    "json-array": _json([RECORD, NINJS_1, LINKED]),
    "quads": QUADS,
    "trig": TRIG,
    "warc": warc(HTML) + warc(RSS, "https://velmar.example/feed"),
}
#: Archives of them.
ATTACHED: dict[str, bytes] = {
    "warc-gz": gzipped(warc(HTML)) + gzipped(warc(XHTML, headers=b"Content-Encoding: identity\r\n")),
    "zip": zipped({"a/page.txt": PAGE, "wall.html": HTML, "feed.xml": RSS}),
    "tar": tarred({"page.txt": PAGE, "item.json": _json(NINJS)}),
    "gz": gzipped(HTML),
    "bz2": bz2.compress(PAGE),
    "xz": lzma.compress(PAGE),
    "tar-gz": gzipped(tarred({"page.txt": PAGE})),
    "zip-in-zip": zipped({"inner.zip": zipped({"page.txt": PAGE})}),
}
#: All of them.
SEEDS: dict[str, bytes] = PLAIN | ATTACHED
