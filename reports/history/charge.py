"""One charge: its facts, and its messages with the words why they cost what they cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Min, Q, QuerySet, Value
from django.http import Http404
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
from ledger.reading.explanations import explain_payment, way_out
from locations.calendar import local_day
from locations.db.prepared import Given, composed
from locations.models import Location
from reports.history.day import Brought
from reports.history.messages import AnyMessage, Reader, Told, price_words

MESSAGES_PER_PAGE = 50
KNOWN = ~Q(country="")  # what is no number is of no country


class Shown(models.TextChoices):
    """Which messages of a charge are listed."""

    ALL = "", _("All")
    CHARGED = "charged", _("Charged")
    REFUSED = "refused", _("Refused")
    GIVEN_BACK = "given-back", _("Given back")


CONDITIONS = {
    Shown.ALL: Q(),
    Shown.CHARGED: Q(outcome=Outcome.CHARGED),
    Shown.REFUSED: Q(outcome=Outcome.REFUSED),
    Shown.GIVEN_BACK: Q(reversal__isnull=False),
}


@dataclass(frozen=True, slots=True)
class ChargePage:
    """`counts` is the number of messages under each choice of `shown`."""

    charge: Charge
    brought: Brought
    entries: list[Entry]
    reversals: list[Entry]
    requests: list[CorrectionRequest]
    counts: dict[Shown, int]
    shown: Shown
    messages: list[Told]
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.counts[self.shown] // MESSAGES_PER_PAGE))

    @property
    def contract(self) -> int:
        """What contract credits paid of it."""
        return -sum(entry.contract_delta for entry in self.entries)

    @property
    def purchased(self) -> int:
        """What purchased credits paid of it, or a debt."""
        return -sum(entry.purchased_delta for entry in self.entries)

    @property
    def balance_after(self) -> int:
        return self.charge.contract_after + self.charge.purchased_after

    @property
    def balance_before(self) -> int:
        return self.balance_after + self.charge.credits

    @property
    def counts_on_another_day(self) -> bool:
        """Reported late: it stands on the day it was sent, and was charged on a later one."""
        return self.charge.day != local_day(self.charge.at, self.charge.location.zone)

    @property
    def way_out(self) -> str:
        return way_out(self.charge.refusal)

    @property
    def filters(self) -> list[tuple[Shown, int]]:
        """The choices that lead to something, and how many messages each has."""
        return [(shown, count) for shown, count in self.counts.items() if count]

    @property
    def is_open_to_correction(self) -> bool:
        """Whether anything of the whole charge is left that nobody has asked for yet."""
        given_back = sum(entry.credits + entry.lapsed_credits for entry in self.reversals)
        return self.charge.credits > given_back and all(
            asked.state != CorrectionState.OPEN for asked in self.requests
        )


def read_charge(
    reader: Reader, pk: int, *, shown: str = "", page: int = 1, position: int | None = None
) -> ChargePage:
    """A page of a charge's messages, in the order of the request; seven queries at most.

    `position` opens the page that has the message of that place in the request. Raises Http404
    where the location has no such charge.
    """
    with read_snapshot():
        charge = charge_of(reader.location, pk)
        choice = Shown(shown) if shown in Shown.values else Shown.ALL
        entries = list(_entries()(charge=charge.pk))
        requests = list(_requests()(charge=charge.pk))
        brought, counts = _counts(charge)
        found = bare(charge).filter(CONDITIONS[choice]).order_by("position")
        if position is not None:
            page = found.filter(position__lt=position).count() // MESSAGES_PER_PAGE + 1
        page = min(page, max(1, -(-counts[choice] // MESSAGES_PER_PAGE)))
        start = (page - 1) * MESSAGES_PER_PAGE
        # Joined to what explains them only once they are the page's.
        these = found.values("pk")[start : start + MESSAGES_PER_PAGE]
        listed = messages_of(charge).filter(pk__in=these).order_by("position")
        told = _told(reader, charge, listed, requests)
    return ChargePage(
        charge=charge,
        brought=brought,
        entries=[entry for entry in entries if entry.kind != EntryKind.REVERSAL],
        reversals=[entry for entry in entries if entry.kind == EntryKind.REVERSAL],
        requests=[asked for asked in requests if not asked.external_id],
        counts=counts,
        shown=choice,
        messages=told,
        number=page,
    )


def charge_of(location: Location, pk: int) -> Charge:
    """Raises Http404: another location's charge is as unknown as one that never was."""
    charge = next(iter(_charge()(location=location.pk, charge=pk)), None)
    if charge is None:
        raise Http404
    charge.location = location
    return charge


