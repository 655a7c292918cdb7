"""GLiNER: labels in plain words, found by a model whose weights the user has on disk.

A GLiNER reads a few hundred words at a time and cuts what is longer without a word, so the text goes to it in windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kg.adapters.proposer import Found, Proposer, classes, fingerprint
from kg.errors import InputError, MissingDependency
from kg.plugins import Authority

__all__ = ["LABELS", "annotator"]

#: What the model is asked for by default, and the classes it stands for.
LABELS: Final[Mapping[str, str]] = {
    "person": "Person",
    "location": "Place",
    "organization": "Organization",
    "event": "Event",
    "creative work": "CreativeWork",
}
#: Characters of a window: about 250 words, below the 384 tokens that most of these models read.
_SIZE: Final = 1_200


def annotator(
    authority: Authority,  # noqa: ARG001 every annotator is given it
    *,
    model: str = "urchade/gliner_medium-v2.1",
    labels: object = None,
    floor: float = 0.5,
    batch: int = 8,
    window: int = _SIZE,
    name: str = "gliner",
) -> Proposer:
    """What the model (a name on the hub that was downloaded before, or a folder) recognises under the labels.

    ``floor`` is the least score the model reports, ``window`` is in characters. Nothing is downloaded. Raises
    :class:`kg.errors.MissingDependency` with the line that installs what is missing, and
    :class:`kg.errors.ConfigError` for labels that cannot be mapped.
    """
    known = classes(name, labels, LABELS)
    try:
        from gliner import GLiNER
    except ImportError as error:
        raise MissingDependency(
            f"annotator {name!r} needs GLiNER ({error})", install="pip install 'newsgraph[gliner]'"
        ) from error
    try:
        loaded: Any = GLiNER.from_pretrained(model, local_files_only=True)
    except Exception as error:
        words = " ".join(str(error).split())[:160]
        raise MissingDependency(
            f"annotator {name!r} needs the GLiNER model {model!r}, which cannot be loaded "
            f"({type(error).__name__}: {words})",
            install=f"""python -c 'from gliner import GLiNER; GLiNER.from_pretrained("{model}")'""",
        ) from error
    asked = sorted(known)

    def predict(texts: Sequence[str]) -> Iterator[Iterable[Found]]:
        answers = loaded.inference(list(texts), asked, flat_ner=True, threshold=floor, batch_size=batch)
        if not isinstance(answers, Sequence) or isinstance(answers, str):
            raise InputError("its answer is no list")
        for answer in answers:
            yield [_found(one) for one in answer]

    called = Path(model).name if Path(model).exists() else model
    version = f"{called}+{fingerprint(sorted(known.items()), floor, window)}"
    return Proposer(name, version, predict, known, size=window)


def _found(one: object) -> Found:
    """An entity as GLiNER gives it: ``{"start", "end", "text", "label", "score"}``."""
    said: Mapping[str, object] = one if isinstance(one, Mapping) else {}
    return said.get("start"), said.get("end"), said.get("label"), said.get("score")
