"""The big word tables: what they hold, how they are read, and that they follow from their sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.annotate import lexicon
from kg.annotate.lexicon import FOREIGN, cases, given_names, surnames

ROOT = Path(__file__).resolve().parents[2]
TABLES = Path(lexicon.__file__).resolve().parent / "tables"


def test_words_that_are_written_small_have_positive_odds_and_names_negative_ones() -> None:
    odds = cases()
    assert min(odds["table"], odds["house"], odds["government"]) > 1
    assert max(odds["germany"], odds["wednesday"], odds["merkel"]) < -1
    assert "qzxv" not in odds


def test_given_names_know_whose_they_are_with_and_without_accents() -> None:
    names = given_names()
    assert (names["agnieszka"], names["tomasz"]) == ("f", "m")
    assert "josé" in names
    assert "jose" in names


def test_surnames_have_the_bound_of_their_rank() -> None:
    ranks = surnames()
    assert ranks["smith"] == 300
    assert ranks["novák"] == FOREIGN
    assert set(ranks.values()) == {300, 1000, 3000, 10_000, 40_000, FOREIGN}


def test_every_word_is_in_its_table_once_and_tables_stay_small() -> None:
    for name in ("case", "given.names", "surnames"):
        lines = (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        words = [word for line in lines if not line.startswith("#") for word in line.split()[1:]]
        assert len(words) == len(set(words)) > 10_000
        assert all(word == word.lower() for word in words)
    assert sum(path.stat().st_size for path in TABLES.iterdir()) < 2_000_000


def test_tables_are_what_the_script_makes_of_its_sources() -> None:
    for module in ("faker", "names", "spacy_lookups_data"):
        pytest.importorskip(module, reason="sources of the word tables: pip install -r data/make_tables.txt")
    script = ROOT / "data" / "make_tables.py"
    made = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
