"""The messages that took a location below zero."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from ledger.models import ChatMessage, Direction, Entry, InternationalMessage
from locations.models import Channel, Location

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Took:
    """What the messages of one day and kind cost; `what` is a chat's direction or a channel."""

    day: dt.date
    what: str
    messages: int
    credits: int

    @property
    def words(self) -> str:
        match self.what:
            case Direction.INBOUND:
                words = ngettext(
                    "%d chat message received", "%d chat messages received", self.messages
                )
            case Direction.OUTBOUND:
                words = ngettext("%d chat message sent", "%d chat messages sent", self.messages)
            case Channel.VOICE:
                words = ngettext("%d international call", "%d international calls", self.messages)
            case _:
                words = ngettext("%d international text", "%d international texts", self.messages)
        return words % self.messages


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """The newest lines first; `more` is whether there are older ones."""

    lines: list[Took]
    more: bool


def what_took_below(location: Location) -> Overdrawn:
    """What was charged since the purchased credits last were at zero or above. One query.

    The debt lives in the purchased bucket, so the entry that crossed zero is among them with
    all that it cost; what has been given back since is not.
    """
    above = Entry.objects.filter(location=location, purchased_after__gte=0).order_by("-number")
    since = Coalesce(above.values("number")[:1], Value(0))
    entries = Entry.objects.filter(location=location, number__gt=since, purchased_delta__lt=0)
    chats = _by_day(ChatMessage.objects.filter(entry__in=entries), "direction")
    international = _by_day(InternationalMessage.objects.filter(entry__in=entries), "channel")
    found = chats.union(international, all=True).order_by("-day", "what")[: MOST_LINES + 1]
    lines = [Took(*row) for row in found]
    return Overdrawn(lines[:MOST_LINES], more=len(lines) > MOST_LINES)


def _by_day(messages: "QuerySet[Any]", what: str) -> "QuerySet[Any, tuple[Any, ...]]":
    rows = messages.filter(reversal=None).order_by().annotate(what=F(what))
    return rows.values_list("day", "what").annotate(Count("pk"), Sum("credits"))
