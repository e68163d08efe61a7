"""Price lists from files: sent in, looked at row by row, made a draft."""

import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations import rate_cards
from locations.admin.lists import ReadOnlyAdmin, link
from locations.models import RateCardUpload, User
from locations.rate_card_changes import JUMP_PERCENT, Kind, compare, counts, in_force_before
from locations.rate_card_files import MAX_BYTES, BadRateCard, read_lines

ROWS_PER_PAGE = 200
JUMPS = "jumps"


class UploadForm(forms.Form):
    series_name = forms.CharField(
        label=gettext_lazy("Series"),
        max_length=80,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("Its name; a series that is not there yet is made with the draft."),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("Effective on"),
        widget=AdminDateWidget,
        help_text=gettext_lazy(
            "The first day whose messages the card prices, once it is published."
        ),
    )
    file = forms.FileField(
        help_text=gettext_lazy(
            "CSV in UTF-8 with the columns country, carrier_type, channel, prefix, credits "
            "and, for calls, first_seconds, following_seconds."
        )
    )

    def clean_series_name(self) -> str:
        name = str(self.cleaned_data["series_name"]).strip()
        if not name.isprintable():
            raise forms.ValidationError(_("A name is letters, digits and signs that can be seen."))
        return name

    def clean_file(self) -> Any:
        """Refuse what is no price list at all; single bad lines are shown in the preview."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("It is larger than %(max_bytes)s MiB.") % {"max_bytes": MAX_BYTES // 2**20}
            )
        try:
            read_lines(file)
        except BadRateCard as bad:
            raise forms.ValidationError([str(problem) for problem in bad.problems[:10]]) from bad
        file.seek(0)
        return file


@admin.register(RateCardUpload)
class RateCardUploadAdmin(ReadOnlyAdmin):
    """The list keeps every file that came in; its own page is the preview."""

    list_display = ("preview_link", "effective_on", "uploaded_by", "uploaded_at", "draft_link")
    list_display_links = None
    list_select_related = ("uploaded_by", "card__series")
    search_fields = ("series_name", "file_name")
    fields = ("series_name", "effective_on", "file_name", "uploaded_by", "uploaded_at")

    @admin.display(description=gettext_lazy("File"))
    def preview_link(self, upload: RateCardUpload) -> str:
        return link("locations_ratecardupload_preview", upload, upload.pk)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Draft"), empty_value=gettext_lazy("not made")
    )
    def draft_link(self, upload: RateCardUpload) -> str | None:
        card = upload.card
        return link("locations_ratecard_change", card, card.pk) if card else None

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.upload), name="locations_ratecardupload_new"),
            path("<int:pk>/preview/", view(self.preview), name="locations_ratecardupload_preview"),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        user = _importer(request)
        form: Any = UploadForm(
            request.POST or None,
            request.FILES or None,
            initial={"effective_on": timezone.now().date()},
        )
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            kept = RateCardUpload.objects.create(
                series_name=form.cleaned_data["series_name"],
                effective_on=form.cleaned_data["effective_on"],
                file_name=file.name[:200],
                content=file.read(),
                uploaded_by=user,
                uploaded_at=timezone.now(),
            )
            return HttpResponseRedirect(
                reverse("admin:locations_ratecardupload_preview", args=[kept.pk])
            )
        fieldsets = [(None, {"fields": list(form.fields)})]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a price list"),
            "opts": self.opts,
            "form": form,
            "adminform": AdminForm(form, fieldsets, {}),
        }
        return TemplateResponse(request, "admin/locations/ratecardupload/new.html", context)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every row as new, changed, removed, unchanged or in error; then a draft, if wanted."""
        user = _importer(request)
        upload = RateCardUpload.objects.filter(pk=pk).select_related("card__series").first()
        if upload is None:
            raise Http404
        if request.method == "POST":
            return self._apply(request, upload, user)
        lines, problems = read_lines(io.BytesIO(bytes(upload.content)))
        before = in_force_before(upload.series_name, upload.effective_on)
        changes = compare(lines, before, problems)
        number = counts(changes)
        jumping = [change for change in changes if change.jumps]
        asked = request.GET.get("show", "")
        shown = {
            **{kind.value: [c for c in changes if c.kind == kind] for kind in Kind},
            JUMPS: jumping,
        }.get(asked, changes)
        tabs = [("", _("All"), len(changes))]
        tabs += [(kind.value, str(kind.label), number[kind]) for kind in Kind if number[kind]]
        tabs += (
            [
                (
                    JUMPS,
                    _("Jumps over ±%(jump_percent)s %%") % {"jump_percent": JUMP_PERCENT},
                    len(jumping),
                )
            ]
            if jumping
            else []
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview: %(upload)s") % {"upload": upload},
            "subtitle": None,
            "opts": self.opts,
            "upload": upload,
            "before": before,
            "tabs": tabs,
            "asked": asked,
            "page": Paginator(shown, ROWS_PER_PAGE).get_page(request.GET.get("page")),
            "errors": number[Kind.ERROR],
            "can_apply": upload.applied_at is None and lines and not problems,
        }
        return TemplateResponse(request, "admin/locations/ratecardupload/preview.html", context)

    def _apply(self, request: HttpRequest, upload: RateCardUpload, user: User) -> HttpResponse:
        try:
            card = rate_cards.apply_upload(upload, applied_by=user, at=timezone.now())
        except rate_cards.RateCardError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.log_addition(request, card, f"Made from the file {upload.file_name}.")
        self.message_user(
            request, _("%(card)s is a draft now: look at it, then publish it.") % {"card": card}
        )
        return HttpResponseRedirect(reverse("admin:locations_ratecard_change", args=[card.pk]))


def _importer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("locations.add_ratecard"):
        raise PermissionDenied
    return user
