"""A row in every table that the staff desk shows."""

import datetime as dt
import uuid

from ledger.engine import charging, funding, holds, reversals
from ledger.models import Bundle, Charge, EntryKind, RateCardImpact, RenewalFailure
from ledger.requests import approvals, correction_requests, credit_requests
from ledger.verification import verify
from locations.models import Location, RateCard, RateCardUpload, Role
from reports.models import Alert, AlertMail, Report, ReportDownload, ReportSchedule
from tests.factories import (
    FRANCE,
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    make_member,
    make_user,
    text,
)


def fill(name: str = "Soho") -> Location:
    """A location with a row in every table."""
    location = make_location(name=name)
    make_member(location)
    make_member(location, Role.ACCOUNT_ADMIN)
    charging.charge_broadcast(
        location.pk, "text", [text(), text(FRANCE), text("+33")], key=key(), at=NOON
    )
    called = charging.charge_broadcast(location.pk, "voice", [call(61)], key=key(), at=NOON)
    correction_requests.request_correction(
        location.pk, called.charge_id, reason="Never rang", requested_by=make_user(), at=NOON
    )
    charging.charge_chat(location.pk, [chat("inbound"), chat()], key=key(), at=NOON)
    chats = Charge.objects.get(location=location, kind="chat")
    reversals.reverse(location.pk, chats.pk, key=key(), at=NOON, reason="Sent twice")
    holds.hold(location.pk, credits=7, seconds_to_live=60, key=key(), at=NOON)
    buyer = make_user()
    funding.purchase(location.pk, 5, key=key(), at=NOON, reference="PO-1", created_by=buyer)
    bundle, _ = Bundle.objects.get_or_create(name="Small", credits=500)
    ask = {"reference": "PO-2", "form_key": uuid.uuid4(), "requested_by": buyer, "at": NOON}
    credit_requests.request_credits(location.pk, bundle_id=bundle.pk, **ask)
    much = approvals.ManualEntry(kind=EntryKind.PURCHASE, credits=50_000, reference="PO-3")
    approvals.post_or_request(location.pk, much, key=key(), at=NOON, created_by=buyer)
    RenewalFailure.objects.create(
        location=location, first_failed_at=NOON, last_failed_at=NOON, error="Lost"
    )
    report = Report.objects.create(
        location=location,
        kind="chat",
        first_on=dt.date(2026, 6, 1),
        last_on=dt.date(2026, 6, 30),
        requested_by=make_user(),
        requested_at=NOON,
    )
    RateCardUpload.objects.create(
        series_name="Standard",
        effective_on=NOON.date(),
        file_name="rates.csv",
        content=b"country,carrier_type,channel,prefix,credits\n",
        requested_by=make_user(),
        uploaded_at=NOON,
        requested_at=NOON,
        state="failed",
        failure="The file has no prices.",
    )
    card = RateCard.objects.first() or make_card(published=False)
    RateCardImpact.objects.create(card=card, requested_by=make_user(), requested_at=NOON)
    ReportSchedule.objects.create(
        location=location,
        kind="chat",
        every="month",
        created_by=buyer,
        created_at=NOON,
        covered_through_on=dt.date(2026, 5, 31),
    )
    ReportDownload.objects.create(report=report, user=buyer, at=NOON)
    verify.record_run(
        verify.Verified(None, {location.pk: 1}, 1, []), started_at=NOON, finished_at=NOON
    )
    alert = Alert.objects.create(location=location, below_days=9, set_by=buyer, set_at=NOON)
    AlertMail.objects.create(alert=alert, user=buyer, level=1, crossed_at=NOON, available=7)
    return location
