"""What was measured of annotators, for the manifest of a snapshot: the figures that ``kg eval --update`` committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg import resources
from kg.errors import UsageError

__all__ = ["FILE", "measured"]

#: The committed figures, which every installation carries.
FILE = "data/quality.json"


def measured(versions: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The figures of annotators of exactly these versions, set → figure → value; None where they were not measured.

    A figure of other versions says nothing of these, so that it is not passed on.
    """
    try:
        said = json.loads(resources.path(FILE).read_bytes())
        if not versions:
            return None
        sets = sorted(said["sets"].items())
        own = [(name, one) for name, one in sets if dict(one["annotators"]) == dict(versions)]
        return {name: dict(one["measured"]) for name, one in own} or None
    except (UsageError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
