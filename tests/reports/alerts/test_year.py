"""A year of one location whose balance crosses its limit again and again: each mail, and its day.

Bounded here to its first half; `make prove` lives the whole (PROVE=1).

The ledger, a look of the schedule every day, and a mail server that is a process of its own
are real; only the clock is moved by hand.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust, purchase
from locations.models import Location
from reports.alerts import evaluate, mails
from reports.models import AlertMail
from tests.databases import Clone
from tests.factories import chat, key, make_location, make_member
from tests.mail_server import MailServer, mail_server
from tests.proving import FULL_LENGTH

DAY = dt.timedelta(days=1)
BEGINS = dt.datetime(2026, 1, 2, 6, tzinfo=dt.UTC)  # a Friday, midnight in Chicago
ENDS = dt.datetime(*((2027, 1, 20) if FULL_LENGTH else (2026, 6, 27)), 6, tzinfo=dt.UTC)

# Chats take 12 credits on each working day but for the days of the wobble, when credits are
# given and taken around the limit of 300.
WOBBLE = (dt.date(2026, 3, 26), dt.date(2026, 4, 24))
BOUGHT = {
    dt.date(2026, 5, 4): 500,
    dt.date(2026, 8, 24): 100,
    dt.date(2026, 9, 14): 600,
    dt.date(2026, 9, 30): 400,
}
# On these days that much is gone at once: a broadcast.
AT_ONCE = {dt.date(2026, 9, 15): 300, dt.date(2026, 9, 30): 380}
SERVER_IS_DOWN = dt.date(2026, 6, 23)  # for a whole day


@dataclass(frozen=True)
class Told:
    """A mail as it arrived: when it was crossed, when it came (in Chicago), and its subject."""

    crossed: str
    came: str
    to: str
    subject: str


@pytest.fixture
def server(cloned_database: Clone, tmp_path: Path, settings: Any) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mails") as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


@pytest.fixture
def dallas(server: MailServer) -> Location:
    location = make_location(name="Dallas", included=1000, time_zone="America/Chicago")
    location.chat_inboxes.create(name="Front Desk")
    dana = make_member(location, full_name="Dana Manager", email="dana@example.org")
    evaluate.set_alert(
        location,
        is_on=True,
        below_credits=300,
        below_days=None,
        members=[dana],
        set_by=dana,
        at=BEGINS,
    )
    return location


def live(location: Location, day: dt.date, at: dt.datetime) -> None:
    """What happens to the balance on a day, at its beginning."""
    if day in BOUGHT:
        purchase(location.pk, BOUGHT[day], key=key(), at=at, reference=f"PO {day}")
    if WOBBLE[0] <= day <= WOBBLE[1]:
        credits = 20 if day.toordinal() % 2 else -20
        adjust(location.pk, credits, bucket="contract", key=key(), at=at, reason="Wobble")
        return
    credits = AT_ONCE.get(day, 0) + (12 if day.weekday() < 5 else 0)
    messages = [chat("inbound", sent_at=at) for _ in range(credits // 2)]
    if messages:
        charge_chat(location.pk, messages, key=key(), at=at)


def mailed(location: Location, server: MailServer, at: dt.datetime) -> list[Told]:
    """What the schedule sends now, as it arrives."""
    if not (count := mails.send_due_mails(at=at)):
        return []
    before = AlertMail.objects.filter(sent_at__isnull=False).count() - count
    came = server.mails(after=before)
    sent = AlertMail.objects.filter(sent_at=at).order_by("pk")
    return [
        Told(
            f"{kept.crossed_at.astimezone(location.zone):%d %b %H:%M}",
            f"{at.astimezone(location.zone):%d %b %H:%M}",
            str(mail["To"]),
            str(mail["Subject"]),
        )
        for kept, mail in zip(sent, came, strict=True)
    ]


# Every mail of the year. The balance swings around the limit for a month and is told once; the
# mail of 23 June finds no server for a day and comes when it is up again, once; that nothing is
# left is told again only after credits were bought; and the renewal tells nothing.
TO = "dana@example.org"
YEAR = [
    Told("25 Mar 01:00", "25 Mar 01:00", TO, "Dallas: 292 credits left"),
    Told("23 Jun 01:00", "24 Jun 05:35", TO, "Dallas: 288 credits left"),
    Told("27 Jul 01:00", "27 Jul 01:00", TO, "Dallas: no credits left"),
    Told("15 Sep 01:00", "15 Sep 01:00", TO, "Dallas: no credits left"),
    Told("30 Sep 01:00", "30 Sep 01:00", TO, "Dallas: no credits left"),
]


@pytest.mark.proof
def test_a_year_of_crossings_and_a_day_without_a_mail_server(
    dallas: Location, server: MailServer
) -> None:
    told: list[Told] = []
    tries: list[int] = []
    for days in range((ENDS - BEGINS).days):
        at = BEGINS + days * DAY
        day = at.astimezone(dallas.zone).date()
        live(dallas, day, at)
        assert evaluate.evaluate_all_alerts(at=at) == 0
        if day not in (SERVER_IS_DOWN, SERVER_IS_DOWN + DAY):
            told += mailed(dallas, server, at)
            continue
        if day == SERVER_IS_DOWN:
            server.stop()
        else:
            tries += AlertMail.objects.filter(sent_at=None).values_list("attempts", flat=True)
            server.start()
        for minutes in range(0, 24 * 60, 5):  # as often as the schedule really tries
            told += mailed(dallas, server, at + dt.timedelta(minutes=minutes))
    assert told == (YEAR if FULL_LENGTH else YEAR[:2])
    assert tries == [10]
    assert not AlertMail.objects.filter(sent_at=None).exists()
