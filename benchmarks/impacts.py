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
# Texts and calls of 0 to 599 seconds to two countries, each location on each of 30 days.
FILL = """
    INSERT INTO ledger_internationalmessage (
           location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
           credits, contract_credits, sent_at, day, channel, country, carrier_type,
           carrier_source, rate_id, seconds, billed_seconds, status, status_detail, profile)
    SELECT l.id, n, n, 0, 'impact-' || n,
           CASE n %% 2 WHEN 0 THEN '+5222' ELSE '+336' END
               || lpad((hashint8(n) & 99999999)::text, 8, '0'), 'charged', '', 7, 7,
           d.day, d.day, CASE n %% 3 WHEN 0 THEN 'voice' ELSE 'text' END,
           CASE n %% 2 WHEN 0 THEN 'MX' ELSE 'FR' END, 'mobile', 'metadata', 1,
           CASE n %% 3 WHEN 0 THEN n %% 600 END, CASE n %% 3 WHEN 0 THEN 60 END,
           'delivered', '', '{{}}'
      FROM generate_series(1, {messages}) AS n
      JOIN (SELECT id, row_number() OVER () AS number FROM locations_location) l
        ON l.number = n %% {locations} + 1
      CROSS JOIN LATERAL (SELECT %(today)s::date - 1 - (n / {locations})::int %% 30 AS day) d
"""


def main() -> None:
    database.start_server()
    database.create()
    statement = FILL.format(messages=MESSAGES, locations=database.LOCATIONS)
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
    found = rate_card_impact.impact_of(card, at=TODAY)
    print(
        f"{found.total.messages:,} of {InternationalMessage.objects.count():,} messages of "
        f"{found.locations:,} locations in {time.monotonic() - began:.1f} s, "
        f"{time.process_time() - cpu:.1f} s of them CPU of the process; peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB; "
        f"{found.total.now:,} credits now, {found.total.then:,} then."
    )


if __name__ == "__main__":
    main()
