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

# Lets people and secret scanners recognise a leaked token.
PREFIX = "rfc_"
SECRET_BYTES = 32
VISIBLE_CHARACTERS = len(PREFIX) + 4
MAX_DAYS = 3650
LAST_USED_INTERVAL = dt.timedelta(minutes=1)
# Columns by name: a prepared `SELECT *` fails in running processes once a column is added.
SELECT_BY_DIGEST = """
    SELECT id, name, digest, prefix, location_id, scopes, created_at, expires_at, revoked_at,
           last_used_at
      FROM ledger_apitoken WHERE digest = %s
"""


class TokenRefused(Exception):
    pass


class UnknownToken(TokenRefused):
    pass


class ExpiredToken(TokenRefused):
    pass


class RevokedToken(TokenRefused):
    pass


@dataclass(frozen=True, slots=True)
class CreatedToken:
    """The secret is not stored: it can be shown only now."""

    token: ApiToken
    secret: str


def create(
    name: str,
    *,
    at: dt.datetime,
    scopes: Collection[str],
    location: Location | None = None,
    days: int | None = None,
) -> CreatedToken:
    check_text("name", name, max_length=120, required=True)
    if not scopes or not set(scopes) <= set(Scope.values):
        raise BadInput(
            "scopes", _("must be one or more of %(scope)s.") % {"scope": ", ".join(Scope.values)}
        )
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise BadInput(
            "days",
            _("must be from 1 to %(most_days)s.") % {"most_days": number_format(MAX_DAYS)},
        )
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        name=name,
        digest=_digest(secret),
        prefix=secret[:VISIBLE_CHARACTERS],
        location=location,
        scopes=[scope for scope in Scope.values if scope in scopes],
        created_at=at,
        expires_at=at + dt.timedelta(days=days) if days else None,
    )
    return CreatedToken(token, secret)


def find(secret: str, *, at: dt.datetime) -> ApiToken:
    """Return the token and update its last use.

    Raises UnknownToken, ExpiredToken and RevokedToken.
    """
    # Looked up by digest, so timing reveals nothing about the secret. Raw SQL: this runs with
    # every request, and the ORM takes longer to compile it than the database to answer.
    tokens = list(ApiToken.objects.raw(SELECT_BY_DIGEST, [_digest(secret)]))
    if not tokens:
        raise UnknownToken
    token = tokens[0]
    if token.revoked_at is not None:
        raise RevokedToken
    if token.is_expired(at):
        raise ExpiredToken
    if token.last_used_at is None or token.last_used_at <= at - LAST_USED_INTERVAL:
        # Re-checked in the statement: of concurrent requests only one writes.
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - LAST_USED_INTERVAL), pk=token.pk
        ).update(last_used_at=at)
    return token


def revoke(tokens: Collection[int], *, at: dt.datetime) -> int:
    return ApiToken.objects.filter(pk__in=tokens, revoked_at__isnull=True).update(revoked_at=at)


def _digest(secret: str) -> bytes:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
