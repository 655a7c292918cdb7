"""Boxes on a page: links to other articles, and the key points that sum the article up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, ends_sentence, key, quoted, size
from kg.extract.reading import Part, Reading

__all__ = ["box", "linked", "offered", "points", "prose_after"]

_WORDS = re.compile(r"[^\W_]{3,}")
_FEW = 6  # sentences of key points


def _sentences(lines: Sequence[Line], labels: Sequence[Label], index: int) -> list[int]:
    """On a page without blank lines: the sentences below a title of key points, up to a line that is none."""
    at = index
    while at < len(lines) and at - index < _FEW + 1 and labels[at].kind in {Kind.PROSE, Kind.SHORT, Kind.BULLET}:
        if not ends_sentence(lines[at].text) or size(lines[at].text) > 30 or quoted(lines[at].text):
            break
        at += 1
    if at - index > 1 and at < len(lines) and labels[at].kind is Kind.PROSE:
        return _restated(lines, labels, index, at)
    ended = at < len(lines) and labels[at].kind not in {Kind.PROSE, Kind.BULLET}
    return list(range(index, at)) if 2 <= at - index <= _FEW and ended and prose_after(lines, labels, at) else []


def _restated(lines: Sequence[Line], labels: Sequence[Label], index: int, end: int) -> list[int]:
    """Of sentences that run into the text without a line between, the first ones that the text says again."""
    text = " ".join(line.text for line in lines[end : end + 40] if line.text)
    known = {word[:4] for word in _WORDS.findall(text.casefold())}
    at = index
    while at < end and at - index < _FEW // 2 + 1:
        own = {word[:4] for word in _WORDS.findall(lines[at].text.casefold())}
        if len(own & known) * 2 < len(own):
            break
        at += 1
    return list(range(index, at)) if at - index >= 2 and prose_after(lines, labels, at) else []


def points(lines: Sequence[Line], labels: Sequence[Label], index: int, reading: Reading, tight: bool) -> int:
    """A box of key points repeats the text and is dropped; one paragraph under such a title is the summary."""
    reading.parts[index] = Part.ASIDE
    further = _further(lines, labels, index)
    if further:
        for other in range(index + 1, further + 1):
            reading.parts[other] = Part.ASIDE
        return further + 1
    block = list(range(index + 1, min(len(lines), index + 30)))
    sentences = _sentences(lines, labels, index + 1) if tight else []
    if sentences:
        for other in sentences:
            reading.parts[other] = Part.ASIDE
        return sentences[-1] + 1
    items = []
    for place, other in enumerate(block):
        near = lines[other - 1].touches(lines[other]) and not lines[other].alone
        if labels[other].kind is Kind.BULLET or near or (place == 0 and lines[other].alone and len(block) > 1):
            items.append(other)
            if place == 0 and labels[other].kind is not Kind.BULLET and not near:
                break
            continue
        break
    if len(items) == 1 and labels[items[0]].kind is Kind.PROSE and prose_after(lines, labels, items[0] + 1):
        if reading.abstract is None:
            reading.abstract, reading.abstract_rule = lines[items[0]].text, "label"
        reading.parts[items[0]] = Part.ABSTRACT
        return items[0] + 1
    items = [other for other in items if labels[other].kind is Kind.BULLET or len(items) > 1]
    for other in items:
        reading.parts[other] = Part.ASIDE
    return items[-1] + 1 if items else index + 1


_NEXT = re.compile(
    r"(?:what(?:'s| is|’s| happens| comes) next|what now|why it matters|why this matters|what it means)[?:]?", re.I
)


def _further(lines: Sequence[Line], labels: Sequence[Label], index: int) -> int:
    """The last line of key points whose second part has a title of its own (``What's next?``); 0 without one."""
    for at in range(index + 2, min(len(lines), index + 8)):
        if _NEXT.fullmatch(lines[at].text):
            told = at + 1 < len(lines) and ends_sentence(lines[at + 1].text) and size(lines[at + 1].text) <= 40
            return at + 1 if told and prose_after(lines, labels, at + 2) else 0
        if not ends_sentence(lines[at].text):
            return 0
    return 0


def prose_after(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a paragraph is among the next forty lines from this one on."""
    return any(labels[other].kind is Kind.PROSE for other in range(index, min(len(lines), index + 40)))


def box(lines: Sequence[Line], labels: Sequence[Label], index: int, reading: Reading, text_at: int = -1) -> int:
    """Passes over a box of links; returns the line where the article goes on, if it does. ``text_at`` is its start."""
    reading.parts[index] = Part.CLOSED
    at = index + 1
    titled = False
    while at < len(lines) and at != text_at and labels[at].kind not in {Kind.BOX, Kind.ENDING, Kind.COPYRIGHT}:
        text, kind = lines[at].text, labels[at].kind
        near = lines[at - 1].touches(lines[at]) and not lines[at].alone
        if near and size(text) <= 60:
            titled = True
        elif (
            kind is Kind.PROSE or kind is Kind.CORRECTION or (quoted(text) and ends_sentence(text) and size(text) > 12)
        ):
            if kind is Kind.CORRECTION or not _teaser(lines, labels, at, titled):
                break
        elif (
            kind is Kind.FIELD
            or (kind is Kind.BYLINE and text.startswith("("))
            or (titled and _resumes(lines, labels, at))
        ):
            break
        else:
            titled = True
        reading.parts[at] = Part.CLOSED
        at += 1
    return at


def _teaser(lines: Sequence[Line], labels: Sequence[Label], at: int, titled: bool) -> bool:
    """Whether a sentence below a link belongs to the box: it is short and another link or nothing follows."""
    if not titled or size(lines[at].text) > 35:
        return False
    after = next(
        (other for other in range(at + 1, min(len(lines), at + 4)) if labels[other].kind is not Kind.FURNITURE), None
    )
    if after is None:
        return size(lines[at].text) < 20
    if labels[after].kind in {Kind.BOX, Kind.ENDING}:
        return True
    again = after + 1 < len(lines) and labels[after + 1].kind is Kind.PROSE and size(lines[after + 1].text) <= 35
    return labels[after].kind is Kind.SHORT and not lines[after].text.endswith((".", ":")) and again


def _resumes(lines: Sequence[Line], labels: Sequence[Label], at: int) -> bool:
    """Whether a short line after links is a sentence of the article, with more of the article behind it."""
    text = lines[at].text
    return lines[at].alone and text.endswith(".") and any(one.kind is Kind.PROSE for one in labels[at + 1 : at + 3])


_MORE = re.compile(
    r"(?:read|see) more|lesen sie auch|mehr zum thema|lesen sie mehr|(?:à )?lire aussi|lee también|leggi anche|lees ook"
    r"|leia também"
)
_LONGEST = 14  # words of a link's title


def linked(lines: Sequence[Line], labels: Sequence[Label], index: int) -> int:
    """The line after a ``Read more`` alone on its line and the titles that touch it; ``index`` when it opens none."""
    if labels[index].kind is Kind.BOX or not _MORE.fullmatch(key(lines[index].text).strip(" :>»→")):
        return index
    at = index + 1
    while (
        at < len(lines)
        and lines[at - 1].touches(lines[at])
        and not lines[at].alone
        and labels[at].kind in {Kind.SHORT, Kind.BYLINE, Kind.BULLET}
        and not lines[at].text.endswith((".", ",", ";", ":"))
        and size(lines[at].text) <= _LONGEST
    ):
        at += 1
    return at if at > index + 1 else index


_SIGN_UP = re.compile(
    r"(?:sign up|signup|subscribe)\b(?! by\b).{0,60}|.{0,40}\bnewsletters?\b.{0,40}"
    r"|(?:enter )?your e-?mail(?: address)?|(?:jetzt |hier )?(?:kostenlos )?(?:anmelden|abonnieren)"
    r"|(?:s'abonner|s'inscrire|suscríbete|iscriviti|inscreva-se)\b.{0,40}"
)
_OFTEN = re.compile(
    r"\b(?:every|each) (?:week|work)?(?:day|night|morning|evening|afternoon|week|weekend|month"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\b(?:daily|weekly)\b|\byour inbox\b|\bunsubscribe\b"
    r"|\bjeden (?:tag|morgen|abend|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\b|\bpostfach\b"
    r"|\b(?:chaque|tous les) (?:jours?|matins?|soirs?|semaine)\b|\bcada (?:día|mañana|semana)\b|\bogni giorno\b"
)
_OFFER = 30  # words of a sentence in a box that offers a newsletter


def offered(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a short sentence touches a newsletter's title or its button: between both, or it tells how often."""
    text = lines[index].text
    if labels[index].kind not in {Kind.SHORT, Kind.PROSE} or lines[index].alone or size(text) > _OFFER or quoted(text):
        return False
    above = index > 0 and lines[index - 1].touches(lines[index]) and _calls(lines[index - 1].text)
    below = index + 1 < len(lines) and lines[index].touches(lines[index + 1]) and _calls(lines[index + 1].text)
    return (above and below) or ((above or below) and _OFTEN.search(key(text)) is not None)


def _calls(text: str) -> bool:
    return size(text) <= 9 and not ends_sentence(text) and _SIGN_UP.fullmatch(key(text)) is not None
