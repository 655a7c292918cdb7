"""The authority rows a cluster of names may stand for, and how sure each is before the text around is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.annotate.archive import Archive
from kg.annotate.clusters import lowered, plain, surface
from kg.annotate.layers import argument
from kg.annotate.lexicon import groups
from kg.annotate.lookups import Lookups
from kg.model import Annotation, Span, Text
from kg.plugins import Candidate, Thing

__all__ = ["Group", "Lessons", "Option", "Options", "groups_of"]

#: What reviewers said of surfaces: surface → row id → accepted minus rejected; the row None is none of the rows.
Lessons = Mapping[str, Mapping[str | None, int]]

_LEGAL: Final = groups("shortforms")["legal"]
#: Rows compared for one cluster, and surfaces looked up.
_ROWS: Final = 12
_SURFACES: Final = 12
#: How many of the table's own uses a lesson, and an article of the archive, are weighed against.
_LESSONS: Final = 3.0
_ARCHIVE: Final = 5.0
#: More articles than this say nothing more.
_MUCH: Final = 50
#: How often a row that only the words speak for was right, by how they name it; several words first, then one.
#: Measured on GUM (train), AIDA and News-Fair (development parts).
_BASES: Final = {"name": (0.94, 0.93), "alias": (0.93, 0.9), "acronym": (0.95, 0.95), "demonym": (0.91, 0.91)}
_PERSON: Final = 0.92


@dataclass(frozen=True, slots=True)
class Group:
    """A cluster as linking sees it: its mentions' spans, its surfaces with the form each has, and its fullest name.

    ``metonyms`` are spans that name something else by the cluster's thing: a team by its town.
    """

    ref: str
    kind: str
    name: str
    spans: tuple[Span, ...]
    surfaces: Mapping[str, str]
    metonyms: frozenset[Span]


@dataclass(frozen=True, slots=True)
class Option:
    """A row a cluster may stand for. ``base`` is how sure the words make it if nothing else is meant by them, ``prior``
    its share among the rows they may mean."""

    thing: Thing
    surface: str
    how: str
    base: float
    prior: float

    @property
    def id(self) -> str:
        """The row's id."""
        return self.thing.id

    def times(self, factor: float) -> Option:
        """The option with its share multiplied."""
        return replace(self, prior=self.prior * factor)

    def doubted(self, factor: float) -> Option:
        """The option with its certainty multiplied."""
        return replace(self, base=self.base * factor)


def groups_of(text: Text, corefs: Sequence[Annotation], names: Mapping[Span, Annotation]) -> dict[str, Group]:
    """The clusters with a kind, in order of first mention."""
    members: dict[str, list[Annotation]] = {}
    for one in corefs:
        if one.ref is not None and one.span in names:
            members.setdefault(one.ref, []).append(one)
    found: dict[str, Group] = {}
    for ref, several in members.items():
        surfaces: dict[str, str] = {}
        metonyms: set[Span] = set()
        for one in several:
            form = argument(names[one.span], "form", "name")
            team = argument(one, "kind") == "Place" and argument(names[one.span], "kind") not in ("", "Place")
            if form == "metonym" or (team and form != "demonym"):
                metonyms.add(one.span)
            if form != "nominal":
                surfaces.setdefault(surface(text, one.span), form)
        kind, name = argument(several[0], "kind"), argument(several[0], "name")
        found[ref] = Group(ref, kind, name, tuple(one.span for one in several), surfaces, frozenset(metonyms))
    return found


