"""Before you send: the page, from pasted numbers, a file, and the last broadcast."""

import logging
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ledger.engine.charging import charge_broadcast
from ledger.models import Charge, Entry
from locations.models import Location, Role
from tests.factories import (
    DOMESTIC,
    FRANCE,
    GERMANY,
    MEXICO,
    call,
    key,
    make_card,
    make_location,
    make_member,
    make_user,
    text,
)
from tests.queries import count_queries
from tests.reports.pages import actions, field, links, words

COLUMN = "Heading of the column with the numbers"

pytestmark = pytest.mark.django_db


@pytest.fixture
def soho(client: Client) -> Location:
    make_card()
    location = make_location(name="Soho", included=100)
    client.force_login(make_member(location))
    return location


def address(location: Location, source: str = "") -> str:
    return f"/locations/{location.pk}/estimate/" + (f"?from={source}" if source else "")


def paste(client: Client, location: Location, numbers: str, **fields: Any) -> Any:
    return client.post(address(location), {"numbers": numbers, "channel": "text"} | fields)


def test_pasted_numbers_are_priced_and_paid(client: Client, soho: Location) -> None:
    answer = paste(
        client, soho, f"{MEXICO}\n+52 222 123 4567, {FRANCE}\n{DOMESTIC}\n{GERMANY}\nAna"
    )
    page = words(answer)
    assert answer.status_code == 200
    assert "20 credits for 3 international texts" in page
    assert "it costs 20 credits. After it, 80 remain." in page
    assert "Contract 20 80 Purchased 0 0 In all 20 80" in page
    assert "Mexico Mobile 2 14 France Mobile 1 6 In all 3 20" in page
    assert "1 domestic number is part of your plan" in page
    assert "1 number stands in the list again" in page
    assert "2 lines cannot be sent to" in page
    assert "4 +4915123456789 Germany: The rate card has no price" in page
    assert "5 Ana No phone number" in page
    assert "200 credits for each international recipient, of whom this list has 2" in page


def test_calls_are_priced_by_their_length(client: Client, soho: Location) -> None:
    page = words(paste(client, soho, MEXICO, channel="voice", seconds="61"))
    assert "24 credits for 1 international call " in page
    answer = paste(client, soho, MEXICO, channel="voice", seconds="")
    assert answer.status_code == 422
    assert "Say how long each call would be." in words(answer)


def test_what_does_not_fit_says_what_is_missing(client: Client, soho: Location) -> None:
    answer = paste(client, soho, "\n".join([MEXICO] * 20))
    page = words(answer)
    assert "40 credits are missing" in page
    assert "14 messages would go if you ask to send what fits. That would cost 98 credits." in page
    assert "Available 100 Needed 140 Missing 40" in page
    assert f"/locations/{soho.pk}/credits/?credits=40" in links(answer)


def test_nothing_is_kept_charged_or_put_into_an_address(
    client: Client, soho: Location, caplog: pytest.LogCaptureFixture
) -> None:
    client.get(address(soho))
    paste(client, soho, MEXICO)
    entries = Entry.objects.count()
    with caplog.at_level(logging.DEBUG):
        answer = paste(client, soho, MEXICO)
    assert Entry.objects.count() == entries
    assert not Charge.objects.exists()
    assert MEXICO[1:] not in "".join(
        r.getMessage() for r in caplog.records if "SELECT" not in str(r.msg)
    )
    assert address(soho, "paste") in actions(answer)
    assert "no-store" in answer["Cache-Control"]


def test_a_list_without_a_number_is_said_and_listed(client: Client, soho: Location) -> None:
    answer = paste(client, soho, "Ana\n07400 123456")
    assert answer.status_code == 422
    assert "There is no number to estimate in it." in words(answer)
    assert "2 07400 123456 No country code" in words(answer)


def test_a_file_is_read_and_its_column_named(client: Client, soho: Location) -> None:
    content = f"Name;Mobile;Home\nAna;{MEXICO};\nBob;x;\n".encode()
    file = SimpleUploadedFile("people.csv", content)
    answer = client.post(address(soho, "file"), {"file": file, "channel": "text"})
    page = words(answer)
    assert "7 credits for 1 international text " in page
    assert "Read from the column “Mobile”" in page
    assert {"Name", "Mobile", "Home"} <= set(field(answer, COLUMN).value_options)
    assert "3 x No phone number" in page


