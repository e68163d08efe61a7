"""Rate card files: CSV in, checked prices out, every bad line named."""

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

NEEDED = ("country", "carrier_type", "channel", "prefix", "credits")
OPTIONAL = ("first_seconds", "following_seconds")
SATELLITE_CODES = tuple(
    str(code)
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    if SATELLITE in regions
)
MAX_CREDITS = 1_000_000
MAX_SECONDS = 3600
DEFAULT_SECONDS = 60
MAX_BYTES = 10 * 1024 * 1024  # some 400,000 lines; more is not a rate card

# int() takes "１２３", "1_000", " 1" and "+1": a price list does not.
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,6}")
PREFIX = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of the file; line 1 is the one with the column names."""

    line: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(reason)s") % {"line": self.line, "reason": self.reason}


class RateCardError(Exception):
    """A rate card that cannot be made or published; the message is for a person."""


class BadRateCard(RateCardError):
    """A file that is no rate card: every bad line, in the file's order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class RateLine:
    """One price, as checked; `line` is where it stood in the file."""

    line: int
    country: str
    carrier_type: str
    channel: str
    prefix: str
    credits: int
    first_seconds: int = DEFAULT_SECONDS
    following_seconds: int = DEFAULT_SECONDS
    merged: int = 1  # prices of the file that this one was made of
    lowest: int | None = None
    highest: int | None = None

    @property
    def destination(self) -> tuple[str, str, str, str]:
        return self.country, self.carrier_type, self.channel, self.prefix


def read_csv(file: BinaryIO) -> list[RateLine]:
    """The prices of a file in UTF-8, columns separated by commas; raises BadRateCard.

    A byte order mark at the start and empty lines are let pass: spreadsheets write both.
    """
    lines, problems = read_lines(file)
    if problems:
        raise BadRateCard(problems)
    if not lines:
        raise BadRateCard([Problem(1, _("the file has no prices below its column names."))])
    return lines


def read_lines(file: BinaryIO) -> tuple[list[RateLine], list[Problem]]:
    """The prices of a file and what is wrong with its other lines, for people to look at.

    Raises BadRateCard where its columns cannot be told.
    """
    records = _records(_text(file))
    header = next(records, (1, []))[1]
    columns = _columns(header)
    lines: list[RateLine] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    try:
        for number, cells in records:
            if not any(cells):
                continue
            if len(cells) != len(columns):
                reason = ngettext(
                    "%(cells)s value, but %(columns)s columns.",
                    "%(cells)s values, but %(columns)s columns.",
                    len(cells),
                ) % {"cells": len(cells), "columns": len(columns)}
                problems.append(Problem(number, reason))
                continue
            line, reasons = checked(number, dict(zip(columns, cells, strict=True)))
            problems.extend(Problem(number, reason) for reason in reasons)
            if line is None:
                continue
            first = seen.setdefault(line.destination, number)
            if first == number:
                lines.append(line)
            else:
                problems.append(
                    Problem(
                        number,
                        _("prices the same destination as line %(first)s does.") % {"first": first},
                    )
                )
    except BadRateCard as broken:  # the rest of the file cannot be cut into lines
        problems.extend(broken.problems)
    return lines, problems


