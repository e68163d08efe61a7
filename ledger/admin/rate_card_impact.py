"""Before a rate card is published: conflicts, gaps, its impact; then the publishing itself."""

import csv
import datetime as dt
import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.impact import rate_card_impact
from ledger.models import RateCardImpact
from locations.admin.base import ReadOnlyAdmin
from locations.formatting.countries import SATELLITE, country_name
from locations.models import CarrierType, Channel, RateCard, User
from locations.rate_cards import publishing
from locations.rate_cards.conflicts import find_conflicts, find_unpaired_countries
from locations.rate_cards.exports import CSV, file_name
from locations.rate_cards.parsing import RateCardError

MOST_COUNTRIES = 15  # on the page; the file has all


class ConfirmForm(forms.Form):
    """Asked where something is missing, or nobody knows."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Publish it all the same"),
        error_messages={
            "required": gettext_lazy("Read what is missing, then tick this box to publish.")
        },
    )


@admin.register(RateCardImpact)
class RateCardImpactAdmin(ReadOnlyAdmin):
    """What was calculated before cards were published, and for whom; newest first."""

    list_display = ("card", "state", "requested_by", "requested_at", "finished_at")
    list_select_related = ("card__series", "requested_by")
    fields = ("card", "state", "requested_by", "requested_at", "finished_at", "failure")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("result")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("card/<int:pk>/", view(self.before), name="ledger_ratecardimpact_check"),
            path("card/<int:pk>/ask/", view(self.ask), name="ledger_ratecardimpact_ask"),
            path(
                "card/<int:pk>/impact.csv",
                view(self.download),
                name="ledger_ratecardimpact_download",
            ),
            *super().get_urls(),
        ]

    def before(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What to know before publishing; a POST publishes. A published card never changes."""
        card = _card(request, pk)
        change = HttpResponseRedirect(reverse("admin:locations_ratecard_change", args=[pk]))
        if card.is_published:
            self.message_user(request, _("%s is published already.") % card, messages.WARNING)
            return change
        calculated = RateCardImpact.objects.filter(card=card).first()
        found = _result(calculated)
        is_fresh = bool(
            calculated and found and calculated.fingerprint == rate_card_impact.fingerprint(card)
        )
        missing = _missing(found, card)
        must_confirm = bool(missing) or not is_fresh
        given = request.POST if request.method == "POST" else None
        form = ConfirmForm(given) if must_confirm else None
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                publishing.publish_card(card, at=timezone.now())
            except RateCardError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.log_change(request, card, "Published.")
                self.message_user(request, _("%s is published.") % card)
            return change
        told = find_conflicts(card, today=timezone.now().date())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Before publishing: %s") % card,
            "subtitle": None,
            "opts": RateCard._meta,
            "card": card,
            "form": form,
            "conflicts": told,
            "stopped": any(conflict.blocks_publishing for conflict in told),
            "calculated": calculated,
            "is_fresh": is_fresh,
            "missing": missing,
            **_facts(card),
            **_shown(found),
        }
        return TemplateResponse(request, "admin/locations/ratecard/publish.html", context)

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have gaps and impact calculated by the worker."""
        card = _card(request, pk)
        if request.method == "POST" and not card.is_published:
            assert isinstance(request.user, User)  # noqa: S101
            rate_card_impact.ask(card, requested_by=request.user, at=timezone.now())
        return HttpResponseRedirect(reverse("admin:ledger_ratecardimpact_check", args=[pk]))

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every country and every location of the last calculation, as CSV."""
        card = _card(request, pk)
        found = _result(RateCardImpact.objects.filter(card=card).first())
        if found is None:
            return HttpResponseRedirect(reverse("admin:ledger_ratecardimpact_check", args=[pk]))
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(
            ["of", "name", "messages", "credits_now", "credits_then", "more", "unpriced_messages"]
        )
        for code, sums in sorted(found.countries.items()):
            name = country_name(code) if code else "Chat"
            writer.writerow(["country", name, *_figures(sums)])
        for location, place in rate_card_impact.names_of(found.places):
            # A name that begins like a formula stays text in every spreadsheet.
            name = location.name if location.name[:1].isalnum() else f"'{location.name}"
            writer.writerow(["location", name, *_figures(place)])
        return HttpResponse(
            text.getvalue().encode(),
            content_type=CSV,
            headers={
                "Content-Disposition": f'attachment; filename="impact-{file_name(card, "csv")}"'
            },
        )


def _card(request: HttpRequest, pk: int) -> RateCard:
    if not request.user.has_perm("locations.publish_ratecard"):
        raise PermissionDenied
    card = RateCard.objects.select_related("series").filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def _result(calculated: RateCardImpact | None) -> rate_card_impact.Impact | None:
    if calculated is None or not calculated.is_ready:
        return None
    return rate_card_impact.read_result(calculated.result)


def _missing(found: rate_card_impact.Impact | None, card: RateCard) -> list[str]:
    """The gaps in words: what was sent to lately and has no price, then what lacks its pair."""
    words = []
    for country, carrier_type, channel, number in found.gaps if found else ():
        words.append(
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
    return words + find_unpaired_countries(card)


def _facts(card: RateCard) -> dict[str, Any]:
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


def _shown(found: rate_card_impact.Impact | None) -> dict[str, Any]:
    if found is None:
        return {"impact": None}
    countries = sorted(found.countries.items(), key=lambda item: (-abs(item[1].more), item[0]))
    hardest = [place for place in found.places[: rate_card_impact.HARDEST] if place.more > 0]
    return {
        "impact": found,
        "first_on": _day(found.first_on),
        "last_on": dt.date.fromisoformat(found.until) - dt.timedelta(days=1),
        "countries": [
            (country_name(code) if code else _("Chat"), sums)
            for code, sums in countries[:MOST_COUNTRIES]
        ],
        "more_countries": max(0, len(countries) - MOST_COUNTRIES),
        "hardest": list(rate_card_impact.names_of(hardest)),
        "would_run_out": [
            (location, place, _day(place.out_on), _day(place.renews_on))
            for location, place in rate_card_impact.names_of(
                found.would_run_out[: rate_card_impact.HARDEST]
            )
        ],
        "more_run_out": max(0, len(found.would_run_out) - rate_card_impact.HARDEST),
    }


def _day(kept: str | None) -> dt.date | None:
    return dt.date.fromisoformat(kept) if kept else None


def _figures(sums: rate_card_impact.Sums) -> list[int]:
    return [sums.messages, sums.now, sums.then, sums.more, sums.unpriced]
