"""The terminals of SPARQL 1.2 (grammar, section 19.8), read one at a time from a place in the text.

Strings and IRIs are as strict about escapes as Oxigraph's: a long string with a wrong escape is none, and what seemed
to stand in it is read as SPARQL. Every expression is possessive, so that no text is read twice.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["BUILT_IN", "KEYWORDS", "VOLATILE", "space", "terminal"]

_LETTERS = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = "0-9_\u00b7\u0300-\u036f\u203f\u2040"
_CHARS = f"[{_LETTERS}{_MORE}\\-]"
#: A codepoint that exists and is no surrogate.
_CODEPOINT = r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U(?:0000(?![Dd][89A-Fa-f])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_CODEPOINT}"
_PREFIX = rf"[{_LETTERS}]{_CHARS}*+(?:\.++{_CHARS}++)*+"
_PLAIN = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_LOCAL = (
    rf"(?:[{_LETTERS}0-9_:]|{_PLAIN})(?:[{_LETTERS}{_MORE}:\-]|{_PLAIN})*+"
    rf"(?:\.++(?:[{_LETTERS}{_MORE}:\-]|{_PLAIN})++)*+"
)
_LONG = rf"'''(?:'{{0,2}}+(?:[^'\\]|{_ESCAPE}))*+'''|\"\"\"(?:\"{{0,2}}+(?:[^\"\\]|{_ESCAPE}))*+\"\"\""
_SHORT = rf"'(?:[^'\\\r\n]|{_ESCAPE})*+'|\"(?:[^\"\\\r\n]|{_ESCAPE})*+\""
_EXPONENT = r"[eE][+-]?[0-9]++"

#: In the order in which they are tried. ``word`` and ``mark`` are what they say; the others are terminals.
_TERMINALS = {
    "Var": f"[?$][{_LETTERS}0-9_][{_LETTERS}{_MORE}]*+",
    "word": rf"[A-Za-z][A-Za-z0-9_]*+(?![{_LETTERS}{_MORE}\-.:])",
    "PNAME_LN": rf"(?:{_PREFIX})?+:{_LOCAL}",
    "PNAME_NS": rf"(?:{_PREFIX})?+:",
    "run": _PREFIX,  # a word before a dot, as in `true.FILTER`
    "IRIREF": rf'<(?:[^\x00-\x20<>"{{}}|^`\\]|{_CODEPOINT})*+>',
    "String": f"{_LONG}|{_SHORT}",
    "LANG_DIR": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+",
    "BLANK_NODE_LABEL": rf"_:[{_LETTERS}0-9_]{_CHARS}*+(?:\.++{_CHARS}++)*+",
    "DOUBLE": rf"(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++){_EXPONENT}",
    "DECIMAL": r"[0-9]*+\.[0-9]++",
    "INTEGER": "[0-9]++",
    "mark": r"<<\(|\)>>|\^\^|\|\||&&|<=|>=|!=|<<|>>|\{\||\|\}|[{}()\[\];,.+\-*/<>=!^|~?]",
    "end": r"\Z",
}

_SPACE = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"

VOLATILE = frozenset({"BNODE", "NOW", "RAND", "STRUUID", "UUID"})
#: Functions and aggregates that are called by a keyword; ADJUST is SEP 2.
_FUNCTIONS = """
    COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL
    FLOOR ROUND CONCAT SUBSTR STRLEN REPLACE UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER
    YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG
    STRLANGDIR STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC HASLANG HASLANGDIR REGEX ISTRIPLE TRIPLE SUBJECT
    PREDICATE OBJECT ADJUST
"""
BUILT_IN = frozenset(_FUNCTIONS.split())
#: Every other keyword. Oxigraph reads some pairs without the space between them; LATERAL is SEP 6.
_WORDS = """
    BASE PREFIX VERSION SELECT DISTINCT REDUCED AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY HAVING ORDER ASC
    DESC LIMIT OFFSET VALUES LOAD SILENT INTO CLEAR DROP CREATE ADD TO MOVE COPY INSERT DELETE DATA WITH USING DEFAULT
    GRAPH ALL OPTIONAL LATERAL SERVICE BIND UNDEF MINUS UNION FILTER EXISTS NOT IN SEPARATOR TRUE FALSE
"""
KEYWORDS = BUILT_IN | frozenset(_WORDS.split())


@cache
def terminal() -> re.Pattern[str]:
    """The expression for white space, comments and then one terminal; compiled when first asked for."""
    return re.compile(_SPACE + "(?:" + "|".join(f"(?P<{name}>{form})" for name, form in _TERMINALS.items()) + ")")


@cache
def space() -> re.Pattern[str]:
    """The expression for white space and comments."""
    return re.compile(_SPACE)
