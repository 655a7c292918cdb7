"""The part of a page below the headline: summary, pictures, paragraphs, and where the article ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.extract import byline, furniture
from kg.extract.boxes import box, linked, offered, points, prose_after
from kg.extract.core import core
from kg.extract.head import Head, unmarked
from kg.extract.labels import Kind, Label, dateline
from kg.extract.lines import Line, ends_sentence, key, quoted, size
from kg.extract.reading import Part, Reading, alternative_text, below_picture, captioned, pictured
from kg.extract.revision import revise
from kg.model import Image

__all__ = ["read_body"]


_META = frozenset({Kind.META, Kind.BYLINE})
_AFTER = frozenset({Kind.META, Kind.BYLINE, Kind.FIELD, Kind.COPYRIGHT, Kind.CORRECTION, Kind.ENDING})
_FAR = 20  # lines above the text; what stands further up is another article's summary, or a notice
_GAP = 5  # lines that are no text; below the text, what follows so many is no part of it
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.'’-]{1,40}\s+){1,3}[^\W\d_a-z][\w'’-]{1,40}")
_SAYS = re.compile(r"\S.{0,50}\s(?:says|wrote|writes|commented):")
_DIRECTION = re.compile(r"[(\[][A-Z][A-Z ,.'’-]{3,80}[)\]]")  # what a transcript says is heard
_INNER = re.compile(r"[^\W\d_]{3,}[.!?]['”’\"]?\s+[^\W_a-z]|\d[.]\s+[^\W\d_a-z][^\W_]+\s[^\W_A-Z]")
_WORDS = re.compile(r"[^\W_]{3,}")
_QUESTION = re.compile(
    r"(?:what|why|how|who|when|where|which|is|are|can|will|does|do|did|could|should|was|were|has|have)\b", re.I
)
_YOU = re.compile(r"\byour?s?\b", re.IGNORECASE)  # a question to somebody is part of an interview
_SAID_BY = re.compile(r"[\"“‘'].{12,}[\"”’']\s*[-–—―]{1,2}\s*[^\W\d_a-z].{1,60}")


def read_body(lines: Sequence[Line], labels: Sequence[Label], top: Head) -> Reading:
    """Every line's part, with the summary, pictures and corrections found on the way; one pass, short look-ahead."""
    reading = Reading([Part.HEAD] * len(lines), writer=top.writer)
    tight = not any(one.touches(after) and not one.alone for one, after in pairwise(lines))
    begins, stop = core(lines, labels)
    begin = _neck(lines, labels, top, reading, tight, begins)
    reading.start = begin
    reading.hero = bool(reading.images)
    _trunk(lines, labels, top, reading, tight, stop)
    return reading


# ---- between headline and body -----------------------------------------------------------------------------------


def _neck(lines: Sequence[Line], labels: Sequence[Label], top: Head, reading: Reading, tight: bool, begins: int) -> int:
    """Reads what stands between the headline and the body; returns the body's first line (or the number of lines)."""
    title = key(top.headline)
    index = top.at + 1
    after_meta = False
    deks: list[int] = []
    while index < len(lines):
        text, kind = lines[index].text, labels[index].kind
        if key(text) == title or (unmarked(text) is not None and key(unmarked(text) or "") == title):
            reading.parts[index] = Part.ASIDE
            index = alternative_text(lines, labels, index, reading, tight)
            continue
        if _shown(text, reading):
            reading.parts[index] = Part.ASIDE
            index += 1
            continue
        if below_picture(lines, labels, index, 45):
            index = pictured(lines, index, reading)
            continue
        if kind in {Kind.CAPTION, Kind.CREDIT}:
            captioned(lines, labels, index, reading)
            deks = [other for other in deks if reading.parts[other] is not Part.IMAGE]
        elif kind in _META or (after_meta and byline.role(text)):
            after_meta = True
            reading.parts[index] = Part.ABOUT
        elif kind is Kind.FIELD:
            _field(labels[index], reading)
            reading.parts[index] = Part.ABOUT
        elif kind is Kind.POINTS:
            index = points(lines, labels, index, reading, tight)
            continue
        elif kind is Kind.BOX:
            index = box(lines, labels, index, reading, begins)
            continue
        elif kind is Kind.PROSE or kind is Kind.CORRECTION or (kind is Kind.SHORT and _brief(lines, labels, index)):
            if kind is Kind.CORRECTION:
                reading.corrections.append(text)
                reading.parts[index] = Part.ABOUT
            elif begins - index > _FAR:
                reading.parts[index] = Part.ASIDE
            elif (rule := _summary(lines, labels, index, top, reading)) is not None:
                if reading.abstract is None:
                    reading.abstract, reading.abstract_rule = text, rule
                reading.parts[index] = Part.ABSTRACT
            else:
                break
        elif kind is Kind.SHORT and not furniture.section_name(text):
            reading.parts[index] = Part.ASIDE
            if _name_line(lines, labels, index):
                reading.parts[index] = Part.ABOUT
                after_meta = True
            elif (
                size(text) >= (8 if after_meta else 4) and not byline.role(text) and not _waiting(lines[index - 1].text)
            ):
                if (
                    after_meta
                    and not ends_sentence(text)
                    and (shown := _NAME.match(text))
                    and byline.person(shown.group())
                ):
                    # below the date, somebody in full and no stop: who is in the picture
                    reading.images.append(Image(text))
                    reading.parts[index] = Part.IMAGE
                else:
                    deks.append(index)
        elif kind is Kind.BULLET and not _bullets_are_points(lines, labels, index):
            break
        else:
            reading.parts[index] = Part.ASIDE
        index += 1
    _settle_deks(lines, deks, reading)
    return index


