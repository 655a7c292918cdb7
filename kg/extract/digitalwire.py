"""dpa digital wires: the German Press Agency's news in JSON, format ``digitalwires@0.x``.

What becomes what is what the agency's own conversion into NewsML-G2 makes of it, so that an item says the same in both
(:mod:`kg.extract.newsml`):

* ``urn`` → identifier; ``headline``, ``subhead`` → headline, alternative headline (a kicker is neither)
* ``teaser`` → abstract; ``article_html`` → body (the box beside it is dropped, lists of links are not read)
* ``byline``, else creators → authors; the provider → publisher; categories → keywords
* ``version_created`` → date published of a first version, date modified of a later one
* ``ednotes`` that may be published → note, those with the role of a correction → corrections
* ``associations`` that are images → images

An item without a text is the picture or the recording that it is associated with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.errors import InvalidFormat
from kg.extract import byline, json, sniff
from kg.extract.inline import absolute, line
from kg.extract.inlinexml import Story, undash, until
from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.ninjs_item import Json, concept, view
from kg.extract.schemaorg import tag
from kg.extract.wirehtml import story
from kg.extract.writers import writers
from kg.model import Article, Author, Document, Image, Keyword, Status

__all__ = ["DigitalWireReader", "article"]

_FORMAT = re.compile(r'"format"\s*:\s*"digitalwires(?:@|")')
# The members that every version has; each with what it must be. Others may come and go.
_NEEDED = ("urn", "version_created")
_TEXTS = ("urn", "version_created", "headline", "subhead", "kicker", "teaser", "byline", "dateline", "article_html",
          "language", "pubstatus", "embargoed", "content_created", "copyrightnotice", "usageterms")  # fmt: skip
_LISTS = ("associations", "categories", "ednotes", "descriptions")
_KEYWORDS = ("desk", "geosubject", "dpasubject", "poi", "keyword")  # in the order of the agency's NewsML-G2
_KINDS = {"image": "picture", "audio": "audio", "video": "video", "graphic": "graphic"}
_LOGIN = re.compile(r"[a-z0-9]+(?:[._@-][a-z0-9]+)*")


class DigitalWireReader:
    """Reads one item of dpa's digital wires."""

    name: str = "digitalwires"

    def recognises(self, document: Document) -> float:
        """1 for a JSON object that says it is in this format."""
        if sniff.kind(document.data) != "a JSON document":
            return 0.0
        head = document.data[:4096].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
        return 1.0 if head.startswith("{") and _FORMAT.search(head) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The one item. Raises :class:`kg.errors.InvalidFormat` with the JSON Pointer of a member of a wrong kind."""
        value = json.loads(document.data, document.origin)
        if not isinstance(value, dict):
            raise InvalidFormat("an item of digital wires is a JSON object", origin=document.origin, line=1)
        for path, reason in _wrong(value):
            where = json.line(document.data, path)
            raise InvalidFormat(f"{path}: {reason}", origin=document.origin, line=where, path=path)
        return (article(value),)


def _wrong(item: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name in _NEEDED:
        if not isinstance(item.get(name), str) or not item[name].strip():
            yield f"/{name}", "a text is needed here: an item of digital wires has one"
    for name in _TEXTS:
        if not isinstance(item.get(name), str | None):
            yield f"/{name}", "a text or null is needed here"
    for name in _LISTS:
        value = item.get(name)
        if not isinstance(value, list | None):
            yield f"/{name}", "an array or null is needed here"
        for number, one in enumerate(value or ()):
            if not isinstance(one, dict):
                yield f"/{name}/{number}", "an object is needed here"
    if not isinstance(item.get("version", 1), int) or isinstance(item.get("version"), bool):
        yield "/version", "a whole number is needed here"
    if item.get("embargoed") and until(item["embargoed"]) is None:
        yield "/embargoed", "this is no date; until it is known, the item cannot be taken"


def article(item: Mapping[str, Json]) -> Article:
    """The article of an item whose members are of the right kinds; a headline may be empty."""
    body = story(item.get("article_html") or "")
    pictures, kind = _pictures(item), _kind(item, body)
    caption = _caption(item)
    teaser = _text(item, "teaser") or body.abstract or (caption if kind != "article" else "")
    authors, authors_at = _authors(item, body)
    published, modified = _dates(item, kind)
    notes = [one for one in _objects(item, "ednotes") if one.get("is_publishable") is not False]
    told = [(_text(one, "role"), _text(one, "ednote")) for one in notes]
    corrections = tuple(dict.fromkeys(text for role, text in told if text and "correct" in role))
    note = "\n".join(dict.fromkeys(text for _, text in told if text))
    publisher = next((_text(one, "name") for one in _categories(item, "provider") if _text(one, "name")), "")
    notice = _text(item, "copyrightnotice") or _text(item, "usageterms")
    dateline = undash(_text(item, "dateline")) or body.dateline
    headline = _text(item, "headline") or body.headline
    if kind in ("picture", "graphic"):
        pictures = tuple(replace(one, caption=caption or one.caption) for one in pictures[:1])
    keywords = _keywords(item)
    language = tag(item.get("language"))
    dropped = _dropped(item, body, (headline, teaser, note))
    fields: tuple[tuple[str, object, str], ...] = (
        ("headline", headline, "/headline"),
        ("paragraphs", body.paragraphs, "/article_html"),
        ("alternative_headline", _text(item, "subhead"), "/subhead"),
        ("abstract", teaser, "/teaser" if _text(item, "teaser") else "/descriptions"),
        ("images", pictures, "/associations"),
        ("publisher", publisher, "/categories"),
        ("authors", authors, authors_at),
        ("date_published", published, "/version_created"),
        ("date_modified", modified, "/version_created"),
        ("language", language, "/language"),
        ("corrections", corrections, "/ednotes"),
        ("identifier", item["urn"], "/urn"),
        ("status", item.get("pubstatus"), "/pubstatus"),
        ("embargo", item.get("embargoed"), "/embargoed"),
        ("keywords", keywords, "/categories"),
        ("dateline", dateline, "/dateline"),
        ("copyright_notice", notice, "/copyrightnotice" if item.get("copyrightnotice") else "/usageterms"),
        ("note", note, "/ednotes"),
    )
    return Article(
        headline=headline,
        paragraphs=body.paragraphs,
        alternative_headline=_text(item, "subhead") or None,
        abstract=teaser or None,
        images=pictures,
        hero=bool(pictures),
        publisher=publisher or None,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=language,
        corrections=corrections,
        dropped=dropped,
        won=tuple((name, f"digitalwires {place}") for name, value, place in fields if value),
        kind=kind,
        identifier=_text(item, "urn") or None,
        status=_status(item),
        embargo=until(item.get("embargoed")),
        keywords=keywords,
        dateline=dateline or None,
        copyright_notice=notice or None,
        note=note or None,
    )


def _text(item: Mapping[str, Json], name: str) -> str:
    value = item.get(name)
    return line(value) if isinstance(value, str) else ""


def _objects(item: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    value = item.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _categories(item: Mapping[str, Json], kind: str) -> list[dict[str, Json]]:
    return [one for one in _objects(item, "categories") if one.get("type") == f"dnltype:{kind}"]


def _kind(item: Mapping[str, Json], body: Story) -> str:
    if body.paragraphs or item.get("article_html"):
        return "article"
    types = [_text(one, "type") for one in _objects(item, "associations")]
    return next((_KINDS[one] for one in types if one in _KINDS), "article")


def _status(item: Mapping[str, Json]) -> Status:
    said = _text(item, "pubstatus").lower()
    found = {"": Status.USABLE, "usable": Status.USABLE, "canceled": Status.CANCELED, "cancelled": Status.CANCELED}
    return found.get(said, Status.WITHHELD)


def _caption(item: Mapping[str, Json]) -> str:
    found = _objects(item, "descriptions")
    return next((_text(one, "description") for one in found if _text(one, "role").endswith(":caption")), "")


def _dates(item: Mapping[str, Json], kind: str) -> tuple[str | None, str | None]:
    """Published and modified; of a picture the date of its content is when it was taken, not when it was published."""
    changed = lexical(item["version_created"])
    created = lexical(item.get("content_created")) if kind == "article" else None
    if created is not None:
        return created, changed if changed != created else None
    return (None, changed) if (item.get("version") or 1) > 1 else (changed, None)


def _authors(item: Mapping[str, Json], body: Story) -> tuple[tuple[Author, ...], str]:
    named: dict[str, Author] = {}
    for one in _categories(item, "creator"):
        for author in _creator(_text(one, "name")):
            named.setdefault(key(author.name), author)
    groups = {_text(one, "name") for kind_ in ("provider", "infosource") for one in _categories(item, kind_)}
    known = {key(text) for text in (*groups, _text(item, "creditline")) if text}
    printed = {key(one.name): named.get(key(one.name), one) for one in writers(_text(item, "byline") or body.byline)}
    found = printed or named
    typed = (replace(one, type="Organization") if key(one.name) in known else one for one in found.values())
    return tuple(typed), "/byline" if printed else "/categories"


def _creator(name: str) -> tuple[Author, ...]:
    """The party of one creator, whole unless it holds several people's names; a login name names nobody."""
    if not name or _LOGIN.fullmatch(name):
        return ()
    found = writers(name)
    if len(found) == 1 or all(byline.person(one.name) for one in found):
        return found
    grouped = any(one.type == "Organization" for one in found)
    return (Author(name, "Organization" if grouped else "Person"),)


