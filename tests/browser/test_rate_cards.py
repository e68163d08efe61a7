"""A new price list at the staff desk: imported over the old one, weighed, published, charged.

The traffic that it is weighed on is a recording of three locations, replayed; TRAFFIC names a
longer one.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger.engine.charging import charge_broadcast
from ledger.models import InternationalMessage, RateCardImpact
from ledger.verification.verify import verify
from locations.models import Location, RateCard, User
from tests.browser.conftest import Visit
from tests.browser.price_lists import (
    REAL,
    Expected,
    expected,
    gaps,
    new_list,
    new_price,
    old_price,
)
from tests.factories import MEXICO, key, make_user, text
from tests.ledger.replay import recorded_traffic
from tests.product import LiveProduct

READY_MS = 60_000
DAY = dt.timedelta(days=1)
TEXT_TO_MEXICO = ("MX", "mobile", "text")


@dataclass
class Replayed:
    clerk: User
    dallas: Location


@pytest.fixture(scope="module")
def live_product(own_product: LiveProduct) -> LiveProduct:
    """Publishing changes what everything costs from then on."""
    return own_product


@pytest.fixture(scope="module")
def replayed(live_product: LiveProduct, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Traffic under the old card, charged as it was sent; a worker runs."""
    live_product.start_worker()
    today = timezone.now().date()
    folder = recorded_traffic.move_to(
        tmp_path_factory.mktemp("traffic"), today=today, rate_card=REAL
    )
    call_command("replay_traffic", str(folder))
    return Replayed(
        clerk=make_user(is_staff=True, is_superuser=True),
        dallas=Location.objects.filter(time_zone="America/Chicago").earliest("name"),
    )


def send_in(page: Page, content: bytes, name: str, effective_on: dt.date) -> None:
    page.get_by_label("Series").fill("Standard")
    page.get_by_label("Effective on").fill(effective_on.isoformat())
    page.get_by_label("File").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Preview it").click()


def shown(table: Any) -> dict[str, list[str]]:
    """The cells of a table by the heads of its rows."""
    rows = table.locator("tbody tr")
    return {
        row.locator("th").inner_text().splitlines()[0]: row.locator("td").all_inner_texts()
        for row in rows.all()
    }


def figures(*numbers: int, more: int) -> list[str]:
    """As the table writes them: the last one, what is more, has its sign."""
    return [*(f"{number:,}" for number in numbers), f"{more:+,}"]


def check_impact(page: Page, found: Expected) -> None:
    """What the page and the kept result say is what each message by itself comes to."""
    result = RateCardImpact.objects.get().result
    total = result["total"]
    assert {name: total[name] for name in ("messages", "now", "then", "unpriced")} == {
        "messages": found.messages,
        "now": found.now,
        "then": found.then,
        "unpriced": found.unpriced,
    }
    assert {
        code: (sums["now"], sums["then"]) for code, sums in result["countries"].items()
    } == found.by_country
    countries = shown(page.get_by_role("table", name="Credits of the last 30 days"))
    more = found.then - found.now
    assert countries["All"] == figures(found.messages, found.now, found.then, more=more)
    now, then = found.by_country["MX"]
    assert countries["Mexico"][1:] == figures(now, then, more=then - now)
    assert then > now
    hit = shown(page.get_by_role("table", name="The ten locations whose credits rise most"))
    rises = {name: more for name, more in found.more.items() if more > 0}
    assert list(hit) == sorted(rises, key=lambda name: -rises[name])[:10]
    most = sorted(rises.values(), reverse=True)[:10]
    assert [cells[-1] for cells in hit.values()] == [f"{more:+,}" for more in most]


