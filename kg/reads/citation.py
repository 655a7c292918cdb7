"""How a snapshot is cited: in words, and as reference managers read it (BibTeX, RIS, CSL-JSON)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from kg.store import SnapshotInfo

__all__ = ["Citation", "citation"]

#: Characters that mean something to BibTeX, and how they are written there.
_BIBTEX = {
    **dict.fromkeys("{}", ""),
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{one: f"\\{one}" for one in "#$%&_"},
}


@dataclass(frozen=True, slots=True)
class Citation:
    """One snapshot as a reference: ``iri`` stays the same for ever, ``digest`` says what exactly was there.

    ``annotators`` are those whose articles it holds, with their versions, in words.
    """

    publisher: str
    title: str
    snapshot: str
    date: str
    iri: str
    digest: str
    articles: int
    quads: int
    annotators: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a bibliography calls it: letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.publisher}-{self.snapshot}".lower()).strip("-")

    @property
    def note(self) -> str:
        """What the reference says beside author, title and date."""
        made = f"; annotated by {'; '.join(self.annotators)}" if self.annotators else ""
        return f"{self.articles} articles, {self.quads} statements; digest {self.digest}{made}"

    def to_text(self) -> str:
        """One line of words."""
        return f"{self.publisher} ({self.date[:4] or 'n.d.'}). {self.title} [data set]. {self.iri} ({self.note}).\n"

    def to_bibtex(self) -> str:
        """A BibLaTeX entry of type ``dataset``."""
        rows = {
            "author": f"{{{_bibtex(self.publisher)}}}",
            "title": _bibtex(self.title),
            "date": self.date[:10],
            "version": _bibtex(self.snapshot),
            "url": self.iri,
            "note": _bibtex(self.note),
        }
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in rows.items() if value)
        return f"@dataset{{{self.key},\n{fields}}}\n"

    def to_ris(self) -> str:
        """A RIS record of type DATA."""
        rows = [
            ("TY", "DATA"),
            ("AU", self.publisher),
            ("TI", self.title),
            ("PY", self.date[:4]),
            ("DA", self.date[:10].replace("-", "/")),
            ("ET", self.snapshot),
            ("UR", self.iri),
            ("N1", self.note),
            ("ER", ""),
        ]
        return "".join(f"{name}  - {_line(value)}\r\n" for name, value in rows)

    def to_csl(self) -> str:
        """An array with one CSL-JSON item of type ``dataset``."""
        item: dict[str, object] = {
            "id": self.key,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.publisher}],
            "version": self.snapshot,
            "URL": self.iri,
            "note": self.note,
        }
        if self.date:
            item["issued"] = {"date-parts": [[int(part) for part in self.date[:10].split("-")]]}
        return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def citation(info: SnapshotInfo, *, publisher: str, base: str) -> Citation:
    """The reference to a snapshot of the publication whose IRIs begin with ``base``."""
    dated = info.time if not info.time.startswith("1970") else ""
    return Citation(
        publisher=_line(publisher),
        title=f"{_line(publisher)}: knowledge graph of news, snapshot {info.id}",
        snapshot=info.id,
        date=dated,
        iri=f"{base}/snapshots/{info.id}",
        digest=info.digest,
        articles=info.counts.articles,
        quads=info.counts.quads,
        annotators=tuple(f"{one.label} ({one.articles} articles)" for one in info.annotators),
    )


def _bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(one, one) for one in _line(text))


def _line(text: str) -> str:
    """The text on one line: a line end would end the field in RIS."""
    return " ".join(text.split())
