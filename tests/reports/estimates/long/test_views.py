"""The page of a long list: how far it is, what it costs, and whose it is."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locations.models import Location, Role, User
from locations.models.jobs import JobState
from reports.estimates import jobs
from reports.models import LongEstimate
from tests.factories import GERMANY, MEXICO, NOON, make_card, make_location, make_member, make_user
from tests.product import LiveProduct
from tests.reports.pages import words
from tests.reports.traffic import files

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def signed_in(request: pytest.FixtureRequest) -> None:
    if "soho" in request.fixturenames:
        request.getfixturevalue("client").force_login(request.getfixturevalue("manager"))


def numbers(count: int) -> str:
    return "".join(f"+52222{n:07}\r\n" for n in range(count))


def paste(client: Client, location: Location, text: str, **fields: Any) -> Any:
    return client.post(
        f"/locations/{location.pk}/estimate/", {"numbers": text, "channel": "text"} | fields
    )


def without_token(answer: Any) -> str:
    return re.sub(r'value="\w{64}"', "", answer.text).strip()


def work() -> LongEstimate:
    asked = LongEstimate.objects.get()
    jobs.run_long_estimate(str(asked.pk), clock=lambda: NOON)
    asked.refresh_from_db()
    return asked


def test_a_longer_list_is_priced_by_the_worker(client: Client, soho: Location) -> None:
    answer = paste(client, soho, f"{numbers(10_001)}Ana\r\n{GERMANY}")
    asked = LongEstimate.objects.get()
    page = f"/locations/{soho.pk}/estimate/{asked.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, page)
    waiting = client.get(page)
    assert "Waiting for its turn" in words(waiting)
    assert "data-unfinished" in waiting.text
    assert f'hx-get="{page}state/"' in waiting.text
    work()
    ready = client.get(page)
    assert "70,007 credits for 10,001 international texts" in words(ready)
    assert "this list makes 2, sent one after the other" in words(ready)
    assert "10,002 Ana No phone number" in words(ready)
    assert f"10,003 {GERMANY} Germany: The rate card has no price" in words(ready)
    assert "data-unfinished" not in ready.text
    assert "hx-get" not in ready.text
    assert "no-store" in ready["Cache-Control"]
    assert without_token(client.get(f"{page}state/")) in without_token(ready)
    assert f'href="{page}"' in client.get(f"/locations/{soho.pk}/estimate/").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "running"}, "Reading the list"),
        ({"state": "running", "rows_done": 41_000}, "Reading the list: 41,000 lines so far"),
        (
            {"state": "running", "rows_done": 41_000, "rows_total": 64_000},
            "64 %, 41,000 of 64,000 numbers",
        ),
        (
            {"state": "failed", "failure": "It went wrong.", "finished_at": NOON},
            "The list could not be priced It went wrong.",
        ),
    ],
)
def test_how_far_it_is_is_said(
    client: Client, soho: Location, fields: dict[str, Any], said: str
) -> None:
    paste(client, soho, numbers(10_001))
    LongEstimate.objects.update(**fields)
    asked = LongEstimate.objects.get()
    assert said in words(client.get(f"/locations/{soho.pk}/estimate/{asked.pk}/"))


def test_a_long_file_is_kept_until_it_is_priced(
    client: Client, soho: Location, storage: Path
) -> None:
    content = f"Name;Mobile\n{''.join(f'Ana;{n}' for n in numbers(10_001).splitlines(True))}"
    file = SimpleUploadedFile("people.csv", content.encode())
    client.post(f"/locations/{soho.pk}/estimate/?from=file", {"file": file, "channel": "text"})
    (kept,) = files(storage)
    assert kept.read_bytes() == content.encode()
    assert kept.stat().st_mode & 0o777 == 0o600
    asked = work()
    assert (asked.state, files(storage)) == (JobState.READY, [])
    page = words(client.get(f"/locations/{soho.pk}/estimate/{asked.pk}/"))
    assert "Read from the column “Mobile”." in page


def test_a_file_that_even_the_worker_does_not_take_is_refused_at_once(
    client: Client, soho: Location, storage: Path
) -> None:
    file = SimpleUploadedFile("people.csv", b"+52222\n" * 3_200_000)
    address = f"/locations/{soho.pk}/estimate/?from=file"
    answer = client.post(address, {"file": file, "channel": "text"})
    assert answer.status_code == 422
    assert "The file is larger than 20 MB" in words(answer)
    assert (LongEstimate.objects.count(), files(storage)) == (0, [])


def test_without_more_for_the_worker_ten_thousand_is_the_most(
    client: Client, soho: Location, settings: Any
) -> None:
    settings.ESTIMATE_MAX_NUMBERS = 10_000
    answer = paste(client, soho, numbers(10_001))
    assert answer.status_code == 422
    assert "in parts of 10,000: what they cost adds up" in words(answer)


def test_too_many_at_once_are_refused_and_what_was_pasted_stays(
    client: Client, soho: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_UNFINISHED", 0)
    answer = paste(client, soho, numbers(10_001))
    assert answer.status_code == 422
    assert "wait for one of them" in words(answer)
    assert "+522220010000" in answer.text


def test_it_is_of_who_asked_and_of_nobody_else(client: Client, soho: Location) -> None:
    paste(client, soho, numbers(10_001))
    asked = work()
    page = f"/locations/{soho.pk}/estimate/{asked.pk}/"
    elsewhere = make_location()
    asked.requested_by.memberships.create(role=Role.ADMIN, location=elsewhere)
    assert client.get(f"/locations/{elsewhere.pk}/estimate/{asked.pk}/").status_code == 404
    for other in (make_member(soho), make_user(is_staff=True)):
        visitor = Client()
        visitor.force_login(other)
        assert visitor.get(page).status_code == 404
        assert visitor.get(f"{page}state/").status_code == 404
        assert visitor.post(f"{page}delete/").status_code == 404
        assert str(asked.pk) not in visitor.get(f"/locations/{soho.pk}/estimate/").text
    asked.requested_by.memberships.all().delete()
    assert client.get(page).status_code == 404


def test_it_can_be_deleted_at_any_time(client: Client, soho: Location, storage: Path) -> None:
    paste(client, soho, numbers(10_001))
    asked = LongEstimate.objects.get()
    page = f"/locations/{soho.pk}/estimate/{asked.pk}/"
    assert client.get(f"{page}delete/").status_code == 405
    assert client.post(f"{page}delete/")["Location"] == f"/locations/{soho.pk}/estimate/"
    assert (LongEstimate.objects.count(), files(storage)) == (0, [])
    assert client.get(page).status_code == 404


def test_it_can_be_deleted_when_it_is_ready_and_its_list_is_gone(
    client: Client, soho: Location, storage: Path
) -> None:
    paste(client, soho, numbers(10_001))
    asked = work()
    assert (asked.state, asked.list_file, files(storage)) == (JobState.READY, "", [])
    answer = client.post(f"/locations/{soho.pk}/estimate/{asked.pk}/delete/")
    assert answer["Location"] == f"/locations/{soho.pk}/estimate/"
    assert LongEstimate.objects.count() == 0


def test_the_pages_ask_as_often_for_a_long_list_as_for_a_short_one(
    client: Client, soho: Location
) -> None:
    paste(client, soho, numbers(10_001))
    asked = work()
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/locations/{soho.pk}/estimate/{asked.pk}/")
    assert len(queries) <= 6


def test_a_worker_that_is_a_process_of_its_own_prices_it(live_product: LiveProduct) -> None:
    live_product.start_worker()
    make_card()
    location = make_location(included=1_000_000)
    user: User = make_member(location)
    client = Client()
    client.force_login(user)
    paste(client, location, numbers(10_500))
    asked = LongEstimate.objects.get()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while asked.is_unfinished:
        assert time.monotonic() < deadline, live_product.log("worker")
        time.sleep(0.1)
        asked.refresh_from_db()
    assert asked.state == JobState.READY, asked.failure
    assert "73,500 credits" in words(client.get(f"/locations/{location.pk}/estimate/{asked.pk}/"))
    assert MEXICO[:6] not in live_product.log("worker")
