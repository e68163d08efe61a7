from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, Min, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from ledger.engine.snapshots import read_snapshot
from ledger.models import (
    USAGE,
    Charge,
    ChargeKind,
    ChatMessage,
    CorrectionRequest,
    CorrectionState,
    Entry,
    EntryKind,
    InternationalMessage,
    Outcome,
)
from ledger.reading.allocations import payments
from ledger.reading.explanations import explain_payment, suggest_action
from locations.calendar import local_day
from locations.models import Location
from reports.history.messages import (
    AnyMessage,
    MessageCounts,
    MessageRow,
    MessageViewer,
    explain_price,
)

MESSAGES_PER_PAGE = 50
HAS_COUNTRY = ~Q(country="")  # an invalid number has none


class MessageFilter(models.TextChoices):
    ALL = "", _("All")
    CHARGED = "charged", _("Charged")
    REFUSED = "refused", _("Refused")
    GIVEN_BACK = "given-back", _("Given back")


CONDITIONS = {
    MessageFilter.ALL: Q(),
    MessageFilter.CHARGED: Q(outcome=Outcome.CHARGED),
    MessageFilter.REFUSED: Q(outcome=Outcome.REFUSED),
    MessageFilter.GIVEN_BACK: Q(reversal__isnull=False),
}


@dataclass(frozen=True, slots=True)
class ChargePage:
    charge: Charge
    message_counts: MessageCounts
    entries: list[Entry]
    reversals: list[Entry]
    corrections: list[CorrectionRequest]  # of the whole charge
    filter_counts: dict[MessageFilter, int]
    chosen_filter: MessageFilter
    page: Page
    rows: list[MessageRow]

    @property
    def label(self) -> str:
        return self.message_counts.describe(self.charge.kind)

    @property
    def contract_credits(self) -> int:
        return -sum(entry.contract_delta for entry in self.entries)

    @property
    def purchased_credits(self) -> int:
        return -sum(entry.purchased_delta for entry in self.entries)

    @property
    def balance_after(self) -> int:
        return self.charge.contract_after + self.charge.purchased_after

    @property
    def balance_before(self) -> int:
        return self.balance_after + self.charge.credits

    @property
    def counts_on_another_day(self) -> bool:
        """Reported late, and charged on a later day."""
        return self.charge.day != local_day(self.charge.at, self.charge.location.zone)

    @property
    def suggestion(self) -> str:
        return suggest_action(self.charge.refusal)

    @property
    def filters(self) -> list[tuple[MessageFilter, int]]:
        return [(choice, count) for choice, count in self.filter_counts.items() if count]

    @property
    def can_request_correction(self) -> bool:
        given_back = sum(entry.credits + entry.lapsed_credits for entry in self.reversals)
        return self.charge.credits > given_back and all(
            request.state != CorrectionState.OPEN for request in self.corrections
        )


def read_charge(
    viewer: MessageViewer,
    pk: int,
    *,
    message_filter: str = "",
    page: int = 1,
    position: int | None = None,
) -> ChargePage:
    """`position` opens the page with that message of the request. Raises Http404; seven queries."""
    with read_snapshot():
        charge = get_charge(viewer.location, pk)
        is_valid = message_filter in MessageFilter.values
        chosen = MessageFilter(message_filter) if is_valid else MessageFilter.ALL
        entries = list(
            Entry.objects.filter(charge=charge)
            .select_related("created_by", "approved_by")
            .order_by("number")
        )
        corrections = list(
            CorrectionRequest.objects.filter(charge=charge).select_related(
                "requested_by", "decided_by"
            )
        )
        message_counts, filter_counts = _count_messages(charge)
        messages = (
            message_model(charge)
            ._default_manager.filter(CONDITIONS[chosen], charge=charge)
            .order_by("position")
        )
        if position is not None:
            page = messages.filter(position__lt=position).count() // MESSAGES_PER_PAGE + 1
        # The counts are read already; the paginator needs no query of its own.
        chosen_page = Paginator(range(filter_counts[chosen]), MESSAGES_PER_PAGE).get_page(page)
        # The joins are for the rows of the page only.
        offset = (chosen_page.number - 1) * MESSAGES_PER_PAGE
        pks = messages.values("pk")[offset : offset + MESSAGES_PER_PAGE]
        listed = messages_for_charge(charge).filter(pk__in=pks).order_by("position")
        rows = _message_rows(viewer, charge, listed, corrections)
    return ChargePage(
        charge=charge,
        message_counts=message_counts,
        entries=[entry for entry in entries if entry.kind != EntryKind.REVERSAL],
        reversals=[entry for entry in entries if entry.kind == EntryKind.REVERSAL],
        corrections=[request for request in corrections if not request.external_id],
        filter_counts=filter_counts,
        chosen_filter=chosen,
        page=chosen_page,
        rows=rows,
    )


