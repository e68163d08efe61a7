"""The only writer of ledger entries: everything that moves credits goes through this module.

Numbering, the split over the buckets and what fits are SQL functions (ledger/sql/append.sql and
charge.sql), so a broadcast is one round trip and one commit.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pghistory
import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from ledger.engine.batching import post_combined
from ledger.engine.pg_arrays import LITERALS
from ledger.models import Charge, Entry, Hold
from locations.models.audit import POSTED

Keyed = TypeVar("Keyed", Entry, Hold)


class LedgerError(Exception):
    """A request that the ledger refuses; the text is for people."""


class BadInput(LedgerError):
    """A malformed request: nothing was written, and its key can be used again."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class KeyReused(LedgerError):
    """The idempotency key was used at this location with other content."""

    def __init__(self, key: str) -> None:
        super().__init__(
            _("The idempotency key %(key)s has been used for something else.") % {"key": repr(key)}
        )
        self.key = key


class ExternalIdTaken(LedgerError):
    """A message of the request was charged before, under another key."""

    def __init__(self, key: str) -> None:
        super().__init__(
            _("A message with the same external id has been charged at this location already.")
        )
        self.key = key


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """`replayed` if an earlier request with the same key created the entry."""

    entry: Entry
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    kind: str
    contract_delta: int = 0
    purchased_delta: int = 0
    at: dt.datetime
    day: dt.date
    contract_id: int | None = None
    term_starts_on: dt.date | None = None
    charge_id: int | None = None
    lapsed_credits: int = 0


def fingerprint(content: Any) -> bytes:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def check_key(key: str) -> None:
    check_text("key", key, max_length=255, required=True)


def check_text(field: str, text: str, *, max_length: int, required: bool = False) -> None:
    if not isinstance(text, str):
        raise BadInput(field, _("must be text."))
    if required and not text:
        raise BadInput(field, _("must not be empty."))
    if len(text) > max_length:
        raise BadInput(
            field, _("must not be longer than %(longest)s characters.") % {"longest": max_length}
        )
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise BadInput(field, _("contains a lone surrogate, which is no text.")) from None
    if "\x00" in text:
        raise BadInput(field, _("contains a NUL character, which cannot be stored."))


def find_by_key(model: type[Keyed], location_id: int, key: str, fingerprint: bytes) -> Keyed | None:
    """Return the row that a request with this key created; call it under the balance's lock.

    Raises KeyReused if that request had other content or created a row of another table.
    """
    row = model._default_manager.filter(location_id=location_id, key=key).first()
    if row is not None:
        if bytes(row.fingerprint or b"") != fingerprint:
            raise KeyReused(key)
        return row
    for other in (Charge, Entry, Hold):
        if other is not model and other.objects.filter(location_id=location_id, key=key).exists():
            raise KeyReused(key)
    return None


def append(
    location_id: int,
    entries: Sequence[NewEntry],
    *,
    key: str | None = None,
    fingerprint: bytes | None = None,
    reason: str = "",
    reference: str = "",
    created_by_id: int | None = None,
    approved_by_id: int | None = None,
) -> list[int]:
    """Write entries other than usage, in order, and move the balance; return their ids.

    The caller is in a transaction and holds the lock on the location's balance row.
    """
    if not entries:
        return []
    ids: list[int] = _call(
        """SELECT ledger_append(
               %(location)s, %(kind)s::text[], %(contract)s::bigint[], %(purchased)s::bigint[],
               %(at)s::timestamptz[], %(day)s::date[], %(charge)s::bigint[],
               %(contract_id)s::bigint[], %(term)s::date[], %(key)s::text,
               %(fingerprint)s::bytea, %(reason)s::text, %(reference)s::text,
               %(created_by)s::bigint, %(lapsed)s::bigint[], %(approved_by)s::bigint)""",
        {
            "location": location_id,
            "kind": [str(entry.kind) for entry in entries],
            "contract": [entry.contract_delta for entry in entries],
            "purchased": [entry.purchased_delta for entry in entries],
            "at": [entry.at for entry in entries],
            "day": [entry.day for entry in entries],
            "charge": [entry.charge_id for entry in entries],
            "lapsed": [entry.lapsed_credits for entry in entries],
            "contract_id": [entry.contract_id for entry in entries],
            "term": [entry.term_starts_on for entry in entries],
            "key": key,
            "fingerprint": fingerprint,
            "reason": reason,
            "reference": reference,
            "created_by": created_by_id,
            "approved_by": approved_by_id,
        },
    )[0]
    if created_by_id is not None:
        for entry in Entry.objects.filter(pk__in=ids):
            pghistory.create_event(entry, label=POSTED)
    return ids


