"""What pages show of a snapshot, as frozen rows from bounded index look-ups: never a SPARQL string."""

from kg.reads.article import article, block
from kg.reads.history import Rights, VersionRow, rights, version_quads, versions
from kg.reads.labels import KINDS, class_label, label
from kg.reads.lists import Catalogue, articles_in, catalogue, latest, most_named, things
from kg.reads.rows import (
    ArticlePage,
    ArticleRow,
    Capped,
    Counts,
    Link,
    State,
    Tally,
    ThingPage,
    ThingRow,
)
from kg.reads.state import headline, node, state, text, withheld
from kg.reads.thing import thing
from kg.reads.view import Snapshot

__all__ = [
    "KINDS",
    "ArticlePage",
    "ArticleRow",
    "Capped",
    "Catalogue",
    "Counts",
    "Link",
    "Rights",
    "Snapshot",
    "State",
    "Tally",
    "ThingPage",
    "ThingRow",
    "VersionRow",
    "article",
    "articles_in",
    "block",
    "catalogue",
    "class_label",
    "counts",
    "headline",
    "label",
    "latest",
    "most_named",
    "node",
    "rights",
    "state",
    "text",
    "thing",
    "things",
    "version_quads",
    "versions",
    "withheld",
]


def counts(reader: Snapshot, *, known: Catalogue | None = None) -> Counts:
    """How many articles, things of each kind and quotations the snapshot holds."""
    return (known or catalogue(reader)).counts
