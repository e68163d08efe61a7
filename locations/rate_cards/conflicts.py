"""What to look at before a draft is published: contradictions, and prices that lack their pair."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.formatting.countries import SATELLITE, country_name
from locations.models import CarrierType, Channel, Rate, RateCard
from locations.rate_cards.comparison import chat_change, in_force_before
from locations.rate_cards.publishing import priced_by

MOST_NAMED = 12  # countries or prefixes in one sentence


@dataclass(frozen=True, slots=True)
class Conflict:
    """`stops` says that the card cannot be published like this."""

    words: str
    stops: bool = False


def conflicts(card: RateCard, *, today: dt.date) -> list[Conflict]:
    """What contradicts the card's effective date, its series or itself; `today` is a UTC day."""
    found = [*_dates(card, today), *_prefixes(list(card.rates.exclude(prefix="")), card)]
    found += [
        Conflict(_("%s: only mobile numbers have prices.") % Channel(channel).label)
        if CarrierType.MOBILE in kinds
        else Conflict(_("%s: only landline numbers have prices.") % Channel(channel).label)
        for channel, kinds in _countries(card).items()
        if len(kinds) == 1
    ]
    before = in_force_before(card.series.name, card.effective_on)
    if chat := chat_change(card, before):
        found.append(Conflict(chat))
    if not priced_by(card.series, max(card.effective_on, today)).exists():
        found.append(
            Conflict(_("No location is priced by %s: the card changes nothing.") % card.series)
        )
    return found


def _dates(card: RateCard, today: dt.date) -> Iterator[Conflict]:
    others = RateCard.objects.filter(series=card.series).exclude(pk=card.pk)
    if others.published().filter(effective_on=card.effective_on).exists():
        yield Conflict(
            _("Another card of the series is published for %s: choose another effective date.")
            % card.effective_on,
            stops=True,
        )
    if not card.rates.exists():
        yield Conflict(_("The card has no prices."), stops=True)
    drafts = others.filter(published_at=None, effective_on=card.effective_on).count()
    if drafts:
        yield Conflict(
            ngettext(
                "%s other draft of the series has the same effective date.",
                "%s other drafts of the series have the same effective date.",
                drafts,
            )
            % drafts
        )
    if card.effective_on < today:
        yield Conflict(
            _(
                "The effective date, %s, is past. Messages charged already keep their price; one "
                "that is reported late is charged at this card's."
            )
            % card.effective_on
        )
    elif card.effective_on == today:
        yield Conflict(_("The card takes effect at once: it is effective today."))
    after = others.published().filter(effective_on__gt=card.effective_on)
    later = after.order_by("effective_on").first()
    if later is not None:
        yield Conflict(
            _("A later card of the series is published: from %s on that one prices, not this.")
            % later.effective_on
        )


def _prefixes(rows: list[Rate], card: RateCard) -> Iterator[Conflict]:
    """Prefix rows that say nothing new, and those beside which the rest has no price."""
    whole = {
        (rate.country, rate.carrier_type, rate.channel): rate
        for rate in card.rates.filter(prefix="")
    }
    equal, alone = [], []
    for rate in rows:
        country = whole.get((rate.country, rate.carrier_type, rate.channel))
        if country is None:
            alone.append(rate)
        elif _terms(country) == _terms(rate):
            equal.append(rate)
    if equal:
        names = _some([f"+{rate.prefix}" for rate in equal])
        yield Conflict(_("These prefixes cost what their country costs: %s.") % names)
    # Satellite networks have prefixes alone: there is no country around them.
    alone = [rate for rate in alone if rate.country != SATELLITE]
    if alone:
        names = _some([f"+{rate.prefix} ({rate.channel})" for rate in alone])
        yield Conflict(
            _("These prefixes have a price, the rest of their country has none: %s.") % names
        )


def unpaired(card: RateCard) -> list[str]:
    """Countries with a price for mobile and none for landline, or the other way, in words.

    A channel that the card prices for one kind of line only is a matter of `conflicts`.
    """
    found = []
    for channel, kinds in _countries(card).items():
        if len(kinds) < 2:
            continue
        mobile, landline = kinds[CarrierType.MOBILE], kinds[CarrierType.LANDLINE]
        name = Channel(channel).label
        if these := mobile - landline:
            words = _("%(channel)s: a price for mobile, none for landline: %(countries)s.")
            found.append(words % {"channel": name, "countries": _named(these)})
        if these := landline - mobile:
            words = _("%(channel)s: a price for landline, none for mobile: %(countries)s.")
            found.append(words % {"channel": name, "countries": _named(these)})
    return found


def _countries(card: RateCard) -> dict[str, dict[str, set[str]]]:
    """By channel and kind of line the countries that have a price; satellites are none."""
    found: dict[str, dict[str, set[str]]] = {}
    rows = card.rates.exclude(country=SATELLITE).order_by("channel")
    for channel, kind, country in rows.values_list("channel", "carrier_type", "country"):
        found.setdefault(channel, {}).setdefault(kind, set()).add(country)
    return found


def _named(codes: Iterable[str]) -> str:
    return _some(sorted(country_name(code) for code in codes))


def _terms(rate: Rate) -> tuple[int, int, int]:
    return rate.credits, rate.first_seconds, rate.following_seconds


def _some(names: list[str]) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more <= 0:
        return shown
    return ngettext("%(shown)s and %(more)s more", "%(shown)s and %(more)s more", more) % {
        "shown": shown,
        "more": more,
    }
