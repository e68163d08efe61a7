from django.db import migrations

from locations.db.migrations import SchemaBatch


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_jobs")]

    operations = [
        SchemaBatch(
            [
                migrations.RenameField("locationdailyrate", "record", "history_state"),
                migrations.RenameField(
                    "locationdailyrate", "record_if_used", "history_state_if_used"
                ),
            ]
        ),
    ]
