"""Real servers as replicas, and texts that are hard to carry to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from servers import Oxigraph, Server, Virtuoso

from kg.config import ReplicaSettings
from kg.replicas import Replica, remote_of
from kg.store import Store
from kg.vocab import SCHEMA, XSD

BASE = "https://news.example"
ODD = NamedNode(f"{BASE}/things/odd-00000099")

#: Texts that end strings, statements and requests where a writer or a reader is careless.
HOSTILE = (
    "\\u0022 } ; DROP ALL # ",
    "\\\\u0022",
    "\\\x01u0022",
    '" } } ; DROP ALL ; INSERT DATA { <x:a> <x:b> "',
    "' \" \\ \n \r \t \b \f",
    "\u2028\u2029\ufffe 😀 e\u0301 \u202e",
    "}{$?x %41 & < > ]]>",
    "The SPARQL operation has been cancelled",
    "",
    "long " * 20_000,
)


def odd() -> tuple[Triple, ...]:
    """Statements about one thing with hostile texts, and IRIs that are odd and legal."""
    texts = [Triple(ODD, SCHEMA.description, Literal(text, language="en")) for text in HOSTILE]
    plain = [Triple(ODD, SCHEMA.alternateName, Literal(text)) for text in HOSTILE]
    typed = [
        Triple(ODD, SCHEMA.keywords, Literal("2026-11-22T10:00:00Z", datatype=XSD.dateTime)),
        Triple(ODD, SCHEMA.keywords, Literal("1.5", datatype=XSD.decimal)),
        Triple(ODD, SCHEMA.keywords, Literal("-7", datatype=XSD.integer)),
    ]
    links = [
        Triple(ODD, SCHEMA.sameAs, NamedNode(iri))
        for iri in ("javascript:alert(1)", "http://e/a'b(c)*;$x,y", "http://e/ü/😀", "http://e/%22%7D?a=b&c#d")
    ]
    return (*texts, *plain, *typed, *links)


@dataclass
class Real:
    """A real server and how it is set up as a replica."""

    server: Server
    settings: ReplicaSettings
    environment: dict[str, str]

    def replica(self, store: Store, **changes: Any) -> Replica:
        """It as a replica of a store."""
        settings = replace(self.settings, **changes)
        return Replica(settings, remote_of(settings, self.environment), store)


def oxigraph(folder: Path, **options: Any) -> Real:
    """A running Oxigraph server."""
    server = Oxigraph(folder, **options)
    server.start()
    settings = ReplicaSettings("replica", query=server.query, update=server.update, graphs=server.graphs)
    return Real(server, settings, {})


def virtuoso(folder: Path, **options: Any) -> Real:
    """A running Virtuoso, whose default graph is the union of all its graphs."""
    server = Virtuoso(folder, **options)
    server.start()
    settings = ReplicaSettings(
        "replica",
        query=server.query,
        update=server.update,
        auth="digest",
        user=server.user,
        default_graph=f"{BASE}/graphs/default",
        rows=1_000_000,
    )
    return Real(server, settings, {settings.variable: server.secret})


KINDS: dict[str, Callable[..., Real]] = {"oxigraph": oxigraph, "virtuoso": virtuoso}


#: Virtuoso goes on with queries that nobody waits for, so its tests take long.
PARAMS = ("oxigraph", pytest.param("virtuoso", marks=pytest.mark.long))
