"""Rules and models vote on the names of a text: the layer ``proposal`` and the rules' ``name`` become one ``name``.

A model is one more voice, not a replacement: alone, a good one is no better than the rules on most news. For every
stretch of text on which somebody sees a name, the vote decides three things, each by *weight times score*: where it
begins and ends, what kind of thing it is, and how sure that is. Who agrees raises the score (independent witnesses:
1 - product of what each leaves open), who sees another kind of thing lowers it. What no rule sees enters only above
its proposer's threshold. A voter whose recall is known says something by its silence, too: a name that it would have
found, had it been one, loses odds.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Final

from kg.annotate import ruleset
from kg.annotate.layers import KINDS, argument
from kg.model import Annotation, Span, Text

__all__ = ["PROPOSAL", "RULES", "Voter", "Votes"]

#: The layer that models state.
PROPOSAL: Final = "proposal"
#: Forms of a name that only rules tell from a name; they are not put to the vote.
_FIXED: Final = frozenset({"demonym", "metonym", "nominal", "pronoun"})
#: No vote makes anything certain.
_MOST: Final = 0.99
_ARTICLES: Final = frozenset({"the", "a", "an"})
_EDGES: Final = " \t\n\r\u00a0.,;:!?\"'()[]{}\u2018\u2019\u201c\u201d\u00ab\u00bb\u2013\u2014-"


@dataclass(frozen=True, slots=True)
class Voter:
    """How much the word of the annotator ``name`` counts.

    ``weight`` is by kind of thing, with ``""`` for every other kind; 1 is what the rules have. ``scores`` are factors
    that turn an annotator's own scores into the share that is right (measured precision), in the same way. A name
    that no rule sees needs ``threshold``. ``recall`` is the share of names that it finds; without one its silence means
    nothing. ``rules`` stands for the built-in annotator of names.
    """

    name: str
    weight: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.75
    recall: Mapping[str, float] = field(default_factory=dict)

    def misses(self, kind: str) -> float:
        """The share of the names of a kind that it does not find."""
        return 1 - min(self.recall.get(kind, self.recall.get("", 0.0)), _MOST)

    def weighs(self, kind: str) -> float:
        """The weight for one kind."""
        return self.weight.get(kind, self.weight.get("", 1.0))

    def share(self, kind: str, score: float) -> float:
        """The score that the annotator's own one stands for, from 0 to :data:`_MOST`."""
        return min(max(score * self.scores.get(kind, self.scores.get("", 1.0)), 0.0), _MOST)


#: The name under which settings speak of the built-in annotator of names.
RULES: Final = "rules"


@dataclass(slots=True)
class _Ballot:
    """One voice: an annotation with what it counts for. ``of`` is the place of its voter in the order of the vote."""

    span: Span
    kind: str
    score: float
    power: float
    annotation: Annotation
    of: int
    threshold: float
    rule: bool = field(default=False)


