"""Write docs/reference.md from the code: ``python docs/make_reference.py``; with ``--check`` only compare.

What the code can tell is read from it: the commands, the settings, the errors, the routes, the formats and the shapes.
What it cannot tell (what a route or a key of an object is for) stands in the tables here; an entry without its
counterpart in the code, or the other way round, is an error. tests/contracts/test_reference.py makes it a test.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode

from kg import annotate, authority, config, errors, extract, resources
from kg.cli import kg as cli
from kg.formats import FORMATS, Format
from kg.model import Document
from kg.pipeline import Outcome
from kg.shacl.shapes import code_of
from kg.vocab import SH
from server import create_app
from server.errors import status_of

TARGET = Path(__file__).with_name("reference.md")

#: What each route answers with. Keys are the rules of ``create_app``'s URL map, as :func:`shown_rule` writes them.
ROUTES: Mapping[str, str] = {
    "/": "Home page: newest articles, most named things.",
    "/articles": "Every article, newest first, 50 to a page (`page=`). HTML, JSON or CSV by `Accept`.",
    "/articles.{html,json,csv}": "The same, format by suffix.",
    "/articles/{name}": "One article: its page, or its graph in the format that `Accept` or a suffix asks for. "
    "410 with the reason when it was removed.",
    "/articles/{name}/text/{field}": "One text field as plain text; 404 where rights withhold it.",
    "/articles/{name}/v/{number}": "What is known of one version: when it was read, from which bytes, by what "
    "software; HTML or a graph, as for an article.",
    "/.well-known/void": "The description of the dataset as a graph, where machines look for it; `/dataset` without "
    "HTML first.",
    "/context.jsonld": "The JSON-LD context.",
    "/dataset": "What the dataset is and what it is made of: a page, or VoID, DCAT, prefixes and example queries as a "
    "graph by `Accept` ([dataset.md](dataset.md)).",
    "/dataset.{html,ttl,jsonld,nt,rdf}": "The same, format by suffix.",
    "/feed.atom": "The 50 newest articles as an Atom feed.",
    "/graphs": "SPARQL 1.1 Graph Store Protocol: `graph=IRI` or `default`. GET gives a graph in Turtle, N-Triples, "
    "JSON-LD or RDF/XML by `Accept` (`snapshot=` for a past state); PUT, POST and DELETE need a token "
    "([writing.md](writing.md)).",
    "/graphs/<path:rest>": "The same for the graph whose IRI the address is.",
    "/healthz": "`ok` while the process answers.",
    "/ontology": "The vocabulary `nkg:` in Turtle.",
    "/ontology.ttl": "The same.",
    "/q": "POST a form with `query=` and get its permalink (303). 507 when no more may be kept.",
    "/q/{name}": "The query of a permalink: in the editor for browsers, as text by `.rq`, else its answer by `Accept` "
    "or suffix, with the parameters of `/sparql`.",
    "/readyz": "`ready` and the snapshot's id, or 503.",
    "/robots.txt": "What crawlers may read.",
    "/search": "Articles and things by words (`q=`, `kind=article` or `thing`, `page=`); formats as `/articles`.",
    "/search.{html,json,csv}": "The same, format by suffix.",
    "/sections/{name}": "The articles of one section, as `/articles`.",
    "/sections/{name}.{html,json,csv}": "The same, format by suffix.",
    "/shapes": "Every shape the gate checks: Turtle, JSON-LD, N-Triples or RDF/XML by `Accept`; in HTML the list of "
    "constraints with their codes, and what to do about each.",
    "/shapes.{html,ttl,jsonld,nt,rdf}": "The same, format by suffix.",
    "/shapes/completion.json": "Classes and properties of the model with labels and values, for editors of queries "
    "([queries.md](queries.md#in-your-editor)).",
    "/shapes/validate": "POST a graph (Turtle, JSON-LD, N-Triples, RDF/XML, TriG, N-Quads) and get the validation "
    "report: Turtle, JSON-LD, JSON, N-Triples, RDF/XML or HTML by `Accept` ([gate.md](gate.md)). GET: a form for "
    "browsers.",
    "/sitemap.xml": "Addresses for search engines; articles whose text is withheld are left out.",
    "/snapshots": "The kept snapshots, newest first, and the pruned ones: JSON, or HTML by `Accept`.",
    "/snapshots.{html,json}": "The same, format by suffix.",
    "/snapshots/{id}": "One snapshot, by id or date, and how it is cited: JSON, or HTML by `Accept` or suffix.",
    "/snapshots/{id}/citation": "The reference to a snapshot as text. Asking for one pins the snapshot "
    "(`snapshots.cited`); POST pins it and leads back to its page.",
    "/snapshots/{id}/citation.{txt,bib,ris,json}": "The same as text, BibTeX, RIS or CSL-JSON.",
    "/{articles,things}/{name}/timemap": "The states of a document that can be read (Memento, RFC 7089), "
    "in link format.",
    "/sparql": "SPARQL 1.1 Protocol, queries only: `query=` by GET or form, or a body of `application/sparql-query`; "
    "`default-graph-uri`, `named-graph-uri`, `snapshot=` (id or date), `format=`. "
    "Without a query: an editor for browsers, else the service description.",
    "/sparql/queries/{id}": "A query that waits or runs, by the id that its `Newsgraph-Query` header or `query-id=` "
    "named: its state in JSON; DELETE stops it.",
    "/static/{name}": "Style sheet and icon, under names that hold their hash.",
    "/status": "The current snapshot, what the shapes found in it, how each source stands, the limits and the kept "
    "snapshots, for people.",
    "/status.json": "The current snapshot, what the shapes found, the limits, how many queries run and wait, and how "
    "each source stands, in JSON.",
    "/things": "Every thing, the most named first (`type=`, `page=`). HTML, JSON or CSV by `Accept`.",
    "/things.{html,json,csv}": "The same, format by suffix.",
    "/things/{name}": "One person, place, organization, work or event: its page or its graph, as for an article.",
}

#: The keys of the ``kg preview`` object, in order.
PREVIEW: Mapping[str, str] = {
    "publisher": "name of the publication, or null",
    "section": "section or kicker, or null",
    "headline": "the headline",
    "alternative_headline": "a second headline, or null",
    "description": "the standfirst (dek), or null",
    "authors": "names of the byline",
    "date_published": "as `2026-03-12` or with time and zone, or null",
    "date_modified": "the same, or null",
    "language": "a language tag; `und` when it could not be told",
    "body": "the paragraphs",
    "images": "objects with `caption`, `credit` and `url`",
    "entities": "objects with `name`, `type` (Person, Place, Organization, Event or CreativeWork), `subtype` (only "
    "when the class is finer), `mentions` (each wording once), `iri` (null: nothing is stored) and `same_as`",
    "quotations": "objects with `text`, `speaker` (a name or null) and `kind` (`direct` or `indirect`)",
    "events": "objects with `name`, `type`, `date`, `place`, `participants` and `status`",
    "dropped": "lines of the document that are not in the body",
}
ENTITY_KEYS = ("name", "type", "mentions", "iri", "same_as", "subtype")

#: The keys of one line that ``kg annotate`` writes, in order, and those of the objects in it.
ANNOTATED: Mapping[str, str] = {
    "id": "as given",
    "mentions": "`start`, `end`, `surface`, `type`, `subtype`, `ref` (an IRI or null), `cluster` (the same for every "
    "mention of one entity), `form` (`name`, `demonym` …), `score` from 0 to 1",
    "quotations": "`start`, `end`, `text`, `speaker`, `speaker_cluster`, `speaker_span`, `kind`, `score`",
    "events": "`start`, `end`, `text`, `name`, `types`, `status`, `date`, `roles` (`property` and `cluster`)",
    "note": "only when there are no annotations: why",
}

#: The keys of one line of ``kg --json ingest`` and ``kg --json reannotate``; absent ones are left out.
OUTCOME: Mapping[str, str] = {
    "origin": "the file",
    "status": "`stored`, `updated`, `unchanged` or `refused`",
    "iri": "the article's page",
    "reason": "why it was refused",
    "warnings": "codes of the shapes that warn",
    "snapshot": "the snapshot that holds it",
    "quarantine": "the report beside the refused document",
    "changes": "lines with `+` and `-`: what a rebuild would change",
}

#: Exit codes that are not an error class's own.
EXITS: Mapping[int, str] = {
    0: "Done.",
    1: "Some input was refused (the rest is published), `kg check` found violations, or a query failed.",
    2: "Wrong usage or configuration.",
    3: "The store or the engine is not there, not whole or locked. Also when `kg snapshot verify` finds damage.",
    130: "Stopped with Ctrl-C. What was published stays, nothing is half done.",
}

_ARTICLE = b"""The Estuary Courier

