"""Bundles of credits, and requests of managers for them."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_leaner_posting"),
        ("locations", "0003_masked_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("credits", models.PositiveIntegerField()),
                (
                    "price",
                    models.CharField(
                        blank=True,
                        help_text="As managers read it, with its currency: EUR 450. Nothing is charged here.",
                        max_length=40,
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
                    ),
                ),
            ],
            options={
                "ordering": ["position", "credits", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("credits__gte", 1), ("credits__lte", 100000000)),
                        name="bundle_credits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="bundle_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("credits", models.PositiveIntegerField()),
                ("price", models.CharField(blank=True, max_length=40)),
                ("reference", models.CharField(max_length=120)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField()),
                (
                    "form_key",
                    models.UUIDField(help_text="Of the form that asked: a double click asks once."),
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
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=400)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="ledger.bundle",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="locations.location",
                    ),
                ),
                (
                    "purchase",
                    models.OneToOneField(
                        blank=True,
                        help_text="The entry that brought the credits.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_request",
                        to="ledger.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["asked_at", "id"],
                        name="credit_request_queue",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("credits__gte", 1), ("credits__lte", 100000000)),
                        name="credit_request_credits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="credit_request_has_reference",
                    ),
                    models.UniqueConstraint(
                        fields=("location", "form_key"), name="credit_request_form_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("purchase__isnull", True),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("purchase__isnull", False),
                                ("state", "approved"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("purchase__isnull", True),
                                ("state", "declined"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="credit_request_decided_has_who_and_when",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_request_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="700d7f9d797b9650515670fc2522b44e721d13f3",
                    operation="DELETE",
                    pgid="pgtrigger_credit_request_is_kept_90271",
                    table="ledger_creditrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_request_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="9bc606cccb3404ad33ba57a4a8293f663723908c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_credit_request_no_truncate_27786",
                    table="ledger_creditrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_request_decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="794e5dde784afba565d2c70394f071134962ce0a",
                    operation="UPDATE",
                    pgid="pgtrigger_credit_request_decided_once_8510a",
                    table="ledger_creditrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_request_only_decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."bundle_id" IS DISTINCT FROM (NEW."bundle_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."form_key" IS DISTINCT FROM (NEW."form_key") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."price" IS DISTINCT FROM (NEW."price") OR OLD."reference" IS DISTINCT FROM (NEW."reference"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="dad6296ec61083aca19bfb62482bb4a192b790e9",
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
                name="credit_request_bought_that",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.purchase_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM ledger_entry e\n                         WHERE e.id = NEW.purchase_id AND e.location_id = NEW.location_id\n                           AND e.kind = 'purchase' AND e.purchased_delta = NEW.credits) THEN\n                        RAISE EXCEPTION 'a request is met by a purchase of its credits'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'credit_request_bought_that';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="be85119151733551b475fe6ad68d933a0bcf4d6c",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_credit_request_bought_that_3272f",
                    table="ledger_creditrequest",
                    when="BEFORE",
                ),
            ),
        ),
        # The triggers brought pgtrigger's own switch back.
        migrations.RunSQL(
            (SQL / "0002_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
