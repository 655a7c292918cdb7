"""One item of NewsML-G2 as an article; :mod:`kg.extract.newsml` says what is taken from where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kg.errors import InvalidFormat
from kg.extract import byline, itemcontent
from kg.extract.inlinexml import Story, child, children, undash, until
from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.qcodes import Catalog, catalog_of, code
from kg.extract.writers import writers
from kg.extract.xml import Element, local, text_of
from kg.model import Article, Author, Image, Keyword, Status

__all__ = ["ITEMS", "LANG", "NAMESPACE", "article"]

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
#: The name of ``xml:lang``.
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_STATUS = {
    "": Status.USABLE,
    "usable": Status.USABLE,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
}
_SUB = re.compile(r"sub|deck|dek|secondary|hl2|alt", re.IGNORECASE)
_MAIN = re.compile(r"main|primary|title|head|hl1|hed$|display|full|web|online|print", re.IGNORECASE)
_ABSTRACT = frozenset(("summary", "abstract", "teaser", "standfirst", "synopsis", "deck", "dek"))
_LOGIN = re.compile(r"[a-z0-9]+(?:[._@-][a-z0-9]+)*")
_MAKER = re.compile(r"photograph|camera|graphic|video", re.IGNORECASE)
_HELPER = re.compile(r"edit|describ|descr|caption|producer|translat|supplier", re.IGNORECASE)
_IRI = re.compile(r"(?:https?|urn|tag):[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class _Item:
    """What is asked of an item again and again; ``won`` collects which part supplied which field."""

    root: Element
    meta: Element | None
    content: Element | None
    rights: Element | None
    catalog: Catalog
    language: str
    origin: str
    asserted: dict[str, str] = field(default_factory=dict)
    won: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, place: str, value: str | None) -> str | None:
        """The value, and a note of where it came from when there is one."""
        if value:
            self.won.setdefault(name, place)
        return value or None


def article(root: Element, origin: str) -> Article:
    """The article of an item element. Raises :class:`kg.errors.InvalidFormat` for an embargo that cannot be read."""
    meta, content = child(root, "itemMeta"), child(root, "contentMeta")
    language = _language(root, content)
    message = [one for above in root.iterancestors() for one in (above, *children(above, "header"))]
    item = _Item(root, meta, content, child(root, "rightsInfo"), catalog_of(*message, root), language or "", origin)
    item.asserted.update(_asserted(item))
    kind = _kind(item)
    head, second, left = _headlines(item)
    if not head and kind in {"concept", "event"}:
        concepts = [one for one in root.iter() if local(one) == "concept"]
        head = _name(concepts[0], language or "") if len(concepts) == 1 else ""
    made = Article(
        headline=item.take("headline", "contentMeta/headline", head) or "",
        alternative_headline=item.take("alternative_headline", "contentMeta/headline", second),
        abstract=item.take("abstract", "contentMeta/description", _abstract(item, kind)),
        publisher=_publisher(item),
        authors=_authors(item, kind),
        language=item.take("language", "contentMeta/language", language),
        keywords=_keywords(item),
        dateline=item.take("dateline", "contentMeta/dateline", undash(text_of(child(content, "dateline")))),
        identifier=item.take("identifier", "@guid", _line(root.get("guid"))),
        url=item.take("url", "link", _address(item)),
        copyright_notice=_copyright(item),
        note=item.take("note", "itemMeta/edNote", _notes(item)),
        corrections=_corrections(item),
        kind=kind,
        dropped=left,
    )
    return replace(_filled(_dated(made, item), item), won=tuple(item.won.items()))


# ---- language and names ------------------------------------------------------------------------------------------


def _line(text: str | None) -> str:
    from kg.extract.inline import line

    return line(text or "")


def _language(root: Element, content: Element | None) -> str | None:
    found = [one.get("tag") for one in children(content, "language")]
    above = (one.get(LANG) for one in (root, *root.iterancestors()))
    tags = (text.strip() for text in (*found, *above) if text)
    return next((tag for tag in tags if _TAG.fullmatch(tag)), None)


def _spoken(elements: Iterable[Element], language: str) -> list[Element]:
    """The elements in the language (else in a kindred one, else those that name none, else all)."""
    found = list(elements)
    tags = [(one, (one.get(LANG) or "").lower()) for one in found]
    wanted = language.lower()
    exact = [one for one, tag in tags if not tag or tag == wanted]
    kindred = [one for one, tag in tags if tag.partition("-")[0] == wanted.partition("-")[0]]
    return exact or kindred or found


def _name(element: Element | None, language: str) -> str:
    """The name of a concept in the item's language."""
    names = _spoken(children(element, "name"), language)
    exact = [one for one in names if (one.get(LANG) or "").lower() == language.lower()]
    return next((text for one in (*exact, *names) if (text := text_of(one))), "")


