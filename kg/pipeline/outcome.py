"""What became of one document, and where refused ones are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError, Refused
from kg.iris import slug
from kg.model import Document
from kg.shacl import Report

__all__ = ["Outcome", "Quarantine"]

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document's fate, with the article's IRI or the reason.

    ``status`` is ``stored``, ``updated``, ``unchanged``, ``retracted`` (its source canceled, withheld or deleted it),
    ``waiting`` (under embargo), ``skipped`` (it is no article, or not to be published) or ``refused``.

    ``warnings`` are the codes of the gate's warnings, ``snapshot`` is the snapshot that holds the article.
    """

    origin: str
    status: str
    iri: str | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    snapshot: str | None = None
    quarantine: str | None = None
    changes: tuple[str, ...] = ()

    @property
    def written(self) -> bool:
        """Whether the document changed the store."""
        return self.status in ("stored", "updated", "retracted")

    def to_json(self) -> dict[str, Any]:
        """Plain values, absent ones left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The folder refused documents are kept in, each with the report beside it."""

    folder: Path

    def keep(self, document: Document, error: InputError, report: Report | None = None) -> str:
        """Write the bytes and the reason; return the reason's path. The same refusal twice writes the same files."""
        name = Path(document.origin).name if document.origin else "document"
        stem = f"{slug(Path(name).stem, fallback='document')}-{document.sha256.hex()[:8]}"
        self.folder.mkdir(parents=True, exist_ok=True)
        suffix = _SUFFIX.match(Path(name).suffix)  # the name may be an address, or a member's of any archive
        (self.folder / f"{stem}{suffix.group() if suffix else '.txt'}").write_bytes(document.data)
        reason: Mapping[str, Any] = {
            "origin": document.origin,
            "source": document.source.name,
            "reason": error.reason,
            "codes": list(error.codes) if isinstance(error, Refused) else [],
        }
        written = self.folder / f"{stem}.report.json"
        body = {**reason, **({"report": json.loads(report.to_json())} if report is not None else {})}
        written.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        (self.folder / f"{stem}.report.txt").write_text(
            f"{document.origin}\n{error.reason}\n" + (f"\n{report.to_text()}\n" if report is not None else ""),
            encoding="utf-8",
        )
        return str(written)
