"""What SHACL forbids in a query with variables bound beforehand (SHACL, section 5.2.1 and Appendix A)."""

from __future__ import annotations

__all__ = ["IllFormed"]


class IllFormed(ValueError):
    """A query that is no SPARQL or that SHACL forbids; the message says why."""