def _keywords(item: Mapping[str, Json]) -> tuple[Keyword, ...]:
    kept: dict[str, Keyword] = {}
    for kind in _KEYWORDS:
        for one in _categories(item, kind):
            named = {"name": _place(one) if kind == "poi" else one.get("name"), "literal": one.get("qcode")}
            made = concept(view(named)) if named["name"] else None
            if made is not None:
                kept.setdefault(made.iri or key(made.name), made)
    return tuple(kept.values())


def _place(category: Mapping[str, Json]) -> Json:
    """The name of a place of interest; the category's own name has its address too."""
    feature = category.get("geojson")
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name or category.get("name")


def _pictures(item: Mapping[str, Json]) -> tuple[Image, ...]:
    """The associated images, the featured one first."""
    found: list[tuple[bool, float, Image]] = []
    for one in _objects(item, "associations"):
        if _text(one, "type") not in ("image", "graphic"):
            continue
        urls = [
            (each.get("size") or 0 if isinstance(each.get("size"), int | float) else 0, url)
            for each in _objects(one, "renditions")
            if (url := absolute(each.get("url") if isinstance(each.get("url"), str) else None))
            and (_text(each, "mimetype") or "image/").startswith("image/")
        ]
        url = max(urls, key=lambda pair: pair[0])[1] if urls else None
        caption = _text(one, "caption") or _text(one, "headline")
        rank = one.get("rank")
        made = Image(caption or None, _text(one, "creditline") or None, url)
        if url or caption:
            found.append((one.get("is_featureimage") is not True, rank if isinstance(rank, int | float) else 0, made))
    return tuple(dict.fromkeys(made for _, _, made in sorted(found, key=lambda each: each[:2])))


def _dropped(item: Mapping[str, Json], body: Story, known: Sequence[str]) -> tuple[str, ...]:
    stated = {key(text) for text in known if text}
    lines = [_text(item, "kicker"), *body.dropped]
    value = item.get("infobox_html")
    box = story(value) if isinstance(value, str) else Story()
    lines.extend((*(one.text for one in box.paragraphs), *box.dropped))
    return tuple(dict.fromkeys(text for text in lines if text and key(text) not in stated))
