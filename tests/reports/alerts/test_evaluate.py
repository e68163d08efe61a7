"""When an alert speaks: crossings, margins, cool-downs, purchases, and many workers at once."""

import datetime as dt
from typing import Any

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust, purchase
from locations.models import Location, Membership, Role, User
from locations.permissions import detail_readers
from reports.alerts.evaluate import (
    COOL_DOWN,
    Decision,
    Reading,
    decide,
    level_of,
    look,
    look_at_all,
    set_alert,
)
from reports.models import Alert, AlertMail, Level
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_location, make_member, make_user
from tests.processes import race

CLEAR, LOW, OUT = Level.CLEAR, Level.LOW, Level.OUT
HOUR = dt.timedelta(hours=1)


def limits(credits: int | None = 500, days: int | None = None, **fields: Any) -> Alert:
    return Alert(below_credits=credits, below_days=days, **fields)


@pytest.mark.parametrize(
    ("alert", "seen", "level"),
    [
        (limits(500), Reading(500), CLEAR),
        (limits(500), Reading(499), LOW),
        (limits(500), Reading(1), LOW),
        (limits(500), Reading(0), OUT),
        (limits(500), Reading(-3), OUT),
        (limits(500), Reading(0, ever_had_credits=False), CLEAR),
        (limits(500), Reading(900, days_left=1), CLEAR),
        (limits(None, 14), Reading(1, days_left=14), CLEAR),
        (limits(None, 14), Reading(9000, days_left=13), LOW),
        (limits(None, 14), Reading(1, days_left=None), CLEAR),
        (limits(None, 14), Reading(0, days_left=0), OUT),
        (limits(500, 14), Reading(900, days_left=13), LOW),
        (limits(500, 14), Reading(499, days_left=99), LOW),
    ],
)
def test_the_level_that_a_reading_gives(alert: Alert, seen: Reading, level: Level) -> None:
    assert level_of(alert, seen) == level


# What was told, what is read, the highest balance after a top-up since: what is told now.
FACTS: list[tuple[str, Alert, Reading, int | None, Decision]] = [
    ("nothing happens", limits(), Reading(900), None, Decision(CLEAR)),
    ("a crossing is told", limits(), Reading(499), None, Decision(LOW, tell=True)),
    ("once", limits(level=LOW), Reading(499), None, Decision(LOW)),
    ("straight to nothing", limits(), Reading(0), None, Decision(OUT, tell=True)),
    ("low, then nothing", limits(level=LOW), Reading(0), None, Decision(OUT, tell=True)),
    ("nothing, once", limits(level=OUT), Reading(-7), None, Decision(OUT)),
    ("within the margin", limits(level=LOW), Reading(549), None, Decision(LOW)),
    ("above the margin", limits(level=LOW), Reading(550), None, Decision(CLEAR)),
    ("bought above", limits(level=LOW), Reading(501), 501, Decision(CLEAR)),
    ("bought too little", limits(level=LOW), Reading(300), 300, Decision(LOW)),
    ("out, a credit came back", limits(level=OUT), Reading(2), None, Decision(OUT)),
    ("out, bought too little", limits(level=OUT), Reading(200), 200, Decision(LOW)),
    ("out, bought, out again", limits(level=OUT), Reading(0), 200, Decision(OUT, tell=True)),
    ("out, bought not enough to begin", limits(level=OUT), Reading(-5), -5, Decision(OUT)),
    ("bought and used up", limits(level=LOW), Reading(400), 900, Decision(LOW, tell=True)),
    ("days, within the margin", limits(None, 14, level=LOW), Reading(9, 15), None, Decision(LOW)),
    ("days, above it", limits(None, 14, level=LOW), Reading(9, 16), None, Decision(CLEAR)),
    ("days, no end seen", limits(None, 14, level=LOW), Reading(9), None, Decision(CLEAR)),
    ("days, bought a few", limits(None, 14, level=LOW), Reading(9, 9), 9, Decision(LOW)),
    ("one of two limits", limits(500, 14, level=LOW), Reading(900, 9), 900, Decision(LOW)),
]


