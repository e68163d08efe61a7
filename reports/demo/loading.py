import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction

from ledger.engine import charging, rating
from ledger.models import Bundle
from ledger.replay import replay
from ledger.replay.events import Event, RecordedBroadcast, RecordedChat
from locations.calendar import add_months
from locations.contracts import amendments
from locations.contracts.terms import load_terms
from locations.models import Account, ChatInbox, Location, Membership, Role, User
from locations.rate_cards import parsing, publishing
from reports.demo.locations import FIELDS, LOCATIONS, DemoLocation
from reports.demo.sign_ins import DEMO_SIGN_INS, DEMO_STAFF, PASSWORD
from reports.demo.traffic import generate_events

RATE_CARD = Path(__file__).parent / "rate_card.csv"

BUNDLES = (("Small", 1_000, "EUR 90"), ("Medium", 5_000, "EUR 400"), ("Large", 20_000, "EUR 1,400"))

Progress = Callable[[Iterable[Event]], Iterable[Event]]


def load_demo(*, at: dt.datetime, progress: Progress = iter) -> list[Location]:
    with transaction.atomic():
        first_on = at.date() - dt.timedelta(days=3 * 365)
        with RATE_CARD.open("rb") as file:
            rows = parsing.parse_csv(file)
        publishing.create_card(rows, name="Standard", effective_on=first_on, publish_at=at)
        locations = {}
        events: list[Event] = []
        for spec in LOCATIONS:
            location_events = generate_events(spec, at=at)
            locations[spec.name] = _create_location(spec, location_events, at=at)
            events += location_events
        replay.replay(locations, events, until=at, progress=progress)
        _create_users()
        _create_bundles()
        # The tables were empty for autovacuum until now; plans for empty tables take minutes.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return list(locations.values())


def _create_location(spec: DemoLocation, events: Iterable[Event], *, at: dt.datetime) -> Location:
    account, _ = Account.objects.get_or_create(name=spec.account)
    location = Location.objects.create(
        account=account,
        name=spec.name,
        time_zone=spec.time_zone,
        profile_fields=list(FIELDS),
    )
    for inbox in spec.inboxes:
        ChatInbox.objects.create(location=location, name=inbox)
    if spec.has_contract:
        today = at.astimezone(spec.zone).date()
        renewed_on = spec.renewed_on(today)
        amendments.enter_contract(
            location,
            starts_on=add_months(renewed_on, -2 * spec.term_months),
            term_months=spec.term_months,
            included_credits=_included_credits(spec, location, events, renewed_on, today),
            overdraft_limit=spec.overdraft_limit,
            reference=f"C-{2000 + location.pk}",
        )
    return location


def _included_credits(
    spec: DemoLocation,
    location: Location,
    events: Iterable[Event],
    renewed_on: dt.date,
    today: dt.date,
) -> int:
    first_on, last_on = renewed_on, today - dt.timedelta(days=spec.covered_until_days)
    if spec.covers_last_term:
        first_on, last_on = add_months(renewed_on, -12), renewed_on - dt.timedelta(days=1)
    tariff = charging.Tariff(load_terms(location.pk))
    used = sum(
        _event_credits(tariff, event)
        for event in events
        if first_on <= event.at.astimezone(spec.zone).date() <= last_on
    )
    return round((used * spec.factor + spec.spare) / 10) * 10


def _event_credits(tariff: charging.Tariff, event: Event) -> int:
    day = tariff.terms.local_day(event.at)
    prices = tariff.price_list_on(day)
    match event:
        case RecordedBroadcast():
            return sum(
                rating.rate(
                    prices,
                    phone=message.phone,
                    channel=event.channel,
                    seconds=message.seconds,
                ).credits
                for message in event.messages
            )
        case RecordedChat():
            return sum(
                rating.chat_credits(prices, has_image=message.has_image)
                for message in event.messages
            )
    return 0


def _create_users() -> None:
    clinics = Account.objects.get(name="Brightwater Clinics")
    chicago = Location.objects.get(name="Brightwater Chicago")
    manager, admin, editor = (email for email, _, _ in DEMO_SIGN_INS[:3])
    password = make_password(PASSWORD)  # once: hashing is slow by design
    Membership.objects.create(
        user=User.objects.create(email=manager, password=password, full_name="Marta Keane"),
        role=Role.ADMIN,
        location=chicago,
    )
    Membership.objects.create(
        user=User.objects.create(email=admin, password=password, full_name="Idris Vale"),
        role=Role.ACCOUNT_ADMIN,
        account=clinics,
    )
    Membership.objects.create(
        user=User.objects.create(email=editor, password=password, full_name="Noor Sander"),
        role=Role.EDITOR,
        location=chicago,
    )
    for email, name, group, _ in DEMO_STAFF:
        user = User.objects.create(
            email=email,
            password=password,
            full_name=name,
            is_staff=True,
            is_superuser=not group,
        )
        user.groups.set(Group.objects.filter(name=group))


def _create_bundles() -> None:
    for position, (name, credits, price) in enumerate(BUNDLES):
        Bundle.objects.create(name=name, credits=credits, price=price, position=position)
