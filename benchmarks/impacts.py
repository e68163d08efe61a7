"""Time the impact of a draft card on a million messages: `python -m benchmarks.impacts`."""

import datetime as dt
import resource
import time

from django.db import connection

from benchmarks import database, large_ledger
from ledger.impact import rate_card_impact
from ledger.models import InternationalMessage
from locations.models import RateCard
from tests import factories

MESSAGES = 1_000_000
TODAY = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


def main() -> None:
    database.start_server()
    database.create()
    statement = large_ledger.read_sql("impact_messages").format(
        messages=MESSAGES, locations=database.LOCATIONS
    )
    with large_ledger.connect_without_triggers() as server:
        server.execute("SET synchronous_commit = off")
        server.execute(statement, {"today": TODAY.date()})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_internationalmessage")
    prefixes = [
        {"country": "MX", "carrier_type": "mobile", "channel": "voice", "prefix": f"522{n}",
         "credits": 10 + n}
        for n in range(100, 200)
    ]  # fmt: skip
    card: RateCard = factories.make_card(
        effective_on=dt.date(2027, 1, 1), published=False, prefixes=prefixes
    )
    began, cpu = time.monotonic(), time.process_time()
    result = rate_card_impact.calculate_impact(card, at=TODAY)
    print(
        f"{result.total.messages:,} of {InternationalMessage.objects.count():,} messages of "
        f"{result.locations:,} locations in {time.monotonic() - began:.1f} s, "
        f"{time.process_time() - cpu:.1f} s of them CPU of the process; peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB; "
        f"{result.total.now:,} credits now, {result.total.then:,} then."
    )


if __name__ == "__main__":
    main()
