"""Admin of contracts and locations."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from lxml import html

from ledger.engine import renewals
from locations.models import Contract, Location
from locations.models.locations import time_zones
from tests.factories import NOON, make_contract, make_location
from tests.locations.admin.desk import address, errors, said
from tests.reports.pages import links

pytestmark = pytest.mark.django_db


def terms(location: Location, starts_on: str, **fields: Any) -> dict[str, Any]:
    return {
        "location": location.pk,
        "starts_on": starts_on,
        "ends_on": "",
        "term_months": "12",
        "included_credits": "1200",
        "overdraft_limit": "0",
        "rate_card_series": "",
        "debt_at_renewal": "write_off",
        "reference": "C-1",
    } | fields


def test_new_contract_takes_over_from_the_open_one(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    answer = staff.post(address("contract_add"), terms(location, "2027-03-01"), follow=True)
    assert "The contract from 2025-03-01 ends on 2027-03-01." in said(answer)
    assert [(str(c.starts_on), str(c.ends_on)) for c in location.contracts.order_by("pk")] == [
        ("2025-03-01", "2027-03-01"),
        ("2027-03-01", "None"),
    ]
    assert LogEntry.objects.get().object_repr == f"{location.name} from 2027-03-01"


@pytest.mark.parametrize(
    ("starts_on", "fields", "field"),
    [
        ("2025-06-01", {}, "starts_on"),
        ("2024-06-01", {}, "ends_on"),
        ("2027-01-01", {"ends_on": "2026-01-01"}, "ends_on"),
        ("1999-01-01", {}, "starts_on"),
        ("2027-01-01", {"term_months": "0"}, "term_months"),
        ("2027-01-01", {"included_credits": "-1"}, "included_credits"),
        ("2027-01-01", {"included_credits": "9" * 30}, "included_credits"),
        ("2027-01-01", {"reference": "a\x00b"}, "reference"),
    ],
)
def test_refusal_of_a_contract_is_shown_at_its_field(
    staff: Client, starts_on: str, fields: dict[str, Any], field: str
):
    location = make_location(included=None)
    make_contract(
        location,
        starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2026, 1, 1),
        included_credits=1,
    )
    answer = staff.post(address("contract_add"), terms(location, starts_on, **fields))
    assert list(errors(answer)) == [field]
    assert Contract.objects.count() == 1


def test_overlap_names_the_other_contract_and_the_way_out(staff: Client):
    location = make_location(included=None)
    for starts_on, ends_on, reference in (
        (dt.date(2025, 1, 1), dt.date(2026, 1, 1), "C-25"),
        (dt.date(2027, 1, 1), None, "C-27"),
    ):
        make_contract(
            location,
            starts_on=starts_on,
            ends_on=ends_on,
            included_credits=1,
            reference=reference,
        )
    answer = staff.post(address("contract_add"), terms(location, "2025-06-01"))
    assert errors(answer)["starts_on"] == [
        "Another contract of this location (C-25) holds from 2025-01-01 until 2026-01-01: start on "
        "2026-01-01 or later, or end that one earlier first."
    ]
    answer = staff.post(address("contract_add"), terms(location, "2026-01-01"))
    assert errors(answer)["ends_on"] == [
        "Another contract of this location (C-27) starts on 2027-01-01: end this one on that day "
        "or before it."
    ]


def test_gap_has_to_be_confirmed(staff: Client):
    location = make_location(included=None)
    for starts_on, ends_on in (
        (dt.date(2025, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(2027, 1, 1), None),
    ):
        make_contract(location, starts_on=starts_on, ends_on=ends_on, included_credits=1)
    asked = terms(location, "2026-02-01", ends_on="2026-12-01")
    answer = staff.post(address("contract_add"), asked)
    assert errors(answer) == {
        "gap_confirmed": [
            "No contract holds from 2026-01-01 until 2026-02-01, 31 days: move the dates together, "
            "or tick this.",
            "No contract holds from 2026-12-01 until 2027-01-01, 31 days: move the dates together, "
            "or tick this.",
        ]
    }
    assert location.contracts.count() == 2
    assert staff.post(address("contract_add"), asked | {"gap_confirmed": "on"}).status_code == 302
    # What is left as it is has been confirmed before.
    contract = location.contracts.get(starts_on=dt.date(2026, 2, 1))
    page = address("contract_change", contract.pk)
    assert staff.post(page, asked | {"reference": "C-2"}).status_code == 302
    answer = staff.post(page, asked | {"ends_on": "2026-11-01"})
    assert list(errors(answer)) == ["gap_confirmed"]


def test_contracts_that_meet_leave_no_gap(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    make_contract(location, starts_on=dt.date(2027, 3, 1), included_credits=1)
    answer = staff.post(
        address("contract_change", location.contracts.get(ends_on=None).pk),
        terms(location, "2027-03-01", included_credits="9"),
    )
    assert answer.status_code == 302


def test_included_amount_of_a_running_contract_can_be_changed(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewals.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    staff.post(
        address("contract_change", contract.pk),
        terms(location, "2025-03-01", included_credits="7000"),
    )
    contract.refresh_from_db()
    assert (contract.included_credits, contract.reference) == (7000, "C-1")


def test_granted_terms_refuse_at_the_form(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewals.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    page = address("contract_change", contract.pk)
    answer = staff.post(page, terms(location, "2025-04-01"))
    assert "granted" in errors(answer)["starts_on"][0]
    answer = staff.post(page, terms(location, "2025-03-01", term_months="6"))
    assert "granted" in errors(answer)["term_months"][0]
    answer = staff.post(page, terms(location, "2025-03-01", ends_on="2025-12-01"))
    assert "granted" in errors(answer)["ends_on"][0]
    # A location cannot be slipped in either: it is no field of this form.
    other = make_location(included=None)
    staff.post(page, terms(other, "2025-03-01"))
    contract.refresh_from_db()
    assert (contract.location, str(contract.starts_on)) == (location, "2025-03-01")


def test_contract_with_entries_is_not_deleted(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewals.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    answer = staff.post(address("contract_delete", contract.pk), {"post": "yes"})
    assert "Cannot delete contract" in answer.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": contract.pk, "post": "yes"}
    staff.post(address("contract_changelist"), chosen)
    assert location.contracts.exists()


def test_location_page_leads_to_its_forms(staff: Client):
    location = make_location()
    page = staff.get(address("location_change", location.pk))
    for target in (
        reverse("admin:ledger_entry_purchase", args=[location.pk]),
        reverse("admin:ledger_entry_adjustment", args=[location.pk]),
        f"{address('contract_add')}?location={location.pk}",
        reverse("credit-usage", args=[location.pk]),
    ):
        assert target in links(page)


@pytest.mark.parametrize(
    ("zone", "error"),
    [
        ("Mars/Olympus", "Mars/Olympus is no IANA time zone; write it like Europe/Amsterdam."),
        ("../etc/passwd", "../etc/passwd is no IANA time zone; write it like Europe/Amsterdam."),
        ("", "This field is required."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_location_has_a_time_zone_that_exists(staff: Client, zone: str, error: str):
    location = make_location()
    answer = staff.post(
        address("location_change", location.pk),
        {"account": location.account_id, "name": "Soho", "time_zone": zone, "profile_fields": ""},
    )
    assert answer.status_code == 200
    assert errors(answer)["time_zone"][-1] == error
    location.refresh_from_db()
    assert location.name != "Soho"


def test_time_zone_is_completed_from_all_names(staff: Client):
    page = html.fromstring(staff.get(address("location_add")).content)
    (field,) = page.xpath('//input[@name="time_zone"]')
    (names,) = page.xpath(f'//datalist[@id="{field.get("list")}"]')
    assert field.value == "UTC"
    assert names.xpath("./option/@value") == list(time_zones())
