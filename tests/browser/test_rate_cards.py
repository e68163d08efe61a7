"""A new price list at the staff desk: imported over the old one, weighed, published, charged."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger.charging import charge_broadcast
from ledger.models import InternationalMessage
from locations import rate_cards
from locations.models import Location, RateCard
from tests.browser.conftest import SCREENS, Visit
from tests.factories import (
    FRANCE,
    FRANCE_LANDLINE,
    MEXICO,
    call,
    key,
    make_location,
    make_user,
    text,
)
from tests.plugin import ROOT
from tests.product import LiveProduct

PASSWORD = "a long enough password"
REAL = ROOT / "reports" / "demo" / "rate_card.csv"
READY_MS = 60_000
# Ten prices changed, five rows removed: France's texts among both kinds of them.
CHANGED = {("MX", "mobile", "text"), *((code, "mobile", "voice") for code in
           ("AD", "AE", "BR", "DE", "ES", "FR", "JP", "MX", "NL"))}  # fmt: skip
REMOVED = {("FR", "mobile", "text"), *((code, "landline", "voice") for code in
           ("AD", "AE", "AF", "AG"))}  # fmt: skip

WRONG = (("QQ", "text", "1"), ("SE", "fax", "1"), ("SE", "text", "1.5"))


def prices() -> list[dict[str, str]]:
    with REAL.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def place_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["country"], row["carrier_type"], row["channel"]


def new_list(*, wrong: bool) -> bytes:
    """The card as it would come in: dearer by three quarters where it changes."""
    out = io.StringIO(newline="")
    rows = prices()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    for row in rows:
        place = place_of(row)
        if place in REMOVED and not row["prefix"]:
            continue
        if place in CHANGED and not row["prefix"]:
            row["credits"] = str(int(row["credits"]) * 7 // 4 + 1)
        writer.writerow(row)
    if wrong:
        for country, channel, credits in WRONG:
            writer.writerow({"country": country, "carrier_type": "landline", "channel": channel,
                             "prefix": "", "credits": credits})  # fmt: skip
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def soho(live_product: LiveProduct) -> Location:
    """A location with traffic under the old card; its worker runs."""
    live_product.start_worker()
    make_user("staff@example.org", PASSWORD, is_staff=True, is_superuser=True)
    with REAL.open("rb") as file:
        lines = rate_cards.read_csv(file)
    rate_cards.import_card(
        lines, name="Standard", effective_on=dt.date(2025, 1, 1), publish_at=timezone.now()
    )
    location = make_location(name="Soho", time_zone="America/Chicago", included=20_000)
    for days in (25, 12, 4):
        at = timezone.now() - dt.timedelta(days=days)
        texts = [text(phone, sent_at=at) for phone in (MEXICO, MEXICO, FRANCE)]
        charge_broadcast(location.pk, "text", texts, key=key(), at=at)
        calls = [call(61, FRANCE, sent_at=at), call(600, FRANCE_LANDLINE, sent_at=at)]
        charge_broadcast(location.pk, "voice", calls, key=key(), at=at)
    return location


def send_in(page: Page, content: bytes, name: str, effective_on: dt.date) -> None:
    page.get_by_label("Series").fill("Standard")
    page.get_by_label("Effective on").fill(effective_on.isoformat())
    page.get_by_label("File").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Preview it").click()


def looked_at(new_visit: Callable[..., Visit], address: str, name: str) -> None:
    """The page on all four screens."""
    for screen in SCREENS:
        visit = new_visit(screen)
        visit.sign_in("staff@example.org", PASSWORD)
        visit.page.goto(address)
        visit.look(name)


def test_a_new_price_list_from_the_file_to_the_first_message(
    new_visit: Callable[..., Visit], soho: Location, tmp_path: Path
) -> None:
    visit = new_visit(SCREENS[2])
    page = visit.page
    # Past, so that messages on both sides of its first instant can be charged now.
    effective_on = timezone.now().date() - dt.timedelta(days=1)
    visit.sign_in("staff@example.org", PASSWORD)
    visit.open("/staff/locations/ratecard/")
    page.get_by_role("link", name="Import a price list").click()
    looked_at(new_visit, page.url, "rates-import")

    # Three wrong lines: named, and nothing can be made of the file.
    send_in(page, new_list(wrong=True), "wrong.csv", effective_on)
    expect(page.get_by_text("Error 3")).to_be_visible()
    expect(page.get_by_role("button", name="Make a draft of it")).to_have_count(0)
    page.get_by_role("link", name="Error 3").click()
    expect(page.locator("tr.change-error")).to_have_count(3)
    expect(page.locator("tr.change-error").first).to_contain_text("'QQ'")
    looked_at(new_visit, page.url, "rates-errors")
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
    looked_at(new_visit, page.url, "rates-preview")
    page.get_by_role("button", name="Make a draft of it").click()
    draft = RateCard.objects.get(published_at=None)
    assert draft.rates.count() == 628

    # Before publishing: conflicts at once, gaps and impact from the worker.
    page.get_by_role("link", name="Before publishing").click()
    expect(page.get_by_text("is past. Messages charged already keep")).to_be_visible()
    page.get_by_role("button", name="Calculate gaps and impact").click()
    hit = page.get_by_role("table", name="The ten locations whose credits rise most")
    expect(hit).to_be_visible(timeout=READY_MS)
    expect(hit).to_contain_text("Soho")
    gaps = page.locator("ul.gaps li")
    expect(gaps.first).to_have_text("France, Mobile, Text: no price; 3 messages in 90 days.")
    looked_at(new_visit, page.url, "rates-before-publishing")

    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("tick this box to publish")).to_be_visible()
    page.get_by_label("Publish it all the same").check()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text(re.compile("is published"))).to_be_visible()
    visit.open("/staff/locations/ratecard/")
    expect(page.get_by_role("row", name=re.compile("In force"))).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("Superseded"))).to_have_count(1)
    looked_at(new_visit, page.url, "rates-list")
    visit.open(f"/staff/locations/ratecard/{draft.pk}/compare/")
    expect(page.get_by_role("link", name="Different 15")).to_be_visible()
    looked_at(new_visit, page.url, "rates-compare")

    # A message a second before the card's first local midnight, and one at it.
    midnight = dt.datetime.combine(effective_on, dt.time(), soho.zone)
    now = timezone.now()
    before = text(MEXICO, sent_at=midnight - dt.timedelta(seconds=1))
    after = text(MEXICO, sent_at=midnight)
    charge_broadcast(soho.pk, "text", [before, after], key=key(), at=now)
    messages = InternationalMessage.objects.filter(
        external_id__in=[before.external_id, after.external_id]
    ).select_related("rate__card")
    place = ("MX", "mobile", "text")
    old = next(int(row["credits"]) for row in prices() if place_of(row) == place)
    by_id = {m.external_id: m for m in messages}
    first, second = by_id[before.external_id], by_id[after.external_id]
    assert (first.credits, first.rate.card.effective_on) == (old, dt.date(2025, 1, 1))
    assert (second.credits, second.rate.card) == (old * 7 // 4 + 1, draft)


def test_columns_are_chosen_on_every_screen(
    new_visit: Callable[..., Visit], soho: Location
) -> None:
    visit = new_visit(SCREENS[2])
    visit.sign_in("staff@example.org", PASSWORD)
    visit.open("/staff/locations/ratecardupload/new/")
    wide = "Destination;Network;SMS price;Mobile call;Landline call\n"
    wide += "Mexico;Telcel;7;12;3\nMexico;Movistar;9;14;3\nIvory Coast;MTN;20;60;50\n"
    send_in(visit.page, wide.encode(), "operators.csv", timezone.now().date())
    expect(visit.page.get_by_role("heading", name="Columns of operators.csv")).to_be_visible()
    looked_at(new_visit, visit.page.url, "rates-columns")
    visit.page.get_by_label("Kind of line").select_option("mobile")
    visit.page.get_by_label("Of several prices").select_option("median")
    visit.page.get_by_role("button", name="Read it like this").click()
    visit.page.get_by_label("Country").select_option("MX")
    visit.page.get_by_role("button", name="Show").click()
    expect(visit.page.get_by_text("median of 2 prices, 7 to 9")).to_be_visible()


def test_a_file_that_is_dropped_goes_into_the_field(
    new_visit: Callable[..., Visit], soho: Location
) -> None:
    visit = new_visit(SCREENS[2])
    visit.sign_in("staff@example.org", PASSWORD)
    visit.open("/staff/locations/ratecardupload/new/")
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
