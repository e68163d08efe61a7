"""Estimates of lists longer than one broadcast: asked for, worked out by the worker, forgotten.

The row is written before its list, and says that it is over before its list is deleted: whatever
fails or is killed in between, the sweep finds a row that names the file.
"""

import datetime as dt
import logging
import traceback
from contextlib import closing
from dataclasses import asdict
from typing import IO, Any, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from ledger.engine.quotes import QuoteMessage
from locations.formatting.numbers import format_credits
from locations.jobs import LEASE, Lease, LeaseLost, queue
from locations.models import Channel, Location, User
from locations.models.jobs import UNFINISHED, JobState
from locations.spreadsheets import Unreadable
from reports.estimates.estimate import Estimate, estimate
from reports.estimates.invalid_numbers import Unsendable, unsendable
from reports.estimates.number_files import uploaded
from reports.estimates.number_lists import NumberList, TooManyNumbers, in_worker, pasted
from reports.estimates.results import Figures
from reports.jobs import CLAIMABLE, CannotAsk, Clock, remove_file
from reports.models import LongEstimate

TASK = "reports.tasks.work_out_estimate"
MOST_WAITING = 3  # of one location
MOST_BAD_SHOWN = 100
LINES_A_LOOK = 500  # between two looks at the clock

log = logging.getLogger(__name__)


