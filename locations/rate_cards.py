"""Rate cards: imported whole, published once.

Reading their files is in `rate_card_files`; what callers need of it is named here too.
"""

import datetime as dt
import io
from collections.abc import Sequence

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from locations.guards import message_of
from locations.models import Rate, RateCard, RateCardSeries, RateCardUpload, User
from locations.rate_card_files import BadRateCard, Problem, RateCardError, RateLine, read_csv

__all__ = [
    "AlreadyApplied",
    "AlreadyPublished",
    "BadRateCard",
    "Problem",
    "RateCardError",
    "RateLine",
    "apply_upload",
    "draft_from",
    "import_card",
    "make_default",
    "publish",
    "read_csv",
]


class AlreadyPublished(RateCardError):
    """This card, or another of its series for the same day, is published already."""


class AlreadyApplied(RateCardError):
    """An upload becomes a draft once."""


def import_card(
    lines: Sequence[RateLine],
    *,
    name: str,
    effective_on: dt.date,
    publish_at: dt.datetime | None = None,
) -> RateCard:
    """A card of the series `name` with these prices: a draft, or published as of `publish_at`.

    Makes the series where it is missing; the first series ever becomes the default one. All or
    nothing; raises RateCardError.
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
            card = RateCard.objects.create(series=series, effective_on=effective_on)
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


def apply_upload(upload: RateCardUpload, *, applied_by: User, at: dt.datetime) -> RateCard:
    """Make the draft of an uploaded file, once. Raises AlreadyApplied and RateCardError."""
    with transaction.atomic():
        # A double click: the second waits here and finds it applied.
        fresh = RateCardUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if fresh.applied_at is not None:
            raise AlreadyApplied(_("This file has been made a draft already."))
        lines = read_csv(io.BytesIO(bytes(fresh.content)))
        card = import_card(lines, name=fresh.series_name, effective_on=fresh.effective_on)
        fresh.applied_by, fresh.applied_at, fresh.card = applied_by, at, card
        fresh.save(update_fields=["applied_by", "applied_at", "card"])
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
            series=card.series,
            effective_on=effective_on,
            chat_sms_credits=card.chat_sms_credits,
            chat_mms_credits=card.chat_mms_credits,
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
