"""A publication whose sources are on a site of the test: what the tests of polling share."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publication import BASE, page
from website import Answer, Clock, Site, site

from kg import cli, config, pipeline, shacl
from kg.pipeline import Outcome
from kg.store import Store
from kg.watch import State, state_file
from kg.watch.arrivals import fetcher
from kg.watch.run import Polled, Watch

GATE = shacl.Gate(shacl.ShapesGraph.load())


@dataclass
class Stand:
    """A publication, its sources, a site and a clock."""

    folder: Path
    site: Site
    clock: Clock
    settings: config.Settings
    store: Store
    outcomes: list[Outcome] = field(default_factory=list)
    polls: list[Polled] = field(default_factory=list)
    stopping: bool = False

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """The loop, as one process of ``kg watch`` has it."""
        clock = self.clock
        with (
            State(state_file(self.settings.store)) as state,
            fetcher(self.settings, clock.now, clock.sleep, monotonic=clock.monotonic) as client,
        ):
            yield Watch(
                settings=self.settings,
                state=state,
                fetcher=client,
                ingest=pipeline.Ingest(
                    self.store, self.settings, GATE, pipeline.table(self.settings), clock.now, "kg watch"
                ),
                now=clock.now,
                sleep=clock.sleep,
                stopped=lambda: self.stopping,
                outcome=self.outcomes.append,
                polled=self.polls.append,
            )

    def poll(self) -> list[tuple[str, str]]:
        """Every source polled once by a new process; the outcomes as (status, path)."""
        self.outcomes.clear()
        with self.watch() as loop:
            loop.once(self.settings.sources, patiently=False)
        return [(one.status, one.origin.removeprefix(self.site.url(""))) for one in self.outcomes]

    def headlines(self) -> list[str]:
        """The headlines of what is published and not taken back, in their order."""
        ask = (
            "SELECT ?h { ?a <http://schema.org/headline> ?h ; a <http://schema.org/NewsArticle> "
            'FILTER NOT EXISTS { ?a <http://schema.org/creativeWorkStatus> "Retracted" } }'
        )
        with self.store.reader() as reader:
            return sorted(row["h"].value for row in reader.rdf.query(ask))


@contextmanager
def stand(folder: Path, *sources: dict[str, Any], pages: dict[str, Any] | None = None) -> Iterator[Stand]:
    """A publication with these sources; ``{site}`` in a url is the site."""
    with site(pages) as running:
        text = [f'base_iri = "{BASE}"', 'store = "store"']
        for number, source in enumerate(sources, 1):
            given = {"name": f"source-{number}", "private_addresses": True, "delay": 0, "rights": "own"} | source
            text.append("[[sources]]")
            for key, value in given.items():
                shown = str(value).lower() if isinstance(value, (bool, int)) else f'"{value}"'
                text.append(f"{key} = {shown.replace('{site}', running.url(''))}")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kg.toml").write_text("\n".join(text), encoding="utf-8")
        settings = config.load(folder / "kg.toml")
        store = Store.create(settings.store, settings.base_iri)
        yield Stand(folder, running, Clock(), settings, store)


@dataclass(frozen=True)
class Ran:
    """What a command wrote, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def kg(made: Stand, *options: str) -> Ran:
    """The command line run in this process, on the stand's publication."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli._run(["--config", str(made.folder / "kg.toml"), *options])
    return Ran(code, out.getvalue(), err.getvalue())


def article(headline: str, **more: str) -> Answer:
    """A page with one article, as plain text."""
    return Answer(page(headline, **more), headers={"Content-Type": "text/plain; charset=utf-8"})


def listed(*entries: Sequence[str], index: bool = False) -> Answer:
    """A sitemap, or an index, of (address, lastmod)."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(
        f"<{inner}><loc>{url}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</{inner}>" for url, when in entries
    )
    text = f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{outer}>'
    return Answer(text.encode(), headers={"Content-Type": "application/xml"})


def rss(*items: tuple[str, str, str], built: str = "Thu, 12 Mar 2026 08:00:00 GMT", more: str = "") -> Answer:
    """A feed of (guid, link, title); ``built`` is what changes with every poll."""
    rows = "".join(
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{guid}</guid>'
        f"<description>What happened: {title}.</description>"
        f"<pubDate>Wed, 11 Mar 2026 10:00:00 GMT</pubDate></item>"
        for guid, link, title in items
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>The Harbour Gazette</title>'
        f"<link>https://gazette.example/</link><language>en</language><lastBuildDate>{built}</lastBuildDate>"
        f"{rows}{more}</channel></rss>"
    )
    return Answer(text.encode(), headers={"Content-Type": "application/rss+xml; charset=utf-8"})


def html(headline: str, *, body: str = "", url: str = "") -> Answer:
    """A page of HTML with one article."""
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title>{canonical}</head><body>'
        f"<nav><a href='/'>Home</a></nav><article><h1>{headline}</h1><p>By Ines Calderwood</p>"
        "<p>The old quay of Kampen will be rebuilt after the storm of last week, the council decided on Monday.</p>"
        f"<p>Lotte Brandsma, the mayor of Kampen, said the town would pay for the quay. {body}</p>"
        "<p>Work on the quay had stopped in February after a dispute with the contractor, and the harbour office has "
        "been closed since then, according to the Ministry of Infrastructure.</p></article></body></html>"
    )
    return Answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