def ask(
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
    """Keep the list and have it priced; not within a transaction.

    `content` is the uploaded file, or the pasted text in UTF-8. Raises CannotAsk. Whether the
    user may ask is the caller's question.
    """
    with transaction.atomic(durable=True):
        # Two that ask at once would both take the last place.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        waiting = LongEstimate.objects.filter(location=location, state__in=UNFINISHED)
        if waiting.count() >= MOST_WAITING:
            raise CannotAsk(
                _("%s long lists of this location are being estimated: wait for one of them.")
                % MOST_WAITING
            )
        asked = LongEstimate(
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
        asked.list_file = f"estimates/{asked.pk}"
        asked.save(force_insert=True)
    try:
        default_storage.save(asked.list_file, File(content))
    except OSError as problem:
        log.warning("the list of estimate %s cannot be kept: %s", asked.pk, problem.errno)
        forget(asked, at=at)
        raise CannotAsk(
            _("The list could not be kept until it is priced. Try again later.")
        ) from problem
    queue(TASK, str(asked.pk))
    return asked


def mine(location: Location, user: User) -> QuerySet[LongEstimate]:
    """Those of the location that this user asked for and has not had deleted."""
    found = LongEstimate.objects.filter(location=location, requested_by=user)
    return found.exclude(state=JobState.CANCELLED)


def forget(asked: LongEstimate, *, at: dt.datetime) -> None:
    """Delete the estimate and its list; whoever works on it finds out and stops."""
    LongEstimate.objects.filter(pk=asked.pk).update(
        state=JobState.CANCELLED,
        finished_at=at,
        leased_until=None,
        figures=None,
        invalid_numbers=[],
    )
    if not asked.list_file or remove_file(asked.list_file):
        LongEstimate.objects.filter(pk=asked.pk).delete()


def figures_of(asked: LongEstimate) -> Figures | None:
    return Figures.from_kept(asked.figures) if asked.figures else None


def bad_lines(asked: LongEstimate) -> list[Unsendable]:
    return [Unsendable(**kept) for kept in asked.invalid_numbers]


# --- In the worker ------------------------------------------------------------------------------


def work_out(pk: str, *, clock: Clock) -> LongEstimate | None:
    """Price the list; None where another worker does, or it is over. Not within a transaction.

    It comes back ready or failed, each without its list; or still running where the lease was
    lost or the database is gone. Then it is worked out again, once.
    """
    asked = _claim(pk, at=clock())
    if asked is None:
        return None
    with closing(Lease(asked)) as lease, override(asked.language):
        try:
            listed = _read(asked, lease)
            if not listed.numbers:
                _end(asked, listed, None, _("There is no number to estimate in it."), at=clock())
            else:
                _end(asked, listed, _price(asked, listed, lease, at=clock()), at=clock())
        except LeaseLost:
            log.warning("estimate %s: attempt %d lost its lease", asked.pk, asked.attempts)
            return asked
        except Exception as problem:
            # Of what went wrong the place, and not the words: they may hold somebody's number.
            where = "".join(traceback.format_tb(problem.__traceback__))
            kind = type(problem).__name__
            log.warning("estimate %s: attempt %d: %s\n%s", asked.pk, asked.attempts, kind, where)
            _fail(asked, _reason(problem), at=clock())
    _drop_list(asked)
    return asked


def _claim(pk: str, *, at: dt.datetime) -> LongEstimate | None:
    with transaction.atomic(durable=True):
        # Two tasks of the same row: the second waits here, and finds it taken.
        asked = LongEstimate.objects.select_for_update().filter(CLAIMABLE, pk=pk).first()
        if asked is None:
            return None
        asked.attempts += 1
        asked.state = JobState.RUNNING
        LongEstimate.objects.filter(pk=pk).update(
            state=asked.state,
            attempts=asked.attempts,
            started_at=at,
            leased_until=Now() + LEASE,
            rows_done=0,
            rows_total=None,
        )
    return asked


def _read(asked: LongEstimate, lease: Lease) -> NumberList:
    def watch(line: int) -> None:
        if line % LINES_A_LOOK == 0:
            lease.renew_now_and_then(line)

    limits, bare = in_worker(), asked.without_plus
    with default_storage.open(asked.list_file) as kept:
        if asked.is_file:
            file = cast(IO[bytes], kept)
            return uploaded(
                file, column=asked.column, without_plus=bare, limits=limits, watch=watch
            )
        text = kept.read().decode()
        return pasted(text, without_plus=bare, limits=limits, watch=watch)


def _price(asked: LongEstimate, listed: NumberList, lease: Lease, *, at: dt.datetime) -> Estimate:
    lease.renew(0, len(listed.numbers))

    def watch(done: int) -> None:
        if done % LINES_A_LOOK == 0:
            lease.renew_now_and_then(done)

    messages = [QuoteMessage(phone=each.phone, seconds=asked.seconds) for each in listed.numbers]
    return estimate(
        asked.location,
        asked.channel,
        messages,
        at=at,
        most=in_worker().numbers,
        watch=watch,
    )


def _end(
    asked: LongEstimate,
    listed: NumberList,
    found: Estimate | None,
    failure: str = "",
    *,
    at: dt.datetime,
) -> None:
    bad = unsendable(listed, found.quote if found else None)
    state = JobState.READY if found else JobState.FAILED
    ended = _mine(asked).update(
        state=state,
        failure=failure,
        finished_at=at,
        leased_until=None,
        rows_done=len(listed.numbers),
        rows_total=len(listed.numbers),
        figures=found and found.figures.as_kept(),
        column_read=listed.column[:120],
        repeated=listed.repeated,
        invalid_numbers=[asdict(each) for each in bad[:MOST_BAD_SHOWN]],
        invalid_count=len(bad),
    )
    if not ended:
        raise LeaseLost
    asked.state = state


def _mine(asked: LongEstimate) -> QuerySet[LongEstimate]:
    return LongEstimate.objects.filter(pk=asked.pk, state=JobState.RUNNING, attempts=asked.attempts)


def _fail(asked: LongEstimate, failure: str, *, at: dt.datetime) -> None:
    over: dict[str, Any] = {"state": JobState.FAILED, "failure": failure, "finished_at": at}
    try:
        _mine(asked).update(leased_until=None, **over)
    except (DatabaseError, InterfaceError):
        # Nobody can be told now. The lease runs out, and it is worked out again or given up.
        log.error("estimate %s: that it failed could not be written down", asked.pk)
        connection.close()
    else:
        asked.state = JobState.FAILED


def _reason(problem: Exception) -> str:
    """Why there is no answer, for whoever asked."""
    if isinstance(problem, Unreadable):
        return str(problem)
    if isinstance(problem, TooManyNumbers):
        return too_many()
    if isinstance(problem, FileNotFoundError):
        return _("The list was lost before it was read: send it again.")
    if isinstance(problem, OSError):
        return _("The list could not be read. Try again later.")
    if isinstance(problem, (DatabaseError, InterfaceError)):
        return _("The database could not be read to the end. Try again later.")
    return _("Something went wrong; it is in the log. Try again later.")


def too_many() -> str:
    return _(
        "An estimate takes at most %(most)s numbers. Estimate a longer list in parts of "
        "%(most)s: what they cost adds up."
    ) % {"most": format_credits(in_worker().numbers)}


def _drop_list(asked: LongEstimate) -> None:
    """Delete the list of what is over; one that cannot be deleted now is left to the sweep."""
    if asked.state in (JobState.READY, JobState.FAILED) and remove_file(asked.list_file):
        LongEstimate.objects.filter(pk=asked.pk).update(list_file="")
