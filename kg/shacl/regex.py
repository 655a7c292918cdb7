"""What is known of a regular expression before it runs: how long Python may take, and which words a match must hold.

Only the part of XPath's dialect that all engines read alike is understood; of other expressions nothing is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Regex", "read"]

#: Groups inside groups, at most.
_DEEPEST = 20
#: Longest expression that is looked into, in characters.
_LONGEST = 2000
_COUNT = re.compile(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}", re.ASCII)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
#: Steps and paths beyond which the exact number does not matter.
_MANY = 1 << 40

#: (steps, ways): upper bounds of the steps that a backtracking engine takes from one place in a text of so many
#: characters, and of the ways in which the expression can match there.
_Effort = tuple[int, int]


class _Unknown(Exception):
    """The expression holds something that is not understood."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A part of an expression.

    ``kind`` is ``text`` (one character), ``one`` (some character), ``start`` or ``end``, ``all`` (one part after the
    other), ``any`` (alternatives) or ``repeat`` (``least`` to ``most`` times; None is without end).
    """

    kind: str
    text: str = ""
    parts: tuple[_Node, ...] = ()
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression that was understood. ``portable`` says that Python reads it as SPARQL does."""

    portable: bool
    _tree: _Node

    def steps(self, length: int) -> int:
        """An upper bound of the steps Python takes to search a text of so many characters."""
        steps, _ = _effort(self._tree, length)
        return steps + length if _anchored(self._tree) else steps * (length + 1)

    def words(self) -> tuple[str, ...]:
        """Texts of which a match holds at least one; none when that is not known."""
        return tuple(sorted(_words(self._tree)))


def read(pattern: str) -> Regex | None:
    """What is known of an expression, None when it is not understood."""
    reader = _Reader(pattern)
    try:
        if len(pattern) > _LONGEST:
            return None
        tree = reader.alternatives(0)
        if reader.at != len(pattern):
            return None
    except (_Unknown, IndexError):
        return None
    return Regex(reader.portable, tree)


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.portable = True

    def alternatives(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise _Unknown
        branches = [self.branch(depth)]
        while self.at < len(self.pattern) and self.pattern[self.at] == "|":
            self.at += 1
            branches.append(self.branch(depth))
        return branches[0] if len(branches) == 1 else _Node("any", parts=tuple(branches))

    def branch(self, depth: int) -> _Node:
        parts: list[_Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self.repeated(self.atom(depth)))
        return parts[0] if len(parts) == 1 else _Node("all", parts=tuple(parts))

    def atom(self, depth: int) -> _Node:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            if self.pattern[self.at] == "?":
                raise _Unknown
            inner = self.alternatives(depth + 1)
            if self.pattern[self.at] != ")":
                raise _Unknown
            self.at += 1
            return inner
        if char == "[":
            return self.set()
        if char in "^$":
            return _Node("start" if char == "^" else "end")
        if char == "\\":
            return self.escaped()
        if char in "*+?{})]":
            raise _Unknown
        return _Node("one") if char == "." else _Node("text", char)

    def escaped(self) -> _Node:
        char = self.pattern[self.at]
        self.at += 1
        if char in _ESCAPED:
            return _Node("text", _ESCAPED[char])
        if not char.isalnum():
            return _Node("text", char)
        if char not in "dDwWsS":
            raise _Unknown
        # Which characters these are differs between engines.
        self.portable = False
        return _Node("one")

    def set(self) -> _Node:
        """A character class without classes inside."""
        first = self.at + (self.pattern[self.at] == "^")
        at = first
        while self.pattern[at] != "]" or at == first:
            if self.pattern[at] == "[" or self.pattern[at : at + 2] in ("&&", "--", "~~", "||"):
                raise _Unknown
            if self.pattern[at] == "\\":
                at += 1
                if self.pattern[at].isalnum() and self.pattern[at] not in _ESCAPED:
                    if self.pattern[at] not in "dDwWsS":
                        raise _Unknown
                    self.portable = False
            at += 1
        if self.pattern[first] == "]":
            raise _Unknown
        self.at = at + 1
        return _Node("one")

    def repeated(self, inner: _Node) -> _Node:
        if self.at >= len(self.pattern) or self.pattern[self.at] not in "*+?{":
            return inner
        char = self.pattern[self.at]
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1), "{": (0, 0)}[char]
        self.at += 1
        if char == "{":
            found = _COUNT.match(self.pattern, self.at - 1)
            if found is None:
                raise _Unknown
            self.at = found.end()
            least = int(found[1])
            most = (int(found[3]) if found[3] else None) if found[2] else least
        if self.at < len(self.pattern) and self.pattern[self.at] in "*+?{":
            if self.pattern[self.at] != "?":
                raise _Unknown
            # Reluctant: other places, the same answer.
            self.at += 1
        return _Node("repeat", parts=(inner,), least=least, most=most)


def _effort(node: _Node, length: int) -> _Effort:
    if node.kind == "all":
        steps, ways = 1, 1
        for part in node.parts:
            more, times = _effort(part, length) if part.parts else (1, 1)
            steps, ways = min(steps + ways * more, _MANY), min(ways * times, _MANY)
        return steps, ways
    if node.kind == "any":
        efforts = [_effort(part, length) for part in node.parts]
        return min(1 + sum(e[0] for e in efforts), _MANY), min(sum(e[1] for e in efforts), _MANY)
    if node.kind == "repeat":
        steps, ways = _effort(node.parts[0], length)
        most = length if node.most is None else min(node.most, length)
        if ways > 1:
            # Each time multiplies the ways: endless for all but a few times.
            ways = ways**most if most <= 2 else _MANY
            return min(1 + most * steps * ways, _MANY), min((most + 1) * ways, _MANY)
        return min(1 + most * steps, _MANY), most - min(node.least, most) + 1
    return 1, 1


def _anchored(node: _Node) -> bool:
    """Whether a match can begin at the start of the text only."""
    if node.kind == "all":
        return bool(node.parts) and _anchored(node.parts[0])
    if node.kind == "any":
        return all(_anchored(part) for part in node.parts)
    return node.kind == "start"


def _words(node: _Node) -> frozenset[str]:
    """The best set of texts of which every match of a part holds one; empty when there is none."""
    if node.kind == "text":
        return frozenset((node.text,))
    if node.kind == "any":
        sets = [_words(part) for part in node.parts]
        return frozenset().union(*sets) if all(sets) else frozenset()
    if node.kind == "repeat":
        return _words(node.parts[0]) if node.least else frozenset()
    if node.kind == "all":
        found: list[frozenset[str]] = []
        run = ""
        for part in (*node.parts, _Node("one")):
            if part.kind == "text":
                run += part.text
                continue
            found += [frozenset((run,))] if run else []
            run = ""
            found += [inner] if (inner := _words(part)) else []
        return max(found, key=_worth, default=frozenset())
    return frozenset()


def _worth(words: frozenset[str]) -> tuple[int, int]:
    """Long words are seldom met by chance, and few are quickly looked for."""
    return min(len(word) for word in words), -len(words)
