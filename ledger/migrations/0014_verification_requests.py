"""Staff have a location, or all of them, verified now: who asked for it, and its trail."""

from functools import partial
from pathlib import Path

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.groups import ADMINISTRATOR, BILLING, SUPPORT, grant

SQL = Path(__file__).resolve().parents[2] / "ledger" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_entries_looked_up"),
        ("locations", "0008_rate_card_upload_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="verificationrun",
            options={
                "ordering": ["-id"],
                "permissions": [("verify", "Can have the ledger verified now")],
                "verbose_name": "verification run",
                "verbose_name_plural": "verification runs",
            },
        ),
        migrations.CreateModel(
            name="VerificationRequest",
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
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        help_text="Empty: all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="locations.location",
                        verbose_name="location",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="ledger.verificationrun",
                        verbose_name="run",
                    ),
                ),
            ],
            options={
                "verbose_name": "verification request",
                "verbose_name_plural": "verification requests",
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VerificationRequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="Empty: all.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="locations.location",
                        verbose_name="location",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.verificationrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="verificationrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "running"])),
                fields=("location",),
                name="verification_under_way_once",
                nulls_distinct=False,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_verificationrequestevent" ("asked_at", "asked_by_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;',
                    hash="014d51c3a5735563357363316074269fdad26f88",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_877be",
                    table="ledger_verificationrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_verificationrequestevent" ("asked_at", "asked_by_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."id", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id"); RETURN NULL;',
                    hash="a82755b917ec66c41bb8e10b46f082a081a1c4d3",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_0d65e",
                    table="ledger_verificationrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id"))',
                    func='INSERT INTO "ledger_verificationrequestevent" ("asked_at", "asked_by_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;',
                    hash="c5094123daa325df788a9edfbe8cd2e92de17d1d",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_5870f",
                    table="ledger_verificationrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="verificationrequestevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_verificationrequest"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="3462dc145188182038ac4f5a607d84f0071555b2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_2da87",
                    table="ledger_verificationrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="verificationrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b8d16dc238bcacb672bf678335923222ebf6fe50",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_580c7",
                    table="ledger_verificationrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(
            partial(
                grant,
                permissions=dict.fromkeys([BILLING, SUPPORT, ADMINISTRATOR], ["ledger.verify"]),
            ),
            migrations.RunPython.noop,
        ),
        # The triggers brought pgtrigger's own switch back.
        migrations.RunSQL(
            (SQL / "0002_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
