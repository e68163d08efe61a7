"""Verifications that staff ask for: once however often asked, by a worker, told in the trail."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from ledger.models import VerificationRequest, VerificationRun
from ledger.verification import requests, verify
from locations import jobs
from locations.audit import log
from locations.audit.log import AuditFilters
from locations.models import Location, User
from locations.users.groups import VIEWER
from tests.databases import Clone
from tests.factories import NOON, make_user
from tests.ledger.verification.corruptions import corrupt, sound_ledger
from tests.reports.pages import actions, cells, words

DAY = dt.timedelta(days=1)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is handed to workers, without a broker."""
    names: list[int] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job_class, pk, **_: names.append(pk) or True)
    return names


def carry_out(*request_ids: int) -> None:
    for request_id in request_ids:
        requests.run_verification(request_id, clock=lambda: NOON)


def found() -> list[tuple[Any, ...]]:
    runs = VerificationRun.objects.order_by("pk")
    return list(runs.values_list("location_id", "locations", "breaches", "request__state"))


def test_a_worker_verifies_what_was_asked_for_and_only_once(
    cloned_database: Clone, queued: list[int]
) -> None:
    first, second = sound_ledger()
    ada = make_user(full_name="Ada")
    corrupt(f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {second.pk}")
    of_one = requests.request_verification(first, requested_by=ada, at=NOON)
    of_all = requests.request_verification(None, requested_by=ada, at=NOON)
    assert queued == [of_one.pk, of_all.pk]
    carry_out(of_one.pk, of_one.pk, of_all.pk)
    assert found() == [(first.pk, 1, 0, "ready"), (None, 2, 2, "ready")]
    second.refresh_from_db()
    assert {breach["rule"] for breach in second.verification.breaches} == {1, 6}
    assert first.verification.breaches == []


def test_two_who_ask_at_once_ask_for_one(cloned_database: Clone, queued: list[int]) -> None:
    first, _ = sound_ledger()
    people = [make_user() for _ in range(4)]
    start = threading.Barrier(len(people))
    asked: list[int] = []

    def click(person: User, location: Location | None) -> None:
        start.wait()
        asked.append(requests.request_verification(location, requested_by=person, at=NOON).pk)
        connection.close()

    for location in (first, None):
        asked.clear()
        clicks = [threading.Thread(target=click, args=(person, location)) for person in people]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()
        assert (len(asked), len(set(asked))) == (4, 1)
    assert VerificationRequest.objects.count() == 2


@pytest.mark.django_db
def test_the_database_refuses_a_second_one_under_way() -> None:
    first, _ = sound_ledger()
    for location in (first, None):
        fields = {"location": location, "requested_by": make_user(), "requested_at": NOON}
        VerificationRequest.objects.create(state="running", **fields)
        with (
            pytest.raises(IntegrityError, match="verification_under_way_once"),
            transaction.atomic(),
        ):
            VerificationRequest.objects.create(**fields)
        VerificationRequest.objects.create(state="failed", **fields)


def test_the_lease_is_kept_while_one_question_takes_long(
    cloned_database: Clone, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = sound_ledger()
    monkeypatch.setattr(jobs, "BACKGROUND_HEARTBEAT_SECONDS", 0.02)
    request = requests.request_verification(first, requested_by=make_user(), at=NOON)
    renewed = threading.Event()
    look = verify.verify_snapshot

    def slow(location_id: int | None) -> verify.Verified:
        """Until somebody has renewed the lease that is about to run out."""
        VerificationRequest.objects.update(leased_until=NOON - DAY)
        while not VerificationRequest.objects.filter(leased_until__gt=NOON).exists():
            renewed.wait(0.01)
        return look(location_id)

    monkeypatch.setattr(verify, "verify_snapshot", slow)
    carry_out(request.pk)
    request.refresh_from_db()
    assert (request.state, request.run is not None) == ("ready", True)


def test_what_went_wrong_is_said_and_can_be_asked_for_again(
    cloned_database: Clone, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = sound_ledger()

    def broken(location_id: int | None) -> verify.Verified:
        raise ConnectionError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(verify, "verify_snapshot", broken)
        request = requests.request_verification(first, requested_by=make_user(), at=NOON)
        carry_out(request.pk)
    request.refresh_from_db()
    assert (request.state, request.failure) == (
        "failed",
        "Something went wrong (ConnectionError); it is in the log.",
    )
    again = requests.request_verification(first, requested_by=make_user(), at=NOON)
    assert again.pk != request.pk
    carry_out(again.pk)
    assert found() == [(first.pk, 1, 0, "ready")]


@pytest.mark.django_db
def test_lost_request_is_requeued_and_twice_interrupted_one_fails(
    queued: list[int],
) -> None:
    first, second = sound_ledger()
    fields = {"requested_by": make_user(), "requested_at": NOON}
    lost = VerificationRequest.objects.create(location=first, **fields)
    killed = VerificationRequest.objects.create(
        location=second, state="running", attempts=2, leased_until=NOON - DAY, **fields
    )
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=30))
    assert queued == []
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=90))
    assert queued == [lost.pk]
    killed.refresh_from_db()
    assert (killed.state, killed.failure) == ("failed", "It was interrupted 2 times.")


# --- At the desk --------------------------------------------------------------------------------


def test_the_button_of_a_location_asks_and_its_page_says_what_came_of_it(
    client: Client, cloned_database: Clone, queued: list[int]
) -> None:
    first, _ = sound_ledger()
    ada = make_user(full_name="Ada", is_staff=True, is_superuser=True)
    client.force_login(ada)
    page = reverse("admin:locations_location_change", args=[first.pk])
    button = reverse("admin:ledger_verificationrun_verify_one", args=[first.pk])
    assert button in actions(client.get(page))
    answer = client.post(button)
    assert (answer.status_code, answer["Location"]) == (302, page)
    client.post(button)
    (request,) = VerificationRequest.objects.all()
    assert queued == [request.pk, request.pk]
    waits = client.get(page)
    assert "The verification that Ada asked for waits for a worker." in waits.text
    assert button not in actions(waits)
    carry_out(request.pk)
    assert "Found sound" in words(client.get(page))
    (line,) = log.read_entries(AuditFilters(target=first, model="ledger.verificationrequest"))[0]
    assert (str(line.by), line.kind, line.label) == ("Ada", "form", "added")
    assert "Ada" in cells(client.get(reverse("admin:ledger_verificationrun_changelist")))


def test_the_button_of_the_health_page_has_all_verified(
    client: Client, cloned_database: Clone, queued: list[int]
) -> None:
    sound_ledger()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    button = reverse("admin:ledger_verificationrun_verify")
    health = reverse("admin:ledger_health")
    assert button in actions(client.get(health))
    assert client.post(button)["Location"] == health
    assert "waits for a worker" in client.get(health).text
    carry_out(*queued)
    assert [run[:2] for run in found()] == [(None, 2)]
    assert button in actions(client.get(health))


@pytest.mark.django_db
def test_who_may_only_read_has_no_button(client: Client) -> None:
    first, _ = sound_ledger()
    viewer = make_user(is_staff=True)
    viewer.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(viewer)
    for page, args in (("ledger_health", []), ("locations_location_change", [first.pk])):
        assert "now</button>" not in client.get(reverse(f"admin:{page}", args=args)).text
    assert client.post(reverse("admin:ledger_verificationrun_verify")).status_code == 403
