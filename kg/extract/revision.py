"""Second thoughts on a body that need the whole of it: numbered headings, pull quotes, a writer's biography."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.extract import byline, notices
from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, ends_sentence, key, quoted, size
from kg.extract.reading import Part, Reading

__all__ = ["revise"]

_NUMBERED = re.compile(
    r"(?:(?:no|number|nr|nº|n°|tip|step|reason|myth|fact|rule|day|part|chapter)\.?\s+|#)?(\d{1,3})(?:[.):]"
    r"|\s[-–—:]|(?=\s))\s*(?=\S)",
    re.I,
)
_BIO = re.compile(
    r"\s+(?:(?:is|are|was)\s+(?:a|an|the|our|one|on|editor|professor|head|director|chief|senior"
    r"|\w+['’]s)\b.{0,90}\b(?:reporters?|correspondents?|editors?"
    r"|journalists?|writers?|columnists?|authors?|professors?|lecturers?|fellows?|researchers?|historians?"
    r"|novelists?|poets?"
    r"|critics?|teachers?|directors?|staff|contributors?|founders?|photographers?|economists?|scientists?|host)\b"
    r"|(?:reports?|writes?|covers?|has (?:written|reported|covered)|can be reached|lives in|teaches|joined)\b)"
    r"|:\s.{0,60}(?:@|\d{3}[- .]\d{3,4})|,?\s(?:at|on|via)\s\S*@\S+"
    r"|[’']s? (?:new|latest|last|most recent|first|next) (?:book|novel|piece|collection)\b",
    re.I,
)
_SOMEBODY = re.compile(r"(?:[^\W\d_a-z][\w.'’-]*\s){1,2}[^\W\d_a-z][\w'’-]+(?=\s)")
_ASIDE = re.compile(r"^[,\s]*(?:\([^)]{1,80}\)|@\w+|,[^,.]{1,40},)")
_TAIL = 6  # paragraphs at the end among which a biography is looked for
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+")
_MARKS = "\"'“”‘’„«»‹›*_ "
_APART = 3  # lines between paragraphs that do not belong together
_CLOSE = 10  # lines between two printings of one caption
_MANY = 400  # paragraphs
_LONG = 200_000  # code points; nobody pulls quotes out of a book
_FEW = 40  # words of a pull quote at most
_LIFE = 80  # words of a biography at most


def revise(lines: Sequence[Line], labels: Sequence[Label], reading: Reading, questions: Sequence[int]) -> None:
    """Takes out of the body what only the whole body shows to be none of it."""
    parts = reading.parts
    body = [index for index, part in enumerate(parts) if part is Part.BODY]
    if len(questions) >= 2:
        _aside(parts, [index for index in questions if index != body[-1]])
    _aside(parts, _numbered(lines, [index for index in body if parts[index] is Part.BODY]))
    _aside(parts, _twice(lines, [index for index in body if parts[index] is Part.BODY]))
    _aside(parts, _pulled(lines, [index for index in body if parts[index] is Part.BODY]))
    body = [index for index in body if parts[index] is Part.BODY]
    if (
        len(body) > 3
        and size(lines[body[0]].text) <= 40
        and _biography(lines[body[0]].text, _writers(lines, labels, reading))
    ):
        parts[body[0]] = Part.ABOUT
        body = body[1:]
    for index in body[_end(lines, labels, reading, body) :]:
        if labels[index].kind is not Kind.CORRECTION:
            parts[index] = Part.ABOUT
    for index in range(body[0] if body else 0):
        if parts[index] is Part.BODY:
            parts[index] = Part.ASIDE


def _end(lines: Sequence[Line], labels: Sequence[Label], reading: Reading, body: Sequence[int]) -> int:
    """How many paragraphs are left when what is said about the writer, and to the readers, is taken off the end."""
    left = _gathered(reading.parts, body)
    names = _writers(lines, labels, reading)
    known = [place for place in range(max(1, left - _TAIL), left) if _biography(lines[body[place]].text, names)]
    if known:
        left = known[0]
    while left > 1 and (notices.closing(lines[body[left - 1]].text) or _cut_off(lines[body[left - 1]].text)):
        left -= 1
    if left > 3 and _stranger(lines, body[:left]):
        left -= 1
    while left > 1 and notices.closing(lines[body[left - 1]].text):
        left -= 1
    return left


def _gathered(parts: Sequence[Part], body: Sequence[int]) -> int:
    """How many paragraphs stand together: behind a dense text, two and more that stand apart are other articles'."""
    gaps = [sum(parts[at] is not Part.IMAGE for at in range(a + 1, b)) for a, b in pairwise(body)]
    at = len(gaps)
    while at > 0 and gaps[at - 1] >= _APART:
        at -= 1
    dense = at >= 5 and sum(gaps[:at]) * 2 <= at
    return at + 1 if dense and len(gaps) - at >= 2 else len(body)


