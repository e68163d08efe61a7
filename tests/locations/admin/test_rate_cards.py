"""Admin of rate cards and their prices."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from locations.models import Rate, RateCard, RateCardSeries
from locations.rate_cards import publishing
from tests.factories import make_card, make_user
from tests.locations.admin.desk import address, errors, said

pytestmark = pytest.mark.django_db


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


def test_price_of_another_card_cannot_be_edited_in_a_draft_list(staff: Client, draft: RateCard):
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
    publishing.make_default(standard)
    assert list(RateCardSeries.objects.filter(is_default=True)) == [standard]


@pytest.mark.parametrize("page", ["ratecard_draft"])
def test_card_pages_need_permission(client: Client, draft: RateCard, page: str):
    client.force_login(viewer := make_user("viewer@example.org", is_staff=True))
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert client.post(address(page, draft.pk)).status_code == 403
    assert client.post(address(page, 999)).status_code == 403
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.post(address(page, 999)).status_code == 404
    assert client.post(address(page, 10**30)).status_code == 404


def test_card_has_a_state(staff: Client):
    today = timezone.now().date()
    days = {"superseded": 400, "in_force": 40, "scheduled": -40}
    cards = {
        state: make_card(effective_on=today - dt.timedelta(days=ago)) for state, ago in days.items()
    }
    cards["draft"] = make_card(published=False, effective_on=today)
    listed = staff.get(address("ratecard_changelist")).context["cl"].result_list
    assert {card.state_now: card for card in listed} == cards
    for state, card in cards.items():
        found = staff.get(f"{address('ratecard_changelist')}?state={state}").context["cl"]
        assert list(found.result_list) == [card]


def test_two_cards_are_compared_row_by_row(staff: Client):
    old = make_card([("MX", "mobile", "text", 7), ("FR", "mobile", "text", 6)])
    new = make_card(
        [("MX", "mobile", "text", 14), ("DE", "mobile", "text", 5)],
        effective_on=dt.date(2027, 1, 1),
        published=False,
    )
    page = staff.get(address("ratecard_compare", new.pk))
    assert page.context["compared_with"] == old
    assert [(change.kind.value, change.destination[:6]) for change in page.context["page"]] == [
        ("new", "German"),
        ("removed", "France"),
        ("changed", "Mexico"),
    ]
    # The other way round what was new is removed.
    back = staff.get(f"{address('ratecard_compare', old.pk)}?with={new.pk}&show=removed")
    assert [change.destination[:6] for change in back.context["page"]] == ["German"]
    file = staff.get(f"{address('ratecard_differences', new.pk)}?with={old.pk}&country=MX")
    assert file.getvalue().decode().splitlines()[1:] == [
        "changed,MX,Mexico,mobile,text,,7,14,,,100.0,"
    ]
    for wrong in ("0", "999999999", "x", "²"):
        assert staff.get(f"{address('ratecard_compare', new.pk)}?with={wrong}").status_code == 404


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_card_is_exported_as_the_import_reads_it(staff: Client, ending: str):
    card = make_card()
    answer = staff.get(address(f"ratecard_{ending}", card.pk))
    name = f"standard-2020-01-01.{ending}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.getvalue()[:2] == (b"PK" if ending == "xlsx" else b"co")
