"""`verify_ledger` finds each invariant of docs/domain.md that is broken."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger import tasks
from ledger.models import (
    Balance,
    Entry,
    InternationalMessage,
    Verification,
    VerificationRun,
)
from ledger.verification.verify import Verified, breaches, record_run
from locations.models import Location
from tests.factories import NOON
from tests.ledger.verification.corruptions import CORRUPTIONS, corrupt, sound_ledger

HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
def test_a_sound_ledger_has_no_breach():
    sound_ledger()
    assert list(breaches()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statements", "expected"), [c[1:] for c in CORRUPTIONS], ids=[c[0] for c in CORRUPTIONS]
)
def test_a_corruption_is_found_and_its_location_named(statements, expected):
    first, _ = sound_ledger()
    corrupt(*statements)
    found = list(breaches())
    assert {(breach.rule, breach.check) for breach in found} == expected
    assert {breach.location_id for breach in found} <= {first.pk, None, *rate_sharers(statements)}
    assert all(breach.detail for breach in found)


def rate_sharers(statements) -> list[int]:
    """A changed rate is wrong for every location that it priced."""
    if any("locations_rate " in statement for statement in statements):
        return list(Location.objects.values_list("pk", flat=True))
    return []


@pytest.mark.django_db
def test_one_location_can_be_verified_alone():
    first, second = sound_ledger()
    corrupt(f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {first.pk}")
    assert {breach.location_id for breach in breaches(first.pk)} == {first.pk}
    assert list(breaches(second.pk)) == []


def test_the_command_says_what_is_broken_and_exits_with_1(cloned_database, capsys):
    first, _ = sound_ledger()
    sound = cloned_database.manage("verify_ledger")
    assert (sound.returncode, sound.stdout.splitlines()[0]) == (
        0,
        f"Checked 2 locations with {Entry.objects.count()} entries against rules 1 to 7.",
    )
    corrupt(f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {first.pk}")
    broken = cloned_database.manage("verify_ledger")
    assert broken.returncode == 1
    assert (
        f"BROKEN rule 1, balance equals the sum of its entries: Harbor (location {first.pk})"
        in (broken.stdout)
    )
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_ledger", "--json", "--location", str(first.pk))
    said = json.loads(capsys.readouterr().out)
    assert {breach["location"] for breach in said["breaches"]} == {"Harbor"}
    with pytest.raises(CommandError, match="no location 987654321"):
        call_command("verify_ledger", "--location", "987654321")


@pytest.mark.django_db
def test_refused_messages_need_no_entry():
    sound_ledger()
    assert InternationalMessage.objects.filter(outcome="refused").count() == 2
    assert list(breaches()) == []


@pytest.mark.django_db
def test_the_newest_result_of_each_location_is_kept():
    first, second = sound_ledger()
    corrupt(f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {first.pk}")
    verified = Verified(None, {first.pk: 7, second.pk: 3}, 10, list(breaches()))
    run = record_run(verified, started_at=NOON, finished_at=NOON + HOUR)
    assert (run.locations, run.entries, run.breaches) == (2, 10, len(verified.breaches))
    assert [(v.location, v.through_number, v.at, bool(v.breaches)) for v in newest()] == [
        (first, 7, NOON, True),
        (second, 3, NOON, False),
    ]
    alone = Verified(first.pk, {first.pk: 8}, 8, [])
    record_run(alone, started_at=NOON + HOUR, finished_at=NOON + HOUR)
    record_run(verified, started_at=NOON - HOUR, finished_at=NOON + 2 * HOUR)
    assert [(v.location, v.through_number, v.at, v.breaches) for v in newest()] == [
        (first, 8, NOON + HOUR, []),
        (second, 3, NOON, []),
    ]


def newest() -> list[Verification]:
    return list(Verification.objects.select_related("location").order_by("location_id"))


def test_the_command_and_the_nightly_task_keep_what_they_find(cloned_database):
    first, second = sound_ledger()
    last = dict(Balance.objects.values_list("location_id", "last_number"))
    call_command("verify_ledger", stdout=StringIO())
    assert [(v.location_id, v.through_number, v.breaches) for v in newest()] == [
        (first.pk, last[first.pk], []),
        (second.pk, last[second.pk], []),
    ]
    corrupt(f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {first.pk}")
    tasks.verify_ledger()
    found = {v.location_id: {b["rule"] for b in v.breaches} for v in newest()}
    assert found == {first.pk: {1, 6}, second.pk: set()}
    assert [run.breaches > 0 for run in VerificationRun.objects.order_by("pk")] == [False, True]
