"""Who is on a picture: only a caption that does nothing but name says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from publication import Publication, document, page
from pyoxigraph import NamedNode

from kg.vocab import FOAF, SCHEMA


def depicted(folder: Path, caption: str) -> set[str]:
    """The names of those whom the picture with this caption shows."""
    publication = Publication.make(folder)
    picture = f"Image: {caption}\n\n"
    text = page().decode().replace("The Ministry of", picture + "The Ministry of", 1)
    text += "\nRasmus Thorsager, the harbour master, agreed with the mayor and said he would bring more sand.\n"
    (outcome,) = publication.add(document(text.encode()))
    assert outcome.status == "stored", outcome.reason
    captions = {str(q.object) for q in publication.default(None, SCHEMA.caption)}
    assert captions == {f'"{caption}"@en'}
    shown = {q.object for q in publication.default(None, FOAF.depicts)}
    return {
        q.object.value
        for one in shown
        if isinstance(one, NamedNode)
        for q in publication.default(one, SCHEMA.name)
        if not isinstance(q.object, NamedNode)
    }


@pytest.mark.parametrize(
    ("caption", "names"),
    [
        ("Mayor Lotte Brandsma and Rasmus Thorsager in Kampen.", {"Lotte Brandsma", "Rasmus Thorsager"}),
        ("Lotte Brandsma, left, with Rasmus Thorsager.", {"Lotte Brandsma", "Rasmus Thorsager"}),
        ("Lotte Brandsma criticized Rasmus Thorsager over the quay.", set()),
        ("The quay that Lotte Brandsma promised to rebuild.", set()),
    ],
)
def test_a_caption_that_tells_something_does_not_say_who_is_shown(
    tmp_path: Path, caption: str, names: set[str]
) -> None:
    assert depicted(tmp_path, caption) == names
