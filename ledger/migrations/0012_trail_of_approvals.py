"""The trail of what staff ask a second person to approve, and of what became of it."""

from functools import partial
from pathlib import Path

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.trail_beginning import begin

SQL = Path(__file__).resolve().parents[2] / "ledger" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_rate_card_impact"),
        ("locations", "0008_rate_card_upload_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalRequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("adjustment", "Adjustment"),
                            ("reversal", "Reversal"),
                            ("write_off", "Overdraft write-off"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "bucket",
                    models.CharField(
                        choices=[("purchased", "Purchased"), ("contract", "Contract")],
                        default="purchased",
                        max_length=9,
                        verbose_name="bucket",
                    ),
                ),
                ("credits", models.BigIntegerField(verbose_name="credits")),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The message; empty: the whole charge.",
                        max_length=120,
                        verbose_name="external id",
                    ),
                ),
                (
                    "term_starts_on",
                    models.DateField(blank=True, null=True, verbose_name="term starts on"),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=120, verbose_name="reference"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
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
                    "charge",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="That a reversal gives back.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="ledger.charge",
                        verbose_name="charge",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Whose running term an adjustment brings to its new included amount.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="locations.contract",
                        verbose_name="contract",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The entry that was posted.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="ledger.entry",
                        verbose_name="entry",
                    ),
                ),
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.approvalrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_approvalrequestevent" ("answer", "asked_at", "asked_by_id", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "state", "term_starts_on") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."bucket", NEW."charge_id", NEW."contract_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."entry_id", NEW."external_id", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reason", NEW."reference", NEW."state", NEW."term_starts_on"); RETURN NULL;',
                    hash="8409f477643d8c014c3e358ebcfca760a8abe982",
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
                    func='INSERT INTO "ledger_approvalrequestevent" ("answer", "asked_at", "asked_by_id", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "state", "term_starts_on") VALUES (OLD."answer", OLD."asked_at", OLD."asked_by_id", OLD."bucket", OLD."charge_id", OLD."contract_id", OLD."credits", OLD."decided_at", OLD."decided_by_id", OLD."entry_id", OLD."external_id", OLD."id", OLD."kind", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."reason", OLD."reference", OLD."state", OLD."term_starts_on"); RETURN NULL;',
                    hash="6f3888a3800bbe780d66d04d96366f2f9bfa480e",
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
                    condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."bucket" IS DISTINCT FROM (NEW."bucket") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."term_starts_on" IS DISTINCT FROM (NEW."term_starts_on"))',
                    func='INSERT INTO "ledger_approvalrequestevent" ("answer", "asked_at", "asked_by_id", "bucket", "charge_id", "contract_id", "credits", "decided_at", "decided_by_id", "entry_id", "external_id", "id", "kind", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reference", "state", "term_starts_on") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."bucket", NEW."charge_id", NEW."contract_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."entry_id", NEW."external_id", NEW."id", NEW."kind", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reason", NEW."reference", NEW."state", NEW."term_starts_on"); RETURN NULL;',
                    hash="797b22ea374940cc92602624da30af16115dfa4a",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_d8436",
                    table="ledger_approvalrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="approvalrequestevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_approvalrequest"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="afcfbbf15b052373f31339313ee8a690df3416a0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_00fcd",
                    table="ledger_approvalrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7316d15016af41785e4f55b53f80d182d40d853e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_80487",
                    table="ledger_approvalrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(
            partial(begin, models=["ledger.approvalrequest"]), migrations.RunPython.noop
        ),
        # The triggers brought pgtrigger's own switch back.
        migrations.RunSQL(
            (SQL / "0002_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
