"""Every state of the pages: no accessibility violation, on a phone and a desk, light and dark."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Screen, Visit, on_both_screens
from tests.browser.world import PASSWORD, World


def test_states_of_credit_usage(visit: Visit, world: World) -> None:
    for name, location, said in (
        ("overdrawn", world.overdrawn, "You are 16 credits overdrawn"),
        ("just-renewed", world.renewed, "Your contract renewed on"),
        ("empty", world.empty, "No credits yet"),
    ):
        visit.open_as(world.manager, f"/locations/{location.pk}/credit-usage/")
        expect(visit.page.get_by_role("heading", name=said)).to_be_visible()
        visit.check(f"state-{name}")
    visit.open(
        f"/locations/{world.healthy.pk}/credit-usage/?first_on=2026-03-02&last_on=2026-03-01"
    )
    expect(visit.page.get_by_label("Last day").first).to_have_attribute("aria-invalid", "true")
    visit.check("state-bad-filter")
    visit.open(f"/locations/{world.renewed.pk}/reports/")
    visit.check("reports")


def test_refusals(new_visit: Callable[..., Visit], world: World) -> None:
    visit = new_visit(PHONE)
    visit.sign_in(world.manager.email, "wrong")
    expect(visit.page.get_by_role("alert")).to_contain_text("do not go together")
    visit.check("sign-in-wrong")
    visit.sign_in(world.manager.email, PASSWORD)
    visit.open(f"/locations/{world.foreign.pk}/credit-usage/")
    visit.expect_refusal(404)
    visit.check("error-404")

    editor = new_visit(PHONE)
    editor.open_as(world.editor)
    editor.check("no-location-for-role")
    editor.open(f"/locations/{world.healthy.pk}/")
    editor.expect_refusal(403)
    editor.check("error-403")

    newcomer = new_visit(PHONE)
    newcomer.open_as(world.newcomer)
    newcomer.check("no-location")


def test_too_many_tries(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(DESK)
    for _ in range(10):
        visit.sign_in("guessed@example.org", "wrong")
    expect(visit.page.get_by_role("heading", name="Too many tries")).to_be_visible()
    visit.expect_refusal(429)
    visit.check("error-429")


def test_menus_close_as_people_expect(new_visit: Callable[..., Visit], world: World) -> None:
    visit = new_visit(DESK)
    visit.open_as(world.only_one)
    page = visit.page
    more, mine = page.locator("header details").first, page.locator("header details").last
    more.locator("summary").click()
    mine.locator("summary").click()
    expect(more).not_to_have_attribute("open", "")
    expect(mine).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(mine).not_to_have_attribute("open", "")
    expect(mine.locator("summary")).to_be_focused()
    more.locator("summary").click()
    page.get_by_role("heading", name="Credit Usage").click()
    expect(more).not_to_have_attribute("open", "")


def test_the_keyboard_alone_reaches_everything(
    new_visit: Callable[..., Visit], world: World
) -> None:
    visit = new_visit(DESK)
    visit.open_as(world.only_one)
    page = visit.page
    expect(page.get_by_role("heading", name="Credit Usage")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reached = set()
    for _ in range(160):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                return [e.innerText.trim() || e.id, style.outlineStyle, e.tagName];
            }"""
        )
        if focused[2] == "BODY":
            break
        reached.add(focused[0])
        assert focused[1] != "none", focused
    assert {"90 days", "Custom", "Cumulative", "Filter", "Closing balance", "New report"} <= {
        name.splitlines()[-1] if name else name for name in reached
    }


@on_both_screens
def test_everything_works_without_javascript(
    new_visit: Callable[..., Visit], screen: Screen, world: World
) -> None:
    visit = new_visit(screen, java_script_enabled=False)
    visit.sign_in(world.only_one.email, PASSWORD)
    page = visit.page
    page.locator("header summary").first.click()
    page.get_by_role("link", name="Location Details", exact=True).first.click()
    page.get_by_role("link", name="Credit Usage").last.click()
    page.get_by_role("link", name="90 days").click()
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("link", name="Page 2")).to_have_attribute("aria-current", "page")
    assert page.locator("tbody tr").count() == 31
    page.get_by_text("New report").click()
    page.get_by_label("Report", exact=True).select_option("Chat Messages")
    page.get_by_role("button", name="Ask for the report").click()
    first = page.locator("#report-list li").first
    expect(first).to_contain_text("Chat Messages")
    expect(first).to_contain_text(re.compile("Waiting|Counting|rows"))
    page.locator("header summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_targets_are_large_enough_for_a_finger(
    new_visit: Callable[..., Visit], world: World
) -> None:
    visit = new_visit(PHONE)
    visit.open_as(world.only_one)
    visit.page.locator("header summary").first.click()
    targets = "header a, header summary, .ranges a, .button, tbody summary, thead a, .kinds label"
    targets += ", .page-links a, input:not([type=checkbox], [type=hidden]), select"
    small = visit.page.evaluate(
        """targets => [...document.querySelectorAll(targets)].filter(e => e.offsetParent)
            .map(e => [e.innerText || e.id, Math.round(e.getBoundingClientRect().height)])
            .filter(([, height]) => height < 44)""",
        targets,
    )
    assert small == []
