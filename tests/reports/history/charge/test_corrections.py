"""Asking for the correction of a charge or of one message, and reading the answer."""

import pytest
from django.test import Client

from ledger.models import Charge, CorrectionRequest, Entry, EntryKind
from ledger.requests import correction_requests
from locations.models import Location
from tests.factories import make_member, make_user, text
from tests.reports.history.charge.charges import NOW, address, sent
from tests.reports.pages import words

pytestmark = pytest.mark.django_db


def test_a_manager_asks_and_reads_the_answer(client: Client, location: Location) -> None:
    charge_id = sent(location, text(external_id="a"), text(external_id="b"))
    dana = make_member(location, full_name="Dana Manager")
    client.force_login(dana)
    form = f"{address(location, charge_id)}messages/1/correction/"
    shown = words(client.get(form))
    assert "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2020) = 7" in shown
    answer = client.post(form, {"reason": "It never arrived"})
    assert answer["Location"] == f"{address(location, charge_id)}?message=1#message-1"
    asked = CorrectionRequest.objects.get()
    assert (asked.external_id, asked.requested_by, asked.requested_at) == ("b", dana, NOW)
    said = words(client.get(answer["Location"]))
    assert (
        "Correction asked for, not decided yet · asked by Dana Manager, 15 Jun 2026, 12:00 UTC"
        " · It never arrived"
    ) in said
    assert said.count("Ask for a correction") == 2  # of the other message, and of the charge

    correction_requests.decline(
        asked.pk, decided_by=make_user(), at=NOW, answer="The phone was off"
    )
    said = words(client.get(answer["Location"]))
    assert "Correction declined" in said
    assert "decided on 15 Jun 2026, 12:00 UTC · The phone was off" in said


def test_correction_of_a_whole_charge_gives_it_back(client: Client, location: Location) -> None:
    charge_id = sent(location, text(), text())
    client.force_login(make_member(location))
    answer = client.post(f"{address(location, charge_id)}correction/", {"reason": "Wrong list"})
    assert answer["Location"] == address(location, charge_id)
    correction_requests.grant(CorrectionRequest.objects.get().pk, decided_by=make_user(), at=NOW)
    said = words(client.get(answer["Location"]))
    assert "Correction granted" in said
    assert "Given back +14" in said
    assert "Ask for a correction" not in said
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1


def test_invalid_correction_request_has_an_error(client: Client, location: Location) -> None:
    charge_id = sent(location, text())
    client.force_login(make_member(location))
    form = f"{address(location, charge_id)}correction/"
    empty = client.post(form, {"reason": " "})
    assert (empty.status_code, "This field is required." in words(empty)) == (422, True)
    assert client.post(form, {"reason": "x" * 401}).status_code == 422
    assert client.post(form, {"reason": "One"}).status_code == 302
    again = client.post(form, {"reason": "Two"})
    assert again.status_code == 422
    assert "This has been asked for already and is not decided yet." in words(again)
    assert CorrectionRequest.objects.count() == 1
    assert Charge.objects.get(pk=charge_id).credits == 7
