from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from locations.models import User
from reports.form_fields import DAY_FIELD, DayRangeForm
from reports.models import Every, ReportFormat, ReportKind


class ReportForm(DayRangeForm):
    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind.choices)
    format = forms.ChoiceField(
        label=_("As"),
        choices=ReportFormat.choices,
        required=False,  # the default is a workbook
        initial=ReportFormat.XLSX,
    )
    first_on = forms.DateField(label=_("First day"), **DAY_FIELD)
    last_on = forms.DateField(label=_("Last day"), **DAY_FIELD)

    announce = forms.BooleanField(label=_("Mail me a link when it is ready"), required=False)

    def clean_format(self) -> str:
        return self.cleaned_data["format"] or ReportFormat.XLSX


class ScheduleForm(forms.Form):
    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind.choices)
    format = forms.ChoiceField(label=_("As"), choices=ReportFormat.choices)
    every = forms.ChoiceField(label=_("How often"), choices=Every.choices, initial=Every.MONTH)
    recipients = forms.ModelMultipleChoiceField(
        label=_("Mail the link to"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, *args: Any, readers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["recipients"].queryset = readers  # type: ignore[attr-defined]
