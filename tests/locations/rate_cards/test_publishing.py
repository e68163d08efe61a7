"""Cards are imported whole, published once, and fixed from then on."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from locations.db.errors import UNKNOWN, get_error_message
from locations.models import Rate, RateCard, RateCardSeries
from locations.rate_cards import publishing
from locations.rate_cards.comparison import describe_chat_change
from locations.rate_cards.parsing import RateCardError, RateRow
from locations.rate_cards.prices import PublishedCards
from locations.rate_cards.publishing import AlreadyPublished

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)
NEW_YEAR = dt.date(2026, 1, 1)
LINES = [
    RateRow(2, "GB", "mobile", "text", "", 4),
    RateRow(3, "GB", "mobile", "voice", "", 12, 30, 6),
    RateRow(4, "001", "mobile", "voice", "8816", 581),
]


def card(name: str = "Standard", on: dt.date = NEW_YEAR, at: dt.datetime | None = None) -> RateCard:
    return publishing.create_card(LINES, name=name, effective_on=on, publish_at=at)


def test_import_makes_a_draft_with_every_price():
    draft = card()
    assert not draft.is_published
    assert [
        (r.country, r.prefix, r.credits, r.first_seconds, r.following_seconds)
        for r in draft.rates.order_by("id")
    ] == [("GB", "", 4, 60, 60), ("GB", "", 12, 30, 6), ("001", "8816", 581, 60, 60)]


def test_price_list_keeps_the_chat_prices_of_the_card_before():
    before = card()
    RateCard.objects.filter(pk=before.pk).update(chat_sms_credits=3, chat_mms_credits=7)
    publishing.publish_card(before, at=NOW)
    after = card(on=NEW_YEAR + dt.timedelta(days=90))
    assert after.chat_prices == {"chat_sms_credits": 3, "chat_mms_credits": 7}
    assert card("Partners").chat_prices == {"chat_sms_credits": 2, "chat_mms_credits": 4}
    after.chat_sms_credits = 4
    assert describe_chat_change(after, RateCard.objects.get(pk=before.pk)) == (
        "Chat, in credits: SMS 3 → 4, MMS 7 → 7."
    )


def test_first_series_ever_becomes_the_default_one():
    assert card("Standard").series.is_default
    assert not card("Partners").series.is_default
    assert card("Standard").series == RateCardSeries.objects.get(is_default=True)


def test_series_that_is_not_the_first_leaves_the_default_open():
    RateCardSeries.objects.create(name="Old")
    assert not card("Standard").series.is_default


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "a\nb"])
def test_series_without_a_usable_name_is_refused(name: str):
    with pytest.raises(RateCardError):
        card(name)
    assert not RateCardSeries.objects.exists()


def test_import_can_publish_at_once():
    published = card(at=NOW)
    published.refresh_from_db()
    assert published.published_at == NOW


def test_publishing_puts_a_draft_in_force():
    published = publishing.publish_card(card(), at=NOW)
    cards = PublishedCards.load()
    assert cards.in_force(published.series_id, NEW_YEAR) == published.pk
    assert cards.in_force(published.series_id, dt.date(2025, 12, 31)) is None


def test_card_is_published_once():
    published = card(at=NOW)
    with pytest.raises(AlreadyPublished, match="from 1 Jan 2026 is published already"):
        publishing.publish_card(published, at=NOW)


def test_second_card_of_a_series_and_day_is_refused_and_nothing_is_left_of_it():
    card(at=NOW)
    with pytest.raises(AlreadyPublished, match="choose another effective date"):
        card(at=NOW)
    assert RateCard.objects.count() == 1
    draft = card()
    with pytest.raises(AlreadyPublished):
        publishing.publish_card(draft, at=NOW)


def test_same_day_of_another_series_and_another_day_of_the_same_are_free():
    card(at=NOW)
    card("Partners", at=NOW)
    card(on=dt.date(2026, 1, 2), at=NOW)
    assert RateCard.objects.published().count() == 3


def test_card_without_prices_is_not_published():
    empty = RateCard.objects.create(
        series=RateCardSeries.objects.create(name="Standard"), effective_on=NEW_YEAR
    )
    with pytest.raises(RateCardError, match="no prices"):
        publishing.publish_card(empty, at=NOW)


def test_import_that_breaks_halfway_leaves_nothing():
    twice = [*LINES, RateRow(5, "GB", "mobile", "text", "", 9)]
    with pytest.raises(RateCardError, match=r"one rate per destination"):
        publishing.create_card(twice, name="Standard", effective_on=NEW_YEAR, publish_at=NOW)
    assert not RateCardSeries.objects.exists()
    assert not Rate.objects.exists()


# --- A published card is fixed, whichever way it is attacked ------------------------------


def refused(change: Any) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        change()
    return get_error_message(caught.value)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        # Pending foreign key checks would refuse a TRUNCATE before the guard is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


EDITED = "A published rate card is never edited: publish a new one."
KEPT = "This is kept as it is: it cannot be changed or deleted."


@pytest.fixture
def published() -> RateCard:
    return card(at=NOW)


def new_rate(of: RateCard) -> Rate:
    return Rate(card=of, country="FR", carrier_type="mobile", channel="text", credits=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_on": dt.date(2027, 1, 1)},
        {"published_at": None},
        {"published_at": NOW + dt.timedelta(1)},
        {"chat_sms_credits": 0},
    ],
)
def test_published_card_refuses_update(published: RateCard, changes: dict[str, Any]):
    assert refused(lambda: RateCard.objects.filter(pk=published.pk).update(**changes)) == KEPT


def test_published_card_refuses_to_change_series(published: RateCard):
    other = RateCardSeries.objects.create(name="Other")
    assert refused(lambda: RateCard.objects.update(series=other)) == KEPT


def test_published_card_refuses_save_and_delete(published: RateCard):
    published.chat_mms_credits = 1
    assert refused(published.save) == KEPT
    # Its rows go first when Django deletes, so theirs is the guard that answers.
    assert refused(published.delete) == EDITED
    assert refused(lambda: RateCard.objects.all()._raw_delete("default")) == KEPT


def test_rows_of_a_published_card_refuse_everything(published: RateCard):
    rates = published.rates.all()
    first = rates.first()
    assert first is not None
    first.credits = 1
    assert refused(lambda: rates.update(credits=1)) == EDITED
    assert refused(first.save) == EDITED
    assert refused(rates.delete) == EDITED
    assert refused(lambda: Rate.objects.bulk_update([first], ["credits"])) == EDITED
    assert refused(new_rate(published).save) == EDITED
    assert refused(lambda: Rate.objects.bulk_create([new_rate(published)])) == EDITED


def test_rows_cannot_be_moved_into_or_out_of_a_published_card(published: RateCard):
    draft = card(on=dt.date(2027, 1, 1))
    assert refused(lambda: published.rates.update(card=draft)) == EDITED
    draft.rates.all().delete()
    row = new_rate(draft)
    row.save()
    assert refused(lambda: draft.rates.update(card=published)) == EDITED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE locations_ratecard SET effective_on = '2030-01-01'",
        "DELETE FROM locations_ratecard",
        "TRUNCATE locations_ratecard CASCADE",
        "UPDATE locations_rate SET credits = 0",
        "DELETE FROM locations_rate",
        "TRUNCATE locations_rate",
        "INSERT INTO locations_rate (card_id, country, carrier_type, channel, prefix, credits,"
        " first_seconds, following_seconds)"
        " SELECT id, 'FR', 'mobile', 'text', '', 1, 60, 60 FROM locations_ratecard",
    ],
)
def test_published_card_refuses_raw_sql(published: RateCard, statement: str):
    assert refused(lambda: sql(statement)) != UNKNOWN
    published.refresh_from_db()
    assert published.effective_on == NEW_YEAR
    assert [rate.credits for rate in published.rates.order_by("id")] == [4, 12, 581]


def test_truncate_is_refused_with_a_message(published: RateCard):
    assert refused(lambda: sql("TRUNCATE locations_rate")) == ("Locations_rate is never emptied.")


def test_draft_may_change_and_go():
    draft = card()
    draft.rates.update(credits=7)
    new_rate(draft).save()
    RateCard.objects.update(effective_on=dt.date(2027, 1, 1))
    assert draft.rates.count() == 4
    draft.delete()
    assert not Rate.objects.exists()
