import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Count, QuerySet, Sum

from ledger.engine import charging, funding, renewals
from ledger.models import (
    Balance,
    ChatMessage,
    Entry,
    EntryKind,
    InternationalMessage,
    Outcome,
    Refusal,
)
from ledger.replay.events import (
    Event,
    RecordedBroadcast,
    RecordedChat,
    RecordedLocation,
    RecordedPurchase,
)
from locations.contracts import amendments
from locations.models import Account, ChatInbox, Location

SUMMARY_NAMES = {
    EntryKind.CONTRACT_GRANT: "grant",
    EntryKind.CONTRACT_EXPIRY: "expiry",
    EntryKind.PURCHASE: "purchase",
    EntryKind.WRITE_OFF: "write_off",
    EntryKind.INTERNATIONAL_TEXT: "text",
    EntryKind.INTERNATIONAL_VOICE: "voice",
    EntryKind.CHAT: "chat",
    EntryKind.ADJUSTMENT: "adjustment",
    EntryKind.REVERSAL: "reversal",
}


def create_missing(recorded: Iterable[RecordedLocation]) -> dict[str, Location]:
    locations = {}
    for record in recorded:
        account, _ = Account.objects.get_or_create(name=record.account)
        location, _ = Location.objects.get_or_create(
            account=account,
            name=record.name,
            defaults={"time_zone": record.time_zone, "profile_fields": list(record.profile_fields)},
        )
        for inbox in record.inboxes:
            ChatInbox.objects.get_or_create(location=location, name=inbox)
        if not location.contracts.exists():
            amendments.enter_contract(
                location,
                starts_on=record.contract_starts_on,
                term_months=record.term_months,
                included_credits=record.included_credits,
                overdraft_limit=record.overdraft_limit,
            )
        locations[record.name] = location
    return locations


def replay(
    locations: dict[str, Location],
    events: Iterable[Event],
    *,
    until: dt.datetime,
    progress: Callable[[Iterable[Event]], Iterable[Event]] = iter,
) -> None:
    """Replay events in order, each at its own instant, up to `until`, and renew every location.

    Keys come from the events' own ids, so a second replay changes nothing.
    """
    for event in progress([event for event in events if event.at <= until]):
        _send(locations[event.location], event)
    for location in locations.values():
        renewals.renew(location.pk, at=until)


def _send(location: Location, event: Event) -> None:
    match event:
        case RecordedPurchase():
            funding.purchase(
                location.pk,
                event.credits,
                key=f"purchase:{event.reference}",
                at=event.at,
                reference=event.reference,
            )
        case RecordedBroadcast():
            charging.charge_broadcast(
                location.pk,
                event.channel,
                event.messages,
                key=f"broadcast:{event.id}",
                at=event.at,
            )
        case RecordedChat():
            charging.charge_chat(location.pk, event.messages, key=f"chat:{event.id}", at=event.at)


def summarize(location: Location, *, at: dt.datetime) -> dict[str, object]:
    """`days` holds signed credits by day and kind, without zeros."""
    international = InternationalMessage.objects.filter(location=location)
    chat = ChatMessage.objects.filter(location=location)
    entries = Entry.objects.for_location(location)
    refused = dict.fromkeys((Refusal.NO_RATE, Refusal.BAD_NUMBER, Refusal.INSUFFICIENT_CREDITS), 0)
    for messages in (international, chat):
        by_reason = messages.filter(outcome=Outcome.REFUSED).values_list("refusal")
        for reason, number in by_reason.annotate(Count("pk")).order_by():
            refused[Refusal(reason)] += number
    days: dict[str, dict[str, int]] = {}
    movements = entries.values_list("day", "kind").order_by("day", "kind")
    for day, kind, contract, purchased in movements.annotate(
        Sum("contract_delta"), Sum("purchased_delta")
    ):
        if contract + purchased:
            days.setdefault(day.isoformat(), {})[SUMMARY_NAMES[EntryKind(kind)]] = (
                contract + purchased
            )
    balance = Balance.objects.as_of(at).get(location=location)
    return {
        "contract": balance.contract_credits,
        "purchased": balance.purchased_credits,
        "available": balance.available,
        **_summarize_messages("international", international),
        **_summarize_messages("chat", chat),
        "terms": entries.filter(kind=EntryKind.CONTRACT_GRANT).count(),
        "refused": {str(reason): number for reason, number in refused.items()},
        "days": days,
    }


def _summarize_messages(
    name: str, messages: QuerySet[InternationalMessage] | QuerySet[ChatMessage]
) -> dict[str, int]:
    charged = messages.filter(outcome=Outcome.CHARGED)
    return {
        f"{name}_messages": charged.count(),
        f"{name}_credits": charged.aggregate(sum=Sum("credits", default=0))["sum"],
    }
