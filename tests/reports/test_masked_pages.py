"""Phone numbers that a role sees masked, on the pages that lead to a message."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from locations.formatting.phone_masking import mask_phone
from locations.models import Location, Role
from tests.factories import FRANCE, chat, key, make_card, make_location, make_member, text
from tests.reports.pages import words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
BRITAIN = "+447400123456"
UNPRICED = "+4915123456789"
CHATTED = "+12015550123"
NUMBERS = {number.lstrip("+") for number in (BRITAIN, FRANCE, UNPRICED, CHATTED)}
ANA = {"First Name": "Ana", "Unique ID": "U-17", "Mobile": "07400 123 456"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card([("FR", "mobile", "text", 6), ("GB", "mobile", "text", 5)])
    made = make_location(included=1000)
    Location.objects.filter(pk=made.pk).update(
        masked_roles=[Role.ADMIN], profile_fields=["First Name", "Mobile"]
    )
    made.refresh_from_db()
    made.chat_inboxes.create(name="Front Desk")
    return made


@pytest.fixture
def charges(location: Location) -> list[int]:
    messages = [
        text(BRITAIN, profile=ANA, external_id="a"),
        text(FRANCE, profile={"Mobile": "06 12.34.56 78"}),
        text(UNPRICED),
    ]
    sent = charge_broadcast(location.pk, "text", messages, key=key(), at=NOW)
    chats = charge_chat(location.pk, [chat("inbound", phone=CHATTED)], key=key(), at=NOW)
    return [sent.charge_id, chats.charge_id]


@pytest.fixture
def pages(location: Location, charges: list[int]) -> list[str]:
    base = f"/locations/{location.pk}/credit-usage/"
    sent, chats = (f"{base}charges/{charge}/" for charge in charges)
    return [
        base,
        f"{base}days/2026-06-15/",
        sent,
        chats,
        *(f"{sent}messages/{place}/correction/" for place in (0, 1)),
        f"{chats}messages/0/correction/",
        f"/locations/{location.pk}/estimate/?from=last",
    ]


def shown(answer: Any) -> set[str]:
    """The numbers that stand on the page, however they are written."""
    digits = "".join(char for char in answer.text if char.isdecimal())
    return {number for number in NUMBERS if number[-9:] in digits}


def search(client: Client, location: Location, wanted: str) -> Any:
    return client.post(
        f"/locations/{location.pk}/credit-usage/search/",
        {"query": wanted, "first_on": "2026-06-01", "last_on": "2026-06-15"},
    )


def test_no_page_shows_a_number_to_a_masked_role(
    client: Client, location: Location, pages: list[str]
) -> None:
    client.force_login(make_member(location, Role.ADMIN))
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        assert shown(answer) == set(), page
    assert f"Ana {mask_phone(BRITAIN)}" in words(client.get(pages[2]))
    # A field that would say who it went to holds the number itself.
    assert f"{mask_phone(FRANCE)} {mask_phone(FRANCE)} France" in words(client.get(pages[2]))
    estimated = client.post(pages[-1], {"channel": "text"})
    assert "1 line cannot be sent to" in words(estimated)
    assert shown(estimated) == set()
    assert mask_phone(UNPRICED) in words(estimated)


def test_other_roles_see_the_numbers_of_the_messages(
    client: Client, location: Location, pages: list[str]
) -> None:
    client.force_login(make_member(location, Role.SUPER_ADMIN))
    seen = [shown(client.get(page)) for page in pages]
    britain, france, unpriced, chatted = (
        {number.lstrip("+")} for number in (BRITAIN, FRANCE, UNPRICED, CHATTED)
    )
    # Where nobody asked for messages there are none.
    everyone = britain | france | unpriced
    assert seen == [set(), set(), everyone, chatted, britain, france, chatted, set()]
    assert shown(client.post(pages[-1], {"channel": "text"})) == unpriced


@pytest.mark.parametrize(
    "wanted",
    [
        *(BRITAIN, "07400 123 456", "123456", "+44 74", "3456", "400", "Ana 7400", "07400"),
        *(CHATTED, "(201) 555-0123", "+4915123456789"),
    ],
)
def test_a_masked_role_cannot_come_to_a_number_by_looking_for_it(
    client: Client, location: Location, charges: list[int], wanted: str
) -> None:
    client.force_login(make_member(location, Role.SUPER_ADMIN))
    assert "1 message found" in words(search(client, location, wanted))
    client.force_login(make_member(location, Role.ADMIN))
    answer = search(client, location, wanted)
    assert answer.status_code == 200
    assert "Nothing found" in words(answer)


@pytest.mark.parametrize("wanted", ["Ana", "a"])
def test_a_masked_role_finds_by_name_and_by_external_id(
    client: Client, location: Location, charges: list[int], wanted: str
) -> None:
    client.force_login(make_member(location, Role.ADMIN))
    answer = search(client, location, wanted)
    said = words(answer)
    assert f"1 message found 1 Jun – 15 Jun 2026, UTC Ana {mask_phone(BRITAIN)}" in said
    assert "Recipient or external id" in said
    assert "nothing is looked for by digits of a number" in said
    assert shown(answer) == set()
