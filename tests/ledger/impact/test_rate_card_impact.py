"""What a draft would do: the last 30 days rated anew, case by case as charging would."""

import datetime as dt
from dataclasses import asdict
from typing import Any

import pytest

from ledger.engine import charging, rating, reversals
from ledger.impact import rate_card_impact
from ledger.models import InternationalMessage, RateCardImpact
from locations import jobs
from locations.models import Location, RateCard
from locations.rate_cards.conflicts import find_conflicts, find_unpaired_countries
from locations.rate_cards.prices import load_price_list
from tests.databases import Clone
from tests.factories import (
    FRANCE,
    FRANCE_LANDLINE,
    GERMANY,
    INMARSAT,
    MEXICO,
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    make_user,
    text,
)

DAY = dt.timedelta(days=1)
PREFIXES: list[dict[str, Any]] = [
    {"country": "MX", "carrier_type": "mobile", "channel": "voice", "prefix": "5222", "credits": 20,
     "first_seconds": 30, "following_seconds": 6},
    {"country": "MX", "carrier_type": "mobile", "channel": "voice", "prefix": "52", "credits": 9},
    {"country": "001", "carrier_type": "mobile", "channel": "voice", "prefix": "870",
     "credits": 500},
]  # fmt: skip


def send(location: Location, channel: str, *messages: Any, at: dt.datetime) -> None:
    charging.charge_broadcast(location.pk, channel, list(messages), key=key(), at=at)


def draft(*rates: tuple[str, str, str, int], **fields: Any) -> RateCard:
    fields = {"effective_on": NOON.date() + DAY, "published": False} | fields
    return make_card(rates, **fields)


def texts(location: Location, *phones: str, days_ago: int = 3) -> None:
    at = NOON - days_ago * DAY
    send(location, "text", *(text(phone, sent_at=at) for phone in phones), at=at)


