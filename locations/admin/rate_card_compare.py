"""Compare two rate cards, row by row."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.admin import rate_card_diff
from locations.admin.base import parse_id, render_page
from locations.models import RateCard
from locations.rate_cards.comparison import compare_rates, describe_chat_change
from locations.rate_cards.exports import file_name

MAX_CARDS = 100


@permission_required("locations.view_ratecard", raise_exception=True)
def compare_view(request: HttpRequest, pk: int) -> HttpResponse:
    card, other = _cards(request, pk)
    cards = RateCard.objects.exclude(pk=card.pk).select_related("series")
    return render_page(
        request,
        "admin/locations/ratecard/compare.html",
        RateCard,
        title=_("Compare: %s") % card,
        card=card,
        compared_with=other,
        chat=describe_chat_change(card, other),
        cards=cards.with_states(timezone.now().date()).order_by("series", "-effective_on", "-pk")[
            :MAX_CARDS
        ],
        **rate_card_diff.diff_context(request, compare_rates(card.rates.all(), other)),
    )


@permission_required("locations.view_ratecard", raise_exception=True)
def download_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    card, other = _cards(request, pk)
    changes = rate_card_diff.filter_changes(request, compare_rates(card.rates.all(), other))
    return rate_card_diff.download_changes(changes, f"differences-{file_name(card, 'csv')}")


def _cards(request: HttpRequest, pk: int) -> tuple[RateCard, RateCard | None]:
    """The card and the one named by `with`; without it, the one before in its series."""
    cards = RateCard.objects.select_related("series")
    card = get_object_or_404(cards, pk=pk)
    if text := request.GET.get("with", ""):
        other_id = parse_id(text)
        if other_id is None:
            raise Http404
        return card, get_object_or_404(cards, pk=other_id)
    earlier = RateCard.objects.published().filter(
        series=card.series_id, effective_on__lte=card.effective_on
    )
    return card, earlier.exclude(pk=card.pk).order_by("-effective_on").first()
