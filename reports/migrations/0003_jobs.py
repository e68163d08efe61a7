import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.db.migrations import SchemaBatch, run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_jobs"),
        ("locations", "0003_jobs"),
        ("reports", "0002_staff_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        SchemaBatch(
            [
                pgtrigger.migrations.RemoveTrigger(
                    model_name="reportschedule",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="reportschedule",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="reportschedule",
                    name="changed_update",
                ),
                migrations.RemoveIndex(
                    model_name="longestimate",
                    name="long_estimate_mine",
                ),
                migrations.RemoveIndex(
                    model_name="report",
                    name="report_by_location",
                ),
            ]
        ),
        migrations.RenameModel("LocationPace", "LocationDailyRate"),
        SchemaBatch(
            [
                migrations.RenameField("longestimate", "bad", "invalid_numbers"),
                migrations.RenameField("longestimate", "bad_count", "invalid_count"),
                migrations.RenameField("report", "asked_at", "requested_at"),
                migrations.RenameField("report", "asked_by", "requested_by"),
                migrations.RenameField("longestimate", "asked_at", "requested_at"),
                migrations.RenameField("longestimate", "asked_by", "requested_by"),
                migrations.RenameField("reportschedule", "made_at", "created_at"),
                migrations.RenameField("reportschedule", "made_by", "created_by"),
                migrations.RenameField("reportscheduleevent", "made_at", "created_at"),
                migrations.RenameField("reportscheduleevent", "made_by", "created_by"),
            ]
        ),
        SchemaBatch(
            [
                migrations.AlterModelOptions(
                    name="longestimate",
                    options={"ordering": ["-requested_at"]},
                ),
                migrations.AlterModelOptions(
                    name="report",
                    options={
                        "ordering": ["-requested_at"],
                        "verbose_name": "report",
                        "verbose_name_plural": "reports",
                    },
                ),
                migrations.AlterModelOptions(
                    name="reportschedule",
                    options={
                        "ordering": ["-created_at"],
                        "verbose_name": "report schedule",
                        "verbose_name_plural": "report schedules",
                    },
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="attempts",
                    field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="failure",
                    field=models.CharField(blank=True, max_length=300, verbose_name="failure"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="finished_at",
                    field=models.DateTimeField(null=True, verbose_name="finished at"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="leased_until",
                    field=models.DateTimeField(null=True, verbose_name="leased until"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="requested_at",
                    field=models.DateTimeField(verbose_name="asked at"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="requested_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="rows_done",
                    field=models.PositiveIntegerField(default=0, verbose_name="rows done"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="rows_total",
                    field=models.PositiveIntegerField(null=True, verbose_name="rows total"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="started_at",
                    field=models.DateTimeField(null=True, verbose_name="started at"),
                ),
                migrations.AlterField(
                    model_name="longestimate",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        default="queued",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="finished_at",
                    field=models.DateTimeField(null=True, verbose_name="finished at"),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="leased_until",
                    field=models.DateTimeField(null=True, verbose_name="leased until"),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="requested_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="rows_total",
                    field=models.PositiveIntegerField(null=True, verbose_name="rows total"),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="started_at",
                    field=models.DateTimeField(null=True, verbose_name="started at"),
                ),
                migrations.AlterField(
                    model_name="reportschedule",
                    name="created_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                migrations.AddIndex(
                    model_name="longestimate",
                    index=models.Index(
                        fields=["location", "requested_by", "-requested_at"],
                        name="estimate_by_requester",
                    ),
                ),
                migrations.AddIndex(
                    model_name="report",
                    index=models.Index(
                        fields=["location", "-requested_at"], name="report_by_location"
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reportschedule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "reports_reportscheduleevent" ("created_at", "created_by_id", "every", "format", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."every", NEW."format", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."stopped_at", NEW."stopped_by_id"); RETURN NULL;',
                            hash="cd368c5f7f05703e00f0eb9793aff12d12668413",
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
                            func='INSERT INTO "reports_reportscheduleevent" ("created_at", "created_by_id", "every", "format", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (OLD."created_at", OLD."created_by_id", OLD."every", OLD."format", OLD."id", OLD."kind", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."stopped_at", OLD."stopped_by_id"); RETURN NULL;',
                            hash="5e4fe3fc412dce0b18fabc2e68ea0c7fb01346a9",
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
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."every" IS DISTINCT FROM (NEW."every") OR OLD."format" IS DISTINCT FROM (NEW."format") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."stopped_at" IS DISTINCT FROM (NEW."stopped_at") OR OLD."stopped_by_id" IS DISTINCT FROM (NEW."stopped_by_id"))',
                            func='INSERT INTO "reports_reportscheduleevent" ("created_at", "created_by_id", "every", "format", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped_at", "stopped_by_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."every", NEW."format", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."stopped_at", NEW."stopped_by_id"); RETURN NULL;',
                            hash="bb6c4c8aab43fd9925a50588399213298a0b7efa",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_16ec3",
                            table="reports_reportschedule",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
        # Installing triggers brings pgtrigger's own switch back.
        run_sql_file("ledger", "no_ignoring"),
    ]