def _role(element: Element) -> str:
    """The code of an element's role, whatever its alias."""
    role = (element.get("role") or element.get("roleuri") or "").strip()
    return re.split(r"[:/#]", role)[-1].lower()


def _code(element: Element | None) -> str:
    """The code an element states by QCode, by IRI or literally, in lower case."""
    if element is None:
        return ""
    given = code(element.get("qcode")) or re.split(r"[/#]", element.get("uri") or "")[-1] or element.get("literal")
    return (given or "").strip().lower()


# ---- what the item is --------------------------------------------------------------------------------------------


def _kind(item: _Item) -> str:
    name = local(item.root)
    kind = ITEMS.get(name, "catalog")
    if name == "newsItem":
        if any(local(one) in {"events", "event"} for one in itemcontent.inline(item.root)):
            return "event"
        given = _code(child(item.meta, "itemClass"))
        if given and given != "text":
            return re.sub(r"[^a-z0-9]+", "-", given)[:40].strip("-") or kind
        return kind if given else itemcontent.kind(item.root) or kind
    if name in {"conceptItem", "knowledgeItem"}:
        concepts = [one for one in item.root.iter() if local(one) == "concept"]
        if concepts and all(child(one, "eventDetails") is not None for one in concepts):
            return "event"
    return kind


# ---- words -------------------------------------------------------------------------------------------------------


def _headlines(item: _Item) -> tuple[str, str, tuple[str, ...]]:
    """Headline, alternative headline and the headlines that are neither (kickers and the like)."""
    main: list[tuple[int, int, str]] = []
    second: list[tuple[int, int, str]] = []
    others: list[tuple[int, int, str]] = []
    for place, one in enumerate(_spoken(children(item.content, "headline"), item.language)):
        text, role = text_of(one), _role(one)
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


def _abstract(item: _Item, kind: str) -> str:
    """The abstract; of what is no text its caption is one."""
    found = _described(item, _ABSTRACT, plain=True)
    return found or (_described(item, frozenset({"caption"}), plain=False) if kind != "article" else "")


def _described(item: _Item, roles: frozenset[str], *, plain: bool) -> str:
    """The description with one of the roles, else (if ``plain``) the first without a role."""
    found = _spoken(children(item.content, "description"), item.language)
    fits = [one for one in found if _role(one) in roles]
    fits += [one for one in found if plain and not _role(one)]
    return next((text for one in fits if (text := text_of(one))), "")


def _notes(item: _Item) -> str:
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


def _corrections(item: _Item) -> tuple[str, ...]:
    """The notes whose role says that they are a correction and that nobody keeps from the public."""
    found = [text_of(one) for one in children(item.meta, "edNote") if "correct" in _role(one) and not _private(one)]
    if any(found):
        item.won["corrections"] = "itemMeta/edNote"
    return tuple(dict.fromkeys(text for text in found if text))


def _copyright(item: _Item) -> str | None:
    for name in ("copyrightNotice", "usageTerms"):
        found = [one for top in children(item.root, "rightsInfo") for one in children(top, name)]
        for one in _spoken(found, item.language):
            text = text_of(one)
            if text and text.casefold() not in {"none", "null", "n/a", "-"}:  # what a program says of an empty field
                return item.take("copyright_notice", f"rightsInfo/{name}", text)
    return None


# ---- who ---------------------------------------------------------------------------------------------------------


def _authors(item: _Item, kind: str) -> tuple[Author, ...]:
    named: dict[str, Author] = {}
    for one in children(item.content, "creator") + _writing(item):
        if (kind == "article" and _MAKER.search(_role(one))) or _HELPER.search(_role(one)):
            continue
        name = _name(one, item.language) or _line(one.get("literal"))
        for author in _creator(name, _party(one), _page(one)):
            named.setdefault(key(author.name), author)
    groups = {key(text) for text in (_name(child(item.meta, "provider"), item.language), *_credits(item)) if text}
    printed: dict[str, Author] = {}
    for one in _spoken(children(item.content, "by"), item.language):
        for author in writers(text_of(one)):
            whole = named.get(key(author.name), author)
            printed.setdefault(key(author.name), whole)
    found = printed or named
    if found:
        item.won["authors"] = "contentMeta/by" if printed else "contentMeta/creator"
    return tuple(
        replace(author, type="Organization") if key(author.name) in groups else author for author in found.values()
    )


def _creator(name: str, type: str | None, page: str | None) -> tuple[Author, ...]:
    """The party of one element, whole unless it holds several people's names; a login name names nobody."""
    if not name or _LOGIN.fullmatch(name):
        return ()
    found = writers(name, type, page)
    if len(found) == 1 or (len(found) > 1 and all(byline.person(one.name) for one in found)):
        return found
    grouped = any(one.type == "Organization" for one in found)
    return (Author(name, type or ("Organization" if grouped else "Person"), page),) if found else ()


def _writing(item: _Item) -> list[Element]:
    """The contributors whose role is to have written the text."""
    return [one for one in children(item.content, "contributor") if re.search(r"author|writer|reporter", _role(one))]


