"""Why a message cost what it cost, in words, from the facts kept with it."""

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import CarrierSource, ChatMessage, InternationalMessage, Outcome, Refusal
from locations.countries import country_name
from locations.models import Channel, RateCard


def explain_international(message: InternationalMessage) -> str:
    """The price of a text or a call: what was measured, what was billed, by which row.

    Select `rate__card__series` with the message: it is read here.
    """
    if message.outcome == Outcome.REFUSED:
        return _refused(message.refusal)
    rate = message.rate
    if rate is None:
        return ""
    row = _("%(country)s, %(line)s%(prefix)s%(source)s; card %(card)s") % {
        "country": country_name(message.country),
        "line": message.get_carrier_type_display().lower(),
        "prefix": _(", numbers from +%s") % rate.prefix if rate.prefix else "",
        "source": _(" as stated by the sender")
        if message.carrier_source == CarrierSource.CALLER
        else "",
        "card": card_name(rate.card),
    }
    if message.channel == Channel.TEXT:
        return _("1 text × %(rate)s (%(row)s) = %(credits)s") % {
            "rate": number_format(rate.credits),
            "row": row,
            "credits": number_format(message.credits),
        }
    if not message.seconds:
        return _("The call was not answered: 0 s cost nothing (%s)") % row
    billed = message.billed_seconds or 0
    return _("%(seconds)s s = %(measure)s × %(rate)s (%(row)s) = %(credits)s%(rounded)s") % {
        "seconds": number_format(message.seconds),
        "measure": _measure(billed, rate.first_seconds, rate.following_seconds),
        "rate": number_format(rate.credits),
        "row": row,
        "credits": number_format(message.credits),
        "rounded": _(", rounded up") if billed * rate.credits % 60 else "",
    }


def explain_chat(message: ChatMessage) -> str:
    """The price of a chat message. Select `card__series` with it: it is read here."""
    if message.outcome == Outcome.REFUSED:
        return _refused(message.refusal)
    prices = (
        _("card %s") % card_name(message.card) if message.card else _("the standard chat prices")
    )
    return _("1 %(type)s %(direction)s (%(prices)s) = %(credits)s") % {
        "type": message.get_text_type_display(),
        "direction": message.get_direction_display().lower(),
        "prices": prices,
        "credits": number_format(message.credits),
    }


def card_name(card: RateCard) -> str:
    return _("%(series)s, from %(day)s") % {
        "series": card.series.name,
        "day": date_format(card.effective_on, "j M Y"),
    }


def _measure(billed: int, first: int, following: int) -> str:
    if first == following == 60:
        minutes = billed // 60
        return ngettext("%(n)s started minute", "%(n)s started minutes", minutes) % {
            "n": number_format(minutes)
        }
    return _("%(billed)s s in increments %(first)s/%(following)s ÷ 60") % {
        "billed": number_format(billed),
        "first": first,
        "following": following,
    }


def _refused(reason: str) -> str:
    return _("Refused, costs nothing: %s.") % Refusal(reason).label
