import datetime as dt
import uuid

from django.utils import timezone

from benchmarks import database
from ledger.api import tokens
from ledger.engine import funding, holds
from ledger.impact import rate_card_impact
from ledger.models import Bundle, Charge, EntryKind, RenewalFailure
from ledger.requests import approvals, correction_requests, credit_requests
from ledger.requests.approvals import ManualEntry
from ledger.verification import requests
from locations.models import Location, Membership, RateCard, Role, User
from locations.rate_cards import uploads
from reports.demo.loading import RATE_CARD
from reports.models import Alert, AlertMail, Report, ReportDownload, ReportSchedule
from tests.factories import key, make_user

AHEAD = dt.timedelta(days=60)
# More than a page of a list, so that queries per row show.
ROWS = 60


def get_or_create_draft(user: User) -> RateCard:
    at = timezone.now()
    drafts = RateCard.objects.filter(
        published_at=None, impacts__state="ready", upload__isnull=False
    )
    if (draft := drafts.order_by("-pk").first()) is not None:
        return draft
    locations = database.location_ids()[:ROWS]
    for pk in locations:
        _create_rows(Location.objects.get(pk=pk), user, at)
    tokens.create("Platform", at=at, scopes=["read"])
    request = requests.request_verification(
        Location.objects.get(pk=locations[0]), requested_by=user, at=at
    )
    requests.run_verification(request.pk, clock=timezone.now)
    return _create_draft(user, at)


def _create_rows(location: Location, user: User, at: dt.datetime) -> None:
    manager = make_user(f"manager-{uuid.uuid4().hex}@example.org")
    Membership.objects.create(user=manager, role=Role.ADMIN, location=location)
    funding.purchase(location.pk, 5, key=key(), at=at, reference="PO-7", created_by=user)
    much = ManualEntry(kind=EntryKind.PURCHASE, credits=50_000, reference="PO-9")
    approvals.post_or_request(location.pk, much, key=key(), at=at, created_by=user)
    bundle, _ = Bundle.objects.get_or_create(name="Small", defaults={"credits": 500})
    request = {"reference": "PO-2", "form_key": uuid.uuid4(), "requested_by": manager, "at": at}
    credit_requests.request_credits(location.pk, bundle_id=bundle.pk, **request)  # type: ignore[arg-type]
    charge = Charge.objects.filter(location=location, kind="voice").order_by("-day")[0]
    correction_requests.request_correction(
        location.pk, charge.pk, reason="Never rang", requested_by=manager, at=at
    )
    holds.hold(location.pk, credits=7, seconds_to_live=600, key=key(), at=at)
    RenewalFailure.objects.create(
        location=location, first_failed_at=at, last_failed_at=at, error="Lost"
    )
    report = Report.objects.create(
        location=location,
        kind="chat",
        first_on=at.date() - AHEAD,
        last_on=at.date(),
        requested_by=manager,
        requested_at=at,
    )
    ReportDownload.objects.create(report=report, user=manager, at=at)
    ReportSchedule.objects.create(
        location=location, kind="chat", every="month", created_by=manager, created_at=at,
        covered_through_on=at.date().replace(day=1) - dt.timedelta(days=1),
    )  # fmt: skip
    alert = Alert.objects.create(location=location, below_days=9, set_by=manager, set_at=at)
    AlertMail.objects.create(alert=alert, user=manager, level=1, crossed_at=at, available=7)


def _create_draft(user: User, at: dt.datetime) -> RateCard:
    card = RateCard.objects.published().latest("pk")
    upload = uploads.create_upload(
        RATE_CARD.read_bytes(),
        file_name="rates.csv",
        series_name=card.series.name,
        effective_on=(at + AHEAD).date(),
        requested_by=user,
        clock=timezone.now,
    )
    draft = uploads.apply(upload, applied_by=user, at=at)
    request = rate_card_impact.request_impact(draft, requested_by=user, at=at)
    rate_card_impact.run_impact(request.pk, clock=timezone.now)
    return draft
