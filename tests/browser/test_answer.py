"""The answer that Credit Usage opens with, in each of its states, as people see it."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.charging import charge_chat
from ledger.funding import purchase
from ledger.holding import Call, hold
from locations.models import Location
from tests.browser.conftest import Screen, Visit
from tests.browser.world import PASSWORD, World
from tests.factories import MEXICO, chat, key, make_location

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def states(world: World) -> dict[str, Location]:
    """Locations of the manager's, by what their answer says."""
    now = timezone.now()
    account = world.healthy.account

    def located(name: str, chats_on: range, **fields: object) -> Location:
        location = make_location(name=name, account=account, **fields)  # type: ignore[arg-type]
        location.chat_inboxes.create(name="Front Desk")
        for days in chats_on:
            at = now - days * DAY
            messages = [chat("inbound", sent_at=at) for _ in range(3)]
            charge_chat(location.pk, messages, key=key(), at=at)
        return location

    since = (now - 50 * DAY).date()
    found = {
        "run out on": located("Harbor Oslo", range(40, 0, -1), included=300, starts_on=since),
        "contract credits will lapse": located(
            "Harbor Lima", range(40, 0, -1), included=9000, starts_on=since
        ),
        "too few to say": located("Harbor Perth", range(9, 0, -1), starts_on=since),
        "have been used since": located("Harbor Cork", range(49, 40, -1), starts_on=since),
        "Without a contract they would last": located(
            "Harbor Riga",
            range(40, 0, -1),
            included=2000,
            starts_on=since,
            ends_on=(now + 30 * DAY).date(),
        ),
        "your credits last until about": located("Harbor Kos", range(40, 0, -1), included=None),
        "to last for 30 days": located("Harbor Bali", range(40, 0, -1), included=None),
    }
    for name, credits in (
        ("Without a contract they would last", 500),
        ("your credits last until about", 700),
        ("run out on", 100),
    ):
        purchase(found[name].pk, credits, key=key(), at=now, reference="Invoice 1")
    for _ in range(3):
        oslo = found["run out on"].pk
        hold(
            oslo,
            call=Call(phone=MEXICO, expected_seconds=61),
            seconds_to_live=3600,
            key=key(),
            at=now,
        )
    return found


def test_the_answer_in_each_state(visit: Visit, world: World, states: dict[str, Location]) -> None:
    visit.sign_in(world.manager.email, PASSWORD)
    for said, location in states.items():
        visit.open(f"/locations/{location.pk}/credit-usage/")
        expect(visit.page.locator(".answer .words")).to_contain_text(said)
        visit.look(f"answer-{location.name.split()[-1].lower()}")
    visit.open(f"/locations/{states['run out on'].pk}/credit-usage/")
    expect(visit.page.locator(".answer")).to_contain_text("Held for 3 calls")


def test_what_took_a_location_below_zero_leads_to_its_day(visit: Visit, world: World) -> None:
    visit.sign_in(world.manager.email, PASSWORD)
    visit.open(f"/locations/{world.overdrawn.pk}/credit-usage/")
    first = visit.page.locator(".took li").first
    expect(first).to_contain_text("2 chat messages received")
    if visit.screen.is_phone:
        assert first.locator("a").bounding_box()["height"] >= 44
    first.get_by_role("link").click()
    expect(visit.page).to_have_url(
        f"{visit.url}/locations/{world.overdrawn.pk}/credit-usage/days/{_yesterday(world)}/"
    )


def _yesterday(world: World) -> dt.date:
    return (timezone.now() - DAY).astimezone(world.overdrawn.zone).date()


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_the_answer_fits_every_width(
    new_visit, world: World, states: dict[str, Location], width: int
) -> None:
    visit = new_visit(Screen(width, "light"))
    visit.sign_in(world.manager.email, PASSWORD)
    visit.open(f"/locations/{states['run out on'].pk}/credit-usage/")
    visit.look("answer-wide")
