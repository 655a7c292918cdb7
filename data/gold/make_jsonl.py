"""Makes ``sample.jsonl``, the set that ``kg eval`` reads, from the reference annotations beside it.

    python data/gold/make_jsonl.py            # writes sample.jsonl
    python data/gold/make_jsonl.py --check    # exit 1 when it differs from what would be written

A name's places are where its listed forms stand in the body as whole words, the longest form first; a form that two
entities share has no cluster. Quotations are found word for word, with the marks around them. Who speaks is not carried
over: the form asks for the place of the source, which the annotations do not give.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKS = "“”‘’\"'«»"


def main() -> int:
    """Writes or checks the file; the exit code."""
    lines = [json.dumps(document(path), ensure_ascii=False) for path in sorted(HERE.glob("*.json"))]
    made = "\n".join(lines) + "\n"
    target = HERE / "sample.jsonl"
    if "--check" in sys.argv[1:]:
        same = target.is_file() and target.read_text(encoding="utf-8") == made
        print(f"{target.name}: {'same' if same else 'differs'}")
        return int(not same)
    target.write_text(made, encoding="utf-8", newline="\n")
    print(f"{target.name}: {len(lines)} documents")
    return 0


def document(path: Path) -> dict[str, object]:
    """One line of the set."""
    given = json.loads(path.read_text(encoding="utf-8"))
    text = "\n\n".join(given["body"])
    owners: dict[str, list[int]] = {}
    for number, entity in enumerate(given["entities"]):
        for form in dict.fromkeys(entity["mentions"]):
            owners.setdefault(form, []).append(number)
    mentions = []
    for start, end, form in places(text, list(owners)):
        entities = [given["entities"][number] for number in owners[form]]
        mention: dict[str, object] = {
            "start": start,
            "end": end,
            "surface": form,
            "types": sorted({entity["type"] for entity in entities}),
            "link": None,
            "name": entities[0]["name"] if len(entities) == 1 else None,
            "kind": "named",
        }
        if len(entities) == 1:
            mention["cluster"] = f"e{owners[form][0]}"
        mentions.append(mention)
    quotes = [
        {"source": [], "cue": [], "content": content, "who": quotation["speaker"], "text": quotation["text"]}
        for quotation in given["quotations"]
        if (content := list(printed(text, quotation["text"])))
    ]
    return {"id": path.stem, "set": "sample", "split": "all", "text": text, "mentions": mentions, "quotes": quotes}


def places(text: str, forms: list[str]) -> Iterator[tuple[int, int, str]]:
    """Where the forms stand in the text, none inside another."""
    if not forms:
        return
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)")
    for found in pattern.finditer(text):
        yield found.start(), found.end(), found.group()


def printed(text: str, words: str) -> Iterator[list[int]]:
    """The stretches a quotation is printed at, one a paragraph, with the marks around them."""
    at = 0
    for part in words.split("\n"):
        start = text.find(part, at)
        if start < 0:
            return
        at = end = start + len(part)
        if start and text[start - 1] in MARKS:
            start -= 1
        if end < len(text) and text[end] in MARKS:
            end += 1
        yield [start, end]


if __name__ == "__main__":
    sys.exit(main())
