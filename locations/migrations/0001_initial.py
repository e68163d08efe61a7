"""Accounts, locations, users, contracts and rate cards, with their audit log."""

import datetime

import django.contrib.auth.models
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import locations.models.contracts
import locations.models.locations
from locations.db.migrations import SchemaBatch

SCHEMA = [
    migrations.CreateModel(
        name="Change",
        fields=[],
        options={
            "verbose_name": "change",
            "verbose_name_plural": "who did what",
            "proxy": True,
            "default_permissions": ("view",),
        },
        bases=("pghistory.events",),
        managers=[
            ("no_objects", django.db.models.manager.Manager()),
        ],
    ),
    migrations.CreateModel(
        name="User",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            (
                "is_superuser",
                models.BooleanField(
                    default=False,
                    help_text="Designates that this user has all permissions without explicitly assigning them.",
                    verbose_name="superuser status",
                ),
            ),
            ("email", models.EmailField(max_length=254, unique=True, verbose_name="email")),
            ("full_name", models.CharField(blank=True, max_length=150, verbose_name="full name")),
            (
                "is_staff",
                models.BooleanField(
                    default=False, help_text="May open the staff desk.", verbose_name="staff"
                ),
            ),
            (
                "is_active",
                models.BooleanField(
                    default=True,
                    help_text="Untick this instead of deleting the user.",
                    verbose_name="active",
                ),
            ),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[
                        ("en", "English"),
                        ("fr", "Français"),
                        ("es", "Español"),
                        ("pt-br", "Português (Brasil)"),
                    ],
                    help_text="Of pages, mails and reports. Empty: that of the browser at the first sign-in.",
                    max_length=10,
                    verbose_name="language",
                ),
            ),
            (
                "created_at",
                models.DateTimeField(
                    default=django.utils.timezone.now, editable=False, verbose_name="created at"
                ),
            ),
            (
                "reset_mailed_at",
                models.DateTimeField(editable=False, null=True, verbose_name="reset mailed at"),
            ),
            (
                "groups",
                models.ManyToManyField(
                    blank=True,
                    help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.group",
                    verbose_name="groups",
                ),
            ),
            (
                "user_permissions",
                models.ManyToManyField(
                    blank=True,
                    help_text="Specific permissions for this user.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.permission",
                    verbose_name="user permissions",
                ),
            ),
        ],
        options={
            "verbose_name": "user",
            "verbose_name_plural": "users",
            "ordering": ["email"],
            "permissions": [("manage_staff", "Can change staff and say what they may do")],
            "constraints": [
                models.UniqueConstraint(
                    django.db.models.functions.text.Lower("email"), name="user_email_any_case"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("language", ""),
                        ("language__in", ["en", "fr", "es", "pt-br"]),
                        _connector="OR",
                    ),
                    name="user_language_known",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="user",
        trigger=pgtrigger.compiler.Trigger(
            name="password_set_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."password" IS DISTINCT FROM (NEW."password"))',
                func='INSERT INTO "locations_userevent" ("email", "full_name", "id", "is_active", "is_staff", "is_superuser", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'password set\', NEW."id"); RETURN NULL;',
                hash="54c08f2365a83bd252c99e649196a0410fd27ee1",
                operation="UPDATE",
                pgid="pgtrigger_password_set_update_c9af2",
                table="locations_user",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="user",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_userevent" ("email", "full_name", "id", "is_active", "is_staff", "is_superuser", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                hash="97fe3c3ae9f8ca6650d2e273ac9cac1b13516c19",
                operation="INSERT",
                pgid="pgtrigger_added_insert_b05d3",
                table="locations_user",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="user",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_userevent" ("email", "full_name", "id", "is_active", "is_staff", "is_superuser", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."email", OLD."full_name", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                hash="022c531b331a4a678e282afeb01ddd609432024d",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_89d2b",
                table="locations_user",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="user",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language"))',
                func='INSERT INTO "locations_userevent" ("email", "full_name", "id", "is_active", "is_staff", "is_superuser", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                hash="f0c079fd202f1b1ece47f24def93c42ea895bf70",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_09fdf",
                table="locations_user",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="UserEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "is_superuser",
                models.BooleanField(
                    default=False,
                    help_text="Designates that this user has all permissions without explicitly assigning them.",
                    verbose_name="superuser status",
                ),
            ),
            ("email", models.EmailField(max_length=254, verbose_name="email")),
            ("full_name", models.CharField(blank=True, max_length=150, verbose_name="full name")),
            (
                "is_staff",
                models.BooleanField(
                    default=False, help_text="May open the staff desk.", verbose_name="staff"
                ),
            ),
            (
                "is_active",
                models.BooleanField(
                    default=True,
                    help_text="Untick this instead of deleting the user.",
                    verbose_name="active",
                ),
            ),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[
                        ("en", "English"),
                        ("fr", "Français"),
                        ("es", "Español"),
                        ("pt-br", "Português (Brasil)"),
                    ],
                    help_text="Of pages, mails and reports. Empty: that of the browser at the first sign-in.",
                    max_length=10,
                    verbose_name="language",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_user")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="92f6269cf63dedec86191453bb1d538a4f23e448",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_71bf6",
                table="locations_userevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="57af8e2cdbedff14451167580ef4c71b28bed73c",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_a1f85",
                table="locations_userevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Membership",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="memberships",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="user",
                ),
            ),
            (
                "role",
                models.CharField(
                    choices=[
                        ("account_admin", "Account Admin"),
                        ("super_admin", "Super Admin"),
                        ("admin", "Admin"),
                        ("editor", "Editor"),
                        ("chat_agent", "Chat Agent"),
                    ],
                    max_length=20,
                    verbose_name="role",
                ),
            ),
            (
                "account",
                models.ForeignKey(
                    blank=True,
                    help_text="For an Account Admin: every location of this account.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="memberships",
                    to="locations.account",
                    verbose_name="account",
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    blank=True,
                    help_text="For every other role: this one location.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="memberships",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
        ],
        options={
            "verbose_name": "membership",
            "verbose_name_plural": "memberships",
            "ordering": ["user", "role"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("account__isnull", False),
                            ("location__isnull", True),
                            ("role", "account_admin"),
                        ),
                        models.Q(
                            models.Q(("role", "account_admin"), _negated=True),
                            ("account__isnull", True),
                            ("location__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="membership_account_or_location",
                    violation_error_message="An Account Admin belongs to an account, every other role to one location.",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("account__isnull", False)),
                    fields=("user", "account"),
                    name="membership_once_per_account",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("location__isnull", False)),
                    fields=("user", "location"),
                    name="membership_once_per_location",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="membership",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_membershipevent" ("account_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."account_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                hash="b49072326c9f0a95d19d3573875552eeec6d10f4",
                operation="INSERT",
                pgid="pgtrigger_added_insert_13d59",
                table="locations_membership",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="membership",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_membershipevent" ("account_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (OLD."account_id", OLD."id", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."role", OLD."user_id"); RETURN NULL;',
                hash="b0c8da80e69b698933658bbf05d67625aeec103e",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_c0633",
                table="locations_membership",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="membership",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_membershipevent" ("account_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."account_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                hash="ef4cf7fdc2385f7c272681545007d472ec8090ee",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_959bc",
                table="locations_membership",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="MembershipEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.membership",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "user",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="user",
                ),
            ),
            (
                "role",
                models.CharField(
                    choices=[
                        ("account_admin", "Account Admin"),
                        ("super_admin", "Super Admin"),
                        ("admin", "Admin"),
                        ("editor", "Editor"),
                        ("chat_agent", "Chat Agent"),
                    ],
                    max_length=20,
                    verbose_name="role",
                ),
            ),
            (
                "account",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    help_text="For an Account Admin: every location of this account.",
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.account",
                    verbose_name="account",
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    help_text="For every other role: this one location.",
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_membership")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="membershipevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="da83658cb68cff9f23544dbc05e48060caa577c3",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_c0923",
                table="locations_membershipevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="membershipevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="42b4472243d8344e20ad05dd63a8bc50a45463eb",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_adf48",
                table="locations_membershipevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="UserGroup",
        fields=[],
        options={
            "verbose_name": "group of a user",
            "proxy": True,
            "default_permissions": (),
        },
        bases=("locations.user_groups",),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="usergroup",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_usergroupevent" ("group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "user_id") VALUES (NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."user_id"); RETURN NULL;',
                hash="4ee2ac7c9c4dde7493454fc6e13d527be3b8e3c2",
                operation="INSERT",
                pgid="pgtrigger_added_insert_47c62",
                table="locations_user_groups",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="usergroup",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_usergroupevent" ("group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "user_id") VALUES (OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."user_id"); RETURN NULL;',
                hash="d29e1258af3a84201df188e44cb14d3e59217fd4",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_2c680",
                table="locations_user_groups",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="UserGroupEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "user",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "group",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="auth.group",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_usergroup")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="usergroupevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="79aab7b84b9b259872001e08b7212ddac2b5d4da",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_bf9ad",
                table="locations_usergroupevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="usergroupevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="4f247ff454fcaeffb26151865cee5ff9e7e74bca",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_c039b",
                table="locations_usergroupevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="UserPermission",
        fields=[],
        options={
            "verbose_name": "permission of a user",
            "proxy": True,
            "default_permissions": (),
        },
        bases=("locations.user_user_permissions",),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userpermission",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_userpermissionevent" ("id", "permission_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "user_id") VALUES (NEW."id", NEW."permission_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."user_id"); RETURN NULL;',
                hash="5556c837644bc331a3dc224206f8725e9f781c2b",
                operation="INSERT",
                pgid="pgtrigger_added_insert_8e40b",
                table="locations_user_user_permissions",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userpermission",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_userpermissionevent" ("id", "permission_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "user_id") VALUES (OLD."id", OLD."permission_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."user_id"); RETURN NULL;',
                hash="fe6a6b38d767c9fd6ae1d8fc49f5fd91231f58b9",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_f3d5d",
                table="locations_user_user_permissions",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="UserPermissionEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "user",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "permission",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="auth.permission",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_userpermission")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userpermissionevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="4c441d724849d255a61798c27df5e3da42baa534",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_4373e",
                table="locations_userpermissionevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="userpermissionevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="df1923930813c238123db33b685074f2af12131b",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_f96e0",
                table="locations_userpermissionevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="StaffGroup",
        fields=[],
        options={
            "verbose_name": "group",
            "proxy": True,
            "default_permissions": (),
        },
        bases=("auth.group",),
        managers=[
            ("objects", django.contrib.auth.models.GroupManager()),
        ],
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="staffgroup",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_staffgroupevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                hash="43fd1a1d24b96f3bf1fb6d390017bbee64218f5e",
                operation="INSERT",
                pgid="pgtrigger_added_insert_8f273",
                table="auth_group",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="staffgroup",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_staffgroupevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                hash="94c9de88a2f9808bbcdfb2a161a5043ef09e548b",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_8a7e6",
                table="auth_group",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="staffgroup",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_staffgroupevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                hash="3f27cdad24b7d82f749a6bd34d66628c6e3d4c5a",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_9f215",
                table="auth_group",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="StaffGroupEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.staffgroup",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.IntegerField()),
            ("name", models.CharField(max_length=150, verbose_name="name")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_staffgroup")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="staffgroupevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="f7225d02e031fd808d742ffed55566335de77723",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_4b201",
                table="locations_staffgroupevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="staffgroupevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="0832a8a258d80bc36b96082093e3b2afa1d6d9af",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_345df",
                table="locations_staffgroupevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="GroupPermission",
        fields=[],
        options={
            "verbose_name": "permission of a group",
            "proxy": True,
            "default_permissions": (),
        },
        bases=("auth.group_permissions",),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grouppermission",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_grouppermissionevent" ("group_id", "id", "permission_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."group_id", NEW."id", NEW."permission_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\'); RETURN NULL;',
                hash="909bc6f17dff50bf885593672a3790a5e7dca7bd",
                operation="INSERT",
                pgid="pgtrigger_added_insert_5e7e9",
                table="auth_group_permissions",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grouppermission",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_grouppermissionevent" ("group_id", "id", "permission_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."group_id", OLD."id", OLD."permission_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\'); RETURN NULL;',
                hash="1a534416451c88c65a4c1580d964f61cac51db59",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_55500",
                table="auth_group_permissions",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="GroupPermissionEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.IntegerField()),
            (
                "group",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="auth.group",
                ),
            ),
            (
                "permission",
                models.ForeignKey(
                    db_constraint=False,
                    db_tablespace="",
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="auth.permission",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_grouppermission")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grouppermissionevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="d45a654edb497eb0104c943c6912d85647ad1a38",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_710e7",
                table="locations_grouppermissionevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grouppermissionevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="d64f3893fcc740e9f22ff36138ef63a1165d46fe",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_28f83",
                table="locations_grouppermissionevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Account",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
        ],
        options={
            "verbose_name": "account",
            "verbose_name_plural": "accounts",
            "ordering": ["name"],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="account",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_accountevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                hash="f45ec62f69e5d88ac0e246c8e55d9817e05007a5",
                operation="INSERT",
                pgid="pgtrigger_added_insert_809b1",
                table="locations_account",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="account",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_accountevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                hash="71358fecc52336477d66ac17aa1f7c816d785f5a",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_d3b49",
                table="locations_account",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="account",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_accountevent" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                hash="26b9b34f9ab5473f01b389d0c4fea935b1997908",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_d2fab",
                table="locations_account",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="AccountEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.account",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            ("name", models.CharField(max_length=120, verbose_name="name")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_account")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="accountevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="f2a6da607ff7cb147c3dfa183b39279a9a430abb",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_0ef83",
                table="locations_accountevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="accountevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="bd0907fefd032ecf94345f0028dfa3cb0ea540f1",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_a02b9",
                table="locations_accountevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Location",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "account",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="locations",
                    to="locations.account",
                    verbose_name="account",
                ),
            ),
            ("name", models.CharField(max_length=120, verbose_name="name")),
            (
                "time_zone",
                models.CharField(
                    default="UTC",
                    help_text="IANA name, like Europe/Amsterdam. A change cuts days anew from then on.",
                    max_length=64,
                    validators=[locations.models.locations.validate_time_zone],
                    verbose_name="time zone",
                ),
            ),
            (
                "profile_fields",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80),
                    blank=True,
                    default=locations.models.locations.default_profile_fields,
                    help_text="The recipient fields that reports show, in this order, separated by commas.",
                    size=None,
                    verbose_name="profile fields",
                ),
            ),
            (
                "masked_roles",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
                        choices=[
                            ("account_admin", "Account Admin"),
                            ("super_admin", "Super Admin"),
                            ("admin", "Admin"),
                            ("editor", "Editor"),
                            ("chat_agent", "Chat Agent"),
                        ],
                        max_length=20,
                    ),
                    blank=True,
                    default=list,
                    help_text="Reports that people of these roles ask for show phone numbers masked, and others' that show them in full are not handed to them.",
                    size=None,
                    verbose_name="masked roles",
                ),
            ),
            (
                "terms_version",
                models.BigIntegerField(default=1, editable=False, verbose_name="terms version"),
            ),
        ],
        options={
            "verbose_name": "location",
            "verbose_name_plural": "locations",
            "ordering": ["name"],
            "permissions": [
                ("see_as_manager", "Can use the pages of a location as its managers do"),
                ("see_personal_data", "Can see recipients, phone numbers and chat content"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("account", "name"), name="location_once_per_account"
                )
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="location",
        trigger=pgtrigger.compiler.Trigger(
            name="location_terms_version",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))',
                func="NEW.terms_version := OLD.terms_version + 1; RETURN NEW;",
                hash="297dc814bc70a580c3b55724724787581337c61a",
                operation='UPDATE OF "time_zone"',
                pgid="pgtrigger_location_terms_version_986a3",
                table="locations_location",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="location",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_locationevent" ("account_id", "id", "masked_roles", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_fields", "time_zone") VALUES (NEW."account_id", NEW."id", NEW."masked_roles", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."profile_fields", NEW."time_zone"); RETURN NULL;',
                hash="ed5c2140d0cac988bec009e584612cc59c9cb3a2",
                operation="INSERT",
                pgid="pgtrigger_added_insert_70a3c",
                table="locations_location",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="location",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_locationevent" ("account_id", "id", "masked_roles", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_fields", "time_zone") VALUES (OLD."account_id", OLD."id", OLD."masked_roles", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."profile_fields", OLD."time_zone"); RETURN NULL;',
                hash="c3bd8f5a946308b6ba979883bb4e646756272c18",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_5c352",
                table="locations_location",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="location",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."masked_roles" IS DISTINCT FROM (NEW."masked_roles") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."profile_fields" IS DISTINCT FROM (NEW."profile_fields") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))',
                func='INSERT INTO "locations_locationevent" ("account_id", "id", "masked_roles", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_fields", "time_zone") VALUES (NEW."account_id", NEW."id", NEW."masked_roles", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."profile_fields", NEW."time_zone"); RETURN NULL;',
                hash="e42468347a541e7cc2fe52d01ed956eed7c64ed0",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_a558a",
                table="locations_location",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="LocationEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.location",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "account",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.account",
                    verbose_name="account",
                ),
            ),
            ("name", models.CharField(max_length=120, verbose_name="name")),
            (
                "time_zone",
                models.CharField(
                    default="UTC",
                    help_text="IANA name, like Europe/Amsterdam. A change cuts days anew from then on.",
                    max_length=64,
                    validators=[locations.models.locations.validate_time_zone],
                    verbose_name="time zone",
                ),
            ),
            (
                "profile_fields",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80),
                    blank=True,
                    default=locations.models.locations.default_profile_fields,
                    help_text="The recipient fields that reports show, in this order, separated by commas.",
                    size=None,
                    verbose_name="profile fields",
                ),
            ),
            (
                "masked_roles",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
                        choices=[
                            ("account_admin", "Account Admin"),
                            ("super_admin", "Super Admin"),
                            ("admin", "Admin"),
                            ("editor", "Editor"),
                            ("chat_agent", "Chat Agent"),
                        ],
                        max_length=20,
                    ),
                    blank=True,
                    default=list,
                    help_text="Reports that people of these roles ask for show phone numbers masked, and others' that show them in full are not handed to them.",
                    size=None,
                    verbose_name="masked roles",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_location")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="locationevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="69ca7a78e46ea221740cec5a844b40a651adac28",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_100eb",
                table="locations_locationevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="locationevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="a8dfbafaf38d9678c677efee7b285ee2ad992f7e",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_0d844",
                table="locations_locationevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="ChatInbox",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="chat_inboxes",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            ("name", models.CharField(max_length=120, verbose_name="name")),
        ],
        options={
            "verbose_name": "chat inbox",
            "verbose_name_plural": "chat inboxes",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(fields=("location", "name"), name="inbox_once_per_location")
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatinbox",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_chatinboxevent" ("id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."location_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                hash="8f789a9d7b12c4f7eebc99b12d69600c4b0512d9",
                operation="INSERT",
                pgid="pgtrigger_added_insert_eb5ee",
                table="locations_chatinbox",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatinbox",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_chatinboxevent" ("id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."location_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                hash="4629689ec0196ba2e271cff53ea17e6d8b2c718f",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_a9503",
                table="locations_chatinbox",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatinbox",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_chatinboxevent" ("id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."location_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                hash="b26379939b4047d1d569c502aab7787b333c21a0",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_69b28",
                table="locations_chatinbox",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="ChatInboxEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.chatinbox",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "location",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            ("name", models.CharField(max_length=120, verbose_name="name")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_chatinbox")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatinboxevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="01389f6d6265d8422cefc6492f4897002a57d24c",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_18bfc",
                table="locations_chatinboxevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatinboxevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="3e51aa18296b4470528eda3c11151853880d635e",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_2d3c4",
                table="locations_chatinboxevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateCardSeries",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
            (
                "is_default",
                models.BooleanField(
                    default=False,
                    help_text="Prices every location whose contract names no series of its own.",
                    verbose_name="default",
                ),
            ),
        ],
        options={
            "verbose_name": "rate card series",
            "verbose_name_plural": "rate card series",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("is_default", True)),
                    fields=("is_default",),
                    name="one_default_rate_card_series",
                    violation_error_message="Another series is the default one.",
                )
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardseries",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecardseriesevent" ("id", "is_default", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_default", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                hash="6065beee5580a4fcd22e361a64f6bbaa532692b7",
                operation="INSERT",
                pgid="pgtrigger_added_insert_fa712",
                table="locations_ratecardseries",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardseries",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecardseriesevent" ("id", "is_default", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_default", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                hash="8cf14af5c802441efd2b3c573cf4971c9f62d3d2",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_b2e0d",
                table="locations_ratecardseries",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardseries",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_ratecardseriesevent" ("id", "is_default", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_default", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                hash="3150409baca13b1d91114569a547c1b381a6e9e3",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_c2bf9",
                table="locations_ratecardseries",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateCardSeriesEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.ratecardseries",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            ("name", models.CharField(max_length=80, verbose_name="name")),
            (
                "is_default",
                models.BooleanField(
                    default=False,
                    help_text="Prices every location whose contract names no series of its own.",
                    verbose_name="default",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_ratecardseries")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardseriesevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="272e23060e350120b4a3ecad2f97416daa6a3353",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_3d960",
                table="locations_ratecardseriesevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardseriesevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="bd66285449ba524c03fd92597fab888915a63f52",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_68f64",
                table="locations_ratecardseriesevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateCard",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "series",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="cards",
                    to="locations.ratecardseries",
                    verbose_name="series",
                ),
            ),
            (
                "effective_on",
                models.DateField(
                    help_text="Prices messages sent on this day and later.",
                    verbose_name="effective on",
                ),
            ),
            (
                "published_at",
                models.DateTimeField(
                    blank=True, editable=False, null=True, verbose_name="published at"
                ),
            ),
            (
                "chat_sms_credits",
                models.PositiveIntegerField(
                    default=2, help_text="Per chat SMS.", verbose_name="chat sms credits"
                ),
            ),
            (
                "chat_mms_credits",
                models.PositiveIntegerField(
                    default=4, help_text="Per chat MMS.", verbose_name="chat mms credits"
                ),
            ),
        ],
        options={
            "verbose_name": "rate card",
            "verbose_name_plural": "rate cards",
            "ordering": ["series", "-effective_on"],
            "permissions": [("publish_ratecard", "Can publish rate cards")],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("published_at__isnull", False)),
                    fields=("series", "effective_on"),
                    name="one_published_card_per_series_and_day",
                )
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecard",
        trigger=pgtrigger.compiler.Trigger(
            name="ratecard_published_is_fixed",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."published_at" IS NOT NULL)',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="ba70a5f583bfee93414c996ff5e5881e5100623c",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_ratecard_published_is_fixed_4ac98",
                table="locations_ratecard",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecard",
        trigger=pgtrigger.compiler.Trigger(
            name="ratecard_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="d9197feebb29526a0a28b3f8e1ec1039ced82ed3",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_ratecard_no_truncate_4c6e4",
                table="locations_ratecard",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecard",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecardevent" ("chat_mms_credits", "chat_sms_credits", "effective_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "series_id") VALUES (NEW."chat_mms_credits", NEW."chat_sms_credits", NEW."effective_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."published_at", NEW."series_id"); RETURN NULL;',
                hash="cbee5074b3e13eb587ce34da3fe655270b9d1f3b",
                operation="INSERT",
                pgid="pgtrigger_added_insert_4218c",
                table="locations_ratecard",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecard",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecardevent" ("chat_mms_credits", "chat_sms_credits", "effective_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "series_id") VALUES (OLD."chat_mms_credits", OLD."chat_sms_credits", OLD."effective_on", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."published_at", OLD."series_id"); RETURN NULL;',
                hash="302f2cc862a43554a0e512ec03716a3c95c0978e",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_3896b",
                table="locations_ratecard",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecard",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_ratecardevent" ("chat_mms_credits", "chat_sms_credits", "effective_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "series_id") VALUES (NEW."chat_mms_credits", NEW."chat_sms_credits", NEW."effective_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."published_at", NEW."series_id"); RETURN NULL;',
                hash="220a5dc81ef377f4cc5ea06e8a36e2a76e7237ca",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_507ee",
                table="locations_ratecard",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateCardEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.ratecard",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "series",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.ratecardseries",
                    verbose_name="series",
                ),
            ),
            (
                "effective_on",
                models.DateField(
                    help_text="Prices messages sent on this day and later.",
                    verbose_name="effective on",
                ),
            ),
            (
                "published_at",
                models.DateTimeField(
                    blank=True, editable=False, null=True, verbose_name="published at"
                ),
            ),
            (
                "chat_sms_credits",
                models.PositiveIntegerField(
                    default=2, help_text="Per chat SMS.", verbose_name="chat sms credits"
                ),
            ),
            (
                "chat_mms_credits",
                models.PositiveIntegerField(
                    default=4, help_text="Per chat MMS.", verbose_name="chat mms credits"
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_ratecard")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="bed5f32084228ffd62d5c2616cbc56ccdea38e02",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_61659",
                table="locations_ratecardevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="b55d937a86153436363d7447c5038e22f0e9045f",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_f3033",
                table="locations_ratecardevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Rate",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "card",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="rates",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
            (
                "country",
                models.CharField(
                    help_text="ISO 3166-1 alpha-2, or 001 for satellite networks.",
                    max_length=3,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^([A-Z]{2}|001)$", "Two capital letters, or 001."
                        )
                    ],
                    verbose_name="country",
                ),
            ),
            (
                "carrier_type",
                models.CharField(
                    choices=[("mobile", "Mobile"), ("landline", "Landline")],
                    max_length=8,
                    verbose_name="carrier type",
                ),
            ),
            (
                "channel",
                models.CharField(
                    choices=[("text", "Text"), ("voice", "Voice call")],
                    max_length=5,
                    verbose_name="channel",
                ),
            ),
            (
                "prefix",
                models.CharField(
                    blank=True,
                    help_text="Empty: the whole country. Else the first digits, without +, like 8816.",
                    max_length=15,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^[1-9][0-9]*$", "Digits of the number, without +."
                        )
                    ],
                    verbose_name="prefix",
                ),
            ),
            (
                "credits",
                models.PositiveIntegerField(
                    help_text="Per text, or per minute of a call: 61 s at 12, increments 60/60, cost 24.",
                    verbose_name="credits",
                ),
            ),
            (
                "first_seconds",
                models.PositiveSmallIntegerField(
                    default=60,
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(3600),
                    ],
                    verbose_name="first seconds",
                ),
            ),
            (
                "following_seconds",
                models.PositiveSmallIntegerField(
                    default=60,
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(3600),
                    ],
                    verbose_name="following seconds",
                ),
            ),
        ],
        options={
            "verbose_name": "rate",
            "verbose_name_plural": "rates",
            "ordering": ["country", "carrier_type", "channel", "prefix"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("card", "country", "carrier_type", "channel", "prefix"),
                    name="one_rate_per_destination",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("first_seconds__gte", 1),
                        ("first_seconds__lte", 3600),
                        ("following_seconds__gte", 1),
                        ("following_seconds__lte", 3600),
                    ),
                    name="rate_increments",
                ),
                models.CheckConstraint(
                    condition=models.Q(("credits__lte", 1000000)), name="rate_credits"
                ),
                models.CheckConstraint(
                    condition=models.Q(("country__regex", "^([A-Z]{2}|001)$")), name="rate_country"
                ),
                models.CheckConstraint(
                    condition=models.Q(("prefix__regex", "^([1-9][0-9]*)?$")), name="rate_prefix"
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="rate_insert_on_draft",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
    PERFORM 1 FROM locations_ratecard WHERE id IN (NEW.card_id) FOR SHARE;
    IF EXISTS (SELECT 1 FROM locations_ratecard
                WHERE id IN (NEW.card_id) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published rate card is never edited: publish a new one'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rate_of_published_card';
    END IF;
    RETURN NEW;
""",
                hash="23cb801d2bf625034e9ca255978fd487b5059533",
                operation="INSERT",
                pgid="pgtrigger_rate_insert_on_draft_86a9f",
                table="locations_rate",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="rate_update_on_draft",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
    PERFORM 1 FROM locations_ratecard WHERE id IN (OLD.card_id, NEW.card_id) FOR SHARE;
    IF EXISTS (SELECT 1 FROM locations_ratecard
                WHERE id IN (OLD.card_id, NEW.card_id) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published rate card is never edited: publish a new one'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rate_of_published_card';
    END IF;
    RETURN NEW;
""",
                hash="4516ee99f0621f5d8fed2db3b4b6d69c4723d554",
                operation="UPDATE",
                pgid="pgtrigger_rate_update_on_draft_8aca7",
                table="locations_rate",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="rate_delete_on_draft",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
    PERFORM 1 FROM locations_ratecard WHERE id IN (OLD.card_id) FOR SHARE;
    IF EXISTS (SELECT 1 FROM locations_ratecard
                WHERE id IN (OLD.card_id) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published rate card is never edited: publish a new one'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rate_of_published_card';
    END IF;
    RETURN OLD;
""",
                hash="4e802b73029b93f221e13a73533f38ac9bcedb5e",
                operation="DELETE",
                pgid="pgtrigger_rate_delete_on_draft_e9df3",
                table="locations_rate",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="rate_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="f2b414e701725f26e9860705bee1fde15956e66b",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_rate_no_truncate_73961",
                table="locations_rate",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "locations_rateevent" ("card_id", "carrier_type", "channel", "country", "credits", "first_seconds", "following_seconds", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix") SELECT new_values."card_id", new_values."carrier_type", new_values."channel", new_values."country", new_values."credits", new_values."first_seconds", new_values."following_seconds", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', new_values."id", new_values."prefix" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                hash="1fd596a56f87acbcf08fa85a4ea300181d3bdf9d",
                level="STATEMENT",
                operation="INSERT",
                pgid="pgtrigger_added_insert_b222a",
                referencing="REFERENCING NEW TABLE AS new_values ",
                table="locations_rate",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "locations_rateevent" ("card_id", "carrier_type", "channel", "country", "credits", "first_seconds", "following_seconds", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix") SELECT old_values."card_id", old_values."carrier_type", old_values."channel", old_values."country", old_values."credits", old_values."first_seconds", old_values."following_seconds", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', old_values."id", old_values."prefix" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                hash="b9a831997c61b264cc7d06baa7c785d6229bce9e",
                level="STATEMENT",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_ed1f3",
                referencing="REFERENCING OLD TABLE AS old_values ",
                table="locations_rate",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rate",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "locations_rateevent" ("card_id", "carrier_type", "channel", "country", "credits", "first_seconds", "following_seconds", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix") SELECT new_values."card_id", new_values."carrier_type", new_values."channel", new_values."country", new_values."credits", new_values."first_seconds", new_values."following_seconds", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', new_values."id", new_values."prefix" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                hash="20645eaba4d250359d0675826aec9483e124007f",
                level="STATEMENT",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_c11d3",
                referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                table="locations_rate",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.rate",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "card",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
            (
                "country",
                models.CharField(
                    help_text="ISO 3166-1 alpha-2, or 001 for satellite networks.",
                    max_length=3,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^([A-Z]{2}|001)$", "Two capital letters, or 001."
                        )
                    ],
                    verbose_name="country",
                ),
            ),
            (
                "carrier_type",
                models.CharField(
                    choices=[("mobile", "Mobile"), ("landline", "Landline")],
                    max_length=8,
                    verbose_name="carrier type",
                ),
            ),
            (
                "channel",
                models.CharField(
                    choices=[("text", "Text"), ("voice", "Voice call")],
                    max_length=5,
                    verbose_name="channel",
                ),
            ),
            (
                "prefix",
                models.CharField(
                    blank=True,
                    help_text="Empty: the whole country. Else the first digits, without +, like 8816.",
                    max_length=15,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^[1-9][0-9]*$", "Digits of the number, without +."
                        )
                    ],
                    verbose_name="prefix",
                ),
            ),
            (
                "credits",
                models.PositiveIntegerField(
                    help_text="Per text, or per minute of a call: 61 s at 12, increments 60/60, cost 24.",
                    verbose_name="credits",
                ),
            ),
            (
                "first_seconds",
                models.PositiveSmallIntegerField(
                    default=60,
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(3600),
                    ],
                    verbose_name="first seconds",
                ),
            ),
            (
                "following_seconds",
                models.PositiveSmallIntegerField(
                    default=60,
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(3600),
                    ],
                    verbose_name="following seconds",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_rate")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rateevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="dd156db87857c2b1d5906c70536d7f6c239473d4",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_557f1",
                table="locations_rateevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="rateevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="b7239dc612edfc3f1079d6f724ebfc55e2240531",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_29dcd",
                table="locations_rateevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Contract",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="contracts",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "starts_on",
                models.DateField(
                    help_text="First day, in the location's time zone.", verbose_name="starts on"
                ),
            ),
            (
                "ends_on",
                models.DateField(
                    blank=True,
                    help_text="First day without this contract. Empty: it renews until another follows.",
                    null=True,
                    verbose_name="ends on",
                ),
            ),
            (
                "term_months",
                models.PositiveSmallIntegerField(
                    default=12,
                    help_text="Months from one renewal to the next.",
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(120),
                    ],
                    verbose_name="term months",
                ),
            ),
            (
                "included_credits",
                models.BigIntegerField(
                    help_text="Credits granted at the start of each term.",
                    validators=[
                        django.core.validators.MinValueValidator(0),
                        django.core.validators.MaxValueValidator(1000000000),
                    ],
                    verbose_name="included credits",
                ),
            ),
            (
                "overdraft_limit",
                models.BigIntegerField(
                    default=0,
                    help_text="How far below zero outbound messages may take the balance.",
                    validators=[
                        django.core.validators.MinValueValidator(0),
                        django.core.validators.MaxValueValidator(1000000000),
                    ],
                    verbose_name="overdraft limit",
                ),
            ),
            (
                "rate_card_series",
                models.ForeignKey(
                    blank=True,
                    help_text="Empty: the default rate card.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="contracts",
                    to="locations.ratecardseries",
                    verbose_name="rate card series",
                ),
            ),
            (
                "debt_at_renewal",
                models.CharField(
                    choices=[("write_off", "Write it off"), ("carry", "Carry it over")],
                    default="write_off",
                    help_text="What happens to a negative balance when a term begins.",
                    max_length=10,
                    verbose_name="debt at renewal",
                ),
            ),
            (
                "reference",
                models.CharField(
                    blank=True,
                    help_text="The contract's number.",
                    max_length=120,
                    verbose_name="reference",
                ),
            ),
        ],
        options={
            "verbose_name": "contract",
            "verbose_name_plural": "contracts",
            "ordering": ["location", "starts_on"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_on__isnull", True),
                        ("ends_on__gt", models.F("starts_on")),
                        _connector="OR",
                    ),
                    name="contract_ends_after_start",
                    violation_error_message="A contract ends after its first day.",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("starts_on__gte", datetime.date(2000, 1, 1)),
                        ("starts_on__lt", datetime.date(2200, 1, 1)),
                    ),
                    name="contract_starts_in_reason",
                    violation_error_message="A contract starts between 2000 and 2199.",
                ),
                models.CheckConstraint(
                    condition=models.Q(("term_months__gte", 1), ("term_months__lte", 120)),
                    name="contract_term_months",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("included_credits__gte", 0), ("included_credits__lte", 1000000000)
                    ),
                    name="contract_included_credits",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("overdraft_limit__gte", 0), ("overdraft_limit__lte", 1000000000)
                    ),
                    name="contract_overdraft_limit",
                ),
                django.contrib.postgres.constraints.ExclusionConstraint(
                    expressions=[
                        ("location", "="),
                        (
                            locations.models.contracts.DateRange(
                                "starts_on",
                                "ends_on",
                                django.contrib.postgres.fields.ranges.RangeBoundary(),
                            ),
                            "&&",
                        ),
                    ],
                    name="contract_no_overlap",
                    violation_error_message="The location has another contract in these days.",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contract",
        trigger=pgtrigger.compiler.Trigger(
            name="contract_terms_version",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                    UPDATE locations_location SET terms_version = terms_version + 1
                     WHERE id IN (OLD.location_id, NEW.location_id);
                    RETURN NULL;
                """,
                hash="a7fea1ab0161fdd9508e66090a2453b93b36ece5",
                operation="INSERT OR UPDATE OR DELETE",
                pgid="pgtrigger_contract_terms_version_841b1",
                table="locations_contract",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contract",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_contractevent" ("debt_at_renewal", "ends_on", "id", "included_credits", "location_id", "overdraft_limit", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_card_series_id", "reference", "starts_on", "term_months") VALUES (NEW."debt_at_renewal", NEW."ends_on", NEW."id", NEW."included_credits", NEW."location_id", NEW."overdraft_limit", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."rate_card_series_id", NEW."reference", NEW."starts_on", NEW."term_months"); RETURN NULL;',
                hash="e548ec2f53b345836be5ab763b86ef95cefa79fe",
                operation="INSERT",
                pgid="pgtrigger_added_insert_9fad0",
                table="locations_contract",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contract",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_contractevent" ("debt_at_renewal", "ends_on", "id", "included_credits", "location_id", "overdraft_limit", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_card_series_id", "reference", "starts_on", "term_months") VALUES (OLD."debt_at_renewal", OLD."ends_on", OLD."id", OLD."included_credits", OLD."location_id", OLD."overdraft_limit", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."rate_card_series_id", OLD."reference", OLD."starts_on", OLD."term_months"); RETURN NULL;',
                hash="55f1c78a56daa3e64d9937ec153a2929cb59acad",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_2c232",
                table="locations_contract",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contract",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                func='INSERT INTO "locations_contractevent" ("debt_at_renewal", "ends_on", "id", "included_credits", "location_id", "overdraft_limit", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_card_series_id", "reference", "starts_on", "term_months") VALUES (NEW."debt_at_renewal", NEW."ends_on", NEW."id", NEW."included_credits", NEW."location_id", NEW."overdraft_limit", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."rate_card_series_id", NEW."reference", NEW."starts_on", NEW."term_months"); RETURN NULL;',
                hash="9cbdac54c8a42ea4af55b903404f48f6937b3a37",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_407dc",
                table="locations_contract",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="ContractEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.contract",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            (
                "location",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "starts_on",
                models.DateField(
                    help_text="First day, in the location's time zone.", verbose_name="starts on"
                ),
            ),
            (
                "ends_on",
                models.DateField(
                    blank=True,
                    help_text="First day without this contract. Empty: it renews until another follows.",
                    null=True,
                    verbose_name="ends on",
                ),
            ),
            (
                "term_months",
                models.PositiveSmallIntegerField(
                    default=12,
                    help_text="Months from one renewal to the next.",
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(120),
                    ],
                    verbose_name="term months",
                ),
            ),
            (
                "included_credits",
                models.BigIntegerField(
                    help_text="Credits granted at the start of each term.",
                    validators=[
                        django.core.validators.MinValueValidator(0),
                        django.core.validators.MaxValueValidator(1000000000),
                    ],
                    verbose_name="included credits",
                ),
            ),
            (
                "overdraft_limit",
                models.BigIntegerField(
                    default=0,
                    help_text="How far below zero outbound messages may take the balance.",
                    validators=[
                        django.core.validators.MinValueValidator(0),
                        django.core.validators.MaxValueValidator(1000000000),
                    ],
                    verbose_name="overdraft limit",
                ),
            ),
            (
                "rate_card_series",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    help_text="Empty: the default rate card.",
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.ratecardseries",
                    verbose_name="rate card series",
                ),
            ),
            (
                "debt_at_renewal",
                models.CharField(
                    choices=[("write_off", "Write it off"), ("carry", "Carry it over")],
                    default="write_off",
                    help_text="What happens to a negative balance when a term begins.",
                    max_length=10,
                    verbose_name="debt at renewal",
                ),
            ),
            (
                "reference",
                models.CharField(
                    blank=True,
                    help_text="The contract's number.",
                    max_length=120,
                    verbose_name="reference",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_contract")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contractevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="6e056632467fe78d67d04c2e2322befaea4d1cc2",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_fe440",
                table="locations_contractevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="contractevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="0e29fe1dc60d03318f243f64d4ffe873b9e94829",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_bbd06",
                table="locations_contractevent",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Session",
        fields=[
            (
                "session_key",
                models.CharField(
                    max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                ),
            ),
            ("session_data", models.TextField(verbose_name="session data")),
            ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
            (
                "user",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="user",
                ),
            ),
            ("began_at", models.DateTimeField(null=True, verbose_name="began at")),
            ("browser", models.CharField(blank=True, max_length=200, verbose_name="browser")),
        ],
        options={
            "verbose_name": "session",
            "verbose_name_plural": "sessions",
        },
    ),
    migrations.CreateModel(
        name="RateCardUpload",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waiting", "Waits for an answer"),
                        ("queued", "Queued"),
                        ("running", "Running"),
                        ("ready", "Ready"),
                        ("failed", "Failed"),
                    ],
                    default="queued",
                    max_length=9,
                    verbose_name="state",
                ),
            ),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
            ("started_at", models.DateTimeField(null=True, verbose_name="started at")),
            ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
            ("leased_until", models.DateTimeField(null=True, verbose_name="leased until")),
            ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
            ("rows_done", models.PositiveIntegerField(default=0, verbose_name="rows done")),
            ("rows_total", models.PositiveIntegerField(null=True, verbose_name="rows total")),
            ("failure", models.CharField(blank=True, max_length=300, verbose_name="failure")),
            ("series_name", models.CharField(max_length=80, verbose_name="series")),
            ("effective_on", models.DateField(verbose_name="effective on")),
            ("file_name", models.CharField(max_length=200, verbose_name="file name")),
            ("content", models.BinaryField(verbose_name="content")),
            (
                "columns",
                models.JSONField(
                    default=dict,
                    help_text="What its columns mean; empty: to guess.",
                    verbose_name="columns",
                ),
            ),
            ("prices", models.JSONField(default=list, verbose_name="prices")),
            ("problems", models.JSONField(default=list, verbose_name="problems")),
            ("problem_count", models.PositiveIntegerField(default=0, verbose_name="problem count")),
            ("emptied_at", models.DateTimeField(null=True, verbose_name="emptied at")),
            (
                "uploaded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="uploaded by",
                ),
            ),
            ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
            (
                "applied_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="applied by",
                ),
            ),
            ("applied_at", models.DateTimeField(null=True, verbose_name="applied at")),
            (
                "card",
                models.OneToOneField(
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="upload",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
        ],
        options={
            "verbose_name": "rate card upload",
            "verbose_name_plural": "rate card uploads",
            "ordering": ["-uploaded_at"],
            "abstract": False,
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("applied_at__isnull", True),
                            ("applied_by__isnull", True),
                            ("card__isnull", True),
                        ),
                        models.Q(("applied_at__isnull", False), ("applied_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="upload_applied_has_who_and_when",
                )
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardupload",
        trigger=pgtrigger.compiler.Trigger(
            name="added_insert",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_name", "uploaded_at", "uploaded_by_id") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."card_id", NEW."effective_on", NEW."file_name", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."series_name", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                hash="c898ca0e94ba4b9ae41d9ecaebe146953746193d",
                operation="INSERT",
                pgid="pgtrigger_added_insert_96f70",
                table="locations_ratecardupload",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardupload",
        trigger=pgtrigger.compiler.Trigger(
            name="deleted_delete",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_name", "uploaded_at", "uploaded_by_id") VALUES (OLD."applied_at", OLD."applied_by_id", OLD."card_id", OLD."effective_on", OLD."file_name", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."series_name", OLD."uploaded_at", OLD."uploaded_by_id"); RETURN NULL;',
                hash="6bcbb5016dea71f6179e1e3cd7baf790f4d810e6",
                operation="DELETE",
                pgid="pgtrigger_deleted_delete_8d82a",
                table="locations_ratecardupload",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecardupload",
        trigger=pgtrigger.compiler.Trigger(
            name="changed_update",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."applied_at" IS DISTINCT FROM (NEW."applied_at") OR OLD."applied_by_id" IS DISTINCT FROM (NEW."applied_by_id") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."series_name" IS DISTINCT FROM (NEW."series_name") OR OLD."uploaded_at" IS DISTINCT FROM (NEW."uploaded_at") OR OLD."uploaded_by_id" IS DISTINCT FROM (NEW."uploaded_by_id"))',
                func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "series_name", "uploaded_at", "uploaded_by_id") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."card_id", NEW."effective_on", NEW."file_name", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."series_name", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                hash="c87b4be831b088017d62be0d746628662e260996",
                operation="UPDATE",
                pgid="pgtrigger_changed_update_a7aca",
                table="locations_ratecardupload",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="RateCardUploadEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.ratecardupload",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            ("series_name", models.CharField(max_length=80, verbose_name="series")),
            ("effective_on", models.DateField(verbose_name="effective on")),
            ("file_name", models.CharField(max_length=200, verbose_name="file name")),
            (
                "uploaded_by",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="uploaded by",
                ),
            ),
            ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
            (
                "applied_by",
                models.ForeignKey(
                    db_constraint=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="applied by",
                ),
            ),
            ("applied_at", models.DateTimeField(null=True, verbose_name="applied at")),
            (
                "card",
                models.ForeignKey(
                    db_constraint=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_ratecardupload")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecarduploadevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="aadcfc5ee9f5a456d85a013ec3edd10f3c357bd8",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_trail_no_truncate_deaa1",
                table="locations_ratecarduploadevent",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="ratecarduploadevent",
        trigger=pgtrigger.compiler.Trigger(
            name="append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="fc07833ff7d55d1313b4f8cc29f97fc444621d29",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_append_only_88909",
                table="locations_ratecarduploadevent",
                when="BEFORE",
            ),
        ),
    ),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [BtreeGistExtension(), SchemaBatch(SCHEMA)]