Night ferry will stay

By Marta Solheim
12 March 2026

The night ferry of Lisbon will keep running, said Helena Quintanilha, the director of Tagus Night Ferries.

"Nobody will have to swim home," Quintanilha told reporters in Lisbon on Wednesday morning.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; pipes in cells are escaped."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |"
    yield ""


def same(kind: str, told: Iterable[str], found: Iterable[str]) -> None:
    """Raise when the words here and the code disagree."""
    told, found = set(told), set(found)
    if told != found:
        raise SystemExit(
            f"{kind}: without a description in docs/make_reference.py: {sorted(found - told)}; "
            f"described, but not there: {sorted(told - found)}"
        )


# ---- commands -----------------------------------------------------------------------------------------------------


def walk(command: click.Command, name: tuple[str, ...] = ("kg",)) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The command and all below it, in order of their names."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None, child
            yield from walk(found, (*name, child))


def commands() -> Iterator[str]:
    """One section for each command, its options in a table."""
    for name, command in walk(cli):
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        options = [p for p in command.params if isinstance(p, click.Option)]
        words = [" ".join(name), *(["[OPTIONS]"] if options else []), *(p.metavar or p.name.upper() for p in arguments)]
        if isinstance(command, click.Group):
            words.append("COMMAND ...")
        yield f"### {' '.join(name)}"
        yield ""
        yield f"`{' '.join(words)}`"
        yield ""
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            yield " ".join(paragraph.split())
            yield ""
        if options:
            yield from table(("option", "meaning", "default"), (option(one) for one in options))


