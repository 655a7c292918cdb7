"""Names, coreference, links and salience over small texts of our own and, where it is there, the seed article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from kg import authority
from kg.annotate import (
    annotate,
    annotate_line,
    coreference,
    lay_out,
    linking,
    names,
    ordered,
    preview,
    salience,
    silence,
)
from kg.annotate.lexicon import groups, mapping
from kg.annotate.tokens import tokenize
from kg.authority import Table, kind_of
from kg.errors import ConfigError, InputError
from kg.model import Annotated, Annotation, Article, Entity, Image, Paragraph, Span, Text
from kg.plugins import Annotator


@pytest.fixture(scope="module")
def table() -> Table:
    return authority.default()


@pytest.fixture(scope="module")
def chain(table: Table) -> tuple[Annotator, ...]:
    return ordered([module.annotator(table) for module in (names, coreference, linking, salience)])


@pytest.fixture(scope="module")
def read(table: Table, chain: tuple[Annotator, ...]):  # type: ignore[no-untyped-def]
    def reader(*paragraphs: str, headline: str = "A quiet day", **more: object) -> Annotated:
        article = Article(headline, tuple(Paragraph(one) for one in paragraphs), language="en", **more)  # type: ignore[arg-type]
        return annotate(article, authority=table, annotators=chain)

    return reader


def found(annotated: Annotated) -> dict[str, Entity]:
    return {one.name: one for one in annotated.entities}


def printed(annotated: Annotated, entity: Entity) -> list[str]:
    return [one.span.of(annotated.text.text) for one in entity.mentions]


# ---- text and tokens ---------------------------------------------------------------------------------------------


def test_fields_are_laid_end_to_end_and_the_body_is_the_articles_body() -> None:
    article = Article(
        "Head",
        (Paragraph("One."), Paragraph("Two.", "quote")),
        abstract="Short.",
        images=(Image(), Image(caption="A cap.")),
    )
    text = lay_out(article)
    assert [(one.name, one.span.of(text.text)) for one in text.fields] == [
        ("headline", "Head"),
        ("abstract", "Short."),
        ("body", article.body),
        ("caption-1", "A cap."),
    ]
    assert [(one.kind, one.span.of(text.text)) for one in text.sections] == [
        ("headline", "Head"),
        ("abstract", "Short."),
        ("paragraph", "One."),
        ("block_quote", "Two."),
        ("caption", "A cap."),
    ]


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("Mr. Low left. He ran.", ["Mr. Low left.", "He ran."]),
        ("The U.S. Army came. It left the U.S. The end.", ["The U.S. Army came.", "It left the U.S.", "The end."]),
        ("“Go!” she said. “Now.” He went.", ["“Go!” she said.", "“Now.”", "He went."]),
        ("Acme Inc. said no. J. R. Low agreed.", ["Acme Inc. said no.", "J. R. Low agreed."]),
        ("One\nTwo", ["One", "Two"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(words: str, sentences: list[str]) -> None:
    text = lay_out(Article("H", (Paragraph(words),)))
    got = [one.span.of(text.text) for one in tokenize(text).sentences if one.section.kind == "paragraph"]
    assert got == sentences


def test_tokens_can_be_found_by_offset() -> None:
    text = lay_out(Article("Ann Low ran", ()))
    tokens = tokenize(text)
    assert list(tokens.words) == ["Ann", "Low", "ran"]
    assert tokens.at(5) == 1
    assert list(tokens.within(Span(0, 7))) == [0, 1]


# ---- the chain ---------------------------------------------------------------------------------------------------


class Fake:
    version = "1"

    def __init__(
        self, name: str, needs: Iterable[str], gives: Iterable[str], *, states: Annotation | None = None
    ) -> None:
        self.name = name
        self.needs = frozenset(needs)
        self.gives = frozenset(gives)
        self.states = states

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        return [self.states] if self.states is not None else []

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        return [tuple(self.annotate(*one)) for one in texts]


def test_annotators_are_ordered_by_the_layers_they_need() -> None:
    last, first = Fake("last", ["a", "b"], ["c"]), Fake("first", [], ["a"])
    middle = Fake("middle", ["a"], ["b"])
    assert [one.name for one in ordered([last, middle, first])] == ["first", "middle", "last"]


def test_a_layer_nobody_gives_and_a_circle_are_configuration_errors() -> None:
    with pytest.raises(ConfigError, match="'lonely' needs the layer 'x'"):
        ordered([Fake("lonely", ["x"], ["y"])])
    with pytest.raises(ConfigError, match="one, two wait for each other"):
        ordered([Fake("one", ["b"], ["a"]), Fake("two", ["a"], ["b"])])


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (Annotation(Span(0, 9999), "a", None, None, 0.5, "fake@1"), "span 0,9999"),
        (Annotation(Span(0, 1), "b", None, None, 0.5, "fake@1"), "layer 'b'"),
        (Annotation(Span(0, 1), "a", None, None, 1.5, "fake@1"), "score 1.5"),
    ],
)
def test_a_plug_in_that_states_nonsense_is_named(states: Annotation, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        annotate(Article("Head"), authority=Table(), annotators=[Fake("fake", [], ["a"], states=states)])


def test_a_text_in_another_language_is_not_annotated_and_says_so(table: Table) -> None:
    annotated = annotate(
        Article("Der Fluss", (Paragraph("In Berlin sprach Angela Merkel."),), language="de"), authority=table
    )
    assert annotated.entities == ()
    assert annotated.layers == ()
    assert "'de'" in str(silence(annotated.text))


def test_an_unmarked_text_in_another_language_is_recognised_as_such() -> None:
    words = "Der Fluss trat am Sonntag über die Ufer und viele Menschen mussten ihre Häuser verlassen. " * 5
    assert silence(lay_out(Article("Der Fluss", (Paragraph(words),)))) is not None
    english = "The river burst its banks on Sunday and many people had to leave their homes in the town. " * 5
    assert silence(lay_out(Article("The river", (Paragraph(english),)))) is None


# ---- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "name", "type"),
    [
        ("Yesterday Olga Brandt, a lawyer, left.", "Olga Brandt", "Person"),
        ("It was Prime Minister Haldor Vesk who left.", "Haldor Vesk", "Person"),
        ("They met former U.S. Secretary of State Hollis Grane there.", "Hollis Grane", "Person"),
        ("The inquiry heard Quillon Marsh, 34, on Monday.", "Quillon Marsh", "Person"),
        ("He wrote to the Ministry of Health and Welfare.", "Ministry of Health and Welfare", "GovernmentOrganization"),
        ("She studied at the University of Veldmark.", "University of Veldmark", "CollegeOrUniversity"),
        ("He joined the Velden gang at twelve.", "Velden", "Organization"),
        ("They sued Ostrava Freight Ltd over it.", "Ostrava Freight Ltd", "Corporation"),
        ("It flooded the village of Oxmoor again.", "Oxmoor", "Place"),
        ("She was born in 1935 in Oxmoor, the daughter of a clerk.", "Oxmoor", "Place"),
        ("The boat sank in the river Wend at night.", "Wend", "RiverBodyOfWater"),
        ("Critics praised the film “The Glass Harbour” on Monday.", "The Glass Harbour", "Movie"),
        ("He read her novel 'Low Water' twice.", "Low Water", "Book"),
        ("It was worse than Hurricane Odile was.", "Hurricane Odile", "Event"),
        ("The Vesk administration declined to answer.", "Vesk administration", "GovernmentOrganization"),
        ("It hit the Members' Trust hard.", "Members' Trust", "NGO"),
    ],
)
def test_a_name_gets_its_bounds_and_class(read, sentence: str, name: str, type: str) -> None:  # type: ignore[no-untyped-def]
    entities = found(read(sentence))
    assert name in entities
    assert entities[name].type == type


@pytest.mark.parametrize(
    "sentence",
    [
        "Background: the law was passed in March, on a Monday.",
        "I’m sure, he said. It's what I've said before.",
        "Separately, the President and the Prime Minister spoke.",
        "“The rule is not ‘Political Prisoners’ first,” she said.",
        "The freighter Grey Heron passed. The Grey Heron did not stop.",
        "It was 3 PM GMT and the CEO watched TV.",
        'She became known for "The Copper Staircase", which nobody bought.',
        "He had a manual in Norwegian, and they spoke Polish.",
    ],
)
def test_what_is_no_name_of_a_thing_gives_no_entity(read, sentence: str) -> None:  # type: ignore[no-untyped-def]
    assert [one.name for one in read(sentence).entities] == []


def test_a_title_is_kept_beside_the_name_and_not_in_it(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("They met former U.S. Secretary of State Hollis Grane there.")
    name = next(one for one in annotated.layers if one.kind == "name" and one.type == "Person")
    title = name.args["title"]
    assert isinstance(title, Span)
    assert title.of(annotated.text.text) == "former U.S. Secretary of State"
    assert "United States" in found(annotated)


def test_a_nickname_in_marks_is_no_office(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("On Monday Representative William “Duke” Harrow spoke. Harrow left early.")
    assert [one.name for one in annotated.entities if one.kind == "Person"] == ["William “Duke” Harrow"]


def test_whom_somebody_works_for_is_no_part_of_the_name(read) -> None:  # type: ignore[no-untyped-def]
    names = found(read("She told Detective Owen Slate of the Oxmoor Police Department that she had left."))
    assert {name: one.kind for name, one in names.items()}["Owen Slate"] == "Person"
    assert not any("Slate of" in name for name in names)


def test_a_title_case_headline_is_read_by_the_names_of_the_body(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read(
        "Olga Brandt, a lawyer, sued the town. Brandt said the Harbour Court (HC) was slow.",
        headline="Brandt Challenges Slow Court — Offers to Move Entire Case After HC Criticism",
    )
    entities = found(annotated)
    assert printed(annotated, entities["Olga Brandt"]) == ["Brandt", "Olga Brandt", "Brandt"]
    assert printed(annotated, entities["Harbour Court"]) == ["HC", "Harbour Court", "HC"]
    assert set(entities) == {"Olga Brandt", "Harbour Court"}


def test_a_demonym_is_a_mention_of_its_country_and_no_entity(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("Three Venezuelan men were deported. Venezuelans protested.")
    entities = found(annotated)
    assert set(entities) == {"Venezuela"}
    assert [one.form for one in entities["Venezuela"].mentions] == ["demonym", "demonym"]
    assert entities["Venezuela"].authority is not None


def test_in_a_text_on_sport_a_country_that_plays_is_its_team_and_no_entity_beside_the_country(read) -> None:  # type: ignore[no-untyped-def]
    sport = "The striker scored a late goal in the last match of the season."
    annotated = read(f"Portugal beat Estonia in Lisbon. {sport}")
    names = [one for one in annotated.layers if one.kind == "name"]
    assert [(one.type, one.args["form"]) for one in names[:2]] == [("SportsTeam", "metonym")] * 2
    assert {one.name: one.type for one in annotated.entities} == {
        "Portugal": "Country",
        "Estonia": "Country",
        "Lisbon": "City",
    }
    assert {one.form for entity in annotated.entities[:2] for one in entity.mentions} == {"metonym"}
    assert found(read("Portugal beat Estonia to the signing of the treaty."))["Portugal"].type == "Country"


def test_every_annotation_says_by_whom_and_how_sure(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("Olga Brandt left Lisbon for Paris.")
    assert annotated.layers
    for one in annotated.layers:
        assert "@" in one.by
        assert 0 <= one.score <= 1


def test_names_do_not_overlap_and_the_same_text_gives_the_same_layers(read) -> None:  # type: ignore[no-untyped-def]
    words = "PBS Frontline and El Salvador's Terrorism Confinement Center (CECOT), said Ann Low of Low Water Co."
    first, second = read(words), read(words)
    assert first == second
    spans = [one.span for one in first.layers if one.kind == "name"]
    assert all(not a.overlaps(b) for a, b in pairwise(spans))


# ---- coreference -------------------------------------------------------------------------------------------------


def test_given_names_before_the_full_names_go_to_the_people_named_later(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read(
        "Viewers could hear Juan, Andry, and Wilmer speak.",
        "It shows Juan Pérez Gil, Andry Soto Lima and Wilmer Rojas Vega.",
    )
    entities = found(annotated)
    assert printed(annotated, entities["Juan Pérez Gil"]) == ["Juan", "Juan Pérez Gil"]
    assert printed(annotated, entities["Andry Soto Lima"]) == ["Andry", "Andry Soto Lima"]
    assert printed(annotated, entities["Wilmer Rojas Vega"]) == ["Wilmer", "Wilmer Rojas Vega"]


def test_two_people_with_one_surname_stay_apart(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read(
        "Anna Holm and her brother Peter Holm came.",
        "Holm said nothing.",
        "Anna Holm spoke first. Holm said it was late.",
    )
    entities = found(annotated)
    assert printed(annotated, entities["Anna Holm"]) == ["Anna Holm", "Anna Holm", "Holm"]
    assert printed(annotated, entities["Peter Holm"]) == ["Peter Holm"]
    doubtful = annotated.text.text.index("Holm said nothing")
    assert all(one.span.start != doubtful for entity in annotated.entities for one in entity.mentions)


def test_an_acronym_and_a_short_form_join_the_full_name(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read(
        "The Coastal Rescue Association (CRA) sued Ostrava Shipping.",
        "CRA said so. Later Ostrava said the CRA was wrong.",
    )
    entities = found(annotated)
    assert printed(annotated, entities["Coastal Rescue Association"]) == [
        "Coastal Rescue Association",
        "CRA",
        "CRA",
        "CRA",
    ]
    assert printed(annotated, entities["Ostrava Shipping"]) == ["Ostrava Shipping", "Ostrava"]
    assert entities["Coastal Rescue Association"].alternate_names == ("CRA",)


def test_clusters_are_numbered_by_first_mention(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("Olga Brandt met Haldor Vesk in Lisbon. Vesk said no.")
    assert [one.name for one in annotated.entities] == ["Olga Brandt", "Haldor Vesk", "Lisbon"]
    assert [one.id for one in annotated.entities] == ["e0", "e1", "e2"]


# ---- links and salience ------------------------------------------------------------------------------------------


def test_two_names_of_one_row_are_one_entity_under_the_rows_name(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("The U.S. sent help. The United States did not say more.")
    entity = found(annotated)["United States"]
    assert printed(annotated, entity) == ["U.S.", "United States"]
    assert entity.type == "Country"


def test_a_row_of_another_kind_is_no_candidate(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("Mayor Paris Quigley spoke. Quigley said no.")
    assert [(one.kind, one.authority) for one in annotated.entities] == [("Person", None)]


def test_an_article_is_about_what_its_headline_names(read) -> None:  # type: ignore[no-untyped-def]
    annotated = read("Olga Brandt, a lawyer, met Haldor Vesk in Lisbon.", headline="Lisbon court hears lawyer")
    assert {one.name: one.about for one in annotated.entities} == {
        "Lisbon": True,
        "Olga Brandt": False,
        "Haldor Vesk": False,
    }


# ---- answers -----------------------------------------------------------------------------------------------------


def test_a_preview_has_every_key_even_for_an_empty_article(table: Table) -> None:
    made = preview(annotate(Article("Head"), authority=table))
    assert list(made) == [
        "publisher",
        "section",
        "headline",
        "alternative_headline",
        "description",
        "authors",
        "date_published",
        "date_modified",
        "language",
        "body",
        "images",
        "entities",
        "quotations",
        "events",
        "dropped",
    ]


def test_a_preview_names_the_kind_and_the_finer_class(read, table: Table) -> None:  # type: ignore[no-untyped-def]
    made = preview(read("They met in Lisbon."), authority=table)
    assert made["entities"] == [
        {
            "name": "Lisbon",
            "type": "Place",
            "mentions": ["Lisbon"],
            "iri": None,
            "same_as": list(table.get(str(table.candidates("Lisbon")[0].id)).same_as),  # type: ignore[union-attr]
            "subtype": "City",
        }
    ]


def test_a_line_is_answered_with_offsets_into_its_text(table: Table, chain: tuple[Annotator, ...]) -> None:
    text = "😀 Olga Brandt left.\n\nBrandt said no."
    made = annotate_line({"id": 7, "text": text}, authority=table, annotators=chain)
    mentions = made["mentions"]
    assert isinstance(mentions, list)
    assert made["id"] == 7
    assert [text[one["start"] : one["end"]] for one in mentions] == ["Olga Brandt", "Brandt"]
    assert {one["cluster"] for one in mentions} == {"e0"}
    assert made["quotations"] == []
    assert made["events"] == []


@pytest.mark.parametrize("line", [{}, {"text": 3}, "text", None])
def test_a_line_without_text_is_refused(table: Table, line: object) -> None:
    with pytest.raises(InputError, match='"text"'):
        annotate_line(line, authority=table, annotators=())


@pytest.mark.parametrize(
    "body",
    [
        "' " * 20_000,
        "“" * 40_000,
        "U.S. " * 8_000,
        "University of " * 3_000,
        "A\n" * 20_000,
        "a-" * 20_000,
        "\u202eשלום Bukele \x07 </script> " * 1_000,
        "John Smith met Jane Smith. Smith said no. " * 1_000,
    ],
)
def test_hostile_text_is_annotated_like_any_other(read, body: str) -> None:  # type: ignore[no-untyped-def]
    annotated = read(body)
    assert all(one.span.end <= len(annotated.text.text) for one in annotated.layers)


def test_every_class_in_the_word_lists_is_a_class_of_schema_org() -> None:
    outside = {"Vehicle", "Product"}  # names of things the graph does not hold
    classes = {type_ for name in ("heads", "firsts", "nouns") for type_ in groups(name)}
    assert [one for one in sorted(classes) if kind_of(one) is None and one not in outside] == []
    assert mapping("nouns")["village"] == "Place"


# ---- the seed article --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed(shared: Path, table: Table, chain: tuple[Annotator, ...]) -> Annotated:
    file = next((shared / "seed").glob("*.txt"))
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    body = [lines[at] for at in (6, 7, 10, 11, 12, 13, 16, 17, 18)]
    article = Article(
        lines[2],
        tuple(Paragraph(one) for one in body),
        abstract=lines[5],
        images=tuple(Image(caption=lines[at]) for at in (4, 9, 15)),
        publisher=lines[0],
        language="en",
    )
    return annotate(article, authority=table, annotators=chain)


@pytest.mark.shared
def test_the_seed_names_its_seven_people_and_no_other(seed: Annotated) -> None:
    assert sorted(one.name for one in seed.entities if one.kind == "Person") == [
        "Andry Blanco Bonilla",
        "Donald Trump",
        "Hillary Clinton",
        "Juan José Ramos Ramos",
        "Kilmar Abrego Garcia",
        "Nayib Bukele",
        "Wilmer Vega Sandia",
    ]


@pytest.mark.shared
def test_the_seeds_places_organizations_and_works_are_found(seed: Annotated) -> None:
    entities = found(seed)
    assert {"El Salvador", "United States", "Venezuela", "Terrorism Confinement Center"} <= set(entities)
    assert {"PBS", "Trump administration", "Tren de Aragua", "Salvadoran government"} <= set(entities)
    assert {"Surviving CECOT", "Frontline", "X"} <= set(entities)
    assert {one.form for one in entities["Venezuela"].mentions} == {"demonym"}
    assert any(printed(seed, one) == ["ICE"] and one.kind == "Organization" for one in seed.entities)
    assert "CECOT" in entities["Terrorism Confinement Center"].alternate_names
    assert not {"Background", "CRBC News", "Curious", "Related Articles"} & set(entities)


@pytest.mark.shared
def test_the_seeds_surnames_and_given_names_go_to_their_people(seed: Annotated) -> None:
    entities = found(seed)
    assert set(printed(seed, entities["Nayib Bukele"])) == {"Nayib Bukele", "Bukele"}
    assert printed(seed, entities["Nayib Bukele"])[0] == "Bukele"  # the headline
    assert set(printed(seed, entities["Hillary Clinton"])) == {"Hillary Clinton", "Clinton"}
    assert printed(seed, entities["Wilmer Vega Sandia"]) == ["Wilmer", "Wilmer Vega Sandia", "Wilmer"]
    assert {one.name for one in seed.entities if one.about} >= {"Nayib Bukele", "Hillary Clinton", "El Salvador"}


# ---- the ends of a way -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("On Monday the ferry to Wexmoor was late.", {"Wexmoor"}),
        ("Storms stopped the ferry between Den Oldmar and Wexmoor.", {"Den Oldmar", "Wexmoor"}),
        ("She took a train from Ostveld to Wexmoor.", {"Ostveld", "Wexmoor"}),
        ("The crew sailed to Wexmoor.", {"Wexmoor"}),
    ],
)
def test_an_unknown_name_at_the_end_of_a_way_is_a_place(read, sentence: str, places: set[str]) -> None:  # type: ignore[no-untyped-def]
    assert places <= {name for name, one in found(read(sentence)).items() if one.kind == "Place"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The letter to Wexmoor was late.",
        "The talks between Ostveld and Wexmoor ended.",
        "She drove to Wexmoor's house.",
        "The fans took the train to WXM.",
        "The guard gave the train ticket to Wexmoor.",
    ],
)
def test_a_name_after_to_or_between_alone_is_no_place(read, sentence: str) -> None:  # type: ignore[no-untyped-def]
    assert not [name for name, one in found(read(sentence)).items() if one.kind == "Place"]
