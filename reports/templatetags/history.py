import datetime as dt
from zoneinfo import ZoneInfo

from django import template

from ledger.engine import reasons
from ledger.models import Entry
from locations.formatting.countries import country_name
from locations.formatting.dates import format_date

register = template.Library()
register.filter("country", country_name)


@register.simple_tag
def clock_time(at: dt.datetime, zone: ZoneInfo) -> str:
    return format_date(at.astimezone(zone), "H:i")


@register.simple_tag
def local_day(at: dt.datetime, zone: ZoneInfo) -> str:
    return format_date(at.astimezone(zone), "j M")


@register.filter
def reason_text(entry: Entry) -> str:
    return reasons.describe_reason(entry.kind, entry.reason)
