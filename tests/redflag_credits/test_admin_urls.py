"""Every page of the staff desk, and every way of writing through one that is read-only."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pghistory.models import Event

from ledger.models import (
    ApprovalRequest,
    Balance,
    Charge,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    Entry,
    Hold,
    InternationalMessage,
    RateCardImpact,
    RenewalFailure,
    Verification,
    VerificationRequest,
    VerificationRun,
)
from locations.models import ChatInbox, Location, RateCard, RateCardUpload, Session
from locations.models.audit import Change
from reports.models import (
    Alert,
    AlertMail,
    LocationDailyRate,
    LongEstimate,
    Report,
    ReportDownload,
    ReportSchedule,
)
from tests.factories import make_card, make_user
from tests.redflag_credits.desk import fill

pytestmark = pytest.mark.django_db

READ_ONLY = [Balance, Charge, Hold, Entry, InternationalMessage, ChatMessage, CorrectionRequest]
READ_ONLY += [Report, ReportDownload, ReportSchedule, CreditRequest, Alert, AlertMail]
READ_ONLY += [RateCardUpload, Verification, VerificationRun, ApprovalRequest, RenewalFailure]
READ_ONLY += [RateCardImpact]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
APPS = ["auth", "ledger", "locations", "reports"]


def models_of(app: str) -> list[type[Model]]:
    return [model for model in MODELS if model._meta.app_label == app]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def filled(db: None) -> Location:
    make_card()
    make_card(series="Partners", published=False, is_default=False)
    return fill()


def url(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_of_ours_has_its_pages():
    """But sessions, whose keys are what signs people in; estimates, which are for who asked and
    nobody else; paces, which are made anew from the entries; and what asks for a verification,
    whose run and whose line in the trail say it all."""
    ours = [m for label in ("locations", "ledger", "reports")
            for m in apps.get_app_config(label).get_models()
            if not issubclass(m, Event) and not (m._meta.proxy and m is not Change)]  # fmt: skip
    assert set(ours) - set(MODELS) == {
        Session,
        LongEstimate,
        LocationDailyRate,
        VerificationRequest,
    }
    assert {model._meta.app_label for model in MODELS} == {
        "locations",
        "ledger",
        "reports",
        "auth",
    }


def test_every_page_answers(staff: Client, filled: Location):
    pages = []
    for model in MODELS:
        one = model._default_manager.first()
        pages.append(url(model, "changelist"))
        if model not in (*READ_ONLY, Change):
            pages.append(url(model, "add"))
        if one is not None:
            pages += [url(model, "change", one.pk), url(model, "history", one.pk)]
    assert {page: staff.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


ODD_QUERIES = [
    "q=x",
    "q=%00",
    "q=%ED%A0%80",
    "p=0",
    "p=99999999999999999999",
    "p=x",
    "all=",
    "o=-1.999",
    "e=1",
    "no_such_field=1",
    "location__id__exact=99999999999999999999999",
    "location__id__exact=x",
    "kind__exact=%00",
    "card__id__exact=%D9%A3",
    "card__id__exact=99999999999999999999999",
    "charge__id__exact=1",
    "balance=x&state=x",
    "requested_at__year=99999&asked_at__year=99999&starts_on__year=0&effective_on__month=13",
    "location__account__memberships__user__password__startswith=a",
]
ODD_IDS = ["0", "9" * 40, "x", "%00", "_00", "１"]


@pytest.mark.parametrize("app", APPS)
def test_odd_queries_are_no_errors(staff: Client, filled: Location, app: str):
    for model in models_of(app):
        for query in ODD_QUERIES:
            address = f"{url(model, 'changelist')}?{query}"
            assert (address, staff.get(address).status_code < 500) == (address, True)


@pytest.mark.parametrize(
    "models",
    [
        pytest.param([Location, RateCard, Charge, Report, Change], id="some"),
        *(pytest.param(models_of(app), id=app, marks=pytest.mark.slow) for app in APPS),
    ],
)
def test_odd_ids_are_no_errors(staff: Client, filled: Location, models: list[type[Model]]):
    for model in models:
        for pk in ODD_IDS:
            for page in ("change", "delete"):
                address = f"{url(model, 'changelist')}{pk}/{page}/"
                for answer in (staff.get(address), staff.post(address)):
                    assert (address, answer.status_code < 500) == (address, True)


def test_what_is_read_only_refuses_forged_posts(staff: Client, filled: Location):
    for model in READ_ONLY:
        refuses_forged_posts(staff, model)


def refuses_forged_posts(staff: Client, model: type[Model]) -> None:
    def everything() -> list[Any]:
        return list(model._default_manager.order_by("pk").values())

    before = everything()
    one = model._default_manager.first()
    assert one is not None
    fields: dict[str, Any] = {field.name: 1 for field in model._meta.concrete_fields}
    assert staff.get(url(model, "add")).status_code == 403
    assert staff.post(url(model, "add"), fields).status_code == 403
    assert staff.post(url(model, "change", one.pk), {**fields, "_save": "1"}).status_code == 403
    assert staff.get(url(model, "delete", one.pk)).status_code == 403
    assert staff.post(url(model, "delete", one.pk), {"post": "yes"}).status_code == 403
    forged = {"action": "delete_selected", "_selected_action": str(one.pk), "post": "yes"}
    assert staff.post(url(model, "changelist"), forged).status_code in (200, 302)
    forged = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(one.pk),
        "form-0-credits": "1",
        "form-0-number": "1",
        "_save": "Save",
    }
    assert staff.post(url(model, "changelist"), forged).status_code in (200, 302)
    assert everything() == before


def test_lists_ask_as_often_for_three_locations_as_for_one(staff: Client):
    def queries() -> dict[str, int]:
        counts = {}
        for model in MODELS:
            # The trail asks once for each model on its page: trail/test_reading.py counts them all.
            query = "?model=locations.location" if model is Change else ""
            with CaptureQueriesContext(connection) as asked:
                assert staff.get(url(model, "changelist") + query).status_code == 200
            counts[model._meta.label] = len(asked)
        return counts

    make_card()
    fill("One")
    queries()
    for_one = queries()
    make_card(series="Partners", is_default=False)
    make_card(series="Partners", effective_on=dt.date(2027, 1, 1), published=False)
    for name in ("Two", "Three"):
        location = fill(name)
        ChatInbox.objects.create(location=location, name="HR")
    assert queries() == for_one


def test_no_list_shows_numbers_or_words_of_people(staff: Client, filled: Location):
    for model in (InternationalMessage, ChatMessage, Charge, Entry):
        page = staff.get(url(model, "changelist")).content.decode()
        for personal in ("+522221234567", "+12015550123", "Hello"):
            assert personal not in page


def test_personal_data_of_a_message_is_for_those_who_may_see_it(filled: Location, client: Client):
    chatted = ChatMessage.objects.order_by("pk").last()
    assert chatted is not None
    page = url(ChatMessage, "change", chatted.pk)
    viewer = make_user("viewer@example.org", is_staff=True)
    grant(viewer, "ledger.view_chatmessage")
    client.force_login(viewer)
    seen = client.get(page).content.decode()
    assert chatted.external_id in seen
    assert "Hello" not in seen
    assert chatted.phone not in seen
    helper = make_user("helper@example.org", is_staff=True)
    grant(helper, "ledger.view_chatmessage", "locations.view_personal_data")
    client.force_login(helper)
    seen = client.get(page).content.decode()
    assert "Hello" in seen
    assert chatted.phone in seen


def grant(user: Any, *names: str) -> None:
    from django.contrib.auth.models import Permission

    for name in names:
        app_label, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )


def test_staff_without_permissions_see_nothing(client: Client, filled: Location):
    client.force_login(make_user("new@example.org", is_staff=True))
    assert client.get("/staff/").status_code == 200
    for model in MODELS:
        assert client.get(url(model, "changelist")).status_code == 403


def test_who_is_no_staff_is_kept_out(client: Client):
    pages = [url(model, "changelist") for model in MODELS]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 302)
    client.force_login(make_user("manager@example.org"))
    assert {client.get(page, follow=True).status_code for page in pages} == {403}


def test_the_desk_has_the_product_s_own_sign_in(client: Client):
    assert client.get("/staff/", follow=True).redirect_chain[-1][0] == "/sign-in/?next=/staff/"


def test_menu_stands_in_the_order_of_the_work(staff: Client, filled: Location):
    apps_listed = staff.get("/staff/").context["app_list"]
    assert [app["app_label"] for app in apps_listed] == ["locations", "ledger", "reports", "auth"]
    listed = [m["model"] for app in apps_listed for m in app["models"]]
    assert [model.__name__ for model in listed[:4]] == [
        "Location",
        "Account",
        "Contract",
        "RateCard",
    ]
    ledger = [m["object_name"] for m in apps_listed[1]["models"]]
    assert ledger[:4] == ["Balance", "Entry", "Charge", "InternationalMessage"]
    # Nothing is left to chance: each app says of all of its models where they stand.
    assert set(admin.site._menu) == {m for m in MODELS if m._meta.app_label != "auth"}
