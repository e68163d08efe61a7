"""The demo has every state of a location, on any day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from ledger.models import Balance, ChatMessage, Entry, EntryKind, InternationalMessage, Outcome
from ledger.reading.daily_usage import DailyUsage, daily_usage
from ledger.verification.verify import Breach, breaches
from locations.contracts.terms import load_terms
from locations.known_terms import known_terms
from locations.models import Account, ChatInbox, Location, User
from locations.users.groups import GROUPS
from reports.demo import DEMO_SIGN_INS, loading
from reports.demo.locations import LOCATIONS
from reports.demo.sign_ins import PASSWORD

FOURTEEN_MONTHS = dt.timedelta(days=425)
CHICAGO, LISBON, AUCKLAND = "Brightwater Chicago", "Brightwater Lisbon", "Brightwater Auckland"
ROTTERDAM, HONOLULU = "Tern Rotterdam", "Tern Honolulu"


@dataclass(frozen=True)
class Loaded:
    """A demo that was loaded at an instant, and what its database holds meanwhile."""

    at: dt.datetime

    def __getitem__(self, name: str) -> "State":
        location = Location.objects.get(name=name)
        return State(location, Balance.objects.get(location=location), self.at)


@dataclass(frozen=True)
class State:
    location: Location
    balance: Balance
    at: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.at.astimezone(self.location.zone).date()

    @property
    def included(self) -> int:
        return self.location.contracts.get().included_credits

    @property
    def daily(self) -> DailyUsage:
        return daily_usage(self.location)

    @property
    def term_starts_on(self) -> dt.date | None:
        term = load_terms(self.location.pk).term_on(self.today)
        return term.starts_on if term else None

    def entries(self, kind: EntryKind) -> list[Entry]:
        return list(Entry.objects.filter(location=self.location, kind=kind).order_by("number"))


# An ordinary day, 29 February, and the first instant of a year, when it is still the old one in
# Chicago and Honolulu.
INSTANTS = [
    dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC),
    dt.datetime(2028, 2, 29, 5, 30, tzinfo=dt.UTC),
    dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
]


@pytest.fixture(scope="module", params=INSTANTS, ids=lambda at: f"{at:%d-%b-%Y}")
def demo(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[Loaded]:
    """Loaded once for all tests of an instant, and rolled back."""
    known_terms.clear()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with transaction.atomic():
            loading.load_demo(at=request.param)
            yield Loaded(request.param)
            transaction.set_rollback(True)
        connection.close()


def test_five_locations_of_two_customers_in_five_time_zones(demo: Loaded):
    locations = Location.objects.all()
    assert {location.name for location in locations} == {spec.name for spec in LOCATIONS}
    assert len({location.time_zone for location in locations}) == 5
    assert Account.objects.count() == 2


def test_chicago_is_healthy(demo: Loaded):
    chicago = demo[CHICAGO]
    assert chicago.balance.contract_credits > chicago.included / 3
    assert chicago.balance.purchased_credits > 0
    assert len(chicago.entries(EntryKind.PURCHASE)) == 2


def test_lisbon_runs_low(demo: Loaded):
    lisbon = demo[LISBON]
    assert 0 < lisbon.balance.total < min(200, lisbon.included / 5)


def test_auckland_is_overdrawn_by_inbound_chat(demo: Loaded):
    auckland = demo[AUCKLAND]
    assert auckland.balance.contract_credits == 0
    assert auckland.balance.purchased_credits < 0
    assert auckland.location.contracts.get().overdraft_limit == 0
    last = auckland.entries(EntryKind.CHAT)[-1]
    below_zero = ChatMessage.objects.filter(
        location=auckland.location, credits__gt=0, contract_credits=0
    )
    assert {message.direction for message in below_zero.filter(entry=last)} == {"inbound"}
    assert last.balance_after == auckland.balance.total


def test_auckland_outbound_chat_was_refused(demo: Loaded):
    refused = ChatMessage.objects.filter(location=demo[AUCKLAND].location, outcome=Outcome.REFUSED)
    assert set(refused.values_list("direction", "refusal").distinct()) == {
        ("outbound", "insufficient_credits")
    }


def test_rotterdam_has_just_renewed_and_its_lapsed_credits_are_on_the_page(demo: Loaded):
    rotterdam = demo[ROTTERDAM]
    renewed_on = rotterdam.today - dt.timedelta(days=3)
    assert rotterdam.term_starts_on == renewed_on
    (row,) = [row for row in rotterdam.daily.rows if row.day == renewed_on]
    lapsed = rotterdam.entries(EntryKind.CONTRACT_EXPIRY)[-1]
    assert (lapsed.day, row.moved.other) == (renewed_on, lapsed.credits)
    assert -1000 <= lapsed.credits <= -500
    assert row.moved.additions == rotterdam.included
    assert rotterdam.balance.purchased_credits > 0
    assert rotterdam.balance.contract_credits > rotterdam.included / 2


def test_honolulu_has_no_contract_and_lives_on_what_it_buys(demo: Loaded):
    honolulu = demo[HONOLULU]
    assert honolulu.location.contracts.count() == 0
    assert (honolulu.balance.contract_credits, honolulu.term_starts_on) == (0, None)
    assert len(honolulu.entries(EntryKind.PURCHASE)) == 4
    assert honolulu.balance.purchased_credits > 0


@pytest.mark.parametrize("spec", LOCATIONS, ids=lambda spec: spec.name)
def test_a_location_has_fourteen_months_up_to_today(demo: Loaded, spec: object):
    state = demo[spec.name]  # type: ignore[attr-defined]
    days = [row.day for row in state.daily.rows if row.moved.usage]
    assert days[0] <= state.today - FOURTEEN_MONTHS + dt.timedelta(days=7)
    assert days[-1] >= state.today - dt.timedelta(days=7)
    assert len(days) > 150
    assert state.daily.closing == state.balance.total


@pytest.mark.parametrize("spec", [p for p in LOCATIONS if p.has_contract], ids=lambda p: p.name)
def test_every_term_begins_with_its_grant(demo: Loaded, spec: object):
    state = demo[spec.name]  # type: ignore[attr-defined]
    granted_on = [entry.day for entry in state.entries(EntryKind.CONTRACT_GRANT)]
    assert granted_on[-1] == state.term_starts_on
    assert len(granted_on) == 3


def test_texts_calls_and_chats_of_both_directions_and_kinds_are_there(demo: Loaded):
    charged = InternationalMessage.objects.filter(outcome=Outcome.CHARGED)
    assert set(charged.values_list("channel", flat=True)) == {"text", "voice"}
    assert set(charged.values_list("carrier_type", flat=True)) == {"mobile", "landline"}
    chats = ChatMessage.objects.values_list("direction", "text_type").distinct()
    assert set(chats) == {
        ("inbound", "sms"),
        ("inbound", "mms"),
        ("outbound", "sms"),
        ("outbound", "mms"),
    }
    used = set(ChatMessage.objects.values_list("inbox", flat=True))
    assert used == set(ChatInbox.objects.values_list("pk", flat=True))


def test_nothing_lies_in_the_future(demo: Loaded):
    assert Entry.objects.filter(at__gt=demo.at).count() == 0
    assert InternationalMessage.objects.filter(sent_at__gt=demo.at).count() == 0
    assert ChatMessage.objects.filter(sent_at__gt=demo.at).count() == 0


def test_no_rule_is_broken(demo: Loaded):
    found: list[Breach] = list(breaches())
    assert found == []


def test_demo_users_have_their_roles(demo: Loaded):
    people = [User.objects.get(email=email) for email, _, _ in DEMO_SIGN_INS]
    assert all(user.check_password(PASSWORD) for user in people)
    manager, admin, editor, staff, *grouped = people
    assert [(user.is_staff, user.is_superuser) for user in grouped] == [(True, False)] * 5
    assert [[group.name for group in user.groups.all()] for user in grouped] == [
        [name] for name in GROUPS
    ]
    seen_by = {
        user: {location.name for location in Location.objects.details_open_to(user)}
        for user in (manager, admin, editor, staff)
    }
    assert seen_by == {
        manager: {CHICAGO},
        admin: {CHICAGO, LISBON, AUCKLAND},
        editor: set(),
        staff: {spec.name for spec in LOCATIONS},
    }
    assert [user.is_superuser for user in (manager, admin, editor, staff)] == [
        False,
        False,
        False,
        True,
    ]
