"""Which rows the names of a text are linked to, on names marked by hand and a small table."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping

import pytest

from kg.annotate.archive import Archive
from kg.annotate.coreference import Coreference
from kg.annotate.linking import DOUBTFUL, LINKED, Linking
from kg.annotate.text import lay_out
from kg.authority import Table
from kg.model import Annotation, Article, Paragraph, Span
from kg.plugins import Thing


def _thing(
    id: str, type_: str, name: str, *aliases: str, within: str | None = None, about: str = "", **more: object
) -> Thing:
    return Thing(id, type_, name, tuple(aliases), contained_in=within, description=about, **more)  # type: ignore[arg-type]


_ROWS = (
    Thing("norland", "Country", "Norland", (), ("Norlander", "Norlanders")),
    Thing("sudria", "Country", "Sudria", (), ("Sudrian",)),
    _thing("west-holm", "State", "West Holm", within="norland"),
    _thing("zalk-n", "City", "Zalk", within="west-holm", about="city in Norland"),
    _thing("zalk-s", "City", "Zalk", within="sudria", about="city in Sudria"),
    _thing("porto", "City", "Porto Belo", within="norland"),
    _thing("brandt", "City", "Brandt", within="norland"),
    _thing("jackson", "City", "Jackson", within="norland"),
    _thing("harrison", "City", "Harrison", within="west-holm"),
    _thing("reading", "City", "Reading", within="norland"),
    _thing("vasto", "State", "Vasto", within="sudria", population=900_000),
    _thing("vasto-city", "City", "Vasto City", "Vasto", within="vasto", population=400_000),
    _thing("costa", "Person", "Ana Costa", about="painter from Sudria"),
    _thing("costa-2", "Person", "Ana Costa", about="judge from Norland"),
    _thing("dias", "Person", "Rui Dias", "R. M. Dias"),
    _thing("veritas", "Corporation", "Veritas"),
    _thing("cia", "GovernmentOrganization", "Coastal Inspection Authority", "CIA", about="agency of Norland"),
    _thing("court", "GovernmentOrganization", "Supreme Court", about="highest court of Norland"),
    _thing("abc-1", "Organization", "Allied Boat Club", "ABC"),
    _thing("abc-2", "Organization", "Annual Book Congress", "ABC"),
)
_KINDS = {"P": "Person", "L": "Place", "O": "Organization"}
_MARK = re.compile(r"\[([PLO])([~!]?):([^\]]+)\]")
_SPORT = "The striker scored a goal before half-time and the coach of the team praised the match."


def stated(
    *paragraphs: str,
    lessons: Mapping[str, Mapping[str | None, int]] | None = None,
    archive: Archive | None = None,
    layer: str = "link",
) -> list[tuple[str, str | None, float]]:
    """(surface, row, score) of each annotation of a layer; names are marked ``[L:Zalk]``, ``[L~:Norlander]``."""
    plain: list[str] = []
    marks = []
    for part in paragraphs:
        made, at = "", 0
        for found in _MARK.finditer(part):
            made += part[at : found.start()]
            marks.append((len(plain), len(made), found[1], found[2], found[3]))
            made += found[3]
            at = found.end()
        plain.append(made + part[at:])
    text = lay_out(Article(headline="Talks go on", paragraphs=tuple(Paragraph(one) for one in plain), language="en"))
    names = []
    for part_at, at, kind, form, surface in marks:
        start = text.sections[part_at + 1].span.start + at
        args = {"kind": _KINDS[kind], "form": {"~": "demonym", "!": "acronym"}.get(form, "name")}
        names.append(Annotation(Span(start, start + len(surface)), "name", _KINDS[kind], None, 0.9, "hand@1", args))
    table = Table(_ROWS)
    layers = {"name": tuple(names)}
    layers["coref"] = tuple(Coreference(table).annotate(text, layers))
    linker = Linking(table, lessons, archive)
    return [(one.span.of(text.text), one.ref, one.score) for one in linker.annotate(text, layers) if one.kind == layer]


def linked(*paragraphs: str, **more: object) -> dict[str, str | None]:
    """Surface → row."""
    return {surface: row for surface, row, _ in stated(*paragraphs, **more)}  # type: ignore[arg-type]


def test_every_mention_of_a_cluster_carries_its_row() -> None:
    assert stated("[L:Norland] voted. A [L~:Norlander] cheered in [L:Norland].") == [
        ("Norland", "norland", 0.93),
        ("Norlander", "norland", 0.93),
        ("Norland", "norland", 0.93),
    ]


def test_two_towns_of_one_name_give_no_link_but_candidates() -> None:
    assert linked("He lives in [L:Zalk].") == {}
    assert {row for _, row, _ in stated("He lives in [L:Zalk].", layer="candidate")} == {"zalk-n", "zalk-s"}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("He lives in [L:Zalk], [L:Sudria].", "zalk-s"),
        ("He lives in [L:Zalk], [L:West Holm].", "zalk-n"),
        ("[L:Sudria] voted. He lives in [L:Zalk].", "zalk-s"),
        ("A [L~:Norlander] lives in [L:Zalk].", "zalk-n"),
    ],
)
def test_what_a_town_is_named_with_tells_which_it_is(text: str, row: str) -> None:
    assert linked(text)["Zalk"] == row


def test_a_town_after_a_comma_of_another_country_is_not_linked() -> None:
    assert "Porto Belo" not in linked("He lives in [L:Porto Belo], [L:Sudria].")
    assert linked("He visited [L:Porto Belo], [L:Sudria] and [L:Norland].")["Porto Belo"] == "porto"


def test_a_town_before_a_state_it_does_not_lie_in_is_another_town() -> None:
    assert "Porto Belo" not in linked("He lives in [L:Porto Belo], [L:Vasto], and in [L:Norland].")


def test_a_name_in_a_row_of_states_is_a_state() -> None:
    assert linked("It rained in [L:Vasto], [L:West Holm] and elsewhere.")["Vasto"] == "vasto"


def test_a_name_before_a_governor_is_a_state() -> None:
    assert linked("He met [L:Vasto] Governor Holm. [L:Sudria] waits.")["Vasto"] == "vasto"


def test_a_surname_is_a_town_where_the_text_names_its_region() -> None:
    assert linked("[L:Harrison] was quiet.") == {}
    assert linked("[L:Harrison] was quiet. [L:West Holm] slept.")["Harrison"] == "harrison"


def test_a_large_city_comes_before_the_state_of_its_name() -> None:
    assert linked("He lives in [L:Vasto]. [L:Sudria] waits.")["Vasto"] == "vasto-city"


def test_a_person_is_linked_by_a_full_name_only() -> None:
    assert linked("[P:Dias] spoke.") == {}
    assert linked("[P:Rui Dias] spoke. [P:Dias] left.") == {"Rui Dias": "dias", "Dias": "dias"}
    assert linked("[P:Rui M. Dias] spoke.") == {"Rui M. Dias": "dias"}


def test_of_two_people_of_one_name_the_text_chooses_by_what_they_are() -> None:
    assert linked("[P:Ana Costa] spoke.") == {}
    assert linked("[P:Ana Costa], a painter, showed her pictures in [L:Sudria].")["Ana Costa"] == "costa"


def test_a_place_that_is_somebodys_name_in_the_text_is_no_place() -> None:
    assert linked("[P:Olga Brandt] spoke. [L:Brandt] was there.") == {}
    assert linked("[P:Olga Brandt] spoke. She lives in [L:Brandt].") == {"Brandt": "brandt"}


@pytest.mark.parametrize("name", ["Jackson", "Reading"])
def test_a_surname_or_a_common_word_is_a_place_only_where_a_place_stands(name: str) -> None:
    assert linked(f"[L:{name}] was quiet.") == {}
    assert [row for _, row, _ in stated(f"[L:{name}] was quiet.", layer="candidate")] == [name.lower()]
    assert linked(f"He was born near [L:{name}].") == {name: name.lower()}


def test_in_a_text_on_sport_a_place_is_linked_only_where_it_is_no_team() -> None:
    assert linked(f"[L:Norland] met [L:Sudria]. {_SPORT}") == {}
    found = stated(f"[L:Norland] met [L:Sudria] in [L:Porto Belo]. Fans came from all over [L:Norland]. {_SPORT}")
    assert [(surface, row) for surface, row, _ in found] == [("Porto Belo", "porto")]


def test_letters_that_the_text_explains_otherwise_are_not_the_known_body() -> None:
    assert linked("The [O!:CIA] met in [L:Norland].")["CIA"] == "cia"
    assert "CIA" not in linked("A crisis impact assessment (CIA) is due. The [O!:CIA] met in [L:Norland].")
    assert "CIA" not in linked("The [O:Cooks Institute of Art] ([O!:CIA]) met. The [O!:CIA] is new in [L:Norland].")


def test_short_letters_of_two_bodies_are_neither() -> None:
    assert linked("The [O!:ABC] met.") == {}


def test_a_supreme_court_in_a_text_on_another_country_is_another_court() -> None:
    assert linked("The [O:Supreme Court] ruled. [L:Norland] waits.")["Supreme Court"] == "court"
    assert "Supreme Court" not in linked("The [O:Supreme Court] ruled. [L:Sudria] waits. A [L~:Sudrian] said so.")


def test_a_longer_name_than_the_table_knows_is_another_body() -> None:
    assert linked("[O:Veritas Boat Builders] opened. [O:Veritas] is new.") == {}
    assert linked("[O:Veritas Inc.] opened.") == {"Veritas Inc.": "veritas"}


def test_the_archive_tells_what_a_name_meant_and_who_is_named_with_whom() -> None:
    often = Archive(meant={"Zalk": {"zalk-s": 40}})
    assert linked("He lives in [L:Zalk].", archive=often) == {"Zalk": "zalk-s"}
    met = Archive(together={"costa-2": {"dias": 7}, "dias": {"costa-2": 7}})
    assert linked("[P:Ana Costa] met [P:Rui Dias].", archive=met) == {"Ana Costa": "costa-2", "Rui Dias": "dias"}
    assert not Archive()
    assert pickle.loads(pickle.dumps(often)) == often


def test_reviewers_lessons_choose_turn_down_and_doubt() -> None:
    text = "He lives in [L:Zalk]."
    assert linked(text, lessons={"Zalk": {"zalk-n": 8}}) == {"Zalk": "zalk-n"}
    assert linked(text, lessons={"Zalk": {"zalk-n": -1}}) == {}  # nobody said that it is the other
    assert linked(f"{text} [L:Sudria] waits.", lessons={"Zalk": {"zalk-n": -1}})["Zalk"] == "zalk-s"
    assert "Zalk" not in linked(f"{text} [L:Sudria] waits.", lessons={"Zalk": {"zalk-s": -1}})
    assert linked("[P:Rui Dias] spoke.", lessons={"Rui Dias": {"dias": -1}}) == {}
    assert linked("[P:Rui Dias] spoke.", lessons={"Rui Dias": {None: 1}}) == {"Rui Dias": "dias"}
    assert linked("[P:Rui Dias] spoke.", lessons={"Rui Dias": {None: 5}}) == {}


def test_no_lessons_and_an_empty_archive_change_nothing() -> None:
    text = "[P:Ana Costa] met [P:Rui Dias] in [L:Zalk], [L:Sudria]."
    assert stated(text) == stated(text, lessons={}, archive=Archive())


def test_a_link_of_little_certainty_is_a_candidate_too_and_no_other() -> None:
    text = "[P:Rui Dias] met [P:Ana Costa] in [L:Zalk]. [L:Sudria] and [L:Jackson] wait."
    rows = {surface: row for surface, row, _ in stated(text)}
    assert rows == {"Rui Dias": "dias", "Zalk": "zalk-s", "Sudria": "sudria"}
    assert all(LINKED <= score <= 1 for _, _, score in stated(text))
    candidates = stated(text, layer="candidate")
    assert {surface for surface, _, _ in candidates} == {"Ana Costa", "Jackson"}
    doubtful = stated("He lives in [L:Zalk].", archive=Archive(meant={"Zalk": {"zalk-s": 2}}), layer="candidate")
    assert [(row, score < DOUBTFUL) for _, row, score in doubtful] == [("zalk-s", True), ("zalk-n", True)]


def test_a_links_score_does_not_change_with_what_the_archive_counts() -> None:
    often, more = (Archive(meant={"Zalk": {"zalk-s": count}}) for count in (20, 40))
    assert stated("He lives in [L:Zalk].", archive=often) == stated("He lives in [L:Zalk].", archive=more)


@pytest.mark.parametrize("unit", ["[L:Zalk], ", "[P:Ana Costa] ", "[O!:ABC] (", "([L:Jackson]) "])
def test_any_run_of_names_is_linked_the_same_twice(unit: str) -> None:
    assert stated(unit * 1500) == stated(unit * 1500)
