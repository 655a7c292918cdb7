"""Measuring: figures of small sets worked out by hand, floors that only rise, clear errors for damaged files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import InputError, UsageError
from kg.evaluate import Floors, GoldSet, compare, load, score

TEXT = "The Harbour Board met Mrs. Ida Quill in Zalk. “We will mend the dike,” Quill said. The Board paid."


def place(words: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = TEXT.index(words, at + 1)
    return at, at + len(words)


def mark(words: str, type_: str, *, nth: int = 0, cluster: str = "", **more: object) -> dict[str, object]:
    start, end = place(words, nth)
    made: dict[str, object] = {"start": start, "end": end, "surface": words, "types": [type_], "kind": "named", **more}
    return made | ({"cluster": cluster} if cluster else {})


def guess(words: str, type_: str | None, *, nth: int = 0, **more: object) -> dict[str, object]:
    start, end = place(words, nth)
    return {"start": start, "end": end, "type": type_, "form": "name", **more}


def gold(tmp_path: Path, name: str = "set", **more: object) -> GoldSet:
    line = {
        "id": "1",
        "text": TEXT,
        "mentions": [
            mark("Harbour Board", "Organization", cluster="a", link="Q1"),
            mark("Ida Quill", "Person", cluster="b"),
            mark("Zalk", "Place", link="Q2"),
            mark("Quill", "Person", nth=1, cluster="b"),
            mark("Board", "Organization", nth=1, cluster="a"),
        ],
        "quotes": [{"source": [place("Quill", 1)], "cue": [], "content": [place("“We will mend the dike,”")]}],
    }
    path = tmp_path / f"{name}.jsonl"
    path.write_text(json.dumps(line | more, ensure_ascii=False) + "\n", encoding="utf-8")
    return load(path)


def test_titles_articles_and_possessives_do_not_count_in_a_span(tmp_path: Path) -> None:
    found = [guess("The Harbour Board", "Organization"), guess("Mrs. Ida Quill", "Person")]
    figures = score(gold(tmp_path), [{"id": "1", "mentions": found}]).figures
    assert (figures["span.p"], figures["span.r"]) == (1.0, 0.4)


def test_a_wrong_type_costs_precision_of_one_and_recall_of_the_other(tmp_path: Path) -> None:
    found = [guess("Zalk", "Person"), guess("Ida Quill", "Person")]
    figures = score(gold(tmp_path), [{"id": "1", "mentions": found}]).figures
    assert figures["type.accuracy"] == 0.5
    assert (figures["person.p"], figures["person.r"]) == (0.5, 0.5)
    assert (figures["place.p"], figures["place.r"]) == (0.0, 0.0)


def test_b_cubed_counts_what_was_joined_and_what_was_torn_apart(tmp_path: Path) -> None:
    found = [
        guess("Harbour Board", None, cluster="x"),
        guess("Ida Quill", None, cluster="x"),
        guess("Quill", None, nth=1, cluster="y"),
        guess("Board", None, nth=1, cluster="x"),
    ]
    figures = score(gold(tmp_path), [{"id": "1", "mentions": found}]).figures
    assert figures["b3.p"] == pytest.approx((2 / 3 + 1 / 3 + 1 + 2 / 3) / 4, abs=1e-4)
    assert figures["b3.r"] == pytest.approx((1 + 0.5 + 0.5 + 1) / 4, abs=1e-4)


def test_links_count_only_on_the_right_span(tmp_path: Path) -> None:
    found = [
        guess("Harbour Board", None, ref="http://www.wikidata.org/entity/Q1"),
        guess("Zalk", None, ref="http://www.wikidata.org/entity/Q22"),
    ]
    figures = score(gold(tmp_path), [{"id": "1", "mentions": found}]).figures
    assert (figures["link.p"], figures["link.r"]) == (0.5, 0.5)


def test_a_speaker_is_right_by_place_or_by_last_word(tmp_path: Path) -> None:
    start, end = place("We will mend the dike,")
    quotation = {"start": start, "end": end, "kind": "direct"}
    for more, right in (
        ({"speaker_span": list(place("Quill", 1))}, 1.0),
        ({"speaker": "Ida Quill"}, 1.0),
        ({"speaker": "Ida Quill", "speaker_span": list(place("The Board"))}, 0.0),
        ({}, 0.0),
    ):
        figures = score(gold(tmp_path), [{"id": "1", "quotations": [quotation | more]}]).figures
        assert (figures["direct.p"], figures["direct.r"], figures["direct.speaker"]) == (1.0, 1.0, right)


def test_a_scare_quote_that_nobody_marked_costs_precision(tmp_path: Path) -> None:
    start, end = place("The Board paid")
    found = score(gold(tmp_path), [{"id": "1", "quotations": [{"start": start, "end": end, "kind": "direct"}]}])
    assert found.figures["direct.p"] == 0.0
    assert found.errors["quotation spurious"] == {"The Board paid": 1}


def test_a_document_without_prediction_is_one_with_nothing_found(tmp_path: Path) -> None:
    found = score(gold(tmp_path), [])
    assert found.missing == 1
    assert found.figures["span.r"] == 0.0


def test_demonyms_count_where_the_readers_marked_them(tmp_path: Path) -> None:
    mentions = [mark("Zalk", "Place")]
    guesses = [{"id": "1", "mentions": [guess("Quill", "Place", form="demonym")]}]
    assert score(gold(tmp_path, "news", mentions=mentions), guesses).errors["spurious"] == {"Quill": 1}
    assert not score(gold(tmp_path, "pud_news", mentions=mentions), guesses).errors["spurious"]


def test_floors_rise_and_never_fall_by_themselves(tmp_path: Path) -> None:
    one = gold(tmp_path)
    floors = Floors({}).updated(one, {"span.f": 0.8}, {"names": "1"}, lower=False)
    assert compare(floors, one, {"span.f": 0.79}).fallen == (("span.f", 0.79, 0.798),)
    higher = floors.updated(one, {"span.f": 0.9}, {"names": "2"}, lower=False)
    assert higher.sets["set"].floors == {"span.f": 0.898}
    with pytest.raises(UsageError, match=r"span\.f would fall.*--lower"):
        higher.updated(one, {"span.f": 0.8}, {"names": "3"}, lower=False)
    assert higher.updated(one, {"span.f": 0.8}, {"names": "3"}, lower=True).sets["set"].floors == {"span.f": 0.798}


def test_a_figure_that_is_no_longer_measured_has_fallen(tmp_path: Path) -> None:
    one = gold(tmp_path)
    floors = Floors({}).updated(one, {"span.f": 0.8}, {}, lower=False)
    assert compare(floors, one, {}).fallen == (("span.f", 0.0, 0.798),)


def test_another_file_of_the_same_name_is_compared_with_nothing(tmp_path: Path) -> None:
    floors = Floors({}).updated(gold(tmp_path), {"span.f": 0.8}, {}, lower=False)
    found = compare(floors, gold(tmp_path, split="x"), {"span.f": 0.1})
    assert found.other
    assert not found.fallen


def test_figures_of_other_versions_are_said_to_be_that(tmp_path: Path) -> None:
    one = gold(tmp_path)
    floors = Floors({}).updated(one, {"span.f": 0.8}, {"names": "1"}, lower=False)
    assert not compare(floors, one, {"span.f": 0.8}, {"names": "1"}).stale
    assert compare(floors, one, {"span.f": 0.8}, {"names": "2"}).stale


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    floors = Floors({}).updated(gold(tmp_path), {"span.f": 0.8}, {"names": "1"}, lower=False)
    path = tmp_path / "quality.json"
    floors.write(path)
    assert Floors.read(path) == floors
    path.write_text('{"sets": 3}', encoding="utf-8")
    with pytest.raises(InputError, match="no file of figures"):
        Floors.read(path)


@pytest.mark.parametrize(
    "line", ["{}", "[]", '{"id": "1", "text": 4}', '{"id": "1", "text": "a", "mentions": [{}]}', "{"]
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no annotated document") as caught:
        load(path)
    assert caught.value.line == 2
