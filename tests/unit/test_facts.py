"""Facts: what the words beside a name say of it, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest
from cast_fixture import article, marked

from kg.annotate.chain import annotate_text, defaults
from kg.annotate.facts import Facts
from kg.annotate.text import lay_out
from kg.authority import default


def facts(*paragraphs: str) -> set[tuple[str, str, str]]:
    text, layers = marked(article(*paragraphs))
    return {
        (str(a.args["subject"]), str(a.args["property"]), str(a.args["value"] or f"→{a.args['entity']}"))
        for a in Facts().annotate(text, layers)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Ana Costa left.", {("ana", "jobTitle", "Mayor")}),
        ("Mr Rui Dias left.", set()),
        ("Then former President Rui Dias spoke.", {("rui", "jobTitle", "former President")}),
        ("The health minister, Ana Costa, left.", {("ana", "jobTitle", "health minister")}),
        ("Ana Costa, 34, a retired nurse, left.", {("ana", "jobTitle", "retired nurse")}),
        (
            "Ana Costa, professor of migration law at the Supreme Court, left.",
            {("ana", "jobTitle", "professor of migration law")},
        ),
        (
            "Ana Costa, the chair of the Harbour Workers' Union, left.",
            {("ana", "jobTitle", "chair"), ("ana", "affiliation", "→union")},
        ),
        (
            "A spokesman for the interior ministry, Rui Dias, left.",
            {("rui", "jobTitle", "spokesman"), ("rui", "affiliation", "→ministry")},
        ),
        ("Ana Costa, a lawyer for the Harbour Workers' Union, left.", {("ana", "jobTitle", "lawyer")}),
        ("Norland's president, Rui Dias, left.", {("rui", "jobTitle", "president")}),
        ("Ana Costa of the Harbour Workers' Union left.", {("ana", "affiliation", "→union")}),
        (
            "The Norlander shipowner Rui Dias left.",
            {("rui", "jobTitle", "shipowner"), ("rui", "nationality", "→norland")},
        ),
        ("Rui Dias, a Norlander cook, left.", {("rui", "jobTitle", "cook"), ("rui", "nationality", "→norland")}),
        (
            "The film follows three Norlander men — Ana Costa, Rui Dias and Lena Holm — at sea.",
            {
                ("ana", "nationality", "→norland"),
                ("rui", "nationality", "→norland"),
                ("lena", "nationality", "→norland"),
            },
        ),
        ("The Harbour Workers' Union (HWU) met.", {("union", "alternateName", "HWU")}),
        ("The Harbour Workers' Union (Tuesday) met.", set()),
        ("They live in Porto Belo, Norland, by the sea.", {("porto", "containedInPlace", "→norland")}),
        ("They saw Porto Belo, Norland and Sudria.", set()),
        ("The 97-minute film “Salt and Iron” won.", {("film", "duration", "PT97M")}),
        (
            "Ana Costa was born in Porto Belo on 3 May 1970.",
            {("ana", "birthPlace", "→porto"), ("ana", "birthDate", "1970-05-03")},
        ),
        ("Ana Costa, 41, born in Porto Belo, left.", {("ana", "birthPlace", "→porto")}),
        (
            "Rui Dias, who was born in 1970 in Sudria, left.",
            {("rui", "birthDate", "1970"), ("rui", "birthPlace", "→sudria")},
        ),
        ("Ana Costa's brother, Rui Dias, left.", {("ana", "sibling", "→rui")}),
        ("Ana Costa’s husband Rui Dias left.", {("ana", "spouse", "→rui")}),
        ("Ana Costa founded the Harbour Workers' Union.", {("union", "founder", "→ana")}),
        ("The Harbour Workers' Union was founded by Ana Costa and others.", {("union", "founder", "→ana")}),
        ("The Harbour Workers' Union, founded in 1990, is old.", {("union", "foundingDate", "1990")}),
        ("The Harbour Workers' Union, based in Porto Belo, is old.", {("union", "location", "→porto")}),
        ("Hill Town, a subsidiary of the Harbour Workers' Union, left.", {("town", "parentOrganization", "→union")}),
        ("“Salt and Iron”, directed by Ana Costa, won.", {("film", "director", "→ana")}),
        ("Salt and Iron, a short film, won.", {("film", "description", "short film")}),
    ],
)
def test_a_fact_is_what_the_words_beside_the_name_say(text: str, expected: set[tuple[str, str, str]]) -> None:
    assert facts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "“Mayor Ana Costa is a thief,” said a man.",
        "Ana Costa, who was late, left.",
        "Ana Costa, the tall one, left.",
        "Ana Costa, Rui Dias, Lena Holm and others left.",
        "In Porto Belo, Ana Costa left.",
        "The Norlander government met Rui Dias.",
        "Rui Dias met the Norlander police. Ana Costa left.",
        "Critics say the 97-minute delay ruined Salt and Iron's evening show.",
        "Ana Costa wants to be mayor.",
        "Ana Costa was not born in Porto Belo.",
        "Rui Dias falsely claimed that Ana Costa was born in Porto Belo.",
        "Critics say Ana Costa was born in Porto Belo.",
        "Norland's annexation of Porto Belo went on.",
        "Then the author of that remark, Ana Costa, left.",
        "Ana Costa was born in spring.",
        "“Ana Costa's brother, Rui Dias, left,” a man said.",
        "Ana Costa's brothers, Rui Dias and Lena Holm, left.",
        "Ana Costa says the Harbour Workers' Union was founded on a lie.",
        "Ana Costa was the founder of Hill Town's rival.",
    ],
)
def test_what_is_quoted_wished_or_merely_near_is_no_fact(text: str) -> None:
    assert facts(text) - {("film", "duration", "PT97M")} == set()


@pytest.mark.parametrize("word", ["alleged", "suspected", "self-styled", "would-be"])
def test_what_somebody_is_only_said_to_be_is_no_job(word: str) -> None:
    assert facts(f"The {word} leader of the gang, Ana Costa, left.", f"Rui Dias, the {word} president, left.") == set()


def test_a_title_is_told_without_nationality_and_address() -> None:
    text = lay_out(article("The Portuguese novelist Elvira Tamsin met our correspondent Mr Corin Ashdown on Monday."))
    layers = annotate_text(text, defaults(default()))
    assert {one.args["value"] for one in layers["fact"] if one.args["property"] == "jobTitle"} == {
        "novelist",
        "correspondent",
    }


def test_values_that_contradict_each_other_both_stay() -> None:
    found = facts("President Rui Dias spoke.", "Later former President Rui Dias left.")
    assert found == {("rui", "jobTitle", "President"), ("rui", "jobTitle", "former President")}


def test_titles_that_differ_only_in_capitals_are_one() -> None:
    found = facts("The president, Rui Dias, spoke.", "President Rui Dias left.")
    assert found == {("rui", "jobTitle", "president")}


def test_a_work_is_about_those_it_profiles() -> None:
    found = facts("Salt and Iron opened on Friday. The documentary profiles Ana Costa and Rui Dias, who were at sea.")
    assert {f for f in found if f[1] == "about"} == {("film", "about", "→ana"), ("film", "about", "→rui")}


def test_every_fact_rests_on_words_that_name_its_subject() -> None:
    text, layers = marked(
        article("The health minister, Ana Costa, met Mayor Lena Holm of the Harbour Workers' Union (HWU).")
    )
    names = {a.ref: a.args["name"] for a in layers["coref"]}
    for a in Facts().annotate(text, layers):
        assert str(names[str(a.args["subject"])]) in a.span.of(text.text)


@pytest.mark.parametrize(
    "unit", ["Ana Costa, a lawyer, ", "the Norlander cook Rui Dias ", "Porto Belo, ", "97-minute "]
)
def test_endless_texts_are_read_in_one_pass(unit: str) -> None:
    assert isinstance(facts("Start. " + unit * (100_000 // len(unit))), set)


@pytest.mark.shared
def test_the_seed_s_facts(shared: Path) -> None:
    from seed_fixture import annotated

    found = annotated(shared)
    name = {e.id: e.name for e in found.entities}
    facts = {(name[f.subject], f.property, f.value or name.get(f.entity or "", "")) for f in found.facts}
    assert {v for n, p, v in facts if n == "Donald Trump" and p == "jobTitle"} == {"President", "former President"}
    assert {n for n, p, v in facts if p == "nationality" and v == "Venezuela"} == {
        "Juan José Ramos Ramos",
        "Andry Blanco Bonilla",
        "Wilmer Vega Sandia",
    }
    assert ("Tren de Aragua", "description", "gang") in facts
    assert ("Surviving CECOT", "duration", "PT11M") in facts
    assert not [f for f in found.facts if "harsh" in (f.value or "")]
