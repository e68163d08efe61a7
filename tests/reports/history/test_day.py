"""What the page of one day says."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import adjust, purchase
from ledger.engine.renewals import renew
from ledger.engine.reversals import reverse
from ledger.models import Entry
from ledger.reading.daily_usage import daily_usage
from locations.models import Location, Role
from reports.history.day import ROWS_PER_PAGE, read_day
from tests.factories import (
    DOMESTIC,
    FRANCE,
    GERMANY,
    MEXICO,
    call,
    chat,
    key,
    make_card,
    make_location,
    make_member,
    make_user,
    text,
)
from tests.queries import count_queries
from tests.reports.pages import links, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def open_day(client: Client) -> Callable[..., Any]:
    def opened(location: Location, day: dt.date = TODAY, **asked: Any) -> Any:
        client.force_login(make_member(location))
        answer = client.get(f"/locations/{location.pk}/credit-usage/days/{day}/", asked)
        assert answer.status_code == 200
        return answer

    return opened


def sent(location: Location, *messages: Any, at: dt.datetime = NOW, channel: str = "text") -> int:
    sent_by_then = [replace(message, sent_at=min(message.sent_at, at)) for message in messages]
    return charge_broadcast(location.pk, channel, sent_by_then, key=key(), at=at).charge_id


def test_a_day_of_every_kind(open_day: Callable[..., Any]) -> None:
    make_card()
    location = make_location(included=100, starts_on=TODAY)
    ada = make_user(full_name="Ada Staff")
    purchase(location.pk, 50, key=key(), at=NOW - 4 * HOUR, reference="INV-7", created_by=ada)
    first = sent(location, text(), text(), text(FRANCE), at=NOW - 3 * HOUR)
    sent(location, call(61), at=NOW - 2 * HOUR, channel="voice")
    charge_chat(location.pk, [chat("inbound", sent_at=NOW - HOUR)], key=key(), at=NOW - HOUR)
    adjust(location.pk, -3, key=key(), at=NOW, reason="Counted twice", created_by=ada)
    reverse(location.pk, first, key=key(), at=NOW, reason="Sent in error", created_by=ada)
    said = words(open_day(location))
    assert "Opening balance 0 Additions +170 Texts −20 Calls −24 Chat −2" in said
    assert "Lapsed, other −3 Closing balance 121" in said
    assert "7 lines, times of UTC" in said
    for line in (
        "00:00 Contract credits of the term from 15 June 2026 +100 – none +100 0 → to 100",
        "08:00 Credits bought · INV-7 by Ada Staff – none +50 +50 100 → to 150",
        "09:00 3 texts to 2 countries −20 – none −20 150 → to 130",
        "10:00 1 call to Mexico −24 – none −24 130 → to 106",
        "11:00 1 chat message −2 – none −2 106 → to 104",
        "12:00 Adjustment Counted twice · by Ada Staff – none −3 −3 104 → to 101",
        "12:00 Given back: 3 messages Sent in error · by Ada Staff +20 – none +20 101 → to 121",
    ):
        assert line in said, said


def test_renewal_has_rows_of_expiry_and_grant(open_day: Callable[..., Any]) -> None:
    location = make_location(included=1000, starts_on=dt.date(2025, 6, 14))
    renew(location.pk, at=NOW - 300 * DAY)
    said = words(open_day(location, dt.date(2026, 6, 14)))
    lapsed = "Lapsed: what was left of the term from 14 June 2025 −1,000 – none −1,000 1,000 → to 0"
    granted = "Contract credits of the term from 14 June 2026 +1,000 – none +1,000 0 → to 1,000"
    assert lapsed in said
    assert granted in said
    assert said.index(lapsed) < said.index(granted)


def test_the_renewal_that_is_due_is_there_when_the_day_is_opened(
    open_day: Callable[..., Any],
) -> None:
    location = make_location(included=70, starts_on=TODAY)
    assert "Contract credits of the term from 15 June 2026" in words(open_day(location))


def test_refused_charge_has_a_row(open_day: Callable[..., Any]) -> None:
    make_card()
    location = make_location(included=10)
    sent(location, text(), text())
    said = words(open_day(location))
    assert "12:00 2 texts to Mexico Refused: Not enough credits – none – none – none 10" in said
    assert Entry.objects.filter(location=location, day=TODAY).count() == 0


def test_calls_that_nobody_answered_cost_nothing_and_are_there(
    open_day: Callable[..., Any],
) -> None:
    make_card()
    location = make_location()
    sent(location, call(0), channel="voice")
    assert "12:00 1 call to Mexico Cost nothing – none – none – none 1,000" in words(
        open_day(location)
    )


def test_messages_of_the_plan_are_not_spoken_of(open_day: Callable[..., Any]) -> None:
    make_card()
    location = make_location()
    sent(location, text(DOMESTIC))
    sent(location, text(DOMESTIC), text())
    said = words(open_day(location))
    assert "1 line, times of UTC" in said
    assert "1 text to Mexico −7" in said


def test_refused_messages_of_a_charge_are_counted(open_day: Callable[..., Any]) -> None:
    make_card()
    location = make_location()
    sent(location, text(), text(GERMANY), text(MEXICO))
    assert "3 texts to 2 countries 1 of them refused −14" in words(open_day(location))


def test_late_usage_is_listed_on_the_day_it_was_sent(
    open_day: Callable[..., Any],
) -> None:
    make_card()
    location = make_location(included=100)
    sent(location, text(sent_at=NOW - 3 * DAY), at=NOW)
    said = words(open_day(location, TODAY - 3 * DAY))
    assert "Reported late: charged on 15 Jun 2026, 12:00 UTC, against the balance of then" in said
    assert "12:00 15 Jun 1 text to Mexico" in said
    assert "Opening balance 100 Texts −7 Closing balance 93" in said


def test_chat_charge_of_two_days_is_listed_on_both(open_day: Callable[..., Any]) -> None:
    location = make_location(included=3)
    charge_chat(
        location.pk,
        [chat(sent_at=NOW), chat(sent_at=NOW - DAY), chat("inbound", sent_at=NOW - DAY)],
        key=key(),
        at=NOW,
    )
    assert "1 chat message −2" in words(open_day(location))
    assert "2 chat messages 1 of them refused Reported late" in words(
        open_day(location, TODAY - DAY)
    )


def test_refused_chat_of_another_day_than_its_request_s_does_not_vanish(
    open_day: Callable[..., Any],
) -> None:
    location = make_location(included=2)
    charge_chat(location.pk, [chat(sent_at=NOW - DAY), chat(sent_at=NOW)], key=key(), at=NOW)
    said = words(open_day(location))
    assert "1 chat message 1 refused, nothing charged on this day – none" in said


def test_days_and_times_are_in_the_zone_of_the_location(
    open_day: Callable[..., Any],
) -> None:
    location = make_location(included=100, time_zone="Pacific/Kiritimati")
    charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)
    said = words(open_day(location, TODAY + DAY))
    assert "1 line, times of Pacific/Kiritimati" in said
    assert "02:00 1 chat message" in said


def test_nothing_on_a_day(open_day: Callable[..., Any]) -> None:
    location = make_location(included=100)
    said = words(open_day(location))
    assert "Nothing was sent on this day" in said
    assert "The balance was 100 all day." in said


def test_nearest_days_with_rows_are_linked(
    open_day: Callable[..., Any],
) -> None:
    make_card()
    location = make_location(included=10, starts_on=dt.date(2026, 5, 1))
    sent(location, text(), text(), at=NOW - 9 * DAY)  # refused: there is no entry
    charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)
    page = read_day(location, TODAY - 3 * DAY)
    assert (page.previous_on, page.next_on) == (TODAY - 9 * DAY, TODAY)
    base = f"/locations/{location.pk}/credit-usage/days"
    assert {f"{base}/2026-06-06/", f"{base}/2026-06-15/"} <= links(
        open_day(location, TODAY - 3 * DAY)
    ).keys()
    steps = [address for address in links(open_day(location)) if address.startswith(base)]
    assert steps == [f"{base}/2026-06-06/"]


def test_every_row_of_a_long_day_is_on_one_page(open_day: Callable[..., Any]) -> None:
    location = make_location(included=1000, starts_on=TODAY)
    for number in range(ROWS_PER_PAGE + 5):
        at = NOW - HOUR + number * dt.timedelta(seconds=1)
        charge_chat(location.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
    pages = [read_day(location, TODAY, page=number) for number in (1, 2)]
    shown = [row.balance_after for page in pages for row in page.table.page_records]
    assert shown == [1000 - 2 * number for number in range(ROWS_PER_PAGE + 6)]
    assert "Page 2 of 2" in words(open_day(location, page=2))
    for odd in ("0", "99", "x", "１", "9" * 50):
        assert "Page 1 of 2" in words(open_day(location, page=odd))


def test_rows_lead_from_the_opening_to_the_closing_balance() -> None:
    make_card()
    location = make_location(included=100, starts_on=TODAY)
    sent(location, text(), text(FRANCE))
    sent(location, *[text() for _ in range(20)])  # refused
    charge_chat(location.pk, [chat("inbound"), chat()], key=key(), at=NOW)
    page = read_day(location, TODAY)
    balance = page.day.opening
    for row in page.table.page_records:
        assert row.balance_before == balance
        balance = row.balance_after
    assert balance == page.day.closing == daily_usage(location).closing == 83


def test_only_permitted_roles_can_open_days(client: Client) -> None:
    location, other = make_location(), make_location()
    address = f"/locations/{location.pk}/credit-usage/days/2026-06-15/"
    assert client.get(address).status_code == 302
    client.force_login(make_member(other))
    assert client.get(address).status_code == 404
    client.force_login(make_member(location, Role.CHAT_AGENT))
    assert client.get(address).status_code == 403
    client.force_login(make_member(location))
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("day", ["2026-02-30", "2026-6-15", "1999-12-31", "2200-01-01", "today"])
def test_impossible_day_is_not_found(client: Client, day: str) -> None:
    location = make_location()
    client.force_login(make_member(location))
    assert client.get(f"/locations/{location.pk}/credit-usage/days/{day}/").status_code == 404


def test_a_day_takes_as_many_queries_for_few_as_for_more(client: Client) -> None:
    make_card()
    location = make_location(included=60, starts_on=TODAY)
    address = f"/locations/{location.pk}/credit-usage/days/2026-06-15/"

    def add(times: int) -> None:
        for _ in range(times):
            first = sent(location, text())
            charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)
            reverse(location.pk, first, key=key(), at=NOW, reason="Sent in error")
            sent(location, *[text() for _ in range(20)])  # refused

    client.force_login(make_member(location))
    add(1)
    client.get(address)
    few = count_queries(lambda: client.get(address))
    add(2)
    assert count_queries(lambda: client.get(address)) == few
