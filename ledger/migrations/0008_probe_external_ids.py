"""Ask for external ids one by one: the time of a charge must not grow with its location."""

from pathlib import Path

from django.db import migrations

CHARGE = Path(__file__).resolve().parent.parent / "sql" / "0004_charge.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_verifications"),
    ]

    operations = [
        migrations.RunSQL(CHARGE.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
