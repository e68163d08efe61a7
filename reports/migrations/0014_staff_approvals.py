"""Staff read what waits for a second person, and which renewals failed."""

from functools import partial

from django.db import migrations

from locations.groups import GROUPS, grant

READS = {"ledger.view_approvalrequest", "ledger.view_renewalfailure"}


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0010_second_approvals"),
        ("reports", "0013_location_paces"),
    ]

    operations = [
        migrations.RunPython(
            partial(grant, permissions=dict.fromkeys(GROUPS, READS)), migrations.RunPython.noop
        ),
    ]
