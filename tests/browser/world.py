"""Locations in every state, and people who look at them."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from ledger.charging import charge_broadcast, charge_chat
from ledger.funding import purchase
from ledger.renewing import renew
from locations.models import Location, Membership, Role, User
from reports.models import Report, ReportKind
from tests.factories import (
    call,
    chat,
    key,
    make_account,
    make_card,
    make_location,
    make_user,
    text,
)

PASSWORD = "a long enough password"


@dataclass
class World:
    manager: User
    only_one: User
    editor: User
    newcomer: User
    healthy: Location
    overdrawn: Location
    renewed: Location
    empty: Location
    foreign: Location


def build() -> World:
    now = timezone.now()
    make_card()
    account = make_account("Harbor & Sons")

    def located(name: str, **fields: object) -> Location:
        location = make_location(name=name, account=account, **fields)  # type: ignore[arg-type]
        location.chat_inboxes.create(name="Front Desk")
        return location

    def days_ago(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    def chats(location: Location, days: int, count: int = 2) -> None:
        at = days_ago(days)
        messages = [chat("inbound", sent_at=at) for _ in range(count)]
        charge_chat(location.pk, messages, key=key(), at=at)

    healthy = located(
        "Harbor Dallas",
        time_zone="America/Chicago",
        included=9000,
        starts_on=days_ago(120).date(),
    )
    renew(healthy.pk, at=days_ago(119))
    purchase(healthy.pk, 2500, key=key(), at=days_ago(13), reference="Invoice 1")
    for days in range(80, 0, -1):
        chats(healthy, days)
    for days in (20, 12, 6, 3):
        at = days_ago(days)
        texts = [text(sent_at=at, profile={"First Name": "Ana"}) for _ in range(4)]
        charge_broadcast(healthy.pk, "text", texts, key=key(), at=at)
        charge_broadcast(healthy.pk, "voice", [call(61, sent_at=at)], key=key(), at=at)

    overdrawn = located("Harbor Kyoto", time_zone="Asia/Tokyo", included=20)
    for days in range(9, 0, -1):
        chats(overdrawn, days)

    renewed = located(
        "Harbor Utrecht",
        time_zone="Europe/Amsterdam",
        included=5000,
        starts_on=days_ago(367).date(),
    )
    renew(renewed.pk, at=days_ago(366))
    for days in range(40, 0, -3):
        chats(renewed, days)

    empty = located("Harbor Nowhere", included=None)
    manager = make_user("manager@example.org", PASSWORD, full_name="Dana Manager")
    Membership.objects.create(user=manager, role=Role.ACCOUNT_ADMIN, account=account)
    world = World(
        manager=manager,
        only_one=make_user("one@example.org", PASSWORD, full_name="Olive One"),
        editor=make_user("editor@example.org", PASSWORD, full_name="Eddie Editor"),
        newcomer=make_user("new@example.org", PASSWORD),
        healthy=healthy,
        overdrawn=overdrawn,
        renewed=renewed,
        empty=empty,
        foreign=make_location(name="Elsewhere"),
    )
    Membership.objects.create(user=world.only_one, role=Role.ADMIN, location=healthy)
    Membership.objects.create(user=world.editor, role=Role.EDITOR, location=healthy)
    _reports(renewed, manager, now)
    return world


def _reports(location: Location, user: User, now: dt.datetime) -> None:
    """One in each state; those under way are leased, so that no worker touches them."""
    later = now + dt.timedelta(hours=1)
    for hours, state, more in (
        (6, "expired", {}),
        (5, "cancelled", {"cancelled_by": user}),
        (4, "failed", {"failure": "It has more rows than a workbook holds: choose fewer days."}),
        (3, "ready", {"file": "lost.xlsx", "credits": 912, "rows_done": 400, "size_bytes": 9000}),
        (2, "running", {"rows_done": 41_000, "rows_total": 64_000, "leased_until": later}),
        (1, "queued", {}),
    ):
        Report.objects.create(
            location=location,
            kind=ReportKind.CHAT,
            first_on=now.date() - dt.timedelta(days=30),
            last_on=now.date(),
            state=state,
            asked_by=user,
            asked_at=now - dt.timedelta(hours=hours),
            **more,
        )
