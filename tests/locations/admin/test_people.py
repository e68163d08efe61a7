"""Admin of users and memberships."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from locations.models import Location, Membership, User
from locations.users.groups import ADMINISTRATOR, GROUPS, SUPPORT
from tests.factories import make_location, make_user
from tests.locations.admin.desk import address, errors

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def test_user_is_added_with_a_password_and_a_lower_case_address(staff: Client):
    new = {
        "email": "New@Example.org",
        "full_name": "Noor",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert staff.post(address("user_add"), new).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.check_password(PASSWORD)
    answer = staff.post(address("user_add"), new | {"email": "NEW@example.org"})
    assert list(errors(answer)) == ["email"]


def powers(user: User, **changed: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "full_name": user.full_name,
        "is_active": "on",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    } | changed


def clerk_of(group: str, email: str = "clerk@example.org") -> User:
    clerk = make_user(email, is_staff=True)
    clerk.groups.add(Group.objects.get(name=group))
    return clerk


def everything(user: User, **changed: Any) -> dict[str, Any]:
    """A form that hands out every power."""
    return powers(
        user,
        is_superuser="on",
        is_staff="on",
        groups=[group.pk for group in Group.objects.all()],
        user_permissions=[p.pk for p in Permission.objects.all()],
        **changed,
    )


def test_changing_staff_needs_permission(client: Client):
    clerk, colleague = clerk_of(SUPPORT), clerk_of(ADMINISTRATOR, "admin@example.org")
    client.force_login(clerk)
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    for user in (clerk, colleague):
        assert client.post(address("user_change", user.pk), everything(user)).status_code == 403
        page = reverse("admin:auth_user_password_change", args=[user.pk])
        assert client.post(page, new).status_code == 403
    chosen = {"action": "turn_off_second_step", "_selected_action": colleague.pk}
    answer = client.post(address("user_changelist"), chosen, follow=True)
    assert "is not yours to change" in answer.text


def test_making_someone_staff_needs_permission(client: Client):
    client.force_login(clerk_of(SUPPORT))
    manager = make_user("manager@example.org")
    page = address("user_change", manager.pk)
    assert client.post(page, everything(manager, full_name="Mo")).status_code == 302
    manager.refresh_from_db()
    assert (manager.full_name, manager.is_staff, manager.is_superuser) == ("Mo", False, False)
    assert (manager.groups.count(), manager.user_permissions.count()) == (0, 0)
    new = {"email": "new@example.org", "is_staff": "on", "usable_password": "false"}
    assert client.post(address("user_add"), new).status_code == 302
    assert User.objects.get(email="new@example.org").is_staff is False


def test_administrators_put_people_in_groups_and_make_no_superuser(client: Client):
    client.force_login(clerk_of(ADMINISTRATOR))
    person = make_user("person@example.org")
    assert client.post(address("user_change", person.pk), everything(person)).status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (True, False)
    assert person.groups.count() == len(GROUPS)
    assert person.user_permissions.count() == 0


def test_only_a_superuser_sets_a_superuser_password(client: Client):
    chief = make_user("chief@example.org", is_staff=True, is_superuser=True)
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    client.force_login(clerk)
    page = reverse("admin:auth_user_password_change", args=[chief.pk])
    new = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page, new).status_code == 403
    assert client.post(address("user_change", chief.pk), powers(chief)).status_code == 403


def test_users_and_locations_are_never_deleted(staff: Client):
    location, user = make_location(), make_user()
    for model, pk in (("user", user.pk), ("location", location.pk)):
        assert staff.post(address(f"{model}_delete", pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        staff.post(address(f"{model}_changelist"), chosen)
    assert User.objects.filter(pk=user.pk).exists()
    assert Location.objects.exists()


def test_membership_of_the_wrong_kind_is_refused(staff: Client):
    location, user = make_location(), make_user()
    wrong = {"user": user.pk, "role": "admin", "account": location.account_id, "location": ""}
    answer = staff.post(address("membership_add"), wrong)
    assert "An Account Admin belongs to an account" in str(errors(answer))
    right = {"user": user.pk, "role": "admin", "account": "", "location": location.pk}
    assert staff.post(address("membership_add"), right).status_code == 302
    assert list(errors(staff.post(address("membership_add"), right))) == ["__all__"]
    assert Membership.objects.count() == 1
