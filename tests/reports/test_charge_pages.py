"""What the page of one charge says, and asking for its correction."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ledger import correcting, holding
from ledger.charging import charge_broadcast, charge_chat
from ledger.funding import purchase
from ledger.models import Charge, CorrectionRequest, Entry, Kind
from ledger.reversing import reverse
from locations.models import Location, Role
from reports.charges import MESSAGES_PER_PAGE, read_charge
from reports.telling import Reader, recipient_name
from tests.factories import (
    FRANCE,
    GERMANY,
    IMPOSSIBLE,
    MEXICO,
    call,
    chat,
    key,
    make_card,
    make_location,
    make_member,
    make_user,
    text,
)
from tests.reports.pages import words
from tests.reports.test_pages_policy import check

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card()
    return make_location(included=100)


@pytest.fixture
def open_charge(client: Client) -> Callable[..., Any]:
    def opened(location: Location, charge_id: int, **asked: Any) -> Any:
        client.force_login(make_member(location))
        answer = client.get(address(location, charge_id), asked)
        assert answer.status_code == 200
        return answer

    return opened


def address(location: Location, charge_id: int) -> str:
    return f"/locations/{location.pk}/credit-usage/charges/{charge_id}/"


def sent(location: Location, *messages: Any, channel: str = "text", **options: Any) -> int:
    options = {"key": key(), "at": NOW} | options
    return charge_broadcast(location.pk, channel, messages, **options).charge_id


def test_a_call_says_what_it_cost_and_why(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(
        location,
        call(61, profile={"First Name": "Ana", "Last Name": "López"}, status="Answered"),
        channel="voice",
    )
    said = words(open_charge(location, charge_id))
    assert "1 call to Mexico" in said
    assert "Cost 24 credits" in said
    assert "Kind International voice When 15 Jun 2026, 12:00 UTC Needed 24" in said
    assert "Available before 100 Paid from 24 contract credits Balance 100 → to 76" in said
    assert "Ana López +522221234567 Mexico Answered · 15 Jun 2026, 12:00 UTC 24 credits" in said
    assert (
        "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 24,"
        " paid from contract credits; balance 100 → 76"
    ) in said


def test_the_balances_of_the_messages_chain_to_that_of_the_entry(location: Location) -> None:
    purchase(location.pk, 10, key=key(), at=NOW, reference="PO")
    messages = [text(FRANCE if number % 2 else MEXICO) for number in range(14)]
    charge_id = sent(location, *messages, text(GERMANY))
    page = read_charge(Reader(location, sees_masked=False), charge_id)
    entry = Entry.objects.get(charge=charge_id)
    balance = entry.balance_after - entry.credits
    for told in page.messages:
        if told.payment:
            assert told.payment.before == balance
            balance = told.payment.after
            assert told.message.contract_credits == told.payment.contract
    assert balance == entry.balance_after == 19
    assert [told.payment is None for told in page.messages] == [False] * 14 + [True]


def test_the_balances_chain_over_pages_and_under_filters(location: Location) -> None:
    big = make_location(included=2000)
    messages = [text(GERMANY if number % 3 == 0 else MEXICO) for number in range(120)]
    charge_id = sent(big, *messages)
    reader = Reader(big, sees_masked=False)
    whole = [read_charge(reader, charge_id, page=page) for page in (1, 2, 3)]
    paid = [told.payment for page in whole for told in page.messages if told.payment]
    assert [(p.before, p.after) for p in paid] == [
        (2000 - 7 * n, 2000 - 7 * n - 7) for n in range(80)
    ]
    charged = [read_charge(reader, charge_id, shown="charged", page=page) for page in (1, 2)]
    assert [told.payment for page in charged for told in page.messages] == paid
    assert paid[-1].after == Entry.objects.get(charge=charge_id).balance_after


def test_chat_of_several_days_chains_to_the_entry_of_each_day(location: Location) -> None:
    answer = charge_chat(
        location.pk,
        [chat("inbound", sent_at=NOW - days * DAY) for days in (0, 2, 1, 0, 2)],
        key=key(),
        at=NOW,
    )
    page = read_charge(Reader(location, sees_masked=False), answer.charge_id)
    after = {entry.pk: entry.balance_after for entry in page.entries}
    assert len(after) == 3
    for entry_id, balance in after.items():
        paid = [t.payment for t in page.messages if t.message.entry_id == entry_id and t.payment]
        assert min(p.after for p in paid) == balance


def test_credits_of_both_kinds_and_a_debt_are_told_apart(
    open_charge: Callable[..., Any],
) -> None:
    location = make_location(included=1)
    purchase(location.pk, 2, key=key(), at=NOW, reference="PO")
    answer = charge_chat(location.pk, [chat("inbound") for _ in range(3)], key=key(), at=NOW)
    said = words(open_charge(location, answer.charge_id))
    for sentence in (
        "paid from 1 contract credit and 1 purchased credit; balance 3 → 1",
        "paid from 1 purchased credit, 1 owed; balance 1 → −1",
        "owed: no credits were left; balance −1 → −3",
        "1 contract credit, 5 purchased credits · they went below zero, to −3",
    ):
        assert sentence in said, said


def test_a_charge_refused_whole_says_what_was_missing_and_the_way_out(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, *[text() for _ in range(20)])
    said = words(open_charge(location, charge_id))
    assert "Refused: Not enough credits" in said
    assert (
        "It needed 140, and 100 were available: 40 credits were missing, so nothing was sent and"
        " nothing charged. Buy credits, or wait for the renewal, and send the message again."
    ) in said
    assert "Balance 100 · unchanged" in said
    assert "Refused, costs nothing: Not enough credits." in said
    assert "Ask for a correction" not in said


def test_refused_messages_say_why_and_the_way_out(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text(GERMANY), text(IMPOSSIBLE), text())
    answer = open_charge(location, charge_id)
    said = words(answer)
    assert "2 messages were refused and cost nothing; the others went." in said
    assert (
        "Refused, costs nothing: The rate card has no price for the destination."
        " Ask your RedFlag contact for a price for this destination."
    ) in said
    assert "Correct the number, with its country code, and send the message again." in said
    assert "All 3 Charged 1 Refused 2" in said
    only = words(open_charge(location, charge_id, show="refused"))
    assert MEXICO not in only
    assert GERMANY in only


def test_a_call_that_was_capped_at_its_hold_says_so(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    held = holding.hold(
        location.pk,
        call=holding.Call(phone=MEXICO, expected_seconds=60),
        over_rule="cap",
        seconds_to_live=600,
        key=key(),
        at=NOW,
    ).hold
    charge_id = holding.settle(held.pk, "voice", [call(61)], key=key(), at=NOW).charge_id
    said = words(open_charge(location, charge_id))
    assert "Hold 12 credits were held for it; it was charged what was held, and no more." in said
    assert (
        "= 24, capped at the 12 that the hold had left, paid from contract credits;"
        " balance 100 → 88"
    ) in said


@pytest.mark.parametrize(
    ("over_rule", "held", "said"),
    [
        ("refuse", 24, "24 credits were held for it; all of it was used."),
        ("refuse", 30, "30 credits were held for it; what was not used is free again."),
        ("overflow", 20, "20 credits were held for it; it cost more, and was charged in full."),
        ("cap", 1, "1 credit was held for it; it was charged what was held, and no more."),
    ],
)
def test_what_became_of_the_hold_is_said(
    location: Location, open_charge: Callable[..., Any], over_rule: str, held: int, said: str
) -> None:
    hold = holding.hold(
        location.pk,
        credits=held,
        over_rule=over_rule,
        seconds_to_live=600,
        key=key(),
        at=NOW,
    ).hold
    charge_id = holding.settle(hold.pk, "voice", [call(61)], key=key(), at=NOW).charge_id
    assert said in words(open_charge(location, charge_id))


def test_what_was_held_for_others_is_said(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    holding.hold(location.pk, credits=30, seconds_to_live=600, key=key(), at=NOW)
    said = words(open_charge(location, sent(location, text())))
    assert "Available before 70 · 30 more were held for calls" in said
    assert "Balance 100 → to 93" in said


def test_what_was_given_back_is_said_on_the_charge_and_on_its_message(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text(external_id="a"), text(external_id="b"))
    ada = make_user(full_name="Ada Staff")
    reverse(location.pk, charge_id, external_id="b", key=key(), at=NOW, reason="Twice", made_by=ada)
    said = words(open_charge(location, charge_id))
    assert "Given back +7 · 15 Jun 2026, 12:00 UTC · by Ada Staff · Twice" in said
    assert "Given back on 15 Jun 2026, 12:00 UTC: Twice" in said
    assert "All 2 Charged 2 Given back 1" in said


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
    assert re.findall(r'href="(\?[^"]*)" rel="(\w+)"', opened.text) == [
        ("?page=1", "prev"),
        ("?page=3", "next"),
    ]
    for odd in ({"page": "99"}, {"message": "9999"}):
        assert "Page 3 of 3" in words(open_charge(location, charge_id, **odd))
    for odd in ({"page": "x"}, {"message": "x"}, {"show": "nothing"}, {"page": "９"}):
        assert "Page 1 of 3" in words(open_charge(location, charge_id, **odd))


def test_a_filter_that_finds_none_says_so(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text())
    assert "No such messages" in words(open_charge(location, charge_id, show="refused"))


def test_only_those_who_may_see_the_location_see_its_charges(
    client: Client, location: Location
) -> None:
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


def test_ids_that_no_row_can_have_are_not_found(client: Client, location: Location) -> None:
    charge_id = sent(location, text())
    client.force_login(make_member(location))
    for number in ("0", "9" * 12, "9" * 40):
        assert client.get(address(location, int(number))).status_code == 404
        asked = f"{address(location, charge_id)}messages/{number}1/correction/"
        assert client.get(asked).status_code == 404


def test_the_pages_on_the_way_down_keep_the_strict_policy(
    client: Client, location: Location
) -> None:
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
    check(client.post(f"{base}/search/", {"wanted": ""}))
    check(client.post(f"{address(location, charge_id)}correction/", {"reason": ""}))


@pytest.mark.parametrize("times", [1, 3])
def test_a_charge_asks_the_database_as_often_whatever_it_has(
    client: Client,
    location: Location,
    times: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ids = [f"m-{number}" for number in range(times * 2)]
    charge_id = sent(location, *[text(external_id=name) for name in ids], text(GERMANY))
    user = make_member(location)
    for name in ids[:times]:
        correcting.ask(
            location.pk, charge_id, external_id=name, reason="Why?", asked_by=user, at=NOW
        )
        reverse(location.pk, charge_id, external_id=name, key=key(), at=NOW, reason="So")
    client.force_login(user)
    with django_assert_num_queries(9):
        client.get(address(location, charge_id))


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"First Name": "Ana", "Last Name": "López"}, "Ana López"),
        ({"last name": "López", "City": "Lima"}, "López"),
        ({"Name": "Ana", "Full Name": "Ana L."}, "Ana L."),
        ({"City": "Lima", "Name": ""}, ""),
        ({}, ""),
    ],
)
def test_a_recipient_s_name_is_taken_from_the_fields(profile: dict[str, str], name: str) -> None:
    assert recipient_name(profile) == name


@pytest.mark.parametrize(
    ("order", "name"),
    [
        (["First Name", "Last Name"], "Ana López"),
        (["Last Name", "Unit", "First Name"], "López Ana"),
        (["FAMILY_NAME", "Unit"], "Ana López"),
        (["Unit"], "Ana López"),
    ],
)
def test_the_parts_of_a_name_stand_as_the_location_lists_them(order: list[str], name: str) -> None:
    profile = {"Unit": "7", "Last Name": "López", "first_name": "Ana"}
    assert recipient_name(profile, order) == name


def test_without_a_name_the_location_s_first_field_says_who_it_is() -> None:
    profile = {"Company Name": "Acme", "Unique ID": "U-17", "First Name": " "}
    assert recipient_name(profile, ["First Name", "Unique ID", "Company Name"]) == "U-17"
    assert recipient_name(profile, ["Company Name"]) == "Acme"
    assert recipient_name(profile, ["Last Name"]) == ""


# --- Asking for a correction ------------------------------------------------------------------


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
    assert (asked.external_id, asked.asked_by, asked.asked_at) == ("b", dana, NOW)
    said = words(client.get(answer["Location"]))
    assert (
        "Correction asked for, not decided yet · asked by Dana Manager, 15 Jun 2026, 12:00 UTC"
        " · It never arrived"
    ) in said
    assert said.count("Ask for a correction") == 2  # of the other message, and of the charge

    correcting.decline(asked.pk, decided_by=make_user(), at=NOW, answer="The phone was off")
    said = words(client.get(answer["Location"]))
    assert "Correction declined" in said
    assert "decided on 15 Jun 2026, 12:00 UTC · The phone was off" in said


def test_a_whole_charge_can_be_asked_for_and_is_given_back(
    client: Client, location: Location
) -> None:
    charge_id = sent(location, text(), text())
    client.force_login(make_member(location))
    answer = client.post(f"{address(location, charge_id)}correction/", {"reason": "Wrong list"})
    assert answer["Location"] == address(location, charge_id)
    correcting.grant(CorrectionRequest.objects.get().pk, decided_by=make_user(), at=NOW)
    said = words(client.get(answer["Location"]))
    assert "Correction granted" in said
    assert "Given back +14" in said
    assert "Ask for a correction" not in said
    assert Entry.objects.filter(kind=Kind.REVERSAL).count() == 1


def test_a_correction_that_cannot_be_asked_for_says_why(client: Client, location: Location) -> None:
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
