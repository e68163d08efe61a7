"""Tokens of the HTTP API: created, shown once, revoked, never edited."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.api import tokens
from ledger.models import ApiToken, Scope
from locations.admin.base import GuardedAdmin, render_page


class ApiTokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ, Scope.CHARGE],
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        required=False,
        min_value=1,
        max_value=tokens.MAX_DAYS,
        help_text=gettext_lazy(
            "After so many days it opens nothing. Empty: it stays until it is revoked."
        ),
    )

    class Meta:
        model = ApiToken
        fields = ("name", "location")
        widgets = {"name": AdminTextInputWidget}


@admin.register(ApiToken)
class ApiTokenAdmin(GuardedAdmin):
    form = ApiTokenForm
    list_display = (
        "name",
        "prefix",
        "location_column",
        "scopes_column",
        "state",
        "expires_at",
        "last_used_at",
    )
    list_select_related = ("location",)
    search_fields = ("name", "=prefix")
    autocomplete_fields = ("location",)
    actions = ("revoke",)
    display_fields = (
        "name",
        "prefix",
        "location_column",
        "scopes_column",
        "state",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.display_fields if obj else ("name", "location", "scopes", "days")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.display_fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # For the action of the list; the page of a token is read-only.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        created = tokens.create(
            form.cleaned_data["name"],
            at=timezone.now(),
            scopes=form.cleaned_data["scopes"],
            location=form.cleaned_data["location"],
            days=form.cleaned_data["days"],
        )
        obj.pk = created.token.pk
        obj.secret = created.secret

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        # The secret is only in this response: no message, session or log stores it.
        return render_page(
            request,
            "admin/ledger/apitoken/created.html",
            self.model,
            title=_("%(obj)s: its token") % {"obj": obj.name},
            token=ApiToken.objects.select_related("location").get(pk=obj.pk),
            secret=obj.secret,
        )

    @admin.action(description=gettext_lazy("Revoke the selected tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        in_use = list(queryset.filter(revoked_at__isnull=True))
        revoked = tokens.revoke([token.pk for token in in_use], at=timezone.now())
        for token in in_use:
            self.log_change(request, token, "Revoked.")
        message = ngettext(
            "Revoked %(count)s token: the next request with it is refused.",
            "Revoked %(count)s tokens: the next request with one is refused.",
            revoked,
        )
        self.message_user(request, message % {"count": revoked}, messages.SUCCESS)

    @admin.display(description=gettext_lazy("Location"), ordering="location__name")
    def location_column(self, token: ApiToken) -> str:
        return str(token.location) if token.location else _("all locations")

    @admin.display(description=gettext_lazy("Scopes"))
    def scopes_column(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @admin.display(description=gettext_lazy("State"))
    def state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return _("revoked")
        return _("expired") if token.is_expired(timezone.now()) else _("in force")