def _shown(text: str, reading: Reading) -> bool:
    """Whether the line prints the last picture's caption once more."""
    return bool(reading.images) and size(text) >= 4 and reading.images[-1].caption == text


def _waiting(text: str) -> bool:
    """Whether the line is a label that the next one answers (``From:``)."""
    return text.endswith(":") and size(text) <= 3


def _brief(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a short sentence opens the body: it ends as a sentence and no longer paragraph is still to come."""
    text = lines[index].text
    if not ends_sentence(text) or size(text) < 3 or byline.role(text):
        return False
    if text.rstrip("\"'”’»)").endswith(".") or quoted(text):
        return True
    return not any(one.kind is Kind.PROSE for one in labels[index + 1 : index + 40])


def _settle_deks(lines: Sequence[Line], deks: Sequence[int], reading: Reading) -> None:
    """The line below the headline is the standfirst; beside a summary in sentences it is a second headline."""
    if not deks:
        return
    first = deks[0]
    reading.parts[first] = Part.DEK
    if reading.abstract is None:
        reading.abstract, reading.abstract_rule = lines[first].text, "standfirst"
    elif reading.alternative is None:
        reading.alternative = lines[first].text


def _name_line(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a bare personal name stands directly by a date, a role or a label."""
    if not byline.signature(lines[index].text):
        return False
    around = [other for other in (index - 1, index + 1) if 0 <= other < len(lines)]
    return any(
        labels[other].kind is Kind.META
        or (other > index and byline.role(lines[other].text))
        or (other < index and byline.label_alone(lines[other].text))
        for other in around
        if abs(lines[other].number - lines[index].number) <= 4
    )


def _field(label: Label, reading: Reading) -> None:
    if label.name == "abstract" and reading.abstract is None:
        reading.abstract, reading.abstract_rule = label.value, "label"
    if label.name == "alternative" and reading.alternative is None:
        reading.alternative = label.value


def _bullets_are_points(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a list before the first paragraph is followed by paragraphs (then it sums them up)."""
    return prose_after(lines, labels, index + 1)


def _summary(lines: Sequence[Line], labels: Sequence[Label], index: int, top: Head, reading: Reading) -> str | None:
    """The rule by which a paragraph before the body is the standfirst, or None when it opens the body."""
    following = [
        other for other in range(index + 1, min(len(lines), index + 16)) if labels[other].kind in {Kind.PROSE, *_META}
    ]
    paragraphs = [other for other in following if labels[other].kind is Kind.PROSE]
    if not paragraphs or dateline(lines[index].text):
        return None
    text, after = lines[index].text, lines[paragraphs[0]].text
    said = labels[following[0]].meta
    named = bool(said.authors or said.published or said.modified) or labels[following[0]].kind is Kind.BYLINE
    if labels[following[0]].kind in _META and following[0] < paragraphs[0] and (named or reading.abstract is None):
        return "before-byline"
    if dateline(after) and size(text) <= 90:
        return "before-dateline"
    if (
        lines[index - 1].touches(lines[index])
        and not lines[index].alone
        and index - 1 == top.at
        and lines[paragraphs[0]].alone
    ):
        return "below-headline"
    if reading.abstract is None and _restates(text, [lines[other].text for other in paragraphs[:12]]):
        return "restated"
    return None


def _restates(text: str, following: Sequence[str]) -> bool:
    """Whether a first paragraph sums up the text: the second one introduces the same names in full once more.

    News writing gives a full name once; a lead that is followed by the same full names is a summary of its own. Its
    last sentence must be found further down too, when it has several.
    """
    names = {name.group().removesuffix("'s").removesuffix("’s") for name in _NAME.finditer(text)}
    again = {name for name in names if name in following[0]}
    if len(again) < 2:
        return False
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if size(part) >= 5]
    words = set(_WORDS.findall(" ".join(following).casefold()))
    shares = []
    for sentence in sentences:
        own = set(_WORDS.findall(sentence.casefold()))
        shares.append(len(own & words) / max(1, len(own)))
    return bool(shares) and sum(shares) / len(shares) >= 0.5


# ---- the body and what follows -----------------------------------------------------------------------------------


def _trunk(lines: Sequence[Line], labels: Sequence[Label], top: Head, reading: Reading, tight: bool, stop: int) -> None:
    title = key(top.headline)
    index = reading.start
    parts = reading.parts
    seen = False
    subheads: list[int] = []
    over, bodied = False, 0
    last = max((at for at, one in enumerate(labels) if one.kind is Kind.PROSE or _stopped(lines[at], one)), default=0)
    while index < len(lines):
        text, kind = lines[index].text, labels[index].kind
        over = over or (seen and index > stop and (kind is Kind.BOX or index - max(stop, bodied) > _GAP))
        if over and kind not in _AFTER:
            parts[index] = Part.CLOSED
            index += 1
            continue
        if seen and (kind is Kind.ENDING or _replies(lines, index)):
            for other in range(index, len(lines)):
                parts[other] = Part.CLOSED
            break
        if kind is Kind.BOX:
            index = box(lines, labels, index, reading)
            continue
        stem = unmarked(text)
        if key(text) == title or (stem is not None and key(stem) == title):
            parts[index] = Part.ASIDE
            index = alternative_text(lines, labels, index, reading, tight)
            continue
        if _shown(text, reading):
            parts[index] = Part.ASIDE
            index += 1
            continue
        if seen and (end := linked(lines, labels, index)) > index:
            for other in range(index, end):
                parts[other] = Part.CLOSED
            index = end
            continue
        if offered(lines, labels, index):
            parts[index] = Part.ASIDE
            index += 1
            continue
        if below_picture(lines, labels, index, 30):
            index = pictured(lines, index, reading)
            continue
        if kind in {Kind.CAPTION, Kind.CREDIT}:
            captioned(lines, labels, index, reading)
        elif kind is Kind.CORRECTION:
            reading.corrections.append(text)
            parts[index] = Part.BODY
        elif kind in {Kind.META, Kind.BYLINE, Kind.FIELD, Kind.COPYRIGHT}:
            parts[index] = Part.ABOUT
            if kind is Kind.FIELD:
                _field(labels[index], reading)
        elif kind is Kind.POINTS:
            index = points(lines, labels, index, reading, tight)
            continue
        elif (
            kind is Kind.PROSE
            or (kind is Kind.BULLET and seen)
            or (_sentence(text, kind) and not _cut(labels, index, text))
        ):
            parts[index] = Part.BODY
            seen = True
            if kind is Kind.SHORT and _question(text):
                subheads.append(index)
        elif kind is Kind.SHORT:
            end = _run(lines, labels, index)
            verse = end - index >= 2 and seen and index < last and not _bare_names(lines, index, end)
            for other in range(index, end):
                parts[other] = Part.BODY if verse else Part.ASIDE
            index = end
            continue
        else:
            parts[index] = Part.ASIDE
        bodied = index if parts[index] is Part.BODY else bodied
        index += 1
    revise(lines, labels, reading, subheads)


def _replies(lines: Sequence[Line], index: int) -> bool:
    """Whether readers' comments begin here: one ``Somebody says:`` line and soon another."""
    return _SAYS.fullmatch(lines[index].text) is not None and any(
        _SAYS.fullmatch(line.text) for line in lines[index + 1 : index + 8]
    )


def _sentence(text: str, kind: Kind) -> bool:
    """Whether a short line is a paragraph: a sentence, one that goes on, or a quotation with its speaker."""
    if kind is not Kind.SHORT:
        return False
    if _DIRECTION.fullmatch(text):
        return True
    if size(text) >= 12 and _INNER.search(text):  # the last stop is missing
        return True
    if ends_sentence(text) or text.endswith((":", ",", ";", " --", " —", " –")) or size(text) > 25:
        return True
    return quoted(text) and (text[-1:] in ",—–" or _SAID_BY.fullmatch(text) is not None)


def _cut(labels: Sequence[Label], index: int, text: str) -> bool:
    """Whether a title was cut to fit (``Suspect was …``): no paragraph stands beside it."""
    if not text.endswith(("..", "…")) or size(text) > 16 or quoted(text):
        return False
    return all(labels[at].kind is not Kind.PROSE for at in (index - 1, index + 1) if 0 <= at < len(labels))


def _stopped(line: Line, label: Label) -> bool:
    return label.kind is Kind.SHORT and line.text.rstrip("\"'”’)").endswith(".")


def _question(text: str) -> bool:
    asked = text.endswith("?") and size(text) <= 12 and not quoted(text) and _QUESTION.match(text) is not None
    return asked and not _YOU.search(text)


def _run(lines: Sequence[Line], labels: Sequence[Label], index: int) -> int:
    """The end of the run of short lines that touch each other, from this one on."""
    end = index + 1
    while (
        end < len(lines)
        and not lines[end].alone
        and lines[end - 1].touches(lines[end])
        and labels[end].kind is Kind.SHORT
    ):
        end += 1
    return end


def _bare_names(lines: Sequence[Line], index: int, end: int) -> bool:
    return any(
        byline.signature(lines[other].text) or furniture.media_name(lines[other].text) for other in range(index, end)
    )
