"""Values of the audit log, formatted for a reader."""

from typing import Any

import pytest
from django.db.models import Model
from django.utils.translation import override

from locations.audit.formatting import format_value
from locations.models import Contract, Location, RateCard, User


@pytest.mark.parametrize(
    ("model", "field", "value", "expected"),
    [
        (RateCard, "published_at", "2026-11-25T20:55:54.123456+00:00", "25 Nov 2026, 20:55 UTC"),
        (RateCard, "published_at", "2026-11-25T23:30:00-06:00", "26 Nov 2026, 05:30 UTC"),
        (RateCard, "effective_on", "2027-01-01", "1 Jan 2027"),
        (RateCard, "effective_on", None, ""),
        (Contract, "included_credits", 0, "0"),
        (Location, "masked_roles", ["admin", "manager"], "admin, manager"),
        (User, "is_staff", False, "no"),
        (Contract, "location", 7, "#7"),
    ],
)
def test_value_is_formatted(model: type[Model], field: str, value: Any, expected: str) -> None:
    assert format_value(model._meta.get_field(field), value, {}) == expected


def test_days_are_formatted_in_the_readers_language() -> None:
    field = RateCard._meta.get_field("effective_on")
    with override("fr"):
        assert format_value(field, "2027-08-01", {}) == "1er août 2027"


def test_existing_object_is_named() -> None:
    soho = Location(name="Soho")
    assert format_value(Contract._meta.get_field("location"), 7, {7: soho}) == str(soho)
