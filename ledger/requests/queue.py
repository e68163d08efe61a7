"""What waits for a decision of staff: corrections and credits that managers ask for, and entries
of one of staff that need a second person. One queue, the oldest first.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from ledger.engine import reasons
from ledger.models import (
    ApprovalRequest,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    EntryKind,
    InternationalMessage,
)


class What(StrEnum):
    """Of which table the request is; the value is its model's name."""

    APPROVAL = "approvalrequest"
    CORRECTION = "correctionrequest"
    CREDITS = "creditrequest"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request. `credits` are what it would move, signed; `kind` that of its entry."""

    what: What
    pk: int
    kind: str
    location_id: int
    location: str
    credits: int
    requested_at: dt.datetime
    requested_by: str
    requested_by_id: int
    said: str


COLUMNS = [
    "what",
    "pk",
    "kind_of_entry",
    "location_id",
    "location__name",
    "moves",
    "requested_at",
    "who",
    "requested_by_id",
    "said",
]


def waiting(
    kinds: Collection[What] = tuple(What), *, named: str = "", location_id: int | None = None
) -> QuerySet[Any, Any]:
    """The open requests of these kinds as rows for `row`, at locations whose name has `named`.

    One query, however many there are: slice it, count it.
    """
    only = Q(location=location_id) if location_id else Q()
    if named:
        only &= Q(location__name__icontains=named)
    parts = [_part(what, only) for what in What if what in kinds]
    if not parts:
        return ApprovalRequest.objects.none().values_list("pk")
    return parts[0].union(*parts[1:], all=True).order_by("requested_at", "what", "pk")


def row(found: tuple[Any, ...]) -> Waiting:
    what, pk, kind, *rest, said = found
    cells = (What(what), pk, kind, *rest, reasons.describe_reason(kind, said))
    return Waiting(*cells)


def _part(what: What, only: Q) -> QuerySet[Any, Any]:
    model: Any = {
        What.APPROVAL: ApprovalRequest,
        What.CORRECTION: CorrectionRequest,
        What.CREDITS: CreditRequest,
    }[what]
    kind, moves, said = {
        What.APPROVAL: (Cast("kind", CharField()), F("credits"), F("reason")),
        What.CORRECTION: (Value(str(EntryKind.REVERSAL)), _left(), F("reason")),
        What.CREDITS: (Value(str(EntryKind.PURCHASE)), F("credits"), F("reference")),
    }[what]
    who = Coalesce(NullIf("requested_by__full_name", Value("")), "requested_by__email")
    return (
        model.objects.open()
        .filter(only)
        .order_by()
        .annotate(
            what=Value(str(what)),
            kind_of_entry=kind,
            moves=Cast(moves, BigIntegerField()),
            who=Cast(who, CharField()),
            said=Cast(said, CharField()),
        )
        .values_list(*COLUMNS)
    )


def _left() -> Any:
    """What a correction asks for: the credits of its message, else those of its charge."""

    def of(model: Any) -> Subquery:
        messages = model.objects.filter(
            charge=OuterRef("charge"), external_id=OuterRef("external_id"), credits__gt=0
        )
        return Subquery(messages.values("credits")[:1])

    return Coalesce(of(InternationalMessage), of(ChatMessage), F("charge__credits"))
