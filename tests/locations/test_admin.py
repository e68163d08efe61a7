"""The staff desk: contracts, rate cards, people."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import renewing
from locations import rate_cards
from locations.models import Contract, Location, Membership, Rate, RateCard, RateCardSeries, User
from tests.factories import NOON, make_card, make_contract, make_location, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff@example.org", is_staff=True, is_superuser=True))
    return client


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:locations_{page}", args=args)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.status_code
    return dict(answer.context["adminform"].form.errors)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- Contracts ----------------------------------------------------------------------------


def terms(location: Location, starts_on: str, **fields: Any) -> dict[str, Any]:
    return {
        "location": location.pk,
        "starts_on": starts_on,
        "ends_on": "",
        "term_months": "12",
        "included_credits": "1200",
        "overdraft_limit": "0",
        "rate_card_series": "",
        "debt_at_renewal": "write_off",
        "reference": "C-1",
    } | fields


def test_new_contract_takes_over_from_the_open_one(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    answer = staff.post(address("contract_add"), terms(location, "2027-03-01"), follow=True)
    assert "The contract from 2025-03-01 ends on 2027-03-01." in said(answer)
    assert [(str(c.starts_on), str(c.ends_on)) for c in location.contracts.order_by("pk")] == [
        ("2025-03-01", "2027-03-01"),
        ("2027-03-01", "None"),
    ]
    assert LogEntry.objects.get().object_repr == f"{location.name} from 2027-03-01"


@pytest.mark.parametrize(
    ("starts_on", "fields", "field"),
    [
        ("2025-06-01", {}, "starts_on"),
        ("2024-06-01", {}, "ends_on"),
        ("2027-01-01", {"ends_on": "2026-01-01"}, "ends_on"),
        ("1999-01-01", {}, "starts_on"),
        ("2027-01-01", {"term_months": "0"}, "term_months"),
        ("2027-01-01", {"included_credits": "-1"}, "included_credits"),
        ("2027-01-01", {"included_credits": "9" * 30}, "included_credits"),
        ("2027-01-01", {"reference": "a\x00b"}, "reference"),
    ],
)
def test_refused_contract_says_why_at_its_field(
    staff: Client, starts_on: str, fields: dict[str, Any], field: str
):
    location = make_location(included=None)
    make_contract(
        location,
        starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2026, 1, 1),
        included_credits=1,
    )
    answer = staff.post(address("contract_add"), terms(location, starts_on, **fields))
    assert list(errors(answer)) == [field]
    assert Contract.objects.count() == 1


def test_included_amount_of_a_running_contract_can_be_changed(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewing.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    staff.post(
        address("contract_change", contract.pk),
        terms(location, "2025-03-01", included_credits="7000"),
    )
    contract.refresh_from_db()
    assert (contract.included_credits, contract.reference) == (7000, "C-1")


def test_granted_terms_refuse_at_the_form(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewing.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    page = address("contract_change", contract.pk)
    answer = staff.post(page, terms(location, "2025-04-01"))
    assert "granted" in errors(answer)["starts_on"][0]
    answer = staff.post(page, terms(location, "2025-03-01", term_months="6"))
    assert "granted" in errors(answer)["term_months"][0]
    answer = staff.post(page, terms(location, "2025-03-01", ends_on="2025-12-01"))
    assert "granted" in errors(answer)["ends_on"][0]
    # A location cannot be slipped in either: it is no field of this form.
    other = make_location(included=None)
    staff.post(page, terms(other, "2025-03-01"))
    contract.refresh_from_db()
    assert (contract.location, str(contract.starts_on)) == (location, "2025-03-01")


def test_contract_with_entries_is_not_deleted(staff: Client):
    location = make_location(starts_on=dt.date(2025, 3, 1))
    renewing.renew(location.pk, at=NOON)
    contract = location.contracts.get()
    answer = staff.post(address("contract_delete", contract.pk), {"post": "yes"})
    assert "Cannot delete contract" in answer.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": contract.pk, "post": "yes"}
    staff.post(address("contract_changelist"), chosen)
    assert location.contracts.exists()


def test_location_page_leads_to_its_forms(staff: Client):
    location = make_location()
    page = staff.get(address("location_change", location.pk)).content.decode()
    for target in (
        reverse("admin:ledger_entry_purchase", args=[location.pk]),
        reverse("admin:ledger_entry_adjustment", args=[location.pk]),
        f"{address('contract_add')}?location={location.pk}",
        reverse("credit-usage", args=[location.pk]),
    ):
        assert f'href="{target}"' in page


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "a\x00b"])
def test_location_has_a_time_zone_that_exists(staff: Client, zone: str):
    location = make_location()
    answer = staff.post(
        address("location_change", location.pk),
        {"account": location.account_id, "name": "Soho", "time_zone": zone, "profile_fields": ""},
    )
    assert answer.status_code == 200
    assert location.name != "Soho"


# --- Rate cards ---------------------------------------------------------------------------


@pytest.fixture
def draft() -> RateCard:
    return make_card(published=False)


def test_publishing_asks_first(staff: Client, draft: RateCard):
    page = address("ratecard_publish", draft.pk)
    shown = staff.get(page).content.decode()
    assert "5, for 2 countries" in shown
    draft.refresh_from_db()
    assert not draft.is_published
    answer = staff.post(page, follow=True)
    assert said(answer) == [f"{draft} is published."]
    draft.refresh_from_db()
    assert draft.is_published
    assert LogEntry.objects.get().change_message == "Published."
    assert said(staff.post(page, follow=True)) == [f"{draft} is published already."]


def test_second_card_of_a_day_is_refused_in_words(staff: Client, draft: RateCard):
    make_card()
    answer = staff.post(address("ratecard_publish", draft.pk), follow=True)
    assert "choose another effective date" in said(answer)[0]


def test_card_without_prices_is_refused_in_words(staff: Client):
    empty = make_card(rates=(), published=False)
    answer = staff.post(address("ratecard_publish", empty.pk), follow=True)
    assert "no prices yet" in said(answer)[0]


def test_draft_can_be_changed_and_deleted(staff: Client, draft: RateCard):
    fields = {
        "series": draft.series_id,
        "effective_on": "2027-05-01",
        "chat_sms_credits": "3",
        "chat_mms_credits": "5",
    }
    assert staff.post(address("ratecard_change", draft.pk), fields).status_code == 302
    draft.refresh_from_db()
    assert (str(draft.effective_on), draft.chat_sms_credits) == ("2027-05-01", 3)
    page = staff.get(address("ratecard_delete", draft.pk)).content.decode()
    assert "5 prices" in page
    staff.post(address("ratecard_delete", draft.pk), {"post": "yes"})
    assert not RateCard.objects.exists()


def test_published_card_refuses_every_forged_post(staff: Client):
    card = make_card()
    rate = card.rates.first()
    assert rate is not None

    def everything() -> list[Any]:
        return [*RateCard.objects.values(), *Rate.objects.order_by("pk").values()]

    before = everything()
    fields = {"series": card.series_id, "effective_on": "2030-01-01", "chat_sms_credits": "0"}
    of_rate = {"country": "DE", "carrier_type": "mobile", "channel": "text", "credits": "1",
               "first_seconds": "60", "following_seconds": "60", "card": card.pk}  # fmt: skip
    assert staff.post(address("ratecard_change", card.pk), fields).status_code == 403
    assert staff.post(address("ratecard_delete", card.pk), {"post": "yes"}).status_code == 403
    assert staff.post(address("rate_change", rate.pk), of_rate).status_code == 403
    assert staff.post(address("rate_delete", rate.pk), {"post": "yes"}).status_code == 403
    assert "This card is published" in str(errors(staff.post(address("rate_add"), of_rate)))
    for model, pk in (("ratecard", card.pk), ("rate", rate.pk)):
        chosen = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        staff.post(address(f"{model}_changelist"), chosen)
    listed = f"{address('rate_changelist')}?card__id__exact={card.pk}"
    staff.post(listed, one_line(rate, credits="0"))
    staff.post(address("rate_changelist"), one_line(rate, credits="0"))
    assert everything() == before


def one_line(rate: Rate, **fields: str) -> dict[str, str]:
    line = {"id": str(rate.pk), "credits": "9", "first_seconds": "60", "following_seconds": "60"}
    return {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "_save": "Save",
    } | {f"form-0-{name}": value for name, value in (line | fields).items()}


def test_prices_of_a_draft_are_edited_in_its_list(staff: Client):
    draft = make_card([("FR", "mobile", "voice", 29)], published=False)
    rate = draft.rates.get()
    listed = f"{address('rate_changelist')}?card__id__exact={draft.pk}"
    assert staff.post(listed, one_line(rate, credits="31", first_seconds="30")).status_code == 302
    rate.refresh_from_db()
    assert (rate.credits, rate.first_seconds) == (31, 30)


@pytest.mark.parametrize(
    ("channel", "fields"),
    [
        ("voice", {"credits": "1000001"}),
        ("voice", {"credits": "-1"}),
        ("voice", {"first_seconds": "0"}),
        ("text", {"first_seconds": "30"}),
    ],
)
def test_bad_price_in_the_list_is_refused(staff: Client, channel: str, fields: dict[str, str]):
    draft = make_card([("FR", "mobile", channel, 29)], published=False)
    rate = draft.rates.get()
    listed = f"{address('rate_changelist')}?card__id__exact={draft.pk}"
    assert staff.post(listed, one_line(rate, **fields)).status_code == 200
    rate.refresh_from_db()
    assert rate.credits == 29


def test_line_of_another_card_cannot_be_slipped_into_a_draft_s_list(staff: Client, draft: RateCard):
    published = make_card([("DE", "mobile", "text", 5)], effective_on=dt.date(2021, 1, 1))
    rate = published.rates.get()
    listed = f"{address('rate_changelist')}?card__id__exact={draft.pk}"
    answer = staff.post(listed, one_line(rate, credits="1"), follow=True)
    assert said(answer) == ["A published rate card is never edited: publish a new one."]
    rate.refresh_from_db()
    assert rate.credits == 5


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"country": "QQ"}, "country"),
        ({"country": "de"}, "country"),
        ({"prefix": "33"}, "prefix"),
        ({"prefix": "+49"}, "prefix"),
        ({"channel": "text", "first_seconds": "30"}, "first_seconds"),
        ({"credits": "1000001"}, "credits"),
        ({"country": "FR", "prefix": ""}, "__all__"),
    ],
)
def test_bad_price_is_refused_at_its_field(
    staff: Client, draft: RateCard, fields: dict[str, str], field: str
):
    price = {
        "card": draft.pk,
        "country": "DE",
        "carrier_type": "mobile",
        "channel": "voice",
        "prefix": "4915",
        "credits": "9",
        "first_seconds": "60",
        "following_seconds": "60",
    }
    assert list(errors(staff.post(address("rate_add"), price | fields))) == [field]
    assert staff.post(address("rate_add"), price).status_code == 302
    assert draft.rates.filter(prefix="4915").count() == 1


def test_new_draft_from_a_card_has_its_prices(staff: Client):
    card = make_card(chat_sms_credits=3)
    staff.post(address("ratecard_draft", card.pk))
    new = RateCard.objects.get(published_at=None)
    assert (new.series, new.chat_sms_credits) == (card.series, 3)
    assert new.effective_on == timezone.now().date()
    prices = ["country", "carrier_type", "channel", "prefix", "credits", "first_seconds"]
    assert list(new.rates.values(*prices)) == list(card.rates.values(*prices))


def test_one_series_is_the_default_one(staff: Client):
    standard, partners = make_card().series, make_card(series="Partners", is_default=False).series
    chosen = {"action": "make_default", "_selected_action": partners.pk}
    staff.post(address("ratecardseries_changelist"), chosen, follow=True)
    assert list(RateCardSeries.objects.filter(is_default=True)) == [partners]
    both = {"action": "make_default", "_selected_action": [standard.pk, partners.pk]}
    answer = staff.post(address("ratecardseries_changelist"), both, follow=True)
    assert said(answer) == ["Choose one series."]
    rate_cards.make_default(standard)
    assert list(RateCardSeries.objects.filter(is_default=True)) == [standard]


@pytest.mark.parametrize("page", ["ratecard_publish", "ratecard_draft"])
def test_card_pages_need_permission(client: Client, draft: RateCard, page: str):
    client.force_login(viewer := make_user("viewer@example.org", is_staff=True))
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert client.post(address(page, draft.pk)).status_code == 403
    assert client.post(address(page, 999)).status_code == 403
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.post(address(page, 999)).status_code == 404
    assert client.post(address(page, 10**30)).status_code == 404


# --- People -------------------------------------------------------------------------------

PASSWORD = "correct horse battery"


def test_user_is_added_with_a_password_and_a_lower_case_address(staff: Client):
    new = {
        "email": "New@Example.org",
        "full_name": "Noor",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert staff.post(address("user_add"), new).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.check_password(PASSWORD)
    answer = staff.post(address("user_add"), new | {"email": "NEW@example.org"})
    assert list(errors(answer)) == ["email"]


def powers(user: User, **changed: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "full_name": user.full_name,
        "is_active": "on",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    } | changed


def test_nobody_but_a_superuser_hands_out_powers(client: Client):
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    client.force_login(clerk)
    page = address("user_change", clerk.pk)
    raised = powers(clerk, is_superuser="on", is_staff="on", full_name="Clerk",
                    user_permissions=[p.pk for p in Permission.objects.all()])  # fmt: skip
    assert client.post(page, raised).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.full_name, clerk.is_superuser) == ("Clerk", False)
    assert clerk.user_permissions.count() == 4


def test_nobody_but_a_superuser_sets_a_superuser_s_password(client: Client):
    chief = make_user("chief@example.org", is_staff=True, is_superuser=True)
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    client.force_login(clerk)
    page = reverse("admin:auth_user_password_change", args=[chief.pk])
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page, new).status_code == 403
    assert client.post(address("user_change", chief.pk), powers(chief)).status_code == 403


def test_users_and_locations_are_never_deleted(staff: Client):
    location, user = make_location(), make_user()
    for model, pk in (("user", user.pk), ("location", location.pk)):
        assert staff.post(address(f"{model}_delete", pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        staff.post(address(f"{model}_changelist"), chosen)
    assert User.objects.filter(pk=user.pk).exists()
    assert Location.objects.exists()


def test_membership_of_the_wrong_kind_is_refused_in_words(staff: Client):
    location, user = make_location(), make_user()
    wrong = {"user": user.pk, "role": "admin", "account": location.account_id, "location": ""}
    answer = staff.post(address("membership_add"), wrong)
    assert "An Account Admin belongs to an account" in str(errors(answer))
    right = {"user": user.pk, "role": "admin", "account": "", "location": location.pk}
    assert staff.post(address("membership_add"), right).status_code == 302
    assert list(errors(staff.post(address("membership_add"), right))) == ["__all__"]
    assert Membership.objects.count() == 1
