"""Workbooks that were built: they agree with the daily table, and hold what the ledger holds."""

import contextlib
import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.models import Balance
from ledger.reading.daily_usage import daily_usage
from locations.models.jobs import JobState
from reports.models import ReportKind
from tests.reports import traffic
from tests.reports.exports.builds import build, summary, table
from tests.reports.traffic import NOW, files, utc

pytestmark = pytest.mark.usefixtures("shared_clone", "no_folder_is_left")


def test_the_international_workbook_agrees_with_the_daily_table(place: Any, media: Path) -> None:
    report = traffic.report(place)
    assert build(report)
    report.refresh_from_db()
    [path] = files(media)
    assert report.state == JobState.READY
    assert (media / report.file, report.size_bytes) == (path, path.stat().st_size)
    assert (report.rows_done, report.rows_total, report.attempts) == (40, 40, 1)
    assert (report.started_at, report.finished_at, report.leased_until) == (NOW, NOW, None)

    moved = daily_usage(place, report.first_on, report.last_on).total
    assert report.credits == -(moved.text + moved.voice) == 10 * (7 + 6 + 2 * 29)
    heading, *messages = table(path, "Messages")
    assert heading[-1] == "Credits used"
    assert sum(row[-1] for row in messages) == report.credits
    with contextlib.closing(openpyxl.load_workbook(path, read_only=True)) as book:
        read = book["Messages"].iter_rows(min_row=2, values_only=True)
        assert sum(row[-1] for row in read) == report.credits
    assert summary(path) == {
        "International Messages": "",
        "Account": "Harbor Hotels",
        "Location": "Harbor",
        "First day": dt.date(2026, 5, 1),
        "Last day (included)": dt.date(2026, 5, 31),
        "Filters": "None",
        "Time zone": "America/Chicago",
        "Built at (America/Chicago)": dt.datetime(2026, 5, 20, 7, 0),
        "As of ledger entry number": Balance.objects.get(location=place).last_number,
        "Messages charged": 30,
        "Messages refused": 10,
        "Credits of the messages": report.credits,
        "Credits on the daily table": report.credits,
        "They agree": "Yes",
    }


def test_the_chat_workbook_agrees_with_the_daily_table(place: Any, media: Path) -> None:
    report = traffic.report(place, ReportKind.CHAT)
    assert build(report)
    report.refresh_from_db()
    [path] = files(media)
    assert report.credits == 5 * 2 + 5 * 4
    assert report.credits == -daily_usage(place, report.first_on, report.last_on).total.chat
    messages = table(path, "Messages")[1:]
    assert [row[1] for row in messages] == [f"Message {day}" for day in range(1, 11)]
    assert sum(row[5] for row in messages) == report.credits
    assert summary(path)["Chat Messages"] == ""
    assert summary(path)["They agree"] == "Yes"


def test_a_location_without_anything_gets_an_empty_workbook(media: Path) -> None:
    report = traffic.report(traffic.location())
    assert build(report)
    [path] = files(media)
    assert len(table(path, "Messages")) == 1
    assert summary(path)["As of ledger entry number"] == 0
    report.refresh_from_db()
    assert (report.state, report.credits, report.rows_done) == (JobState.READY, 0, 0)


def test_many_rows_go_on_in_further_sheets(place: Any, media: Path) -> None:
    assert build(traffic.report(place), rows_per_sheet=15)
    [path] = files(media)
    names = ["Messages", "Messages 2", "Messages 3"]
    assert [len(table(path, name)) - 1 for name in names] == [15, 15, 10]


def test_the_name_of_the_file_cannot_be_guessed(place: Any, media: Path) -> None:
    report = traffic.report(place)
    build(report)
    [path] = files(media)
    assert path.parent == media / "reports"
    assert str(report.pk) not in str(path)
    assert uuid.UUID(path.stem).version == 4


def test_hostile_text_from_the_ledger_stays_text(media: Path) -> None:
    place = traffic.location(name="=Harbor")
    texts = ["=1+1", "#N/A", "_x0041_", "bell\x07", "שלום", "😀" * 20_000, "@SUM(A1)", "a\r\nb"]
    for second, text in enumerate(texts):
        traffic.chat(place, utc(f"2026-05-04 10:00:0{second}"), text)
    assert build(traffic.report(place, ReportKind.CHAT))
    [path] = files(media)
    shown = ["=1+1", "#N/A", "_x0041_", "bell\ufffd", "שלום", "😀" * 16_380 + "… (cut)"]
    shown += ["@SUM(A1)", "a\nb"]
    assert [row[1] for row in table(path, "Messages")[1:]] == shown
    sheet = openpyxl.load_workbook(path)["Messages"]
    assert [sheet.cell(row, 2).value for row in range(2, 10)] == shown
    assert {sheet.cell(row, 2).data_type for row in range(2, 10)} == {"s"}
    assert summary(path)["Location"] == "=Harbor"