class Votes:
    """States the layer ``name`` anew, out of the rules' names and the models' proposals."""

    name = "votes"
    needs: frozenset[str] = frozenset({"name", PROPOSAL})
    gives: frozenset[str] = frozenset({"name"})

    def __init__(self, voters: Sequence[Voter] = ()) -> None:
        self._voters = {one.name: one for one in voters}
        settings = [
            (v.name, sorted(v.weight.items()), sorted(v.scores.items()), v.threshold, sorted(v.recall.items()))
            for v in voters
        ]
        own = hashlib.sha256(repr(settings).encode()).hexdigest()[:4]
        self._heard = tuple(one for one in voters if one.recall and one.name != RULES)
        self.version = ruleset.version("1") + (f".{own}" if voters else "")

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The names that were voted for, in order of the text; without proposals the names as they are."""
        names, proposals = layers["name"], layers[PROPOSAL]
        if not proposals and not self._heard:
            return names
        ballots = self._ballots(text, names, proposals)
        decided: list[Annotation] = []
        for component in _components(ballots):
            if all(one.rule for one in component):
                decided += (self._weakened(one.annotation, component) for one in component)
            else:
                decided += (self._weakened(one, component) for one in _decided(text, component))
        return sorted(decided, key=lambda one: one.span)

    def _weakened(self, name: Annotation, component: Sequence[_Ballot]) -> Annotation:
        """The name with what the silence of voters says of it: its odds times the share of names that they miss."""
        if not self._heard or argument(name, "form") in _FIXED:
            return name
        kind = argument(name, "kind")
        spoke = {one.annotation.by.partition("@")[0] for one in component if one.span.overlaps(name.span)}
        missed = prod(one.misses(kind) for one in self._heard if one.name not in spoke)
        if missed >= 1:
            return name
        odds = missed * name.score / max(1 - name.score, 1 - _MOST)
        return replace(name, score=round(odds / (1 + odds), 4))

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The names of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))

    def _ballots(self, text: Text, names: Sequence[Annotation], proposals: Sequence[Annotation]) -> list[_Ballot]:
        """Every voice, in order of the text; the spans of one model do not overlap."""
        order: dict[str, int] = {}
        made = [self._ballot(one, one.span, argument(one, "kind"), -1) for one in names]
        known = {one.span: one.span for one in names}
        known |= {Span(title.start, one.span.end): one.span for one in names if (title := _title(one)) is not None}
        by_model: dict[str, list[_Ballot]] = {}
        for one in proposals:
            kind = argument(one, "kind")
            trimmed = _trimmed(text.text, one.span)
            if kind not in KINDS or trimmed is None:
                continue
            dotted = Span(trimmed.start, trimmed.end + 1)  # "Acme Inc."; only the rules know whose dot it is
            span = known.get(one.span) or known.get(trimmed) or known.get(dotted) or trimmed
            of = order.setdefault(one.by, len(order))
            ballot = self._ballot(one, span, kind, of)
            by_model.setdefault(one.by, []).append(ballot)
        for model in sorted(by_model):
            made += _apart(by_model[model])
        return sorted(made, key=lambda b: (b.span.start, b.span.end, b.of))

    def _ballot(self, one: Annotation, span: Span, kind: str, of: int) -> _Ballot:
        rule = of < 0
        voter = self._voters.get(RULES if rule else one.by.partition("@")[0]) or _UNKNOWN
        score = voter.share(kind, one.score)
        fixed = rule and argument(one, "form") in _FIXED
        power = float("inf") if fixed else voter.weighs(kind) * score
        return _Ballot(span, kind, score, power, one, of, voter.threshold, rule)


_UNKNOWN: Final = Voter("")


def _title(name: Annotation) -> Span | None:
    title = name.args.get("title")
    return title if isinstance(title, Span) and title.end <= name.span.start else None


def _trimmed(words: str, span: Span) -> Span | None:
    """The span without an article before the name, quotation marks around it, or ``'s`` after it; None if empty."""
    start, end = span.start, span.end
    while start < end and words[start] in _EDGES:
        start += 1
    blank = words.find(" ", start, min(end, start + 5))
    if blank > 0 and words[start:blank].lower() in _ARTICLES:
        start = blank + 1
        while start < end and words[start] in _EDGES:
            start += 1
    while end > start and words[end - 1] in _EDGES:
        end -= 1
    if end - start > 2 and words[end - 1] in "sS" and words[end - 2] in "'\u2019":
        end -= 2
    return Span(start, end) if start < end else None


def _apart(ballots: list[_Ballot]) -> list[_Ballot]:
    """The voices of one model without those that overlap a surer one."""
    ballots.sort(key=lambda b: (-b.power, -len(b.span), b.span, b.kind))
    taken = _Taken()
    return [one for one in ballots if taken.take(one.span)]


class _Taken:
    """Spans that do not overlap, to be asked for quickly; lives for one vote."""

    __slots__ = ("_spans",)

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, span: Span) -> bool:
        """Take the span, unless it overlaps one that is taken."""
        at = bisect_right(self._spans, (span.start, span.end))
        if at and self._spans[at - 1][1] > span.start:
            return False
        if at < len(self._spans) and self._spans[at][0] < span.end:
            return False
        insort(self._spans, (span.start, span.end))
        return True

    def around(self, point: int) -> Span | None:
        """The taken span that a place in the text lies in."""
        at = bisect_right(self._spans, (point, 1 << 60))
        if at and self._spans[at - 1][1] > point:
            return Span(*self._spans[at - 1])
        return None


