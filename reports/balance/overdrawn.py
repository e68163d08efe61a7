import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from ledger.models import ChatMessage, Direction, Entry, InternationalMessage
from locations.models import Channel, Location

MAX_ENTRIES = 5


@dataclass(frozen=True, slots=True)
class OverdraftEntry:
    """The messages of one day; `kind` is a chat direction or a channel."""

    day: dt.date
    kind: str
    messages: int
    credits: int

    @property
    def label(self) -> str:
        match self.kind:
            case Direction.INBOUND:
                label = ngettext(
                    "%d chat message received", "%d chat messages received", self.messages
                )
            case Direction.OUTBOUND:
                label = ngettext("%d chat message sent", "%d chat messages sent", self.messages)
            case Channel.VOICE:
                label = ngettext("%d international call", "%d international calls", self.messages)
            case _:
                label = ngettext("%d international text", "%d international texts", self.messages)
        return label % self.messages


@dataclass(frozen=True, slots=True)
class Overdraft:
    entries: list[OverdraftEntry]
    more: bool


def load_overdraft(location: Location) -> Overdraft:
    """Charges since purchased credits last were zero or more; the one that crossed it is whole."""
    above = Entry.objects.filter(location=location, purchased_after__gte=0).order_by("-number")
    since = Coalesce(above.values("number")[:1], Value(0))
    entries = Entry.objects.filter(location=location, number__gt=since, purchased_delta__lt=0)
    chats = _by_day(ChatMessage.objects.filter(entry__in=entries), "direction")
    international = _by_day(InternationalMessage.objects.filter(entry__in=entries), "channel")
    rows = chats.union(international, all=True).order_by("-day", "message_kind")[: MAX_ENTRIES + 1]
    newest = [OverdraftEntry(*row) for row in rows]
    return Overdraft(newest[:MAX_ENTRIES], more=len(newest) > MAX_ENTRIES)


def _by_day(messages: "QuerySet[Any]", kind: str) -> "QuerySet[Any, tuple[Any, ...]]":
    rows = messages.filter(reversal=None).order_by().annotate(message_kind=F(kind))
    return rows.values_list("day", "message_kind").annotate(Count("pk"), Sum("credits"))
