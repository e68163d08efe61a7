import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from ledger.models import RenewalFailure
from ledger.reading.renewal_overview import Preview
from locations.admin.tables import StaffTable, TextColumn
from locations.models import Location


class WideTable(StaffTable):
    container_class = "wide-table"


class QueueTable(WideTable):
    age = TextColumn(_("Age"))
    kind = TextColumn(_("What"))
    location = TextColumn(_("Location"))
    credits = tables.Column(verbose_name=_("Credits"))
    requested_by = TextColumn(_("Asked by"))
    text = TextColumn(_("In their words"))

    caption = _("Open requests, the oldest first")
    row_template = "admin/ledger/_queue_row.html"


class OverdueTable(WideTable):
    location = TextColumn(_("Location"))
    due_on = TextColumn(_("Due on"))
    error = TextColumn(_("Why"), accessor="balance__location_id")
    lapses = tables.Column(verbose_name=_("Lapses"))
    granted = tables.Column(verbose_name=_("Comes in"))
    run = TextColumn(_("By hand"))

    row_template = "admin/ledger/_overdue_row.html"

    def __init__(
        self,
        previews: Sequence[Preview],
        failures: Sequence[RenewalFailure],
        *,
        at: dt.datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(previews, **kwargs)
        self.at = at
        self.errors = {each.location_id: each.error for each in failures if not each.resolved_at}

    def render_error(self, value: int) -> str:
        return self.errors.get(value, "")


class UpcomingTable(WideTable):
    location = TextColumn(_("Location"))
    renews_on = TextColumn(_("Renews on"))
    before = tables.Column(verbose_name=_("Balance now"))
    lapses = tables.Column(verbose_name=_("Lapses"))
    granted = tables.Column(verbose_name=_("Comes in"))
    written_off = tables.Column(verbose_name=_("Written off"))
    after = tables.Column(verbose_name=_("Balance after"))

    row_template = "admin/ledger/_upcoming_row.html"


class FailureTable(WideTable):
    location = TextColumn(_("Location"))
    error = TextColumn(_("Error of the last try"))
    attempts = tables.Column(verbose_name=_("Tries"))
    failed_at = TextColumn(_("First, last (UTC)"))
    state = TextColumn(_("Now"))

    row_template = "admin/ledger/_failure_row.html"


class CompletedTable(WideTable):
    location = TextColumn(_("Location"))
    day = TextColumn(_("Day"))
    recorded_at = TextColumn(_("Recorded (UTC)"))
    lapsed = tables.Column(verbose_name=_("Lapsed"))
    granted = tables.Column(verbose_name=_("Came in"))
    written_off = tables.Column(verbose_name=_("Written off"))

    late_after = dt.timedelta(hours=1)  # the task runs every ten minutes
    row_template = "admin/ledger/_completed_row.html"


class LastEntryTable(WideTable):
    number = TextColumn(_("No."))
    day = TextColumn(_("Day"))
    kind = TextColumn(_("What"))
    credits = tables.Column(verbose_name=_("Credits"))
    balance_after = tables.Column(verbose_name=_("Balance after"))
    created_by = TextColumn(_("Made by"))

    row_template = "admin/ledger/_entry_row.html"


class BucketRow(NamedTuple):
    """`after` is None where there is no dry run."""

    bucket: str
    before: int
    after: int | None = None


class BucketTable(StaffTable):
    bucket = tables.Column()
    before = tables.Column(verbose_name=_("Now"))
    after = tables.Column(verbose_name=_("After"))

    css_class = "figures"
    row_template = "admin/ledger/entry/_bucket_row.html"

    def __init__(self, rows: Sequence[BucketRow], location: Location) -> None:
        super().__init__(rows, exclude=() if rows[0].after is not None else ("after",))
        self.columns["bucket"].column.verbose_name = _("Credits of %(location)s") % {
            "location": location
        }


class SumsTable(StaffTable):
    name = TextColumn()
    messages = tables.Column(verbose_name=_("Messages"))
    now = tables.Column(verbose_name=_("Credits now"))
    then = tables.Column(verbose_name=_("Then"))
    more = tables.Column(verbose_name=_("More"))

    row_template = "admin/locations/ratecard/_sums_row.html"


class CountrySumsTable(SumsTable):
    name = TextColumn(_("Last 30 days"))

    caption = _("Credits of the last 30 days")
    css_class = "figures impact"


class LocationSumsTable(SumsTable):
    name = TextColumn(_("Location"))

    caption = _("The ten locations whose credits rise most")
    css_class = "figures impact listed"


class RunOutTable(StaffTable):
    location = TextColumn(_("Location"))
    available = tables.Column(verbose_name=_("Available"))
    out_on = tables.Column(verbose_name=_("Runs out on"))
    renews_on = tables.Column(verbose_name=_("Renews on"))

    caption = _("Locations that would run out")
    css_class = "figures impact listed"
    row_template = "admin/locations/ratecard/_run_out_row.html"
