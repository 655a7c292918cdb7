"""The competency questions: what the graph is there to answer, each as a query to run and to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Example", "examples"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question in words and as SPARQL; ``id`` is its file's name (``q01``)."""

    id: str
    title: str
    text: str


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
