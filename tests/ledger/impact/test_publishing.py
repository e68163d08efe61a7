"""Before publishing: the page that says what a draft would do, and the publishing itself."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.engine import charging
from ledger.impact import rate_card_impact
from ledger.models import RateCardImpact
from locations.models import Location, RateCard
from tests.databases import Clone
from tests.factories import FRANCE, MEXICO, key, make_card, make_location, make_user, text
from tests.reports.pages import cells

PAIR = (("FR", "mobile", "voice", 5), ("FR", "landline", "voice", 1))


def page(card: RateCard, name: str = "check") -> str:
    return reverse(f"admin:ledger_ratecardimpact_{name}", args=[card.pk])


def tomorrow() -> dt.date:
    return timezone.now().date() + dt.timedelta(days=1)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def boss_of(client: Client) -> Client:
    client.force_login(make_user("boss@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    return boss_of(client)


@pytest.fixture
def draft(db: None) -> RateCard:
    make_location()
    return make_card(PAIR, effective_on=tomorrow(), published=False)


def test_publishing_asks_first_where_nothing_is_known(staff: Client, draft: RateCard) -> None:
    shown = staff.get(page(draft)).content.decode()
    assert "2, for 1 country" in shown
    assert "Not calculated yet." in shown
    refused = staff.post(page(draft))
    assert "tick this box to publish" in refused.content.decode()
    draft.refresh_from_db()
    assert not draft.is_published
    answer = staff.post(page(draft), {"confirmed": "on"}, follow=True)
    assert said(answer) == [f"{draft} is published."]
    draft.refresh_from_db()
    assert draft.is_published
    assert LogEntry.objects.get().change_message == "Published."
    again = staff.post(page(draft), {"confirmed": "on"}, follow=True)
    assert said(again) == [f"{draft} is published already."]


def test_second_card_of_a_day_is_refused_in_words(staff: Client, draft: RateCard) -> None:
    make_card(effective_on=draft.effective_on)
    assert "It cannot be published like this" in staff.get(page(draft)).content.decode()
    answer = staff.post(page(draft), {"confirmed": "on"}, follow=True)
    assert "choose another effective date" in said(answer)[0]


def test_card_without_prices_is_refused_in_words(staff: Client) -> None:
    empty = make_card(rates=(), published=False)
    answer = staff.post(page(empty), {"confirmed": "on"}, follow=True)
    assert "no prices yet" in said(answer)[0]


def test_those_who_may_not_change_cards_see_none_of_it(client: Client, draft: RateCard) -> None:
    viewer = make_user(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    for name in ("check", "calculate", "download"):
        assert client.get(page(draft, name)).status_code == 403
        assert client.post(page(draft, name)).status_code == 403
    assert not RateCardImpact.objects.exists()
    boss_of(client)
    assert client.get(page(draft).replace(str(draft.pk), "999999")).status_code == 404


def calculated(card: RateCard) -> None:
    asked = rate_card_impact.request_impact(card, requested_by=make_user(), at=timezone.now())
    rate_card_impact.run_impact(asked.pk, clock=timezone.now)
    asked.refresh_from_db()
    assert (asked.state, asked.failure) == ("ready", "")


def test_a_card_without_gaps_is_published_at_once(client: Client, cloned_database: Clone) -> None:
    staff = boss_of(client)
    make_card(PAIR)
    make_location()
    card = make_card(PAIR, effective_on=tomorrow(), published=False)
    calculated(card)
    shown = staff.get(page(card)).content.decode()
    assert "every place that was sent to" in shown
    assert "Publish it all the same" not in shown
    assert said(staff.post(page(card), follow=True)) == [f"{card} is published."]


def test_the_impact_is_told_and_gaps_ask_first(client: Client, cloned_database: Clone) -> None:
    staff = boss_of(client)
    make_card([*PAIR, ("FR", "mobile", "text", 6), ("MX", "mobile", "text", 7)])
    soho = make_location(name="Soho")
    at = timezone.now() - dt.timedelta(days=2)
    texts = [text(phone, sent_at=at) for phone in (FRANCE, MEXICO, MEXICO)]
    charging.charge_broadcast(soho.pk, "text", texts, key=key(), at=at)
    card = make_card(
        [*PAIR, ("MX", "mobile", "text", 12)], effective_on=tomorrow(), published=False
    )
    calculated(card)
    answer = staff.get(page(card))
    shown = answer.content.decode()
    assert "France, Mobile, Text: no price; 1 message in 90 days." in shown
    assert "1 message (credits now: 6) would be refused" in shown
    assert [(name, s.now, s.then) for name, s in answer.context["countries"].data] == [
        ("Mexico", 14, 24),
        ("France", 6, 0),
        ("All", 20, 24),
    ]
    assert [(str(place), s.more) for place, s in answer.context["hardest"].data] == [(str(soho), 4)]
    assert {"+10", "−6", "+4"} <= set(cells(answer))
    assert "Publish it all the same" in shown
    assert staff.post(page(card)).status_code == 200
    file = staff.get(page(card, "download")).getvalue().decode().splitlines()
    assert file[1:] == [
        "country,France,1,6,0,-6,1",
        "country,Mexico,2,14,24,10,0",
        "location,Soho,3,20,24,4,1",
    ]
    Location.objects.filter(pk=soho.pk).update(name="=1+1")
    file = staff.get(page(card, "download")).getvalue().decode().splitlines()
    assert file[-1] == "location,'=1+1,3,20,24,4,1"
    card.rates.filter(country="MX").update(credits=13)
    assert "was changed since this was calculated" in staff.get(page(card)).content.decode()


def test_the_page_follows_a_calculation(staff: Client, draft: RateCard) -> None:
    staff.post(page(draft, "calculate"))
    asked = RateCardImpact.objects.get()
    assert "The calculation waits for a worker." in staff.get(page(draft)).content.decode()
    RateCardImpact.objects.update(state="running", rows_done=40, rows_total=120)
    shown = staff.get(page(draft)).content.decode()
    assert "40 of 120 locations are calculated." in shown
    assert "data-job" in shown
    staff.post(page(draft, "calculate"))
    assert RateCardImpact.objects.get() == asked
