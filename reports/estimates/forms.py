import io
from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.engine.charge_requests import MAX_CALL_SECONDS
from ledger.engine.quotes import QuoteMessage
from ledger.models import Charge, ChargeKind
from locations.models import Channel
from locations.spreadsheets import TooLarge, Unreadable
from reports.estimates.estimate import repeat_messages
from reports.estimates.jobs import too_many
from reports.estimates.number_files import NoSuchColumn, check_size, parse_upload
from reports.estimates.number_lists import (
    SCREEN_LIMITS,
    NumberList,
    TooManyNumbers,
    parse_pasted,
    worker_limits,
)

MAX_PASTED = 3_000_000  # a hundred thousand numbers with spaces in them
MAX_HEADING = 120


class Source(models.TextChoices):
    PASTED = "paste", _("Paste numbers")
    FILE = "file", _("Upload a file")
    LAST = "last", _("Last broadcast")


class MessageChannel(models.TextChoices):
    TEXT = Channel.TEXT.value, _("Texts")
    VOICE = Channel.VOICE.value, _("Calls")


class EstimateForm(forms.Form):
    """`is_long` where it is too much for a web process: a worker prices `content`."""

    numbers = forms.CharField(
        label=_("Phone numbers"),
        max_length=MAX_PASTED,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("CSV or Excel file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    column = forms.CharField(
        label=_("Heading of the column with the numbers"),
        required=False,
        max_length=MAX_HEADING,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    without_plus = forms.BooleanField(
        label=_("They begin with the country code, without +"), required=False
    )
    channel = forms.ChoiceField(
        label=_("What would you send?"),
        choices=MessageChannel.choices,
        widget=forms.RadioSelect,
    )
    seconds = forms.IntegerField(
        label=_("Seconds of each call"),
        required=False,
        min_value=1,
        max_value=MAX_CALL_SECONDS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, source: str, last: Charge | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source, self.last = source, last
        self.listed = NumberList()
        self.is_long = False
        used = {Source.PASTED: ["numbers"], Source.FILE: ["file", "column"], Source.LAST: []}
        for name in ("numbers", "file", "column"):
            if name not in used[Source(source)]:
                del self.fields[name]
        if source == Source.LAST:
            del self.fields["without_plus"]

    @property
    def may_repeat_seconds(self) -> bool:
        return self.last is not None and self.last.kind == ChargeKind.VOICE

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for_calls = cleaned.get("channel") == MessageChannel.VOICE
        missing = cleaned.get("seconds") is None and "seconds" not in self.errors
        if for_calls and missing and not self.may_repeat_seconds:
            self.add_error("seconds", gettext("Say how long each call would be."))
        if self.source == Source.LAST:
            if self.last is None:
                raise ValidationError(gettext("This location has not sent a broadcast yet."))
        elif not self.errors:
            self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> None:
        field = "numbers" if self.source == Source.PASTED else "file"
        without_plus = cleaned["without_plus"]
        try:
            if field == "numbers":
                self.listed = parse_pasted(cleaned["numbers"], without_plus=without_plus)
            else:
                file, column = cleaned["file"], cleaned["column"]
                self.listed = parse_upload(file, column=column, without_plus=without_plus)
        except NoSuchColumn as unknown:
            self.listed.headings = unknown.headings
            self.add_error(field, str(unknown))
        except TooLarge:
            self._leave_to_worker(field)
        except Unreadable as unreadable:
            self.add_error(field, str(unreadable))
        except TooManyNumbers:
            self._leave_to_worker(field)
        else:
            if not self.listed.numbers:
                self.add_error(field, gettext("There is no number to estimate in it."))

    def _leave_to_worker(self, field: str) -> None:
        limits = worker_limits()
        if limits.numbers <= SCREEN_LIMITS.numbers:
            self.add_error(field, too_many())
            return
        if field == "file":
            file = self.cleaned_data["file"]
            file.seek(0)
            try:
                check_size(file.read(limits.file_bytes + 1), limits)
            except Unreadable as unreadable:
                self.add_error(field, str(unreadable))
                return
        self.is_long = True

    def content(self) -> IO[bytes]:
        if self.source == Source.PASTED:
            return io.BytesIO(self.cleaned_data["numbers"].encode())
        file: IO[bytes] = self.cleaned_data["file"]
        file.seek(0)
        return file

    def messages(self) -> list[QuoteMessage]:
        channel, seconds = self.cleaned_data["channel"], self.cleaned_data["seconds"]
        if self.last is not None:
            return repeat_messages(self.last, channel, seconds)
        each = seconds if channel == Channel.VOICE else None
        return [QuoteMessage(phone=number.phone, seconds=each) for number in self.listed.numbers]
