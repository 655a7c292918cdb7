"""The few files pages load, under names that hold their content's hash, so that they may be kept for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from importlib.resources import files

from flask import Blueprint, Response, abort, request

from server.caching import IMMUTABLE

__all__ = ["Assets", "blueprint"]


class Assets:
    """The files of ``server/static``, read once; those of its folder ``vendor``, which need not be there, are called
    ``vendor/<name>``."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        static = files("server").joinpath("static")
        vendor = static.joinpath("vendor")
        found = [(file.name, file) for file in static.iterdir() if file.is_file()]
        if vendor.is_dir():
            found += [(f"vendor/{file.name}", file) for file in vendor.iterdir() if file.is_file()]
        for name, file in sorted(found, key=lambda one: one[0]):
            stem, _, suffix = file.name.rpartition(".")
            data = file.read_bytes()
            hashed = f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"
            kind = mimetypes.types_map.get("." + suffix, "application/octet-stream")
            self._names[name] = hashed
            self._files[hashed] = data, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def has(self, name: str) -> bool:
        """Whether there is a file of that plain name."""
        return name in self._names

    def address(self, name: str) -> str:
        """Where the file of that plain name is."""
        return f"{request.script_root}/static/{self._names[name]}"

    def get(self, hashed: str) -> tuple[bytes, str] | None:
        """The bytes and the content type of a hashed name."""
        return self._files.get(hashed)


def blueprint(assets: Assets) -> Blueprint:
    """``/static/<name>-<hash>.<suffix>``."""
    made = Blueprint("assets", __name__)

    @made.get("/static/<name>")
    def file(name: str) -> Response:
        found = assets.get(name)
        if found is None:
            abort(404, "There is no such file.")
        answer = Response(found[0], content_type=found[1])
        answer.headers["Cache-Control"] = IMMUTABLE
        return answer

    return made
