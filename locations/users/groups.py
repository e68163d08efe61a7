"""Groups of staff, filled by migrations: what a model's permission is called, and who has it."""

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
    """In a migration: give groups permissions, named like `ledger.view_entry`; makes the groups.

    Django makes permissions when all migrations are through: on an empty database there are none
    yet, so those of the migration's own models are made here. Raises LookupError for a name that
    no model of the migration's state has. Groups that staff have changed keep what they have.
    """
    alias = schema_editor.connection.alias
    labels = {name.partition(".")[0] for names in permissions.values() for name in names}
    for label in sorted(labels):
        config: Any = apps.get_app_config(label)
        # Django skips apps without models; those of a migration's state have no module of theirs.
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps, using=alias)
        config.models_module = None
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in apps.get_model("auth", "Permission")
        .objects.using(alias)
        .select_related("content_type")
    }
    for name, wanted in permissions.items():
        if missing := sorted(set(wanted) - set(known)):
            raise LookupError(name, missing)
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in wanted))
