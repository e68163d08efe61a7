from django.db import migrations

RENAME_KEY = """
    UPDATE reports_longestimate
       SET figures = figures - '{old}' || jsonb_build_object('{new}', figures -> '{old}')
     WHERE jsonb_exists(figures, '{old}')
"""


def rename_key(old: str, new: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        RENAME_KEY.format(old=old, new=new), RENAME_KEY.format(old=new, new=old)
    )


class Migration(migrations.Migration):
    """`Figures.from_json` takes exactly the names of its fields."""

    dependencies = [("reports", "0004_history_state")]

    operations = [
        rename_key("broadcasts_that_go", "fitting_broadcasts"),
        rename_key("sends_of_recommended", "recommended_sends"),
    ]
