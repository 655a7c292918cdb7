"""Who takes part: people, bodies and places, named or only described, around the word that tells of an event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.annotate import lexicon
from kg.annotate.cast import Seen
from kg.annotate.frames import GROUPS
from kg.annotate.stage import Stage
from kg.model import Span

__all__ = [
    "PERSONLIKE",
    "Unnamed",
    "agent_after",
    "body_before",
    "described_after",
    "described_before",
    "distinct",
    "is_owner",
    "judge_before",
    "lead_of",
    "objects_after",
    "place_of",
    "places_after",
]

PERSONLIKE = ("Person", "Organization")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Somebody the text describes and does not name: a person or a group, by the words it has for them."""

    span: Span
    type: str

    @property
    def id(self) -> str:
        """A provisional id: the place in the text."""
        return f"g@{self.span.start}"


def distinct(seen: Iterable[Seen]) -> list[str]:
    """The members seen, each once, in order."""
    return list(dict.fromkeys(one.id for one in seen))


def is_owner(host: str, one: Seen) -> bool:
    """Whether the name is a possessor: *Ana's*."""
    return host[one.end : one.end + 2] in ("'s", "’s") or (
        host[one.end : one.end + 1] in ("'", "’") and host[one.end - 1] == "s"
    )


_GAP = re.compile(r"\s(?:the\s|a\s|an\s|former\s)?(?:[\w’'-]+\s){0,3}")
_LINK = re.compile(r"\b(?:in|on|at|by|from|to|for|of|with|after|as|that|and|or|near|over|against|during|into)\s")
_JOINT = re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:the\s)?(?:\d{1,3},\s(?:and\s)?)?")


def objects_after(stage: Stage, start: int, end: int, kinds: Iterable[str] = ("Person",)) -> list[Seen]:
    """The names directly after an active verb: *arrested Ana Costa and Rui Dias*."""
    found: list[Seen] = []
    position = start
    for one in stage.cast.within(start, min(end, start + 200)):
        gap = stage.host[position : one.start]
        if not found and (not _GAP.fullmatch(gap) or _LINK.search(gap)):
            break
        if found and not _JOINT.fullmatch(gap):
            break
        if one.form == "demonym" and not found and one.kind not in kinds:
            continue
        if one.kind not in kinds or one.form == "demonym" or is_owner(stage.host, one):
            break
        if one.kind != "Person" and re.match(r"\s[a-z]{3,}(?<!\sand)(?<!\swith)", stage.host[one.end : one.end + 12]):
            # "attacked Norland positions", "bought Porto Rovers shares": part of a description of something else
            after = stage.host[one.end : one.end + 16].split()[0].rstrip(".,;:)")
            if after not in _AFTER_OBJECT:
                break
        found.append(one)
        position = one.end
    return found


_AFTER_OBJECT = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "from",
        "to",
        "for",
        "of",
        "with",
        "after",
        "as",
        "that",
        "and",
        "or",
        "near",
        "over",
        "against",
        "during",
        "into",
        "last",
        "this",
        "next",
        "yesterday",
        "today",
        "before",
        "when",
        "while",
        "because",
        "but",
        "which",
        "who",
        "where",
        "despite",
        "without",
        "under",
        "until",
        "since",
        "again",
        "earlier",
        "later",
        "first",
        "via",
        "through",
        "between",
        "tomorrow",
        "tonight",
        "early",
        "late",
        "amid",
        "following",
        "is",
        "was",
        "has",
        "had",
        "have",
        "were",
        "are",
        "will",
        "would",
        "ago",
        "once",
        "twice",
        "outright",
        "recently",
        "alongside",
        "using",
        "inside",
        "outside",
    ]
)
_BY = re.compile(r"[^,;.]{0,60}?\sby\s(?:the\s)?(?:[a-z’'-]+\s){0,2}")


