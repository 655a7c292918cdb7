"""Commands about the installation: init, config, doctor."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path

import click

from kg import config, plugins, resources
from kg.cli.context import Context, create, say
from kg.errors import KgError, UsageError

__all__ = ["COMMANDS", "starting_config"]

#: Distribution, module, what it is for, and whether the product runs without it.
PARTS = (
    ("pyoxigraph", "pyoxigraph", "the store and the SPARQL engine", True),
    ("rdflib", "rdflib", "the SHACL oracle's graphs", True),
    ("pyshacl", "pyshacl", "the SHACL oracle", True),
    ("flask", "flask", "the web server's pages", True),
    ("gunicorn", "gunicorn", "the web server's processes", True),
    ("sparqlwrapper", "SPARQLWrapper", "queries to other endpoints", True),
    ("tantivy", "tantivy", "the text index", True),
    ("pyahocorasick", "ahocorasick", "matching names of the authority", True),
    ("click", "click", "this command line", True),
)


#: What an annotator needs beyond the product, and the line that installs it.
OPTIONAL = (
    ("spacy", "pip install 'newsgraph[spacy]'"),
    ("gliner", "pip install 'newsgraph[gliner]'"),
)


def _version_of(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def starting_config(base_iri: str) -> str:
    """A commented ``kg.toml`` with every setting at its default, ready to be edited."""
    lines = [
        "# Settings of this publication. Each may also be given as an environment variable (KG_BASE_IRI, ...).",
        "# What is commented out is at its default.",
        "",
    ]
    section = ""
    for setting in config.SETTINGS:
        head, _, leaf = setting.name.rpartition(".")
        if head != section:
            section = head
            lines += ["", f"[{section}]"]
        lines.append(f"# {setting.help}")
        if setting.name == "shapes.severity":  # a table, whose keys are codes
            lines += [f"# [{setting.name}]", '# A7 = "Info"']
            continue
        value = base_iri if setting.name == "base_iri" else setting.default
        shown = f"{leaf} = {_toml(value)}"
        lines.append(shown if setting.name == "base_iri" else f"# {shown}")
    lines += ["", "# Where articles come from, and what may be republished of them.", "# [[sources]]"]
    examples: dict[str, object] = {"name": "desk", "path": "articles", "rights": "third-party", "language": "en"}
    examples |= {"licence": "https://creativecommons.org/licenses/by/4.0/", "publisher": "The Daily Example"}
    examples |= {"url": "https://www.example/feed.xml", "kind": "feed", "tdm": "reserved", "interval": "15m"}
    examples |= {"priority": 0, "follow": True, "delay": 1, "robots": "obey", "private_addresses": False}
    lines += [f"# {key} = {_toml(examples[key])}  # {help}" for key, help in config.SOURCE_KEYS.items()]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return '"' + str(value or "").replace("\\", "\\\\").replace('"', '\\"') + '"'


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--base-iri", default=config.DEFAULT_BASE, show_default=True, help="What every IRI begins with; fixed.")
@click.pass_obj
def init(context: Context, folder: str, base_iri: str) -> None:
    """Make a new publication in DIR: a commented kg.toml and an empty store."""
    target = Path(folder)
    file = target / "kg.toml"
    if file.exists():
        raise UsageError(f"{file} exists already; nothing was changed")
    given = config.load(environment=os.environ)
    flags = {"base_iri": base_iri, "store": str((target / str(given["store"])).resolve())}
    settings = config.load(environment=os.environ, flags=flags)
    target.mkdir(parents=True, exist_ok=True)
    create(settings)
    file.write_text(starting_config(settings.base_iri), encoding="utf-8")
    context.emit(
        {"config": str(file), "base_iri": settings.base_iri}, f"made {file}; next: cd {folder} && kg ingest ..."
    )


@click.group("config")
def config_() -> None:
    """Settings."""


@config_.command()
@click.pass_obj
def show(context: Context) -> None:
    """Print the effective value of every setting and where it came from."""
    for name, value, origin in context.settings.rows():
        if isinstance(value, tuple):
            value = [str(one) for one in value]
        shown = ", ".join(value) if isinstance(value, list) else "" if value is None else value
        context.emit({"name": name, "value": value, "from": origin}, f"{name:<30} {shown!s:<32} {origin}")
    for source in context.settings.sources:
        row = {"name": source.name, "path": str(source.path or ""), "rights": source.rights}
        context.emit({"source": row}, f"source {source.name:<23} {source.path or ''!s:<32} {source.rights}")


@click.command()
@click.pass_obj
def doctor(context: Context) -> int:
    """Say what is installed, what is missing and the line that installs it."""
    from kg.pipeline import quality
    from kg.pipeline.chain import annotators
    from kg.store import mixed

    failed = False

    def line(name: str, ok: bool, note: str) -> None:
        nonlocal failed
        failed = failed or not ok
        context.emit({"part": name, "ok": ok, "note": note}, f"{'ok  ' if ok else 'FAIL'}  {name:<15} {note}")

    line("python", sys.version_info >= (3, 11), f"{platform.python_version()} (3.11 or later is needed)")
    for distribution, module, purpose, _ in PARTS:
        try:
            importlib.import_module(module)
            line(distribution, True, f"{importlib.metadata.version(distribution)}, {purpose}")
        except ImportError:
            line(distribution, False, f"{purpose}; install it with: pip install {distribution}")
    for name in ("shapes", "ontology", "data/authority"):
        try:
            line(name, True, str(resources.path(name)))
        except KgError as error:
            line(name, False, error.message)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    context.emit(
        {"part": "chromium", "ok": True, "note": chromium or "absent"},
        f"note  {'chromium':<15} {chromium or 'absent; only the browser tests need it (apt install chromium)'}",
    )
    for part, purpose in OPTIONAL:
        note = _version_of(part) or f"absent; only the annotator {part} needs it ({purpose})"
        context.emit({"part": part, "ok": True, "note": note}, f"note  {part:<15} {note}")
    for group in ("annotators", "authorities", "readers", "commands"):
        found = ", ".join(plugins.names(group)) or "none"
        context.emit({"part": f"plug-ins: {group}", "ok": True, "note": found}, f"note  {group:<15} plug-ins: {found}")
    try:
        chain = annotators(context.table(), context.settings["annotators"])
        extra = [one for one in chain if one.name in {asked.name for asked in context.settings["annotators"]}]
        said = "".join(f", {one.name}@{one.version}" for one in extra)
        line("annotators", True, f"rules+{chain[0].version.partition('+')[2]}{said}")
        known = quality.measured({one.name: one.version for one in chain})
        note = f"measured on {', '.join(known)}" if known else "not measured with these versions (kg eval --update)"
        context.emit({"part": "quality", "ok": True, "note": note}, f"note  {'quality':<15} {note}")
    except KgError as error:
        line("annotators", False, error.message)
    try:
        with context.open().reader() as reader:
            info = reader.info
            mixture = mixed(info.annotators, info.counts.articles)
            if mixture is not None:
                context.emit({"part": "versions", "ok": True, "note": mixture}, f"note  {'versions':<15} {mixture}")
            line("store", True, f"{context.settings.store}, snapshot {info.id}, {info.counts.articles} articles")
    except KgError as error:
        if context.settings.store.exists():  # a store that is there and cannot be read
            line("store", False, error.message)
            say("the store cannot be read")
            return 3
        context.emit({"part": "store", "ok": True, "note": error.message}, f"note  {'store':<15} {error.message}")
    say("something is missing" if failed else "everything that is needed is there")
    return 2 if failed else 0


COMMANDS = (init, config_, doctor)
