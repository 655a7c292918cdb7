"""``kg token``: access tokens for those who write over HTTP, or may ask longer queries."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date

import click

from kg.cli.context import Context, now, say
from kg.config import ROLES, TOKEN_KEYS
from kg.errors import UsageError

__all__ = ["COMMANDS"]

#: Bytes of a secret. So many cannot be guessed, which is why a fast hash of them is enough.
_BYTES = 32


@click.group()
def token() -> None:
    """Make and list access tokens: who may write over HTTP, or ask longer queries."""


@token.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="read", show_default=True, help=TOKEN_KEYS["role"])
@click.option("--expires", metavar="DAY", help="Last day on which it is good, as 2027-12-31.")
@click.option("--note", metavar="TEXT", help="What it is for.")
@click.option("--write", is_flag=True, help="Add the table to kg.toml.")
@click.pass_obj
def new(context: Context, name: str, role: str, expires: str | None, note: str | None, write: bool) -> None:
    """Print a new secret for NAME, once, and the table that makes it known in kg.toml.

    The secret is kept nowhere: who loses it gets another one. What is published with it bears NAME.
    """
    settings = context.settings
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise UsageError(f"a token's name has lower-case letters, digits and hyphens; {name!r} has others")
    if any(one.name == name for one in settings.tokens):
        raise UsageError(f"there is a token named {name!r}; take its table out of {settings.file} first")
    if expires is not None:
        try:
            date.fromisoformat(expires)
        except ValueError:
            raise UsageError(f"--expires {expires!r} is no day; write one as 2027-12-31") from None
    secret = f"ngt_{secrets.token_urlsafe(_BYTES)}"
    digest = hashlib.sha256(secret.encode("ascii")).hexdigest()
    table = ["[[tokens]]", f'name = "{name}"', f'hash = "sha256:{digest}"', f'role = "{role}"']
    table += [f"expires = {expires}"] if expires else []
    table += [f"note = {_quoted(note)}"] if note else []
    if write:
        if settings.file is None:
            raise UsageError("there is no kg.toml here to write to; run kg in a publication's folder, or use --config")
        text = settings.file.read_text(encoding="utf-8")
        settings.file.write_text(text.rstrip("\n") + "\n\n" + "\n".join(table) + "\n", encoding="utf-8")
        say(f"added to {settings.file}; start kg serve again so that it counts")
    else:
        say("put this into kg.toml and start kg serve again:\n\n" + "\n".join(table) + "\n")
    say("the secret, which is shown this once and kept nowhere:")
    context.emit({"name": name, "role": role, "secret": secret, "hash": f"sha256:{digest}"}, secret)


@token.command("list")
@click.pass_obj
def list_(context: Context) -> None:
    """The tokens of kg.toml, without their hashes."""
    today = now().date()
    for one in context.settings.tokens:
        over = one.expires is not None and one.expires < today
        text = f"{one.name:<24} {one.role:<7} {'expired' if over else one.expires or 'does not expire'}"
        row = {"name": one.name, "role": one.role, "expires": one.expires and one.expires.isoformat()}
        context.emit(row | {"expired": over, "note": one.note}, f"{text}  {one.note}".rstrip())


@token.command()
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many of the newest.")
@click.pass_obj
def log(context: Context, last: int) -> None:
    """What was written with tokens, the newest first: when, by whom, what became of it."""
    from kg.pipeline.writes import Writes

    rows = list(Writes.of(context.open().path).read())
    for row in reversed(rows[-last:]):
        counts = f"+{row.get('added', 0)} -{row.get('removed', 0)}"
        what = f"{row.get('kind', '')} {row.get('graph', '')}".strip()
        shown = " ".join(str(row.get(name, "")) for name in ("time", "token", "outcome"))
        context.emit(row, f"{shown}  {what}  {counts}  {row.get('reason', '')}".rstrip())


def _quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    shown = "".join(f"\\u{ord(c):04X}" if ord(c) < 0x20 or c in '"\\\x7f' else c for c in text)
    return f'"{shown}"'


COMMANDS = (token,)
