import datetime as dt
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ledger.engine import rating
from ledger.engine.charge_requests import MAX_CALL_SECONDS
from ledger.engine.charging import Tariff
from ledger.engine.posting import BadInput, check_text
from ledger.models import InternationalMessage, Outcome
from ledger.reading.explanations import explain_international
from locations.contracts.terms import load_terms
from locations.models import Channel, Rate, RateCard


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """`row` is the price that matched, `others` those with a shorter matching prefix."""

    day: dt.date
    card: RateCard | None
    rated: rating.Rated
    row: Rate | None
    others: tuple[Rate, ...]
    explanation: str


def check_price(
    location_id: int,
    phone: str,
    channel: str,
    *,
    seconds: int | None = None,
    carrier_type: str | None = None,
    at: dt.datetime,
) -> PriceCheck:
    """Rate one message as if it were sent at `at`. Raises BadInput and UnknownLocation."""
    check_text("phone", phone, max_length=32, required=True)
    if channel == Channel.VOICE and not 0 <= (-1 if seconds is None else seconds) <= (
        MAX_CALL_SECONDS
    ):
        raise BadInput(
            "seconds",
            _("a call lasts 0 to %(longest_call_seconds)s seconds.")
            % {"longest_call_seconds": number_format(MAX_CALL_SECONDS)},
        )
    terms = load_terms(location_id)
    day = terms.local_day(at)
    prices = Tariff(terms).price_list_on(day)
    rated = rating.rate(
        prices,
        phone=phone,
        channel=channel,
        seconds=seconds if channel == Channel.VOICE else None,
        carrier_type=carrier_type or None,
    )
    card = RateCard.objects.select_related("series").get(pk=prices.card_id) if prices else None
    rows = Rate.objects.filter(
        card=card, country=rated.country, carrier_type=rated.carrier_type, channel=channel
    ).select_related("card__series")
    matching = [row for row in rows if card and phone[1:].startswith(row.prefix)]
    row = next((row for row in matching if rated.price and row.pk == rated.price.rate_id), None)
    return PriceCheck(
        day=day,
        card=card,
        rated=rated,
        row=row,
        others=tuple(other for other in matching if other != row),
        explanation=_explain(rated, row, channel),
    )


def _explain(rated: rating.Rated, row: Rate | None, channel: str) -> str:
    if rated.is_domestic:
        return _("Domestic: part of the plan, costs no international credits.")
    return explain_international(
        InternationalMessage(
            outcome=Outcome.REFUSED if rated.refusal else Outcome.CHARGED,
            refusal=rated.refusal,
            channel=channel,
            country=rated.country,
            carrier_type=rated.carrier_type,
            carrier_source=rated.carrier_source,
            rate=row,
            seconds=rated.seconds,
            billed_seconds=rated.billed_seconds,
            credits=rated.credits,
        )
    )
