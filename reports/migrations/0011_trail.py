"""The trail of alerts and schedules."""

from functools import partial
from pathlib import Path

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.groups import ADMINISTRATOR, grant
from locations.trail_beginning import begin

SQL = Path(__file__).resolve().parents[2] / "ledger" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0007_trail"),
        ("reports", "0010_filtered_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                (
                    "below_credits",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Tell when fewer credits are available.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="below credits",
                    ),
                ),
                (
                    "below_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Tell when the credits last for fewer days at the recent pace.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="below days",
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="set at")),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportScheduleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("international", "International Messages"),
                            ("texts", "International Messages, texts alone"),
                            ("calls", "International Messages, calls alone"),
                            ("chat", "Chat Messages"),
                            ("statement", "Statement"),
                        ],
                        max_length=13,
                        verbose_name="kind",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("xlsx", "Excel workbook (.xlsx)"),
                            ("csv", "Text with commas (.csv)"),
                        ],
                        default="xlsx",
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("week", "Every week"), ("month", "Every month")],
                        max_length=5,
                        verbose_name="every",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="stopped at"),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_alertevent" ("below_credits", "below_days", "id", "is_on", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id") VALUES (NEW."below_credits", NEW."below_days", NEW."id", NEW."is_on", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."set_at", NEW."set_by_id"); RETURN NULL;',
                    hash="09bfade3f78543cd5bc2c825c2b1bbd922ef69dc",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_b9ea2",
                    table="reports_alert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_alertevent" ("below_credits", "below_days", "id", "is_on", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id") VALUES (OLD."below_credits", OLD."below_days", OLD."id", OLD."is_on", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."set_at", OLD."set_by_id"); RETURN NULL;',
                    hash="07f0c269ff9f3098a5eff4872917b693c7b105f5",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_db02f",
                    table="reports_alert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."below_credits" IS DISTINCT FROM (NEW."below_credits") OR OLD."below_days" IS DISTINCT FROM (NEW."below_days") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."set_at" IS DISTINCT FROM (NEW."set_at") OR OLD."set_by_id" IS DISTINCT FROM (NEW."set_by_id"))',
                    func='INSERT INTO "reports_alertevent" ("below_credits", "below_days", "id", "is_on", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id") VALUES (NEW."below_credits", NEW."below_days", NEW."id", NEW."is_on", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."set_at", NEW."set_by_id"); RETURN NULL;',
                    hash="b86d53b8081062c059ff2b2d930dfdb1fa6f0f38",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_42e15",
                    table="reports_alert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_reportscheduleevent" ("every", "format", "id", "kind", "location_id", "made_at", "made_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (NEW."every", NEW."format", NEW."id", NEW."kind", NEW."location_id", NEW."made_at", NEW."made_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."stopped_at", NEW."stopped_by_id"); RETURN NULL;',
                    hash="bdd0355fa1313edfb0c6e66600fb5feac1117457",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_38564",
                    table="reports_reportschedule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_reportscheduleevent" ("every", "format", "id", "kind", "location_id", "made_at", "made_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (OLD."every", OLD."format", OLD."id", OLD."kind", OLD."location_id", OLD."made_at", OLD."made_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."stopped_at", OLD."stopped_by_id"); RETURN NULL;',
                    hash="3bee67a326a806c8ccbed783e7037983a9a5a9ab",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_21c95",
                    table="reports_reportschedule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."every" IS DISTINCT FROM (NEW."every") OR OLD."format" IS DISTINCT FROM (NEW."format") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."stopped_at" IS DISTINCT FROM (NEW."stopped_at") OR OLD."stopped_by_id" IS DISTINCT FROM (NEW."stopped_by_id"))',
                    func='INSERT INTO "reports_reportscheduleevent" ("every", "format", "id", "kind", "location_id", "made_at", "made_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (NEW."every", NEW."format", NEW."id", NEW."kind", NEW."location_id", NEW."made_at", NEW."made_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."stopped_at", NEW."stopped_by_id"); RETURN NULL;',
                    hash="f1b9548919c8845e623b5a43d1aabba1013d90f0",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_16ec3",
                    table="reports_reportschedule",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="location",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="locations.location",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.alert",
            ),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="set_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="set by",
            ),
        ),
        migrations.AddField(
            model_name="reportscheduleevent",
            name="location",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="locations.location",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="reportscheduleevent",
            name="made_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="reportscheduleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.reportschedule",
            ),
        ),
        migrations.AddField(
            model_name="reportscheduleevent",
            name="stopped_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="stopped by",
            ),
        ),
        migrations.AddIndex(
            model_name="alertevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_alert"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alertevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="1f071310dda470fcd2deba8e4a9a9fd4b4b691eb",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_847eb",
                    table="reports_alertevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alertevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d14daa86558d79161b821de91752ddd8abd0e594",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7149b",
                    table="reports_alertevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="reportscheduleevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_reportschedule"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportscheduleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="9efa0acb32faa77b4e8ee13ab935e1e9a5528dd2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_c7093",
                    table="reports_reportscheduleevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportscheduleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8a5df0f8e5d1327b094686256bbc12301bbbfdd8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_65aad",
                    table="reports_reportscheduleevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(
            partial(
                begin,
                models=[
                    "reports.alert",
                    "reports.reportschedule",
                ],
            ),
            migrations.RunPython.noop,
        ),
        migrations.RunPython(
            partial(grant, permissions={ADMINISTRATOR: ["locations.view_change"]}),
            migrations.RunPython.noop,
        ),
        # The triggers brought pgtrigger's own switch back.
        migrations.RunSQL(
            (SQL / "0002_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
