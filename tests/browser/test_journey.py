"""From the sign-in to a workbook on the disk, as the help page names the way."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, on_both_screens
from tests.browser.world import PASSWORD, World
from tests.product import LiveProduct

BUILT_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
def worker(live_product: LiveProduct) -> Iterator[None]:
    with live_product.working():
        yield


def closing(page: Page) -> str:
    return page.locator("tbody tr .closing").first.inner_text()


@on_both_screens
def test_from_sign_in_to_workbook(visit: Visit, world: World, worker: None, tmp_path: Path) -> None:
    page = visit.page
    visit.open("/")
    visit.check("sign-in")
    visit.sign_in(world.manager.email, PASSWORD)

    expect(page.get_by_role("heading", name="Choose a location")).to_be_visible()
    visit.check("choose")
    page.get_by_role("link", name="Harbor Dallas").click()

    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Location Details", exact=True).first.click()
    expect(page.get_by_role("heading", name="Location Details")).to_be_visible()
    visit.check("location-details")
    page.get_by_text("More", exact=True).first.click()
    visit.check("menu-open", within="header")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Credit Usage").click()
    expect(page).to_have_title("Credit Usage · Harbor Dallas · RedFlag")
    visit.check("credit-usage")
    balance = page.locator("#available").inner_text()
    assert closing(page) == balance

    _filter_sort_and_turn_pages(visit, balance)
    _ask_and_download(visit, tmp_path)


def _filter_sort_and_turn_pages(visit: Visit, balance: str) -> None:
    page = visit.page
    page.get_by_role("link", name="This term").click()
    expect(page.get_by_role("link", name="This term")).to_have_attribute("aria-current", "true")
    assert closing(page) == balance
    assert page.locator("tbody tr").count() == 31
    page.get_by_role("link", name="Page 3").click()
    expect(page.get_by_role("link", name="Page 3")).to_have_attribute("aria-current", "page")
    assert page.locator("tfoot .closing").inner_text() == balance
    visit.check("credit-usage-last-page")

    page.get_by_role("link", name="30 days").click()
    expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")
    page.get_by_text("Filter", exact=True).click()
    visit.check("credit-usage-filters")
    page.get_by_label("Texts").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Net").click()
    expect(page.get_by_role("columnheader", name="Net")).to_have_attribute("aria-sort", "ascending")
    visit.check("credit-usage-filtered")
    if visit.screen.is_phone:
        assert page.locator("tbody .text").first.is_hidden()
        page.locator("tbody summary").first.click()
        expect(page.locator("tbody dl").first).to_contain_text("Texts−28")
        visit.check("credit-usage-row-open")
    else:
        assert page.locator("tbody .text").first.inner_text() == "−28"
        assert page.locator("tbody summary").first.is_hidden()


def _ask_and_download(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.get_by_text("New report").click()
    page.get_by_label("Report", exact=True).select_option("International Messages")
    visit.check("new-report")
    page.get_by_role("button", name="Ask for the report").click()
    expect(page.get_by_label("Texts")).to_be_checked()  # the days it was asked from
    download = page.locator("#report-list li").first.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=BUILT_WITHIN_MS)  # without anybody reloading
    expect(page.locator("#report-list li").first).to_contain_text("20 rows · 208 credits")
    visit.check("report-ready")
    with page.expect_download() as downloading:
        download.click()
    file = tmp_path / downloading.value.suggested_filename
    assert re.fullmatch(
        r"Harbor-Dallas_International-Messages_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.xlsx", file.name
    )
    downloading.value.save_as(file)
    workbook = openpyxl.load_workbook(io.BytesIO(file.read_bytes()), read_only=True)
    rows = [row for sheet in workbook for row in sheet.iter_rows(values_only=True)]
    assert {"Ana", 7, 24} <= {cell for row in rows for cell in row}


@on_both_screens
def test_one_location_needs_no_choice(visit: Visit, world: World) -> None:
    visit.open_as(world.only_one)
    expect(visit.page).to_have_title("Credit Usage · Harbor Dallas · RedFlag")
    visit.page.get_by_text("Olive", exact=True).click()
    visit.check("user-menu")
    visit.page.get_by_role("button", name="Sign out").click()
    expect(visit.page.get_by_role("heading", name="Sign in")).to_be_visible()
    visit.open(f"/locations/{world.healthy.pk}/credit-usage/")
    expect(visit.page.get_by_text("Sign in to open that page.")).to_be_visible()
