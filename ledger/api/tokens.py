"""Tokens of the HTTP API: made, found by their secret, revoked."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ledger.engine.posting import BadInput, check_text
from ledger.models import ApiToken, Scope
from locations.models import Location

# Tells a leaked token for what it is, to people and to scanners of repositories.
MARK = "rfc_"
SECRET_BYTES = 32
SHOWN_CHARACTERS = len(MARK) + 4
MOST_DAYS = 3650
USE_NOTED_EVERY = dt.timedelta(minutes=1)
WITH_DIGEST = "SELECT * FROM ledger_apitoken WHERE digest = %s"


class TokenRefused(Exception):
    """A secret that opens nothing."""


class UnknownToken(TokenRefused):
    """No token has this secret."""


class ExpiredToken(TokenRefused):
    """The token's time is over."""


class RevokedToken(TokenRefused):
    """Staff took the token back."""


@dataclass(frozen=True, slots=True)
class Created:
    """A new token with its secret, which cannot be had again."""

    token: ApiToken
    secret: str


def create(
    name: str,
    *,
    at: dt.datetime,
    scopes: Collection[str],
    location: Location | None = None,
    days: int | None = None,
) -> Created:
    """A token for one location or, without one, for all; it expires after `days`, if given.

    Raises BadInput.
    """
    check_text("name", name, longest=120, required=True)
    if not scopes or not set(scopes) <= set(Scope.values):
        raise BadInput(
            "scopes", _("must be one or more of %(scope)s.") % {"scope": ", ".join(Scope.values)}
        )
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInput(
            "days",
            _("must be from 1 to %(most_days)s.") % {"most_days": number_format(MOST_DAYS)},
        )
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        name=name,
        digest=_digest(secret),
        prefix=secret[:SHOWN_CHARACTERS],
        location=location,
        scopes=[scope for scope in Scope.values if scope in scopes],
        created_at=at,
        expires_at=at + dt.timedelta(days=days) if days else None,
    )
    return Created(token, secret)


def find(secret: str, *, at: dt.datetime) -> ApiToken:
    """The token with this secret, in force at the instant `at`; its use is noted.

    Raises UnknownToken, ExpiredToken and RevokedToken.
    """
    # Compared by the index: timing tells of a digest, from which no secret can be made. Asked
    # with every request, and the ORM takes longer to write this statement than to run it.
    found = list(ApiToken.objects.raw(WITH_DIGEST, [_digest(secret)]))
    if not found:
        raise UnknownToken
    token = found[0]
    if token.revoked_at is not None:
        raise RevokedToken
    if token.is_expired(at):
        raise ExpiredToken
    if token.last_used_at is None or token.last_used_at <= at - USE_NOTED_EVERY:
        # Asked again in the statement: of many requests in the same minute one writes.
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_NOTED_EVERY), pk=token.pk
        ).update(last_used_at=at)
    return token


def revoke(tokens: Collection[int], *, at: dt.datetime) -> int:
    """Take these tokens back, from the next request on; returns how many were in use."""
    return ApiToken.objects.filter(pk__in=tokens, revoked_at__isnull=True).update(revoked_at=at)


def _digest(secret: str) -> bytes:
    # A random secret of 256 bits needs no slow hash: nobody can try them all.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
