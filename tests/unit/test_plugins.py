"""Installed plug-ins are found by entry point, run in the chain, and are missed out loud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from publication import Publication, document, page
from pyoxigraph import NamedNode

from kg import extract, plugins
from kg.errors import ConfigError, MissingDependency
from kg.model import Annotation, Article, Document, Paragraph, Text
from kg.vocab import SCHEMA


class Describer:
    """An annotator of somebody else: describes whoever is called Lotte Brandsma."""

    name = "describer"
    version = "7"
    needs = frozenset({"coref"})
    gives = frozenset({"fact"})

    def __init__(self, authority: plugins.Authority) -> None:
        self.authority = authority

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        for one in layers["coref"]:
            if one.span.of(text.text) == "Lotte Brandsma":
                args = {"subject": one.ref, "property": "description", "value": "described by a plug-in"}
                yield Annotation(one.span, "fact", None, one.ref, 0.9, "describer@7", args)
                return

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        return [tuple(self.annotate(*one)) for one in texts]


class Shouted:
    """A reader of somebody else's format."""

    name = "shouted"

    def recognises(self, document: Document) -> float:
        return 1.0 if document.data.startswith(b"#SHOUT ") else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        head, _, body = document.data.decode().partition("\n")
        return (Article(headline=head.removeprefix("#SHOUT "), paragraphs=(Paragraph(body.strip()),), language="en"),)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = EntryPoints(
        [
            EntryPoint("describer", f"{__name__}:Describer", "newsgraph.annotators"),
            EntryPoint("absent", "no_such_module_of_ours:Annotator", "newsgraph.annotators"),
            EntryPoint("none", f"{__name__}:Span", "newsgraph.annotators"),
            EntryPoint("shouted", f"{__name__}:Shouted", "newsgraph.readers"),
        ]
    )
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: points.select(group=group))


@pytest.mark.usefixtures("installed")
def test_an_installed_annotator_that_is_named_runs_in_the_chain(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, annotators="describer")
    publication.add(document(page()))
    (mayor,) = publication.named("Lotte Brandsma")
    said = {q.object.value for q in publication.default(NamedNode(mayor), SCHEMA.description)}  # type: ignore[union-attr]
    assert "described by a plug-in" in said


@pytest.mark.usefixtures("installed")
def test_a_plug_in_that_is_not_named_does_not_run(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    assert not any("plug-in" in str(q.object) for q in publication.default(None, SCHEMA.description))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("other", ConfigError, "no annotator named 'other' is installed; installed: absent, describer, none"),
        ("absent", MissingDependency, "pip install absent"),
    ],
)
def test_a_plug_in_that_is_missing_is_said_and_never_passed_over(
    tmp_path: Path, name: str, error: type[Exception], message: str
) -> None:
    publication = Publication.make(tmp_path, annotators=name)
    with pytest.raises(error, match=message):
        publication.add(document(page()))


@pytest.mark.usefixtures("installed")
def test_an_installed_reader_reads_what_it_recognises(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    shout = b"#SHOUT Quay to be rebuilt\nThe council decided on Monday that the old quay will be rebuilt by the summer."
    (outcome,) = publication.add(document(shout, "a.shout"))
    assert outcome.status == "stored", outcome.reason
    assert {str(q.object) for q in publication.default(None, SCHEMA.headline)} == {'"Quay to be rebuilt"@en'}
    assert isinstance(Shouted(), plugins.Reader)
    assert all(isinstance(one, plugins.Reader) for one in extract.READERS)
