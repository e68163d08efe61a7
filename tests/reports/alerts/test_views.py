"""The page of an alert, and its notice on Credit Usage."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from locations.models import Location, Role, User
from reports.alerts.evaluate import evaluate_alert
from reports.models import Alert, AlertMail, Level
from tests.factories import NOON, make_location, make_member, make_user
from tests.queries import count_queries
from tests.reports.alerts.test_evaluate import alerted, take
from tests.reports.pages import field, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    return make_location(name="Harbor")


def page(location: Location) -> str:
    return f"/locations/{location.pk}/alerts/"


def filled(*members: User, **fields: Any) -> dict[str, Any]:
    asked = {"is_on": "on", "below_credits": "500", "below_days": "14"}
    return {**asked, "members": [member.pk for member in members], **fields}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ACCOUNT_ADMIN, 200),
        (Role.SUPER_ADMIN, 200),
        (Role.ADMIN, 200),
        (Role.EDITOR, 403),
        (Role.CHAT_AGENT, 403),
        ("another account's admin", 404),
        ("staff", 200),
        ("nobody", 302),
    ],
)
def test_roles_that_may_open_and_set_it(
    client: Client, location: Location, role: str, status: int
) -> None:
    member = make_member(location)
    if role == "staff":
        client.force_login(make_user(is_staff=True, is_superuser=True))
    elif role == "another account's admin":
        client.force_login(make_member(make_location(), Role.ACCOUNT_ADMIN))
    elif role != "nobody":
        client.force_login(make_member(location, role))
    assert client.get(page(location)).status_code == status
    answer = client.post(page(location), filled(member))
    assert answer.status_code == (302 if status == 200 else status)
    assert Alert.objects.exists() == (status == 200)


def test_saved_alert_is_displayed(client: Client, location: Location) -> None:
    me, other = make_member(location, full_name="Dana"), make_member(location, full_name="Eli")
    client.force_login(me)
    assert "No alert is set yet." in words(client.get(page(location)))
    client.post(page(location), filled(me, other))
    alert = Alert.objects.get(location=location)
    assert (alert.is_on, alert.below_credits, alert.below_days) == (True, 500, 14)
    assert set(alert.members.all()) == {me, other}
    assert (alert.set_by, alert.set_at) == (me, NOON)
    again = client.get(page(location))
    assert "Saved." in words(again)
    assert "Last set by Dana, 15 Jun 2026, 12:00 UTC" in words(again)
    assert field(again, "Fewer credits than").value == "500"
    client.post(page(location), {"members": [me.pk]})
    alert.refresh_from_db()
    assert (alert.is_on, alert.below_credits, alert.below_days) == (False, None, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"below_credits": "", "below_days": ""}, "Say below how many credits, or how many days."),
        ({"members": []}, "Choose at least one person who gets the mail."),
        ({"below_credits": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"below_credits": "9" * 30}, "Ensure this value is less than or equal to 1000000000."),
        ({"below_days": "366"}, "Ensure this value is less than or equal to 365."),
        ({"below_credits": "many"}, "Enter a whole number."),
        ({"below_credits": "5\x00"}, "Enter a whole number."),
        ({"members": ["99999999999999999999"]}, "Select a valid choice."),
        ({"members": ["x"]}, "is not a valid value."),
    ],
)
def test_invalid_limits_are_refused_with_errors(
    client: Client, location: Location, fields: dict[str, Any], said: str
) -> None:
    me = make_member(location)
    client.force_login(me)
    answer = client.post(page(location), filled(me, **fields))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Alert.objects.exists()


def test_non_member_cannot_be_chosen(client: Client, location: Location) -> None:
    client.force_login(make_member(location))
    for stranger in (make_user(), make_member(location, Role.EDITOR)):
        assert client.post(page(location), filled(stranger)).status_code == 422


def test_page_lists_state_and_mails(client: Client) -> None:
    alert = alerted()
    client.force_login(alert.set_by)
    assert "Now 1,000 credits are available. " in words(client.get(page(alert.location)))
    assert "Above the limits." in words(client.get(page(alert.location)))
    take(alert.location, 501)
    evaluate_alert(alert.location_id, at=NOON)
    said = words(client.get(page(alert.location)))
    assert "Below a limit." in said
    assert "499 credits, limit 500 15 Jun 2026, 12:00 UTC" in said
    assert "Waiting to be sent" in said
    AlertMail.objects.update(sent_at=NOON + dt.timedelta(minutes=1), next_try_at=None)
    assert "Sent 15 Jun 2026, 12:01 UTC" in words(client.get(page(alert.location)))


def test_credit_usage_has_the_banner_while_low(client: Client) -> None:
    alert = alerted()
    client.force_login(alert.set_by)
    usage = f"/locations/{alert.location_id}/credit-usage/"
    assert "of your alert" not in words(client.get(usage))
    take(alert.location, 950)
    said = words(client.get(usage))
    assert "Below the 500 credits of your alert" in said
    assert "Credits are running low" not in said
    Alert.objects.update(is_on=False)
    assert "Credits are running low" in words(client.get(usage))
    Alert.objects.update(is_on=True, level=Level.LOW)
    take(alert.location, 50)
    said = words(client.get(usage))
    assert "of your alert" not in said
    assert "No credits are left" in said


def test_query_count_is_fixed(client: Client) -> None:
    alert = alerted()
    address = page(alert.location)

    def mailed(days_ago: int) -> None:
        AlertMail.objects.create(
            alert=alert,
            user=make_member(alert.location),
            level=Level.LOW,
            crossed_at=NOON - days_ago * dt.timedelta(days=1),
            available=499,
            below_credits=500,
            sent_at=NOON,
        )

    client.force_login(alert.set_by)
    mailed(0)
    assert words(client.get(address)).count("499 credits, limit 500") == 1
    few = count_queries(lambda: client.get(address))
    mailed(1)
    mailed(2)
    assert count_queries(lambda: client.get(address)) == few
    assert words(client.get(address)).count("499 credits, limit 500") == 3
