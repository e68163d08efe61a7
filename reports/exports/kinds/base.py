"""A message is in the report of the day on which the daily table counts it.

Rows come from a server-side cursor, formatted by the server: a million need little memory.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, DateTimeField, F, Func, Q, QuerySet, Sum, TextField
from django.db.models import Value as Fixed
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.models import Outcome
from ledger.reading.daily_usage import DailyUsage
from locations.formatting.countries import country_name
from reports.workbooks.xlsx import Column, Table, Value

CHUNK_SIZE = 2_000  # rows fetched from the server's cursor


@dataclass(frozen=True, slots=True)
class Rows:
    """The content of a report; `rows` can be read once.

    `credits_at` is the position of the credits in a row. `expected` are the credits of each day by
    the daily table, `counted` those of the rows by a query; `sum_labels` name the sums of the rows
    and of the daily table. `messages` counts the refused too.
    """

    sheet: str
    columns: tuple[Column, ...]
    credits_at: int
    messages: int
    refused: int
    expected: dict[dt.date, int]
    counted: dict[dt.date, int]
    sum_labels: tuple[str, str]
    totals: tuple[tuple[str, Value], ...]
    tables: tuple[Table, ...]
    rows: Iterator[tuple[Any, ...]]


@dataclass(slots=True)
class Tally:
    kinds: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    credits: int = 0

    def add(self, kind: str, messages: int, refused: int, credits: int) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + messages - refused
        self.refused += refused
        self.credits += credits

    def cells(self, kinds: Iterable[str]) -> tuple[int, ...]:
        return (*(self.kinds.get(kind, 0) for kind in kinds), self.refused, self.credits)


class Tallies:
    def __init__(self, groups: Iterable[tuple[dt.date, str, str, int, int, int]]) -> None:
        """Rows are: day, group, kind, messages (the refused too), refused, credits."""
        self.by_day: defaultdict[dt.date, Tally] = defaultdict(Tally)
        self.by_group: defaultdict[str, Tally] = defaultdict(Tally)
        self.messages = self.refused = 0
        for day, group, kind, messages, refused, credits in groups:
            self.by_day[day].add(kind, messages, refused, credits)
            self.by_group[group].add(kind, messages, refused, credits)
            self.messages += messages
            self.refused += refused

    @property
    def credits_by_day(self) -> dict[dt.date, int]:
        return {day: tally.credits for day, tally in self.by_day.items() if tally.credits}

    def tables(
        self, kinds: tuple[str, ...], expected: dict[dt.date, int], group: str, by_group: str
    ) -> tuple[Table, Table]:
        heads = (*map(Column, kinds), Column(_("Refused")), Column(_("Credits")))
        days: tuple[tuple[Value, ...], ...] = tuple(
            (day, *tally.cells(kinds), expected.get(day, 0))
            for day, tally in sorted(self.by_day.items())
        )
        groups = sorted(self.by_group.items(), key=lambda item: (-item[1].credits, item[0]))
        return (
            Table(_("By day"), (Column(_("Day")), *heads, Column(_("On the daily table"))), days),
            Table(
                by_group,
                (Column(group), *heads),
                tuple((name or _("Unknown"), *tally.cells(kinds)) for name, tally in groups),
            ),
        )


def count_messages(messages: QuerySet[Any], group: str, kind: str) -> Iterator[Any]:
    """Day, group, kind, messages, refused and credits."""
    return (
        messages.order_by()
        .values_list("day", group, kind)
        .annotate(
            count=Count("pk"),
            refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
            total=Sum("credits"),
        )
        .iterator(chunk_size=CHUNK_SIZE)
    )


def build_rows(
    tallies: Tallies,
    rows: Iterator[tuple[Any, ...]],
    *,
    columns: tuple[Column, ...],
    credits_at: int,
    kinds: tuple[str, ...],
    expected: dict[dt.date, int],
    group: str,
    by_group: str,
) -> Rows:
    """`group` is the heading of the groups, `by_group` the title of their table."""
    return Rows(
        sheet=pgettext("sheet", "Messages"),
        columns=columns,
        credits_at=credits_at,
        messages=tallies.messages,
        refused=tallies.refused,
        expected=expected,
        counted=tallies.credits_by_day,
        sum_labels=(_("Credits of the messages"), _("Credits on the daily table")),
        totals=(
            (_("Messages charged"), tallies.messages - tallies.refused),
            (_("Messages refused"), tallies.refused),
        ),
        tables=tallies.tables(kinds, expected, group, by_group),
        rows=rows,
    )


class LocalTime(Func):
    """An instant in local time: naive, whole seconds, blank where null."""

    template = "date_trunc('second', %(expressions)s)"
    arg_joiner = " AT TIME ZONE "
    output_field = DateTimeField()


class ChoiceLabel(Coalesce):
    """The label of a column's code, looked up by the server; a code without one is itself."""

    def __init__(self, column: str, labels: Mapping[str, str]) -> None:
        code = F(column)
        label = Func(
            Fixed(json.dumps(dict(labels))),
            code,
            template="(%(expressions)s)",
            arg_joiner="::jsonb ->> ",
            output_field=TextField(),
        )
        super().__init__(label, code, output_field=TextField())


def choice_labels(choices: type[models.TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def format_country(code: str) -> str:
    name = country_name(code)
    return name if name == code else f"{name} ({code})"


def daily_credits(usage: DailyUsage, *kinds: str) -> dict[dt.date, int]:
    by_day = {row.day: -sum(getattr(row.moved, kind) for kind in kinds) for row in usage.days}
    return {day: credits for day, credits in by_day.items() if credits}
