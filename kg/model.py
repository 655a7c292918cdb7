"""The values that flow along the data's path, all frozen: Document → Article → Text → Annotated → ArticleGraphs.

Offsets are Unicode code points from 0, end exclusive, into text that is NFC with LF line ends (NIF core,
Web Annotation ``oa:start``). Everything a machine recognised says who recognised it (``by``) and how sure it is
(``score`` from 0 to 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum

from pyoxigraph import NamedNode, Triple

from kg.errors import InputError

__all__ = [
    "FORMS",
    "Annotated",
    "Annotation",
    "Article",
    "ArticleGraphs",
    "Author",
    "Claim",
    "Document",
    "Entity",
    "Event",
    "Fact",
    "Field",
    "Gone",
    "Image",
    "Keyword",
    "Mention",
    "Naming",
    "Paragraph",
    "Quotation",
    "Rights",
    "Role",
    "Run",
    "Section",
    "Source",
    "Span",
    "Status",
    "Text",
    "Topic",
    "Unread",
]


class Rights(Enum):
    """What may be republished of a source (docs/decisions/0012-withheld-text.md)."""

    OWN = "own"
    LICENSED = "licensed"
    THIRD_PARTY = "third-party"


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from, as configured. Without a rights setting a source is third-party.

    ``priority`` decides which of several copies of one report leads: the highest. ``reserved`` says whether the
    rights holder reserves text and data mining (TDM Reservation Protocol); None where nothing is said.
    """

    name: str = "default"
    rights: Rights = Rights.THIRD_PARTY
    licence: str | None = None
    publisher: str | None = None
    language: str | None = None
    priority: int = 0
    reserved: bool | None = None

    @property
    def withheld(self) -> bool:
        """Whether the article's text must stay out of everything public."""
        return self.rights is Rights.THIRD_PARTY

    @property
    def digest(self) -> str:
        """A short hash of the settings: another one means that what was published of the source must be made anew."""
        return _digest(self)[:12]


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as they arrived. ``key`` is the identity of the article they hold (decision 13).

    ``key`` is ``guid:…``, ``url:…``, ``path:<source>/<path>`` or ``sha256:…``; ``origin`` is the path or URL that
    messages name; ``media_type`` is what the sender claimed, if anything; ``dated`` is when the bytes were fetched or
    last written, as the lexical form of an xsd:dateTime, where that is known. It says nothing of the article.
    """

    data: bytes
    key: str
    origin: str
    source: Source = Source()
    media_type: str | None = None
    dated: str | None = None

    @property
    def sha256(self) -> bytes:
        """The 32-byte digest of the bytes."""
        return hashlib.sha256(self.data).digest()


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read as a document, and why. ``document`` holds the bytes where there are any to keep."""

    error: InputError
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The source says that it no longer publishes what it published under one of these keys (HTTP 410, say)."""

    keys: tuple[str, ...]
    origin: str
    source: Source
    reason: str


# ---- what a reader makes of a document ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the body. ``kind`` is ``text`` or ``quote`` (a block quotation)."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture the article shows. Absent parts are None: nothing is invented."""

    caption: str | None = None
    credit: str | None = None
    url: str | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """An author as printed. ``type`` is ``Person`` or ``Organization``."""

    name: str
    type: str = "Person"
    url: str | None = None


