"""The functions that write charges and entries, and those that guard them."""

from django.db import migrations

from locations.db.migrations import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        run_sql_file("ledger", "check_messages"),
        run_sql_file("ledger", "append"),
        run_sql_file("ledger", "charge"),
        run_sql_file("ledger", "contract_guard"),
    ]
