"""Claims: what somebody asserts of the things in the article. Claims are never facts.

They come from quotations with a known speaker, from *X accused Y of …* and from *alleging …*. A question, a wish or a
sentence about nobody is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate.layers import argument
from kg.annotate.stage import FILLER, LONGEST, Stage
from kg.model import Annotation, Span, Text

__all__ = ["Assertion", "Claims", "annotator", "assertions"]

_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|does|did|do|cannot|[a-z]{3,}ed|[a-z]{3,}s"
    r"|[a-z]+n[’']t)\b"
)
_ACCUSED = re.compile(
    r"(?<![\w-])(?:accused|accuses|accusing|blamed|blames)\s(?:the\s)?(?:[\w’'-]+\s){0,3}?(?=[A-Z])"
    r"|(?<![\w-])(?:has|have|had)\saccused\s"
)
#: What is in every match of ``_ACCUSED``: looking for it spares most paragraphs the pattern.
_ACCUSING = ("accus", "blame")
#: It begins with its word, so that the search goes from one such word to the next.
_ALLEGING = re.compile(r"alleging(?<![\w-]alleging)\s(?:that\s)?(?=[a-z])")
_STOP = re.compile(r"[.;!?](?=\s|$|[”\"’'])|\s[—–]\s|,\s(?:which|who|whom|while|but|and\s(?:said|added|has|had))\b")


@dataclass(frozen=True, slots=True)
class Assertion:
    """Words that assert something, by whom, about whom. ``quotation`` is the group of the quotation they are "
    "from."""

    span: Span
    claimants: tuple[str, ...]
    about: tuple[str, ...]
    score: float
    quotation: object = None


class Claims:
    """Finds assertions with their claimants; layer ``claim``."""

    name = "claims"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref", "quotation"})
    gives: frozenset[str] = frozenset({"claim"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The claims of the text, in order."""
        by = f"{self.name}@{self.version}"
        stage = Stage(text, layers)
        for one in assertions(stage, layers.get("quotation", ())):
            args = {"claimants": one.claimants, "about": one.about, "quotation": one.quotation}
            yield Annotation(one.span, "claim", None, None, one.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Claims:
    """The built-in annotator of claims."""
    return Claims()


def assertions(stage: Stage, quotations: Sequence[Annotation]) -> tuple[Assertion, ...]:
    """The claims of a body in order, each stretch once."""
    found = [*_quoted(stage, quotations), *_accusations(stage)]
    found.sort(key=lambda one: (one.span.start, -one.span.end))
    kept: list[Assertion] = []
    for one in found:
        claimants = tuple(c for c in one.claimants if c in stage.cast.known)
        if one.claimants and not claimants:
            continue
        if not kept or one.span.start >= kept[-1].span.end:
            kept.append(replace(one, claimants=claimants))
    return tuple(kept)


def _about(stage: Stage, span: Span, but: Sequence[str] = ()) -> tuple[str, ...]:
    seen = (s.id for s in stage.cast.within(span.start, span.end) if s.form != "demonym")
    return tuple(id_ for id_ in dict.fromkeys(seen) if id_ not in but and id_ in stage.cast.known)


def _quoted(stage: Stage, quotations: Sequence[Annotation]) -> Iterator[Assertion]:
    groups: dict[object, Annotation] = {}
    for one in quotations:
        known = groups.get(one.args.get("same"))
        if known is None or len(one.span) > len(known.span):
            groups[one.args.get("same")] = one
    for group, one in groups.items():
        speaker = argument(one, "speaker")
        if not speaker:
            continue
        span = one.span if not one.args.get("direct") else _sentence(stage, one.span, speaker)
        if span is None:
            continue
        others = one.args.get("others")
        claimants = (speaker, *others) if isinstance(others, tuple) else (speaker,)
        printed = span.of(stage.text)
        about = _about(stage, span, claimants)
        if about and len(claimants) > 1 and printed.startswith("they "):
            about = (*claimants, *about)
        if about and "?" not in printed and _FINITE.search(printed) and len(printed) <= 600:
            yield Assertion(span, claimants, about, round(min(0.8, one.score), 3), group)


def _sentence(stage: Stage, span: Span, speaker: str) -> Span | None:
    """The first sentence of somebody's words that names somebody else and asserts something."""
    start = span.start
    for stop in [*re.compile(r"[.!?…]\s+(?=[A-Z“\"‘'])").finditer(stage.text, span.start, span.end), None]:
        end = stop.start() + 1 if stop else span.end
        one = Span(start, end)
        printed = one.of(stage.text)
        if _about(stage, one, (speaker,)) and "?" not in printed and "!" not in printed and _FINITE.search(printed):
            trimmed = printed.rstrip(" ,.")
            return Span(start, start + len(trimmed))
        start = stop.end() if stop else span.end
    return None


def _until(stage: Stage, start: int, end: int) -> int:
    stop = _STOP.search(stage.text, start, end)
    at = stop.start() if stop else end
    return start + len(stage.text[start:at].rstrip(" ,\n"))


def _accusations(stage: Stage) -> Iterator[Assertion]:
    """*X accused Y of Z* and *a report alleging Z*: the words asserted, the claimant where one is named."""
    for paragraph in stage.paragraphs:
        if paragraph.section.kind == "block_quote":
            continue
        begin, close = paragraph.section.span.start, paragraph.section.span.end
        accused = any(stage.host.find(word, begin, close) >= 0 for word in _ACCUSING)
        for found in _ACCUSED.finditer(stage.host, begin, close) if accused else ():
            sentence = stage.sentence(paragraph, found.start())
            if len(sentence) > LONGEST:
                continue
            target = next(iter(stage.cast.within(found.end(), min(sentence.end, found.end() + 60))), None)
            if target is None or target.start != found.end():
                continue
            charge = re.compile(r"\s(?:of|for)\s").match(stage.host, target.end)
            subject = stage.subject(paragraph, found.start(), sentence.start)
            if charge is None or subject is None or subject.id == target.id:
                continue
            span = Span(target.start, _until(stage, charge.end(), sentence.end))
            yield Assertion(span, (subject.id,), _about(stage, span, (subject.id,)), 0.75)
        for found in _ALLEGING.finditer(stage.host, begin, close):
            sentence = stage.sentence(paragraph, found.start())
            if len(sentence) > LONGEST:
                continue
            end = _until(stage, found.end(), sentence.end)
            span = Span(found.end(), end)
            about = _about(stage, span)
            source = _source(stage, sentence.start, found.start())
            if about and FILLER not in span.of(stage.host) and len(span) > 10:
                yield Assertion(span, (source,) if source else (), about, 0.7)


def _source(stage: Stage, start: int, end: int) -> str | None:
    """The person or organization right before *alleging*, with at most a noun between."""
    for one in reversed(stage.cast.within(max(start, end - 80), end)):
        gap = stage.host[one.end : end]
        if re.fullmatch(r"\s(?:[a-z-]+\s)?|,\s", gap) and one.kind in ("Person", "Organization"):
            return one.id
        return None
    return None
