"""Delivery reports in any order, repeated, late, and for unknown messages."""

import datetime as dt

import pytest

from ledger.engine import charging, delivery_reports
from ledger.engine.delivery_reports import DeliveryReport
from ledger.engine.posting import BadInput
from ledger.models import InternationalMessage
from tests.factories import NOON, key, make_card, make_location, text

pytestmark = pytest.mark.django_db


def status(external_id="a", name="Delivered", minutes=1, detail=""):
    return DeliveryReport(
        external_id=external_id,
        status=name,
        status_at=NOON + dt.timedelta(minutes=minutes),
        status_detail=detail,
    )


def report(location_id, reports):
    return delivery_reports.record_reports(location_id, reports, at=NOON)


@pytest.fixture
def location():
    make_card()
    place = make_location()
    charging.charge_broadcast(
        place.pk, "text", [text(external_id="a"), text(external_id="b")], key=key(), at=NOON
    )
    return place


def known(external_id="a"):
    message = InternationalMessage.objects.get(external_id=external_id)
    return message.status, message.status_detail


def test_each_report_has_a_result(location):
    answers = report(location.pk, [status("a"), status("nowhere"), status("b", "Failed", 2, "x")])
    assert answers == ["updated", "unknown", "updated"]
    assert (known("a"), known("b")) == (("Delivered", ""), ("Failed", "x"))


def test_newest_status_date_wins_in_any_order(location):
    assert report(location.pk, [status(name="Delivered", minutes=9)]) == ["updated"]
    assert report(location.pk, [status(name="Sent", minutes=1)]) == ["older"]
    assert known() == ("Delivered", "")


def test_a_repeated_report_changes_nothing(location):
    assert report(location.pk, [status(), status()]) == ["updated", "older"]
    assert report(location.pk, [status()]) == ["older"]


def test_within_one_request_the_newest_wins_too(location):
    answers = report(
        location.pk, [status(minutes=5), status(name="Sent"), status(name="Read", minutes=6)]
    )
    assert answers == ["updated", "older", "updated"]
    assert known() == ("Read", "")


def test_another_locations_messages_are_unknown(location):
    assert report(make_location().pk, [status()]) == ["unknown"]


@pytest.mark.parametrize(
    ("reports", "field"),
    [
        ([], "statuses"),
        ([status(external_id="")], "statuses[0].external_id"),
        ([status(name="")], "statuses[0].status"),
        ([status(name="x" * 41)], "statuses[0].status"),
        ([status(detail="\x00")], "statuses[0].status_detail"),
        ([status(minutes=100)], "statuses[0].status_at"),
    ],
)
def test_a_malformed_report_names_its_field(location, reports, field):
    with pytest.raises(BadInput) as refusal:
        report(location.pk, reports)
    assert refusal.value.field == field
