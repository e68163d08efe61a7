"""International messages: texts and calls, with the recipients' fields."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum, TextField, Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.daily import DailyUsage
from ledger.models import InternationalMessage, Outcome, Refusal
from locations.models import CarrierType, Channel, Location
from reports.masking import mask, mask_within
from reports.rows.reading import (
    AT_ONCE,
    Local,
    Rows,
    Tallies,
    country_and_code,
    in_words,
    used,
)
from reports.workbooks import Column


def columns(location: Location) -> tuple[Column, ...]:
    """The location's own profile fields, in its order, and what is known of the message."""
    zone = location.time_zone
    fields = {name.casefold() for name in location.profile_fields}
    message = (
        Column(_("Phone"), 18, _("The number of the recipient, with its country code.")),
        Column(_("Country"), 24, _("The country or network that the number belongs to.")),
        Column(_("Channel"), 12, _("Text or voice call.")),
        Column(_("Carrier type"), 13, _("Mobile or landline: the kind of line it was priced as.")),
        Column(
            _("Message status"),
            18,
            _("What the carrier last reported. Refused: it was not sent, and cost nothing."),
        ),
        Column(_("Status details"), 30, _("The carrier's words; of a refused message the reason.")),
        Column(
            _("Status date (%(zone)s)") % {"zone": zone},
            20,
            _("When that was reported, by the location's clocks."),
        ),
        Column(
            _("Sent date (%(zone)s)") % {"zone": zone},
            20,
            _("When it was sent, by the location's clocks."),
        ),
        Column(_("Minutes"), 10, _("Billed minutes of a call; blank for a text.")),
        Column(_("Credits used"), 10, _("What it cost: 0 where it was refused or not answered.")),
    )
    return (
        *(
            Column(name, 18, _("A field of the recipient's profile, as it was when it was sent."))
            for name in location.profile_fields
        ),
        # A recipient's country is not that of the number.
        *(
            Column(_("%(title)s (message)") % {"title": column.title}, column.width, column.meaning)
            if column.title.casefold() in fields
            else column
            for column in message
        ),
    )


def _sorts() -> dict[str, str]:
    return {Channel.TEXT: _("Texts"), Channel.VOICE: _("Calls")}


class ProfileField(Func):
    """A recipient's field as text. Django's own `profile__1` would look for an array's item."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


def read(
    location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date, *, masked: bool
) -> Rows:
    """Ordered by sent date."""
    found = InternationalMessage.objects.filter(
        location=location, day__gte=first_on, day__lte=last_on
    )
    tallies = Tallies(_groups(found))
    said = used(usage, "text", "voice")
    its_columns = columns(location)
    return Rows(
        sheet=pgettext("sheet", "Messages"),
        columns=its_columns,
        credits_at=len(its_columns) - 1,
        messages=tallies.messages,
        refused=tallies.refused,
        said=said,
        found=tallies.found,
        words=(_("Credits of the messages"), _("Credits on the daily table")),
        totals=tallies.totals(),
        tables=tallies.tables(
            tuple(_sorts().values()),
            place=_("Country"),
            by_place=_("By country"),
            said=said,
        ),
        rows=_masked(_rows(location, found), at=len(location.profile_fields))
        if masked
        else _rows(location, found),
    )


def _groups(
    found: QuerySet[InternationalMessage],
) -> Iterator[tuple[dt.date, str, str, int, int, int]]:
    sorts = _sorts()
    groups = found.order_by().values_list("day", "country", "channel")
    for day, country, channel, *counts in groups.annotate(
        messages=Count("pk"),
        refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        used=Sum("credits"),
    ).iterator(chunk_size=AT_ONCE):
        messages, refused, credits = counts
        yield day, country_and_code(country), sorts[channel], messages, refused, credits


def _rows(location: Location, found: QuerySet[InternationalMessage]) -> Iterator[tuple[Any, ...]]:
    zone = Value(location.time_zone)
    channels, carriers, refusals = in_words(Channel), in_words(CarrierType), in_words(Refusal)
    refused = _("Refused")
    rows = found.order_by("sent_at", "pk").values_list(
        *(ProfileField(F("profile"), Value(name)) for name in location.profile_fields),
        "phone",
        "country",
        "channel",
        "carrier_type",
        "status",
        "status_detail",
        Local("status_at", zone),
        Local("sent_at", zone),
        "billed_seconds",
        "credits",
        "refusal",
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        (*profile, phone, country, channel, carrier, status, detail) = row[:-5]
        status_at, sent_at, billed, credits, refusal = row[-5:]
        yield (
            *profile,
            phone,
            country_and_code(country),
            channels[channel],
            carriers.get(carrier, ""),
            refused if refusal else status,
            refusals[refusal] if refusal else detail,
            status_at,
            sent_at,
            _minutes(channel, 0 if refusal else billed),
            credits,
        )


def _masked(rows: Iterator[tuple[Any, ...]], *, at: int) -> Iterator[tuple[Any, ...]]:
    """The rows with their phone masked, which stands `at` there, and fields that repeat it."""
    for row in rows:
        phone = row[at]
        fields = (mask_within(field, phone) for field in row[:at])
        yield (*fields, mask(phone), *row[at + 1 :])


def _minutes(channel: str, billed_seconds: int | None) -> int | float | None:
    """Billed minutes of a call; a refused one was billed none, a text has none."""
    if channel != Channel.VOICE:
        return None
    minutes, seconds = divmod(billed_seconds or 0, 60)
    return minutes if not seconds else round(minutes + seconds / 60, 2)
