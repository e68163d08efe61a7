"""Evaluating alerts: crossings, margins, cool-downs, purchases, concurrent workers."""

import datetime as dt
from typing import Any

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust, purchase
from locations.models import Location, Membership, Role, User
from locations.permissions import detail_readers
from reports.alerts.evaluate import (
    COOL_DOWN,
    compute_level,
    decide,
    evaluate_alert,
    evaluate_all_alerts,
    set_alert,
)
from reports.alerts.evaluate import AlertDecision as Decision
from reports.alerts.evaluate import AlertFigures as Figures
from reports.models import Alert, AlertMail, Level
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_location, make_member, make_user
from tests.processes import race

CLEAR, LOW, OUT = Level.CLEAR, Level.LOW, Level.OUT
HOUR = dt.timedelta(hours=1)


def limits(credits: int | None = 500, days: int | None = None, **fields: Any) -> Alert:
    return Alert(below_credits=credits, below_days=days, **fields)


@pytest.mark.parametrize(
    ("alert", "figures", "level"),
    [
        (limits(500), Figures(500), CLEAR),
        (limits(500), Figures(499), LOW),
        (limits(500), Figures(1), LOW),
        (limits(500), Figures(0), OUT),
        (limits(500), Figures(-3), OUT),
        (limits(500), Figures(0, ever_had_credits=False), CLEAR),
        (limits(500), Figures(900, days_left=1), CLEAR),
        (limits(None, 14), Figures(1, days_left=14), CLEAR),
        (limits(None, 14), Figures(9000, days_left=13), LOW),
        (limits(None, 14), Figures(1, days_left=None), CLEAR),
        (limits(None, 14), Figures(0, days_left=0), OUT),
        (limits(500, 14), Figures(900, days_left=13), LOW),
        (limits(500, 14), Figures(499, days_left=99), LOW),
    ],
)
def test_level_follows_from_limits(alert: Alert, figures: Figures, level: Level) -> None:
    assert compute_level(alert, figures) == level


# Alert, figures, highest balance after a top-up since the last evaluation, decision.
FACTS: list[tuple[str, Alert, Figures, int | None, Decision]] = [
    ("nothing happens", limits(), Figures(900), None, Decision(CLEAR)),
    ("a crossing is mailed", limits(), Figures(499), None, Decision(LOW, send_mails=True)),
    ("once", limits(level=LOW), Figures(499), None, Decision(LOW)),
    ("straight to nothing", limits(), Figures(0), None, Decision(OUT, send_mails=True)),
    ("low, then nothing", limits(level=LOW), Figures(0), None, Decision(OUT, send_mails=True)),
    ("nothing, once", limits(level=OUT), Figures(-7), None, Decision(OUT)),
    ("within the margin", limits(level=LOW), Figures(549), None, Decision(LOW)),
    ("above the margin", limits(level=LOW), Figures(550), None, Decision(CLEAR)),
    ("bought above", limits(level=LOW), Figures(501), 501, Decision(CLEAR)),
    ("bought too little", limits(level=LOW), Figures(300), 300, Decision(LOW)),
    ("out, a credit came back", limits(level=OUT), Figures(2), None, Decision(OUT)),
    ("out, bought too little", limits(level=OUT), Figures(200), 200, Decision(LOW)),
    ("out, bought, out again", limits(level=OUT), Figures(0), 200, Decision(OUT, send_mails=True)),
    ("out, bought not enough to begin", limits(level=OUT), Figures(-5), -5, Decision(OUT)),
    ("bought and used up", limits(level=LOW), Figures(400), 900, Decision(LOW, send_mails=True)),
    ("days, within the margin", limits(None, 14, level=LOW), Figures(9, 15), None, Decision(LOW)),
    ("days, above it", limits(None, 14, level=LOW), Figures(9, 16), None, Decision(CLEAR)),
    ("days, no end figures", limits(None, 14, level=LOW), Figures(9), None, Decision(CLEAR)),
    ("days, bought a few", limits(None, 14, level=LOW), Figures(9, 9), 9, Decision(LOW)),
    ("one of two limits", limits(500, 14, level=LOW), Figures(900, 9), 900, Decision(LOW)),
]


