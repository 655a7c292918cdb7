"""Lists of rows as CSV (RFC 4180) and JSON, for people's own tools."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

__all__ = ["as_csv", "as_json"]


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Response:
    """The rows under a header line; a value that is not there is an empty field."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([["" if row.get(c) is None else row[c] for c in columns] for row in rows])
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8; header=present")


def as_json(value: Mapping[str, Any]) -> Response:
    """The object, readable."""
    return Response(json.dumps(value, ensure_ascii=False, indent=1), content_type="application/json")
