"""One event per happening: the tellings of headline, summary and body, by verb and by noun, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.annotate.happening import Happening
from kg.annotate.players import Unnamed
from kg.annotate.stage import Stage
from kg.model import Span

__all__ = ["merged"]

_BY_DOER = frozenset(
    [
        *("meeting", "reply", "share", "resignation", "visit", "arrival", "departure", "signing", "approval", "vote"),
        *("joining", "marriage", "win", "offer", "refusal", "protest", "strike", "hearing"),
    ]
)
_OCCASIONS = frozenset(
    ("election", "disaster", "meeting", "strike", "protest", "hearing", "vote", "match", "ceremony", "premiere")
)
_WORDS = re.compile(r"[^\W\d_]{4,}")
_DULL = frozenset(
    [
        "that",
        "this",
        "with",
        "from",
        "have",
        "been",
        "were",
        "they",
        "their",
        "which",
        "after",
        "before",
        "would",
        "could",
        "about",
        "into",
        "also",
    ]
)
_MANY = 300
#: As much evidence as anybody reads; of endless texts only new roles are kept beyond it.
_EVIDENCE = 60
#: A transfer of somebody whom the article elsewhere calls deported is that deportation; a killing is a death.
_FAMILY = {"transfer": "deportation", "killing": "death"}


def merged(stage: Stage, found: Sequence[Happening]) -> tuple[tuple[Happening, ...], dict[str, tuple[Span, ...]]]:
    """The happenings, each once, in order of the text, and where people without names are mentioned again."""
    kept: list[Happening] = []
    by_frame: dict[str, list[int]] = {}
    again: dict[str, list[Span]] = {}
    for one in found:
        numbers = by_frame.setdefault(_FAMILY.get(one.frame, one.frame), [])
        match = next((n for n in numbers[-_MANY:] if _same(stage, kept[n], one)), None)
        if match is None:
            numbers.append(len(kept))
            kept.append(one)
        else:
            kept[match] = _joined(kept[match], one, again)
    return tuple(kept), {id_: tuple(spans) for id_, spans in again.items()}


def _core(one: Happening) -> frozenset[str]:
    if one.frame in _BY_DOER:
        return one.players("agent", "participant") if one.frame == "meeting" else one.players("agent")
    return one.players(
        "object",
        "competitor",
        "toLocation" if one.frame in ("visit", "arrival") else "object",
    )


def _same(stage: Stage, a: Happening, b: Happening) -> bool:
    if not _agree(a, b) or (a.frame != b.frame and not _named(a, "object") & _named(b, "object")):
        return False
    if a.frame == "ruling":
        return _same_ruling(stage, a, b)
    nameless = _one_description(stage, a, b)
    if nameless is False:
        return False
    core_a, core_b = _core(a), _core(b)
    if core_a & core_b or nameless:
        if a.frame in ("offer", "refusal", "win", "signing", "approval", "vote"):
            return _alike(stage, a, b, 0.34)
        if a.frame in ("arrival", "departure", "visit"):
            return bool(a.players("toLocation", "fromLocation") & b.players("toLocation", "fromLocation"))
        return True
    if a.frame in _OCCASIONS and (a.noun or b.noun):
        if a.players("location") & b.players("location") and _kindred(a.noun, b.noun):
            return True
        dated = bool(a.when and b.when and a.when.value and a.when.value == b.when.value and len(a.when.value) == 10)
        return dated and _kindred(a.noun, b.noun) and not (a.players("location") and b.players("location"))
    return False


def _kindred(a: str, b: str) -> bool:
    return a == b or a in b or b in a or {a, b} <= _DISASTERS


_DISASTERS = frozenset(("flood", "flooding", "breach"))


def _same_ruling(stage: Stage, a: Happening, b: Happening) -> bool:
    dated = a.when and b.when and a.when.value and b.when.value
    if dated:
        return True  # _agree has compared them
    parts = ("object", "recipient", "location", "agent")
    shared = any(a.players(p) & b.players(p) for p in parts)
    summary = a.summary or b.summary
    if summary and shared:
        return _alike(stage, a, b, 0.4)
    return (summary or shared) and _alike(stage, a, b, 0.6 if summary else 0.5)


def _agree(a: Happening, b: Happening) -> bool:
    """Whether nothing that is said of the one contradicts the other."""
    for property_ in ("toLocation", "fromLocation", "recipient", "participant"):
        if a.players(property_) and b.players(property_) and not a.players(property_) & b.players(property_):
            return False
    places_a, places_b = a.players("location"), b.players("location")
    elsewhere = places_a and places_b and not places_a & places_b
    if (
        a.frame in _OCCASIONS
        and elsewhere
        and not a.players("agent", "participant") & b.players("agent", "participant")
    ):
        return False
    if a.when and b.when and a.when.value and b.when.value and not near(a.when.value, b.when.value):
        return False
    if {a.status, b.status} == {"failed", "completed"}:
        return False
    objects_a, objects_b = _named(a, "object"), _named(b, "object")
    return not objects_a or not objects_b or objects_a <= objects_b or objects_b <= objects_a


def _named(one: Happening, *properties: str) -> frozenset[str]:
    return frozenset(id_ for id_ in one.players(*properties) if not id_.startswith("g@"))


def near(a: str, b: str) -> bool:
    """Whether two dates can be the same day: equal, one coarser, or one without its year."""
    if a.startswith("--") != b.startswith("--"):
        a, b = a.lstrip("-"), b.lstrip("-")
        short, long = sorted((a, b), key=len)
        return long[5:].startswith(short)
    short, long = sorted((a, b), key=len)
    return long.startswith(short)


def _one_description(stage: Stage, a: Happening, b: Happening) -> bool | None:
    """Whether people without names are the same in both: None when one of them has none."""
    if a.frame == "ruling":
        return None
    objects_a = [u for u in a.unnamed if u.id in a.players("object", "agent")]
    objects_b = [u for u in b.unnamed if u.id in b.players("object", "agent")]
    if not objects_a or not objects_b:
        return (
            None if not objects_a and not objects_b else (False if _named(a, "object") or _named(b, "object") else None)
        )
    return _head(stage, objects_a[0]) == _head(stage, objects_b[0]) and _alike_words(
        objects_a[0].span.of(stage.text), objects_b[0].span.of(stage.text)
    )


def _head(stage: Stage, one: Unnamed) -> str:
    return one.span.of(stage.text).split()[-1].lower()


def _alike_words(a: str, b: str) -> bool:
    """Whether one description has all the telling words of the other."""
    words_a = {w.lower() for w in re.findall(r"\w+", a)} - _ARTICLES
    words_b = {w.lower() for w in re.findall(r"\w+", b)} - _ARTICLES
    return words_a <= words_b or words_b <= words_a


_ARTICLES = frozenset(
    [
        "a",
        "an",
        "the",
        "some",
        "about",
        "at",
        "least",
        "of",
        "more",
        "than",
        "nearly",
        "almost",
        "our",
        "their",
        "his",
        "her",
        "its",
        "class",
        "group",
        "number",
    ]
)


def _alike(stage: Stage, a: Happening, b: Happening, share: float) -> bool:
    """Whether two clauses share so many of their telling words (of the shorter one)."""
    words_a, words_b = _content(a.span.of(stage.text)), _content(b.span.of(stage.text))
    least = min(len(words_a), len(words_b))
    return least > 1 and len(words_a & words_b) >= share * least


def _content(text: str) -> frozenset[str]:
    return frozenset(w.lower()[:6] for w in _WORDS.findall(text[:400])) - _DULL


def _joined(a: Happening, b: Happening, again: dict[str, list[Span]]) -> Happening:
    roles = list(a.roles)
    renamed: dict[str, str] = {}
    for one in b.unnamed:
        known = next((u for u in a.unnamed if u.type == one.type), None)
        if known is not None and one.id != known.id:
            renamed[one.id] = known.id
            again.setdefault(known.id, []).append(one.span)
    for property_, id_, span in b.roles:
        id_ = renamed.get(id_, id_)
        if id_.startswith("g@") and _named(a, property_):
            continue
        if len(roles) < _EVIDENCE or not any(r[:2] == (property_, id_) for r in roles):
            roles.append((property_, id_, span))
    if _named(b, "object") and not _named(a, "object"):
        roles = [r for r in roles if not (r[0] == "object" and r[1].startswith("g@"))]
    statuses = {a.status, b.status}
    status = "completed" if "completed" in statuses else a.status or b.status
    when = a.when if a.when and (a.when.value or not (b.when and b.when.value)) else b.when
    if a.when and b.when and a.when.value and b.when.value and len(b.when.value) > len(a.when.value):
        when = b.when
    if "completed" in statuses and a.status != b.status:
        when = (a if a.status == "completed" else b).when or when
    unnamed = tuple(dict.fromkeys((*a.unnamed, *(u for u in b.unnamed if u.id not in renamed))))
    frame = b.frame if a.frame == "transfer" or b.frame == "killing" else a.frame
    name = (
        b.name
        if frame != a.frame
        else b.name
        if a.summary and not b.summary and len(set(b.roles)) > len(set(a.roles))
        else a.name
    )
    return replace(
        a,
        frame=frame,
        name=name,
        roles=tuple(dict.fromkeys(roles)),
        status=status,
        when=when,
        score=max(a.score, b.score),
        unnamed=unnamed,
        summary=a.summary and b.summary,
        lead=a.lead or b.lead,
        noun=a.noun or b.noun,
    )