def test_a_new_price_list_from_the_file_to_the_first_message(
    visit: Visit, replayed: Replayed
) -> None:
    page = visit.page
    # Past, so that messages on both sides of its first instant can be charged now.
    effective_on = timezone.now().date() - DAY
    visit.open_as(replayed.clerk, "/staff/locations/ratecard/")
    page.get_by_role("link", name="Import a price list").click()
    expect(page.get_by_label("Series")).to_be_visible()
    visit.check("rates-import")

    # Three wrong lines: named, and nothing can be made of the file.
    send_in(page, new_list(wrong=True), "wrong.csv", effective_on)
    expect(page.get_by_text("Error 3")).to_be_visible()
    expect(page.get_by_role("button", name="Make a draft of it")).to_have_count(0)
    page.get_by_role("link", name="Error 3").click()
    expect(page.locator("tr.change-error")).to_have_count(3)
    expect(page.locator("tr.change-error").first).to_contain_text("'QQ'")
    visit.check("rates-errors")
    page.get_by_role("link", name="Send in another file").click()

    # The same without them: what changes, what goes, what jumps.
    send_in(page, new_list(wrong=False), "right.csv", effective_on)
    for tab in ("Changed 10", "Removed 5", "Unchanged 618", "Jumps over ±50 % 10"):
        expect(page.get_by_role("link", name=tab)).to_be_visible()
    page.get_by_role("link", name="Different 15").click()
    expect(page.locator("tr[class^=change-]")).to_have_count(15)
    page.get_by_label("Country").select_option("FR")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tr[class^=change-]")).to_have_count(2)
    page.get_by_label("Country").select_option("")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tr[class^=change-]")).to_have_count(15)
    visit.check("rates-preview")
    page.get_by_role("button", name="Make a draft of it").click()
    draft = RateCard.objects.get(published_at=None)
    assert draft.rates.count() == 628

    # Before publishing: conflicts at once, gaps and impact from the worker.
    page.get_by_role("link", name="Before publishing").click()
    expect(page.get_by_text("is past. Messages charged already keep")).to_be_visible()
    page.get_by_role("button", name="Calculate gaps and impact").click()
    hit = page.get_by_role("table", name="The ten locations whose credits rise most")
    expect(hit).to_be_visible(timeout=READY_MS)
    today = timezone.now().date()
    check_impact(page, expected(today - 30 * DAY, today))
    missing = gaps(today - 90 * DAY)
    assert any("France, Mobile, Text" in words for words in missing)
    assert page.locator("ul.gaps li").all_inner_texts()[: len(missing)] == missing
    visit.check("rates-before-publishing")

    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("tick this box to publish")).to_be_visible()
    page.get_by_label("Publish it all the same").check()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text(re.compile("is published"))).to_be_visible()
    visit.open("/staff/locations/ratecard/")
    expect(page.get_by_role("row", name=re.compile("In force"))).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("Superseded"))).to_have_count(1)
    visit.check("rates-list")
    visit.open(f"/staff/locations/ratecard/{draft.pk}/compare/")
    expect(page.get_by_role("link", name="Different 15")).to_be_visible()
    page.get_by_label("Country").select_option("FR")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("country=FR"))
    visit.check("rates-compare")

    # A message a second before the card's first local midnight, and one at it.
    dallas = replayed.dallas
    midnight = dt.datetime.combine(effective_on, dt.time(), dallas.zone)
    before = text(MEXICO, sent_at=midnight - dt.timedelta(seconds=1))
    after = text(MEXICO, sent_at=midnight)
    charge_broadcast(dallas.pk, "text", [before, after], key=key(), at=timezone.now())
    sent = InternationalMessage.objects.filter(location=dallas).select_related("rate__card")
    first, second = (sent.get(external_id=one.external_id) for one in (before, after))
    old = RateCard.objects.exclude(pk=draft.pk).get()
    assert (first.credits, first.rate.card) == (old_price(TEXT_TO_MEXICO), old)
    assert (second.credits, second.rate.card) == (new_price(TEXT_TO_MEXICO), draft)
    assert verify() == []


def test_columns_are_chosen_on_every_screen(visit: Visit, replayed: Replayed) -> None:
    visit.open_as(replayed.clerk, "/staff/locations/ratecardupload/new/")
    wide = "Destination;Network;SMS price;Mobile call;Landline call\n"
    wide += "Mexico;Telcel;7;12;3\nMexico;Movistar;9;14;3\nIvory Coast;MTN;20;60;50\n"
    send_in(visit.page, wide.encode(), "operators.csv", timezone.now().date())
    expect(visit.page.get_by_role("heading", name="Columns of operators.csv")).to_be_visible()
    visit.check("rates-columns")
    visit.page.get_by_label("Kind of line").select_option("mobile")
    visit.page.get_by_label("Of several prices").select_option("median")
    visit.page.get_by_role("button", name="Read it like this").click()
    visit.page.get_by_label("Country").select_option("MX")
    visit.page.get_by_role("button", name="Show").click()
    expect(visit.page.get_by_text("median of 2 prices, 7 to 9")).to_be_visible()


def test_a_file_that_is_dropped_goes_into_the_field(visit: Visit, replayed: Replayed) -> None:
    visit.open_as(replayed.clerk, "/staff/locations/ratecardupload/new/")
    visit.page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["country,credits"], "dropped.csv"));
            const form = document.querySelector("input[type=file]").form;
            form.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true}));
        }"""
    )
    name = visit.page.evaluate("document.querySelector('input[type=file]').files[0].name")
    assert name == "dropped.csv"
