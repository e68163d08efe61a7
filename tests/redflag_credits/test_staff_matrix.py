"""Each group of staff can do its work and nothing else: every page and action, forged POSTs too."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from ledger.api import tokens
from ledger.engine import renewals
from locations.models import Location, Membership, RateCardSeries, Role, User
from locations.users.groups import BILLING, GROUPS
from tests.factories import NOON, make_card, make_contract, make_user
from tests.redflag_credits.desk import fill
from tests.redflag_credits.staff_matrix import (
    ACTIONS,
    EMPTY,
    FOR_ALL_STAFF,
    MODELS,
    PAGES,
    PLAIN,
    Kept,
    subject_of,
)

pytestmark = pytest.mark.usefixtures("savepoint")

MATRIX = "tests/redflag_credits/staff_matrix.py"
NO_GROUP = "no group"
PEOPLE = [*GROUPS, NO_GROUP]
# Who opens every page here: some rights and none. What the others may is asked of the pages' own
# permissions, which the pages ask too; `make prove` opens them as everybody.
VISITORS = [
    pytest.param(who, marks=[] if who in (BILLING, NO_GROUP) else pytest.mark.slow)
    for who in PEOPLE
]
OF_A_MODEL = ("changelist", "add", "change", "delete", "history")
LISTED = sorted(admin.site._registry, key=lambda model: model._meta.label)


# --- What there is ----------------------------------------------------------------------------


def pages(patterns: Any = None, route: str = "/staff/") -> Iterator[tuple[str, str]]:
    """Name and route of every page of the desk, as its own list of addresses has them."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, here


def model_pages() -> dict[str, tuple[type[Model], str]]:
    return {
        f"{model._meta.app_label}_{model._meta.model_name}_{kind}": (model, kind)
        for model in LISTED
        for kind in OF_A_MODEL
    }


def actions_of(model: type[Model], user: User) -> set[str]:
    return set(admin.site._registry[model].get_actions(request_of(model, user)))


def request_of(model: type[Model], user: User) -> Any:
    request = RequestFactory().get("/staff/", narrowed(model))
    request.user = user
    return request


def narrowed(model: type[Model]) -> dict[str, Any]:
    """Prices have actions in the list of one draft alone."""
    if model._meta.label == "locations.Rate":
        return {"card__id__exact": subject_of(model).card_id}
    return {}


def test_every_page_of_the_desk_stands_in_the_matrix():
    known = {*model_pages(), *PAGES, *FOR_ALL_STAFF}
    missing = sorted({name for name, _ in pages()} - known)
    assert missing == [], f"say in PAGES of {MATRIX} who may open and post to {missing}"
    gone = sorted({*PAGES, *FOR_ALL_STAFF} - {name for name, _ in pages()})
    assert gone == [], f"PAGES of {MATRIX} names pages that are no more: {gone}"


def test_every_model_of_the_desk_stands_in_the_matrix():
    missing = [model._meta.label for model in LISTED if model._meta.label not in MODELS]
    assert missing == [], f"say in MODELS of {MATRIX} who may see and change {missing}"
    assert len(MODELS) == len(LISTED)


def test_every_action_of_the_desk_stands_in_the_matrix(world: Location):
    chief = make_user(is_staff=True, is_superuser=True)
    found = {
        f"{model._meta.label}.{action}"
        for model in LISTED
        for action in actions_of(model, chief) - {"delete_selected"}
    }
    assert found == set(ACTIONS), f"say in ACTIONS of {MATRIX} who may do {found ^ set(ACTIONS)}"


# --- Who may what -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(module_transaction: None) -> Location:
    make_card()
    make_card(series="Partners", published=False, is_default=False)
    location = fill()
    make_contract(location, starts_on=NOON.date().replace(year=2028), included_credits=5)
    tokens.create("Platform", at=NOON, scopes=["read"])
    plain = make_user(PLAIN)
    Membership.objects.create(user=plain, role=Role.ADMIN, location=location)
    renewals.renew(location.pk, at=timezone.now())  # a page would do it
    RateCardSeries.objects.create(name=EMPTY)
    Group.objects.create(name=EMPTY)
    return location


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, world: Location) -> tuple[str, User]:
    user = make_user("somebody@example.org", is_staff=True)
    if request.param != NO_GROUP:
        user.groups.add(Group.objects.get(name=request.param))
    return request.param, user


@pytest.fixture
def desk(client: Client, person: tuple[str, User], world: Location) -> Client:
    client.force_login(person[1])
    return client


