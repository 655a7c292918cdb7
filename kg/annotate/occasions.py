"""Occasions: elections, strikes, protests, disasters, hearings, meetings, matches, by their noun, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.annotate import lexicon
from kg.annotate.cast import Seen
from kg.annotate.clause import is_unreal, verb_group
from kg.annotate.frames import FRAMES
from kg.annotate.happening import APART, Happening, Tell, clause_of, one_line, time_of
from kg.annotate.players import PERSONLIKE, agent_after, is_owner, lead_of, places_after
from kg.annotate.stage import FILLER, Paragraph, Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = ["MODAL", "PLANNED", "heard", "is_off", "matches", "occasion", "status_of", "wreck"]

_WORDS = lexicon.groups("occasions")
MODAL = re.compile(
    r"\b(?:will|would|could|may|might|must|shall|should|can|to|if|unless|plans?|intends?|threatens?|wants?"
    r"|seeks?|until|before)\s"
    r"(?:also\s|now\s|soon\s)?(?:be\s|have\s(?:been\s)?)?(?:[a-z]+ly\s)?$"
)
PLANNED = re.compile(
    r"\b(?:halt\w*|block\w*|stop\w*|prevent\w*|threat\w*|fac(?:e|es|ing)|possible|planned|against|appeal\w*"
    r"|order\w*|await\w*|request\w*|demand\w*|call\w* for|future|next|suspend\w*|avoid\w*|ask\w*|seek\w*|urg\w*"
    r"|propos\w*|plan\w*|want\w*|before|prospect|risk|delay\w*|postpon\w*)\b"
)

#: The noun phrase up to its noun, from its determiner or the opening of the sentence on.
_PHRASE = re.compile(
    r"(?:\b(?:[Tt]he|[Aa]n?|[Tt]his|[Nn]ext|[Ll]ast|[Aa]nother|\w+['’]s|[Ii]ts|[Tt]heir|[Aa]fter|[Dd]uring|[Ff]irst"
    r"|[Ss]econd|[Tt]hird|[Ff]ollowing|[Hh]old|[Hh]eld|[Aa]t|[Ii]n|[Oo]f)\s|^)"
    r"(?P<mods>(?:(?!(?i:and|or|in|on|at|of|for|to|is|was|were|has|had|have|that|by|with|as|the|an?|this|after|during"
    r"|before|from|its|their|his|her|no|any|will|would|could|may|can|hold|holds|held|host|hosts|hosted|face|faces)\s)"
    r"(?:[A-Z][\w’'.-]*|\d[\w.,-]*|[a-z][\w’'-]*(?<!ed)(?<!ing)(?<!s))\s){0,4})$"
)
_DET = re.compile(r"^(?:[Tt]he|[Aa]n?)\s")
_BEFORE = {
    key.removeprefix("not."): re.compile(
        r"\b(?:" + "|".join(re.escape(w) for w in sorted(words)) + r")[\s-]+$", re.IGNORECASE
    )
    for key, words in _WORDS.items()
    if key.startswith("not.")
}
_COMPOUND = re.compile(r"(?:-|\s(?:" + "|".join(sorted(_WORDS["compound"])) + r"))(?![\w-])")
_FALLS = re.compile(r"\b(?:" + "|".join(sorted(_WORDS["falls"])) + r")\s$")
#: Called off, kept from happening or only asked for.
_OFF = re.compile(
    r"\b(?:cancel\w*|call(?:s|ed|ing)?\soff|boycott\w*|avert\w*|prevent\w*|avoid\w*|without|never|no|scrap\w*|abandon\w*"
    r"|ruled?\sout|like|unlike|such\sas)\s(?:[\w’'-]+\s){0,3}$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:call(?:s|ed|ing)?\sfor|plan(?:s|ned|ning)?|propos\w+|demand\w*(?!\s(?:in|from|and)\s)|urg\w+|seek\w*|sought|announce[sd]|schedul\w+"
    r"|invit\w+\s[\w\s’'-]{1,40}\sto)\s(?:[\w’'-]+\s){0,4}$"
)
_UNSURE = re.compile(r"\b(?:would|could|might)\b[^;]{0,80}$")
_TO = re.compile(
    r"\b(?:will|would|to|may|could)\s(?!(?:the|an?|his|her|its|their|this|that|our|your)\s)[a-z]+\s(?:[\w’'-]+\s){0,3}$"
)
_HELD = re.compile(
    r"\b(?:held|hosted|hosts|attended|staged|opened|organi[sz]ed|addressed|began|launched|joined|won|lost|contested"
    r"|after|during|following)\s(?:[\w’'-]+\s){0,4}$"
)
_COMES = re.compile(
    r"\b(?:upcoming|next|planned|forthcoming|scheduled|future|coming|possible|proposed|ahead\sof)\b", re.IGNORECASE
)
_VERB = re.compile(
    r"(?:\s(?:that|which))?(?:\s(?!(?:say|says|said|that|who|which|they|he|she|it|we|you|but|as|when|after|before|because"
    r"|if)\b)[^\s;:—–.]+,?){0,12}?\s"
    r"(?P<verb>will|would|(?:is\s|are\s)?(?:set|due|expected|scheduled|planned)(?=\s(?:to|for|on|in))"
    r"|(?:is|are)\s(?:due|expected|scheduled|set|planned|to\sbe|over|under\sway|continuing)|begins?|starts?|opens?|continues?"
    r"|goes\son|took\splace|was\sheld|were\sheld|was"
    r"|were|began|ended|started|opened|killed|left|hit|struck|drew|destroyed|damaged|lasted|continued|broke\sout|resumed"
    r"|collapsed|closed|brought|injured|wounded|(?:has|have)\sbeen)\b"
)
_ACTIVE_VERB = frozenset(["continue", "continues", "goes", "way", "continuing"])
_COMING_VERB = frozenset(
    [
        "set",
        "due",
        "expected",
        "scheduled",
        "planned",
        "be",
        "will",
        "begin",
        "begins",
        "start",
        "starts",
        "open",
        "opens",
    ]
)
_SET = re.compile(r"\s(?:set|scheduled|planned|called|postponed|moved)\b")
_VERB_RESTS = re.compile(
    r"(?:\s(?:be|been|to|take|takes|place|held|heard|set|scheduled|due|expected|planned|begin|start|resume|open|opened"
    r"|called|postponed|until|for))*"
)
_PLACED = re.compile(r"\s(?:at|in|near|on|off)\s(?:the\s)?(?:(?:[a-z-]+\s){0,3}(?:of|in)\s(?:the\s)?|[a-z]+\s)?")
_RELATIVE = re.compile(r"\s(?:that|which)\s")
_STRUCK = re.compile(
    r"\s(?:[a-z]+ly\s)?(?:struck|hit|rocked|shook|devastated|battered|ravaged|swept)\s(?:through\s)?(?:the\s)?"
    r"(?:(?:[a-z]+\s){1,3}of\s|central\s|northern\s|southern\s|eastern\s|western\s|coastal\s)?(?:the\s)?"
)
_HOLDS = re.compile(
    r"\s(?:(?:will|has|have|had|is|are|was|also|plans|due|to)\s){0,3}(?:hold|holds|held|host|hosts|hosted|stages?|staged)\s"
    r"(?:an?\s|the\s|its\s|their\s)?$"
)
#: Between an occasion and a place these make the place that of something else (*hearings into the breach at Zalk*).
_ELSE = re.compile(
    r"\b(?:into|about|over|of|for|against|by|with|from|who|said|says|could|would|may|might|had|have|to)\b"
    r"|\S\s(?:which|that)\b|\b[a-z]{2,}ing\b"
)
_BETWEEN = re.compile(r"\s(?:between|with|of|by)\s(?:the\s)?(?:[a-z-]+\s){0,2}")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


_CALLED_OFF = re.compile(
    r"[^;:—–.]{0,80}?\s(?:(?:was|were|is|are|been|be|being)\s)(?:later\s|then\s|also\s)?"
    r"(?:cancell?ed|called\soff|postponed|scrapped|abandoned|averted|delayed|put\soff)\b"
    r"|[^;:—–.]{0,80}?\s(?:never|did\snot|didn[’']t|will\snot|won[’']t|would\snot)\s(?:take|took)\splace\b"
)


def is_off(tell: Tell) -> bool:
    """Whether it is said not to take place: *the visit was cancelled*."""
    return _CALLED_OFF.match(tell.stage.host, tell.end, min(tell.sentence.end, tell.end + 140)) is not None


def status_of(tell: Tell) -> str | None:
    """Done or to come, by the verb the noun is the subject or object of; None when the text does not say."""
    if _COMES.search(tell.left[-40:]):
        return "potential"
    verb = _VERB.match(tell.stage.host, tell.end, min(tell.sentence.end, tell.end + 140))
    if verb is None:
        return None
    words = verb.group("verb").split()
    if words[-1] == "been" and _SET.match(tell.stage.host, verb.end()):
        return "potential"
    if words[0] == "would":
        return None
    if words[0] in _ACTIVE_VERB or words[-1] in _ACTIVE_VERB:
        return "active"
    return "potential" if words[0] in _COMING_VERB or words[-1] in _COMING_VERB else "completed"


def occasion(tell: Tell) -> Happening | None:
    """An election, strike, disaster, hearing, meeting …: only with a place, a time or those who take part in it."""
    stage, host, key, noun = tell.stage, tell.stage.host, tell.frame.key, tell.word.lower()
    phrase = _PHRASE.search(tell.left[-90:])
    if phrase is None or FILLER in phrase.group() or not _means(tell, noun):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    start = tell.start - len(phrase.group("mods"))
    start = lead_of(host, start, tell.end)
    place, end = _place(tell, start, span)
    taking, last = _taking_part(tell, span)
    end = max(end, last)
    when = _bounded(_edition(tell, start, time_of(tell) or _time_after_verb(tell)), stage.text)
    value = when.value if when is not None else None
    if key == "vote" and not taking:
        return None
    if place is None and not taking and (value is None or (key in _VAGUE and len(value) != 10)):
        return None
    if key == "match" and len(taking) < 2:
        return None
    name = " ".join(_DET.sub("", host[start:end]).split())
    if FILLER in name or not name:
        return None
    status = status_of(tell)
    if status is None and _HELD.search(tell.left) and not PLANNED.search(tell.left[-60:]):
        status = "completed"
    if MODAL.search(tell.left) or (status is None and (_ASKED.search(tell.left) or _TO.search(tell.left))):
        status = "potential"
    if status is None and _UNSURE.search(tell.left):
        status = "potential"
    if key == "attack" and status == "potential":
        return None
    if place is not None and not start <= place.start < end:
        name = f"{name} in {stage.cast.members[place.id].name}"
    roles = [("location", place.id, span)] if place is not None else []
    name = one_line(name[0].upper() + name[1:])
    return Happening(key, name, span, status, (*roles, *taking), 0.7, when, noun=noun.rstrip("s"))


#: Occasions of which there are many: without a place or participants only a day tells which.
_VAGUE = frozenset(("meeting", "protest", "hearing", "ceremony", "attack", "strike", "disaster"))
_NEVER = frozenset(("publication", "acquisition", "sale", "transfer", "marriage", "signing"))


def _means(tell: Tell, noun: str) -> bool:
    """Whether the noun means the occasion, and it is not called off."""
    key = tell.frame.key
    before = _BEFORE.get(key)
    if key in _NEVER or _COMPOUND.match(tell.stage.host, tell.end) or _OFF.search(tell.left) or is_off(tell):
        return False
    if noun in ("collapse", "failure") and not _FALLS.search(tell.left):
        return False
    if before is None or not before.search(tell.left[-30:]):
        return noun not in ("congress", "assembly")
    return (key == "disaster" and noun not in _WORDS["common"]) or (
        key == "meeting" and noun not in ("convention", "conference", "congress", "assembly")
    )


def _place(tell: Tell, start: int, span: Span) -> tuple[Seen | None, int]:
    """Where it is, and where its name ends: *election in Porto Belo*, *Porto Belo election*, *flood hit Porto Belo*."""
    stage, host = tell.stage, tell.stage.host
    there = _PLACED.match(host, tell.end)
    place = stage.cast.starting(there.end()) if there else None
    if place is not None and place.kind == "Place" and place.form in ("name", "acronym"):
        return place, place.end
    inside = [s for s in stage.cast.within(start, tell.start) if s.kind == "Place" and s.form in ("name", "metonym")]
    if inside:
        return inside[-1], tell.end
    before = stage.cast.ending(start - 3) if host[start - 3 : start] in ("'s ", "’s ") else None
    if before is not None and before.kind == "Place" and before.form == "name":
        return before, tell.end
    holds = _HOLDS.search(host, max(tell.sentence.start, start - 60), start)
    holder = stage.cast.ending(holds.start()) if holds is not None else None
    if holder is not None and holder.kind == "Place" and holder.form == "name":
        return holder, tell.end
    struck = _STRUCK.match(host, tell.end)
    place = stage.cast.starting(struck.end()) if struck is not None else None
    if place is not None and place.kind == "Place" and place.form != "demonym":
        return place, tell.end
    relative = _RELATIVE.match(host, tell.end)
    verb = _VERB.match(host, tell.end, min(tell.sentence.end, tell.end + 40))
    rest = _VERB_RESTS.match(host, verb.end()) if verb is not None else None
    begin = rest.end() if rest is not None else relative.end() if relative is not None else tell.end
    where = next((r[1] for r in places_after(stage, begin, tell.sentence.end, tell.frame.key, span)), None)
    if where is None:
        return None, tell.end
    place = next(s for s in stage.cast.within(begin, tell.sentence.end) if s.id == where)
    lead = _ELSE.search(host, tell.end, verb.start("verb")) if verb is not None and rest is not None else None
    if lead is not None or _ELSE.search(host, begin, place.start):
        return None, tell.end
    return place, tell.end


def _edition(tell: Tell, start: int, when: When | None) -> When | None:
    """The year in the name itself (*the 2016 election*), unless the time is in that year."""
    year = _YEAR.search(tell.stage.host, start, tell.start)
    if year is None or (when is not None and (when.value or "").startswith(year.group())):
        return when
    return When(Span(*year.span()), year.group())


def _bounded(when: When | None, text: str) -> When | None:
    """A time without its value where it only bounds the occasion: *until Friday*, *before 2020*."""
    if when is None or when.span.of(text).lower().split()[0] not in ("until", "before", "through", "by", "after"):
        return when
    return When(when.span, None)


def _time_after_verb(tell: Tell) -> When | None:
    """When an occasion is, after the verb it is the subject of: *is scheduled for Monday*, *will be held in May*."""
    host = tell.stage.host
    verb = _VERB.match(host, tell.end, min(tell.sentence.end, tell.end + 140))
    rest = _VERB_RESTS.match(host, verb.end()) if verb is not None else None
    if rest is None:
        return None
    after = next((w for w in tell.whens if w.span.start >= rest.end() - 1), None)
    return after if after is not None and not APART.search(host, rest.end(), after.span.start) else None


def _taking_part(tell: Tell, span: Span) -> tuple[list[tuple[str, str, Span]], int]:
    """Who takes part, and where their names end: *talks between Norland and Sudria*, *a strike by the union*."""
    if tell.frame.key not in ("meeting", "strike", "protest", "hearing", "vote", "match"):
        return [], tell.end
    stage, host = tell.stage, tell.stage.host
    joint = _BETWEEN.match(host, tell.end)
    kinds = (*PERSONLIKE, "Place") if tell.frame.key == "meeting" else PERSONLIKE
    found: list[tuple[str, str, Span]] = []
    last = tell.end
    while joint is not None:
        one = stage.cast.starting(joint.end()) or next(
            (s for s in stage.cast.within(joint.end(), joint.end() + 90) if s.start == joint.end()), None
        )
        if one is None or one.kind not in kinds or one.form == "demonym" or is_owner(host, one):
            break
        found.append(("participant", one.id, span))
        last = one.end
        joint = re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:the\s)?").match(host, one.end)
    return list(dict.fromkeys(found)), last


_SCORE = re.compile(
    r"(?<![\w-])\d{1,3}\s?[–-]\s?\d{1,3}\s(?:[a-z-]+\s)?(?:win|victory|defeat|draw|loss|triumph)\s(?:over|against|with|by|to|at)\s(?:the\s)?"
)


_CRAFT = re.compile(
    r"(?<!\w)(?P<np>(?:[Aa]n?|[Tt]he|[Tt]wo|[Aa]nother)\s(?:[\w’'-]+\s){0,3}?(?P<head>ferry|boat|ship|trawler|tanker|freighter"
    r"|vessel|dinghy|plane|jet|airliner|aircraft|helicopter|train|tram|bus|coach|car|truck|lorry|van|minibus|bomb|volcano|tram"
    r"|bridge|building|drone|rocket))(?:\s(?:carrying|with|from|bound\sfor|full\sof|packed\swith)\s[^,;.]{1,60})?\s$"
)


def wreck(tell: Tell) -> Happening | None:
    """*A ferry carrying 30 people sank off Porto Belo on Sunday*: with a place or a day."""
    stage, host = tell.stage, tell.stage.host
    group = verb_group(host, tell.sentence.start, tell.start, tell.form)
    if group is None or group.status != "completed" or group.voice == "passive":
        return None
    craft = _CRAFT.search(host, max(tell.sentence.start, group.start - 130), group.start)
    if craft is None or tell.form != "done":
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    where = [r for r in places_after(stage, tell.end, tell.sentence.end, "disaster", span) if r[0] == "location"][:1]
    when = time_of(tell)
    if not where and (when is None or when.value is None):
        return None
    end = max(
        (s.end for s in stage.cast.within(tell.end, tell.sentence.end) if where and s.id == where[0][1]),
        default=tell.end,
    )
    name = _DET.sub("", " ".join((craft.group("np") + " " + host[group.start : end]).split()))
    name = one_line(name[0].upper() + name[1:])
    return Happening("disaster", name, span, "completed", tuple(where), 0.75, when, noun=craft.group("head"))


_RESULT = re.compile(
    r"\s(?:have\s|has\s|had\s)?(?:lost|drew|(?:were|was)\s(?:[a-z]+ly\s)?(?:beaten|thrashed|defeated|held))\s(?:to\sa\s|a\s|at\shome\s)?"
    r"\d{1,3}\s?[–-]\s?\d{1,3}\s(?:draw\s)?(?:at\shome\s|away\s)?(?:to|with|by|against|at)\s(?:the\s)?"
)


def matches(stage: Stage, paragraph: Paragraph, sentence: Span, whens: Sequence[When]) -> Iterator[Happening]:
    """*gave Porto Rovers a 2–1 win over Hill Town*: a match by its score, with both sides."""
    for found in _RESULT.finditer(stage.host, sentence.start, sentence.end):
        one, other = stage.cast.ending(found.start()), stage.cast.starting(found.end())
        if (
            one is not None
            and other is not None
            and one.id != other.id
            and {one.kind, other.kind} <= FRAMES["match"].objects
        ):
            yield _match(stage, paragraph, sentence, whens, found, one, other)
    for found in _SCORE.finditer(stage.host, sentence.start, sentence.end):
        other = stage.cast.starting(found.end())
        sides = [
            s
            for s in stage.cast.within(max(sentence.start, found.start() - 80), found.start())
            if s.kind == "Organization"
        ]
        if other is None or other.kind != "Organization" or not sides or sides[-1].id == other.id:
            continue
        before = stage.host[sentence.start : found.start()]
        if is_unreal(stage.host, sentence.start, found.start()) or MODAL.search(before):
            continue
        yield _match(stage, paragraph, sentence, whens, found, sides[-1], other)


def _match(
    stage: Stage,
    paragraph: Paragraph,
    sentence: Span,
    whens: Sequence[When],
    found: re.Match[str],
    one: Seen,
    other: Seen,
) -> Happening:
    tell = Tell(stage, paragraph, sentence, found.start(), found.end(), FRAMES["match"], "noun", whens)
    span = clause_of(stage, sentence, found.start(), found.end())
    roles = [("competitor", one.id, span), ("competitor", other.id, span)]
    roles += places_after(stage, other.end, sentence.end, "match", span)
    name = f"{stage.cast.members[one.id].name} against {stage.cast.members[other.id].name}"
    return Happening("match", one_line(name), span, "completed", tuple(roles), 0.8, time_of(tell))


_HEARD = re.compile(
    r"\b(?P<np>(?:case|appeal|petition|lawsuit|complaint|application|request|motion|charges|trial)"
    r"(?:\s(?:against|by|of|over|for)\s[^,;.]{1,60}?)?)\s"
    r"(?P<aux>will\sbe|is\sto\sbe|are\sto\sbe|(?:is|are)\s(?:due|set|expected|scheduled)\sto\sbe|was|were|is\sbeing)\s"
    r"(?:first\s|also\s)?heard(?=[\s.,])"
)


def heard(stage: Stage, paragraph: Paragraph, sentence: Span, whens: Sequence[When]) -> Iterator[Happening]:
    """*The appeal will be heard on Friday*: a hearing by its verb, with a day, a place or a court."""
    for found in _HEARD.finditer(stage.host, sentence.start, sentence.end):
        if is_unreal(stage.host, sentence.start, found.start()) or FILLER in found.group():
            continue
        tell = Tell(stage, paragraph, sentence, found.start("aux"), found.end(), FRAMES["hearing"], "done", whens)
        when = time_of(tell)
        span = clause_of(stage, sentence, found.start(), found.end())
        roles = [r for r in places_after(stage, found.end(), sentence.end, "hearing", span) if r[0] == "location"][:1]
        court = agent_after(stage, found.end(), sentence.end, ("Organization",))
        roles += [("agent", court, span)] if court is not None else []
        if not roles and (when is None or when.value is None):
            continue
        aux = found.group("aux")
        status = "completed" if aux in ("was", "were") else "active" if aux.endswith("being") else "potential"
        name = one_line("Hearing of the " + found.group("np"))
        yield Happening("hearing", name, span, status, tuple(roles), 0.7, when, noun="hearing")