@pytest.mark.django_db
def test_credits_now_and_then_by_country_and_location() -> None:
    make_card()
    soho, dallas = make_location(name="Soho"), make_location(name="Dallas")
    texts(soho, MEXICO, MEXICO, FRANCE)
    texts(dallas, FRANCE)
    at = NOON - 2 * DAY
    charging.charge_chat(dallas.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
    card = draft(("MX", "mobile", "text", 10), ("FR", "mobile", "text", 5), chat_sms_credits=3)
    found = rate_card_impact.calculate_impact(card, at=NOON)
    assert {code: (s.messages, s.now, s.then) for code, s in found.countries.items()} == {
        "MX": (2, 14, 20),
        "FR": (2, 12, 10),
        "": (1, 2, 3),
    }
    assert [(p.location_id, p.now, p.then) for p in found.places] == [
        (soho.pk, 20, 25),
        (dallas.pk, 8, 8),
    ]
    assert (found.locations, found.total.now, found.total.then) == (2, 28, 33)


@pytest.mark.django_db
def test_every_message_costs_what_rating_says() -> None:
    make_card(prefixes=[PREFIXES[2] | {"credits": 300}])
    soho = make_location(included=100_000)
    at = NOON - DAY
    phones = [MEXICO, "+525512345678", FRANCE, FRANCE_LANDLINE, INMARSAT]
    calls = [
        call(seconds, phone, sent_at=at) for phone in phones for seconds in (0, 1, 60, 61, 600)
    ]
    send(soho, "voice", *calls, at=at)
    card = draft(("FR", "mobile", "voice", 30), ("FR", "landline", "voice", 2), prefixes=PREFIXES)
    prices = load_price_list(card)
    charged = InternationalMessage.objects.filter(outcome="charged")
    one_by_one = sum(
        rating.rate(
            prices,
            phone=message.phone,
            channel=message.channel,
            seconds=message.seconds,
            carrier_type=message.carrier_type,
        ).credits
        for message in charged
    )
    found = rate_card_impact.calculate_impact(card, at=NOON)
    assert found.total.messages == charged.count() == 25
    assert found.total.then == one_by_one > 0
    assert found.total.unpriced == 0


@pytest.mark.django_db
def test_which_days_and_which_messages_count() -> None:
    make_card()
    soho = make_location(starts_on=dt.date(2025, 1, 1))
    texts(soho, MEXICO, days_ago=31)
    texts(soho, MEXICO, days_ago=30)
    texts(soho, MEXICO, days_ago=1)
    texts(soho, MEXICO, days_ago=0)  # today is not over
    texts(soho, FRANCE, days_ago=5)
    given_back = InternationalMessage.objects.get(country="FR").charge
    reversals.reverse(soho.pk, given_back.pk, key=key(), at=NOON, reason="Sent twice")
    found = rate_card_impact.calculate_impact(draft(("MX", "mobile", "text", 10)), at=NOON)
    assert {code: sums.messages for code, sums in found.countries.items()} == {"MX": 2}


@pytest.mark.django_db
def test_what_has_no_price_any_more_is_a_gap_and_what_gets_one_is_told() -> None:
    make_card()
    soho = make_location()
    texts(soho, MEXICO, FRANCE, GERMANY)  # Germany has no price: refused
    texts(soho, FRANCE, days_ago=60)
    card = draft(("MX", "mobile", "text", 7), ("DE", "mobile", "text", 5))
    found = rate_card_impact.calculate_impact(card, at=NOON)
    assert found.gaps == [["FR", "mobile", "text", 2]]
    total = found.total
    assert (total.unpriced, total.unpriced_now, total.newly_priced) == (1, 6, 1)
    assert (total.now, total.then) == (13, 12)


@pytest.mark.django_db
def test_only_locations_of_the_series_count() -> None:
    make_card()
    partners = make_card(series="Partners", is_default=False).series
    soho = make_location()
    dallas = make_location(rate_card_series=partners)
    for location in (soho, dallas):
        texts(location, MEXICO)
    card = draft(("MX", "mobile", "text", 8), series="Partners")
    found = rate_card_impact.calculate_impact(card, at=NOON)
    assert [place.location_id for place in found.places] == [dallas.pk]
    assert found.locations == 1


@pytest.mark.django_db
def test_who_would_run_out_under_the_new_prices_only() -> None:
    make_card()
    # 30 texts at 7 in 30 days; some 200 days until the renewal on 1 January.
    places = {name: make_location(name=name, included=credits)
              for name, credits in (("Soho", 1_700), ("Rich", 90_000), ("Poor", 400))}  # fmt: skip
    for location in places.values():
        texts(location, *[MEXICO] * 30)
    found = rate_card_impact.calculate_impact(draft(("MX", "mobile", "text", 14)), at=NOON)
    assert [place.location_id for place in found.would_run_out] == [places["Soho"].pk]
    (soho,) = found.would_run_out
    assert (soho.available, soho.renews_on, soho.lasts_now) == (1_490, "2027-01-01", True)
    # 420 credits in 30 days then: 1,490 last for 106.4 days.
    assert soho.out_on == (NOON + dt.timedelta(days=1_490 / 14)).date().isoformat()


@pytest.mark.django_db
def test_messages_that_were_charged_for_days_of_the_card_are_counted() -> None:
    make_card()
    texts(make_location(), MEXICO, days_ago=3)
    late = draft(("MX", "mobile", "text", 8), effective_on=NOON.date() - 5 * DAY)
    assert rate_card_impact.calculate_impact(late, at=NOON).late == 1
    ahead = draft(("MX", "mobile", "text", 8))
    assert rate_card_impact.calculate_impact(ahead, at=NOON).late == 0


@pytest.mark.django_db
def test_what_was_found_is_kept_whole() -> None:
    make_card()
    texts(make_location(), MEXICO, FRANCE)
    found = rate_card_impact.calculate_impact(draft(("MX", "mobile", "text", 8)), at=NOON)
    assert rate_card_impact.read_result(asdict(found)) == found


# --- The worker's part --------------------------------------------------------------------------


def test_a_worker_calculates_it_once(cloned_database: Clone) -> None:
    make_card()
    texts(make_location(), MEXICO)
    card, boss = draft(("MX", "mobile", "text", 8)), make_user()
    asked = rate_card_impact.request_impact(card, requested_by=boss, at=NOON)
    assert rate_card_impact.request_impact(card, requested_by=boss, at=NOON) == asked
    for _twice in range(2):
        rate_card_impact.run_impact(asked.pk, clock=lambda: NOON)
    asked.refresh_from_db()
    assert (asked.state, asked.attempts) == ("ready", 1)
    assert rate_card_impact.read_result(asked.result).total.then == 8
    assert asked.fingerprint == rate_card_impact.fingerprint(card)
    card.rates.update(credits=9)
    assert asked.fingerprint != rate_card_impact.fingerprint(card)
    assert rate_card_impact.request_impact(card, requested_by=boss, at=NOON) != asked


@pytest.mark.django_db
def test_impact_that_was_never_queued_is_requeued(monkeypatch: pytest.MonkeyPatch) -> None:
    card = draft(("MX", "mobile", "text", 8))
    asked = RateCardImpact.objects.create(card=card, requested_by=make_user(), requested_at=NOON)
    queued: list[int] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job_class, pk, **options: queued.append(pk) or True)
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=30))
    assert queued == []
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=90))
    assert queued == [asked.pk]


