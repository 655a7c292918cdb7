"""Answers in gzip for clients that take it (RFC 9110, section 8.4); streams and small answers are left as they are."""

from __future__ import annotations

import gzip

from flask import Response, request

__all__ = ["SUFFIX", "compressed"]

#: What the entity tag of a compressed representation ends with: other bytes, another strong tag.
SUFFIX = "-gzip"

_SMALLEST = 1_024
_TYPES = ("text/", "application/json", "application/ld+json", "application/sparql-results", "application/rdf+xml")
_MORE = ("application/n-", "application/trig", "application/xml", "application/atom+xml", "image/svg+xml")


def compressed(response: Response) -> Response:
    """The response, in gzip where that is worth it and wanted."""
    kind = response.mimetype or ""
    if not kind.startswith(_TYPES + _MORE) and response.status_code != 304:
        return response
    if response.headers.get("Vary") == "Accept":  # most often; the set is read and written again for any other
        response.headers["Vary"] = "Accept, Accept-Encoding"
    else:
        response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not response.is_sequence or response.headers.get("Content-Encoding"):
        return response
    if "HTTP_ACCEPT_ENCODING" not in request.environ or request.accept_encodings.quality("gzip") <= 0:
        return response
    body = response.get_data()
    if len(body) < _SMALLEST:
        return response
    response.set_data(gzip.compress(body, compresslevel=5, mtime=0))  # mtime: the same answer is the same bytes
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag + SUFFIX)
    return response
