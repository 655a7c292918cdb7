"""What an answer says of where it comes from: the snapshot, the annotators of its articles, and how to cite it."""

from __future__ import annotations

from urllib.parse import quote

from werkzeug.wrappers import Response as Answer

from kg.store import SnapshotInfo

__all__ = ["state_source"]

#: Ensembles named in a header; the snapshot's page has them all.
_NAMED = 4


def state_source(answer: Answer, info: SnapshotInfo, base: str) -> None:
    """Headers for the snapshot's id, its annotators with their versions, and what is to be cited (RFC 8574)."""
    answer.headers["Newsgraph-Snapshot"] = info.id
    names = [one.label for one in info.annotators]
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    if names:
        # labels are names of packages; a header takes ASCII only
        answer.headers["Newsgraph-Annotators"] = quote("; ".join([*names[:_NAMED], *more]), safe=" ;,@+.:()/_-")
    cited = f'<{base}/snapshots/{info.id}>; rel="cite-as"'
    answer.headers["Link"] = ", ".join(filter(None, (answer.headers.get("Link"), cited)))
