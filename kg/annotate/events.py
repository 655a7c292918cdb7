"""Events: what happened or may happen, to whom, by whom, where and when, as far as the article says so.

Verb frames in the reporter's own sentences, nothing inside quotation marks. A happening told twice is one event.
What is ordered, planned or possible is ``potential``; what is denied or undone is left out. Roles are given to named
members of the cast only, each with the clause it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate import lexicon
from kg.annotate.cast import Seen
from kg.annotate.layers import argument
from kg.annotate.stage import FILLER, LONGEST, Paragraph, Stage
from kg.annotate.times import When, moments
from kg.model import Annotation, Span, Text

__all__ = ["Events", "Happening", "annotator", "happenings"]

_FRAMES = lexicon.groups("frames")
_TYPES: dict[str, tuple[str, ...]] = {
    "deportation": ("nkg:Deportation",),
    "release": ("nkg:CustodyRelease",),
    "arrest": ("nkg:Arrest",),
    "charge": ("nkg:Charge",),
    "conviction": ("nkg:Conviction",),
    "ruling": ("nkg:CourtRuling",),
    "strike": ("schema:Event",),
    "election": ("schema:Event",),
    "disaster": ("schema:Event",),
    "meeting": ("schema:MeetAction",),
    "match": ("schema:SportsEvent",),
    "share": ("schema:ShareAction",),
    "reply": ("schema:ReplyAction",),
    "premiere": ("schema:ScreeningEvent",),
}
_LABELS = {
    "deportation": "Deportation",
    "release": "Release",
    "arrest": "Arrest",
    "charge": "Charging",
    "conviction": "Conviction",
}
_WORDS = {
    word: key.split(".")[0]
    for key, words in _FRAMES.items()
    if key.endswith((".done", ".base", ".noun"))
    for word in words
}
_TRIGGER = re.compile(r"(?<![\w’'-])(?:" + "|".join(sorted(_WORDS, key=lambda w: (-len(w), w))) + r")(?![\w-])")
_COURT = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(_FRAMES["ruling.court"])) + r"|[Rr]uling|[Vv]erdict)(?![\w-])", re.IGNORECASE
)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|got)\s(?:[a-z]+ly\s|also\s|later\s|then\s|since\s)?$")
_MODAL = re.compile(
    r"\b(?:will|would|could|may|might|must|shall|should|can|to|if|unless|plans?|intends?|threatens?|wants?|seeks?|until|before)\s"
    r"(?:also\s|now\s|soon\s)?(?:be\s|have\s(?:been\s)?)?(?:[a-z]+ly\s)?$"
)
_DENIED = re.compile(
    r"\b(?:not|never|n[’']t|cannot|no|nobody|without|refus\w+|declin\w+|den(?:y|ied|ies)|avoid\w*|fail\w*)\b[^,;.]{0,30}$"
)
_HEDGED = re.compile(r"\b(?:alleg\w+|reportedly|suspected|accus\w+|claim\w*|rumou?r\w*|purported\w*|supposed\w*)\b")
_PLANNED = re.compile(
    r"\b(?:halt\w*|block\w*|stop\w*|prevent\w*|threat\w*|fac(?:e|es|ing)|possible|planned|against|appeal\w*|order\w*|await\w*|request\w*|demand\w*|call\w* for|future|next|suspend\w*|avoid\w*|ask\w*)\b"
)
_CUSTODY = re.compile(
    r"\b(?:custody|prison|jail|detention|bail|behind bars|holding centre|cell|hostage|captivity|parole|arrest)\b"
)
_TO = re.compile(r"\s(?:back\s)?to\s(?:the\s)?")
_PERSONLIKE = ("Person", "Organization")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an article. ``roles`` are (property, member id, evidence)."""

    frame: str
    name: str
    span: Span
    status: str | None
    roles: tuple[tuple[str, str, Span], ...]
    score: float
    when: When | None = None
    unnamed: tuple[Unnamed, ...] = ()

    def players(self, *properties: str) -> frozenset[str]:
        """The members in these roles."""
        return frozenset(id_ for property_, id_, _ in self.roles if property_ in properties)