@pytest.mark.parametrize(
    ("alert", "seen", "topped_up_to", "decision"),
    [fact[1:] for fact in FACTS],
    ids=[fact[0] for fact in FACTS],
)
def test_what_is_decided(
    alert: Alert, seen: Reading, topped_up_to: int | None, decision: Decision
) -> None:
    assert decide(alert, seen, topped_up_to=topped_up_to, at=NOON) == decision


def test_a_crossing_within_the_cool_down_is_told_when_it_is_over() -> None:
    alert = limits(mailed_at=NOON - HOUR)
    low = Reading(499)
    assert decide(alert, low, topped_up_to=None, at=NOON) == Decision(CLEAR)
    later = NOON - HOUR + COOL_DOWN
    assert decide(alert, low, topped_up_to=None, at=later) == Decision(LOW, tell=True)


def test_that_nothing_is_left_is_told_soon_after_the_first_warning() -> None:
    alert = limits(level=LOW, mailed_at=NOON - HOUR)
    assert decide(alert, Reading(0), topped_up_to=None, at=NOON) == Decision(OUT, tell=True)
    alert = limits(level=LOW, mailed_at=NOON - HOUR, out_mailed_at=NOON - HOUR)
    assert decide(alert, Reading(0), topped_up_to=None, at=NOON) == Decision(LOW)


def test_a_year_around_the_limit_tells_each_real_crossing_once() -> None:
    """Every six hours: a slow fall, a wobble of twenty days around 500, a purchase; four times."""
    alert, told = limits(), []
    for step in range(4 * 364):
        day, quarter = divmod(step, 4)
        phase = day % 91
        balance = 1500 - phase * 15 if phase < 66 else 500 + (40 if quarter % 2 else -40)
        bought = 1500 if phase == 0 and day and not quarter else None
        at = NOON + step * 6 * HOUR
        decision = decide(alert, Reading(balance), topped_up_to=bought, at=at)
        if decision.tell:
            alert.mailed_at = at
            told.append(day)
        alert.level = decision.level
    assert told == [66, 157, 248, 339]


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


def told(location: Location) -> list[tuple[str, int]]:
    mails = AlertMail.objects.filter(alert__location=location).order_by("crossed_at", "pk")
    return [(mail.get_level_display(), mail.available) for mail in mails]


@pytest.mark.django_db
def test_a_location_is_told_low_then_out_and_again_after_a_purchase() -> None:
    place = alerted().location
    look(place.pk, at=NOON)
    assert told(place) == []
    take(place, 501)
    look(place.pk, at=NOON + HOUR)
    look(place.pk, at=NOON + 2 * HOUR)
    assert told(place) == [("Below a limit", 499)]
    take(place, 499)
    look(place.pk, at=NOON + 3 * HOUR)
    look(place.pk, at=NOON + 4 * HOUR)
    assert told(place) == [("Below a limit", 499), ("Out of credits", 0)]
    purchase(place.pk, 600, key=key(), at=NOON + 5 * HOUR, reference="PO")
    look(place.pk, at=NOON + 6 * HOUR)
    adjust(place.pk, -200, bucket="purchased", key=key(), at=NOON, reason="Test")
    look(place.pk, at=NOON + 30 * HOUR)
    assert told(place) == [("Below a limit", 499), ("Out of credits", 0), ("Below a limit", 400)]
    alert = Alert.objects.get(location=place)
    assert (alert.level, alert.level_since) == (LOW, NOON + 30 * HOUR)


@pytest.mark.django_db
def test_a_renewal_re_arms_and_is_made_up_by_the_look_itself() -> None:
    place = alerted(below_credits=500).location
    take(place, 600)
    look(place.pk, at=NOON)
    next_year = dt.datetime(2027, 1, 1, 0, 5, tzinfo=dt.UTC)
    assert look(place.pk, at=next_year) == Decision(CLEAR)
    take(place, 700, next_year)
    assert look(place.pk, at=next_year + HOUR) == Decision(LOW, tell=True)
    assert told(place) == [("Below a limit", 400), ("Below a limit", 300)]


