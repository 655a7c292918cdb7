"""The table of known things: loading, looking up, and finding their names in a text."""

from kg.authority.finder import Finder
from kg.authority.matcher import Hit, Matcher, agrees, fold
from kg.authority.overlay import Overlay, combined, finder, loaded
from kg.authority.row import COLUMNS, OPTIONAL
from kg.authority.store import Store, place
from kg.authority.table import Table, default, load
from kg.authority.types import kind_of

__all__ = [
    "COLUMNS",
    "OPTIONAL",
    "Finder",
    "Hit",
    "Matcher",
    "Overlay",
    "Store",
    "Table",
    "agrees",
    "combined",
    "default",
    "finder",
    "fold",
    "kind_of",
    "load",
    "loaded",
    "place",
]
