"""The trail of tokens, bundles and requests, and of what people did with entries and messages."""

from functools import partial
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.trail_beginning import begin

SQL = Path(__file__).resolve().parents[2] / "ledger" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_probe_external_ids"),
        ("locations", "0006_staff_permissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiTokenEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "name",
                    models.CharField(
                        help_text="Who uses it, like Broadcaster, production.",
                        max_length=120,
                        verbose_name="name",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        editable=False,
                        help_text="To tell it from others.",
                        max_length=12,
                        verbose_name="begins with",
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read", "Read balances and entries, ask for quotes"),
                                ("charge", "Charge, hold, report statuses, reverse"),
                                ("fund", "Record purchases"),
                            ],
                            max_length=6,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created at",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expires at"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="revoked at"),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BundleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("credits", models.PositiveIntegerField(verbose_name="credits")),
                (
                    "price",
                    models.CharField(
                        blank=True,
                        help_text="As managers read it, with its currency: EUR 450. Nothing is charged here.",
                        max_length=40,
                        verbose_name="price",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="One that is not is kept for the requests that name it.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The lowest stands first; the same ones by their credits.",
                        verbose_name="position",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ChatMessageLocationExternalIdEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("external_id", models.CharField(max_length=120, verbose_name="external id")),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequestEvent",
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
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The message; empty: the whole charge.",
                        max_length=120,
                        verbose_name="external id",
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CreditRequestEvent",
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
                ("credits", models.PositiveIntegerField(verbose_name="credits")),
                ("price", models.CharField(blank=True, max_length=40, verbose_name="price")),
                ("reference", models.CharField(max_length=120, verbose_name="reference")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
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
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EntryLocationNumberKindContractDeltaPurchasedDeltaReasonReferenceMadeByEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "number",
                    models.BigIntegerField(
                        help_text="Counts the location's entries without gaps.",
                        verbose_name="number",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contract_grant", "Contract grant"),
                            ("contract_expiry", "Contract expiry"),
                            ("purchase", "Purchase"),
                            ("international_text", "International text"),
                            ("international_voice", "International voice"),
                            ("chat", "Chat"),
                            ("adjustment", "Adjustment"),
                            ("reversal", "Reversal"),
                            ("write_off", "Overdraft write-off"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("contract_delta", models.BigIntegerField(verbose_name="contract delta")),
                ("purchased_delta", models.BigIntegerField(verbose_name="purchased delta")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=120, verbose_name="reference"),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="InternationalMessageLocationExternalIdEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("external_id", models.CharField(max_length=120, verbose_name="external id")),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_apitokenevent" ("created_at", "expires_at", "id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."location_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="fd6737b6f888e4017fbf8409ca3fa602462d6e83",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_4ccf0",
                    table="ledger_apitoken",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_apitokenevent" ("created_at", "expires_at", "id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (OLD."created_at", OLD."expires_at", OLD."id", OLD."location_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."prefix", OLD."revoked_at", OLD."scopes"); RETURN NULL;',
                    hash="a6623765cc533d75279725929df35fbd99189101",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_e693d",
                    table="ledger_apitoken",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes"))',
                    func='INSERT INTO "ledger_apitokenevent" ("created_at", "expires_at", "id", "location_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."location_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="ef69a85640f0eac22cd59f43919d5f4d2dcfe465",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_b4fc6",
                    table="ledger_apitoken",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bundle",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_bundleevent" ("credits", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "price") VALUES (NEW."credits", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."position", NEW."price"); RETURN NULL;',
                    hash="f62b2f4770be1228c30ad58ca31002d30265913f",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_52201",
                    table="ledger_bundle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bundle",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_bundleevent" ("credits", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "price") VALUES (OLD."credits", OLD."id", OLD."is_active", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."position", OLD."price"); RETURN NULL;',
                    hash="24cd96be9f0c2707ce49e82fcc9483ded4f8c681",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_823bf",
                    table="ledger_bundle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bundle",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "ledger_bundleevent" ("credits", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "price") VALUES (NEW."credits", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."position", NEW."price"); RETURN NULL;',
                    hash="c30b2c08a1efbe86bd49e5f075c780432cb1952b",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_a37ea",
                    table="ledger_bundle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_correctionrequestevent" ("answer", "asked_at", "asked_by_id", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reversal_id", "state") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."charge_id", NEW."decided_at", NEW."decided_by_id", NEW."external_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reason", NEW."reversal_id", NEW."state"); RETURN NULL;',
                    hash="b62e6ec076c188ded4cef1120bde0a0d91ea047a",
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
                    func='INSERT INTO "ledger_correctionrequestevent" ("answer", "asked_at", "asked_by_id", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reversal_id", "state") VALUES (OLD."answer", OLD."asked_at", OLD."asked_by_id", OLD."charge_id", OLD."decided_at", OLD."decided_by_id", OLD."external_id", OLD."id", OLD."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."reason", OLD."reversal_id", OLD."state"); RETURN NULL;',
                    hash="f1ea02dd89671dae3a7f64a6476df26214cbbefb",
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
                    func='INSERT INTO "ledger_correctionrequestevent" ("answer", "asked_at", "asked_by_id", "charge_id", "decided_at", "decided_by_id", "external_id", "id", "location_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reversal_id", "state") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."charge_id", NEW."decided_at", NEW."decided_by_id", NEW."external_id", NEW."id", NEW."location_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reason", NEW."reversal_id", NEW."state"); RETURN NULL;',
                    hash="22f4d300ec6d26992d120c564daede5a3a8e2d19",
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
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_creditrequestevent" ("answer", "asked_at", "asked_by_id", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "state") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."bundle_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."location_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."price", NEW."purchase_id", NEW."reference", NEW."state"); RETURN NULL;',
                    hash="a1460848a2f81138e5b5f922e443d16597900801",
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
                    func='INSERT INTO "ledger_creditrequestevent" ("answer", "asked_at", "asked_by_id", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "state") VALUES (OLD."answer", OLD."asked_at", OLD."asked_by_id", OLD."bundle_id", OLD."credits", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."location_id", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."price", OLD."purchase_id", OLD."reference", OLD."state"); RETURN NULL;',
                    hash="0019243d85e0605a490185debbba0312808c84f2",
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
                    condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."bundle_id" IS DISTINCT FROM (NEW."bundle_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."price" IS DISTINCT FROM (NEW."price") OR OLD."purchase_id" IS DISTINCT FROM (NEW."purchase_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func='INSERT INTO "ledger_creditrequestevent" ("answer", "asked_at", "asked_by_id", "bundle_id", "credits", "decided_at", "decided_by_id", "id", "location_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "purchase_id", "reference", "state") VALUES (NEW."answer", NEW."asked_at", NEW."asked_by_id", NEW."bundle_id", NEW."credits", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."location_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."price", NEW."purchase_id", NEW."reference", NEW."state"); RETURN NULL;',
                    hash="b6bfeeba33e15075554a2e6a1c580a5bc8526009",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_bdb6f",
                    table="ledger_creditrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="apitokenevent",
            name="location",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The only location that exists for it. Empty: all of them.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="locations.location",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="apitokenevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.apitoken",
            ),
        ),
        migrations.AddField(
            model_name="bundleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.bundle",
            ),
        ),
        migrations.AddField(
            model_name="chatmessagelocationexternalidevent",
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
            model_name="chatmessagelocationexternalidevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.chatmessage",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequestevent",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequestevent",
            name="charge",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="ledger.charge",
                verbose_name="charge",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequestevent",
            name="decided_by",
            field=models.ForeignKey(
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
        migrations.AddField(
            model_name="correctionrequestevent",
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
            model_name="correctionrequestevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.correctionrequest",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequestevent",
            name="reversal",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The entry that gave the credits back.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="ledger.entry",
                verbose_name="reversal",
            ),
        ),
        migrations.AddField(
            model_name="creditrequestevent",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="creditrequestevent",
            name="bundle",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="ledger.bundle",
                verbose_name="bundle",
            ),
        ),
        migrations.AddField(
            model_name="creditrequestevent",
            name="decided_by",
            field=models.ForeignKey(
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
        migrations.AddField(
            model_name="creditrequestevent",
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
            model_name="creditrequestevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.creditrequest",
            ),
        ),
        migrations.AddField(
            model_name="creditrequestevent",
            name="purchase",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The entry that brought the credits.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="ledger.entry",
                verbose_name="purchase",
            ),
        ),
        migrations.AddField(
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
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
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.entry",
            ),
        ),
        migrations.AddField(
            model_name="internationalmessagelocationexternalidevent",
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
            model_name="internationalmessagelocationexternalidevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.internationalmessage",
            ),
        ),
        migrations.AddIndex(
            model_name="apitokenevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_apitoken"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitokenevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="4262e01d96a0f0df75d90190f2cf7c570a1a4715",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_f9cef",
                    table="ledger_apitokenevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitokenevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e99eafe4f748a3b0cf01f63e91c0f9048438f2df",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f4136",
                    table="ledger_apitokenevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="bundleevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_bundle"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bundleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="0ea0ec661e95df3906d5534247a7d905537de28e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_072f8",
                    table="ledger_bundleevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bundleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="17f0e29d3a9527e94e69f8cbf82ff4e142ec8e01",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_140e0",
                    table="ledger_bundleevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="chatmessagelocationexternalidevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_chatmessage"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chatmessagelocationexternalidevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="ebe20101783e22a0103ed0a48f578abd9c854c8c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_55d1b",
                    table="ledger_chatmessagelocationexternalidevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chatmessagelocationexternalidevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="dcbff76ff9b051c82423e24df5fecae615ddfa09",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5ccdc",
                    table="ledger_chatmessagelocationexternalidevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="correctionrequestevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_correctionrequest"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="d1ecc672412c51aaa58bd64c2199e2ca716ea425",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_a3438",
                    table="ledger_correctionrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f7d9bf2a67d6c7adf123b249b474157e8cc2fb7b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_54403",
                    table="ledger_correctionrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="creditrequestevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_creditrequest"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="635c3281b1aedb6f5054aa46e95ee2cc81bef7aa",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_d80af",
                    table="ledger_creditrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7b86f6a07b6292d00d5607859d15233bd5ab2db5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_52676",
                    table="ledger_creditrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_entry"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="5e9228cb02656346687377c4529e90cf42a946f7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_263ee",
                    table="ledger_entrylocationnumberkindcontractdeltapurchaseddeltare9959",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="381c45b782f43960643d64bc3d717994f6e1df1a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_666e8",
                    table="ledger_entrylocationnumberkindcontractdeltapurchaseddeltare9959",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="internationalmessagelocationexternalidevent",
            index=models.Index(fields=["-pgh_created_at"], name="trail_internationalmessage"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="internationalmessagelocationexternalidevent",
            trigger=pgtrigger.compiler.Trigger(
                name="trail_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="d070e3e219be15fc6f0e971a7e554d55c86a238d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_trail_no_truncate_228be",
                    table="ledger_internationalmessagelocationexternalidevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="internationalmessagelocationexternalidevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="684bb6c458b1ba7e9906c11bf59c19117c9594c7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9edd8",
                    table="ledger_internationalmessagelocationexternalidevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(
            partial(
                begin,
                models=[
                    "ledger.apitoken",
                    "ledger.bundle",
                    "ledger.creditrequest",
                    "ledger.correctionrequest",
                ],
            ),
            migrations.RunPython.noop,
        ),
        # The triggers brought pgtrigger's own switch back.
        migrations.RunSQL(
            (SQL / "0002_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
