"""Rate a message to a number without charging it."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from ledger.engine.posting import BadInput
from ledger.reading.price_check import PriceCheck, check_price
from locations.admin.base import render_page
from locations.formatting.countries import country_name
from locations.models import CarrierType, Channel, Location


class PriceCheckForm(forms.Form):
    """Always posted: the phone number must not be in a URL."""

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
@permission_required("locations.view_rate", raise_exception=True)
def price_check_view(request: HttpRequest, pk: int) -> HttpResponse:
    location = get_object_or_404(Location.objects.select_related("account"), pk=pk)
    form: Any = PriceCheckForm(request.POST or None)
    result: PriceCheck | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            result = check_price(
                location.pk,
                values["phone"].replace(" ", ""),
                values["channel"],
                seconds=values["seconds"],
                carrier_type=values["carrier_type"],
                at=values["at"] or timezone.now(),
            )
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    return render_page(
        request,
        "admin/ledger/try_number.html",
        Location,
        title=_("Try a number: %(location)s") % {"location": location},
        location=location,
        form=form,
        adminform=AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
        result=result,
        country=country_name(result.rated.country) if result else "",
        carrier_type=dict(CarrierType.choices).get(result.rated.carrier_type) if result else "",
    )
