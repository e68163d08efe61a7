"""The renewal desk: what comes, what is late, what ran, what failed; and one run by hand."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger import tasks
from ledger.engine import charging, funding, renewals
from ledger.engine.renewal_failures import renew_or_record_failure
from ledger.models import Balance, Entry, RenewalFailure
from ledger.reading import renewal_overview
from ledger.verification.verify import breaches
from locations.models import Account, Contract, Location
from tests.factories import NOON, chat, key, make_card, make_contract, make_location, make_user

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
DESK = reverse("admin:ledger_balance_renewals")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff@example.org", is_staff=True, is_superuser=True))
    return client


def renewing_in(days: int, **fields: Any) -> Location:
    """A location in the last days of its term, a year of 12 months long."""
    starts_on = (timezone.now() + days * DAY).date()
    try:
        starts_on = starts_on.replace(year=starts_on.year - 1)
    except ValueError:  # 29 February
        starts_on = starts_on.replace(year=starts_on.year - 1, day=28)
    location = make_location(starts_on=starts_on, **fields)
    renewals.renew(location.pk, at=timezone.now())
    return location


def run_page(location: Location) -> str:
    return reverse("admin:ledger_balance_renew", args=[location.pk])


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def kinds(location: Location) -> list[str]:
    return [e.kind for e in Entry.objects.filter(location=location).order_by("number")]


# --- What comes ---------------------------------------------------------------------------------


def test_the_preview_is_what_the_renewal_writes():
    make_card()
    location = make_location(included=10, starts_on=dt.date(2025, 6, 20))
    charging.charge_chat(location.pk, [chat("inbound")] * 0 or [chat()], key=key(), at=NOON)
    balance = Balance.objects.select_related("location").get(location=location)
    seen = renewal_overview.preview_renewal(location, balance)
    assert (seen.lapses, seen.granted, seen.written_off, seen.total_after) == (-8, 10, 0, 10)
    at = NOON + 30 * DAY
    renewals.renew(location.pk, at=at)
    written = Entry.objects.filter(location=location).order_by("-number")[:2]
    assert [(e.kind, e.contract_delta, e.purchased_delta) for e in reversed(written)] == [
        (e.kind, e.contract_delta, e.purchased_delta) for e in seen.entries
    ]


def test_the_preview_writes_a_debt_off():
    location = make_location(included=1, starts_on=dt.date(2025, 6, 20))
    charging.charge_chat(location.pk, [chat("inbound"), chat("inbound")], key=key(), at=NOON)
    balance = Balance.objects.select_related("location").get(location=location)
    seen = renewal_overview.preview_renewal(location, balance)
    assert (seen.lapses, seen.granted, seen.written_off, seen.total_after) == (0, 1, 3, 1)


def test_a_contract_that_ends_lapses_and_grants_nothing():
    location = make_location(
        included=10, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 7, 1)
    )
    renewals.renew(location.pk, at=NOON)
    balance = Balance.objects.select_related("location").get(location=location)
    seen = renewal_overview.preview_renewal(location, balance)
    assert (seen.lapses, seen.granted, seen.total_after) == (-10, None, 0)


def test_windows_count_who_renews_and_what_would_lapse(staff: Client):
    soon, later = renewing_in(20, included=100), renewing_in(45, included=200)
    renewing_in(200, included=400)
    funding.purchase(soon.pk, 7, key=key(), at=timezone.now(), reference="PO")
    page = staff.get(DESK).context
    assert [(w.days, w.locations, w.lapsing) for w in page["windows"]] == [
        (30, 1, 100),
        (60, 2, 300),
        (90, 2, 300),
    ]
    (row,) = page["upcoming"].data
    assert (row.balance.location, row.lapses, row.granted, row.total_after) == (
        soon,
        -100,
        100,
        107,
    )
    assert "<td>−100</td><td>+100</td><td>–</td><td>107</td>" in staff.get(DESK).text
    rows = staff.get(DESK, {"days": "60"}).context["upcoming"].data
    assert [row.balance.location for row in rows] == [soon, later]
    assert staff.get(DESK, {"days": "9999"}).context["days"] == 30


# --- What is late, what ran, what failed --------------------------------------------------------


def test_what_is_due_and_not_done_is_listed_with_its_reason(
    staff: Client, monkeypatch: pytest.MonkeyPatch
):
    location = make_location(included=10, starts_on=dt.date(2024, 1, 1))
    renewals.renew(location.pk, at=dt.datetime(2024, 2, 1, tzinfo=dt.UTC))
    broken = renewals.renew

    def fails(location_id: int, *, at: dt.datetime) -> Any:
        raise RuntimeError("no such zone\nsecond line")

    monkeypatch.setattr(renewals, "renew", fails)
    tasks.renew_due_locations()
    tasks.renew_due_locations()
    failure = RenewalFailure.objects.get()
    assert (failure.location, failure.attempts) == (location, 2)
    assert (failure.error, failure.resolved_at) == ("RuntimeError: no such zone", None)
    (late,) = staff.get(DESK).context["overdue"].rows
    assert (late.record.balance.location, str(late.record.step.on)) == (location, "2025-01-01")
    assert late.get_cell("error") == "RuntimeError: no such zone"
    assert "still failing" in staff.get(DESK).text
    monkeypatch.setattr(renewals, "renew", broken)
    tasks.renew_due_locations()
    failure.refresh_from_db()
    assert failure.resolved_at is not None
    assert list(staff.get(DESK).context["overdue"].data) == []


def test_a_failure_is_over_when_somebody_else_renewed(monkeypatch: pytest.MonkeyPatch):
    location = make_location(included=10, starts_on=dt.date(2024, 1, 1))
    RenewalFailure.objects.create(
        location=location, first_failed_at=NOON, last_failed_at=NOON, error="x"
    )
    renewals.renew_if_due(location.pk, at=timezone.now())
    tasks.renew_due_locations()
    assert RenewalFailure.objects.get().resolved_at is not None


def test_one_location_s_fault_keeps_no_other_from_its_credits(monkeypatch: pytest.MonkeyPatch):
    first, second = (make_location(included=10) for _ in range(2))
    renew = renewals.renew

    def fails_once(location_id: int, *, at: dt.datetime) -> Any:
        if location_id == first.pk:
            raise RuntimeError("broken")
        return renew(location_id, at=at)

    monkeypatch.setattr(renewals, "renew", fails_once)
    tasks.renew_due_locations()
    assert Balance.objects.get(location=second).contract_credits == 10
    assert [failure.location for failure in RenewalFailure.objects.all()] == [first]


def test_what_ran_says_when_and_how_late(staff: Client):
    location = make_location(
        included=10, starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2026, 1, 1)
    )
    renewals.renew(location.pk, at=timezone.now())
    page = staff.get(DESK)
    taken = page.context["completed"].data
    assert [(str(row["day"]), row["granted"], row["lapsed"]) for row in taken] == [
        ("2026-01-01", None, -10),
        ("2025-01-01", 10, -10),
        ("2024-01-01", 10, None),
    ]
    assert page.text.count(" later</span>") == 3
    assert "<td>–</td><td>+10</td>" in page.text
    on_time = renewing_in(200, included=3)
    assert on_time.balance.contract_credits == 3


# --- By hand ------------------------------------------------------------------------------------


def test_run_now_asks_first_and_twice_is_harmless(staff: Client):
    location = make_location(included=10, starts_on=dt.date(2026, 1, 1), term_months=6)
    renewals.renew(location.pk, at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    assert "is due since 1 July 2026" in staff.get(run_page(location)).text
    assert kinds(location) == ["contract_grant"]
    first = staff.post(run_page(location), follow=True)
    assert "is renewed: 2026-07-01." in said(first)
    done = kinds(location)
    assert done == ["contract_grant", "contract_expiry", "contract_grant"]
    second = staff.post(run_page(location), follow=True)
    assert "nothing was due, so nothing was changed" in said(second)
    assert kinds(location) == done
    assert list(breaches()) == []


def test_run_now_says_what_failed(staff: Client, monkeypatch: pytest.MonkeyPatch):
    location = make_location(included=10)

    def fails(location_id: int, *, at: dt.datetime) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(renewals, "renew", fails)
    answer = staff.post(run_page(location))
    assert answer.status_code == 302
    assert RenewalFailure.objects.get().error == "RuntimeError: broken"


def test_run_now_of_a_location_nobody_has_looked_at(staff: Client):
    location = make_location(included=None)
    assert "has no step ahead" in staff.get(run_page(location)).text
    contract = make_contract(location, starts_on=dt.date(2026, 1, 1), included_credits=4)
    assert "is due since 1 January 2026" in staff.get(run_page(location)).text
    staff.post(run_page(location))
    assert Entry.objects.get(contract=contract).contract_delta == 4


def test_renew_or_note_gives_the_days():
    location = make_location(included=10, starts_on=dt.date(2026, 1, 1))
    assert renew_or_record_failure(location.pk, at=NOON) == [dt.date(2026, 1, 1)]
    assert renew_or_record_failure(location.pk, at=NOON) == []


# --- A thousand locations -----------------------------------------------------------------------


def fill(locations: int) -> None:
    """As many locations, half of them renewing within a month and half overdue."""
    account = Account.objects.create(name=f"Account of {locations}")
    made = Location.objects.bulk_create(
        Location(account=account, name=f"Location {n}") for n in range(locations)
    )
    Contract.objects.bulk_create(
        Contract(location=location, starts_on=dt.date(2020, 1, 1), included_credits=5)
        for location in made
    )
    versions = dict(Location.objects.values_list("pk", "terms_version"))
    now = timezone.now()
    Balance.objects.bulk_create(
        Balance(
            location=location,
            renewed_through_on=dt.date(2020, 1, 1),
            renewal_due_at=now + (10 * DAY if n % 2 else -DAY),
            terms_version=versions[location.pk],
        )
        for n, location in enumerate(made)
    )


def test_the_desk_asks_as_often_for_a_thousand_locations_as_for_four(staff: Client):
    def queries() -> tuple[int, int, int]:
        with CaptureQueriesContext(connection) as asked:
            page = staff.get(DESK).context
        return len(asked), len(page["upcoming"].rows), len(page["overdue"].rows)

    fill(4)
    queries()
    few = queries()
    fill(1000)
    many = queries()
    assert (few[1:], many[1:]) == ((2, 2), (50, 50))
    assert few[0] == many[0]
    assert staff.get(DESK, {"page": "99999"}).status_code == 200
