"""Groups of staff and the migrations that fill them."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from locations.users.groups import ADMINISTRATOR, SUPPORT

pytestmark = pytest.mark.django_db

rename_permissions = import_module("locations.migrations.0002_rename_permissions")


def holders(codename: str) -> set[str]:
    return set(Group.objects.filter(permissions__codename=codename).values_list("name", flat=True))


@pytest.mark.parametrize(("old", "new"), rename_permissions.RENAMED.items())
def test_groups_keep_renamed_permissions(old: str, new: str):
    assert holders(new) == {SUPPORT, ADMINISTRATOR}
    with connection.schema_editor() as editor:
        rename_permissions.rename_backwards(apps, editor)
        assert (holders(old), holders(new)) == ({SUPPORT, ADMINISTRATOR}, set())
        rename_permissions.rename_forwards(apps, editor)
    assert holders(new) == {SUPPORT, ADMINISTRATOR}
    assert not Permission.objects.filter(codename=old).exists()
