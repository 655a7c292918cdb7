"""The stage of an article: its paragraphs with quoted words masked, its sentences, and who is the subject of a verb.

Attribution reads the host sentences only: what stands inside quotation marks is replaced by a filler, so that a verb
or a name in somebody's words is never taken for the reporter's. Offsets stay those of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from kg.annotate import lexicon
from kg.annotate.cast import Cast, Seen, cast_of
from kg.annotate.layers import Layers
from kg.annotate.marks import Quoted, quoted
from kg.model import Section, Span, Text

__all__ = ["BARE", "CLAUSE", "FILLER", "LONGEST", "VERB", "Paragraph", "Stage", "Subject"]

FILLER = "\x1a"
_SPEECH = lexicon.groups("speech")
BARE = _SPEECH["bare"]
CLAUSE = _SPEECH["clause"]
_ROLES = lexicon.groups("roles")
_VOICE = _ROLES["voice"]
_OCCUPATION = frozenset().union(*(lexicon.groups("jobs")[key] for key in ("office", "job")))
#: Any speech verb, as one word of the host text.
VERB = re.compile(
    r"(?<![\w’'-])(?:"
    + "|".join(sorted(frozenset().union(*_SPEECH.values()), key=lambda w: (-len(w), w)))
    + r")(?![\w’'-]|\sto\shave\b)"
)

_RELATIVE = re.compile(
    r"(?<![\w’'-])(?:who|whom|whose|which)\s[a-z’'-]+\s(?:(?!(?:that|when|while|after|before|because|as|since|until|if|where"
    r"|but|and|or|said|says|say|told|believe[sd]?|claim(?:s|ed)?|thinks?|thought)\s)[^\s,;:.!?—–“”\"()]+\s){0,6}$"
)
_STOP = re.compile(r"[.!?…]\x1a*[\"”’»'›)\]]*\s+(?=[\"“‘«'(\[]?[A-Z\d\x1aÀ-ÖØ-ÞĀ-Ž])|\n+|;\s")
_ABBREVIATED = re.compile(
    r"(?:(?<!\w)(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Sr|Jr|Hon|Gov|Sen|Rep|Gen|Lt|Col|Capt|Sgt|St|Ste|Mt|Ft|No|vs|Jan"
    r"|Feb|Mar|Apr"
    r"|Aug|Sept?|Oct|Nov|Dec|Messrs|Maj|Adm|Cmdr|Supt|Insp|[A-Z])|(?<!\w)(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
_ADVERBS = re.compile(
    r"(?:(?<=\s)(?:has|have|had|also|then|later|once|now|again|only|further|simply|just|even|still|already"
    r"|therefore"
    r"|however|meanwhile|instead|today|yesterday|earlier|previously|reportedly|both|all|each|themselves|himself"
    r"|herself"
    r"|itself|would|will|may|might|can|could|should|must|shall|did|does|was quoted as|were quoted as"
    r"|is quoted as|[a-z]+ly|in a statement|in an interview"
    r"|is said to have|are said to have|is reported to have|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s)+$"
)
_PREPOSITION = re.compile(
    r"(?<![\w’'])(?:of|for|by|with|to|from|at|in|on|than|against|about|near|between|like|over|into|under|after"
    r"|before"
    r"|including|alongside|until|as|via|despite)\s(?:the\s|an?\s|his\s|her\s|its\s|their\s)?(?:[\w’'.-]+\s){0,2}$"
)
_BARE_PREPOSITION = re.compile(
    r"(?<![\w’'])(?:of|for|by|with|to|from|at|in|on|than|against|about|near|between|like|over|into|under|after"
    r"|before"
    r"|including|alongside|until|via|despite)\s(?:the\s)?$"
)
_APPOSITIVE = re.compile(
    r"\s(?:an?\b|the\b|who\b|whose\b|which\b|whom\b|his\b|her\b|its\b|their\b|now\b|then\b|also\b|when\b|in\b"
    r"|on\b|at\b|\d{1,3}\b"
    r"|[a-z]+)"
)
_NOMINAL = re.compile(
    r"(?:^|[\s(])(?P<det>[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ne|[Aa]nother|[\w’'-]+['’]s?)\s"
    r"(?P<np>(?:[\w’'-]+\s){0,4}?[\w’'-]+)(?P<tail>\s(?:of|for|from|at|with|in)\s[^,;:]{1,60})?$"
)
_TOLD = re.compile(r"\b(?:told|tells|asked|asks|reminded|informed|assured|warned|telling|asking)\s(?:the\s)?$")
_NP_STOP = re.compile(
    r"[,.;:!?—–\n“”\"«»()]|\s(?:that|on|in|at|to|as|when|after|during|by|from|about|and|but|who|while)\s"
)
_DOTTED = re.compile(r"(?<=\b[A-Z])\.|\b(?:Del|Atty|Asst|Mr|Dr|Ms|St|Mrs|Sen|Rep|Gov|Gen|Lt|Rev|Prof|Col|Capt|Sgt)\.")
_PRONOUN = re.compile(r"(?<![\w’'-])(?P<word>[Hh]e|[Ss]he|[Ii]t)$")
_LEAD_GAP = re.compile(
    r"(?:(?:But|And|Yet|So|Then|Still|Also|Meanwhile|However|Instead|Later|Separately|Earlier|Background|Today"
    r"|Yesterday)[,:]?\s)?"
    r"(?:(?:In|On|At|After|Before|During|By|For|From|Asked|Speaking|Reached|With|As|When|While|Since|Last|Under"
    r"|To|Despite"
    r"|Following|Writing|According)\s[^,;:]{1,90},\s)?"
    r"(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir)\s)?(?:(?!(?:of|for|by|with|to|from|at|in|on|and|or|is"
    r"|was|has|had|that)\s)[\w.’'-]+\s){0,3}$"
)


#: How far before a verb its subject may begin; keeps the work on endless sentences linear.
_REACH = 600
#: A sentence longer than this is a list or worse; nothing is read from it.
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a verb is said of: the member, and the words that name it. ``sure`` is less for what had to be "
    "inferred."""

    id: str
    span: Span
    sure: float = 0.95


