"""Which card is in force; and that what a process remembers never prices a charge wrongly."""

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries

from ledger.engine.charge_requests import ChargeResult
from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.models import Balance, InternationalMessage
from locations.contracts import amendments
from locations.known_terms import known_terms
from locations.models import Location, RateCard, RateCardSeries
from locations.rate_cards import publishing
from tests.factories import (
    MEXICO,
    NOON,
    chat,
    key,
    make_card,
    make_contract,
    make_location,
    text,
)

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
DAY = dt.timedelta(days=1)
MX_TEXT = ("MX", "mobile", "text")


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    """What this process remembers of other tests' databases is forgotten, here alone."""
    known_terms.clear()
    yield
    known_terms.clear()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def card(credits: int, effective_on: str = "2020-01-01", **fields: object) -> RateCard:
    return make_card([(*MX_TEXT, credits)], effective_on=day(effective_on), **fields)


def send(
    location: Location, *, sent_at: dt.datetime = NOON, at: dt.datetime | None = None
) -> ChargeResult:
    message = text(MEXICO, sent_at=sent_at)
    return charge_broadcast(location.pk, "text", [message], key=key(), at=at or sent_at)


# --- In force ---------------------------------------------------------------------------------


def test_the_card_with_the_latest_effective_date_by_the_day_is_in_force():
    january, june, july = card(7, "2026-01-01"), card(8, "2026-06-01"), card(9, "2026-07-01")
    days = ["2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01", "2026-06-30", "2030-01-01"]
    assert [known_terms.card_in_force(None, day(on)) for on in days] == [
        None,
        january.pk,
        january.pk,
        june.pk,
        june.pk,
        july.pk,
    ]


def test_a_draft_is_not_in_force():
    published = card(7)
    card(1, "2026-01-01", published=False)
    assert known_terms.card_in_force(None, TODAY) == published.pk


def test_each_series_has_its_own_cards_and_none_is_the_default_ones():
    standard = card(7)
    partners = card(3, series="Partners", is_default=False)
    assert known_terms.card_in_force(standard.series_id, TODAY) == standard.pk
    assert known_terms.card_in_force(partners.series_id, TODAY) == partners.pk
    assert known_terms.card_in_force(None, TODAY) == standard.pk


def test_a_series_without_a_published_card_has_none_in_force():
    empty = RateCardSeries.objects.create(name="Empty", is_default=True)
    assert known_terms.card_in_force(empty.pk, TODAY) is None
    assert known_terms.card_in_force(None, TODAY) is None


