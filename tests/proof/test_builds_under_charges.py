"""Reports that are built while others charge: each is the ledger as of its own entry number.

Bounded here; `make prove` builds a hundred (PROVE=1).
"""

import multiprocessing
import random
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connections

from ledger.models import ChatMessage, Entry, EntryKind, InternationalMessage, Outcome
from ledger.verification.verify import verify
from locations.models import Location
from locations.models.jobs import JobState
from reports.exports import build
from reports.models import Report, ReportKind
from tests.processes import race
from tests.proof.telling import tell
from tests.proving import short_or_full
from tests.readers import Sheets, by_calamine
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, SWEDEN, utc

BUILDS = short_or_full(12, 100)
CHARGING = 4  # processes
PAUSE_SECONDS = 0.02
KINDS = {
    ReportKind.INTERNATIONAL: [EntryKind.INTERNATIONAL_TEXT, EntryKind.INTERNATIONAL_VOICE],
    ReportKind.TEXTS: [EntryKind.INTERNATIONAL_TEXT],
    ReportKind.CALLS: [EntryKind.INTERNATIONAL_VOICE],
    ReportKind.CHAT: [EntryKind.CHAT],
}
NOW = utc("2026-05-20 12:00:00")

pytestmark = [pytest.mark.usefixtures("cloned_database"), pytest.mark.processes, pytest.mark.proof]


def work(what: str, mark: int, done: Event) -> list[str]:
    return build_all(done) if what == "build" else charge_until(done, mark)


def build_all(done: Event) -> list[str]:
    """The ids of what was built."""
    try:
        places = list(Location.objects.order_by("pk"))
        built = []
        for number in range(BUILDS):
            kind = ReportKind.values[number % len(ReportKind)]
            report = traffic.report(places[number % len(places)], kind)
            made = build.build_next(clock=lambda: NOW)
            assert made is not None
            built.append(str(report.pk))
        return built
    finally:
        done.set()


def charge_until(done: Event, mark: int) -> list[str]:
    draw = random.Random(mark)
    places = list(Location.objects.order_by("pk"))
    charged = 0
    while not done.is_set():
        place, at = draw.choice(places), utc(f"2026-05-{draw.randrange(1, 20):02} 10:00:00")
        if draw.random() < 0.5:
            phones = draw.choices([MEXICO, GERMANY, SWEDEN], k=draw.randrange(1, 6))
            name = f"{mark}-{charged}"
            messages = [
                traffic.InternationalRequest(external_id=f"{name}-{n}", phone=phone, sent_at=at)
                for n, phone in enumerate(phones)
            ]
            traffic.charge_broadcast(place.pk, "text", messages, key=name, at=NOW)
        else:
            message = traffic.ChatRequest(
                external_id=f"{mark}-{charged}",
                inbox="Desk",
                direction=draw.choice(["inbound", "outbound"]),
                phone=MEXICO,
                content="Hello",
                sent_at=at,
                has_image=draw.random() < 0.2,
            )
            traffic.charge_chat(place.pk, [message], key=message.external_id, at=NOW)
        charged += 1
        time.sleep(PAUSE_SECONDS)
    return [str(charged)]


def test_every_report_is_the_ledger_as_of_its_own_entry_number(
    tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("Harbor", "Airport"):
        traffic.location(name=name, included=10_000_000)
    done = multiprocessing.get_context("fork").Event()
    calls: list[dict[str, Any]] = [{"what": "build", "mark": 0, "done": done}]
    calls += [{"what": "charge", "mark": 1 + n, "done": done} for n in range(CHARGING)]
    started = time.monotonic()
    outcomes = race(work, calls, seconds=600)
    assert [outcome.trace for outcome in outcomes] == [""] * len(calls)
    connections.close_all()
    built, *charged = (outcome.value for outcome in outcomes)
    numbers = [hold_against_the_ledger(Report.objects.get(pk=pk)) for pk in built]
    assert len(numbers) == BUILDS
    # The ledger moved on meanwhile: the reports are of many moments, not of one.
    assert len(set(numbers)) > BUILDS // 2
    assert verify() == []
    charges = sum(int(one) for [one] in charged)
    took = time.monotonic() - started
    tell(f"{BUILDS} builds beside {charges:,} charges by {CHARGING} processes, {took:.0f} s")


def hold_against_the_ledger(report: Report) -> int:
    """The number that it names: what it holds is exactly the entries up to that one."""
    assert (report.state, report.failure) == (JobState.READY, "")
    sheets = by_calamine(Path(default_storage.path(report.file)))
    summary = {line[0]: line[1] for line in sheets["Summary"] if len(line) == 2}
    number = int(summary["As of ledger entry number"])
    entries = Entry.objects.filter(
        location=report.location_id,
        number__lte=number,
        day__gte=report.first_on,
        day__lte=report.last_on,
    )
    if report.kind == ReportKind.STATEMENT:
        assert rows_of(sheets, "Entries") == [
            (entry.number, entry.credits) for entry in entries.order_by("day", "number")
        ]
    else:
        international = report.kind != ReportKind.CHAT
        kinds = KINDS[ReportKind(report.kind)]
        model: Any = InternationalMessage if international else ChatMessage
        charged = model.objects.filter(entry__in=entries.filter(kind__in=kinds))
        used = -sum(entry.credits for entry in entries.filter(kind__in=kinds))
        name = "Credits used"
        headings, *lines = sheets["Messages"]
        credits = [int(line[headings.index(name)]) for line in lines]
        assert sum(credits) == used == summary["Credits on the daily table"]
        assert sum(1 for cost in credits if cost) == charged.filter(credits__gt=0).count()
        assert model.objects.filter(outcome=Outcome.REFUSED).count() >= credits.count(0)
    return number


def rows_of(sheets: Sheets, name: str) -> list[tuple[int, int]]:
    headings, *lines = sheets[name]
    entry, credits = headings.index("Entry"), headings.index("Credits")
    return [(int(line[entry]), int(line[credits])) for line in lines]