class Events:
    """Finds events with their roles; layer ``event``."""

    name = "events"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref", "quotation"})
    gives: frozenset[str] = frozenset({"event", "nominal"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The events of the text, in order of their first telling."""
        by = f"{self.name}@{self.version}"
        stage = Stage(text, layers)
        reported = [
            (one.span, argument(one, "speaker"))
            for one in layers.get("quotation", ())
            if not one.args.get("direct") and argument(one, "speaker")
        ]
        found = happenings(stage, text.date, reported)
        nameless = sorted({u for one in found for u in one.unnamed}, key=lambda u: u.span)
        ids = {one.id: f"g{number}" for number, one in enumerate(nameless)}
        for one in nameless:
            words = re.sub(r"^(?:[Tt]he|[Aa]n?)\s(?=\S)", "", " ".join(one.span.of(text.text).split()))
            described = {"name": words, "kind": "Person", "form": "nominal"}
            yield Annotation(one.span, "nominal", one.type, ids[one.id], 0.7, by, described)
        for number, event in enumerate(found):
            args: dict[str, object] = {
                "id": f"v{number}",
                "name": event.name,
                "types": _TYPES[event.frame],
                "status": event.status,
                "roles": tuple((property_, ids.get(id_, id_), span) for property_, id_, span in event.roles),
                "date": event.when.value if event.when else None,
                "time": event.when.span if event.when else None,
            }
            yield Annotation(event.span, "event", _TYPES[event.frame][0], f"v{number}", event.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Events:
    """The built-in annotator of events."""
    return Events()


def happenings(stage: Stage, published: str | None, reported: Sequence[tuple[Span, str]] = ()) -> tuple[Happening, ...]:
    """The events of a body, each once. ``reported`` are clauses of reported speech with their speakers."""
    found: list[Happening] = []
    for paragraph in stage.paragraphs:
        if paragraph.section.kind == "block_quote":
            continue
        ends = [*paragraph.opens[1:], paragraph.section.span.end]
        for start, end in zip(paragraph.opens, ends, strict=True):
            if end - start > LONGEST:
                continue
            whens = moments(stage.text, Span(start, end), published)
            found += _matches(stage, Span(start, end), whens)
            for trigger in _TRIGGER.finditer(stage.host, start, end):
                one = _read(stage, paragraph, Span(start, end), trigger, whens)
                if one is None:
                    continue
                nameless = {u.id for u in one.unnamed}
                roles = tuple(role for role in one.roles if role[1] in stage.cast.known or role[1] in nameless)
                if one.roles and not roles:
                    continue
                one = replace(one, roles=roles)
                if _by_person(stage, one.span, trigger.start(), reported):
                    continue
                found.append(one)
    return tuple(_merged(found))


def _by_person(stage: Stage, span: Span, at: int, reported: Sequence[tuple[Span, str]]) -> bool:
    """Whether a person says so: that is a claim, and no event."""
    return any(
        clause.start <= at < clause.end and stage.cast.members[speaker].kind == "Person"
        for clause, speaker in reported
        if speaker in stage.cast.members
    )


def _read(
    stage: Stage, paragraph: Paragraph, sentence: Span, trigger: re.Match[str], whens: Sequence[When]
) -> Happening | None:
    word = trigger.group()
    frame = _WORDS[word]
    left = stage.host[sentence.start : trigger.start()]
    clause = re.split(r"[;:—–]\s", left)[-1][-160:]
    if _HEDGED.search(clause) or _DENIED.search(clause):
        return None
    if word in _FRAMES.get(f"{frame}.noun", ()) and not (frame == "release" and re.search(r"\bto\s$", left)):
        return _noun(stage, sentence, trigger, frame, left, whens)
    if frame == "ruling":
        return _ruling(stage, paragraph, sentence, trigger, left, whens)
    if frame in ("meeting", "share", "reply", "match"):
        return _deed(stage, paragraph, sentence, trigger, frame, left, whens)
    return _done_to(stage, paragraph, sentence, trigger, frame, left, whens)


# ---- things done to people ---------------------------------------------------------------------------------------


def _done_to(
    stage: Stage,
    paragraph: Paragraph,
    sentence: Span,
    trigger: re.Match[str],
    frame: str,
    left: str,
    whens: Sequence[When],
) -> Happening | None:
    host = stage.host
    base = trigger.group() in _FRAMES.get(f"{frame}.base", ())
    passive = _PASSIVE.search(left)
    modal = _MODAL.search(left) or (passive and _MODAL.search(left[: passive.start()] + " "))
    span = _clause_span(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = []
    objects: list[str] = []
    crowd: Unnamed | None = None
    agent: str | None = None
    status = "potential" if modal or base else "completed"
    follows = re.match(
        r"\s(?:to|from|in|on|by|at|last|this|after|during|over|without|under)\s",
        host[trigger.end() : trigger.end() + 9],
    )
    bare = passive is None and not base and follows is not None
    if bare and (named := stage.cast.ending(trigger.start() - 2)) is not None and host[trigger.start() - 2] == ",":
        if named.kind != "Person":
            return None
        objects, agent = [named.id], _by(stage, trigger.end(), sentence.end)  # "Rui Dias, arrested in May,"
    elif bare and (crowd := _crowd(_CROWD_BEFORE.search(left), sentence.start)) is not None:
        agent = _by(stage, trigger.end(), sentence.end)  # "migrants deported to Sudria"
    elif passive:
        crowd = _crowd(
            _CROWD_BEFORE.search(
                re.sub(r"(?:has|have|had|will|would|could|may|might|can|also)\s$", "", left[: passive.start()])
            ),
            sentence.start,
        )
        objects = _subjects(stage, paragraph, sentence.start + passive.start(), sentence.start)
        agent = _by(stage, trigger.end(), sentence.end)
    elif not base and (
        ordered := re.search(
            r"\b(?:ordered|wants?|wanted|seeks?|asked for)\s(?P<who>[^,;]{2,80}?)\s(?:to be\s)?$", left
        )
    ):
        at = sentence.start + ordered.start("who")
        objects = _ids(
            s for s in stage.cast.within(at, trigger.start()) if s.kind == "Person" and not _possessive(host, s)
        )
        agent, status = None, "potential"
    else:
        objects = _objects(stage, trigger.end(), sentence.end)
        subject = stage.subject(paragraph, trigger.start(), sentence.start) if not modal or not base else None
        if not objects:
            crowd = _crowd(_CROWD_AFTER.match(host, trigger.end(), min(sentence.end, trigger.end() + 80)))
        agent = subject.id if subject is not None and subject.id not in objects else None
    if frame in ("charge",) and not passive and not objects:
        return None
    if not objects and crowd is None:
        return None
    if frame == "release" and not _CUSTODY.search(host, sentence.start, sentence.end):
        return None
    if (
        frame == "release"
        and passive is None
        and not re.search(r"\b(?:ordered|wants?)\b", left)
        and trigger.group() == "released"
    ):
        if not re.search(r"from\s", host[trigger.end() : sentence.end]):
            return None
    if objects:
        crowd = None
    roles += [("object", id_, span) for id_ in objects or ([crowd.id] if crowd else [])]
    if frame == "release" and agent is None:
        agent = _keeper(stage, trigger.end(), sentence.end)
    if agent is not None and agent not in objects:
        roles.append(("agent", agent, span))
    roles += _places(stage, trigger.end(), sentence.end, frame, span)
    name = _label(stage, frame, objects, crowd)
    when = _when(trigger, whens, host)
    return Happening(frame, name, span, status, tuple(roles), 0.8, when, (crowd,) if crowd else ())


def _keeper(stage: Stage, start: int, end: int) -> str | None:
    """Who lets go in *released from ICE custody*."""
    found = re.compile(r"\sfrom\s(?:the\s)?").match(stage.host, start, end)
    one = stage.cast.starting(found.end()) if found else None
    if one is None or one.kind != "Organization":
        return None
    return one.id if re.match(r"(?:['’]s)?\s(?:custody|detention)\b", stage.host[one.end : one.end + 14]) else None


def _ids(seen: Iterable[Seen]) -> list[str]:
    return list(dict.fromkeys(one.id for one in seen))


def _possessive(host: str, one: Seen) -> bool:
    return host[one.end : one.end + 2] in ("'s", "’s")


def _subjects(stage: Stage, paragraph: Paragraph, verb: int, floor: int) -> list[str]:
    """The persons a passive is said of, coordinated ones too."""
    subject = stage.subject(paragraph, verb, floor)
    if subject is None:
        end = floor + len(stage.host[floor:verb].rstrip())
        last = stage.cast.ending(end)
        if last is None or last.kind != "Person":
            return []
        chain = [last]
        while joint := re.search(
            r"(?:,\s(?:and\s)?|\sand\s)$", stage.host[max(floor, chain[0].start - 6) : chain[0].start]
        ):
            other = stage.cast.ending(chain[0].start - len(joint.group()))
            if other is None or other.kind != "Person":
                break
            chain.insert(0, other)
        return _ids(chain)
    return [subject.id] if stage.cast.members[subject.id].kind == "Person" else []


def _objects(stage: Stage, start: int, end: int) -> list[str]:
    """The persons directly after an active verb: *arrested Ana Costa and Rui Dias*."""
    found: list[Seen] = []
    position = start
    for one in stage.cast.within(start, min(end, start + 200)):
        gap = stage.host[position : one.start]
        if not found and not re.fullmatch(r"\s(?:the\s|a\s|an\s)?(?:[\w’'-]+\s){0,3}", gap):
            break
        if not found and re.search(r"\b(?:in|on|at|by|from|to|for|of|with|after|as|that)\s", gap):
            break
        if found and not re.fullmatch(r"(?:,\s(?:and\s)?|\sand\s)(?:\d{1,3},\s(?:and\s)?)?", gap):
            break
        if one.kind != "Person":
            if one.form == "demonym" and not found:
                continue
            break
        if _possessive(stage.host, one):
            break
        found.append(one)
        position = one.end
    return _ids(found)


def _by(stage: Stage, start: int, end: int) -> str | None:
    by = re.compile(r"[^,;.]{0,60}?\sby\s(?:the\s)?").match(stage.host, start, end)
    one = stage.cast.starting(by.end()) if by else None
    return one.id if one is not None and one.kind in _PERSONLIKE and not _possessive(stage.host, one) else None


def _places(stage: Stage, start: int, end: int, frame: str, span: Span) -> Iterator[tuple[str, str, Span]]:
    """Where to, where from, where, from the prepositions after the verb."""
    stop = re.compile(
        r"[;.]\s|,\s(?:who|which|where|when|but|and|after|before)\b|\b(?:who|which|after|before|because)\b"
    ).search(stage.host, start, end)
    limit = stop.start() if stop else end
    for one in stage.cast.within(start, min(limit + 1, start + 120)):
        if one.kind != "Place" or one.form != "name" or _possessive(stage.host, one):
            continue
        before = stage.host[max(start, one.start - 12) : one.start]
        if frame == "deportation" and re.search(r"\sto\s(?:the\s)?$", before):
            yield "toLocation", one.id, span
        elif frame == "deportation" and re.search(r"\sfrom\s(?:the\s)?$", before):
            yield "fromLocation", one.id, span
        elif frame != "deportation" and re.search(r"\s(?:in|at|near)\s(?:the\s)?$", before):
            yield "location", one.id, span


def _label(stage: Stage, frame: str, objects: Sequence[str], crowd: Unnamed | None) -> str:
    names = [stage.cast.members[id_].name for id_ in objects]
    if crowd is not None:
        names = [" ".join(crowd.span.of(stage.text).split())]
    return _short(f"{_LABELS[frame]} of {names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' and ' + names[-1]}")


def _short(words: str) -> str:
    """The words on one line, at most 100 characters, cut between words."""
    line = " ".join(words.split()).strip(" ,;:—–")
    if len(line) <= 100:
        return line
    return line[:101].rsplit(" ", 1)[0].rstrip(" ,;:—–")


def _clause_span(stage: Stage, sentence: Span, trigger: re.Match[str]) -> Span:
    """The clause around a trigger: the sentence without its final mark, cut at semicolons and dashes."""
    start, end = sentence.start, sentence.end
    for cut in re.compile(r"[;:]\s|\s[—–-]\s").finditer(stage.host, sentence.start, sentence.end):
        if cut.end() <= trigger.start():
            start = cut.end()
        elif cut.start() >= trigger.end():
            end = cut.start()
            break
    printed = stage.text[start:end].rstrip()
    if printed[-1:] in ".;":
        printed = printed[:-1]
    return Span(start, start + len(printed.rstrip()))


#: Words that open another clause, or another verb the time may belong to.
_APART = re.compile(
    r"[;:—–]|\b(?:who|which|where|when|that|after|before|because|while|but|until|since|has|had|have|was|were|is|are|be|been"
    r"|will|would|to\s[a-z]+|[a-z]{3,}ed|said|told|gave|took|made|held)\b"
)


_BETWEEN = re.compile(r"[;:—–(]|\s-\s|\b(?:who|which|where|that|after|before|because|while|but)\b")


def _when(trigger: re.Match[str], whens: Sequence[When], host: str) -> When | None:
    """The time expression of a trigger's clause: right before it, else the next after it, else one before it."""
    before = next((w for w in reversed(whens) if w.span.end <= trigger.start()), None)
    gap = host[before.span.end : trigger.start()] if before is not None else ""
    if before is not None and re.fullmatch(r",?\s(?:also\s|the\s|an?\s)?", gap):
        return before
    after = next((w for w in whens if w.span.start >= trigger.end()), None)
    if after is not None and not _APART.search(host[trigger.end() : after.span.start]):
        return after
    if before is not None and not _BETWEEN.search(gap):
        return before
    return None


# ---- people without names ----------------------------------------------------------------------------------------

_CROWD = (
    r"(?:migrants|men|women|people|asylum\sseekers|refugees|protesters|demonstrators|residents|workers|volunteers|suspects"
    r"|activists|journalists|students|citizens|nationals|detainees|prisoners|inmates|officers|soldiers|sailors|passengers"
    r"|fishermen|teenagers|boys|girls|families|children|farmers|nurses|doctors|miners|dockers|drivers|hostages|pilots)"
)
#: Before the noun only what cannot be a verb: capitalised and hyphenated words, numbers, and these.
_ADJECTIVES = (
    r"(?:(?:[A-Z][\w’'-]+|\d[\d,.]*|[a-z]+-[\w-]+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens\sof|hundreds\sof"
    r"|thousands\sof|several|many|certain|other|more|most|foreign|local|young|former|undocumented|unarmed|striking|elderly"
    r"|opposition|student|farm|hospital|factory|police|government|human\srights|peace)\s){0,3}?"
)
_CROWD_BEFORE = re.compile(
    rf"(?:^|[\s(])(?P<np>(?:an?\s(?:class|group|number)\sof\s|the\s|some\s|about\s|at\sleast\s)?{_ADJECTIVES}{_CROWD})\s$",
    re.IGNORECASE,
)
_CROWD_AFTER = re.compile(
    rf"\s(?P<np>(?:an?\s(?:class|group|number)\sof\s|the\s|some\s|about\s|at\sleast\s)?{_ADJECTIVES}{_CROWD})(?![\w-])"
)
_JUDGE = re.compile(
    r"(?P<np>\b[Aa]n?\s(?:(?!court|that|who)[\w.’'-]+\s){0,3}?(?:judge|magistrate))\s(?:[a-z]+ly\s|has\s|had\s|also\s|on\s[A-Z]\w+\s)*$"
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Somebody the text describes and does not name: a person or a group, by the words it has for them."""

    span: Span
    type: str

    @property
    def id(self) -> str:
        """A provisional id: the place in the text."""
        return f"g@{self.span.start}"


def _crowd(found: re.Match[str] | None, shift: int = 0) -> Unnamed | None:
    return Unnamed(Span(found.start("np") + shift, found.end("np") + shift), "nkg:PersonGroup") if found else None


# ---- rulings -----------------------------------------------------------------------------------------------------


def _ruling(
    stage: Stage, paragraph: Paragraph, sentence: Span, trigger: re.Match[str], left: str, whens: Sequence[When]
) -> Happening | None:
    host = stage.host
    if _PASSIVE.search(left) or _MODAL.search(left):
        return None
    head = re.split(r"[;:—–]\s|,\s(?:who|which|but|and)\s|\b(?:that|because|when|after|before|if|whether)\s", left)[-1]
    court = _COURT.search(head)
    subject = stage.subject(paragraph, trigger.start(), sentence.start)
    if subject is not None:
        printed = subject.span.of(stage.text)
        member = stage.cast.members[subject.id]
        near = host[max(sentence.start, subject.span.start - 40) : trigger.start()]
        if not (
            _COURT.search(member.name) or _COURT.search(printed) or (member.kind == "Person" and _COURT.search(near))
        ):
            return None
    elif court is None or not re.search(
        r"(?:^|,\s|\b(?:[Aa]n?|[Tt]he)\s)(?:[\w.’'-]+\s){0,4}(?:court|judge|tribunal|justices|judges|jury|panel|magistrate|ruling|verdict)\b(?:\sin\s[A-Z]\w+)?\s(?:[a-z]+ly\s|has\s|had\s|on\s[A-Z]\w+\s|also\s)*$",
        head,
        re.IGNORECASE,
    ):
        return None
    word = trigger.group()
    rest = host[trigger.end() : sentence.end]
    if word in ("found", "held", "decided", "ruled") and not re.match(
        r"\s(?:(?:on|in|by|last)\s[^,;.]{1,30}\s)?(?:that|against|in favou?r|for)\b|\s\w+\s(?:guilty|liable)|\sunlawful",
        rest,
    ):
        return None
    if word in ("issued", "lifted", "froze") and not re.match(
        r"[^,;.]{0,40}\b(?:order|ruling|injunction|stay|ban|warrant|verdict|sentence|decision)\b", rest
    ):
        return None
    if word in ("turned", "struck") and not re.match(r"\sdown\b", rest):
        return None
    if word == "cleared" and re.match(r"\s(?:the way|his|her|its|up)\b", rest):
        return None
    span = _clause_span(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = []
    judge: Unnamed | None = None
    if subject is not None:
        roles.append(("agent", subject.id, span))
    elif (described := _JUDGE.search(left)) is not None:
        judge = Unnamed(
            Span(sentence.start + described.start("np"), sentence.start + described.end("np")), "nkg:UnnamedPerson"
        )
        roles.append(("agent", judge.id, span))
    people = [s for s in stage.cast.within(trigger.end(), span.end) if s.kind == "Person" and not _possessive(host, s)]
    direct = people[0] if people and len(host[trigger.end() : people[0].start]) < 60 else None
    if direct is not None and (subject is None or direct.id != subject.id):
        roles.append(("object", direct.id, span))
    if word == "ordered":
        told = next((s for s in stage.cast.within(trigger.end(), span.end) if s.kind == "Organization"), None)
        if (
            told is not None
            and re.fullmatch(r"\s(?:the\s)?(?:[\w.’'-]+\s){0,2}", host[trigger.end() : told.start])
            and host[told.end : told.end + 4] == " to "
        ):
            roles.append(("recipient", told.id, span))
    name, when = _short(span.of(stage.text)), _when(trigger, whens, host)
    return Happening("ruling", name, span, "completed", tuple(roles), 0.8, when, (judge,) if judge else ())


# ---- deeds -------------------------------------------------------------------------------------------------------


def _deed(
    stage: Stage,
    paragraph: Paragraph,
    sentence: Span,
    trigger: re.Match[str],
    frame: str,
    left: str,
    whens: Sequence[When],
) -> Happening | None:
    host = stage.host
    if _PASSIVE.search(left) or _MODAL.search(left):
        return None
    subject = stage.subject(paragraph, trigger.start(), sentence.start)
    if subject is None:
        return None
    span = _clause_span(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = [("agent", subject.id, span)]
    rest = [s for s in stage.cast.within(trigger.end(), sentence.end) if s.id != subject.id]
    kind = stage.cast.members[subject.id].kind
    if frame == "meeting":
        joint = re.compile(r"\s(?:with\s)?(?:the\s|[a-z]+\s){0,4}").match(host, trigger.end())
        other = next((s for s in rest if s.kind in _PERSONLIKE), None)
        if (
            kind not in _PERSONLIKE
            or other is None
            or joint is None
            or other.start > joint.end() + 40
            or _possessive(host, other)
        ):
            return None
        if not re.fullmatch(
            r"\s(?:with\s)?(?:(?!in|on|at|to|for|by|as)[\w’'-]+\s){0,4}", host[trigger.end() : other.start]
        ):
            return None
        roles.append(("participant", other.id, span))
        roles += _places(stage, other.end, sentence.end, frame, span)
    elif frame == "match":
        other = next((s for s in rest if s.kind == "Organization"), None)
        if kind != "Organization" or other is None or host[trigger.end() : other.start] != " ":
            return None
        if not re.search(r"\d\s?[-–]\s?\d", host[sentence.start : sentence.end]):
            return None
        roles = [("competitor", subject.id, span), ("competitor", other.id, span)]
        roles += _places(stage, other.end, sentence.end, frame, span)
    elif frame == "share":
        work = next((s for s in rest if s.kind == "CreativeWork" and s.form == "name"), None)
        if work is None or not re.fullmatch(r"\s[^,;.]{0,60}", host[trigger.end() : work.start].replace(FILLER, "")):
            return None
        works = [s for s in rest if s.kind == "CreativeWork" and s.start < work.start + 80]
        platform = next(
            (s for s in rest if re.search(r"\son\s$", host[max(0, s.start - 4) : s.start]) and s.kind != "Person"), None
        )
        quoted = next(
            (
                s
                for s in works
                if stage.text[s.span.start - 1] in "'‘“\"«" and (platform is None or s.id != platform.id)
            ),
            work,
        )
        roles.append(("object", quoted.id, span))
        if platform is not None and platform.id != quoted.id:
            roles.append(("instrument", platform.id, span))
    else:
        other = next((s for s in rest if s.kind in _PERSONLIKE), None)
        if (
            other is None
            or _TO.fullmatch(re.sub(r"\b[a-z]+ly\s", "", host[trigger.end() : other.start])) is None
            or _possessive(host, other)
        ):
            return None
        roles.append(("recipient", other.id, span))
    return Happening(
        frame, _short(span.of(stage.text)), span, "completed", tuple(roles), 0.75, _when(trigger, whens, host)
    )


# ---- nouns -------------------------------------------------------------------------------------------------------


def _noun(
    stage: Stage, sentence: Span, trigger: re.Match[str], frame: str, left: str, whens: Sequence[When]
) -> Happening | None:
    host = stage.host
    span = _clause_span(stage, sentence, trigger)
    when = _when(trigger, whens, host)
    if frame in _LABELS:
        of = re.compile(r"\sof\s(?:the\s)?(?:[\w’'-]+\s){0,4}?").match(host, trigger.end())
        objects: list[str] = []
        if of is not None:
            first = next(iter(stage.cast.within(of.start(), of.start() + 80)), None)
            if first is not None and not re.search(r"[,.;]|\b(?:in|on|by|from|to|at)\s", host[of.end() : first.start]):
                objects = _objects(stage, first.start - 1, sentence.end) if first.kind == "Person" else []
        else:
            owner = re.search(r"['’]s?\s(?:[a-z]+\s)?$", left)
            one = stage.cast.ending(sentence.start + owner.start()) if owner else None
            objects = [one.id] if one is not None and one.kind == "Person" else []
        if not objects:
            return None
        if (
            frame == "release"
            and not _CUSTODY.search(host, sentence.start, sentence.end)
            and not re.search(r"\bjudge|court|police\b", host[sentence.start : sentence.end])
        ):
            return None
        planned = _PLANNED.search(left[-60:]) or _MODAL.search(left)
        status = "potential" if planned else ("completed" if when is not None and when.value else None)
        roles = [("object", id_, span) for id_ in objects]
        agent = _by(stage, trigger.end(), sentence.end)
        if agent is not None and agent not in objects:
            roles.append(("agent", agent, span))
        roles += _places(stage, trigger.end(), sentence.end, frame, span)
        return Happening(frame, _label(stage, frame, objects, None), span, status, tuple(roles), 0.7, when)
    return _occasion(stage, sentence, trigger, frame, left, when)


def _occasion(
    stage: Stage, sentence: Span, trigger: re.Match[str], frame: str, left: str, when: When | None
) -> Happening | None:
    """An election, strike, disaster, summit or premiere: only with a place, so that it is one happening."""
    host = stage.host
    phrase = re.search(r"\b(?:[Tt]he|[Aa]n?|[\w]+['’]s)\s(?:[\w’'-]+\s){0,3}$", left)
    if phrase is None or (frame == "strike" and re.search(r"\b(?:air|drone|missile|lightning|first)\s$", left)):
        return None
    if (
        frame == "disaster"
        and trigger.group() in ("fire", "crash", "breach", "blast", "collision")
        and re.search(r"\b(?:cease|under|open|of|data|security)[\s-]*$", left)
    ):
        return None
    start = sentence.start + phrase.start()
    there = re.compile(r"\s(?:at|in|near|on)\s(?:the\s)?").match(host, trigger.end())
    place = stage.cast.starting(there.end()) if there else None
    if place is None or place.kind != "Place" or place.form != "name":
        inside = [
            s for s in stage.cast.within(start, trigger.start()) if s.kind == "Place" and s.form in ("name", "metonym")
        ]
        place = inside[-1] if inside else None
        end = trigger.end()
    else:
        end = place.end
    if place is None and not (frame == "election" and when is not None and when.value):
        return None
    name = re.sub(r"^(?:[Tt]he|[Aa]n?)\s", "", host[start:end])
    if FILLER in name:
        return None
    span = _clause_span(stage, sentence, trigger)
    future = when is not None and re.search(
        r"\b(?:will|is due|are due|next|upcoming|holds|goes ahead)\b", host[sentence.start : sentence.end]
    )
    return Happening(
        frame,
        name[0].upper() + name[1:],
        span,
        "potential" if future else None,
        (("location", place.id, span),) if place is not None else (),
        0.7,
        when,
    )


_SCORE = re.compile(
    r"(?<![\w-])\d{1,3}\s?[–-]\s?\d{1,3}\s(?:[a-z-]+\s)?(?:win|victory|defeat|draw|loss|triumph)\s(?:over|against|with|by|to|at)\s(?:the\s)?"
)


def _matches(stage: Stage, sentence: Span, whens: Sequence[When]) -> Iterator[Happening]:
    """*gave Porto Rovers a 2–1 win over Hill Town*: a match by its score, with both sides."""
    for found in _SCORE.finditer(stage.host, sentence.start, sentence.end):
        other = stage.cast.starting(found.end())
        sides = [
            s
            for s in stage.cast.within(max(sentence.start, found.start() - 80), found.start())
            if s.kind == "Organization"
        ]
        if other is None or other.kind != "Organization" or not sides or sides[-1].id == other.id:
            continue
        if _HEDGED.search(stage.host, sentence.start, found.start()) or _MODAL.search(
            stage.host[sentence.start : found.start()]
        ):
            continue
        span = _clause_span(stage, sentence, found)
        roles = [("competitor", sides[-1].id, span), ("competitor", other.id, span)]
        roles += _places(stage, other.end, sentence.end, "match", span)
        name = f"{stage.cast.members[sides[-1].id].name} against {stage.cast.members[other.id].name}"
        yield Happening("match", _short(name), span, "completed", tuple(roles), 0.8, _when(found, whens, stage.host))


# ---- one happening, told several times ---------------------------------------------------------------------------


def _merged(found: Sequence[Happening]) -> Iterator[Happening]:
    kept: list[Happening] = []
    by_key: dict[tuple[str, str], int] = {}
    for one in found:
        core = sorted(
            one.players("object", "competitor", "location")
            if one.frame not in ("meeting", "reply", "share")
            else one.players("agent")
        )
        key = next((k for p in core if (k := (one.frame, p)) in by_key), None)
        if key is not None and _compatible(kept[by_key[key]], one):
            number = by_key[key]
            kept[number] = _joined(kept[number], one)
        else:
            number = len(kept)
            kept.append(one)
        for player in core:
            by_key.setdefault((one.frame, player), number)
    yield from kept


def _compatible(a: Happening, b: Happening) -> bool:
    if a.frame == "ruling":
        dated = a.when and b.when and a.when.value and b.when.value
        return bool(dated and a.when and b.when and a.when.value == b.when.value)
    for property_ in ("toLocation", "fromLocation", "recipient", "participant"):
        if a.players(property_) and b.players(property_) and not a.players(property_) & b.players(property_):
            return False
    if a.when and b.when and a.when.value and b.when.value and not _near(a.when.value, b.when.value):
        return False
    objects_a, objects_b = a.players("object"), b.players("object")
    return not objects_a or not objects_b or objects_a <= objects_b or objects_b <= objects_a


def _near(a: str, b: str) -> bool:
    """Whether two dates can be the same day: equal, one coarser, or one without its year."""
    if a.startswith("--") != b.startswith("--"):
        a, b = a.lstrip("-"), b.lstrip("-")
        short, long = sorted((a, b), key=len)
        return long[5:].startswith(short)
    short, long = sorted((a, b), key=len)
    return long.startswith(short)


def _joined(a: Happening, b: Happening) -> Happening:
    roles = tuple(dict.fromkeys((*a.roles, *b.roles)))
    statuses = {a.status, b.status}
    status = "completed" if "completed" in statuses else a.status or b.status
    when = a.when if a.when and (a.when.value or not (b.when and b.when.value)) else b.when
    if "completed" in statuses and a.status != b.status:
        when = (a if a.status == "completed" else b).when or when
    unnamed = tuple(dict.fromkeys((*a.unnamed, *b.unnamed)))
    return replace(a, roles=roles, status=status, when=when, score=max(a.score, b.score), unnamed=unnamed)