@pytest.mark.django_db
def test_days_left_come_from_the_forecast() -> None:
    place = alerted(below_credits=None, below_days=14, included=1000).location
    for days in range(40, 0, -1):
        at = NOON - days * 24 * HOUR
        charge_chat(place.pk, [chat("inbound", sent_at=at) for _ in range(10)], key=key(), at=at)
    assert look(place.pk, at=NOON) == Decision(LOW, tell=True)  # 200 left, 20 a day
    mail = AlertMail.objects.get()
    assert (mail.available, mail.days_left, mail.runs_out_on) == (200, 9, dt.date(2026, 6, 24))
    assert not mail.is_about_credits


@pytest.mark.django_db
def test_only_who_may_see_the_location_is_told() -> None:
    alert = alerted()
    place = alert.location
    admin = make_member(place, Role.ACCOUNT_ADMIN)
    gone, left = make_member(place, is_active=False), make_member(place)
    editor, stranger = make_member(place, Role.EDITOR), make_user()
    Membership.objects.filter(user=left).delete()
    alert.members.add(admin, gone, left, editor, stranger)
    take(place, 501)
    look(place.pk, at=NOON)
    told_to = {mail.user for mail in AlertMail.objects.all()}
    assert told_to == {alert.set_by, admin}
    assert set(detail_readers(place)) == told_to


@pytest.mark.django_db
def test_an_alert_that_is_off_is_not_looked_at() -> None:
    alert = alerted()
    take(alert.location, 501)
    Alert.objects.update(is_on=False)
    assert look(alert.location_id, at=NOON) is None
    assert told(alert.location) == []


def change(alert: Alert, user: User, **fields: Any) -> Alert:
    now = {"is_on": True, "below_credits": 500, "below_days": None, "members": [user]}
    return set_alert(alert.location, **{**now, **fields}, set_by=user, at=NOON)


@pytest.mark.django_db
def test_other_limits_re_arm_but_other_people_do_not() -> None:
    alert = alerted()
    take(alert.location, 501)
    look(alert.location_id, at=NOON)
    other = make_member(alert.location)
    assert change(alert, other).level == LOW
    assert change(alert, other, below_credits=600).level == CLEAR
    look(alert.location_id, at=NOON + HOUR)
    assert len(told(alert.location)) == 1  # the cool-down goes on
    look(alert.location_id, at=NOON + COOL_DOWN)
    assert len(told(alert.location)) == 2


@pytest.mark.django_db
def test_a_location_that_fails_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = alerted().location, alerted().location
    take(second, 501)
    real = look

    def broken(location_id: int, *, at: dt.datetime) -> Decision | None:
        if location_id == first.pk:
            raise RuntimeError("broken")
        return real(location_id, at=at)

    monkeypatch.setattr("reports.alerts.evaluate.look", broken)
    assert look_at_all(at=NOON) == 1
    assert told(second) == [("Below a limit", 499)]


def test_many_workers_at_once_tell_a_crossing_once(cloned_database: Clone) -> None:
    place = alerted().location
    take(place, 501)
    calls = [{"location_id": place.pk, "at": NOON + second * HOUR / 3600} for second in range(6)]
    outcomes = race(look, calls)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.value.tell for outcome in outcomes) == [False] * 5 + [True]
    assert told(place) == [("Below a limit", 499)]


@pytest.mark.django_db
def test_where_no_chosen_member_is_left_everybody_who_may_open_it_is_told() -> None:
    alert = alerted()
    other = make_member(alert.location)
    alert.members.get().memberships.all().delete()
    take(alert.location, 501)
    look(alert.location_id, at=NOON)
    assert list(AlertMail.objects.values_list("user", "available")) == [(other.pk, 499)]
