"""A message is in the report of the day on which the daily table counts it.

Rows come from a server-side cursor, formatted by the server: a million need little memory.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import DateTimeField, F, Func, TextField
from django.db.models import Value as Fixed
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from ledger.reading.daily_usage import DailyUsage
from locations.formatting.countries import country_name
from reports.workbooks.xlsx import Column, Table, Value

CHUNK_SIZE = 2_000  # rows fetched from the server's cursor


@dataclass(frozen=True, slots=True)
class Rows:
    """What a report is made of: its columns, how many rows there are, and they, read once.

    `credits_at` is the position of the credits in a row. `said` is what the daily table says
    that the rows add up to, by day; `found` what they do by a count of their own. `words` name
    that sum on the summary, and that of the daily table. `messages` counts the refused too.
    """

    sheet: str
    columns: tuple[Column, ...]
    credits_at: int
    messages: int
    refused: int
    said: dict[dt.date, int]
    found: dict[dt.date, int]
    words: tuple[str, str]
    totals: tuple[tuple[str, Value], ...]
    tables: tuple[Table, ...]
    rows: Iterator[tuple[Any, ...]]


@dataclass(slots=True)
class Tally:
    """Counts of messages by kind, and their credits, of one day or group."""

    sorts: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    credits: int = 0

    def add(self, sort: str, messages: int, refused: int, credits: int) -> None:
        self.sorts[sort] = self.sorts.get(sort, 0) + messages - refused
        self.refused += refused
        self.credits += credits


class Tallies:
    """Messages by day and by group, read once."""

    def __init__(self, groups: Iterable[tuple[dt.date, str, str, int, int, int]]) -> None:
        """Rows are: day, group, kind, messages (the refused too), refused, credits."""
        self.by_day: dict[dt.date, Tally] = {}
        self.by_group: dict[str, Tally] = {}
        self.messages = self.refused = 0
        for day, place, sort, messages, refused, credits in groups:
            self.by_day.setdefault(day, Tally()).add(sort, messages, refused, credits)
            self.by_group.setdefault(place, Tally()).add(sort, messages, refused, credits)
            self.messages += messages
            self.refused += refused

    @property
    def found(self) -> dict[dt.date, int]:
        return {day: tally.credits for day, tally in self.by_day.items() if tally.credits}

    def totals(self) -> tuple[tuple[str, Value], ...]:
        return (
            (_("Messages charged"), self.messages - self.refused),
            (_("Messages refused"), self.refused),
        )

    def tables(
        self, sorts: tuple[str, ...], *, place: str, by_group: str, said: dict[dt.date, int]
    ) -> tuple[Table, Table]:
        """By day, beside the daily table; and by group, the dearest first."""
        heads = (*(Column(sort) for sort in sorts), Column(_("Refused")), Column(_("Credits")))
        days: list[tuple[Value, ...]] = [
            (day, *self._cells(tally, sorts), said.get(day, 0))
            for day, tally in sorted(self.by_day.items())
        ]
        places = sorted(self.by_group.items(), key=lambda item: (-item[1].credits, item[0]))
        return (
            Table(
                _("By day"),
                (Column(_("Day")), *heads, Column(_("On the daily table"))),
                tuple(days),
            ),
            Table(
                by_group,
                (Column(place), *heads),
                tuple((name or _("Unknown"), *self._cells(tally, sorts)) for name, tally in places),
            ),
        )

    def _cells(self, tally: Tally, sorts: tuple[str, ...]) -> tuple[int, ...]:
        return (*(tally.sorts.get(sort, 0) for sort in sorts), tally.refused, tally.credits)


class LocalTime(Func):
    """An instant in local time: naive, whole seconds, blank where null."""

    template = "date_trunc('second', %(expressions)s)"
    arg_joiner = " AT TIME ZONE "
    output_field = DateTimeField()


class ChoiceLabel(Coalesce):
    """The label of a column's code, looked up by the server; a code without one is itself."""

    def __init__(self, column: str, words: Mapping[str, str]) -> None:
        code = F(column)
        word = Func(
            Fixed(json.dumps(dict(words))),
            code,
            template="(%(expressions)s)",
            arg_joiner="::jsonb ->> ",
            output_field=TextField(),
        )
        super().__init__(word, code, output_field=TextField())


def choice_labels(choices: type[models.TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def format_country(code: str) -> str:
    name = country_name(code)
    return name if name == code else f"{name} ({code})"


def daily_credits(usage: DailyUsage, *kinds: str) -> dict[dt.date, int]:
    by_day = {row.day: -sum(getattr(row.moved, kind) for kind in kinds) for row in usage.days}
    return {day: credits for day, credits in by_day.items() if credits}
