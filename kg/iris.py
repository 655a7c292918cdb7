"""The IRIs of a publication: how each kind is made from the base IRI, a slug and a hash.

IRIs outlive the process: they come from SHA-256 of names and keys, never from ``hash()``, counters or the clock
(docs/decisions/0013-identity.md). A thing and the document about it are two IRIs that differ by ``#id``, so no
303 redirect is needed (W3C Cool URIs for the Semantic Web, section 4.1).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.errors import IriError

__all__ = ["Iris", "digest_iri", "hex_digest", "is_web_iri", "mint", "slug"]

#: Longest slug, in characters. A mnemonic, not data.
SLUG_LENGTH = 48

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_FOLD = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})
_BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f]")


def hex_digest(text: str, length: int = 8) -> str:
    """The first ``length`` hexadecimal digits of SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def slug(text: str, *, fallback: str = "x") -> str:
    """A lower-case ASCII mnemonic of at most 48 characters; ``fallback`` where nothing Latin is left.

    >>> slug("Bukele Challenges Hillary Clinton — Offers")
    'bukele-challenges-hillary-clinton-offers'
    """
    folded = unicodedata.normalize("NFKD", text.lower().translate(_FOLD))
    ascii_only = "".join(c for c in folded if not unicodedata.combining(c))
    ascii_only = re.sub(r"(?<=[a-z])['\N{RIGHT SINGLE QUOTATION MARK}](?=[a-z])", "-", ascii_only)
    made = _NOT_SLUG.sub("-", ascii_only).strip("-")[:SLUG_LENGTH].strip("-")
    return made or fallback


def digest_iri(sha256: bytes) -> str:
    """The ``ni`` IRI of a SHA-256 digest (RFC 6920, section 3): 32 bytes in, ``ni:///sha-256;…`` out."""
    import base64

    return "ni:///sha-256;" + base64.urlsafe_b64encode(sha256).decode("ascii").rstrip("=")


def is_web_iri(text: str) -> bool:
    """Whether the text is an absolute http or https IRI with a host and no character RFC 3987 forbids."""
    return bool(re.match(r"https?://[^/?#\s]+", text)) and not _BAD_IRI.search(text)


def mint(stem: str, key: str, taken: Callable[[str], bool]) -> str:
    """``stem-h8`` where h8 is the key's hash; a taken IRI lengthens the hash and never merges.

    ``taken`` says whether another key already owns the IRI. Raises :class:`kg.errors.IriError` when even the
    whole hash is taken, which means the caller asked for a key that is already minted.
    """
    for length in (8, 12, 16, 24, 32, 64):
        iri = f"{stem}-{hex_digest(key, length)}"
        if not taken(iri):
            return iri
    raise IriError(f"every hash length of {stem} is taken; look the key up before minting", text=key)


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRI patterns of one publication. ``base`` has no trailing slash."""

    base: str

    def __post_init__(self) -> None:
        if not is_web_iri(self.base) or self.base.endswith("/") or "#" in self.base or "?" in self.base:
            raise IriError(
                f"base IRI {self.base!r} must be http(s)://host[/path] without a trailing slash, query or fragment",
                text=self.base,
            )

    # documents and things -------------------------------------------------------------------------------------
    def article_stem(self, headline: str) -> str:
        """What an article's page IRI begins with, before the hash."""
        return f"{self.base}/articles/{slug(headline, fallback='article')}"

    def thing_stem(self, name: str) -> str:
        """What a thing's page IRI begins with, before the hash. No type in the path: types get corrected."""
        return f"{self.base}/things/{slug(name, fallback='thing')}"

    @staticmethod
    def of_page(page: str) -> NamedNode:
        """The thing a page is about: ``…#id``."""
        return NamedNode(page + "#id")

    @staticmethod
    def page_of(iri: str) -> str:
        """The page that describes an IRI: the IRI up to ``#``."""
        return iri.partition("#")[0]

    def tombstone(self, page: str) -> str:
        """The page that stands for a purged article's page whose IRI is to be forgotten."""
        return f"{self.base}/articles/purged-{hex_digest(page, 32)}"

    @staticmethod
    def part(page: str, name: str) -> NamedNode:
        """A part that lives and dies with its article: ``…#quote-1``, ``…#image-0``, ``…#st-…``."""
        return NamedNode(f"{page}#{name}")

    @staticmethod
    def text(page: str, field: str, text: str) -> NamedNode:
        """A text field as a resource; a changed text gets a new IRI, so offsets never go stale."""
        return NamedNode(f"{page}/text/{field}-{hex_digest(text)}")

    @staticmethod
    def span(text: NamedNode, start: int, end: int) -> NamedNode:
        """Code points ``start`` to ``end`` (exclusive) of a text (RFC 5147 fragment, as NIF uses it)."""
        return NamedNode(f"{text.value}#char={start},{end}")

    # graphs ---------------------------------------------------------------------------------------------------
    def graph(self, page: str, kind: str) -> NamedNode:
        """One of an article's named graphs; ``kind`` is ``content``, ``facts`` or ``annotations``."""
        aid = page.removeprefix(f"{self.base}/articles/")
        return NamedNode(f"{self.base}/graphs/articles/{aid}/{kind}")

    @property
    def things_graph(self) -> NamedNode:
        """Authority and reviewer statements about things."""
        return NamedNode(f"{self.base}/graphs/things")

    @property
    def prov_graph(self) -> NamedNode:
        """Provenance of every graph and version."""
        return NamedNode(f"{self.base}/graphs/prov")

    @property
    def keys_graph(self) -> NamedNode:
        """The key → IRI table: frozen rows that survive the article that minted them."""
        return NamedNode(f"{self.base}/graphs/keys")

    @property
    def copies_graph(self) -> NamedNode:
        """What is kept of each article for finding its copies."""
        return NamedNode(f"{self.base}/graphs/copies")

    @property
    def revisions_graph(self) -> NamedNode:
        """For each page the last snapshot that changed it (what an ETag follows)."""
        return NamedNode(f"{self.base}/graphs/revisions")

    # provenance -----------------------------------------------------------------------------------------------
    def activity(self, seed: str) -> NamedNode:
        """A run of the pipeline over one document."""
        return NamedNode(f"{self.base}/activities/{hex_digest(seed, 12)}")

    def agent(self, name: str) -> NamedNode:
        """A piece of software or a person that did something."""
        return NamedNode(f"{self.base}/agents/{slug(name)}#id")

    def owns(self, iri: str) -> bool:
        """Whether the IRI lies under this publication's base."""
        return iri == self.base or iri.startswith(self.base + "/")
