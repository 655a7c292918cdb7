"""The page about sources: its settings are valid, and it tells every kind and key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import config

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_valid_setting(example: str, tmp_path: Path) -> None:
    file = tmp_path / "kg.toml"
    file.write_text(example, encoding="utf-8")
    assert len(config.load(file).sources) == 1


def test_every_key_of_a_source_is_told() -> None:
    assert [key for key in config.SOURCE_KEYS if not re.search(rf"\b{key}\b", PAGE)] == []


def test_the_options_of_the_command_are_told() -> None:
    for option in ("--once", "--source", "--status", "--afresh"):
        assert option in PAGE
