"""Rules and models vote on names: who agrees, who wins, and what one voice alone may do."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from kg import annotate, authority
from kg.annotate import ruleset
from kg.annotate.chain import annotate_text
from kg.annotate.votes import Voter, Votes
from kg.errors import ConfigError
from kg.model import Annotation, Article, Field, Paragraph, Section, Span, Text

WORDS = "The Varga Institute said that Senator Mirela Voss of Osterhaven would not speak. Lund's office denied it."


def text(words: str = WORDS) -> Text:
    whole = Span(0, len(words))
    return Text(words, (Field("body", whole),), (Section("paragraph", whole, "body"),), "en")


def at(words: str, within: str = WORDS) -> Span:
    start = within.index(words)
    return Span(start, start + len(words))


def name(words: str, kind: str, score: float = 0.9, **args: object) -> Annotation:
    type_ = str(args.pop("type", kind))
    return Annotation(at(words), "name", type_, None, score, "names@1", {"form": "name", "kind": kind, **args})


def proposal(words: str, kind: str, score: float = 0.8, by: str = "m@1", type: str | None = None) -> Annotation:
    return Annotation(at(words), "proposal", type or kind, None, score, by, {"kind": kind})


def voted(names: Sequence[Annotation], proposals: Sequence[Annotation], *voters: Voter) -> list[Annotation]:
    made = list(Votes(voters).annotate(text(), {"name": names, "proposal": proposals}))
    assert all(one.span.end <= other.span.start for one, other in itertools.pairwise(made))
    return made


def test_without_proposals_the_names_are_the_very_same() -> None:
    names = [name("Varga Institute", "Organization")]
    assert Votes().annotate(text(), {"name": names, "proposal": ()}) is names


def test_a_name_that_no_model_speaks_of_stays_as_it_is() -> None:
    alone = name("Osterhaven", "Place", 0.4)
    assert voted([alone], [proposal("Varga Institute", "Organization")])[-1] is alone


def test_agreement_raises_the_score_and_names_who_agreed() -> None:
    (made,) = voted([name("Osterhaven", "Place", 0.6, type="City")], [proposal("Osterhaven", "Place", 0.8)])
    assert made.score == pytest.approx(1 - 0.4 * 0.2)
    assert made.args["votes"] == ("m@1", "names@1")
    assert made.type == "City", "the finer class of the same kind"


def test_a_doubtful_name_is_lifted_over_the_threshold_by_a_model() -> None:
    (made,) = voted([name("Osterhaven", "Place", 0.4)], [proposal("Osterhaven", "Place", 0.7)])
    assert made.score > 0.5


def test_a_model_that_is_surer_changes_the_kind_and_the_doubt_shows() -> None:
    (made,) = voted([name("Osterhaven", "Person", 0.5)], [proposal("Osterhaven", "Place", 0.9, type="City")])
    assert (made.args["kind"], made.type, made.by) == ("Place", "City", "m@1")
    assert made.score < 0.9


def test_the_rules_keep_the_kind_when_they_are_surer_and_on_a_tie() -> None:
    for score in (0.8, 0.9):
        (made,) = voted([name("Osterhaven", "Place", 0.9)], [proposal("Osterhaven", "Person", score)])
        assert (made.args["kind"], made.by) == ("Place", "names@1")


def test_weights_by_kind_decide_a_dispute() -> None:
    names, proposals = [name("Osterhaven", "Person", 0.9)], [proposal("Osterhaven", "Place", 0.8)]
    (light,) = voted(names, proposals, Voter("m", weight={"Place": 0.5}))
    (heavy,) = voted(names, proposals, Voter("m", weight={"Place": 2.0}))
    (rules,) = voted(names, proposals, Voter("m", weight={"": 2.0}), Voter("rules", weight={"Person": 4.0}))
    assert [one.args["kind"] for one in (light, heavy, rules)] == ["Person", "Place", "Person"]


def test_two_models_outvote_the_rules() -> None:
    proposals = [proposal("Osterhaven", "Place", 0.8, by) for by in ("a@1", "b@1")]
    (made,) = voted([name("Osterhaven", "Person", 0.9)], proposals)
    assert made.args["kind"] == "Place"
    assert made.args["votes"] == ("a@1", "b@1")


def test_what_no_rule_sees_enters_only_above_its_threshold() -> None:
    assert voted([], [proposal("Lund", "Person", 0.7)]) == []
    (made,) = voted([], [proposal("Lund", "Person", 0.8)])
    assert (made.by, made.args["kind"], made.args["form"], made.score) == ("m@1", "Person", "name", 0.8)
    assert voted([], [proposal("Lund", "Person", 0.8)], Voter("m", threshold=0.9)) == []
    assert voted([], [proposal("Lund", "Person", 0.9)], Voter("m", scores={"Person": 0.5})) == []


def test_two_models_that_agree_enter_together() -> None:
    (made,) = voted([], [proposal("Lund", "Person", 0.6, by) for by in ("a@1", "b@1")])
    assert made.score == pytest.approx(0.84)


def test_boundaries_go_to_who_weighs_more() -> None:
    long, short = proposal("Varga Institute", "Organization", 0.9), name("Varga", "Person", 0.5)
    (made,) = voted([short], [long])
    assert made.span == at("Varga Institute")
    (made,) = voted([name("Varga Institute", "Organization", 0.9)], [proposal("Varga", "Person", 0.8)])
    assert made.span == at("Varga Institute")


def test_articles_quotation_marks_and_the_possessive_are_no_part_of_a_proposal() -> None:
    (made,) = voted(
        [], [Annotation(Span(0, 19), "proposal", "Organization", None, 0.9, "m@1", {"kind": "Organization"})]
    )
    assert made.span.of(WORDS) == "Varga Institute"
    (made,) = voted([], [proposal("Lund's", "Person", 0.9)])
    assert made.span.of(WORDS) == "Lund"


def test_a_title_that_the_rules_set_apart_is_no_part_of_the_name() -> None:
    own = name("Mirela Voss", "Person", 0.9, title=at("Senator"))
    (made,) = voted([own], [proposal("Senator Mirela Voss", "Person", 0.9)])
    assert made.span == own.span
    assert made.args["title"] == at("Senator")
    assert made.score > 0.9


def test_demonyms_are_not_put_to_the_vote() -> None:
    own = name("Osterhaven", "Place", 0.6, form="demonym")
    assert voted([own], [proposal("Osterhaven", "Person", 0.99)]) == [own]


def test_silence_counts_only_of_a_voter_whose_recall_is_known() -> None:
    alone = name("Osterhaven", "Place", 0.8)
    assert voted([alone], [], Voter("m")) == [alone]
    (made,) = voted([alone], [], Voter("m", recall={"Place": 0.75}))
    assert made.score == pytest.approx(0.5), "odds of 4 to 1, times the quarter of places that it misses"
    assert voted([alone], [], Voter("m", recall={"Person": 0.75})) == [alone]
    (made,) = voted([alone], [proposal("Osterhaven", "Place")], Voter("m", recall={"": 0.75}))
    assert made.score > 0.8, "who speaks is not silent"
    fixed = name("Osterhaven", "Place", 0.8, form="demonym")
    assert voted([fixed], [], Voter("m", recall={"": 0.9})) == [fixed]


def test_the_outcome_does_not_depend_on_the_order_of_the_voices() -> None:
    names = [name("Varga", "Person", 0.5), name("Osterhaven", "Place", 0.7)]
    proposals = [
        proposal("Varga Institute", "Organization", 0.8, "b@1"),
        proposal("Varga Institute said", "Organization", 0.8, "a@1"),
        proposal("Osterhaven", "Place", 0.8, "a@1"),
    ]
    assert voted(names, proposals) == voted(names, proposals[::-1])


def test_many_overlapping_proposals_take_linear_time_and_leave_disjoint_names() -> None:
    words = "Aa " * 20_000
    proposals = [
        Annotation(
            Span(n * 3, min(n * 3 + 2 + 3 * k, 59_999)), "proposal", "Person", None, 0.8, f"m{k}@1", {"kind": "Person"}
        )
        for k in range(3)
        for n in range(20_000)
    ]
    made = list(Votes().annotate(text(words), {"name": (), "proposal": proposals}))
    assert made
    assert all(one.span.end <= other.span.start for one, other in itertools.pairwise(made))


class Model:
    """A model that proposes fixed words wherever they stand."""

    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"proposal"})

    def __init__(self, name: str = "model", words: str = "", kind: str = "Person", score: float = 0.9) -> None:
        self.name, self.version, self.words, self.kind, self.score = name, "7", words, kind, score
        self.calls: list[int] = []

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        start = text.text.find(self.words) if self.words else -1
        if start >= 0:
            span = Span(start, start + len(self.words))
            args = {"kind": self.kind}
            yield Annotation(span, "proposal", self.kind, None, self.score, f"{self.name}@{self.version}", args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        given = list(texts)
        self.calls.append(len(given))
        return [tuple(self.annotate(*one)) for one in given]


ARTICLE = Article(
    "Quay will reopen in spring",
    (
        Paragraph(
            'The zorblatt of Kampen will reopen, Mirela Voss said on Monday. "We are ready," Voss told the council.'
        ),
    ),
    language="en",
)


def test_a_model_that_finds_nothing_changes_nothing_but_who_was_asked() -> None:
    table = authority.default()
    plain = annotate.annotate(ARTICLE, authority=table)
    asked = annotate.annotate(ARTICLE, authority=table, annotators=annotate.joined(table, [Model()]))
    assert (plain.entities, plain.quotations, plain.events, plain.facts) == (
        asked.entities,
        asked.quotations,
        asked.events,
        asked.facts,
    )
    assert {one.partition("@")[0] for one in set(asked.annotators) - set(plain.annotators)} == {"model", "votes"}


def test_a_name_that_only_a_model_sees_becomes_an_entity_with_its_origin() -> None:
    table = authority.default()
    model = Model(words="zorblatt of Kampen", kind="Organization")
    made = annotate.annotate(ARTICLE, authority=table, annotators=annotate.joined(table, [model]))
    (entity,) = [one for one in made.entities if one.name == "zorblatt of Kampen"]
    assert entity.mentions[0].by == "model@7"


def test_proposals_asked_for_ahead_are_the_same_as_asked_one_by_one() -> None:
    table = authority.default()
    model = Model(words="Kampen", kind="Place")
    chain = annotate.joined(table, [model])
    ahead = annotate.proposed([ARTICLE, ARTICLE], chain)
    assert model.calls == [2]
    together = [annotate.annotate(ARTICLE, authority=table, annotators=chain, given=one) for one in ahead]
    assert together == [annotate.annotate(ARTICLE, authority=table, annotators=chain)] * 2


def test_a_model_that_answers_for_other_texts_is_named() -> None:
    class Short(Model):
        def pipe(self, texts: object) -> Iterable[Sequence[Annotation]]:
            return [()]

    chain = annotate.joined(authority.default(), [Short("short")])
    with pytest.raises(ConfigError, match="annotator 'short' answered for 1 texts when asked about 2"):
        annotate.proposed([ARTICLE, ARTICLE], chain)


def test_two_annotators_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two annotators named 'model'"):
        annotate.joined(authority.default(), [Model(), Model()])


def test_a_text_that_is_not_english_has_no_annotators() -> None:
    article = Article(
        "Het water", (Paragraph("Het water van de rivier is niet hoog en de dijk van het dorp is sterk."),)
    )
    assert annotate.annotate(article, authority=authority.default()).annotators == ()
    assert annotate_text(text(), ()) == {}


# ---- the version of the rules -------------------------------------------------------------------------------------


def test_every_built_in_annotator_says_the_digest_of_the_rules() -> None:
    chain = annotate.defaults(authority.default())
    assert {one.version.partition("+")[2] for one in chain} == {ruleset.digest()}
    made = annotate.annotate(ARTICLE, authority=authority.default())
    assert {one.by for one in made.layers} <= set(made.annotators)


def test_the_digest_changes_with_code_and_tables_and_with_nothing_else(tmp_path: Path) -> None:
    for part in ("annotate/tables", "authority"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "annotate/names.py").write_text("A = 1\n")
    (tmp_path / "annotate/tables/titles.txt").write_text("Dr\n")
    (tmp_path / "authority/table.py").write_text("B = 1\n")
    digests = [ruleset.digest_of(tmp_path)]
    (tmp_path / "annotate/__pycache__").mkdir()
    (tmp_path / "annotate/__pycache__/names.cpython-311.pyc").write_bytes(b"x")
    (tmp_path / "pipeline.py").write_text("C = 1\n")
    assert ruleset.digest_of(tmp_path) == digests[0]
    (tmp_path / "annotate/tables/titles.txt").write_text("Dr Mr\n")
    digests.append(ruleset.digest_of(tmp_path))
    (tmp_path / "authority/table.py").write_text("B = 2\n")
    digests.append(ruleset.digest_of(tmp_path))
    (tmp_path / "annotate/names.py").rename(tmp_path / "annotate/namen.py")
    digests.append(ruleset.digest_of(tmp_path))
    assert len(set(digests)) == 4


def test_the_digest_passes_over_no_file_of_the_rules() -> None:
    package = Path(ruleset.__file__).resolve().parent.parent
    files = [one for part in ("annotate", "authority") for one in (package / part).rglob("*") if one.is_file()]
    suffixes = {one.suffix for one in files if "__pycache__" not in one.parts}
    assert suffixes <= ruleset._SUFFIXES


def test_voters_settings_are_part_of_the_votes_version() -> None:
    versions = {Votes(voters).version for voters in ((), (Voter("m"),), (Voter("m", threshold=0.9),))}
    assert len(versions) == 3
