"""The command about texts that are no articles: annotate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from kg.annotate import annotate_line
from kg.cli.context import Context
from kg.errors import InputError, UsageError
from kg.pipeline.chain import annotators

__all__ = ["COMMANDS"]


@click.command()
@click.argument("file", metavar="IN.jsonl|-")
@click.pass_obj
def annotate(context: Context, file: str) -> None:
    """Annotate texts given as JSON Lines {id, text, title?, date?}; offsets are Unicode code points."""
    table = context.table()
    chain = annotators(table, context.settings["annotators"])
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError as error:
            raise InputError(f"is no JSON: {error}", origin=file, line=number) from None
        try:
            made = annotate_line(given, authority=table, annotators=chain)
        except InputError as error:
            raise InputError(error.reason, origin=file, line=number) from None
        click.echo(json.dumps(made, ensure_ascii=False))


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from sys.stdin
        return
    if not Path(file).is_file():
        raise UsageError(f"{file}: there is no such file")
    try:
        with Path(file).open(encoding="utf-8") as stream:
            yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", origin=file) from None


COMMANDS = (annotate,)
