"""The first paint of Credit Usage: one request and cached files, and what all of it weighs."""

import datetime as dt
import gzip
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from ledger.charging import charge_broadcast, charge_chat
from tests.factories import NOON, call, chat, key, make_card, make_location, make_member, text

STATIC = settings.BASE_DIR / "redflag_credits" / "static"
MOST_BYTES = 150_000
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("filters", ["?range=90-days", "?range=90-days&quiet=1&chart=cumulative"])
def test_first_paint_is_one_request_and_files_that_are_cached(client: Client, filters: str) -> None:
    make_card()
    location = make_location(included=9000, starts_on=dt.date(2025, 1, 1))
    location.chat_inboxes.create(name="Front Desk")
    for days in range(90, 0, -1):
        at = NOON - days * DAY
        charge_chat(location.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
        charge_broadcast(location.pk, "text", [text(sent_at=at)], key=key(), at=at)
        charge_broadcast(location.pk, "voice", [call(61, sent_at=at)], key=key(), at=at)
    client.force_login(make_member(location))
    page = client.get(f"/locations/{location.pk}/credit-usage/{filters}").text
    files = {
        found.partition("static/")[2]
        for found in re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page)
    }
    assert {"vendor/htmx/htmx.min.js", "css/app.css", "js/chart.js", "img/flag.svg"} <= files
    assert all((STATIC / name).is_file() for name in files), files
    # What the page fetches by itself is fetched once it is looked at, or while a report is built.
    assert re.findall(r'hx-trigger="(.*?)"', page) == ["intersect once"]
    weights = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in files}
    weights["the page"] = len(gzip.compress(page.encode()))
    assert sum(weights.values()) < MOST_BYTES, weights
    # As it is sent where nothing compresses it, it is within the bound too.
    assert sum(weights.values()) - weights["the page"] + len(page.encode()) < 2 * MOST_BYTES
