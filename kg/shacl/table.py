"""Reports for people at a terminal: results grouped by code, or one after another."""

from __future__ import annotations

import csv
import io
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.shacl.report import Report, Result
from kg.shacl.view import Node
from kg.shacl.wording import Wording, printable
from kg.vocab import XSD, compact

__all__ = ["Group", "as_csv", "brief", "groups", "natural", "path_text", "plain", "summary", "table", "term", "text"]

#: Longest literal, in characters, that text output shows.
_SHOWN = 200
_IRI = re.compile(r"<([^>]*)>")
_NAMES = {"Violation": "violation", "Warning": "warning", "Info": "info"}
_COLUMNS = ("severity", "code", "focus", "path", "value", "problem", "fix", "shape", "component", "words", "article")


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one code, severity and shape, in the report's order; ``wording`` is that of the first."""

    severity: str
    code: str
    wording: Wording
    results: tuple[Result, ...]


def groups(report: Report) -> tuple[Group, ...]:
    """The results by severity, code and shape; the worst first, then the code with the most results."""
    found: dict[tuple[str, str, str], list[Result]] = {}
    for result in report.results:
        found.setdefault((result.severity, result.code, result.shape), []).append(result)
    made = [Group(severity, code, rows[0].wording, tuple(rows)) for (severity, code, _), rows in found.items()]
    return tuple(sorted(made, key=lambda g: (g.results[0].key[:2], -len(g.results), natural(g.code))))


def natural(code: str) -> tuple[str, int, str]:
    """What codes are ordered by: ``A2`` before ``A10``."""
    letters = code.rstrip("0123456789")
    digits = code[len(letters) :][:9]
    return letters, int(digits) if digits.isascii() and digits else 0, code


def summary(report: Report) -> str:
    """The verdict and how many results each severity has, in one line.

    A report conforms without any result (SHACL, section 3.6.1.1); with warnings or infos alone it is accepted.
    """
    tally = [
        f"{n:,} {_NAMES.get(name) or compact(name)}{'s' * (n != 1 and name in _NAMES)}"
        for name, n in report.counts.items()
        if n
    ]
    verdict = "conforms" if report.conforms else "accepted" if report.accepted else "refused"
    return f"{verdict}: {', '.join(tally) or 'nothing found'}"


def plain(text: str, severity: str) -> str:  # noqa: ARG001
    """The text as it is: the paint of a table without colours."""
    return text


def table(
    report: Report, *, width: int | None = None, places: int = 3, paint: Callable[[str, str], str] = plain
) -> str:
    """The results by code: how many, what is wrong, how to fix it, and the first places with the words they rest on.

    Lines are broken at ``width`` columns, or not at all; ``paint`` gives a heading the colour of its severity.
    """
    shown = groups(report)
    lines = [summary(report)]
    if not shown:
        return lines[0] + "\n"
    left = max(len(_label(g.severity)) for g in shown)
    middle = max(4, *(len(g.code) for g in shown))
    right = max(5, *(len(f"{len(g.results):,}") for g in shown))
    lines += ["", f"{'severity':<{left}}  {'code':<{middle}}  {'count':>{right}}  what is wrong".rstrip()]
    indent = " " * (left + middle + right + 6)
    narrow = width is not None and width < len(indent) + 30
    for group in shown:
        label = _label(group.severity)
        head = f"{label:<{left}}  {printable(group.code):<{middle}}  {len(group.results):>{right},}  "
        said = _wrapped(group.wording.problem, width, "  " if narrow else indent, first=2 if narrow else len(indent))
        lines.append(paint(head.rstrip(), group.severity) if narrow else paint(head, group.severity) + said[0])
        lines += [f"  {said[0]}", *said[1:]] if narrow else said[1:]
        for line in _below(group, places):
            lines += _wrapped(line, width, "  " if narrow else indent)
    return "\n".join(lines) + "\n"


