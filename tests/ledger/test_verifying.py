"""`verify_ledger`: every rule of domain.md section 4, broken one by one."""

import json

import pytest

from ledger.models import Entry, InternationalMessage
from ledger.verifying import breaches
from locations.models import Location
from tests.ledger.corruptions import (
    CORRUPTIONS,
    corrupt,
    sound_ledger,
)


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


def test_the_command_says_what_is_broken_and_exits_with_1(cloned_database):
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
    as_json = cloned_database.manage("verify_ledger", "--json", "--location", str(first.pk))
    assert as_json.returncode == 1
    assert {b["location"] for b in json.loads(as_json.stdout)["breaches"]} == {"Harbor"}
    unknown = cloned_database.manage("verify_ledger", "--location", "987654321")
    assert (unknown.returncode, "no location 987654321" in unknown.stderr) == (1, True)


@pytest.mark.django_db
def test_refused_messages_need_no_entry():
    sound_ledger()
    assert InternationalMessage.objects.filter(outcome="refused").count() == 2
    assert list(breaches()) == []
