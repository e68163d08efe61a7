"""Traffic files: CSV in, checked events out, every bad line named before anything is written."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ValidationError

from ledger.engine.charge_requests import Chat, International, check_broadcast, check_chat
from ledger.engine.funding import MOST_CREDITS
from ledger.engine.posting import BadInput, check_text
from ledger.replay.events import Broadcast, ChatEvent, Event, Place, Purchase, Traffic, in_order
from locations.models import Account, Channel, ChatInbox, Contract, Location

T = TypeVar("T")
Row = dict[str, str]
Numbered = list[tuple[int, T]]  # with the lines of the file on which they begin
Member = tuple[str, str, str, International]  # location, broadcast id, channel, message

PLACE_COLUMNS = (
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
# The file's other columns are the recipient's profile.
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
# int() takes "１２３", "1_000" and " 1" too.
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
MESSAGE_NUMBER = re.compile(r"messages\[([0-9]+)\]\.(.+)")


class BadTraffic(Exception):
    """The files cannot be replayed; `problems` name each file, line and fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_folder(folder: Path) -> Traffic:
    """Read locations, purchases and traffic from a folder's CSV files; raises BadTraffic."""
    problems: list[str] = []
    places = _read(folder / "locations.csv", PLACE_COLUMNS, _place, problems)
    _refuse_twice(places, "locations.csv", lambda p: ("location", p.name), problems)
    if not places and not problems:
        problems.append("locations.csv: there is no location in it")
    # Where locations.csv itself is bad, every line of the others would be of an unknown one.
    known = None if problems else {place.name for _, place in places}

    def read(name: str, columns: Sequence[str], parse: Callable[[Row], T]) -> Numbered[T]:
        return _read(folder / name, columns, parse, problems, known)

    purchases = read("purchases.csv", PURCHASE_COLUMNS, _purchase)
    _refuse_twice(
        purchases, "purchases.csv", lambda p: ("reference", p.location, p.reference), problems
    )
    members = read("traffic_international.csv", MESSAGE_COLUMNS, _member)
    chats = read("traffic_chat.csv", CHAT_COLUMNS, _chat)
    _refuse_twice(chats, "traffic_chat.csv", lambda c: ("external_id", c.location, c.id), problems)
    broadcasts = _broadcasts(members, problems)
    if problems:
        raise BadTraffic(problems)
    events: list[Event] = [event for _, event in purchases]
    events += broadcasts
    events += [event for _, event in chats]
    return Traffic(tuple(place for _, place in places), in_order(events))


def instant(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} lacks its offset from UTC, such as Z")
    return at


# --- Files ----------------------------------------------------------------------------------


def _read(
    path: Path,
    columns: Sequence[str],
    parse: Callable[[Row], T],
    problems: list[str],
    known: set[str] | None = None,
) -> Numbered[T]:
    parsed = []
    for line, row in _rows(path, columns, problems):
        try:
            if known is not None and row["location"] not in known:
                raise ValueError(f"locations.csv has no location {row['location']!r}")
            parsed.append((line, parse(row)))
        except BadInput as fault:
            problems.append(f"{path.name} line {line}: {_said(fault)}")
        except ValidationError as fault:
            problems.append(f"{path.name} line {line}: {' '.join(fault.messages)}")
        except ValueError as fault:
            problems.append(f"{path.name} line {line}: {fault}")
    return parsed


def _rows(path: Path, columns: Sequence[str], problems: list[str]) -> Iterator[tuple[int, Row]]:
    """The rows of a file, each with the line on which it begins; empty lines are let pass."""
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
    except OSError as fault:
        problems.append(f"{path.name}: {fault.strerror}")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: is not UTF-8")
    except csv.Error as fault:
        problems.append(f"{path.name} line {line}: {fault}")


def _refuse_twice(
    parsed: Numbered[T], file: str, identity: Callable[[T], tuple[str, ...]], problems: list[str]
) -> None:
    """What has the same identity (a column's name, then values) may stand in a file once."""
    first: dict[tuple[str, ...], int] = {}
    for line, thing in parsed:
        column, *_, value = key = identity(thing)
        if first.setdefault(key, line) != line:
            problems.append(f"{file} line {line}: {column} {value!r} is on line {first[key]} too")


def _said(fault: BadInput) -> str:
    """`messages[0].phone` of a request is a column of the file's line."""
    numbered = MESSAGE_NUMBER.fullmatch(fault.field)
    return f"{numbered[2] if numbered else fault.field} {fault.message}".rstrip(".")


