"""The prices of rate cards, edited in the list while the card is a draft."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.admin.base import GuardedAdmin, parse_id
from locations.models import Channel, Rate, RateCard
from locations.rate_cards.parsing import DEFAULT_SECONDS, MAX_CREDITS, is_country, is_reachable

CARD = "card__id__exact"
MAX_CARDS = 50


class RateCardFilter(admin.SimpleListFilter):
    title = gettext_lazy("card")
    parameter_name = CARD

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cards = RateCard.objects.select_related("series").order_by("-id")[:MAX_CARDS]
        return [
            (str(card.pk), f"{card}{'' if card.is_published else ' (draft)'}") for card in cards
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        card = selected_card(request)
        return queryset.filter(card=card) if card else None


def selected_card(request: HttpRequest) -> RateCard | None:
    card_id = parse_id(request.GET.get(CARD, ""))
    cards = RateCard.objects.select_related("series")
    return cards.filter(pk=card_id).first() if card_id is not None else None


def check_increments(form: forms.ModelForm) -> None:
    """Refuse billing increments on a price of texts."""
    message = _("Increments are for calls: leave %(default_seconds)s.")
    for name in ("first_seconds", "following_seconds"):
        if form.cleaned_data.get(name, DEFAULT_SECONDS) != DEFAULT_SECONDS:
            form.add_error(name, message % {"default_seconds": DEFAULT_SECONDS})


class RateForm(forms.ModelForm):
    class Meta:
        model = Rate
        fields = (
            "card",
            "country",
            "carrier_type",
            "channel",
            "prefix",
            "credits",
            "first_seconds",
            "following_seconds",
        )
        help_texts = {
            "credits": gettext_lazy(
                "Per text, or per minute of a call. A call of 61 seconds at 12, increments "
                "60/60, costs 24; with increments 30/6 it is billed as 66 seconds and costs 14."
            ),
            "first_seconds": gettext_lazy("Calls are billed for at least this long."),
            "following_seconds": gettext_lazy(
                "After that, every started step of so many seconds counts whole."
            ),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        card = cleaned.get("card") or (self.instance.card if self.instance.pk else None)
        country, prefix = cleaned.get("country"), cleaned.get("prefix")
        if card is not None and card.is_published:
            self.add_error(None, _("This card is published: its prices stay as they are."))
        if country and not is_country(country):
            self.add_error("country", _("%(country)s is no country's code.") % {"country": country})
        elif country and prefix and not is_reachable(country, prefix):
            self.add_error(
                "prefix",
                _("No number of %(country)s begins with +%(prefix)s.")
                % {"country": country, "prefix": prefix},
            )
        if cleaned.get("channel") == Channel.TEXT:
            check_increments(self)
        if card is not None and not self.errors:
            duplicates = Rate.objects.filter(
                card=card,
                country=country,
                carrier_type=cleaned["carrier_type"],
                channel=cleaned["channel"],
                prefix=prefix,
            )
            if duplicates.exclude(pk=self.instance.pk).exists():
                self.add_error(None, _("The card has a price for this destination already."))
        return cleaned


class IncrementsForm(forms.ModelForm):
    """A row of the editable list."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.channel == Channel.TEXT:
            check_increments(self)
        return cleaned


@admin.register(Rate)
class RateAdmin(GuardedAdmin):
    form = RateForm
    list_display = (
        "country",
        "carrier_type",
        "channel",
        "prefix",
        "credits",
        "first_seconds",
        "following_seconds",
        "card",
    )
    list_editable = ("credits", "first_seconds", "following_seconds")
    list_filter = (RateCardFilter, "channel", "carrier_type")
    list_select_related = ("card__series",)
    list_per_page = 100
    sortable_by = ()
    ordering = ("country", "carrier_type", "channel", "prefix", "id")
    search_fields = ("=country", "^prefix")
    search_help_text = gettext_lazy(
        "A country's code, like NL, or the beginning of a prefix, like 8816"
    )
    autocomplete_fields = ("card",)

    def get_readonly_fields(self, request: HttpRequest, obj: Rate | None = None) -> Any:
        return ("card",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Rate | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.card.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Rate | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.card.is_published)

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return columns[:-1] if selected_card(request) else columns

    def get_actions(self, request: HttpRequest) -> Any:
        card = selected_card(request)
        return super().get_actions(request) if card and not card.is_published else {}

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        card = selected_card(request)
        title = _("Prices: %(card)s") % {"card": card} if card else _("Prices")
        return super().changelist_view(request, {"title": title, "card": card})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        # Only the list of one draft is a form: the prices of published cards are fixed.
        changelist = super().get_changelist_instance(request)
        card = selected_card(request)
        if card is None or not self.has_change_permission(request, Rate(card=card)):
            changelist.list_editable = ()
        return changelist

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form", IncrementsForm)
        return super().get_changelist_form(request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "credits":
            kwargs["max_value"] = MAX_CREDITS
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the prices of the card, not to those of all cards."""
        url = reverse("admin:locations_rate_changelist")
        return HttpResponseRedirect(f"{url}?{CARD}={obj.card_id}")

    response_post_save_change = response_post_save_add
