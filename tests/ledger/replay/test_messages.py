"""Output and error messages of `replay_traffic`."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.replay.csv_files import read_folder
from ledger.replay.replay import create_missing
from ledger.replay.replay import replay as replay_events
from tests.factories import make_card
from tests.ledger.replay.traffic_folder import (
    CHATS,
    LOCATIONS,
    PURCHASES,
    RATES,
    UNTIL,
    Write,
    count_rows,
    get_error,
    replay,
    run_command,
)

pytestmark = pytest.mark.django_db


def test_a_summary_of_each_location_is_printed(folder: Write):
    printed = run_command(folder(), "--until", UNTIL)
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
    numbers: list[int] = []

    def progress(events: Any) -> Any:
        for number, event in enumerate(events, 1):
            yield event
            numbers.append(number)

    replay_events(
        create_missing(traffic.locations),
        traffic.events,
        until=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        progress=progress,
    )
    assert numbers == list(range(1, len(traffic.events) + 1))


def test_a_bad_line_anywhere_leaves_the_database_empty(folder: Write):
    bad = {
        "purchases": PURCHASES.replace(",40,", ",forty,"),
        "traffic_chat": CHATS.replace("2026-02-10T12:00:00Z", "2026-02-30T12:00:00Z"),
    }
    assert get_error(folder(**bad)).splitlines() == [
        "purchases.csv line 3: credits: 'forty' is no whole number",
        "traffic_chat.csv line 5: sent_at: day is out of range for month",
    ]
    assert set(count_rows().values()) == {0}


def test_a_bad_rate_card_leaves_the_database_empty(folder: Write):
    bad = RATES.replace(",29", ",many").replace("MX,mobile,text", "MX,tin,text")
    lines = get_error(folder(rate_card=bad)).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "rate_card.csv line 2",
        "rate_card.csv line 5",
    ]
    assert set(count_rows().values()) == {0}


def test_a_missing_rate_card_is_named(folder: Write):
    assert get_error(folder(rate_card=None)) == "rate_card.csv: No such file or directory"
    assert set(count_rows().values()) == {0}


def test_a_contract_that_cannot_be_entered_leaves_the_database_empty(folder: Write):
    early = LOCATIONS.replace("2025-06-01", "1999-06-01")
    assert get_error(folder(locations=early)) == "A contract starts between 2000 and 2199."
    assert set(count_rows().values()) == {0}


def test_a_folder_that_is_not_there_is_named_by_its_files(tmp_path: Path):
    assert get_error(tmp_path / "nowhere").splitlines()[0] == (
        "locations.csv: No such file or directory"
    )


def test_an_event_that_changed_since_the_last_replay_is_refused(folder: Write):
    replay(folder())
    changed = get_error(folder(purchases=PURCHASES.replace("Z,5,", "Z,50,")))
    assert changed == "The idempotency key 'purchase:PO-1' has been used for something else."
