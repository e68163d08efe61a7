"""Locations in every state, and people who look at them; tests that write make their own."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import purchase
from ledger.engine.renewals import renew
from ledger.models import Bundle
from locations.models import Account, Location, Membership, Role, User
from reports.models import Report, ReportKind
from tests.factories import (
    call,
    chat,
    key,
    make_account,
    make_card,
    make_location,
    make_member,
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
    staff: User
    healthy: Location
    overdrawn: Location
    renewed: Location
    empty: Location
    foreign: Location


def located(account: Account, name: str, **fields: Any) -> Location:
    location = make_location(name=name, account=account, **fields)
    location.chat_inboxes.create(name="Front Desk")
    return location


def days_ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def chats(location: Location, days: Iterable[int], count: int = 2) -> None:
    """So many messages on each of the days, given as days before today."""
    for ago in days:
        at = days_ago(ago)
        messages = [chat("inbound", sent_at=at) for _ in range(count)]
        charge_chat(location.pk, messages, key=key(), at=at)


def make_own(name: str, **fields: Any) -> tuple[Location, User]:
    """A location for a test that writes, alone in its account, and who looks after it."""
    location = located(make_account(f"Account of {name}"), name, **fields)
    return location, make_member(location, Role.ACCOUNT_ADMIN, full_name=f"Manager of {name}")


def build() -> World:
    now = timezone.now()
    make_card()
    for position, (name, credits, price) in enumerate(
        [("Basic", 1000, "EUR 90"), ("Medium", 5000, "EUR 400"), ("Large", 20_000, "")]
    ):
        Bundle.objects.create(name=name, credits=credits, price=price, position=position)
    account = make_account("Harbor & Sons")
    healthy = located(
        account,
        "Harbor Dallas",
        time_zone="America/Chicago",
        included=9000,
        starts_on=days_ago(120).date(),
    )
    renew(healthy.pk, at=days_ago(119))
    purchase(healthy.pk, 2500, key=key(), at=days_ago(13), reference="Invoice 1")
    chats(healthy, range(80, 0, -1))
    for days in (20, 12, 6, 3):
        at = days_ago(days)
        texts = [text(sent_at=at, profile={"First Name": "Ana"}) for _ in range(4)]
        charge_broadcast(healthy.pk, "text", texts, key=key(), at=at)
        charge_broadcast(healthy.pk, "voice", [call(61, sent_at=at)], key=key(), at=at)

    overdrawn = located(account, "Harbor Kyoto", time_zone="Asia/Tokyo", included=20)
    chats(overdrawn, range(9, 0, -1))

    renewed = located(
        account,
        "Harbor Utrecht",
        time_zone="Europe/Amsterdam",
        included=5000,
        starts_on=days_ago(367).date(),
    )
    renew(renewed.pk, at=days_ago(366))
    chats(renewed, range(40, 0, -3))

    empty = located(account, "Harbor Nowhere", included=None)
    manager = make_user("manager@example.org", PASSWORD, full_name="Dana Manager")
    Membership.objects.create(user=manager, role=Role.ACCOUNT_ADMIN, account=account)
    world = World(
        manager=manager,
        only_one=make_user("one@example.org", PASSWORD, full_name="Olive One"),
        editor=make_user("editor@example.org", PASSWORD, full_name="Eddie Editor"),
        newcomer=make_user("new@example.org", PASSWORD),
        staff=make_user(full_name="Sam Staff", is_staff=True),
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
            requested_by=user,
            requested_at=now - dt.timedelta(hours=hours),
            **more,
        )