def get_charge(location: Location, pk: int) -> Charge:
    """Raises Http404, also for another location's charge."""
    charge = get_object_or_404(Charge.objects.select_related("hold"), location=location, pk=pk)
    charge.location = location
    return charge


def message_model(charge: Charge) -> type[InternationalMessage] | type[ChatMessage]:
    return ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage


def messages_for_charge(charge: Charge) -> QuerySet[Any]:
    return with_prices(message_model(charge)).filter(charge=charge)


def with_prices(model: type[InternationalMessage] | type[ChatMessage]) -> QuerySet[Any]:
    if model is ChatMessage:
        return ChatMessage.objects.select_related("inbox", "card__series", "reversal")
    return InternationalMessage.objects.select_related("rate__card__series", "reversal")


def get_message(viewer: MessageViewer, charge: Charge, position: int) -> MessageRow:
    message = get_object_or_404(messages_for_charge(charge), position=position)
    return _message_rows(viewer, charge, [message], [])[0]


def newest_paid_message(viewer: MessageViewer) -> MessageRow | None:
    with read_snapshot():
        usage = Entry.objects.filter(location=viewer.location, kind__in=USAGE)
        entry = usage.select_related("charge").order_by("-number").first()
        if entry is None or entry.charge is None:
            return None
        paid = messages_for_charge(entry.charge).filter(entry=entry, credits__gt=0)
        return _message_rows(viewer, entry.charge, paid.order_by("position")[:1], [])[0]


def _message_rows(
    viewer: MessageViewer,
    charge: Charge,
    messages: Iterable[AnyMessage],
    corrections: Iterable[CorrectionRequest],
) -> list[MessageRow]:
    messages = list(messages)
    payments_by_pk = payments(charge, [message.position for message in messages])
    corrections_by_id = defaultdict(list)
    for request in corrections:
        corrections_by_id[request.external_id].append(request)
    rows = []
    for message in messages:
        payment = payments_by_pk.get(message.pk)
        price = explain_price(message)
        rows.append(
            MessageRow(
                message,
                viewer,
                explain_payment(price, payment) if payment else price,
                suggest_action(message.refusal),
                payment,
                corrections_by_id.get(message.external_id, []) if message.credits else [],
            )
        )
    return rows


def _count_messages(charge: Charge) -> tuple[MessageCounts, dict[MessageFilter, int]]:
    model = message_model(charge)
    aggregates: dict[str, Any] = {
        "messages": Count("pk"),
        "refused": Count("pk", filter=CONDITIONS[MessageFilter.REFUSED]),
        "given_back": Count("pk", filter=CONDITIONS[MessageFilter.GIVEN_BACK]),
    }
    if model is InternationalMessage:
        aggregates["countries"] = Count("country", distinct=True, filter=HAS_COUNTRY)
        aggregates["country"] = Min("country", filter=HAS_COUNTRY)
    counted = model._default_manager.filter(charge=charge).aggregate(**aggregates)
    messages, refused = counted["messages"], counted["refused"]
    message_counts = MessageCounts.from_row(
        messages, refused, counted.get("countries", 0), counted.get("country", "")
    )
    return message_counts, {
        MessageFilter.ALL: messages,
        MessageFilter.CHARGED: messages - refused,
        MessageFilter.REFUSED: refused,
        MessageFilter.GIVEN_BACK: counted["given_back"],
    }
