"""Speakers: whether the member found for a phrase is surely the one it means. Unknown is better than wrong."""

from __future__ import annotations

from bisect import bisect_right

from kg.annotate.cast import Seen
from kg.annotate.lexicon import groups
from kg.annotate.stage import LONGEST, Paragraph, Stage, Subject
from kg.annotate.voices import DASHES, DETERMINERS, INSIDE, LONG, POSSESSIVE, Voices
from kg.model import Span

__all__ = ["certain", "named", "spoken_of"]

#: Nouns for a person by sex, office or occupation, and how most others end.
_PERSON = frozenset().union(
    *(groups("jobs")[key] for key in ("office", "job")), *(groups("roles")[key] for key in ("male", "female", "voice"))
)
_ENDINGS = ("er", "or", "ist", "man", "woman", "person", "ian", "ant", "ess", "eer", "ee", "ent")
_PRONOUNS = frozenset({"he", "she", "it"})
#: Verbs whose subject is several.
_PLURAL = frozenset({"say", "claim", "argue", "insist", "allege", "have", "are", "were", "believe", "maintain", "both"})
#: So many sentences back may the noun phrase stand that a pronoun means.
_BACK = 3
#: So far behind a noun phrase its apposition may end (*the union, HWU*).
_BESIDE = 40


def named(voices: Voices, source: Span) -> tuple[Subject | None, tuple[str, ...]]:
    """The person a phrase for a speaker ends with the name of; of several joined by *and*, the first and the rest."""
    one = _person(voices, source)
    if one is not None:
        return Subject(one.id, Span(one.start, one.end), 0.9), ()
    group = _group(voices, source)
    ids = tuple(dict.fromkeys(name.id for name in group))
    if len(ids) < 2 or len(ids) < len(group):
        return None, ()
    return Subject(ids[0], Span(group[0].start, group[-1].end), 0.85), ids[1:]


def _person(voices: Voices, source: Span) -> Seen | None:
    """The person a phrase names at its end: *the mayor, Ana Costa*, but not *a friend of Ana Costa*."""
    last = voices.at(source.end - 1)
    name = voices.name_ending(last)
    if name is None or name.kind != "Person" or name.end != source.end:
        return None
    first, at = voices.first(source.start), voices.first(name.start)
    if first and voices.lower[first - 1] in ("and", "or", "who", "whom", "whose", "which"):
        return None  # "the man who hired Ana Costa"
    if name.start == source.start and first and voices.lower[first - 1] in ("for", "of", "with", "about", "against"):
        return None  # "people who voted for Ana Costa"
    before = voices.lower[first:at]
    if before and before[-1] == ",":
        return name if "and" not in before else None
    return None if any(word in INSIDE or word in ("and", "or") or word in POSSESSIVE for word in before) else name


def _group(voices: Voices, source: Span) -> tuple[Seen, ...]:
    """The people and organizations that a phrase is a list of: *Ana Costa and Rui Dias*, *A, B and C, who*.

    Empty when they are fewer than two or the phrase holds anything else.
    """
    lower = voices.lower
    first, at = voices.first(source.start), voices.at(source.end - 1)
    if lower[at] == "who" and at > first:  # only a plural verb tells that all are meant
        if at + 1 >= len(lower) or lower[at + 1] not in _PLURAL:
            return ()
        at -= 1
        while at > 0 and (lower[at] == "," or lower[at] in DASHES):
            at -= 1
        first = max(0, at - LONG)
    names: list[Seen] = []
    while True:
        name = voices.name_ending(at)
        if name is None or name.kind not in ("Person", "Organization"):
            return ()
        names.insert(0, name)
        begin = voices.first(name.start)
        at = begin - 1
        joined = at > first and lower[at] in ("and", "&", ",")
        if joined and lower[at] != ",":
            at -= 1
        if at > first and lower[at] == ",":
            at -= 1
        if not joined or (voices.name_ending(at) is None and len(names) > 1):
            break
    rest = lower[first:begin]
    if len(names) < 2 or (lower[voices.at(source.end - 1)] != "who" and rest not in ([], ["both"])):
        return ()
    return tuple(names)


