"""Who did what: a day at the staff desk, and everything of it in the trail."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pghistory.core import event_models

from ledger import buying, charging
from ledger.models import (
    ApiToken,
    ApprovalRequest,
    Balance,
    Bundle,
    Charge,
    ChatMessage,
    CreditRequest,
    Entry,
    Hold,
    InternationalMessage,
)
from locations import trail
from locations.groups import SUPPORT
from locations.models import Account, ChatInbox, Contract, Location, Rate, RateCard, Role, User
from locations.trail import Line, Wanted
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_card, make_location, make_member, make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def jude(cloned_database: Clone) -> User:
    """Of a database whose transactions end: a line has the instant and the person of its own."""
    return make_user("jude@example.org", full_name="Jude", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client: Client, jude: User) -> Client:
    client.force_login(jude)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def post(desk: Client, where: str, /, *args: Any, query: str = "", **content: Any) -> None:
    answer = desk.post(page(where, *args) + query, content)
    fault = answer.context and answer.context.get("adminform")
    assert answer.status_code == 302, fault and fault.form.errors


def lines(**wanted: Any) -> list[Line]:
    """Newest first."""
    return trail.read(Wanted(**wanted))[0]


def told(**wanted: Any) -> list[tuple[Any, ...]]:
    """Who, how, what and which values, the oldest first."""
    return [
        (str(line.by), line.kind, line.label, line.model.__name__, line.name, line.changes)
        for line in reversed(lines(**wanted))
    ]


def newest() -> tuple[Any, ...]:
    return told()[-1]


NO_INLINES = {
    f"{prefix}-{count}_FORMS": "0"
    for prefix in ("contracts", "chat_inboxes", "locations", "memberships")
    for count in ("TOTAL", "INITIAL")
}


def test_customers_contracts_and_people(desk: Client):
    post(desk, "locations_account_add", name="Brightwater")
    account = Account.objects.get()
    assert newest() == (
        "Jude", "form", "added", "Account", "Brightwater", [("name", "", "Brightwater")],
    )  # fmt: skip

    place = {"account": account.pk, "name": "Soho", "time_zone": "UTC", "profile_fields": "Name"}
    post(desk, "locations_location_add", **place)
    soho = Location.objects.get()
    inline = NO_INLINES | {
        "chat_inboxes-TOTAL_FORMS": "1",
        "chat_inboxes-0-name": "Front Desk",
        "chat_inboxes-0-location": soho.pk,
    }
    moved = place | {"name": "Soho House"}
    post(desk, "locations_location_change", soho.pk, **moved, **inline)
    by_hand = [line[2:5] for line in told()]
    assert by_hand[-2:] == [
        ("changed", "Location", "Soho House"),
        ("added", "ChatInbox", "Front Desk"),
    ]
    assert told(model="locations.location")[-1][-1] == [("name", "Soho", "Soho House")]

    contract = {
        "location": soho.pk,
        "starts_on": "2030-01-01",
        "term_months": "12",
        "included_credits": "500",
        "overdraft_limit": "0",
        "debt_at_renewal": "write_off",
    }
    post(desk, "locations_contract_add", **contract)
    entered = Contract.objects.get()
    post(
        desk,
        "locations_contract_change",
        entered.pk,
        **contract | {"included_credits": "700"},
    )
    assert newest()[2:4] == ("changed", "Contract")
    assert newest()[5] == [("included credits", "500", "700")]
    post(desk, "locations_contract_delete", entered.pk, post="yes")
    assert newest()[2:4] == ("deleted", "Contract")
    assert ("included credits", "700", "") in newest()[5]

    new = {"email": "mo@example.org", "full_name": "Mo", "usable_password": "false"}
    post(desk, "locations_user_add", **new)
    mo = User.objects.get(email="mo@example.org")
    powers = {"email": mo.email, "full_name": "Mo", "is_active": "on", "is_staff": "on"}
    member = NO_INLINES | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": mo.pk,
        "memberships-0-role": Role.ADMIN,
        "memberships-0-location": soho.pk,
    }
    group = mo.groups.model.objects.get(name=SUPPORT)
    post(desk, "locations_user_change", mo.pk, **powers, **member, groups=[group.pk])
    acts = {line[2:4]: line[5] for line in told()[-3:]}
    assert acts == {
        ("changed", "User"): [("staff", "no", "yes")],
        ("added", "UserGroup"): [("user", "", "Mo"), ("group", "", SUPPORT)],
        ("added", "Membership"): [
            ("user", "", "Mo"), ("role", "", "Admin"), ("location", "", "Soho House"),
        ],
    }  # fmt: skip

    secret = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    post(desk, "auth_user_password_change", mo.pk, **secret)
    assert newest() == ("Jude", "form", "password set", "User", "Mo", [])
    chosen = {"action": "turn_off_second_step", "_selected_action": mo.pk}
    post(desk, "locations_user_changelist", **chosen)
    assert newest() == (
        "Jude", "action: turn_off_second_step", "second step turned off", "User", "Mo", [],
    )  # fmt: skip


def test_prices_are_one_line_a_file_and_each_of_them_can_be_seen(desk: Client):
    make_card()
    rows = "".join(f"DE,mobile,text,49{n},{n}\n" for n in range(15, 18))
    file = SimpleUploadedFile(
        "new.csv", ("country,carrier_type,channel,prefix,credits\n" + rows).encode()
    )
    post(
        desk,
        "locations_ratecardupload_new",
        series_name="Standard",
        effective_on="2031-01-01",
        file=file,
    )
    upload = desk.get(page("locations_ratecardupload_changelist")).context["cl"].result_list[0]
    before = timezone.now()
    post(desk, "locations_ratecardupload_preview", upload.pk)
    draft = RateCard.objects.get(published_at=None)
    assert {(line.label, line.model.__name__, line.number) for line in lines(since=before)} == {
        ("added", "RateCard", 1),
        ("added", "Rate", 3),
        ("changed", "RateCardUpload", 1),
    }
    (bulk,) = lines(model="locations.rate", since=before)
    each = lines(model="locations.rate", moment=bulk.at)
    assert sorted({f: new for f, _, new in line.changes}["credits"] for line in each) == [
        "15",
        "16",
        "17",
    ]

    first = Rate.objects.filter(card=draft).order_by("prefix").first()
    assert first is not None
    edited = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": first.pk,
        "form-0-credits": "99",
        "form-0-first_seconds": "60",
        "form-0-following_seconds": "60",
        "_save": "Save",
    }
    query = f"?card__id__exact={draft.pk}&q={first.prefix}"
    post(desk, "locations_rate_changelist", query=query, **edited)
    assert newest()[1:4] == ("list", "changed", "Rate")
    assert newest()[5] == [("credits", "15", "99")]
    post(desk, "locations_ratecard_draft", draft.pk)
    copy = RateCard.objects.latest("pk")
    chosen = {"action": "delete_selected", "_selected_action": copy.pk, "post": "yes"}
    post(desk, "locations_ratecard_changelist", **chosen)
    assert {(line.kind, line.label, line.model.__name__, line.number) for line in lines()[:2]} == {
        ("action: delete_selected", "deleted", "RateCard", 1),
        ("action: delete_selected", "deleted", "Rate", 3),
    }


def test_credits_requests_tokens_and_what_is_looked_at(desk: Client, jude: User):
    make_card()
    soho = make_location(name="Soho")
    manager = make_member(soho, full_name="Mia")
    fund = {"key": uuid.uuid4(), "credits": "50", "reference": "PO-1", "_record": "1"}
    post(desk, "ledger_entry_purchase", soho.pk, **fund)
    entry = Entry.objects.get(reference="PO-1")
    assert newest()[:4] == ("Jude", "form", "posted", "Entry")
    said = {field: new for field, _, new in newest()[5]}
    assert (said["location"], said["kind"], said["reference"]) == ("Soho", "Purchase", "PO-1")
    assert said["made by"] == "Jude"
    # What is rehearsed has not been done.
    before = len(lines())
    rehearsed = {"key": uuid.uuid4(), "credits": "50", "reference": "PO-1"}
    assert desk.post(page("ledger_entry_purchase", soho.pk), rehearsed).status_code == 200
    assert Entry.objects.filter(reference="PO-1").get() == entry
    post(desk, "ledger_bundle_add", name="Small", credits="500", position="1", is_active="on")
    assert len(lines()) == before + 1

    ask = {"reference": "PO-2", "form_key": uuid.uuid4(), "asked_by": manager, "at": NOON}
    buying.ask(soho.pk, bundle_id=Bundle.objects.get().pk, **ask)
    asked = CreditRequest.objects.get()
    post(desk, "ledger_creditrequest_decide", asked.pk, _meet="1", answer="Done")
    # A trigger writes down when its transaction began, code when it posted.
    acts = [(line.label, line.model.__name__) for line in lines()[:2]]
    assert acts == [("posted", "Entry"), ("changed", "CreditRequest")]
    decided = {field: (old, new) for field, old, new in lines()[1].changes}
    assert decided["state"] == ("Open", "Approved")
    assert decided["decided by"] == ("", "Jude")

    desk.post(page("ledger_apitoken_add"), {"name": "Platform", "scopes": ["read"]})
    token = ApiToken.objects.get()
    post(desk, "ledger_apitoken_changelist", action="revoke", _selected_action=token.pk)
    assert newest()[1:5] == ("action: revoke", "changed", "ApiToken", "Platform")
    assert [field for field, _, _ in newest()[5]] == ["revoked at"]

    charging.charge_chat(soho.pk, [chat()], key=key(), at=NOON)
    message = ChatMessage.objects.get()
    desk.get(page("ledger_chatmessage_change", message.pk))
    assert newest() == (
        "Jude", "page", "seen", "ChatMessage", str(message),
        [("location", "", "Soho"), ("external id", "", message.external_id)],
    )  # fmt: skip


def test_a_second_approval_is_told_with_both_people(desk: Client, jude: User):
    make_card()
    soho = make_location(name="Soho")
    ask = {"key": uuid.uuid4(), "credits": "20000", "reason": "Outage", "bucket": "purchased"}
    post(desk, "ledger_entry_adjustment", soho.pk, **ask, _record="1")
    asked = ApprovalRequest.objects.get()
    assert newest()[:4] == ("Jude", "form", "added", "ApprovalRequest")
    said = {field: new for field, _, new in newest()[5]}
    assert (said["location"], said["credits"], said["asked by"]) == ("Soho", "20000", "Jude")

    kim = make_user("kim@example.org", full_name="Kim", is_staff=True, is_superuser=True)
    desk.force_login(kim)
    post(desk, "ledger_approvalrequest_decide", asked.pk, _meet="1", answer="")
    line = told(model="ledger.approvalrequest")[-1]
    assert line[:4] == ("Kim", "form", "changed", "ApprovalRequest")
    decided = {field: (old, new) for field, old, new in line[5]}
    assert decided["state"] == ("Open", "Approved")
    assert decided["decided by"] == ("", "Kim")
    assert [line[2:4] for line in told(of=soho) if line[0] == "Kim"] == [
        ("changed", "ApprovalRequest"),
        ("posted", "Entry"),
    ]


def test_a_renewal_by_hand_is_told(desk: Client):
    make_card()
    last_year = timezone.now().date() - dt.timedelta(days=200)
    soho = make_location(name="Soho", starts_on=last_year)
    post(desk, "ledger_balance_renew", soho.pk)
    assert newest() == ("Jude", "form", "renewed by hand", "Location", "Soho", [])
    post(desk, "ledger_balance_renew", soho.pk)  # nothing was due: nothing was done
    assert [line[2] for line in told(model="locations.location")] == ["added", "renewed by hand"]


def test_what_goes_around_the_forms_is_told_as_well(desk: Client):
    before = timezone.now()  # groups and their permissions are there since the migrations
    account = Account.objects.create(name="One")
    Account.objects.filter(pk=account.pk).update(name="Two")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_account SET name = 'Three'")
    assert [line[0:1] + line[2:] for line in told(since=before)] == [
        ("None", "added", "Account", "Three", [("name", "", "One")]),
        ("None", "changed", "Account", "Three", [("name", "One", "Two")]),
        ("None", "changed", "Account", "Three", [("name", "Two", "Three")]),
    ]


def test_the_history_tab_tells_of_an_object_and_of_what_belongs_to_it(desk: Client):
    soho, other = make_location(name="Soho"), make_location(name="Elsewhere")
    ChatInbox.objects.create(location=soho, name="Front Desk")
    seen = desk.get(page("locations_location_history", soho.pk))
    assert {(line.model.__name__, line.name) for line, _ in seen.context["lines"]} == {
        ("Location", "Soho"),
        ("Contract", f"{soho} from {NOON.year}-01-01"),
        ("ChatInbox", "Front Desk"),
    }
    assert other.name not in seen.text


def test_the_trail_is_searched(desk: Client, jude: User):
    post(desk, "locations_account_add", name="Brightwater 100%")
    Account.objects.create(name="Elsewhere")

    def found(query: str) -> list[str]:
        answer = desk.get(page("locations_change_changelist") + query)
        assert answer.status_code == 200
        return [line.name for line, _ in answer.context["lines"] if line.model is Account]

    assert found("") == ["Elsewhere", "Brightwater 100%"]
    assert found("?q=bright") == found("?q=100%25") == ["Brightwater 100%"]
    assert found("?q=1_0") == []
    assert found(f"?by={jude.pk}") == ["Brightwater 100%"]
    assert found("?model=locations.bundle") == ["Elsewhere", "Brightwater 100%"]  # no such choice
    assert found("?model=locations.contract") == []
    assert found("?until=2020-01-01") == []
    assert found("?since=2020-01-01&model=locations.account") == ["Elsewhere", "Brightwater 100%"]
    assert found("?p=2") == []


def test_the_list_asks_as_often_for_many_lines_as_for_one(desk: Client):
    """As often for one line of each model as for many: each transaction has its own instant."""

    def queries(locations: int) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            for _ in range(locations):
                last = make_location()
        moment = lines(of=last)[0].at
        with CaptureQueriesContext(connection) as asked:
            answer = desk.get(page("locations_change_changelist"), {"moment": moment.isoformat()})
        return len(asked), Counter(line.model.__name__ for line, _ in answer.context["lines"])

    queries(1)
    for_one, of_one = queries(1)
    assert of_one == {"Account": 1, "Location": 1, "Contract": 1}
    assert queries(15) == (for_one, dict.fromkeys(of_one, 15))


# --- What it never holds, and who cannot touch it ---------------------------------------------


def test_the_trail_holds_no_secret_and_nothing_of_recipients():
    kept = {
        (source.pgh_tracked_model.__name__, one.name)
        for source in event_models()
        for one in source._meta.local_fields
    }
    secret = {"password", "digest", "phone", "content", "profile", "session_key", "fingerprint"}
    assert {(model, name) for model, name in kept if name in secret} == set()


@pytest.mark.parametrize("model", [Entry, Charge, Balance, Hold, InternationalMessage, ChatMessage])
def test_charging_pays_no_trigger_for_it(model: type):
    sources = [source for source in event_models() if source.pgh_tracked_model is model]
    trackers = [tracker for source in sources for tracker in source.pgh_trackers]
    assert [t for t in trackers if not isinstance(t, pghistory.ManualEvent)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET pgh_context = NULL",
        "UPDATE {table} SET pgh_created_at = now() - interval '1 day'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
    ],
)
def test_the_database_refuses_to_change_the_trail(statement: str):
    make_location()
    for table in ("locations_locationevent", "locations_accountevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table=table))
    guarded = {source._meta.db_table for source in event_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE relname = ANY(%s) AND NOT tgisinternal AND tgenabled = 'O'"
            " GROUP BY relname",
            [list(guarded)],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(guarded, 2)


def test_a_day_long_ago_is_kept_with_its_own_instant(desk: Client):
    post(desk, "locations_account_add", name="Brightwater")
    (line,) = lines(text="Brightwater")
    assert abs(timezone.now() - line.at) < dt.timedelta(minutes=5)
