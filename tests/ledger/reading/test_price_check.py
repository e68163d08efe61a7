"""Trying a number: the price that a charge would have, and nothing written."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.engine import charging
from ledger.engine.posting import BadInput
from ledger.models import Charge, Hold
from ledger.reading.price_check import check_price
from locations.models import Location
from tests.factories import (
    DOMESTIC,
    FRANCE,
    IMPOSSIBLE,
    MEXICO,
    NOON,
    call,
    make_card,
    make_location,
    make_user,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def soho() -> Location:
    make_card()
    return make_location(name="Soho", included=1_000)


@pytest.mark.parametrize("phone", [MEXICO, FRANCE, DOMESTIC, IMPOSSIBLE, "+870773111632"])
@pytest.mark.parametrize("seconds", [None, 0, 61])
def test_it_costs_what_it_then_costs(soho: Location, phone: str, seconds: int | None) -> None:
    channel = "text" if seconds is None else "voice"
    check = check_price(soho.pk, phone, channel, seconds=seconds, at=NOON)
    message = text(phone) if seconds is None else call(seconds, phone)
    answer = charging.charge_broadcast(soho.pk, channel, [message], key="real", at=NOON)
    assert check.rated.credits == answer.credits
    assert check.rated.refusal == answer.messages[0].refusal
    assert (check.row is None) == (check.rated.price is None)


def test_the_row_and_what_it_won_over_are_told() -> None:
    make_card(
        prefixes=[
            {
                "country": "MX",
                "carrier_type": "mobile",
                "channel": "voice",
                "prefix": prefix,
                "credits": credits,
            }
            for prefix, credits in (("52", 13), ("5222", 15), ("5255", 16))
        ]
    )
    check = check_price(make_location().pk, MEXICO, "voice", seconds=61, at=NOON)
    assert check.row is not None
    assert (check.row.prefix, check.rated.credits) == ("5222", 30)
    assert [row.prefix for row in check.others] == ["", "52"]
    assert check.explanation.startswith(
        "61 s = 2 started minutes × 15 (Mexico, mobile, numbers from +5222"
    )


def test_the_day_is_the_locations() -> None:
    make_card()
    auckland = make_location(time_zone="Pacific/Auckland")
    at = dt.datetime(2026, 6, 15, 13, tzinfo=dt.UTC)
    assert check_price(auckland.pk, MEXICO, "text", at=at).day == dt.date(2026, 6, 16)


@pytest.mark.parametrize("seconds", [None, -1, 10**7])
def test_a_call_needs_a_length(soho: Location, seconds: int | None) -> None:
    with pytest.raises(BadInput, match="seconds"):
        check_price(soho.pk, MEXICO, "voice", seconds=seconds, at=NOON)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def ask(client: Client, location: Location, **fields: Any) -> Any:
    given = {"phone": MEXICO, "channel": "text", "carrier_type": "", "seconds": ""} | fields
    return client.post(reverse("admin:ledger_charge_try", args=[location.pk]), given)


def test_staff_try_a_number_and_nothing_is_written(staff: Client, soho: Location) -> None:
    page = ask(staff, soho, channel="voice", seconds="61").text
    assert "61 s = 2 started minutes × 12 (Mexico, mobile" in page
    assert "as the numbering metadata says" in page
    assert not Charge.objects.exists()
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "\x00"}, "phone"),
        ({"channel": "fax"}, "channel"),
        ({"channel": "voice"}, "seconds"),
        ({"channel": "voice", "seconds": "-1"}, "seconds"),
        ({"channel": "voice", "seconds": "99999999"}, "seconds"),
        ({"at_0": "2026-02-30", "at_1": "10:00"}, "at"),
    ],
)
def test_what_cannot_be_tried_is_said_by_its_field(
    staff: Client, soho: Location, fields: dict[str, str], field: str
) -> None:
    answer = ask(staff, soho, **fields)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]


def test_it_is_for_staff_who_see_prices(client: Client, soho: Location) -> None:
    client.force_login(make_user(is_staff=True))
    assert ask(client, soho).status_code == 403