def test_another_column_is_chosen_and_an_unknown_one_said(client: Client, soho: Location) -> None:
    content = f"Mobile;Home\n{MEXICO};{FRANCE}\n".encode()

    def send(column: str) -> Any:
        fields = {"file": SimpleUploadedFile("people.csv", content), "channel": "text"}
        return client.post(address(soho, "file"), fields | {"column": column})

    answer = send("Home")
    assert "6 credits for 1 international text " in words(answer)
    assert field(answer, COLUMN).value == "Home"
    answer = send("Fax")
    assert answer.status_code == 422
    assert "The file has no column “Fax”: choose another one." in words(answer)
    assert {"Mobile", "Home"} <= set(field(answer, COLUMN).value_options)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04", "cannot be read"),
        (b"a,b\n1,2\n", "no number to estimate"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    client: Client, soho: Location, content: bytes, said: str
) -> None:
    file = SimpleUploadedFile("people.csv", content)
    answer = client.post(address(soho, "file"), {"file": file, "channel": "text"})
    assert answer.status_code == 422
    assert said in words(answer)


def test_the_last_broadcast_again(client: Client, soho: Location) -> None:
    assert "has not sent a broadcast yet" in words(client.get(address(soho, "last")))
    assert client.post(address(soho, "last"), {"channel": "text"}).status_code == 422
    now = timezone.now()
    calls = [call(61, sent_at=now), call(5, "+33", sent_at=now)]
    charge_broadcast(soho.pk, "voice", calls, key=key(), at=now)
    assert "The recipients of the calls of" in words(client.get(address(soho, "last")))
    page = words(client.post(address(soho, "last"), {"channel": "voice"}))
    assert "24 credits for 1 international call " in page
    assert "+33 Not a possible phone number" in page
    page = words(client.post(address(soho, "last"), {"channel": "text"}))
    assert "7 credits for 1 international text " in page


def test_a_last_broadcast_of_domestic_numbers_alone_costs_nothing(
    client: Client, soho: Location
) -> None:
    now = timezone.now()
    charge_broadcast(soho.pk, "text", [text(DOMESTIC, sent_at=now)], key=key(), at=now)
    answer = client.post(address(soho, "last"), {"channel": "text"})
    assert answer.status_code == 200
    assert "had no international number" in words(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"numbers": ""},
        {"numbers": MEXICO, "channel": "fax"},
        {"numbers": "\x00", "channel": "text"},
        {"numbers": MEXICO, "channel": "voice", "seconds": "-1"},
        {"numbers": MEXICO, "channel": "voice", "seconds": "9" * 40},
        {"numbers": "x" * 3_000_001, "channel": "text"},
    ],
)
def test_what_makes_no_sense_is_said(client: Client, soho: Location, fields: Any) -> None:
    for source in ("", "paste", "file", "last", "x"):
        assert client.post(address(soho, source), fields).status_code == 422


def test_who_may_not_see_the_location_estimates_nothing(client: Client, soho: Location) -> None:
    client.force_login(make_user())
    assert client.get(address(soho)).status_code == 404
    client.force_login(make_member(soho, Role.EDITOR))
    assert paste(client, soho, MEXICO).status_code == 403


def test_ten_thousand_numbers_are_answered_soon_with_as_many_queries_as_one(
    client: Client, soho: Location
) -> None:
    numbers = "\n".join(f"+52 222 1{n:06}" for n in range(10_000))
    paste(client, soho, MEXICO)
    few = count_queries(lambda: paste(client, soho, MEXICO))
    begun = time.process_time()
    assert count_queries(lambda: paste(client, soho, numbers)) == few
    assert time.process_time() - begun < 5
    assert "70,000 credits" in words(paste(client, soho, numbers))


def test_only_a_hundred_bad_lines_are_listed(client: Client, soho: Location) -> None:
    page = words(paste(client, soho, f"{MEXICO}\n" + "x\n" * 150))
    assert "150 lines cannot be sent to" in page
    assert "The first 100 are shown." in page
    assert page.count("No phone number") == 100
