"""Forms of Credit Usage."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChooserForm(forms.Form):
    """What to look for among many locations."""

    q = forms.CharField(
        label=_("Find a location"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
