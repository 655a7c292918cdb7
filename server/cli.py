"""``kg serve``: the query supervisor, then gunicorn with threaded workers.

Order matters: the supervisor is started by the master before it forks, and nothing opens a store before the fork,
because RocksDB's threads do not survive one.
"""

from __future__ import annotations

import errno
import gc
import os
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.config import Settings
from kg.engine import Client, Limits, Supervisor
from kg.errors import StoreMissing, UsageError
from kg.replicas import beside, capabilities, engine_for
from kg.store import Store
from server import create_app

if TYPE_CHECKING:
    from kg.cli.context import Context

__all__ = ["serve"]

#: Seconds after which a client that neither sends nor takes a byte is given up: it holds a thread.
_STALLED = 60


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option(
    "--threads",
    default=8,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Threads per process, beside those of queries.",
)
@click.pass_obj
def serve(context: Context, host: str, port: int, workers: int, threads: int) -> None:
    """Publish the current snapshot on the web: pages, linked data and SPARQL. Ctrl-C stops."""
    settings = context.settings
    example = _example(settings)
    listener = _listen(host, port)
    serves = capabilities(settings)
    engine_for(settings, _limits(settings), Client(Path()), os.environ)  # a secret that is missing is said now
    with listener, Supervisor(settings.store, _limits(settings)) as supervisor, beside(settings):
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        _say(f"serving {settings.store}; worth opening:")
        for path in ("/", example.removeprefix(settings.base_iri), "/sparql"):
            _say(f"  {address}{path}")
        if serves.lacks:
            _say(f"queries are answered by the replica {serves.engine}; by this host is done what it cannot:")
            for lack in serves.lacks:
                _say(f"  {lack}")
        client = Client(supervisor.path)
        # Every query that runs or waits holds a thread of one web worker: pages must find one all the same.
        held = settings["limits.concurrent_queries"] + settings["limits.queued_queries"]

        def make() -> Any:
            engine = engine_for(settings, _limits(settings), client, os.environ)
            return create_app(settings, engine=engine)

        _run(make, listener, workers, threads + held)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _example(settings: Settings) -> str:
    """The page of an article of the current snapshot, read off its manifest, which opens nothing.

    Raises :class:`kg.errors.StoreMissing` when nothing is published.
    """
    info = Store.open(settings.store, settings.base_iri).current()
    if not info.counts.articles:
        raise StoreMissing(f"{settings.store}: nothing is published yet; put articles in with: kg ingest FOLDER")
    articles = f"{settings.base_iri}/articles"
    return next((page for page in info.pages if page.startswith(articles + "/")), articles)


def _listen(host: str, port: int) -> socket.socket:
    """The socket, bound and listening. Raises :class:`kg.errors.UsageError` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # Connections inherit these. Head and body are two writes; the second must not wait for the first one's receipt.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name in ("SO_RCVTIMEO", "SO_SNDTIMEO"):
            listener.setsockopt(socket.SOL_SOCKET, getattr(socket, name), struct.pack("ll", _STALLED, 0))
        listener.listen(2048)
    except (OSError, UnicodeError) as error:
        listener.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise UsageError(f"port {port} on {host} is in use; stop what uses it, or give another --port") from None
        raise UsageError(f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}") from None
    listener.set_inheritable(True)
    return listener


def _limits(settings: Settings) -> Limits:
    return Limits(
        seconds=settings["limits.query_seconds"],
        rows=settings["limits.query_rows"],
        answer_bytes=settings["limits.query_bytes"],
        memory_mb=settings["limits.query_memory_mb"],
        concurrent=settings["limits.concurrent_queries"],
        queued=settings["limits.queued_queries"],
        client_concurrent=settings["limits.client_queries"],
        client_seconds=settings["limits.client_seconds"],
        cache_mb=settings["limits.cache_mb"],
        federation=settings["federation"],
        federation_private=settings["fetch.private_addresses"],
        trusted_seconds=settings["limits.token_seconds"],
    )


def _run(make: Callable[[], Any], listener: socket.socket, workers: int, threads: int) -> None:
    """Serve until a signal ends it. ``make`` is called in each worker, after the fork."""
    from gunicorn.app.base import BaseApplication

    from server.threads import Threads

    class _Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            chosen = {
                "bind": f"fd://{number}",
                "worker_class": Threads,
                "workers": workers,
                "threads": threads,
                "preload_app": False,
                # A worker thread that streams a long answer is no hung worker: only the main thread beats.
                "timeout": 60,
                "graceful_timeout": 5,
                "keepalive": 5,
                "limit_request_line": 8190,
                "loglevel": "warning",
                "proc_name": "newsgraph",
                "control_socket_disable": True,
            }
            for name, value in chosen.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            made = make()
            gc.collect()
            gc.freeze()  # what is loaded stays: the collector need not look at it again and again
            return made

    number = listener.detach()  # from here on it is gunicorn's, which closes it
    master = os.getpid()
    kept = sys.argv
    sys.argv = [str(Path(kept[0]))]  # gunicorn would read our options as its own
    try:
        _Application().run()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if os.getpid() != master:
            os._exit(code)  # a worker must not unwind into the master's clean-up and stop its supervisor
        if code:
            raise
    finally:
        sys.argv = kept