# --- Lines ----------------------------------------------------------------------------------


def _whole(row: Row, column: str) -> int:
    if not WHOLE_NUMBER.fullmatch(row[column]):
        raise ValueError(f"{column}: {row[column]!r} is no whole number")
    return int(row[column])


def _instant(row: Row, column: str) -> dt.datetime:
    try:
        return instant(row[column])
    except ValueError as fault:
        raise ValueError(f"{column}: {fault}") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split("|") if name)


def _place(row: Row) -> Place:
    try:
        starts_on = dt.date.fromisoformat(row["contract_starts_on"])
    except ValueError as fault:
        raise ValueError(f"contract_starts_on: {fault}") from None
    place = Place(
        account=row["account"],
        name=row["location"],
        time_zone=row["timezone"],
        contract_starts_on=starts_on,
        term_months=_whole(row, "term_months"),
        included_credits=_whole(row, "included_credits"),
        overdraft_limit=_whole(row, "overdraft_limit"),
        profile_fields=_names(row["profile_fields"]),
        inboxes=_names(row["inboxes"]),
    )
    Account(name=place.account).clean_fields()
    Location(
        name=place.name, time_zone=place.time_zone, profile_fields=list(place.profile_fields)
    ).clean_fields(exclude={"account"})
    for inbox in place.inboxes:
        ChatInbox(name=inbox).clean_fields(exclude={"location"})
    Contract(
        starts_on=starts_on,
        term_months=place.term_months,
        included_credits=place.included_credits,
        overdraft_limit=place.overdraft_limit,
    ).clean_fields(exclude={"location"})
    return place


def _purchase(row: Row) -> Purchase:
    check_text("reference", row["reference"], longest=120, required=True)
    credits = _whole(row, "credits")
    if not 1 <= credits <= MOST_CREDITS:
        raise BadInput("credits", f"must be a whole number from 1 to {MOST_CREDITS:,}.")
    return Purchase(row["location"], _instant(row, "purchased_at"), credits, row["reference"])


def _member(row: Row) -> Member:
    check_text("broadcast_id", row["broadcast_id"], longest=120, required=True)
    channel = row["channel"]
    message = International(
        external_id=row["external_id"],
        phone=row["to"],
        sent_at=_instant(row, "sent_at"),
        seconds=_whole(row, "seconds") if row["seconds"] or channel == Channel.VOICE else None,
        status=row["status"],
        status_detail=row["status_detail"],
        status_at=_instant(row, "status_at") if row["status_at"] else None,
        profile={name: value for name, value in row.items() if name not in MESSAGE_COLUMNS},
    )
    check_broadcast(channel, [message], at=message.sent_at)
    return row["location"], row["broadcast_id"], channel, message


def _broadcasts(members: Numbered[Member], problems: list[str]) -> list[Broadcast]:
    """The messages of each location's broadcast together, and checked together."""
    lines: dict[tuple[str, str], Numbered[tuple[str, International]]] = {}
    for line, (location, broadcast_id, channel, message) in members:
        lines.setdefault((location, broadcast_id), []).append((line, (channel, message)))
    broadcasts = []
    for (location, broadcast_id), numbered in lines.items():
        where = f"broadcast {broadcast_id}"
        channel = numbered[0][1][0]
        for line, (other, _) in numbered:
            if other != channel:
                problems.append(
                    f"traffic_international.csv line {line}: {where} has texts and calls: "
                    "it must be one channel"
                )
        messages = tuple(message for _, (other, message) in numbered if other == channel)
        broadcast = Broadcast(location, broadcast_id, channel, messages)
        try:
            check_broadcast(channel, messages, at=broadcast.at)
        except BadInput as fault:
            number = MESSAGE_NUMBER.fullmatch(fault.field)
            line = [line for line, (c, _) in numbered if c == channel][
                int(number[1]) if number else 0
            ]
            problems.append(f"traffic_international.csv line {line}: {where}: {_said(fault)}")
        broadcasts.append(broadcast)
    return broadcasts


def _chat(row: Row) -> ChatEvent:
    if row["has_image"] not in ("yes", "no"):
        raise ValueError(f"has_image: {row['has_image']!r} is not yes or no")
    message = Chat(
        external_id=row["external_id"],
        inbox=row["inbox"],
        direction=row["direction"].lower(),
        phone=row["phone"],
        content=row["content"],
        has_image=row["has_image"] == "yes",
        sent_at=_instant(row, "sent_at"),
    )
    check_chat([message], at=message.sent_at)
    return ChatEvent(row["location"], (message,))
