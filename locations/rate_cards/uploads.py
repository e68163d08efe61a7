import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from locations import jobs
from locations.jobs import Clock, JobFailed, Lease
from locations.models import RateCard, RateCardUpload, User
from locations.models.jobs import JobState
from locations.models.rate_card_uploads import WAITING
from locations.rate_cards.columns import ColumnMapping, guess_columns
from locations.rate_cards.importing import LIMITS, parse_table, read_sample
from locations.rate_cards.parsing import MAX_BYTES, RateCardError, RateRow, RowProblem
from locations.rate_cards.publishing import create_card
from locations.spreadsheets import Unreadable, unpacked_size

SMALL_BYTES = 256 * 1024  # unpacked; read within the request, in well under a second

log = logging.getLogger(__name__)


class AlreadyApplied(RateCardError):
    """The upload has become a draft already."""


def create_upload(
    content: bytes,
    *,
    file_name: str,
    series_name: str,
    effective_on: dt.date,
    requested_by: User,
    clock: Clock,
) -> RateCardUpload:
    """Store and read a file, or wait until staff say what its columns mean. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_("It is larger than %s MB.") % (MAX_BYTES // 2**20))
    unpacked_size(content, LIMITS)
    rows = read_sample(content)
    if len(rows) < 2:
        raise Unreadable(_("The file has no prices below its column names."))
    columns = guess_columns(rows)
    at = clock()
    upload = RateCardUpload.objects.create(
        series_name=series_name,
        effective_on=effective_on,
        file_name=file_name[:200],
        content=content,
        columns=columns.to_json(),
        requested_by=requested_by,
        uploaded_at=at,
        requested_at=at,
        state=WAITING,
    )
    if not list(columns.find_problems()):
        request_reading(upload, columns, clock=clock)
        upload.refresh_from_db(fields=["state"])
    return upload


def request_reading(upload: RateCardUpload, columns: ColumnMapping, *, clock: Clock) -> None:
    """Read the file: at once where it is small, else by a worker. Raises AlreadyApplied."""
    updated = RateCardUpload.objects.filter(pk=upload.pk, applied_at=None, emptied_at=None).update(
        columns=columns.to_json(),
        state=JobState.QUEUED,
        requested_at=clock(),
        attempts=0,
        leased_until=None,
        failure="",
        prices=[],
        problems=[],
        problem_count=0,
    )
    if not updated:
        raise AlreadyApplied(_("This file has been made a draft already."))
    if unpacked_size(bytes(upload.content), LIMITS) <= SMALL_BYTES:
        read_upload(upload.pk, clock=clock)
    else:
        transaction.on_commit(lambda: jobs.enqueue(RateCardUpload, upload.pk))


def read_upload(upload_id: int, *, clock: Clock) -> None:
    def read(upload: RateCardUpload, lease: Lease) -> None:
        try:
            content = bytes(upload.content)
            table = parse_table(content, get_columns(upload), on_row=lease.heartbeat)
        except Unreadable as unreadable:
            raise JobFailed(str(unreadable)) from unreadable
        jobs.finish(
            upload,
            at=clock(),
            rows_done=table.row_count,
            rows_total=table.row_count,
            prices=[
                [
                    *(line.line, *line.destination, line.credits),
                    *(line.first_seconds, line.following_seconds),
                    *(line.merged, line.lowest, line.highest),
                ]
                for line in table.prices
            ],
            problems=[[problem.line, problem.reason] for problem in table.problems],
            problem_count=table.bad_line_count,
        )

    jobs.run(RateCardUpload, upload_id, read, clock=clock)


def get_columns(upload: RateCardUpload) -> ColumnMapping:
    """Chosen by staff, else guessed from the headings. Raises Unreadable."""
    if upload.columns:
        return ColumnMapping.from_json(upload.columns)
    return guess_columns(read_sample(bytes(upload.content)))


def get_rows(upload: RateCardUpload) -> list[RateRow]:
    return [RateRow(*values) for values in upload.prices]


def get_problems(upload: RateCardUpload) -> list[RowProblem]:
    return [RowProblem(*values) for values in upload.problems]


def can_apply(upload: RateCardUpload) -> bool:
    return bool(
        upload.is_ready and upload.applied_at is None and upload.prices and not upload.problem_count
    )


def apply(upload: RateCardUpload, *, applied_by: User, at: dt.datetime) -> RateCard:
    """Make the draft of what was read, once. Raises AlreadyApplied and RateCardError."""
    with transaction.atomic():
        # A double click: the second waits here and finds it applied.
        fresh = RateCardUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if fresh.applied_at is not None:
            raise AlreadyApplied(_("This file has been made a draft already."))
        if not can_apply(fresh):
            raise RateCardError(_("This file cannot be made a draft as it is."))
        card = create_card(get_rows(fresh), name=fresh.series_name, effective_on=fresh.effective_on)
        fresh.applied_by, fresh.applied_at, fresh.card = applied_by, at, card
        fresh.save(update_fields=["applied_by", "applied_at", "card"])
    return card


def delete_old_uploads(*, at: dt.datetime) -> None:
    """Delete old files that became no draft; of the others only the content."""
    old = Q(uploaded_at__lt=at - dt.timedelta(days=settings.RATE_CARD_UPLOAD_RETENTION_DAYS))
    deleted, _by_model = RateCardUpload.objects.filter(old, applied_at=None).delete()
    emptied = RateCardUpload.objects.filter(old, emptied_at=None).update(
        content=b"", prices=[], problems=[], emptied_at=at
    )
    if deleted or emptied:
        log.info("price lists: %d old files deleted, %d emptied", deleted, emptied)
