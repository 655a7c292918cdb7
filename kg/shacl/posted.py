"""RDF that strangers send to be checked: read within limits, and nothing is fetched for it."""

from __future__ import annotations

import json
from typing import Any

from pyoxigraph import RdfFormat, Triple, parse

from kg import jsonld
from kg.errors import EmptyInput, InvalidFormat, TooLarge
from kg.formats import JSONLD, NQ, NT, RDFXML, TRIG, TURTLE, Format

__all__ = ["FORMATS", "read"]

#: What is taken, the preferred one first. Named graphs are merged.
FORMATS: tuple[Format, ...] = (TURTLE, JSONLD, NT, RDFXML, TRIG, NQ)
#: What messages call the document.
_NAME = "the posted graph"
#: Contexts that are known by heart: schema.org's and, whatever the host, our own.
_SCHEMA = frozenset(f"{scheme}://schema.org{tail}" for scheme in ("http", "https") for tail in ("", "/"))
_OURS = "/context.jsonld"


def read(data: bytes, format: Format, *, base: str, limit: int) -> tuple[Triple, ...]:
    """The triples of a document, each once; ``base`` is what relative IRIs are resolved against.

    Raises :class:`kg.errors.InvalidFormat` with the line, :class:`kg.errors.EmptyInput`, and
    :class:`kg.errors.TooLarge` for more than ``limit`` triples.
    """
    if not data.strip():
        raise EmptyInput("there is nothing in it; send the graph to be checked")
    if format is JSONLD:
        data = _known_contexts(data)
    assert isinstance(format.oxigraph, RdfFormat)
    found: dict[Triple, None] = {}
    try:
        for quad in parse(data, format=format.oxigraph, base_iri=base, rename_blank_nodes=True):
            found[quad.triple] = None
            if len(found) > limit:
                raise TooLarge(
                    f"the graph has more than {limit:,} triples; send it in parts, or check it with kg check"
                )
    except SyntaxError as error:
        raise InvalidFormat(f"this is no valid {format.name}: {error.msg}", origin=_NAME, line=error.lineno) from None
    except ValueError as error:
        raise InvalidFormat(f"this is no valid {format.name}: {error}") from None
    return tuple(found)


def _known_contexts(data: bytes) -> bytes:
    """The document with the contexts that are known written into it. Raises InvalidFormat for all other remote ones."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise InvalidFormat(f"this is no valid JSON: {error}", origin=_NAME, line=line) from None
    pending: list[Any] = [document]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if "@context" in node:
                node["@context"] = _context(node["@context"])
            pending.extend(value for key, value in node.items() if key != "@context")
        elif isinstance(node, list):
            pending.extend(node)
    try:
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except RecursionError:
        raise InvalidFormat("the JSON is nested too deeply") from None


def _context(given: Any) -> Any:
    if isinstance(given, list):
        return [_context(one) for one in given if not isinstance(one, list)]
    if not isinstance(given, str):
        return given
    if given in _SCHEMA or given.endswith(_OURS):
        return dict(jsonld.context())
    raise InvalidFormat(
        f"the context {given[:200]} is not fetched; known are https://schema.org and this publication's {_OURS}: "
        "write every other context into the document"
    )
