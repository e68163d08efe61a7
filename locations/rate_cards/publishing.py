"""Rate cards: imported whole, published once.

Reading their files is in `rate_card_files`; what callers need of it is named here too.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import DatabaseError, transaction
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from locations.db.errors import message_of
from locations.models import Contract, Location, Rate, RateCard, RateCardSeries
from locations.rate_cards.comparison import in_force_before
from locations.rate_cards.parsing import BadRateCard, Problem, RateCardError, RateLine, read_csv

__all__ = [
    "AlreadyPublished",
    "BadRateCard",
    "Problem",
    "RateCardError",
    "RateLine",
    "draft_from",
    "import_card",
    "make_default",
    "priced_by",
    "publish",
    "read_csv",
]


class AlreadyPublished(RateCardError):
    """This card, or another of its series for the same day, is published already."""


def import_card(
    lines: Sequence[RateLine],
    *,
    name: str,
    effective_on: dt.date,
    publish_at: dt.datetime | None = None,
) -> RateCard:
    """A card of the series `name` with these prices: a draft, or published as of `publish_at`.

    Makes the series where it is missing; the first series ever becomes the default one. A price
    list says nothing of chat: its prices stay those of the card that this one takes over from.
    All or nothing; raises RateCardError.
    """
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise RateCardError(_("A series has a name of 1 to 80 characters."))
    try:
        with transaction.atomic():
            first_ever = not RateCardSeries.objects.exists()
            series, _made = RateCardSeries.objects.get_or_create(
                name=name, defaults={"is_default": first_ever}
            )
            before = in_force_before(name, effective_on)
            card = RateCard.objects.create(
                series=series, effective_on=effective_on, **before.chat_prices if before else {}
            )
            Rate.objects.bulk_create(
                (
                    Rate(
                        card=card,
                        country=line.country,
                        carrier_type=line.carrier_type,
                        channel=line.channel,
                        prefix=line.prefix,
                        credits=line.credits,
                        first_seconds=line.first_seconds,
                        following_seconds=line.following_seconds,
                    )
                    for line in lines
                ),
                batch_size=2000,
            )
            if publish_at is not None:
                card = publish(card, at=publish_at)
    except DatabaseError as error:
        raise RateCardError(message_of(error)) from error
    return card


def publish(card: RateCard, *, at: dt.datetime) -> RateCard:
    """Put the card in force from its effective date on; it can never be changed again.

    Raises AlreadyPublished, or RateCardError for a card without prices.
    """
    with transaction.atomic():
        # Two people press Publish for two drafts of one day: the second waits here, then reads
        # what the first has done.
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


def draft_from(card: RateCard, *, effective_on: dt.date) -> RateCard:
    """A new draft of the same series with the prices of this card."""
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
    """Have this series price every location whose contract names none."""
    with transaction.atomic():
        # Two people choosing at once: the second waits for all rows, so one default remains.
        list(RateCardSeries.objects.select_for_update().order_by("pk"))
        RateCardSeries.objects.filter(is_default=True).exclude(pk=series.pk).update(
            is_default=False
        )
        RateCardSeries.objects.filter(pk=series.pk).update(is_default=True)


def priced_by(series: RateCardSeries, day: dt.date) -> QuerySet[Location]:
    """The locations that this series prices on a day: named by their contract, or the default."""
    contracts = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day), location=OuterRef("pk"), starts_on__lte=day
    )
    own = Subquery(contracts.order_by("-starts_on").values("rate_card_series")[:1])
    default = Subquery(RateCardSeries.objects.filter(is_default=True).values("pk")[:1])
    return Location.objects.annotate(
        series=Coalesce(own, default, output_field=BigIntegerField())
    ).filter(series=series.pk)
