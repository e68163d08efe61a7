"""What the lines of a day and the messages of a charge are called."""

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.engine import reasons
from ledger.models import ChargeKind, Entry
from locations.formatting.countries import country_name
from locations.formatting.dates import format_date
from locations.formatting.numbers import format_credits
from reports.history.charge import ChargePage
from reports.history.day import Brought, Line

register = template.Library()


@register.simple_tag
def clock(at: dt.datetime, zone: ZoneInfo) -> str:
    """The time of day as the zone's clocks showed it: 09:12."""
    return format_date(at.astimezone(zone), "H:i")


@register.simple_tag
def clock_day(at: dt.datetime, zone: ZoneInfo) -> str:
    """The day that the zone's calendars showed, where it is not the page's: 15 Jun."""
    return format_date(at.astimezone(zone), "j M")


@register.simple_tag
def what_was_sent(line: Line) -> str:
    """12 texts to Mexico; 3 calls to 2 countries; 1 chat message."""
    return sent_words(line.of_charge.kind, line.brought)


@register.simple_tag
def charge_words(page: ChargePage) -> str:
    """What a charge was for: 12 texts to Mexico."""
    return sent_words(page.charge.kind, page.brought)


def sent_words(kind: str, brought: Brought) -> str:
    count = brought.messages
    figure = {"n": format_credits(count)}
    if kind == ChargeKind.CHAT:
        return ngettext("%(n)s chat message", "%(n)s chat messages", count) % figure
    if kind == ChargeKind.TEXT:
        words = ngettext("%(n)s text", "%(n)s texts", count) % figure
    else:
        words = ngettext("%(n)s call", "%(n)s calls", count) % figure
    if brought.country:
        return _("%(messages)s to %(country)s") % {
            "messages": words,
            "country": country_name(brought.country),
        }
    if brought.countries > 1:
        return ngettext(
            "%(messages)s to %(count)s country",
            "%(messages)s to %(count)s countries",
            brought.countries,
        ) % {"messages": words, "count": brought.countries}
    return words


@register.filter
def why(entry: Entry) -> str:
    """The reason of an entry: somebody's words as they are, the product's own in the reader's."""
    return reasons.describe_reason(entry.kind, entry.reason)


@register.filter
def country(code: str) -> str:
    """A country as people call it."""
    return country_name(code)
