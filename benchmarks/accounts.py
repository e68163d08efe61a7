"""Time the page of an account with 1,000 locations: `python -m benchmarks.accounts`."""

import argparse
import datetime as dt
import time
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import large_ledger
from benchmarks.page_timing import PageTiming, print_timings, time_page
from locations.known_terms import known_terms
from locations.models import Account, User
from redflag_credits.gc_freeze import freeze_loaded_objects
from reports.forecast.daily_rates import refresh_daily_rates
from reports.models import LocationDailyRate
from tests import factories

QUERIES = ("", "sort=-name", "sort=available", "sort=-used", "sort=runs_out", "sort=renews",
           "sort=state", "state=low", "q=Location+9", "sort=runs_out&page=20")  # fmt: skip
# Half of the locations have enough for a few days up to some hundred.
SPEND = """
    UPDATE ledger_balance SET contract_credits = 20 * (location_id % 400)
     WHERE location_id % 2 = 0
    """


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accounts", description=__doc__)
    parser.add_argument("--again", action="store_true", help="visit the ledger made last time")
    if large_ledger.prepare(reuse=parser.parse_args().again, with_messages=False):
        with large_ledger.connect_without_triggers() as server:
            server.execute(SPEND)
    client = Client()
    user = User.objects.filter(is_staff=True).first()
    client.force_login(user or factories.make_user(is_staff=True))
    account = Account.objects.get()
    url = reverse("account-usage", args=[account.pk])
    _age_daily_rates()
    begun = time.perf_counter()
    count = refresh_daily_rates(at=timezone.now())
    print(f"Made the daily rates of {count:,} locations in {time.perf_counter() - begun:.1f} s.")
    freeze_loaded_objects()

    def timing(page: str, url: str, before_visit: Callable[[], None] = lambda: None) -> PageTiming:
        return time_page(client, page, lambda: url, before_visit=before_visit)

    by_run_out = f"{url}?sort=runs_out"
    print_timings(
        [
            *(timing(query or "by name", f"{url}?{query}") for query in QUERIES),
            timing("sort=runs_out, first of a process", by_run_out, known_terms.clear),
            *(
                timing(file, f"{reverse(file, args=[account.pk])}?sort=runs_out")
                for file in ("account-csv", "account-xlsx")
            ),
        ]
    )
    _age_daily_rates()
    begun = time.perf_counter()
    client.get(by_run_out)
    print(f"After midnight, before the schedule: {time.perf_counter() - begun:.1f} s, once.")


def _age_daily_rates() -> None:
    LocationDailyRate.objects.update(day=timezone.now().date() - dt.timedelta(days=1))


if __name__ == "__main__":
    main()
