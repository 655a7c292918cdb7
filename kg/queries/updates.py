"""The operations of an update request, taken apart by its tokens (SPARQL 1.1 Update, section 3).

A reader for evaluating one operation after the other: each comes with the prologue that holds for it. A text whose
structure cannot be told for certain is read as None, and is left to the engine as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kg.queries.tokens import Token, tokens

__all__ = ["Operation", "Using", "operations"]

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TARGETS = ("default", "named", "all")
#: Characters of all operations' prologues together: each is read again with its operation.
_LONGEST = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Using:
    """A USING clause: ``graph`` as it is written, an IRI or a prefixed name."""

    graph: str
    named: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``kind`` is ``insert data``, ``delete data``, ``delete where``, ``modify``, ``clear``, ``drop``,
    ``create``, ``add``, ``move``, ``copy`` or ``load``; ``prologue`` is what was declared before it.

    ``delete`` and ``insert`` are templates and ``where`` is a group, with their braces; of ``insert data`` and
    ``delete data`` only one template is there. ``source`` and ``target`` are graphs as they are written, or
    ``default``, ``named`` and ``all``; so is ``graph``, which WITH names.
    """

    kind: str
    prologue: str
    start: int
    end: int
    silent: bool = False
    graph: str | None = None
    delete: str | None = None
    insert: str | None = None
    where: str | None = None
    using: tuple[Using, ...] = ()
    source: str | None = None
    target: str | None = None


def operations(text: str) -> tuple[Operation, ...] | None:
    """The operations in order, or None where the structure of the text is not certain.

    Text that is no update at all may be read as one: whether it is valid says the engine.
    """
    for found in _ESCAPE.finditer(text):
        if int(found[1] or found[2], 16) < 0x80:  # it may stand for a brace or a quotation mark
            return None
    reader = _Reader(text)
    try:
        return reader.read()
    except _UnclearError:
        return None


class _UnclearError(Exception):
    """The text is not what was expected."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: Sequence[Token] = [t for t in tokens(text) if t.kind not in {"space", "comment"}]
        self.at = 0
        self.declared: list[str] = []
        self.prologue = ""
        self.read_again = 0

    # tokens ---------------------------------------------------------------------------------------------------
    def look(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def take(self, *kinds: str) -> Token:
        token = self.look()
        if token is None or token.kind not in kinds:
            raise _UnclearError
        self.at += 1
        return token

    def word(self, *words: str) -> str | None:
        """The keyword that comes next, where it is one of these."""
        token = self.look()
        if token is None or token.kind != "word" or token.text.lower() not in words:
            return None
        self.at += 1
        return token.text.lower()

    def need(self, *words: str) -> str:
        found = self.word(*words)
        if found is None:
            raise _UnclearError
        return found

    def iri(self) -> str:
        return self.take("iri", "name").text

    def group(self) -> str:
        """From an opening brace to the one that closes it."""
        first = self.take("other")
        if first.text != "{":
            raise _UnclearError
        depth = 1
        while depth:
            token = self.look()
            if token is None or token.kind == "broken" or token.text == "\\":
                raise _UnclearError
            depth += (token.text == "{") - (token.text == "}")
            self.at += 1
        last = self.found[self.at - 1]
        return self.text[first.start : last.start + 1]

    # the request ----------------------------------------------------------------------------------------------
    def read(self) -> tuple[Operation, ...]:
        made: list[Operation] = []
        while True:
            self.declarations()
            token = self.look()
            if token is None:
                return tuple(made)
            made.append(self.operation(token.start))
            after = self.look()
            if after is None:
                return tuple(made)
            if after.text != ";":
                raise _UnclearError
            self.at += 1

    def declarations(self) -> None:
        known = len(self.declared)
        while (word := self.word("base", "prefix", "version")) is not None:
            start = self.found[self.at - 1].start
            if word == "version":
                last = self.take("string")
            else:
                if word == "prefix" and not self.take("name").text.endswith(":"):
                    raise _UnclearError
                last = self.take("iri")
            self.declared.append(self.text[start : last.start + len(last.text)])
            if len(self.declared) > 1_000:
                raise _UnclearError

        if len(self.declared) > known:
            self.prologue = "\n".join(self.declared)

    def operation(self, start: int) -> Operation:
        kind, parts = self.parts()
        self.read_again += len(self.prologue)
        if self.read_again > _LONGEST:
            raise _UnclearError
        last = self.found[self.at - 1]
        return Operation(kind, self.prologue, start, last.start + len(last.text), **parts)

    def parts(self) -> tuple[str, dict[str, Any]]:
        graph = self.iri() if self.word("with") else None
        if graph is None:
            if (kind := self.word("clear", "drop")) is not None:
                return kind, {"silent": self.silent(), "target": self.word(*_TARGETS) or self.named()}
            if self.word("create"):
                return "create", {"silent": self.silent(), "target": self.named()}
            if (kind := self.word("add", "move", "copy")) is not None:
                silent, source = self.silent(), self.either()
                self.need("to")
                return kind, {"silent": silent, "source": source, "target": self.either()}
            if self.word("load"):
                raise _UnclearError
        delete = None
        if self.word("delete"):
            if graph is None and self.word("data"):
                return "delete data", {"delete": self.group()}
            if graph is None and self.word("where"):
                return "delete where", {"delete": self.group()}
            delete = self.group()
        insert = None
        if self.word("insert"):
            if graph is None and delete is None and self.word("data"):
                return "insert data", {"insert": self.group()}
            insert = self.group()
        if delete is None and insert is None:
            raise _UnclearError
        using: list[Using] = []
        while self.word("using"):
            named = self.word("named") is not None
            using.append(Using(self.iri(), named))
        self.need("where")
        parts: dict[str, Any] = {
            "graph": graph,
            "delete": delete,
            "insert": insert,
            "where": self.group(),
            "using": tuple(using),
        }
        return "modify", parts

    def silent(self) -> bool:
        return self.word("silent") is not None

    def named(self) -> str:
        self.need("graph")
        return self.iri()

    def either(self) -> str:
        if self.word("default"):
            return "default"
        self.word("graph")
        return self.iri()
