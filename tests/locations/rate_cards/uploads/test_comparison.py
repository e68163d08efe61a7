"""Price lists beside the card in force before: what is new, changed, removed, or jumps."""

import datetime as dt

import pytest

from locations.rate_cards.comparison import (
    ChangeKind,
    compare_rates,
    count_by_kind,
    find_predecessor,
)
from tests.factories import make_card
from tests.locations.rate_cards.uploads.sending import HEAD, LIST, lines

pytestmark = pytest.mark.django_db


def test_every_row_is_new_changed_removed_or_unchanged() -> None:
    changes = compare_rates(lines(LIST), make_card())
    said = [(c.row.country, c.row.carrier_type, c.row.channel, c.kind) for c in changes if c.row]
    assert said == [
        ("DE", "mobile", "text", ChangeKind.NEW),
        ("FR", "landline", "voice", ChangeKind.REMOVED),
        ("FR", "mobile", "text", ChangeKind.CHANGED),
        ("FR", "mobile", "voice", ChangeKind.CHANGED),
        ("MX", "mobile", "text", ChangeKind.UNCHANGED),
        ("MX", "mobile", "voice", ChangeKind.CHANGED),
    ]
    assert count_by_kind(changes)[ChangeKind.CHANGED] == 3


def test_a_price_that_moves_by_more_than_half_is_marked() -> None:
    rises = {
        (c.row.country, c.row.channel): (c.percent, c.is_jump)
        for c in compare_rates(lines(LIST), make_card())
        if c.kind == ChangeKind.CHANGED and c.row
    }
    assert rises == {
        ("FR", "text"): (900.0, True),
        ("FR", "voice"): (100 / 29, False),
        ("MX", "voice"): (0.0, False),
    }


@pytest.mark.parametrize(
    ("old", "new", "jumps"),
    [(10, 15, False), (10, 16, True), (10, 5, False), (10, 4, True), (0, 1, True), (0, 0, False)],
)
def test_jump_is_a_change_by_more_than_half_or_from_zero(old: int, new: int, jumps: bool) -> None:
    before = make_card([("MX", "mobile", "text", old)])
    (change,) = compare_rates(lines(HEAD + f"MX,mobile,text,,{new},,\n"), before)
    assert change.is_jump is jumps


def test_a_first_card_is_compared_with_nothing() -> None:
    assert find_predecessor("Standard", dt.date(2026, 1, 1)) is None
    assert count_by_kind(compare_rates(lines(LIST), None))[ChangeKind.NEW] == 5


def test_card_is_compared_with_the_one_it_supersedes() -> None:
    first = make_card(effective_on=dt.date(2026, 1, 1))
    second = make_card(effective_on=dt.date(2026, 6, 1))
    make_card(effective_on=dt.date(2026, 3, 1), published=False)
    make_card(series="Partners", is_default=False, effective_on=dt.date(2026, 5, 1))
    days = [dt.date(2025, 12, 31), dt.date(2026, 5, 31), dt.date(2026, 6, 1)]
    assert [find_predecessor("Standard", day) for day in days] == [None, first, second]
