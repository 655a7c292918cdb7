"""What pages show, as frozen rows of plain values: no term, no store, nothing to query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = [
    "ArticlePage",
    "ArticleRow",
    "Capped",
    "ClaimRow",
    "Counts",
    "EventRow",
    "Evidence",
    "FactRow",
    "FactValue",
    "Finding",
    "Group",
    "ImageRow",
    "Link",
    "MentionRow",
    "Piece",
    "Provenance",
    "QuotationRow",
    "RoleRow",
    "Run",
    "Snippet",
    "State",
    "Tally",
    "ThingPage",
    "ThingRow",
    "Words",
]

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Capped(Generic[Row]):
    """The rows that are shown and how many ``more`` there are; ``open_ended`` when only at least that many."""

    rows: tuple[Row, ...] = ()
    more: int = 0
    open_ended: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Words:
    """Text and its language tag, or None."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A thing as pages link to it. ``page`` is None for what has no page here; ``kind`` is one of ``labels.KINDS``."""

    iri: str
    page: str | None
    name: str
    kind: str = "Thing"


@dataclass(frozen=True, slots=True)
class Tally:
    """A thing and in how many articles, or how often, it is named."""

    link: Link
    count: int
    about: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind under the heading pages give them."""

    kind: str
    title: str
    rows: Capped[Tally]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that links to one thing, or to none."""

    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Runs inside one quotation (``quote`` is its part name) or outside any (None)."""

    runs: tuple[Run, ...]
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """Words with what stands before and after them in their paragraph."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in a list. Dates are lexical forms as stored; ``withheld`` texts are not shown in full."""

    page: str
    headline: str
    language: str | None = None
    date: str | None = None
    modified: str | None = None
    section: str | None = None
    publisher: Link | None = None
    abstract: str | None = None
    withheld: bool = False

    @property
    def iri(self) -> str:
        """The article itself."""
        return self.page + "#id"


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing in a list. ``types`` are in words; ``articles`` is how many name it."""

    page: str
    name: str
    kind: str
    types: tuple[str, ...] = ()
    articles: int = 0

    @property
    def iri(self) -> str:
        """The thing itself."""
        return self.page + "#id"


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A picture. ``url`` is where the source keeps it: pages link to it and never load it."""

    caption: tuple[Piece, ...] = ()
    credit: str | None = None
    url: str | None = None
    description: str | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a statement rests on: an article (None: the authority table) and its words (none when withheld)."""

    article: ArticleRow | None
    snippets: tuple[Snippet, ...] = ()
    score: float | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class FactValue:
    """One value of a property, as text or as a link, with everything it rests on."""

    text: str
    link: Link | None
    evidence: Capped[Evidence]
    href: str | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One property of one thing with all its values side by side; ``differ`` when sources give different ones."""

    subject: Link
    property: str
    label: str
    values: tuple[FactValue, ...]
    differ: bool = False


@dataclass(frozen=True, slots=True)
class QuotationRow:
    """Words of a speaker. ``text`` is None when withheld; ``part`` is the fragment within the article's page."""

    part: str
    text: str | None
    direct: bool
    speakers: tuple[Link, ...] = ()
    about: tuple[Link, ...] = ()
    article: ArticleRow | None = None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """What someone asserts, according to an article."""

    part: str
    text: str | None
    claimants: tuple[Link, ...] = ()
    about: tuple[Link, ...] = ()
    article: ArticleRow | None = None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """Who has which part in an event."""

    label: str
    link: Link


@dataclass(frozen=True, slots=True)
class EventRow:
    """A happening. ``date`` is the lexical form of an xsd date type, ``printed`` the time as the text has it."""

    link: Link
    types: tuple[str, ...] = ()
    date: str | None = None
    printed: str | None = None
    status: str | None = None
    roles: tuple[RoleRow, ...] = ()
    article: ArticleRow | None = None


@dataclass(frozen=True, slots=True)
class MentionRow:
    """One article that names a thing: how often, and one place where it does."""

    article: ArticleRow
    count: int
    snippet: Snippet | None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gate found worth a look: its message, the constraint's code and how often it was found."""

    message: str
    code: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the article's graphs came to be. ``time`` is an xsd:dateTime, ``source`` the ``ni`` IRI of the bytes."""

    time: str | None = None
    software: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Everything the page of an article shows."""

    row: ArticleRow
    section_slug: str | None = None
    alternative_headline: str | None = None
    authors: tuple[Link, ...] = ()
    url: str | None = None
    licence: str | None = None
    rights: str | None = None
    words: int | None = None
    body: tuple[tuple[Piece, ...], ...] = ()
    images: tuple[ImageRow, ...] = ()
    corrections: tuple[str, ...] = ()
    topics: tuple[Link, ...] = ()
    groups: tuple[Group, ...] = ()
    quotations: Capped[QuotationRow] = Capped()
    claims: Capped[ClaimRow] = Capped()
    events: Capped[EventRow] = Capped()
    facts: Capped[FactRow] = Capped()
    warnings: Capped[Finding] = Capped()
    texts: tuple[tuple[str, str], ...] = ()
    provenance: Provenance = Provenance()
    retracted: bool = False
    status: str | None = None
    lead: ArticleRow | None = None
    copies: Capped[ArticleRow] = Capped()


@dataclass(frozen=True, slots=True)
class ThingPage:
    """Everything the page of a thing shows."""

    row: ThingRow
    other_names: tuple[Words, ...] = ()
    description: str | None = None
    same_as: tuple[str, ...] = ()
    replaced_by: Link | None = None
    event: EventRow | None = None
    facts: Capped[FactRow] = Capped()
    timeline: Capped[EventRow] = Capped()
    quotations: Capped[QuotationRow] = Capped()
    claims: Capped[ClaimRow] = Capped()
    articles: Capped[MentionRow] = Capped()
    together: Capped[Tally] = Capped()


@dataclass(frozen=True, slots=True)
class State:
    """Whether a page is ``live``, ``moved`` (to ``target``), ``gone`` (with date and reason, where they are known) or
    ``unknown``."""

    name: str
    time: str | None = None
    reason: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the snapshot holds; ``kinds`` pairs each kind with its number of things."""

    articles: int
    things: int
    quotations: int
    kinds: tuple[tuple[str, int], ...] = ()
