import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import phonenumbers
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.formatting.countries import SATELLITE
from locations.models import CarrierType, Channel

REQUIRED_COLUMNS = ("country", "carrier_type", "channel", "prefix", "credits")
OPTIONAL_COLUMNS = ("first_seconds", "following_seconds")
SATELLITE_CODES = tuple(
    str(code)
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    if SATELLITE in regions
)
MAX_CREDITS = 1_000_000
MAX_SECONDS = 3600
DEFAULT_SECONDS = 60
MAX_BYTES = 10 * 1024 * 1024  # some 400,000 lines

# int() takes "１２３", "1_000", " 1" and "+1", too.
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,6}")
PREFIX = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    line: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(reason)s") % {"line": self.line, "reason": self.reason}


class RateCardError(Exception):
    pass


class BadRateCard(RateCardError):
    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class RateRow:
    line: int
    country: str
    carrier_type: str
    channel: str
    prefix: str
    credits: int
    first_seconds: int = DEFAULT_SECONDS
    following_seconds: int = DEFAULT_SECONDS
    merged: int = 1
    lowest: int | None = None
    highest: int | None = None

    @property
    def destination(self) -> tuple[str, str, str, str]:
        return self.country, self.carrier_type, self.channel, self.prefix

    @property
    def terms(self) -> tuple[int, int, int]:
        return self.credits, self.first_seconds, self.following_seconds


def parse_csv(file: BinaryIO) -> list[RateRow]:
    rows, problems = parse_csv_rows(file)
    if problems:
        raise BadRateCard(problems)
    if not rows:
        raise BadRateCard([RowProblem(1, _("the file has no prices below its column names."))])
    return rows


def parse_csv_rows(file: BinaryIO) -> tuple[list[RateRow], list[RowProblem]]:
    """The prices, and the problems of other rows. Raises BadRateCard for wrong column names."""
    records = _read_records(_decode(file))
    columns = _check_header(next(records, (1, []))[1])
    rows: list[RateRow] = []
    problems: list[RowProblem] = []
    first_lines: dict[tuple[str, str, str, str], int] = {}
    try:
        for line, cells in records:
            if not any(cells):
                continue
            if len(cells) != len(columns):
                reason = ngettext(
                    "%(cells)s value, but %(columns)s columns.",
                    "%(cells)s values, but %(columns)s columns.",
                    len(cells),
                ) % {"cells": len(cells), "columns": len(columns)}
                problems.append(RowProblem(line, reason))
                continue
            row, reasons = parse_price(line, dict(zip(columns, cells, strict=True)))
            problems.extend(RowProblem(line, reason) for reason in reasons)
            if row is None:
                continue
            first = first_lines.setdefault(row.destination, line)
            if first == line:
                rows.append(row)
            else:
                reason = _("prices the same destination as line %(first)s does.") % {"first": first}
                problems.append(RowProblem(line, reason))
    except BadRateCard as broken:  # the rest of the file cannot be split into lines
        problems.extend(broken.problems)
    return rows, problems


