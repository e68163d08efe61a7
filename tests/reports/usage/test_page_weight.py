"""The first paint of Credit Usage: one request and cached files, and what all of it weighs."""

import datetime as dt
import gzip

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from tests.factories import NOON, call, chat, key, make_card, make_location, make_member, text
from tests.reports.pages import page as read

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
    answer = client.get(f"/locations/{location.pk}/credit-usage/{filters}")
    page = read(answer)
    files = {
        address.partition("static/")[2]
        for address in page.xpath("//link/@href | //script/@src | //img/@src")
    }
    assert len(files) > 3
    assert all((STATIC / name).is_file() for name in files), files
    # What the page fetches by itself is fetched once it is looked at, or while a report is built.
    assert page.xpath("//@hx-trigger") == ["intersect once"]
    weights = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in files}
    weights["the page"] = len(gzip.compress(answer.content))
    assert sum(weights.values()) < MOST_BYTES, weights
