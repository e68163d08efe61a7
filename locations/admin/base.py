"""What the pages of the staff desk have in common, the ledger's and the reports' included."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, InternalError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from locations.audit import log
from locations.contracts.amendments import ContractRefused
from locations.db.errors import message_of
from locations.models import Location

MOST_LISTED = 10_000


class NewestPaginator(Paginator):
    """Counts no further than anybody pages: counting ten million rows takes seconds."""

    @cached_property
    def count(self) -> int:
        newest: Any = self.object_list[:MOST_LISTED]
        return int(newest.count())


class GuardedAdmin(admin.ModelAdmin):
    """Says what a guard of the database refused, should it come to that, instead of a 500."""

    list_per_page = 50
    show_full_result_count = False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._guarded(super().changeform_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._guarded(super().changelist_view, request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._guarded(super().delete_view, request, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the trail says of an object and of what belongs to it."""
        of = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, of):
            raise PermissionDenied
        if of is None:
            raise Http404
        page = page_number(request.GET.get("p", ""))
        lines, more = log.read_entries(log.AuditFilters(of=of), page=page)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": of},
            "subtitle": None,
            "opts": self.opts,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": of,
            "lines": [(line, line_address(line)) for line in lines],
            "page": page,
            "more": more,
            "asked": "",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/locations/change/history.html", context)

    def _guarded(
        self, view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ContractRefused as refused:
            words = " ".join(refused.messages)
        except (IntegrityError, InternalError) as error:
            if request.method != "POST":
                raise
            words = message_of(error)
        self.message_user(request, words, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(GuardedAdmin):
    """For what nobody adds, changes or deletes by hand."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LedgerAdmin(ReadOnlyAdmin):
    """For tables of millions of rows: newest first, no other order, no full count."""

    paginator = NewestPaginator
    ordering = ("-id",)
    sortable_by = ()

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        note = _("Newest first, at most %(most_listed)s; a location's page leads to its own") % {
            "most_listed": number_format(MOST_LISTED)
        }
        return super().changelist_view(request, {"subtitle": note})


def page_number(text: str) -> int:
    """Of a page that is asked for; the first where it is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 else 1


def line_address(line: log.AuditEntry) -> str:
    """The page of what a line of the trail is about, where it has one."""
    model: Any = line.model._meta.concrete_model
    if line.object_id is None or model not in admin.site._registry:
        return ""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return reverse(name, args=[line.object_id])


def replace(model: type[Model], by: type[admin.ModelAdmin]) -> None:
    """Let another app extend the page of a model: the new admin takes its place in the menu."""
    admin.site._registry[model] = by(model, admin.site)


def link(to: str, text: object, *args: object, query: str = "") -> str:
    """A link to a page of the desk: `locations_location_change` and the like."""
    return format_html('<a href="{}{}">{}</a>', reverse(f"admin:{to}", args=args), query, text)


def location_link(location: Location) -> str:
    return link("locations_location_change", location, location.pk)
