"""Why a text does not parse, in words, where more can be said than the place."""

from __future__ import annotations

from kg.queries.tokens import tokens
from kg.vocab import PREFIXES

__all__ = ["reason"]

#: What the parser reports for rules that are none of the grammar's, between the tokens that it would have liked.
_RULES = {
    "The SELECT contains a variable that is unbound": "SELECT takes a variable that GROUP BY leaves out; group by it, "
    "or aggregate it, as in (SAMPLE(?x) AS ?one)",
    "Duplicated variable name in SELECT": "SELECT names a variable twice",
    "SELECT * is not authorized with GROUP BY": "SELECT * does not go with GROUP BY; name the variables",
    "IRI parsing failed": "this is no IRI",
}


def reason(text: str, at: int, said: str) -> str:
    """What is wrong before the place ``at`` (in characters), as far as it can be told; empty where it cannot.

    ``said`` is the parser's own message.
    """
    missing = _undeclared(text[:at])
    if missing is not None:
        known = PREFIXES.get(missing, "…")
        return f"the prefix {missing}: is not declared; begin with PREFIX {missing}: <{known}>"
    return next((words for rule, words in _RULES.items() if rule in said), "")


def _undeclared(text: str) -> str | None:
    """The prefix of the first name in the text that comes before any declaration of it."""
    declared: set[str] = set()
    word = ""
    for token in tokens(text):
        if token.kind in ("space", "comment"):
            continue
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if word == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return prefix
        word = token.text.upper() if token.kind == "word" else ""
    return None
