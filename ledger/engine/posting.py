"""The one writer of the ledger: everything that moves credits goes through this module.

The rules of numbering, of splitting a charge over the buckets and of judging what fits are
SQL functions (ledger/sql), so that a broadcast is one round trip and one commit however many
messages it has. What they were rated with is checked there again, under the balance's lock.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pghistory
import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from ledger.engine.batching import post_combined
from ledger.engine.pg_arrays import LITERALS
from ledger.models import Charge, Entry, Hold
from locations.models.audit import POSTED


class LedgerError(Exception):
    """A request that the ledger does not take; its text is for people."""


class BadInput(LedgerError):
    """A request that is malformed: nothing was written, no key used up."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class KeyReused(LedgerError):
    """The idempotency key has been used at this location for other content."""

    def __init__(self, key: str) -> None:
        super().__init__(
            _("The idempotency key %(key)s has been used for something else.") % {"key": repr(key)}
        )
        self.key = key


class ExternalIdTaken(LedgerError):
    """A message of the request has been charged already, under another key."""

    def __init__(self, key: str) -> None:
        super().__init__(
            _("A message with the same external id has been charged at this location already.")
        )
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be written; its number and the balances after it come with the writing."""

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
    """32 bytes that tell one request's content from another's."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def check_key(key: str) -> None:
    """Refuse an idempotency key that cannot be kept; raises BadInput."""
    check_text("key", key, max_length=255, required=True)


def check_text(field: str, text: str, *, max_length: int, required: bool = False) -> None:
    """Refuse text that PostgreSQL cannot store or that is too long; raises BadInput."""
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


def get_entry_by_key(location_id: int, key: str, content: bytes) -> Entry | None:
    """The entry that an earlier request with this key made; None if the key is new.

    Raises KeyReused where it stood for other content, or for a charge or a hold. Call it under the
    balance's lock: a key is then used once in all three tables.
    """
    entry = Entry.objects.filter(location_id=location_id, key=key).first()
    if entry is not None:
        if bytes(entry.fingerprint or b"") != content:
            raise KeyReused(key)
        return entry
    for kept in (Charge, Hold):
        if kept.objects.filter(location_id=location_id, key=key).exists():
            raise KeyReused(key)
    return None


def append(
    location_id: int,
    entries: Sequence[NewEntry],
    *,
    key: str | None = None,
    content: bytes | None = None,
    reason: str = "",
    reference: str = "",
    created_by_id: int | None = None,
    approved_by_id: int | None = None,
) -> list[int]:
    """Write entries other than usage, in order, and move the balance; returns their ids.

    The caller is in a transaction and holds the lock on the location's balance row.
    """
    if not entries:
        return []
    ids: list[int] = _call(
        """SELECT ledger_append(
               %(location)s, %(kind)s::text[], %(contract)s::bigint[], %(purchased)s::bigint[],
               %(at)s::timestamptz[], %(day)s::date[], %(charge)s::bigint[],
               %(contract_id)s::bigint[], %(term)s::date[], %(key)s::text,
               %(content)s::bytea, %(reason)s::text, %(reference)s::text,
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
            "content": content,
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
    """What ledger_charge answered; the figures hold where the state is `posted`.

    `paid`, `paid_by_contract` and `refusals` are by message.
    """

    state: str
    charge_id: int
    needed: int
    spent: int
    before: int
    contract_after: int
    purchased_after: int
    refusal: str
    paid: list[int]
    paid_by_contract: list[int]
    refusals: list[str]


def charge(parameters: dict[str, Any]) -> PostedCharge:
    """Call ledger_charge; `parameters` are those of CHARGE_PARAMETERS, missing ones null.

    Outside a transaction it may share a commit with others of its location.
    """
    values: dict[str, Any] = {}
    for name, kind in CHARGE_PARAMETERS.items():
        value = parameters.get(name)
        values[name] = LITERALS[kind](value) if value is not None and kind in LITERALS else value
    if connection.in_atomic_block:
        return PostedCharge(*_call(CHARGE, values))
    return PostedCharge(*post_combined(parameters["location"], values, _charge_together))


def _charge_together(calls: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    if len(calls) == 1:
        return [_call(CHARGE, calls[0])]
    connection.ensure_connection()
    server = connection.connection
    with connection.wrap_database_errors, server.pipeline(), server.transaction():
        cursors = [psycopg.Cursor(server).execute(CHARGE, values, prepare=True) for values in calls]
        return [_only_row(cursor) for cursor in cursors]


def _call(sql: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    """One prepared statement with parameters bound by the server."""
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
