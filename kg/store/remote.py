"""Other SPARQL 1.1 endpoints, through SPARQLWrapper. The only home of SPARQLWrapper."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from urllib.error import HTTPError, URLError

from kg.errors import EngineUnavailable, QueryError, QuerySyntaxError, UsageError
from kg.iris import is_web_iri

__all__ = ["RemoteAnswer", "query"]

#: What each of our format names is called in an Accept header.
_MEDIA = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """An endpoint's answer: the media type it states, and its bytes."""

    media_type: str
    body: bytes


def query(endpoint: str, text: str, *, solutions: str, graph: str, seconds: float) -> RemoteAnswer:
    """The endpoint's answer to a read-only query, sent as a form POST so that length does not matter.

    ``solutions`` and ``graph`` are format names. Raises :class:`kg.errors.UsageError` for an address that is none,
    :class:`kg.errors.QuerySyntaxError` where the endpoint answers 400, another :class:`kg.errors.QueryError` for any
    other refusal, and :class:`kg.errors.EngineUnavailable` where nothing answers.
    """
    if not is_web_iri(endpoint):
        raise UsageError(f"{endpoint!r} is no http(s) address of a SPARQL endpoint")
    from SPARQLWrapper import POST, SPARQLExceptions, SPARQLWrapper

    client = SPARQLWrapper(endpoint)
    client.setMethod(POST)
    client.setTimeout(max(1, int(seconds)))
    client.setQuery(text)
    constructs = client.queryType in ("CONSTRUCT", "DESCRIBE")
    client.setOnlyConneg(True)
    client.addCustomHttpHeader("Accept", _MEDIA[graph if constructs else solutions])
    try:
        with warnings.catch_warnings():
            # SPARQLWrapper warns of any format it has no converter for; the bytes are taken as they are.
            warnings.simplefilter("ignore")
            result = client.query()
            return RemoteAnswer(result.info().get("content-type", ""), result.response.read())
    except SPARQLExceptions.QueryBadFormed as error:
        raise QuerySyntaxError(f"{endpoint} refuses the query: {_first_line(error)}") from None
    except (SPARQLExceptions.SPARQLWrapperException, HTTPError) as error:
        raise QueryError(f"{endpoint} gave no answer: {_first_line(error)}") from None
    except (URLError, OSError) as error:
        raise EngineUnavailable(f"{endpoint} cannot be reached: {error}") from None


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
