"""Changes of the included amount, at the next renewal or within the running term."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.engine import charging, renewals
from ledger.engine.funding import TermHasEnded
from ledger.engine.posting import BadInput
from ledger.models import ApprovalRequest, Balance, Entry, EntryKind
from ledger.requests import approvals, contract_changes
from ledger.requests.approvals import AlreadyPending
from ledger.verification.verify import breaches, verify
from locations.contracts import amendments
from locations.contracts.amendments import ContractRefused
from locations.models import Contract, Location, User
from reports.balance.summary import balance_summary
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_card, make_contract, make_location, make_user
from tests.ledger.models.attacks import add_entry, refused
from tests.ledger.verification.corruptions import corrupt
from tests.processes import race

NEXT_TERM = dt.datetime(2027, 1, 2, tzinfo=dt.UTC)


@pytest.fixture
def soho(db: None) -> Location:
    """Granted 1,000 on 1 January 2026."""
    make_card()
    location = make_location(name="Soho", included=1000)
    renewals.renew(location.pk, at=NOON)
    return location


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada@example.org", is_staff=True)


def use(location: Location, chats: int, at: dt.datetime = NOON) -> None:
    messages = [chat("inbound", sent_at=at) for _ in range(chats)]
    charging.charge_chat(location.pk, messages, key=key(), at=at)


def now(location: Location, included: int, by: User, **options: Any) -> contract_changes.TermChange:
    contract = location.contracts.get()
    contract.included_credits = included
    options = {"reason": "More people", "at": NOON} | options
    return contract_changes.change_running_term(
        contract, ["included_credits"], created_by=by, **options
    )


def contract_credits(location: Location) -> int:
    return Balance.objects.get(location=location).contract_credits


def changes() -> list[int]:
    made = Entry.objects.filter(kind=EntryKind.ADJUSTMENT).order_by("number")
    return [entry.contract_delta for entry in made]


# --- Stories ------------------------------------------------------------------------------------


def test_at_the_next_renewal_the_running_term_keeps_what_it_was_granted(soho: Location):
    contract = soho.contracts.get()
    contract.included_credits = 1200
    amendments.amend_contract(contract, ["included_credits"])
    assert renewals.renew_if_due(soho.pk, at=NOON).contract_credits == 1000
    assert renewals.renew_if_due(soho.pk, at=NEXT_TERM).contract_credits == 1200
    assert list(breaches()) == []


def test_now_adds_the_whole_difference_whatever_the_day(soho: Location, ada: User):
    use(soho, 100)
    change = now(soho, 1200, ada)
    assert change.result is not None and change.result.entry is not None
    entry = change.result.entry
    assert (entry.contract_delta, entry.purchased_delta, entry.created_by) == (200, 0, ada)
    assert entry.reason == (
        "Included credits of the term from 2026-01-01: 1,200 instead of 1,000. More people"
    )
    assert (entry.contract, str(entry.term_starts_on)) == (soho.contracts.get(), "2026-01-01")
    assert contract_credits(soho) == 1000
    grant = Entry.objects.get(kind=EntryKind.CONTRACT_GRANT)
    assert grant.contract_delta == 1000
    assert balance_summary(soho, at=NOON).included == 1200
    assert renewals.renew_if_due(soho.pk, at=NEXT_TERM).contract_credits == 1200
    assert list(breaches()) == []


def test_a_lower_amount_takes_what_is_left_and_no_more(soho: Location, ada: User):
    use(soho, 350)  # 700 of 1,000
    change = now(soho, 500, ada)
    assert (changes(), change.used, contract_credits(soho)) == ([-300], 200, 0)
    # Back up: the term has had 700 until now.
    assert now(soho, 900, ada).result is not None
    assert (changes(), contract_credits(soho)) == ([-300, 200], 200)
    assert list(breaches()) == []


def test_a_lower_amount_where_all_is_used_moves_nothing(soho: Location, ada: User):
    use(soho, 500)
    change = now(soho, 900, ada)
    assert (change.result, change.used, changes()) == (None, 100, [])
    assert soho.contracts.get().included_credits == 900


def test_changes_add_up_and_the_same_one_twice_moves_once(soho: Location, ada: User):
    now(soho, 1200, ada)
    now(soho, 1500, ada)
    assert now(soho, 1500, ada).result is None
    assert changes() == [200, 300]


def test_change_for_the_next_renewal_can_be_brought_forward(soho: Location, ada: User):
    contract = soho.contracts.get()
    contract.included_credits = 1200
    amendments.amend_contract(contract, ["included_credits"])
    now(soho, 1200, ada)
    assert changes() == [200]


def test_a_renewal_that_is_due_comes_first(soho: Location, ada: User):
    change = now(soho, 1200, ada, at=NEXT_TERM)
    assert str(change.term.starts_on) == "2027-01-01"
    grants = Entry.objects.filter(kind=EntryKind.CONTRACT_GRANT).order_by("number")
    assert [grant.contract_delta for grant in grants] == [1000, 1000]
    assert (changes(), contract_credits(soho)) == ([200], 1200)
    assert list(breaches()) == []


def test_only_a_running_contract_changes_now(soho: Location, ada: User):
    ahead = make_contract(soho, starts_on=dt.date(2027, 1, 1), included_credits=7)
    ahead.included_credits = 8
    with pytest.raises(contract_changes.NoRunningTerm, match="choose the next renewal"):
        contract_changes.change_running_term(
            ahead, ["included_credits"], reason="x", at=NOON, created_by=ada
        )
    assert Contract.objects.get(pk=ahead.pk).included_credits == 7


def test_contract_and_adjustment_are_written_together_or_not_at_all(soho: Location, ada: User):
    with pytest.raises(BadInput, match="reason"):
        now(soho, 1200, ada, reason="  ")
    contract = soho.contracts.get()
    contract.included_credits = -1
    with pytest.raises(ContractRefused):
        contract_changes.change_running_term(
            contract, ["included_credits"], reason="x", at=NOON, created_by=ada
        )
    assert (soho.contracts.get().included_credits, changes()) == (1000, [])


def test_above_the_limit_the_term_waits_for_a_second_person(
    soho: Location, ada: User, settings: Any
):
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 100
    change = now(soho, 1200, ada)
    assert change.result is not None and change.result.pending is not None
    assert (soho.contracts.get().included_credits, contract_credits(soho)) == (1200, 1000)
    with pytest.raises(AlreadyPending):
        now(soho, 1300, ada)
    assert soho.contracts.get().included_credits == 1200
    done = approvals.approve(change.result.pending.pk, decided_by=make_user(), at=NOON)
    assert done.entry is not None
    assert (changes(), done.entry.term_starts_on) == ([200], dt.date(2026, 1, 1))
    assert list(breaches()) == []


def test_change_cannot_be_approved_after_its_term(soho: Location, ada: User, settings: Any):
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 100
    now(soho, 1200, ada)
    asked = ApprovalRequest.objects.get()
    with pytest.raises(TermHasEnded):
        approvals.approve(asked.pk, decided_by=make_user(), at=NEXT_TERM)
    approvals.decline(asked.pk, decided_by=make_user(), at=NEXT_TERM, answer="Too late")
    assert changes() == []


# --- Attacks on the database --------------------------------------------------------------------


def test_the_database_holds_a_change_to_the_running_term(soho: Location):
    contract = soho.contracts.get()
    sound = {
        "kind": "adjustment",
        "contract_delta": 5,
        "contract_after": 1005,
        "purchased_delta": 0,
        "purchased_after": 0,
        "contract_id": contract.pk,
        "term_starts_on": dt.date(2026, 1, 1),
        "reason": "x",
    }
    for changes_, guard in (
        ({"term_starts_on": dt.date(2025, 1, 1)}, "entry_of_the_running_term"),
        ({"term_starts_on": None}, "entry_of_the_running_term"),
        ({"purchased_delta": 5, "purchased_after": 5}, "entry_kind_has_its_cause"),
    ):
        with refused(guard):
            add_entry(soho, **sound | changes_)
    with refused("entry_kind_has_its_cause"):
        add_entry(soho, **sound | {"kind": "purchase"})


def test_verify_ledger_finds_a_change_of_another_term(soho: Location, ada: User):
    now(soho, 1200, ada)
    corrupt("UPDATE ledger_entry SET term_starts_on = '2025-01-01' WHERE kind = 'adjustment'")
    assert [(b.rule, b.check, b.location_id) for b in breaches()] == [
        (4, "what changes a term's grant names the running term", soho.pk)
    ]


# --- Races --------------------------------------------------------------------------------------


def change_it(location_id: int, user_id: int) -> int:
    location, user = Location.objects.get(pk=location_id), User.objects.get(pk=user_id)
    return int(now(location, 1500, user).result is not None)


@pytest.mark.processes
def test_concurrent_equal_changes_are_posted_once(cloned_database: Clone):
    location, ada = make_location(included=1000), make_user()
    renewals.renew(location.pk, at=NOON)
    outcomes = race(change_it, [{"location_id": location.pk, "user_id": ada.pk}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sum(outcome.value for outcome in outcomes) == 1
    assert (changes(), contract_credits(location)) == ([500], 1500)
    assert verify() == []


# --- The desk -----------------------------------------------------------------------------------


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_user("staff@example.org", is_staff=True, is_superuser=True))
    return client


def form(location: Location, **fields: Any) -> dict[str, Any]:
    return {
        "location": location.pk,
        "starts_on": "2026-01-01",
        "ends_on": "",
        "term_months": "12",
        "included_credits": "1200",
        "overdraft_limit": "0",
        "rate_card_series": "",
        "debt_at_renewal": "write_off",
        "reference": "C-1",
        "takes_effect": "now",
        "change_reason": "More people",
    } | fields


def post(staff: Client, location: Location, **fields: Any) -> Any:
    page = reverse("admin:locations_contract_change", args=[location.contracts.get().pk])
    return staff.post(page, form(location, **fields), follow=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_form_can_change_the_running_term(staff: Client, soho: Location):
    answer = post(staff, soho)
    assert "Contract credits of the running term: +200" in said(answer)
    post(staff, soho)  # the same form again
    assert (changes(), soho.contracts.get().included_credits) == ([200], 1200)


def test_form_changes_the_next_renewal_by_default(staff: Client, soho: Location):
    answer = post(staff, soho, takes_effect="renewal", change_reason="")
    assert "The running term keeps what it was granted; 1,200 credits come in on" in said(answer)
    assert (changes(), soho.contracts.get().included_credits) == ([], 1200)


def test_form_requires_a_reason_for_a_change_now(staff: Client, soho: Location):
    answer = post(staff, soho, change_reason=" ")
    assert list(answer.context["adminform"].form.errors) == ["change_reason"]
    assert (changes(), soho.contracts.get().included_credits) == ([], 1000)


def test_message_links_the_pending_approval(staff: Client, soho: Location, settings: Any):
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 100
    assert "waits for a second person" in said(post(staff, soho))
    answer = post(staff, soho, included_credits="1300")
    assert list(answer.context["adminform"].form.errors) == ["takes_effect"]
    assert ApprovalRequest.objects.count() == 1
