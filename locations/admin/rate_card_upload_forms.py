"""Forms of the rate card import: the file, and what its columns mean."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.models import CarrierType, Channel
from locations.rate_cards.columns import BOTH, ColumnMapping, ColumnRole, MergeRule
from locations.rate_cards.importing import LIMITS
from locations.rate_cards.parsing import MAX_BYTES
from locations.spreadsheets import column_name

SAMPLES = 3  # values shown of each column


def _file_help_text() -> str:
    return gettext(
        "CSV or XLSX, up to %(megabytes)s MB and %(rows)s rows: one price a row, or one "
        "country a row with a column for each kind of price; countries as codes or English "
        "names. Credits are per text, and per minute of a call: 61 s at 12 per minute, "
        "increments 60/60, costs 24."
    ) % {"megabytes": MAX_BYTES // 2**20, "rows": f"{LIMITS.rows:,}"}


class UploadForm(forms.Form):
    series_name = forms.CharField(
        label=_("Series"),
        max_length=80,
        widget=AdminTextInputWidget(attrs={"list": "series-known"}),
        help_text=_("Its name; a series that is not there yet is made with the draft."),
    )
    effective_on = forms.DateField(
        label=_("Effective on"),
        widget=AdminDateWidget,
        help_text=_("The first day whose messages the card prices, once it is published."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"data-drop": "", "accept": ".csv,.xlsx,.txt"}),
        help_text=lazy(_file_help_text, str)(),
    )

    def clean_series_name(self) -> str:
        name = str(self.cleaned_data["series_name"]).strip()
        if not name.isprintable():
            raise forms.ValidationError(
                gettext("A name is letters, digits and signs that can be seen.")
            )
        return name


class ColumnsForm(forms.Form):
    """A role for each column of the file, and what no column says."""

    heading_line = forms.IntegerField(
        label=_("Headings stand in line"), min_value=0, max_value=LIMITS.rows,
        help_text=_("0: there are none."),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("Credits are for"),
        required=False,
        choices=[("", _("what a column says")), *Channel.choices],
    )
    carrier_type = forms.ChoiceField(
        label=_("Kind of line"),
        required=False,
        choices=[
            ("", _("what a column says")),
            *CarrierType.choices,
            (BOTH, _("Mobile and landline alike")),
        ],
    )
    rule = forms.ChoiceField(
        label=_("Of several prices for one destination, take"),
        required=False,
        choices=MergeRule.choices,
        help_text=_(
            "A list with a row for each operator has several: of 3, 5, 6 and 9 the median is 6 "
            "(5.5, rounded up), the dearest 9."
        ),
    )

    def __init__(
        self,
        rows: Sequence[tuple[int, list[str]]],
        columns: ColumnMapping,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        saved = columns.to_json()
        initial = {name: saved[name] for name in ("channel", "carrier_type", "rule")}
        kwargs["initial"] = {**initial, "heading_line": columns.heading_line}
        super().__init__(*args, **kwargs)
        width = max(len(cells) for _line, cells in rows)
        headings = next((cells for line, cells in rows if line == columns.heading_line), [])
        body = [cells for line, cells in rows if line > columns.heading_line]
        self.samples: list[str] = []
        for index in range(width):
            heading = headings[index].strip() if index < len(headings) else ""
            values = [cells[index] for cells in body if index < len(cells) and cells[index].strip()]
            self.samples.append(", ".join(_short(value) for value in values[:SAMPLES]))
            self.fields[f"role_{index}"] = forms.ChoiceField(
                label=_short(heading) or column_name(index),
                required=False,
                choices=[("", _("Not used")), *ColumnRole.choices],
                initial=columns.roles[index] if index < len(columns.roles) else "",
            )
        self.width = width

    @property
    def role_fields(self) -> list[dict[str, Any]]:
        return [
            {"field": self[f"role_{index}"], "samples": samples}
            for index, samples in enumerate(self.samples)
        ]

    @property
    def other_fields(self) -> list[Any]:
        return [self[name] for name in ("heading_line", "channel", "carrier_type", "rule")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for message in self.columns.find_problems():
                self.add_error(None, message)
        return cleaned

    @property
    def columns(self) -> ColumnMapping:
        values = self.cleaned_data
        return ColumnMapping(
            roles=tuple(values[f"role_{index}"] for index in range(self.width)),
            heading_line=values["heading_line"],
            channel=values["channel"],
            carrier_type=values["carrier_type"],
            rule=values["rule"],
        )


def _short(text: str) -> str:
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return text if len(text) <= 40 else text[:40] + "…"
