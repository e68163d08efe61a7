from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import CarrierSource, ChatMessage, InternationalMessage, Outcome, Refusal
from locations.formatting import numbers
from locations.formatting.countries import country_name
from locations.formatting.dates import format_date
from locations.models import Channel, Rate, RateCard


@dataclass(frozen=True, slots=True)
class MessagePayment:
    """`owed` took the balance (contract plus purchased credits) below zero."""

    contract: int
    purchased: int
    owed: int
    before: int

    @property
    def after(self) -> int:
        return self.before - self.contract - self.purchased - self.owed


def explain_payment(price: str, payment: MessagePayment) -> str:
    return _("%(price)s, %(paid)s; balance %(before)s → %(after)s") % {
        "price": price,
        "paid": _paid(payment),
        "before": numbers.format_credits(payment.before),
        "after": numbers.format_credits(payment.after),
    }


def suggest_action(refusal: str) -> str:
    match refusal:
        case Refusal.BAD_NUMBER:
            return _("Correct the number, with its country code, and send the message again.")
        case Refusal.NO_RATE:
            return _("Ask your RedFlag contact for a price for this destination.")
        case Refusal.INSUFFICIENT_CREDITS:
            return _("Buy credits, or wait for the renewal, and send the message again.")
        case Refusal.NOTHING_TO_SEND:
            return _("The reason stands beside each of its messages.")
    return ""


def explain_international(message: InternationalMessage) -> str:
    """Select `rate__card__series` with the message: it is read here."""
    if message.outcome == Outcome.REFUSED:
        return _refused(message.refusal)
    rate = message.rate
    if rate is None:
        return ""
    row = _row(message, rate)
    if message.channel == Channel.TEXT:
        text = _("1 text × %(rate)s (%(row)s) = %(credits)s") % {
            "rate": number_format(rate.credits),
            "row": row,
            "credits": number_format(rate.credits),
        }
        return _capped(text, message.credits, rate.credits)
    if not message.seconds:
        return _("The call was not answered: 0 s cost nothing (%s)") % row
    billed = message.billed_seconds or 0
    price = -(-billed * rate.credits // 60)
    call = _("%(seconds)s s = %(measure)s × %(rate)s (%(row)s) = %(credits)s") % {
        "seconds": number_format(message.seconds),
        "measure": _measure(billed, rate.first_seconds, rate.following_seconds),
        "rate": number_format(rate.credits),
        "row": row,
        "credits": number_format(price),
    }
    if billed * rate.credits % 60:
        call = _("%(sum)s, rounded up") % {"sum": call}
    return _capped(call, message.credits, price)


def _row(message: InternationalMessage, rate: Rate) -> str:
    line = message.get_carrier_type_display().lower()
    if message.carrier_source == CarrierSource.CALLER:
        line = _("%(line)s as stated by the sender") % {"line": line}
    facts = {
        "country": country_name(message.country),
        "line": line,
        "prefix": rate.prefix,
        "card": card_name(rate.card),
    }
    if rate.prefix:
        return _("%(country)s, %(line)s, numbers from +%(prefix)s; card %(card)s") % facts
    return _("%(country)s, %(line)s; card %(card)s") % facts


def explain_chat(message: ChatMessage) -> str:
    """Select `card__series` with the message: it is read here."""
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
        "day": format_date(card.effective_on, "j M Y"),
    }


def _capped(text: str, credits: int, price: int) -> str:
    if credits >= price:
        return text
    return _("%(sum)s, capped at the %(credits)s that the hold had left") % {
        "sum": text,
        "credits": number_format(credits),
    }


def _paid(payment: MessagePayment) -> str:
    contract, purchased, owed = payment.contract, payment.purchased, payment.owed
    if not purchased and not owed:
        return _("paid from contract credits")
    if not contract and not owed:
        return _("paid from purchased credits")
    if not contract and not purchased:
        return _("owed: no credits were left")
    from_contract = ngettext("%s contract credit", "%s contract credits", contract)
    from_purchased = ngettext("%s purchased credit", "%s purchased credits", purchased)
    parts = {
        "contract": from_contract % number_format(contract),
        "purchased": from_purchased % number_format(purchased),
    }
    if contract and purchased:
        paid = _("paid from %(contract)s and %(purchased)s") % parts
    else:
        paid = _("paid from %(credits)s") % {
            "credits": parts["contract" if contract else "purchased"]
        }
    if not owed:
        return paid
    return _("%(paid)s, %(owed)s owed") % {"paid": paid, "owed": number_format(owed)}


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
