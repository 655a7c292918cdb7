"""The process that keeps replicas up to date beside ``kg serve``: ``python -m kg.replicas.process KG_TOML STORE``."""

from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from kg import config
from kg.errors import KgError
from kg.replicas.loop import following
from kg.replicas.serving import followers
from kg.store import Store

__all__ = ["main"]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 what operators read


def main() -> int:
    """Follow until standard input ends, or the process is interrupted."""
    settings = config.load(Path(sys.argv[1]), environment=os.environ, flags={"store": sys.argv[2]})
    chosen = [one for one in settings.replicas if one.follow]
    end = threading.Event()

    def wait() -> None:
        sys.stdin.buffer.read()
        end.set()

    threading.Thread(target=wait, daemon=True).start()
    try:
        store = Store.open(settings.store, settings.base_iri)
        made = followers(store, chosen, os.environ, now=_now, said=_say, holder="kg serve")
        with following(made):
            end.wait()
    except KgError as error:
        _say(f"kg: replicas are not followed: {error.message}")
        return error.exit_code
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