def _text(file: BinaryIO) -> str:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadRateCard(
            [
                Problem(
                    1,
                    _("the file is larger than %(max_bytes)s MiB.")
                    % {"max_bytes": MAX_BYTES // 2**20},
                )
            ]
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadRateCard([Problem(1, _("the file is in UTF-16: save it as CSV in UTF-8."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        reason = _("byte 0x%(byte)s is not UTF-8: save the file as CSV in UTF-8.") % {
            "byte": f"{byte:02X}"
        }
        raise BadRateCard([Problem(line, reason)]) from error


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line that it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadRateCard(
                [Problem(number, _("cannot be read as CSV: %(error)s.") % {"error": error})]
            ) from error
        yield number, [cell.strip(" ") for cell in cells]
        number = reader.line_num + 1


def _columns(header: list[str]) -> list[str]:
    """The column names; raises BadRateCard naming each that is unknown, missing or doubled."""
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise BadRateCard(
            [Problem(1, _("separate the columns by commas, not semicolons or tabs."))]
        )
    problems = [
        Problem(
            1,
            _(
                "there is no column %(name)s; the columns are %(needed)s and, if wanted, "
                "%(optional)s."
            )
            % {
                "name": shown(name),
                "needed": ", ".join(NEEDED),
                "optional": " and ".join(OPTIONAL),
            },
        )
        for name in header
        if name not in NEEDED + OPTIONAL
    ]
    problems += [
        Problem(1, _("the column %(name)s is missing.") % {"name": name})
        for name in NEEDED
        if name not in header
    ]
    problems += [
        Problem(1, _("the column %(name)s stands there twice.") % {"name": name})
        for name in NEEDED + OPTIONAL
        if header.count(name) > 1
    ]
    if problems:
        raise BadRateCard(problems)
    return header


def checked(
    number: int, cells: dict[str, str], *, most: int | None = None
) -> tuple[RateLine | None, list[str]]:
    """The price of one line, or None and the reasons why it is none: all, or the first `most`."""
    reasons = list(islice(_reasons(cells), most))
    if reasons:
        return None, reasons
    return RateLine(
        line=number,
        country=cells["country"],
        carrier_type=cells["carrier_type"],
        channel=cells["channel"],
        prefix=cells["prefix"],
        credits=int(cells["credits"]),
        first_seconds=int(cells.get("first_seconds") or DEFAULT_SECONDS),
        following_seconds=int(cells.get("following_seconds") or DEFAULT_SECONDS),
    ), []


def _reasons(cells: dict[str, str]) -> Iterator[str]:
    country, prefix = cells["country"], cells["prefix"]
    known = is_country(country)
    if not known:
        yield (
            _(
                "country %(country)s is no ISO 3166-1 code of two capital letters, nor "
                "%(satellite)s for satellite networks."
            )
            % {"country": shown(country), "satellite": SATELLITE}
        )
    if cells["carrier_type"] not in CarrierType.values:
        yield _("carrier_type %(carrier_type)s is neither mobile nor landline.") % {
            "carrier_type": shown(cells["carrier_type"])
        }
    if cells["channel"] not in Channel.values:
        yield _("channel %(channel)s is neither text nor voice.") % {
            "channel": shown(cells["channel"])
        }
    if prefix and not PREFIX.fullmatch(prefix):
        yield _("prefix %(prefix)s is not 1 to 15 digits, without + and leading zeros.") % {
            "prefix": shown(prefix)
        }
    elif prefix and known and not reachable(country, prefix):
        yield _(
            "prefix %(prefix)s is not one of %(country)s: no number of it begins like that."
        ) % {"prefix": prefix, "country": country}
    if not _within(cells["credits"], 0, MAX_CREDITS):
        yield _("credits %(credits)s is no whole number from 0 to %(max_credits)s.") % {
            "credits": shown(cells["credits"]),
            "max_credits": number_format(MAX_CREDITS),
        }
    for name in OPTIONAL:
        seconds = cells.get(name, "")
        if seconds and cells["channel"] == Channel.TEXT:
            yield _("%(name)s is for calls: leave it empty for texts.") % {"name": name}
        elif seconds and not _within(seconds, 1, MAX_SECONDS):
            yield _("%(name)s %(seconds)s is no whole number from 1 to %(max_seconds)s.") % {
                "name": name,
                "seconds": shown(seconds),
                "max_seconds": number_format(MAX_SECONDS),
            }


def _within(text: str, least: int, most: int) -> bool:
    return WHOLE_NUMBER.fullmatch(text) is not None and least <= int(text) <= most


def is_country(code: str) -> bool:
    """Whether numbering metadata knows the code: ISO 3166-1, XK, or 001 for satellites."""
    return code == SATELLITE or code in phonenumbers.SUPPORTED_REGIONS


def reachable(country: str, prefix: str) -> bool:
    """Whether numbers of the country can begin with the prefix, calling code included."""
    if country == SATELLITE:
        return any(prefix.startswith(c) or c.startswith(prefix) for c in SATELLITE_CODES)
    return prefix.startswith(str(phonenumbers.country_code_for_region(country)))


def shown(value: str) -> str:
    """The value as a message can show it: cut short, control characters made visible."""
    return repr(value if len(value) <= 40 else value[:40] + "…")
