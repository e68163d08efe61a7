"""Background jobs: claimed once, leased, failed and requeued."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from locations import jobs
from locations.models import RateCardUpload
from locations.models.jobs import JobState
from tests.databases import Clone
from tests.factories import NOON, make_user

SECOND = dt.timedelta(seconds=1)


def work(**fields: Any) -> RateCardUpload:
    given = {"uploaded_at": NOON, "requested_at": NOON, "requested_by": make_user()} | fields
    return RateCardUpload.objects.create(
        series_name="Standard", effective_on=NOON.date(), file_name="a.csv", content=b"", **given
    )


@pytest.mark.django_db
def test_queued_job_is_claimed_once() -> None:
    row = work()
    claimed = jobs.claim(RateCardUpload, row.pk, at=NOON)
    assert claimed is not None
    assert (claimed.state, claimed.attempts, claimed.started_at) == ("running", 1, NOON)
    assert jobs.claim(RateCardUpload, row.pk, at=NOON) is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["waiting", "ready", "failed"])
def test_job_that_is_over_or_waits_for_staff_is_not_claimed(state: str) -> None:
    assert jobs.claim(RateCardUpload, work(state=state).pk, at=NOON) is None


@pytest.mark.django_db
def test_a_lost_lease_is_taken_over_and_the_loser_writes_nothing() -> None:
    row = work()
    first = jobs.claim(RateCardUpload, row.pk, at=NOON)
    RateCardUpload.objects.update(leased_until=Now() - SECOND)
    second = jobs.claim(RateCardUpload, row.pk, at=NOON)
    assert first is not None
    assert second is not None
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(first, at=NOON, rows_done=1)
    jobs.fail(first, "It was me.", at=NOON)
    jobs.finish(second, at=NOON, rows_done=2)
    row.refresh_from_db()
    assert (row.state, row.rows_done, row.attempts) == ("ready", 2, 2)


@pytest.mark.django_db
def test_job_interrupted_twice_fails_with_a_message() -> None:
    worn = work(state=JobState.RUNNING, attempts=2)
    RateCardUpload.objects.update(leased_until=Now() - SECOND)
    assert jobs.claim(RateCardUpload, worn.pk, at=NOON) is None
    assert jobs.fail_interrupted(RateCardUpload, at=NOON) == 1
    worn.refresh_from_db()
    assert (worn.state, worn.failure) == ("failed", "It was interrupted 2 times.")


@pytest.mark.django_db
def test_stale_jobs_were_never_queued_or_lost_their_worker() -> None:
    old, _new = work(), work(requested_at=NOON + dt.timedelta(minutes=2))
    left, held = (work(state=JobState.RUNNING, attempts=1) for _ in range(2))
    RateCardUpload.objects.filter(pk=left.pk).update(leased_until=Now() - SECOND)
    RateCardUpload.objects.filter(pk=held.pk).update(leased_until=Now() + 60 * SECOND)
    work(state=JobState.READY)
    stale = jobs.stale_jobs(RateCardUpload, at=NOON + dt.timedelta(minutes=2))
    assert sorted(job.pk for job in stale) == [old.pk, left.pk]


def test_progress_is_visible_while_a_transaction_is_open(cloned_database: Clone) -> None:
    row = work()
    claimed = jobs.claim(RateCardUpload, row.pk, at=NOON)
    assert claimed is not None
    lease = jobs.Lease(claimed)
    lease.renew(0, 500)
    lease.renew(120)
    row.refresh_from_db()
    assert (row.rows_done, row.rows_total) == (120, 500)
    RateCardUpload.objects.update(attempts=2)
    with pytest.raises(jobs.LeaseLost):
        lease.renew(130)
    lease.close()
    connection.close()
