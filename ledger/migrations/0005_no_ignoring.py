"""No session can skip a trigger: see the file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_holds_and_reversals"), ("locations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / "0005_no_ignoring.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        )
    ]
