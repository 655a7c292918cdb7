"""What a command imports before it does anything: start-up is felt at every command, so each loads what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from kg import cli, plugins

TEXT = "Ida Quill met Juan Moro\n\nZALK, 3 June 2024. Ida Quill met Juan Moro in Zalk on Monday. They spoke.\n"
LINE = '{"id": "1", "text": "Ida Quill met Juan Moro in Zalk."}\n'
#: What only the web server, the gate's oracle, the text index, the HTML reader, the fetcher and the progress bar need.
HEAVY: tuple[str, ...] = (
    "flask",
    "gunicorn",
    "httpx2",
    "lxml.html",
    "numpy",
    "pyshacl",
    "rdflib",
    "rich",
    "SPARQLWrapper",
)
HEAVY += ("spacy", "tantivy", "trafilatura", "werkzeug")
#: What a command that opens no store need not know.
STORE = ("kg.shacl", "kg.store", "kg.graph", "kg.reads", "kg.review.queue", "server")


def imported(folder: Path, *arguments: str, given: str = "") -> set[str]:
    """The names of all modules that a process has imported when the command is done."""
    program = (
        "import sys\nfrom kg.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    print(*sys.modules, file=sys.stderr)\n    raise\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "given", "needless"),
    [
        (("--help",), "", (*HEAVY, *STORE, "kg.annotate", "kg.extract", "kg.authority")),
        (("annotate", "-"), LINE, (*HEAVY, *STORE, "kg.extract")),
        (("preview", "a.txt"), "", (*HEAVY, "kg.shacl", "kg.store", "kg.reads", "server")),
    ],
)
def test_a_command_starts_without_what_others_need(
    tmp_path: Path, arguments: tuple[str, ...], given: str, needless: tuple[str, ...]
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    assert not imported(tmp_path, *arguments, given=given) & set(needless)


def test_help_says_of_each_command_what_the_command_says_itself() -> None:
    context = click.Context(cli.kg)
    known = {name: text for name, (_, text) in cli.COMMANDS.items()} | cli.BROUGHT
    assert known.keys() <= set(cli.kg.list_commands(context))
    for name, text in known.items():
        command = cli.kg.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(1000) == text


def test_every_command_of_a_module_is_in_the_table() -> None:
    modules = {module for module, _ in cli.COMMANDS.values()}
    for module in modules:
        named = {name for name, (place, _) in cli.COMMANDS.items() if place == module}
        found = __import__(f"kg.cli.{module}", fromlist=["COMMANDS"]).COMMANDS
        assert named == {one.name for one in found}
    assert set(cli.BROUGHT) <= set(plugins.names("commands"))


def test_what_the_path_exports_is_what_it_says_whatever_was_imported_before() -> None:
    program = (
        "from kg.pipeline import purging, reannotating\nfrom kg import pipeline\n"
        "assert all(getattr(pipeline, name) is not None for name in pipeline.__all__)\n"
        "assert pipeline.purge is purging.purge and pipeline.reannotate is reannotating.reannotate\n"
        "assert not hasattr(pipeline, 'nothing')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
