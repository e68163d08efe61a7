"""`replay_traffic`: recorded traffic through the product's own functions, once."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger import charging, replaying
from ledger.models import Balance, Charge, Entry, InternationalMessage
from ledger.traffic_files import read_folder
from ledger.verifying import breaches
from locations.models import Account, ChatInbox, Contract, Location, RateCard
from tests.factories import make_card

pytestmark = pytest.mark.django_db

# Soho has 60 credits a year from 31 January; Leith none until it buys some. Leith's day ends
# at 23:00 UTC in summer, at midnight in winter.
LOCATIONS = """\
account,location,timezone,contract_starts_on,term_months,included_credits,overdraft_limit,\
profile_fields,inboxes
Pellworth Foods,Soho,UTC,2025-01-31,12,60,0,First Name|City,Front Desk
Pellworth Foods,Leith,Europe/London,2025-06-01,12,0,10,City,Kitchen|Bar
"""
RATES = """\
country,carrier_type,channel,prefix,credits
MX,mobile,text,,7
MX,mobile,voice,,12
FR,mobile,text,,6
FR,mobile,voice,,29
"""
PURCHASES = """\
location,purchased_at,credits,reference
Soho,2025-03-01T09:00:00Z,5,PO-1
Leith,2025-06-30T23:30:00Z,40,PO-1
"""
# Soho: 7 + 6, a number that is none, one without a price, a domestic one; a call of 24 at the
# very end of what its contract holds; then a broadcast that does not fit.
INTERNATIONAL = """\
location,broadcast_id,external_id,channel,to,seconds,sent_at,\
status,status_detail,status_at,First Name,City
Soho,B1,t-1,text,+522221234567,,2025-03-02T10:00:00Z,Delivered,,2025-03-02T10:00:05Z,Vera,Wien
Soho,B1,t-2,text,+33612345678,,2025-03-02T10:00:01Z,Sent,,,Ana,Graz
Soho,B1,t-3,text,+33,,2025-03-02T10:00:02Z,Failed,,,Bo,Linz
Soho,B1,t-4,text,+4915123456789,,2025-03-02T10:00:03Z,Failed,,,Cy,Linz
Soho,B1,t-5,text,+12015550123,,2025-03-02T10:00:04Z,Sent,,,Di,Linz
Soho,B2,v-1,voice,+522221234567,61,2025-03-03T10:00:00Z,Answered,,,Vera,Wien
Soho,B2,v-2,voice,+33612345678,0,2025-03-03T10:00:00Z,No Answer,,,Ana,Graz
Soho,B3,v-3,voice,+33612345678,61,2025-03-03T11:00:00Z,Failed,,,Ana,Graz
Leith,B1,t-1,text,+33612345678,,2025-07-10T10:00:00Z,Sent,,,Eve,Perth
"""
CHATS = """\
location,external_id,inbox,direction,phone,content,has_image,sent_at
Soho,c-1,Front Desk,Inbound,+12015550123,"Hi, all",no,2025-03-03T12:00:00Z
Soho,c-2,Front Desk,Outbound,+12015550123,A map,yes,2025-03-04T12:00:00Z
Leith,c-1,Bar,Inbound,+12015550123,Hello,yes,2025-06-15T12:00:00Z
Soho,c-3,Front Desk,Inbound,+12015550123,Again,no,2026-02-10T12:00:00Z
"""
FILES = {
    "locations": LOCATIONS,
    "rate_card": RATES,
    "purchases": PURCHASES,
    "traffic_international": INTERNATIONAL,
    "traffic_chat": CHATS,
}
SUMMARY = {
    "locations": {
        "Soho": {
            "contract": 58,
            "purchased": 5,
            "available": 63,
            "international_messages": 4,
            "international_credits": 37,
            "chat_messages": 3,
            "chat_credits": 8,
            "terms": 2,
            "refused": {"no_rate": 1, "bad_number": 1, "insufficient_credits": 1},
            "days": {
                "2025-01-31": {"grant": 60},
                "2025-03-01": {"purchase": 5},
                "2025-03-02": {"text": -13},
                "2025-03-03": {"voice": -24, "chat": -2},
                "2025-03-04": {"chat": -4},
                "2026-01-31": {"expiry": -17, "grant": 60},
                "2026-02-10": {"chat": -2},
            },
        },
        "Leith": {
            "contract": 0,
            "purchased": 30,
            "available": 30,
            "international_messages": 1,
            "international_credits": 6,
            "chat_messages": 1,
            "chat_credits": 4,
            "terms": 1,
            "refused": {"no_rate": 0, "bad_number": 0, "insufficient_credits": 0},
            "days": {
                "2025-06-15": {"chat": -4},
                "2025-07-01": {"purchase": 40},
                "2025-07-10": {"text": -6},
            },
        },
    }
}
UNTIL = "2026-03-01T00:00:00Z"

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes the files above, or others in their place; None: that file is not there."""

    def write(**others: str | None) -> Path:
        for name, content in (FILES | others).items():
            if content is not None:
                (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return tmp_path

    return write


def told(folder: Path, *options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("replay_traffic", str(folder), *options, stdout=out)
    return out.getvalue()


def replay(folder: Path, *, until: str = UNTIL) -> dict[str, Any]:
    """The summary that the command writes."""
    summary = folder / "summary.json"
    told(folder, "--until", until, "--json", str(summary))
    written: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return written


def refused(folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        replay(folder)
    return str(caught.value)


def rows() -> dict[str, int]:
    models = (Account, Location, Contract, ChatInbox, RateCard, Balance, Charge, Entry)
    return {model.__name__: model.objects.count() for model in models}


def days(summary: dict[str, Any], location: str) -> list[str]:
    return list(summary["locations"][location]["days"])


# --- What a replay does -----------------------------------------------------------------------


def test_the_summary_is_what_the_ledger_holds(folder: Write):
    assert replay(folder()) == SUMMARY
    assert list(breaches()) == []


def test_the_daily_rows_are_in_order_and_add_up_to_the_balance(folder: Write):
    for location in replay(folder())["locations"].values():
        assert list(location["days"]) == sorted(location["days"])
        moved = sum(sum(kinds.values()) for kinds in location["days"].values())
        assert moved == location["contract"] + location["purchased"]


def test_what_is_missing_is_created_as_the_files_say(folder: Write):
    replay(folder())
    soho, leith = Location.objects.order_by("-name")
    assert {soho.account, leith.account} == {Account.objects.get(name="Pellworth Foods")}
    assert (soho.time_zone, leith.time_zone) == ("UTC", "Europe/London")
    assert (soho.profile_fields, leith.profile_fields) == (["First Name", "City"], ["City"])
    assert [inbox.name for inbox in leith.chat_inboxes.all()] == ["Bar", "Kitchen"]
    contract = leith.contracts.get()
    assert (
        contract.starts_on,
        contract.ends_on,
        contract.term_months,
        contract.included_credits,
        contract.overdraft_limit,
    ) == (dt.date(2025, 6, 1), None, 12, 0, 10)


def test_the_rate_card_is_published_as_of_the_earliest_contract_start(folder: Write):
    replay(folder())
    card = RateCard.objects.published().get()
    assert (str(card.series), card.effective_on) == ("Standard", dt.date(2025, 1, 31))


def test_events_happen_at_their_own_instants(folder: Write):
    replay(folder())
    entries = Entry.objects.filter(location__name="Soho").order_by("number")
    assert [entry.at.isoformat() for entry in entries] == [
        "2025-01-31T00:00:00+00:00",
        "2025-03-01T09:00:00+00:00",
        "2025-03-02T10:00:00+00:00",
        "2025-03-03T10:00:00+00:00",
        "2025-03-03T12:00:00+00:00",
        "2025-03-04T12:00:00+00:00",
        "2026-01-31T00:00:00+00:00",
        "2026-01-31T00:00:00+00:00",
        "2026-02-10T12:00:00+00:00",
    ]


def test_messages_keep_what_the_files_say_of_them(folder: Write):
    replay(folder())
    message = InternationalMessage.objects.get(location__name="Soho", external_id="t-1")
    assert (message.phone, message.status, message.status_at.isoformat(), message.profile) == (
        "+522221234567",
        "Delivered",
        "2025-03-02T10:00:05+00:00",
        {"First Name": "Vera", "City": "Wien"},
    )


def test_a_second_replay_changes_nothing(folder: Write):
    first = replay(folder())
    before, messages = rows(), list(InternationalMessage.objects.values_list("pk", flat=True))
    assert replay(folder()) == first
    assert rows() == before
    assert list(InternationalMessage.objects.values_list("pk", flat=True)) == messages


def test_what_was_left_out_is_taken_up_by_a_later_replay(folder: Write):
    replay(folder(), until="2025-03-02T12:00:00Z")
    assert replay(folder()) == SUMMARY


def test_a_replay_that_broke_off_is_completed_by_the_next(
    folder: Write, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any, **options: Any) -> None:
        raise ConnectionError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(charging, "charge_chat", broken)
        with pytest.raises(ConnectionError):
            replay(folder())
    assert replay(folder()) == SUMMARY


# --- Until ------------------------------------------------------------------------------------


def test_what_is_later_than_until_is_left_out(folder: Write):
    summary = replay(folder(), until="2025-03-03T10:00:00Z")
    assert days(summary, "Soho") == ["2025-01-31", "2025-03-01", "2025-03-02", "2025-03-03"]
    assert summary["locations"]["Soho"]["days"]["2025-03-03"] == {"voice": -24}
    assert days(summary, "Leith") == []


def test_renewals_up_to_until_are_made_up_without_later_events(folder: Write):
    summary = replay(folder(), until="2028-02-01T00:00:00Z")
    late = {
        day: kinds for day, kinds in summary["locations"]["Soho"]["days"].items() if day > "2026-03"
    }
    assert late == {
        "2027-01-31": {"expiry": -58, "grant": 60},
        "2028-01-31": {"expiry": -60, "grant": 60},
    }
    assert summary["locations"]["Soho"]["terms"] == 4


def test_a_renewal_on_the_very_instant_of_until_is_made(folder: Write):
    assert days(replay(folder(), until="2026-01-30T23:59:59Z"), "Soho")[-1] == "2025-03-04"
    assert days(replay(folder(), until="2026-01-31T00:00:00Z"), "Soho")[-1] == "2026-01-31"


def test_without_until_everything_by_now_is_replayed(folder: Write, time_machine: Any):
    time_machine.move_to(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tick=False)
    summary = folder() / "summary.json"
    told(folder(), "--json", str(summary))
    assert json.loads(summary.read_text(encoding="utf-8")) == SUMMARY


@pytest.mark.parametrize("until", ["2026-03-01", "2026-03-01T00:00:00", "tomorrow"])
def test_until_is_an_instant_with_its_offset(folder: Write, until: str):
    with pytest.raises(CommandError, match="argument --until"):
        told(folder(), "--until", until)


# --- What is printed --------------------------------------------------------------------------


def test_a_summary_of_each_location_is_printed(folder: Write):
    printed = told(folder(), "--until", UNTIL)
    assert [line.split() for line in printed.splitlines()] == [
        ["Soho", "Leith"],
        ["international", "messages", "4", "1"],
        ["international", "credits", "37", "6"],
        ["chat", "messages", "3", "1"],
        ["chat", "credits", "8", "4"],
        ["refused:", "no", "rate", "1", "0"],
        ["refused:", "bad", "number", "1", "0"],
        ["refused:", "insufficient", "credits", "1", "0"],
        ["terms", "granted", "2", "1"],
        ["contract", "credits", "58", "0"],
        ["purchased", "credits", "5", "30"],
        ["available", "credits", "63", "30"],
    ]


def test_progress_is_shown_by_the_event(folder: Write):
    traffic = read_folder(folder())
    make_card(effective_on=dt.date(2025, 1, 31))
    seen: list[int] = []

    def progress(events: Any) -> Any:
        for number, event in enumerate(events, 1):
            yield event
            seen.append(number)

    replaying.replay(
        replaying.create_missing(traffic.places),
        traffic.events,
        until=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        progress=progress,
    )
    assert seen == list(range(1, len(traffic.events) + 1))


# --- Bad files: nothing is half-written -------------------------------------------------------


def test_a_bad_line_anywhere_leaves_the_database_empty(folder: Write):
    bad = {
        "purchases": PURCHASES.replace(",40,", ",forty,"),
        "traffic_chat": CHATS.replace("2026-02-10T12:00:00Z", "2026-02-30T12:00:00Z"),
    }
    assert refused(folder(**bad)).splitlines() == [
        "purchases.csv line 3: credits: 'forty' is no whole number",
        "traffic_chat.csv line 5: sent_at: day is out of range for month",
    ]
    assert set(rows().values()) == {0}


def test_a_bad_rate_card_leaves_the_database_empty(folder: Write):
    bad = RATES.replace(",29", ",many").replace("MX,mobile,text", "MX,tin,text")
    lines = refused(folder(rate_card=bad)).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "rate_card.csv line 2",
        "rate_card.csv line 5",
    ]
    assert set(rows().values()) == {0}


def test_a_missing_rate_card_is_named(folder: Write):
    assert refused(folder(rate_card=None)) == "rate_card.csv: No such file or directory"
    assert set(rows().values()) == {0}


def test_a_contract_that_cannot_be_entered_leaves_the_database_empty(folder: Write):
    early = LOCATIONS.replace("2025-06-01", "1999-06-01")
    assert refused(folder(locations=early)) == "A contract starts between 2000 and 2199."
    assert set(rows().values()) == {0}


def test_a_folder_that_is_not_there_is_named_by_its_files(tmp_path: Path):
    assert refused(tmp_path / "nowhere").splitlines()[0] == (
        "locations.csv: No such file or directory"
    )


def test_an_event_that_changed_since_the_last_replay_is_refused(folder: Write):
    replay(folder())
    changed = refused(folder(purchases=PURCHASES.replace("Z,5,", "Z,50,")))
    assert changed == "The idempotency key 'purchase:PO-1' has been used for something else."
