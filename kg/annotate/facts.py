"""Facts: what the words beside a name say of it, each with the words it rests on.

Job titles, nationalities, affiliations, other names, descriptions, where a place lies, how long a film is. Only what
stands in the reporter's own words: nothing inside quotation marks becomes a fact. Values that contradict each other
both stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.annotate import lexicon
from kg.annotate.cast import Apposition, Cast, Seen
from kg.annotate.relations import Relation, relations
from kg.annotate.stage import FILLER, Stage
from kg.model import Annotation, Span, Text

__all__ = ["Facts", "annotator", "statements"]

_JOBS = lexicon.groups("jobs")
_OFFICE, _ADDRESS = _JOBS["office"], _JOBS["address"]
_OCCUPATION = _OFFICE | _JOBS["job"]
_KINDS = lexicon.groups("kinds")
_LEADING = re.compile(
    r"(?:(?:an?|the|its|their|his|her|also|now|then|[\w’'.-]+(?:\s[A-Z][\w.-]+)?['’]s?)\s)+(?=\S)", re.IGNORECASE
)
_DURATION = re.compile(r"(?<![\w.])(\d{1,4}|one|two|three|four|five|six)-(minute|hour|second|part)(?![\w-])")
#: *Norland's northern port Porto Belo*; but not *Norland's annexation of Sudria*.
_POSSESSED = re.compile(
    r"['’]s?\s(?:(?!(?:of|in|from|with|for|on|to|and|or|against|over|into|by|at|near|through|than|as|about)\s)[a-z-]+\s){0,4}"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_PLURAL_HEAD = re.compile(r"(?:[a-z’'-]+\s){0,3}?(?P<head>[a-z]+)\s?(?P<mark>[—–:,-])\s")
_PEOPLE = lexicon.words(
    "men women people citizens nationals migrants brothers sisters students workers lawyers journalists "
    "activists players"
    " teenagers boys girls sailors fishermen soldiers officers tourists refugees engineers artists musicians "
    "actors nurses"
    " doctors mechanics volunteers businessmen athletes singers writers"
)
#: What somebody is only said, thought or hoping to be is no fact: *the alleged leader of the gang, Ana Costa*.
_DOUBTED = re.compile(
    r"(?:[\w-]+\s){0,2}?(?:alleged|suspected|accused|supposed|purported|reputed|presumed|so-called|would-be|wannabe"
    r"|aspiring|self-(?:styled|proclaimed|described|declared|appointed))\b",
    re.IGNORECASE,
)
#: Works that carry others: they have no length and are about nobody.
_CARRIERS = frozenset(
    {"WebSite", "OnlineBusiness", "Newspaper", "Periodical", "SoftwareApplication", "MobileApplication"}
)
_PROFILES = re.compile(
    r"(?:(?:The|the)\s(?:[\w-]+\s)?(?P<noun>film|documentary|movie|book|series|memoir|short|segment|podcast"
    r"|novel|play|report)\s)?"
    r"(?:profiles|follows|portrays|chronicles|tells the story of|is about|documents the life of)\s"
)


class Facts:
    """Finds statements about named things; layer ``fact``."""

    name = "facts"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref"})
    gives: frozenset[str] = frozenset({"fact"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The statements of the text, in order."""
        by = f"{self.name}@{self.version}"
        for one in statements(Stage(text, layers)):
            args = {"subject": one.subject, "property": one.property, "entity": one.entity, "value": one.value}
            yield Annotation(one.evidence, "fact", None, one.subject, one.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Facts:
    """The built-in annotator of facts."""
    return Facts()


def statements(stage: Stage) -> tuple[Relation, ...]:
    """Everything the reporter's words say of the members, in order of the text."""
    found: list[Relation] = []
    for one in stage.cast.seen:
        if stage.host[one.span.start] == FILLER:
            continue
        found += _title(stage, one)
        found += _acronym(stage, one)
        found += _belonging(stage, one)
        found += _kind(stage, one)
        found += _place(stage, one)
        found += _nationality(stage, one)
    for near in stage.cast.appositions:
        if FILLER not in near.evidence.of(stage.host):
            found += _apposition(stage, near)
    found += _works(stage)
    found += relations(stage)
    known = stage.cast.known
    found = [s for s in found if s.subject in known and (s.entity is None or s.entity in known)]
    found = [s for s in found if s.value is None or _DOUBTED.match(s.value) is None]
    found.sort(key=lambda s: (s.evidence, s.subject, s.property, s.value or "", s.entity or ""))
    return tuple(dict.fromkeys(_one_case(found)))


def _one_case(found: Sequence[Relation]) -> Iterator[Relation]:
    """The statements with titles that differ only in their capitals brought to the form printed first."""
    first: dict[tuple[str, str, str], str] = {}
    for one in found:
        if one.value is not None and one.property == "jobTitle":
            printed = first.setdefault((one.subject, one.property, one.value.casefold()), one.value)
            one = replace(one, value=printed)
        yield one


# ---- persons -----------------------------------------------------------------------------------------------------


def _title(stage: Stage, one: Seen) -> Iterator[Relation]:
    if one.kind != "Person" or one.title is None:
        return
    printed = one.title.of(stage.text)
    value = _without_owner(printed)
    for near in stage.cast.within(one.title.start, one.title.end):
        behind = stage.text[near.end : one.title.end].strip()
        if near.form == "demonym" and value == near.span.of(stage.text) + " " + behind:
            value = behind  # "the Mexican novelist": where she is from is said by her nationality
    words = value.lower().split()
    while len(words) > 1 and words[-1] in _ADDRESS:  # "our correspondent Mr Rui Dias"
        value = value.rsplit(None, 1)[0]
        words.pop()
    if words and not all(word in _ADDRESS for word in words):
        yield Relation(one.id, "jobTitle", Span(one.title.start, one.end), 0.9, value=value)


def _apposition(stage: Stage, near: Apposition) -> Iterator[Relation]:
    member = stage.cast.members.get(near.id)
    if member is None:
        return
    text = stage.text
    if member.kind in ("Organization", "CreativeWork"):
        yield from _described(stage, near, member.kind)
        return
    if member.kind != "Person":
        return
    full = near.words.of(text)
    head_np = re.split(r"\s(?:of|for|at|in|from|with)\s", full)[0]
    start = near.words.start + len(head_np) - len(_without_owner(head_np))
    while (name := stage.cast.starting(start)) is not None and name.end < near.words.start + len(head_np):
        if name.kind == "Organization" and head_np.split()[-1].lower() in _OFFICE:
            yield Relation(near.id, "affiliation", near.evidence, 0.8, entity=name.id)
        start = name.end + len(text[name.end : name.end + 20]) - len(text[name.end : name.end + 20].lstrip())
    value = re.sub(r"^(?:\d{1,3}-year-old|one-time|fellow)\s", "", text[start : near.words.start + len(head_np)])
    head = re.findall(r"[\w’'-]+", value)[-1].lower() if value else ""
    if head not in _OCCUPATION:
        return
    for demonym in stage.cast.within(near.words.start, near.words.start + len(head_np)):
        owned = re.search(r"['’]s?\s", text[demonym.end : near.words.start + len(head_np)])
        if demonym.form == "demonym" and owned is None and _country(stage.cast, demonym.id):
            yield Relation(near.id, "nationality", near.evidence, 0.85, entity=demonym.id)
    end = near.words.start + len(head_np)
    evidence = near.evidence
    if near.before or text[near.words.end : near.words.end + 1] == " ":
        tail = re.compile(r"\s(?P<prep>of|for|at|with)\s(?:the\s)?").match(text, end)
        if tail is not None:
            org = stage.cast.starting(tail.end())
            if org is not None and org.kind == "Organization" and head in _OFFICE:
                yield Relation(
                    near.id,
                    "affiliation",
                    Span(min(near.evidence.start, near.words.start), max(org.end, near.evidence.end)),
                    0.85,
                    entity=org.id,
                )
            elif tail.group("prep") == "of" and org is None:
                field = re.compile(r"\sof(?:\s[a-z][a-z-]+){1,4}?(?=\s(?:at|for|in|from|with|who|and)\b|[,.;)])").match(
                    text, end
                )
                if field is not None and not re.match(
                    r"\sof\s(?:the|a|an|his|her|its|their|this|that|both|all)\b", field.group()
                ):
                    value += field.group()
                    evidence = Span(evidence.start, max(evidence.end, field.end()))
    value = re.sub(r"^-[\w-]+\s", "", value)  # "a Porto Belo-based developer"
    if re.match(r"\sof\s(?:that|this|these|those|such)\b", text[end : end + 12]):
        return  # "the author of that remark"
    if not re.match(r"(?:one|two|some|another|former colleague|both)\b", value):
        yield Relation(near.id, "jobTitle", evidence, 0.85, value=value)


def _without_owner(words: str) -> str:
    """The description without article and possessor: *Norland's health minister* → *health minister*."""
    parts = re.split(r"(?<=\w)['’]s\s|(?<=s)['’]\s", words)
    value = parts[-1].strip()
    if len(parts) > 1 and value and value.split()[-1].lower() not in _OCCUPATION | _KINDS["organization"]:
        value = words.strip()
    leading = _LEADING.match(value)
    return value[leading.end() :] if leading and "'" not in leading.group() and "’" not in leading.group() else value


def _belonging(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*Ana Costa of the Harbour Union*: affiliation."""
    if one.kind != "Person" or one.form != "name" or " " not in one.span.of(stage.text):
        return
    joint = re.compile(r"\s(?:of|from)\s(?:the\s)?").match(stage.host, one.end)
    if joint is None:
        return
    org = stage.cast.starting(joint.end())
    if org is not None and org.kind == "Organization" and org.form in ("name", "acronym"):
        yield Relation(one.id, "affiliation", Span(one.start, org.end), 0.8, entity=org.id)


def _country(cast: Cast, id_: str) -> bool:
    return cast.members[id_].type == "Country"


def _nationality(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*the Danish shipowner Rasmus Holm*; *three Danish men — A, B and C*."""
    if one.form != "demonym" or not _country(stage.cast, one.id):
        return
    host, at = stage.host, one.end
    single = re.compile(r"\s(?P<np>(?:[a-z’'-]+\s){1,4})").match(host, at)
    if single is not None:
        person = _person_at(stage.cast, single.end())
        head = single.group("np").split()[-1]
        if person is not None and head in _OCCUPATION | {"man", "woman", "national", "citizen"}:
            yield Relation(person.id, "nationality", Span(one.start, person.end), 0.85, entity=one.id)
            if head in _OCCUPATION:
                yield Relation(
                    person.id, "jobTitle", Span(one.start, person.end), 0.8, value=single.group("np").strip()
                )
            return
    plural = _PLURAL_HEAD.match(host, at + 1)
    if plural is None or plural.group("head") not in _PEOPLE:
        return
    position = plural.end()
    group: list[Seen] = []
    while (person := _person_at(stage.cast, position)) is not None:
        group.append(person)
        joint = re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:\d{1,3},\s(?:and\s)?)?").match(host, person.end)
        if joint is None:
            break
        position = joint.end()
    if len(group) >= 2:
        for person in group:
            yield Relation(person.id, "nationality", Span(one.start, group[-1].end), 0.85, entity=one.id)


def _person_at(cast: Cast, at: int) -> Seen | None:
    one = cast.starting(at)
    return one if one is not None and one.kind == "Person" else None


# ---- organizations and places ------------------------------------------------------------------------------------


def _acronym(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*Harbour Rescue Association (HRA)*; *…, known as HRA,*."""
    opening = re.compile(r"\s\((?:the\s)?|,\s(?:also\s|better\s|commonly\s)?known as\s|,\sor\s").match(
        stage.host, one.end
    )
    if opening is None or one.form not in ("name", "acronym"):
        return
    other = stage.cast.starting(opening.end())
    printed = stage.text[opening.end() : opening.end() + 40]
    if other is not None and other.id == one.id:
        value, end = other.span.of(stage.text), other.end
    else:
        short = re.match(r"([A-Z][A-Za-z&]{1,9})\)", printed)
        if short is None or "(" not in opening.group() or not _initials(short.group(1), one.span.of(stage.text)):
            return
        value, end = short.group(1), opening.end() + len(short.group(1))
    if stage.text[end : end + 1] not in ("),"):
        return
    if "(" in opening.group():
        end += 1
    yield Relation(one.id, "alternateName", Span(one.span.start, end), 0.95, value=value)


def _initials(short: str, full: str) -> bool:
    """Whether the capitals of the short form stand in the same order at the beginnings of the words."""
    letters = iter(word[0].lower() for word in re.findall(r"\w+", full))
    return sum(c.isupper() for c in short) >= 2 and all(c.lower() in letters for c in short if c.isupper())


def _kind(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*the Black Fern gang* → description *gang*."""
    nouns = _KINDS.get({"Organization": "organization", "Place": "place"}.get(one.kind, ""), frozenset())
    if one.form not in ("name", "acronym") or not nouns:
        return
    after = re.compile(r"\s(?P<noun>[a-z-]+)(?=[\s.,;:)—–’'-]|$)").match(stage.host, one.end)
    before = stage.host[max(0, one.start - 24) : one.start]
    if after is None or after.group("noun") not in nouns or not re.search(r"(?:[Tt]he|['’]s)\s$", before):
        return
    yield Relation(one.id, "description", Span(one.start, after.end()), 0.85, value=after.group("noun"))


def _described(stage: Stage, near: Apposition, kind: str) -> Iterator[Relation]:
    nouns = _KINDS["organization" if kind == "Organization" else "work"]
    printed = re.split(r"\s(?:of|for|at|in|from|with)\s", near.words.of(stage.text))[0]
    article = re.match(r"(?:an?|the)\s", printed)
    if article is None or near.before:
        return
    value = printed[article.end() :]
    if value.split()[-1].lower() in nouns:
        yield Relation(near.id, "description", near.evidence, 0.85, value=value)


def _place(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*Porto Belo, Norland,* and *Norland's Grey Hill prison*: containedInPlace."""
    if one.kind != "Place" or one.form != "name":
        return
    host = stage.host
    wider = stage.cast.members[one.id].type in ("Country", "State", "AdministrativeArea")
    if wider:
        owner = _POSSESSED.match(host, one.end)
        inner = stage.cast.starting(owner.end()) if owner is not None else None
        if inner is None or inner.kind != "Place" or inner.id == one.id or inner.form not in ("name", "acronym"):
            return
        if stage.cast.members[inner.id].type != "Country":
            yield Relation(inner.id, "containedInPlace", Span(one.start, inner.end), 0.8, entity=one.id)
        return
    if host[one.end : one.end + 2] != ", ":
        return
    outer = stage.cast.starting(one.end + 2)
    if outer is None or outer.kind != "Place" or outer.form != "name" or outer.id == one.id:
        return
    if stage.cast.members[outer.id].type in ("Country", "State", "AdministrativeArea") and re.match(
        r"[,.;:)—–]|\s[—–(-]|$|\n", host[outer.end : outer.end + 2]
    ):
        listed = re.search(r",\s$", host[max(0, one.start - 2) : one.start]) or re.match(
            r",\s(?:and\s)?[A-Z]", host[outer.end : outer.end + 8]
        )
        if not listed:
            yield Relation(one.id, "containedInPlace", Span(one.start, outer.end), 0.85, entity=outer.id)


# ---- works -------------------------------------------------------------------------------------------------------


def _works(stage: Stage) -> Iterator[Relation]:
    cast, text, host = stage.cast, stage.text, stage.host
    works = [
        one
        for one in cast.seen
        if one.kind == "CreativeWork" and one.form == "name" and cast.members[one.id].type not in _CARRIERS
    ]
    series: dict[str, list[str]] = {}
    nouns = "|".join(sorted(_KINDS["work"]))
    kindly = re.compile(rf"\s(?:[a-z-]+\s)?(?:{nouns})\s?,?\s?[“\"‘'«]?$")
    for before, one in pairwise(works):
        if before.id == one.id or one.span.start - before.end > 40:
            continue
        if kindly.fullmatch(text[before.end : one.span.start]):
            yield Relation(one.id, "partOfSeries", Span(before.start, one.end), 0.8, entity=before.id)
            series.setdefault(before.id, []).append(one.id)
    for found in _DURATION.finditer(host):
        unit = found.group(2)
        count = (
            _NUMBERS.get(found.group(1)) or int(found.group(1))
            if found.group(1) not in _NUMBERS
            else _NUMBERS[found.group(1)]
        )
        if unit == "part":
            continue
        work = next((w for w in works if found.end() <= w.span.start <= found.end() + 60), None)
        if work is None or re.search(r"[.;:!?\n]", text[found.end() : work.start]):
            continue
        of_series = re.compile(rf"\s(?:[a-z-]+\s)?(?:{nouns})\b").match(text, work.end)
        subject = work.id
        evidence = Span(found.start(), work.end)
        if of_series is not None:
            parts = sorted(set(series.get(work.id, ())))
            if len(parts) != 1:
                continue
            subject, evidence = parts[0], Span(found.start(), of_series.end())
        yield Relation(subject, "duration", evidence, 0.8, value=f"PT{count}{unit[0].upper()}")
    yield from _profiled(stage, works)


def _profiled(stage: Stage, works: Sequence[Seen]) -> Iterator[Relation]:
    host, cast = stage.host, stage.cast
    for paragraph in stage.paragraphs:
        for found in _PROFILES.finditer(host, paragraph.section.span.start, paragraph.section.span.end):
            sentence = stage.sentence(paragraph, found.start())
            if found.group("noun") is None:
                before = host[max(0, found.start() - 4) : found.start()]
                work = cast.ending(found.start() - len(before) + len(before.rstrip(" ’'”\"")))
                id_ = work.id if work is not None and work.kind == "CreativeWork" else None
            else:
                floor = stage.paragraphs[max(0, paragraph.number - 1)].section.span.start
                near = {
                    w.id
                    for w in works
                    if floor <= w.span.start < found.start() and not cast.members[w.id].type.endswith("Series")
                }
                id_ = next(iter(near)) if len(near) == 1 else None
            if id_ is None:
                continue
            end = re.compile(r"\b(?:who|which|as|when|after|from|during|in)\b|[.;]").search(
                host, found.end(), sentence.end
            )
            stop = end.start() if end else sentence.end
            for one in cast.within(found.end(), stop):
                if one.kind in ("Person", "Organization", "Place") and one.form == "name":
                    yield Relation(id_, "about", Span(found.start(), one.end), 0.75, entity=one.id)