def agent_after(stage: Stage, start: int, end: int, kinds: Iterable[str] = PERSONLIKE) -> str | None:
    """Who did it, after a passive: *by the ministry*."""
    by = _BY.match(stage.host, start, min(end, start + 120))
    while by is not None:
        one = stage.cast.starting(by.end()) or next(
            (s for s in stage.cast.within(by.end() - 40, by.end() + 60) if s.start == by.end()), None
        )
        if one is not None:
            ok = one.kind in kinds and one.form != "demonym" and not is_owner(stage.host, one)
            return one.id if ok and _closes(stage, one) else None
        shorter = re.compile(r"[^,;.]{0,60}?\sby\s(?:the\s)?").match(stage.host, start, min(end, start + 120))
        if shorter is None or shorter.end() == by.end():
            return None
        by = shorter
    return None


_VERB = re.compile(
    r"[a-z]+ed|went|began|could|can|may|might|must|did|broke|left|took|came|saw|drew|said|says|told|gave|made|held|led"
)


def _closes(stage: Stage, one: Seen) -> bool:
    """Whether the name ends its phrase: not *by Hill Town police*."""
    word = re.match(r"\s([a-z]+)", stage.host[one.end : one.end + 20])
    return (
        one.kind == "Person"
        or word is None
        or word.group(1) in _AFTER_OBJECT
        or _VERB.fullmatch(word.group(1)) is not None
    )


_STOP = re.compile(
    r"[;.]\s|,\s(?:who|which|where|when|but|and|after|before|while)\b"
    r"|\b(?:who|which|after|before|because|that|while|if|whose|since|until|told|said|says)\b"
)
_TO = re.compile(r"\s(?:to|into)\s(?:the\s)?(?:[a-z]+\s(?:of|in)\s)?$")
_FROM = re.compile(r"\sfrom\s(?:the\s)?$")
_IN = re.compile(
    r"(?:^|\s)(?:in|at|near|outside|inside|throughout|across|off)\s(?:the\s)?(?:(?:[a-z-]+\s){0,4}?(?:of|in)\s(?:the\s)?"
    r"|[a-z-]+\s)?$"
)
_THROUGH = re.compile(r"(?:^|\s)(?:through|around)\s(?:the\s)?(?:[a-z]+\sof\s|central\s|downtown\s)?$")
_MOVES = frozenset(("deportation", "transfer", "arrival", "departure"))


def places_after(stage: Stage, start: int, end: int, frame: str, span: Span) -> Iterator[tuple[str, str, Span]]:
    """Where to, where from, where, from the prepositions after the verb."""
    stop = _STOP.search(stage.host, start, min(end, start + 160))
    limit = stop.start() if stop else min(end, start + 160)
    for one in stage.cast.within(start, limit + 1):
        if one.kind != "Place" or one.form not in ("name", "acronym") or is_owner(stage.host, one):
            continue
        before = stage.host[max(start, one.start - 34) : one.start]
        if frame in _MOVES and _TO.search(before):
            yield "toLocation", one.id, span
        elif frame in _MOVES and _FROM.search(before):
            yield "fromLocation", one.id, span
        elif (
            frame not in _MOVES
            and (_IN.search(before) or (frame == "protest" and _THROUGH.search(before)))
            and _closes(stage, one)
        ):
            yield "location", one.id, span


def place_of(stage: Stage, sentence: Span, start: int) -> Seen | None:
    """The place a sentence opens with: *In Porto Belo, police …*."""
    opening = re.compile(r"(?:In|At|Near|Outside)\s(?:the\s(?:[a-z]+\s){0,3}of\s|the\s)?").match(
        stage.host, sentence.start, start
    )
    one = stage.cast.starting(opening.end()) if opening is not None else None
    if one is None or one.kind != "Place" or one.form == "demonym" or is_owner(stage.host, one):
        return None
    return one if stage.host[one.end : one.end + 1] == "," else None


# ---- people without names ----------------------------------------------------------------------------------------

