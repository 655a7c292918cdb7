"""What every command shares: settings, the opened store, the clock, and how results are printed."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import config
from kg.errors import ConfigError

if TYPE_CHECKING:  # not every command needs a store, a gate or the table, and importing them takes time
    from kg.plugins import Authority
    from kg.shacl import Gate
    from kg.store import Store

__all__ = ["Context", "create", "now", "say"]


def now() -> datetime:
    """The time in UTC, to the second. The only clock the library's commands read."""
    return datetime.now(UTC).replace(microsecond=0)


def say(text: str) -> None:
    """A line for people, on standard error, so that standard output stays data."""
    click.echo(text, err=True)


def create(settings: config.Settings) -> Store:
    """A new, empty store as the settings say. Raises :class:`kg.errors.ConfigError` where there is one already."""
    from kg.store import Store

    shown = settings["annotations_in_default_graph"]
    return Store.create(settings.store, settings.base_iri, annotations_in_default=shown, time=now())


@dataclass(slots=True)
class Context:
    """Options of the whole command line, and what is made from them when a command asks."""

    file: str | None = None
    store: str | None = None
    as_json: bool = False
    _settings: config.Settings | None = field(default=None, repr=False)

    @property
    def settings(self) -> config.Settings:
        """The effective settings. Raises :class:`kg.errors.ConfigError`."""
        if self._settings is None:
            named = self.file or os.environ.get("KG_CONFIG")
            found = Path(named) if named else Path("kg.toml")
            file = found if named or found.is_file() else None
            flags: dict[str, Any] = {"store": str(Path(self.store).resolve()) if self.store else None}
            self._settings = config.load(file, environment=os.environ, flags=flags)
        return self._settings

    def open(self) -> Store:
        """The store. Raises :class:`kg.errors.StoreMissing`, and :class:`kg.errors.ConfigError` where a setting that
        is fixed with the store says otherwise than the store does."""
        from kg.store import Store

        settings = self.settings
        store = Store.open(settings.store, settings.base_iri)
        wanted = settings["annotations_in_default_graph"]
        if store.annotations_in_default != wanted:
            raise ConfigError(
                f"annotations_in_default_graph is {str(wanted).lower()} in the settings and {str(not wanted).lower()} "
                "in the store, where it is fixed; change the setting back, or ingest into a new store",
                setting="annotations_in_default_graph",
            )
        return store

    def open_or_create(self) -> Store:
        """The store, made where there is none yet.

        Raises :class:`kg.errors.ConfigError` outside a publication, so that a store is not made by mistake.
        """
        settings = self.settings
        if (settings.store / "store.json").exists():
            return self.open()
        if settings.file is None and settings.origins["store"] == "default":
            raise ConfigError(
                "there is no kg.toml here and no store is named; make a publication with: kg init DIR, "
                "or say where the store is with --store"
            )
        return create(settings)

    def table(self) -> Authority:
        """The authority: the shipped table and the configured ones."""
        from kg import pipeline

        return pipeline.table(self.settings)

    def gate(self) -> Gate:
        """The gate over the shapes that the settings name. Raises :class:`kg.errors.ConfigError` for broken ones."""
        from kg import shacl
        from kg.shacl import profiles

        return shacl.Gate(profiles.load(self.settings))

    @property
    def holder(self) -> str:
        """The command as the writer lock names it."""
        return "kg " + shlex.join(sys.argv[1:4])

    def emit(self, value: Mapping[str, Any], text: str) -> None:
        """One result: a JSON line with ``--json``, else the text."""
        click.echo(json.dumps(value, ensure_ascii=False) if self.as_json else text)
