"""Try a number: a form of the staff desk that rates without charging."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from ledger.engine.posting import BadInput
from ledger.reading.price_check import Tried, try_number
from locations.formatting.countries import country_name
from locations.models import CarrierType, Channel, Location


class TryForm(forms.Form):
    """The number is posted: it stands in no address and is not kept."""

    phone = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=32,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("E.164: + and digits, like +525512345678."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=Channel,
        widget=forms.RadioSelect,
        initial=Channel.TEXT,
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("How long the call lasts; of no text."),
    )
    carrier_type = forms.ChoiceField(
        label=gettext_lazy("Kind of line"),
        choices=[("", gettext_lazy("as the numbering metadata says")), *CarrierType.choices],
        required=False,
        help_text=gettext_lazy("Where the sender knows better."),
    )
    at = forms.SplitDateTimeField(
        label=gettext_lazy("Sent at (UTC)"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Empty: now. The card of the location's day then is used."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_call = cleaned.get("channel") == Channel.VOICE
        if is_call and cleaned.get("seconds") is None and "seconds" not in self.errors:
            self.add_error("seconds", _("Say how long the call lasts."))
        return cleaned


@sensitive_post_parameters("phone")
def try_view(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("locations.view_rate"):
        raise PermissionDenied
    location = Location.objects.select_related("account").filter(pk=pk).first()
    if location is None:
        raise Http404
    form: Any = TryForm(request.POST or None)
    tried: Tried | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            tried = try_number(
                location.pk,
                given["phone"].replace(" ", ""),
                given["channel"],
                seconds=given["seconds"],
                carrier_type=given["carrier_type"],
                at=given["at"] or timezone.now(),
            )
        except BadInput as bad:
            form.add_error(bad.field if bad.field in form.fields else None, bad.message)
    fieldsets = [(None, {"fields": list(form.fields)})]
    context = {
        **admin.site.each_context(request),
        "title": _("Try a number: %(location)s") % {"location": location},
        "subtitle": None,
        "opts": Location._meta,
        "location": location,
        "form": form,
        "adminform": AdminForm(form, fieldsets, {}),
        "tried": tried,
        "country": country_name(tried.rated.country) if tried else "",
        "carrier_type": dict(CarrierType.choices).get(tried.rated.carrier_type) if tried else "",
    }
    return TemplateResponse(request, "admin/ledger/try_number.html", context)