# --- Conflicts and pairs ------------------------------------------------------------------------


def said(card: RateCard) -> list[str]:
    return [conflict.message for conflict in find_conflicts(card, today=NOON.date())]


@pytest.mark.django_db
def test_a_draft_of_its_own_day_for_somebody_has_no_conflict() -> None:
    make_card()
    make_location()
    card = draft(("FR", "mobile", "voice", 5), ("FR", "landline", "voice", 1))
    assert said(card) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "published", "words"),
    [
        (0, True, "Another card of the series is published for"),
        (0, False, "1 other draft of the series has the same effective date."),
        (5, True, "A later card of the series is published"),
    ],
)
def test_conflicts_with_other_cards_of_the_series(days: int, published: bool, words: str) -> None:
    make_location()
    card = draft(("FR", "mobile", "voice", 5), ("FR", "landline", "voice", 1))
    make_card(effective_on=card.effective_on + days * DAY, published=published)
    (conflict,) = find_conflicts(card, today=NOON.date())
    assert conflict.message.startswith(words)
    assert conflict.blocks_publishing is (published and not days)


@pytest.mark.django_db
def test_conflicts_of_a_card_with_itself() -> None:
    card = draft(
        ("MX", "mobile", "text", 5),
        ("FR", "mobile", "voice", 9),
        ("FR", "landline", "voice", 9),
        effective_on=NOON.date() - DAY,
        prefixes=[
            {"country": "FR", "carrier_type": "mobile", "channel": "voice", "prefix": "336",
             "credits": 9},
            {"country": "GB", "carrier_type": "mobile", "channel": "voice", "prefix": "447",
             "credits": 9},
        ],
    )  # fmt: skip
    assert [words[:40] for words in said(card)] == [
        "The effective date, 2026-06-14, is past.",
        "These prefixes cost what their country c",
        "These prefixes have a price, the rest of",
        "Text: only mobile numbers have prices.",
        "No location is priced by Standard: the c",
    ]


@pytest.mark.django_db
def test_a_price_without_its_pair_is_named_by_country() -> None:
    card = draft(
        ("MX", "mobile", "voice", 5),
        ("FR", "landline", "voice", 9),
        ("DE", "mobile", "voice", 9),
        ("DE", "landline", "voice", 9),
        ("DE", "mobile", "text", 9),
    )
    assert find_unpaired_countries(card) == [
        "Voice call: a price for mobile, none for landline: Mexico.",
        "Voice call: a price for landline, none for mobile: France.",
    ]
