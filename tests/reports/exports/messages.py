"""The messages of a report, each by the titles of its columns."""

import datetime as dt
from typing import Any

from reports.exports.kinds import read_rows
from reports.models import ReportKind

MAY = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))


def international(place: Any, first_on: dt.date = MAY[0], last_on: dt.date = MAY[1]) -> list[dict]:
    return _read(ReportKind.INTERNATIONAL, place, first_on, last_on)


def chats(place: Any, first_on: dt.date = MAY[0], last_on: dt.date = MAY[1]) -> list[dict]:
    return _read(ReportKind.CHAT, place, first_on, last_on)


def _read(kind: str, place: Any, first_on: dt.date, last_on: dt.date) -> list[dict]:
    found = read_rows(kind, place, first_on, last_on)
    titles = [column.title.split(" (")[0] for column in found.columns]
    assert found.columns[found.credits_at].title == "Credits used"
    rows = [dict(zip(titles, row, strict=True)) for row in found.rows]
    assert len(rows) == found.messages
    return rows
