"""The price list that is imported over the card it was made from, and what it must come to."""

import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q

from ledger.models import ChatMessage, InternationalMessage, Outcome, Refusal
from locations.formatting.countries import country_name
from tests.plugin import ROOT

REAL = ROOT / "reports" / "demo" / "rate_card.csv"
# Ten prices changed, five rows removed: places that the recorded traffic went to, and others.
CHANGED = {
    *((code, "mobile", "text") for code in ("MX", "VN", "NL")),
    *((code, "mobile", "voice") for code in ("AE", "DE", "ES", "FR", "JP", "MX", "NG")),
}
REMOVED = {
    *((code, "mobile", "text") for code in ("FR", "MG")),
    *((code, "landline", "voice") for code in ("AD", "AE", "AG")),
}
WRONG = (("QQ", "text", "1"), ("SE", "fax", "1"), ("SE", "text", "1.5"))

Place = tuple[str, str, str]


def prices() -> list[dict[str, str]]:
    with REAL.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def place_of(row: dict[str, str]) -> Place:
    return row["country"], row["carrier_type"], row["channel"]


def old_price(place: Place) -> int:
    return next(int(row["credits"]) for row in prices() if place_of(row) == place)


def new_price(place: Place) -> int | None:
    """Dearer by three quarters where it changes; None where the row was removed."""
    if place in REMOVED:
        return None
    return old_price(place) * 7 // 4 + 1 if place in CHANGED else old_price(place)


def new_list(*, wrong: bool) -> bytes:
    out = io.StringIO(newline="")
    rows = prices()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    for row in rows:
        if not row["prefix"]:
            price = new_price(place_of(row))
            if price is None:
                continue
            row["credits"] = str(price)
        writer.writerow(row)
    for country, channel, credits in WRONG if wrong else ():
        writer.writerow({"country": country, "carrier_type": "landline", "channel": channel,
                         "prefix": "", "credits": credits})  # fmt: skip
    return out.getvalue().encode()


@dataclass
class Expected:
    """What the new list does to messages of some days, worked out one by one."""

    now: int = 0
    then: int = 0
    messages: int = 0
    more: Counter[str] = field(default_factory=Counter)  # by location
    by_country: dict[str, tuple[int, int]] = field(default_factory=dict)
    unpriced: int = 0

    def add(
        self, location: str, country: str, now: int, then: int | None, *, refused: bool = False
    ) -> None:
        self.messages += 1
        self.now += now
        self.then += then or 0
        self.unpriced += then is None and not refused
        self.more[location] += (then or 0) - now
        old = self.by_country.get(country, (0, 0))
        self.by_country[country] = old[0] + now, old[1] + (then or 0)


def expected(first_on: dt.date, until: dt.date) -> Expected:
    """Of the days [first_on, until); by nothing but the list and what each message keeps."""
    found = Expected()
    days = {"day__gte": first_on, "day__lt": until}
    wanted = Q(outcome=Outcome.CHARGED) | Q(refusal=Refusal.NO_RATE)
    international = InternationalMessage.objects.filter(wanted, **days)
    for message in international.select_related("location", "rate"):
        refused = message.rate is None
        price: int | None = None
        if message.rate is not None:
            place = (message.country, message.carrier_type, message.channel)
            price = message.rate.credits if message.rate.prefix else new_price(place)
        if price is not None and message.channel == "voice":
            price *= -(-(message.seconds or 0) // 60)
        found.add(message.location.name, message.country, message.credits, price, refused=refused)
    charged = ChatMessage.objects.filter(outcome=Outcome.CHARGED, **days)
    for chat in charged.select_related("location"):
        found.add(chat.location.name, "", chat.credits, chat.credits)
    return found


def gaps(since: dt.date) -> list[str]:
    """Places that were sent to and have no price on the new list, in the order of their codes."""
    wanted = Q(outcome=Outcome.CHARGED) | Q(refusal=Refusal.NO_RATE)
    international = InternationalMessage.objects.filter(wanted, day__gte=since)
    sent = Counter(international.values_list("country", "carrier_type", "channel"))
    priced = {place_of(row) for row in prices()} - REMOVED
    kinds = {"mobile": "Mobile", "landline": "Landline", "text": "Text", "voice": "Voice call"}
    return [
        f"{country_name(country)}, {kinds[carrier]}, {kinds[channel]}: no price;"
        f" {number} message{'s' * (number != 1)} in 90 days."
        for (country, carrier, channel), number in sorted(sent.items())
        if (country, carrier, channel) not in priced
    ]
