"""The section an article stands in: a label, a path, a line above the headline; never one entry of a menu."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract import furniture
from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, ends_sentence, key, size

__all__ = ["section_of"]


def section_of(
    lines: Sequence[Line], labels: Sequence[Label], at: int, publisher: str | None
) -> tuple[str | None, str]:
    """The section that the page names for its article and the rule that found it; ``at`` is the headline's line."""
    for one in labels:
        if one.kind is Kind.FIELD and one.name == "section":
            return one.value, "label"
    body = next((index for index in range(at + 1, len(lines)) if labels[index].kind is Kind.PROSE), len(lines))
    near = range(max(0, at - 12), min(body, at + 6))
    order = [index for index in near if index < at][::-1] + [index for index in near if index > at]
    title = key(lines[at].text) if at >= 0 else ""
    paths = [*order, *(index for index in range(at + 1, min(len(lines), at + 8)) if index not in order)]
    for index in paths:
        one = labels[index]
        if one.kind is Kind.BREADCRUMB:
            crumbs = one.value
            if title and key(crumbs).endswith(title):
                crumbs = crumbs[: len(crumbs) - len(title)].rstrip(" >/|»›→·•")
            if publisher and key(crumbs).startswith(key(publisher)):
                crumbs = crumbs[len(publisher) :].lstrip(" >/|»›→·•")
            first, bar, last = crumbs.rpartition(" | ")
            if publisher and bar and set(key(last).split()) <= set(key(publisher).split()):
                crumbs = first  # "News | Outlet", the end of a page's title
            if crumbs:
                return crumbs, "breadcrumb"
    for index in order[:2]:  # a menu, and its own section again above the headline
        text = lines[index].text
        if index < at and furniture.section_name(text) and any(line.text == text for line in lines[:index]):
            return text, "section-line"
    if order and order[0] == at - 1 and furniture.section_name(text := lines[order[0]].text):
        others = [index for index, line in enumerate(lines) if line.text == text and index != order[0]]
        if any(not _listed(lines, index) for index in others):
            return text, "section-line"
    for index in order:
        if furniture.section_name(lines[index].text) and not _listed(lines, index) and not _among(lines, index, at):
            return lines[index].text, "section-line"
    for index in order:  # one capitalised word between the outlet's name and the headline
        text = lines[index].text
        if (
            0 < index < at
            and publisher == lines[index - 1].text
            and (index + 1 == at or labels[index + 1].kind not in {Kind.SHORT, Kind.FURNITURE, Kind.MENU})
            and labels[index].kind is Kind.SHORT
            and re.fullmatch(r"[^\W\d_a-z][^\W\d_]+(?:\s(?:&|and)\s[^\W\d_a-z][^\W\d_]+)?", text)
        ):
            return text, "below-masthead"
    return None, ""


def _listed(lines: Sequence[Line], index: int) -> bool:
    """Whether a section's name stands in a list of three or more: a menu."""
    around = [furniture.section_name(line.text) for line in lines[max(0, index - 2) : index + 3]]
    here = min(2, index)
    return any(all(around[start : start + 3]) for start in range(len(around) - 2) if start <= here <= start + 2)


def _among(lines: Sequence[Line], index: int, at: int) -> bool:
    """Whether a section's name above the headline is one of three or more short lines that touch: a menu's entry."""
    if index > at or index == at - 1:
        return False
    first = last = index
    while first > 0 and lines[first - 1].touches(lines[first]) and _entry(lines[first - 1]):
        first -= 1
    while last + 1 < at and lines[last].touches(lines[last + 1]) and _entry(lines[last + 1]):
        last += 1
    over = last + 1 == at and lines[last].touches(lines[at])  # the outlet, its section and a label above the headline
    return last - first >= (4 if over else 2)


def _entry(line: Line) -> bool:
    return size(line.text) <= 3 and not ends_sentence(line.text)