def _decode(file: BinaryIO) -> str:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        reason = _("the file is larger than %(max_bytes)s MiB.") % {"max_bytes": MAX_BYTES // 2**20}
        raise BadRateCard([RowProblem(1, reason)])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadRateCard([RowProblem(1, _("the file is in UTF-16: save it as CSV in UTF-8."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = _("byte 0x%(byte)s is not UTF-8: save the file as CSV in UTF-8.") % {
            "byte": f"{content[error.start]:02X}"
        }
        raise BadRateCard([RowProblem(line, reason)]) from error


def _read_records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = _("cannot be read as CSV: %(error)s.") % {"error": error}
            raise BadRateCard([RowProblem(line, reason)]) from error
        yield line, [cell.strip(" ") for cell in cells]
        line = reader.line_num + 1


def _check_header(header: list[str]) -> list[str]:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise BadRateCard(
            [RowProblem(1, _("separate the columns by commas, not semicolons or tabs."))]
        )
    reasons = [
        _("there is no column %(name)s; the columns are %(needed)s and, if wanted, %(optional)s.")
        % {
            "name": quote_value(name),
            "needed": ", ".join(REQUIRED_COLUMNS),
            "optional": " and ".join(OPTIONAL_COLUMNS),
        }
        for name in header
        if name not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    ]
    reasons += [
        _("the column %(name)s is missing.") % {"name": name}
        for name in REQUIRED_COLUMNS
        if name not in header
    ]
    reasons += [
        _("the column %(name)s stands there twice.") % {"name": name}
        for name in REQUIRED_COLUMNS + OPTIONAL_COLUMNS
        if header.count(name) > 1
    ]
    if reasons:
        raise BadRateCard([RowProblem(1, reason) for reason in reasons])
    return header


def parse_price(
    line: int, cells: dict[str, str], *, max_reasons: int | None = None
) -> tuple[RateRow | None, list[str]]:
    """The price of one row, or None and what is wrong with it: at most `max_reasons`."""
    reasons = list(islice(_find_problems(cells), max_reasons))
    if reasons:
        return None, reasons
    return RateRow(
        line=line,
        country=cells["country"],
        carrier_type=cells["carrier_type"],
        channel=cells["channel"],
        prefix=cells["prefix"],
        credits=int(cells["credits"]),
        first_seconds=int(cells.get("first_seconds") or DEFAULT_SECONDS),
        following_seconds=int(cells.get("following_seconds") or DEFAULT_SECONDS),
    ), []


def _find_problems(cells: dict[str, str]) -> Iterator[str]:
    country, prefix = cells["country"], cells["prefix"]
    has_country = is_country(country)
    if not has_country:
        yield (
            _(
                "country %(country)s is no ISO 3166-1 code of two capital letters, nor "
                "%(satellite)s for satellite networks."
            )
            % {"country": quote_value(country), "satellite": SATELLITE}
        )
    if cells["carrier_type"] not in CarrierType.values:
        yield _("carrier_type %(carrier_type)s is neither mobile nor landline.") % {
            "carrier_type": quote_value(cells["carrier_type"])
        }
    if cells["channel"] not in Channel.values:
        yield _("channel %(channel)s is neither text nor voice.") % {
            "channel": quote_value(cells["channel"])
        }
    if prefix and not PREFIX.fullmatch(prefix):
        yield _("prefix %(prefix)s is not 1 to 15 digits, without + and leading zeros.") % {
            "prefix": quote_value(prefix)
        }
    elif prefix and has_country and not is_reachable(country, prefix):
        yield _(
            "prefix %(prefix)s is not one of %(country)s: no number of it begins like that."
        ) % {"prefix": prefix, "country": country}
    if not _is_whole_number(cells["credits"], 0, MAX_CREDITS):
        yield _("credits %(credits)s is no whole number from 0 to %(max_credits)s.") % {
            "credits": quote_value(cells["credits"]),
            "max_credits": number_format(MAX_CREDITS),
        }
    for name in OPTIONAL_COLUMNS:
        seconds = cells.get(name, "")
        if seconds and cells["channel"] == Channel.TEXT:
            yield _("%(name)s is for calls: leave it empty for texts.") % {"name": name}
        elif seconds and not _is_whole_number(seconds, 1, MAX_SECONDS):
            yield _("%(name)s %(seconds)s is no whole number from 1 to %(max_seconds)s.") % {
                "name": name,
                "seconds": quote_value(seconds),
                "max_seconds": number_format(MAX_SECONDS),
            }


def _is_whole_number(text: str, minimum: int, maximum: int) -> bool:
    return WHOLE_NUMBER.fullmatch(text) is not None and minimum <= int(text) <= maximum


def is_country(code: str) -> bool:
    return code == SATELLITE or code in phonenumbers.SUPPORTED_REGIONS


def is_reachable(country: str, prefix: str) -> bool:
    if country == SATELLITE:
        return any(prefix.startswith(c) or c.startswith(prefix) for c in SATELLITE_CODES)
    return prefix.startswith(str(phonenumbers.country_code_for_region(country)))


def quote_value(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:40] + "…")
