import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict

from ledger.engine.snapshots import snapshot_without_due
from locations.models import Account
from reports.account.filters import AccountFilter
from reports.account.rows import (
    account_balances,
    add_forecasts,
    add_summaries,
    add_usage,
    location_ids_due,
    location_rows,
)
from reports.account.tables import AccountTable
from reports.forecast.daily_rates import save_daily_rates

# Orders that need the summary or the usage of every location.
SUMMARY_ORDERS = ("renews", "state", "runs_out")
USAGE_ORDERS = ("used", "runs_out")


@dataclass(frozen=True, slots=True)
class AccountUsage:
    account: Account
    filter: AccountFilter
    table: AccountTable
    at: dt.datetime

    @property
    def is_filtered(self) -> bool:
        return any(self.filter.data.get(name) for name in ("q", "state"))

    @property
    def count(self) -> int:
        return len(self.table.data)


def read_account(
    account: Account, params: QueryDict, *, whole: bool = False, at: dt.datetime
) -> AccountUsage:
    """`whole` completes the rows of all pages, for a file."""
    order = params.get("sort", "")
    sorted_by = order.removeprefix("-")
    filter_ = AccountFilter(params, queryset=account_balances(account, at=at))
    with snapshot_without_due(lambda: location_ids_due(account, at=at), at=at):
        rows = location_rows(filter_.qs, at=at)
        if whole or filter_.chosen_state or sorted_by in SUMMARY_ORDERS:
            add_summaries(rows)
        if filter_.chosen_state:
            rows = [row for row in rows if row.state == filter_.chosen_state]
        all_used = whole or sorted_by in USAGE_ORDERS
        rates = add_usage(rows) if all_used else []
        if whole or sorted_by == "runs_out":
            add_forecasts(rows)
        table = AccountTable(rows, order=order, page=params.get("page", ""))
        listed = table.page_records
        add_summaries(listed)
        if not all_used:
            rates = add_usage(listed)
        add_forecasts(listed)
    if rates:
        save_daily_rates(rates)
    return AccountUsage(account, filter_, table, at)
