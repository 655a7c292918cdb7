"""What the shapes said of a store: at its last publish (the manifest), and when ``kg check`` last read all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.store import SnapshotInfo

__all__ = ["Checked", "last_check", "publish_check"]

#: Where ``kg check`` leaves its summary, below the store's directory.
_FILE = "check.json"
#: Longest file that is read.
_BYTES = 2**20
_ORDER = {"Violation": 0, "Warning": 1, "Info": 2}


@dataclass(frozen=True, slots=True)
class Checked:
    """Results by severity and code. ``scope`` is ``full`` (every focus node of the snapshot) or ``incremental`` (those
    that the publish touched); ``shapes`` is the digest of the shapes, empty where an older version published."""

    snapshot: str
    scope: str
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shapes: str = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Results by severity: violations and warnings always, others where there are any."""
        return {"Violation": 0, "Warning": 0} | {severity: sum(row.values()) for severity, row in self.rows}

    @property
    def rows(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """Severities with their codes, the worst first."""
        return tuple(sorted(self.codes.items(), key=lambda row: (_ORDER.get(row[0], len(_ORDER)), row[0])))

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "codes": {name: dict(row) for name, row in self.rows}, "counts": dict(self.counts)}

    def write(self, store: Path) -> bool:
        """Keep it where :func:`last_check` finds it; False where the store's directory cannot be written."""
        from kg.store import durable

        try:
            durable.write(store / _FILE, json.dumps(self.to_json(), indent=1, sort_keys=True).encode() + b"\n")
        except OSError:
            return False
        return True


def last_check(store: Path) -> Checked | None:
    """What the last whole check of a store said, or None where there was none that can be read."""
    try:
        with (store / _FILE).open("rb") as file:
            row = json.loads(file.read(_BYTES))
        texts = {name: row[name] for name in ("snapshot", "scope", "shapes")}
        codes = {severity: {code: int(n) for code, n in row["codes"][severity].items()} for severity in row["codes"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Checked(codes=codes, **texts) if all(isinstance(text, str) for text in texts.values()) else None


def publish_check(info: SnapshotInfo) -> Checked | None:
    """What the gate said of a publish, as its manifest has it; None for what was not published through the gate.

    ``{"shacl": {"violations": 0, "warnings": {code: n}, "shapes": digest, "checked": "incremental"}}``, with ``broken``
    beside it: violations by code that articles left behind when they were taken back. Manifests of earlier versions
    have ``{"warnings": {code: n}}`` alone.
    """
    row = info.summary.get("shacl")
    if isinstance(row, Mapping):
        codes: dict[str, dict[str, int]] = {}
        if row.get("violations"):
            broken = info.summary.get("broken")
            codes["Violation"] = dict(broken) if isinstance(broken, Mapping) else {"": int(row["violations"])}
        if row.get("warnings"):
            codes["Warning"] = dict(row["warnings"])
        return Checked(info.id, str(row.get("checked", "incremental")), codes, str(row.get("shapes", "")))
    old = info.summary.get("warnings")
    if not isinstance(old, Mapping):
        return None
    return Checked(info.id, "incremental", {"Warning": dict(old)} if old else {})
