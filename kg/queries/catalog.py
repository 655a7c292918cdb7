"""The competency questions: what the graph is there to answer, each as a query to run and to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from pyoxigraph import Literal

from kg.queries.tokens import tokens

__all__ = ["Example", "examples"]


#: What the questions ask about by name, and of what kind it is.
_NAMED = {
    "Nayib Bukele": "Person",
    "Hillary Clinton": "Person",
    "Donald Trump": "Person",
    "El Salvador": "Place",
    "Terrorism Confinement Center": "Place",
    "Trump administration": "Organization",
}

#: What each question is about, by the number in its id.
_GROUPS = {
    "Who said what": (1, 2, 3),
    "People, organizations and places": (4, 5, 6, 7, 8, 9, 20),
    "Claims and contradictions": (10, 11, 16),
    "Events": (12, 13, 14, 15, 25),
    "Sources and versions": (17, 24),
    "Works and posts": (18, 19),
    "Tables for other tools": (21, 22, 23),
}
_GROUP_OF = {f"q{number:02}": group for group, numbers in _GROUPS.items() for number in numbers}


@dataclass(frozen=True, slots=True)
class Example:
    """A question in words and as SPARQL; ``id`` is its file's name (``q01``)."""

    id: str
    title: str
    text: str

    @property
    def group(self) -> str:
        """What the question is about, in words; questions of one group stand together."""
        return _GROUP_OF.get(self.id, "More")

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The names the question asks about, with their kinds, in order."""
        found = (t.text[1:-1] for t in tokens(self.text) if t.kind == "string")
        return tuple((name, _NAMED[name]) for name in dict.fromkeys(found) if name in _NAMED)

    def about(self, names: Mapping[str, str]) -> Example:
        """The same question about other things: each name replaced by the one it maps to, as a string of its own."""
        parts = [
            str(Literal(names[t.text[1:-1]])) if t.kind == "string" and t.text[1:-1] in names else t.text
            for t in tokens(self.text)
        ]
        return replace(self, text="".join(parts))


@cache
def examples() -> tuple[Example, ...]:
    """The competency questions in order. A file's first line is its title, as a comment."""
    folder = resources.files("kg.queries").joinpath("examples")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".rq")), key=lambda f: f.name)
    made = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        made.append(Example(file.name.removesuffix(".rq"), text.partition("\n")[0].lstrip("# ").strip(), text))
    return tuple(made)