def _below(group: Group, places: int) -> Iterator[str]:
    yield f"fix: {group.wording.fix}"
    for result in group.results[:places]:
        yield f"at {term(result.focus)}" + _beside(result)
        if result.wording.problem != group.wording.problem:
            yield f"   {result.wording.problem}"
        for words in result.words[:1]:
            yield f"   read from “{_cut(words.text, _SHOWN)}”" + (f" in <{words.article}>" if words.article else "")
    if (more := len(group.results) - places) > 0:
        yield f"and {more:,} more"


def _beside(result: Result) -> str:
    """Path and value, where there are any."""
    said = f"  {path_text(result)}" if result.path is not None else ""
    if result.value is not None and result.value != result.focus:
        said += f" {term(result.value)}" if said else f"  {term(result.value)}"
    return said


def text(report: Report) -> str:
    """One line of summary and a few lines per result."""
    lines = [summary(report)]
    for r in report.results:
        lines.append(f"{_label(r.severity)} {_message(r)}")
        lines.append(f"  at {term(r.focus)}")
        if r.path is not None:
            lines.append(f"  path {path_text(r)}")
        if r.value is not None and r.value != r.focus:
            lines.append(f"  value {term(r.value)}")
        lines += [f"  words “{_cut(words.text, _SHOWN)}” <{words.span}>" for words in r.words]
    return "\n".join(lines) + "\n"


def _message(result: Result) -> str:
    """The message whole, with the fix where it has none of its own."""
    said = result.wording
    own = printable(result.message)
    return own if said.fix[1:-1] in own else f"{own}; {said.fix[:1].lower()}{said.fix[1:].rstrip('.')}"


def as_csv(report: Report) -> str:
    """One line per result (RFC 4180); several words are joined with ``|``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for r in report.results:
        said = r.wording
        where = r.focus.value if isinstance(r.focus, NamedNode) else str(r.focus)
        value = "" if r.value is None else r.value.value if isinstance(r.value, NamedNode | Literal) else str(r.value)
        path = "" if r.path is None else path_text(r)
        words, articles = (" | ".join(dict.fromkeys(parts)) for parts in (_texts(r), _articles(r)))
        writer.writerow(
            [r.severity, r.code, where, path, value, said.problem, said.fix, r.shape, r.component, words, articles]
        )
    return out.getvalue()


def _texts(result: Result) -> list[str]:
    return [words.text for words in result.words]


def _articles(result: Result) -> list[str]:
    return [words.article for words in result.words if words.article]


def path_text(result: Result) -> str:
    """The path in SPARQL's syntax, terms of known vocabularies as prefixed names."""
    path = result.path
    assert path is not None
    return brief(str(path))


def brief(path: str) -> str:
    """A path in SPARQL's syntax with terms of known vocabularies as prefixed names."""
    return _IRI.sub(lambda found: name if (name := compact(found[1])) != found[1] else found[0], path)


def term(node: Node) -> str:
    """A term in a few words: an IRI in angle brackets, the beginning of a long literal."""
    if isinstance(node, NamedNode):
        return f"<{node.value}>"
    if isinstance(node, Literal):
        kind = f"@{node.language}" if node.language else ""
        if not kind and node.datatype != XSD.string:
            kind = f"^^{compact(node.datatype.value)}"
        return f'"{_cut(node.value, _SHOWN)}"{kind}'
    return _cut(str(node), _SHOWN)


def _label(severity: str) -> str:
    return severity if severity in _NAMES else printable(compact(severity).rpartition("#")[2].rpartition("/")[2])


def _cut(text: str, length: int) -> str:
    shown = printable(text[: length + 1])
    return shown if len(text) <= length else shown[:length] + "…"


def _wrapped(text: str, width: int | None, indent: str, first: int | None = None) -> list[str]:
    """The text in lines with the indent before each; the first has none where ``first`` columns are used already."""
    start = indent if first is None else ""
    if width is None:
        return [start + text]
    room = width if first is None else width - first
    if _columns(text) + len(start) <= room:
        return [start + text]
    pad = first if first is not None else 0
    made = textwrap.wrap(
        text,
        width,
        initial_indent=" " * pad if first is not None else indent,
        subsequent_indent=indent + ("   " if text.startswith(("at ", "   ")) else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [made[0][pad:], *made[1:]]


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters take two, marks on others none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
