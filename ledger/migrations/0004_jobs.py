import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.db.migrations import SchemaBatch, run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0003_jobs"),
        ("ledger", "0003_rename_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        SchemaBatch(
            [
                pgtrigger.migrations.RemoveTrigger(
                    model_name="verificationrequest",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="verificationrequest",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="verificationrequest",
                    name="changed_update",
                ),
                migrations.RemoveIndex(
                    model_name="ratecardimpact",
                    name="impact_by_card",
                ),
            ]
        ),
        SchemaBatch(
            [
                migrations.RenameField("ratecardimpact", "asked_at", "requested_at"),
                migrations.RenameField("ratecardimpact", "asked_by", "requested_by"),
                migrations.RenameField("verificationrequest", "asked_at", "requested_at"),
                migrations.RenameField("verificationrequest", "asked_by", "requested_by"),
                migrations.RenameField("verificationrequestevent", "asked_at", "requested_at"),
                migrations.RenameField("verificationrequestevent", "asked_by", "requested_by"),
            ]
        ),
        SchemaBatch(
            [
                migrations.AlterModelOptions(
                    name="ratecardimpact",
                    options={
                        "ordering": ["-requested_at", "-id"],
                        "verbose_name": "rate card impact",
                        "verbose_name_plural": "rate card impacts",
                    },
                ),
                migrations.AlterField(
                    model_name="ratecardimpact",
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
                    model_name="verificationrequest",
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
                migrations.AddIndex(
                    model_name="ratecardimpact",
                    index=models.Index(fields=["card", "-requested_at"], name="impact_by_card"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="verificationrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_verificationrequestevent" ("id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_at", "requested_by_id") VALUES (NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."requested_at", NEW."requested_by_id"); RETURN NULL;',
                            hash="c50fd8e3c5f226002a511d2ee3195eee3aff110c",
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
                            func='INSERT INTO "ledger_verificationrequestevent" ("id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_at", "requested_by_id") VALUES (OLD."id", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."requested_at", OLD."requested_by_id"); RETURN NULL;',
                            hash="26d10154d224a7d3881262ab2b1bb1b95f32aac1",
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
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id"))',
                            func='INSERT INTO "ledger_verificationrequestevent" ("id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_at", "requested_by_id") VALUES (NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."requested_at", NEW."requested_by_id"); RETURN NULL;',
                            hash="1b4f49e560aa2925e17e22c4ac8ea8b5bf6bf458",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_5870f",
                            table="ledger_verificationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
        # Installing triggers brings pgtrigger's own switch back.
        run_sql_file("ledger", "no_ignoring"),
    ]
