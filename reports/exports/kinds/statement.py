import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.engine import reasons
from ledger.models import Entry, EntryKind
from ledger.reading.daily_usage import DailyUsage
from locations.models import Location
from reports.exports.kinds.base import CHUNK_SIZE, LocalTime, Rows, choice_labels
from reports.workbooks.xlsx import Column, Table


def columns(location: Location) -> tuple[Column, ...]:
    zone = location.time_zone
    return (
        Column(_("Day"), 12, _("The day of the daily table on which the entry counts.")),
        Column(_("Entry"), 10, _("Its number: the location's entries are counted without gaps.")),
        Column(_("Took effect (%(zone)s)") % {"zone": zone}, 20, _("By the location's clocks.")),
        Column(_("What"), 22, _("What kind of entry it is.")),
        Column(
            _("Reason or reference"), 40, _("As it was given, for a purchase or an adjustment.")
        ),
        Column(_("Contract credits"), 12, _("Added to the contract credits; below zero: taken.")),
        Column(_("Purchased credits"), 12, _("Added to the purchased credits; below zero: taken.")),
        Column(_("Credits"), 12, _("Both together.")),
        Column(
            _("Balance"),
            14,
            _(
                "Contract and purchased credits after it, in the order of this sheet: by day, and "
                "within a day by number."
            ),
        ),
    )


def read(location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date) -> Rows:
    entries = Entry.objects.for_location(location).between(first_on, last_on)
    total = usage.total
    heads = (_("Additions"), _("Texts"), _("Calls"), _("Chat"), _("Lapsed, other"), _("Net"))
    closing = Column(_("Closing balance"), is_balance=True)
    days = tuple(
        (
            row.day,
            row.moved.additions,
            row.moved.text,
            row.moved.voice,
            row.moved.chat,
            row.moved.other,
            row.moved.net,
            row.closing,
        )
        for row in usage.days
    )
    return Rows(
        sheet=pgettext("sheet", "Entries"),
        columns=columns(location),
        credits_at=7,
        messages=entries.count(),
        refused=0,
        expected={row.day: row.moved.net for row in usage.days},
        # The daily table sums the same entries; their sum is checked while they are written.
        counted={row.day: row.moved.net for row in usage.days},
        sum_labels=(_("Credits of the entries"), _("Net on the daily table")),
        totals=(
            (_("Opening balance"), usage.opening),
            (_("Additions"), total.additions),
            (_("Texts"), total.text),
            (_("Calls"), total.voice),
            (_("Chat"), total.chat),
            (_("Lapsed, other"), total.other),
            (_("Closing balance"), usage.closing),
        ),
        tables=(Table(_("By day"), (Column(_("Day")), *map(Column, heads), closing), days),),
        rows=_rows(location, entries, usage.opening),
    )


def _rows(location: Location, entries: Any, balance: int) -> Iterator[tuple[Any, ...]]:
    kinds = choice_labels(EntryKind)
    rows = entries.order_by("day", "number").values_list(
        "day",
        "number",
        LocalTime("at", Value(location.time_zone)),
        "kind",
        "reason",
        "reference",
        "contract_delta",
        "purchased_delta",
    )
    for day, number, at, kind, reason, reference, contract, purchased in rows.iterator(
        chunk_size=CHUNK_SIZE
    ):
        balance += contract + purchased
        yield (
            day,
            number,
            at,
            kinds[kind],
            ", ".join(text for text in (reasons.describe_reason(kind, reason), reference) if text),
            contract,
            purchased,
            contract + purchased,
            balance,
        )
