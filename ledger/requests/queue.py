import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from ledger.engine import reasons
from ledger.models import (
    ApprovalRequest,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    EntryKind,
    InternationalMessage,
)


class RequestType(models.TextChoices):
    APPROVAL = "approvalrequest", _("Second person")
    CORRECTION = "correctionrequest", _("Correction, asked by a manager")
    CREDITS = "creditrequest", _("Credits, asked by a manager")


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """`credits` are what it would move, signed; `kind` is that of its entry."""

    type: RequestType
    pk: int
    kind: EntryKind
    location_id: int
    location: str
    credits: int
    requested_at: dt.datetime
    requested_by: str
    requested_by_id: int
    text: str


COLUMNS = [
    "type",
    "pk",
    "kind_of_entry",
    "location_id",
    "location__name",
    "moves",
    "requested_at",
    "requester",
    "requested_by_id",
    "text",
]


def pending_requests(
    types: Collection[RequestType] = tuple(RequestType),
    *,
    location_name: str = "",
    location_id: int | None = None,
) -> QuerySet[Any, Any]:
    """Rows for `parse_row`, in one query, oldest first."""
    condition = Q(location=location_id) if location_id else Q()
    if location_name:
        condition &= Q(location__name__icontains=location_name)
    parts = [_part(type_, condition) for type_ in RequestType if type_ in types]
    if not parts:
        return ApprovalRequest.objects.none().values_list("pk")
    return parts[0].union(*parts[1:], all=True).order_by("requested_at", "type", "pk")


def parse_row(row: tuple[Any, ...]) -> PendingRequest:
    type_, pk, kind, *rest, text = row
    cells = (RequestType(type_), pk, EntryKind(kind), *rest, reasons.describe_reason(kind, text))
    return PendingRequest(*cells)


def _part(type_: RequestType, condition: Q) -> QuerySet[Any, Any]:
    model: Any = {
        RequestType.APPROVAL: ApprovalRequest,
        RequestType.CORRECTION: CorrectionRequest,
        RequestType.CREDITS: CreditRequest,
    }[type_]
    kind, moves, text = {
        RequestType.APPROVAL: (Cast("kind", CharField()), F("credits"), F("reason")),
        RequestType.CORRECTION: (Value(str(EntryKind.REVERSAL)), _requested_credits(), F("reason")),
        RequestType.CREDITS: (Value(str(EntryKind.PURCHASE)), F("credits"), F("reference")),
    }[type_]
    requester = Coalesce(NullIf("requested_by__full_name", Value("")), "requested_by__email")
    return (
        model.objects.open()
        .filter(condition)
        .order_by()
        .annotate(
            type=Value(str(type_)),
            kind_of_entry=kind,
            moves=Cast(moves, BigIntegerField()),
            requester=Cast(requester, CharField()),
            text=Cast(text, CharField()),
        )
        .values_list(*COLUMNS)
    )


def _requested_credits() -> Any:
    def message_credits(model: Any) -> Subquery:
        messages = model.objects.filter(
            charge=OuterRef("charge"), external_id=OuterRef("external_id"), credits__gt=0
        )
        return Subquery(messages.values("credits")[:1])

    return Coalesce(
        message_credits(InternationalMessage), message_credits(ChatMessage), F("charge__credits")
    )
