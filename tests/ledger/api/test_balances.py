"""Balances, entries, the daily table and purchases over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from ledger.engine import charging, funding, holds
from ledger.models import Entry
from ledger.reading.daily_usage import daily_usage
from tests.factories import MEXICO, key, make_location, text


def test_balance_has_all_fields(api, location):
    at = timezone.now()
    funding.purchase(location.pk, 50, key=key(), at=at, reference="1")
    holds.hold(location.pk, credits=30, seconds_to_live=600, key=key(), at=at)
    answer = api.get("balance")
    assert answer.status_code == 200
    content = answer.json()
    assert dt.datetime.fromisoformat(content.pop("as_of")) >= at
    assert content == {
        "location_id": location.pk,
        "renews_at": f"{at.year + 1}-01-01T00:00:00Z",
        "contract_credits": 1000,
        "purchased_credits": 50,
        "total_credits": 1050,
        "held_credits": 30,
        "available_credits": 1020,
        "overdraft_limit": 0,
    }
    assert answer["Cache-Control"] == "no-store"


def test_reading_balance_renews_if_due(api, location):
    assert not Entry.objects.exists()
    assert api.get("balance").json()["contract_credits"] == 1000
    assert [entry.kind for entry in Entry.objects.all()] == ["contract_grant"]


def test_overdraft_limit_comes_from_contract(api, db):
    location = make_location(overdraft_limit=25)
    content = api.get(f"/api/v1/locations/{location.pk}/balance").json()
    assert content["overdraft_limit"] == 25


@pytest.fixture
def history(location):
    at = timezone.now()
    for number in range(3):
        funding.purchase(location.pk, 10 + number, key=f"p{number}", at=at, reference="R")
    charging.charge_broadcast(location.pk, "text", [text(MEXICO, sent_at=at)], key="b", at=at)
    return at


def test_entries_are_read_page_by_page(api, history):
    numbers, cursor = [], 0
    for _ in range(3):
        page = api.get(f"entries?limit=2&cursor={cursor}").json()
        numbers += [entry["number"] for entry in page["entries"]]
        cursor = page["next_cursor"]
    assert numbers == [1, 2, 3, 4, 5]
    assert cursor is None


def test_a_full_last_page_has_no_next(api, history):
    assert api.get("entries?limit=5").json()["next_cursor"] is None
    assert api.get("entries?cursor=5").json() == {"entries": [], "next_cursor": None}


def test_entry_has_all_fields(api, history, location):
    entry = Entry.objects.get(key="p1")
    assert api.get("entries?cursor=2&limit=1").json()["entries"] == [
        {
            "number": 3,
            "kind": "purchase",
            "credits": 11,
            "contract_delta": 0,
            "purchased_delta": 11,
            "contract_after": 1000,
            "purchased_after": 21,
            "balance_after": 1021,
            "at": entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "day": entry.day.isoformat(),
            "charge_id": None,
            "key": "p1",
            "reason": "",
            "reference": "R",
        }
    ]


def test_entries_are_filtered(api, history):
    def numbers(query):
        return [entry["number"] for entry in api.get(f"entries?{query}").json()["entries"]]

    today = history.date()
    yesterday = today - dt.timedelta(days=1)
    assert numbers("kind=international_text") == [5]
    assert numbers("kind=contract_grant&kind=international_text") == [1, 5]
    assert numbers(f"from={today}&to={today}&kind=purchase") == [2, 3, 4]
    assert numbers(f"to={yesterday}&kind=purchase") == []


def test_daily_usage_equals_the_page(api, history, location):
    usage = daily_usage(location)
    content = api.get("daily-usage").json()
    assert content["closing"] == usage.closing == 1026
    assert content["total"] == {
        "additions": 1033,
        "international_text": -7,
        "international_voice": 0,
        "chat": 0,
        "other_deductions": 0,
        "net": 1026,
    }
    assert [(day["day"], day["closing"]) for day in content["days"]] == [
        (row.day.isoformat(), row.closing) for row in usage.rows
    ]


def test_daily_usage_can_be_limited_to_days(api, history):
    content = api.get(f"daily-usage?from={history.date()}&to={history.date()}").json()
    assert content["first_day"] == content["last_day"] == history.date().isoformat()
    assert content["opening"] + content["total"]["net"] == content["closing"] == 1026


def test_a_purchase_is_recorded_once(api, location):
    body = {"credits": 500, "reference": "Order 7"}
    first = api.post("purchases", body, key="order-7")
    again = api.post("purchases", body, key="order-7")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert first.json()["entry"]["purchased_after"] == 500
    assert Entry.objects.filter(kind="purchase").count() == 1
