"""Which state of the publication a request is about: ``snapshot=`` in the address (an id or a date), or the newest.

For documents also the Memento protocol (RFC 7089): a client that sends ``Accept-Datetime`` is led to the state of that
time, and a state's answer says which time it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlencode

from flask import Response, abort, has_request_context, request
from werkzeug.wrappers import Response as Answer

from kg.store import Entry, SnapshotInfo
from server.caching import moment

__all__ = ["asked", "carried", "local", "state_links", "timegate", "timemap"]


def asked() -> str | None:
    """The snapshot that the request names by its id or a date, or None for the newest."""
    return request.args.get("snapshot") or None if has_request_context() else None


def carried(address: str, snapshot: str | None = None) -> str:
    """The address on this host with the snapshot of the request, so that links stay in the time that is looked at."""
    snapshot = snapshot or asked()
    if snapshot is None:
        return address
    path, mark, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'snapshot': snapshot})}{mark}{fragment}"


def local(path: str, **given: str | None) -> str:
    """The address of a path on this host with these parameters, None left out, and what the request hands on."""
    named = {name: value for name, value in given.items() if value is not None}
    path, mark, fragment = path.partition("#")
    return carried(request.script_root + path + (f"?{urlencode(named)}" if named else "") + mark + fragment)


def timegate(here: str, states: Callable[[], Sequence[Entry]]) -> Answer | None:
    """The redirection to the document's state at the time that ``Accept-Datetime`` names (RFC 7089, section 4.1.1).

    None without one, and for a document without a state. A time before the first state leads to the first. 400 for a
    time that cannot be read.
    """
    wanted = request.headers.get("Accept-Datetime")
    if wanted is None or asked() is not None:
        return None
    try:
        time = parsedate_to_datetime(wanted)
    except ValueError:
        abort(400, "Accept-Datetime must be a time such as Mon, 23 Nov 2026 10:00:00 GMT.")
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    found = states()
    if not found:
        return None
    chosen = [one for one in found if (_time(one.time) or time) <= time][-1:] or found[:1]
    made = Response(status=302)
    made.headers["Location"] = carried(here, chosen[0].id)
    made.headers["Vary"] = "Accept-Datetime"
    made.headers["Cache-Control"] = "no-cache"
    made.headers["Link"] = f'<{here}>; rel="original timegate", {_timemap(here)}'
    return made


def state_links(answer: Answer, info: SnapshotInfo, here: str) -> None:
    """Say that the document at ``here`` has a past, and of a past state which time it is of."""
    links = [f'<{here}>; rel="original timegate"', _timemap(here)]
    time = _time(info.time)
    if asked() is not None and time is not None:
        answer.headers["Memento-Datetime"] = format_datetime(time, usegmt=True)
        answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Link"] = ", ".join(filter(None, (answer.headers.get("Link"), *links)))
    answer.vary.add("Accept-Datetime")


def timemap(page: str, states: Sequence[Entry]) -> str:
    """The states of the document at ``page`` as links (RFC 7089, section 5)."""
    lines = [f'<{page}>; rel="original timegate"', f'<{page}/timemap>; rel="self"; type="application/link-format"']
    for place, info in enumerate(states):
        ends = [word for word, at in (("first", 0), ("last", len(states) - 1)) if place == at]
        time = _time(info.time)
        dated = f'; datetime="{format_datetime(time, usegmt=True)}"' if time is not None else ""
        lines.append(f'<{carried(page, info.id)}>; rel="{" ".join([*ends, "memento"])}"{dated}')
    return ",\n".join(lines) + "\n"


def _timemap(here: str) -> str:
    return f'<{here}/timemap>; rel="timemap"; type="application/link-format"'


def _time(stamp: str) -> datetime | None:
    """The time of publishing; None for the empty snapshot a store may begin with, which has no date."""
    found = moment(stamp)
    return found if found is not None and found.year > 1970 else None
