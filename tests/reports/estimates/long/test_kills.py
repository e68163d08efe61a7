"""A worker killed over a long list: it is priced once more, and the list is deleted after all."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from locations.jobs import LEASE, requeue_stale_jobs
from locations.models import Location, User
from locations.models.jobs import MAX_ATTEMPTS, JobState
from reports.estimates import cleanup, jobs
from reports.estimates.jobs import get_figures, run_long_estimate
from reports.models import LongEstimate
from tests.factories import FRANCE, MEXICO, NOON
from tests.processes import LostProcess, race
from tests.reports.estimates.long.lists import ask, done
from tests.reports.traffic import files

pytestmark = pytest.mark.processes

# Where the worker dies, and what it leaves: the state, and whether the list is still there.
MOMENTS: dict[str, tuple[Any, str, JobState, bool]] = {
    "claimed, nothing read": (jobs, "_read", JobState.RUNNING, True),
    "read, nothing priced": (jobs, "_price", JobState.RUNNING, True),
    "priced, not written down": (jobs, "_save", JobState.RUNNING, True),
    "ready, the list not deleted": (jobs, "_delete_list", JobState.READY, True),
}


def die(where: Any, name: str, pk: str) -> None:
    setattr(where, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    run_long_estimate(pk, clock=lambda: NOON)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_worker_s_list_is_priced_once_more_and_then_deleted(
    soho: Location, manager: User, storage: Path, moment: str
) -> None:
    where, name, state, has_list = MOMENTS[moment]
    asked = ask(soho, manager, f"{MEXICO}\n{FRANCE}")
    with pytest.raises(LostProcess):
        race(die, [{"where": where, "name": name, "pk": str(asked.pk)}])
    asked.refresh_from_db()
    assert (asked.state, bool(files(storage))) == (state, has_list)
    assert run_long_estimate(str(asked.pk), clock=lambda: NOON) is None  # its lease still runs
    LongEstimate.objects.filter(state="running").update(leased_until=Now() - LEASE)
    requeue_stale_jobs(at=NOON)
    cleanup.clean_up(at=NOON)
    done(asked)
    found = get_figures(asked)
    assert found is not None
    assert (asked.state, found.credits, files(storage)) == (JobState.READY, 13, [])


def test_a_list_that_kills_its_worker_twice_has_failed_and_is_deleted(
    soho: Location, manager: User, storage: Path
) -> None:
    asked = ask(soho, manager, MEXICO)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(LostProcess):
            race(die, [{"where": jobs, "name": "_price", "pk": str(asked.pk)}])
        LongEstimate.objects.update(leased_until=Now() - LEASE)
    assert run_long_estimate(str(asked.pk), clock=lambda: NOON) is None
    requeue_stale_jobs(at=NOON)
    cleanup.clean_up(at=NOON)
    asked.refresh_from_db()
    assert (asked.state, files(storage)) == (JobState.FAILED, [])
    assert asked.failure == "The work on it was interrupted again and again. Try a shorter list."
