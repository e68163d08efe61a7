import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StringConstraints, WithJsonSchema

# No conversion ("3" is not 3, true is not 1) and no unknown fields.
STRICT = ConfigDict(strict=True, extra="forbid")
# PostgreSQL cannot store NUL. Lone surrogates are refused by pydantic itself.
NO_NUL = r"^[^\u0000]*$"
EARLIEST_YEAR, LATEST_YEAR = 2000, 2199
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StrictModel(BaseModel):
    model_config = STRICT


def text(max_length: int, *, min_length: int = 0) -> Any:
    return StringConstraints(min_length=min_length, max_length=max_length, pattern=NO_NUL)


def parse_instant(value: object) -> dt.datetime:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise ValueError("must be an instant like 2026-03-01T09:30:00Z, with its offset")
    try:
        instant = dt.datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("is no instant of the calendar") from None
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        raise ValueError(f"must lie in the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    return instant.astimezone(dt.UTC)


def parse_day(value: object) -> dt.date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("must be a day like 2026-03-01")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no day of the calendar") from None


Instant = Annotated[
    dt.datetime,
    PlainValidator(parse_instant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with its offset from UTC.",
            "examples": ["2026-03-01T09:30:00Z"],
        }
    ),
]
Day = Annotated[
    dt.date,
    PlainValidator(parse_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-01"]}),
]
ExternalId = Annotated[
    str, text(120, min_length=1), Field(description="Your own id; charged once in a location.")
]
Phone = Annotated[
    str,
    text(32, min_length=1),
    Field(description="E.164: + and digits. One that is not possible is refused by name."),
]
Seconds = Annotated[int, Field(ge=0, le=7 * 24 * 3600)]
Reference = Annotated[str, text(120, min_length=1)]
Reason = Annotated[str, text(500, min_length=1)]


def parse_whole_number(value: object) -> int:
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,18}", value):
        raise ValueError("must be a whole number, in digits")
    return int(value)
