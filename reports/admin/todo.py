"""Items that need attention, for the admin's index page."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Min, Model, Q
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import ApprovalRequest, Balance, CorrectionRequest, CreditRequest
from ledger.models.requests_base import OPEN
from locations.models import RateCard
from reports.admin.health import ACT, run_checks
from reports.models import Alert
from reports.models.alerts import Level

SOON = dt.timedelta(days=30)
REQUEST_MODELS: tuple[type[Model], ...] = (ApprovalRequest, CorrectionRequest, CreditRequest)
URGENT_AFTER = dt.timedelta(days=2)  # a manager is waiting for the answer


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """`page` is the URL name of an admin page, `query` its query string."""

    number: int
    text: str
    page: str
    query: str = ""
    urgent: bool = False


def get_attention_items(*, at: dt.datetime, has_perm: Callable[[str], bool]) -> list[AttentionItem]:
    return [item for item in _items(at, has_perm) if item.number]


def _items(at: dt.datetime, has_perm: Callable[[str], bool]) -> Iterator[AttentionItem]:
    models = [
        model for model in REQUEST_MODELS if has_perm(f"ledger.view_{model._meta.model_name}")
    ]
    if models:
        yield _open_requests(models, at)
    if has_perm("ledger.view_balance"):
        counts = Balance.objects.aggregate(
            overdrawn=Count("pk", filter=Q(purchased_credits__lt=0)),
            empty=Count("pk", filter=Q(contract_credits__lte=-F("purchased_credits"))),
            soon=Count("pk", filter=Q(renewal_due_at__gte=at, renewal_due_at__lt=at + SOON)),
        )
        page = "admin:ledger_balance_changelist"
        text = ngettext("location is overdrawn", "locations are overdrawn", counts["overdrawn"])
        yield AttentionItem(counts["overdrawn"], text, page, "balance=overdrawn", urgent=True)
        text = ngettext("location has nothing left", "locations have nothing left", counts["empty"])
        yield AttentionItem(counts["empty"], text, page, "balance=empty", urgent=True)
        text = ngettext(
            "location renews in the next 30 days", "locations renew in the next 30 days",
            counts["soon"],
        )  # fmt: skip
        yield AttentionItem(counts["soon"], text, "admin:ledger_balance_renewals", "days=30")
    if has_perm("reports.view_alert"):
        low = Alert.objects.filter(is_on=True, level=Level.LOW).count()
        text = ngettext(
            "location is below the limit of its alert",
            "locations are below the limit of their alert",
            low,
        )
        yield AttentionItem(
            low, text, "admin:reports_alert_changelist", f"level__exact={Level.LOW.value}"
        )
    if has_perm("locations.view_ratecard"):
        drafts = RateCard.objects.filter(published_at=None).count()
        text = ngettext("rate card is a draft", "rate cards are drafts", drafts)
        yield AttentionItem(drafts, text, "admin:locations_ratecard_changelist", "state=draft")
    if has_perm("ledger.view_verification"):
        bad = [check.name for check in run_checks(at=at) if check.state == ACT]
        text = _("ledger health asks to act: %(names)s") % {"names": ", ".join(bad)}
        yield AttentionItem(len(bad), text, "admin:ledger_health", urgent=True)


def _open_requests(models: Iterable[type[Model]], at: dt.datetime) -> AttentionItem:
    number, oldest = 0, at
    for model in models:
        result = model._default_manager.filter(state=OPEN).aggregate(
            number=Count("pk"), oldest=Min("requested_at")
        )
        number += result["number"]
        oldest = min(oldest, result["oldest"] or at)
    text = ngettext(
        "request waits for an answer, for %(age)s",
        "requests wait for an answer, the oldest for %(age)s",
        number,
    )
    return AttentionItem(
        number,
        text % {"age": timesince(oldest, at)},
        "admin:ledger_approvalrequest_queue",
        urgent=at - oldest > URGENT_AFTER,
    )
