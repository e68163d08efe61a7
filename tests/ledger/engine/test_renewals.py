"""Renewals: expiry and grant, dated right, exactly once."""

import datetime as dt

import pytest

from ledger.engine import charging, funding, renewals
from ledger.models import Balance, Entry
from ledger.tasks import renew_due_locations
from locations.contracts import amendments
from locations.contracts.terms import UnknownLocation
from locations.models import Location
from tests.factories import NOON, chat, key, make_card, make_contract, make_location, text

pytestmark = pytest.mark.django_db


def day(text_: str) -> dt.date:
    return dt.date.fromisoformat(text_)


def noon(text_: str) -> dt.datetime:
    return dt.datetime.combine(day(text_), dt.time(12), tzinfo=dt.UTC)


def story(location):
    return [
        (entry.kind, entry.contract_delta, entry.purchased_delta, entry.day.isoformat())
        for entry in Entry.objects.for_location(location).order_by("number")
    ]


def inbound(location, number, at):
    charging.charge_chat(
        location.pk, [chat("inbound", sent_at=at) for _ in range(number)], key=key(), at=at
    )


def test_first_renewal_grants_the_first_term():
    location = make_location(included=500, starts_on=day("2026-01-01"))
    balance = renewals.renew_if_due(location.pk, at=NOON)
    assert (balance.contract_credits, balance.purchased_credits) == (500, 0)
    assert story(location) == [("contract_grant", 500, 0, "2026-01-01")]


def test_before_a_contract_starts_nothing_is_granted():
    location = make_location(starts_on=day("2026-07-01"))
    assert renewals.renew_if_due(location.pk, at=NOON).total == 0
    assert renewals.renew_if_due(location.pk, at=noon("2026-07-01")).total == 1000


def test_renewal_expires_the_rest_and_grants_the_included_credits():
    make_card()
    location = make_location(included=100, starts_on=day("2025-06-20"))
    charging.charge_broadcast(location.pk, "text", [text()], key=key(), at=NOON)
    renewals.renew(location.pk, at=noon("2026-06-20"))
    assert story(location)[-2:] == [
        ("contract_expiry", -93, 0, "2026-06-20"),
        ("contract_grant", 100, 0, "2026-06-20"),
    ]


def test_purchased_credits_survive_a_renewal():
    location = make_location(included=100, starts_on=day("2025-06-20"))
    funding.purchase(location.pk, 40, key=key(), at=NOON, reference="PO")
    balance = renewals.renew_if_due(location.pk, at=noon("2026-06-21"))
    assert (balance.contract_credits, balance.purchased_credits) == (100, 40)


def test_a_debt_is_written_off_so_that_the_balance_is_the_included_amount():
    location = make_location(included=1, starts_on=day("2025-06-20"))
    inbound(location, 2, NOON)
    renewals.renew(location.pk, at=noon("2026-06-20"))
    assert story(location)[-2:] == [
        ("contract_grant", 1, 0, "2026-06-20"),
        ("write_off", 0, 3, "2026-06-20"),
    ]
    assert Balance.objects.get(location=location).total == 1


def test_a_contract_may_carry_the_debt():
    location = make_location(included=10, starts_on=day("2025-06-20"), debt_at_renewal="carry")
    inbound(location, 8, NOON)
    balance = renewals.renew_if_due(location.pk, at=noon("2026-06-20"))
    assert (balance.contract_credits, balance.purchased_credits) == (10, -6)


def test_every_missed_renewal_is_made_up_in_order_at_its_own_start():
    location = make_location(included=9, starts_on=day("2024-02-29"), time_zone="Europe/Amsterdam")
    renewals.renew(location.pk, at=NOON)
    assert story(location) == [
        ("contract_grant", 9, 0, "2024-02-29"),
        ("contract_expiry", -9, 0, "2025-02-28"),
        ("contract_grant", 9, 0, "2025-02-28"),
        ("contract_expiry", -9, 0, "2026-02-28"),
        ("contract_grant", 9, 0, "2026-02-28"),
    ]
    first = Entry.objects.for_location(location).get(number=1)
    assert first.at == dt.datetime(2024, 2, 28, 23, tzinfo=dt.UTC)


def test_a_second_renewal_does_nothing():
    location = make_location()
    assert renewals.renew(location.pk, at=NOON) == [day("2026-01-01")]
    assert renewals.renew(location.pk, at=NOON) == []
    assert len(story(location)) == 1


def test_charge_after_the_term_renews_first():
    make_card()
    location = make_location(included=10, starts_on=day("2025-06-15"))
    charging.charge_broadcast(
        location.pk, "text", [text(sent_at=noon("2026-06-14"))], key=key(), at=noon("2026-06-14")
    )
    answer = charging.charge_broadcast(location.pk, "text", [text()], key=key(), at=NOON)
    assert (answer.available_before, answer.contract_after) == (10, 3)


