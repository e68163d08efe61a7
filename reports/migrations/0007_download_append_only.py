"""Downloads are written once."""

from pathlib import Path

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

import ledger

# The library makes its function anew that lets a session skip triggers: docs/decisions.md.
NO_IGNORING = Path(ledger.__file__).parent / "sql" / "0002_no_ignoring.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_posting"),
        ("reports", "0006_alerts"),
    ]

    operations = [
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
        migrations.RunSQL(NO_IGNORING.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
