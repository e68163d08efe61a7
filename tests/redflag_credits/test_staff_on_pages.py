"""Staff permissions on the pages of managers, and the log of their views."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from ledger.engine import charging
from ledger.models import Charge
from locations.audit import log
from locations.models import Location, User
from locations.users.groups import ADMINISTRATOR, BILLING, GROUPS, SUPPORT, VIEWER
from tests.factories import NOON, chat, key, make_card, make_location, make_user

pytestmark = pytest.mark.django_db

HELPERS = {SUPPORT, ADMINISTRATOR}


@pytest.fixture
def soho() -> Location:
    make_card()
    location = make_location(name="Soho")
    charging.charge_chat(location.pk, [chat(content="Top secret")], key=key(), at=NOON)
    return location


def of_group(name: str) -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def pages(soho: Location) -> list[str]:
    charge = Charge.objects.get()
    return [
        reverse("usage-charge", args=[soho.pk, charge.pk]),
        reverse("usage-search", args=[soho.pk]),
        reverse("usage-correction", args=[soho.pk, charge.pk]),
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_all_staff_read_figures_and_some_see_personal_data(
    client: Client, soho: Location, group: str
):
    user = of_group(group)
    client.force_login(user)
    assert client.get(reverse("credit-usage", args=[soho.pk])).status_code == 200
    expected = 200 if group in HELPERS else 403
    assert [client.get(page).status_code for page in pages(soho)] == [expected] * 3
    looked = [
        line for line in log.read_entries(log.AuditFilters(by=user.pk))[0] if line.label == "seen"
    ]
    assert [(line.name, line.context["page"]) for line in looked] == (
        [("Soho", "usage-correction"), ("Soho", "usage-search"), ("Soho", "usage-charge")]
        if group in HELPERS
        else []
    )


@pytest.mark.parametrize("group", [VIEWER, BILLING, SUPPORT])
def test_only_permitted_staff_act_as_managers(client: Client, soho: Location, group: str):
    client.force_login(of_group(group))
    writes = [reverse(name, args=[soho.pk]) for name in ("alerts", "reports", "request-credits")]
    refused = [client.post(page, {}).status_code == 403 for page in writes]
    assert refused == [group not in HELPERS] * 3
