"""The database's side of posting: see the files for what each does."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def run(name: str, reverse: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / name).read_text(encoding="utf-8"), reverse)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        run("0002_check_messages.sql", "DROP FUNCTION ledger_check_messages"),
        run("0002_append.sql", "DROP FUNCTION ledger_append"),
        run("0002_charge.sql", "DROP FUNCTION ledger_charge"),
        run(
            "0002_contract_guard.sql",
            "DROP TRIGGER ledger_contract_guard ON locations_contract;"
            " DROP FUNCTION ledger_contract_guard",
        ),
        run("0002_no_ignoring.sql", migrations.RunSQL.noop),
    ]