def test_a_term_begins_at_local_midnight():
    location = make_location(starts_on=day("2026-06-15"), time_zone="Pacific/Honolulu")
    midnight = dt.datetime(2026, 6, 15, 10, tzinfo=dt.UTC)
    assert renewals.renew(location.pk, at=midnight - dt.timedelta(microseconds=1)) == []
    assert renewals.renew(location.pk, at=midnight) == [day("2026-06-15")]


def test_a_contract_that_ends_without_a_successor_lapses_and_grants_nothing():
    location = make_location(included=50, starts_on=day("2026-01-01"), ends_on=day("2026-06-01"))
    balance = renewals.renew_if_due(location.pk, at=NOON)
    assert balance.total == 0
    assert story(location)[-1] == ("contract_expiry", -50, 0, "2026-06-01")
    assert balance.renewal_due_at is None


def test_a_successor_takes_over_on_its_start_date():
    location = make_location(included=50, starts_on=day("2026-01-01"))
    make_contract(location, starts_on=day("2026-06-01"), included_credits=70, term_months=6)
    renewals.renew(location.pk, at=noon("2026-12-01"))
    assert story(location) == [
        ("contract_grant", 50, 0, "2026-01-01"),
        ("contract_expiry", -50, 0, "2026-06-01"),
        ("contract_grant", 70, 0, "2026-06-01"),
        ("contract_expiry", -70, 0, "2026-12-01"),
        ("contract_grant", 70, 0, "2026-12-01"),
    ]


@pytest.mark.parametrize("starts_on", ["2026-06-01", "2026-06-10"])
def test_a_successor_that_is_entered_late_is_granted_all_the_same(starts_on):
    location = make_location(included=50, starts_on=day("2026-01-01"), ends_on=day("2026-06-01"))
    renewals.renew(location.pk, at=NOON)
    make_contract(location, starts_on=day(starts_on), included_credits=70)
    assert renewals.renew(location.pk, at=NOON) == [day(starts_on)]
    assert story(location)[-1] == ("contract_grant", 70, 0, starts_on)
    assert renewals.renew(location.pk, at=NOON) == []


def test_a_changed_contract_is_noticed_by_the_next_charge():
    make_card()
    location = make_location(included=50, starts_on=day("2026-01-01"))
    contract = location.contracts.get()
    charging.charge_broadcast(location.pk, "text", [text()], key=key(), at=NOON)
    contract.ends_on = day("2026-06-16")
    amendments.amend_contract(contract, ["ends_on"])
    later = noon("2026-06-17")
    answer = charging.charge_broadcast(
        location.pk, "text", [text(sent_at=later)], key=key(), at=later
    )
    assert (answer.refusal, answer.available_before) == ("insufficient_credits", 0)


def test_a_changed_time_zone_cuts_days_from_then_on_and_grants_nothing_twice():
    make_card()
    location = make_location(starts_on=day("2025-06-15"), time_zone="America/Chicago")
    renewals.renew(location.pk, at=NOON)
    Location.objects.filter(pk=location.pk).update(time_zone="Pacific/Honolulu")
    at = dt.datetime(2026, 6, 16, 6, tzinfo=dt.UTC)  # 16 June in Chicago, 15 June in Honolulu
    charging.charge_broadcast(location.pk, "text", [text(sent_at=at)], key=key(), at=at)
    assert [row[3] for row in story(location)] == [
        "2025-06-15",
        "2026-06-15",
        "2026-06-15",
        "2026-06-15",
    ]


def test_the_included_amount_changes_at_the_next_renewal():
    location = make_location(included=50, starts_on=day("2025-06-20"))
    renewals.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    contract.included_credits = 80
    amendments.amend_contract(contract, ["included_credits"])
    assert renewals.renew_if_due(location.pk, at=NOON).total == 50
    assert renewals.renew_if_due(location.pk, at=noon("2026-06-20")).total == 80


def test_a_contract_of_no_credits_still_has_its_grant():
    location = make_location(included=0)
    renewals.renew(location.pk, at=NOON)
    assert story(location) == [("contract_grant", 0, 0, "2026-01-01")]


def test_an_unknown_location_is_an_error():
    with pytest.raises(UnknownLocation):
        renewals.renew_if_due(987654321, at=NOON)


def test_the_schedule_renews_all_that_are_due_and_survives_one_that_fails(monkeypatch, caplog):
    good, bad, other = make_location(), make_location(), make_location()
    renew = renewals.renew

    def fails_for_one(location_id, *, at):
        if location_id == bad.pk:
            raise RuntimeError("broken")
        return renew(location_id, at=at)

    monkeypatch.setattr(renewals, "renew", fails_for_one)
    renew_due_locations()
    granted = Entry.objects.filter(kind="contract_grant").values_list("location_id", flat=True)
    assert set(granted) == {good.pk, other.pk}
    assert f"Renewing location {bad.pk} failed" in caplog.text
    assert renewals.location_ids_due(NOON) == [bad.pk]
