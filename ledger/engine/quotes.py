import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.engine import rating, renewals
from ledger.engine.charge_requests import MAX_CALL_SECONDS, MAX_MESSAGES
from ledger.engine.posting import BadInput, check_text
from locations.contracts.terms import Terms, load_terms
from locations.known_terms import known_terms
from locations.models import CarrierType, Channel, RateCard
from locations.rate_cards.prices import PriceList


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMessage:
    phone: str
    seconds: int | None = None
    carrier_type: str | None = None


@dataclass(frozen=True, slots=True)
class UnsendableNumber:
    index: int
    phone: str
    reason: str


@dataclass(frozen=True, slots=True)
class DestinationCost:
    country: str
    carrier_type: str
    messages: int
    credits: int


@dataclass(frozen=True, slots=True)
class PaymentSplit:
    """Credits from each bucket, and what would be left in it."""

    contract: int
    purchased: int
    overdraft: int
    contract_left: int
    purchased_left: int


@dataclass(frozen=True, slots=True)
class Quote:
    """`payment` is None if the broadcast does not fit as a whole.

    `fitting` messages for `fitting_credits` would go with `send_what_fits`. `rated` has an item for
    each message.
    """

    credits: int
    available: int
    overdraft_limit: int
    payment: PaymentSplit | None
    fitting: int
    fitting_credits: int
    destinations: tuple[DestinationCost, ...]
    refused: tuple[UnsendableNumber, ...]
    rated: tuple[rating.Rated, ...]

    @property
    def fits(self) -> bool:
        return self.payment is not None

    @property
    def shortfall(self) -> int:
        return 0 if self.fits else self.credits - self.available - self.overdraft_limit

    @property
    def domestic(self) -> int:
        return sum(result.is_domestic for result in self.rated)

    @property
    def chargeable(self) -> int:
        return len(self.rated) - self.domestic - len(self.refused)


def quote(
    location_id: int,
    channel: str,
    messages: Sequence[QuoteMessage],
    *,
    at: dt.datetime,
    max_messages: int = MAX_MESSAGES,
    on_progress: Callable[[int], None] = lambda rated_count: None,
) -> Quote:
    """Quote these messages as one broadcast; nothing is written except a renewal that is due.

    `max_messages` allows a longer list: sent as several broadcasts, it costs the same.
    `on_progress` gets the number of messages rated so far. Raises BadInput and UnknownLocation.
    """
    _check(channel, messages, max_messages)
    balance = renewals.renew_if_due(location_id, at=at)
    terms = known_terms.get(location_id)
    if terms.version != balance.terms_version:
        terms = load_terms(location_id)
    prices = _current_prices(terms, terms.local_day(at))
    cache: dict[QuoteMessage, rating.Rated] = {}  # lists repeat numbers
    rated = []
    for index, message in enumerate(messages):
        on_progress(index)
        result = cache.get(message)
        if result is None:
            result = cache[message] = rating.rate(
                prices,
                phone=message.phone,
                channel=channel,
                seconds=message.seconds,
                carrier_type=message.carrier_type,
            )
        rated.append(result)
    credits = sum(result.credits for result in rated)
    contract = terms.contract_on(terms.local_day(at))
    overdraft = contract.overdraft_limit if contract else 0
    fits = credits == 0 or balance.available - credits >= -overdraft
    fitting, fitting_credits = _fitting(rated, balance.available + overdraft)
    return Quote(
        credits=credits,
        available=balance.available,
        overdraft_limit=overdraft,
        payment=_split_payment(credits, balance.contract_credits, balance.purchased_credits)
        if fits
        else None,
        fitting=fitting,
        fitting_credits=fitting_credits,
        destinations=_destinations(rated),
        refused=tuple(
            UnsendableNumber(index, message.phone, result.refusal)
            for index, (message, result) in enumerate(zip(messages, rated, strict=True))
            if result.refusal
        ),
        rated=tuple(rated),
    )


def _current_prices(terms: Terms, day: dt.date) -> PriceList | None:
    # Not from the cache of cards: one may have been published since.
    contract = terms.contract_on(day)
    series = contract.rate_card_series_id if contract else None
    cards = RateCard.objects.published().filter(effective_on__lte=day)
    cards = cards.filter(series_id=series) if series else cards.filter(series__is_default=True)
    card = cards.order_by("-effective_on").values_list("pk", flat=True).first()
    return known_terms.price_list(card) if card else None


def _split_payment(credits: int, contract: int, purchased: int) -> PaymentSplit:
    from_contract = min(credits, contract)
    from_purchased = min(credits - from_contract, max(purchased, 0))
    return PaymentSplit(
        contract=from_contract,
        purchased=from_purchased,
        overdraft=credits - from_contract - from_purchased,
        contract_left=contract - from_contract,
        purchased_left=purchased - (credits - from_contract),
    )


def _fitting(rated: Sequence[rating.Rated], spendable: int) -> tuple[int, int]:
    count = spent = 0
    for result in rated:
        if result.is_domestic or result.refusal:
            continue
        if result.credits == 0 or spent + result.credits <= spendable:
            count += 1
            spent += result.credits
    return count, spent


def _destinations(rated: Sequence[rating.Rated]) -> tuple[DestinationCost, ...]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for result in rated:
        if not result.is_domestic and not result.refusal:
            destination = (result.country, str(result.carrier_type))
            messages, credits = sums.get(destination, (0, 0))
            sums[destination] = (messages + 1, credits + result.credits)
    return tuple(
        DestinationCost(country, carrier_type, messages, credits)
        for (country, carrier_type), (messages, credits) in sorted(
            sums.items(), key=lambda item: (-item[1][1], item[0])
        )
    )


def _check(channel: str, messages: Sequence[QuoteMessage], max_messages: int) -> None:
    if channel not in Channel.values:
        raise BadInput("channel", "must be text or voice.")
    if not 1 <= len(messages) <= max_messages:
        raise BadInput("messages", f"must be 1 to {max_messages:,} messages.")
    for number, message in enumerate(messages):
        check_text(f"messages[{number}].phone", message.phone, max_length=32, required=True)
        seconds = message.seconds
        if channel == Channel.TEXT and seconds is not None:
            raise BadInput(f"messages[{number}].seconds", "is for calls; leave it out of a text.")
        if channel == Channel.VOICE and (
            not isinstance(seconds, int) or not 0 <= seconds <= MAX_CALL_SECONDS
        ):
            raise BadInput(
                f"messages[{number}].seconds", "must be the call's expected length in seconds."
            )
        if message.carrier_type is not None and message.carrier_type not in CarrierType.values:
            raise BadInput(f"messages[{number}].carrier_type", "must be mobile or landline.")
