import datetime as dt

from django.db import transaction

from ledger.models import VerificationRequest
from ledger.verification import verify
from locations import jobs
from locations.jobs import Clock, Lease
from locations.models import Location, User


def request_verification(
    location: Location | None, *, requested_by: User, at: dt.datetime
) -> VerificationRequest:
    unfinished = VerificationRequest.objects.unfinished().filter(location=location)
    with transaction.atomic():
        # Two at once: the unique constraint keeps the one that commits first.
        VerificationRequest.objects.bulk_create(
            [VerificationRequest(location=location, requested_by=requested_by, requested_at=at)],
            ignore_conflicts=True,
        )
        request = unfinished.first() or latest_request(location)
        assert request is not None  # noqa: S101
        transaction.on_commit(lambda: jobs.enqueue(VerificationRequest, request.pk))
    return request


def latest_request(location: Location | None) -> VerificationRequest | None:
    requests = VerificationRequest.objects.filter(location=location)
    return requests.select_related("requested_by", "run").order_by("-id").first()


def run_verification(request_id: int, *, clock: Clock) -> None:
    def run(request: VerificationRequest, lease: Lease) -> None:
        started_at = clock()
        with lease.background_heartbeat():
            verified = verify.verify_snapshot(request.location_id)
        with transaction.atomic():
            run = verify.record_run(verified, started_at=started_at, finished_at=clock())
            jobs.finish(request, at=clock(), run=run)

    jobs.run(VerificationRequest, request_id, run, clock=clock)
