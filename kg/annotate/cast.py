"""The cast of an article: who and what is named where, and what the words around the names say of them.

Built once for a text from the ``name`` and ``coref`` layers, for the annotators that ask who does or says something.
Every look-up is a bisection; building is linear in the number of names.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.annotate import lexicon
from kg.annotate.layers import THRESHOLD, Layers, argument, by_span
from kg.model import Annotation, Span, Text

__all__ = ["UNKNOWN", "Apposition", "Cast", "Member", "Seen", "cast_of"]

#: How the id of a name begins that stands for somebody the article does not tell apart.
UNKNOWN = "?"

_MALE = lexicon.groups("roles")["male"]
_FEMALE = lexicon.groups("roles")["female"]
_SEXES = lexicon.mapping("sexes")
_PLURAL = re.compile(r"(?:[^s]s|men|women|people)$")

#: ``Ana Costa, 34, a lawyer for …,``: what follows a name between commas.
_AFTER = re.compile(
    r"(?:\s\([^()\n]{1,40}\))?,\s(?:\d{1,3},\s(?:and\s)?)?(?P<np>(?:(?:a|an|the|its|their|his|her|also|now|then)\s)?"
    r"(?!(?:who|whose|which|where|when|while|but|and|or|as|if|though|although|because|so|with|in|on|at|by|for|from|to"
    r"|of|it|he|she|they|we|that|this|after|before|said|says|left|right)\b)"
    r"(?:[\w’'.-]+\s){0,6}?[\w’'-]+)(?=\s(?:of|for|at|in|from|with|on|to|who|whose|which|by|under|and|described|known"
    r"|said|says|told|based|called)\b|[,.;:)—–]|\s[—–(]|$)"
)
#: *Police arrested Rui Dias, a spokesman for the ministry said*: who speaks, and no description of the name before.
_SPEAKS = re.compile(
    r"(?:(?!\s(?:who|whose|which|that|where|when)\b)[^,.;:()—–\n]){0,100}?\s(?:said|says|told|tells|added|adds|confirmed"
    r"|announced|reported|wrote|warned|claimed|insisted|estimated)\b"
)
_OPENING = re.compile(r"(?:^|[\n.!?:;“\"‘(—–])\s*$")
#: ``The health minister, Ana Costa``: a description before a name, up to the comma.
_BEFORE = re.compile(
    r"(?:^|[\s“\"‘('])(?P<np>(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[A-Z][\w’'.-]+['’]s?)\s(?:[\w’'-]+\s){0,5}?[\w-]+"
    r"(?P<tail>(?:\s(?:of|for|at|in|from)\s[^,.;:—–\n]{1,50})?)),\s$"
)
_TAIL = re.compile(r"\s(?:of|for|at|in|from|to|with)\s")
_THINGS = frozenset().union(*lexicon.groups("kinds").values()) | lexicon.words("city town village capital country")
_WORDS = re.compile(r"[\w’'-]+")
#: The middle of a clause can be no description: these words open another one.
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|said|says|told|did|does|do|can|could|not)\b"
)


@dataclass(frozen=True, slots=True)
class Member:
    """One cluster of names. ``sex`` is ``m``, ``f`` or None when the text does not say."""

    id: str
    kind: str
    type: str
    name: str
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One place where a member is named. ``title`` is the title printed before the name."""

    span: Span
    id: str
    kind: str
    form: str
    title: Span | None = None

    @property
    def start(self) -> int:
        """Where the name begins, with its title."""
        return self.title.start if self.title is not None else self.span.start

    @property
    def end(self) -> int:
        """Where the name ends."""
        return self.span.end


@dataclass(frozen=True, slots=True)
class Apposition:
    """A description that stands beside a name: *Ana Costa, a lawyer*; *the lawyer, Ana Costa*."""

    id: str
    words: Span
    evidence: Span
    before: bool


