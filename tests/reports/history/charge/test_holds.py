"""What the page of a charge says of credits that were held: for it, and for others."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.engine import holds
from locations.models import Location
from tests.factories import MEXICO, call, key, text
from tests.reports.history.charge.charges import NOW, sent
from tests.reports.pages import words

pytestmark = pytest.mark.django_db


def test_call_capped_at_its_hold_has_a_notice(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    held = holds.hold(
        location.pk,
        call=holds.PlannedCall(phone=MEXICO, expected_seconds=60),
        over_rule="cap",
        seconds_to_live=600,
        key=key(),
        at=NOW,
    ).hold
    charge_id = holds.settle(held.pk, "voice", [call(61)], key=key(), at=NOW).charge_id
    said = words(open_charge(location, charge_id))
    assert "Hold 12 credits were held for it; it was charged what was held, and no more." in said
    assert (
        "= 24, capped at the 12 that the hold had left, paid from contract credits;"
        " balance 100 → 88"
    ) in said


@pytest.mark.parametrize(
    ("over_rule", "held", "said"),
    [
        ("refuse", 24, "24 credits were held for it; all of it was used."),
        ("refuse", 30, "30 credits were held for it; what was not used is free again."),
        ("overflow", 20, "20 credits were held for it; it cost more, and was charged in full."),
        ("cap", 1, "1 credit was held for it; it was charged what was held, and no more."),
    ],
)
def test_outcome_of_a_hold_is_displayed(
    location: Location, open_charge: Callable[..., Any], over_rule: str, held: int, said: str
) -> None:
    hold = holds.hold(
        location.pk,
        credits=held,
        over_rule=over_rule,
        seconds_to_live=600,
        key=key(),
        at=NOW,
    ).hold
    charge_id = holds.settle(hold.pk, "voice", [call(61)], key=key(), at=NOW).charge_id
    assert said in words(open_charge(location, charge_id))


def test_other_holds_are_displayed(location: Location, open_charge: Callable[..., Any]) -> None:
    holds.hold(location.pk, credits=30, seconds_to_live=600, key=key(), at=NOW)
    said = words(open_charge(location, sent(location, text())))
    assert "Available before 70 · 30 more were held for calls" in said
    assert "Balance 100 → to 93" in said
