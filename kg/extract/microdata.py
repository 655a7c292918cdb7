"""Microdata and RDFa in a page, as nodes in the form that JSON-LD has.

Microdata follows the HTML standard, section 5; of RDFa 1.1 Lite the attributes vocab, typeof, property and resource are
read. Only items of schema.org count, and both walks are one pass over the tree.
"""

from __future__ import annotations

from typing import Any

from kg.extract.schemaorg import Node

__all__ = ["microdata", "rdfa"]

_LONGEST = 100_000  # characters of one value
_ADDRESS = {"a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "iframe": "src",
            "embed": "src", "source": "src", "object": "data", "amp-img": "src"}  # fmt: skip
_MOST = 5_000  # properties


def microdata(root: Any) -> list[Node]:
    """The top-level items of schema.org on the page, with the items inside them as values."""
    return _read(root, scope="itemscope", kind="itemtype", name="itemprop", identity="itemid")


def rdfa(root: Any) -> list[Node]:
    """The top-level resources with a type of schema.org on the page, with those inside them as values."""
    return _read(root, scope="typeof", kind="typeof", name="property", identity="resource")


def _read(root: Any, *, scope: str, kind: str, name: str, identity: str) -> list[Node]:
    made: list[Node] = []
    items: dict[Any, dict[str, object]] = {}
    count = 0
    for node in root.iterfind(f".//*[@{scope}]"):
        types = [one for one in (node.get(kind) or "").split() if scope == "typeof" or "schema.org" in one]
        item: dict[str, object] = {"@type": [one.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for one in types]}
        if node.get(identity):
            item["@id"] = node.get(identity)
        items[node] = item
        if node.get(name) is None or not any(parent in items for parent in node.iterancestors()):
            made.append(item)
        if len(items) > 2_000:
            break
    if not items:
        return []
    for node in root.iterfind(f".//*[@{name}]"):
        count += 1
        if count > _MOST:
            break
        owner = next((items[parent] for parent in node.iterancestors() if parent in items), None)
        if owner is None:
            continue
        value: object = items.get(node)
        if value is None:
            value = _value(node)
        elif not value.get("name") and isinstance(value, dict):  # type: ignore[attr-defined]
            value["#text"] = _text(node)[:200]
        for one in (node.get(name) or "").split():
            local = one.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
            before = owner.get(local)
            if before is None:
                owner[local] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                owner[local] = [before, value]
    for item in items.values():  # an author's item that names nobody but holds a name in its text
        text = item.pop("#text", None)
        if text and "name" not in item and {"Person", "Organization"} & set(item["@type"]):  # type: ignore[call-overload]
            item["name"] = text
    return made


def _value(node: Any) -> str:
    if (content := node.get("content")) is not None:
        return str(content)[:_LONGEST]
    if node.tag in _ADDRESS:
        return str(node.get(_ADDRESS[node.tag]) or "")
    if node.tag in {"time", "data", "meter"} and (given := node.get("datetime") or node.get("value")):
        return str(given)
    return _text(node)


def _text(node: Any) -> str:
    return "".join(node.itertext())[:_LONGEST].strip()
