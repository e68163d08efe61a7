"""Why the newest message cost what it cost: a part of Credit Usage, and a way to its page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import purchase
from locations.formatting.phone_masking import mask_phone
from locations.models import Location, Role, User
from tests.factories import MEXICO, call, chat, key, make_card, make_location, make_member, text
from tests.queries import count_queries
from tests.reports.pages import links

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
PART = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card()
    made = make_location(included=1000)
    made.chat_inboxes.create(name="Front Desk")
    return made


@pytest.fixture
def manager(client: Client, location: Location) -> Client:
    client.force_login(make_member(location))
    return client


def address(location: Location) -> str:
    return f"/locations/{location.pk}/credit-usage/newest/"


def part(client: Client, location: Location) -> Any:
    answer = client.get(address(location), headers=PART)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert MEXICO not in answer.text
    return answer


def test_the_newest_message_that_cost_something_is_explained(
    manager: Client, location: Location
) -> None:
    sent = charge_broadcast(
        location.pk,
        "voice",
        [call(0), call(61, profile={"First Name": "Ana"}), call(61)],
        key=key(),
        at=NOW,
    )
    purchase(location.pk, 50, key=key(), at=NOW, reference="Invoice 1")
    answer = part(manager, location)
    assert "Why did this cost 24?" in answer.text
    assert "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard" in answer.text
    assert "balance 1,000 → 976" in answer.text
    assert mask_phone(MEXICO) in answer.text
    assert "Ana" not in answer.text  # nobody asked for whom it went to
    where = f"/locations/{location.pk}/credit-usage/charges/{sent.charge_id}/?message=1#message-1"
    assert where in links(answer)
    assert manager.get(address(location))["Location"] == where


def test_a_chat_message_is_explained_by_its_inbox(manager: Client, location: Location) -> None:
    charge_broadcast(location.pk, "text", [text()], key=key(), at=NOW)
    charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)
    answer = part(manager, location)
    assert "Why did this cost 2?" in answer.text
    assert "Inbound SMS, Front Desk" in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "SMS entrant"), ("es", "SMS entrante"), ("pt-br", "Mensagem SMS recebida")],
)
def test_chat_label_follows_the_word_order_of_the_language(
    manager: Client, location: Location, language: str, words: str
) -> None:
    User.objects.update(language=language)
    charge_chat(location.pk, [chat("inbound")], key=key(), at=NOW)
    assert f"{words}, Front Desk" in part(manager, location).text


def test_newest_message_has_a_placeholder_before_any_usage(
    manager: Client, location: Location
) -> None:
    purchase(location.pk, 50, key=key(), at=NOW, reference="Invoice 1")
    charge_broadcast(location.pk, "text", [text("+4915123456789")], key=key(), at=NOW)
    assert "Nothing was used yet." in part(manager, location).text
    assert manager.get(address(location))["Location"] == f"/locations/{location.pk}/credit-usage/"


def test_only_permitted_roles_can_open_the_newest_message(
    client: Client, location: Location
) -> None:
    assert client.get(address(location)).status_code == 302
    client.force_login(make_member(location, Role.EDITOR))
    assert client.get(address(location), headers=PART).status_code == 403
    client.force_login(make_member(make_location()))
    assert client.get(address(location), headers=PART).status_code == 404


def test_it_takes_as_many_queries_whatever_the_charge(manager: Client, location: Location) -> None:
    def queries(messages: int) -> int:
        charge_broadcast(location.pk, "text", [text() for _ in range(messages)], key=key(), at=NOW)
        return count_queries(lambda: part(manager, location))

    queries(1)
    assert queries(1) == queries(3) == queries(30)
