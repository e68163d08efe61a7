"""Replaying history: the events of the past through the functions of the present."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Count, QuerySet, Sum

from ledger.engine import charging, funding, renewals
from ledger.models import Balance, ChatMessage, Entry, InternationalMessage, Kind, Outcome, Refusal
from ledger.replay.events import Broadcast, ChatEvent, Event, Place, Purchase
from locations.contracts import amendments
from locations.models import Account, ChatInbox, Location

# The names of the kinds in a summary.
SHORT = {
    Kind.CONTRACT_GRANT: "grant",
    Kind.CONTRACT_EXPIRY: "expiry",
    Kind.PURCHASE: "purchase",
    Kind.WRITE_OFF: "write_off",
    Kind.INTERNATIONAL_TEXT: "text",
    Kind.INTERNATIONAL_VOICE: "voice",
    Kind.CHAT: "chat",
    Kind.ADJUSTMENT: "adjustment",
    Kind.REVERSAL: "reversal",
}


def create_missing(places: Iterable[Place]) -> dict[str, Location]:
    """The locations of these names, with account, contract and inboxes; made where missing."""
    locations = {}
    for place in places:
        account, _ = Account.objects.get_or_create(name=place.account)
        location, _ = Location.objects.get_or_create(
            account=account,
            name=place.name,
            defaults={
                "time_zone": place.time_zone,
                "profile_fields": list(place.profile_fields),
            },
        )
        for inbox in place.inboxes:
            ChatInbox.objects.get_or_create(location=location, name=inbox)
        if not location.contracts.exists():
            amendments.enter(
                location,
                starts_on=place.contract_starts_on,
                term_months=place.term_months,
                included_credits=place.included_credits,
                overdraft_limit=place.overdraft_limit,
            )
        locations[place.name] = location
    return locations


def replay(
    locations: dict[str, Location],
    events: Iterable[Event],
    *,
    until: dt.datetime,
    progress: Callable[[Iterable[Event]], Iterable[Event]] = iter,
) -> None:
    """Send events, in order, each at its own instant; those later than `until` are left out.

    Every event carries a key made of its own id, so that a second replay changes nothing.
    Renewals up to `until` are made up at the end, for locations without later events too.
    """
    for event in progress([event for event in events if event.at <= until]):
        _send(locations[event.location], event)
    for location in locations.values():
        renewals.renew(location.pk, at=until)


def _send(location: Location, event: Event) -> None:
    match event:
        case Purchase():
            funding.purchase(
                location.pk,
                event.credits,
                key=f"purchase:{event.reference}",
                at=event.at,
                reference=event.reference,
            )
        case Broadcast():
            charging.charge_broadcast(
                location.pk,
                event.channel,
                event.messages,
                key=f"broadcast:{event.id}",
                at=event.at,
            )
        case ChatEvent():
            charging.charge_chat(
                location.pk,
                event.messages,
                key=f"chat:{event.id}",
                at=event.at,
            )


def summary(location: Location, *, at: dt.datetime) -> dict[str, object]:
    """What a location's ledger holds: messages, credits used, balance, and its daily rows.

    `days` are signed as they moved the balance, with kinds that did not move left out.
    """
    international = InternationalMessage.objects.filter(location=location)
    chat = ChatMessage.objects.filter(location=location)
    entries = Entry.objects.for_location(location)
    refused = dict.fromkeys((Refusal.NO_RATE, Refusal.BAD_NUMBER, Refusal.INSUFFICIENT_CREDITS), 0)
    for messages in (international, chat):
        by_reason = messages.filter(outcome=Outcome.REFUSED).values_list("refusal")
        for reason, number in by_reason.annotate(Count("pk")).order_by():
            refused[Refusal(reason)] += number
    days: dict[str, dict[str, int]] = {}
    moved = entries.values_list("day", "kind").order_by("day", "kind")
    for day, kind, contract, purchased in moved.annotate(
        Sum("contract_delta"), Sum("purchased_delta")
    ):
        if contract + purchased:
            days.setdefault(day.isoformat(), {})[SHORT[Kind(kind)]] = contract + purchased
    balance = Balance.objects.as_of(at).get(location=location)
    return {
        "contract": balance.contract_credits,
        "purchased": balance.purchased_credits,
        "available": balance.available,
        **_used("international", international),
        **_used("chat", chat),
        "terms": entries.filter(kind=Kind.CONTRACT_GRANT).count(),
        "refused": {str(reason): number for reason, number in refused.items()},
        "days": days,
    }


def _used(
    name: str, messages: QuerySet[InternationalMessage] | QuerySet[ChatMessage]
) -> dict[str, int]:
    charged = messages.filter(outcome=Outcome.CHARGED)
    return {
        f"{name}_messages": charged.count(),
        f"{name}_credits": charged.aggregate(sum=Sum("credits", default=0))["sum"],
    }
