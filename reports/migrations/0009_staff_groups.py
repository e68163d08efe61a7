"""The groups of staff, and what each may do: docs/staff.md says it in words."""

from functools import partial

from django.db import migrations

from locations.groups import ADMINISTRATOR, BILLING, RATE_EDITOR, SUPPORT, VIEWER, grant


def named(app_label, acts, *models):
    return {f"{app_label}.{act}_{model}" for act in acts.split() for model in models}


READS = (
    named("locations", "view", "account", "location", "chatinbox", "contract")
    | named("locations", "view", "ratecardseries", "ratecard", "rate", "ratecardupload")
    | named("ledger", "view", "balance", "charge", "hold", "entry", "bundle")
    | named("ledger", "view", "internationalmessage", "chatmessage")
    | named("ledger", "view", "correctionrequest", "creditrequest")
    | named("ledger", "view", "verification", "verificationrun")
    | named("reports", "view", "report", "reportschedule", "alert")
)
KEEPS_RATES = named("locations", "add change delete", "ratecardseries", "ratecard", "rate") | {
    "locations.publish_ratecard"
}
BILLS = (
    named("locations", "view", "user", "membership")
    | named("locations", "add change", "account", "location")
    | named("locations", "add change delete", "contract")
    | named("ledger", "add change", "bundle")
    | {
        f"ledger.{act}"
        for act in [
            "fund",
            "adjust",
            "reverse",
            "write_off",
            "approve",
            "decide_requests",
            "run_renewal",
        ]
    }
)
SUPPORTS = (
    named("locations", "view add change", "user", "chatinbox")
    | named("locations", "view add change delete", "membership")
    | named("reports", "view", "reportdownload", "alertmail")
    | {"locations.see_as_manager", "locations.see_personal_data"}
)
ADMINISTERS = (
    named("auth", "view add change delete", "group")
    | named("ledger", "view add change", "apitoken")
    | {"locations.manage_staff"}
)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("locations", "0006_staff_permissions"),
        ("ledger", "0007_verifications"),
        ("reports", "0008_languages"),
    ]

    operations = [
        migrations.RunPython(
            partial(
                grant,
                permissions={
                    VIEWER: READS,
                    RATE_EDITOR: READS | KEEPS_RATES,
                    BILLING: READS | BILLS,
                    SUPPORT: READS | SUPPORTS,
                    ADMINISTRATOR: READS | KEEPS_RATES | BILLS | SUPPORTS | ADMINISTERS,
                },
            ),
            migrations.RunPython.noop,
        ),
    ]
