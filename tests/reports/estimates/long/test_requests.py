"""Which long lists are kept until the worker comes to them, and what their rows must hold."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from locations.models import Location, User
from reports.estimates.jobs import MAX_UNFINISHED, InvalidRequest
from reports.models import LongEstimate
from tests.factories import MEXICO, NOON
from tests.reports.estimates.long.lists import ask
from tests.reports.traffic import files


def test_a_location_waits_for_a_few_at_once(soho: Location, manager: User, storage: Path) -> None:
    for _ in range(MAX_UNFINISHED):
        ask(soho, manager, MEXICO)
    with pytest.raises(InvalidRequest, match="wait for one of them"):
        ask(soho, manager, MEXICO)
    assert len(files(storage)) == LongEstimate.objects.count() == MAX_UNFINISHED


def test_a_list_that_cannot_be_kept_is_said_and_leaves_nothing(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full, raising=False)
    with pytest.raises(InvalidRequest, match="could not be kept"):
        ask(soho, manager, MEXICO)
    assert LongEstimate.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"state": "ready", "finished_at": NOON}, "long_estimate_ready_has_figures"),
        ({"state": "failed"}, "long_estimate_over_has_time"),
    ],
)
def test_the_database_wants_an_answer_and_its_time(
    soho: Location, manager: User, change: dict[str, Any], guard: str
) -> None:
    asked = ask(soho, manager, MEXICO)
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        LongEstimate.objects.filter(pk=asked.pk).update(**change)