def option(one: click.Option) -> tuple[str, str, str]:
    """An option's row."""
    spelled = ", ".join(f"`{o}`" for o in one.opts)
    if isinstance(one.type, click.Choice):
        spelled += " " + "\\|".join(f"`{choice}`" for choice in one.type.choices).replace("\\|", " ")
    elif not one.is_flag:
        spelled += f" `{one.metavar or ('TEXT' if one.type.name == 'text' else 'N')}`"
    default = one.default if isinstance(one.default, (str, int, float)) and not isinstance(one.default, bool) else ""
    return spelled, (one.help or "") + (" Needed." if one.required else ""), f"`{default}`" if default != "" else ""


# ---- settings -----------------------------------------------------------------------------------------------------


def shown_value(value: object) -> str:
    """A default as it stands in kg.toml."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def idle() -> tuple[str, ...]:
    """Settings that are read and checked and that nothing uses: their names stand nowhere else in the code."""
    packages = [Path(inspect.getfile(module)).parent for module in (errors, sys.modules["server"])]
    files = [f for folder in packages for f in sorted(folder.rglob("*.py"))]
    code = "\n".join(re.sub(r"^    Setting\(.*$", "", f.read_text(encoding="utf-8"), flags=re.MULTILINE) for f in files)
    return tuple(s.name for s in config.SETTINGS if not re.search(rf'[\[(]"{re.escape(s.name)}"[\],]', code))


def settings() -> Iterator[str]:
    """The settings, those without effect marked, and the keys of a source."""
    waiting = idle()
    yield from prose(_SETTINGS)
    yield from table(
        ("setting", "default", "meaning", "variable"),
        (
            (
                f"`{s.name}`",
                shown_value(s.default),
                s.help + (" **(no effect yet)**" if s.name in waiting else ""),
                f"`{s.variable}`",
            )
            for s in config.SETTINGS
        ),
    )
    if waiting:
        yield f"Accepted and checked, but without effect in this version: {', '.join(f'`{n}`' for n in waiting)}."
        yield ""
    yield "Each `[[sources]]` table describes where articles come from:"
    yield ""
    yield from table(("key", "meaning"), ((f"`{key}`", text) for key, text in config.SOURCE_KEYS.items()))
    yield from prose(_SOURCES)
    yield "Each `[[replicas]]` table is a SPARQL server that follows the snapshots ([replicas.md](replicas.md)):"
    yield ""
    yield from table(("key", "meaning"), ((f"`{key}`", text) for key, text in config.REPLICA_KEYS.items()))
    yield ""
    yield "Each `[[tokens]]` table is an access token ([writing.md](writing.md)); `kg token new NAME` makes one:"
    yield ""
    yield from table(("key", "meaning"), ((f"`{key}`", text) for key, text in config.TOKEN_KEYS.items()))
    yield from prose(_ANNOTATORS)
    yield from table(("key", "meaning"), ((f"`{key}`", text) for key, text in config.ANNOTATOR_KEYS.items()))
    columns, more = (", ".join(f"`{c}`" for c in names) for names in (authority.COLUMNS, authority.OPTIONAL))
    yield from prose(
        f"""An authority file (`authority = ["own.csv"]`) is a CSV table with the columns {columns}. `id`, `type` and
        `name` must be filled; {more} may be there too. Lists in a cell are separated by `|`. A row whose id is known
        replaces it. Larger tables, and those in other forms, are loaded with `kg authority load`
        ([authority.md](authority.md))."""
    )


# ---- errors -------------------------------------------------------------------------------------------------------


def tree(kind: type[errors.KgError], depth: int = 0) -> Iterator[tuple[int, type[errors.KgError]]]:
    """The error's class and all below it, in the order of the module."""
    yield depth, kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child, depth + 1)


