from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from locations.permissions import detail_readers
from reports.models import MAX_BELOW_CREDITS, MAX_BELOW_DAYS


class MembersField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, user: User) -> str:
        return f"{user.full_name} ({user.email})" if user.full_name else user.email


class AlertForm(forms.Form):
    is_on = forms.BooleanField(label=_("Warn us"), required=False)
    below_credits = forms.IntegerField(
        label=_("Fewer credits than"), required=False, min_value=1, max_value=MAX_BELOW_CREDITS
    )
    below_days = forms.IntegerField(
        label=_("Fewer days left than"), required=False, min_value=1, max_value=MAX_BELOW_DAYS
    )
    members = MembersField(
        label=_("Who gets the mail"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, location: Location, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = detail_readers(location)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("is_on") and not self.errors:
            if cleaned["below_credits"] is None and cleaned["below_days"] is None:
                self.add_error("below_credits", _("Say below how many credits, or how many days."))
            if not cleaned["members"]:
                self.add_error("members", _("Choose at least one person who gets the mail."))
        return cleaned
