"""What the words around a name say of it: is a place meant, is the text about sport, are letters explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.annotate.lexicon import groups
from kg.annotate.tokens import Tokens, tokenize
from kg.model import Span, Text

__all__ = ["Context", "read"]

_WORDS: Final = groups("linking")
#: So many different words of sport make a text one about sport, words of a game counting double; half for a short one
_SPORTING: Final = 4
_BRIEF: Final = 120
_DASHES: Final = frozenset("-–—")
_YEAR: Final = 4


@dataclass(frozen=True, slots=True)
class Context:
    """One text as linking sees it: ``words`` are its words in small letters, ``sport`` says that it is about sport."""

    text: Text
    tokens: Tokens
    words: frozenset[str]
    sport: bool

    def located(self, span: Span) -> bool:
        """Whether a place is meant where the span stands: *in X*, *X (Reuters) -*, *a town (X)*."""
        tokens = self.tokens
        first = tokens.at(span.start)
        last = tokens.at(max(span.start, span.end - 1)) + 1
        before = tokens.words[first - 1] if first > 0 else ""
        after = tokens.words[last] if last < len(tokens) else ""
        if before == "(" and after == ")":
            return True
        if before.lower() in _WORDS["located" if self.sport else "there"]:
            return True
        if before == "of" and first > 1 and tokens.words[first - 2][:1].isupper():  # Ana Costa of Norland
            return True
        sentence = tokens.sentence_at(span.start)
        if sentence is None or tokens.starts[first] != sentence.section.span.start:
            return False
        if self.sport and not span.of(self.text.text).isupper():
            return False
        if after[:1].isdigit():  # a dateline: ZALK 2026-05-03
            return len(after) >= _YEAR
        if after == "(" and last + 1 < len(tokens):
            return tokens.words[last + 1][0].isupper()
        return after in _DASHES or (after == "," and not _DASHES.isdisjoint(tokens.words[last + 1 : last + 7]))

    def explained(self, acronym: str) -> bool:
        """Whether the text gives the letters a meaning in small letters: *artificial pancreas (AP)*."""
        text = self.text.text
        at = text.find(f"({acronym})")
        if at < 0:
            return False
        words = text[max(0, at - 200) : at].split()[-len(acronym) :]
        initials = "".join(part[0] for word in words for part in word.split("-") if part)[-len(acronym) :]
        return any(word.islower() for word in words) and initials.lower() == acronym.lower()


def read(text: Text) -> Context:
    """The context of a text."""
    tokens = tokenize(text)
    words = frozenset(map(str.lower, frozenset(tokens.words)))
    signs = len(words & _WORDS["sport"]) + len(words & _WORDS["game"])
    sport = signs >= _SPORTING or (signs * 2 >= _SPORTING and len(words) <= _BRIEF)
    return Context(text, tokens, words, sport)
