"""How well the page reader does on layouts whose right reading is written down, per layout and overall.

``python bench/layouts.py tests/layouts tests/layouts/blind`` prints, for each ``*.txt`` with its ``*.json`` of the
right reading: precision, recall and F1 of paragraphs (exact after white space is squeezed), the share of the page's
other lines that leaked into the body, and the share of metadata fields that are right. A field is right when it is
equal; publisher, section and names are compared without case. ``--wrong`` prints every difference.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.extract import normalise, read
from kg.model import Article, Document

FIELDS = (
    "headline",
    "alternative_headline",
    "abstract",
    "authors",
    "publisher",
    "section",
    "date_published",
    "date_modified",
    "captions",
    "credits",
    "corrections",
)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one layout; scores add up."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    leaked: int = 0
    others: int = 0
    fields_right: int = 0
    fields: int = 0
    stated_right: int = 0
    stated: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def line(self, name: str) -> str:
        """One row of the table."""
        precision, recall = self.right / max(1, self.found), self.right / max(1, self.wanted)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return (
            f"{name:28} {precision:5.3f} {recall:5.3f} {f1:5.3f}  {self.leaked:3d}/{self.others:<4d} "
            f"{self.leaked / max(1, self.others):6.1%}  {self.fields_right / max(1, self.fields):5.3f} "
            f"{self.stated_right / max(1, self.stated):5.3f}"
        )


def squeeze(text: str) -> str:
    """The text with single spaces, for comparing."""
    return " ".join(text.split())


def instant(lexical: str | None) -> str | None:
    """A dateTime as its instant, a date as it is."""
    if lexical is None or "T" not in lexical:
        return lexical
    return datetime.fromisoformat(lexical).astimezone(UTC).isoformat()


def found(article: Article | None) -> dict[str, Any]:
    """The article in the words of the gold files."""
    if article is None:
        return dict.fromkeys(FIELDS) | {"authors": [], "captions": [], "credits": [], "corrections": []}
    return {
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "abstract": article.abstract,
        "authors": [one.name.casefold() for one in article.authors],
        "publisher": article.publisher and article.publisher.casefold(),
        "section": article.section and article.section.casefold(),
        "date_published": instant(article.date_published),
        "date_modified": instant(article.date_modified),
        "captions": [one.caption for one in article.images if one.caption],
        "credits": [one.credit for one in article.images if one.credit],
        "corrections": list(article.corrections),
    }


def wanted(gold: dict[str, Any]) -> dict[str, Any]:
    """The gold in the same words."""
    return {
        "headline": gold["headline"],
        "alternative_headline": gold.get("alternative_headline"),
        "abstract": gold.get("abstract"),
        "authors": [one.casefold() for one in gold["authors"]],
        "publisher": gold["publisher"] and gold["publisher"].casefold(),
        "section": gold["section"] and gold["section"].casefold(),
        "date_published": instant(gold["date_published"]),
        "date_modified": instant(gold["date_modified"]),
        "captions": [caption for caption, _ in gold["images"] if caption],
        "credits": [credit for _, credit in gold["images"] if credit],
        "corrections": gold["corrections"],
    }


def body(gold: dict[str, Any], text: str) -> list[str]:
    """The paragraphs of the right body; where only beginnings are written down, the page's own lines."""
    if "body" in gold:
        return [squeeze(one) for one in gold["body"]]
    blocks = [squeeze(block) for block in text.split("\n\n")]
    lines = [squeeze(line) for line in text.split("\n")]
    joined = len(max(lines, key=len)) < 80
    pieces = [one for one in (blocks if joined else lines) if one] + lines
    return [next(one for one in pieces if one.startswith(start)) for start in gold["body_starts"]]


def score(path: Path) -> tuple[Score, list[str]]:
    """The counts of one layout, and what is wrong in words."""
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    text = normalise(path.read_bytes().decode("utf-8"))
    try:
        article = read(Document(path.read_bytes(), f"path:layouts/{path.name}", path.name))[0]
    except InputError as error:
        article, trouble = None, [f"refused: {error}"]
    else:
        trouble = []
    right = Counter(body(gold, text))
    got = Counter(squeeze(one.text) for one in article.paragraphs) if article else Counter[str]()
    hits = sum((right & got).values())
    inside = "\n".join(right)
    others = [line for raw in text.split("\n") if (line := squeeze(raw)) and line not in right]
    kept = {squeeze(one.text) for one in article.paragraphs} if article else set()
    leaked = [line for line in others if line in kept and line not in inside]
    others = [line for line in others if line not in inside]
    mine, theirs = found(article), wanted(gold)
    stated = [name for name in FIELDS if mine[name] or theirs[name]]
    trouble += [f"{name}: found {mine[name]!r}, not {theirs[name]!r}" for name in FIELDS if mine[name] != theirs[name]]
    trouble += [f"lost: {one[:110]}" for one in (right - got)] + [f"added: {one[:110]}" for one in (got - right)]
    counts = Score(
        right=hits,
        found=sum(got.values()),
        wanted=sum(right.values()),
        leaked=len(leaked),
        others=len(others),
        fields_right=sum(mine[name] == theirs[name] for name in FIELDS),
        fields=len(FIELDS),
        stated_right=sum(mine[name] == theirs[name] for name in stated),
        stated=len(stated),
    )
    return counts, trouble


def table(folders: list[Path], *, wrong: bool = False) -> Iterator[str]:
    """The rows of all layouts and of each folder's sum."""
    yield f"{'layout':28} {'P':>5} {'R':>5} {'F1':>5}  {'leaked':>8} {'':6}  {'all':>5} {'stated':>5}"
    for folder in folders:
        total = Score()
        for path in sorted(folder.glob("*.txt")):
            counts, trouble = score(path)
            total += counts
            yield counts.line(path.stem)
            if wrong:
                yield from (f"    {one}" for one in trouble)
        yield total.line(f"= {folder.name}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("tests/layouts"), Path("tests/layouts/blind")])
    parser.add_argument("--wrong", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    for row in table(options.folders, wrong=options.wrong):
        print(row)


if __name__ == "__main__":
    main()
