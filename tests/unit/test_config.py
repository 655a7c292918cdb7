"""Settings come from the file, then the environment, then flags, and every mistake is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import config
from kg.cli.admin import starting_config
from kg.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    file = folder / "kg.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_every_setting_is_at_its_default() -> None:
    settings = config.load()
    assert settings.base_iri == "http://127.0.0.1:8000"
    assert set(settings.origins.values()) == {"default"}


def test_environment_beats_the_file_and_flags_beat_both(tmp_path: Path) -> None:
    file = write(tmp_path, 'base_iri = "https://a.example"\n[limits]\nquery_seconds = 5\nqueued_queries = 3\n')
    settings = config.load(
        file,
        environment={"KG_BASE_IRI": "https://b.example", "KG_LIMITS_QUERY_SECONDS": "7.5"},
        flags={"base_iri": "https://c.example", "detail": None},
    )
    assert settings.base_iri == "https://c.example"
    assert settings["limits.query_seconds"] == 7.5
    assert settings["limits.queued_queries"] == 3
    assert settings.origins["base_iri"] == "flag"
    assert settings.origins["limits.query_seconds"] == "KG_LIMITS_QUERY_SECONDS"
    assert settings.origins["limits.queued_queries"].endswith("kg.toml:4")
    assert settings.origins["detail"] == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('base_irl = "https://a.example"', "kg.toml:1: unknown setting 'base_irl'; did you mean base_iri?"),
        ("\n[limits]\nquery_second = 5", "kg.toml:3: unknown setting 'limits.query_second'; did you mean"),
        ('base_iri = "ftp://a.example"', "must be http"),
        ('base_iri = "https://a.example/"', "without a trailing slash"),
        ("[limits]\nquery_seconds = -1", "must be a number of seconds above 0"),
        ("[limits]\nqueued_queries = true", "must be a whole number"),
        ('detail = "some"', "must be one of full, facts"),
        ("base_iri = ", "is no valid TOML"),
        ('[[sources]]\nname = "Bad Name"', "lower-case letters"),
        ('[[sources]]\nname = "a"\nright = "own"', "unknown key 'right' in source 1; did you mean rights?"),
        ('[[sources]]\nname = "a"\nrights = "mine"', "rights = 'mine' must be one of own, licensed, third-party"),
        ('[[sources]]\nname = "a"\n[[sources]]\nname = "a"', "two sources named 'a'"),
        ('[sources]\nname = "a"', "must be written as [[sources]]"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, text))
    assert message in caught.value.message
    assert caught.value.exit_code == 2


def test_a_variable_that_is_no_setting_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="KG_BASE_IR is no setting; did you mean KG_BASE_IRI"):
        config.load(environment={"KG_BASE_IR": "https://a.example", "HOME": "/"})


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kg init"):
        config.load(tmp_path / "kg.toml")


def test_a_source_without_rights_is_third_party_and_the_deepest_folder_wins(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    settings = config.load(
        write(
            tmp_path,
            '[[sources]]\nname = "wide"\npath = "in"\n[[sources]]\nname = "narrow"\npath = "in/deep"\nrights = "own"\n',
        )
    )
    assert settings.source_named("wide").rights == "third-party"
    inner = settings.source_of(tmp_path / "in" / "deep" / "a.txt")
    assert inner is not None
    assert inner.name == "narrow"
    assert settings.source_of(tmp_path / "out.txt") is None
    with pytest.raises(ConfigError, match="known: wide, narrow"):
        settings.source_named("other")


def test_the_file_that_init_writes_is_valid_and_names_every_setting(tmp_path: Path) -> None:
    text = starting_config("https://news.example")
    settings = config.load(write(tmp_path, text))
    assert settings.base_iri == "https://news.example"
    for setting in config.SETTINGS:
        assert f"{setting.name.rpartition('.')[2]} = " in text or f"# [{setting.name}]\n" in text
    text = text.replace('# A7 = "Info"', "")  # an example, no default
    uncommented = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    uncommented = uncommented[: uncommented.index("# [[sources]]")]
    again = config.load(write(tmp_path, uncommented))
    assert {s.name: again[s.name] for s in config.SETTINGS} == {s.name: settings[s.name] for s in config.SETTINGS}


def test_the_example_of_severities_that_init_writes_is_valid(tmp_path: Path) -> None:
    text = starting_config("https://news.example").replace("# [shapes.severity]\n# A7", "[shapes.severity]\nA7")
    assert config.load(write(tmp_path, text))["shapes.severity"] == ("A7=Info",)
