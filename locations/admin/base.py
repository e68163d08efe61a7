"""Base classes and functions of the staff admin, for all three apps."""

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
from django.utils.translation import gettext_lazy

from locations.admin.tables import AuditLogTable
from locations.audit import log
from locations.contracts.amendments import ContractRefused
from locations.db.errors import get_error_message

MAX_LISTED = 10_000


class NewestPaginator(Paginator):
    """Stop counting at MAX_LISTED: counting ten million rows takes seconds."""

    @cached_property
    def count(self) -> int:
        newest: Any = self.object_list[:MAX_LISTED]
        return int(newest.count())


class GuardedAdmin(admin.ModelAdmin):
    """Show what a constraint or trigger refused as a message instead of a 500."""

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
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        return render_page(
            request,
            "admin/locations/change/history.html",
            self.model,
            title=_("History: %(object)s") % {"object": obj},
            module_name=str(capfirst(self.opts.verbose_name_plural)),
            object=obj,
            **audit_log_context(request, log.AuditFilters(target=obj)),
            **(extra_context or {}),
        )

    def _guarded(
        self, view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ContractRefused as error:
            message = " ".join(error.messages)
        except (IntegrityError, InternalError) as error:
            if request.method != "POST":
                raise
            message = get_error_message(error)
        self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(GuardedAdmin):
    """For models that no one adds to, changes or deletes by hand."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Location"), ordering="location__name")
    def location_column(self, obj: Any) -> str:
        return link("locations_location_change", obj.location, obj.location_id)


class LedgerAdmin(ReadOnlyAdmin):
    """For tables of millions of rows: newest first, no other order, no full count."""

    paginator = NewestPaginator
    ordering = ("-id",)
    sortable_by = ()

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        note = _("Newest first, at most %(most_listed)s; a location's page leads to its own") % {
            "most_listed": number_format(MAX_LISTED)
        }
        return super().changelist_view(request, {"subtitle": note})


def optional_column(description: Any, *, empty: Any) -> Callable[..., Any]:
    """`admin.display` with lazy texts, which its type does not admit but which work."""
    return admin.display(description=description, empty_value=empty)


def render_page(
    request: HttpRequest, template: str, model: type[Model], *, title: object, **context: Any
) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "subtitle": None,
        "opts": model._meta,
        **context,
    }
    return TemplateResponse(request, template, context)


def parse_id(text: str) -> int | None:
    """A primary key from the query string; None if it is not a bigint."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def audit_log_context(request: HttpRequest, filters: log.AuditFilters) -> dict[str, Any]:
    """One page of the audit log, for `admin/locations/change/_entries.html`."""
    text = request.GET.get("p", "")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    entries, has_more = log.read_entries(filters, page=page)
    query = request.GET.copy()
    query.pop("p", None)
    return {
        "table": AuditLogTable(entries),
        "page": page,
        "has_more": has_more,
        "query": query.urlencode(),
    }


def replace_admin(model: type[Model], admin_class: type[admin.ModelAdmin]) -> None:
    """Extend another app's admin; the model keeps its position in the menu."""
    admin.site._registry[model] = admin_class(model, admin.site)


def link(page: str, text: object, *args: object, query: str = "") -> str:
    """A link to an admin page by its URL name, like `locations_location_change`."""
    return format_html('<a href="{}{}">{}</a>', reverse(f"admin:{page}", args=args), query, text)
