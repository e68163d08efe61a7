"""The audit log: all of it, searchable; the log of one object is its history page."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from locations.admin.base import ReadOnlyAdmin, audit_log_context, render_page
from locations.audit import log
from locations.models import User
from locations.models.audit import Change


class AuditLogFilterForm(forms.Form):
    q = forms.CharField(
        label=pgettext_lazy("what is searched for", "Text"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("In any value, old or new: a name, a reference, a number."),
    )
    by = forms.ModelChoiceField(
        label=gettext_lazy("By"),
        queryset=User.objects.filter(is_staff=True),
        required=False,
        empty_label=gettext_lazy("anybody"),
    )
    model = forms.ChoiceField(label=gettext_lazy("Of"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=AdminDateWidget)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=AdminDateWidget)
    recorded_at = forms.DateTimeField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": gettext_lazy("No instant.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [  # type: ignore[attr-defined]
            ("", _("anything")),
            *(
                (model._meta.label_lower, str(model._meta.verbose_name))
                for model in log.audited_models()
            ),
        ]

    def clean_q(self) -> str:
        text = str(self.cleaned_data["q"])
        if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise forms.ValidationError(_("A lone surrogate is no text."))
        return text

    def filters(self) -> log.AuditFilters:
        values = self.cleaned_data
        return log.AuditFilters(
            by=values["by"].pk if values["by"] else None,
            model=values["model"],
            text=values["q"],
            since=_midnight(values["since"]),
            until=_midnight(values["until"], days=1),
            recorded_at=values["recorded_at"],
        )


def _midnight(day: dt.date | None, *, days: int = 0) -> dt.datetime | None:
    if day is None or day.year > 9000:
        return None
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), tzinfo=dt.UTC)


@admin.register(Change)
class AuditLogAdmin(ReadOnlyAdmin):
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = AuditLogFilterForm(request.GET or None)
        return render_page(
            request,
            "admin/locations/change/list.html",
            self.model,
            title=_("Who did what"),
            form=form,
            **audit_log_context(request, form.filters() if form.is_valid() else log.AuditFilters()),
        )