@dataclass(slots=True, eq=False)
class Paragraph:
    """One body section, its quoted stretches and where its host sentences begin. ``focus`` is who spoke last in it,
    ``spoke`` where."""

    number: int
    section: Section
    quotes: tuple[Quoted, ...]
    opens: list[int] = field(default_factory=list)
    focus: str | None = None
    spoke: int = -1
    asked: bool = False


class Stage:
    """The body of one text, set up for attribution."""

    __slots__ = ("cast", "host", "paragraphs", "text")

    def __init__(
        self,
        text: Text,
        layers: Layers,
        cast: Cast | None = None,
        *,
        kinds: tuple[str, ...] = ("paragraph", "block_quote"),
    ) -> None:
        self.text = text.text
        self.cast = cast if cast is not None else cast_of(text, layers)
        scene = _scene(_Key(text, tuple(text.of_kind(*kinds))))
        self.host = scene.host
        self.paragraphs = [
            Paragraph(number, section, marks, list(opens)) for number, (section, marks, opens) in enumerate(scene.parts)
        ]

    def sentence(self, paragraph: Paragraph, at: int) -> Span:
        """The host sentence an offset of the paragraph lies in."""
        number = bisect_right(paragraph.opens, at) - 1
        start = paragraph.opens[max(number, 0)]
        ends = paragraph.opens[number + 1] if number + 1 < len(paragraph.opens) else paragraph.section.span.end
        return Span(start, ends)

    # ---- subjects ------------------------------------------------------------------------------------------------

    def subject(self, paragraph: Paragraph, verb: int, floor: int) -> Subject | None:
        """Who the verb at an offset is said of; the clause begins no earlier than ``floor``."""
        if verb - floor > _REACH:
            return None
        at = self._skip_adverbs(verb, floor)
        clause = self.host[floor:at]
        stripped = clause.rstrip()
        end = floor + len(stripped)
        if not stripped:
            return None
        word = self.host[verb : verb + 24].split(None, 1)[0].rstrip(",.:;")
        if word.endswith("ing") and not re.search(r"\b(?:is|are|was|were|be|been|as)$", stripped):
            return self.lead(paragraph, floor, end)
        last = stripped[-1]
        if last == ")":
            opening = self.host.rfind("(", max(floor, end - 60), end)
            if opening < 0:
                return None
            end = floor + len(self.host[floor:opening].rstrip())
            return self._adjacent(paragraph, end, floor)
        if last in ",—–-" and len(stripped) > 1:
            return self._across_comma(end, floor, last)
        if re.search(r"(?:^|[\s,])(?:and|but|or|then|while)$", stripped):
            return self.lead(paragraph, floor, end)
        if re.search(r"(?:^|[\s,])(?:who|which|that)$", stripped):
            return self._of_relative(end, floor)
        return self._adjacent(paragraph, end, floor)

    def after_verb(self, paragraph: Paragraph, start: int, ceiling: int) -> Subject | None:
        """Who follows an inverted verb: *said Ana Costa*, *said the minister, Ana Costa*, *said the mayor*."""
        stop = _NP_STOP
        position = start
        limit = min(ceiling, start + 160)
        for one in self.cast.within(start, limit):
            gap = self.host[position : one.start]
            gap_before = self.host[start : one.start]
            if stop.search(_DOTTED.sub("", gap)):
                comma = re.fullmatch(r"\s?(?:the|an?|its|his|her|their|one)\s[^,.;:]{1,80},\s", gap_before)
                if comma and one.kind == "Person":
                    return Subject(one.id, Span(start, one.end), 0.95)
                break
            if self._possessive(one):
                position = one.end
                continue
            if one.kind in ("Person", "Organization"):
                voice = re.match(
                    r"\s?(?:an?|the|its|his|her|one)\s(?:[\w’'-]+\s){0,3}?([\w’'-]+)\s(?:for|of|from|at|with)\s",
                    gap_before,
                )
                if voice:
                    named = self._next_person(one.end, limit)
                    if named is not None:
                        return named
                    if voice.group(1).lower() in _VOICE and one.kind == "Organization":
                        return Subject(one.id, one.span, 0.8)
                    return self._headed(voice.group(1), Span(start, one.end), paragraph)
                if one.kind == "Organization":
                    person = next((p for p in self.cast.within(one.end, one.end + 60) if p.kind == "Person"), None)
                    if person is not None and re.fullmatch(r"\s(?:[\w’'-]+\s){0,4}", self.host[one.end : person.start]):
                        return Subject(person.id, person.span)
                return Subject(one.id, Span(one.start, one.end))
            position = one.end
        pronoun = re.compile(r"\s?(he|she|it)(?![\w’'-])").match(self.host, start)
        if pronoun:
            return self.pronoun(paragraph, pronoun.start(1), pronoun.group(1))
        nominal = re.compile(
            r"\s?(?:the|its|his|her|their)\s(?:[\w’'-]+\s){0,2}?([\w’'-]+)(?=[,.;:]|\s(?:of|for|at|in|on|to"
            r"|with|by|,|who|when|after)\b|$)"
        ).match(self.host, start, limit)
        if nominal:
            return self._headed(nominal.group(1), Span(*nominal.span()), paragraph)
        return None

    def _next_person(self, start: int, limit: int) -> Subject | None:
        for one in self.cast.within(start, limit):
            if one.kind == "Person" and re.fullmatch(r"(?:\s\([^()]*\))?,\s", self.host[start : one.start]):
                return Subject(one.id, one.span)
            return None
        return None

    def lead(self, paragraph: Paragraph, start: int, end: int) -> Subject | None:
        """The grammatical subject of the sentence that begins at ``start``, when it is plain."""
        end = min(end, start + _REACH)
        pronoun = re.compile(
            r"(?:(?:But|And|Then|So|Later|Yet)\s|[^,.;:]{1,60},\s)?(?P<word>He|She|It|he|she|it)\s"
        ).match(self.host, start, end)
        for one in self.cast.within(start, end):
            if pronoun and pronoun.start("word") < one.start:
                break
            gap = self.host[start : one.start]
            if one.kind not in ("Person", "Organization"):
                if len(gap) > 120 or re.search(r"\b(?:is|was|are|were|has|had|have|will|would)\b", gap):
                    return None
                continue
            described = self.cast.described.get(one.end)
            if described is not None:
                gap = self.host[start:described]
            if self._possessive(one):
                continue
            if not _LEAD_GAP.fullmatch(gap) or _BARE_PREPOSITION.search(gap):
                return None
            if re.match(r"(?:,| and) (?=[A-Z])", self.host[one.end : one.end + 6]):
                return None  # several subjects
            return Subject(one.id, Span(one.start, one.end), 0.9)
        if pronoun:
            return self.pronoun(paragraph, pronoun.start("word"), pronoun.group("word"))
        nominal = re.compile(
            r"(?:The|Its|His|Her)\s(?:[\w’'-]+\s){0,2}?([\w’'-]+)(?=\s[a-z]+(?:ed|s|t|d|g|k|w)\b|,)"
        ).match(self.host, start, end)
        return self._headed(nominal.group(1), Span(*nominal.span()), paragraph) if nominal else None

    def _skip_adverbs(self, verb: int, floor: int) -> int:
        found = _ADVERBS.search(self.host[max(floor, verb - 60) : verb])
        return verb - len(found.group()) if found else verb

    def _possessive(self, one: Seen) -> bool:
        return self.host[one.end : one.end + 2] in ("'s", "’s") or (
            self.host[one.end : one.end + 1] in ("'", "’") and self.host[one.end - 1] == "s"
        )

    def _governed(self, one: Seen, floor: int) -> bool:
        return _BARE_PREPOSITION.search(self.host, max(floor, one.start - 24), one.start) is not None

    def _adjacent(self, paragraph: Paragraph, end: int, floor: int) -> Subject | None:
        pronoun = _PRONOUN.search(self.host, max(floor, end - 8), end)
        if pronoun:
            return self.pronoun(paragraph, pronoun.start("word"), pronoun.group("word"))
        one = self.cast.ending(end)
        if one is None:
            return self._nominal(paragraph, end, floor)
        if one.kind not in ("Person", "Organization", "Place", "CreativeWork"):
            return None
        if self._governed(one, floor):
            return self._head_of(paragraph, one, floor)
        return self._plain(one) if self.free(one, floor) else None

    def free(self, one: Seen, floor: int) -> bool:
        """Whether a name is no object in a relative clause: *the man who hired Ana Costa said* is not said of her."""
        return _RELATIVE.search(self.host, max(floor, one.start - 70), one.start) is None

    def _joined(self, one: Seen) -> bool:
        """Whether the name is the last of several: *Ana Costa and Rui Dias said*."""
        joint = re.search(r",?\s(?:and|or)\s(?:the\s)?$", self.host[max(0, one.start - 10) : one.start])
        return joint is not None and self.cast.ending(one.start - len(joint.group())) is not None

    def _plain(self, one: Seen) -> Subject | None:
        if self._joined(one):
            return None
        if one.kind in ("Place", "CreativeWork") and one.form != "metonym":
            return None
        return Subject(one.id, Span(one.start, one.end))

    def _head_of(self, paragraph: Paragraph, one: Seen, floor: int) -> Subject | None:
        """The head of *a spokesman for X*, *Ana Costa of X*: never X itself, unless the head speaks for X."""
        clause = self.host[floor : one.end]
        other = [s for s in self.cast.within(max(floor, one.start - 60), one.start) if s.kind == "Person"]
        if other and _BARE_PREPOSITION.fullmatch(self.host[other[-1].end : one.start].lstrip()):
            return Subject(other[-1].id, Span(other[-1].start, other[-1].end))
        nominal = _NOMINAL.search(clause[-140:])
        if nominal is None or not nominal.group("tail"):
            return None
        head = nominal.group("np").split()[-1].lower()
        if head in _VOICE:
            return Subject(one.id, one.span, 0.8) if one.kind == "Organization" else None
        return self._headed(head, Span(one.end - len(nominal.group().lstrip()), one.end), paragraph)

    def _nominal(self, paragraph: Paragraph, end: int, floor: int) -> Subject | None:
        found = _NOMINAL.search(self.host[max(floor, end - 100) : end])
        if found is None or found.group("det").lower() in ("a", "an", "one", "another"):
            return None
        head = found.group("np").split()[-1]
        return self._headed(head, Span(end - len(found.group().lstrip(" (")), end), paragraph)

    def _headed(self, head: str, span: Span, paragraph: Paragraph) -> Subject | None:
        """The member a description stands for: the one that is called so, else the only person of the paragraph."""
        ids = self.cast.heads.get(head.lower(), ())
        if len(ids) == 1:
            return Subject(ids[0], span, 0.75)
        sex = "m" if head.lower() in _ROLES["male"] else "f" if head.lower() in _ROLES["female"] else None
        if not ids and sex is None:
            return None  # an occupation that the text gives nobody is a guess
        near = [i for i in self.people(paragraph.section.span.start, span.start) if self._fits(i, sex)]
        if ids:
            near = [i for i in near if i in ids]
        return Subject(near[0], span, 0.6) if len(near) == 1 else None

    def _across_comma(self, end: int, floor: int, mark: str) -> Subject | None:
        """The subject before an apposition or relative clause that ends in the mark at ``end - 1``."""
        close = end - 1 if mark == "," else floor + len(self.host[floor : end - 1].rstrip())
        opening = "," if mark == "," else "—–-"
        names = [s for s in self.cast.within(max(floor, close - 300), close) if s.kind in ("Person", "Organization")]
        if names and names[-1].end == close and mark == ",":
            one = names[-1]
            described = re.search(
                r",\s(?:(?:the|an?|his|her|its|their)\s(?:(?!(?:who|which|that|whose|whom|where)\s)[\w’'-]+\s){0,5})?$",
                self.host[max(floor, one.start - 70) : one.start],
            )
            if (
                described
                and not _BARE_PREPOSITION.search(self.host, max(floor, one.start - 24), one.start)
                and not (len(names) > 1 and names[-2].end == one.start - 2 and names[-2].kind == "Person")
            ):
                return Subject(one.id, one.span)
            before = self.host[floor : one.start]
            if not before.strip():
                return Subject(one.id, one.span)
        for one in reversed(names):
            rest = self.host[one.end : close + 1]
            rest = re.sub(r"^\s\([^()]*\)", "", rest)
            if one.end == close or not rest.lstrip()[:1] or rest.lstrip()[0] not in opening:
                continue
            if self._governed(one, floor) or not _APPOSITIVE.match(rest.lstrip()[1:]):
                continue
            return Subject(one.id, Span(one.start, one.end), 0.9)
        return None

    def _of_relative(self, end: int, floor: int) -> Subject | None:
        stripped = re.sub(r"(?:,|\sand|\sbut|\s[—–-])?\s?(?:who|which|that)$", "", self.host[floor:end]).rstrip(" ,")
        one = self.cast.ending(floor + len(stripped))
        if one is not None and not self._governed(one, floor):
            return self._plain(one)
        if self.host[max(floor, end - 8) : end].endswith("and who") or one is None:
            return self._across_comma(floor + len(stripped) + 1, floor, ",")
        return None

    # ---- pronouns ------------------------------------------------------------------------------------------------

    def people(self, start: int, end: int, kind: str = "Person") -> list[str]:
        """The members of a kind named in the host text between two offsets, in order, each once."""
        seen = dict.fromkeys(
            one.id for one in self.cast.within(start, end) if one.kind == kind and self.host[one.span.start] != FILLER
        )
        return list(seen)

    def pronoun(self, paragraph: Paragraph, at: int, word: str) -> Subject | None:
        """Who *he*, *she* or *it* is, when only one member is current; None when it could be two."""
        word = word.lower()
        kind = "Organization" if word == "it" else "Person"
        sex = {"he": "m", "she": "f"}.get(word)
        span = Span(at, at + len(word))
        number = paragraph.number
        for back, where in enumerate(reversed(self.paragraphs[max(0, number - 3) : number + 1])):
            if back and where.section.kind == "block_quote":
                continue
            end = at if back == 0 else where.section.span.end
            begin = max(where.section.span.start, end - LONGEST)  # work on endless paragraphs stays linear
            spoken_to = self._addressed(begin, end)
            found = [i for i in self.people(begin, end, kind) if self._fits(i, sex) and i not in spoken_to]
            focus = where.focus if where.focus is not None and self._fits(where.focus, sex) else None
            if focus is not None and self.cast.members[focus].kind != kind:
                focus = None
            if len(found) == 1 and focus in (None, found[0]):
                return Subject(found[0], span, 0.85 - 0.1 * back)
            if found or focus is not None:
                chosen = self._current(where, end, found, focus)
                return Subject(chosen, span, 0.7 - 0.1 * back) if chosen is not None else None
        return None

    def _addressed(self, start: int, end: int) -> frozenset[str]:
        """Who is only spoken to (*told Judge Ana Costa*): not whom the next pronoun means."""
        to: set[str] = set()
        other: set[str] = set()
        for one in self.cast.within(start, end):
            told = _TOLD.search(self.host, max(start, one.start - 16), one.start)
            (to if told is not None else other).add(one.id)
        return frozenset(to - other)

    def _fits(self, id_: str, sex: str | None) -> bool:
        known = self.cast.members[id_].sex
        return sex is None or known is None or known == sex

    def _current(self, where: Paragraph, end: int, found: list[str], focus: str | None) -> str | None:
        """Of several, the subject of the sentence before; else whoever spoke last."""
        last = bisect_left(where.opens, end)
        for start in reversed(where.opens[max(0, last - 2) : last]):
            first = next((n for n in self.cast.within(start, end) if n.id in found), None)
            if first is not None:
                if _LEAD_GAP.fullmatch(self.host, start, first.start) and not self._possessive(first):
                    return first.id
                break
        return focus


