"""The annotators and authorities that the settings ask for, made of installed plug-ins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg import annotate, authority, plugins
from kg.adapters.authorities import Combined
from kg.annotate.archive import Archive
from kg.config import PluginSettings, Settings
from kg.errors import ConfigError
from kg.plugins import Annotator, Authority

__all__ = ["Learnt", "annotators", "authorities", "combined", "made", "table"]

#: Options that stand for what the plug-in is called here; only who takes them is told.
_NAME = "name"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a run starts from beside the tables, fixed for all of it: reviewers' ``lessons``
    (:class:`kg.review.Decisions`) and what was linked before."""

    lessons: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)
    archive: Archive = field(default_factory=Archive)


def annotators(
    table: Authority, wanted: Sequence[PluginSettings], learnt: Learnt | None = None
) -> tuple[Annotator, ...]:
    """The built-in annotators with those that are wanted beside them, in order; ``learnt`` is what linking knows.

    An entry point of the group ``newsgraph.annotators`` is called with the authority and the options of the settings,
    and gives an annotator. What is wanted under the name ``rules`` is only how the built-in ones vote. Raises
    :class:`kg.errors.ConfigError` for a name that is not installed and for options it does not take, and
    :class:`kg.errors.MissingDependency` where something it needs is missing.
    """
    extra = _plugged(_Wanted(table, tuple(one for one in wanted if one.use != annotate.RULES)))
    voters = [annotate.Voter(one.name, one.weight, one.scores, one.threshold, one.recall) for one in wanted]
    learnt = learnt or Learnt()
    return annotate.joined(table, extra, voters, lessons=learnt.lessons, archive=learnt.archive)


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """Plug-ins with their options for one authority: the same where it is and the options read the same."""

    table: Authority
    plugins: tuple[PluginSettings, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Wanted):
            return NotImplemented  # not a gap: how a comparison lets the other side answer
        return self.table is other.table and repr(self.plugins) == repr(other.plugins)

    def __hash__(self) -> int:
        return hash(repr(self.plugins))


@lru_cache(maxsize=1)
def _plugged(wanted: _Wanted) -> tuple[Annotator, ...]:
    """The annotators that plug-ins give. The last ones are kept: loading a model takes seconds, and kg watch asks for
    them at every poll."""
    extra: list[Annotator] = []
    for one in wanted.plugins:
        given = made("annotators", one, wanted.table)
        if not isinstance(given, Annotator):
            raise ConfigError(
                f"plug-in {one.use!r} gives no annotator; report this to its author", setting="annotators"
            )
        if one.use != one.name:  # one plug-in under several names: what each says must be told apart
            given.name = one.name
        extra.append(given)
    return tuple(extra)


def authorities(table: Authority, wanted: Sequence[PluginSettings]) -> Authority:
    """The table, with the authorities that are wanted behind it; the table itself where none is.

    An entry point of the group ``newsgraph.authorities`` is called with the options of the settings and gives an
    authority. Raises as :func:`annotators` does.
    """
    others: list[tuple[str, Authority]] = []
    for one in wanted:
        given = made("authorities", one)
        if not isinstance(given, Authority):
            raise ConfigError(
                f"plug-in {one.use!r} gives no authority; report this to its author", setting="authorities"
            )
        others.append((one.name, given))
    return Combined(table, others) if others else table


def table(settings: Settings) -> Authority:
    """The authority of a publication: the shipped table with the configured ones on top, over them what was loaded
    (``kg authority load``), and plug-ins behind it.

    Raises :class:`kg.errors.ConfigError` with file and line for what is wrong in one, and
    :class:`kg.errors.StoreError` for a loaded table that is not whole.
    """
    return combined(settings.authority, authority.place(settings.store / "authority"), settings["authorities"])


def combined(files: Sequence[Path], loaded: Path | None, wanted: Sequence[PluginSettings]) -> Authority:
    """The authority of files, of the folder of a loaded table, and of plug-ins behind them. Raises as :func:`table`."""
    return authorities(authority.combined(files, loaded), wanted)


def made(group: str, wanted: PluginSettings, *arguments: object) -> Any:
    """What a plug-in gives when it is called with the arguments and its options.

    Raises :class:`kg.errors.ConfigError` where it is not installed, or takes other options.
    """
    plugin = plugins.load(group, wanted.use)
    what = {"annotators": "annotator", "authorities": "authority"}.get(group, group)
    if plugin is None:
        known = ", ".join(plugins.names(group)) or "none"
        raise ConfigError(f"no {what} named {wanted.use!r} is installed; installed: {known}", setting=group)
    if not callable(plugin):
        raise ConfigError(f"plug-in {wanted.use!r} cannot be called; report this to its author", setting=group)
    options = dict(wanted.options)
    takes = _parameters(plugin)
    if _NAME in takes:
        options[_NAME] = wanted.name
    unknown = sorted(options.keys() - takes) if "**" not in takes else []
    if unknown:
        own = ", ".join(sorted(takes - {_NAME})) or "none"
        raise ConfigError(
            f"{what} {wanted.name!r}: {wanted.use} takes no option {unknown[0]!r}; its options: {own}", setting=group
        )
    try:
        return plugin(*arguments, **options)
    except TypeError as error:
        raise ConfigError(f"{what} {wanted.name!r} cannot be made of its options: {error}", setting=group) from error


def _parameters(plugin: Callable[..., object]) -> set[str]:
    """The names of the options a plug-in takes; ``**`` among them where it takes any."""
    try:
        found = inspect.signature(plugin).parameters.values()
    except (TypeError, ValueError):
        return {"**"}
    names = {one.name for one in found if one.kind is inspect.Parameter.KEYWORD_ONLY}
    return names | ({"**"} if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in found) else set())
