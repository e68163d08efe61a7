"""What the trail kept as JSON, as a person reads it."""

from typing import Any

import pytest
from django.db.models import Model
from django.utils.translation import override

from locations.audit.formatting import in_words
from locations.models import Contract, Location, RateCard, User


@pytest.mark.parametrize(
    ("model", "field", "kept", "said"),
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
def test_a_kept_value_is_said(model: type[Model], field: str, kept: Any, said: str) -> None:
    assert in_words(model._meta.get_field(field), kept, {}) == said


def test_days_are_said_in_the_readers_language() -> None:
    with override("fr"):
        assert (
            in_words(RateCard._meta.get_field("effective_on"), "2027-08-01", {}) == "1er août 2027"
        )


def test_who_is_known_is_named() -> None:
    soho = Location(name="Soho")
    assert in_words(Contract._meta.get_field("location"), 7, {7: soho}) == str(soho)
