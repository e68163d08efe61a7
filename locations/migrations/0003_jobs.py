import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from locations.db.migrations import SchemaBatch


class Migration(migrations.Migration):
    dependencies = [("locations", "0002_rename_permissions")]

    operations = [
        SchemaBatch(
            [
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecardupload",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecardupload",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecardupload",
                    name="changed_update",
                ),
            ]
        ),
        SchemaBatch(
            [
                migrations.RenameField("ratecardupload", "asked_at", "requested_at"),
                migrations.RenameField("ratecardupload", "uploaded_by", "requested_by"),
                migrations.RenameField("ratecarduploadevent", "uploaded_by", "requested_by"),
            ]
        ),
        SchemaBatch(
            [
                migrations.AlterField(
                    model_name="ratecardupload",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("waiting", "Waits for an answer"),
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
                pgtrigger.migrations.AddTrigger(
                    model_name="ratecardupload",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_by_id", "series_name", "uploaded_at") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."card_id", NEW."effective_on", NEW."file_name", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."requested_by_id", NEW."series_name", NEW."uploaded_at"); RETURN NULL;',
                            hash="ab65ce70024855513aae226108d630dfb6876586",
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
                            func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_by_id", "series_name", "uploaded_at") VALUES (OLD."applied_at", OLD."applied_by_id", OLD."card_id", OLD."effective_on", OLD."file_name", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."requested_by_id", OLD."series_name", OLD."uploaded_at"); RETURN NULL;',
                            hash="db3126494721f17b4a7380966bbc7c69d6b635ba",
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
                            condition='WHEN (OLD."applied_at" IS DISTINCT FROM (NEW."applied_at") OR OLD."applied_by_id" IS DISTINCT FROM (NEW."applied_by_id") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."series_name" IS DISTINCT FROM (NEW."series_name") OR OLD."uploaded_at" IS DISTINCT FROM (NEW."uploaded_at"))',
                            func='INSERT INTO "locations_ratecarduploadevent" ("applied_at", "applied_by_id", "card_id", "effective_on", "file_name", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requested_by_id", "series_name", "uploaded_at") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."card_id", NEW."effective_on", NEW."file_name", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."requested_by_id", NEW."series_name", NEW."uploaded_at"); RETURN NULL;',
                            hash="0a27c17a3702b969cb1b9223cd9720c37b8d49b3",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_a7aca",
                            table="locations_ratecardupload",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
    ]