class Options:
    """Finds the options of clusters; asks the authority once for each surface. Made for one text."""

    def __init__(self, lookups: Lookups, lessons: Lessons, archive: Archive) -> None:
        self._lookups, self._lessons, self._archive = lookups, lessons, archive
        self._rejected: set[str] = set()
        #: The row with an id.
        self.thing = lookups.thing

    def areas(self, surface: str) -> list[Thing]:
        """The places of this name."""
        found = (self.thing(one.id) for one in self._lookups.rows(surface, "Place")[:_ROWS])
        return [one for one in found if one is not None]

    def of(self, group: Group) -> list[Option]:
        """The rows a cluster may stand for, those of its fullest known surface.

        A person needs a name of several words. A short form speaks for a row only if the row's own names have all the
        words of the cluster's full name, else that one is somebody else: *CIA*, which is a school of cooking.
        """
        surfaces = sorted(
            group.surfaces, key=lambda one: (group.surfaces[one] == "demonym", -len(one.split()), -len(one), one)
        )[:_SURFACES]
        if group.kind == "Person":
            surfaces = [one for one in surfaces if len(one.replace("-", " ").split()) > 1]
        self._rejected.clear()
        for one in surfaces:
            found = [option for option in self._named(group, one) if self._whole(group, one, option)]
            if found:
                return found
        return []

    def _named(self, group: Group, surface: str) -> list[Option]:
        form = group.surfaces[surface]
        known: tuple[Candidate, ...] = ()
        for spelled in _spellings(surface, group.kind):
            known = self._lookups.rows(spelled, group.kind)
            if known:
                break
        known = tuple(one for one in known if one.how != "demonym" or form == "demonym")[:_ROWS]
        total = sum(one.prior for one in known)
        many = " " in surface
        found: list[Option] = []
        for one in known:
            thing = self.thing(one.id)
            if thing is not None and not _abbreviated(thing, surface):
                base = _PERSON if group.kind == "Person" else _BASES.get(one.how, _BASES["alias"])[not many]
                found.append(Option(thing, surface, one.how, base, one.prior / total if total else 0.0))
        return self._remembered(surface, found)

    def _whole(self, group: Group, surface: str, option: Option) -> bool:
        if group.kind in ("Person", "Place") or surface == group.name or group.surfaces[surface] == "demonym":
            return True
        full = set(plain(group.name).replace(".", "").split())
        if full <= {*plain(surface).replace(".", "").split()}:
            return True
        names = (option.thing.name, *option.thing.aliases)
        return any(full <= {*plain(one).replace(".", "").split()} for one in names)

    def _remembered(self, surface: str, found: list[Option]) -> list[Option]:
        """The options with the shares that reviewers and the archive give them.

        A row that reviewers turned down is not chosen and keeps its share: that it is not the one does not say that
        another is. Where they said that the surface is none of the rows, all are in doubt.
        """
        meant = self._archive.meant.get(surface)
        if meant:
            total = sum(min(count, _MUCH) for count in meant.values())
            found = [
                replace(one, prior=(one.prior * _ARCHIVE + min(meant.get(one.id, 0), _MUCH)) / (_ARCHIVE + total))
                for one in found
            ]
        lessons = self._lessons.get(surface)
        if lessons:
            lessons = self._canonical(lessons)
            total = sum(abs(count) for count in lessons.values())
            none = max(0, lessons.get(None, 0)) / (_LESSONS + total)
            self._rejected.update(id_ for id_, count in lessons.items() if id_ is not None and count < 0)
            found = [
                replace(
                    one,
                    base=one.base * (1 - none),
                    prior=(one.prior * _LESSONS + max(0, lessons.get(one.id, 0))) / (_LESSONS + total),
                )
                for one in found
            ]
        return [one.doubted(0.0) if one.id in self._rejected else one for one in found]

    def _canonical(self, lessons: Mapping[str | None, int]) -> dict[str | None, int]:
        """Verdicts by the ids that the rows have today: rows may have become one since."""
        found: dict[str | None, int] = {}
        for id_, count in lessons.items():
            thing = self.thing(id_) if id_ is not None else None
            key = thing.id if thing is not None else id_
            found[key] = found.get(key, 0) + count
        return found


def _spellings(surface: str, kind: str) -> list[str]:
    """A surface and how else a table may spell it."""
    made = [surface]
    bare = surface.rstrip(".")
    if (spelled := lowered(surface)) is not None:
        made.append(spelled)
    if bare[-2:-1] == ".":  # Louis C.K
        made.append(f"{bare}.")
    if kind == "Person":
        words = bare.split()
        made.append(" ".join(word for word in words if not (len(word.strip(".")) == 1 and word is not words[0])))
        first = words[0]
        if first.isupper() and 2 <= len(first) <= 3:  # JK Rowling
            made.append(" ".join([*(f"{letter}." for letter in first), *words[1:]]))
            made.append(" ".join(["".join(f"{letter}." for letter in first), *words[1:]]))
    elif kind == "Place" and ", " in bare:
        made.append(bare.split(", ", 1)[0])
    else:
        words = bare.split()
        while len(words) > 1 and words[-1].strip(".,").lower() in _LEGAL:
            del words[-1]
        made.append(" ".join(words).rstrip(","))
        made.append(bare.replace("&", "and"))
        if "." in surface and surface.replace(".", "").isupper():
            made.append(surface.replace(".", ""))
    return list(dict.fromkeys(one for one in made if one))


def _abbreviated(thing: Thing, surface: str) -> bool:
    """Whether the table knows the surface only with a full stop (*La.*), which a name without one is not."""
    if len(surface) > 5 or surface.isupper() or surface.endswith("."):
        return False
    return f"{surface}." in thing.aliases and surface not in thing.aliases and surface != thing.name
