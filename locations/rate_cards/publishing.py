import datetime as dt
from collections.abc import Sequence

from django.db import DatabaseError, transaction
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from locations.db.errors import get_error_message
from locations.models import Contract, Location, Rate, RateCard, RateCardSeries
from locations.rate_cards.comparison import find_predecessor
from locations.rate_cards.parsing import RateCardError, RateRow


class AlreadyPublished(RateCardError):
    pass


def create_card(
    rows: Sequence[RateRow],
    *,
    name: str,
    effective_on: dt.date,
    publish_at: dt.datetime | None = None,
) -> RateCard:
    """Create a card of the series `name`: a draft, or published at `publish_at`.

    A missing series is created, the first one as the default. Raises RateCardError.
    """
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise RateCardError(_("A series has a name of 1 to 80 characters."))
    try:
        with transaction.atomic():
            first_ever = not RateCardSeries.objects.exists()
            series, _created = RateCardSeries.objects.get_or_create(
                name=name, defaults={"is_default": first_ever}
            )
            before = find_predecessor(name, effective_on)
            card = RateCard.objects.create(
                series=series, effective_on=effective_on, **before.chat_prices if before else {}
            )
            Rate.objects.bulk_create(
                (
                    Rate(
                        card=card,
                        country=row.country,
                        carrier_type=row.carrier_type,
                        channel=row.channel,
                        prefix=row.prefix,
                        credits=row.credits,
                        first_seconds=row.first_seconds,
                        following_seconds=row.following_seconds,
                    )
                    for row in rows
                ),
                batch_size=2000,
            )
            if publish_at is not None:
                card = publish_card(card, at=publish_at)
    except DatabaseError as error:
        raise RateCardError(get_error_message(error)) from error
    return card


def publish_card(card: RateCard, *, at: dt.datetime) -> RateCard:
    with transaction.atomic():
        # Lock, so that of two drafts for one day only one is published.
        RateCardSeries.objects.select_for_update(no_key=True).get(pk=card.series_id)
        fresh = (
            RateCard.objects.select_for_update(of=("self",))
            .select_related("series")
            .get(pk=card.pk)
        )
        if fresh.is_published:
            raise AlreadyPublished(_("%(fresh)s is published already.") % {"fresh": fresh})
        twins = RateCard.objects.published().filter(
            series=fresh.series_id, effective_on=fresh.effective_on
        )
        if twins.exists():
            raise AlreadyPublished(
                _(
                    "Another card of %(series)s is published for %(effective_on)s: choose "
                    "another effective date."
                )
                % {"series": fresh.series, "effective_on": fresh.effective_on}
            )
        if not fresh.rates.exists():
            raise RateCardError(_("This card has no prices yet: add them before publishing it."))
        fresh.published_at = at
        fresh.save(update_fields=["published_at"])
    return fresh


def copy_to_draft(card: RateCard, *, effective_on: dt.date) -> RateCard:
    with transaction.atomic():
        draft = RateCard.objects.create(
            series=card.series, effective_on=effective_on, **card.chat_prices
        )
        rates = list(card.rates.order_by("pk"))
        for rate in rates:
            rate.pk = None
            rate.card = draft
        Rate.objects.bulk_create(rates, batch_size=2000)
    return draft


def make_default(series: RateCardSeries) -> None:
    with transaction.atomic():
        # Lock all series: two concurrent calls must leave one default.
        list(RateCardSeries.objects.select_for_update().order_by("pk"))
        RateCardSeries.objects.filter(is_default=True).exclude(pk=series.pk).update(
            is_default=False
        )
        RateCardSeries.objects.filter(pk=series.pk).update(is_default=True)


def locations_priced_by(series: RateCardSeries, day: dt.date) -> QuerySet[Location]:
    contracts = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day), location=OuterRef("pk"), starts_on__lte=day
    )
    own = Subquery(contracts.order_by("-starts_on").values("rate_card_series")[:1])
    default = Subquery(RateCardSeries.objects.filter(is_default=True).values("pk")[:1])
    return Location.objects.annotate(
        series=Coalesce(own, default, output_field=BigIntegerField())
    ).filter(series=series.pk)
