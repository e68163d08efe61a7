import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.engine import quotes
from ledger.engine.charge_requests import MAX_MESSAGES
from ledger.engine.quotes import Quote, QuoteMessage
from ledger.engine.snapshots import renewed_snapshot
from ledger.models import CarrierSource, Charge, ChargeKind, InternationalMessage
from ledger.reading.daily_usage import daily_usage
from locations.models import Channel, Location
from reports.balance.summary import LocationBalanceSummary, balance_summary
from reports.estimates.number_lists import OnProgress, ignore_progress
from reports.estimates.results import Figures, ToBuy
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, forecast
from reports.forecast.phrases import round_up_figure

RECOMMENDED_CREDITS = 200  # for each international recipient, as the product's help page says
DAYS_WITHOUT_CONTRACT = 30


@dataclass(frozen=True, slots=True)
class Estimate:
    at: dt.datetime
    channel: str
    quote: Quote
    summary: LocationBalanceSummary
    forecast: Forecast
    recipients: int

    @property
    def left(self) -> int:
        return self.quote.available - self.quote.credits

    @property
    def to_buy(self) -> ToBuy:
        history = self._missing_at_daily_rate()
        return ToBuy(
            list=self.quote.shortfall,
            history=history if history is None else max(history, self.quote.shortfall),
            recommended=RECOMMENDED_CREDITS * self.recipients,
        )

    @property
    def recommended_sends(self) -> int:
        cost = self.quote.credits
        return RECOMMENDED_CREDITS * self.recipients // cost if cost else 0

    @property
    def broadcasts(self) -> list[int]:
        rated = self.quote.rated
        return [
            sum(result.credits for result in rated[first : first + MAX_MESSAGES])
            for first in range(0, len(rated), MAX_MESSAGES)
        ]

    @property
    def fitting_broadcasts(self) -> int:
        """How many are sent, one after the other; one that does not fit is refused whole."""
        spendable = self.quote.available + self.quote.overdraft_limit
        count = 0
        for cost in self.broadcasts:
            if cost == 0 or cost <= spendable:
                spendable -= cost
                count += 1
        return count

    @property
    def figures(self) -> Figures:
        quote, step = self.quote, self.summary.step
        return Figures(
            at=self.at,
            channel=self.channel,
            credits=quote.credits,
            chargeable=quote.chargeable,
            domestic=quote.domestic,
            available=quote.available,
            held=self.summary.held,
            overdraft_limit=quote.overdraft_limit,
            shortfall=quote.shortfall,
            left=self.left,
            payment=quote.payment,
            fitting=quote.fitting,
            fitting_credits=quote.fitting_credits,
            broadcasts=len(self.broadcasts),
            fitting_broadcasts=self.fitting_broadcasts,
            destinations=quote.destinations,
            recipients=self.recipients,
            to_buy=self.to_buy,
            recommended_sends=self.recommended_sends,
            next_step_on=step.on if step else None,
        )

    def _missing_at_daily_rate(self) -> int | None:
        daily_rate, likely = self.forecast.daily_rate, self.forecast.likely
        if daily_rate is None or likely is None:
            return None
        if self.summary.step is None:
            missing = daily_rate.per_week * DAYS_WITHOUT_CONTRACT / 7 - self.left
        else:
            missing = self.quote.credits - likely.left
        return round_up_figure(missing) if missing > 0 else 0


def estimate(
    location: Location,
    channel: str,
    messages: Sequence[QuoteMessage],
    *,
    at: dt.datetime,
    max_messages: int = MAX_MESSAGES,
    on_progress: OnProgress = ignore_progress,
) -> Estimate:
    """Up to `max_messages`, as many broadcasts as they make. Raises BadInput."""
    with renewed_snapshot(location.pk, at=at):
        summary = balance_summary(location, at=at)
        quote = quotes.quote(
            location.pk,
            channel,
            messages,
            at=at,
            max_messages=max_messages,
            on_progress=on_progress,
        )
        usage = daily_usage(location, summary.today - HISTORY_DAYS * DAY)
    expected = forecast(usage, summary)
    sent_to = {
        message.phone
        for message, rated in zip(messages, quote.rated, strict=True)
        if not rated.is_domestic and not rated.refusal
    }
    return Estimate(at, channel, quote, summary, expected, len(sent_to))


def last_broadcast(location: Location) -> Charge | None:
    kinds = [ChargeKind.TEXT, ChargeKind.VOICE]
    broadcasts = Charge.objects.filter(location=location, kind__in=kinds, hold__isnull=True)
    return broadcasts.order_by("-day", "-id").first()


def repeat_messages(broadcast: Charge, channel: str, seconds: int | None) -> list[QuoteMessage]:
    """`seconds` of None: each call as long as it was then. Domestic messages are not stored."""
    stored = InternationalMessage.objects.filter(charge=broadcast).order_by("position")
    return [
        QuoteMessage(
            phone=phone,
            seconds=(own_seconds or 0 if seconds is None else seconds)
            if channel == Channel.VOICE
            else None,
            carrier_type=carrier_type if source == CarrierSource.CALLER else None,
        )
        for phone, own_seconds, carrier_type, source in stored.values_list(
            "phone", "seconds", "carrier_type", "carrier_source"
        )
    ]
