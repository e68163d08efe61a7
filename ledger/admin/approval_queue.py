"""Approval requests, and the queue of open requests of all kinds."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from ledger.admin.request_base import DecisionAdmin
from ledger.admin.tables import QueueTable
from ledger.engine import reasons
from ledger.models import ApprovalRequest, EntryKind
from ledger.requests import approvals
from ledger.requests.queue import RequestType, parse_row, pending_requests
from locations.admin.base import link, optional_column, render_page
from locations.formatting import numbers

PAGE_SIZE = 50


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(DecisionAdmin):
    permission = "ledger.approve"
    approve = staticmethod(approvals.approve)
    decline = staticmethod(approvals.decline)
    approve_button = _("Approve: post it")
    approved_message = _("Approved: the entry is posted, in both names.")
    answer_help = _("Whoever asked reads it on this page. Required to decline.")
    declined_message = _("Declined: nothing has moved. Your answer stands beside the request.")
    answer_label = _("Answer to whoever asked")

    list_display = (
        "age",
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
        ("requested_by", "requested_at", "age"),
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
        # Leave out what this kind of entry does not have.
        unused = set()
        if obj is not None and obj.charge_id is None:
            unused.add(("charge_column", "external_id"))
        if obj is not None and obj.contract_id is None:
            unused.add(("contract", "term_starts_on"))
        return [field for field in super().get_fields(request, obj) if field not in unused]

    def describe_approval(self, obj: Any) -> Any:
        if obj.kind in (EntryKind.PURCHASE, EntryKind.ADJUSTMENT):
            return _(
                "Approving posts the entry as it was asked for, once, dated now, with the "
                "names of whoever asked and of you."
            )
        return _(
            "Approving posts what is left then to give back or to write off, once, dated now, "
            "with the names of whoever asked and of you."
        )

    @admin.display(description=_("Credits"))
    def credits_column(self, obj: ApprovalRequest) -> str:
        return numbers.format_signed(obj.credits)

    @admin.display(description=_("Reason"))
    def reason_column(self, obj: ApprovalRequest) -> str:
        return reasons.describe_reason(obj.kind, obj.reason)

    @admin.display(description=_("Charge"))
    def charge_column(self, obj: ApprovalRequest) -> str:
        return link("ledger_charge_change", obj.charge, obj.charge_id)

    @optional_column(_("Entry"), empty=_("none"))
    def entry_column(self, obj: ApprovalRequest) -> str | None:
        if obj.entry is None:
            return None
        return link("ledger_entry_change", obj.entry, obj.entry_id)

    def queue(self, request: HttpRequest) -> HttpResponse:
        visible = [type_ for type_ in RequestType if _can_view(request, type_)]
        if not visible:
            raise PermissionDenied
        show = request.GET.get("show", "")
        location_name = request.GET.get("q", "").strip()[:120]
        selected = [type_ for type_ in visible if type_.value == show] or visible
        rows = pending_requests(selected, location_name=location_name)
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        return render_page(
            request,
            "admin/ledger/queue.html",
            self.model,
            title=_("What waits for a decision"),
            tabs=[("", _("All")), *((type_.value, type_.label) for type_ in visible)],
            show=show if len(selected) == 1 else "",
            location_name=location_name,
            page=page,
            table=QueueTable([parse_row(row) for row in page.object_list]),
        )


def _can_view(request: HttpRequest, type_: RequestType) -> bool:
    return request.user.has_perm(f"ledger.view_{type_.value}")
