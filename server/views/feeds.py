"""For search engines and feed readers: robots.txt, the sitemap and the Atom feed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from flask import Blueprint, Response, request

from kg import reads
from kg.store import Reader
from server.caching import conditional, moment, tag
from server.publication import Publication

__all__ = ["blueprint"]

#: Entries of the feed; addresses in one sitemap (sitemaps.org allows 50,000).
_ENTRIES, _ADDRESSES = 50, 50_000
_ATOM, _SITEMAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"


def blueprint(publication: Publication) -> Blueprint:
    """``/robots.txt``, ``/sitemap.xml`` and ``/feed.atom``."""
    made = Blueprint("feeds", __name__)
    base = publication.iris.base

    @made.get("/robots.txt")
    def robots() -> Response:
        root = request.script_root
        lines = [
            "User-agent: *",
            f"Disallow: {root}/sparql",
            f"Disallow: {root}/q/",
            f"Disallow: {root}/search",
            f"Sitemap: {base}/sitemap.xml",
        ]
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

    @made.get("/sitemap.xml")
    def sitemap() -> Response:
        """Pages that search engines may show: articles that are withheld or were taken back are left out."""
        with publication.reader() as reader:
            return conditional(
                tag("sitemap", reader.info.state),
                moment(reader.info.time),
                lambda: _xml(_sitemap(reader), "application/xml"),
            )

    def _sitemap(reader: Reader) -> ET.Element:
        known = publication.catalogue(reader)
        top = ET.Element(f"{{{_SITEMAP}}}urlset")
        whole = ET.SubElement(top, f"{{{_SITEMAP}}}url")
        ET.SubElement(whole, f"{{{_SITEMAP}}}loc").text = f"{base}/dataset"
        for page in (*known.articles, *known.things)[: _ADDRESSES - 1]:
            if not reads.rights(reader, page).indexed:
                continue
            entry = ET.SubElement(top, f"{{{_SITEMAP}}}url")
            ET.SubElement(entry, f"{{{_SITEMAP}}}loc").text = page
            changed = moment(reader.revision(page))
            if changed is not None:
                ET.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = changed.strftime("%Y-%m-%dT%H:%M:%SZ")
        return top

    @made.get("/feed.atom")
    def feed() -> Response:
        with publication.reader() as reader:
            return conditional(
                tag("atom", reader.info.state, publication.name),
                moment(reader.info.time),
                lambda: _xml(_feed(reader), "application/atom+xml"),
            )

    def _feed(reader: Reader) -> ET.Element:
        """The newest articles (RFC 4287); an entry is updated when its page's revision is."""
        top = ET.Element(f"{{{_ATOM}}}feed")

        def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
            node = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
            node.text = _legal(text) if text is not None else None
            return node

        add(top, "id", f"{base}/feed.atom")
        add(top, "title", publication.name)
        add(top, "updated", reader.info.time)
        add(add(top, "author"), "name", publication.name)
        add(top, "link", rel="self", type="application/atom+xml", href=f"{base}/feed.atom")
        add(top, "link", rel="alternate", type="text/html", href=f"{base}/")
        for row in reads.latest(reader, _ENTRIES, known=publication.catalogue(reader)):
            entry = add(top, "entry")
            changed = moment(reader.revision(row.page)) or moment(reader.info.time)
            add(entry, "id", row.iri)
            add(entry, "title", row.headline)
            add(entry, "updated", changed.strftime("%Y-%m-%dT%H:%M:%SZ") if changed else reader.info.time)
            if row.date and "T" in row.date:
                add(entry, "published", row.date)
            add(entry, "link", rel="alternate", type="text/html", href=row.page)
            if row.abstract:
                add(entry, "summary", row.abstract)
            if row.section:
                add(entry, "category", term=_legal(row.section))
        return top

    return made


def _legal(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def _xml(top: ET.Element, media_type: str) -> Response:
    ET.register_namespace("", top.tag[1:].partition("}")[0])
    body = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type=f"{media_type}; charset=utf-8")
