"""NewsML 1.0 to 1.2, the elder format that agencies still send: a tree of news components around texts and pictures.

Follows IPTC's NewsML 1.2. What is taken from where:

* identifier ``NewsIdentifier`` without its revision, which makes it the same for every version of an item;
* date published ``FirstCreated``, date modified ``ThisRevisionCreated`` where it is another; status ``Status``, embargo
  the date at which ``StatusWillChange`` makes the item usable;
* body the content with the role of a main text or a body, else the longest: NITF, XHTML or text; headline, dateline,
  byline and so on are those of the component nearest to it;
* publisher ``Provider``, else who sent the message, else ``Source``; authors ``ByLine``, else ``Creator``;
* keywords ``SubjectCode`` (with IPTC's IRI), the properties named keyword and ``KeywordLine``; note an advisory line;
* pictures the components with image content, each once, with its caption and its largest rendition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.errors import InvalidFormat
from kg.extract import itemcontent
from kg.extract.decode import charset
from kg.extract.inlinexml import Story, after, child, children, undash, until
from kg.extract.itemview import LANG, line_of, tag_of
from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.writers import writers
from kg.extract.xml import Element, local, parse, root_of, text_of
from kg.model import Article, Author, Document, Image, Keyword, Status

__all__ = ["NewsML1Reader", "identifier"]

_SUBJECTS = "http://cv.iptc.org/newscodes/subjectcode/"
_TEXT = re.compile(r"main|body|text|story|article", re.IGNORECASE)
_NO_TEXT = re.compile(
    r"caption|head|line$|contact|style|logo|keyword|abstract|summary|teaser|script|about|boilerplate|note",
    re.IGNORECASE,
)
_RENDITION = re.compile(r"thumb|preview|quick|high|low|web|full|medium|small|large|icon|def$", re.IGNORECASE)
_STATUS = {
    "": Status.USABLE,
    "usable": Status.USABLE,
    "embargoed": Status.WITHHELD,
    "withheld": Status.WITHHELD,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
}
_KINDS = {"photo": "picture", "image": "picture", "graphic": "graphic", "video": "video", "audio": "audio"}


class NewsML1Reader:
    """Reads NewsML 1.x: every news item in a document."""

    name = "newsml-1"

    def recognises(self, document: Document) -> float:
        """1 for a root ``NewsML``, 0.9 for one ``NewsItem`` alone (NewsML-G2 begins its names in lower case)."""
        found = root_of(document.data)
        return {"NewsML": 1.0, "NewsItem": 0.9}.get(found[0], 0.0) if found is not None else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The article of each item, in order. Raises :class:`kg.errors.InputError` for what is no NewsML 1."""
        root = parse(document.data, document.origin, charset=charset(document.media_type))
        if local(root) not in {"NewsML", "NewsItem"}:
            raise InvalidFormat(
                f"the root is <{local(root)[:40]}>; NewsML 1 begins with <NewsML>", origin=document.origin
            )
        found = [root] if local(root) == "NewsItem" else children(root, "NewsItem")
        return tuple(_article(one) for one in found)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The story of an item, the component it stands in, and where."""

    story: Story
    component: Element | None
    place: str


def _article(item: Element) -> Article:
    chosen = _story(item)
    around = _around(item, chosen.component)
    won: list[tuple[str, str]] = []

    def take(field: str, *found: tuple[str, str]) -> str:
        place, text = next(((place, text) for place, text in found if text), ("", ""))
        if text:
            won.append((field, place))
        return text

    def line(name: str) -> tuple[str, str]:
        return f"NewsLines/{name}", _first(around, "NewsLines", name)

    story = chosen.story
    images = _images(item, story)
    published, modified, status, embargo = _managed(item)
    notes = [text_of(child(one, "NewsLineText")) for one in _lines(around) if _typed(one, r"advisory|ednote|editor")]
    headline = take("headline", line("HeadLine"), (chosen.place, story.headline))
    second = take("alternative_headline", line("SubHeadLine"))
    authors, authors_at = _authors(around, story)
    keywords = _keywords(around)
    for field, value, place in (
        ("paragraphs", story.paragraphs, chosen.place),
        ("images", images, "ContentItem/@Href"),
        ("authors", authors, authors_at),
        ("keywords", keywords, "DescriptiveMetadata"),
        ("date_published", published, "NewsManagement/FirstCreated"),
        ("date_modified", modified, "NewsManagement/ThisRevisionCreated"),
        ("embargo", embargo, "NewsManagement/StatusWillChange"),
    ):
        if value:
            won.append((field, place))
    return Article(
        headline=headline,
        paragraphs=story.paragraphs,
        alternative_headline=second if key(second) != key(headline) and second else None,
        abstract=take("abstract", (chosen.place, story.abstract)) or None,
        images=images,
        hero=bool(images),
        publisher=take("publisher", *_publishers(item, around)) or None,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=take("language", *_languages(item, around)) or None,
        dropped=story.dropped,
        kind=_kind(item, story, images),
        identifier=take("identifier", ("Identification", identifier(item))) or None,
        status=status,
        embargo=embargo,
        keywords=keywords,
        dateline=take("dateline", ("NewsLines/DateLine", undash(line("DateLine")[1])), (chosen.place, story.dateline))
        or None,
        copyright_notice=take("copyright_notice", line("CopyrightLine")) or None,
        note=take("note", ("NewsLines/NewsLine", "\n".join(text for text in notes if text))) or None,
        won=tuple(won),
    )


# ---- which part --------------------------------------------------------------------------------------------------


def _story(item: Element) -> _Chosen:
    """The main text: by role, and of texts with the same one the first that is not much shorter than the longest."""
    found: list[tuple[int, int, _Chosen]] = []
    roles = _roles(item)
    for one in item.iter():
        data = child(one, "DataContent") if local(one) == "ContentItem" else None
        if data is None or not _readable(one):
            continue
        component = next((up for up in one.iterancestors() if local(up) in {"NewsComponent", "ContentItem"}), None)
        if component is not None and local(component) == "ContentItem":
            continue  # part of another item's data
        role = roles.get(component, "")
        if _NO_TEXT.search(role):
            continue
        story, place = itemcontent.xml(data)
        length = sum(len(paragraph.text) for paragraph in story.paragraphs)
        if length:
            found.append((0 if _TEXT.search(role) else 1, length, _Chosen(story, component, place)))
    first = min((rank for rank, _, _ in found), default=0)
    best = [one for one in found if one[0] == first]
    longest = max((length for _, length, _ in best), default=0)
    return next((chosen for _, length, chosen in best if length * 2 >= longest), _Chosen(Story(), None, ""))


def _roles(item: Element) -> dict[Element | None, str]:
    """The role of each component, by the component."""
    return {one.getparent(): _formal(one) for one in item.iter() if local(one) == "Role"}


def _readable(content: Element) -> bool:
    """Whether a content item says nothing against being text."""
    kind = _formal(child(content, "MediaType")).lower()
    mime = _formal(child(content, "MimeType")).lower()
    return (
        kind in {"", "text", "complextext"}
        and (not mime or re.search(r"text|xml|html|nitf", mime) is not None)
        and ("css" not in mime)
    )


def _around(item: Element, component: Element | None) -> list[Element]:
    """The components from the nearest to the outermost; without one, all in order."""
    if component is None:
        return [one for one in item.iter() if local(one) == "NewsComponent"]
    return [component, *(one for one in component.iterancestors() if local(one) == "NewsComponent")]


def _first(around: Sequence[Element], *path: str) -> str:
    """The first text at a path in the components."""
    *above, last = path
    return next((text for one in around for part in children(child(one, *above), last) if (text := text_of(part))), "")


def _formal(element: Element | None) -> str:
    return line_of(element.get("FormalName")) if element is not None else ""


def _lines(around: Sequence[Element]) -> Iterator[Element]:
    return (line for one in around for line in children(child(one, "NewsLines"), "NewsLine"))


def _typed(line: Element, pattern: str) -> bool:
    return re.search(pattern, _formal(child(line, "NewsLineType")), re.IGNORECASE) is not None


# ---- what it says of itself --------------------------------------------------------------------------------------


def identifier(item: Element) -> str:
    """The item's identifier without its revision; empty where it has none."""
    found = child(item, "Identification", "NewsIdentifier")
    parts = [text_of(child(found, name)) for name in ("ProviderId", "DateId", "NewsItemId")]
    return "urn:newsml:" + ":".join(parts) if all(parts) else text_of(child(found, "PublicIdentifier"))


