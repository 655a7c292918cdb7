"""One item of NewsML-G2 as an article; :mod:`kg.extract.newsml` says what is taken from where."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.errors import InvalidFormat
from kg.extract import itemcontent
from kg.extract.inlinexml import Story, child, children, undash, until
from kg.extract.itemparties import authors_of, publisher_of
from kg.extract.itemview import IRI, Item, code_of, language_of, line_of, name_of, role_of, spoken
from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.qcodes import STANDARD, Catalog, catalog_of, code
from kg.extract.writers import writers
from kg.extract.xml import Element, local, text_of
from kg.model import Article, Image, Keyword, Status

__all__ = ["ITEMS", "NAMESPACE", "article"]

NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
#: The items of NewsML-G2, each with what it is where no class says more.
ITEMS = {
    "newsItem": "article",
    "packageItem": "package",
    "conceptItem": "concept",
    "knowledgeItem": "knowledge",
    "planningItem": "planning",
    "catalogItem": "catalog",
}
_STATUS = {
    "": Status.USABLE,
    "usable": Status.USABLE,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
}
_SUB = re.compile(r"sub|deck|dek|secondary|hl2|alt", re.IGNORECASE)
_MAIN = re.compile(r"main|primary|title|head|hl1|hed$|display|full|web|online|print", re.IGNORECASE)
_ABSTRACT = frozenset(("summary", "abstract", "teaser", "standfirst", "synopsis", "deck", "dek"))


def article(root: Element, origin: str, catalog: Catalog = STANDARD) -> Article:
    """The article of an item; ``catalog`` holds what a message around it declares.

    Raises :class:`kg.errors.InvalidFormat` for an embargo that cannot be read.
    """
    meta, content = child(root, "itemMeta"), child(root, "contentMeta")
    language = language_of(root, content)
    item = Item(root, meta, content, child(root, "rightsInfo"), catalog_of(root, base=catalog), language or "", origin)
    item.asserted.update(_asserted(item))
    kind = _kind(item)
    head, second, left = _headlines(item)
    if not head and kind in {"concept", "event"}:
        concepts = [one for one in root.iter() if local(one) == "concept"]
        head = name_of(concepts[0], language or "") if len(concepts) == 1 else ""
    made = Article(
        headline=item.take("headline", "contentMeta/headline", head) or "",
        alternative_headline=item.take("alternative_headline", "contentMeta/headline", second),
        abstract=item.take("abstract", "contentMeta/description", _abstract(item, kind)),
        publisher=publisher_of(item),
        authors=authors_of(item, kind),
        language=item.take("language", "contentMeta/language", language),
        keywords=_keywords(item),
        dateline=item.take("dateline", "contentMeta/dateline", undash(text_of(child(content, "dateline")))),
        identifier=item.take("identifier", "@guid", line_of(root.get("guid"))),
        url=item.take("url", "link", _address(item)),
        copyright_notice=_copyright(item),
        note=item.take("note", "itemMeta/edNote", _notes(item)),
        corrections=_corrections(item),
        kind=kind,
        dropped=left,
    )
    return replace(_filled(_dated(made, item), item), won=tuple(item.won.items()))


# ---- what the item is --------------------------------------------------------------------------------------------


def _kind(item: Item) -> str:
    name = local(item.root)
    kind = ITEMS.get(name, "catalog")
    if name == "newsItem":
        if any(local(one) in {"events", "event"} for one in itemcontent.inline(item.root)):
            return "event"
        given = code_of(child(item.meta, "itemClass"))
        if given and given != "text":
            return re.sub(r"[^a-z0-9]+", "-", given)[:40].strip("-") or kind
        return kind if given else itemcontent.kind(item.root) or kind
    if name in {"conceptItem", "knowledgeItem"}:
        concepts = [one for one in item.root.iter() if local(one) == "concept"]
        if concepts and all(child(one, "eventDetails") is not None for one in concepts):
            return "event"
    return kind


# ---- words -------------------------------------------------------------------------------------------------------


def _headlines(item: Item) -> tuple[str, str, tuple[str, ...]]:
    """Headline, alternative headline and the headlines that are neither (kickers and the like)."""
    main: list[tuple[int, int, str]] = []
    second: list[tuple[int, int, str]] = []
    others: list[tuple[int, int, str]] = []
    for place, one in enumerate(spoken(children(item.content, "headline"), item.language)):
        text, role = text_of(one), role_of(one)
        rank = (one.get("rank") or "").strip()
        row = (int(rank) if rank.isdecimal() and len(rank) < 7 else 0, place, text)
        if not text:
            continue
        if not role or (_MAIN.search(role) and not _SUB.search(role)):
            (main if row[0] <= 2 else others).append(row)
        else:
            (second if _SUB.search(role) else others).append(row)
    first = min(main or second or others, default=(0, 0, ""))
    rest = [row for row in (*sorted(second), *sorted(main)) if key(row[2]) != key(first[2])]
    chosen = rest[0][2] if rest else ""
    left = [row[2] for row in (*rest[1:], *sorted(others)) if row[2] not in (first[2], chosen)]
    return first[2], chosen, tuple(dict.fromkeys(left))


def _abstract(item: Item, kind: str) -> str:
    """The abstract; of what is no text its caption is one."""
    found = _described(item, _ABSTRACT, plain=True)
    return found or (_described(item, frozenset({"caption"}), plain=False) if kind != "article" else "")


def _described(item: Item, roles: frozenset[str], *, plain: bool) -> str:
    """The description with one of the roles, else (if ``plain``) the first without a role."""
    found = spoken(children(item.content, "description"), item.language)
    fits = [one for one in found if role_of(one) in roles]
    fits += [one for one in found if plain and not role_of(one)]
    return next((text for one in fits if (text := text_of(one))), "")


def _notes(item: Item) -> str:
    """The notes that nobody keeps from the public, one in a line; a copy of them with block mark-up is left out."""
    found = [one for one in children(item.meta, "edNote") + children(item.content, "edNote") if not _private(one)]
    plain = [one for one in found if all(local(part) in {"a", "br", "span", "inline", "ruby", ""} for part in one)]
    return "\n".join(dict.fromkeys(text for one in plain or found if (text := text_of(one)) and _words(one)))


def _words(note: Element) -> bool:
    """Whether a note says anything but headings."""
    titles = [text_of(one) for one in note.iter() if re.fullmatch(r"h[1-6]", local(one).lower())]
    return text_of(note) != " ".join(titles)


def _private(note: Element) -> bool:
    """Whether a constraint keeps the note from the public."""
    said = f"{note.get('pubconstraint') or ''} {note.get('pubconstrainturi') or ''}".lower()
    return re.search(r"non-?public|not-?for-?publi|internal|private", said) is not None


def _corrections(item: Item) -> tuple[str, ...]:
    """The public notes with the role of a correction; where a signal says that it is one, else those without a role."""
    notes = [one for one in children(item.meta, "edNote") if not _private(one)]
    found = [one for one in notes if "correct" in role_of(one)]
    if not found and any(code_of(one).startswith("correct") for one in children(item.meta, "signal")):
        found = [one for one in notes if not role_of(one)]
    texts = tuple(dict.fromkeys(text for one in found if (text := text_of(one))))
    if texts:
        item.won["corrections"] = "itemMeta/edNote"
    return texts


def _copyright(item: Item) -> str | None:
    for name in ("copyrightNotice", "usageTerms"):
        found = [one for top in children(item.root, "rightsInfo") for one in children(top, name)]
        for one in spoken(found, item.language):
            text = text_of(one)
            if text and text.casefold() not in {"none", "null", "n/a", "-"}:  # what a program says of an empty field
                return item.take("copyright_notice", f"rightsInfo/{name}", text)
    return None


# ---- what about --------------------------------------------------------------------------------------------------


def _asserted(item: Item) -> dict[str, str]:
    """The names that ``assert`` gives to concepts, by QCode, IRI and literal."""
    found: dict[str, str] = {}
    for one in children(item.root, "assert"):
        name = name_of(one, item.language)
        for attribute in ("qcode", "uri", "literal"):
            if name and (value := (one.get(attribute) or "").strip()):
                found.setdefault(value, name)
    return found


def _keywords(item: Item) -> tuple[Keyword, ...]:
    found: list[Keyword] = []
    for one in children(item.content, "subject"):
        qcode, uri, literal = ((one.get(name) or "").strip() for name in ("qcode", "uri", "literal"))
        iri = item.catalog.iri(qcode) or (uri if IRI.fullmatch(uri) else None)
        asserted = next((name for value in (qcode, uri, literal) if (name := item.asserted.get(value))), "")
        name = name_of(one, item.language) or asserted or line_of(literal) or line_of(code(qcode)) or line_of(uri)
        if name:
            found.append(Keyword(name, iri))
    found.extend(
        Keyword(text) for one in spoken(children(item.content, "keyword"), item.language) if (text := text_of(one))
    )
    if found:
        item.won["keywords"] = "contentMeta/subject"
    kept: dict[tuple[str, str | None], Keyword] = {}
    for keyword in found:
        kept.setdefault((keyword.iri or key(keyword.name), None), keyword)
    return tuple(kept.values())


def _address(item: Item) -> str | None:
    from kg.extract.inline import absolute

    links = [
        one for one in children(item.meta, "link") if re.search(r"canonical$", one.get("rel") or "", re.IGNORECASE)
    ]
    return next((url for one in links if (url := absolute(one.get("href")))), None)


# ---- when --------------------------------------------------------------------------------------------------------


def _dated(made: Article, item: Item) -> Article:
    def date(parent: Element | None, name: str) -> str | None:
        return lexical(text_of(child(parent, name)))

    changed = date(item.meta, "versionCreated")
    first, created = date(item.meta, "firstCreated"), date(item.content, "contentCreated")
    issued = [
        lexical(text_of(child(one, "timestamp"))) for one in children(child(item.root, "pubHistory"), "published")
    ]
    published = item.take("date_published", "pubHistory/published", min((one for one in issued if one), default=None))
    published = published or item.take("date_published", "itemMeta/firstCreated", first)
    if published is None and made.kind == "article":
        published = item.take("date_published", "contentMeta/contentCreated", created)
    if published is None and (item.root.get("version") or "1").strip() in {"0", "1"}:
        published = item.take("date_published", "itemMeta/versionCreated", changed)
    modified = item.take("date_modified", "itemMeta/versionCreated", changed if changed != published else None)
    embargo, status = None, _status(item)
    found = child(item.meta, "embargoed")
    if found is not None:
        text = text_of(found)
        embargo = until(text)
        if text and embargo is None:
            raise InvalidFormat(
                f"embargoed says {text[:40]!r}, which is no date; until it is known, the item cannot be taken",
                origin=item.origin,
                line=found.sourceline,
                path="itemMeta/embargoed",
            )
        if embargo:
            item.won["embargo"] = "itemMeta/embargoed"
        elif status is Status.USABLE:
            status = Status.WITHHELD
            item.won["status"] = "itemMeta/embargoed"
    return replace(
        made,
        date_published=published,
        date_modified=modified,
        embargo=embargo,
        status=status,
    )


def _status(item: Item) -> Status:
    found = child(item.meta, "pubStatus")
    if found is not None:
        item.won["status"] = "itemMeta/pubStatus"
    return _STATUS.get(code_of(found), Status.WITHHELD)


# ---- content -----------------------------------------------------------------------------------------------------


def _filled(made: Article, item: Item) -> Article:
    """The article with its body and pictures; what the metadata leaves open is taken from the content."""
    story, place = itemcontent.story(item.root)
    images = _pictures(made, item, story)
    if story.paragraphs:
        item.won["paragraphs"] = place
    if images:
        item.won["images"] = "contentSet" if made.kind != "article" else "itemMeta/link"
    fields: dict[str, object] = {"paragraphs": story.paragraphs, "images": images, "hero": bool(images)}
    if made.kind == "composite" and story.paragraphs:
        fields["kind"] = "article"
    if not made.headline and story.headline:
        fields["headline"] = item.take("headline", place, story.headline)
    if not made.abstract and story.abstract:
        fields["abstract"] = item.take("abstract", place, story.abstract)
    if not made.dateline and story.dateline:
        fields["dateline"] = item.take("dateline", place, story.dateline)
    if not made.authors and story.byline and (authors := writers(story.byline)):
        fields["authors"] = authors
        item.won["authors"] = place
    texts = [made.headline, made.alternative_headline, made.abstract, *(made.note or "").split("\n"), *made.dropped]
    texts += [keyword.name for keyword in made.keywords]
    texts += [text_of(one) for one in children(item.content, "by")]
    stated = {key(text) for text in texts if text}
    fields["dropped"] = made.dropped + tuple(text for text in story.dropped if key(text) not in stated)
    return replace(made, **fields)  # type: ignore[arg-type]


def _pictures(made: Article, item: Item, story: Story) -> tuple[Image, ...]:
    caption = _described(item, frozenset({"caption"}), plain=made.kind != "article")
    credit = next((text for one in children(item.content, "creditline") if (text := text_of(one))), None)
    found: list[Image] = []
    own = itemcontent.picture(item.root)
    if own is not None or made.kind in {"picture", "graphic"}:
        found.append(Image(caption or None, credit, own, None))
    found.extend(
        itemcontent.linked(one)
        for one in children(item.meta, "link") + children(item.content, "link")
        if code_of(child(one, "itemClass")) in {"picture", "graphic"}
        or (one.get("contenttype") or "").startswith("image/")
    )
    found.extend(story.images)
    return tuple(dict.fromkeys(one for one in found if one.url or one.caption))
