"""Check a rate card for conflicts, gaps and impact, then publish it."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.admin.tables import CountrySumsTable, LocationSumsTable, RunOutTable
from ledger.impact import rate_card_impact
from ledger.models import RateCardImpact
from locations.admin.base import ReadOnlyAdmin, render_page
from locations.downloads import CSV, download, write_csv
from locations.formatting.countries import SATELLITE, country_name
from locations.models import CarrierType, Channel, RateCard, User
from locations.rate_cards import publishing
from locations.rate_cards.conflicts import find_conflicts, find_unpaired_countries
from locations.rate_cards.exports import file_name
from locations.rate_cards.parsing import RateCardError

MAX_COUNTRIES = 15  # on the page; the file has all


can_publish = method_decorator(
    permission_required("locations.publish_ratecard", raise_exception=True)
)


class ConfirmForm(forms.Form):
    """Required if there are gaps, or no calculation shows that there are none."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Publish it all the same"),
        error_messages={
            "required": gettext_lazy("Read what is missing, then tick this box to publish.")
        },
    )


@admin.register(RateCardImpact)
class RateCardImpactAdmin(ReadOnlyAdmin):
    list_display = ("card", "state", "requested_by", "requested_at", "finished_at")
    list_select_related = ("card__series", "requested_by")
    fields = ("card", "state", "requested_by", "requested_at", "finished_at", "failure")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("result")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("card/<int:pk>/", view(self.check_card), name="ledger_ratecardimpact_check"),
            path(
                "card/<int:pk>/calculate/",
                view(self.calculate),
                name="ledger_ratecardimpact_calculate",
            ),
            path(
                "card/<int:pk>/impact.csv",
                view(self.download),
                name="ledger_ratecardimpact_download",
            ),
            *super().get_urls(),
        ]

    @can_publish
    def check_card(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what publishing would do; a POST publishes."""
        card = _get_card(pk)
        if card.is_published:
            self.message_user(request, _("%s is published already.") % card, messages.WARNING)
            return redirect("admin:locations_ratecard_change", pk)
        calculation = RateCardImpact.objects.filter(card=card).first()
        impact = _result(calculation)
        is_fresh = bool(
            calculation and impact and calculation.fingerprint == rate_card_impact.fingerprint(card)
        )
        gaps = _describe_gaps(impact, card)
        must_confirm = bool(gaps) or not is_fresh
        is_post = request.method == "POST"
        form = ConfirmForm(request.POST if is_post else None) if must_confirm else None
        if is_post and (form is None or form.is_valid()):
            return self._publish(request, card)
        card_conflicts = find_conflicts(card, today=timezone.now().date())
        return render_page(
            request,
            "admin/locations/ratecard/publish.html",
            RateCard,
            title=_("Before publishing: %s") % card,
            card=card,
            form=form,
            conflicts=card_conflicts,
            is_blocked=any(conflict.blocks_publishing for conflict in card_conflicts),
            calculation=calculation,
            is_fresh=is_fresh,
            gaps=gaps,
            **_card_context(card),
            **_impact_context(impact),
        )

    def _publish(self, request: HttpRequest, card: RateCard) -> HttpResponse:
        try:
            publishing.publish_card(card, at=timezone.now())
        except RateCardError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.log_change(request, card, "Published.")
            self.message_user(request, _("%s is published.") % card)
        return redirect("admin:locations_ratecard_change", card.pk)

    @can_publish
    def calculate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue the calculation of gaps and impact."""
        card = _get_card(pk)
        if request.method == "POST" and not card.is_published:
            assert isinstance(request.user, User)  # noqa: S101
            rate_card_impact.request_impact(card, requested_by=request.user, at=timezone.now())
        return redirect("admin:ledger_ratecardimpact_check", pk)

    @can_publish
    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """All countries and locations of the last calculation, as CSV."""
        card = _get_card(pk)
        impact = _result(RateCardImpact.objects.filter(card=card).first())
        if impact is None:
            return redirect("admin:ledger_ratecardimpact_check", pk)
        rows: list[list[object]] = [
            ["of", "name", "messages", "credits_now", "credits_then", "more", "unpriced_messages"]
        ]
        for code, sums in sorted(impact.countries.items()):
            rows.append(["country", country_name(code) if code else "Chat", *_cells(sums)])
        for location, sums in rate_card_impact.with_locations(impact.places):
            rows.append(["location", location.name, *_cells(sums)])
        return download(write_csv(rows), CSV, f"impact-{file_name(card, 'csv')}")


def _get_card(pk: int) -> RateCard:
    return get_object_or_404(RateCard.objects.select_related("series"), pk=pk)


def _result(calculation: RateCardImpact | None) -> rate_card_impact.Impact | None:
    if calculation is None or not calculation.is_ready:
        return None
    return rate_card_impact.read_result(calculation.result)


def _describe_gaps(impact: rate_card_impact.Impact | None, card: RateCard) -> list[str]:
    """Destinations of recent messages without a price, then prices without their pair."""
    sentences = []
    for country, carrier_type, channel, number in impact.gaps if impact else ():
        sentences.append(
            ngettext(
                "%(country)s, %(line)s, %(channel)s: no price; %(messages)s message "
                "in %(days)s days.",
                "%(country)s, %(line)s, %(channel)s: no price; %(messages)s messages "
                "in %(days)s days.",
                number,
            )
            % {
                "country": country_name(country),
                "line": CarrierType(carrier_type).label,
                "channel": Channel(channel).label,
                "messages": f"{number:,}",
                "days": rate_card_impact.GAP_DAYS,
            }
        )
    return sentences + find_unpaired_countries(card)


def _card_context(card: RateCard) -> dict[str, Any]:
    return {
        "prices": card.rates.count(),
        "price_countries": card.rates.exclude(country=SATELLITE)
        .values("country")
        .distinct()
        .count(),
        "superseded": RateCard.objects.published()
        .filter(series=card.series, effective_on__lt=card.effective_on)
        .order_by("-effective_on")
        .first(),
    }


def _impact_context(impact: rate_card_impact.Impact | None) -> dict[str, Any]:
    if impact is None:
        return {"impact": None}
    countries = sorted(impact.countries.items(), key=lambda item: (-abs(item[1].more), item[0]))
    hardest = [sums for sums in impact.places[: rate_card_impact.HARDEST] if sums.more > 0]
    return {
        "impact": impact,
        "first_on": _parse_day(impact.first_on),
        "last_on": dt.date.fromisoformat(impact.until) - dt.timedelta(days=1),
        "countries": CountrySumsTable(
            [
                *(
                    (country_name(code) if code else _("Chat"), sums)
                    for code, sums in countries[:MAX_COUNTRIES]
                ),
                (_("All"), impact.total),
            ]
        ),
        "more_countries": max(0, len(countries) - MAX_COUNTRIES),
        "hardest": LocationSumsTable(list(rate_card_impact.with_locations(hardest))),
        "would_run_out": RunOutTable(
            [
                (location, sums, _parse_day(sums.out_on), _parse_day(sums.renews_on))
                for location, sums in rate_card_impact.with_locations(
                    impact.would_run_out[: rate_card_impact.HARDEST]
                )
            ]
        ),
        "more_run_out": max(0, len(impact.would_run_out) - rate_card_impact.HARDEST),
    }


def _parse_day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _cells(sums: rate_card_impact.CreditSums) -> list[int]:
    return [sums.messages, sums.now, sums.then, sums.more, sums.unpriced]