class Status(Enum):
    """What the source says may be done with the item (IPTC publishing status, ``pubStatus``/``stat:``)."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Keyword:
    """A subject the source itself files the article under; ``iri`` is the concept's where the source gives one."""

    name: str
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What the source says about itself; only what is printed.

    Dates are lexical forms of xsd:date (``2026-03-12``) or of xsd:dateTime with a zone, in UTC with ``Z`` or as an
    offset. ``images[0]`` is the picture of the page when ``hero`` is true. ``dropped`` are the lines left out of
    the body, as printed. ``won`` pairs each field with the rule or reader that supplied it.

    ``kind`` is ``article``, or what the item is instead (``picture``, ``video``, ``event``, ``planning``, ``package``,
    ``concept`` …): such an item was read, and is not published as an article. A reader of structured formats may give
    an empty ``headline``; the pipeline says what is missing. ``identifier`` is the item's own GUID, stable over its
    versions; ``url`` its canonical address. ``embargo`` is the time before which it must not be published. ``note`` is
    the note to editors: it is never published.
    """

    headline: str
    paragraphs: tuple[Paragraph, ...] = ()
    alternative_headline: str | None = None
    abstract: str | None = None
    images: tuple[Image, ...] = ()
    hero: bool = False
    publisher: str | None = None
    section: str | None = None
    authors: tuple[Author, ...] = ()
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    url: str | None = None
    corrections: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    won: tuple[tuple[str, str], ...] = ()
    kind: str = "article"
    identifier: str | None = None
    status: Status = Status.USABLE
    embargo: str | None = None
    keywords: tuple[Keyword, ...] = ()
    dateline: str | None = None
    copyright_notice: str | None = None
    note: str | None = None

    @property
    def body(self) -> str:
        """The paragraphs joined by a blank line; empty when there are none."""
        return "\n\n".join(p.text for p in self.paragraphs)

    def digest(self, source: Source) -> str:
        """SHA-256, in hexadecimal, of what the article says and of its source's settings.

        How it was read and what was left out do not count: a page whose advertisements changed is the same article.
        """
        return _digest(replace(self, won=(), dropped=(), note=None), source)


def _digest(*values: object) -> str:
    """Fields that have their default value are left out, so that a new field changes no digest."""
    said = [
        (one.name, repr(getattr(value, one.name)))
        for value in values
        for one in fields(value)  # type: ignore[arg-type]
        if getattr(value, one.name) != one.default
    ]
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


# ---- what annotators see and say ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code points ``start`` to ``end``, end exclusive."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def covers(self, other: Span) -> bool:
        """Whether the other span lies inside this one (or is equal)."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the spans share a code point."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """The words the span stands for."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Field:
    """A text of its own within :class:`Text`: ``headline``, ``alternative-headline``, ``abstract``, ``body`` or
    ``caption-0``, ``caption-1`` …; each becomes one ``nif:Context``."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a field that is read in one way.

    ``kind`` is ``headline``, ``abstract``, ``paragraph``, ``block_quote`` or ``caption``. Furniture never gets here.
    """

    kind: str
    span: Span
    field: str


@dataclass(frozen=True, slots=True)
class Text:
    """All texts of an article laid end to end, so that annotators work with one string and one set of offsets.

    ``date`` is the date the article was published, as printed, for resolving relative time expressions; ``rubric`` is
    the section it is printed under, as far as the source says.
    """

    text: str
    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    language: str = "en"
    date: str | None = None
    rubric: str = ""

    def field_of(self, span: Span) -> Field:
        """The field a span lies in. Raises ValueError when it lies in none or crosses two."""
        for one in self.fields:
            if one.span.covers(span):
                return one
        raise ValueError(f"span {span.start},{span.end} lies in no single field")

    def section_of(self, span: Span) -> Section | None:
        """The section a span lies in, or None when it crosses two."""
        return next((s for s in self.sections if s.span.covers(span)), None)

    def of_kind(self, *kinds: str) -> Iterator[Section]:
        """The sections of these kinds, in order of the text."""
        return (s for s in self.sections if s.kind in kinds)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One stand-off statement of one annotator about one stretch of text.

    ``kind`` is the layer: ``name``, ``link``, ``coref``, ``quotation``, ``event``, ``claim``, ``fact``, ``date``.
    ``type`` is a schema.org (or nkg) class, ``ref`` a cluster id or an authority id, ``by`` the annotator as
    ``name@version``. ``args`` holds what else the layer needs, as plain values, spans or annotations' refs.
    """

    span: Span
    kind: str
    type: str | None
    ref: str | None
    score: float
    by: str
    args: Mapping[str, object] = field(default_factory=dict)


#: How a mention names its entity (the values of ``nkg:mentionForm``).
FORMS = ("name", "acronym", "nominal", "demonym", "metonym", "pronoun")