def test_publications_are_read_once_until_the_cache_is_cleared(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    old = card(7)
    assert known_terms.card_in_force(None, TODAY) == old.pk
    new = card(8, "2026-06-01")
    with django_assert_num_queries(0):
        assert known_terms.card_in_force(None, TODAY) == old.pk
    known_terms.clear_stale()
    assert known_terms.card_in_force(None, TODAY) == new.pk


def test_a_draft_has_no_price_list():
    draft = card(7, published=False)
    with pytest.raises(RateCard.DoesNotExist):
        known_terms.price_list(draft.pk)
    publishing.publish_card(draft, at=NOON)
    assert known_terms.price_list(draft.pk).prices[MX_TEXT][0].credits == 7


def test_a_price_list_has_the_prices_of_its_card_alone_longer_prefixes_first():
    row = {"country": "MX", "carrier_type": "mobile", "channel": "text"}
    one = card(7, prefixes=[row | {"prefix": prefix, "credits": 9} for prefix in ("52", "5222")])
    card(8, "2026-06-01")
    prices = known_terms.price_list(one.pk).prices[MX_TEXT]
    assert [price.prefix for price in prices] == ["5222", "52", ""]


# --- Never priced wrongly ---------------------------------------------------------------------


@pytest.fixture
def soho() -> Location:
    """A location whose terms and prices this process has in mind: it has charged before."""
    card(7)
    location = make_location(name="Soho", included=1000)
    assert send(location).credits == 7
    return location


def test_a_card_published_since_prices_the_next_charge(soho: Location):
    card(8, f"{TODAY}")
    assert (
        known_terms.card_in_force(None, TODAY) != RateCard.objects.get(effective_on=TODAY).pk
    )  # as yet unseen
    assert send(soho).credits == 8
    assert send(soho, sent_at=NOON - DAY, at=NOON).credits == 7


def test_a_card_published_for_an_earlier_day_prices_late_messages_of_that_day(soho: Location):
    card(5, f"{TODAY - 10 * DAY}")
    assert send(soho, sent_at=NOON - 5 * DAY, at=NOON).credits == 5
    assert send(soho, sent_at=NOON - 15 * DAY, at=NOON).credits == 7


def test_a_card_published_ahead_prices_from_its_day_on(soho: Location):
    card(8, f"{TODAY + DAY}")
    assert send(soho).credits == 7
    assert send(soho, sent_at=NOON + DAY).credits == 8


def test_a_draft_published_since_prices_the_next_charge(soho: Location):
    draft = card(8, f"{TODAY}", published=False)
    assert send(soho).credits == 7
    publishing.publish_card(draft, at=NOON)
    assert send(soho).credits == 8


def test_the_message_names_the_row_that_priced_it(soho: Location):
    new = card(8, f"{TODAY}")
    answer = send(soho)
    message = InternationalMessage.objects.get(charge=answer.charge_id)
    assert message.rate == new.rates.get()


def test_chat_prices_published_since_price_the_next_chat_message(soho: Location):
    def chat_costs() -> int:
        return charge_chat(soho.pk, [chat()], key=key(), at=NOON).credits

    assert chat_costs() == 2
    card(7, f"{TODAY}", chat_sms_credits=3)
    assert chat_costs() == 3


def test_the_first_card_ever_prices_what_had_no_rate():
    location = make_location(included=1000)
    assert send(location).messages[0].refusal == "no_rate"
    card(7)
    assert send(location).credits == 7


def test_another_default_series_prices_the_next_charge(soho: Location):
    partners = card(3, series="Partners", is_default=False).series
    assert send(soho).credits == 7
    RateCardSeries.objects.filter(is_default=True).update(is_default=False)
    RateCardSeries.objects.filter(pk=partners.pk).update(is_default=True)
    assert send(soho).credits == 3


def test_contracts_own_series_prices_the_next_charge(soho: Location):
    contract = soho.contracts.get()
    contract.rate_card_series = card(3, series="Partners", is_default=False).series
    amendments.amend_contract(contract, ["rate_card_series"])
    assert send(soho).credits == 3
    contract.rate_card_series = None
    amendments.amend_contract(contract, ["rate_card_series"])
    assert send(soho).credits == 7


def test_a_new_contract_brings_its_series_with_its_first_day(soho: Location):
    partners = card(3, series="Partners", is_default=False).series
    make_contract(soho, starts_on=TODAY + DAY, included_credits=50, rate_card_series=partners)
    assert send(soho).credits == 7
    answer = send(soho, sent_at=NOON + DAY)
    assert (answer.credits, answer.contract_after) == (3, 47)
    late = send(soho, sent_at=NOON, at=NOON + DAY)  # sent under the contract before
    assert late.credits == 7


def test_another_time_zone_cuts_days_and_prices_anew(soho: Location):
    card(8, f"{TODAY + DAY}")
    late_in_the_evening = NOON.replace(hour=23)
    assert send(soho, sent_at=late_in_the_evening).credits == 7
    Location.objects.filter(pk=soho.pk).update(time_zone="Europe/Paris")
    assert send(soho, sent_at=late_in_the_evening).credits == 8


def test_a_contract_entered_since_grants_its_credits_to_the_next_charge():
    card(7)
    location = make_location(included=None)
    assert send(location).refusal == "insufficient_credits"
    make_contract(location, starts_on=TODAY, included_credits=100)
    answer = send(location)
    assert (answer.available_before, answer.credits, answer.contract_after) == (100, 7, 93)


def test_a_changed_overdraft_limit_judges_the_next_charge():
    card(7)
    location = make_location(included=10)
    assert [send(location).credits, send(location).credits] == [7, 0]
    contract = location.contracts.get()
    contract.overdraft_limit = 4
    amendments.amend_contract(contract, ["overdraft_limit"])
    answer = send(location)
    assert (answer.credits, answer.overdraft_limit, answer.purchased_after) == (7, 4, -4)
    contract.overdraft_limit = 0
    amendments.amend_contract(contract, ["overdraft_limit"])
    assert (send(location).refusal, send(location).overdraft_limit) == ("insufficient_credits", 0)


def test_a_contract_that_was_ended_since_lets_its_credits_lapse(soho: Location):
    contract = soho.contracts.get()
    contract.ends_on = TODAY + DAY
    amendments.amend_contract(contract, ["ends_on"])
    assert send(soho).credits == 7
    assert send(soho, sent_at=NOON + DAY).refusal == "insufficient_credits"
    assert Balance.objects.get(location=soho).total == 0


def test_change_in_another_process_is_noticed_for_every_location(soho: Location):
    others = [make_location(included=1000) for _ in range(3)]
    assert [send(location).credits for location in others] == [7, 7, 7]
    card(8, f"{TODAY}")
    assert [send(location).credits for location in [*others, soho]] == [8, 8, 8, 8]
