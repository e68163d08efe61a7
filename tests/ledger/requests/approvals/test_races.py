"""Concurrent approvals."""

from collections import Counter

import pytest

from ledger.models import ApprovalRequest
from ledger.requests import approvals
from ledger.verification.verify import verify
from locations.models import User
from tests.databases import Clone
from tests.factories import NOON, make_location, make_user
from tests.ledger.requests.approvals.request_cases import LATER, adjustment, ask, by_hand
from tests.processes import race


def approve_once(request_id: int, user_id: int) -> str:
    by = User.objects.get(pk=user_id)
    return approvals.approve(request_id, decided_by=by, at=LATER).state


def send_form(location_id: int, user_id: int) -> bool:
    user = User.objects.get(pk=user_id)
    done = approvals.post_or_request(
        location_id, adjustment(11), key="form", at=NOON, created_by=user
    )
    return done.replayed


@pytest.mark.processes
def test_concurrent_approvals_post_once(cloned_database: Clone):
    location = make_location(included=100)
    ada = make_user()
    people = [make_user() for _ in range(4)]
    asked = ask(location, adjustment(11), ada)
    outcomes = race(approve_once, [{"request_id": asked.pk, "user_id": p.pk} for p in people])
    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "AlreadyDecided": 3}
    assert by_hand() == [("adjustment", 0, 11)]
    assert verify() == []


@pytest.mark.processes
def test_form_sent_four_times_concurrently_creates_one_request(cloned_database: Clone):
    location = make_location(included=100)
    ada = make_user()
    outcomes = race(send_form, [{"location_id": location.pk, "user_id": ada.pk}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert Counter(outcome.value for outcome in outcomes) == {False: 1, True: 3}
    assert ApprovalRequest.objects.count() == 1