# In the order of ledger_charge's parameters.
CHARGE_PARAMETERS = {
    "location": "bigint",
    "terms_version": "bigint",
    "overdraft_limit": "bigint",
    "at": "timestamptz",
    "today": "date",
    "rated_series": "bigint[]",
    "rated_day": "date[]",
    "rated_card": "bigint[]",
    "key": "text",
    "fingerprint": "bytea",
    "kind": "text",
    "on_insufficient": "text",
    "sent_on": "date",
    "m_position": "int[]",
    "m_external_id": "text[]",
    "m_phone": "text[]",
    "m_sent_at": "timestamptz[]",
    "m_credits": "bigint[]",
    "m_refusal": "text[]",
    "intl_country": "text[]",
    "intl_carrier_type": "text[]",
    "intl_carrier_source": "text[]",
    "intl_rate": "bigint[]",
    "intl_seconds": "int[]",
    "intl_billed_seconds": "int[]",
    "intl_status": "text[]",
    "intl_status_detail": "text[]",
    "intl_status_at": "timestamptz[]",
    "intl_profile": "text[]",
    "chat_sent_on": "date[]",
    "chat_inbox": "bigint[]",
    "chat_direction": "text[]",
    "chat_content": "text[]",
    "chat_text_type": "text[]",
    "chat_card": "bigint[]",
    "hold": "bigint",
    "settlement_fingerprint": "bytea",
}
CHARGE = "SELECT * FROM ledger_charge({})".format(
    ", ".join(
        f"%({name}){'t' if kind in LITERALS else 'b'}::{kind}"
        for name, kind in CHARGE_PARAMETERS.items()
    )
)


@dataclass(frozen=True, slots=True)
class PostedCharge:
    """The row that ledger_charge returns; the last three have an item per message."""

    state: str
    charge_id: int
    needed: int
    spent: int
    available_before: int
    contract_after: int
    purchased_after: int
    refusal: str
    paid: list[int]
    paid_by_contract: list[int]
    refusals: list[str]


def charge(parameters: dict[str, Any]) -> PostedCharge:
    """Call ledger_charge with CHARGE_PARAMETERS; missing ones are null.

    Outside a transaction it may share a commit with other charges of the location.
    """
    values: dict[str, Any] = {}
    for name, kind in CHARGE_PARAMETERS.items():
        value = parameters.get(name)
        values[name] = LITERALS[kind](value) if value is not None and kind in LITERALS else value
    if connection.in_atomic_block:
        return PostedCharge(*_call(CHARGE, values))
    return PostedCharge(*post_combined(parameters["location"], values, _post_charges))


def _post_charges(calls: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    if len(calls) == 1:
        return [_call(CHARGE, calls[0])]
    connection.ensure_connection()
    server = connection.connection
    with connection.wrap_database_errors, server.pipeline(), server.transaction():
        cursors = [psycopg.Cursor(server).execute(CHARGE, values, prepare=True) for values in calls]
        return [_only_row(cursor) for cursor in cursors]


def _call(sql: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
    ):
        return _only_row(cursor.execute(sql, parameters, prepare=True))


def _only_row(cursor: psycopg.Cursor) -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  # a function call answers with one row
    return row
