"""A process that can make no connection: the backstop behind the guard of queries.

Oxigraph fetches what a query names and has no switch for it. The guard refuses such queries; should one ever pass, the
kernel refuses the socket. On Linux a filter for system calls does that without any privilege (seccomp, prctl(2)).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

__all__ = ["no_network"]

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
#: Machine → how the kernel's audit names it, and its number of the system call ``socket``.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_INET, _INET6 = 2, 10


def no_network() -> bool:
    """Whether this thread, and every thread and process it starts from now on, can make no IPv4 or IPv6 socket.

    False where the system has no such filter; nothing is changed then. It cannot be undone.
    """
    known = _MACHINES.get(os.uname().machine) if hasattr(os, "uname") else None
    if not sys.platform.startswith("linux") or known is None or struct.calcsize("P") != 8:
        return False
    # Offsets in struct seccomp_data: the call's number, the machine, the lower half of its first argument.
    program = (
        _step(_LOAD, 4),
        _step(_EQUAL, known[0], otherwise=5),
        _step(_LOAD, 0),
        _step(_EQUAL, known[1], otherwise=3),
        _step(_LOAD, 16),
        _step(_EQUAL, _INET, then=2),
        _step(_EQUAL, _INET6, then=1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _ERRNO | errno.EACCES),
    )
    code = ctypes.create_string_buffer(b"".join(program))
    rules = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    held = ctypes.create_string_buffer(rules)
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_SECCOMP, _FILTER, ctypes.addressof(held), 0, 0) == 0)


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; ``then`` and ``otherwise`` are how many of the next ones are left out."""
    return struct.pack("HBBI", code, then, otherwise, value)
