"""The chart, the months, and what can be taken away from the daily table."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, Visit, on_a_phone, on_both_screens
from tests.browser.world import World


def plot(page: Page) -> list[str]:
    """The kinds of the bars, from left to right and from the bottom up."""
    fills = page.locator(".chart .bar").evaluate_all("b => b.map(e => e.getAttribute('fill'))")
    return [re.sub(r"url\(#of-(\w+)\)", r"\1", fill) for fill in fills]


def test_the_chart_follows_range_kinds_and_switch(visit: Visit, world: World) -> None:
    visit.open_as(world.only_one)
    page = visit.page
    expect(page.get_by_role("img", name="Credits used, and the balance")).to_be_visible()
    expect(page.locator("#chart-description")).to_contain_text("bought 2,500.")
    assert {"text", "voice", "chat"} == set(plot(page))

    page.get_by_role("link", name="This term").click()
    expect(page.get_by_role("heading", name="Weekly usage")).to_be_visible()
    visit.check("chart-weeks")
    page.get_by_role("link", name="Cumulative").click()
    expect(page.get_by_role("link", name="Cumulative")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="This term")).to_have_attribute("aria-current", "true")
    visit.check("chart-cumulative")

    page.get_by_role("link", name="Month", exact=True).click()
    page.get_by_role("navigation", name="Range of days").get_by_role("link", name="7 days").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Custom").click()
    page.get_by_label("Calls").check()
    page.get_by_label("Days without movement too").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".narrowed")).to_contain_text("Only days with: Calls.")
    assert set(plot(page)) == {"voice"}
    visit.check("chart-calls")


@on_a_phone
def test_months_follow_each_other(visit: Visit, world: World) -> None:
    visit.open_as(world.only_one)
    page = visit.page
    page.get_by_role("link", name="Month", exact=True).click()
    this = page.locator("#month").input_value()
    assert page.locator(".months [rel=next]").count() == 0
    page.locator(".months [rel=prev]").click()
    expect(page.locator("#month")).not_to_have_value(this)
    assert page.locator("#month").input_value() < this
    visit.check("month")
    page.locator(".months [rel=next]").click()
    expect(page.locator("#month")).to_have_value(this)
    page.locator("#month").fill("2024-02")
    page.get_by_role("button", name="Go").click()
    expect(page.locator("#days")).to_contain_text("1 Feb – 29 Feb 2024")
    visit.check("month-without-movement")


@on_both_screens
def test_a_bar_says_its_figures_to_pointer_keys_and_readers(visit: Visit, world: World) -> None:
    visit.open_as(world.only_one)
    page = visit.page
    said = page.locator(".chart-caption output")
    expect(said).to_be_hidden()
    page.locator(".chart").scroll_into_view_if_needed()
    spot = page.locator(".spot").nth(29 - 3).bounding_box()  # three days ago
    assert spot is not None
    where = (spot["x"] + spot["width"] / 2, spot["y"] + 60)
    if visit.screen.is_phone:
        page.touchscreen.tap(*where)
    else:
        page.mouse.move(*where)
    expect(said).to_contain_text("texts 28, calls 24, chat 4, balance")
    visit.check("chart-pointed-at")

    cursor = page.get_by_role("slider", name="Bars of the chart, one by one")
    cursor.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    words = said.inner_text()
    assert re.fullmatch(r"\w{3} \d+ \w{3} \d{4}: chat 4, balance [\d,]+", words)
    expect(cursor).to_have_attribute("aria-valuetext", words)
    visit.check("chart-by-keys")


def test_the_listed_days_are_taken_away(visit: Visit, world: World, tmp_path: Path) -> None:
    visit.open_as(world.only_one)
    page = visit.page
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Net").click()
    expect(page.get_by_role("columnheader", name="Net")).to_have_attribute("aria-sort", "ascending")
    for words, ending in (("Excel workbook", "xlsx"), ("Text with commas", "csv")):
        page.locator(".download summary").click()
        visit.check("download-open")
        with page.expect_download() as downloading:
            page.get_by_role("link", name=words).click()
        name = downloading.value.suggested_filename
        pattern = rf"Harbor-Dallas_Daily-Usage_\d{{4}}-\d\d-\d\d_\d{{4}}-\d\d-\d\d\.{ending}"
        assert re.fullmatch(pattern, name)
        page.keyboard.press("Escape")
    balance = page.locator("tfoot .closing").inner_text()

    page.get_by_role("link", name="Statement").click()
    expect(page.get_by_role("heading", name="Statement")).to_be_visible()
    assert page.locator(".statement-sums .closing dd").inner_text() == balance
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    visit.check("statement", closely=True)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_every_sheet_of_a_statement_is_numbered_and_headed(
    new_visit: Callable[..., Visit], world: World, paper: str
) -> None:
    visit = new_visit(DESK)
    visit.open_as(
        world.only_one, f"/locations/{world.healthy.pk}/credit-usage/statement/?range=90-days"
    )
    page = visit.page
    sheets = page.pdf(format=paper)
    assert len(re.findall(rb"/Type /Page\b(?!s)", sheets)) == 3
    # A table's head is printed on every sheet; this one names location and range.
    page.emulate_media(media="print")
    head = page.locator("thead .on-paper")
    expect(head).to_be_visible()
    expect(head).to_contain_text("Harbor Dallas")
    group = page.locator(".ledger thead").evaluate("e => getComputedStyle(e).display")
    assert group == "table-header-group"
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


def test_credit_usage_is_printed_with_its_bars_and_without_what_is_clicked(
    new_visit: Callable[..., Visit], world: World
) -> None:
    visit = new_visit(DESK)
    visit.open_as(world.only_one)
    page = visit.page
    page.emulate_media(media="print")
    expect(page.locator(".chart .bar").first).to_be_visible()
    expect(page.locator(".balance-bar")).to_be_visible()
    expect(page.locator(".daily tfoot")).to_be_visible()
    for clicked in ("header.bar", ".answer .button", ".days .tools", ".new-report"):
        expect(page.locator(clicked).first).to_be_hidden()


def test_high_contrast_keeps_the_kinds_apart(new_visit: Callable[..., Visit], world: World) -> None:
    visit = new_visit(DESK, forced_colors="active")
    visit.open_as(world.only_one)
    expect(visit.page.get_by_role("img", name="Credits used, and the balance")).to_be_visible()
    fills = visit.page.evaluate(
        """() => ['text', 'voice', 'chat'].map(kind => getComputedStyle(
            document.querySelector(`#of-${kind} rect`)).fill)"""
    )
    assert fills[0] != fills[1] == fills[2]  # solid, and two patterns
    visit.check("forced-colours", themed=False)  # the colours are the system's


def test_the_chart_says_its_figures_without_javascript(
    new_visit: Callable[..., Visit], world: World
) -> None:
    visit = new_visit(DESK, java_script_enabled=False)
    visit.open_as(world.only_one)
    assert "balance" in (visit.page.locator(".period title").first.text_content() or "")
    visit.open(f"/locations/{world.healthy.pk}/credit-usage/statement/")
    expect(visit.page.get_by_text("To print or to keep as PDF")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Print")).to_be_hidden()
