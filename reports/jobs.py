"""What reports and long estimates have in common as jobs."""

import datetime as dt
import logging
from collections.abc import Callable

from django.core.files.storage import default_storage
from django.db.models import Q
from django.db.models.functions import Now

from locations.models.jobs import MAX_ATTEMPTS, JobState

LOST_LEASE = Q(state=JobState.RUNNING, leased_until__lt=Now())
CLAIMABLE = Q(state=JobState.QUEUED) | (LOST_LEASE & Q(attempts__lt=MAX_ATTEMPTS))

Clock = Callable[[], dt.datetime]

log = logging.getLogger(__name__)


class CannotAsk(Exception):
    """A request that is not accepted; its text is for people."""


def remove_file(name: str) -> bool:
    """Delete the file of a job, complete or not; whether it is gone."""
    try:
        default_storage.delete(name)
    except Exception as problem:  # an object storage has errors of its own
        log.warning("the file %s cannot be deleted now: %s", name, problem)
        return False
    return True