@pytest.mark.parametrize(
    ("alert", "figures", "topped_up_to", "decision"),
    [fact[1:] for fact in FACTS],
    ids=[fact[0] for fact in FACTS],
)
def test_decision(
    alert: Alert, figures: Figures, topped_up_to: int | None, decision: Decision
) -> None:
    assert decide(alert, figures, topped_up_to=topped_up_to, at=NOON) == decision


def test_crossing_within_the_cool_down_is_mailed_after_it() -> None:
    alert = limits(mailed_at=NOON - HOUR)
    low = Figures(499)
    assert decide(alert, low, topped_up_to=None, at=NOON) == Decision(CLEAR)
    later = NOON - HOUR + COOL_DOWN
    assert decide(alert, low, topped_up_to=None, at=later) == Decision(LOW, send_mails=True)


def test_running_out_is_mailed_soon_after_the_first_warning() -> None:
    alert = limits(level=LOW, mailed_at=NOON - HOUR)
    assert decide(alert, Figures(0), topped_up_to=None, at=NOON) == Decision(OUT, send_mails=True)
    alert = limits(level=LOW, mailed_at=NOON - HOUR, out_mailed_at=NOON - HOUR)
    assert decide(alert, Figures(0), topped_up_to=None, at=NOON) == Decision(LOW)


def test_year_around_the_limit_mails_each_real_crossing_once() -> None:
    """Every six hours: a slow fall, a wobble of twenty days around 500, a purchase; four times."""
    alert, mailed_on = limits(), []
    for step in range(4 * 364):
        day, quarter = divmod(step, 4)
        phase = day % 91
        balance = 1500 - phase * 15 if phase < 66 else 500 + (40 if quarter % 2 else -40)
        bought = 1500 if phase == 0 and day and not quarter else None
        at = NOON + step * 6 * HOUR
        decision = decide(alert, Figures(balance), topped_up_to=bought, at=at)
        if decision.send_mails:
            alert.mailed_at = at
            mailed_on.append(day)
        alert.level = decision.level
    assert mailed_on == [66, 157, 248, 339]


# --- With a database ------------------------------------------------------------------------


def alerted(*, below_credits: int | None = 500, included: int = 1000, **fields: Any) -> Alert:
    location = make_location(included=included)
    location.chat_inboxes.create(name="Front Desk")
    manager = make_member(location)
    return set_alert(
        location,
        is_on=True,
        below_credits=below_credits,
        below_days=fields.pop("below_days", None),
        members=[manager],
        set_by=manager,
        at=NOON,
    )


def take(location: Location, credits: int, at: dt.datetime = NOON) -> None:
    adjust(location.pk, -credits, bucket="contract", key=key(), at=at, reason="Test")


def sent_mails(location: Location) -> list[tuple[str, int]]:
    mails = AlertMail.objects.filter(alert__location=location).order_by("crossed_at", "pk")
    return [(mail.get_level_display(), mail.available) for mail in mails]


@pytest.mark.django_db
def test_mails_for_low_then_out_and_again_after_a_purchase() -> None:
    location = alerted().location
    evaluate_alert(location.pk, at=NOON)
    assert sent_mails(location) == []
    take(location, 501)
    evaluate_alert(location.pk, at=NOON + HOUR)
    evaluate_alert(location.pk, at=NOON + 2 * HOUR)
    assert sent_mails(location) == [("Below a limit", 499)]
    take(location, 499)
    evaluate_alert(location.pk, at=NOON + 3 * HOUR)
    evaluate_alert(location.pk, at=NOON + 4 * HOUR)
    assert sent_mails(location) == [("Below a limit", 499), ("Out of credits", 0)]
    purchase(location.pk, 600, key=key(), at=NOON + 5 * HOUR, reference="PO")
    evaluate_alert(location.pk, at=NOON + 6 * HOUR)
    adjust(location.pk, -200, bucket="purchased", key=key(), at=NOON, reason="Test")
    evaluate_alert(location.pk, at=NOON + 30 * HOUR)
    assert sent_mails(location) == [
        ("Below a limit", 499),
        ("Out of credits", 0),
        ("Below a limit", 400),
    ]
    alert = Alert.objects.get(location=location)
    assert (alert.level, alert.level_since) == (LOW, NOON + 30 * HOUR)


