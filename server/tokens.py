"""Who asks: access tokens in the Authorization header, and nowhere else (RFC 6750, section 2.1).

The secret is compared by its SHA-256, which is all that the settings hold: secrets are made by ``kg token new`` from
256 random bits, so that a slow hash would protect nothing more. Neither a secret nor its hash gets into an answer or a
log.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from flask import abort, request

from kg.config import ROLES, Settings, TokenSettings
from kg.errors import AccessDenied
from server.errors import Problem, answer

__all__ = ["Holder", "allowed", "holder", "writable"]

_REALM = 'Bearer realm="newsgraph"'
#: Longest secret that is hashed.
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token was sent: the ``name`` that what they write is published with, and the ``role`` of the token."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether the role includes the other one."""
        return ROLES.index(self.role) >= ROLES.index(role)


def holder(settings: Settings, *, now: datetime | None = None) -> Holder | None:
    """Who sent the request, or None for one without an Authorization header.

    Aborts with 401 for a token that is not known or has expired, and for every other way to sign in.
    """
    sent = request.environ.get("HTTP_AUTHORIZATION")
    if sent is None:
        return None
    scheme, _, secret = sent.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > _LONGEST:
        _unknown('error="invalid_request"', "Access is by a token in the header Authorization: Bearer …")
    digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
    found: TokenSettings | None = None
    for one in settings.tokens:  # all of them, so that the time says nothing of which one it is
        if hmac.compare_digest(one.digest, digest):
            found = one
    today = (now or datetime.now(UTC)).date()
    if found is None or (found.expires is not None and found.expires < today):
        _unknown('error="invalid_token"', "The token is not known here, or it has expired.")
    return Holder(found.name, found.role)


def allowed(settings: Settings, role: str) -> Holder:
    """Who sent the request, where their token has the role.

    Aborts with 401 without a token or with a wrong one; raises :class:`kg.errors.AccessDenied` for another role, and
    where the publication has no token with it.
    """
    found = holder(settings)
    if found is None:
        if not writable(settings):
            raise AccessDenied(
                "this publication takes no writes: it has no token for them; its operator makes one with: "
                "kg token new NAME --role admin",
                role=role,
            )
        _unknown(None, f"This needs a token with the role {role}, in the header Authorization: Bearer …")
    if not found.may(role):
        raise AccessDenied(f"the token has the role {found.role}; this needs {role}", role=role)
    return found


def writable(settings: Settings) -> bool:
    """Whether there is a token that may write."""
    return any(one.may("ingest") for one in settings.tokens)


def _unknown(error: str | None, detail: str) -> NoReturn:
    said = _REALM if error is None else f"{_REALM}, {error}"
    abort(answer(Problem(401, "Unauthorized", detail, "Unauthorized"), {"WWW-Authenticate": said}))