_CROWD = (
    r"(?:migrants|men|women|people|asylum\sseekers|refugees|protesters|demonstrators|residents|workers|volunteers"
    r"|suspects|activists|journalists|students|citizens|nationals|detainees|prisoners|inmates|officers|soldiers|sailors"
    r"|passengers|fishermen|teenagers|boys|girls|families|children|farmers|nurses|doctors|miners|dockers|drivers|hostages"
    r"|pilots|civilians|villagers|policemen|troops|militants|tourists|teachers|lawyers|villagers|athletes|fans|players"
    r"|crew\smembers|ministers|judges|aldermen|ambassadors|senators|governors|pilgrims|fighters|rebels|employees|patients|staff|members|immigrants|worshippers|shoppers|climbers|miners|police\sofficers|prison\spopulation|prisoners\sof\swar|politicians|lawmakers|officials)"
)
#: Before the noun only what cannot be a verb: capitalised and hyphenated words, numbers, and these.
_ADJECTIVES = (
    r"(?:(?:[A-Z][\w’'-]+|\d[\d,.]*|[a-z]+-[\w-]+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|entire"
    r"|(?i:dozens|scores|hundreds|thousands|tens\sof\sthousands|hundreds\sof\sthousands|a\sdozen|millions)\sof|a\sdozen|several|many|certain|other|more|most|foreign|local|young|former|undocumented|unarmed"
    r"|striking|elderly|senior|armed|homeless"
    r"|opposition|student|farm|hospital|factory|police|government|human\srights|peace)\s){0,4}?"
)
_OWNER = r"(?:[A-Z][\w-]+(?:\s[A-Z][\w-]+){0,2}['’]s\s|our\s|their\s|its\s|his\s|her\s)"
_LEADS = (
    r"(?:an?\s(?:class|group|number|couple)\sof\s|the\s|(?i:some|about|over|up\sto|nearly|almost|at\sleast|more\sthan)\s"
    rf"|{_OWNER})?"
)
_CROWD_BEFORE = re.compile(rf"(?:^|[\s(])(?P<np>{_LEADS}{_ADJECTIVES}(?i:{_CROWD}))\s$")
_CROWD_AFTER = re.compile(rf"\s(?P<np>{_LEADS}{_ADJECTIVES}{_CROWD})(?![\w-])")
_SINGLE = GROUPS["one"] | lexicon.groups("jobs")["job"] | lexicon.groups("jobs")["office"]
_ONE_BEFORE = re.compile(r"(?:^|[\s(])(?P<np>(?:[Aa]n?|[Oo]ne)\s(?:[\w-]+\s){0,3}[\w-]+)\s$")
_ONE_AFTER = re.compile(r"\s(?P<np>(?:[Aa]n?|[Oo]ne)(?:\s[\w-]+){1,4})")
_AGED = re.compile(r"\d{1,3}-year-old")
#: Words between the article and the noun, besides names, numbers and words with hyphens.
_QUALITIES = frozenset(
    (
        *("young", "elderly", "local", "former", "police", "school", "university", "teenage", "pregnant", "unarmed"),
        *(
            "armed",
            "foreign",
            "opposition",
            "homeless",
            "second",
            "third",
            "truck",
            "bus",
            "taxi",
            "security",
            "prison",
        ),
        *("student",),
    )
)
#: *To migrants*, *Housing migrants*, *Meanwhile migrants*: capitals that open a sentence, not a description.
_LEAD = re.compile(
    r"(?:To|For|Of|In|On|At(?!\sleast\s|\smost\s)|By|With|From|And|But|If|When|While|As|After|Before|Since|Until|Unless|Because|Although|Though"
    r"|That|Where|Whether|Among|Between|Against|Without|Like|Unlike|Then|Now|Later|Meanwhile|Also|However|So|Yet|Or"
    r"|[A-Z][a-z]+ly|[A-Z][a-z]{2,}ing)\s(?=\S)"
)
_JUDGE = re.compile(
    r"(?P<np>\b[Aa]n?\s(?:(?!court|that|who)[\w.’'-]+\s){0,3}?(?:judge|magistrate))\s(?:in\s[A-Z][\w-]+(?:\s[A-Z][\w-]+)?\s)?"
    r"(?:[a-z]+ly\s|has\s|had\s|also\s|on\s[A-Z]\w+\s)*$"
)


