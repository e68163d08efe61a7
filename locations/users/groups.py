"""Groups of staff, and how migrations grant them permissions."""

from collections.abc import Collection, Mapping
from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWER = "Viewer"
RATE_EDITOR = "Rate editor"
BILLING = "Billing"
SUPPORT = "Support"
ADMINISTRATOR = "Administrator"
GROUPS = (VIEWER, RATE_EDITOR, BILLING, SUPPORT, ADMINISTRATOR)


def grant(
    apps: Apps,
    schema_editor: BaseDatabaseSchemaEditor,
    permissions: Mapping[str, Collection[str]],
) -> None:
    """In a migration: add permissions like `ledger.view_entry` to groups, by the groups' names.

    Creates missing groups and removes nothing. Raises LookupError for a permission that no model
    of the migration's state has.
    """
    alias = schema_editor.connection.alias
    labels = {name.partition(".")[0] for names in permissions.values() for name in names}
    # On an empty database Django creates permissions only after all migrations.
    for label in sorted(labels):
        config: Any = apps.get_app_config(label)
        # Without a models module, as in a migration's state, Django skips the app.
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps, using=alias)
        config.models_module = None
    existing = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in apps.get_model("auth", "Permission")
        .objects.using(alias)
        .select_related("content_type")
    }
    for name, granted in permissions.items():
        if missing := sorted(set(granted) - set(existing)):
            raise LookupError(name, missing)
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        group.permissions.add(*(existing[permission] for permission in granted))