@composed
def _charge() -> QuerySet[Charge]:
    asked = Charge.objects.filter(location=Given("location"), pk=Given("charge"))
    return asked.select_related("hold")


@composed
def _entries() -> QuerySet[Entry]:
    entries = Entry.objects.filter(charge=Given("charge"))
    return entries.select_related("created_by", "approved_by").order_by("number")


@composed
def _requests() -> QuerySet[CorrectionRequest]:
    requests = CorrectionRequest.objects.filter(charge=Given("charge"))
    return requests.select_related("requested_by", "decided_by")


def bare(charge: Charge) -> QuerySet[Any]:
    return model_of(charge)._default_manager.filter(charge=charge)


def messages_of(charge: Charge) -> QuerySet[Any]:
    return with_prices(model_of(charge)).filter(charge=charge)


def model_of(charge: Charge) -> type[InternationalMessage] | type[ChatMessage]:
    return ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage


def with_prices(model: type[InternationalMessage] | type[ChatMessage]) -> QuerySet[Any]:
    """Messages, with all that explaining and showing them reads."""
    if model is ChatMessage:
        return ChatMessage.objects.select_related("inbox", "card__series", "reversal")
    return InternationalMessage.objects.select_related("rate__card__series", "reversal")


def message_at(reader: Reader, charge: Charge, position: int) -> Told:
    """The message at a place of the request; raises Http404."""
    message = messages_of(charge).filter(position=position).first()
    if message is None:
        raise Http404
    return _told(reader, charge, [message], [])[0]


def newest_that_cost(reader: Reader) -> Told | None:
    """The first message of the newest charge that cost something; None before there is one."""
    with read_snapshot():
        used = Entry.objects.filter(location=reader.location, kind__in=USAGE)
        entry = used.select_related("charge").order_by("-number").first()
        if entry is None or entry.charge is None:
            return None
        paid = messages_of(entry.charge).filter(entry=entry, credits__gt=0)
        return _told(reader, entry.charge, paid.order_by("position")[:1], [])[0]


def _told(
    reader: Reader,
    charge: Charge,
    found: Iterable[AnyMessage],
    asked: list[CorrectionRequest],
) -> list[Told]:
    messages = list(found)
    paid = payments(charge, [message.position for message in messages])
    requests: dict[str, list[CorrectionRequest]] = {}
    for request in asked:
        requests.setdefault(request.external_id, []).append(request)
    told = []
    for message in messages:
        payment = paid.get(message.pk)
        price = price_words(message)
        told.append(
            Told(
                message,
                reader,
                explain_payment(price, payment) if payment else price,
                way_out(message.refusal),
                payment,
                requests.get(message.external_id, []) if message.credits else [],
            )
        )
    return told


def _counts(charge: Charge) -> tuple[Brought, dict[Shown, int]]:
    rows = _counted(model_of(charge)).tuples(charge=charge.pk)
    messages, refused, given_back, countries, country = rows[0] if rows else (0, 0, 0, 0, "")
    brought = Brought(messages, refused, countries, country if countries == 1 else "")
    return brought, {
        Shown.ALL: messages,
        Shown.CHARGED: messages - refused,
        Shown.REFUSED: refused,
        Shown.GIVEN_BACK: given_back,
    }


@composed
def _counted(model: type[InternationalMessage] | type[ChatMessage]) -> QuerySet[Any, Any]:
    counts: dict[str, Any] = {
        "messages": Count("pk"),
        "refused": Count("pk", filter=CONDITIONS[Shown.REFUSED]),
        "given_back": Count("pk", filter=CONDITIONS[Shown.GIVEN_BACK]),
        "countries": Value(0),
        "one_country": Value(""),
    }
    if model is InternationalMessage:
        counts["countries"] = Count("country", distinct=True, filter=KNOWN)
        counts["one_country"] = Min("country", filter=KNOWN)
    of_charge = model._default_manager.filter(charge=Given("charge")).order_by().values("charge")
    return of_charge.annotate(**counts).values_list(*counts)
