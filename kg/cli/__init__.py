"""The ``kg`` command. Exit codes: 0 done · 1 some input was refused · 2 wrong usage or configuration · 3 no store."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from kg import __version__, plugins
from kg.cli.context import Context
from kg.errors import KgError, StoreError

__all__ = ["BROUGHT", "COMMANDS", "kg", "main"]

#: Each command's module, which is imported when the command is asked for, and what ``kg --help`` says of it.
COMMANDS: Final = {
    "annotate": (
        "annotation",
        "Annotate texts given as JSON Lines {id, text, title?, date?}; offsets are Unicode code points.",
    ),
    "authority": (
        "authority",
        "Load, list, export, merge, split and remove the known people, places, organizations, works and events.",
    ),
    "check": ("check", "Report what the shapes say of RDF files, or of the current snapshot."),
    "config": ("admin", "Settings."),
    "doctor": ("admin", "Say what is installed, what is missing and the line that installs it."),
    "eval": ("evaluate", "Measure the annotators on annotated texts and compare with the committed floors."),
    "export": (
        "graphs",
        "Write the published graph: nq, trig and jsonld with its named graphs, ttl the merged default graph.",
    ),
    "ingest": (
        "articles",
        "Read, annotate, check and publish documents: files, folders, archives, addresses, or - for standard input.",
    ),
    "init": ("admin", "Make a new publication in DIR: a commented kg.toml and an empty store."),
    "preview": ("articles", "Show what would be extracted from FILE, as one JSON object; nothing is stored."),
    "purge": ("purge", "Take an article out of everything the store keeps, for ever (legal removal)."),
    "query": ("graphs", "Ask in SPARQL: a table on a terminal, else CSV; Turtle for CONSTRUCT and DESCRIBE."),
    "reannotate": ("articles", "Rebuild every article from its kept source bytes with today's annotators; IRIs stay."),
    "remove": (
        "articles",
        "Withdraw an article: its graphs go, its IRI answers 410 with the reason, curated things stay.",
    ),
    "replicate": (
        "replicas",
        "Keep other SPARQL servers equal to the current snapshot: the [[replicas]] of the settings, or those named.",
    ),
    "review": (
        "review",
        "List doubtful links and decide them; every decision is kept, published at once, and can be undone.",
    ),
    "snapshot": ("snapshots", "List, show, compare, pin, restore, prune, back up and verify snapshots."),
    "token": ("tokens", "Make and list access tokens: who may write over HTTP, or ask longer queries."),
    "watch": ("watch", "Poll the configured sources for ever, and publish what is new, changed or gone."),
}
#: What is said of commands that are brought, are known here, and take long to import.
BROUGHT: Final = {"serve": "Publish the current snapshot on the web: pages, linked data and SPARQL."}


class _Group(click.Group):
    """The group, with the commands other installed packages bring (``serve`` comes from the web server)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS, *plugins.names("commands")})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS:
            commands: tuple[click.Command, ...] = import_module(f"{__name__}.{COMMANDS[name][0]}").COMMANDS
            return next(one for one in commands if one.name == name)
        brought = super().get_command(ctx, name) or plugins.load("commands", name)
        return brought if isinstance(brought, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, without importing the commands whose description is known."""
        known = {name: text for name, (_, text) in COMMANDS.items()} | BROUGHT
        shown: list[tuple[str, click.Command]] = []
        for name in self.list_commands(ctx):
            command = click.Command(name, help=known[name]) if name in known else self.get_command(ctx, name)
            if command is not None:
                shown.append((name, command))
        limit = formatter.width - 6 - max(len(name) for name, _ in shown)
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit)) for name, command in shown])


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
        from kg.store import damage

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
