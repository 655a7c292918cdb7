"""IRI references resolved (RFC 3986, section 5.2, without changing the characters) and escapes resolved."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["resolved", "unescaped"]

_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@cache
def _parts() -> re.Pattern[str]:
    """RFC 3986, appendix B: scheme, authority, path, query, fragment."""
    return re.compile(
        r"(?:([A-Za-z][A-Za-z0-9+.\-]*+):)?+(?://([^/?#]*+))?+([^?#]*+)(?:\?([^#]*+))?+(?:#(.*+))?+", re.DOTALL
    )


@cache
def _escapes() -> re.Pattern[str]:
    return re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)


def unescaped(text: str) -> str:
    """The text with the escapes of strings and IRIs resolved (SPARQL 1.2, sections 19.2 and 19.7)."""
    if "\\" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        if found[3] is not None:
            return _NAMED.get(found[3], found[3])
        return chr(int(found[1] or found[2], 16))

    return _escapes().sub(character, text)


def resolved(reference: str, base: str | None) -> str:
    """The reference as an IRI; one that is relative stays so where there is no base."""
    found = _parts().fullmatch(reference)
    if found is None or found[1] is not None or base is None:
        return reference
    begun = _parts().fullmatch(base)
    if begun is None or begun[1] is None:
        return reference
    _, authority, path, query, fragment = found.groups()
    scheme, site, before, asked, _ = begun.groups()
    if authority is not None:
        site, path, asked = authority, _straight(path), query
    elif not path:
        path, asked = before, asked if query is None else query
    else:
        if not path.startswith("/"):
            path = "/" + path if site is not None and not before else before[: before.rfind("/") + 1] + path
        path, asked = _straight(path), query
    return "".join(
        (
            f"{scheme}:",
            "" if site is None else f"//{site}",
            path,
            "" if asked is None else f"?{asked}",
            "" if fragment is None else f"#{fragment}",
        )
    )


def _straight(path: str) -> str:
    """The path without ``.`` and ``..`` (section 5.2.4)."""
    if "." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    absolute = segments[0] == ""
    for segment in segments[1:] if absolute else segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return ("/" if absolute else "") + "/".join(kept)
