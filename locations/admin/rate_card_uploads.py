"""Uploaded price lists: their columns, the preview and the draft."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.admin import rate_card_diff
from locations.admin.base import ReadOnlyAdmin, link, optional_column, render_page
from locations.admin.rate_card_upload_forms import ColumnsForm, UploadForm
from locations.admin.tables import UploadColumnTable
from locations.calendar import add_months
from locations.models import RateCardSeries, RateCardUpload, User
from locations.models.jobs import JobState
from locations.models.rate_card_uploads import WAITING
from locations.rate_cards import uploads
from locations.rate_cards.comparison import PriceChange, compare_rates, find_predecessor
from locations.rate_cards.importing import read_sample
from locations.rate_cards.parsing import MAX_BYTES, RateCardError
from locations.spreadsheets import Unreadable

LARGE = ("content", "prices", "problems")
MAX_SERIES = 200  # offered; any other can be typed


@admin.register(RateCardUpload)
class RateCardUploadAdmin(ReadOnlyAdmin):
    """The list has every file that came in; its own page is the preview."""

    list_display = (
        "preview_link",
        "effective_on",
        "state",
        "requested_by",
        "uploaded_at",
        "draft_link",
    )
    list_display_links = None
    list_select_related = ("requested_by", "card__series")
    search_fields = ("series_name", "file_name")
    fields = ("series_name", "effective_on", "file_name", "requested_by", "uploaded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RateCardUpload]:
        return super().get_queryset(request).defer(*LARGE)

    @admin.display(description=gettext_lazy("File"))
    def preview_link(self, upload: RateCardUpload) -> str:
        return link("locations_ratecardupload_preview", upload, upload.pk)

    @optional_column(gettext_lazy("Draft"), empty=gettext_lazy("not made"))
    def draft_link(self, upload: RateCardUpload) -> str | None:
        card = upload.card
        return link("locations_ratecard_change", card, card.pk) if card else None

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        name = "locations_ratecardupload"
        return [
            path("new/", view(self.upload), name=f"{name}_new"),
            path("<int:pk>/columns/", view(self.columns), name=f"{name}_columns"),
            path("<int:pk>/preview/", view(self.preview), name=f"{name}_preview"),
            path("<int:pk>/changes.csv", view(self.download), name=f"{name}_changes"),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        user = _importer(request)
        series = list(RateCardSeries.objects.order_by("-is_default", "name")[:MAX_SERIES])
        this_month = timezone.now().date().replace(day=1)
        form: Any = UploadForm(
            request.POST or None,
            request.FILES or None,
            initial={
                "series_name": series[0].name if series else "",
                "effective_on": add_months(this_month, 1),
            },
        )
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = uploads.create_upload(
                    file.read(MAX_BYTES + 1),
                    file_name=file.name,
                    series_name=form.cleaned_data["series_name"],
                    effective_on=form.cleaned_data["effective_on"],
                    requested_by=user,
                    clock=timezone.now,
                )
            except Unreadable as unreadable:
                form.add_error("file", str(unreadable))
            else:
                return self._next(upload)
        fieldsets = [(None, {"fields": list(form.fields)})]
        return render_page(
            request,
            "admin/locations/ratecardupload/new.html",
            RateCardUpload,
            title=_("Import a price list"),
            form=form,
            adminform=AdminForm(form, fieldsets, {}),
            series=series,
        )

    def columns(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each column means, with the first values of each beside it."""
        _importer(request)
        upload = self._upload(pk)
        if upload.applied_at is not None or upload.emptied_at is not None:
            return self._next(upload)
        rows = read_sample(bytes(upload.content))
        form = ColumnsForm(rows, uploads.get_columns(upload), request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                uploads.request_reading(upload, form.columns, clock=timezone.now)
            except RateCardError as error:
                self.message_user(request, str(error), messages.ERROR)
            upload.state = JobState.QUEUED
            return self._next(upload)
        return render_page(
            request,
            "admin/locations/ratecardupload/columns.html",
            RateCardUpload,
            title=_("Columns of %s") % upload.file_name,
            form=form,
            table=UploadColumnTable(form.role_fields),
            upload=upload,
        )

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every row as new, changed, removed, unchanged or in error; a POST makes the draft."""
        user = _importer(request)
        upload = self._upload(pk)
        if request.method == "POST":
            return self._apply(request, upload, user)
        if upload.state == WAITING and upload.emptied_at is None:
            return self._next(upload)
        changes = self._changes(upload)
        return render_page(
            request,
            "admin/locations/ratecardupload/preview.html",
            RateCardUpload,
            title=_("Preview: %s") % upload,
            upload=upload,
            before=find_predecessor(upload.series_name, upload.effective_on),
            can_apply=uploads.can_apply(upload),
            unshown=upload.problem_count - len({line for line, _reason in upload.problems}),
            **rate_card_diff.diff_context(request, changes),
        )

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rows of the preview that the address asks for, as CSV."""
        _importer(request)
        changes = rate_card_diff.filter_changes(request, self._changes(self._upload(pk)))
        return rate_card_diff.download_changes(changes, f"preview-{pk}.csv")

    def _changes(self, upload: RateCardUpload) -> list[PriceChange]:
        if not upload.is_ready or upload.emptied_at is not None:
            return []
        return compare_rates(
            uploads.get_rows(upload),
            find_predecessor(upload.series_name, upload.effective_on),
            uploads.get_problems(upload),
            rule=uploads.get_columns(upload).rule,
        )

    def _apply(self, request: HttpRequest, upload: RateCardUpload, user: User) -> HttpResponse:
        try:
            card = uploads.apply(upload, applied_by=user, at=timezone.now())
        except RateCardError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.log_addition(request, card, f"Made from the file {upload.file_name}.")
        self.message_user(request, _("%s is a draft now: look at it, then publish it.") % card)
        return HttpResponseRedirect(reverse("admin:locations_ratecard_change", args=[card.pk]))

    def _upload(self, pk: int) -> RateCardUpload:
        upload = RateCardUpload.objects.filter(pk=pk).select_related("card__series").first()
        if upload is None:
            raise Http404
        return upload

    def _next(self, upload: RateCardUpload) -> HttpResponse:
        page = "columns" if upload.state == WAITING else "preview"
        return HttpResponseRedirect(
            reverse(f"admin:locations_ratecardupload_{page}", args=[upload.pk])
        )


def _importer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("locations.add_ratecard"):
        raise PermissionDenied
    return user