def error_rows() -> Iterator[tuple[str, str, str, str]]:
    """Each class with its exit code, HTTP status and meaning."""
    for depth, kind in tree(errors.KgError):
        words = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]
        yield (
            "&nbsp;" * 4 * depth + f"`{kind.__name__}`",
            str(kind.exit_code),
            str(status_of(kind)),
            words.replace("``", "`"),
        )


# ---- routes -------------------------------------------------------------------------------------------------------


def shown_rule(rule: str) -> str:
    """A rule of the URL map as people write it: ``/articles.{html,json,csv}``."""
    return re.sub(r"<(?:any\(([^)]*)\):)?(\w+)>", lambda m: "{" + (m[1] or m[2]) + "}", rule)


def routes() -> dict[str, tuple[str, ...]]:
    """Every rule with its methods, HEAD and OPTIONS left out."""
    found: dict[str, set[str]] = {}
    for rule in create_app(config.load()).url_map.iter_rules():
        found.setdefault(shown_rule(rule.rule), set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return {rule: tuple(sorted(methods)) for rule, methods in sorted(found.items())}


# ---- objects ------------------------------------------------------------------------------------------------------


def check_objects() -> None:
    """Compare the keys told here with those of real objects."""
    known = authority.default()
    (article,) = extract.read(Document(_ARTICLE, "reference", "reference.txt"))
    preview = annotate.preview(annotate.annotate(article, authority=known), authority=known)
    same("kg preview", PREVIEW, preview)
    entities = preview["entities"]
    assert isinstance(entities, list)
    assert entities
    same("kg preview, entities", ENTITY_KEYS, {key for one in entities for key in one})
    line = annotate.annotate_line({"id": 1, "text": "Helena Quintanilha spoke in Lisbon."}, authority=known)
    other = annotate.annotate_line({"id": 2, "text": "\u041d\u043e\u0447\u044c.", "language": "ru"}, authority=known)
    same("kg annotate", ANNOTATED, {*line, *other})
    same("kg ingest", OUTCOME, Outcome.__dataclass_fields__)


# ---- shapes -------------------------------------------------------------------------------------------------------


def shapes() -> list[tuple[str, str, str, str]]:
    """Every message of the shapes as (code, severity, words, file), in order of the codes."""
    found: set[tuple[str, str, str, str]] = set()
    for file in sorted(resources.path("shapes").glob("*.ttl")):
        quads = list(ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE))
        about: dict[object, dict[str, list[object]]] = {}
        for quad in quads:
            about.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
        owner = {q.object: q.subject for q in quads if isinstance(q.object, BlankNode)}
        for node, own in about.items():
            severity, at = own.get(SH.severity.value), node
            while severity is None and at in owner:  # a constraint's severity is that of the shape it stands in
                at = owner[at]
                severity = about[at].get(SH.severity.value)
            level = (
                severity[0].value.removeprefix(SH.iri)
                if severity and isinstance(severity[0], NamedNode)
                else "Violation"
            )
            for message in own.get(SH.message.value, []):
                assert isinstance(message, Literal)
                code = code_of(message.value)
                if code is not None:
                    found.add((code, level, message.value.removeprefix(code).strip(), file.name))
    return sorted(found, key=lambda row: (row[0][:1], int(re.sub(r"\D", "", row[0])), row))


