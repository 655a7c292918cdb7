"""A model behind an address: texts go out as JSON, spans come back (docs/annotators.md has the protocol).

The operator names the address in the settings, so private networks are open to it. Everything else is as for any
answer from outside: a limit of time and of bytes for all of it, no redirects, and nothing is believed unchecked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kg.adapters.proposer import Found, Proposer, classes, fingerprint
from kg.errors import ConfigError, EngineUnavailable, FetchError, InputError
from kg.fetch import Service
from kg.plugins import Authority

__all__ = ["LABELS", "annotator"]

#: Without ``labels`` a model says the five kinds by their names.
LABELS: Final[Mapping[str, str]] = {one: one for one in ("Person", "Place", "Organization", "Event", "CreativeWork")}
_SIZE: Final = 10_000
_LIMIT: Final = 16 * 2**20


def annotator(
    authority: Authority,  # noqa: ARG001 every annotator is given it
    *,
    endpoint: str = "",
    labels: object = None,
    batch: int = 32,
    window: int = _SIZE,
    seconds: float = 60.0,
    retries: int = 2,
    limit: int = _LIMIT,
    token_file: str | None = None,
    name: str = "http",
) -> Proposer:
    """What the model at ``endpoint`` recognises: ``batch`` windows of at most ``window`` characters in one request.

    ``seconds`` is the time for one request, ``limit`` the bytes of an answer; the token in ``token_file`` goes with
    each request, where there is one. The model is asked about no text at once, so that one that is not there is missed
    at the start. Raises :class:`kg.errors.EngineUnavailable` where it does not
    answer and :class:`kg.errors.ConfigError` where it answers something else.
    """
    known = classes(name, labels, LABELS)
    if not endpoint:
        raise ConfigError(
            f"annotator {name!r} needs the address of a model; write one in kg.toml: endpoint = "
            '"http://127.0.0.1:8080/annotate"',
            setting="annotators",
        )
    try:
        token = Path(token_file).read_text(encoding="ascii").strip() if token_file else None
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"annotator {name!r}: the token cannot be read from {token_file}: {error}", setting="annotators"
        ) from error
    try:
        service = Service(endpoint, seconds=seconds, limit=limit, retries=retries, token=token)
        told = _asked(service, ())
    except FetchError as error:
        if not error.temporary and error.status is None:  # no address, or no token
            raise ConfigError(f"annotator {name!r}: {error}", setting="annotators") from error
        raise EngineUnavailable(
            f"annotator {name!r}: the model does not answer ({error}); start it, or take {name!r} out of the setting "
            "annotators"
        ) from error
    except InputError as error:
        raise ConfigError(f"annotator {name!r}: {error}", setting="annotators") from error

    def predict(texts: Sequence[str]) -> Iterable[Iterable[Found]]:
        for start in range(0, len(texts), batch):
            part = texts[start : start + batch]
            answers = _asked(service, part)["annotations"]
            if len(answers) != len(part):
                raise InputError(f"{endpoint}: answered for {len(answers)} texts when asked about {len(part)}")
            for answer in answers:
                yield [_found(one) for one in answer] if isinstance(answer, list) else [(None, None, None, None)]

    says = ".".join(_plain(told.get(key)) for key in ("model", "version") if told.get(key))
    version = f"{says or 'unnamed'}+{fingerprint(endpoint, sorted(known.items()), window)}"
    return Proposer(name, version, predict, known, size=window)


def _asked(service: Service, texts: Sequence[str]) -> dict[str, Any]:
    """The model's answer to one request. Raises :class:`kg.errors.InputError` for one that breaks the protocol."""
    body = json.dumps({"texts": list(texts)}, ensure_ascii=False).encode("utf-8", "replace")
    data = service.post(body)
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(f"{service.url}: the answer is no JSON: {_shown(data)}") from None
    if not isinstance(told, dict) or not isinstance(told.get("annotations"), list):
        raise InputError(f'{service.url}: the answer is no object with a list of "annotations": {_shown(data)}')
    return told


def _found(one: object) -> Found:
    said: Mapping[str, object] = one if isinstance(one, dict) else {}
    return said.get("start"), said.get("end"), said.get("type"), said.get("score", 1.0)


def _plain(value: object) -> str:
    """What a model calls itself, as a word that can stand in a version."""
    return re.sub(r"[^\w.+-]+", "-", str(value))[:60].strip("-")


def _shown(data: bytes) -> str:
    return repr(data[:80].decode("utf-8", "replace"))
