"""Terms: every day of a contract lies in exactly one, whatever contracts a location has had."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from locations.calendar import add_months, day_starts_at
from locations.contracts.terms import Step, Term
from locations.models import Contract
from tests.locations.contract_terms import DAY, contract, day, days_of, make_terms, steps


def test_a_contract_of_29_february_renews_on_the_28th_and_in_leap_years_on_the_29th():
    assert days_of(make_terms(contract("2024-02-29")), until="2033-01-01") == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


def test_a_monthly_contract_of_the_31st_renews_on_the_last_day_of_shorter_months():
    assert days_of(make_terms(contract("2027-10-31", term_months=1)), until="2028-05-31") == [
        "2027-10-31",
        "2027-11-30",
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
    ]


def test_a_term_is_from_one_renewal_to_the_next():
    half_year = contract("2026-01-31", term_months=6)
    terms = make_terms(half_year)
    first = Term(half_year, day("2026-01-31"), day("2026-07-31"))
    second = Term(half_year, day("2026-07-31"), day("2027-01-31"))
    days = ["2026-01-30", "2026-01-31", "2026-07-30", "2026-07-31", "2027-01-30"]
    assert [terms.term_on(day(on)) for on in days] == [None, first, first, second, second]


def test_the_last_term_of_a_contract_that_ends_is_cut_short():
    ending = contract("2026-01-01", "2027-03-15")
    terms = make_terms(ending)
    assert terms.term_on(day("2027-03-14")) == Term(ending, day("2027-01-01"), day("2027-03-15"))
    assert terms.term_on(day("2027-03-15")) is None
    assert days_of(terms, until="2040-01-01") == ["2026-01-01", "2027-01-01", "2027-03-15"]


def test_step_has_the_contracts_of_the_ending_and_the_beginning_term():
    old, new = contract("2026-01-01", "2026-06-01"), contract("2026-06-01", "2026-09-01")
    late = contract("2027-01-01")
    chain = steps(make_terms(old, new, late), until=day("2028-01-01"))
    assert [(str(step.on), step.previous, step.contract) for step in chain] == [
        ("2026-01-01", None, old),
        ("2026-06-01", old, new),
        ("2026-09-01", new, None),
        ("2027-01-01", None, late),
        ("2028-01-01", late, late),
    ]


def test_a_contract_that_ends_on_its_renewal_day_does_not_renew_on_it():
    assert days_of(make_terms(contract("2026-01-01", "2027-01-01")), until="2030-01-01") == [
        "2026-01-01",
        "2027-01-01",
    ]
    assert make_terms(contract("2026-01-01", "2027-01-01")).contract_on(day("2027-01-01")) is None


def test_a_successor_counts_its_own_months():
    terms = make_terms(
        contract("2026-01-31", "2026-03-15", term_months=1),
        contract("2026-03-15", term_months=1),
    )
    assert days_of(terms, until="2026-05-31") == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-15",
        "2026-04-15",
        "2026-05-15",
    ]


def test_without_a_contract_there_is_no_term_and_no_step():
    terms = make_terms()
    assert terms.contract_on(day("2026-01-01")) is None
    assert terms.term_on(day("2026-01-01")) is None
    assert terms.next_step(None) is None
    assert terms.next_step(day("2026-01-01")) is None


def test_a_term_begins_at_local_midnight():
    havana = make_terms(contract("2025-03-09", term_months=1), zone="America/Havana")
    first, second = steps(havana, until=day("2025-04-09"))
    assert first.at == dt.datetime(2025, 3, 9, 5, tzinfo=dt.UTC)  # 01:00, there is no midnight
    assert second.at == dt.datetime(2025, 4, 9, 4, tzinfo=dt.UTC)


def test_a_term_that_begins_on_the_day_samoa_skipped_begins_with_the_next():
    apia = make_terms(contract("2010-12-30"), contract("2012-12-30"), zone="Pacific/Apia")
    assert steps(apia, until=day("2011-12-30"))[1].at == dt.datetime(
        2011, 12, 30, 10, tzinfo=dt.UTC
    )


@st.composite
def contract_histories(draw: st.DrawFn) -> tuple[Contract, ...]:
    """One to four contracts, in order: successors, gaps, odd ends, the last perhaps open."""
    contracts = []
    starts_on = draw(st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31)))
    for number in range(last := draw(st.integers(1, 4))):
        length = dt.timedelta(days=draw(st.integers(1, 900)))
        open_end = number == last - 1 and draw(st.booleans())
        contracts.append(
            Contract(
                starts_on=starts_on,
                ends_on=None if open_end else starts_on + length,
                term_months=draw(st.integers(1, 24)),
                included_credits=100,
            )
        )
        starts_on += length + dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 40])))
    return tuple(contracts)


def all_days(contracts: tuple[Contract, ...]) -> Iterator[dt.date]:
    """From a week before the first contract to five years, or a week, after the last."""
    last = contracts[-1]
    end = last.ends_on + 7 * DAY if last.ends_on else add_months(last.starts_on, 60)
    on = contracts[0].starts_on - 7 * DAY
    while on < end:
        yield on
        on += DAY


def brute_terms(contracts: tuple[Contract, ...], until: dt.date) -> list[Term]:
    """Every term, written out month by month from each contract's first day."""
    found = []
    for one in contracts:
        number = 0
        while True:
            starts_on = add_months(one.starts_on, number * one.term_months)
            ends_on = add_months(one.starts_on, (number + 1) * one.term_months)
            if starts_on > until or (one.ends_on and starts_on >= one.ends_on):
                break
            found.append(Term(one, starts_on, min(ends_on, one.ends_on or ends_on)))
            number += 1
    return found


