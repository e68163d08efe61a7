"""Balances, charges, entries, messages and what staff decide about them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.db.migrations import SchemaBatch

SCHEMA = [
    migrations.CreateModel(
        name="Hold",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="holds",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            ("key", models.CharField(max_length=255, verbose_name="idempotency key")),
            ("fingerprint", models.BinaryField(max_length=32, verbose_name="fingerprint")),
            (
                "kind",
                models.CharField(
                    choices=[("call", "Call"), ("amount", "Amount")],
                    max_length=6,
                    verbose_name="kind",
                ),
            ),
            ("credits", models.BigIntegerField(verbose_name="credits")),
            (
                "over_rule",
                models.CharField(
                    choices=[
                        ("refuse", "Refuse it"),
                        ("cap", "Charge what was held"),
                        ("overflow", "Charge it all within available credits and overdraft"),
                    ],
                    default="refuse",
                    max_length=8,
                    verbose_name="over rule",
                ),
            ),
            ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
            (
                "carrier_type",
                models.CharField(
                    blank=True,
                    choices=[("mobile", "Mobile"), ("landline", "Landline")],
                    max_length=8,
                    verbose_name="carrier type",
                ),
            ),
            (
                "expected_seconds",
                models.IntegerField(blank=True, null=True, verbose_name="expected seconds"),
            ),
            ("at", models.DateTimeField(verbose_name="at")),
            ("expires_at", models.DateTimeField(verbose_name="expires at")),
            (
                "state",
                models.CharField(
                    choices=[
                        ("open", "Open"),
                        ("settled", "Settled"),
                        ("released", "Released"),
                        ("expired", "Expired"),
                        ("refused", "Refused"),
                    ],
                    default="open",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            ("refusal", models.CharField(blank=True, max_length=20, verbose_name="refusal")),
            ("available_before", models.BigIntegerField(verbose_name="available before")),
            ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ("ending", models.BinaryField(max_length=32, null=True, verbose_name="ending")),
        ],
        options={
            "verbose_name": "hold",
            "verbose_name_plural": "holds",
            "ordering": ["-id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "open")),
                    fields=["location", "expires_at"],
                    include=("credits",),
                    name="hold_open",
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("location", "key"), name="hold_key_once"),
                models.CheckConstraint(
                    condition=models.Q(("credits__gte", 0)), name="hold_credits"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at__isnull", True), ("state", "open")),
                        models.Q(
                            models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)
                        ),
                        _connector="OR",
                    ),
                    name="hold_ends_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "refused"), models.Q(("refusal", ""), _negated=True)),
                        models.Q(models.Q(("state", "refused"), _negated=True), ("refusal", "")),
                        _connector="OR",
                    ),
                    name="hold_refusal_has_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("expected_seconds__gte", 0),
                            ("kind", "call"),
                            models.Q(("phone", ""), _negated=True),
                        ),
                        models.Q(
                            ("expected_seconds__isnull", True), ("kind", "amount"), ("phone", "")
                        ),
                        _connector="OR",
                    ),
                    name="hold_call_has_number",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="hold",
        trigger=pgtrigger.compiler.Trigger(
            name="hold_is_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="4b6253778d2073076721f9fb842755c773bfb43d",
                operation="DELETE",
                pgid="pgtrigger_hold_is_kept_a800c",
                table="ledger_hold",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="hold",
        trigger=pgtrigger.compiler.Trigger(
            name="hold_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="957dc94c71facc20202efe8716b98e3dc4e96dbc",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_hold_no_truncate_b7844",
                table="ledger_hold",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="hold",
        trigger=pgtrigger.compiler.Trigger(
            name="hold_ended_stays_ended",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="8241604fdcc100c5046908da22d7e12590f7b0b5",
                operation="UPDATE",
                pgid="pgtrigger_hold_ended_stays_ended_01ea1",
                table="ledger_hold",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="hold",
        trigger=pgtrigger.compiler.Trigger(
            name="hold_only_ends",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."available_before" IS DISTINCT FROM (NEW."available_before") OR OLD."carrier_type" IS DISTINCT FROM (NEW."carrier_type") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."expected_seconds" IS DISTINCT FROM (NEW."expected_seconds") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."fingerprint" IS DISTINCT FROM (NEW."fingerprint") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."over_rule" IS DISTINCT FROM (NEW."over_rule") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."refusal" IS DISTINCT FROM (NEW."refusal"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="da4578127fc31a0cd031ae2a9d56f0c917a73ae9",
                operation="UPDATE",
                pgid="pgtrigger_hold_only_ends_5966c",
                table="ledger_hold",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Balance",
        fields=[
            (
                "location",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="balance",
                    serialize=False,
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "contract_credits",
                models.BigIntegerField(default=0, verbose_name="contract credits"),
            ),
            (
                "purchased_credits",
                models.BigIntegerField(default=0, verbose_name="purchased credits"),
            ),
            ("last_number", models.BigIntegerField(default=0, verbose_name="last number")),
            ("renewed_through_on", models.DateField(null=True, verbose_name="renewed through on")),
            ("renewal_due_at", models.DateTimeField(null=True, verbose_name="renewal due at")),
            ("terms_version", models.BigIntegerField(default=0, verbose_name="terms version")),
        ],
        options={
            "verbose_name": "balance",
            "verbose_name_plural": "balances",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("contract_credits__gte", 0)),
                    name="balance_contract_not_negative",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("contract_credits__lte", 1000000000000),
                        ("purchased_credits__gte", -1000000000000),
                        ("purchased_credits__lte", 1000000000000),
                    ),
                    name="balance_in_bounds",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="balance",
        trigger=pgtrigger.compiler.Trigger(
            name="balance_is_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="05a064109367e2d6ed953eec908b8b165d085abb",
                operation="DELETE",
                pgid="pgtrigger_balance_is_kept_25c4b",
                table="ledger_balance",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="balance",
        trigger=pgtrigger.compiler.Trigger(
            name="balance_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="52fc7e5fecd72eace3f3506a025fe2064ce36a1f",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_balance_no_truncate_63f00",
                table="ledger_balance",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="balance",
        trigger=pgtrigger.compiler.Trigger(
            name="balance_equals_last_entry",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                constraint="CONSTRAINT",
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM ledger_balance b
                          LEFT JOIN LATERAL (
                               SELECT number, contract_after, purchased_after
                                 FROM ledger_entry e WHERE e.location_id = b.location_id
                                ORDER BY number DESC LIMIT 1) last ON true
                         WHERE b.location_id = NEW.location_id
                           AND b.last_number = coalesce(last.number, 0)
                           AND b.contract_credits = coalesce(last.contract_after, 0)
                           AND b.purchased_credits = coalesce(last.purchased_after, 0)
                    ) THEN
                        RAISE EXCEPTION 'the balance of location % differs from its last entry',
                            NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'balance_equals_last_entry';
                    END IF;
                    RETURN NULL;
                """,
                hash="758af19f0301727de6599ecc6c55f94aeef3041e",
                operation="INSERT OR UPDATE",
                pgid="pgtrigger_balance_equals_last_entry_4280c",
                table="ledger_balance",
                timing="DEFERRABLE INITIALLY DEFERRED",
                when="AFTER",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Charge",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="charges",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            ("key", models.CharField(max_length=255, verbose_name="idempotency key")),
            ("fingerprint", models.BinaryField(max_length=32, verbose_name="fingerprint")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("text", "International text"),
                        ("voice", "International voice"),
                        ("chat", "Chat"),
                    ],
                    max_length=5,
                    verbose_name="kind",
                ),
            ),
            (
                "on_insufficient",
                models.CharField(
                    choices=[("refuse_all", "Refuse all"), ("send_what_fits", "Send what fits")],
                    default="refuse_all",
                    max_length=14,
                    verbose_name="on insufficient",
                ),
            ),
            (
                "outcome",
                models.CharField(
                    choices=[("charged", "Charged"), ("refused", "Refused")],
                    max_length=7,
                    verbose_name="outcome",
                ),
            ),
            (
                "refusal",
                models.CharField(
                    blank=True,
                    choices=[
                        ("bad_number", "Not a possible phone number"),
                        ("no_rate", "The rate card has no price for the destination"),
                        ("insufficient_credits", "Not enough credits"),
                        ("nothing_to_send", "No message of the request could be sent"),
                    ],
                    max_length=20,
                    verbose_name="refusal",
                ),
            ),
            ("at", models.DateTimeField(help_text="When it was decided.", verbose_name="at")),
            (
                "day",
                models.DateField(
                    help_text="The location's day on which it stands in the daily table.",
                    verbose_name="day",
                ),
            ),
            (
                "needed_credits",
                models.BigIntegerField(
                    help_text="What all its sendable messages cost.", verbose_name="needed credits"
                ),
            ),
            (
                "credits",
                models.BigIntegerField(help_text="What was charged.", verbose_name="credits"),
            ),
            ("available_before", models.BigIntegerField(verbose_name="available before")),
            ("contract_after", models.BigIntegerField(verbose_name="contract after")),
            ("purchased_after", models.BigIntegerField(verbose_name="purchased after")),
            ("overdraft_limit", models.BigIntegerField(verbose_name="overdraft limit")),
            (
                "held_before",
                models.BigIntegerField(
                    db_default=0,
                    default=0,
                    help_text="What open holds had set aside, not available to it.",
                    verbose_name="held before",
                ),
            ),
            (
                "hold",
                models.OneToOneField(
                    blank=True,
                    help_text="The hold that it settled.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="charge",
                    to="ledger.hold",
                    verbose_name="hold",
                ),
            ),
        ],
        options={
            "verbose_name": "charge",
            "verbose_name_plural": "charges",
            "ordering": ["-id"],
            "indexes": [models.Index(fields=["location", "day", "id"], name="charge_by_day")],
            "constraints": [
                models.UniqueConstraint(fields=("location", "key"), name="charge_key_once"),
                models.CheckConstraint(
                    condition=models.Q(("key", ""), _negated=True), name="charge_key_not_empty"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("credits__gte", 0), ("needed_credits__gte", models.F("credits"))
                    ),
                    name="charge_credits",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("outcome", "charged"), ("refusal", "")),
                        models.Q(
                            ("credits", 0),
                            ("outcome", "refused"),
                            models.Q(("refusal", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="charge_refusal_has_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("kind", "chat"),
                        ("hold__isnull", False),
                        ("credits", 0),
                        (
                            "available_before__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("credits"), "-", models.F("overdraft_limit")
                            ),
                        ),
                        _connector="OR",
                    ),
                    name="charge_within_overdraft",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="charge",
        trigger=pgtrigger.compiler.Trigger(
            name="charge_append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="d2a5197b66de2ba0747c7653327e40973be368af",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_charge_append_only_e5e94",
                table="ledger_charge",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="charge",
        trigger=pgtrigger.compiler.Trigger(
            name="charge_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="0e2b5425895d2f69472c8a4d5447c6aaa5085c3a",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_charge_no_truncate_3eb91",
                table="ledger_charge",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="Entry",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="entries",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "number",
                models.BigIntegerField(
                    help_text="Counts the location's entries without gaps.", verbose_name="number"
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
            ("contract_after", models.BigIntegerField(verbose_name="contract after")),
            ("purchased_after", models.BigIntegerField(verbose_name="purchased after")),
            (
                "at",
                models.DateTimeField(
                    help_text="When it took effect; for a renewal its term's start.",
                    verbose_name="at",
                ),
            ),
            (
                "day",
                models.DateField(
                    help_text="The location's day, fixed when the entry was posted.",
                    verbose_name="day",
                ),
            ),
            (
                "recorded_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(),
                    editable=False,
                    verbose_name="recorded at",
                ),
            ),
            (
                "charge",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="entries",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
            (
                "contract",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="entries",
                    to="locations.contract",
                    verbose_name="contract",
                ),
            ),
            (
                "term_starts_on",
                models.DateField(blank=True, null=True, verbose_name="term starts on"),
            ),
            (
                "lapsed_credits",
                models.BigIntegerField(
                    db_default=0,
                    default=0,
                    help_text="Of a reversal: contract credits of an earlier term, which did not come back.",
                    verbose_name="lapsed credits",
                ),
            ),
            (
                "key",
                models.CharField(
                    blank=True, max_length=255, null=True, verbose_name="idempotency key"
                ),
            ),
            (
                "fingerprint",
                models.BinaryField(max_length=32, null=True, verbose_name="fingerprint"),
            ),
            ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
            (
                "made_by",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="made by",
                ),
            ),
            (
                "approved_by",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    help_text="The second person, where the entry needed one.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="approved by",
                ),
            ),
        ],
        options={
            "verbose_name": "entry",
            "verbose_name_plural": "entries",
            "ordering": ["location", "-number"],
            "permissions": [
                ("fund", "Can record purchases"),
                ("adjust", "Can make adjustments"),
                ("reverse", "Can give charges and messages back"),
                ("write_off", "Can write debts off"),
                ("approve", "Can approve what a colleague wants to post"),
                ("decide_requests", "Can decide what managers ask for"),
                ("run_renewal", "Can run a renewal that is due"),
            ],
            "indexes": [
                models.Index(
                    fields=["location", "day"],
                    include=("kind", "contract_delta", "purchased_delta"),
                    name="entry_by_day",
                ),
                models.Index(
                    condition=models.Q(("contract__isnull", False)),
                    fields=["contract"],
                    name="entry_contract",
                ),
                models.Index(
                    condition=models.Q(("made_by__isnull", False)),
                    fields=["made_by"],
                    name="entry_made_by",
                ),
                models.Index(
                    condition=models.Q(("approved_by__isnull", False)),
                    fields=["approved_by"],
                    name="entry_approved_by",
                ),
                models.Index(
                    condition=models.Q(("kind", "adjustment"), ("term_starts_on__isnull", False)),
                    fields=["location", "term_starts_on"],
                    name="entry_within_term",
                ),
                models.Index(
                    condition=models.Q(
                        ("contract__isnull", False),
                        ("kind__in", ("contract_grant", "contract_expiry", "write_off")),
                    ),
                    fields=["location", "at"],
                    name="entry_renewals",
                ),
                models.Index(
                    django.db.models.functions.text.Upper("reference"),
                    condition=models.Q(("reference", ""), _negated=True),
                    name="entry_by_reference",
                ),
                models.Index(
                    django.db.models.functions.text.Upper("key"),
                    condition=models.Q(("key__isnull", False)),
                    name="entry_by_key",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("location", "number"), name="entry_number_once"),
                models.UniqueConstraint(
                    condition=models.Q(("key__isnull", False)),
                    fields=("location", "key"),
                    name="entry_key_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("kind", "contract_grant")),
                    fields=("contract", "term_starts_on"),
                    name="entry_one_grant_per_term",
                ),
                models.UniqueConstraint(
                    condition=models.Q(
                        ("charge__isnull", False),
                        ("kind__in", ("international_text", "international_voice", "chat")),
                    ),
                    fields=("charge", "day"),
                    name="entry_once_per_charge_and_day",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("contract_delta__gte", 0),
                            ("kind", "contract_grant"),
                            ("purchased_delta", 0),
                        ),
                        models.Q(
                            ("contract_delta__lt", 0),
                            ("kind", "contract_expiry"),
                            ("purchased_delta", 0),
                        ),
                        models.Q(
                            ("contract_delta", 0), ("kind", "purchase"), ("purchased_delta__gt", 0)
                        ),
                        models.Q(
                            ("contract_delta", 0), ("kind", "write_off"), ("purchased_delta__gt", 0)
                        ),
                        models.Q(
                            ("kind__in", ("international_text", "international_voice", "chat")),
                            ("contract_delta__lte", 0),
                            ("purchased_delta__lte", 0),
                            models.Q(("contract_delta", 0), ("purchased_delta", 0), _negated=True),
                        ),
                        models.Q(
                            ("contract_delta__gte", 0),
                            ("kind", "reversal"),
                            ("purchased_delta__gte", 0),
                        ),
                        models.Q(
                            ("kind", "adjustment"),
                            models.Q(("contract_delta", 0), ("purchased_delta", 0), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="entry_signs",
                ),
                models.CheckConstraint(
                    condition=models.Q(("contract_after__gte", 0)),
                    name="entry_contract_not_negative",
                ),
                models.CheckConstraint(
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
                                models.Q(
                                    ("contract__isnull", True), ("term_starts_on__isnull", True)
                                ),
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
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "write_off"), _negated=True),
                        ("purchased_after", 0),
                        _connector="OR",
                    ),
                    name="entry_write_off_ends_at_zero",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "write_off"), _negated=True),
                        ("contract__isnull", False),
                        models.Q(
                            ("made_by__isnull", False), models.Q(("reason", ""), _negated=True)
                        ),
                        _connector="OR",
                    ),
                    name="entry_write_off_by_hand_has_reason",
                ),
                models.CheckConstraint(
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
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("charge__isnull", False),
                            ("kind", "reversal"),
                            ("lapsed_credits__gte", 0),
                        ),
                        models.Q(
                            models.Q(("kind", "reversal"), _negated=True), ("lapsed_credits", 0)
                        ),
                        _connector="OR",
                    ),
                    name="entry_reversal_names_its_charge",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "adjustment"), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="entry_adjustment_has_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("contract_after__lte", 1000000000000),
                        ("purchased_after__gte", -1000000000000),
                        ("purchased_after__lte", 1000000000000),
                    ),
                    name="entry_in_bounds",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="9af85c6b3f9c8411a23816b1a171c8b8783d9c9c",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_entry_append_only_cb569",
                table="ledger_entry",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="20eb6aa321867924b4f77657332c4973db718981",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_entry_no_truncate_57f08",
                table="ledger_entry",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_continues_the_last",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                    IF NEW.number = 1 THEN
                        IF NEW.contract_after = NEW.contract_delta
                           AND NEW.purchased_after = NEW.purchased_delta THEN
                            RETURN NEW;
                        END IF;
                    ELSIF EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.location_id = NEW.location_id AND e.number = NEW.number - 1
                           AND e.contract_after + NEW.contract_delta = NEW.contract_after
                           AND e.purchased_after + NEW.purchased_delta = NEW.purchased_after)
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'entry % of location % does not continue the one before',
                        NEW.number, NEW.location_id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'entry_continues_the_last';
                """,
                hash="c67b37133d2854a720f4de62718fe25bf75b4b34",
                operation="INSERT",
                pgid="pgtrigger_entry_continues_the_last_dd9a2",
                table="ledger_entry",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_moves_the_balance",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                constraint="CONSTRAINT",
                func="""
                    IF NOT EXISTS (SELECT 1 FROM ledger_balance b
                                    WHERE b.location_id = NEW.location_id
                                      AND b.last_number >= NEW.number) THEN
                        RAISE EXCEPTION 'entry % of location % did not move the balance',
                            NEW.number, NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'entry_moves_the_balance';
                    END IF;
                    RETURN NULL;
                """,
                hash="1591dda850e19ef4cfc74c1b8df61df0b5682128",
                operation="INSERT",
                pgid="pgtrigger_entry_moves_the_balance_e5c40",
                table="ledger_entry",
                timing="DEFERRABLE INITIALLY DEFERRED",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_has_its_messages",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (NEW.\"kind\" IN ('international_text', 'international_voice', 'chat', 'reversal'))",
                constraint="CONSTRAINT",
                func="""
                    IF (CASE NEW.kind
                        WHEN 'chat' THEN EXISTS (
                            SELECT 1 FROM ledger_chatmessage WHERE entry_id = NEW.id)
                        WHEN 'reversal' THEN EXISTS (
                            SELECT 1 FROM ledger_internationalmessage WHERE reversal_id = NEW.id
                            UNION ALL
                            SELECT 1 FROM ledger_chatmessage WHERE reversal_id = NEW.id)
                        ELSE EXISTS (
                            SELECT 1 FROM ledger_internationalmessage WHERE entry_id = NEW.id)
                    END) THEN
                        RETURN NULL;
                    END IF;
                    RAISE EXCEPTION 'entry % of location % has no messages',
                        NEW.number, NEW.location_id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'entry_equals_its_messages';
                """,
                hash="0ce9d2af45ac8250a62c4da2f1eed21e36a616c3",
                operation="INSERT",
                pgid="pgtrigger_entry_has_its_messages_3dee2",
                table="ledger_entry",
                timing="DEFERRABLE INITIALLY DEFERRED",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entry",
        trigger=pgtrigger.compiler.Trigger(
            name="entry_of_the_running_term",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (NEW."contract_id" IS NOT NULL AND NEW."kind" = \'adjustment\')',
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT e.contract_id, e.term_starts_on FROM ledger_entry e
                             WHERE e.location_id = NEW.location_id
                               AND e.kind = 'contract_grant'
                             ORDER BY e.number DESC LIMIT 1) last
                         WHERE last.contract_id = NEW.contract_id
                           AND last.term_starts_on = NEW.term_starts_on) THEN
                        RAISE EXCEPTION 'entry % of location % names a term that has no grant',
                            NEW.number, NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'entry_of_the_running_term';
                    END IF;
                    RETURN NEW;
                """,
                hash="48f2966ba5d3835620669714f281057d1401b83a",
                operation="INSERT",
                pgid="pgtrigger_entry_of_the_running_term_94e40",
                table="ledger_entry",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="EntryLocationNumberKindContractDeltaPurchasedDeltaReasonReferenceMadeByEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.entry",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
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
                "number",
                models.BigIntegerField(
                    help_text="Counts the location's entries without gaps.", verbose_name="number"
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
            ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
            (
                "made_by",
                models.ForeignKey(
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_entry")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="entrylocationnumberkindcontractdeltapurchaseddeltareasonreferencemadebyevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="ApprovalRequest",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="asked by",
                ),
            ),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="decided by",
                ),
            ),
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="approval_requests",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
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
                "charge",
                models.ForeignKey(
                    blank=True,
                    help_text="That a reversal gives back.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="approval_requests",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
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
                "contract",
                models.ForeignKey(
                    blank=True,
                    help_text="Whose running term an adjustment brings to its new included amount.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="approval_requests",
                    to="locations.contract",
                    verbose_name="contract",
                ),
            ),
            (
                "term_starts_on",
                models.DateField(blank=True, null=True, verbose_name="term starts on"),
            ),
            ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
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
                    choices=[("open", "Open"), ("approved", "Approved"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            (
                "entry",
                models.OneToOneField(
                    blank=True,
                    help_text="The entry that was posted.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="approval_request",
                    to="ledger.entry",
                    verbose_name="entry",
                ),
            ),
        ],
        options={
            "verbose_name": "approval request",
            "verbose_name_plural": "approval requests",
            "ordering": ["asked_at", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "open")),
                    fields=["asked_at", "id"],
                    name="approval_queue",
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("location", "key"), name="approval_key_once"),
                models.UniqueConstraint(
                    condition=models.Q(("contract__isnull", False), ("state", "open")),
                    fields=("contract", "term_starts_on"),
                    name="approval_open_once_per_term",
                ),
                models.CheckConstraint(
                    condition=models.Q(("key", ""), _negated=True), name="approval_key_not_empty"
                ),
                models.CheckConstraint(
                    condition=models.Q(("credits", 0), _negated=True), name="approval_moves_credits"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("kind", "purchase"), models.Q(("reference", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="approval_says_why",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("charge__isnull", False),
                            ("contract__isnull", True),
                            ("kind", "reversal"),
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
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "approved"), _negated=True),
                        models.Q(("asked_by", models.F("decided_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="approval_by_a_second_person",
                ),
                models.CheckConstraint(
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
            ],
        },
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
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
                func="""
                    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.id = NEW.entry_id AND e.location_id = NEW.location_id
                           AND e.kind = NEW.kind AND e.key = NEW.key
                           AND e.made_by_id = NEW.asked_by_id
                           AND e.approved_by_id = NEW.decided_by_id
                           AND e.charge_id IS NOT DISTINCT FROM NEW.charge_id
                           AND (e.contract_id, e.term_starts_on) IS NOT DISTINCT FROM
                               (NEW.contract_id, NEW.term_starts_on)
                           AND (e.kind IN ('reversal', 'write_off')
                                OR (e.contract_delta, e.purchased_delta) =
                                   (CASE NEW.bucket WHEN 'contract' THEN NEW.credits ELSE 0 END,
                                    CASE NEW.bucket WHEN 'contract' THEN 0 ELSE NEW.credits END)
                               )) THEN
                        RAISE EXCEPTION 'an approved request is met by the entry that it asked for'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'approval_posted_that';
                    END IF;
                    RETURN NEW;
                """,
                hash="1e9369f838973636329f64d12e43e93c31aa682b",
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
    migrations.CreateModel(
        name="ApprovalRequestEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.approvalrequest",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
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
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
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
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
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
                "external_id",
                models.CharField(
                    blank=True,
                    help_text="The message; empty: the whole charge.",
                    max_length=120,
                    verbose_name="external id",
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
                "term_starts_on",
                models.DateField(blank=True, null=True, verbose_name="term starts on"),
            ),
            ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
            (
                "state",
                models.CharField(
                    choices=[("open", "Open"), ("approved", "Approved"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_approvalrequest")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="approvalrequestevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="Bundle",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
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
            "verbose_name": "bundle",
            "verbose_name_plural": "bundles",
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
    migrations.CreateModel(
        name="BundleEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.bundle",
                ),
            ),
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
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_bundle")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="bundleevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="CreditRequest",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="asked by",
                ),
            ),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="decided by",
                ),
            ),
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="credit_requests",
                    to="locations.location",
                    verbose_name="location",
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
                    verbose_name="bundle",
                ),
            ),
            ("credits", models.PositiveIntegerField(verbose_name="credits")),
            ("price", models.CharField(blank=True, max_length=40, verbose_name="price")),
            ("reference", models.CharField(max_length=120, verbose_name="reference")),
            ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            (
                "form_key",
                models.UUIDField(
                    help_text="Of the form that asked: a double click asks once.",
                    verbose_name="form key",
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[("open", "Open"), ("approved", "Approved"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
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
                    verbose_name="purchase",
                ),
            ),
        ],
        options={
            "verbose_name": "credit request",
            "verbose_name_plural": "credit requests",
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
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
            name="credit_request_by_somebody_else",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (NEW.\"state\" = 'approved')",
                func="""
            IF NEW.decided_by_id = NEW.asked_by_id THEN
                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = 'credit_request_by_somebody_else';
            END IF;
            RETURN NEW;
        """,
                hash="069ac07c058d8fff9ec0b7a047a34c14d1c4b67c",
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
            name="credit_request_bought_that",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                    IF NEW.purchase_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.id = NEW.purchase_id AND e.location_id = NEW.location_id
                           AND e.kind = 'purchase' AND e.purchased_delta = NEW.credits) THEN
                        RAISE EXCEPTION 'a request is met by a purchase of its credits'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'credit_request_bought_that';
                    END IF;
                    RETURN NEW;
                """,
                hash="be85119151733551b475fe6ad68d933a0bcf4d6c",
                operation="INSERT OR UPDATE",
                pgid="pgtrigger_credit_request_bought_that_3272f",
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
    migrations.CreateModel(
        name="CreditRequestEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.creditrequest",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
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
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
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
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
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
                "bundle",
                models.ForeignKey(
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
            ("credits", models.PositiveIntegerField(verbose_name="credits")),
            ("price", models.CharField(blank=True, max_length=40, verbose_name="price")),
            ("reference", models.CharField(max_length=120, verbose_name="reference")),
            ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            (
                "state",
                models.CharField(
                    choices=[("open", "Open"), ("approved", "Approved"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            (
                "purchase",
                models.ForeignKey(
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_creditrequest")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="creditrequestevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="CorrectionRequest",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="asked by",
                ),
            ),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="decided by",
                ),
            ),
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="correction_requests",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "charge",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="correction_requests",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
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
                    choices=[("open", "Open"), ("granted", "Granted"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            (
                "reversal",
                models.OneToOneField(
                    blank=True,
                    help_text="The entry that gave the credits back.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="correction_request",
                    to="ledger.entry",
                    verbose_name="reversal",
                ),
            ),
        ],
        options={
            "verbose_name": "correction request",
            "verbose_name_plural": "correction requests",
            "ordering": ["asked_at", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "open")),
                    fields=["asked_at", "id"],
                    name="correction_queue",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state", "open")),
                    fields=("charge", "external_id"),
                    name="correction_open_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="correction_has_reason"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("answer", ""),
                            ("decided_at__isnull", True),
                            ("decided_by__isnull", True),
                            ("reversal__isnull", True),
                            ("state", "open"),
                        ),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("reversal__isnull", False),
                            ("state", "granted"),
                        ),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("reversal__isnull", True),
                            ("state", "declined"),
                            models.Q(("answer", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="correction_decided_has_who_and_when",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="correctionrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="correction_is_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="452fb8bab89df038eb4d02167ffd1bf6df70a7e1",
                operation="DELETE",
                pgid="pgtrigger_correction_is_kept_e8f41",
                table="ledger_correctionrequest",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="correctionrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="correction_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="c9d2c87146e91ca0d8cb6a98fa61f4f04f7e1b2e",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_correction_no_truncate_cc005",
                table="ledger_correctionrequest",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="correctionrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="correction_decided_once",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="e66e37b2d3d8757150b5d7f3195dda9c0eb534a7",
                operation="UPDATE",
                pgid="pgtrigger_correction_decided_once_be78d",
                table="ledger_correctionrequest",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="correctionrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="correction_only_decided",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="db93915b6a841ec54a66c617e89bec100b8092d0",
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
                func="""
            IF NEW.decided_by_id = NEW.asked_by_id THEN
                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = 'correction_by_somebody_else';
            END IF;
            RETURN NEW;
        """,
                hash="ffac2b0c7337fe2373219e20ec335cf11e500996",
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
            name="correction_of_its_location",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                    IF NOT EXISTS (SELECT 1 FROM ledger_charge c WHERE c.id = NEW.charge_id
                                      AND c.location_id = NEW.location_id) THEN
                        RAISE EXCEPTION 'a correction belongs to the location of its charge'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'correction_of_its_location';
                    END IF;
                    RETURN NEW;
                """,
                hash="ffa465bf4baeac6ab6ec8201866a27bb435bf39d",
                operation="INSERT",
                pgid="pgtrigger_correction_of_its_location_50c94",
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
    migrations.CreateModel(
        name="CorrectionRequestEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.correctionrequest",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
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
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
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
            ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
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
                "charge",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
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
                    choices=[("open", "Open"), ("granted", "Granted"), ("declined", "Declined")],
                    default="open",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            (
                "reversal",
                models.ForeignKey(
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_correctionrequest")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="correctionrequestevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="RateCardImpact",
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
                "card",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="impacts",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
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
                "fingerprint",
                models.CharField(blank=True, max_length=64, verbose_name="fingerprint"),
            ),
            ("result", models.JSONField(default=dict, verbose_name="result")),
        ],
        options={
            "verbose_name": "rate card impact",
            "verbose_name_plural": "rate card impacts",
            "ordering": ["-asked_at", "-id"],
            "abstract": False,
            "indexes": [models.Index(fields=["card", "-asked_at"], name="impact_by_card")],
        },
    ),
    migrations.CreateModel(
        name="InternationalMessage",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "charge",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="%(class)ss",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
            (
                "entry",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="%(class)ss",
                    to="ledger.entry",
                    verbose_name="entry",
                ),
            ),
            (
                "position",
                models.IntegerField(
                    help_text="Its place in the request, from 0.", verbose_name="position"
                ),
            ),
            ("external_id", models.CharField(max_length=120, verbose_name="external id")),
            ("phone", models.CharField(max_length=32, verbose_name="phone")),
            (
                "outcome",
                models.CharField(
                    choices=[("charged", "Charged"), ("refused", "Refused")],
                    max_length=7,
                    verbose_name="outcome",
                ),
            ),
            (
                "refusal",
                models.CharField(
                    blank=True,
                    choices=[
                        ("bad_number", "Not a possible phone number"),
                        ("no_rate", "The rate card has no price for the destination"),
                        ("insufficient_credits", "Not enough credits"),
                        ("nothing_to_send", "No message of the request could be sent"),
                    ],
                    max_length=20,
                    verbose_name="refusal",
                ),
            ),
            ("credits", models.BigIntegerField(verbose_name="credits")),
            (
                "contract_credits",
                models.BigIntegerField(
                    help_text="The part that contract credits paid.",
                    verbose_name="contract credits",
                ),
            ),
            (
                "reversal",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    help_text="The entry that gave its credits back.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reversed_%(class)ss",
                    to="ledger.entry",
                    verbose_name="reversal",
                ),
            ),
            ("sent_at", models.DateTimeField(verbose_name="sent at")),
            (
                "day",
                models.DateField(
                    help_text="The day of the daily table on which it counts.", verbose_name="day"
                ),
            ),
            (
                "channel",
                models.CharField(
                    choices=[("text", "Text"), ("voice", "Voice call")],
                    max_length=5,
                    verbose_name="channel",
                ),
            ),
            ("country", models.CharField(blank=True, max_length=3, verbose_name="country")),
            (
                "carrier_type",
                models.CharField(
                    blank=True,
                    choices=[("mobile", "Mobile"), ("landline", "Landline")],
                    max_length=8,
                    verbose_name="carrier type",
                ),
            ),
            (
                "carrier_source",
                models.CharField(
                    blank=True,
                    choices=[
                        ("metadata", "numbering metadata"),
                        ("caller", "stated by the caller"),
                    ],
                    max_length=8,
                    verbose_name="carrier source",
                ),
            ),
            (
                "rate",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.rate",
                    verbose_name="rate",
                ),
            ),
            (
                "seconds",
                models.IntegerField(
                    help_text="How long the call lasted.", null=True, verbose_name="seconds"
                ),
            ),
            ("billed_seconds", models.IntegerField(null=True, verbose_name="billed seconds")),
            ("status", models.CharField(blank=True, max_length=40, verbose_name="status")),
            (
                "status_detail",
                models.CharField(blank=True, max_length=300, verbose_name="status detail"),
            ),
            ("status_at", models.DateTimeField(blank=True, null=True, verbose_name="status at")),
            (
                "profile",
                models.JSONField(
                    default=dict,
                    help_text="The recipient's fields when it was sent.",
                    verbose_name="profile",
                ),
            ),
        ],
        options={
            "verbose_name": "international message",
            "verbose_name_plural": "international messages",
            "ordering": ["-id"],
            "indexes": [
                models.Index(fields=["location", "day", "id"], name="international_by_day"),
                models.Index(
                    condition=models.Q(("reversal__isnull", False)),
                    fields=["reversal"],
                    name="international_by_reversal",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("outcome", "charged")),
                    fields=("location", "external_id"),
                    name="international_external_id_once",
                ),
                models.UniqueConstraint(
                    fields=("charge", "position"), name="international_position_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("contract_credits__gte", 0),
                        ("contract_credits__lte", models.F("credits")),
                        ("credits__gte", 0),
                    ),
                    name="international_credits",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("credits", 0), ("entry__isnull", True)),
                        models.Q(("credits__gt", 0), ("entry__isnull", False)),
                        _connector="OR",
                    ),
                    name="international_cost_has_entry",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("outcome", "charged"), ("refusal", "")),
                        models.Q(
                            ("credits", 0),
                            ("outcome", "refused"),
                            models.Q(("refusal", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="international_refused_is_free",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("billed_seconds__isnull", True),
                            ("channel", "text"),
                            ("seconds__isnull", True),
                        ),
                        models.Q(("channel", "voice"), ("seconds__gte", 0)),
                        _connector="OR",
                    ),
                    name="international_call_has_seconds",
                ),
                models.CheckConstraint(
                    condition=models.Q(("credits", 0), ("rate__isnull", False), _connector="OR"),
                    name="international_price_has_rate",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_is_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="6b548a7f397dff8184838a49629fa3cfe3060f69",
                operation="DELETE",
                pgid="pgtrigger_international_is_kept_21dba",
                table="ledger_internationalmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="7368e65b0b854e1ba237e7097e08067e9133521a",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_international_no_truncate_82e2a",
                table="ledger_internationalmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_adds_up",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                declare="DECLARE touched record;",
                func="""
                FOR touched IN SELECT DISTINCT location_id, charge_id, entry_id FROM added LOOP
                    PERFORM 1 FROM ledger_charge c
                      WHERE c.id = touched.charge_id AND c.location_id = touched.location_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to a charge of its location'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_location';
                    END IF;
                    CONTINUE WHEN touched.entry_id IS NULL;
                    PERFORM 1 FROM ledger_entry e
                      WHERE e.id = touched.entry_id AND e.charge_id = touched.charge_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to an entry of its charge'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_entry';
                    END IF;
                    PERFORM ledger_check_messages(touched.entry_id);
                END LOOP;
                RETURN NULL;
            """,
                hash="a8b75676b14463c412c4d5d71c5695a893a2068b",
                level="STATEMENT",
                operation="INSERT",
                pgid="pgtrigger_international_adds_up_d5431",
                referencing="REFERENCING NEW TABLE AS added ",
                table="ledger_internationalmessage",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_reversed_once",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."reversal_id" IS NOT NULL AND OLD."reversal_id" IS DISTINCT FROM (NEW."reversal_id"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="7f8ae5a1a84a6d7b9ab5749fe62d692d8720ef9c",
                operation="UPDATE",
                pgid="pgtrigger_international_reversed_once_7d253",
                table="ledger_internationalmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_reversal_adds_up",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                PERFORM ledger_check_messages(touched.reversal_id)
                   FROM (SELECT DISTINCT changed.reversal_id FROM changed
                           JOIN before USING (id)
                          WHERE changed.reversal_id IS NOT NULL
                            AND before.reversal_id IS NULL) touched;
                RETURN NULL;
            """,
                hash="bb24b130f3f2d5a507534df75065533624760a61",
                level="STATEMENT",
                operation="UPDATE",
                pgid="pgtrigger_international_reversal_adds_up_4508a",
                referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                table="ledger_internationalmessage",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="international_only_status_changes",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."billed_seconds" IS DISTINCT FROM (NEW."billed_seconds") OR OLD."carrier_source" IS DISTINCT FROM (NEW."carrier_source") OR OLD."carrier_type" IS DISTINCT FROM (NEW."carrier_type") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."contract_credits" IS DISTINCT FROM (NEW."contract_credits") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."profile" IS DISTINCT FROM (NEW."profile") OR OLD."rate_id" IS DISTINCT FROM (NEW."rate_id") OR OLD."refusal" IS DISTINCT FROM (NEW."refusal") OR OLD."seconds" IS DISTINCT FROM (NEW."seconds") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="714e3a384120b3daf9f77a1aa70405bb52d88821",
                operation="UPDATE",
                pgid="pgtrigger_international_only_status_changes_b780f",
                table="ledger_internationalmessage",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="InternationalMessageLocationExternalIdEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.internationalmessage",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
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
            ("external_id", models.CharField(max_length=120, verbose_name="external id")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [
                models.Index(fields=["-pgh_created_at"], name="trail_internationalmessage")
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="internationalmessagelocationexternalidevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="ChatMessage",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "charge",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="%(class)ss",
                    to="ledger.charge",
                    verbose_name="charge",
                ),
            ),
            (
                "entry",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="%(class)ss",
                    to="ledger.entry",
                    verbose_name="entry",
                ),
            ),
            (
                "position",
                models.IntegerField(
                    help_text="Its place in the request, from 0.", verbose_name="position"
                ),
            ),
            ("external_id", models.CharField(max_length=120, verbose_name="external id")),
            ("phone", models.CharField(max_length=32, verbose_name="phone")),
            (
                "outcome",
                models.CharField(
                    choices=[("charged", "Charged"), ("refused", "Refused")],
                    max_length=7,
                    verbose_name="outcome",
                ),
            ),
            (
                "refusal",
                models.CharField(
                    blank=True,
                    choices=[
                        ("bad_number", "Not a possible phone number"),
                        ("no_rate", "The rate card has no price for the destination"),
                        ("insufficient_credits", "Not enough credits"),
                        ("nothing_to_send", "No message of the request could be sent"),
                    ],
                    max_length=20,
                    verbose_name="refusal",
                ),
            ),
            ("credits", models.BigIntegerField(verbose_name="credits")),
            (
                "contract_credits",
                models.BigIntegerField(
                    help_text="The part that contract credits paid.",
                    verbose_name="contract credits",
                ),
            ),
            (
                "reversal",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    help_text="The entry that gave its credits back.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reversed_%(class)ss",
                    to="ledger.entry",
                    verbose_name="reversal",
                ),
            ),
            ("sent_at", models.DateTimeField(verbose_name="sent at")),
            (
                "day",
                models.DateField(
                    help_text="The day of the daily table on which it counts.", verbose_name="day"
                ),
            ),
            (
                "inbox",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="messages",
                    to="locations.chatinbox",
                    verbose_name="inbox",
                ),
            ),
            (
                "direction",
                models.CharField(
                    choices=[("inbound", "Inbound"), ("outbound", "Outbound")],
                    max_length=8,
                    verbose_name="direction",
                ),
            ),
            ("content", models.TextField(blank=True, verbose_name="content")),
            (
                "text_type",
                models.CharField(
                    choices=[("sms", "SMS"), ("mms", "MMS")], max_length=3, verbose_name="text type"
                ),
            ),
            (
                "card",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="locations.ratecard",
                    verbose_name="card",
                ),
            ),
        ],
        options={
            "verbose_name": "chat message",
            "verbose_name_plural": "chat messages",
            "ordering": ["-id"],
            "indexes": [
                models.Index(fields=["location", "day", "id"], name="chat_by_day"),
                models.Index(
                    condition=models.Q(("reversal__isnull", False)),
                    fields=["reversal"],
                    name="chat_by_reversal",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("outcome", "charged")),
                    fields=("location", "external_id"),
                    name="chat_external_id_once",
                ),
                models.UniqueConstraint(fields=("charge", "position"), name="chat_position_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("contract_credits__gte", 0),
                        ("contract_credits__lte", models.F("credits")),
                        ("credits__gte", 0),
                    ),
                    name="chat_credits",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("credits", 0), ("entry__isnull", True)),
                        models.Q(("credits__gt", 0), ("entry__isnull", False)),
                        _connector="OR",
                    ),
                    name="chat_cost_has_entry",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("outcome", "charged"), ("refusal", "")),
                        models.Q(
                            ("credits", 0),
                            ("outcome", "refused"),
                            models.Q(("refusal", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="chat_refused_is_free",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("direction", "outbound"), ("outcome", "charged"), _connector="OR"
                    ),
                    name="chat_inbound_is_never_refused",
                ),
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_is_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="1160e5a4e4a6bb5aae64d271c8a6ee58bb6b32f6",
                operation="DELETE",
                pgid="pgtrigger_chat_is_kept_cec41",
                table="ledger_chatmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
                hash="43aa6c26e2435cb4382423a5928396df8e38cf31",
                level="STATEMENT",
                operation="TRUNCATE",
                pgid="pgtrigger_chat_no_truncate_358ed",
                table="ledger_chatmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_adds_up",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                declare="DECLARE touched record;",
                func="""
                FOR touched IN SELECT DISTINCT location_id, charge_id, entry_id FROM added LOOP
                    PERFORM 1 FROM ledger_charge c
                      WHERE c.id = touched.charge_id AND c.location_id = touched.location_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to a charge of its location'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_location';
                    END IF;
                    CONTINUE WHEN touched.entry_id IS NULL;
                    PERFORM 1 FROM ledger_entry e
                      WHERE e.id = touched.entry_id AND e.charge_id = touched.charge_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to an entry of its charge'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_entry';
                    END IF;
                    PERFORM ledger_check_messages(touched.entry_id);
                END LOOP;
                RETURN NULL;
            """,
                hash="cb684ef8a69ffe5c0353c8092c7f3cdb493cae6d",
                level="STATEMENT",
                operation="INSERT",
                pgid="pgtrigger_chat_adds_up_a355c",
                referencing="REFERENCING NEW TABLE AS added ",
                table="ledger_chatmessage",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_reversed_once",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."reversal_id" IS NOT NULL AND OLD."reversal_id" IS DISTINCT FROM (NEW."reversal_id"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="9ccabf2a4d3cd017676724af7b55af7cecc3f1fb",
                operation="UPDATE",
                pgid="pgtrigger_chat_reversed_once_889bb",
                table="ledger_chatmessage",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_reversal_adds_up",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
                PERFORM ledger_check_messages(touched.reversal_id)
                   FROM (SELECT DISTINCT changed.reversal_id FROM changed
                           JOIN before USING (id)
                          WHERE changed.reversal_id IS NOT NULL
                            AND before.reversal_id IS NULL) touched;
                RETURN NULL;
            """,
                hash="1d5be94442bd39bbd4673a840c81bbf93e383d19",
                level="STATEMENT",
                operation="UPDATE",
                pgid="pgtrigger_chat_reversal_adds_up_3914f",
                referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                table="ledger_chatmessage",
                when="AFTER",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessage",
        trigger=pgtrigger.compiler.Trigger(
            name="chat_append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                condition='WHEN (OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."charge_id" IS DISTINCT FROM (NEW."charge_id") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."contract_credits" IS DISTINCT FROM (NEW."contract_credits") OR OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."inbox_id" IS DISTINCT FROM (NEW."inbox_id") OR OLD."location_id" IS DISTINCT FROM (NEW."location_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."refusal" IS DISTINCT FROM (NEW."refusal") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."text_type" IS DISTINCT FROM (NEW."text_type"))',
                func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                hash="4e80178b9699d97d29bc81374f3fa01355b68bde",
                operation="UPDATE",
                pgid="pgtrigger_chat_append_only_4154f",
                table="ledger_chatmessage",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="ChatMessageLocationExternalIdEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.chatmessage",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
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
            ("external_id", models.CharField(max_length=120, verbose_name="external id")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_chatmessage")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="chatmessagelocationexternalidevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="RenewalFailure",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="renewal_failures",
                    to="locations.location",
                    verbose_name="location",
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
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("over_at__isnull", True)),
                    fields=("location",),
                    name="renewal_failure_open_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("error", ""), _negated=True),
                    name="renewal_failure_has_error",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ApiToken",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "name",
                models.CharField(
                    help_text="Who uses it, like Broadcaster, production.",
                    max_length=120,
                    verbose_name="name",
                ),
            ),
            ("digest", models.BinaryField(max_length=32, unique=True, verbose_name="digest")),
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
                "location",
                models.ForeignKey(
                    blank=True,
                    help_text="The only location that exists for it. Empty: all of them.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="api_tokens",
                    to="locations.location",
                    verbose_name="location",
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
            ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires at")),
            (
                "revoked_at",
                models.DateTimeField(editable=False, null=True, verbose_name="revoked at"),
            ),
            (
                "last_used_at",
                models.DateTimeField(
                    editable=False,
                    help_text="Written at most once a minute.",
                    null=True,
                    verbose_name="last used at",
                ),
            ),
        ],
        options={
            "verbose_name": "API token",
            "verbose_name_plural": "API tokens",
            "ordering": ["-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("scopes__len__gt", 0)), name="token_has_scopes"
                )
            ],
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
    migrations.CreateModel(
        name="ApiTokenEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.apitoken",
                ),
            ),
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
                "location",
                models.ForeignKey(
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
            ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires at")),
            (
                "revoked_at",
                models.DateTimeField(editable=False, null=True, verbose_name="revoked at"),
            ),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_apitoken")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="apitokenevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="VerificationRun",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            ("started_at", models.DateTimeField(verbose_name="started at")),
            ("finished_at", models.DateTimeField(verbose_name="finished at")),
            ("locations", models.PositiveIntegerField(verbose_name="locations")),
            ("entries", models.BigIntegerField(verbose_name="entries")),
            (
                "breaches",
                models.PositiveIntegerField(
                    help_text="Of all locations, missing guards included.", verbose_name="broken"
                ),
            ),
            (
                "missing_guards",
                models.JSONField(
                    default=list,
                    help_text="What the database has lost.",
                    verbose_name="missing guards",
                ),
            ),
        ],
        options={
            "verbose_name": "verification run",
            "verbose_name_plural": "verification runs",
            "ordering": ["-id"],
            "permissions": [("verify", "Can have the ledger verified now")],
        },
    ),
    migrations.CreateModel(
        name="Verification",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "location",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="verification",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
            (
                "run",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="ledger.verificationrun",
                    verbose_name="run",
                ),
            ),
            (
                "at",
                models.DateTimeField(
                    help_text="The instant of the snapshot that was read.", verbose_name="at"
                ),
            ),
            (
                "through_number",
                models.BigIntegerField(
                    help_text="The location’s last entry in it; 0: none.",
                    verbose_name="through entry",
                ),
            ),
            (
                "breaches",
                models.JSONField(
                    default=list,
                    help_text="For each its rule, check and detail.",
                    verbose_name="broken",
                ),
            ),
        ],
        options={
            "verbose_name": "verification",
            "verbose_name_plural": "verifications",
            "ordering": ["location__name"],
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
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="asked by",
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
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["queued", "running"])),
                    fields=("location",),
                    name="verification_under_way_once",
                    nulls_distinct=False,
                )
            ],
        },
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
    migrations.CreateModel(
        name="VerificationRequestEvent",
        fields=[
            ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
            ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
            ("pgh_label", models.TextField(help_text="The event label.")),
            (
                "pgh_obj",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="ledger.verificationrequest",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_verificationrequest")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="verificationrequestevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("locations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        SchemaBatch(SCHEMA),
        # Every charge updates its balance's row: half of each page is kept free for that.
        migrations.RunSQL(
            "ALTER TABLE ledger_balance SET (fillfactor = 50)",
            "ALTER TABLE ledger_balance RESET (fillfactor)",
        ),
    ]
