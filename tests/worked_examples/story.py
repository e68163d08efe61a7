"""A customer's year, told in a few verbs; underneath are the functions that the product uses."""

import datetime as dt
from typing import Any

from ledger.engine.charge_requests import ChargeResult
from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import purchase
from ledger.engine.renewals import renew_if_due
from ledger.models import OnInsufficient
from locations.models import Location, RateCard
from tests import factories

# The help page calls them Country A and Country B.
PHONES = {
    "A": factories.MEXICO,
    "B": factories.FRANCE,
    "B landline": factories.FRANCE_LANDLINE,
    "US": factories.DOMESTIC,
}


def at(text: str) -> dt.datetime:
    """`2026-03-02` (noon) or `2026-03-02 10:00`, in UTC."""
    moment = dt.datetime.fromisoformat(text if " " in text else f"{text} 12:00")
    return moment.replace(tzinfo=dt.UTC)


class Story:
    """One location and what happens to it, on 15 June 2026 unless told otherwise."""

    def __init__(self, *, included: int | None = 1000, **location: Any) -> None:
        if not RateCard.objects.exists():
            factories.make_card()  # A: 7 and 12, B: 6 and 29, landlines of B: 3 a minute
        self.location: Location = factories.make_location(included=included, **location)
        self.today = "2026-06-15"

    # What happens.

    def texts(
        self,
        *countries: str,
        on: str | None = None,
        sent_at: dt.datetime | None = None,
        reported_on: str | None = None,
        send_what_fits: bool = False,
    ) -> ChargeResult:
        """One broadcast of a text to somebody in each of the countries."""
        moment = sent_at or at(on or self.today)
        return charge_broadcast(
            self.location.pk,
            "text",
            [factories.text(PHONES[country], sent_at=moment) for country in countries],
            key=factories.key(),
            at=at(reported_on) if reported_on else moment,
            on_insufficient=(
                OnInsufficient.SEND_WHAT_FITS if send_what_fits else OnInsufficient.REFUSE_ALL
            ),
        )

    def calls(self, country: str, seconds: int, *, on: str | None = None) -> ChargeResult:
        """One voice call of so many seconds."""
        moment = at(on or self.today)
        message = factories.call(seconds, PHONES[country], sent_at=moment)
        return charge_broadcast(
            self.location.pk, "voice", [message], key=factories.key(), at=moment
        )

    def chats(
        self, direction: str, *, times: int = 1, has_image: bool = False, on: str | None = None
    ) -> ChargeResult:
        """Chat messages that were sent (outbound) or received (inbound)."""
        moment = at(on or self.today)
        messages = [
            factories.chat(direction, has_image=has_image, sent_at=moment) for _ in range(times)
        ]
        return charge_chat(self.location.pk, messages, key=factories.key(), at=moment)

    def buys(self, credits: int, *, on: str | None = None) -> None:
        """A bundle of additional credits."""
        key = factories.key()
        purchase(self.location.pk, credits, key=key, at=at(on or self.today), reference=f"PO {key}")

    # What the page says.

    @property
    def available(self) -> int:
        return self.available_on(self.today)

    def available_on(self, day: str) -> int:
        return renew_if_due(self.location.pk, at=at(day)).available

    @property
    def buckets(self) -> tuple[int, int]:
        """Contract credits and purchased credits."""
        return self.buckets_on(self.today)

    def buckets_on(self, day: str) -> tuple[int, int]:
        balance = renew_if_due(self.location.pk, at=at(day))
        return balance.contract_credits, balance.purchased_credits
