"""Access tokens: how they are made, what the settings accept, and that no secret is kept or repeated."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import config
from kg.cli import kg
from kg.errors import ConfigError, KgError

HASH = "sha256:" + "0a" * 32
GOOD = f'[[tokens]]\nname = "desk"\nhash = "{HASH}"\nrole = "ingest"\n'


def load(folder: Path, text: str) -> config.Settings:
    file = folder / "kg.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file)


def test_a_token_is_known_by_its_hash_and_has_a_role(tmp_path: Path) -> None:
    (token,) = load(tmp_path, GOOD + "expires = 2027-12-31\nnote = 'for the desk'\n").tokens
    assert (token.name, token.role, token.expires, token.note) == ("desk", "ingest", date(2027, 12, 31), "for the desk")
    assert [token.may(role) for role in config.ROLES] == [True, True, False]
    assert token.digest not in repr(token)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("hash", "secret"), "unknown key 'secret'"),
        (GOOD.replace("desk", "The Desk"), "name is needed"),
        (GOOD.replace(HASH, "ngt_my-very-secret-secret"), "kg token new NAME"),
        (GOOD.replace("ingest", "god"), "role must be one of read, ingest, admin"),
        (GOOD + GOOD, "two tokens named 'desk'"),
        (GOOD + GOOD.replace("desk", "other"), "the same hash"),
        (GOOD + 'expires = "soon"\n', "expires must be a day"),
        (GOOD + "expires = 2027-12-31T00:00:00Z\n", "expires must be a day"),
        (GOOD + "note = 7\n", "note must be text"),
        ('tokens = "desk"\n', r"written as \[\[tokens\]\] tables"),
    ],
)
def test_a_table_that_is_no_token_is_refused_without_repeating_what_may_be_a_secret(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        load(tmp_path, text)
    assert "very-secret" not in caught.value.message


def run(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(kg, ["--config", str(folder / "kg.toml"), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_a_new_token_is_printed_once_and_only_its_hash_is_written(tmp_path: Path) -> None:
    load(tmp_path, "excerpt = 100\n")
    secret = run(tmp_path, "token", "new", "desk", "--role", "admin", "--write", "--note", 'a "quoted" note').strip()
    text = (tmp_path / "kg.toml").read_text(encoding="utf-8")
    settings = config.load(tmp_path / "kg.toml")
    (token,) = settings.tokens
    assert settings["excerpt"] == 100
    assert (token.name, token.role, token.note) == ("desk", "admin", 'a "quoted" note')
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) > 40
    assert secret not in text
    assert secret not in run(tmp_path, "token", "list")
    assert token.digest not in run(tmp_path, "token", "list")


def test_two_new_tokens_differ_and_the_settings_stay_as_they_are_without_write(tmp_path: Path) -> None:
    load(tmp_path, "")
    made = [json.loads(run(tmp_path, "--json", "token", "new", name)) for name in ("one", "two")]
    assert made[0]["secret"] != made[1]["secret"]
    assert [one["role"] for one in made] == ["read", "read"]
    assert (tmp_path / "kg.toml").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("desk",), "there is a token named 'desk'"),
        (("Desk!",), "lower-case letters"),
        (("other", "--expires", "tomorrow"), "is no day"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    load(tmp_path, GOOD)
    with pytest.raises(KgError, match=reason):
        run(tmp_path, "token", "new", *arguments, "--write")
    assert (tmp_path / "kg.toml").read_text() == GOOD


def test_an_expired_token_is_listed_as_such(tmp_path: Path) -> None:
    load(tmp_path, GOOD + "expires = 2020-01-01\n")
    assert "expired" in run(tmp_path, "token", "list")
    assert json.loads(run(tmp_path, "--json", "token", "list"))["expired"] is True
