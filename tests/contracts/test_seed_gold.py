"""The private seed article against its gold graph: who, where, what was said and done, and what must not be there.

Nothing here knows the article's names but the gold graph: entities are aligned by the mentions they share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from publication import Publication
from pyoxigraph import NamedNode

from kg import config, pipeline
from kg.authority import table
from kg.graph import vocabulary
from kg.model import Annotated, Event, Field, Span
from kg.vocab import NIF, NKG, PROV, RDF, SCHEMA

pytestmark = pytest.mark.shared

#: How many of the gold's parts must be found; the demand of the issue.
PEOPLE, PLACES, EVENTS, MENTIONS = 7, 4, 8, 70
_NOMINAL = "nominal"
_ROLES = (
    "agent",
    "object",
    "recipient",
    "instrument",
    "participant",
    "location",
    "toLocation",
    "fromLocation",
    "about",
)


@dataclass(frozen=True)
class GoldMention:
    """One mention of the gold graph, at its place in one text."""

    text: str
    span: Span
    form: str
    entity: str


class Gold:
    """The gold graph, asked by plain patterns."""

    def __init__(self, path: Path) -> None:
        self.store = ox.Store()
        self.store.load(path=str(path), format=ox.RdfFormat.TURTLE)

    def subjects(self, predicate: NamedNode, value: NamedNode) -> list[str]:
        return sorted(q.subject.value for q in self.store.quads_for_pattern(None, predicate, value, None))

    def values(self, subject: str, predicate: NamedNode) -> list[str]:
        found = self.store.quads_for_pattern(NamedNode(subject), predicate, None, None)
        return [q.object.value for q in found]

    def one(self, subject: str, predicate: NamedNode) -> str:
        return next(iter(self.values(subject, predicate)), "")

    def mentions(self) -> list[GoldMention]:
        rows = []
        for subject in self.subjects(RDF.type, NIF.Phrase):
            context = self.one(subject, NIF.referenceContext)
            rows.append(
                GoldMention(
                    self.one(context, NIF.isString),
                    Span(int(self.one(subject, NIF.beginIndex)), int(self.one(subject, NIF.endIndex))),
                    self.one(subject, NKG.mentionForm),
                    self.one(subject, NamedNode("http://www.w3.org/2005/11/its/rdf#taIdentRef")),
                )
            )
        return [m for m in rows if m.entity]

    def names(self, subject: str) -> set[str]:
        return {*self.values(subject, SCHEMA.name), *self.values(subject, SCHEMA.alternateName)}

    def __contains__(self, pair: tuple[str, NamedNode]) -> bool:
        return pair[1].value in self.values(pair[0], RDF.type)


@pytest.fixture(scope="module")
def gold(shared: Path) -> Gold:
    return Gold(shared / "model" / "gold_seed.ttl")


@pytest.fixture(scope="module")
def seed(shared: Path, root: Path) -> Annotated:
    """The seed as the real path reads and annotates it."""
    settings = config.load(root / "kg.toml")
    preparer = pipeline.Preparer.of(table.default(), settings["annotators"])
    [file] = (shared / "seed").glob("*.txt")
    prepared = preparer(pipeline.from_path(file, settings))
    assert prepared.error is None
    [annotated] = prepared.articles
    return annotated


def places(seed: Annotated) -> dict[tuple[str, Span], tuple[str, str]]:
    """(text of the field, span in it) → (entity id, form) of every published mention."""
    found: dict[tuple[str, Span], tuple[str, str]] = {}
    for entity in seed.entities:
        for mention in entity.mentions:
            field = seed.text.field_of(mention.span)
            start = field.span.start
            key = (field.span.of(seed.text.text), Span(mention.span.start - start, mention.span.end - start))
            found[key] = (entity.id, mention.form)
    return found


def aligned(seed: Annotated, gold: Gold) -> dict[str, str]:
    """Gold entity → our entity that shares most mentions with it; each of ours stands for one of the gold."""
    ours = places(seed)
    shared: Counter[tuple[str, str]] = Counter()
    for one in gold.mentions():
        exact = ours.get((one.text, one.span))
        if exact is not None:
            shared[one.entity, exact[0]] += 2
        elif one.form == _NOMINAL:
            for (text, span), (id_, form) in ours.items():
                if text == one.text and form == _NOMINAL and span.overlaps(one.span):
                    shared[one.entity, id_] += 1
    found: dict[str, str] = {}
    for (theirs, mine), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if theirs not in found and mine not in found.values():
            found[theirs] = mine
    return found


def test_all_people_and_places_are_there_by_name(seed: Annotated, gold: Gold) -> None:
    people = [s for s in gold.subjects(RDF.type, SCHEMA.Person) if (s, NKG.UnnamedPerson) not in gold]
    ours = {e.name: e.kind for e in seed.entities if not e.scoped}
    assert len(people) == PEOPLE
    assert {gold.one(s, SCHEMA.name) for s in people} <= {name for name, kind in ours.items() if kind == "Person"}
    kinds = (SCHEMA.Place, SCHEMA.Country, SCHEMA.GovernmentBuilding, SCHEMA.City)
    spots = sorted({s for kind in kinds for s in gold.subjects(RDF.type, kind)})
    assert len(spots) == PLACES
    assert {gold.one(s, SCHEMA.name) for s in spots} <= {name for name, kind in ours.items() if kind == "Place"}


def test_no_person_is_there_that_the_gold_does_not_have(seed: Annotated, gold: Gold) -> None:
    known = {n for s in gold.subjects(RDF.type, SCHEMA.Person) for n in gold.names(s)}
    assert {e.name for e in seed.entities if e.kind == "Person" and not e.scoped} <= known


def test_the_mentions_are_exact_and_of_the_same_entity(seed: Annotated, gold: Gold) -> None:
    ours, same = places(seed), aligned(seed, gold)
    wanted = [one for one in gold.mentions() if one.form != _NOMINAL]
    right: Counter[str] = Counter()
    missed = []
    for one in wanted:
        found = ours.get((one.text, one.span))
        if found is not None and same.get(one.entity) == found[0]:
            right[one.form] += 1
        else:
            missed.append(f"{one.form}: {one.span.of(one.text)} ({gold.one(one.entity, SCHEMA.name)})")
    total = Counter(one.form for one in wanted)
    report = ", ".join(f"{form} {right[form]}/{total[form]}" for form in sorted(total))
    print(f"seed mentions: {report}; missed: {missed}")
    assert sum(total.values()) == 74
    assert sum(right.values()) >= MENTIONS, (report, missed)


def test_both_direct_quotations_have_their_speakers_and_spans(seed: Annotated, gold: Gold) -> None:
    same = aligned(seed, gold)
    wanted = gold.subjects(RDF.type, NKG.DirectQuotation)
    assert len(wanted) == 2
    direct = [q for q in seed.quotations if q.kind == "direct"]
    assert len(direct) == len(wanted)
    for one in wanted:
        printed = gold.one(one, SCHEMA.text)
        [ours] = [q for q in direct if q.text == printed]
        assert ours.speaker == same[gold.one(one, SCHEMA.spokenByCharacter)]
        spans = {
            (gold.one(gold.one(s, NIF.referenceContext), NIF.isString), int(gold.one(s, NIF.beginIndex)))
            for s in gold.values(one, PROV.wasQuotedFrom)
        }
        assert {(_field(seed, s).span.of(seed.text.text), _inside(seed, s).start) for s in ours.spans} == spans


def _field(seed: Annotated, span: Span) -> Field:
    return seed.text.field_of(span)


def _inside(seed: Annotated, span: Span) -> Span:
    start = _field(seed, span).span.start
    return Span(span.start - start, span.end - start)


# ---- events ------------------------------------------------------------------------------------------------------


def fits(event: Event, wanted: str, gold: Gold, same: Mapping[str, str], events: Mapping[str, Event]) -> bool:
    """Whether an event of ours is the gold's: a class in common (or one above the other), no other status, and at
    least one participant in common, whatever the role."""
    known = vocabulary.load()
    theirs = [NamedNode(t) for t in gold.values(wanted, RDF.type) if t != SCHEMA.Event.value]
    ours = [_term(t) for t in event.types if _term(t) != SCHEMA.Event]
    if not any(a.value in known.above([b]) or b.value in known.above([a]) for a in ours for b in theirs):
        return False
    status = gold.one(wanted, SCHEMA.actionStatus).removeprefix(SCHEMA.iri).removesuffix("ActionStatus").lower()
    if status and event.status and status != event.status:
        return False
    taking_part = {same.get(v) for p in _ROLES for v in gold.values(wanted, SCHEMA[p])} - {None}
    return bool(taking_part & {role.entity for role in event.roles})


def _term(curie: str) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return {"schema": SCHEMA, "nkg": NKG}[prefix][local]


def test_the_events_are_found_with_type_participants_and_status(seed: Annotated, gold: Gold) -> None:
    same = aligned(seed, gold)
    events = {e.id: e for e in seed.events}
    wanted = gold.subjects(RDF.type, SCHEMA.Event)
    assert len(wanted) == 10
    candidates = {w: [e.id for e in seed.events if fits(e, w, gold, same, events)] for w in wanted}
    chosen = _paired(candidates)
    merged = [
        w
        for w in wanted
        if w not in chosen and candidates[w] and (w, NKG.Deportation) in gold  # the two may be one (model.md, B)
    ]
    missed = [gold.one(w, SCHEMA.name) for w in wanted if w not in chosen and w not in merged]
    print(f"seed events: {len(chosen) + len(merged)}/10; missed: {missed}")
    assert len(chosen) + len(merged) >= EVENTS, missed
    dates = {gold.one(w, SCHEMA.startDate) for w in wanted} - {""}
    assert {e.date for e in seed.events if e.date} == dates


def _paired(candidates: Mapping[str, list[str]]) -> dict[str, str]:
    """The largest one-to-one pairing (augmenting paths)."""
    owner: dict[str, str] = {}

    def place(wanted: str, tried: set[str]) -> bool:
        for one in candidates[wanted]:
            if one in tried:
                continue
            tried.add(one)
            if one not in owner or place(owner[one], tried):
                owner[one] = wanted
                return True
        return False

    for wanted in sorted(candidates):
        place(wanted, set())
    return {wanted: one for one, wanted in owner.items()}


def test_every_role_and_date_of_an_event_rests_on_words_of_one_field(seed: Annotated) -> None:
    for event in seed.events:
        for span in (event.span, *(role.evidence for role in event.roles)):
            assert _field(seed, span).span.covers(span)


def test_the_graph_of_the_seed_conforms_and_its_roles_have_evidence(shared: Path, tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    [file] = (shared / "seed").glob("*.txt")
    [outcome] = publication.add(pipeline.from_path(file, publication.settings))
    assert outcome.status == "stored", outcome.reason
    with publication.store.reader() as reader:
        report = publication.gate.check_store(reader.rdf)
        events = [q.subject for q in reader.rdf.quads_for_pattern(None, RDF.type, SCHEMA.Event, ox.DefaultGraph())]
    assert len(set(events)) >= EVENTS
    assert report.violations == ()
    assert [w for w in report.warnings if w.code[:1] in "ES"] == []


# ---- traps (model.md, B) -----------------------------------------------------------------------------------------


def test_nothing_is_invented(seed: Annotated) -> None:
    article = seed.article
    assert article.authors == ()
    assert (article.date_published, article.date_modified, article.url) == (None, None, None)
    assert all(image.url is None for image in article.images)
    assert all(not (event.date or "").startswith("20") for event in seed.events)
    assert all(entity.name != "James Boasberg" for entity in seed.entities)


def test_titles_and_scare_quotes_are_no_quotations(seed: Annotated, gold: Gold) -> None:
    titles = {
        n for kind in (SCHEMA.Movie, SCHEMA.TVSeries) for s in gold.subjects(RDF.type, kind) for n in gold.names(s)
    }
    texts = [q.text.strip("'’ ") for q in seed.quotations]
    assert not titles & set(texts)
    assert "political prisoners" not in texts


def test_a_prison_in_a_film_s_title_is_no_mention_of_the_prison(seed: Annotated) -> None:
    works = [m.span for e in seed.entities if e.kind == "CreativeWork" for m in e.mentions]
    others = [m.span for e in seed.entities if e.kind != "CreativeWork" for m in e.mentions]
    assert not [a for a in works for b in others if a.overlaps(b)]


def test_a_house_that_stands_for_a_government_is_no_place_of_an_event(seed: Annotated) -> None:
    house = {e.id for e in seed.entities if e.name == "White House"}
    assert not [r for e in seed.events for r in e.roles if r.entity in house and r.property.endswith("ocation")]


def test_a_label_before_a_colon_is_no_name(seed: Annotated) -> None:
    assert "Background" not in {e.name for e in seed.entities}


def test_contradicting_titles_both_stay_and_allegations_are_no_facts(seed: Annotated) -> None:
    titles = [f.value for f in seed.facts if f.property == "jobTitle"]
    assert {"President", "former President"} <= set(titles)
    said = [f.value or "" for f in seed.facts]
    assert not [v for v in said if "harsh" in v or "abusive" in v or "torture" in v]
    events = " ".join(e.name for e in seed.events)
    assert "torture" not in events
