"""Reports, their schedules and downloads, alerts and long estimates."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from locations.db.migrations import SchemaBatch, run_sql_file

SCHEMA = [
    migrations.CreateModel(
        name="Alert",
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
                    related_name="alert",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
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
            (
                "set_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="set by",
                ),
            ),
            ("set_at", models.DateTimeField(verbose_name="set at")),
            (
                "level",
                models.PositiveSmallIntegerField(
                    choices=[(0, "Above the limits"), (1, "Below a limit"), (2, "Out of credits")],
                    default=0,
                    verbose_name="level",
                ),
            ),
            (
                "level_since",
                models.DateTimeField(blank=True, null=True, verbose_name="level since"),
            ),
            ("seen_number", models.BigIntegerField(default=0, verbose_name="seen number")),
            ("mailed_at", models.DateTimeField(blank=True, null=True, verbose_name="mailed at")),
            (
                "out_mailed_at",
                models.DateTimeField(blank=True, null=True, verbose_name="out mailed at"),
            ),
            (
                "members",
                models.ManyToManyField(
                    blank=True,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="members",
                ),
            ),
        ],
        options={
            "verbose_name": "alert",
            "verbose_name_plural": "alerts",
            "ordering": ["location"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("is_on", False),
                        ("below_credits__isnull", False),
                        ("below_days__isnull", False),
                        _connector="OR",
                    ),
                    name="alert_on_has_a_limit",
                    violation_error_message="An alert that is on needs a limit.",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("below_credits__isnull", True),
                            ("below_credits__gte", 1),
                            _connector="OR",
                        ),
                        models.Q(
                            ("below_days__isnull", True), ("below_days__gte", 1), _connector="OR"
                        ),
                    ),
                    name="alert_limits",
                ),
            ],
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
    migrations.CreateModel(
        name="AlertEvent",
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
                    to="reports.alert",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
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
            (
                "set_by",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="set by",
                ),
            ),
            ("set_at", models.DateTimeField(verbose_name="set at")),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_alert")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="alertevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
    migrations.CreateModel(
        name="AlertMail",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "alert",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="mails",
                    to="reports.alert",
                    verbose_name="alert",
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="user",
                ),
            ),
            (
                "level",
                models.PositiveSmallIntegerField(
                    choices=[(1, "Below a limit"), (2, "Out of credits")], verbose_name="level"
                ),
            ),
            ("crossed_at", models.DateTimeField(verbose_name="crossed at")),
            ("available", models.BigIntegerField(verbose_name="available")),
            ("runs_out_on", models.DateField(blank=True, null=True, verbose_name="runs out on")),
            (
                "days_left",
                models.PositiveIntegerField(blank=True, null=True, verbose_name="days left"),
            ),
            (
                "below_credits",
                models.PositiveIntegerField(blank=True, null=True, verbose_name="below credits"),
            ),
            (
                "below_days",
                models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="below days"),
            ),
            ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
            (
                "next_try_at",
                models.DateTimeField(blank=True, null=True, verbose_name="next try at"),
            ),
            ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
            ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
        ],
        options={
            "verbose_name": "alert mail",
            "verbose_name_plural": "alert mails",
            "ordering": ["-crossed_at", "pk"],
            "indexes": [
                models.Index(
                    condition=models.Q(("next_try_at__isnull", False)),
                    fields=["next_try_at"],
                    name="alert_mail_waiting",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("alert", "user", "crossed_at"), name="alert_mail_once_per_crossing"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("sent_at__isnull", True), ("next_try_at__isnull", True), _connector="OR"
                    ),
                    name="alert_mail_sent_is_done",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Report",
        fields=[
            (
                "id",
                models.UUIDField(
                    default=uuid.uuid4,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                    verbose_name="id",
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reports",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
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
            ("first_on", models.DateField(verbose_name="from")),
            ("last_on", models.DateField(verbose_name="to")),
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
                "masked",
                models.BooleanField(
                    default=False,
                    help_text="Phone numbers are masked in it: for the role of who asked.",
                    verbose_name="masked",
                ),
            ),
            (
                "language",
                models.CharField(
                    choices=[
                        ("en", "English"),
                        ("fr", "Français"),
                        ("es", "Español"),
                        ("pt-br", "Português (Brasil)"),
                    ],
                    default="en",
                    help_text="Of its words, countries and headings: that of who asked.",
                    max_length=10,
                    verbose_name="language",
                ),
            ),
            (
                "state",
                models.CharField(
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
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reports",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="asked by",
                ),
            ),
            ("asked_at", models.DateTimeField(verbose_name="asked at")),
            (
                "schedule",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reports",
                    to="reports.reportschedule",
                    verbose_name="schedule",
                ),
            ),
            (
                "announce",
                models.BooleanField(
                    default=False, help_text="Mail a link when it is over.", verbose_name="announce"
                ),
            ),
            (
                "announced_at",
                models.DateTimeField(blank=True, null=True, verbose_name="announced at"),
            ),
            ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
            (
                "leased_until",
                models.DateTimeField(blank=True, null=True, verbose_name="leased until"),
            ),
            ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
            (
                "cancelled_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="cancelled by",
                ),
            ),
            (
                "finished_at",
                models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
            ),
            ("rows_done", models.PositiveIntegerField(default=0, verbose_name="rows done")),
            (
                "rows_total",
                models.PositiveIntegerField(blank=True, null=True, verbose_name="rows total"),
            ),
            ("credits", models.BigIntegerField(blank=True, null=True, verbose_name="credits")),
            ("failure", models.CharField(blank=True, max_length=300, verbose_name="failure")),
            (
                "file",
                models.CharField(
                    blank=True,
                    help_text="Its name in the storage.",
                    max_length=200,
                    verbose_name="file",
                ),
            ),
            (
                "size_bytes",
                models.PositiveBigIntegerField(blank=True, null=True, verbose_name="size bytes"),
            ),
        ],
        options={
            "verbose_name": "report",
            "verbose_name_plural": "reports",
            "ordering": ["-asked_at"],
            "indexes": [
                models.Index(
                    condition=models.Q(("announce", True), ("announced_at__isnull", True)),
                    fields=["finished_at"],
                    name="report_to_announce",
                ),
                models.Index(fields=["location", "-asked_at"], name="report_by_location"),
                models.Index(
                    condition=models.Q(("state__in", ["queued", "running"])),
                    fields=["state"],
                    name="report_unfinished",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("schedule", "first_on"), name="report_once_per_period"
                ),
                models.CheckConstraint(
                    condition=models.Q(("last_on__gte", models.F("first_on"))),
                    name="report_range",
                    violation_error_message="The last day must not be before the first.",
                ),
                models.CheckConstraint(
                    condition=models.Q(("language__in", ["en", "fr", "es", "pt-br"])),
                    name="report_language_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "ready"), _negated=True),
                        models.Q(models.Q(("file", ""), _negated=True), ("credits__isnull", False)),
                        _connector="OR",
                    ),
                    name="report_ready_has_file",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ReportDownload",
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="downloads",
                    to="reports.report",
                    verbose_name="report",
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="report_downloads",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="user",
                ),
            ),
            ("at", models.DateTimeField(verbose_name="at")),
        ],
        options={
            "verbose_name": "report download",
            "verbose_name_plural": "report downloads",
            "ordering": ["-at", "-pk"],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="reportdownload",
        trigger=pgtrigger.compiler.Trigger(
            name="download_append_only",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                hash="eb208195a2a0b04aee3e4b634b21799eb5501939",
                operation="UPDATE OR DELETE",
                pgid="pgtrigger_download_append_only_09676",
                table="reports_reportdownload",
                when="BEFORE",
            ),
        ),
    ),
    migrations.CreateModel(
        name="LongEstimate",
        fields=[
            (
                "id",
                models.UUIDField(
                    default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                ),
            ),
            (
                "location",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="locations.location",
                ),
            ),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("asked_at", models.DateTimeField()),
            ("language", models.CharField(max_length=16)),
            (
                "channel",
                models.CharField(choices=[("text", "Text"), ("voice", "Voice call")], max_length=5),
            ),
            ("seconds", models.PositiveIntegerField(null=True)),
            ("is_file", models.BooleanField()),
            ("column", models.CharField(blank=True, max_length=120)),
            ("without_plus", models.BooleanField(default=False)),
            ("list_file", models.CharField(blank=True, max_length=200)),
            (
                "state",
                models.CharField(
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
                ),
            ),
            ("started_at", models.DateTimeField(null=True)),
            ("leased_until", models.DateTimeField(null=True)),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            ("finished_at", models.DateTimeField(null=True)),
            ("rows_done", models.PositiveIntegerField(default=0)),
            ("rows_total", models.PositiveIntegerField(null=True)),
            ("failure", models.CharField(blank=True, max_length=300)),
            ("figures", models.JSONField(null=True)),
            ("column_read", models.CharField(blank=True, max_length=120)),
            ("repeated", models.PositiveIntegerField(default=0)),
            ("bad", models.JSONField(default=list)),
            ("bad_count", models.PositiveIntegerField(default=0)),
        ],
        options={
            "ordering": ["-asked_at"],
            "indexes": [
                models.Index(
                    fields=["location", "asked_by", "-asked_at"], name="long_estimate_mine"
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "ready"), _negated=True),
                        ("figures__isnull", False),
                        _connector="OR",
                    ),
                    name="long_estimate_ready_has_figures",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("state__in", ("queued", "running")),
                        ("finished_at__isnull", False),
                        _connector="OR",
                    ),
                    name="long_estimate_over_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="LocationPace",
        fields=[
            (
                "location",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    primary_key=True,
                    related_name="+",
                    serialize=False,
                    to="locations.location",
                ),
            ),
            ("day", models.DateField()),
            ("through_number", models.BigIntegerField()),
            ("used_before", models.BigIntegerField()),
            ("record", models.CharField(max_length=12)),
            ("record_if_used", models.CharField(max_length=12)),
            (
                "by_weekday",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.FloatField(), null=True, size=7
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="ReportSchedule",
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
                    related_name="report_schedules",
                    to="locations.location",
                    verbose_name="location",
                ),
            ),
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
            (
                "made_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="made_report_schedules",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="made by",
                ),
            ),
            ("made_at", models.DateTimeField(verbose_name="made at")),
            (
                "covered_through_on",
                models.DateField(
                    help_text="The last day that was asked for; the next period begins on the day after.",
                    verbose_name="covered through on",
                ),
            ),
            ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped at")),
            (
                "stopped_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="stopped by",
                ),
            ),
            (
                "recipients",
                models.ManyToManyField(
                    related_name="received_report_schedules",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="recipients",
                ),
            ),
        ],
        options={
            "verbose_name": "report schedule",
            "verbose_name_plural": "report schedules",
            "ordering": ["-made_at"],
            "indexes": [
                models.Index(
                    condition=models.Q(("stopped_at__isnull", True)),
                    fields=["covered_through_on"],
                    name="report_schedule_going_on",
                )
            ],
        },
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
    migrations.CreateModel(
        name="ReportScheduleEvent",
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
                    to="reports.reportschedule",
                ),
            ),
            ("pgh_context", pghistory.utils.JSONField(null=True)),
            ("pgh_context_id", models.UUIDField(null=True)),
            ("id", models.BigIntegerField()),
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
            (
                "made_by",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    related_query_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="made by",
                ),
            ),
            ("made_at", models.DateTimeField(verbose_name="made at")),
            ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped at")),
            (
                "stopped_by",
                models.ForeignKey(
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
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "indexes": [models.Index(fields=["-pgh_created_at"], name="trail_reportschedule")],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="reportscheduleevent",
        trigger=pgtrigger.compiler.Trigger(
            name="trail_no_truncate",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="""
            RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        """,
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
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("locations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        SchemaBatch(SCHEMA),
        # After the last triggers: to install them brings pgtrigger's own switch back.
        run_sql_file("ledger", "no_ignoring"),
    ]
