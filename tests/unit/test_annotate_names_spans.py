"""Where names begin and end: small texts about people, places and bodies that do not exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg import authority
from kg.annotate import names
from kg.annotate.casing import CAPITAL, COMMON, GIVEN, GRAMMAR, UNUSUAL, is_capital, odds, shape
from kg.annotate.layers import THRESHOLD
from kg.annotate.tokens import tokenize
from kg.model import Annotation, Field, Section, Span, Text


def laid_out(*paragraphs: str) -> Text:
    text = "\n\n".join(paragraphs)
    sections = []
    at = 0
    for one in paragraphs:
        sections.append(Section("paragraph", Span(at, at + len(one)), "body"))
        at += len(one) + 2
    return Text(text=text, fields=(Field("body", Span(0, len(text))),), sections=tuple(sections), language="en")


@pytest.fixture(scope="module")
def found() -> Callable[..., list[Annotation]]:
    finder = names.annotator(authority.default())
    return lambda *paragraphs: list(finder.annotate(laid_out(*paragraphs), {}))


@pytest.fixture(scope="module")
def spans(found: Callable[..., list[Annotation]]) -> Callable[..., list[str]]:
    return lambda *paragraphs: [one.span.of("\n\n".join(paragraphs)) for one in found(*paragraphs)]


Spans = Callable[..., list[str]]
Found = Callable[..., list[Annotation]]


# ---- how English writes a word -----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Quarrel", "Attendances", "Coaches", "Newspapers", "Self-driving"])
def test_a_word_that_english_writes_small_is_common(word: str) -> None:
    assert shape(word) & (CAPITAL | COMMON) == CAPITAL | COMMON
    assert odds(word) > 0


@pytest.mark.parametrize("word", ["Zsolnay", "Hayes", "StumbleOn", "al-Qazir", "el-Farsi", "d’Antrac", "iCloth"])
def test_a_word_that_english_hardly_writes_small_is_unusual(word: str) -> None:
    assert is_capital(word)
    assert shape(word) & (UNUSUAL | COMMON) == UNUSUAL


def test_words_of_grammar_given_names_and_words_without_capital_are_told_apart() -> None:
    assert shape("Meanwhile") & GRAMMAR
    assert shape("Thomas") & GIVEN
    assert not shape("quarrel") & (CAPITAL | COMMON)
    assert not is_capital("well-Being")


def test_a_word_of_any_length_has_a_shape() -> None:
    assert shape("A" * 100_000) & CAPITAL


# ---- tokens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See https://a.example/b?c=D now", ["See", "https://a.example/b?c=D", "now"]),
        ("Mail ann.low@x.example.", ["Mail", "ann.low@x.example", "."]),
        ("Velmar.com and velmar.org", ["Velmar.com", "and", "velmar.org"]),
        ("F. W. de Zande", ["F.", "W.", "de", "Zande"]),
        ("a Ph.D. from Zalk", ["a", "Ph.D.", "from", "Zalk"]),
        ("He is **** late", ["He", "is", "****", "late"]),
        ("ZALK'S RIVER", ["ZALK", "'S", "RIVER"]),
        ("the World Anti-Noise League", ["the", "World", "Anti-Noise", "League"]),
        ("an anti-Zalk march", ["an", "anti", "-", "Zalk", "march"]),
    ],
)
def test_tokens_are_the_words_a_reader_sees(text: str, words: list[str]) -> None:
    assert list(tokenize(laid_out(text)).words) == words


# ---- single words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zsigmund left the house.", ["Zsigmund"]),
        ("Commerce declined sharply.", []),
        ("Attendance fell and newspapers closed.", []),
        ("The crowd shouted and the Attendance was low.", []),
        ("It sold Velden, Orange and Kirwan.", ["Velden", "Orange", "Kirwan"]),
        ("He joined iCloth and StumbleOn.", ["iCloth", "StumbleOn"]),
        ("Net 650 million in Q2 and M3 growth.", []),
        ("LATEST PREVIOUS figures were late.", []),
        ("It received <VLM> and (NYSE: VLM) signs.", []),
        ("Shares of the firm cost C$ 4 and US$ 3.", []),
        ("They would control Congress next year.", ["Congress"]),
        ("He spoke to The Courier on Monday.", ["Courier"]),
        ("The Latest on the race.", []),
        ("She has a Ph.D. and an M.Sc. in it.", []),
    ],
)
def test_a_capital_alone_makes_no_name_of_a_common_word(spans: Spans, text: str, expected: list[str]) -> None:
    assert [one for one in spans(text) if one not in ("NYSE", "US")] == expected


def test_a_surname_that_is_a_word_is_a_name_where_its_bearer_is_named(spans: Spans) -> None:
    assert spans("Thomas Quarrel left.", "Later the angry Quarrel returned.") == ["Thomas Quarrel", "Quarrel"]
    assert spans("The angry Quarrel returned.") == []


# ---- joints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He read the Globe and Letter at home.", ["Globe and Letter"]),
        ("It met the Velden Fish and Wildlife Service.", ["Velden Fish and Wildlife Service"]),
        ("She led the Department of Wildlife and Fisheries.", ["Department of Wildlife and Fisheries"]),
        ("It spoke to the Army of the Wend.", ["Army of the Wend"]),
        ("They met Brandt of Oxmoor.", ["Brandt", "Oxmoor"]),
        ("They met Thomas Brandt of the Harbour Court.", ["Thomas Brandt", "Harbour Court"]),
        ("They met Brandt and Zalkow.", ["Brandt", "Zalkow"]),
        ("He ran the Centre for Radiation Therapy.", ["Centre for Radiation Therapy"]),
        ("He read Harkow's Bazaar.", ["Harkow's Bazaar"]),
        ("He hired Olga Zander & Thomas Brandt.", ["Olga Zander", "Thomas Brandt"]),
        ("He sued Zander & Brandt.", ["Zander & Brandt"]),
        ("He sued Velmar Foods, Inc. over it.", ["Velmar Foods, Inc"]),
        ("It drove on Interstate 80 for hours.", ["Interstate 80"]),
        ("It was the 501st Legion that came.", ["501st Legion"]),
        ("He met Hector “Mucho” Zamacho there.", ["Hector “Mucho” Zamacho"]),
        ("He saw de Zilva and Ursula von der Zeyen.", ["de Zilva", "Ursula von der Zeyen"]),
        ("He met Jan Zroslak in Jan.", ["Jan Zroslak"]),
        ("It was edited by Will Zunham.", ["Will Zunham"]),
        ("De Zlasio left with Robert C. “Bobby” Zott.", ["De Zlasio", "Robert C. “Bobby” Zott"]),
        ("It was a Conservative party vote.", ["Conservative party"]),
        ("It sued Velmar Foods Co., Ltd. and Zalkow plc.", ["Velmar Foods Co., Ltd", "Zalkow plc"]),
        ("They cited Brandt v. Oxmoor again.", ["Brandt v. Oxmoor"]),
        ("The judge named Quarrel One and First Harbour.", ["Quarrel One", "First Harbour"]),
        ("The Republican Thomas Brandt (R-Texas) left.", ["Republican", "Thomas Brandt", "Texas"]),
        ("Hurricane Zodile hit the town.", ["Hurricane Zodile"]),
        ("The Velmanian capital and the Franco-German plan.", ["Velmanian", "Franco-German"]),
    ],
)
def test_a_joint_is_read_by_the_words_on_its_two_sides(spans: Spans, text: str, expected: list[str]) -> None:
    assert spans(text) == expected


def test_who_is_named_without_owning_anything_owns_what_follows(spans: Spans) -> None:
    both = spans("The crowd cheered Harkow on Monday.", "He read Harkow's Bazaar.")
    assert "Harkow's Bazaar" not in both
    assert both.count("Harkow") == 2


# ---- where two names meet ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He watched the Pittsburgh Quarrels win.", ["Pittsburgh Quarrels"]),
        ("Former Italian minister Olga Zander left.", ["Italian", "Olga Zander"]),
        ("They saw the Scottish Labour Party.", ["Scottish Labour Party"]),
        ("He left Paris, Texas on Monday.", ["Paris", "Texas"]),
        ("It was the German senator who left.", ["German"]),
        ("It was a German Senator.", ["German"]),
        ("They met the Duchess of Cambridge there.", ["Duchess of Cambridge"]),
        ("They met King Haldor Vesk there.", ["Haldor Vesk"]),
        ("She teaches at Queen Mary University.", ["Queen Mary University"]),
        ("He flew with Air France.", ["Air France"]),
    ],
)
def test_two_names_side_by_side_are_cut_where_they_meet(spans: Spans, text: str, expected: list[str]) -> None:
    assert spans(text) == expected


def test_a_credit_label_is_no_part_of_the_name_before_it(spans: Spans) -> None:
    assert "Washington" in spans("A crowd in Washington Image: Olga Zander.")


# ---- capitals, headlines, quotation marks ------------------------------------------------------------------------


def test_lines_in_capitals_have_the_names_of_rare_words(spans: Spans) -> None:
    line = "ZSOLNAY BEATS KRAVITZ AS CROWD LEAVES"
    assert spans(line) == ["ZSOLNAY", "KRAVITZ"]


def test_a_dateline_is_a_place_and_the_reporter_before_it_a_person(found: Found) -> None:
    text = "BERLIN, March 9 - The council met."
    assert [(one.span.of(text), one.args["kind"]) for one in found(text)] == [("BERLIN", "Place")]


def test_a_list_of_names_is_no_headline(spans: Spans) -> None:
    line = "Olga Zander, Thomas Kravitz, Harold Zsolnay, Edward Marrow"
    assert spans(line) == ["Olga Zander", "Thomas Kravitz", "Harold Zsolnay", "Edward Marrow"]


def test_a_quoted_title_is_one_name_with_a_low_score(found: Found) -> None:
    text = "He wrote “Return of the Heron” at night."
    [one] = found(text)
    assert one.span.of(text) == "Return of the Heron"
    assert one.score < THRESHOLD


def test_quoted_speech_is_no_title(spans: Spans) -> None:
    assert spans("“We must leave now,” they said.") == []


# ---- peoples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Many Muslims and some Jewish families came.", ["Muslims", "Jewish"]),
        ("The African American voters came.", ["African American"]),
        ("A Democrat and two Republicans spoke.", ["Democrat", "Republicans"]),
    ],
)
def test_people_of_no_one_country_are_mentions_without_a_kind(found: Found, text: str, people: list[str]) -> None:
    mentions = found(text)
    assert [one.span.of(text) for one in mentions] == people
    assert {one.args["form"] for one in mentions} == {"demonym"}
    assert {one.type for one in mentions} == {None}
    assert all("kind" not in one.args and one.score < THRESHOLD for one in mentions)


# ---- hostile text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "John (",
        "John “",
        "“Ab " * 2_000,
        "Bank of " * 2_000,
        "House and " * 2_000,
        "Pro-" * 3_000,
        "http://" * 2_000,
        "a@" * 3_000,
        "A." * 3_000,
        "Euro 96 " * 2_000,
        "King of the " * 2_000,
        "<" * 2_000,
        "\x00\x07Ab" * 2_000,
        "",
    ],
)
def test_any_text_is_read_to_its_end(spans: Spans, text: str) -> None:
    assert spans(text, "Olga Zander left.")[-1] == "Olga Zander"
