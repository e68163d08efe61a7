"""Entering contracts: take-over, overlaps, and the guards of the database behind them."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from ledger.engine import renewals
from locations.contracts import amendments
from locations.contracts.amendments import ContractRefused
from locations.db.errors import get_error_message
from locations.models import Account, Contract, Location, RateCardSeries

pytestmark = pytest.mark.django_db


@pytest.fixture
def soho() -> Location:
    account = Account.objects.create(name="Pellworth Foods")
    return Location.objects.create(account=account, name="Soho", time_zone="Europe/London")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def enter(location: Location, starts: str, ends: str | None = None, **terms: Any) -> Contract:
    terms.setdefault("included_credits", 1200)
    return amendments.enter_contract(
        location, starts_on=day(starts), ends_on=day(ends) if ends else None, **terms
    )


def periods(location: Location) -> list[tuple[str, str | None]]:
    return [
        (str(c.starts_on), str(c.ends_on) if c.ends_on else None)
        for c in location.contracts.order_by("starts_on")
    ]


def refused(location: Location, *arguments: Any, **terms: Any) -> dict[str, list[str]]:
    before = periods(location)
    with pytest.raises(ContractRefused) as caught:
        enter(location, *arguments, **terms)
    assert periods(location) == before
    return caught.value.message_dict


def test_contract_has_the_terms_it_was_entered_with(soho: Location):
    series = RateCardSeries.objects.create(name="Partners")
    contract = enter(
        soho,
        "2026-01-31",
        "2027-01-31",
        term_months=6,
        included_credits=0,
        overdraft_limit=500,
        rate_card_series=series,
        debt_at_renewal="carry",
        reference="PF-17",
    )
    contract.refresh_from_db()
    assert (contract.term_months, contract.included_credits, contract.overdraft_limit) == (
        6,
        0,
        500,
    )
    assert (contract.rate_card_series, contract.debt_at_renewal) == (series, "carry")
    assert contract.reference == "PF-17"


def test_new_contract_ends_the_open_one_on_its_first_day(soho: Location):
    enter(soho, "2025-03-01")
    enter(soho, "2026-09-15", included_credits=2400)
    assert periods(soho) == [("2025-03-01", "2026-09-15"), ("2026-09-15", None)]


def test_contract_of_another_location_is_left_alone(soho: Location):
    leeds = Location.objects.create(account=soho.account, name="Leeds")
    enter(leeds, "2025-03-01")
    enter(soho, "2026-03-01")
    assert periods(leeds) == [("2025-03-01", None)]


def test_contract_may_follow_one_that_has_an_end_at_once_or_later(soho: Location):
    enter(soho, "2025-01-01", "2026-01-01")
    enter(soho, "2026-01-01", "2026-02-01")
    enter(soho, "2026-06-01")
    assert periods(soho) == [
        ("2025-01-01", "2026-01-01"),
        ("2026-01-01", "2026-02-01"),
        ("2026-06-01", None),
    ]


def test_contract_may_fill_the_gap_before_another(soho: Location):
    enter(soho, "2026-06-01")
    enter(soho, "2026-01-01", "2026-06-01")
    assert periods(soho) == [("2026-01-01", "2026-06-01"), ("2026-06-01", None)]


def test_overlap_with_a_contract_that_has_an_end_names_it(soho: Location):
    enter(soho, "2025-01-01", "2026-01-01")
    assert refused(soho, "2025-12-31") == {
        "starts_on": [
            "Another contract of this location holds from 2025-01-01 until 2026-01-01: "
            "start on 2026-01-01 or later, or end that one earlier first."
        ]
    }
    enter(soho, "2026-01-01")  # the way out that it names


def test_second_contract_from_the_same_day_is_refused(soho: Location):
    enter(soho, "2025-01-01")
    assert list(refused(soho, "2025-01-01")) == ["starts_on"]


def test_contract_that_would_run_into_a_later_one_is_refused(soho: Location):
    enter(soho, "2026-06-01")
    sentence = (
        "Another contract of this location starts on 2026-06-01: end this one on that day or "
        "before it."
    )
    assert refused(soho, "2026-01-01") == {"ends_on": [sentence]}
    assert refused(soho, "2026-01-01", "2026-06-02") == {"ends_on": [sentence]}
    enter(soho, "2026-01-01", "2026-06-01")  # the way out that it names


def test_contract_between_an_ended_one_and_its_successor_is_refused(soho: Location):
    enter(soho, "2025-01-01")
    enter(soho, "2027-01-01")
    assert list(refused(soho, "2026-01-01")) == ["starts_on"]


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("ends_on", {"ends": "2026-01-01"}),
        ("ends_on", {"ends": "2025-12-31"}),
        ("starts_on", {"starts": "1999-12-31"}),
        ("starts_on", {"starts": "2200-01-01"}),
        ("term_months", {"term_months": 0}),
        ("term_months", {"term_months": 121}),
        ("included_credits", {"included_credits": -1}),
        ("included_credits", {"included_credits": 10**9 + 1}),
        ("overdraft_limit", {"overdraft_limit": -1}),
        ("debt_at_renewal", {"debt_at_renewal": "forget"}),
        ("reference", {"reference": "x" * 121}),
    ],
)
def test_terms_out_of_bounds_are_refused_at_their_field(
    soho: Location, field: str, terms: dict[str, Any]
):
    starts, ends = terms.pop("starts", "2026-01-01"), terms.pop("ends", None)
    assert list(refused(soho, starts, ends, **terms)) == [field]


# --- What has been granted stays ----------------------------------------------------------


@pytest.fixture
def renewed(soho: Location) -> Contract:
    """A yearly contract with its terms of 2025-03-01 and 2026-03-01 granted."""
    contract = enter(soho, "2025-03-01")
    renewals.renew(soho.pk, at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    return contract


def test_contract_cannot_start_where_terms_are_granted(soho: Location, renewed: Contract):
    assert refused(soho, "2026-02-01") == {
        "starts_on": [
            "The term from 2026-03-01 has been granted: "
            "the contract cannot end before the day after it."
        ]
    }
    assert list(refused(soho, "2024-01-01", "2025-03-01")) == ["starts_on"]


def test_contract_may_take_over_within_a_granted_term(soho: Location, renewed: Contract):
    enter(soho, "2026-08-01")
    assert periods(soho) == [("2025-03-01", "2026-08-01"), ("2026-08-01", None)]


def test_included_amount_of_a_granted_contract_may_change(soho: Location, renewed: Contract):
    renewed.included_credits = 5000
    amendments.amend_contract(renewed, ["included_credits"])
    assert soho.contracts.get().included_credits == 5000


@pytest.mark.parametrize(
    ("field", "value"),
    [("starts_on", dt.date(2025, 4, 1)), ("term_months", 6), ("ends_on", dt.date(2026, 3, 1))],
)
def test_granted_terms_cannot_be_moved(soho: Location, renewed: Contract, field: str, value: Any):
    setattr(renewed, field, value)
    with pytest.raises(ContractRefused) as caught:
        amendments.amend_contract(renewed, [field])
    assert list(caught.value.message_dict) == [field]
    assert "granted" in caught.value.messages[0]
    assert periods(soho) == [("2025-03-01", None)]


def test_amending_into_another_contract_is_refused(soho: Location):
    enter(soho, "2025-01-01", "2026-01-01")
    second = enter(soho, "2026-01-01")
    second.starts_on = dt.date(2025, 6, 1)
    with pytest.raises(ContractRefused) as caught:
        amendments.amend_contract(second, ["starts_on"])
    assert list(caught.value.message_dict) == ["starts_on"]


# --- Around Python: the database itself refuses -------------------------------------------


def said(change: Any) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return get_error_message(caught.value)


def test_overlap_is_refused_by_the_database(soho: Location):
    enter(soho, "2025-01-01", "2026-01-01")
    enter(soho, "2026-01-01")
    sentence = "The location has another contract in these days."
    first = soho.contracts.filter(starts_on="2025-01-01")
    assert said(lambda: first.update(ends_on="2026-01-02")) == sentence
    assert said(lambda: first.update(ends_on=None)) == sentence
    assert said(lambda: soho.contracts.update(starts_on="2026-05-01", ends_on=None)) == sentence
    assert said(lambda: Contract.objects.bulk_create([
        Contract(location=soho, starts_on=day("2025-12-31"), ends_on=day("2026-01-01"),
                 included_credits=1)
    ])) == sentence  # fmt: skip


def test_bounds_are_held_by_the_database(soho: Location):
    enter(soho, "2025-01-01")
    everyone = Contract.objects.all()
    assert said(lambda: everyone.update(ends_on=F("starts_on"))) == (
        "A contract ends after its first day."
    )
    assert said(lambda: everyone.update(starts_on="1999-01-01")) == (
        "A contract starts between 2000 and 2199."
    )
    for field in ("included_credits", "overdraft_limit"):
        assert "refuses this" in said(lambda f=field: everyone.update(**{f: -1}))
        assert "refuses this" in said(lambda f=field: everyone.update(**{f: 10**9 + 1}))
    assert said(lambda: everyone.update(term_months=0))


def test_granted_terms_are_held_by_the_database(soho: Location, renewed: Contract):
    everyone = Contract.objects.all()
    for change in (
        {"starts_on": day("2025-02-01")},
        {"term_months": 24},
        {"location": Location.objects.create(account=soho.account, name="Leeds")},
        {"ends_on": day("2026-01-01")},
    ):
        assert "granted" in said(lambda c=change: everyone.update(**c))


def test_raw_sql_meets_the_same_guards(soho: Location, renewed: Contract):
    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            for command in sql.split(";"):
                cursor.execute(command.replace("%s", str(renewed.pk)))

    assert "granted" in said(
        lambda: run("UPDATE locations_contract SET starts_on = '2020-01-01' WHERE id = %s")
    )
    # The entries of its terms hold the contract; PostgreSQL's own words are not for people.
    assert (
        said(
            lambda: run(
                "DELETE FROM locations_contract WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
            )
        )
        == "The database refused this. Nothing was changed."
    )