def _components(ballots: list[_Ballot]) -> Iterable[list[_Ballot]]:
    """The voices in groups that do not touch each other."""
    group: list[_Ballot] = []
    end = -1
    for one in ballots:
        if group and one.span.start >= end:
            yield group
            group = []
        group.append(one)
        end = max(end if len(group) > 1 else -1, one.span.end)
    if group:
        yield group


def _decided(text: Text, ballots: list[_Ballot]) -> Iterable[Annotation]:
    """The names of one group of overlapping voices."""
    by_span: dict[Span, list[_Ballot]] = {}
    for one in ballots:
        by_span.setdefault(one.span, []).append(one)
    ruled = any(one.rule for one in ballots)

    def rank(span: Span) -> tuple[float, bool, int, Span]:
        backers = by_span[span]
        return -sum(b.power for b in backers), not any(b.rule for b in backers), -len(span), span

    taken = _Taken()
    chosen = [span for span in sorted(by_span, key=rank) if (ruled or _admitted(by_span[span])) and taken.take(span)]
    backers: dict[Span, list[_Ballot]] = {span: list(by_span[span]) for span in chosen}
    for one in ballots:
        near = taken.around((one.span.start + one.span.end) // 2)
        if near is not None and near != one.span and _alike(near, one.span):
            backers[near].append(one)
    for span in chosen:
        made = _name(text, span, backers[span], ruled=ruled)
        if made is not None:
            yield made


def _alike(one: Span, other: Span) -> bool:
    """Whether two spans share at least half of what they cover together."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= max(one.end, other.end) - min(one.start, other.start)


def _admitted(ballots: Sequence[_Ballot]) -> bool:
    """Whether voices without a rule among them are sure enough of one kind."""
    _, agreeing = _kind(ballots)
    return _together(agreeing) >= min(one.threshold for one in agreeing)


def _kind(ballots: Sequence[_Ballot]) -> tuple[str, list[_Ballot]]:
    """The kind with the most weight, the rules' one where two have as much, and who is for it."""
    power: dict[str, float] = {}
    for one in ballots:
        power[one.kind] = power.get(one.kind, 0.0) + one.power
    ruled = {one.kind for one in ballots if one.rule}
    best = min(power, key=lambda kind: (-power[kind], kind not in ruled, KINDS.index(kind) if kind in KINDS else 9))
    return best, [one for one in ballots if one.kind == best]


def _together(ballots: Sequence[_Ballot]) -> float:
    """How sure independent witnesses are together; of one voter the surest voice counts."""
    surest: dict[int, float] = {}
    for one in ballots:
        surest[one.of] = max(surest.get(one.of, 0.0), one.score)
    return min(1 - prod(1 - surest[of] for of in sorted(surest)), _MOST)


def _name(text: Text, span: Span, ballots: Sequence[_Ballot], *, ruled: bool) -> Annotation | None:
    fixed = next((one for one in ballots if one.power == float("inf")), None)
    if fixed is not None:
        return fixed.annotation
    own = next((one for one in ballots if one.rule and one.span == span), None)
    if own is not None and len(ballots) == 1:
        return own.annotation
    kind, agreeing = _kind(ballots)
    if kind not in KINDS:  # a name that the rules see and cannot place, and nobody else can
        return own.annotation if own is not None else None
    if not any(one.rule for one in ballots) and not (ruled or _admitted(ballots)):
        return None
    share = sum(one.power for one in agreeing) / (sum(one.power for one in ballots) or 1.0)
    score = round(_together(agreeing) * (1 + share) / 2, 4)
    winner = max(agreeing, key=lambda one: (one.span == span, one.power, one.rule, -one.of))
    rule = next((one for one in ballots if one.rule and one.kind == kind), None)
    type_ = next(
        (t for b in (rule, winner, *agreeing) if b is not None and (t := b.annotation.type) != kind and t), kind
    )
    args: dict[str, object] = dict(own.annotation.args) if own is not None else {"form": _form(span.of(text.text))}
    if kind != "Person":
        args.pop("title", None)
    args["kind"] = kind
    said = tuple(sorted({one.annotation.by for one in agreeing}))
    if len(said) > 1:
        args["votes"] = said
    return Annotation(span, "name", type_, None, score, winner.annotation.by, args)


def _form(words: str) -> str:
    letters = [char for char in words if char.isalpha()]
    return "acronym" if 2 <= len(letters) <= 6 and " " not in words and words.isupper() else "name"
