"""The page of one charge: who sees it, its pages and filters, and how often it asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ledger.engine.charging import charge_chat
from ledger.engine.reversals import reverse
from ledger.requests import correction_requests
from locations.models import Location, Role
from reports.history.charge import MESSAGES_PER_PAGE
from tests.factories import GERMANY, chat, key, make_card, make_location, make_member, text
from tests.queries import count_queries
from tests.reports.history.charge.charges import NOW, address, sent
from tests.reports.pages import links, words
from tests.reports.usage.test_content_policy import check

pytestmark = pytest.mark.django_db


def test_chat_content_of_strangers_stays_text(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202e{{ 7|add:7 }}"
    answer = charge_chat(
        location.pk,
        [chat("inbound", content=hostile), chat(content="x" * 300, has_image=True)],
        key=key(),
        at=NOW,
    )
    page = open_charge(location, answer.charge_id)
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "{{ 7|add:7 }}" in page.text
    said = words(page)
    assert "Front Desk Inbound · SMS · +12015550123 Received" in said
    assert "Front Desk Outbound · MMS" in said
    assert "Show all" in said


def test_a_long_broadcast_has_pages_and_opens_at_a_message(
    open_charge: Callable[..., Any],
) -> None:
    make_card()
    location = make_location(included=10_000)
    charge_id = sent(location, *[text() for _ in range(MESSAGES_PER_PAGE * 2 + 1)])
    assert "Page 2 of 3" in words(open_charge(location, charge_id, page=2))
    opened = open_charge(location, charge_id, message=MESSAGES_PER_PAGE + 3)
    assert "Page 2 of 3" in words(opened)
    assert f'id="message-{MESSAGES_PER_PAGE + 3}"' in opened.text
    # From there on it is the page that counts, not the message.
    assert [address for address in links(opened) if address.startswith("?")] == [
        "?page=1",
        "?page=3",
    ]
    for odd in ({"page": "99"}, {"message": "9999"}):
        assert "Page 3 of 3" in words(open_charge(location, charge_id, **odd))
    for odd in ({"page": "x"}, {"message": "x"}, {"show": "nothing"}, {"page": "９"}):
        assert "Page 1 of 3" in words(open_charge(location, charge_id, **odd))


def test_filter_without_messages_has_a_notice(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text())
    assert "No such messages" in words(open_charge(location, charge_id, show="refused"))


def test_only_permitted_roles_can_open_charges(client: Client, location: Location) -> None:
    charge_id = sent(location, text())
    other = make_location()
    addresses = [
        address(location, charge_id),
        f"{address(location, charge_id)}correction/",
        f"{address(location, charge_id)}messages/0/correction/",
    ]
    assert {client.get(a).status_code for a in addresses} == {302}
    client.force_login(make_member(location, Role.EDITOR))
    assert {client.get(a).status_code for a in addresses} == {403}
    client.force_login(make_member(other))
    assert {client.get(a).status_code for a in addresses} == {404}
    elsewhere = [a.replace(f"/{location.pk}/", f"/{other.pk}/", 1) for a in addresses]
    assert {client.get(a).status_code for a in elsewhere} == {404}
    client.force_login(make_member(location))
    assert {client.get(a).status_code for a in addresses} == {200}
    assert client.get(f"{address(location, charge_id)}messages/9/correction/").status_code == 404


def test_impossible_ids_are_not_found(client: Client, location: Location) -> None:
    charge_id = sent(location, text())
    client.force_login(make_member(location))
    for number in ("0", "9" * 12, "9" * 40):
        assert client.get(address(location, int(number))).status_code == 404
        asked = f"{address(location, charge_id)}messages/{number}1/correction/"
        assert client.get(asked).status_code == 404


def test_history_pages_have_the_strict_content_policy(client: Client, location: Location) -> None:
    charge_id = sent(location, text(), text(GERMANY))
    client.force_login(make_member(location))
    base = f"/locations/{location.pk}/credit-usage"
    for page in (
        f"{base}/days/2026-06-15/",
        f"{base}/days/2020-06-15/",
        address(location, charge_id),
        f"{address(location, charge_id)}correction/",
        f"{address(location, charge_id)}messages/0/correction/",
        f"{base}/search/",
    ):
        answer = client.get(page)
        check(answer)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    check(client.post(f"{base}/search/", {"query": ""}))
    check(client.post(f"{address(location, charge_id)}correction/", {"reason": ""}))


def test_a_charge_takes_as_many_queries_for_few_as_for_more(
    client: Client, location: Location
) -> None:
    user = make_member(location)

    def charged(times: int) -> str:
        ids = [f"{times}-{number}" for number in range(times * 2)]
        charge_id = sent(location, *[text(external_id=name) for name in ids], text(GERMANY))
        for name in ids[:times]:
            correction_requests.request_correction(
                location.pk, charge_id, external_id=name, reason="Why?", requested_by=user, at=NOW
            )
            reverse(location.pk, charge_id, external_id=name, key=key(), at=NOW, reason="So")
        return address(location, charge_id)

    client.force_login(user)
    one, three = charged(1), charged(3)
    client.get(one)
    assert count_queries(lambda: client.get(three)) == count_queries(lambda: client.get(one))
