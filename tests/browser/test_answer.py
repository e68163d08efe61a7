"""The answer that Credit Usage opens with, in each of its states, as people see it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.engine.funding import purchase
from ledger.engine.holds import PlannedCall, hold
from locations.models import Location, Role, User
from tests.browser.conftest import Screen, Visit, on_a_phone, on_both_screens
from tests.browser.world import World, chats, located
from tests.factories import MEXICO, key, make_account, make_member

DAY = dt.timedelta(days=1)


@dataclass
class Answers:
    """Locations of one account by what their answer says, and the manager of them all."""

    manager: User
    by_words: dict[str, Location]


@pytest.fixture(scope="module")
def answers(world: World) -> Answers:
    now = timezone.now()
    account = make_account("Answers & Sons")

    def sending(name: str, chats_on: range, **fields: object) -> Location:
        location = located(account, name, **fields)
        chats(location, chats_on, 3)
        return location

    since = (now - 50 * DAY).date()
    found = {
        "run out on": sending("Harbor Oslo", range(40, 0, -1), included=300, starts_on=since),
        "contract credits will lapse": sending(
            "Harbor Lima", range(40, 0, -1), included=9000, starts_on=since
        ),
        "too few to say": sending("Harbor Perth", range(9, 0, -1), starts_on=since),
        "have been used since": sending("Harbor Cork", range(49, 40, -1), starts_on=since),
        "Without a contract they would last": sending(
            "Harbor Riga",
            range(40, 0, -1),
            included=2000,
            starts_on=since,
            ends_on=(now + 30 * DAY).date(),
        ),
        "your credits last until about": sending("Harbor Kos", range(40, 0, -1), included=None),
        "to last for 30 days": sending("Harbor Bali", range(40, 0, -1), included=None),
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
            call=PlannedCall(phone=MEXICO, expected_seconds=61),
            seconds_to_live=3600,
            key=key(),
            at=now,
        )
    manager = make_member(found["run out on"], Role.ACCOUNT_ADMIN)
    return Answers(manager, found)


@on_a_phone
def test_the_answer_in_each_state(visit: Visit, answers: Answers) -> None:
    for said, location in answers.by_words.items():
        visit.open_as(answers.manager, f"/locations/{location.pk}/credit-usage/")
        expect(visit.page.locator(".answer .sentences")).to_contain_text(said)
        visit.check(f"answer-{location.name.split()[-1].lower()}", within=".answer")
    visit.open(f"/locations/{answers.by_words['run out on'].pk}/credit-usage/")
    expect(visit.page.locator(".answer")).to_contain_text("Held for 3 calls")


@on_both_screens
def test_what_took_a_location_below_zero_leads_to_its_day(visit: Visit, world: World) -> None:
    visit.open_as(world.manager, f"/locations/{world.overdrawn.pk}/credit-usage/")
    first = visit.page.locator(".overdraft-entries li").first
    expect(first).to_contain_text("2 chat messages received")
    if visit.screen.is_phone:
        assert first.locator("a").bounding_box()["height"] >= 44
    first.get_by_role("link").click()
    expect(visit.page).to_have_url(
        f"{visit.url}/locations/{world.overdrawn.pk}/credit-usage/days/{_yesterday(world)}/"
    )


def _yesterday(world: World) -> dt.date:
    return (timezone.now() - DAY).astimezone(world.overdrawn.zone).date()


def test_the_answer_fits_every_width(new_visit: Callable[..., Visit], answers: Answers) -> None:
    visit = new_visit(Screen(768))
    location = answers.by_words["run out on"]
    visit.open_as(answers.manager, f"/locations/{location.pk}/credit-usage/")
    visit.check("answer-wide")
    visit.check_widths("answer-wide", 360, 1920)
