"""The web worker's side of the supervisor: an :class:`kg.engine.Engine` over its Unix socket."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.engine.frames import json_frame, read_frame, to_error
from kg.engine.request import Answer, Limits, Request
from kg.errors import EngineUnavailable, QueryCancelled

__all__ = ["Client", "Supervisor"]

#: Seconds between two looks at whether the client is still there.
_LOOK = 0.1


class Client:
    """Runs queries through the supervisor listening on a Unix socket."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        """The answer from its header on. Raises what :meth:`kg.engine.Pool.run` raises, and
        :class:`kg.errors.EngineUnavailable` when the supervisor does not answer."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(self.path))
            connection.sendall(json_frame(b"Q", request.to_json()))
        except OSError as error:
            connection.close()
            raise EngineUnavailable(f"the query supervisor does not answer ({error}); restart kg serve") from None
        stream = connection.makefile("rb")

        def close() -> None:
            stream.close()
            connection.close()

        try:
            while not select.select([connection], [], [], _LOOK)[0]:
                if left():
                    raise QueryCancelled("the client left; the query was stopped")
            message = read_frame(stream.read)
            if message is None:
                raise EngineUnavailable("the query supervisor ended before it answered; ask again")
            if message[0] == b"E":
                raise to_error(json.loads(message[1]))
        except BaseException:
            close()
            raise
        head = json.loads(message[1])
        answer = Answer(media_type=head["media_type"], snapshot=head["snapshot"], chunks=self._chunks(stream))
        answer.closers.append(close)
        return answer

    @staticmethod
    def _chunks(stream: socket.SocketIO | object) -> Iterator[bytes]:
        while True:
            message = read_frame(stream.read)  # type: ignore[union-attr]
            if message is None:
                raise EngineUnavailable("the query supervisor ended in the middle of an answer; the answer is cut")
            if message[0] == b"Z":
                return
            if message[0] == b"E":
                raise to_error(json.loads(message[1]))
            yield message[1]

    def close(self) -> None:
        """Nothing is held between queries."""


class Supervisor:
    """A supervisor process started by this one; it ends with the ``with`` block, or when this process dies."""

    def __init__(self, store: Path, limits: Limits) -> None:
        # A short path: a Unix socket's may have 107 bytes at most.
        self._folder = Path(tempfile.mkdtemp(prefix="kg-"))
        self.path = self._folder / "query.sock"
        self._popen = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "kg.engine.supervisor",
                str(store),
                str(self.path),
                json.dumps(dataclasses.asdict(limits)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._popen.stdout is not None
        if not self._popen.stdout.readline():
            self.close()
            raise EngineUnavailable("the query supervisor could not be started")

    def close(self) -> None:
        """Stop the supervisor and its workers."""
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(5)
        if self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
