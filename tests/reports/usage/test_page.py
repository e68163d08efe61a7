"""What Credit Usage says."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_chat
from ledger.engine.funding import purchase
from ledger.engine.holds import PlannedCall, hold
from ledger.engine.renewals import renew
from ledger.models import Balance
from locations.models import DebtAtRenewal, Location, Role
from tests.factories import MEXICO, chat, key, make_card, make_contract, make_location, make_member
from tests.queries import count_queries
from tests.reports.pages import links, rows, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def open_page(client: Client) -> Callable[..., Any]:
    """Credit Usage of a location, as one of its Admins sees it."""

    def opened(location: Location, **filters: Any) -> Any:
        client.force_login(make_member(location))
        answer = client.get(f"/locations/{location.pk}/credit-usage/", filters)
        assert answer.status_code == 200
        return answer

    return opened


def receive(location: Location, count: int, at: dt.datetime) -> None:
    """Chat messages that arrive: 2 credits each, whatever is left."""
    location.chat_inboxes.get_or_create(name="Front Desk")
    charge_chat(location.pk, [chat("inbound", sent_at=at) for _ in range(count)], key=key(), at=at)


def test_page_displays_and_proves_the_balance(open_page: Callable[..., Any]) -> None:
    location = make_location(included=9000, starts_on=dt.date(2026, 6, 1))
    purchase(location.pk, 4000, key=key(), at=NOW - 5 * DAY, reference="Invoice 1")
    receive(location, 15, NOW - 2 * DAY)
    answer = open_page(location)
    said = words(answer)
    assert "12,970 credits available · as of 15 Jun 2026, 12:00 UTC" in said
    assert "Contract, of 9,000 8,970 30 used · what is left lapses on 1 June 2027" in said
    assert "Purchased, kept 4,000" in said
    assert "Your contract renews on 1 June 2027 with 9,000 credits." in said
    assert "left of your 8,970 contract credits lapses" in said
    assert "Your 4,000 purchased credits are kept until you use them." in said
    assert rows(answer) == [
        ["Sat 13 Jun", "none", "none", "none", "−30", "none", "−30", "12,970"],
        ["Wed 10 Jun", "+4,000", "none", "none", "none", "none", "+4,000", "13,000"],
        ["Mon 1 Jun", "+9,000", "none", "none", "none", "none", "+9,000", "9,000"],
    ]
    assert "Opening 0 + additions 13,000 − usage 30 − lapsed, other 0 = closing 12,970 ✓" in said


def test_a_page_that_meets_an_ended_term_renews_first(open_page: Callable[..., Any]) -> None:
    location = make_location(included=1000, starts_on=dt.date(2025, 6, 14))
    renew(location.pk, at=NOW - 300 * DAY)
    answer = open_page(location)
    said = words(answer)
    assert "Your contract renewed on 14 June 2026" in said
    assert "1,000 contract credits of the term before lapsed. 1,000 new ones came in." in said
    assert rows(answer)[0] == [
        "Sun 14 Jun", "+1,000", "none", "none", "none", "−1,000", "none", "1,000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("debt_at_renewal", "fate"),
    [
        (
            DebtAtRenewal.WRITE_OFF,
            "What is still open on 1 January 2027, when the new term begins, is written off.",
        ),
        (
            DebtAtRenewal.CARRY,
            "What is still open stays when the new term begins on 1 January 2027.",
        ),
    ],
)
def test_a_debt_is_explained(
    open_page: Callable[..., Any], debt_at_renewal: str, fate: str
) -> None:
    location = make_location(included=10, debt_at_renewal=debt_at_renewal)
    receive(location, 8, NOW - DAY)
    said = words(open_page(location))
    assert "−6 credits available" in said
    assert "You are 6 credits overdrawn" in said
    assert "They cannot be refused, so they are charged even when nothing is left." in said
    assert f"The next credits you buy pay these 6 first. {fate}" in said
    assert "Until then you cannot send chat messages" in said
    assert "Overdrawn −6" in said


def test_overdraft_limit_is_displayed(open_page: Callable[..., Any]) -> None:
    location = make_location(included=10, overdraft_limit=50)
    receive(location, 8, NOW - DAY)
    said = words(open_page(location))
    assert "Your contract also lets you send until you are 50 credits below zero." in said
    assert "Until then you cannot send" not in said


def test_no_credits_left(open_page: Callable[..., Any]) -> None:
    location = make_location(included=10)
    receive(location, 5, NOW - DAY)
    said = words(open_page(location))
    assert "No credits are left You cannot send chat messages" in said
    assert "The contract renews on 1 January 2027 with 10 credits" in said
    assert "Your contract credits of this term are used up." in said


def test_few_credits_left(open_page: Callable[..., Any]) -> None:
    location = make_location(included=100)
    receive(location, 46, NOW - DAY)
    assert "Less than a tenth of the 100 credits of your contract is left." in words(
        open_page(location)
    )


def test_no_contract_and_nothing_yet(open_page: Callable[..., Any]) -> None:
    answer = open_page(make_location(included=None))
    said = words(answer)
    assert "This location has no contract, so no credits come in by themselves." in said
    assert "No credits yet Credits come in when a contract begins or when you buy some." in said
    assert "No credits moved in these days" in said
    assert "The balance was 0 all the time." in said
    assert "This term" not in said
    assert "No reports yet." in said


def test_a_contract_that_begins_later(open_page: Callable[..., Any]) -> None:
    location = make_location(included=500, starts_on=dt.date(2026, 8, 1))
    assert "The next one begins on 1 August 2026 with 500 credits." in words(open_page(location))


def test_a_contract_that_ends(open_page: Callable[..., Any]) -> None:
    location = make_location(included=500, ends_on=dt.date(2026, 9, 1))
    assert "Your contract ends on 1 September 2026, and no other follows yet" in words(
        open_page(location)
    )


def test_a_successor_with_other_terms_is_named(open_page: Callable[..., Any]) -> None:
    location = make_location(included=500)
    make_contract(location, starts_on=dt.date(2026, 9, 1), included_credits=750)
    assert "Your contract renews on 1 September 2026 with 750 credits." in words(
        open_page(location)
    )


def test_granted_amount_counts_and_not_a_later_contract(
    open_page: Callable[..., Any],
) -> None:
    location = make_location(included=500)
    renew(location.pk, at=NOW)
    location.contracts.update(included_credits=800)
    said = words(open_page(location))
    assert "Contract, of 500 500 what is left lapses on 1 January 2027" in said
    assert "renews on 1 January 2027 with 800 credits" in said


@pytest.mark.parametrize(
    ("time_zone", "instant", "days"),
    [
        ("Asia/Tokyo", "15 Jun 2026, 21:00 JST", "17 May – 15 Jun 2026, Asia/Tokyo"),
        (
            "Pacific/Kiritimati",
            "16 Jun 2026, 02:00 UTC+14",
            "18 May – 16 Jun 2026, Pacific/Kiritimati",
        ),
        (
            "America/Sao_Paulo",
            "15 Jun 2026, 09:00 UTC−03",
            "17 May – 15 Jun 2026, America/Sao_Paulo",
        ),
    ],
)
def test_days_and_times_are_the_location_s(
    open_page: Callable[..., Any], time_zone: str, instant: str, days: str
) -> None:
    said = words(open_page(make_location(time_zone=time_zone)))
    assert f"as of {instant}" in said
    assert days in said


def test_newest_row_closes_with_the_balance_after_a_move_west(
    open_page: Callable[..., Any],
) -> None:
    location = make_location(included=100, time_zone="Pacific/Kiritimati")
    receive(location, 3, NOW)  # stands on the 16th
    Location.objects.filter(pk=location.pk).update(time_zone="Pacific/Honolulu")  # is the 15th
    answer = open_page(Location.objects.get(pk=location.pk))
    assert rows(answer)[0][-1] == str(Balance.objects.get(location=location).total) == "94"
    assert "✓" in words(answer)


def test_names_of_strangers_stay_text(open_page: Callable[..., Any]) -> None:
    location = make_location(name="<script>alert(1)</script>")
    text = open_page(location).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_credit_usage_takes_as_many_queries_for_few_as_for_more(client: Client) -> None:
    first = make_location(included=5000, starts_on=dt.date(2026, 1, 1))
    client.force_login(make_member(first, Role.ACCOUNT_ADMIN))
    address = f"/locations/{first.pk}/credit-usage/?range=90-days"

    def queries(locations: int) -> int:
        while first.account.locations.count() < locations:
            make_location(account=first.account)
        for day in range((locations - 1) * 10, locations * 20):
            receive(first, 1, NOW - day * DAY)
        client.get(address)
        return count_queries(lambda: client.get(address))

    assert queries(1) == queries(3) <= 20


def test_held_credits_have_a_reason(open_page: Callable[..., Any]) -> None:
    make_card()
    location = make_location(included=1000)
    for _ in range(2):
        hold(
            location.pk,
            call=PlannedCall(phone=MEXICO, expected_seconds=61),
            seconds_to_live=600,
            key=key(),
            at=NOW,
        )
    said = words(open_page(location))
    assert "952 credits available" in said
    assert "Held for 2 calls −48" in said
    hold(location.pk, credits=10, seconds_to_live=600, key=key(), at=NOW)
    said = words(open_page(location))
    assert "942 credits available" in said
    assert "Held, not used yet −58" in said


def test_overdrawn_location_lists_its_causes(open_page: Callable[..., Any]) -> None:
    location = make_location(included=10)
    receive(location, 4, NOW - 3 * DAY)
    receive(location, 3, NOW - DAY)
    answer = open_page(location)
    assert "What took you below zero: Sun 14 Jun 3 chat messages received −6" in words(answer)
    assert f"/locations/{location.pk}/credit-usage/days/2026-06-14/" in links(answer)
    assert "Fri 12 Jun 4 chat messages" not in words(answer)


def test_daily_rate_is_displayed_with_enough_history(open_page: Callable[..., Any]) -> None:
    location = make_location(included=100, starts_on=dt.date(2026, 6, 1))
    for days in range(13, 0, -1):
        receive(location, 1, NOW - days * DAY)
    said = words(open_page(location))
    assert "There are only 13 whole days of usage so far: too few to say" in said
    receive(location, 1, NOW - 14 * DAY)
    said = words(open_page(location))
    assert (
        "At your recent pace you run out on 20 July 2026, 316 days before the renewal: buy about "
        "630 credits to reach it." in said
    )
    assert "You use about 2 credits a day." in said
