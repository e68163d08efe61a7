"""What htmx fetches: other days, pages, searches; where focus goes, what is said, what fails."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from locations.models import Session
from tests.browser.conftest import DESK, Screen, Visit, on_both_screens
from tests.browser.world import PASSWORD, World


@pytest.fixture
def open_usage(new_visit: Callable[..., Visit], world: World) -> Callable[[Screen], Visit]:
    def opened(screen: Screen) -> Visit:
        visit = new_visit(screen)
        visit.open_as(world.only_one)
        expect(visit.page.get_by_role("heading", name="Credit Usage")).to_be_visible()
        visit.page.evaluate("document.body.dataset.same = 'page'")
        return visit

    return opened


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("document.body.dataset.same === 'page'"))


@on_both_screens
def test_other_days_come_in_place_and_into_the_address(
    open_usage: Callable[[Screen], Visit], screen: Screen
) -> None:
    visit = open_usage(screen)
    page, news = visit.page, visit.page.locator("#news")
    page.get_by_role("link", name="90 days").click()
    expect(page).to_have_url(re.compile(r"\?range=90-days$"))
    expect(page.get_by_role("link", name="90 days")).to_be_focused()
    expect(news).to_contain_text(re.compile("Shown: .* days, closing balance "))
    assert page.locator(".chart-cursor").count() == 1  # the new chart has its slider too
    page.get_by_role("link", name="Page 2").click()
    expect(page).to_have_url(re.compile(r"range=90-days&page=2$"))
    expect(page.locator("#days")).to_be_focused()
    page.get_by_role("link", name="Net").click()
    expect(page.get_by_role("columnheader", name="Net")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("link", name="Net")).to_be_focused()
    page.locator("#filters-summary").click()
    page.get_by_label("Texts").check()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("kind=text&sort=net$"))
    expect(page.locator("#filters-summary")).to_be_focused()
    page.get_by_role("link", name="Custom").click()
    expect(page.get_by_label("First day").first).to_be_focused()
    page.get_by_label("Last day").first.fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Last day").first).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[aria-invalid]").first).to_be_focused()
    visit.check("in-place-bad-filter")
    assert is_same_page(page)
    # Back loads what the address says, as it is by now.
    page.go_back()
    expect(page.get_by_label("First day").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("kind=text&sort=net$"))
    expect(page.locator("tbody tr")).to_have_count(4)


def test_what_fails_is_said_and_nothing_is_lost(open_usage: Callable[[Screen], Visit]) -> None:
    visit = open_usage(DESK)
    page, trouble = visit.page, visit.page.locator("#trouble")
    shown = page.locator("tbody").inner_text()
    answers: list[Callable[[Route], None]] = [
        lambda route: route.fulfill(status=500, body="<html><body><main>x</main></body></html>"),
        lambda route: route.fulfill(status=404, body="<html><body><main>x</main></body></html>"),
        lambda route: route.abort(),
    ]
    said = ["something went wrong on our side", "could not be shown", "cannot be reached now"]
    for answer, words in zip(answers, said, strict=True):
        page.route("**/credit-usage/?*", answer)
        page.get_by_role("link", name="90 days").click()
        expect(trouble).to_contain_text(words)
        page.unroute("**/credit-usage/?*")
        assert page.locator("tbody").inner_text() == shown
    visit.check("in-place-trouble")
    visit.complaints.clear()  # the browser logs each of them
    page.get_by_role("link", name="90 days").click()
    expect(trouble).to_be_hidden()
    assert is_same_page(page)


def test_whoever_was_signed_out_is_led_to_the_sign_in_and_back(
    open_usage: Callable[[Screen], Visit], world: World
) -> None:
    visit = open_usage(DESK)
    page = visit.page
    page.get_by_role("link", name="90 days").click()
    expect(page).to_have_url(re.compile("range=90-days"))
    Session.objects.filter(user=world.only_one).delete()
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_text("Sign in to open that page.")).to_be_visible()
    page.get_by_label("E-mail address").fill(world.only_one.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")


@on_both_screens
def test_a_search_answers_in_place(open_usage: Callable[[Screen], Visit], screen: Screen) -> None:
    visit = open_usage(screen)
    page = visit.page
    page.get_by_role("link", name="Find a message").click()
    wanted = page.get_by_role("searchbox")
    wanted.fill("ana")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("#news")).to_have_text("16 messages found")
    expect(page).to_have_url(re.compile("/search/$"))
    visit.check("search-in-place")
    page.get_by_label("Last day").fill("2020-01-01")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("[aria-invalid]").first).to_be_focused()
    visit.expect_refusal(422)
    expect(wanted).to_have_value("ana")


@on_both_screens
def test_why_the_newest_message_cost_that_comes_when_it_is_looked_at(
    open_usage: Callable[[Screen], Visit], world: World, screen: Screen
) -> None:
    visit = open_usage(screen)
    page = visit.page
    why = page.locator("#why")
    before = why.bounding_box()
    why.scroll_into_view_if_needed()
    expect(why.get_by_role("heading")).to_have_text("Why did this cost 24?")
    after = why.bounding_box()
    assert before and after
    if not screen.is_phone:
        assert after["height"] == before["height"]  # nothing jumped
    visit.check("why")
    why.get_by_role("link", name="Open this message").click()
    expect(page.get_by_role("heading", name="1 call to Mexico")).to_be_visible()
