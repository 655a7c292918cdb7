"""Reference annotations: what a careful reader marked in a text, read from JSON Lines.

One line is one document: ``{id, set, split, title?, text, eval_span?, mentions, quotes?}`` with offsets in code points.
A mention is ``{start, end, surface, types, link?, kind, optional?, parent?, coref?, cluster?}``, a quotation
``{source, cue, content, who}``, each of the three a list of ``[start, end]``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError

__all__ = ["GoldDocument", "GoldMention", "GoldQuotation", "GoldSet", "load"]


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A marked name. ``optional`` ones are no error either way; ``link`` is a Wikidata id, ``cluster`` groups the
    mentions of one thing; several ``types`` mean that any of them is right."""

    start: int
    end: int
    types: tuple[str, ...]
    link: str | None
    cluster: str | None
    optional: bool


@dataclass(frozen=True, slots=True)
class GoldQuotation:
    """A marked attribution: where its words and its source stand."""

    content: tuple[tuple[int, int], ...]
    source: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """One text with its marks; only names inside ``judged`` count."""

    id: str
    split: str
    text: str
    title: str | None
    date: str | None
    judged: tuple[int, int]
    mentions: tuple[GoldMention, ...]
    quotations: tuple[GoldQuotation, ...]


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The documents of one set (of the splits asked for) and the SHA-256 of the file they came from."""

    name: str
    digest: str
    documents: tuple[GoldDocument, ...]
    demonyms: bool
    splits: tuple[str, ...]


#: Sets whose readers left *Venezuelan* unmarked; the others mark it.
_WITHOUT_DEMONYMS = frozenset(["pud", "ewt", "gum", "wikigold", "sample"])
#: Sets that mark names within names; the outermost count.
_NESTED = frozenset(["gum"])


def load(path: Path, splits: Sequence[str] = ()) -> GoldSet:
    """The set in a file of JSON Lines; without ``splits`` all of it.

    Raises :class:`kg.errors.InputError` for a file that cannot be read and, with the line, for a line that is no
    annotated document.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", origin=str(path)) from error
    family = path.stem.split("_")[0]
    documents: list[GoldDocument] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            document = _document(json.loads(line), nested=family in _NESTED)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            reason = f"is no annotated document ({type(error).__name__}: {error}); see docs/evaluation.md for the form"
            raise InputError(reason, origin=str(path), line=number) from None
        if not splits or document.split in splits:
            documents.append(document)
    return GoldSet(
        name=path.stem,
        digest=hashlib.sha256(data).hexdigest(),
        documents=tuple(documents),
        demonyms=family not in _WITHOUT_DEMONYMS,
        splits=tuple(splits),
    )


def _document(line: dict[str, object], *, nested: bool) -> GoldDocument:
    text = line["text"]
    if not isinstance(text, str):
        raise TypeError("text is no string")
    span = line.get("eval_span")
    judged = (int(span[0]), int(span[1])) if isinstance(span, list) else (0, len(text))
    mentions = line.get("mentions") or []
    quotations = line.get("quotes") or []
    if not isinstance(mentions, list) or not isinstance(quotations, list):
        raise TypeError("mentions and quotes are lists")
    marked = [m for m in mentions if m["kind"] == "named" and judged[0] <= m["start"] and m["end"] <= judged[1]]
    found = [_mention(m, optional=o) for m, o in (_outermost(marked) if nested else _first(marked))]
    if not nested:
        found += [_mention(m, optional=True) for m in mentions if m["kind"] == "nominal" and m["surface"][:1].isupper()]
    return GoldDocument(
        id=str(line["id"]),
        split=str(line.get("split") or ""),
        text=text,
        title=str(line["title"]) if line.get("title") else None,
        date=str(line["date"]) if line.get("date") else None,
        judged=judged,
        mentions=tuple(found),
        quotations=tuple(
            GoldQuotation(_spans(q.get("content")), _spans(q.get("source"))) for q in quotations if q.get("content")
        ),
    )


def _outermost(marked: list[dict[str, object]]) -> list[tuple[dict[str, object], bool]]:
    found: list[tuple[dict[str, object], bool]] = []
    last = -1
    for mention in sorted(marked, key=lambda m: (m["start"], -m["end"])):  # type: ignore[operator]
        inner = mention["end"] <= last  # type: ignore[operator]
        found.append((mention, inner))
        last = last if inner else mention["end"]  # type: ignore[assignment]
    return found


def _first(marked: list[dict[str, object]]) -> list[tuple[dict[str, object], bool]]:
    return [(m, bool(m.get("optional") or m.get("parent") is not None or m.get("coref"))) for m in marked]


def _mention(given: dict[str, object], *, optional: bool) -> GoldMention:
    types = given.get("types") or []
    return GoldMention(
        start=int(given["start"]),  # type: ignore[call-overload]
        end=int(given["end"]),  # type: ignore[call-overload]
        types=tuple(str(one) for one in types) if isinstance(types, list) else (),
        link=str(given["link"]) if given.get("link") else None,
        cluster=str(given["cluster"]) if given.get("cluster") else None,
        optional=optional,
    )


def _spans(given: object) -> tuple[tuple[int, int], ...]:
    return tuple((int(s), int(e)) for s, e in given) if isinstance(given, list) else ()
