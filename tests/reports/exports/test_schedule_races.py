"""Several schedulers at once ask for a period once."""

import datetime as dt

import pytest

from reports.exports import schedules
from reports.models import Every, Report
from tests.databases import Clone
from tests.factories import make_location, make_member
from tests.processes import race

MADE_AT = dt.datetime(2026, 5, 15, 12, tzinfo=dt.UTC)
DUE_AT = dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC)


@pytest.mark.processes
def test_a_period_is_asked_for_once_however_many_look(cloned_database: Clone) -> None:
    place = make_location()
    reader = make_member(place)
    schedules.create_schedule(
        place,
        kind="chat",
        format="xlsx",
        every=Every.MONTH,
        recipients=[reader],
        created_by=reader,
        at=MADE_AT,
    )
    outcomes = race(ask_due, [{}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sum(outcome.value for outcome in outcomes) == 1
    assert Report.objects.count() == 1


def ask_due() -> int:
    return schedules.request_due_reports(at=DUE_AT)
