"""The page of reports: cancelled, asked for again, scheduled."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.world import PASSWORD, World


def test_reports_are_cancelled_asked_for_again_and_scheduled(
    new_visit: Callable[..., Visit], screen: object, world: World
) -> None:
    visit = new_visit(screen)
    page = visit.page
    visit.sign_in(world.manager.email, PASSWORD)
    visit.open(f"/locations/{world.healthy.pk}/reports/")
    page.get_by_label("Report", exact=True).first.select_option("Statement")
    page.get_by_label("As", exact=True).first.select_option("csv")
    page.get_by_role("button", name="Ask for the report").click()
    first = page.locator("#report-list li").first
    expect(first).to_contain_text("Statement (CSV)")
    expect(first).to_contain_text("Waiting for its turn")
    first.get_by_role("button", name="Cancel").click()
    expect(first).to_contain_text("Cancelled by")
    first.get_by_role("button", name="Ask again").click()
    expect(first).to_contain_text("Waiting for its turn")
    first.get_by_role("button", name="Cancel").click()
    expect(first).to_contain_text("Cancelled by")

    page.get_by_text("Schedule a report").click()
    form = page.locator("#schedules form")
    form.get_by_label("How often").select_option("week")
    form.get_by_role("checkbox").first.check()
    visit.look("schedule")
    page.get_by_role("button", name="Schedule it").click()
    schedule = page.locator("#schedules li").first
    expect(schedule).to_contain_text("Every week · next on")
    visit.look("scheduled")
    schedule.get_by_role("button", name="Stop").click()
    expect(page.locator("#schedules li")).to_have_count(0)
