"""Setting an alert, meeting its notice, and seeing all locations side by side."""

from collections.abc import Callable

from playwright.sync_api import expect

from reports.alerts.evaluate import evaluate_alert
from reports.models import Alert, AlertMail
from tests.browser.conftest import DESK, Visit, on_a_phone
from tests.browser.world import World, chats, make_own


@on_a_phone
def test_an_alert_is_set_and_its_notice_met(visit: Visit, world: World) -> None:
    location, manager = make_own("Harbor Alert", included=9000)
    chats(location, range(20, 0, -1))
    visit.open_as(manager, f"/locations/{location.pk}/alerts/")
    page = visit.page
    expect(page.get_by_text("No alert is set yet.")).to_be_visible()
    visit.check("alerts-new")
    page.get_by_label("Fewer days left than").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    visit.expect_refusal(422)
    visit.check("alerts-refused")
    page.get_by_label("Fewer credits than").fill("100000")
    page.get_by_label(manager.full_name).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_text("Below a limit.")).to_be_visible()
    alert = Alert.objects.get(location=location)
    evaluate_alert(location.pk, at=alert.set_at)
    AlertMail.objects.filter(alert=alert).update(attempts=2, error="ConnectionRefusedError 111")
    page.reload()
    expect(page.get_by_text("2 tries failed")).to_be_visible()
    visit.check("alerts-mail-waiting")
    visit.open(f"/locations/{location.pk}/credit-usage/")
    expect(page.get_by_role("heading", name="of your alert")).to_be_visible()
    expect(page.get_by_role("link", name="Alerts: below 100,000")).to_be_visible()
    visit.check("alerts-notice")
    page.get_by_role("link", name="Change the alert").click()
    expect(page.get_by_role("heading", name="Alerts")).to_be_visible()


def test_locations_side_by_side(visit: Visit, world: World) -> None:
    visit.open_as(world.manager)
    page = visit.page
    visit.check("chooser-with-account")
    page.get_by_role("link", name="All of Harbor & Sons").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    visit.check("all-locations", closely=True)
    page.locator(".title summary").click()
    visit.check("all-locations-download", within="details[open]")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel workbook").click()
    assert download.value.suggested_filename.startswith("Harbor-Sons_Locations_")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Available").click()
    expect(page.locator("tbody tr").first).to_contain_text("Harbor Kyoto")
    page.get_by_label("State").select_option("Overdrawn")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    visit.check("all-locations-filtered")
    page.get_by_label("Find a location").fill("nowhere to be found")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="No location is like that")).to_be_visible()
    visit.check("all-locations-none")
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name="Harbor Utrecht").click()
    page.locator(".title summary").click()
    visit.check("switcher")
    page.locator(".title").get_by_role("searchbox").fill("dallas")
    page.locator(".title").get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Harbor Dallas")).to_be_visible()
    expect(page.get_by_role("link", name="Harbor Kyoto")).to_have_count(0)


def test_without_javascript_too(new_visit: Callable[..., Visit], world: World) -> None:
    visit = new_visit(DESK, java_script_enabled=False)
    visit.open_as(world.manager)
    visit.page.get_by_role("link", name="All of Harbor & Sons").click()
    visit.page.get_by_role("link", name="Runs out on").click()
    expect(visit.page.locator("tbody tr").first).to_contain_text("Harbor Kyoto")
