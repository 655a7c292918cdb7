"""The ``kg`` command. Exit codes: 0 done · 1 some input was refused · 2 wrong usage or configuration · 3 no store."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from kg import __version__, plugins
from kg.cli import admin, articles, authority, evaluate, graphs, purge, review, snapshots, watch
from kg.cli.context import Context
from kg.errors import KgError, StoreError
from kg.store import damage

__all__ = ["kg", "main"]


class _Group(click.Group):
    """The group, with the commands other installed packages bring (``serve`` comes from the web server)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *plugins.names("commands")})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        own = super().get_command(ctx, name)
        if own is not None:
            return own
        brought = plugins.load("commands", name)
        return brought if isinstance(brought, click.Command) else None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "file", metavar="FILE", help="Settings file (default: kg.toml here, or $KG_CONFIG).")
@click.option("--store", metavar="DIR", help="Store directory, instead of the setting.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line instead of text.")
@click.version_option(__version__, prog_name="kg")
@click.pass_context
def kg(ctx: click.Context, file: str | None, store: str | None, as_json: bool) -> None:
    """News articles in; a validated, linked, citable knowledge graph out.

    Start with: kg init news && cd news && kg ingest ../articles && kg serve
    """
    ctx.obj = Context(file=file, store=store, as_json=as_json)


for _module in (admin, articles, authority, evaluate, graphs, purge, review, snapshots, watch):
    for _command in _module.COMMANDS:
        kg.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result: Any = kg.main(args=arguments, prog_name="kg", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped; what was published stays, nothing is half done", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except KgError as error:
        click.echo(f"kg: {error.message}", err=True)
        return error.exit_code
    except RuntimeError as error:
        if not damage.is_damage(error):
            raise
        # come to in the middle of a read that no boundary of the store sees, RocksDB's message names the file
        click.echo(f"kg: the store is damaged: {' '.join(str(error).split())}; {damage.ADVICE}", err=True)
        return StoreError.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (kg query … | head); that is no failure, and stdout is beyond use.
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
