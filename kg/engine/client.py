"""The web worker's side of the supervisor: an :class:`kg.engine.Engine` over its Unix socket."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from kg.engine.channel import Channel
from kg.engine.frames import json_frame, to_error
from kg.engine.request import Answer, Cut, Limits, Request, State
from kg.errors import EngineUnavailable, KgError, QueryCancelled

__all__ = ["Client", "Supervisor"]

#: Seconds between two looks at whether the client is still there.
_LOOK = 0.1
#: Seconds before a supervisor that could not be started is started once more.
_PAUSE = 1.0
#: Connections that are kept for the next question.
_KEPT = 64


class Client:
    """Runs queries through the supervisor listening on a Unix socket. Safe to use from many threads.

    Connections are used again. One that a fork has copied is not, so a client may be made before a fork.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._spare: list[Channel] = []
        self._pid = os.getpid()

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        """The answer from its header on. Raises what :meth:`kg.engine.Pool.run` raises, and
        :class:`kg.errors.EngineUnavailable` when the supervisor does not answer."""
        channel, (kind, payload) = self._asked(json_frame(b"Q", request.to_json()), left)
        if kind == b"E":
            self._give_back(channel)
            raise to_error(json.loads(payload))
        head = json.loads(payload)
        answer = Answer(
            media_type=head["media_type"],
            snapshot=head["snapshot"],
            chunks=iter(()),
            id=head.get("id", ""),
            cached=head.get("cached", False),
        )
        chunks = self._chunks(channel, answer, left)
        if head.get("whole"):
            answer.chunks = iter(tuple(chunks))
        else:
            answer.chunks = chunks
            answer.closers.append(lambda: _hang_up(chunks, channel))
        return answer

    def state(self, id: str) -> State | None:
        """What is known of a query that waits or runs; None for one that has ended or never was."""
        made = self._told(b"I", {"id": id})
        return State(**made) if made is not None else None

    def cancel(self, id: str) -> bool:
        """Stop a query; whether there was one to stop. Its worker is gone when this returns."""
        return bool(self._told(b"K", {"id": id}))

    def running(self) -> tuple[State, ...]:
        """The queries that wait or run, oldest first."""
        return tuple(State(**made) for made in self._told(b"L", {}))

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._guard:
            spare, self._spare = self._spare, []
        for channel in spare:
            channel.close()

    def _told(self, kind: bytes, value: Any) -> Any:
        channel, (kind, payload) = self._asked(json_frame(kind, value), lambda: False)
        self._give_back(channel)
        if kind == b"E":
            raise to_error(json.loads(payload))
        return json.loads(payload)

    def _asked(self, question: bytes, left: Callable[[], bool]) -> tuple[Channel, tuple[bytes, bytes]]:
        """A connection and the first message of the answer on it. A kept one may have been closed meanwhile."""
        while True:
            channel = self._kept()
            fresh = channel is None
            if channel is None:
                channel = self._connected()
            try:
                channel.socket.settimeout(None)
                channel.socket.sendall(question)
                channel.socket.settimeout(_LOOK)
                message = channel.message(left)
            except TimeoutError:
                channel.close()
                raise QueryCancelled("the client left; the query was stopped") from None
            except OSError as error:
                channel.close()
                if fresh:
                    raise _silent(error) from None
                continue
            except BaseException:
                channel.close()
                raise
            if message is not None:
                return channel, message
            channel.close()
            if fresh:
                raise EngineUnavailable("the query supervisor ended before it answered; ask again")

    def _chunks(self, channel: Channel, answer: Answer, left: Callable[[], bool]) -> Generator[bytes, None, None]:
        whole = False
        try:
            while True:
                try:
                    message = channel.message(left)
                except TimeoutError:
                    raise QueryCancelled("the client left; the query was stopped") from None
                if message is None:
                    raise EngineUnavailable("the query supervisor ended in the middle of an answer; the answer is cut")
                kind, payload = message
                if kind == b"D":
                    yield payload
                    continue
                whole = True
                if kind == b"E":
                    raise to_error(json.loads(payload))
                cut = json.loads(payload).get("cut")
                answer.cut = Cut(**cut) if cut else None
                return
        finally:
            if whole:
                self._give_back(channel)
            else:
                channel.close()

    def _connected(self) -> Channel:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(self.path))
        except OSError as error:
            connection.close()
            raise _silent(error) from None
        return Channel(connection)

    def _kept(self) -> Channel | None:
        with self._guard:
            if self._pid != os.getpid():
                self._pid, self._spare = os.getpid(), []
            return self._spare.pop() if self._spare else None

    def _give_back(self, channel: Channel) -> None:
        with self._guard:
            if len(self._spare) < _KEPT:
                self._spare.append(channel)
                return
        channel.close()


def _hang_up(chunks: Generator[bytes, None, None], channel: Channel) -> None:
    """Close a connection whose answer was not read to its end; one that was belongs to the next question."""
    if inspect.getgeneratorstate(chunks) != inspect.GEN_CLOSED:
        chunks.close()
        channel.close()


def _silent(error: OSError) -> KgError:
    return EngineUnavailable(f"the query supervisor does not answer ({error}); restart kg serve")


class Supervisor:
    """A supervisor process started by this one; it ends with the ``with`` block, or when this process dies.

    One that ends by itself is started again: web workers find the new one at the same path.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        # A short path: a Unix socket's may have 107 bytes at most.
        self._folder = Path(tempfile.mkdtemp(prefix="kg-"))
        self.path = self._folder / "query.sock"
        self._command = [
            *(sys.executable, "-m", "kg.engine.supervisor"),
            *(str(store), str(self.path), json.dumps(dataclasses.asdict(limits))),
        ]
        self._guard = threading.Lock()
        self._closed = False
        self._popen = self._started()
        if not self._ready():
            self.close()
            raise EngineUnavailable("the query supervisor could not be started")
        threading.Thread(target=self._keep, name="supervisor", daemon=True).start()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._popen.pid

    def close(self) -> None:
        """Stop the supervisor and its workers."""
        with self._guard:
            self._closed = True
            _end(self._popen)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _started(self) -> subprocess.Popen[bytes]:
        self.path.unlink(missing_ok=True)
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)

    def _ready(self) -> bool:
        assert self._popen.stdout is not None
        return bool(self._popen.stdout.readline())

    def _keep(self) -> None:
        """Start it again whenever it has ended by itself."""
        while True:
            self._popen.wait()
            with self._guard:
                if self._closed:
                    return
                _end(self._popen)
                self._popen = self._started()
            if not self._ready():
                time.sleep(_PAUSE)

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    if process.poll() is None:
        process.kill()
        process.wait()
