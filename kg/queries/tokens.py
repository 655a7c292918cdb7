"""The tokens of a SPARQL 1.1 text (grammar rules 139 to 173), enough to find keywords and variables for certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

__all__ = ["Token", "braces", "decoded", "tokens"]

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = _BASE + "_0-9\u00b7\u0300-\u036f\u203f\u2040\\-"
_VARIABLE = f"[{_BASE}_0-9][{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040]*+"
# Bounded, because each start of a dotted text without a colon would otherwise be read to its end.
_PREFIX = rf"(?:[{_BASE}](?:\.{{0,4}}[{_CHARS}]){{0,250}}+)?"
_ESCAPE = r"(?:%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_NAME = f"(?:(?:[{_BASE}_0-9:]|{_ESCAPE})(?:(?:[{_CHARS}.:]|{_ESCAPE})*(?:[{_CHARS}:]|{_ESCAPE}))?)?"
_LONG = r"""'''(?:[^'\\]|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+\"\"\""""
_SHORT = r"""'(?:[^'\\\r\n]|\\[^\r\n])*+'|"(?:[^"\\\r\n]|\\[^\r\n])*+\""""

_KINDS = {
    "space": r"[ \t\r\n]+",
    "comment": r"\#[^\r\n]*",
    "iri": r'<[^\x00-\x20<>"{}|^`\\]*>',
    "string": f"{_LONG}|{_SHORT}",
    "broken": "(?:'''|\"\"\").*|['\"][^\\r\\n]*",  # a string without an end; nothing that parses has one
    "variable": f"[?$]{_VARIABLE}",
    "language": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
    "blank": rf"_:[{_BASE}_0-9](?:\.{{0,4}}[{_CHARS}])*+",
    "name": f"{_PREFIX}:{_NAME}",
    "number": r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)(?:[eE][+-]?[0-9]+)?",
    "word": r"[A-Za-z_][A-Za-z0-9_]*",
    "other": r".",
}
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the query: its ``kind`` (``word``, ``iri``, ``string``, ``variable``, ``name`` …) and its text."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """Every token with white space and comments, so that the texts joined are the query."""
    for found in _token().finditer(query):
        yield Token(found.lastgroup or "other", found[0], found.start())


def braces(text: str) -> Iterator[tuple[str, int]]:
    """Every brace and its place; a lone quotation mark or backslash too, which leaves all uncertain."""
    for found in _brace().finditer(text):
        if found.lastgroup == "mark":
            yield found[0], found.start()


@cache
def _brace() -> re.Pattern[str]:
    """What holds braces that are none, and braces; several times quicker than all tokens."""
    codepoint = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
    iri = rf'<(?:[^\x00-\x20<>"{{}}|^`\\]|{codepoint})*+>'
    return re.compile(rf"{_LONG}|{_SHORT}|{_KINDS['comment']}|{iri}|{_ESCAPE}|(?P<mark>[{{}}\\'\"])", re.DOTALL)


@cache
def _token() -> re.Pattern[str]:
    """The expression for one token; compiling so many characters takes a while, and not every command needs it."""
    return re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()), re.DOTALL)


def decoded(query: str) -> str:
    """The query with its codepoint escapes resolved (SPARQL 1.1, section 19.2); impossible ones stay."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]

    return _CODEPOINT.sub(character, query)
