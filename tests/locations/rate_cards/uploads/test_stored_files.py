"""Price lists that wait for their reader, and those that are forgotten after a while."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from locations import jobs
from locations.models import RateCardUpload, User
from locations.rate_cards import uploads
from tests.factories import NOON, make_card
from tests.locations.rate_cards.uploads.sending import LIST, send

pytestmark = pytest.mark.django_db


def test_old_files_are_forgotten_and_drafts_stay(
    staff: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATE_CARD_UPLOAD_RETENTION_DAYS = 30
    make_card()
    staff.post(send(staff, LIST)["Location"])
    send(staff, LIST)
    applied, left = RateCardUpload.objects.order_by("pk")
    at = left.uploaded_at
    caplog.set_level("INFO")
    uploads.delete_old_uploads(at=at + dt.timedelta(days=29))
    assert RateCardUpload.objects.count() == 2
    uploads.delete_old_uploads(at=at + dt.timedelta(days=31))
    (kept,) = RateCardUpload.objects.all()
    assert (kept, bytes(kept.content), kept.prices) == (applied, b"", [])
    assert kept.card is not None
    assert kept.card.rates.count() == 5
    assert "price lists: 1 old files deleted, 1 emptied" in caplog.messages
    page = staff.get(reverse("admin:locations_ratecardupload_preview", args=[kept.pk])).text
    assert "too old to be kept" in page


def test_upload_that_was_never_queued_is_requeued(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SMALL_BYTES", 0)
    upload = uploads.create_upload(
        LIST.encode(),
        file_name="rates.csv",
        series_name="Standard",
        effective_on=NOON.date(),
        requested_by=boss,
        clock=lambda: NOON,
    )
    queued: list[int] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job_class, pk, **options: queued.append(pk) or True)
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=30))
    assert queued == []
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(seconds=90))
    assert queued == [upload.pk]
    for _twice in range(2):
        uploads.read_upload(upload.pk, clock=lambda: NOON)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, len(upload.prices)) == ("ready", 1, 5)


def test_a_reader_that_dies_twice_is_given_up(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SMALL_BYTES", 0)
    upload = uploads.create_upload(
        LIST.encode(),
        file_name="rates.csv",
        series_name="Standard",
        effective_on=NOON.date(),
        requested_by=boss,
        clock=lambda: NOON,
    )

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uploads, "parse_table", die)
    for attempt in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            uploads.read_upload(upload.pk, clock=lambda: NOON)
        upload.refresh_from_db()
        assert (upload.state, upload.attempts) == ("running", attempt)
        RateCardUpload.objects.update(leased_until=NOON - dt.timedelta(days=365))
    uploads.read_upload(upload.pk, clock=lambda: NOON)
    jobs.requeue_stale_jobs(at=NOON)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("failed", "It was interrupted 2 times.")
