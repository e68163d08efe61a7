"""Requesting credits: what a manager sees, sends and reads afterwards."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ledger.models import Bundle, CreditRequest
from ledger.requests import credit_requests
from locations.models import Location, Role, User
from tests.factories import make_location, make_member, make_user
from tests.queries import count_queries
from tests.reports.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def soho() -> Location:
    return make_location(name="Soho", included=100)


@pytest.fixture
def manager(client: Client, soho: Location) -> User:
    member = make_member(soho, full_name="Mia Manager")
    client.force_login(member)
    return member


def address(location: Location) -> str:
    return f"/locations/{location.pk}/credits/"


def filled(**fields: Any) -> dict[str, Any]:
    return {"form_key": str(uuid.uuid4()), "choice": "other", "credits": "500",
            "reference": "PO-7", "note": ""} | fields  # fmt: skip


def test_a_manager_requests_a_bundle_and_sees_it_wait(
    client: Client, soho: Location, manager: User
) -> None:
    bundle = Bundle.objects.create(name="Small", credits=1000, price="EUR 90")
    Bundle.objects.create(name="Old", credits=7, is_active=False)
    page = words(client.get(address(soho)))
    assert "Small 1,000 credits EUR 90" in page
    assert "Old" not in page
    assert "Nothing has been asked for yet" in page
    answer = client.post(address(soho), filled(choice=str(bundle.pk), credits=""))
    assert (answer.status_code, answer["Location"]) == (302, f"{address(soho)}#requests")
    asked = CreditRequest.objects.get()
    assert (asked.credits, asked.bundle, asked.requested_by) == (1000, bundle, manager)
    page = words(client.get(address(soho)))
    assert "1,000 credits · Small · EUR 90 asked by Mia Manager" in page
    assert "Waiting for RedFlag" in page


def test_manager_requests_a_number_and_reads_the_decision(
    client: Client, soho: Location, manager: User
) -> None:
    client.post(address(soho), filled(credits="700"))
    client.post(address(soho), filled(credits="9", reference="PO-8"))
    seven, nine = CreditRequest.objects.order_by("-credits")
    staff = make_user(full_name="Sam Staff")
    credit_requests.approve(seven.pk, decided_by=staff, at=timezone.now(), answer="Enjoy")
    credit_requests.decline(nine.pk, decided_by=staff, at=timezone.now(), answer="Too few")
    page = words(client.get(address(soho)))
    assert "800 credits are available now" in page
    assert "Approved · see the purchase" in page
    assert "UTC · Enjoy" in page
    assert "Declined" in page
    assert "UTC · Too few" in page
    seven.refresh_from_db()
    day = words(client.get(f"/locations/{soho.pk}/credit-usage/days/{seven.purchase.day}/"))
    assert "Credits bought · PO-7" in day
    assert f"Credit request {seven.pk} of Mia Manager · by Sam Staff" in day


def test_double_submit_creates_one_request(client: Client, soho: Location, manager: User) -> None:
    fields = filled()
    for _ in range(2):
        assert client.post(address(soho), fields).status_code == 302
    assert CreditRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"credits": ""}, "Say how many credits"),
        ({"credits": "0"}, "greater than or equal to 1"),
        ({"credits": "1e3"}, "Enter a whole number"),
        ({"reference": ""}, "This field is required"),
        ({"reference": "a\x00"}, "Null characters"),
        ({"choice": "77"}, "not one of the available choices"),
        ({"form_key": "x"}, "could not be read"),
        ({"note": "x" * 301}, "at most 300 characters"),
    ],
)
def test_invalid_form_is_refused_with_its_error(
    client: Client, soho: Location, manager: User, fields: dict[str, str], said: str
) -> None:
    answer = client.post(address(soho), filled(**fields))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not CreditRequest.objects.exists()


def test_too_many_open_requests_are_refused_with_a_message(
    client: Client, soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_requests, "MAX_OPEN", 1)
    client.post(address(soho), filled())
    answer = client.post(address(soho), filled())
    assert (answer.status_code, CreditRequest.objects.count()) == (422, 1)
    assert "1 requests of this location are not decided yet" in words(answer)


@pytest.mark.parametrize(("asked", "shown"), [("1900", "1900"), ("x", ""), ("９", ""), ("-1", "")])
def test_credits_are_taken_from_the_query_string(
    client: Client, soho: Location, manager: User, asked: str, shown: str
) -> None:
    form = client.get(address(soho), {"credits": asked}).context["form"]
    assert form["credits"].value() == shown


def test_requesting_needs_access_to_the_location(client: Client, soho: Location) -> None:
    client.force_login(make_user())
    assert client.get(address(soho)).status_code == 404
    client.force_login(make_member(soho, Role.EDITOR))
    assert client.post(address(soho), filled()).status_code == 403
    assert not CreditRequest.objects.exists()


def test_query_count_is_fixed(client: Client, soho: Location, manager: User) -> None:
    def queries(requests: int) -> int:
        for _ in range(requests):
            client.post(address(soho), filled())
        return count_queries(lambda: client.get(address(soho)))

    queries(1)
    few = count_queries(lambda: client.get(address(soho)))
    assert queries(2) == few
