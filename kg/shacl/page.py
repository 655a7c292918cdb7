"""Reports as HTML: the findings by code, as a part of a page or as a file that needs nothing else.

Everything is an element tree, so no text of a graph can become markup; only http and https addresses become links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from pyoxigraph import Literal, NamedNode

from kg.shacl.report import Report, Result
from kg.shacl.table import Group, groups, path_text, summary, term
from kg.shacl.view import Node
from kg.shacl.wording import printable
from kg.vocab import XSD, compact

__all__ = ["document", "findings"]

#: Characters of a literal and of words that a page shows.
_SHOWN = 300
_STYLE = """
:root { color-scheme: light dark; --soft: #5a6067; --line: #dedad2; --link: #0b5c6b; --warn: #8a4b00; --back: #fff3c9; }
@media (prefers-color-scheme: dark) {
  :root { --soft: #a3a9ae; --line: #343b41; --link: #7cc8d6; --warn: #f0b86c; --back: #3d3717; }
}
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1.25rem; }
body { overflow-wrap: anywhere; }
a { color: var(--link); } .meta, .more { color: var(--soft); }
.finding { border-top: 1px solid var(--line); padding-top: .8rem; } .finding h3 { margin: 0 0 .3rem; }
.places { padding-left: 1.2rem; } .places p { margin: 0 0 .2rem; }
.tag { border: 1px solid; border-radius: 4px; padding: 0 .4em; font-size: .8rem; } .tag.warn { color: var(--warn); }
.words { background: var(--back); }
"""


def findings(
    report: Report, *, link: Callable[[str], str] = str, name: Callable[[str], str] = compact, places: int = 20
) -> str:
    """The findings as HTML, the worst first; ``link`` turns an IRI into the address that leads to it, ``name`` into
    what is shown.

    Of one code at most ``places`` places are shown, and it says how many there are more.
    """
    body = ET.Element("div", {"class": "findings"})
    shown = _Shown(link, name)
    for group in groups(report):
        body.append(_section(group, shown, places))
    return _written(body)


def document(report: Report, *, title: str, places: int = 100) -> str:
    """A whole page, for files."""
    html = ET.Element("html", {"lang": "en"})
    head = ET.SubElement(html, "head")
    ET.SubElement(head, "meta", {"charset": "utf-8"})
    ET.SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    ET.SubElement(head, "title").text = printable(title)
    ET.SubElement(head, "style").text = _STYLE
    body = ET.SubElement(html, "body")
    ET.SubElement(body, "h1").text = printable(title)
    ET.SubElement(body, "p").text = summary(report)
    for group in groups(report):
        body.append(_section(group, _Shown(), places))
    return "<!doctype html>\n" + _written(html) + "\n"


@dataclass(frozen=True, slots=True)
class _Shown:
    """How IRIs are shown: the address that leads to one, and what stands for it."""

    link: Callable[[str], str] = str
    name: Callable[[str], str] = compact


def _section(group: Group, shown: _Shown, places: int) -> ET.Element:
    made = ET.Element("section", {"class": "finding"})
    head = ET.SubElement(made, "h3")
    severity = group.severity.rpartition("#")[2].rpartition("/")[2] or group.severity
    kind = "tag warn" if group.severity == "Violation" else "tag"
    ET.SubElement(head, "span", {"class": kind}).text = printable(severity)
    code = _linked(head, group.results[0].shape, shown, group.code)
    code.tail = f" {group.wording.problem}"
    head[0].tail = " "
    count = len(group.results)
    ET.SubElement(made, "p", {"class": "fix"}).text = group.wording.fix
    rows = ET.SubElement(made, "ul", {"class": "places"})
    for result in group.results[:places]:
        item = ET.SubElement(rows, "li")
        for part in _place(result, shown):
            item.append(part)
        if result.wording.problem != group.wording.problem:
            ET.SubElement(item, "p").text = result.wording.problem
    if count > places:
        ET.SubElement(made, "p", {"class": "more"}).text = f"and {count - places:,} more"
    return made


def _place(result: Result, shown: _Shown) -> Iterator[ET.Element]:
    line = ET.Element("p")
    _term(line, result.focus, shown)
    if result.path is not None:
        line[-1].tail = " "
        ET.SubElement(line, "code").text = printable(path_text(result))
    if result.value is not None and result.value != result.focus:
        line[-1].tail = " "
        _term(line, result.value, shown)
    yield line
    for words in result.words:
        row = ET.Element("p", {"class": "meta"})
        row.text = "read from "
        quoted = ET.SubElement(row, "q", {"class": "words", "dir": "auto"})
        quoted.text = _cut(words.text)
        if words.article:
            quoted.tail = " in "
            _linked(row, words.article, shown, shown.name(words.article))
        yield row


def _term(parent: ET.Element, node: Node, shown: _Shown) -> None:
    if isinstance(node, NamedNode):
        _linked(parent, node.value, shown, shown.name(node.value))
    elif isinstance(node, Literal):
        said = ET.SubElement(parent, "bdi", {"class": "value"})
        said.text = f"“{_cut(node.value)}”"
        note = node.language or (compact(node.datatype.value) if node.datatype != XSD.string else "")
        if note:
            said.tail = " "
            ET.SubElement(parent, "span", {"class": "meta"}).text = printable(note)
    else:
        ET.SubElement(parent, "code").text = term(node)


def _linked(parent: ET.Element, iri: str, shown: _Shown, text: str) -> ET.Element:
    if iri.startswith(("http://", "https://")):
        made = ET.SubElement(parent, "a", {"href": printable(shown.link(iri))})
    else:
        made = ET.SubElement(parent, "span")
    made.text = printable(text)
    return made


def _cut(text: str) -> str:
    shown = " ".join(printable(text[: _SHOWN + 1]).split())
    return shown if len(text) <= _SHOWN else shown[:_SHOWN] + "…"


def _written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", method="html")
