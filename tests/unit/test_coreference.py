"""Which names of a text are one thing's, on names marked by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from kg.annotate.acronyms import stands_for
from kg.annotate.coreference import Coreference
from kg.annotate.nicknames import same_given
from kg.annotate.text import lay_out
from kg.authority import Table
from kg.model import Annotation, Article, Paragraph, Span
from kg.plugins import Thing

_ROWS = Table(
    [
        Thing("norland", "Country", "Norland", ("Republic of Norland",), ("Norlander", "Norlanders")),
        Thing("el-sudro", "Country", "El Sudro", (), ("Sudran",)),
        Thing("east-mark", "Country", "East Mark", (), ("Markish",)),
        Thing("west-mark", "Country", "West Mark", (), ("Markish",)),
        Thing("zalk", "City", "Zalk"),
        Thing("cia", "GovernmentOrganization", "Coastal Inspection Authority", ("CIA",)),
    ]
)
_KINDS = {"P": "Person", "L": "Place", "O": "Organization", "E": "Event", "T": "Organization", "U": ""}
#: [P:Ana Costa], with a title [P:Mrs|Costa], a demonym [L~:Norlander], an acronym [O!:HWU], a team [T^:Norland]; a
#: question mark is a guess.
_MARK = re.compile(r"\[([PLOETU])([~!^?]?):(?:([^\]|]+)\|)?([^\]]+)\]")


def grouped(*paragraphs: str, headline: str = "Port talks go on") -> list[list[str]]:
    """The surfaces of each cluster, in order of the text; names marked as above. Names without one are left out."""
    plain: list[str] = []
    marks = []
    for part in (headline, *paragraphs):
        made, at = "", 0
        for found in _MARK.finditer(part):
            made += part[at : found.start()] + (f"{found[3]} " if found[3] else "")
            marks.append((len(plain), len(made), found[1], found[2], found[3], found[4]))
            made += found[4]
            at = found.end()
        plain.append(made + part[at:])
    text = lay_out(Article(headline=plain[0], paragraphs=tuple(Paragraph(one) for one in plain[1:]), language="en"))
    starts = [text.sections[number].span.start for number in range(len(plain))]
    names = []
    for part_at, at, kind, form, title, surface in marks:
        start = starts[part_at] + at
        args: dict[str, object] = {
            "kind": _KINDS[kind],
            "form": {"~": "demonym", "!": "acronym", "^": "metonym"}.get(form, "name"),
        }
        if title:
            args["title"] = Span(start - len(title) - 1, start - 1)
        type_ = "SportsTeam" if kind == "T" else _KINDS[kind] or None
        score = 0.3 if form == "?" else 0.9
        names.append(Annotation(Span(start, start + len(surface)), "name", type_, None, score, "hand@1", args))
    made_of: dict[str | None, list[str]] = {}
    for one in Coreference(_ROWS).annotate(text, {"name": tuple(names)}):
        made_of.setdefault(one.ref, []).append(one.span.of(text.text))
    return list(made_of.values())


def test_a_surname_and_a_given_name_go_to_the_one_full_name_wherever_that_stands() -> None:
    assert grouped("[P:Costa] won. [P:Ana Costa] thanked all. [P:Ana] wept.", headline="[P:Costa] Wins") == [
        ["Costa", "Costa", "Ana Costa", "Ana"]
    ]


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("William Holm", "Bill Holm"),
        ("William Holm", "W. Holm"),
        ("Ana Maria Holm", "Ana Holm"),
        ("Lena K. Holm", "Lena Holm"),
        ("José Dias", "Jose Dias"),
        ("Lee Min-Ho", "Lee Min Ho"),
        ("Rui Dias Jr.", "Rui Dias"),
        ("Ana Blanco Vega", "Blanco Vega"),
        ("Ana Blanco Vega", "Ana Blanco"),
        ("Karim al-Sadi", "Karim Sadi"),
        ("J. Edgar Holm", "Edgar Holm"),
        ("Steven Holm", "Stephen Holm"),
    ],
)
def test_a_person_may_be_called_by_nickname_initial_or_part_of_the_name(full: str, short: str) -> None:
    assert grouped(f"[P:{full}] spoke.", f"[P:{short}] left.") == [[full, short]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Holm", "Rui Holm"),
        ("Otto H. W. Holm", "Otto W. Holm"),
        ("Rui Dias Sr.", "Rui Dias Jr."),
        ("Otto A. Holm", "Otto B. Holm"),
        ("Karl II", "Karl III"),
        ("Maria Ana Costa", "Ana Costa"),
    ],
)
def test_two_people_who_share_a_surname_stay_apart(one: str, other: str) -> None:
    assert grouped(f"[P:{one}] spoke.", f"[P:{other}] left.") == [[one], [other]]


def test_a_title_tells_a_woman_from_a_man_of_her_name() -> None:
    found = grouped("[P:Otto Brand] met [P:Lena Brand].", "[P:Mrs|Brand] spoke. [P:Mr|Brand] left.")
    assert found == [["Otto Brand", "Brand"], ["Lena Brand", "Brand"]]


def test_mrs_is_nobody_who_was_named_when_only_a_man_was() -> None:
    assert grouped("[P:Otto Brand] spoke.", "[P:Mrs|Brand] left.") == [["Otto Brand"], ["Brand"]]


def test_mr_and_mrs_without_a_full_name_are_two_and_a_bare_surname_is_neither() -> None:
    assert grouped("[P:Mr|Brand] spoke. [P:Mrs|Brand] left. [P:Brand] waved.") == [["Brand"], ["Brand"]]


def test_a_surname_of_two_people_is_the_one_the_article_is_about_where_the_other_is_far() -> None:
    found = grouped(
        "[P:Lena Holm] spoke in the morning.",
        "Her brother [P:Rui Holm] left. [P:Holm] waved.",
        "The talks went on.",
        "[P:Holm] will speak again.",
        headline="[P:Lena Holm] Speaks",
    )
    assert found == [["Lena Holm", "Lena Holm", "Holm"], ["Rui Holm", "Holm"]]


def test_where_both_were_just_named_nobody_is_chosen() -> None:
    assert grouped("[P:Lena Holm] and [P:Rui Holm] spoke. [P:Holm] waved.") == [["Lena Holm"], ["Rui Holm"]]


def test_a_family_is_none_of_its_members() -> None:
    assert grouped("[P:Lena Brand] spoke. The [P:Brands] left.") == [["Lena Brand"]]


def test_an_initial_that_fits_two_people_is_neither() -> None:
    assert grouped("[P:Lena Holm] met [P:Luis Holm]. [P:L. Holm] signed.") == [["Lena Holm"], ["Luis Holm"]]


def test_a_guess_draws_no_other_names_to_it_and_goes_with_its_like() -> None:
    assert grouped("[P?:Salt Iron] fell. [P:Iron] spoke. [P?:Zed] rose. [P?:Zed] fell.") == [
        ["Salt Iron"],
        ["Iron"],
        ["Zed", "Zed"],
    ]


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("[O:Harbour Workers' Union]", "[O!:HWU]"),
        ("[O:Veritas Shipping Inc.]", "[O:Veritas Shipping]"),
        ("[O:Holm & Sons]", "[O:Holm and Sons]"),
        ("[O:Veritas Holdings]", "[O:Veritas]"),
        ("the [O:Porto Gazette]", "the [O:Gazette]"),
        ("the [O:Bank of Norland]", "the [O:Bank]"),
        ("[L:Rook Island]", "[L:Rook]"),
        ("[L:St. Olav]", "[L:Saint Olav]"),
        ("the [E:Porto Winter Games]", "the [E:Winter Games]"),
    ],
)
def test_a_name_is_shortened_after_it_was_given_in_full(full: str, short: str) -> None:
    assert len(grouped(f"It was {full}.", f"Then {short} again.")) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[O:Veritas Foundation]", "[O:Veritas]"),
        ("[O:Senate Harbour Committee]", "the [O:Senate]"),
        ("[O:Bank of Norland]", "[O:Bank]"),
        ("[O:Coastal Inspectors' Academy]", "[O!:CIA]"),
        ("[O:Norland Government]", "[O:Norland]"),
        ("[E:1994 Harbour Cup]", "[E:Harbour Cup]"),
    ],
)
def test_a_part_a_sister_or_a_known_other_thing_is_no_short_form(one: str, other: str) -> None:
    assert len(grouped("Talks went on.", f"It was {one}.", f"Then {other} again.")) == 2


def test_the_short_form_that_two_names_share_stays_alone() -> None:
    assert len(grouped("The [O:Porto Gazette] and the [O:Zalk Gazette] wrote. The [O:Gazette] was right.")) == 3


def test_letters_in_brackets_are_what_stands_before_them_whatever_else_is_called_so() -> None:
    found = grouped("The [O:Coastal Inspectors' Academy] ([O!:CIA]) opened. The [O!:CIA] is new.")
    assert found == [["Coastal Inspectors' Academy", "CIA", "CIA"]]


def test_a_party_in_brackets_after_a_person_is_not_the_person() -> None:
    assert grouped("[P:Ana Costa] ([O!:HWU]) spoke. [O!:HWU] won.") == [["Ana Costa"], ["HWU", "HWU"]]


def test_a_demonym_and_a_team_go_with_the_country() -> None:
    found = grouped("[L:Norland] voted. A [L~:Norlander] cheered. [T^:Norland] beat [T^:El Sudro].")
    assert found == [["Norland", "Norlander", "Norland"], ["El Sudro"]]


def test_a_body_with_a_country_s_name_is_the_country_and_one_with_a_town_s_is_not() -> None:
    assert grouped("[O:Norland] sent troops to [L:Norland].") == [["Norland", "Norland"]]
    assert grouped("[O:Zalk] sent a letter to [L:Zalk].") == [["Zalk"], ["Zalk"]]


def test_a_town_that_speaks_is_the_body_named_before_that_begins_with_it() -> None:
    found = grouped("[O:Zalk Shipping] was sued. [L:Zalk] said so in [L:Zalk]. [L:Porto Belo] said no.")
    assert found == [["Zalk Shipping", "Zalk"], ["Zalk"], ["Porto Belo"]]
    assert grouped("[L:Zalk] said so. [O:Zalk Shipping] was sued.") == [["Zalk"], ["Zalk Shipping"]]


def test_a_town_with_and_without_what_it_lies_in_is_one() -> None:
    assert grouped("[L:Porto Belo, Norland], was quiet. [L:Porto Belo] slept.") == [
        ["Porto Belo, Norland", "Porto Belo"]
    ]
    found = grouped("[L:Porto Belo, Norland], and [L:Porto Belo, El Sudro], slept. [L:Porto Belo] too.")
    assert len(found) == 3


def test_a_storm_goes_by_its_name_unless_somebody_of_the_text_is_called_so() -> None:
    found = grouped("[E:Tropical Storm Zelda] grew. [P:Zelda] is now [E:Hurricane Zelda].")
    assert found == [["Tropical Storm Zelda", "Zelda", "Hurricane Zelda"]]
    found = grouped("[E:Hurricane Zelda] grew. [P:Zelda Holm] fled. [P:Zelda] is safe.")
    assert found == [["Hurricane Zelda"], ["Zelda Holm", "Zelda"]]


def test_a_surname_that_was_taken_for_something_else_is_the_one_person_s_who_has_it() -> None:
    assert grouped("[P:Ana Costa] spoke. [O:Costa] said no.") == [["Ana Costa", "Costa"]]
    assert grouped("[O:Costa] said no. [P:Ana Costa] spoke.") == [["Costa"], ["Ana Costa"]]
    assert grouped("[P:Ana Costa] spoke of the [O:Costa] plant.") == [["Ana Costa"], ["Costa"]]
    assert grouped("[P:Olga Zalk] spoke. [L:Zalk] said no in [L:Zalk].") == [["Olga Zalk", "Zalk"], ["Zalk"]]
    assert grouped("[P:Olga Norlander] met a [L~:Norlander] judge. [L~:Norlander] said no.") == [
        ["Olga Norlander", "Norlander"],
        ["Norlander"],
    ]
    assert grouped("[P:Ana Costa] met [P:Rui Costa]. [O:Costa] said no.") == [["Ana Costa"], ["Rui Costa"], ["Costa"]]


def test_a_name_of_no_known_kind_goes_with_one_printed_like_it_and_else_with_its_like() -> None:
    assert grouped("[P:Ana Costa] spoke. [U:Costa] and [U:Zed] left. [U:Zed] wept.") == [
        ["Ana Costa"],
        ["Costa"],
        ["Zed", "Zed"],
    ]
    assert grouped("[O:Veritas] rose. [U:Veritas] fell.") == [["Veritas", "Veritas"]]


def test_a_demonym_of_one_country_with_and_without_its_article_is_one() -> None:
    assert grouped("The [L~:El Sudran] court met. A [L~:Sudran] judge spoke.") == [["El Sudran", "Sudran"]]


def test_a_demonym_of_two_countries_is_the_one_the_text_names() -> None:
    assert grouped("[L:East Mark] voted. The [L~:Markish] court met.") == [["East Mark", "Markish"]]
    assert grouped("The [L~:Markish] court met.") == []
    assert grouped("[L:East Mark] and [L:West Mark] met. A [L~:Markish] judge spoke.") == [["East Mark"], ["West Mark"]]


def test_one_row_under_two_names_is_one_thing() -> None:
    assert grouped("The [L:Republic of Norland] voted. [L:Norland] waits.") == [["Republic of Norland", "Norland"]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("bob", "robert", True),
        ("bill", "will", True),
        ("kate", "ana", False),
        ("j", "jim", True),
        ("ana", "jim", False),
    ],
)
def test_given_names_are_the_same_when_one_is_short_for_the_other(one: str, other: str, same: bool) -> None:
    assert same_given(one, other) is same


def test_letters_stand_for_a_name_in_order_only() -> None:
    parts = ("ministry", "of", "foreign", "affairs")
    assert [stands_for(one, parts) for one in ("mfa", "mofa", "afm", "uk")] == [True, True, False, False]


@pytest.mark.parametrize("word", ["Zalk ", "A. ", "- ", "' ", "Zalk-Zalk ", "ß ", "McO'Zalk, "])
def test_any_run_of_names_ends_and_says_the_same_twice(word: str) -> None:
    words = word * 3000
    text = lay_out(Article(headline="One", paragraphs=(Paragraph(words),), language="en"))
    start = text.sections[-1].span.start
    names = _every_word(words, start)
    first = list(Coreference(_ROWS).annotate(text, {"name": names}))
    assert first == list(Coreference(_ROWS).annotate(text, {"name": names}))
    assert len(first) <= len(names)


def _every_word(words: str, start: int) -> Sequence[Annotation]:
    kinds = ("Person", "Place", "Organization", "Event")
    return tuple(
        Annotation(
            Span(start + found.start(), start + found.end()),
            "name",
            kinds[number % 4],
            None,
            0.9,
            "hand@1",
            {"kind": kinds[number % 4], "form": "acronym" if number % 7 == 0 else "name"},
        )
        for number, found in enumerate(re.finditer(r"\S+(?: \S+)?", words))
    )


def test_a_cluster_has_the_class_of_the_names_of_its_kind() -> None:
    text = lay_out(Article(headline="One", paragraphs=(Paragraph("Hurricane Zelda grew. Zelda fell."),), language="en"))
    start = text.sections[-1].span.start
    names = (
        Annotation(Span(start, start + 15), "name", "Event", None, 0.6, "hand@1", {"kind": "Event", "form": "name"}),
        Annotation(
            Span(start + 22, start + 27), "name", "Person", None, 0.9, "hand@1", {"kind": "Person", "form": "name"}
        ),
    )
    made = list(Coreference(_ROWS).annotate(text, {"name": names}))
    assert [(one.ref, one.args) for one in made] == [
        ("e0", {"name": "Hurricane Zelda", "kind": "Event", "type": "Event"}),
        ("e0", {"name": "Hurricane Zelda", "kind": "Event", "type": "Event"}),
    ]


def test_a_couple_printed_with_one_surname_are_two_people_of_that_name() -> None:
    found = grouped(
        "[P:John] and [P:Mary Halloway] bought the farm. [P:Halloway] said he would sell it. [P:Mary] left."
    )
    assert found == [["John"], ["Mary Halloway", "Mary"]]


def test_a_surname_before_and_is_no_given_name_of_the_next() -> None:
    found = grouped("[P:John Kerry] met [P:Joe Low]. [P:Kerry] and [P:Joe Low] spoke. [P:Low] left.")
    assert found == [["John Kerry", "Kerry"], ["Joe Low", "Joe Low", "Low"]]
