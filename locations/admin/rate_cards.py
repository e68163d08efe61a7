"""Rate cards and their series; their prices are in `rates`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from locations.admin.base import GuardedAdmin, link
from locations.admin.rate_card_compare import compare_view, download_view
from locations.downloads import CSV, XLSX, download
from locations.models import CardState, RateCard, RateCardSeries
from locations.rate_cards import exports, publishing


@admin.register(RateCardSeries)
class RateCardSeriesAdmin(GuardedAdmin):
    list_display = ("name", "is_default", "cards_column")
    search_fields = ("name",)
    fields = ("name", "is_default")
    readonly_fields = ("is_default",)
    actions = ("make_default",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RateCardSeries]:
        return super().get_queryset(request).annotate(card_count=Count("cards"))

    def has_delete_permission(
        self, request: HttpRequest, obj: RateCardSeries | None = None
    ) -> bool:
        return super().has_delete_permission(request, obj) and (
            obj is None or not (obj.is_default or obj.cards.exists())
        )

    @admin.display(description=gettext_lazy("Cards"), ordering="card_count")
    def cards_column(self, series: Any) -> str:
        return link(
            "locations_ratecard_changelist",
            number_format(series.card_count),
            query=f"?series__id__exact={series.pk}",
        )

    @admin.action(
        description=gettext_lazy("Make the selected series the default one"), permissions=["change"]
    )
    def make_default(self, request: HttpRequest, queryset: QuerySet[RateCardSeries]) -> None:
        if len(queryset) != 1:
            self.message_user(request, _("Choose one series."), messages.ERROR)
            return
        (series,) = queryset
        publishing.make_default(series)
        self.log_change(request, series, "Made the default series.")
        message = _("%(series)s now prices every location whose contract names no series.")
        self.message_user(request, message % {"series": series})


class RateCardStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in CardState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(state_now=self.value()) if self.value() else None


class RateCardForm(forms.ModelForm):
    class Meta:
        model = RateCard
        fields = ("series", "effective_on", "chat_sms_credits", "chat_mms_credits")
        labels = {
            "chat_sms_credits": gettext_lazy("SMS credits"),
            "chat_mms_credits": gettext_lazy("MMS credits"),
        }
        help_texts = {
            "effective_on": gettext_lazy(
                "Prices messages sent on this day and later, in their location's time "
                "zone, until a later card of the series takes over."
            )
        }


@admin.register(RateCard)
class RateCardAdmin(GuardedAdmin):
    form = RateCardForm
    list_display = ("series", "effective_on", "state", "prices", "published_at")
    list_display_links = ("series", "effective_on")
    list_filter = (RateCardStateFilter, "series")
    list_select_related = ("series",)
    search_fields = ("series__name",)
    date_hierarchy = "effective_on"
    autocomplete_fields = ("series",)
    readonly_fields = ("state", "prices", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RateCard]:
        cards: Any = super().get_queryset(request)
        today = timezone.now().date()
        return cards.with_states(today).annotate(price_count=Count("rates"))

    def get_fieldsets(self, request: HttpRequest, obj: RateCard | None = None) -> Any:
        chat = (
            _("Chat"),
            {
                "fields": (("chat_sms_credits", "chat_mms_credits"),),
                "description": _(
                    "Each chat message, sent or received; one with an image is an MMS."
                ),
            },
        )
        if obj is None:
            intro = {
                "fields": ("series", "effective_on"),
                "description": _(
                    "A whole price list comes in by “Import a price list”; here you "
                    "start an empty draft."
                ),
            }
            return ((None, intro), chat)
        fields = (("state", "published_at"), "series", "effective_on", "prices")
        return ((None, {"fields": fields}), chat)

    def has_change_permission(self, request: HttpRequest, obj: RateCard | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: RateCard | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # The number of prices: listing all 633 of them helps no one.
        cards = list(objs)
        names = []
        for card in cards:
            count = card.rates.count()
            name = ngettext("%(card)s: %(count)s price", "%(card)s: %(count)s prices", count)
            names.append(name % {"card": card, "count": number_format(count)})
        published = [str(card) for card in cards if card.is_published]
        return names, {RateCard._meta.verbose_name_plural: len(cards)}, set(), published

    @admin.display(description=gettext_lazy("State"))
    def state(self, card: Any) -> str:
        return str(CardState(card.state_now).label)

    @admin.display(description=gettext_lazy("Prices"))
    def prices(self, card: Any) -> str:
        count = number_format(card.price_count)
        text = count if card.is_published else _("%(count)s, to see and edit") % {"count": count}
        return link("locations_rate_changelist", text, query=f"?card__id__exact={card.pk}")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/draft/", view(self.draft_from), name="locations_ratecard_draft"),
            path(
                "<int:pk>/prices.csv",
                view(self.export),
                {"extension": "csv"},
                name="locations_ratecard_csv",
            ),
            path(
                "<int:pk>/prices.xlsx",
                view(self.export),
                {"extension": "xlsx"},
                name="locations_ratecard_xlsx",
            ),
            path("<int:pk>/compare/", view(compare_view), name="locations_ratecard_compare"),
            path(
                "<int:pk>/differences.csv",
                view(download_view),
                name="locations_ratecard_differences",
            ),
            *super().get_urls(),
        ]

    def draft_from(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Create a draft with the prices of this card."""
        is_post = request.method == "POST"
        check = self.has_add_permission if is_post else self.has_view_permission
        card = self._card(pk, allowed=check(request))
        if not is_post:
            return redirect("admin:locations_ratecard_change", pk)
        draft = publishing.copy_to_draft(card, effective_on=timezone.now().date())
        self.log_addition(request, draft, f"Drafted from the card of {card.effective_on}.")
        message = _("A draft with the prices of %(card)s: set its effective date.")
        self.message_user(request, message % {"card": card})
        return redirect("admin:locations_ratecard_change", draft.pk)

    def export(self, request: HttpRequest, pk: int, extension: str) -> FileResponse:
        """The card as CSV or XLSX, as the import reads it."""
        card = self._card(pk, allowed=self.has_view_permission(request))
        file_name = exports.file_name(card, extension)
        if extension == "xlsx":
            return download(exports.as_xlsx(card), XLSX, file_name)
        return download(exports.as_csv(card), CSV, file_name)

    def _card(self, pk: int, *, allowed: bool) -> RateCard:
        if not allowed:
            raise PermissionDenied
        return get_object_or_404(RateCard.objects.select_related("series"), pk=pk)
