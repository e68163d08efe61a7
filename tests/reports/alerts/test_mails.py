"""The mails of alerts: texts, retries, and sending once."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from ledger.engine.charging import charge_chat
from ledger.models import Balance
from reports import tasks
from reports.alerts.evaluate import evaluate_alert, set_alert
from reports.alerts.mails import MAX_ATTEMPTS, retry_delay, send_alert_mail, send_due_mails
from reports.models import Alert, AlertMail
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_location, make_member
from tests.processes import race
from tests.reports.alerts.test_evaluate import alerted, change, sent_mails, take

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


class DeadServer(BaseEmailBackend):
    """A mail server that does not answer."""

    tried = 0

    def send_messages(self, messages: Any) -> int:
        DeadServer.tried += 1
        raise ConnectionRefusedError(111, "Connection refused")


class RefusingServer(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPDataError(554, b"no mail to <dana@example.org>")


DEAD = f"{__name__}.DeadServer"
REFUSING = f"{__name__}.RefusingServer"


@pytest.fixture
def crossed(db: None, settings: Any) -> Iterator[Alert]:
    settings.PUBLIC_URL = "https://credits.example.org"
    location = make_location(name="Harbor <Dallas>", included=1000, time_zone="America/Chicago")
    manager = make_member(location, full_name="Dana Manager", email="dana@example.org")
    alert = set_alert(
        location,
        is_on=True,
        below_credits=500,
        below_days=None,
        members=[manager],
        set_by=manager,
        at=NOON,
    )
    take(location, 501)
    evaluate_alert(location.pk, at=NOON)
    alert.refresh_from_db()
    yield alert


def test_mail_names_location_figures_zone_and_link(crossed: Alert) -> None:
    assert send_due_mails(at=NOON + MINUTE) == 1
    (sent,) = mail.outbox
    assert sent.to == ["dana@example.org"]
    assert sent.subject == "Harbor <Dallas>: 499 credits left"
    page = f"https://credits.example.org/locations/{crossed.location_id}/credit-usage/"
    assert sent.body.split("\n\n")[:4] == [
        "Hello Dana,",
        "the credits of Harbor <Dallas> are running low. 499 credits are available.",
        "The alert is set to fewer than 500 credits.",
        "To buy more, ask your RedFlag contact: purchased credits do not expire.",
    ]
    assert f"Credit Usage: {page}" in sent.body
    buy = f"https://credits.example.org/locations/{crossed.location_id}/credits/"
    assert f"Request credits: {buy}" in sent.body
    assert "15 Jun 2026, 07:00 CDT (time zone of the location: America/Chicago)" in sent.body
    (html, kind) = sent.alternatives[0]
    assert kind == "text/html"
    assert "Harbor &lt;Dallas&gt;" in html
    assert f'href="{page}"' in html
    assert f'href="{buy}"' in html


def test_one_credit_is_singular(crossed: Alert) -> None:
    AlertMail.objects.update(available=1)
    send_due_mails(at=NOON + MINUTE)
    assert mail.outbox[0].subject == "Harbor <Dallas>: 1 credit left"


def test_running_out_has_its_own_text(crossed: Alert) -> None:
    take(crossed.location, 499)
    evaluate_alert(crossed.location_id, at=NOON + HOUR)
    assert send_due_mails(at=NOON + HOUR) == 1  # the first is not true any more
    (sent,) = mail.outbox
    assert sent.subject == "Harbor <Dallas>: no credits left"
    assert "Harbor <Dallas> has no credits left." in sent.body
    assert "running low" not in sent.body
    assert AlertMail.objects.get(level=1).error == (
        "The balance, or the limits, had changed before it could be sent."
    )


def test_few_days_left_are_in_the_subject(crossed: Alert) -> None:
    AlertMail.objects.update(
        below_credits=None, below_days=14, days_left=9, runs_out_on=dt.date(2026, 6, 24)
    )
    send_due_mails(at=NOON)
    assert mail.outbox[0].subject == "Harbor <Dallas>: credits last until about 24 Jun 2026"
    assert "At the recent pace they last until about 24 June 2026." in mail.outbox[0].body
    assert "The alert is set to fewer than 14 days left." in mail.outbox[0].body


def test_mail_is_sent_once(crossed: Alert) -> None:
    assert [send_due_mails(at=NOON + n * HOUR) for n in range(4)] == [1, 0, 0, 0]
    assert AlertMail.objects.get().sent_at == NOON


def test_a_name_with_a_line_break_does_not_get_into_the_header(crossed: Alert) -> None:
    type(crossed.location).objects.update(name="A\nBcc: x@example.org")
    assert send_due_mails(at=NOON) == 1
    assert mail.outbox[0].subject == "A Bcc: x@example.org: 499 credits left"


def test_mail_is_sent_after_a_day_without_server(
    crossed: Alert, settings: Any, client: Client
) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DEAD
    DeadServer.tried = 0
    for minutes in range(0, 24 * 60, 5):
        assert send_due_mails(at=NOON + minutes * MINUTE) == 0
    waiting = AlertMail.objects.get()
    assert (waiting.attempts, DeadServer.tried) == (10, 10)
    assert waiting.error == "ConnectionRefusedError 111"
    client.force_login(crossed.set_by)
    page = client.get(f"/locations/{crossed.location_id}/alerts/")
    assert "10 tries failed (ConnectionRefusedError 111), the next is on" in page.text
    settings.EMAIL_BACKEND = working
    sent = sum(send_due_mails(at=NOON + hours * HOUR) for hours in range(24, 48))
    assert sent == len(mail.outbox) == 1
    assert AlertMail.objects.get().error == ""


def test_outdated_mail_is_dropped(crossed: Alert, settings: Any) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DEAD
    send_due_mails(at=NOON)
    settings.EMAIL_BACKEND = working
    Alert.objects.update(level=0)
    assert send_due_mails(at=NOON + HOUR) == 0
    assert AlertMail.objects.get().next_try_at is None


@pytest.mark.parametrize("why", ["off", "gone"])
def test_nothing_is_sent_to_former_members_or_once_off(crossed: Alert, why: str) -> None:
    if why == "off":
        change(crossed, crossed.set_by, is_on=False)
        Alert.objects.update(level=1)
    else:
        crossed.set_by.memberships.all().delete()
    assert send_due_mails(at=NOON) == 0
    assert mail.outbox == []
    assert (
        AlertMail.objects.get().error
        == {
            "off": "The alert was turned off.",
            "gone": "This person may not see the location any more.",
        }[why]
    )


def test_server_message_is_not_stored(
    crossed: Alert, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    send_due_mails(at=NOON)
    assert AlertMail.objects.get().error == "SMTPDataError 554"
    assert "dana@example.org" not in caplog.text


def test_mail_is_given_up_after_max_attempts(crossed: Alert, settings: Any) -> None:
    settings.EMAIL_BACKEND = DEAD
    at = NOON
    for attempts in range(MAX_ATTEMPTS):
        assert send_alert_mail(AlertMail.objects.get().pk, at=at) is False
        at += retry_delay(attempts)
    given_up = AlertMail.objects.get()
    assert (given_up.attempts, given_up.next_try_at, given_up.sent_at) == (
        MAX_ATTEMPTS,
        None,
        None,
    )


def test_run_stops_after_a_few_failures(crossed: Alert, settings: Any) -> None:
    settings.EMAIL_BACKEND = DEAD
    DeadServer.tried = 0
    row = AlertMail.objects.get()
    for _ in range(6):
        row.pk, row.user = None, make_member(crossed.location)
        row.save(force_insert=True)
    send_due_mails(at=NOON)
    assert DeadServer.tried == 3


def test_charging_goes_on_while_no_mail_can_be_sent(crossed: Alert, settings: Any) -> None:
    settings.EMAIL_BACKEND = DEAD
    location = crossed.location
    location.chat_inboxes.create(name="Front Desk")
    tasks.evaluate_alerts()
    charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    tasks.evaluate_alerts()
    assert Balance.objects.as_of(NOON).get(location=location).available == 497


def test_two_workers_send_one_mail(cloned_database: Clone) -> None:
    location = alerted().location
    take(location, 501)
    evaluate_alert(location.pk, at=NOON)
    assert sent_mails(location) == [("Below a limit", 499)]
    outcomes = race(send_due_mails, [{"at": NOON + n * MINUTE / 60} for n in range(4)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 1]
