"""The identity keys of things: by what a thing is known again (docs/decisions/0013-identity.md)."""

from __future__ import annotations

import unicodedata

from kg.plugins import Thing

__all__ = ["fold", "full_name", "name_key", "row_keys"]


def fold(name: str) -> str:
    """A name as it is compared: NFC, case folded, white space and typographic apostrophes made alike."""
    text = unicodedata.normalize("NFC", name).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(text.split())


def full_name(kind: str, name: str) -> bool:
    """Whether a name says enough to be the same thing in another article.

    A person needs two words; an organization known only by an acronym could be any of several.
    """
    words = name.split()
    if kind == "Person":
        return len(words) > 1
    return len(words) > 1 or not (name.isupper() and len(name) <= 6)


def name_key(kind: str, name: str, page: str) -> str:
    """The key of a name: the same in every article for a full one, else that of the article on ``page`` alone."""
    return f"name:{kind}:{fold(name)}" if full_name(kind, name) else f"scoped:{page}:{kind}:{fold(name)}"


def row_keys(row: Thing) -> tuple[str, ...]:
    """The keys of an authority row, the strongest first: the IRIs other authorities give it, then its own id."""
    return (*(f"same-as:{iri}" for iri in row.same_as), f"authority:{row.id}")
