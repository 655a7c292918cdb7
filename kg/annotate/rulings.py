"""What courts and judges decide: who rules, of whom, and who is told to act."""

from __future__ import annotations

import re

from kg.annotate.clause import verb_group
from kg.annotate.frames import GROUPS
from kg.annotate.happening import Happening, Tell, clause_of, one_line, time_of
from kg.annotate.players import Unnamed, is_owner, judge_before
from kg.annotate.subjects import floor_of
from kg.model import Span

__all__ = ["ruling"]

_BODIES = "|".join(sorted(GROUPS["ruling.court"]))
_COURT = re.compile(rf"(?<![\w-])(?:{_BODIES}|ruling|verdict)(?![\w-])", re.IGNORECASE)
_HEAD = re.compile(
    r"[;:—–]\s|,\s(?:who|which|but|and)\s|\b(?:that|because|when|after|before|if|whether|(?:even\s)?though|although|while|even\sas)\s",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:^|,\s|\b(?:an?|the)\s)(?:[\w.’'-]+\s){0,4}(?:court|judge|tribunal|justices|judges|jury|panel"
    r"|magistrate|ruling|verdict)\b(?:\sin\s[A-Z]\w+)?\s(?:[a-z]+ly\s|has\s|had\s|on\s[A-Z]\w+\s|also\s)*$",
    re.IGNORECASE,
)
#: Before the court is named: *Meanwhile, a judge*, *On Monday, the court*.
_SENTENCE_OPENS = re.compile(r"^[A-Z][\w’'-]*(?:\s[\w’'-]+){0,4},\s(?=\S)")
#: What single verbs need after them to be said of a decision.
_NEEDS = {
    word: re.compile(pattern)
    for words, pattern in (
        (
            "found held decided ruled decide rule rules decides",
            (
                r"\s(?:on|whether)\b|\s(?:(?:on|in|by|last)\s[^,;.]{1,30}\s)?(?:that|against|in favou?r|for)\b"
                r"|\s\w+\s(?:guilty|liable)"
                r"|\s(?:[a-z]+\s)?unlawful|\s(?:[A-Z][\w’'-]+\s){1,4}(?:guilty|liable)"
            ),
        ),
        (
            "issued lifted froze",
            r"[^,;.]{0,40}\b(?:order|ruling|injunction|stay|ban|warrant|verdict|sentence|decision)\b",
        ),
        ("told asked", r"\s(?:the\s)?[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*\s(?:not\s)?to\b"),
        ("turned struck", r"\sdown\b"),
        ("sided", r"\swith\b"),
        ("cleared clears clear", r"\s(?!the way|his|her|its|up)"),
    )
    for word in words.split()
}


#: Who tells of a ruling is no part of it: *…, her lawyer, Ana Costa, said*.
_SAID = re.compile(r"(?:,[^,;:]{1,60}){0,2},[^,;:]{0,60}\ssaid$")


def ruling(tell: Tell) -> Happening | None:
    """*The Supreme Court ordered the ministry to release Rui Dias.*"""
    stage, host, sentence, word = tell.stage, tell.stage.host, tell.sentence, tell.word
    group = verb_group(host, sentence.start, tell.start, tell.form)
    if group is None or group.voice == "passive" or not group.own:
        return None
    if tell.form == "present" and not tell.headline:
        return None
    if group.status != "completed" and word not in ("rule", "decide"):
        return None
    left = tell.left
    head = _HEAD.split(left)[-1]
    subject = stage.subject(tell.paragraph, group.start, floor_of(tell, group))
    if subject is not None:
        printed = subject.span.of(stage.text)
        member = stage.cast.members[subject.id]
        near = host[max(sentence.start, subject.span.start - 40) : tell.start]
        if not (
            _COURT.search(member.name) or _COURT.search(printed) or (member.kind == "Person" and _COURT.search(near))
        ):
            return None
    elif _COURT.search(head) is None or not _SUBJECT.search(head):
        return None
    needed = _NEEDS.get(word)
    if needed is not None and not needed.match(tell.rest):
        return None
    span = clause_of(stage, sentence, tell.start, tell.end)
    roles: list[tuple[str, str, Span]] = []
    opens = max(span.start, tell.start - len(_SENTENCE_OPENS.sub("", head.lstrip(" ,"))))
    judge: Unnamed | None = None
    if subject is not None:
        roles.append(("agent", subject.id, span))
    elif (judge := judge_before(left, sentence.start)) is not None:
        roles.append(("agent", judge.id, span))
    seat = next((s for s in stage.cast.within(opens, tell.start) if s.kind == "Place" and s.form == "name"), None)
    if subject is None and seat is not None:
        roles.append(("location", seat.id, span))  # "a court in Porto", "a Porto court"
    people = [s for s in stage.cast.within(tell.end, span.end) if s.kind == "Person" and not is_owner(host, s)]
    near_by = people and people[0].start - tell.end < 60 and "," not in host[tell.end : people[0].start]
    direct = people[0] if people and near_by else None
    if direct is not None and (subject is None or direct.id != subject.id):
        roles.append(("object", direct.id, span))
    if word == "ordered":
        told = next((s for s in stage.cast.within(tell.end, span.end) if s.kind == "Organization"), None)
        if (
            told is not None
            and re.fullmatch(r"\s(?:the\s)?(?:[\w.’'-]+\s){0,2}", host[tell.end : told.start])
            and host[told.end : told.end + 4] == " to "
        ):
            roles.append(("recipient", told.id, span))
    name, when = one_line(_SAID.sub("", stage.text[opens : span.end])), time_of(tell)
    if not roles and when is None:
        return None
    return Happening("ruling", name, span, group.status, tuple(roles), 0.8, when, (judge,) if judge is not None else ())
