"""The constraints of a shapes graph as a list that people can read: code, severity, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from kg.shacl.shape import Property, Root, Shape, Target
from kg.shacl.shapes import ShapesGraph
from kg.shacl.stamp import stamp
from kg.shacl.table import brief, natural
from kg.shacl.wording import Wording, wording
from kg.vocab import compact

__all__ = ["Rule", "rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One code of one shape. ``anchor`` is the last part of the shape's IRI, ``targets`` say which nodes are looked at,
    ``path`` what of them (empty: the node itself), ``profile`` is the name of the shapes file."""

    code: str
    severity: str
    iri: str
    anchor: str
    targets: tuple[str, ...]
    path: str
    wording: Wording
    components: tuple[str, ...]
    profile: str
    of_dataset: bool = False


def rules(roots: Iterable[Root], shapes: ShapesGraph) -> tuple[Rule, ...]:
    """Every constraint that can give results, by profile in the order of the files, then by code."""
    profiles = {t.subject: PurePath(s.name).stem for s in shapes.sources for t in s.triples}
    found: dict[tuple[str, str, str], Rule] = {}
    for root in roots:
        targets = tuple(dict.fromkeys(map(_target, root.targets)))
        for shape in _reporting(root.shape):
            for constraint in shape.constraints:
                if isinstance(constraint, Property):
                    continue
                said = stamp(shape, constraint)
                key = (said.code, said.severity, said.shape)
                known = found.get(key)
                if known is None:
                    found[key] = Rule(
                        code=said.code,
                        severity=said.severity,
                        iri=said.shape,
                        anchor=said.shape.rpartition("#")[2].rpartition("/")[2],
                        targets=targets,
                        path="" if shape.path is None else brief(str(shape.path)),
                        wording=wording(said.message, said.component),
                        components=(said.component,),
                        profile=profiles.get(root.shape.node, ""),  # type: ignore[arg-type]
                        of_dataset=root.of_dataset,
                    )
                    continue
                found[key] = replace(
                    known,
                    targets=tuple(dict.fromkeys((*known.targets, *targets))),
                    components=tuple(dict.fromkeys((*known.components, said.component))),
                )
    order = {name: place for place, name in enumerate(dict.fromkeys(profiles.values()))}
    return tuple(sorted(found.values(), key=lambda r: (order.get(r.profile, len(order)), natural(r.code), r.severity)))


def _reporting(shape: Shape) -> Iterator[Shape]:
    """The shapes whose results stand in a report: the shape itself and its property shapes, however deep."""
    yield shape
    for constraint in shape.constraints:
        if isinstance(constraint, Property):
            yield from _reporting(constraint.shape)


def _target(target: Target) -> str:
    iri = getattr(target.term, "value", str(target.term))
    name = compact(iri)
    return name if target.kind == "targetClass" else f"{target.kind} {name}"
