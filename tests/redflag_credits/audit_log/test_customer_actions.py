"""Changes of customers, users and prices in the audit log."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from locations.models import Account, Contract, Location, Rate, RateCard, Role, User
from locations.users.groups import SUPPORT
from tests.factories import make_card
from tests.redflag_credits.audit_log.actions import (
    NO_INLINES,
    PASSWORD,
    entries,
    newest,
    page,
    post,
    summaries,
)


def test_changes_of_customers_contracts_and_users_are_logged(desk: Client):
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
    by_hand = [line[2:5] for line in summaries()]
    assert by_hand[-2:] == [
        ("changed", "Location", "Soho House"),
        ("added", "ChatInbox", "Front Desk"),
    ]
    assert summaries(model="locations.location")[-1][-1] == [("name", "Soho", "Soho House")]

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
    acts = {line[2:4]: line[5] for line in summaries()[-3:]}
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


def test_price_file_is_one_entry_that_lists_each_price(desk: Client):
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
    assert {(line.label, line.model.__name__, line.count) for line in entries(since=before)} == {
        ("added", "RateCard", 1),
        ("added", "Rate", 3),
        ("changed", "RateCardUpload", 1),
    }
    (bulk,) = entries(model="locations.rate", since=before)
    each = entries(model="locations.rate", recorded_at=bulk.at)
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
    assert {(line.kind, line.label, line.model.__name__, line.count) for line in entries()[:2]} == {
        ("action: delete_selected", "deleted", "RateCard", 1),
        ("action: delete_selected", "deleted", "Rate", 3),
    }