def _managed(item: Element) -> tuple[str | None, str | None, Status, str | None]:
    """Published, modified, status and embargo."""
    found = child(item, "NewsManagement")
    published = lexical(text_of(child(found, "FirstCreated")))
    modified = lexical(text_of(child(found, "ThisRevisionCreated")))
    status = _STATUS.get(_formal(child(found, "Status")).lower(), Status.WITHHELD)
    change = child(found, "StatusWillChange")
    embargo = None
    if change is not None and _formal(child(change, "FutureStatus")).lower() == "usable":
        embargo = until(text_of(child(change, "DateAndTime")))
        if embargo and _formal(child(found, "Status")).lower() == "embargoed":
            status = Status.USABLE
    if modified and published and (modified == published or not after(modified, published)):
        modified = None
    return published, modified, status, embargo


def _languages(item: Element, around: Sequence[Element]) -> list[tuple[str, str]]:
    found = [("DescriptiveMetadata/Language", _formal(child(one, "DescriptiveMetadata", "Language"))) for one in around]
    found += [("@xml:lang", one.get(LANG) or "") for one in (*around, item)]
    return [(place, tag_of(text)) for place, text in found]


def _publishers(item: Element, around: Sequence[Element]) -> list[tuple[str, str]]:
    top = item if child(item, "NewsEnvelope") is not None else item.getparent()
    sent = child(top, "NewsEnvelope", "SentFrom", "Party")
    return [
        *(("Provider", text) for text in _parties(around, "Provider")),
        ("NewsEnvelope/SentFrom", _formal(sent)),
        *(("Source", text) for text in _parties(around, "Source")),
    ]