def fill_in(route: str, subject: Any) -> str:
    return re.sub(r"<[^>]+>", lambda _: str(subject.pk), route)


def state() -> str:
    """Every row of every table but sessions and the trail, as one figure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace ="
            " current_schema()::regnamespace AND relname <> 'locations_session'"
            " AND relname NOT LIKE '%event' ORDER BY 1"
        )
        one = "(SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY t::text)), '') FROM {} t)"
        parts = " || ".join(one.format(f'"{name}"') for (name,) in cursor.fetchall())
        cursor.execute(f"SELECT md5({parts})")
        return str(cursor.fetchone()[0])


def post(client: Client, address: str, content: dict[str, Any], *, allowed: bool) -> int:
    """The status; what somebody may do is taken back, what they may not would stay to be found."""
    with transaction.atomic():
        status = client.post(address, content).status_code
        transaction.set_rollback(allowed)
    return status


def test_models_permit_whom_they_are_for(person: tuple[str, User]):
    group, user = person
    wrong = []
    for model in LISTED:
        kept, desk, subject = (
            MODELS[model._meta.label],
            admin.site._registry[model],
            subject_of(model),
        )
        request = request_of(model, user)
        permitted = (
            desk.has_view_permission(request, subject),
            desk.has_add_permission(request),
            desk.has_change_permission(request, subject),
            desk.has_delete_permission(request, subject),
        )
        may = tuple(group in who for who in (kept.view, kept.add, kept.change, kept.delete))
        if permitted != may:
            wrong.append((model._meta.label, permitted, may))
    assert wrong == []


@pytest.mark.parametrize("person", VISITORS, indirect=True)
def test_pages_of_models_open_to_whom_they_are_for(desk: Client, person: tuple[str, User]):
    group, _ = person
    before = state()
    routes = dict(pages())
    wrong = []
    for name, (model, kind) in model_pages().items():
        if name not in routes:
            continue
        kept: Kept = MODELS[model._meta.label]
        address = fill_in(routes[name], subject_of(model))
        sees = group in kept.view
        may = {
            "changelist": (sees, sees),
            "history": (sees, sees),
            "add": (group in kept.add, group in kept.add),
            "change": (sees, group in kept.change),
            "delete": (group in kept.delete, group in kept.delete),
        }[kind]
        got = desk.get(address).status_code
        posted = post(desk, address, {"post": "yes"}, allowed=may[1])
        if (got != 403, posted != 403) != may or {got, posted} - {200, 302, 403, 404}:
            wrong.append((name, may, got, posted))
    assert wrong == []
    assert state() == before


def test_pages_of_their_own_open_to_whom_they_are_for(desk: Client, person: tuple[str, User]):
    group, _ = person
    before = state()
    routes = dict(pages())
    wrong = []
    for name, tried in PAGES.items():
        address = fill_in(routes[name], tried.subject())
        may = (group in tried.get, group in tried.post)
        got = desk.get(address).status_code
        posted = post(desk, address, tried.content, allowed=may[1])
        if (got != 403, posted != 403) != may or {got, posted} - {200, 302, 403, 404}:
            wrong.append((name, may, got, posted))
    assert wrong == []
    assert state() == before


def test_actions_are_for_whom_they_are_for(desk: Client, person: tuple[str, User]):
    group, user = person
    before = state()
    routes = dict(pages())
    wrong = []
    for model in LISTED:
        label = model._meta.label
        kept = MODELS[label]
        offered = actions_of(model, user) if group in kept.view else set()
        names = {key.rpartition(".")[2] for key in ACTIONS if key.startswith(f"{label}.")}
        for action in {*names, "delete_selected"}:
            who = kept.delete if action == "delete_selected" else ACTIONS[f"{label}.{action}"]
            if (action in offered) != (group in who):
                wrong.append((label, action, "offered" if action in offered else "not offered"))
            route = routes[f"{model._meta.app_label}_{model._meta.model_name}_changelist"]
            query = "&".join(f"{key}={value}" for key, value in narrowed(model).items())
            pk = str(subject_of(model).pk)
            chosen = {"action": action, "_selected_action": pk, "post": "yes"}
            post(desk, f"{route}?{query}", chosen, allowed=group in who)
    assert state() == before
    assert wrong == []


def test_the_desk_itself_opens_to_all_staff(desk: Client):
    assert desk.get("/staff/").status_code == 200
    assert desk.get("/staff/password_change/").status_code == 200