# ---- the page -----------------------------------------------------------------------------------------------------


def prose(text: str) -> Iterator[str]:
    """Paragraphs and lists, wrapped as the other pages are."""
    for block in inspect.cleandoc(text).split("\n\n"):
        hang = "  " if block.startswith("- ") else ""
        yield from textwrap.wrap(" ".join(block.split()), 120, subsequent_indent=hang, break_on_hyphens=False)
        yield ""


_TOP = """
Made by `python docs/make_reference.py` from the code; do not edit. A test compares the two.

[Commands](#1-commands) · [Settings](#2-settings) · [Exit codes](#3-exit-codes) · [Errors](#4-errors) ·
[HTTP](#5-http) · [Formats](#6-formats) · [JSON objects](#7-json-objects) · [Shapes](#8-shapes)
"""

_COMMANDS = """
The options of `kg` itself stand before the command: `kg --json ingest desk`. Results go to standard output, remarks for
people to standard error. A snapshot is named by its id or by a date (`2026-11`, `2026-11-22`, `2026-11-22T17:00:00Z`),
which means the last snapshot at that time.
"""

_SETTINGS = """
`kg.toml` in the working folder, or the file that `--config` or `KG_CONFIG` names. An environment variable overrides the
file; a flag overrides both. An unknown key is an error. `kg config show` prints every value and where it came from.
`base_iri` and `annotations_in_default_graph` are fixed when the store is made.
"""

_SOURCES = """
A file belongs to the source whose `path` holds it, the deepest folder first; `--source NAME` overrides that. Texts with
rights `own` or `licensed` are published whole. Of a `third-party` text the headline, names, links and offsets are
published, an excerpt of at most `excerpt` characters, and no words of quotations or claims.
"""

_ANNOTATORS = """
`annotators` is a list of names, or `[[annotators]]` tables. A table's other keys are the options of the plug-in;
[annotators.md](annotators.md) has them. `authorities` is the same for authorities.
"""