def _cut_off(text: str) -> bool:
    """Whether a title was cut to fit (``Police: Oklahoma suspect was …``)."""
    return text.endswith(("..", "…")) and size(text) <= 16 and not quoted(text)


def _stranger(lines: Sequence[Line], body: Sequence[int]) -> bool:
    """Whether the last paragraph introduces somebody whom the text does not know: its writer."""
    text = lines[body[-1]].text
    found = _SOMEBODY.match(text)
    if not found or size(text) > _LIFE or not _BIO.match(text[found.end() :]):
        return False
    last = key(found.group().split()[-1])
    return not any(last in key(lines[index].text) for index in body[:-1])


def _aside(parts: list[Part], indexes: Sequence[int]) -> None:
    for index in indexes:
        parts[index] = Part.ASIDE


def _numbered(lines: Sequence[Line], body: Sequence[int]) -> list[int]:
    """Headings counted up or down (``1. The Lock Museum``), each with text of its own below; three at least."""
    found: list[tuple[int, int]] = []
    for place, index in enumerate(body[:-1]):
        text = lines[index].text
        number = _NUMBERED.match(text)
        below = lines[body[place + 1]].text
        if number and size(text) <= 20 and not text.endswith((".", ",", ";")) and not _NUMBERED.match(below):
            found.append((index, int(number.group(1))))
    steps = {after - before for (_, before), (_, after) in pairwise(found)}
    return [index for index, _ in found] if len(found) >= 3 and steps in ({1}, {-1}) else []


def _twice(lines: Sequence[Line], body: Sequence[int]) -> list[int]:
    """Paragraphs printed twice within a few lines: the caption of a picture, shown small and large."""
    places: dict[str, list[int]] = {}
    for index in body:
        if size(lines[index].text) >= 15:
            places.setdefault(lines[index].text, []).append(index)
    found = []
    for same in places.values():
        if any(after - before <= _CLOSE for before, after in pairwise(same)):
            found.extend(same)
    return found if len(found) < len(body) else []


def _pulled(lines: Sequence[Line], body: Sequence[int]) -> list[int]:
    """Short paragraphs that print words of another paragraph once more, every sentence of them."""
    whole = {index: key(lines[index].text) for index in body}
    everything = "\n".join(dict.fromkeys(whole.values()))
    if len(body) > _MANY or len(everything) > _LONG:
        return []
    found = []
    for index in body:
        text = lines[index].text
        if not 5 <= size(text) <= _FEW or (not quoted(text) and ends_sentence(text) and size(text) < 8):
            continue
        pieces = [one.strip(_MARKS).rstrip(".,!?… ") for one in _SENTENCE.split(whole[index])]
        said = [one for one in pieces if size(one) >= 3]
        if said and sum(map(size, said)) >= 5 and all(_elsewhere(one, everything, whole[index]) for one in said):
            found.append(index)
    return found


def _elsewhere(piece: str, everything: str, own: str) -> bool:
    return everything.count(piece) > own.count(piece)


def _writers(lines: Sequence[Line], labels: Sequence[Label], reading: Reading) -> tuple[str, ...]:
    """The names that stand on the page as its writers' or alone on a line outside the body."""
    parts = reading.parts
    names = [author.name for one in labels for author in one.meta.authors if author.name]
    if reading.writer:
        names.append(reading.writer)
    for index, one in enumerate(labels):
        if one.kind is Kind.SHORT and parts[index] is not Part.BODY:
            names.extend(author.name for author in byline.signature(lines[index].text))
    return tuple(dict.fromkeys(name.casefold() for name in names))


def _biography(text: str, names: Sequence[str]) -> bool:
    bare = text.strip("*_ –—-•")
    if size(bare) > _LIFE:
        return False
    low = bare.casefold().removeprefix("about the author: ")
    for prefix in ("dr ", "dr. ", "professor ", "prof. ", "sir ", "dame "):
        low = low.removeprefix(prefix)
    first = (name.split()[0] for name in names)
    if any(len(name) >= 3 and re.match(rf"{re.escape(name)} (?:is|was) (?:an?|the|our) \S", low) for name in first):
        return _BIO.match(low[low.index(" ") :]) is not None
    names = (*names, *(last for name in names if len(last := name.split()[-1]) >= 4 and last != name))
    return any(low.startswith(name) and _BIO.match(_ASIDE.sub("", low[len(name) :])) for name in names)