def _parties(around: Sequence[Element], name: str) -> list[str]:
    found = [part for one in around for part in children(child(one, "AdministrativeMetadata"), name)]
    return [text for one in found for party in children(one, "Party") if (text := _formal(party))]


def _authors(around: Sequence[Element], story: Story) -> tuple[tuple[Author, ...], str]:
    if found := writers(_first(around, "NewsLines", "ByLine") or story.byline):
        return found, "NewsLines/ByLine"
    made = [author for name in _parties(around, "Creator") for author in writers(name)]
    return tuple(dict.fromkeys(made)), "AdministrativeMetadata/Creator"


def _keywords(around: Sequence[Element]) -> tuple[Keyword, ...]:
    found: list[Keyword] = []
    for one in (child(up, "DescriptiveMetadata") for up in around):
        for subject in (part for codes in children(one, "SubjectCode") for part in codes):
            number = _formal(subject)
            if number and local(subject).startswith("Subject"):
                found.append(Keyword(number, _SUBJECTS + number if re.fullmatch(r"\d{8}", number) else None))
        for part in children(one, "Property"):
            word = line_of(part.get("Value"))
            if word and not part.get("Role") and re.fullmatch(r"keywords?", _formal(part), re.IGNORECASE):
                found.append(Keyword(word))
    printed = _first(around, "NewsLines", "KeywordLine")
    found.extend(Keyword(word.strip()) for word in re.split(r"[;,]", printed) if word.strip())
    return tuple(dict.fromkeys(found))


# ---- pictures ----------------------------------------------------------------------------------------------------


def _images(item: Element, story: Story) -> tuple[Image, ...]:
    groups: dict[Element, list[Element]] = {}
    roles = _roles(item)
    for one in item.iter():
        if local(one) == "ContentItem" and _pictorial(one):
            own = next((up for up in one.iterancestors() if local(up) == "NewsComponent"), item)
            up = own.getparent()
            rendition = _RENDITION.search(roles.get(own, "")) is not None
            within = up if rendition and up is not None and local(up) == "NewsComponent" else own
            if not re.search("logo", roles.get(own, ""), re.IGNORECASE):
                groups.setdefault(within, []).append(one)
    made = [_image(group, contents) for group, contents in groups.items()]
    return tuple(dict.fromkeys([one for one in made if one.url or one.caption] + list(story.images)))


def _pictorial(content: Element) -> bool:
    kind = _formal(child(content, "MediaType")).lower()
    mime = _formal(child(content, "MimeType")).lower()
    return bool(content.get("Href")) and (kind in {"photo", "image", "graphic"} or mime.startswith("image/"))


def _image(group: Element, contents: Sequence[Element]) -> Image:
    from kg.extract.inline import absolute

    widths: list[tuple[int, int, str]] = []
    for place, one in enumerate(contents):
        if url := absolute(one.get("Href")):
            sizes = [
                part.get("Value") or ""
                for part in children(child(one, "Characteristics"), "Property")
                if _formal(part).lower() in {"width", "pixelwidth"}
            ]
            width = next((int(size) for size in sizes if size.isdecimal() and len(size) < 7), 0)
            widths.append((width, -place, url))
    said = [
        one
        for one in group.iter()
        if local(one) == "NewsComponent" and "caption" in _formal(child(one, "Role")).lower()
    ]
    caption = next(
        (text for one in said for part in one.iter() if local(part) == "DataContent" and (text := text_of(part))), ""
    )
    caption = caption or _first([group], "NewsLines", "HeadLine")
    credit = _first([group], "NewsLines", "CreditLine") or _first([group], "NewsLines", "ByLine")
    return Image(caption or None, credit or None, max(widths)[2] if widths else None)


def _kind(item: Element, story: Story, images: Sequence[Image]) -> str:
    if story.paragraphs:
        return "article"
    types = [_formal(child(one, "MediaType")).lower() for one in item.iter() if local(one) == "ContentItem"]
    found = next((_KINDS[one] for one in types if one in _KINDS), "picture" if images else "")
    return found or ("package" if any(local(one) == "NewsItemRef" for one in item.iter()) else "article")
