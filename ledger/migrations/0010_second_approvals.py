"""What one person may not post alone, write-offs by hand, changes of a running term, renewals."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def run(name: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0009_trail"),
        ("locations", "0005_languages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                    "key",
                    models.CharField(
                        help_text="Of the form that asked, and of the entry.",
                        max_length=255,
                        verbose_name="idempotency key",
                    ),
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
            ],
            options={
                "verbose_name": "approval request",
                "verbose_name_plural": "approval requests",
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RenewalFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="first at")),
                ("last_at", models.DateTimeField(verbose_name="last at")),
                ("tries", models.PositiveIntegerField(default=1, verbose_name="tries")),
                (
                    "error",
                    models.CharField(
                        help_text="Of the last try.", max_length=300, verbose_name="error"
                    ),
                ),
                ("over_at", models.DateTimeField(blank=True, null=True, verbose_name="over at")),
            ],
            options={
                "verbose_name": "renewal failure",
                "verbose_name_plural": "renewal failures",
                "ordering": ["-last_at", "-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="entry_kind_has_its_cause",
        ),
        migrations.AddField(
            model_name="entry",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The second person, where the entry needed one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approved by",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(
                    ("contract__isnull", False),
                    ("kind__in", ("contract_grant", "contract_expiry", "write_off")),
                ),
                fields=["location", "at"],
                name="entry_renewals",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_by_somebody_else",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" = 'granted')",
                    func="\n            IF NEW.decided_by_id = NEW.asked_by_id THEN\n                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'correction_by_somebody_else';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="ffac2b0c7337fe2373219e20ec335cf11e500996",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_correction_by_somebody_else_80c07",
                    table="ledger_correctionrequest",
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
                    func="\n            IF NEW.decided_by_id = NEW.asked_by_id THEN\n                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'credit_request_by_somebody_else';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="069ac07c058d8fff9ec0b7a047a34c14d1c4b67c",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_credit_request_by_somebody_else_69f26",
                    table="ledger_creditrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_of_the_running_term",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."contract_id" IS NOT NULL AND NEW."kind" = \'adjustment\')',
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM (\n                            SELECT e.contract_id, e.term_starts_on FROM ledger_entry e\n                             WHERE e.location_id = NEW.location_id\n                               AND e.kind = 'contract_grant'\n                             ORDER BY e.number DESC LIMIT 1) last\n                         WHERE last.contract_id = NEW.contract_id\n                           AND last.term_starts_on = NEW.term_starts_on) THEN\n                        RAISE EXCEPTION 'entry % of location % names a term that has no grant',\n                            NEW.number, NEW.location_id\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'entry_of_the_running_term';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="48f2966ba5d3835620669714f281057d1401b83a",
                    operation="INSERT",
                    pgid="pgtrigger_entry_of_the_running_term_94e40",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("charge__isnull", False),
                        ("contract__isnull", True),
                        ("kind__in", ("international_text", "international_voice", "chat")),
                    ),
                    models.Q(
                        ("charge__isnull", True),
                        ("contract__isnull", False),
                        ("kind__in", ["contract_grant", "contract_expiry", "write_off"]),
                        ("term_starts_on__isnull", False),
                    ),
                    models.Q(
                        ("contract__isnull", True),
                        ("fingerprint__isnull", False),
                        ("key__isnull", False),
                        ("kind__in", ["purchase", "reversal"]),
                    ),
                    models.Q(
                        ("fingerprint__isnull", False),
                        ("key__isnull", False),
                        ("kind", "adjustment"),
                        models.Q(
                            models.Q(("contract__isnull", True), ("term_starts_on__isnull", True)),
                            models.Q(
                                ("contract__isnull", False),
                                ("purchased_delta", 0),
                                ("term_starts_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("charge__isnull", True),
                        ("contract__isnull", True),
                        ("fingerprint__isnull", False),
                        ("key__isnull", False),
                        ("kind", "write_off"),
                        ("term_starts_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="entry_kind_has_its_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "write_off"), _negated=True),
                    ("purchased_after", 0),
                    _connector="OR",
                ),
                name="entry_write_off_ends_at_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "write_off"), _negated=True),
                    ("contract__isnull", False),
                    models.Q(("made_by__isnull", False), models.Q(("reason", ""), _negated=True)),
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
                        ("made_by__isnull", False),
                        models.Q(("approved_by", models.F("made_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="entry_approved_by_a_second_person",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="charge",
            field=models.ForeignKey(
                blank=True,
                help_text="That a reversal gives back.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approval_requests",
                to="ledger.charge",
                verbose_name="charge",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="contract",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose running term an adjustment brings to its new included amount.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approval_requests",
                to="locations.contract",
                verbose_name="contract",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="entry",
            field=models.OneToOneField(
                blank=True,
                help_text="The entry that was posted.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approval_request",
                to="ledger.entry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approval_requests",
                to="locations.location",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="renewalfailure",
            name="location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewal_failures",
                to="locations.location",
                verbose_name="location",
            ),
        ),
        migrations.AddIndex(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["asked_at", "id"],
                name="approval_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.UniqueConstraint(
                fields=("location", "key"), name="approval_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contract__isnull", False), ("state", "open")),
                fields=("contract", "term_starts_on"),
                name="approval_open_once_per_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="approval_key_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits", 0), _negated=True), name="approval_moves_credits"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("kind", "purchase"), models.Q(("reference", ""), _negated=True)),
                    _connector="OR",
                ),
                name="approval_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("charge__isnull", False), ("contract__isnull", True), ("kind", "reversal")
                    ),
                    models.Q(
                        ("bucket", "contract"),
                        ("charge__isnull", True),
                        ("contract__isnull", False),
                        ("external_id", ""),
                        ("kind", "adjustment"),
                        ("term_starts_on__isnull", False),
                    ),
                    models.Q(
                        ("charge__isnull", True),
                        ("contract__isnull", True),
                        ("external_id", ""),
                        ("kind__in", ["purchase", "adjustment", "write_off"]),
                        ("term_starts_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="approval_kind_has_its_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(("asked_by", models.F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="approval_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""),
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("entry__isnull", True),
                        ("state", "open"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("entry__isnull", False),
                        ("state", "approved"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("entry__isnull", True),
                        ("state", "declined"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="approval_decided_has_who_and_when",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="25cb02903891becc22e8422621f194ff9df844fe",
                    operation="DELETE",
                    pgid="pgtrigger_approval_is_kept_853ee",
                    table="ledger_approvalrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation';\n        ",
                    hash="c2bceb7eb95dd40dea66f5d95944bb8eb1956a3f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_approval_no_truncate_1f439",
                    table="ledger_approvalrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ba76fe83f7cee9bcff95176db40dedcf265e3d7d",
                    operation="UPDATE",
                    pgid="pgtrigger_approval_decided_once_0ba09",
                    table="ledger_approvalrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_only_decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."bucket" IS DISTINCT FROM (NEW."bucket") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."term_starts_on" IS DISTINCT FROM (NEW."term_starts_on"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="9df73dd64cfd4689afb8456bc0728a7bb3626542",
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
                    func="\n                    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM ledger_entry e\n                         WHERE e.id = NEW.entry_id AND e.location_id = NEW.location_id\n                           AND e.kind = NEW.kind AND e.key = NEW.key\n                           AND e.made_by_id = NEW.asked_by_id\n                           AND e.approved_by_id = NEW.decided_by_id\n                           AND e.charge_id IS NOT DISTINCT FROM NEW.charge_id\n                           AND (e.contract_id, e.term_starts_on) IS NOT DISTINCT FROM\n                               (NEW.contract_id, NEW.term_starts_on)\n                           AND (e.kind IN ('reversal', 'write_off')\n                                OR (e.contract_delta, e.purchased_delta) =\n                                   (CASE NEW.bucket WHEN 'contract' THEN NEW.credits ELSE 0 END,\n                                    CASE NEW.bucket WHEN 'contract' THEN 0 ELSE NEW.credits END)\n                               )) THEN\n                        RAISE EXCEPTION 'an approved request is met by the entry that it asked for'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'approval_posted_that';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="1e9369f838973636329f64d12e43e93c31aa682b",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_approval_posted_that_027e2",
                    table="ledger_approvalrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="renewalfailure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("over_at__isnull", True)),
                fields=("location",),
                name="renewal_failure_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="renewalfailure",
            constraint=models.CheckConstraint(
                condition=models.Q(("error", ""), _negated=True), name="renewal_failure_has_error"
            ),
        ),
        run("0010_append.sql"),
        # The triggers brought pgtrigger's own switch back.
        run("0002_no_ignoring.sql"),
    ]
