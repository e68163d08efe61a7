import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.formatting.countries import SATELLITE, country_name
from locations.models import CarrierType, Channel, Rate, RateCard
from locations.rate_cards.comparison import describe_chat_change, find_predecessor
from locations.rate_cards.publishing import locations_priced_by

MAX_NAMES = 12  # of countries or prefixes in one message


@dataclass(frozen=True, slots=True)
class Conflict:
    message: str
    blocks_publishing: bool = False


def find_conflicts(card: RateCard, *, today: dt.date) -> list[Conflict]:
    conflicts = [
        *_find_date_conflicts(card, today),
        *_find_prefix_conflicts(list(card.rates.exclude(prefix="")), card),
    ]
    conflicts += [
        Conflict(_("%s: only mobile numbers have prices.") % Channel(channel).label)
        if CarrierType.MOBILE in kinds
        else Conflict(_("%s: only landline numbers have prices.") % Channel(channel).label)
        for channel, kinds in _priced_countries(card).items()
        if len(kinds) == 1
    ]
    before = find_predecessor(card.series.name, card.effective_on)
    if chat := describe_chat_change(card, before):
        conflicts.append(Conflict(chat))
    if not locations_priced_by(card.series, max(card.effective_on, today)).exists():
        conflicts.append(
            Conflict(_("No location is priced by %s: the card changes nothing.") % card.series)
        )
    return conflicts


def _find_date_conflicts(card: RateCard, today: dt.date) -> Iterator[Conflict]:
    others = RateCard.objects.filter(series=card.series).exclude(pk=card.pk)
    if others.published().filter(effective_on=card.effective_on).exists():
        yield Conflict(
            _("Another card of the series is published for %s: choose another effective date.")
            % card.effective_on,
            blocks_publishing=True,
        )
    if not card.rates.exists():
        yield Conflict(_("The card has no prices."), blocks_publishing=True)
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


def _find_prefix_conflicts(rows: list[Rate], card: RateCard) -> Iterator[Conflict]:
    countries = {
        (rate.country, rate.carrier_type, rate.channel): rate
        for rate in card.rates.filter(prefix="")
    }
    equal, alone = [], []
    for rate in rows:
        country = countries.get((rate.country, rate.carrier_type, rate.channel))
        if country is None:
            alone.append(rate)
        elif country.terms == rate.terms:
            equal.append(rate)
    if equal:
        names = _join_names([f"+{rate.prefix}" for rate in equal])
        yield Conflict(_("These prefixes cost what their country costs: %s.") % names)
    # Satellite networks have prefixes only.
    alone = [rate for rate in alone if rate.country != SATELLITE]
    if alone:
        names = _join_names([f"+{rate.prefix} ({rate.channel})" for rate in alone])
        yield Conflict(
            _("These prefixes have a price, the rest of their country has none: %s.") % names
        )


def find_unpaired_countries(card: RateCard) -> list[str]:
    messages = []
    for channel, kinds in _priced_countries(card).items():
        if len(kinds) < 2:
            continue
        mobile, landline = kinds[CarrierType.MOBILE], kinds[CarrierType.LANDLINE]
        name = Channel(channel).label
        if countries := mobile - landline:
            message = _("%(channel)s: a price for mobile, none for landline: %(countries)s.")
            messages.append(message % {"channel": name, "countries": _join_countries(countries)})
        if countries := landline - mobile:
            message = _("%(channel)s: a price for landline, none for mobile: %(countries)s.")
            messages.append(message % {"channel": name, "countries": _join_countries(countries)})
    return messages


def _priced_countries(card: RateCard) -> dict[str, dict[str, set[str]]]:
    countries: dict[str, dict[str, set[str]]] = {}
    rows = card.rates.exclude(country=SATELLITE).order_by("channel")
    for channel, kind, country in rows.values_list("channel", "carrier_type", "country"):
        countries.setdefault(channel, {}).setdefault(kind, set()).add(country)
    return countries


def _join_countries(codes: Iterable[str]) -> str:
    return _join_names(sorted(country_name(code) for code in codes))


def _join_names(names: list[str]) -> str:
    joined = ", ".join(names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    if more <= 0:
        return joined
    return ngettext("%(shown)s and %(more)s more", "%(shown)s and %(more)s more", more) % {
        "shown": joined,
        "more": more,
    }
