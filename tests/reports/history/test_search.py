"""Finding a message by recipient, number or external id."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from locations.models import Location, Role
from reports.history.messages import MessageViewer
from reports.history.search import RESULTS_PER_PAGE, phone_condition, search_messages
from tests.factories import FRANCE, MEXICO, chat, key, make_card, make_location, make_member, text
from tests.queries import count_queries
from tests.reports.pages import actions, field, links, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
BRITAIN = "+447400123456"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card(
        [("MX", "mobile", "text", 7), ("FR", "mobile", "text", 6), ("GB", "mobile", "text", 5)]
    )
    return make_location(included=1000)


def sent(location: Location, *messages: Any, at: dt.datetime = NOW) -> int:
    return charge_broadcast(location.pk, "text", messages, key=key(), at=at).charge_id


def found(location: Location, query: str, days: int = 90) -> list[str]:
    viewer = MessageViewer(location, sees_masked=False)
    results = search_messages(viewer, query, TODAY - (days - 1) * DAY, TODAY)
    assert results.count == len(results.rows)
    return [row.message.external_id for row in results.rows]


@pytest.fixture
def search(client: Client) -> Callable[..., Any]:
    def searched(location: Location, query: str, **params: Any) -> Any:
        client.force_login(make_member(location))
        days = {"first_on": TODAY - 89 * DAY, "last_on": TODAY}
        return client.post(
            f"/locations/{location.pk}/credit-usage/search/", {"query": query, **days, **params}
        )

    return searched


@pytest.mark.parametrize(
    "written",
    [
        "+447400123456",
        "+44 7400 123 456",
        "+44 (0)7400 123-456",
        "0044 7400 123456",
        "07400 123456",
        "7400.123.456",
        "447400123456",
        "(+44) 7400/123456",
        "\uff0b\uff14\uff14 7400 123456",
        "+44 7400",
        "44 7400",
        "456",
        "123 456",
    ],
)
def test_number_matches_in_any_notation(location: Location, written: str) -> None:
    sent(location, text(BRITAIN, external_id="right"), text(MEXICO), text(FRANCE))
    charge_chat(location.pk, [chat("inbound", phone="+12015550199")], key=key(), at=NOW)
    assert found(location, written) == ["right"]


def test_number_of_a_chat_matches(location: Location) -> None:
    charge_chat(location.pk, [chat("inbound", external_id="c")], key=key(), at=NOW)
    assert found(location, "(201) 555-0123") == ["c"]


@pytest.mark.parametrize("written", ["12", "00", "+4", "Ana", "+44x", "----", "0000"])
def test_text_without_a_number_is_not_searched_as_one(written: str) -> None:
    assert phone_condition(written) is None


def test_recipient_matches_by_words_of_any_field(location: Location) -> None:
    ana = {"First Name": "Ana", "Last Name": "López", "City": "Lima", "Note": 'says "hi" 100%'}
    sent(
        location,
        text(external_id="ana", profile=ana),
        text(external_id="bob", profile={"First Name": "Bob", "City": "Anaheim"}),
        text(external_id="none"),
    )
    assert found(location, "lópez ANA") == ["ana"]
    assert found(location, "LÓPEZ") == ["ana"]
    assert sorted(found(location, "ana")) == ["ana", "bob"]
    assert found(location, '"hi"') == ["ana"]
    assert found(location, "100%") == ["ana"]
    for nothing in ("First", "Name", "An_", "a%a", '"', ",", "\\", "lima bob"):
        assert found(location, nothing) == []


def test_external_id_matches_as_a_whole(location: Location) -> None:
    sent(location, text(external_id="order 7/a"))
    charge_chat(location.pk, [chat("inbound", external_id="msg-7")], key=key(), at=NOW)
    assert found(location, " order 7/a ") == ["order 7/a"]
    assert found(location, "msg-7") == ["msg-7"]
    assert found(location, "order 7") == []


def test_only_these_days_and_this_location_are_searched(location: Location) -> None:
    other = make_location()
    sent(other, text(BRITAIN))
    for days in (0, 5, 40):
        at = NOW - days * DAY
        sent(location, text(BRITAIN, external_id=f"{days}", sent_at=at), at=at)
    assert found(location, BRITAIN) == ["0", "5", "40"]
    assert found(location, BRITAIN, days=6) == ["0", "5"]
    assert found(location, BRITAIN, days=5) == ["0"]


def test_refused_messages_are_listed_with_their_reason(
    location: Location, search: Callable[..., Any]
) -> None:
    sent(location, text("+4915123456789"))
    said = words(search(location, "+49 151"))
    assert "1 message found 18 Mar – 15 Jun 2026, UTC" in said
    assert "Refused, costs nothing: The rate card has no price for the destination." in said


def test_result_links_to_its_message(
    location: Location, search: Callable[..., Any], client: Client
) -> None:
    charge_id = sent(location, text(FRANCE), text(BRITAIN, profile={"Name": "Ana"}))
    answer = search(location, "ana")
    address = f"/locations/{location.pk}/credit-usage/charges/{charge_id}/?message=1#message-1"
    assert address in links(answer)
    assert 'id="message-1"' in client.get(address).text
    assert "1 text × 5 (United Kingdom, mobile; card Standard, from 1 Jan 2020) = 5" in words(
        answer
    )


def test_query_is_in_no_url_and_not_cached(
    location: Location, search: Callable[..., Any], client: Client
) -> None:
    sent(location, *[text(BRITAIN) for _ in range(RESULTS_PER_PAGE + 1)])
    answer = search(location, "+44 7400 123 456")
    assert "no-store" in answer["Cache-Control"]
    assert not [address for address in links(answer) if "7400" in address]
    assert not [address for address in actions(answer) if "7400" in address]
    assert "Page 1 of 2" in words(answer)
    assert "Page 2 of 2" in words(search(location, "+44 7400 123 456", page="2"))
    assert "Page 2 of 2" in words(search(location, "+44 7400 123 456", page="99"))
    got = client.get(f"/locations/{location.pk}/credit-usage/search/", {"query": BRITAIN})
    assert "found" not in words(got)
    assert BRITAIN not in got.text


def test_the_last_ninety_days_are_offered(location: Location, client: Client) -> None:
    client.force_login(make_member(location))
    page = client.get(f"/locations/{location.pk}/credit-usage/search/")
    offered = [field(page, label).value for label in ("First day", "Last day")]
    assert offered == ["2026-03-18", "2026-06-15"]


def test_empty_result_suggests_what_to_try(location: Location, search: Callable[..., Any]) -> None:
    said = words(search(location, "nobody"))
    assert "Nothing found" in said
    assert "Look at more days, at fewer digits or words, or check the spelling." in said


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"query": " "}, "This field is required."),
        ({"query": "x" * 121}, "at most 120 characters"),
        ({"query": "\x00"}, "Null characters are not allowed."),
        ({"first_on": "x"}, "Write a date like 2026-10-31."),
        ({"first_on": "2026-06-16"}, "The last day is before the first: swap them."),
        ({"first_on": "2000-01-01"}, "That is more than ten years: choose fewer."),
    ],
)
def test_invalid_search_has_an_error(
    location: Location, search: Callable[..., Any], params: dict[str, str], said: str
) -> None:
    answer = search(location, **({"query": "ana"} | params))
    assert answer.status_code == 422
    assert said in words(answer)


def test_hostile_words_stay_text(location: Location, search: Callable[..., Any]) -> None:
    sent(location, text(profile={"Name": "<script>alert(1)</script>"}))
    answer = search(location, "<script>alert(1)</script>")
    assert "1 message found" in words(answer)
    assert "<script>alert" not in answer.text


def test_only_permitted_roles_can_search(client: Client, location: Location) -> None:
    address = f"/locations/{location.pk}/credit-usage/search/"
    assert client.get(address).status_code == 302
    client.force_login(make_member(location, Role.CHAT_AGENT))
    assert client.post(address, {"query": "ana"}).status_code == 403
    client.force_login(make_member(make_location()))
    assert client.post(address, {"query": "ana"}).status_code == 404
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(make_member(location))
    assert forger.post(address, {"query": "ana"}).status_code == 403


def test_a_search_takes_as_many_queries_for_few_as_for_more(
    client: Client, location: Location
) -> None:
    address = f"/locations/{location.pk}/credit-usage/search/"
    params = {"query": "5550123", "first_on": TODAY - DAY, "last_on": TODAY}

    def add(times: int) -> None:
        for _ in range(times):
            sent(location, text("+522015550123"))
            charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)

    client.force_login(make_member(location))
    add(1)
    assert "2 messages found" in words(client.post(address, params))
    few = count_queries(lambda: client.post(address, params))
    add(2)
    assert count_queries(lambda: client.post(address, params)) == few
    assert "6 messages found" in words(client.post(address, params))
