"""Charge broadcasts and chat: check, rate, post, return the result (docs/domain.md, rules 3-10).

Which credits go first and what fits is decided in ledger/sql/charge.sql.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ledger.engine import posting, rating, renewals
from ledger.engine.charge_requests import (
    ChargeResult,
    ChatRequest,
    InternationalRequest,
    check_broadcast,
    check_chat,
    fingerprint_values,
)
from ledger.engine.charge_results import build_result, load_result
from ledger.models import ChargeKind, OnInsufficient, TextType
from locations.contracts.terms import Terms
from locations.known_terms import known_terms
from locations.models import ChatInbox
from locations.rate_cards.prices import PriceList

T = TypeVar("T")

# Terms, cards and renewals change a few times a year. More stale attempts in a row are a bug.
MAX_ATTEMPTS = 10
ON_INSUFFICIENT = frozenset(OnInsufficient.values)


class TermsChanged(posting.LedgerError):
    """The location's terms changed during every attempt; nothing was charged."""


class HoldNotOpen(posting.LedgerError):
    """The hold to be settled was settled or released, or has expired."""


class HoldExceeded(posting.LedgerError):
    """The settlement costs more than was held, and the hold's rule refuses that."""


class Tariff:
    """The price lists of a location for one request, by local day."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.used: dict[tuple[int | None, dt.date], int | None] = {}
        self.prices: dict[dt.date, PriceList | None] = {}

    def price_list_on(self, day: dt.date) -> PriceList | None:
        if day not in self.prices:
            contract = self.terms.contract_on(day)
            series = contract.rate_card_series_id if contract else None
            card = self.used[series, day] = known_terms.card_in_force(series, day)
            self.prices[day] = known_terms.price_list(card) if card is not None else None
        return self.prices[day]

    def parameters(self) -> dict[str, Any]:
        return {
            "rated_series": [series for series, _ in self.used],
            "rated_day": [day for _, day in self.used],
            "rated_card": list(self.used.values()),
        }


def charge_broadcast(
    location_id: int,
    channel: str,
    messages: Sequence[InternationalRequest],
    *,
    key: str,
    at: dt.datetime,
    on_insufficient: str = OnInsufficient.REFUSE_ALL,
    fingerprint: bytes | None = None,
    settles: tuple[int, bytes] | None = None,
) -> ChargeResult:
    """Charge one broadcast at the instant `at`, as one ledger entry; idempotent by `key`.

    `fingerprint` identifies the request where `messages` hold more than the caller sent. `settles`
    are a hold's id and the settlement's fingerprint; only `holds.settle` passes it.

    Raises BadInput, KeyReused, ExternalIdTaken, TermsChanged and UnknownLocation, and with
    `settles` HoldNotOpen and HoldExceeded; nothing is written then.
    """
    posting.check_key(key)
    check_broadcast(channel, messages, at=at)
    if on_insufficient not in ON_INSUFFICIENT:
        raise posting.BadInput("on_insufficient", "must be refuse_all or send_what_fits.")
    hold_id, settlement_fingerprint = settles or (None, None)
    fingerprint = (
        settlement_fingerprint
        or fingerprint
        or posting.fingerprint([channel, on_insufficient, fingerprint_values(messages)])
    )
    rated: list[rating.Rated] = []

    def prepare(terms: Terms) -> dict[str, Any]:
        tariff = Tariff(terms)
        rated[:] = [
            rating.rate(
                tariff.price_list_on(terms.local_day(message.sent_at)),
                phone=message.phone,
                channel=channel,
                seconds=message.seconds,
                carrier_type=message.carrier_type,
            )
            for message in messages
        ]
        stored = [
            (number, message, result)
            for number, (message, result) in enumerate(zip(messages, rated, strict=True))
            if not result.is_domestic
        ]
        return tariff.parameters() | {
            "hold": hold_id,
            "settlement_fingerprint": settlement_fingerprint,
            "kind": channel,
            "on_insufficient": on_insufficient,
            # A broadcast counts as a whole on the day of its first message.
            "sent_on": terms.local_day(min(message.sent_at for message in messages)),
            "m_position": [number for number, _, _ in stored],
            "m_external_id": [message.external_id for _, message, _ in stored],
            "m_phone": [message.phone for _, message, _ in stored],
            "m_sent_at": [message.sent_at for _, message, _ in stored],
            "m_credits": [result.credits for _, _, result in stored],
            "m_refusal": [result.refusal for _, _, result in stored],
            "intl_country": [result.country for _, _, result in stored],
            "intl_carrier_type": [result.carrier_type for _, _, result in stored],
            "intl_carrier_source": [result.carrier_source for _, _, result in stored],
            "intl_rate": [result.price and result.price.rate_id for _, _, result in stored],
            "intl_seconds": _none_if_empty([result.seconds for _, _, result in stored]),
            "intl_billed_seconds": _none_if_empty(
                [result.billed_seconds for _, _, result in stored]
            ),
            "intl_status": _none_if_empty([message.status for _, message, _ in stored]),
            "intl_status_detail": _none_if_empty(
                [message.status_detail for _, message, _ in stored]
            ),
            "intl_status_at": _none_if_empty([message.status_at for _, message, _ in stored]),
            "intl_profile": _none_if_empty(
                [json.dumps(message.profile) if message.profile else "" for _, message, _ in stored]
            ),
        }

    posted, overdraft = _post(location_id, key=key, fingerprint=fingerprint, at=at, prepare=prepare)
    if posted.state == "replayed":
        return load_result(posted.charge_id, messages)
    return build_result(key, posted, overdraft, messages, rated)


def charge_chat(
    location_id: int,
    messages: Sequence[ChatRequest],
    *,
    key: str,
    at: dt.datetime,
    fingerprint: bytes | None = None,
) -> ChargeResult:
    """Charge chat messages one by one, in order, with one ledger entry per day.

    Inbound messages are charged whatever the balance is; outbound ones that do not fit are
    refused. Raises BadInput, KeyReused, ExternalIdTaken, TermsChanged and UnknownLocation.
    """
    posting.check_key(key)
    check_chat(messages, at=at)
    fingerprint = fingerprint or posting.fingerprint(
        [ChargeKind.CHAT, fingerprint_values(messages)]
    )
    inboxes: dict[str, int] = {}

    def prepare(terms: Terms) -> dict[str, Any]:
        inboxes.update(_get_or_create_inboxes(location_id, {message.inbox for message in messages}))
        tariff = Tariff(terms)
        days = [terms.local_day(message.sent_at) for message in messages]
        price_lists = [tariff.price_list_on(day) for day in days]
        return tariff.parameters() | {
            "kind": ChargeKind.CHAT,
            "on_insufficient": OnInsufficient.SEND_WHAT_FITS,
            "m_position": list(range(len(messages))),
            "m_external_id": [message.external_id for message in messages],
            "m_phone": [message.phone for message in messages],
            "m_sent_at": [message.sent_at for message in messages],
            "m_credits": [
                rating.chat_credits(price, has_image=message.has_image)
                for message, price in zip(messages, price_lists, strict=True)
            ],
            "m_refusal": [""] * len(messages),
            "chat_sent_on": days,
            "chat_inbox": [inboxes[message.inbox] for message in messages],
            "chat_direction": [message.direction for message in messages],
            "chat_content": [message.content for message in messages],
            "chat_text_type": [
                TextType.MMS if message.has_image else TextType.SMS for message in messages
            ],
            "chat_card": [price and price.card_id for price in price_lists],
        }

    posted, overdraft = _post(location_id, key=key, fingerprint=fingerprint, at=at, prepare=prepare)
    if posted.state == "replayed":
        return load_result(posted.charge_id, messages)
    return build_result(key, posted, overdraft, messages, [None] * len(messages))


def _none_if_empty(values: list[T]) -> list[T] | None:
    return values if any(value not in (None, "") for value in values) else None


def _get_or_create_inboxes(location_id: int, names: set[str]) -> dict[str, int]:
    # An inbound message cannot be refused, so unknown inboxes are created.
    ids = dict(
        ChatInbox.objects.filter(location_id=location_id, name__in=names).values_list("name", "pk")
    )
    if missing := names - ids.keys():
        ChatInbox.objects.bulk_create(
            [ChatInbox(location_id=location_id, name=name) for name in sorted(missing)],
            ignore_conflicts=True,
        )
        return _get_or_create_inboxes(location_id, names)
    return ids


def _post(
    location_id: int,
    *,
    key: str,
    fingerprint: bytes,
    at: dt.datetime,
    prepare: Callable[[Terms], dict[str, Any]],
) -> tuple[posting.PostedCharge, int]:
    for _ in range(MAX_ATTEMPTS):
        terms = known_terms.get(location_id)
        today = terms.local_day(at)
        contract = terms.contract_on(today)
        overdraft = contract.overdraft_limit if contract else 0
        posted = posting.charge(
            {
                "location": location_id,
                "terms_version": terms.version,
                "overdraft_limit": overdraft,
                "at": at,
                "today": today,
                "key": key,
                "fingerprint": fingerprint,
            }
            | prepare(terms)
        )
        if posted.state == "renewal_due":
            renewals.renew(location_id, at=at)
        elif posted.state == "hold_ended":
            raise HoldNotOpen("The hold has ended.")
        elif posted.state == "over_hold":
            raise HoldExceeded("What happened costs more than was held: nothing was charged.")
        elif posted.state == "stale":
            known_terms.clear_stale()
        elif posted.state == "key_reuse":
            raise posting.KeyReused(key)
        elif posted.state == "external_id_taken":
            raise posting.ExternalIdTaken(key)
        else:
            return posted, overdraft
    raise TermsChanged("The location's terms are being changed: nothing was charged, try again.")
