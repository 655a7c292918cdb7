"""What all models have in common: texts in windows, answers checked one by one, offsets brought back to the text.

A model's answer is input from outside: a span outside the text, a score that is no number or a label nobody asked
for is left out and counted; an answer that as a whole is none raises, for the one document it was about.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kg.authority import kind_of
from kg.errors import ConfigError, InputError
from kg.model import Annotation, Span, Text

__all__ = ["Found", "Predict", "Proposer", "Window", "classes", "fingerprint", "windows"]

#: What a model says: start and end in the window, its own label, its own score from 0 to 1.
Found = tuple[object, object, object, object]
#: Windows in, what was found in each out, in the same order.
Predict = Callable[[Sequence[str]], Iterable[Iterable[Found]]]

#: Answers for one window that are looked at; names cannot be more than its letters.
_MOST: Final = 20_000
#: Characters of windows that go to a model in one call.
_CALL: Final = 400_000
#: Where a window may end: after a sentence, else between words.
_STOPS: Final = (re.compile(r"[.!?\u2026][\"'\u201d\u2019)]*\s"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one field that a model sees at once."""

    start: int
    words: str


def windows(text: Text, size: int) -> Iterator[Window]:
    """The text in stretches of at most ``size`` characters: whole paragraphs together where they fit, a longer one
    cut after a sentence or a word. No window crosses two fields."""
    start = end = -1
    field = ""
    for section in sorted(text.sections, key=lambda one: one.span):
        span = section.span
        if span.start < end:
            continue  # sections lie side by side; one inside another was seen with it
        if start >= 0 and (section.field != field or span.end - start > size):
            yield from _cut(text.text, start, end, size)
            start = -1
        if start < 0:
            start, field = span.start, section.field
        end = span.end
    if start >= 0:
        yield from _cut(text.text, start, end, size)


def _cut(words: str, start: int, end: int, size: int) -> Iterator[Window]:
    while end - start > size:
        # in the second half of the window; where neither a sentence nor a word ends there, the cut goes through a word
        ends = (
            max((f.end() for f in one.finditer(words, start + size // 2, start + size)), default=0) for one in _STOPS
        )
        stop = next((end for end in ends if end > start), start + size)
        yield Window(start, words[start:stop])
        start = stop
    if words[start:end].strip():
        yield Window(start, words[start:end])


def classes(name: str, labels: object, default: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """A model's labels with the kind and the schema.org class each stands for; without ``labels`` the default ones.

    Raises :class:`kg.errors.ConfigError` for a class that is none of the five kinds and falls under none of them.
    """
    given = default if labels is None else labels
    if not isinstance(given, Mapping) or not given:
        raise ConfigError(
            f"annotator {name!r}: labels must be a table of the model's labels and schema.org classes, such as "
            '{ person = "Person", city = "City" }',
            setting="annotators",
        )
    made: dict[str, tuple[str, str]] = {}
    for label, type_ in given.items():
        kind = kind_of(type_) if isinstance(type_, str) else None
        if kind is None:
            raise ConfigError(
                f"annotator {name!r}: label {label!r} stands for {type_!r}, which is no class of people, places, "
                "organizations, events or works; use Person, Place, Organization, Event, CreativeWork or one of "
                "schema.org below them",
                setting="annotators",
            )
        made[str(label)] = (kind, type_)
    return made


def fingerprint(*options: object) -> str:
    """A few digits that tell whether a model is asked in the same way: part of its version."""
    return hashlib.sha256(repr(options).encode()).hexdigest()[:4]


class Proposer:
    """States the layer ``proposal`` with what a model finds. ``dropped`` counts answers that were left out, by reason.

    ``size`` is the longest window in characters. ``ignored`` are labels the model is known to have and nobody wants.
    """

    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"proposal"})

    def __init__(
        self,
        name: str,
        version: str,
        predict: Predict,
        labels: Mapping[str, tuple[str, str]],
        *,
        size: int,
        ignored: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.version = version
        self.dropped: Counter[str] = Counter()
        self._predict = predict
        self._labels = labels
        self._size = size
        self._ignored = ignored

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """What the model finds in one text. Raises :class:`kg.errors.InputError` where it gives no usable answer."""
        return next(iter(self.pipe(((text, layers),))))

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The same for many texts, asked together."""
        asked = [list(windows(text, self._size)) for text, _ in texts]
        flat = [window for group in asked for window in group]
        found: list[list[Annotation]] = []
        for call in _calls(flat):
            found += self._ask(call)
        answers = iter(found)
        for group in asked:
            yield tuple(one for _ in group for one in next(answers))

    def _ask(self, call: Sequence[Window]) -> Iterator[list[Annotation]]:
        try:
            predicted = self._predict([window.words for window in call])
            answers = [_some(one) for one in islice(predicted, len(call) + 1)]
        except InputError as error:
            raise InputError(f"annotator {self.name!r} failed: {error}") from error
        except Exception as error:
            raise InputError(
                f"annotator {self.name!r} failed: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
            ) from error
        if len(answers) != len(call):
            raise InputError(
                f"annotator {self.name!r} failed: it answered for {len(answers)} texts when asked about {len(call)}"
            )
        for window, answer in zip(call, answers, strict=True):
            yield self._taken(window, answer)

    def _taken(self, window: Window, answer: Sequence[Found]) -> list[Annotation]:
        made: list[Annotation] = []
        by = f"{self.name}@{self.version}"
        if len(answer) > _MOST:
            self.dropped["too many answers for one text"] += len(answer) - _MOST
        for one in answer[:_MOST]:
            reason = self._wrong(one, len(window.words))
            if reason is None:
                start, end, label, score = one
                kind, type_ = self._labels[str(label)]
                span = Span(window.start + int(start), window.start + int(end))  # type: ignore[call-overload]
                made.append(Annotation(span, "proposal", type_, None, float(score), by, {"kind": kind}))  # type: ignore[arg-type]
            elif reason:
                self.dropped[reason] += 1
        made.sort(key=lambda a: (a.span, a.type or "", -a.score))
        return made

    def _wrong(self, one: object, length: int) -> str | None:
        """Why an answer is left out, empty for one that nobody wanted; None for a good one."""
        if not isinstance(one, tuple) or len(one) != 4:
            return "no span with a label and a score"
        start, end, label, score = one
        if not isinstance(label, str):
            return "a label that is no text"
        if label in self._ignored:
            return ""
        if label not in self._labels:
            return "an unknown label"
        if not _whole(start) or not _whole(end) or not 0 <= start < end <= length:
            return "a span outside the text"
        if isinstance(score, bool) or not isinstance(score, (int, float)) or not math.isfinite(score):
            return "a score that is no number"
        return None if 0 <= score <= 1 else "a score that is not between 0 and 1"


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _some(answer: Iterable[Found]) -> list[Found]:
    """The answer as a list, a little longer than what is looked at where it has no end."""
    made: list[Found] = []
    for one in answer:
        made.append(one)
        if len(made) > 2 * _MOST:
            break
    return made


def _calls(flat: Sequence[Window]) -> Iterator[list[Window]]:
    call: list[Window] = []
    held = 0
    for window in flat:
        if call and held + len(window.words) > _CALL:
            yield call
            call, held = [], 0
        call.append(window)
        held += len(window.words)
    if call:
        yield call
