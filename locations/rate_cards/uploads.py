"""Price lists that staff send in: kept, read by their columns, made a draft once, forgotten."""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations import jobs
from locations.jobs import Lease, LeaseLost
from locations.models import RateCard, RateCardUpload, User
from locations.models.jobs import JobState
from locations.models.rate_card_uploads import WAITING
from locations.rate_cards.columns import ColumnMapping, guess_columns
from locations.rate_cards.importing import LIMITS, ParsedTable, parse_table, read_sample
from locations.rate_cards.parsing import MAX_BYTES, RateCardError, RateRow, RowProblem
from locations.rate_cards.publishing import create_card
from locations.spreadsheets import Unreadable, unpacked_size

READ_TASK = "locations.tasks.read_rate_card_upload"
SMALL_BYTES = 256 * 1024  # unpacked; read within the request, in well under a second

Clock = Callable[[], dt.datetime]
log = logging.getLogger(__name__)


class AlreadyApplied(RateCardError):
    """An upload becomes a draft once."""


def keep(
    content: bytes,
    *,
    file_name: str,
    series_name: str,
    effective_on: dt.date,
    requested_by: User,
    clock: Clock,
) -> RateCardUpload:
    """Keep a file and read it, or leave it waiting for what its columns mean.

    Raises Unreadable where it is no table, or too large a one.
    """
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
        ask(upload, columns, clock=clock)
        upload.refresh_from_db(fields=["state"])
    return upload


def ask(upload: RateCardUpload, columns: ColumnMapping, *, clock: Clock) -> None:
    """Read the file by these columns: at once where it is small, else by a worker.

    Raises AlreadyApplied.
    """
    asked = RateCardUpload.objects.filter(pk=upload.pk, applied_at=None, emptied_at=None).update(
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
    if not asked:
        raise AlreadyApplied(_("This file has been made a draft already."))
    if unpacked_size(bytes(upload.content), LIMITS) <= SMALL_BYTES:
        read(upload.pk, clock=clock)
    else:
        transaction.on_commit(lambda: jobs.queue(READ_TASK, upload.pk))


def read(upload_id: int, *, clock: Clock) -> None:
    """Read a file whose turn it is; twice, late or by two workers at once does no harm."""
    upload = jobs.claim(RateCardUpload, upload_id, at=clock())
    if upload is None:
        return
    # What is wrong with a line is kept as words: in the language of who sent the file in.
    with override(upload.requested_by.reads), closing(Lease(upload)) as lease:
        try:
            content = bytes(upload.content)
            columns = columns_of(upload)
            found = parse_table(content, columns, on_row=lease.renew_now_and_then)
            _finish(upload, found, at=clock())
        except LeaseLost:
            log.warning("price list %s: attempt %d lost its lease", upload.pk, upload.attempts)
        except Unreadable as unreadable:
            jobs.fail(upload, str(unreadable), at=clock())
        except Exception as problem:
            log.exception("price list %s: reading it failed", upload.pk)
            reason = _("Something went wrong (%s); it is in the log.") % type(problem).__name__
            jobs.fail(upload, reason, at=clock())


def _finish(upload: RateCardUpload, found: ParsedTable, *, at: dt.datetime) -> None:
    jobs.finish(
        upload,
        at=at,
        rows_done=found.row_count,
        rows_total=found.row_count,
        prices=[
            [
                *(line.line, *line.destination, line.credits),
                *(line.first_seconds, line.following_seconds),
                *(line.merged, line.lowest, line.highest),
            ]
            for line in found.prices
        ],
        problems=[[problem.line, problem.reason] for problem in found.problems],
        problem_count=found.bad_line_count,
    )


def columns_of(upload: RateCardUpload) -> ColumnMapping:
    """What staff chose, else what the headings say. Raises Unreadable."""
    if upload.columns:
        return ColumnMapping.from_json(upload.columns)
    return guess_columns(read_sample(bytes(upload.content)))


def lines_of(upload: RateCardUpload) -> list[RateRow]:
    return [RateRow(*values) for values in upload.prices]


def problems_of(upload: RateCardUpload) -> list[RowProblem]:
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
        card = create_card(lines_of(fresh), name=fresh.series_name, effective_on=fresh.effective_on)
        fresh.applied_by, fresh.applied_at, fresh.card = applied_by, at, card
        fresh.save(update_fields=["applied_by", "applied_at", "card"])
    return card


# --- The schedule's part ----------------------------------------------------------------------


def sweep(*, at: dt.datetime) -> None:
    """Run every minute; late, twice at once or never for a while does no harm."""
    jobs.give_up(RateCardUpload, at=at)
    for upload_id in jobs.waiting(RateCardUpload, at=at):
        if not jobs.queue(READ_TASK, upload_id, expires_seconds=jobs.TASK_EXPIRES_SECONDS):
            break
    forget(at=at)


def forget(*, at: dt.datetime) -> None:
    """Delete what nothing was made of, and empty what became a draft, when they are old.

    That a draft came out of a file, whose and when, stays for as long as the card does.
    """
    old = Q(uploaded_at__lt=at - dt.timedelta(days=settings.RATE_CARD_UPLOAD_RETENTION_DAYS))
    deleted, _by_model = RateCardUpload.objects.filter(old, applied_at=None).delete()
    emptied = RateCardUpload.objects.filter(old, emptied_at=None).update(
        content=b"", prices=[], problems=[], emptied_at=at
    )
    if deleted or emptied:
        log.info("price lists: %d old files deleted, %d emptied", deleted, emptied)
