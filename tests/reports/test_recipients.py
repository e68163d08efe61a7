"""Recipients' names from their profile fields."""

import pytest

from reports.recipients import get_recipient_name


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"First Name": "Ana", "Last Name": "López"}, "Ana López"),
        ({"last name": "López", "City": "Lima"}, "López"),
        ({"Name": "Ana", "Full Name": "Ana L."}, "Ana L."),
        ({"City": "Lima", "Name": ""}, ""),
        ({}, ""),
    ],
)
def test_a_recipient_s_name_is_taken_from_the_fields(profile: dict[str, str], name: str) -> None:
    assert get_recipient_name(profile) == name


@pytest.mark.parametrize(
    ("order", "name"),
    [
        (["First Name", "Last Name"], "Ana López"),
        (["Last Name", "Unit", "First Name"], "López Ana"),
        (["FAMILY_NAME", "Unit"], "Ana López"),
        (["Unit"], "Ana López"),
    ],
)
def test_parts_of_a_name_follow_the_locations_order(order: list[str], name: str) -> None:
    profile = {"Unit": "7", "Last Name": "López", "first_name": "Ana"}
    assert get_recipient_name(profile, order) == name


def test_first_filled_field_is_used_without_a_name() -> None:
    profile = {"Company Name": "Acme", "Unique ID": "U-17", "First Name": " "}
    assert get_recipient_name(profile, ["First Name", "Unique ID", "Company Name"]) == "U-17"
    assert get_recipient_name(profile, ["Company Name"]) == "Acme"
    assert get_recipient_name(profile, ["Last Name"]) == ""
