"""From a day to its charges, to a message, to why it cost what it did; a search, a correction."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.reversals import reverse
from ledger.models import Charge, CorrectionRequest, Entry
from ledger.requests import correction_requests
from locations.models import Location, User
from tests.browser.conftest import PHONE, Screen, Visit, on_a_phone, on_both_screens
from tests.browser.world import World, make_own
from tests.factories import GERMANY, IMPOSSIBLE, call, chat, key, make_user, text

ADA = {"First Name": "Ada", "Last Name": "Núñez"}


@dataclass
class Sent:
    """Charges of one day, at the only location of a manager."""

    location: Location
    manager: User
    day: dt.date
    texts: int
    refused: int
    chat: int


@pytest.fixture(scope="module")
def sent(world: World) -> Sent:
    location, manager = make_own("Harbor Drill", included=9000)
    at = timezone.now() - dt.timedelta(hours=1)
    messages = [text(sent_at=at, profile=ADA, status="Delivered", status_at=at)]
    messages += [text(sent_at=at, profile={"First Name": f"Guest {n}"}) for n in range(60)]
    messages += [text(GERMANY, sent_at=at), text(IMPOSSIBLE, sent_at=at)]
    texts = charge_broadcast(location.pk, "text", messages, key=key(), at=at).charge_id
    charge_broadcast(location.pk, "voice", [call(61, sent_at=at)], key=key(), at=at)
    many = [text(sent_at=at) for _ in range(2000)]
    refused = charge_broadcast(location.pk, "text", many, key=key(), at=at).charge_id
    hostile = "<img src=x onerror=alert(1)> " + "a long story " * 40
    chats = [
        chat("inbound", content=hostile, sent_at=at),
        chat(content="See you!", sent_at=at, has_image=True),
    ]
    chatted = charge_chat(location.pk, chats, key=key(), at=at).charge_id
    staff = make_user(full_name="Jude Staff")
    reverse(
        location.pk,
        texts,
        external_id=messages[3].external_id,
        key=key(),
        at=timezone.now(),
        reason="Sent in error",
        created_by=staff,
    )
    for number, decide in ((4, correction_requests.grant), (5, correction_requests.decline)):
        asked = correction_requests.request_correction(
            location.pk,
            texts,
            external_id=messages[number].external_id,
            reason="It never arrived",
            requested_by=manager,
            at=timezone.now(),
        )
        decide(asked.pk, decided_by=staff, at=timezone.now(), answer="We looked at it")
    return Sent(
        location,
        manager,
        Entry.objects.get(charge=texts, kind="international_text").day,
        texts,
        refused,
        chatted,
    )


def base(sent: Sent) -> str:
    return f"/locations/{sent.location.pk}/credit-usage"


@on_both_screens
def test_from_a_day_down_to_a_message_and_its_correction(visit: Visit, sent: Sent) -> None:
    page = visit.page
    visit.open_as(sent.manager, f"{base(sent)}/days/{sent.day}/")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    visit.check("day")

    # The whole line leads there, not its words alone.
    line = page.get_by_role("row").filter(has_text="63 texts to 2 countries")
    line.click(position={"x": 5, "y": 5})
    expect(page.get_by_role("heading", level=1)).to_have_text("63 texts to 2 countries")
    first = page.locator("#message-0")
    expect(first).to_contain_text("Ada Núñez")
    expect(first).to_contain_text("1 text × 7 (Mexico, mobile; card Standard")
    expect(first).to_contain_text("= 7, paid from")
    visit.check("charge")

    page.get_by_role("link", name="Refused 2").click()
    expect(page.locator(".message-list > li")).to_have_count(2)
    expect(page.get_by_text("Correct the number, with its country code")).to_be_visible()
    visit.check("charge-refused-messages")
    page.get_by_role("link", name="All 63").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    assert page.locator(".message-list > li").count() == 13
    page.get_by_role("link", name="Previous").click()

    page.get_by_role("link", name=f"of message {20 + visit.screen.is_phone}").click()
    expect(page.get_by_label("What is wrong with it?")).to_be_visible()
    visit.check("correction")
    page.get_by_label("What is wrong with it?").fill("It never arrived.")
    page.get_by_role("button", name="Ask for the correction").click()
    expect(page.locator("li:target")).to_contain_text("Correction asked for, not decided yet")
    visit.check("charge-correction-asked")


@on_a_phone
def test_a_search_finds_a_message_and_leads_to_it(visit: Visit, sent: Sent) -> None:
    page = visit.page
    visit.open_as(sent.manager)
    page.get_by_role("link", name="Find a message").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    visit.check("search")
    page.get_by_label("Recipient, phone number or external id").fill("núñez ada")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="1 message found")).to_be_visible()
    visit.check("search-found")
    assert "Ada" not in page.url
    page.locator(".message-list > li").first.click(position={"x": 5, "y": 5})
    expect(page.locator("li:target")).to_contain_text("Ada Núñez")

    visit.open(f"{base(sent)}/search/")
    page.get_by_label("Recipient, phone number or external id").fill("+52 222 123 4567")
    page.get_by_label("Recipient, phone number or external id").press("Enter")
    expect(page.get_by_text("Page 1 of")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    visit.check("search-second-page")
    page.get_by_label("Recipient, phone number or external id").fill("nobody at all")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    visit.check("search-nothing")


def test_states_on_the_way_down(visit: Visit, sent: Sent) -> None:
    page = visit.page
    visit.open_as(sent.manager, f"{base(sent)}/days/2015-01-01/")
    expect(page.get_by_role("heading", name="Nothing was sent on this day")).to_be_visible()
    visit.check("day-empty")
    visit.open(f"{base(sent)}/charges/{sent.refused}/")
    expect(page.get_by_role("heading", name="Refused: Not enough credits")).to_be_visible()
    visit.check("charge-refused")
    visit.open(f"{base(sent)}/charges/{sent.chat}/")
    page.get_by_text("Show all").click()
    expect(page.get_by_text("<img src=x onerror=alert(1)>").last).to_be_visible()
    visit.check("charge-chat")
    visit.open(f"{base(sent)}/search/")
    page.get_by_label("First day").fill("2026-03-02")
    page.get_by_label("Last day").fill("2026-03-01")
    page.get_by_label("Recipient, phone number or external id").fill("x")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    visit.expect_refusal(422)
    visit.check("search-bad-days")


@on_both_screens
def test_the_way_down_works_by_keyboard_and_without_javascript(
    new_visit: Callable[..., Visit], screen: Screen, sent: Sent
) -> None:
    visit = new_visit(screen, java_script_enabled=False)
    page = visit.page
    visit.open_as(sent.manager, f"{base(sent)}/days/{sent.day}/")
    page.get_by_role("link", name="1 call to Mexico").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 call to Mexico")
    charge = Charge.objects.get(location=sent.location, pk=page.url.rstrip("/").split("/")[-1])
    ask = page.get_by_role("link", name="Ask for a correction of message 1")
    if not CorrectionRequest.objects.filter(charge=charge).exists():
        ask.focus()
        page.keyboard.press("Enter")
        page.get_by_label("What is wrong with it?").fill("Nobody answered")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(page.locator("#message-0")).to_contain_text("Correction asked for, not decided yet")
    expect(ask).to_have_count(0)


def test_targets_on_the_way_down_are_large_enough_for_a_finger(
    new_visit: Callable[..., Visit], sent: Sent
) -> None:
    visit = new_visit(PHONE)
    visit.open_as(sent.manager)
    for path in (
        f"days/{sent.day}/",
        f"charges/{sent.texts}/",
        f"charges/{sent.texts}/correction/",
        "search/",
    ):
        visit.open(f"{base(sent)}/{path}")
        small = visit.page.evaluate(
            """targets => [...document.querySelectorAll(targets)].filter(e => e.offsetParent)
                .map(e => [e.innerText || e.id, Math.round(e.getBoundingClientRect().height)])
                .filter(([, height]) => height < 44)""",
            "main .button, .ranges a, .page-links a, .moves .leads, .ask a, .search .field input",
        )
        assert small == [], path