@pytest.mark.django_db
def test_evaluation_runs_a_due_renewal_which_re_arms() -> None:
    location = alerted(below_credits=500).location
    take(location, 600)
    evaluate_alert(location.pk, at=NOON)
    next_year = dt.datetime(2027, 1, 1, 0, 5, tzinfo=dt.UTC)
    assert evaluate_alert(location.pk, at=next_year) == Decision(CLEAR)
    take(location, 700, next_year)
    assert evaluate_alert(location.pk, at=next_year + HOUR) == Decision(LOW, send_mails=True)
    assert sent_mails(location) == [("Below a limit", 400), ("Below a limit", 300)]


@pytest.mark.django_db
def test_days_left_come_from_the_forecast() -> None:
    location = alerted(below_credits=None, below_days=14, included=1000).location
    for days in range(40, 0, -1):
        at = NOON - days * 24 * HOUR
        charge_chat(location.pk, [chat("inbound", sent_at=at) for _ in range(10)], key=key(), at=at)
    assert evaluate_alert(location.pk, at=NOON) == Decision(
        LOW, send_mails=True
    )  # 200 left, 20 a day
    mail = AlertMail.objects.get()
    assert (mail.available, mail.days_left, mail.runs_out_on) == (200, 9, dt.date(2026, 6, 24))
    assert not mail.is_about_credits


@pytest.mark.django_db
def test_only_members_who_may_open_the_location_are_mailed() -> None:
    alert = alerted()
    location = alert.location
    admin = make_member(location, Role.ACCOUNT_ADMIN)
    gone, left = make_member(location, is_active=False), make_member(location)
    editor, stranger = make_member(location, Role.EDITOR), make_user()
    Membership.objects.filter(user=left).delete()
    alert.members.add(admin, gone, left, editor, stranger)
    take(location, 501)
    evaluate_alert(location.pk, at=NOON)
    recipients = {mail.user for mail in AlertMail.objects.all()}
    assert recipients == {alert.set_by, admin}
    assert set(detail_readers(location)) == recipients


@pytest.mark.django_db
def test_alert_that_is_off_is_not_evaluated() -> None:
    alert = alerted()
    take(alert.location, 501)
    Alert.objects.update(is_on=False)
    assert evaluate_alert(alert.location_id, at=NOON) is None
    assert sent_mails(alert.location) == []


def change(alert: Alert, user: User, **fields: Any) -> Alert:
    unchanged = {"is_on": True, "below_credits": 500, "below_days": None, "members": [user]}
    return set_alert(alert.location, **{**unchanged, **fields}, set_by=user, at=NOON)


@pytest.mark.django_db
def test_other_limits_re_arm_but_other_members_do_not() -> None:
    alert = alerted()
    take(alert.location, 501)
    evaluate_alert(alert.location_id, at=NOON)
    other = make_member(alert.location)
    assert change(alert, other).level == LOW
    assert change(alert, other, below_credits=600).level == CLEAR
    evaluate_alert(alert.location_id, at=NOON + HOUR)
    assert len(sent_mails(alert.location)) == 1  # the cool-down goes on
    evaluate_alert(alert.location_id, at=NOON + COOL_DOWN)
    assert len(sent_mails(alert.location)) == 2


@pytest.mark.django_db
def test_failing_location_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = alerted().location, alerted().location
    take(second, 501)
    real = evaluate_alert

    def broken(location_id: int, *, at: dt.datetime) -> Decision | None:
        if location_id == first.pk:
            raise RuntimeError("broken")
        return real(location_id, at=at)

    monkeypatch.setattr("reports.alerts.evaluate.evaluate_alert", broken)
    assert evaluate_all_alerts(at=NOON) == 1
    assert sent_mails(second) == [("Below a limit", 499)]


def test_concurrent_workers_mail_a_crossing_once(cloned_database: Clone) -> None:
    location = alerted().location
    take(location, 501)
    calls = [{"location_id": location.pk, "at": NOON + second * HOUR / 3600} for second in range(6)]
    outcomes = race(evaluate_alert, calls)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.value.send_mails for outcome in outcomes) == [False] * 5 + [True]
    assert sent_mails(location) == [("Below a limit", 499)]


@pytest.mark.django_db
def test_all_readers_are_mailed_when_no_chosen_member_is_left() -> None:
    alert = alerted()
    other = make_member(alert.location)
    alert.members.get().memberships.all().delete()
    take(alert.location, 501)
    evaluate_alert(alert.location_id, at=NOON)
    assert list(AlertMail.objects.values_list("user", "available")) == [(other.pk, 499)]
