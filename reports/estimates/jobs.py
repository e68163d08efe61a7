"""A job's row is saved before its list, and ends before it is deleted, so that it names it."""

import datetime as dt
import logging
from dataclasses import asdict
from typing import IO, Any, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger.engine.quotes import QuoteMessage
from locations import jobs
from locations.formatting.numbers import format_credits
from locations.jobs import Clock, InvalidRequest, Lease
from locations.models import Channel, Location, User
from locations.models.jobs import JobState
from locations.spreadsheets import Unreadable
from reports.estimates.estimate import Estimate, estimate
from reports.estimates.invalid_numbers import InvalidNumber, list_invalid_numbers
from reports.estimates.number_files import parse_upload
from reports.estimates.number_lists import NumberList, TooManyNumbers, parse_pasted, worker_limits
from reports.estimates.results import Figures
from reports.models import LongEstimate

MAX_UNFINISHED = 3  # of one location
MAX_INVALID_LISTED = 100
LINES_BETWEEN_HEARTBEATS = 500

log = logging.getLogger(__name__)


def request_long_estimate(
    location: Location,
    *,
    content: IO[bytes],
    is_file: bool,
    column: str = "",
    without_plus: bool = False,
    channel: str,
    seconds: int | None = None,
    requested_by: User,
    at: dt.datetime,
) -> LongEstimate:
    """`content` is the uploaded file, or text in UTF-8. Raises InvalidRequest; no transaction."""
    with transaction.atomic(durable=True):
        # Lock, so that two concurrent requests cannot both take the last slot.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        if LongEstimate.objects.unfinished().filter(location=location).count() >= MAX_UNFINISHED:
            raise InvalidRequest(
                _("%s long lists of this location are being estimated: wait for one of them.")
                % MAX_UNFINISHED
            )
        job = LongEstimate(
            location=location,
            requested_by=requested_by,
            requested_at=at,
            language=requested_by.reads,
            channel=channel,
            seconds=seconds if channel == Channel.VOICE else None,
            is_file=is_file,
            column=column,
            without_plus=without_plus,
        )
        job.list_file = f"estimates/{job.pk}"
        job.save(force_insert=True)
    try:
        default_storage.save(job.list_file, File(content))
    except OSError as error:
        log.warning("the list of estimate %s cannot be stored: %s", job.pk, error.errno)
        delete_long_estimate(job, at=at)
        raise InvalidRequest(
            _("The list could not be kept until it is priced. Try again later.")
        ) from error
    jobs.enqueue(LongEstimate, job.pk)
    return job


def own_estimates(location: Location, user: User) -> QuerySet[LongEstimate]:
    estimates = LongEstimate.objects.filter(location=location, requested_by=user)
    return estimates.exclude(state=JobState.CANCELLED)


def delete_long_estimate(job: LongEstimate, *, at: dt.datetime) -> None:
    LongEstimate.objects.filter(pk=job.pk).update(
        state=JobState.CANCELLED,
        finished_at=at,
        leased_until=None,
        figures=None,
        invalid_numbers=[],
    )
    if not job.list_file or jobs.delete_file(job.list_file):
        LongEstimate.objects.filter(pk=job.pk).delete()


def get_figures(job: LongEstimate) -> Figures | None:
    return Figures.from_json(job.figures) if job.figures else None


def get_invalid_numbers(job: LongEstimate) -> list[InvalidNumber]:
    return [InvalidNumber(**values) for values in job.invalid_numbers]


def run_long_estimate(pk: str, *, clock: Clock) -> LongEstimate | None:
    """Safe to call twice or late; not within a transaction."""

    def price(job: LongEstimate, lease: Lease) -> None:
        numbers = _read(job, lease)
        priced = _price(job, numbers, lease, at=clock()) if numbers.numbers else None
        _save(job, numbers, priced, at=clock())

    job = jobs.run(LongEstimate, pk, price, clock=clock, explain=explain_error)
    if job is not None:
        _delete_list(job)
    return job


def _read(job: LongEstimate, lease: Lease) -> NumberList:
    def on_progress(line: int) -> None:
        if line % LINES_BETWEEN_HEARTBEATS == 0:
            lease.heartbeat(line)

    options: Any = {
        "without_plus": job.without_plus,
        "limits": worker_limits(),
        "on_progress": on_progress,
    }
    with default_storage.open(job.list_file) as stored:
        if job.is_file:
            return parse_upload(cast(IO[bytes], stored), column=job.column, **options)
        return parse_pasted(stored.read().decode(), **options)


def _price(job: LongEstimate, numbers: NumberList, lease: Lease, *, at: dt.datetime) -> Estimate:
    lease.renew(0, len(numbers.numbers))

    def on_progress(done: int) -> None:
        if done % LINES_BETWEEN_HEARTBEATS == 0:
            lease.heartbeat(done)

    messages = [QuoteMessage(phone=each.phone, seconds=job.seconds) for each in numbers.numbers]
    return estimate(
        job.location,
        job.channel,
        messages,
        at=at,
        max_messages=worker_limits().numbers,
        on_progress=on_progress,
    )


def _save(
    job: LongEstimate, numbers: NumberList, priced: Estimate | None, *, at: dt.datetime
) -> None:
    invalid = list_invalid_numbers(numbers, priced.quote if priced else None)
    results = {
        "rows_done": len(numbers.numbers),
        "rows_total": len(numbers.numbers),
        "column_read": numbers.column[:120],
        "repeated": numbers.repeated,
        "invalid_numbers": [asdict(each) for each in invalid[:MAX_INVALID_LISTED]],
        "invalid_count": len(invalid),
    }
    if priced is None:
        jobs.fail(job, _("There is no number to estimate in it."), at=at, **results)
    else:
        jobs.finish(job, at=at, figures=priced.figures.to_json(), **results)


def explain_error(error: Exception) -> str:
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, TooManyNumbers):
        return too_many()
    if isinstance(error, FileNotFoundError):
        return _("The list was lost before it was read: send it again.")
    if isinstance(error, OSError):
        return _("The list could not be read. Try again later.")
    if isinstance(error, (DatabaseError, InterfaceError)):
        return _("The database could not be read to the end. Try again later.")
    return _("Something went wrong; it is in the log. Try again later.")


def too_many() -> str:
    return _(
        "An estimate takes at most %(most)s numbers. Estimate a longer list in parts of "
        "%(most)s: what they cost adds up."
    ) % {"most": format_credits(worker_limits().numbers)}


def _delete_list(job: LongEstimate) -> None:
    if not job.is_unfinished and jobs.delete_file(job.list_file):
        LongEstimate.objects.filter(pk=job.pk).update(list_file="")