@dataclass(frozen=True, slots=True)
class Mention:
    """One stretch of text that names an entity. ``form`` is one of :data:`FORMS`.

    ``votes`` are the annotators that agreed on it, where several were asked and more than one did.
    """

    span: Span
    form: str
    score: float
    by: str
    votes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing the article names, with every place where it does.

    ``id`` is unique in the article (``e0``, ``e1`` … by first mention). ``type`` is the closest schema.org class and
    ``kind`` the one of ``Person``, ``Place``, ``Organization``, ``Event``, ``CreativeWork`` it falls under.
    ``authority`` is the authority row's id when linked. ``about`` says that the article is about it, not merely
    mentions it. ``scoped`` entities (an unnamed judge, a class of plaintiffs) are never shared across articles.
    """

    id: str
    kind: str
    type: str
    name: str
    mentions: tuple[Mention, ...]
    alternate_names: tuple[str, ...] = ()
    authority: str | None = None
    about: bool = False
    scoped: bool = False
    score: float = 1.0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a speaker. ``spans`` are where they are printed, the exact text first; ``kind`` is ``direct`` or
    ``indirect``. ``speaker`` is an entity id, or None: unknown is better than wrong. ``attribution`` is the stretch
    that says who spoke. ``others`` are entities that say it together with the speaker (*A and B said*)."""

    text: str
    spans: tuple[Span, ...]
    kind: str
    speaker: str | None
    score: float
    by: str
    attribution: Span | None = None
    about: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """An entity's part in an event. ``property`` is a schema.org property (``agent``, ``object``, ``location`` …)."""

    property: str
    entity: str
    evidence: Span


@dataclass(frozen=True, slots=True)
class Event:
    """One happening in one article. ``types`` are CURIEs (``nkg:CourtRuling``, ``schema:ShareAction``);
    ``status`` is ``completed``, ``active``, ``potential`` or ``failed``; ``date`` is the lexical form of an
    xsd:dateTime, date, gYearMonth, gYear, gMonth or gMonthDay, and None when the text gives none."""

    id: str
    name: str
    types: tuple[str, ...]
    span: Span
    status: str | None
    roles: tuple[Role, ...]
    score: float
    by: str
    date: str | None = None
    time_expression: Span | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion someone makes according to the article. Allegations are claims, never facts."""

    text: str
    span: Span
    claimants: tuple[str, ...]
    about: tuple[str, ...]
    score: float
    by: str
    quotation: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement the article makes about an entity, with the words it rests on.

    ``property`` is a schema.org property (``jobTitle``, ``nationality``, ``alternateName``, ``containedInPlace``,
    ``affiliation``, ``description`` …); exactly one of ``entity`` (an entity or event id) and ``value`` is given.
    """

    subject: str
    property: str
    evidence: tuple[Span, ...]
    score: float
    by: str
    entity: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A field the article belongs to: ``code`` is an IPTC Media Topic's (``15000000``), ``evidence`` the words that
    speak for it."""

    code: str
    label: str
    evidence: tuple[Span, ...]
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article with everything recognised in it. ``layers`` keeps every annotation as its annotator gave it.

    ``annotators`` are those that looked at the text, as ``name@version``; none did where it is not English.
    """

    article: Article
    text: Text
    entities: tuple[Entity, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    layers: tuple[Annotation, ...] = ()
    topics: tuple[Topic, ...] = ()
    annotators: tuple[str, ...] = ()


# ---- what the builder needs and makes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Naming:
    """The IRIs an article's parts go by, decided against the store before building.

    ``page`` is the article's document IRI (without ``#id``), ``things`` maps entity and event ids, ``publisher:``
    and ``author:<name>`` to thing IRIs (with ``#id``).
    """

    page: str
    things: Mapping[str, str]
    version: int = 1
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The processing run that provenance names. ``time`` is the lexical form of an xsd:dateTime in UTC."""

    agent: str
    version: str
    time: str
    tables: str = ""


@dataclass(frozen=True, slots=True)
class ArticleGraphs:
    """One article as RDF: three graphs of its own and its share of the provenance graph.

    ``things`` are the pages of every shared thing the graphs describe, for revisions and for orphan checks.
    ``warnings`` are the gate's ``sh:ValidationResult``s: a graph of their own (``report``), not in the default graph.
    """

    page: str
    content: tuple[Triple, ...]
    facts: tuple[Triple, ...]
    annotations: tuple[Triple, ...]
    provenance: tuple[Triple, ...]
    things: tuple[str, ...] = ()
    warnings: tuple[Triple, ...] = ()

    @property
    def iri(self) -> NamedNode:
        """The article itself, ``…#id``."""
        return NamedNode(self.page + "#id")

    def by_kind(self) -> Iterator[tuple[str, tuple[Triple, ...]]]:
        """The article's own graphs as ``(kind, triples)``."""
        yield "content", self.content
        yield "facts", self.facts
        yield "annotations", self.annotations
        yield "report", self.warnings

    @property
    def triples(self) -> tuple[Triple, ...]:
        """The content, facts and annotations graphs as one sequence."""
        return self.content + self.facts + self.annotations
