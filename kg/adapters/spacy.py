"""spaCy: the named entities of a pipeline the user has installed.

spaCy gives no score for an entity, so that all of a kind count the same. Who has measured a model says so with
``scores`` in the settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Final

from kg.adapters.proposer import Found, Proposer, classes, fingerprint
from kg.errors import MissingDependency
from kg.plugins import Authority

__all__ = ["LABELS", "annotator"]

#: OntoNotes labels (and those of the Wikipedia models) and the classes they stand for.
LABELS: Final[Mapping[str, str]] = {
    "PERSON": "Person",
    "PER": "Person",
    "ORG": "Organization",
    "GPE": "Place",
    "LOC": "Place",
    "FAC": "Place",
    "EVENT": "Event",
    "WORK_OF_ART": "CreativeWork",
    "LAW": "Legislation",
}
#: Labels that name nothing the graph has: peoples (only the rules link them), products, and numbers of all kinds.
_IGNORED: Final = frozenset(
    ["NORP", "PRODUCT", "LANGUAGE", "MISC", "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"]
)
#: What a name counts with: about the share of spans that ``en_core_web_lg`` gets right on news; rare kinds less.
_SCORE, _RARE = 0.8, 0.6
#: Parts of a pipeline that names do not need.
_UNUSED: Final = ("tagger", "parser", "senter", "morphologizer", "attribute_ruler", "lemmatizer", "textcat")
_SIZE: Final = 20_000


def annotator(
    authority: Authority,  # noqa: ARG001 every annotator is given it
    *,
    model: str = "en_core_web_lg",
    labels: object = None,
    batch: int = 16,
    name: str = "spacy",
) -> Proposer:
    """What the pipeline ``model`` (a package's name or a folder) recognises.

    Raises :class:`kg.errors.MissingDependency` with the line that installs what is missing, and
    :class:`kg.errors.ConfigError` for labels that cannot be mapped.
    """
    known = classes(name, labels, LABELS)
    try:
        import spacy
    except ImportError as error:
        raise MissingDependency(
            f"annotator {name!r} needs spaCy ({error})", install="pip install 'newsgraph[spacy]'"
        ) from error
    try:
        pipeline: Any = spacy.load(model, exclude=_UNUSED)
    except (OSError, ImportError, ValueError) as error:
        words = " ".join(str(error).split())[:160]
        raise MissingDependency(
            f"annotator {name!r} needs the spaCy model {model!r}, which cannot be loaded ({words})",
            install=f"python -m spacy download {model}",
        ) from error

    score = {label: _RARE for label, (kind, _) in known.items() if kind in ("Event", "CreativeWork")}

    def predict(texts: Sequence[str]) -> Iterator[Iterable[Found]]:
        for document in pipeline.pipe(texts, batch_size=batch):
            yield [(one.start_char, one.end_char, one.label_, score.get(one.label_, _SCORE)) for one in document.ents]

    meta = pipeline.meta
    called = f"{meta.get('lang', '')}_{meta.get('name', '')}" if not Path(model).exists() else Path(model).name
    version = f"{called}-{meta.get('version') or '0'}+{installed_version('spacy')}.{fingerprint(sorted(known.items()))}"
    size = min(_SIZE, pipeline.max_length)
    return Proposer(name, version, predict, known, size=size, ignored=_IGNORED - known.keys())
