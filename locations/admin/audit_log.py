"""Who did what: the trail in one list, and of one object on its history page. Only to read."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from locations.admin.base import ReadOnlyAdmin, line_address, page_number
from locations.audit import log
from locations.models import User
from locations.models.audit import Change


class TrailForm(forms.Form):
    """What is looked for; staff alone can be chosen, for others change nothing here by hand."""

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
    moment = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [  # type: ignore[attr-defined]
            ("", _("anything")),
            *(
                (model._meta.label_lower, str(model._meta.verbose_name))
                for model in log.audited_models()
            ),
        ]

    def clean_moment(self) -> dt.datetime | None:
        text = self.cleaned_data["moment"]
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("No instant.")) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    def clean_q(self) -> str:
        text = str(self.cleaned_data["q"])
        if any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
            raise forms.ValidationError(_("A lone surrogate is no text."))
        return text

    def wanted(self) -> log.AuditFilters:
        given = self.cleaned_data
        return log.AuditFilters(
            by=given["by"].pk if given.get("by") else None,
            model=given.get("model") or "",
            text=given.get("q") or "",
            since=_midnight(given.get("since")),
            until=_midnight(given.get("until"), days=1),
            moment=given.get("moment"),
        )


def _midnight(day: dt.date | None, *, days: int = 0) -> dt.datetime | None:
    if day is None or day.year > 9000:
        return None
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), tzinfo=dt.UTC)


@admin.register(Change)
class TrailAdmin(ReadOnlyAdmin):
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TrailForm(request.GET or None)
        wanted = form.wanted() if form.is_valid() else log.AuditFilters()
        page = page_number(request.GET.get("p", ""))
        lines, more = log.read_entries(wanted, page=page)
        asked = request.GET.copy()
        asked.pop("p", None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who did what"),
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "lines": [(line, line_address(line)) for line in lines],
            "page": page,
            "more": more,
            "asked": asked.urlencode(),
            "is_asked": bool(asked),
        }
        return TemplateResponse(request, "admin/locations/change/list.html", context)