def _party(element: Element) -> str | None:
    """What a party says it is: a person, an organisation, or nothing."""
    said = f"{element.get('type') or ''} {element.get('typeuri') or ''}".lower()
    if child(element, "personDetails") is not None or "person" in said:
        return "Person"
    if child(element, "organisationDetails") is not None or "organi" in said:
        return "Organization"
    return None


def _page(element: Element) -> str | None:
    uri = (element.get("uri") or "").strip()
    return uri if uri.startswith(("http://", "https://")) and _IRI.fullmatch(uri) else None


def _credits(item: _Item) -> list[str]:
    """The organisations an item names as its sources."""
    found = [text_of(one) for one in children(item.content, "creditline")]
    return found + [_name(one, item.language) for one in children(item.content, "infoSource")]


def _publisher(item: _Item) -> str | None:
    places = (
        ("itemMeta/provider", children(item.meta, "provider")),
        ("contentMeta/infoSource", children(item.content, "infoSource")),
        ("rightsInfo/copyrightHolder", children(item.rights, "copyrightHolder")),
    )
    for place, found in places:
        for one in found:
            if name := _name(one, item.language) or _line(one.get("literal")):
                return item.take("publisher", place, name)
    provider = child(item.meta, "provider")
    qcode = (provider.get("qcode") or "").strip() if provider is not None else ""
    if qcode.startswith("nprov:"):  # the one scheme whose codes are names
        return item.take("publisher", "itemMeta/provider/@qcode", code(qcode))
    return None


# ---- what about --------------------------------------------------------------------------------------------------


def _asserted(item: _Item) -> dict[str, str]:
    """The names that ``assert`` gives to concepts, by QCode, IRI and literal."""
    found: dict[str, str] = {}
    for one in children(item.root, "assert"):
        name = _name(one, item.language)
        for attribute in ("qcode", "uri", "literal"):
            if name and (value := (one.get(attribute) or "").strip()):
                found.setdefault(value, name)
    return found


def _keywords(item: _Item) -> tuple[Keyword, ...]:
    found: list[Keyword] = []
    for one in children(item.content, "subject"):
        qcode, uri, literal = ((one.get(name) or "").strip() for name in ("qcode", "uri", "literal"))
        iri = item.catalog.iri(qcode) or (uri if _IRI.fullmatch(uri) else None)
        asserted = next((name for value in (qcode, uri, literal) if (name := item.asserted.get(value))), "")
        name = _name(one, item.language) or asserted or _line(literal) or _line(code(qcode)) or _line(uri)
        if name:
            found.append(Keyword(name, iri))
    found.extend(
        Keyword(text) for one in _spoken(children(item.content, "keyword"), item.language) if (text := text_of(one))
    )
    if found:
        item.won["keywords"] = "contentMeta/subject"
    kept: dict[tuple[str, str | None], Keyword] = {}
    for keyword in found:
        kept.setdefault((keyword.iri or key(keyword.name), None), keyword)
    return tuple(kept.values())


def _address(item: _Item) -> str | None:
    from kg.extract.inline import absolute

    links = [
        one for one in children(item.meta, "link") if re.search(r"canonical$", one.get("rel") or "", re.IGNORECASE)
    ]
    return next((url for one in links if (url := absolute(one.get("href")))), None)


# ---- when --------------------------------------------------------------------------------------------------------


def _dated(made: Article, item: _Item) -> Article:
    def date(parent: Element | None, name: str) -> str | None:
        return lexical(text_of(child(parent, name)))

    changed = date(item.meta, "versionCreated")
    first, created = date(item.meta, "firstCreated"), date(item.content, "contentCreated")
    published = item.take("date_published", "itemMeta/firstCreated", first)
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


def _status(item: _Item) -> Status:
    found = child(item.meta, "pubStatus")
    if found is not None:
        item.won["status"] = "itemMeta/pubStatus"
    return _STATUS.get(_code(found), Status.WITHHELD)


# ---- content -----------------------------------------------------------------------------------------------------


def _filled(made: Article, item: _Item) -> Article:
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


def _pictures(made: Article, item: _Item, story: Story) -> tuple[Image, ...]:
    caption = _described(item, frozenset({"caption"}), plain=made.kind != "article")
    credit = next((text for one in children(item.content, "creditline") if (text := text_of(one))), None)
    found: list[Image] = []
    own = itemcontent.picture(item.root)
    if own is not None or made.kind in {"picture", "graphic"}:
        found.append(Image(caption or None, credit, own, None))
    found.extend(
        itemcontent.linked(one)
        for one in children(item.meta, "link")
        if _code(child(one, "itemClass")) in {"picture", "graphic"}
        or (one.get("contenttype") or "").startswith("image/")
    )
    found.extend(story.images)
    return tuple(dict.fromkeys(one for one in found if one.url or one.caption))
