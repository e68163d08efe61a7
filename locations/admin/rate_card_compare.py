"""The difference of two cards: from one price list to another, row by row."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.admin import rate_card_diff
from locations.models import RateCard
from locations.rate_cards.comparison import chat_change, compare
from locations.rate_cards.exports import file_name

MOST_CARDS = 100


def compare_view(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes from another card (`with`; the one it takes over from) to this one."""
    card, other = _both(request, pk)
    cards = RateCard.objects.exclude(pk=card.pk).select_related("series")
    context = {
        **admin.site.each_context(request),
        "title": _("Compare: %s") % card,
        "subtitle": None,
        "opts": RateCard._meta,
        "card": card,
        "compared_with": other,
        "chat": chat_change(card, other),
        "cards": cards.with_states(timezone.now().date()).order_by(
            "series", "-effective_on", "-pk"
        )[:MOST_CARDS],
        **rate_card_diff.context(request, compare(card.rates.all(), other)),
    }
    return TemplateResponse(request, "admin/locations/ratecard/compare.html", context)


def download_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of the page that the address asks for, as CSV."""
    card, other = _both(request, pk)
    found = rate_card_diff.chosen(request, compare(card.rates.all(), other))
    return rate_card_diff.as_download(found, f"differences-{file_name(card, 'csv')}")


def _both(request: HttpRequest, pk: int) -> tuple[RateCard, RateCard | None]:
    if not request.user.has_perm("locations.view_ratecard"):
        raise PermissionDenied
    card = RateCard.objects.select_related("series").filter(pk=pk).first()
    if card is None:
        raise Http404
    asked = request.GET.get("with", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            raise Http404
        other = RateCard.objects.select_related("series").filter(pk=int(asked)).first()
        if other is None:
            raise Http404
        return card, other
    before = RateCard.objects.published().filter(
        series=card.series_id, effective_on__lte=card.effective_on
    )
    return card, before.exclude(pk=card.pk).order_by("-effective_on").first()
