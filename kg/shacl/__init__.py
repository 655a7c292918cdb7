"""The gate: SHACL shapes compiled once, articles and stores checked against them."""

from __future__ import annotations

from kg.shacl.gate import Gate
from kg.shacl.report import Report, Result
from kg.shacl.shapes import ShapesGraph

__all__ = ["Gate", "Report", "Result", "ShapesGraph"]
