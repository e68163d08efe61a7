"""Read traffic files. Every bad line is reported before anything is written."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ValidationError

from ledger.engine.charge_requests import (
    ChatRequest,
    InternationalRequest,
    check_broadcast,
    check_chat,
)
from ledger.engine.funding import MAX_CREDITS
from ledger.engine.posting import BadInput, check_text
from ledger.replay.events import (
    Event,
    RecordedBroadcast,
    RecordedChat,
    RecordedLocation,
    RecordedPurchase,
    Traffic,
    sort_events,
)
from locations.models import Account, Channel, ChatInbox, Contract, Location

T = TypeVar("T")
Row = dict[str, str]
Numbered = list[tuple[int, T]]  # with the line number on which each begins
BroadcastMessage = tuple[
    str, str, str, InternationalRequest
]  # location, broadcast id, channel, message

LOCATION_COLUMNS = (
    "account",
    "location",
    "timezone",
    "contract_starts_on",
    "term_months",
    "included_credits",
    "overdraft_limit",
    "profile_fields",
    "inboxes",
)
PURCHASE_COLUMNS = ("location", "purchased_at", "credits", "reference")
# All other columns are the recipient's profile.
MESSAGE_COLUMNS = (
    "location",
    "broadcast_id",
    "external_id",
    "channel",
    "to",
    "seconds",
    "sent_at",
    "status",
    "status_detail",
    "status_at",
)
CHAT_COLUMNS = (
    "location",
    "external_id",
    "inbox",
    "direction",
    "phone",
    "content",
    "has_image",
    "sent_at",
)
# int() accepts "１２３", "1_000" and " 1" too.
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
MESSAGE_NUMBER = re.compile(r"messages\[([0-9]+)\]\.(.+)")


class TrafficError(Exception):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_folder(folder: Path) -> Traffic:
    """Read locations, purchases and messages from CSV files; raises TrafficError."""
    problems: list[str] = []
    locations = _read(folder / "locations.csv", LOCATION_COLUMNS, _parse_location, problems)
    _reject_duplicates(locations, "locations.csv", lambda row: ("location", row.name), problems)
    if not locations and not problems:
        problems.append("locations.csv: there is no location in it")
    # If locations.csv is bad, do not report every other line as of an unknown location.
    names = None if problems else {location.name for _, location in locations}

    def read(file: str, columns: Sequence[str], parse: Callable[[Row], T]) -> Numbered[T]:
        return _read(folder / file, columns, parse, problems, names)

    purchases = read("purchases.csv", PURCHASE_COLUMNS, _parse_purchase)
    _reject_duplicates(
        purchases, "purchases.csv", lambda row: ("reference", row.location, row.reference), problems
    )
    messages = read("traffic_international.csv", MESSAGE_COLUMNS, _parse_message)
    chats = read("traffic_chat.csv", CHAT_COLUMNS, _parse_chat)
    _reject_duplicates(
        chats, "traffic_chat.csv", lambda row: ("external_id", row.location, row.id), problems
    )
    broadcasts = _group_broadcasts(messages, problems)
    if problems:
        raise TrafficError(problems)
    events: list[Event] = [event for _, event in purchases]
    events += broadcasts
    events += [event for _, event in chats]
    return Traffic(tuple(location for _, location in locations), sort_events(events))


def parse_instant(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} lacks its offset from UTC, such as Z")
    return at


def _read(
    path: Path,
    columns: Sequence[str],
    parse: Callable[[Row], T],
    problems: list[str],
    location_names: set[str] | None = None,
) -> Numbered[T]:
    parsed = []
    for line, row in _rows(path, columns, problems):
        try:
            if location_names is not None and row["location"] not in location_names:
                raise ValueError(f"locations.csv has no location {row['location']!r}")
            parsed.append((line, parse(row)))
        except BadInput as error:
            problems.append(f"{path.name} line {line}: {_format_error(error)}")
        except ValidationError as error:
            problems.append(f"{path.name} line {line}: {' '.join(error.messages)}")
        except ValueError as error:
            problems.append(f"{path.name} line {line}: {error}")
    return parsed


def _rows(path: Path, columns: Sequence[str], problems: list[str]) -> Iterator[tuple[int, Row]]:
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if missing := [name for name in columns if name not in header]:
                problems.append(f"{path.name} line 1: there is no column {', '.join(missing)}")
                return
            if len(set(header)) < len(header):
                problems.append(f"{path.name} line 1: a column stands twice")
                return
            line = reader.line_num + 1
            for cells in reader:
                if any("\x00" in cell for cell in cells):
                    problems.append(f"{path.name} line {line}: contains a NUL character")
                elif cells and len(cells) != len(header):
                    problems.append(
                        f"{path.name} line {line}: {len(cells)} values, but {len(header)} columns"
                    )
                elif cells:
                    yield line, dict(zip(header, cells, strict=True))
                line = reader.line_num + 1
    except OSError as error:
        problems.append(f"{path.name}: {error.strerror}")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: is not UTF-8")
    except csv.Error as error:
        problems.append(f"{path.name} line {line}: {error}")


def _reject_duplicates(
    parsed: Numbered[T], file: str, identity: Callable[[T], tuple[str, ...]], problems: list[str]
) -> None:
    """`identity` returns the column to report, then the values that must be unique."""
    first: dict[tuple[str, ...], int] = {}
    for line, record in parsed:
        column, *_, value = key = identity(record)
        if first.setdefault(key, line) != line:
            problems.append(f"{file} line {line}: {column} {value!r} is on line {first[key]} too")


def _format_error(error: BadInput) -> str:
    numbered = MESSAGE_NUMBER.fullmatch(error.field)
    return f"{numbered[2] if numbered else error.field} {error.message}".rstrip(".")


def _parse_int(row: Row, column: str) -> int:
    if not WHOLE_NUMBER.fullmatch(row[column]):
        raise ValueError(f"{column}: {row[column]!r} is no whole number")
    return int(row[column])


def _parse_instant(row: Row, column: str) -> dt.datetime:
    try:
        return parse_instant(row[column])
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split("|") if name)


def _parse_location(row: Row) -> RecordedLocation:
    try:
        starts_on = dt.date.fromisoformat(row["contract_starts_on"])
    except ValueError as error:
        raise ValueError(f"contract_starts_on: {error}") from None
    record = RecordedLocation(
        account=row["account"],
        name=row["location"],
        time_zone=row["timezone"],
        contract_starts_on=starts_on,
        term_months=_parse_int(row, "term_months"),
        included_credits=_parse_int(row, "included_credits"),
        overdraft_limit=_parse_int(row, "overdraft_limit"),
        profile_fields=_split_names(row["profile_fields"]),
        inboxes=_split_names(row["inboxes"]),
    )
    Account(name=record.account).clean_fields()
    Location(
        name=record.name, time_zone=record.time_zone, profile_fields=list(record.profile_fields)
    ).clean_fields(exclude={"account"})
    for inbox in record.inboxes:
        ChatInbox(name=inbox).clean_fields(exclude={"location"})
    Contract(
        starts_on=starts_on,
        term_months=record.term_months,
        included_credits=record.included_credits,
        overdraft_limit=record.overdraft_limit,
    ).clean_fields(exclude={"location"})
    return record


def _parse_purchase(row: Row) -> RecordedPurchase:
    check_text("reference", row["reference"], max_length=120, required=True)
    credits = _parse_int(row, "credits")
    if not 1 <= credits <= MAX_CREDITS:
        raise BadInput("credits", f"must be a whole number from 1 to {MAX_CREDITS:,}.")
    return RecordedPurchase(
        row["location"], _parse_instant(row, "purchased_at"), credits, row["reference"]
    )


def _parse_message(row: Row) -> BroadcastMessage:
    check_text("broadcast_id", row["broadcast_id"], max_length=120, required=True)
    channel = row["channel"]
    message = InternationalRequest(
        external_id=row["external_id"],
        phone=row["to"],
        sent_at=_parse_instant(row, "sent_at"),
        seconds=_parse_int(row, "seconds") if row["seconds"] or channel == Channel.VOICE else None,
        status=row["status"],
        status_detail=row["status_detail"],
        status_at=_parse_instant(row, "status_at") if row["status_at"] else None,
        profile={name: value for name, value in row.items() if name not in MESSAGE_COLUMNS},
    )
    check_broadcast(channel, [message], at=message.sent_at)
    return row["location"], row["broadcast_id"], channel, message


def _group_broadcasts(
    messages: Numbered[BroadcastMessage], problems: list[str]
) -> list[RecordedBroadcast]:
    lines: dict[tuple[str, str], Numbered[tuple[str, InternationalRequest]]] = {}
    for line, (location, broadcast_id, channel, message) in messages:
        lines.setdefault((location, broadcast_id), []).append((line, (channel, message)))
    broadcasts = []
    for (location, broadcast_id), numbered in lines.items():
        label = f"broadcast {broadcast_id}"
        channel = numbered[0][1][0]
        for line, (other, _) in numbered:
            if other != channel:
                problems.append(
                    f"traffic_international.csv line {line}: {label} has texts and calls: "
                    "it must be one channel"
                )
        same_channel = tuple(message for _, (other, message) in numbered if other == channel)
        broadcast = RecordedBroadcast(location, broadcast_id, channel, same_channel)
        try:
            check_broadcast(channel, same_channel, at=broadcast.at)
        except BadInput as error:
            number = MESSAGE_NUMBER.fullmatch(error.field)
            line = [line for line, (c, _) in numbered if c == channel][
                int(number[1]) if number else 0
            ]
            problems.append(
                f"traffic_international.csv line {line}: {label}: {_format_error(error)}"
            )
        broadcasts.append(broadcast)
    return broadcasts


def _parse_chat(row: Row) -> RecordedChat:
    if row["has_image"] not in ("yes", "no"):
        raise ValueError(f"has_image: {row['has_image']!r} is not yes or no")
    message = ChatRequest(
        external_id=row["external_id"],
        inbox=row["inbox"],
        direction=row["direction"].lower(),
        phone=row["phone"],
        content=row["content"],
        has_image=row["has_image"] == "yes",
        sent_at=_parse_instant(row, "sent_at"),
    )
    check_chat([message], at=message.sent_at)
    return RecordedChat(row["location"], (message,))
