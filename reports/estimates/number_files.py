import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO

from django.utils.translation import gettext as _

from locations import spreadsheets
from locations.spreadsheets import TooLarge, TooManyRows, Unreadable, column_name, read_rows
from reports.estimates.number_lists import (
    MB,
    SCREEN_LIMITS,
    Fault,
    Limits,
    NumberList,
    OnProgress,
    TooManyNumbers,
    e164,
    ignore_progress,
    parse_column,
    printable,
)

MAX_COLUMNS = 100
TEXTS_A_ROW, TAGS_A_TEXT = 12, 4  # that differ, on average; <si><t> and their ends
SAMPLE_ROWS = 200  # rows to guess the column of the numbers from
PHONE_HEADING = re.compile(r"phone|mobile|cell|tel|number|whatsapp|sms|móvil|celular", re.I)

Rows = Iterator[tuple[int, list[str]]]


class NoSuchColumn(Unreadable):
    """No column has that heading; `headings` are those of the file."""

    def __init__(self, column: str, headings: list[str]) -> None:
        super().__init__(_("The file has no column “%s”: choose another one.") % printable(column))
        self.headings = headings


def parse_upload(
    file: IO[bytes],
    *,
    column: str = "",
    without_plus: bool = False,
    limits: Limits = SCREEN_LIMITS,
    on_progress: OnProgress = ignore_progress,
) -> NumberList:
    """The numbers under `column`, or the likeliest one. Raises Unreadable and TooManyNumbers."""
    content = file.read(limits.file_bytes + 1)
    _check_bytes(content, limits)
    rows = _rows(content, limits)
    rows = ((line, row) for line, row in rows if any(cell.strip() for cell in row))
    first = list(islice(rows, SAMPLE_ROWS))
    if not first:
        raise Unreadable(_("The file is empty: its first sheet has no cell with anything in it."))
    headings, has_headings = _headings(first, without_plus)
    body = first[1:] if has_headings else first
    index = _named(column, headings) if column else _likeliest(body, headings, without_plus)
    numbers = parse_column(
        chain(body, rows), index, without_plus=without_plus, limits=limits, on_progress=on_progress
    )
    numbers.column, numbers.headings = headings[index], headings
    return numbers


def check_size(content: bytes, limits: Limits) -> None:
    _check_bytes(content, limits)
    spreadsheets.unpacked_size(content, _table_limits(limits))


def _check_bytes(content: bytes, limits: Limits) -> None:
    if len(content) > limits.file_bytes:
        raise TooLarge(
            _(
                "The file is larger than %s MB: keep only the column of the numbers, or upload "
                "it in parts."
            )
            % (limits.file_bytes // MB)
        )


def _table_limits(limits: Limits) -> spreadsheets.TableLimits:
    return spreadsheets.TableLimits(
        unpacked_bytes=limits.unpacked_bytes,
        parts=500,
        tags=200_000,
        text_tags=limits.numbers * TEXTS_A_ROW * TAGS_A_TEXT,
        rows=limits.lines,
        columns=MAX_COLUMNS,
    )


def _rows(content: bytes, limits: Limits) -> Rows:
    try:
        yield from read_rows(content, _table_limits(limits))
    except TooManyRows as too_many:
        raise TooManyNumbers from too_many


# --- Which column -----------------------------------------------------------------------------


def _headings(first: list[tuple[int, list[str]]], without_plus: bool) -> tuple[list[str], bool]:
    """Column names, and whether the first row has them: a row with a number has none."""
    width = max(len(row) for _line, row in first)
    row = first[0][1]
    numbers = any(not isinstance(e164(cell, without_plus=without_plus), Fault) for cell in row)
    names = [] if numbers else [printable(cell) for cell in row]
    names += [""] * (width - len(names))
    return [name or column_name(n) for n, name in enumerate(names)], not numbers


def _named(column: str, headings: list[str]) -> int:
    names = [heading.casefold() for heading in headings]
    if column.strip().casefold() not in names:
        raise NoSuchColumn(column, headings)
    return names.index(column.strip().casefold())


def _likeliest(body: list[tuple[int, list[str]]], headings: list[str], without_plus: bool) -> int:
    def score(index: int) -> tuple[int, bool, int]:
        cells = [row[index] for _line, row in body if index < len(row)]
        read = [e164(cell, without_plus=without_plus) for cell in cells]
        numbers = sum(not isinstance(each, Fault) for each in read)
        nearly = sum(each == Fault.NO_COUNTRY_CODE for each in read)
        return 2 * numbers + nearly, bool(PHONE_HEADING.search(headings[index])), -index

    return max(range(len(headings)), key=score)