def lead_of(host: str, start: int, end: int) -> int:
    """Where a phrase begins after the words that only open its sentence: *Unlike protests*, *Meanwhile talks*."""
    while (lead := _LEAD.match(host, start, end)) is not None:
        start = lead.end()
    return start


def described_before(left: str, shift: int) -> Unnamed | None:
    """The people described at the end of ``left``, which begins at offset ``shift``."""
    tail = left[-120:]
    base = shift + len(left) - len(tail)
    return _crowd(_CROWD_BEFORE.search(tail), base) or _single(_ONE_BEFORE.search(tail), base, last=True)


_BODY = re.compile(
    r"(?:^|[\s(])(?P<np>(?:[Tt]he\s|[Aa]n?\s|[A-Z][\w-]+(?:\s[A-Z][\w-]+)?['’]s?\s)(?:[A-Z][\w-]+\s|lower\shouse\sof\s|upper\shouse\sof\s"
    r"|city\s|town\s|regional\s|state\s|national\s|local\s|county\s|federal\s){0,2}"
    r"(?:parliament|council|senate|congress|assembly|cabinet|legislature|board|commission|committee))\s$"
)


def body_before(left: str, shift: int) -> Unnamed | None:
    """*Norland's parliament* or *the city council* at the end of ``left``: a body without a name of its own."""
    found = _BODY.search(left[-80:])
    base = shift + len(left) - len(left[-80:])
    return Unnamed(Span(found.start("np") + base, found.end("np") + base), "GovernmentOrganization") if found else None


def described_after(host: str, start: int, end: int) -> Unnamed | None:
    """The people described right after an offset."""
    limit = min(end, start + 100)
    return _crowd(_CROWD_AFTER.match(host, start, limit)) or _single(_ONE_AFTER.match(host, start, limit))


def judge_before(left: str, shift: int) -> Unnamed | None:
    """*a federal judge* at the end of ``left``."""
    found = _JUDGE.search(left)
    return Unnamed(Span(shift + found.start("np"), shift + found.end("np")), "nkg:UnnamedPerson") if found else None


#: These alone describe nobody in particular.
_ANYBODY = frozenset(
    {
        *("people", "men", "women", "members", "officials", "residents", "citizens", "children", "boys", "girls"),
        *("families", "staff", "players", "fans", "officers", "students", "drivers", "passengers", "employees"),
        *("ministers", "judges", "politicians", "some", "other", "more", "most", "many"),
    }
)


def _crowd(found: re.Match[str] | None, shift: int = 0) -> Unnamed | None:
    """The group a match describes, without a sentence's first word where that is no part of its description."""
    if found is None:
        return None
    start = lead_of(found.string, found.start("np"), found.end("np"))
    if _ANYBODY.issuperset(found.string[start : found.end("np")].lower().split()):
        return None
    return Unnamed(Span(start + shift, found.end("np") + shift), "nkg:PersonGroup")


def _single(found: re.Match[str] | None, shift: int = 0, *, last: bool = False) -> Unnamed | None:
    """The one person a match describes, up to the first noun for a person; ``last`` says that it must end there."""
    if found is None:
        return None
    words = [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(found.string, found.start("np"), found.end("np"))]
    end = None
    for number, (_, stop, word) in enumerate(words[1:], 1):
        follows = words[number + 1][2] if number + 1 < len(words) else ""
        if word in _SINGLE and follows not in _SINGLE:
            end = stop
            break
        if _AGED.fullmatch(word) and not (follows in _SINGLE or follows in _QUALITIES):
            end = stop
            break
        if not (word in _QUALITIES or word in _SINGLE or word[0].isupper() or word[0].isdigit() or "-" in word):
            break
    if end is None or (last and end != found.end("np")):
        return None
    return Unnamed(Span(found.start("np") + shift, end + shift), "nkg:UnnamedPerson")


_TOKEN = re.compile(r"[\w-]+")
