"""Makes docs/model.md from the shapes.

    python docs/make_model.py          write the page
    python docs/make_model.py --check  exit code 1 when it is stale

What a kind of thing is, its properties, their values and the rules about them all come from the shapes
(kg.shacl.outline); this script knows only how the page is laid out. tests/contracts/test_model_page.py compares the
two.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from kg.shacl.outline import Rule, Section, Slot, outline
from kg.shacl.path import Path as PropertyPath
from kg.shacl.shapes import ShapesGraph
from kg.vocab import PREFIXES, RDF, SCHEMA, compact

TARGET = Path(__file__).resolve().parent / "model.md"

_TOP = """
Made by `python docs/make_model.py` from the shapes; do not edit. A test compares the two.

What the graph holds: for each kind of thing its properties, what their values are, how many there may be, and what the
gate says where something is missing or wrong. The same shapes check every article before it is published, and the
JSON-LD context and the completion of editors are made from them; [shapes/](../shapes/) has their source.

- **Values.** A class means a node of that class; *text* is a string, with a language tag where the language is known;
*IRI* is an address. What no shape limits is what schema.org allows.

- **How many.** *1* is exactly one, *1 …* at least one, *0 … 1* at most one, *any* any number. *advised* means that
the gate warns when there is none.

- **Codes.** Each rule has a code, such as `A1`, which begins every message about it. A *Violation* refuses the article;
a *Warning* or *Info* is stored beside it. [All codes](#codes) are listed at the end.
"""

_CODES = """
Where each code is explained: the table of the kind of thing it is about says what is wrong and what to do.
"""

#: schema.org's data types in plain words; an xsd: datatype keeps its name.
_WORDS = {
    "Text": "text", "PronounceableText": "text", "CssSelectorType": "CSS selector", "XPathType": "XPath",
    "Boolean": "`xsd:boolean`", "Number": "number", "Integer": "`xsd:integer`", "Float": "number",
    "Date": "`xsd:date`", "DateTime": "`xsd:dateTime`", "Duration": "`xsd:duration`", "Time": "`xsd:time`",
    "URL": "IRI",
}  # fmt: skip
_KINDS = {"node": "IRI", "literal": "literal", "any": "any"}
#: Classes that a list of targets shows before it says how many more there are, and longest pattern shown.
_SHOWN, _PATTERN = 12, 60


def prose(text: str) -> Iterator[str]:
    """Paragraphs and lists, wrapped as the other pages are."""
    for block in text.strip().split("\n\n"):
        hang = "  " if block.startswith("- ") else ""
        yield from textwrap.wrap(" ".join(block.split()), 120, subsequent_indent=hang, break_on_hyphens=False)
        yield ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; pipes in cells are escaped."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |"
    yield ""


def anchor(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def shown(path: PropertyPath) -> str:
    """A property path as SPARQL writes it, with prefixes."""
    return re.sub(r"<([^<>]*)>", lambda found: compact(found[1]), str(path))


class Page:
    """The page of one shapes graph."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self.sections = outline(shapes)
        self._at: dict[str, Section] = {}
        for section in self.sections:
            for cls in section.classes:
                kept = self._at.get(cls.value)
                if kept is None or len(section.classes) < len(kept.classes):
                    self._at[cls.value] = section

    def lines(self) -> Iterator[str]:
        """The page, line by line."""
        yield from ("# Model", "")
        yield from prose(_TOP)
        links = (f"[{section.title}](#{anchor(section.title)})" for section in self.sections)
        yield from textwrap.wrap(" · ".join(links), 120, break_on_hyphens=False, break_long_words=False)
        yield ""
        for section in self.sections:
            yield from self.section(section)
        yield from ("## Codes", "")
        yield from prose(_CODES)
        rows = sorted(
            ((rule, section) for section in self.sections for rule in _rules(section)), key=lambda pair: _place(pair[0])
        )
        yield from table(
            ("code", "severity", "about", "shape in"),
            ((f"`{r.code}`", r.severity, f"[{s.title}](#{anchor(s.title)})", f"`{r.file}`") for r, s in rows),
        )
        yield from ("## Prefixes", "")
        yield from table(("prefix", "namespace"), ((f"`{p}:`", f"`{iri}`") for p, iri in PREFIXES.items()))

    def section(self, section: Section) -> Iterator[str]:
        """One kind of thing."""
        yield from (f"## {section.title}", "")
        if section.comment:
            yield from prose(section.comment)
        yield from prose(self.targets(section))
        if section.slots:
            yield from table(
                ("property", "name", "values", "how many", "what it says", "codes"),
                (self.slot(slot) for slot in section.slots),
            )
        rules = _rules(section)
        if rules:
            yield from table(
                ("code", "severity", "what is wrong", "what to do"),
                ((f"`{r.code}`", r.severity, r.problem, r.fix) for r in sorted(rules, key=_place)),
            )

    def targets(self, section: Section) -> str:
        """Whom the section is about, in words."""
        names = [f"`{compact(c.value)}`" for c in section.classes]
        parts = []
        if names:
            more = len(names) - _SHOWN
            parts.append("Class " + ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else ""))
        for target in section.targets:
            name = f"`{compact(target.term.value)}`" if isinstance(target.term, NamedNode) else f"`{target.term}`"
            match target.kind:
                case "targetSubjectsOf":
                    parts.append(f"Whatever has {name}")
                case "targetObjectsOf":
                    parts.append(f"Every value of {name}")
                case "targetNode":
                    parts.append(name)
                case "target":
                    parts.append("What a query of the shapes selects")
        others = [s for s in self.sections if s is not section and self._around(section, s)]
        told = "; ".join(parts) + "."
        if others:
            links = ", ".join(f"[{s.title}](#{anchor(s.title)})" for s in others)
            told += f" What is said under {links} holds too."
        return told

    def _around(self, section: Section, other: Section) -> bool:
        """Whether all that a section is about is also what another, wider one is about."""
        own, theirs = set(section.classes), set(other.classes)
        return bool(own) and own < theirs

    def slot(self, slot: Slot) -> tuple[str, ...]:
        """One property's row."""
        paths = slot.predicates or (None,)
        named = ", ".join(f"`{compact(p.value)}`" for p in paths if p is not None) or f"`{shown(slot.path)}`"
        values = ", ".join(dict.fromkeys(map(self.value, slot.values))) or _KINDS[slot.kind]
        if slot.members:
            values = ", ".join(f"`{compact(m.value) if isinstance(m, NamedNode) else m.value}`" for m in slot.members)
        limits = [self.limit(words) for words in slot.limits]
        return (
            named,
            slot.name,
            "; ".join([values, *filter(None, limits)]),
            _many(slot),
            slot.description,
            ", ".join(f"`{rule.code}`" for rule in slot.rules),
        )

    def limit(self, words: str) -> str:
        """A limit, with what is code in it marked; a long pattern is left to the message."""
        if words.startswith("matches "):
            pattern = words.removeprefix("matches ")
            return f"matches `{pattern}`" if len(pattern) <= _PATTERN else "a pattern"
        return re.sub(r"\b[a-z]+:[A-Za-z]+\b", lambda name: f"`{name[0]}`", words)

    def value(self, iri: str) -> str:
        """A class or datatype; a class that has a section leads there."""
        if iri == RDF.langString.value:
            return "text with a language"
        if iri == "http://www.w3.org/2001/XMLSchema#string":
            return "text"
        local = iri.removeprefix(SCHEMA.iri)
        if local in _WORDS and iri != local:
            return _WORDS[local]
        section = self._at.get(iri)
        name = f"`{compact(iri)}`"
        return name if section is None else f"[{name}](#{anchor(section.title)})"


def _rules(section: Section) -> tuple[Rule, ...]:
    """All rules of a section, each once."""
    return tuple(dict.fromkeys((*(r for slot in section.slots for r in slot.rules), *section.rules)))


def _place(rule: Rule) -> tuple[str, int, str]:
    """Where a code stands: by letters, then by number."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", rule.code)
    return (found[1], int(found[2]), "") if found else ("~", 0, rule.code)


def _many(slot: Slot) -> str:
    """How many values, in figures."""
    if slot.most is not None:
        figures = f"{slot.least}" if slot.least == slot.most else f"{slot.least} … {slot.most}"
    else:
        figures = f"{slot.least} …" if slot.least else "any"
    return f"{figures}, advised" if slot.advised and not slot.least else figures


def made(shapes: ShapesGraph | None = None) -> str:
    """The page of some shapes; of those that ship where none are given."""
    return "\n".join(Page(shapes or ShapesGraph.load()).lines()).rstrip("\n") + "\n"


def main() -> int:
    """Write the page, or with ``--check`` compare it; 1 when it is stale."""
    text = made()
    if "--check" in sys.argv[1:]:
        return int(not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