class Cast:
    """The members of a text and where they are seen, in order of the text."""

    __slots__ = ("_ends", "_starts", "appositions", "described", "heads", "known", "members", "seen", "text")

    def __init__(self, text: Text, layers: Layers) -> None:
        self.text = text.text
        names = by_span(layers.get("name", ()))
        seen: list[Seen] = []
        first: dict[str, Member] = {}
        best: dict[str, float] = {}
        clusters = by_span(layers.get("coref", ()))
        for span, name in names.items():
            coref = clusters.get(span)
            # a name that could not be told apart is somebody all the same: it must not be taken for nobody
            id_ = coref.ref if coref is not None and coref.ref is not None else UNKNOWN + span.of(self.text)
            kind = (argument(coref, "kind") if coref is not None else "") or argument(name, "kind")
            if id_ not in first:
                type_ = (argument(coref, "type") if coref is not None else "") or name.type or kind
                printed = (argument(coref, "name") if coref is not None else "") or span.of(self.text)
                first[id_] = Member(id_, kind, type_, printed)
            best[id_] = max(best.get(id_, 0.0), name.score)
            title = name.args.get("title")
            seen.append(
                Seen(span, id_, kind, argument(name, "form", "name"), title if isinstance(title, Span) else None)
            )
        self.seen: tuple[Seen, ...] = tuple(
            sorted((s for s in seen if s.kind), key=lambda s: (s.span.start, s.span.end))
        )
        self._starts = [one.span.start for one in self.seen]
        self._ends = [one.span.end for one in self.seen]
        self.appositions: tuple[Apposition, ...] = tuple(self._appositions())
        #: Where the description before a name begins, by the end of the name.
        self.described = {a.evidence.end: a.words.start for a in self.appositions if a.before}
        sexes = self._sexes(first)
        #: The members that are published: told apart, and sure enough.
        self.known = frozenset(i for i in first if not i.startswith(UNKNOWN) and best[i] >= THRESHOLD)
        self.members: dict[str, Member] = {
            id_: Member(id_, m.kind, m.type, m.name, sexes.get(id_)) for id_, m in first.items()
        }
        self.heads: dict[str, tuple[str, ...]] = self._heads()

    def within(self, start: int, end: int) -> Sequence[Seen]:
        """The names that lie between two offsets, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return tuple(one for one in self.seen[first:last] if one.span.end <= end)

    def ending(self, end: int) -> Seen | None:
        """The name that ends at an offset."""
        at = bisect_right(self._ends, end) - 1
        return self.seen[at] if at >= 0 and self._ends[at] == end else None

    def starting(self, start: int) -> Seen | None:
        """The name that begins at an offset (without its title)."""
        at = bisect_left(self._starts, start)
        return self.seen[at] if at < len(self.seen) and self._starts[at] == start else None

    def by_head(self, word: str) -> str | None:
        """The one member that is called so (*the mayor*, *the board*), or None when none or several are."""
        ids = self.heads.get(word.lower(), ())
        return ids[0] if len(ids) == 1 else None

    def _appositions(self) -> Iterator[Apposition]:
        for one in self.seen:
            if one.form not in ("name", "acronym"):
                continue
            after = _AFTER.match(self.text, one.span.end, min(len(self.text), one.span.end + 160))
            if after is not None and self._describes(after.span("np"), one) and not self._speaks(after.end(), one):
                yield Apposition(one.id, Span(*after.span("np")), Span(one.span.start, after.end()), before=False)
            begin = max(0, one.span.start - 120)
            stretch = re.split(r"[.!?;:]\s|\n|,\s(?=.*,\s$)", self.text[begin : one.start])[-1]
            before = _BEFORE.search(stretch)
            if before is not None:
                shift = one.start - len(stretch)
                words = (before.start("np") + shift, before.end("np") + shift)
                owner = self._around(words[0])
                if owner is not None:
                    words = (owner, words[1])
                if not _VERBISH.search(self.text, *words) and self._describes(words, one):
                    yield Apposition(one.id, Span(*words), Span(words[0], one.span.end), before=True)

    def _speaks(self, behind: int, one: Seen) -> bool:
        """Whether the words between a name and an offset are who reports the sentence that ends with the name."""
        if _SPEAKS.match(self.text, behind) is None:
            return False
        return _OPENING.search(self.text[max(0, one.start - 3) : one.start]) is None

    def _around(self, at: int) -> int | None:
        """Where the name begins that an offset lies inside of (*El Salvador's president* cut at *Salvador*)."""
        number = bisect_right(self._starts, at) - 1
        if number >= 0 and self._starts[number] < at < self._ends[number]:
            return self._starts[number]
        return None

    def _describes(self, words: tuple[int, int], one: Seen) -> bool:
        """Whether the words are a description and not the next name of a list."""
        printed = self.text[words[0] : words[1]]
        last = _WORDS.findall(printed)[-1]
        if not last[0].islower() or _VERBISH.search(printed):
            return False
        if one.kind == "Person":
            return True
        determined = re.match(r"(?:an?|the|its|their|his|her)\s", printed, re.IGNORECASE) is not None
        return determined and re.split(_TAIL, printed)[0].split()[-1].lower() in _THINGS

    def _sexes(self, members: Mapping[str, Member]) -> dict[str, str]:
        """The sex of people by the words beside their names, else by a given name that only one sex has."""
        votes: dict[str, set[str]] = {}

        def vote(id_: str, words: str) -> None:
            for word in _WORDS.findall(words.lower()):
                if word in _MALE or word + "." in _MALE:
                    votes.setdefault(id_, set()).add("m")
                elif word in _FEMALE or word + "." in _FEMALE:
                    votes.setdefault(id_, set()).add("f")

        for one in self.seen:
            if one.kind == "Person" and one.title is not None:
                vote(one.id, one.title.of(self.text))
        for near in self.appositions:
            vote(near.id, near.words.of(self.text).split(" of ")[0].split(" for ")[0])
        for id_, member in members.items():
            if id_ not in votes and member.kind == "Person":
                first, _, rest = member.name.partition(" ")
                sex = (_SEXES.get(first.lower()) or lexicon.given_names().get(first.lower())) if rest else None
                if sex in ("m", "f"):
                    votes[id_] = {sex}
        return {id_: next(iter(said)) for id_, said in votes.items() if len(said) == 1}

    def _heads(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}

        def put(word: str, id_: str) -> None:
            ids = found.setdefault(word.lower(), [])
            if id_ not in ids:
                ids.append(id_)

        for one in self.seen:
            if one.kind == "Person" and one.title is not None:
                put(_WORDS.findall(one.title.of(self.text))[-1], one.id)
            elif one.kind == "Organization" and one.form == "name":
                for word in _WORDS.findall(one.span.of(self.text)):
                    if len(word) > 3:
                        put(word, one.id)
        for near in self.appositions:
            printed = re.split(_TAIL, near.words.of(self.text))[0]
            put(_WORDS.findall(printed)[-1], near.id)
        return {word: tuple(ids) for word, ids in found.items()}


def cast_of(text: Text, layers: Layers) -> Cast:
    """The cast of a text; remembered for the last few texts, as several annotators ask for it."""
    return _cast(_Key(text, layers.get("name", ()), layers.get("coref", ())))


class _Key:
    """What a cast is made from, as a cache key: the same objects make the same cast."""

    __slots__ = ("corefs", "names", "text")

    def __init__(self, text: Text, names: Sequence[Annotation], corefs: Sequence[Annotation]) -> None:
        self.text = text
        self.names = names
        self.corefs = corefs

    def __hash__(self) -> int:
        return len(self.text.text)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and self.text is other.text
            and self.names is other.names
            and self.corefs is other.corefs
        )


@lru_cache(maxsize=4)
def _cast(key: _Key) -> Cast:
    return Cast(key.text, {"name": key.names, "coref": key.corefs})
