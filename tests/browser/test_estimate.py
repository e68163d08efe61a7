"""Before you send, and asking for credits, as people do it."""

from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from ledger.models import CreditRequest
from ledger.requests import credit_requests
from reports.estimates import jobs
from reports.models import LongEstimate
from tests.browser.conftest import Visit, on_a_phone
from tests.browser.world import World, chats, make_own
from tests.factories import DOMESTIC, FRANCE, GERMANY, MEXICO


@on_a_phone
def test_a_list_is_estimated(visit: Visit, world: World, tmp_path: Path) -> None:
    page = visit.page
    visit.open_as(world.manager, f"/locations/{world.healthy.pk}/credit-usage/")
    page.get_by_role("link", name="Estimate a send").click()
    expect(page.get_by_role("heading", name="Before you send")).to_be_visible()
    visit.check("estimate-form")

    numbers = [MEXICO, "+52 222 123 4567", FRANCE, "0033 6 12 34 56 79", DOMESTIC, GERMANY, "Ana"]
    page.get_by_label("Phone numbers").fill("\n".join(numbers))
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#cost-head")).to_have_text("26")
    expect(page.get_by_role("heading", name="2 lines cannot be sent to")).to_be_visible()
    assert page.url == f"{visit.url}/locations/{world.healthy.pk}/estimate/?from=paste"
    visit.check("estimate-fits")

    visit.open(f"/locations/{world.overdrawn.pk}/estimate/")
    page.get_by_label("Phone numbers").fill("\n".join([MEXICO] * 20))
    page.get_by_label("Calls", exact=True).check()
    page.get_by_label("Seconds of each call").fill("90")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator(".cost .sentences")).to_contain_text("This does not fit")
    visit.check("estimate-missing")
    page.get_by_role("link", name="Request credits").click()
    assert int(page.get_by_label("Number of credits").input_value()) > 480


def test_a_file_is_estimated_and_a_bad_one_refused(
    visit: Visit, world: World, tmp_path: Path
) -> None:
    page = visit.page
    visit.open_as(world.manager, f"/locations/{world.healthy.pk}/estimate/")
    page.get_by_role("link", name="Upload a file").click()
    file = tmp_path / "people.csv"
    file.write_text(f"Name;Mobile;Home\nAna;{MEXICO};\nBob;07400 123456;\n")
    page.get_by_label("CSV or Excel file").set_input_files(file)
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator(".notes")).to_contain_text("Read from the column “Mobile”")
    visit.check("estimate-file")
    page.get_by_label("Heading of the column").select_option("Home")
    page.get_by_label("CSV or Excel file").set_input_files(file)
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_text("There is no number to estimate in it.")).to_be_visible()
    visit.expect_refusal(422)
    file.write_text("Name;Mobile\nAna;\n")
    page.get_by_label("Heading of the column").select_option("Look for the column")
    page.get_by_label("CSV or Excel file").set_input_files(file)
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_text("There is no number to estimate in it.")).to_be_visible()
    visit.expect_refusal(422)
    visit.check("estimate-refused")


def test_the_last_broadcast_is_estimated_again(visit: Visit, world: World) -> None:
    page = visit.page
    visit.open_as(world.manager, f"/locations/{world.healthy.pk}/estimate/?from=last")
    visit.check("estimate-last")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#cost-head")).to_have_text("24")
    visit.open(f"/locations/{world.empty.pk}/estimate/?from=last")
    expect(page.get_by_text("has not sent a broadcast yet")).to_be_visible()
    visit.check("estimate-no-last")


@on_a_phone
def test_credits_are_requested_and_the_answer_read(visit: Visit, world: World) -> None:
    page = visit.page
    location, manager = make_own("Harbor Buying")
    chats(location, range(20, 0, -1))
    visit.open_as(manager, f"/locations/{location.pk}/credit-usage/")
    page.get_by_role("link", name="Request credits").click()
    expect(page.get_by_label("Medium")).to_be_visible()
    visit.check("buy")
    page.get_by_label("Medium").check()
    page.get_by_label("Your reference").fill("PO-1")
    page.get_by_role("button", name="Send the request").click()
    first = page.locator(".credit-requests li").first
    expect(first).to_contain_text("Waiting for RedFlag")
    asked = CreditRequest.objects.get(location=location)
    credit_requests.approve(
        asked.pk, decided_by=world.staff, at=timezone.now(), answer="Invoice follows"
    )
    page.reload()
    expect(first).to_contain_text("Approved · see the purchase")
    visit.check("buy-answered")
    first.get_by_role("link").click()
    expect(page.get_by_text("Credits bought · PO-1")).to_be_visible()
    why = f"Credit request {asked.pk} of {manager.full_name} · by Sam Staff"
    expect(page.get_by_text(why, exact=True)).to_be_visible()


def test_a_request_without_reference_is_refused(visit: Visit, world: World) -> None:
    page = visit.page
    visit.open_as(world.manager, f"/locations/{world.empty.pk}/credits/")
    page.get_by_label("Another number").check()
    page.get_by_label("Your reference").fill(" ")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Say how many credits, or choose a bundle.")).to_be_visible()
    visit.expect_refusal(422)
    visit.check("buy-refused")


def test_a_long_list_is_priced_while_somebody_looks(visit: Visit, world: World) -> None:
    page = visit.page
    location, manager = make_own("Harbor Long")
    visit.open_as(manager, f"/locations/{location.pk}/estimate/")
    numbers = "\n".join([*(f"+52222{n:07}" for n in range(10_001)), GERMANY, "Ana"])
    visit.paste("Phone numbers", numbers)
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    visit.check("long-estimate-waiting")
    asked = LongEstimate.objects.get(requested_by=manager)
    rows = LongEstimate.objects.filter(pk=asked.pk)
    rows.update(state="running", rows_done=41_000, rows_total=64_000)
    expect(page.get_by_text("64 %, 41,000 of 64,000 numbers")).to_be_visible()
    page.reload()
    expect(page.get_by_text("64 %, 41,000 of 64,000 numbers")).to_be_visible()
    visit.check("long-estimate-running")
    rows.update(state="queued")
    jobs.run_long_estimate(str(asked.pk), clock=timezone.now)
    expect(page.locator("#cost-head")).to_have_text("70,007")
    expect(page.locator("#news")).to_have_text("The estimate is ready")
    expect(page.get_by_role("heading", name="2 lines cannot be sent to")).to_be_visible()
    visit.check("long-estimate-ready")
    page.get_by_role("link", name="Estimate another send").click()
    expect(page.get_by_text("10,002 numbers · 70,007 credits")).to_be_visible()
    visit.check("estimate-with-long-lists")
    page.locator(".longs a").first.click()
    page.get_by_role("button", name="Delete it now").click()
    expect(page.get_by_role("heading", name="What would it cost?")).to_be_visible()
    assert not rows.exists()


def test_a_long_list_that_cannot_be_priced_says_why(visit: Visit, world: World) -> None:
    page = visit.page
    location, manager = make_own("Harbor Broken")
    asked = LongEstimate.objects.create(
        location=location,
        requested_by=manager,
        requested_at=timezone.now(),
        language="en",
        channel="text",
        is_file=True,
        state="failed",
        finished_at=timezone.now(),
        failure="This workbook cannot be read: save it as XLSX or CSV and try again.",
    )
    visit.open_as(manager, f"/locations/{location.pk}/estimate/{asked.pk}/")
    expect(page.get_by_role("heading", name="could not be priced")).to_be_visible()
    visit.check("long-estimate-failed")