_HTTP = """
GET routes also take HEAD and OPTIONS. Every answer may be read from other sites (CORS `*`).

- **Negotiation.** `Accept` with weights and wildcards; a suffix overrides it. 406 lists what is on offer.

- **Caching.** Pages, graphs, lists, feeds and answers of `/sparql` have an `ETag`; `If-None-Match` gives 304. The tag
of an article or a thing changes when what its page shows changes, that of a list with every snapshot.

- **`Newsgraph-Snapshot`** names the snapshot that an answer of `/sparql` or a list was read from; on the page of an
article or a thing it is the last snapshot that changed the page.

- **Errors** are `application/problem+json` (RFC 9457) with the error's class in `error`, or a page where `Accept`
prefers HTML. 503 carries `Retry-After`. A failure never has status 200.

- **Limits** of `/sparql` are the `limits.*` settings; `/status` shows them. `SERVICE`, `LOAD` and updates are refused.
An answer that is stopped after its beginning was sent ends with a broken connection, so that it never looks whole.
"""

_PREVIEW = """
`kg preview FILE` writes one object for each article in the file. Every key is always there; what the text does not say
is null or an empty list.
"""

_ANNOTATE = """
`kg annotate IN.jsonl` reads one object per line, `{"id", "text", "title"?, "date"?, "language"?}`, and writes one per
line. Offsets count Unicode code points of `text`; `end` is exclusive.
"""

_OUTCOME = """
`kg --json ingest` and `kg --json reannotate` write one object per article; keys without a value are left out.
"""

_SHAPES = """
What the gate checks ([shapes/](../shapes/)). A *Violation* refuses the article; a *Warning* or *Info* is stored beside
it.
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield from ("# Reference", "")
    yield from prose(_TOP)
    yield from ("## 1. Commands", "")
    yield from prose(_COMMANDS)
    yield from commands()
    yield from ("## 2. Settings", "")
    yield from settings()
    yield from ("## 3. Exit codes", "")
    same("exit codes", map(str, EXITS), {"0", "130", *(str(kind.exit_code) for _, kind in tree(errors.KgError))})
    yield from table(("code", "meaning"), ((str(code), text) for code, text in EXITS.items()))
    yield from ("## 4. Errors", "")
    yield from prose(
        "Classes of `kg.errors`, with the exit code of the command line and the HTTP status of the server."
    )
    yield from table(("class", "exit", "status", "meaning"), error_rows())
    yield from ("## 5. HTTP", "")
    found = routes()
    same("routes", ROUTES, found)
    yield from table(
        ("route", "methods", "answer"), ((f"`{rule}`", " ".join(found[rule]), ROUTES[rule]) for rule in found)
    )
    yield from prose(_HTTP)
    yield from ("## 6. Formats", "")
    yield from table(("format", "suffix", "media type", "also known as", "holds"), (shown_format(f) for f in FORMATS))
    yield from ("## 7. JSON objects", "")
    check_objects()
    for words, keys in ((_PREVIEW, PREVIEW), (_ANNOTATE, ANNOTATED), (_OUTCOME, OUTCOME)):
        yield from prose(words)
        yield from table(("key", "value"), ((f"`{key}`", text) for key, text in keys.items()))
    yield from ("## 8. Shapes", "")
    yield from prose(_SHAPES)
    yield from table(("code", "severity", "message", "file"), ((f"`{c}`", s, w, f"`{f}`") for c, s, w, f in shapes()))


def shown_format(one: Format) -> tuple[str, str, str, str, str]:
    """A format's row."""
    holds = "query results" if one.results else "named graphs" if one.datasets else "triples"
    return one.name, f"`{one.suffix}`", f"`{one.media_type}`", ", ".join(f"`{a}`" for a in one.aliases), holds


def made() -> str:
    """The page."""
    return "\n".join(lines()).rstrip("\n") + "\n"


def main() -> int:
    """Write the page, or with ``--check`` compare it; 1 when it is stale."""
    text = made()
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