def _is_titled(headline: str) -> bool:
    """Whether a headline is printed with Capitals on Most Words, or in capitals."""
    words = [word for word in headline.split() if len(word) > 3 and word[0].isalpha()]
    return len(words) > 2 and sum(word[0].isupper() for word in words) * 10 >= len(words) * 8


@dataclass(frozen=True, slots=True)
class _Scene:
    """The masked text, and its paragraphs with their quoted stretches and the beginnings of their sentences."""

    host: str
    parts: tuple[tuple[Section, tuple[Quoted, ...], tuple[int, ...]], ...]


class _Key:
    """A text and some of its sections as a cache key that is cheap to look up."""

    __slots__ = ("sections", "text")

    def __init__(self, text: Text, sections: tuple[Section, ...]) -> None:
        self.text = text
        self.sections = sections

    def __hash__(self) -> int:
        return len(self.text.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.text is other.text and self.sections == other.sections


@lru_cache(maxsize=8)
def _scene(key: _Key) -> _Scene:
    """The scene of a text; remembered for the last few texts, as several annotators set up a stage."""
    text = key.text.text
    sections = key.sections
    pieces: list[str] = []
    quotes: list[tuple[Quoted, ...]] = []
    at = 0
    for number, section in enumerate(sections):
        follows = sections[number + 1].span.start if number + 1 < len(sections) else len(text)
        marks = (
            quoted(text, section.span, goes_on=text.startswith("‘", follows)) if section.kind != "block_quote" else ()
        )
        quotes.append(marks)
        for one in marks:
            pieces.append(text[at : one.inner.start])
            pieces.append(_mask(one.inner.of(text)))
            at = one.inner.end
    pieces.append(text[at:])
    host = "".join(pieces)
    for section in sections:
        printed = section.span.of(host)
        if section.kind == "headline" and _is_titled(printed) and len(printed.lower()) == len(printed):
            # capitals tell nothing here; names are known by their offsets
            host = host[: section.span.start] + printed.lower() + host[section.span.end :]
    return _Scene(
        host,
        tuple(
            (section, marks, (section.span.start, *_stops(host, section.span)))
            for section, marks in zip(sections, quotes, strict=True)
        ),
    )


def _stops(host: str, span: Span) -> Iterator[int]:
    for found in _STOP.finditer(host, span.start, span.end):
        if found.group()[0] == "." and _ABBREVIATED.search(
            host, max(span.start, found.start() - 12), found.start() + 1
        ):
            continue
        yield found.end()


def _mask(inner: str) -> str:
    """Filler of the same length; a closing mark of punctuation stays, because it ends the host sentence."""
    words = inner.rstrip("'’”\"")  # a quotation within the quotation may close just before
    if words[-1:] and words[-1:] in ".,!?…—–-:;":
        return FILLER * (len(words) - 1) + words[-1:] + FILLER * (len(inner) - len(words))
    return FILLER * len(inner)
