"""Rename two permissions of locations; groups and users who have them keep them."""

from django.db import migrations

RENAMED = {
    "see_as_manager": "impersonate_manager",
    "see_personal_data": "view_personal_data",
}


def rename(apps, schema_editor, names):
    permissions = (
        apps.get_model("auth", "Permission")
        .objects.using(schema_editor.connection.alias)
        .filter(content_type__app_label="locations", content_type__model="location")
    )
    for old, new in names.items():
        permissions.filter(codename=old).update(codename=new)


def rename_forwards(apps, schema_editor):
    rename(apps, schema_editor, RENAMED)


def rename_backwards(apps, schema_editor):
    rename(apps, schema_editor, {new: old for old, new in RENAMED.items()})


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0001_initial"),
        # It grants the permissions to the groups by their old names.
        ("reports", "0002_staff_groups"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="location",
            options={
                "ordering": ["name"],
                "permissions": [
                    ("impersonate_manager", "Can use the pages of a location as its managers do"),
                    ("view_personal_data", "Can see recipients, phone numbers and chat content"),
                ],
                "verbose_name": "location",
                "verbose_name_plural": "locations",
            },
        ),
        migrations.RunPython(rename_forwards, rename_backwards),
    ]
