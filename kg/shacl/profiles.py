"""Which shapes a publication is held to: the ones that ship, by profile, its own, and severities set by code.

Three things make them up, in kg.toml under ``[shapes]``: ``profiles`` (of those that ship), ``folder`` (the
publication's own ``*.ttl``) and ``severity`` (a table code → Violation, Warning, Info or off).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg import resources
from kg.config import Settings
from kg.errors import ConfigError
from kg.shacl.shapes import NKGS, ShapesGraph, code_of, together
from kg.shacl.view import Node
from kg.vocab import RDF, SH, XSD

__all__ = ["PROFILES", "PROTECTED", "load", "with_severities"]

#: The profiles that ship, with what each is for. Each but the gate is one file of its name in ``shapes/``.
PROFILES: Mapping[str, str] = {
    "gate": "what every article must fulfil before it is published",
    "google": "what search engines recommend for news articles, as warnings",
}
#: Codes whose severity is not the publication's to set: they keep withheld words out of what is published
#: (docs/decisions/0012-withheld-text.md). T4, T5 and T6 find such words; T7 keeps the mark they rest on readable.
PROTECTED: tuple[str, ...] = ("T4", "T5", "T6", "T7")


def load(settings: Settings) -> ShapesGraph:
    """The shapes a publication's settings ask for.

    ``rdfs:subClassOf`` in the publication's own files counts for ``sh:class`` and ``sh:targetClass``. Raises
    :class:`kg.errors.ConfigError` for unknown profiles and codes, a named folder that is missing, broken shapes (with
    file and line), own shapes that describe the ones that ship, and a severity that would weaken a protected code.
    """
    _known_profiles(settings)
    ours = tuple((str(f), f.read_bytes()) for f in _shipped(settings["shapes.profiles"]))
    own = tuple(_own(settings))
    graph = ShapesGraph.parse((*ours, *own), ontology=own)
    _untouched(graph, frozenset(name for name, _ in ours))
    return with_severities(graph, severities(settings), where=settings.origins["shapes.severity"])


def severities(settings: Settings) -> dict[str, str]:
    """The severities that the settings give, by code."""
    pairs = (pair.partition("=") for pair in settings["shapes.severity"])
    return {code: level for code, _, level in pairs}


def with_severities(shapes: ShapesGraph, levels: Mapping[str, str], *, where: str = "shapes.severity") -> ShapesGraph:
    """The shapes with other severities: code → ``Violation``, ``Warning``, ``Info``, or ``off`` to deactivate them.

    A code is that of the shape's message, of its SPARQL constraint's, or of its IRI. Raises
    :class:`kg.errors.ConfigError` for a code that no shape has, and for a protected one.
    """
    if not levels:
        return shapes
    found: dict[str, list[Node]] = {code: [] for code in levels}
    for node in dict.fromkeys(t.subject for t in shapes.triples if t.predicate in _SHAPELY):
        if (code := _code(shapes, node)) in found:
            found[code].append(node)
    errors = []
    for code, level in levels.items():
        reason = None
        if code in PROTECTED and level != "Violation":
            reason = f"{code} protects withheld text and stays a Violation; remove the line"
        elif not found[code]:
            reason = f"no shape has the code {code}; see docs/reference.md for those that ship"
        if reason is not None:
            errors.append(ConfigError(f"{where}: shapes.severity: {reason}", setting="shapes.severity", where=where))
    if errors:
        raise together(errors)
    changed = {node: levels[code] for code, nodes in found.items() for node in nodes}
    kept = tuple(t for t in shapes.triples if t.subject not in changed or _stays(shapes, t, changed[t.subject]))
    return ShapesGraph((*kept, *_said(shapes, changed)), shapes.subclasses, shapes.sources)


# --------------------------------------------------------------------------------------------------------------------

_SHAPELY = frozenset({SH.message, SH.sparql, SH.path, SH.property, SH.targetClass, SH.targetSubjectsOf, SH["or"]})
#: What a shape keeps that asks nothing any more and holds others that do.
_FRAME = frozenset(
    {RDF.type, SH.property, SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.path}
)


def _stays(shapes: ShapesGraph, triple: Triple, level: str) -> bool:
    """Whether a statement about a shape that is set to a severity is kept."""
    if triple.predicate in (SH.severity, SH.deactivated):
        return False
    return level != "off" or not _holds_others(shapes, triple.subject) or triple.predicate in _FRAME


def _said(shapes: ShapesGraph, changed: Mapping[Node, str]) -> Iterator[Triple]:
    for node, level in changed.items():
        assert not isinstance(node, Literal | Triple)
        if level != "off":
            yield Triple(node, SH.severity, SH[level])
        elif not _holds_others(shapes, node):
            yield Triple(node, SH.deactivated, Literal("true", datatype=XSD.boolean))


def _holds_others(shapes: ShapesGraph, node: Node) -> bool:
    """Whether the shape holds property shapes of other codes, which go on when its own constraints do not."""
    own = _code(shapes, node)
    return any(_code(shapes, inner) not in (own, None) for inner in shapes.objects(node, "property"))


def _code(shapes: ShapesGraph, node: Node) -> str | None:
    """The code that results of a shape carry, as :func:`kg.shacl.stamp.stamp` finds it."""
    for one in (*shapes.objects(node, "sparql"), node):
        code = code_of(shapes.message(one) or "")
        if code is not None:
            return code
    return code_of(node.value[len(NKGS.iri) :]) if isinstance(node, NamedNode) and node in NKGS else None


def _known_profiles(settings: Settings) -> None:
    wanted = settings["shapes.profiles"]
    where = settings.origins["shapes.profiles"]
    for name in wanted:
        if name not in PROFILES:
            raise ConfigError(
                f"{where}: shapes.profiles: there is no profile {name!r}; known: {', '.join(PROFILES)}",
                setting="shapes.profiles",
                where=where,
            )
    if "gate" not in wanted:
        raise ConfigError(
            f"{where}: shapes.profiles: the profile gate is missing; it is always used, add it",
            setting="shapes.profiles",
            where=where,
        )


def _shipped(profiles: tuple[str, ...]) -> Iterator[Path]:
    for file in sorted(resources.path("shapes").glob("*.ttl")):
        if file.stem not in PROFILES or file.stem in profiles:
            yield file


def _own(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The publication's own files; those that repeat a file that ships say nothing new."""
    folder, origin = settings.shapes, settings.origins["shapes.folder"]
    if not folder.is_dir() or not settings["shapes.folder"]:
        if origin != "default" and settings["shapes.folder"]:
            raise ConfigError(
                f"{origin}: shapes.folder: {folder} is no folder; make it or correct the path",
                setting="shapes.folder",
                where=origin,
            )
        return
    if origin == "default" and settings.file is None:  # no publication, so no shapes of its own
        return
    shipped = {f.read_bytes() for f in sorted(resources.path("shapes").glob("*.ttl"))}
    for file in sorted(folder.glob("*.ttl")):
        try:
            data = file.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"{file}: the shapes cannot be read ({error.strerror}); check the file",
                setting="shapes.folder",
                where=str(file),
            ) from error
        if data not in shipped:
            yield str(file), data


def _untouched(graph: ShapesGraph, ours: frozenset[str]) -> None:
    """Refuses own statements about what the shipped shapes describe: they could weaken it unseen."""
    described = {t.subject for s in graph.sources if s.name in ours for t in s.triples}
    errors: dict[Node, ConfigError] = {}
    for source in graph.sources:
        if source.name in ours:
            continue
        for t in source.triples:
            if isinstance(t.subject, NamedNode) and t.subject in described and t.subject not in errors:
                place = graph.where(t.subject, within=source.name)
                errors[t.subject] = ConfigError(
                    f"{place}: {graph.label(t.subject)} belongs to newsgraph; make a shape of your own with the same "
                    "target, or set its severity in kg.toml under [shapes.severity]",
                    setting="shapes.folder",
                    where=place,
                )
    if errors:
        raise together(errors.values())
