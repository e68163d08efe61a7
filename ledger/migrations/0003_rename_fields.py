"""Fields, event models and function parameters get the field's usual names."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from locations.db.migrations import SchemaBatch, run_sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_functions")]

    operations = [
        # A trigger is found by the name of its table, so it goes before its table is renamed.
        SchemaBatch(
            [
                pgtrigger.migrations.RemoveTrigger(
                    model_name="approvalrequest",
                    name="approval_only_decided",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="approvalrequest",
                    name="approval_posted_that",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="approvalrequest",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="approvalrequest",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="approvalrequest",
                    name="changed_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="chatmessagelocationexternalidevent",
                    name="trail_no_truncate",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="chatmessagelocationexternalidevent",
                    name="append_only",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="correctionrequest",
                    name="correction_only_decided",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="correctionrequest",
                    name="correction_by_somebody_else",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="correctionrequest",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="correctionrequest",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="correctionrequest",
                    name="changed_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="creditrequest",
                    name="credit_request_only_decided",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="creditrequest",
                    name="credit_request_by_somebody_else",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="creditrequest",
                    name="added_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="creditrequest",
                    name="deleted_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="creditrequest",
                    name="changed_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
                    name="trail_no_truncate",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
                    name="append_only",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="internationalmessagelocationexternalidevent",
                    name="trail_no_truncate",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="internationalmessagelocationexternalidevent",
                    name="append_only",
                ),
                migrations.RemoveConstraint(
                    model_name="approvalrequest",
                    name="approval_by_a_second_person",
                ),
                migrations.RemoveConstraint(
                    model_name="entry",
                    name="entry_write_off_by_hand_has_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="entry",
                    name="entry_approved_by_a_second_person",
                ),
                migrations.RemoveConstraint(
                    model_name="renewalfailure",
                    name="renewal_failure_open_once",
                ),
                migrations.RemoveIndex(
                    model_name="approvalrequest",
                    name="approval_queue",
                ),
                migrations.RemoveIndex(
                    model_name="correctionrequest",
                    name="correction_queue",
                ),
                migrations.RemoveIndex(
                    model_name="creditrequest",
                    name="credit_request_queue",
                ),
                migrations.RemoveIndex(
                    model_name="entry",
                    name="entry_made_by",
                ),
            ]
        ),
        migrations.RenameModel(
            "EntryLocationNumberKindContractDeltaPurchasedDeltaReasonReferenceMadeByEvent",
            "EntryEvent",
        ),
        migrations.RenameModel(
            "InternationalMessageLocationExternalIdEvent", "InternationalMessageEvent"
        ),
        migrations.RenameModel("ChatMessageLocationExternalIdEvent", "ChatMessageEvent"),
        SchemaBatch(
            [
                migrations.RenameField("approvalrequest", "asked_at", "requested_at"),
                migrations.RenameField("approvalrequest", "asked_by", "requested_by"),
                migrations.RenameField("approvalrequestevent", "asked_at", "requested_at"),
                migrations.RenameField("approvalrequestevent", "asked_by", "requested_by"),
                migrations.RenameField("correctionrequest", "asked_at", "requested_at"),
                migrations.RenameField("correctionrequest", "asked_by", "requested_by"),
                migrations.RenameField("correctionrequestevent", "asked_at", "requested_at"),
                migrations.RenameField("correctionrequestevent", "asked_by", "requested_by"),
                migrations.RenameField("creditrequest", "asked_at", "requested_at"),
                migrations.RenameField("creditrequest", "asked_by", "requested_by"),
                migrations.RenameField("creditrequestevent", "asked_at", "requested_at"),
                migrations.RenameField("creditrequestevent", "asked_by", "requested_by"),
                migrations.RenameField("entry", "made_by", "created_by"),
                migrations.RenameField("entryevent", "made_by", "created_by"),
                migrations.RenameField("hold", "ending", "settlement_fingerprint"),
                migrations.RenameField("renewalfailure", "tries", "attempts"),
                migrations.RenameField("renewalfailure", "first_at", "first_failed_at"),
                migrations.RenameField("renewalfailure", "last_at", "last_failed_at"),
                migrations.RenameField("renewalfailure", "over_at", "resolved_at"),
            ]
        ),
        SchemaBatch(
            [
                migrations.AlterModelOptions(
                    name="approvalrequest",
                    options={
                        "ordering": ["requested_at", "id"],
                        "verbose_name": "approval request",
                        "verbose_name_plural": "approval requests",
                    },
                ),
                migrations.AlterModelOptions(
                    name="correctionrequest",
                    options={
                        "ordering": ["requested_at", "id"],
                        "verbose_name": "correction request",
                        "verbose_name_plural": "correction requests",
                    },
                ),
                migrations.AlterModelOptions(
                    name="creditrequest",
                    options={
                        "ordering": ["requested_at", "id"],
                        "verbose_name": "credit request",
                        "verbose_name_plural": "credit requests",
                    },
                ),
                migrations.AlterModelOptions(
                    name="renewalfailure",
                    options={
                        "ordering": ["-last_failed_at", "-id"],
                        "verbose_name": "renewal failure",
                        "verbose_name_plural": "renewal failures",
                    },
                ),
                migrations.AddIndex(
                    model_name="approvalrequest",
                    index=models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["requested_at", "id"],
                        name="approval_queue",
                    ),
                ),
                migrations.AddIndex(
                    model_name="correctionrequest",
                    index=models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["requested_at", "id"],
                        name="correction_queue",
                    ),
                ),
                migrations.AddIndex(
                    model_name="creditrequest",
                    index=models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["requested_at", "id"],
                        name="credit_request_queue",
                    ),
                ),
                migrations.AddIndex(
                    model_name="entry",
                    index=models.Index(
                        condition=models.Q(("created_by__isnull", False)),
                        fields=["created_by"],
                        name="entry_created_by",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="approvalrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="approval_only_decided",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."bucket" IS DISTINCT FROM (NEW."bucket") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."term_starts_on" IS DISTINCT FROM (NEW."term_starts_on"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="958fa62cb30dd72b1fd744437e3c7dfb09a54e98",
                            operation="UPDATE",
                            pgid="pgtrigger_approval_only_decided_cf176",
                            table="ledger_approvalrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="approvalrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="approval_posted_that",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM ledger_entry e\n                         WHERE e.id = NEW.entry_id AND e.location_id = NEW.location_id\n                           AND e.kind = NEW.kind AND e.key = NEW.key\n                           AND e.created_by_id = NEW.requested_by_id\n                           AND e.approved_by_id = NEW.decided_by_id\n                           AND e.charge_id IS NOT DISTINCT FROM NEW.charge_id\n                           AND (e.contract_id, e.term_starts_on) IS NOT DISTINCT FROM\n                               (NEW.contract_id, NEW.term_starts_on)\n                           AND (e.kind IN ('reversal', 'write_off')\n                                OR (e.contract_delta, e.purchased_delta) =\n                                   (CASE NEW.bucket WHEN 'contract' THEN NEW.credits ELSE 0 END,\n                                    CASE NEW.bucket WHEN 'contract' THEN 0 ELSE NEW.credits END)\n                               )) THEN\n                        RAISE EXCEPTION 'an approved request is met by the entry that it asked for'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'approval_posted_that';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="5b7413ae093750ee13e383307f25974cb0ade3b5",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_approval_posted_that_027e2",
                            table="ledger_approvalrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="approvalrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_approvalrequestevent" ("answer", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "requested_at", "requested_by_id", "state", "term_starts_on") VALUES (NEW."answer", NEW."bucket", NEW."charge_id", NEW."contract_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."entry_id", NEW."external_id", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reason", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."state", NEW."term_starts_on"); RETURN NULL;',
                            hash="f5da93bf0b90519bcb47e05ad8608eb7b619ec38",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_de3d3",
                            table="ledger_approvalrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="approvalrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="deleted_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_approvalrequestevent" ("answer", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "requested_at", "requested_by_id", "state", "term_starts_on") VALUES (OLD."answer", OLD."bucket", OLD."charge_id", OLD."contract_id", OLD."credits", OLD."decided_at", OLD."decided_by_id", OLD."entry_id", OLD."external_id", OLD."id", OLD."kind", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."reason", OLD."reference", OLD."requested_at", OLD."requested_by_id", OLD."state", OLD."term_starts_on"); RETURN NULL;',
                            hash="82c66cb3caf8f4f26bcc39c84fab3ca5ecdef06f",
                            operation="DELETE",
                            pgid="pgtrigger_deleted_delete_71698",
                            table="ledger_approvalrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="approvalrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."bucket" IS DISTINCT FROM (NEW."bucket") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."term_starts_on" IS DISTINCT FROM (NEW."term_starts_on"))',
                            func='INSERT INTO "ledger_approvalrequestevent" ("answer", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "requested_at", "requested_by_id", "state", "term_starts_on") VALUES (NEW."answer", NEW."bucket", NEW."charge_id", NEW."contract_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."entry_id", NEW."external_id", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reason", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."state", NEW."term_starts_on"); RETURN NULL;',
                            hash="4bcda384756c13aeb9aa9599ee1d0b59446a9763",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_d8436",
                            table="ledger_approvalrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="chatmessageevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="trail_no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                            hash="02fb48a129a78bd97672bcbee55c28954de529c7",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_trail_no_truncate_6e78b",
                            table="ledger_chatmessageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="chatmessageevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fa10f86e66df9a5a95fbaeeea58202f86c70762d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cb592",
                            table="ledger_chatmessageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correctionrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="correction_only_decided",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="49883b75668e5df5fa6ef3687227d6bf4ddb0716",
                            operation="UPDATE",
                            pgid="pgtrigger_correction_only_decided_ae7b9",
                            table="ledger_correctionrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correctionrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="correction_by_somebody_else",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.\"state\" = 'granted')",
                            func="\n            IF NEW.decided_by_id = NEW.requested_by_id THEN\n                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'correction_by_somebody_else';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="532d0b667cda7cddebfbea45ef79f97fe1643ccd",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_correction_by_somebody_else_80c07",
                            table="ledger_correctionrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correctionrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_correctionrequestevent" ("answer", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "reversal_id", "state") VALUES (NEW."answer", NEW."charge_id", NEW."decided_at", NEW."decided_by_id", NEW."external_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."reversal_id", NEW."state"); RETURN NULL;',
                            hash="8aec4e884d08529f954567da6861e3b34807d0ca",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_a97ac",
                            table="ledger_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correctionrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="deleted_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_correctionrequestevent" ("answer", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "reversal_id", "state") VALUES (OLD."answer", OLD."charge_id", OLD."decided_at", OLD."decided_by_id", OLD."external_id", OLD."id", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."reason", OLD."requested_at", OLD."requested_by_id", OLD."reversal_id", OLD."state"); RETURN NULL;',
                            hash="ea9d485cdead5bae005204e12500b4263eee1495",
                            operation="DELETE",
                            pgid="pgtrigger_deleted_delete_acfc7",
                            table="ledger_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correctionrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "ledger_correctionrequestevent" ("answer", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "reversal_id", "state") VALUES (NEW."answer", NEW."charge_id", NEW."decided_at", NEW."decided_by_id", NEW."external_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."reversal_id", NEW."state"); RETURN NULL;',
                            hash="573ce60aa126a85f068cd24bde6150b165fdd22d",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_2fc2c",
                            table="ledger_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="creditrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="credit_request_only_decided",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."bundle_id" IS DISTINCT FROM (NEW."bundle_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."form_key" IS DISTINCT FROM (NEW."form_key") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."price" IS DISTINCT FROM (NEW."price") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="5542c6e0b99d5ae8b573ecea10a959a068c51725",
                            operation="UPDATE",
                            pgid="pgtrigger_credit_request_only_decided_e135c",
                            table="ledger_creditrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="creditrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="credit_request_by_somebody_else",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.\"state\" = 'approved')",
                            func="\n            IF NEW.decided_by_id = NEW.requested_by_id THEN\n                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'credit_request_by_somebody_else';\n            END IF;\n            RETURN NEW;\n        ",
                            hash="9e7dbbb5351c12461e368b185b7e5ef7e0ff8614",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_credit_request_by_somebody_else_69f26",
                            table="ledger_creditrequest",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="creditrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="added_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_creditrequestevent" ("answer", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "requested_at", "requested_by_id", "state") VALUES (NEW."answer", NEW."bundle_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."location_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."price", NEW."purchase_id", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."state"); RETURN NULL;',
                            hash="591d66b5254f0cc521b42e4637ede8c6b3a4ff71",
                            operation="INSERT",
                            pgid="pgtrigger_added_insert_8fcde",
                            table="ledger_creditrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="creditrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="deleted_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_creditrequestevent" ("answer", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "requested_at", "requested_by_id", "state") VALUES (OLD."answer", OLD."bundle_id", OLD."credits", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."location_id", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."price", OLD."purchase_id", OLD."reference", OLD."requested_at", OLD."requested_by_id", OLD."state"); RETURN NULL;',
                            hash="cd186a6f42b69e6d4a4737a365412da40a36e66d",
                            operation="DELETE",
                            pgid="pgtrigger_deleted_delete_c492a",
                            table="ledger_creditrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="creditrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."bundle_id" IS DISTINCT FROM (NEW."bundle_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."price" IS DISTINCT FROM (NEW."price") OR OLD."purchase_id" IS DISTINCT FROM (NEW."purchase_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                            func='INSERT INTO "ledger_creditrequestevent" ("answer", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "requested_at", "requested_by_id", "state") VALUES (NEW."answer", NEW."bundle_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."location_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."price", NEW."purchase_id", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."state"); RETURN NULL;',
                            hash="f1bebab3194df1c1099d986c1e4c5d58c599a46b",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_bdb6f",
                            table="ledger_creditrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="entryevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="trail_no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                            hash="770837c812c9f300939c68356c7a7afe94cfe767",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_trail_no_truncate_a9a03",
                            table="ledger_entryevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="entryevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c6b0e03418b83562242266bcfb08407380a40a99",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4b54a",
                            table="ledger_entryevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="internationalmessageevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="trail_no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                            hash="0df88232357d9e47e687bb51fecbe39ecafd024a",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_trail_no_truncate_73b4d",
                            table="ledger_internationalmessageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="internationalmessageevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6b6836bc099960e8bd4261bea8f34225f589f994",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_43aff",
                            table="ledger_internationalmessageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="renewalfailure",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=("location",),
                        name="renewal_failure_open_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="approvalrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(("requested_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_a_second_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="entry",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "write_off"), _negated=True),
                            ("contract__isnull", False),
                            models.Q(
                                ("created_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="entry_write_off_by_hand_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="entry",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(
                                ("created_by__isnull", False),
                                models.Q(("approved_by", models.F("created_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="entry_approved_by_a_second_person",
                    ),
                ),
            ]
        ),
        # CREATE OR REPLACE cannot rename parameters; the library leaves trigger functions behind.
        migrations.RunSQL(
            """
            DROP FUNCTION ledger_charge;
            DROP FUNCTION ledger_append;
            DROP FUNCTION pgtrigger_append_only_5ccdc;
            DROP FUNCTION pgtrigger_append_only_666e8;
            DROP FUNCTION pgtrigger_append_only_9edd8;
            DROP FUNCTION pgtrigger_trail_no_truncate_228be;
            DROP FUNCTION pgtrigger_trail_no_truncate_263ee;
            DROP FUNCTION pgtrigger_trail_no_truncate_55d1b;
            """,
            migrations.RunSQL.noop,
        ),
        run_sql_file("ledger", "append"),
        run_sql_file("ledger", "charge"),
        run_sql_file("ledger", "contract_guard"),
        run_sql_file("ledger", "no_ignoring"),
    ]