@given(contracts=contract_histories())
@settings(deadline=None, max_examples=60)
def test_every_day_lies_in_the_one_term_that_holds_it(contracts: tuple[Contract, ...]):
    terms = make_terms(*contracts)
    days = list(all_days(contracts))
    expected: dict[dt.date, list[Term]] = {on: [] for on in days}
    for term in brute_terms(contracts, days[-1]):
        for number in range((term.ends_on - term.starts_on).days):
            if (on := term.starts_on + number * DAY) in expected:
                expected[on].append(term)
    assert [found for found in expected.values() if len(found) > 1] == []
    assert [terms.term_on(on) for on in days] == [
        found[0] if found else None for found in expected.values()
    ]
    assert [terms.contract_on(on) for on in days] == [
        found[0].contract if found else None for found in expected.values()
    ]


@given(contracts=contract_histories(), zone=st.sampled_from(sorted(available_timezones())))
@settings(deadline=None, max_examples=60)
def test_the_steps_are_the_beginnings_and_the_ends_of_terms(
    contracts: tuple[Contract, ...], zone: str
):
    *_, until = all_days(contracts)
    written_out = brute_terms(contracts, until)
    begins = {term.starts_on: term.contract for term in written_out}
    ends = {term.ends_on: term.contract for term in written_out}
    expected = [
        Step(
            on=on,
            at=day_starts_at(on, ZoneInfo(zone)),
            contract=begins.get(on),
            previous=ends.get(on),
        )
        for on in sorted(begins.keys() | ends.keys())
        if on <= until
    ]
    assert steps(make_terms(*contracts, zone=zone), until=until) == expected


@given(contracts=contract_histories(), data=st.data())
@settings(deadline=None)
def test_from_any_day_the_next_step_is_the_first_later_one(
    contracts: tuple[Contract, ...], data: st.DataObject
):
    terms = make_terms(*contracts)
    days = list(all_days(contracts))
    after = data.draw(st.sampled_from(days))
    later = [step for step in steps(terms, until=dt.date(2200, 1, 1)) if step.on > after]
    assert terms.next_step(after) == (later[0] if later else None)
