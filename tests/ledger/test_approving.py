"""Second approvals: above a number of credits, what staff post waits for another person."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest

from ledger import approving, buying, charging, correcting, funding, renewing
from ledger.approving import Wanted
from ledger.deciding import AlreadyDecided, NotYourOwn
from ledger.funding import NotEnough, NothingToWriteOff
from ledger.models import ApprovalRequest, Balance, Entry, Kind
from ledger.posting import BadInput, KeyReused
from ledger.reversing import NothingToReverse
from ledger.verifying import breaches, verify
from locations.models import Location, User
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_card, make_location, make_user, text
from tests.ledger.corruptions import corrupt, drop_constraint
from tests.ledger.guards.attacks import add_entry, refused, sql
from tests.processes import race

LATER = NOON + dt.timedelta(hours=5)


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 10


@pytest.fixture
def soho(db: None) -> Location:
    make_card()
    return make_location(name="Soho", included=100)


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada@example.org", is_staff=True)


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob@example.org", is_staff=True)


def adjustment(credits: int, **fields: Any) -> Wanted:
    return Wanted(kind=Kind.ADJUSTMENT, credits=credits, reason="Miscount", **fields)


def want(location: Location, wanted: Wanted, made_by: User, **options: Any) -> approving.Done:
    options = {"key": key(), "at": NOON} | options
    return approving.post_or_ask(location.pk, wanted, made_by=made_by, **options)


def ask(location: Location, wanted: Wanted, made_by: User, **options: Any) -> ApprovalRequest:
    waiting = want(location, wanted, made_by, **options).waiting
    assert waiting is not None
    return waiting


def buckets(location: Location) -> tuple[int, int]:
    balance = Balance.objects.get(location=location)
    return balance.contract_credits, balance.purchased_credits


def by_hand() -> list[tuple[str, int, int]]:
    kinds = [Kind.PURCHASE, Kind.ADJUSTMENT, Kind.REVERSAL, Kind.WRITE_OFF]
    made = Entry.objects.filter(kind__in=kinds).order_by("number")
    return [(entry.kind, entry.contract_delta, entry.purchased_delta) for entry in made]


# --- Stories ------------------------------------------------------------------------------------


def test_up_to_the_limit_one_person_posts_alone(soho: Location, ada: User):
    entry = want(soho, adjustment(10), ada).entry
    assert entry is not None
    assert (entry.credits, entry.made_by, entry.approved_by) == (10, ada, None)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize("credits", [11, -11])
def test_above_it_nothing_moves_until_a_second_person_approves(
    soho: Location, ada: User, bob: User, credits: int
):
    funding.purchase(soho.pk, 50, key=key(), at=NOON, reference="PO")
    asked = ask(soho, adjustment(credits, reference="T-1"), ada)
    assert (asked.state, asked.credits, asked.asked_by) == ("open", credits, ada)
    assert buckets(soho) == (100, 50)
    done = approving.approve(asked.pk, decided_by=bob, at=LATER, answer=" Fine ")
    entry = done.entry
    assert entry is not None
    assert (entry.made_by, entry.approved_by, entry.at) == (ada, bob, LATER)
    assert (entry.credits, entry.reason, entry.reference) == (credits, "Miscount", "T-1")
    assert (done.state, done.decided_by, done.answer) == ("approved", bob, "Fine")
    assert buckets(soho) == (100, 50 + credits)
    assert list(breaches()) == []


def test_nobody_approves_their_own(soho: Location, ada: User):
    asked = ask(soho, adjustment(11), ada)
    with pytest.raises(NotYourOwn, match="somebody else"):
        approving.approve(asked.pk, decided_by=ada, at=LATER)
    assert ApprovalRequest.objects.get().state == "open"
    assert by_hand() == []


def test_it_can_be_declined_with_an_answer_and_withdrawn_by_who_asked(
    soho: Location, ada: User, bob: User
):
    first, second = ask(soho, adjustment(11), ada), ask(soho, adjustment(12), ada)
    with pytest.raises(BadInput, match="answer: must not be empty"):
        approving.decline(first.pk, decided_by=bob, at=LATER, answer="  ")
    done = approving.decline(first.pk, decided_by=bob, at=LATER, answer="No ticket")
    assert (done.state, done.answer, done.entry) == ("declined", "No ticket", None)
    approving.decline(second.pk, decided_by=ada, at=LATER, answer="A slip")
    with pytest.raises(AlreadyDecided, match="declined already"):
        approving.approve(first.pk, decided_by=bob, at=LATER)
    assert by_hand() == []
    assert list(breaches()) == []


def test_a_form_that_is_sent_twice_asks_once(soho: Location, ada: User, bob: User):
    first = want(soho, adjustment(11), ada, key="form")
    again = want(soho, adjustment(11), ada, key="form")
    assert (first.replayed, again.replayed, again.waiting) == (False, True, first.waiting)
    with pytest.raises(KeyReused):
        want(soho, adjustment(12), ada, key="form")
    approving.approve(ApprovalRequest.objects.get().pk, decided_by=bob, at=LATER)
    late = want(soho, adjustment(11), ada, key="form")
    assert (late.replayed, late.entry) == (True, Entry.objects.get(key="form"))
    assert by_hand() == [("adjustment", 0, 11)]


def test_a_form_that_has_asked_does_not_post_when_the_limit_is_raised(
    soho: Location, ada: User, settings: Any
):
    ask(soho, adjustment(11), ada, key="form")
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 1000
    assert want(soho, adjustment(11), ada, key="form").waiting is not None
    assert by_hand() == []


def test_what_could_not_be_posted_is_not_asked_for(soho: Location, ada: User):
    with pytest.raises(NotEnough):
        want(soho, adjustment(-11), ada)
    with pytest.raises(NothingToWriteOff):
        want(soho, Wanted(kind=Kind.WRITE_OFF, reason="Goodwill"), ada)
    with pytest.raises(BadInput, match="reason"):
        want(soho, Wanted(kind=Kind.ADJUSTMENT, credits=50), ada)
    assert not ApprovalRequest.objects.exists()


def test_what_cannot_be_posted_any_more_stays_open(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(-90, bucket="contract"), ada)
    want(soho, adjustment(-10, bucket="contract"), ada)
    want(soho, adjustment(-10, bucket="contract"), ada)
    with pytest.raises(NotEnough):
        approving.approve(asked.pk, decided_by=bob, at=LATER)
    assert ApprovalRequest.objects.get().state == "open"


def test_purchases_and_reversals_wait_as_well(soho: Location, ada: User, bob: User):
    spent = charging.charge_broadcast(
        soho.pk, "text", [text(external_id="a"), text(external_id="b")], key=key(), at=NOON
    )
    whole = Wanted(kind=Kind.REVERSAL, charge_id=spent.charge_id, reason="Outage", reference="T-2")
    one = Wanted(
        kind=Kind.REVERSAL, charge_id=spent.charge_id, external_id="b", reason="Never arrived"
    )
    bought = Wanted(kind=Kind.PURCHASE, credits=500, reference="INV-1")
    waits = ask(soho, whole, ada)
    assert (waits.credits, waits.kind) == (14, "reversal")
    assert want(soho, one, ada).entry is not None  # 7 credits: one person's to give
    approving.approve(ask(soho, bought, ada).pk, decided_by=bob, at=LATER)
    done = approving.approve(waits.pk, decided_by=bob, at=LATER)
    entry = done.entry
    assert entry is not None
    # What was left of the charge when it was approved.
    assert (entry.credits, entry.reference, entry.approved_by) == (7, "T-2", bob)
    with pytest.raises(NothingToReverse):
        want(soho, whole, ada)
    assert buckets(soho) == (100, 500)
    assert list(breaches()) == []


def test_a_debt_is_written_off_by_hand_and_once(ada: User, bob: User):
    make_card()
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    assert buckets(location) == (0, -12)
    asked = ask(location, Wanted(kind=Kind.WRITE_OFF, reason="Spam from outside"), ada)
    assert asked.credits == 12
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    entry = approving.approve(asked.pk, decided_by=bob, at=LATER).entry
    assert entry is not None
    assert (entry.kind, entry.purchased_delta, entry.contract) == ("write_off", 14, None)
    assert buckets(location) == (0, 0)
    with pytest.raises(NothingToWriteOff):
        funding.write_off(location.pk, key=key(), at=LATER, reason="Again", made_by=ada)
    assert list(breaches()) == []


def test_a_renewal_after_a_write_off_by_hand_writes_nothing_off(ada: User):
    location = make_location(included=2, starts_on=dt.date(2025, 6, 20))
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(3)], key=key(), at=NOON)
    funding.write_off(location.pk, key=key(), at=NOON, reason="Goodwill", made_by=ada)
    renewing.renew(location.pk, at=NOON + dt.timedelta(days=6))
    kinds = (
        Entry.objects.filter(location=location).order_by("number").values_list("kind", flat=True)
    )
    assert list(kinds) == ["contract_grant", "chat", "write_off", "contract_grant"]
    assert list(breaches()) == []


def test_who_asked_as_a_manager_does_not_grant_it_as_staff(soho: Location, ada: User, bob: User):
    asked = buying.ask(
        soho.pk, credits=99_999, reference="PO", form_key=uuid.uuid4(), asked_by=ada, at=NOON
    )
    with pytest.raises(NotYourOwn):
        buying.approve(asked.pk, decided_by=ada, at=LATER)
    with refused("credit_request_by_somebody_else"):
        bought = funding.purchase(soho.pk, 99_999, key=key(), at=NOON, reference="PO")
        sql(
            "UPDATE ledger_creditrequest SET state = 'approved', decided_by_id = asked_by_id,"
            " decided_at = asked_at, purchase_id = %s",
            bought.entry.pk,
        )
    spent = charging.charge_chat(soho.pk, [chat("inbound")], key=key(), at=NOON)
    wish = correcting.ask(soho.pk, spent.charge_id, reason="Spam", asked_by=ada, at=NOON)
    with pytest.raises(NotYourOwn):
        correcting.grant(wish.pk, decided_by=ada, at=LATER)
    correcting.grant(wish.pk, decided_by=bob, at=LATER)


# --- Attacks on the database --------------------------------------------------------------------


def test_the_database_refuses_an_approval_by_who_asked(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada, key="form")
    entry = funding.adjust(
        soho.pk, 11, key="form", at=NOON, reason="Miscount", made_by=ada, approved_by=bob
    ).entry
    decision = {"state": "approved", "decided_at": LATER, "entry": entry}
    with refused("approval_"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=ada, **decision)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused("approval_by_a_second_person"):
        sql("ALTER TABLE ledger_approvalrequest DISABLE TRIGGER USER")
        ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=ada, **decision)
    ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=bob, **decision)


def test_the_database_refuses_an_entry_approved_by_who_made_it(soho: Location, ada: User):
    renewing.renew(soho.pk, at=NOON)
    with refused("entry_approved_by_a_second_person"):
        add_entry(soho, made_by_id=ada.pk, approved_by_id=ada.pk)
    with refused("entry_approved_by_a_second_person"):
        add_entry(soho, approved_by_id=ada.pk)


@pytest.mark.parametrize(
    "change",
    [{"credits": 12}, {"key": "other"}, {"bucket": "contract"}, {"reason": "Other"}],
)
def test_a_request_is_decided_and_nothing_else(
    soho: Location, ada: User, bob: User, change: dict[str, Any]
):
    asked = ask(soho, adjustment(11), ada)
    with refused("approval_only_decided"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(**change)
    approving.approve(asked.pk, decided_by=bob, at=LATER)
    with refused("approval_decided_once"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(answer="Changed my mind")
    with refused("approval_is_kept"):
        sql("DELETE FROM ledger_approvalrequest")
    with refused("ledger_approvalrequest"):
        sql("TRUNCATE ledger_approvalrequest")


def test_an_approval_names_the_entry_that_was_asked_for(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada, key="form")
    other = funding.adjust(
        soho.pk, 12, key="form", at=NOON, reason="Miscount", made_by=ada, approved_by=bob
    ).entry
    with refused("approval_posted_that"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=bob, decided_at=LATER, entry=other
        )


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"purchased_after": -2, "purchased_delta": 10}, "entry_write_off_ends_at_zero"),
        ({"reason": ""}, "entry_write_off_by_hand_has_reason"),
        ({"made_by_id": None}, "entry_write_off_by_hand_has_reason"),
        ({"key": None, "fingerprint": None}, "entry_kind_has_its_cause"),
    ],
)
def test_the_database_knows_what_a_write_off_by_hand_is(
    ada: User, changes: dict[str, Any], guard: str
):
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    sound = {
        "kind": "write_off",
        "purchased_delta": 12,
        "purchased_after": 0,
        "made_by_id": ada.pk,
        "reason": "Goodwill",
    }
    with refused(guard):
        add_entry(location, **sound | changes)


def test_verify_ledger_finds_what_got_around_the_guards(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada)
    approving.approve(asked.pk, decided_by=bob, at=LATER)
    name = "what two people approved is what one of them asked for"
    corrupt(
        drop_constraint("ledger_entry", "entry_approved_by_a_second_person"),
        "UPDATE ledger_entry SET approved_by_id = made_by_id WHERE approved_by_id IS NOT NULL",
    )
    found = {(breach.rule, breach.check, breach.location_id) for breach in breaches()}
    assert found == {(3, name, soho.pk), (7, "every guard is in place", None)}


def test_verify_ledger_finds_a_write_off_that_does_not_end_at_zero(ada: User):
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    funding.write_off(location.pk, key=key(), at=NOON, reason="Goodwill", made_by=ada)
    corrupt(
        drop_constraint("ledger_entry", "entry_write_off_by_hand_has_reason"),
        "UPDATE ledger_entry SET reason = '' WHERE kind = 'write_off'",
    )
    found = {(breach.rule, breach.check) for breach in breaches()}
    assert found == {(2, "a write-off ends at zero"), (7, "every guard is in place")}


# --- Races --------------------------------------------------------------------------------------


def approve_once(request_id: int, user_id: int) -> str:
    by = User.objects.get(pk=user_id)
    return approving.approve(request_id, decided_by=by, at=LATER).state


def send_form(location_id: int, user_id: int) -> bool:
    user = User.objects.get(pk=user_id)
    done = approving.post_or_ask(location_id, adjustment(11), key="form", at=NOON, made_by=user)
    return done.replayed


@pytest.mark.processes
def test_two_approvals_at_once_post_once(cloned_database: Clone):
    location = make_location(included=100)
    ada = make_user()
    people = [make_user() for _ in range(4)]
    asked = ask(location, adjustment(11), ada)
    outcomes = race(approve_once, [{"request_id": asked.pk, "user_id": p.pk} for p in people])
    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "AlreadyDecided": 3}
    assert by_hand() == [("adjustment", 0, 11)]
    assert verify() == []


@pytest.mark.processes
def test_the_same_form_sent_four_times_at_once_asks_once(cloned_database: Clone):
    location = make_location(included=100)
    ada = make_user()
    outcomes = race(send_form, [{"location_id": location.pk, "user_id": ada.pk}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert Counter(outcome.value for outcome in outcomes) == {False: 1, True: 3}
    assert ApprovalRequest.objects.count() == 1
