"""What needs somebody's attention at the staff desk today."""

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
from reports.admin.health import ACT, checks
from reports.models import Alert
from reports.models.alerts import Level

SOON = dt.timedelta(days=30)
ASKED: tuple[type[Model], ...] = (ApprovalRequest, CorrectionRequest, CreditRequest)
# A request that is older than this keeps a manager waiting.
PROMPT = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Item:
    """A number of things in words, where they are, and whether they cannot wait."""

    number: int
    words: str
    page: str
    query: str = ""
    urgent: bool = False


def to_do(*, at: dt.datetime, may: Callable[[str], bool]) -> list[Item]:
    """As of the instant `at`, of what `may` lets somebody see; nothing where nothing is to do."""
    return [item for item in _items(at, may) if item.number]


def _items(at: dt.datetime, may: Callable[[str], bool]) -> Iterator[Item]:
    mine = [model for model in ASKED if may(f"ledger.view_{model._meta.model_name}")]
    if mine:
        yield _waiting(mine, at)
    if may("ledger.view_balance"):
        found = Balance.objects.aggregate(
            overdrawn=Count("pk", filter=Q(purchased_credits__lt=0)),
            empty=Count("pk", filter=Q(contract_credits__lte=-F("purchased_credits"))),
            soon=Count("pk", filter=Q(renewal_due_at__gte=at, renewal_due_at__lt=at + SOON)),
        )
        page = "admin:ledger_balance_changelist"
        words = ngettext("location is overdrawn", "locations are overdrawn", found["overdrawn"])
        yield Item(found["overdrawn"], words, page, "standing=overdrawn", urgent=True)
        words = ngettext("location has nothing left", "locations have nothing left", found["empty"])
        yield Item(found["empty"], words, page, "standing=empty", urgent=True)
        words = ngettext(
            "location renews in the next 30 days", "locations renew in the next 30 days",
            found["soon"],
        )  # fmt: skip
        yield Item(found["soon"], words, "admin:ledger_balance_renewals", "days=30")
    if may("reports.view_alert"):
        low = Alert.objects.filter(is_on=True, level=Level.LOW).count()
        words = ngettext(
            "location is below the limit of its alert",
            "locations are below the limit of their alert",
            low,
        )
        yield Item(low, words, "admin:reports_alert_changelist", f"level__exact={Level.LOW.value}")
    if may("locations.view_ratecard"):
        drafts = RateCard.objects.filter(published_at=None).count()
        words = ngettext("rate card is a draft", "rate cards are drafts", drafts)
        yield Item(drafts, words, "admin:locations_ratecard_changelist", "state=draft")
    if may("ledger.view_verification"):
        bad = [check.name for check in checks(at=at) if check.state == ACT]
        words = _("ledger health asks to act: %(names)s") % {"names": ", ".join(bad)}
        yield Item(len(bad), words, "admin:ledger_health", urgent=True)


def _waiting(models: Iterable[type[Model]], at: dt.datetime) -> Item:
    number, oldest = 0, at
    for model in models:
        found = model._default_manager.filter(state=OPEN).aggregate(
            number=Count("pk"), oldest=Min("requested_at")
        )
        number += found["number"]
        oldest = min(oldest, found["oldest"] or at)
    words = ngettext(
        "request waits for an answer, for %(age)s",
        "requests wait for an answer, the oldest for %(age)s",
        number,
    )
    return Item(
        number,
        words % {"age": timesince(oldest, at)},
        "admin:ledger_approvalrequest_queue",
        urgent=at - oldest > PROMPT,
    )
