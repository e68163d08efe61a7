"""Second approvals, and the one queue of everything that waits for staff."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from ledger.admin.request_base import DecisionAdmin
from ledger.engine import reasons
from ledger.models import ApprovalRequest, EntryKind
from ledger.requests import approvals
from ledger.requests.queue import Waiting, What, row, waiting
from locations.admin.base import link
from locations.formatting import numbers

ROWS_PER_PAGE = 50
WORDS = {
    What.APPROVAL: _("Second person"),
    What.CORRECTION: _("Correction, asked by a manager"),
    What.CREDITS: _("Credits, asked by a manager"),
}


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(DecisionAdmin):
    """An entry above what one person posts; its queue has what managers ask for as well."""

    permission = "ledger.approve"
    meet = staticmethod(approvals.approve)
    decline = staticmethod(approvals.decline)
    meet_button = _("Approve: post it")
    met_words = _("Approved: the entry is posted, in both names.")
    answer_help = _("Whoever asked reads it on this page. Required to decline.")
    declined_words = _("Declined: nothing has moved. Your answer stands beside the request.")
    answer_label = _("Answer to whoever asked")

    list_display = (
        "waiting",
        "location_column",
        "kind",
        "credits_column",
        "reason_column",
        "requested_by",
        "state",
    )
    list_filter = ("state", "kind")
    list_select_related = ("location", "requested_by")
    search_fields = ("=location__name", "=reference")
    search_help_text = _("The name of a location, or a whole reference")
    fields = (
        "location_column",
        ("requested_by", "requested_at", "waiting"),
        ("kind", "credits_column", "bucket"),
        ("charge_column", "external_id"),
        ("contract", "term_starts_on"),
        "reason_column",
        "reference",
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "entry_column",
    )

    def get_urls(self) -> list[Any]:
        queue = self.admin_site.admin_view(self.queue)
        return [path("queue/", queue, name="ledger_approvalrequest_queue"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the lines that say nothing of this kind of entry."""
        unused = set()
        if obj is not None and obj.charge_id is None:
            unused.add(("charge_column", "external_id"))
        if obj is not None and obj.contract_id is None:
            unused.add(("contract", "term_starts_on"))
        return [line for line in super().get_fields(request, obj) if line not in unused]

    def what_meeting_does(self, asked: Any) -> str:
        if asked.kind in (EntryKind.PURCHASE, EntryKind.ADJUSTMENT):
            return str(
                _(
                    "Approving posts the entry as it was asked for, once, dated now, with the "
                    "names of whoever asked and of you."
                )
            )
        return str(
            _(
                "Approving posts what is left then to give back or to write off, once, dated now, "
                "with the names of whoever asked and of you."
            )
        )

    @admin.display(description=_("Credits"))
    def credits_column(self, asked: ApprovalRequest) -> str:
        return numbers.format_signed(asked.credits)

    @admin.display(description=_("Reason"))
    def reason_column(self, asked: ApprovalRequest) -> str:
        return reasons.describe_reason(asked.kind, asked.reason)

    @admin.display(description=_("Charge"))
    def charge_column(self, asked: ApprovalRequest) -> str:
        return link("ledger_charge_change", asked.charge, asked.charge_id)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=_("Entry"), empty_value=_("none")
    )
    def entry_column(self, asked: ApprovalRequest) -> str | None:
        if asked.entry is None:
            return None
        return link("ledger_entry_change", asked.entry, asked.entry_id)

    # --- The queue ---------------------------------------------------------------------------

    def queue(self, request: HttpRequest) -> HttpResponse:
        """Everything that waits, as far as this person may see it; four queries at most."""
        mine = [what for what in What if request.user.has_perm(f"ledger.view_{what.value}")]
        if not mine:
            raise PermissionDenied
        asked = request.GET.get("show", "")
        named = request.GET.get("q", "").strip()[:120]
        shown = [what for what in mine if what.value == asked] or mine
        page = Paginator(waiting(shown, named=named), ROWS_PER_PAGE).get_page(
            request.GET.get("page")
        )
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": _("What waits for a decision"),
            "subtitle": None,
            "opts": self.opts,
            "tabs": [("", _("All")), *((what.value, WORDS[what]) for what in mine)],
            "asked": asked if len(shown) == 1 else "",
            "named": named,
            "page": page,
            "lines": [_line(row(found), now, request.user.pk) for found in page.object_list],
        }
        return TemplateResponse(request, "admin/ledger/queue.html", context)


def _line(waits: Waiting, now: Any, reader: Any) -> dict[str, Any]:
    return {
        "age": timesince(waits.requested_at, now),
        "requested_at": waits.requested_at,
        "address": reverse(f"admin:ledger_{waits.what.value}_change", args=[waits.pk]),
        "what": WORDS[waits.what],
        "kind": EntryKind(waits.kind),
        "location": link("locations_location_change", waits.location, waits.location_id),
        "credits": numbers.format_signed(waits.credits),
        "amount": number_format(waits.credits),
        "who": waits.requested_by,
        "is_own": waits.requested_by_id == reader,
        "said": waits.said,
    }
