"""International Messages may be asked for as texts or calls alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_staff_groups"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="reportschedule",
            name="kind",
            field=models.CharField(
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
    ]
