"""Makes the big word tables of ``kg/annotate/tables/`` from packages with free licences, the same bytes each time.

    python -m venv scratch && scratch/bin/pip install -r data/make_tables.txt
    scratch/bin/python data/make_tables.py            # writes the tables
    scratch/bin/python data/make_tables.py --check    # exit 1 when a table differs from what would be written

``case.txt``: how much more often a word is written in lower case than with a capital, in natural logarithms of the
two frequencies in running English text (spacy-lookups-data, table ``lexeme_prob``); ``given.names.txt`` and
``surnames.txt``: personal names (the package names, which holds lists of the US Census of 1990, and Faker's lists of
names of some fifty countries). Credits and licences: data/SOURCES.md.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import math
import pkgutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "kg" / "annotate" / "tables"
WIDTH = 118
#: A word this rare (natural logarithm of its share of running text) in both spellings says nothing.
RAREST = -16.5
#: The logarithm given to a spelling that does not occur.
ABSENT = -20.0
STEPS = 2  # of the logarithm, per unit
RANKS = (300, 1000, 3000, 10_000, 40_000)
#: Letters that a plain keyboard writes otherwise and Unicode does not take apart.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
LATIN = 0x24F


def main() -> int:
    """Writes or checks the tables; the exit code of the command."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare only; exit 1 when a table differs")
    check = options.parse_args().check
    differs = False
    for name, text in (("case", cases()), ("given.names", given()), ("surnames", surnames())):
        path = TABLES / f"{name}.txt"
        if check:
            same = path.is_file() and path.read_text(encoding="utf-8") == text
            differs = differs or not same
            print(f"{path.name}: {'same' if same else 'differs'}")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path.name}: {len(text.encode()):,} bytes")
    return int(differs)


def grouped(heading: str, groups: Mapping[str, Iterable[str]]) -> str:
    """A table as text: lines ``key: word word …`` no longer than the width, words in alphabetical order."""
    lines = [f"# {heading}", "# Made by data/make_tables.py; do not edit."]
    for key, words in groups.items():
        line = f"{key}:"
        for word in sorted(words):
            if len(line) + 1 + len(word) > WIDTH:
                lines.append(line)
                line = f"{key}:"
            line += " " + word
        if not line.endswith(":"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def cases() -> str:
    """The case table."""
    packed = resources.files("spacy_lookups_data") / "data" / "en_lexeme_prob.json.gz"
    shares: dict[str, float] = json.loads(gzip.decompress(packed.read_bytes()))
    small: dict[str, float] = {}
    capital: dict[str, float] = {}
    for word, share in shares.items():
        if len(word) < 2 or not word.isalpha() or ord(max(word)) > LATIN:
            continue
        if word.islower():
            small[word] = share
        elif word[0].isupper() and word[1:].islower():
            capital[word.lower()] = share
    groups: dict[str, list[str]] = {}
    for word in sorted(small.keys() | capital.keys()):
        low, high = small.get(word, ABSENT), capital.get(word, ABSENT)
        if max(low, high) < RAREST:
            continue
        step = math.floor(max(-9.0, min(9.0, low - high)) * STEPS + 0.5)
        groups.setdefault(f"{step / STEPS:g}", []).append(word)
    ordered = dict(sorted(groups.items(), key=lambda pair: float(pair[0])))
    return grouped(
        "Natural logarithm of the odds that a word is written in lower case rather than with a capital.", ordered
    )


def census(name: str) -> list[str]:
    """The names of one list of the US Census of 1990, commonest first, in lower case."""
    text = (resources.files("names") / name).read_text(encoding="ascii")
    return [line.split()[0].lower() for line in text.splitlines() if line.strip()]


def faker(prefix: str) -> Iterator[tuple[str, str]]:
    """Names of Faker's lists in Latin letters, as (list's own name, name in lower case), with and without accents."""
    package = importlib.import_module("faker.providers.person")
    for module in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
        provider = importlib.import_module(f"{package.__name__}.{module}").Provider
        for attribute in sorted(dir(provider)):
            value = getattr(provider, attribute)
            if not attribute.startswith(prefix) or not attribute.endswith(("names", "male", "female", "unisex")):
                continue
            if not isinstance(value, (tuple, list, dict)):
                continue
            for name in value:
                if isinstance(name, str):
                    yield from ((attribute, word) for word in spellings(name))


def spellings(name: str) -> Iterator[str]:
    """The words of a name in lower case, as written and in plain letters; nothing for other scripts and initials."""
    for raw in unicodedata.normalize("NFC", name).lower().replace("-", " ").split():
        word = unicodedata.normalize("NFC", raw.strip(".,'’"))
        if (
            len(word) < 2
            or not word.isalpha()
            or any(ord(char) > LATIN and not 0x1E00 <= ord(char) < 0x1F00 for char in word)
        ):
            continue
        yield word
        apart = unicodedata.normalize("NFD", word.translate(PLAIN))
        plain = "".join(char for char in apart if not unicodedata.combining(char))
        if plain != word and plain.isascii():
            yield plain


def given() -> str:
    """The given names: ``f`` for women's, ``m`` for men's, ``n`` for both or unknown."""
    female, male, either = set(census("dist.female.first")), set(census("dist.male.first")), set()
    for source, word in faker("first_"):
        (female if "female" in source else male if "male" in source else either).add(word)
    both = (female & male) | (either - female - male)
    return grouped("Given names.", {"f": female - both, "m": male - both, "n": both})


def surnames() -> str:
    """The surnames by rank in the US Census of 1990; ``0`` for names only other countries' lists have."""
    groups: dict[str, list[str]] = {str(rank): [] for rank in (*RANKS, 0)}
    seen: set[str] = set()
    for number, word in enumerate(census("dist.all.last"), 1):
        bound = next((rank for rank in RANKS if number <= rank), None)
        if bound is None:
            break
        if word not in seen:
            groups[str(bound)].append(word)
            seen.add(word)
    particles = {"al", "el", "de", "la", "da", "di", "du", "do", "dos", "van", "von", "der", "den", "del", "le", "ul"}
    groups["0"] = sorted({word for _, word in faker("last_")} - seen - particles)
    return grouped("Surnames.", groups)


if __name__ == "__main__":
    sys.exit(main())
