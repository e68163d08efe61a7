"""The groups of staff and their permissions, which docs/staff.md describes."""

from functools import partial

from django.db import migrations

from locations.users.groups import ADMINISTRATOR, BILLING, RATE_EDITOR, SUPPORT, VIEWER, grant


def named(app_label, acts, *models):
    return {f"{app_label}.{act}_{model}" for act in acts.split() for model in models}


READS = (
    named("locations", "view", "account", "location", "chatinbox", "contract")
    | named("locations", "view", "ratecardseries", "ratecard", "rate", "ratecardupload")
    | named("ledger", "view", "balance", "charge", "hold", "entry", "bundle")
    | named("ledger", "view", "internationalmessage", "chatmessage", "ratecardimpact")
    | named("ledger", "view", "correctionrequest", "creditrequest", "approvalrequest")
    | named("ledger", "view", "verification", "verificationrun", "renewalfailure")
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
        "ledger.fund",
        "ledger.adjust",
        "ledger.reverse",
        "ledger.write_off",
        "ledger.approve",
        "ledger.decide_requests",
        "ledger.run_renewal",
        "ledger.verify",
    }
)
SUPPORTS = (
    named("locations", "view add change", "user", "chatinbox")
    | named("locations", "view add change delete", "membership")
    | named("reports", "view", "reportdownload", "alertmail")
    | {"locations.see_as_manager", "locations.see_personal_data", "ledger.verify"}
)
ADMINISTERS = (
    named("auth", "view add change delete", "group")
    | named("ledger", "view add change", "apitoken")
    | {"locations.manage_staff", "locations.view_change"}
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

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
