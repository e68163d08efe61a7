"""Accounts, locations and their chat inboxes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from locations.admin.base import GuardedAdmin, link, optional_column
from locations.admin.panels import location_panels
from locations.formatting import numbers
from locations.models import Account, ChatInbox, Contract, Location
from locations.models.locations import time_zones, validate_time_zone
from locations.models.users import DETAIL_ROLES

MAX_INLINE_ROWS = 50


class ReadOnlyInline(admin.TabularInline):
    can_delete = False
    show_change_link = True
    extra = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LocationInline(ReadOnlyInline):
    model = Location
    fields = ("name", "time_zone")


@admin.register(Account)
class AccountAdmin(GuardedAdmin):
    list_display = ("name", "locations_column")
    search_fields = ("name",)
    inlines = (LocationInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).annotate(location_count=Count("locations"))

    def get_inlines(self, request: HttpRequest, obj: Account | None) -> Any:
        # The page links to the list of its locations; here only if they are few.
        is_small = obj is not None and obj.locations.count() <= MAX_INLINE_ROWS
        return self.inlines if is_small else ()

    def get_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:
        return ("name", "locations_column") if obj else ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:
        return ("locations_column",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (
            obj is None or not obj.locations.exists()
        )

    @admin.display(description=_("Locations"), ordering="location_count")
    def locations_column(self, account: Any) -> str:
        return link(
            "locations_location_changelist",
            number_format(account.location_count),
            query=f"?account__id__exact={account.pk}",
        )


class TimeZoneInput(forms.TextInput):
    """A text input with the names of all time zones to complete from."""

    template_name = "locations/widgets/time_zone.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": "time-zones"})
        context["widget"]["time_zones"] = time_zones()
        return context


class LocationForm(forms.ModelForm):
    time_zone = forms.CharField(
        label=_("Time zone"),
        widget=TimeZoneInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 40}),
        validators=[validate_time_zone],
        initial="UTC",
        help_text=_(
            "Its days and renewals begin at midnight there. A change cuts days anew from "
            "then on; days that are past stay as they were."
        ),
    )

    masked_roles = forms.MultipleChoiceField(
        choices=[(role.value, role.label) for role in DETAIL_ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Masked phone numbers for"),
        help_text=Location._meta.get_field("masked_roles").help_text,
    )

    class Meta:
        model = Location
        fields = ("account", "name", "time_zone", "profile_fields", "masked_roles")
        widgets = {"profile_fields": forms.TextInput(attrs={"class": "vLargeTextField"})}


class ChatInboxInline(admin.TabularInline):
    model = ChatInbox
    extra = 0
    can_delete = False  # their messages name them
    verbose_name_plural = _("chat inboxes")


class ContractInline(ReadOnlyInline):
    model = Contract
    fields = (
        "starts_on",
        "ends_on",
        "term_months",
        "included_credits",
        "overdraft_limit",
        "rate_card_series",
        "reference",
    )
    ordering = ("-starts_on",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        return super().get_queryset(request).select_related("rate_card_series", "location")


@admin.register(Location)
class LocationAdmin(GuardedAdmin):
    form = LocationForm
    list_display = ("name", "account", "time_zone", "credits", "current_contract", "usage_page")
    list_select_related = ("account", "balance")
    search_fields = ("name", "account__name")
    autocomplete_fields = ("account",)
    readonly_fields = ("credits", "current_contract")
    inlines = (ContractInline, ChatInboxInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Location]:
        return super().get_queryset(request).prefetch_related("contracts")

    def get_fieldsets(self, request: HttpRequest, obj: Location | None = None) -> Any:
        fields = ("account", "name", "time_zone", "profile_fields", "masked_roles")
        if obj is None:
            return ((None, {"fields": fields}),)
        return ((None, {"fields": (("credits", "current_contract"), *fields)}),)

    def get_inlines(self, request: HttpRequest, obj: Location | None) -> Any:
        return self.inlines if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        location = kwargs["obj"]
        if location is not None and self.has_view_permission(request, location):
            context["panels"] = location_panels(request, location)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Location | None = None) -> bool:
        # Its entries stay. End its contract and its memberships instead.
        return False

    @admin.display(description=_("Credits"))
    def credits(self, location: Location) -> str:
        balance = getattr(location, "balance", None)
        return numbers.format_credits(balance.total) if balance else "0"

    @optional_column(_("Contract today"), empty=_("none"))
    def current_contract(self, location: Location) -> str | None:
        today = timezone.now().astimezone(location.zone).date()
        for contract in location.contracts.all():
            if contract.starts_on <= today and (not contract.ends_on or today < contract.ends_on):
                return ngettext(
                    "%(credits)s every month",
                    "%(credits)s every %(n)s months",
                    contract.term_months,
                ) % {"credits": number_format(contract.included_credits), "n": contract.term_months}
        return None

    @admin.display(description=_("Page"))
    def usage_page(self, location: Location) -> str:
        url = reverse("credit-usage", args=[location.pk])
        return format_html('<a href="{}">{}</a>', url, _("Credit Usage"))


@admin.register(ChatInbox)
class ChatInboxAdmin(GuardedAdmin):
    list_display = ("name", "location")
    list_select_related = ("location",)
    search_fields = ("name", "location__name")
    autocomplete_fields = ("location",)

    def get_readonly_fields(self, request: HttpRequest, obj: ChatInbox | None = None) -> Any:
        return ("location",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ChatInbox | None = None) -> bool:
        # Its messages stay and name it.
        return False