def certain(stage: Stage, voices: Voices, paragraph: Paragraph, subject: Subject | None) -> Subject | None:
    """The subject, or None where its words more likely mean somebody else.

    A pronoun after an unnamed person (*The lawyer rose. He said …*), *it* after a sentence about something else, and a
    description of a thing (*said the post*) name nobody for certain.
    """
    if subject is None:
        return None
    words = subject.span.of(stage.text)
    word = words.lower()
    if word not in _PRONOUNS:
        return subject if _described(stage, voices, subject) else None
    if not _near(stage, paragraph, subject):
        return None
    opens = paragraph.opens
    at = bisect_right(opens, subject.span.start) - 1
    if word == "it":
        own = voices.lead(voices.first(opens[at]), voices.first(subject.span.start))
        if own is not None and any(one.id == subject.id for one in stage.cast.within(own.start, own.end)):
            return subject
    for number in range(at - 1, max(-1, at - _BACK), -1):
        lead = voices.lead(voices.first(opens[number]), voices.first(opens[number + 1]))
        if lead is None or lead.of(stage.text).lower() == word:
            continue
        if paragraph.focus == subject.id and paragraph.spoke >= opens[number]:
            return subject
        about = [one.id for one in stage.cast.within(lead.start, lead.end)]
        if word == "it":
            near = [one.id for one in stage.cast.within(lead.start, min(lead.end + _BESIDE, opens[number + 1]))]
            return subject if subject.id in near else None
        if about:
            return subject
        described = next(
            (
                s.id
                for s in stage.cast.within(lead.end, opens[number + 1])
                if stage.cast.described.get(s.end) == lead.start
            ),
            None,
        )
        if described is not None:
            return subject if described == subject.id else None
        head = voices.lower[voices.at(lead.end - 1)]
        if voices.lower[voices.first(lead.start)] in DETERMINERS and _is_person(head):
            return subject if stage.cast.by_head(head) == subject.id else None
        return subject
    if word == "it" and paragraph.focus != subject.id and at <= 0:
        before = stage.paragraphs[paragraph.number - 1] if paragraph.number else None
        return subject if before is not None and before.focus == subject.id else None
    return subject


def spoken_of(stage: Stage, subject: Subject | None, words: Span) -> bool:
    """Whether a pronoun would report of itself by name: the *she* of *she said Ana Costa was late* is not Ana Costa."""
    if subject is None or subject.span.of(stage.text).lower() not in _PRONOUNS:
        return False
    return any(one.id == subject.id and one.form == "name" for one in stage.cast.within(words.start, words.end))


def _near(stage: Stage, paragraph: Paragraph, subject: Subject) -> bool:
    """Whether the member is named, or has spoken, in the pronoun's paragraph or the one before."""
    near = stage.paragraphs[max(0, paragraph.number - 1) : paragraph.number + 1]
    start = max(near[0].section.span.start, subject.span.start - 2 * LONGEST)
    return any(one.focus == subject.id for one in near) or any(
        one.id == subject.id for one in stage.cast.within(start, subject.span.start)
    )


def _described(stage: Stage, voices: Voices, subject: Subject) -> bool:
    """Whether words without a name can be a description of the member."""
    member = stage.cast.members[subject.id]
    if member.kind != "Person" or len(subject.span) > 80 or stage.cast.within(subject.span.start, subject.span.end):
        return True
    first, last = voices.first(subject.span.start), voices.at(subject.span.end - 1)
    words = voices.lower[first : last + 1]
    end = next((n for n, word in enumerate(words) if n and word in ("of", "for", "at", "by", "in", "from")), len(words))
    return end == 0 or _is_person(words[end - 1])


def _is_person(head: str) -> bool:
    return head in _PERSON or head.endswith(_ENDINGS)
