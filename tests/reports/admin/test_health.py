"""The health page and the index page of the admin."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.engine import charging, holds, renewals
from ledger.models import Balance, Bundle
from ledger.requests import credit_requests
from ledger.verification.verify import Breach, Verified, record_run
from locations.models import Location
from redflag_credits import health as project_health
from reports.admin import health, todo
from reports.models import Alert, AlertMail, Report
from tests.factories import NOON, chat, key, make_card, make_location, make_member, make_user
from tests.reports.pages import links

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def soho() -> Location:
    make_card()
    location = make_location(name="Soho")
    renewals.renew(location.pk, at=NOON)
    return location


def verify(*broken: Breach, at: dt.datetime = NOON) -> None:
    through = dict.fromkeys(Location.objects.values_list("pk", flat=True), 1)
    verified = Verified(None, through, len(through), list(broken))
    record_run(verified, started_at=at, finished_at=at)


def red(at: dt.datetime = NOON) -> list[str]:
    return [check.name for check in health.run_checks(at=at) if check.state == health.ACT]


def report(soho: Location, **fields: object) -> Report:
    day = NOON.date()
    return Report.objects.create(
        location=soho, kind="chat", first_on=day, last_on=day, requested_by=make_user(),
        **{"requested_at": NOON, **fields},
    )  # fmt: skip


def test_healthy_ledger_has_no_red_check(soho: Location):
    verify()
    assert red(NOON + HOUR) == []


def installed(at: dt.datetime) -> None:
    MigrationRecorder.Migration.objects.filter(app="ledger").update(applied=at)


def test_a_new_ledger_says_when_it_is_verified_first_and_is_not_red(soho: Location):
    installed(NOON)
    assert red(NOON + HOUR) == []
    (check,) = [c for c in health.run_checks(at=NOON + HOUR) if c.name == "Last verification"]
    tomorrow = NOON.date() + DAY
    assert (check.state, check.text) == (
        health.NOTE,
        f"Not yet: the first is on {tomorrow:%-d %b %Y}, 02:43 UTC; verify_ledger does it now.",
    )
    assert red(NOON + 27 * HOUR) == ["Last verification"]


def test_a_new_ledger_and_the_load_balancer_agree(
    soho: Location, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    installed(timezone.now())
    client.force_login(make_user(is_staff=True, is_superuser=True))

    def answers() -> tuple[int, int]:
        page = client.get(reverse("admin:ledger_health"))
        return client.get("/healthz").status_code, page.context["to_act"]

    assert answers() == (200, 0)
    monkeypatch.setattr(settings, "REDIS_URL", f"unix://{tmp_path}/gone.sock")
    assert answers() == (503, 1)
    assert health.BROKER_SECONDS == project_health.TIMEOUT_SECONDS


def test_ledger_not_verified_lately_is_red(soho: Location):
    installed(NOON - 2 * DAY)
    assert red() == ["Last verification"]
    verify()
    assert red(NOON + 25 * HOUR) == []
    assert red(NOON + 27 * HOUR) == ["Last verification"]


def test_a_broken_rule_and_a_lost_guard_are_red(soho: Location):
    verify(Breach(1, "balance", soho.pk, "off by one"))
    assert red() == ["Last verification", "Locations"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    assert red() == ["Last verification", "Locations", "Guards of the database"]


def test_late_rows_are_red_and_due_rows_are_not(soho: Location):
    verify(at=NOON + DAY)
    holds.hold(soho.pk, credits=7, seconds_to_live=60, key=key(), at=NOON)
    report(soho)
    later = NOON + dt.timedelta(minutes=5)
    assert red(later) == []
    assert red(NOON + HOUR) == ["Holds", "Stuck reports"]
    Balance.objects.update(renewal_due_at=NOON)
    assert "Renewals" not in red(later)
    assert "Renewals" in red(NOON + 2 * HOUR)


def test_failed_reports_and_mails_that_were_given_up_are_red_for_a_week(soho: Location):
    verify(at=NOON + DAY)
    report(soho, state="failed", finished_at=NOON)
    user = make_user()
    alert = Alert.objects.create(location=soho, below_days=9, set_by=user, set_at=NOON)
    AlertMail.objects.create(
        alert=alert, user=user, level=1, crossed_at=NOON, available=1, attempts=9, error="no route"
    )
    assert red(NOON + HOUR) == ["Failed reports", "Mails of alerts"]
    verify(at=NOON + 8 * DAY)
    assert red(NOON + 8 * DAY) == []


def test_missing_broker_is_reported_without_an_error(
    soho: Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    verify()
    monkeypatch.setattr(settings, "REDIS_URL", f"unix://{tmp_path}/gone.sock")
    assert red() == ["Queues"]
    (queues,) = [check for check in health.run_checks(at=NOON) if check.name == "Queues"]
    assert "Redis does not answer" in queues.text


def test_query_count_does_not_grow_with_locations(soho: Location, client: Client):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    verify()
    pages = [reverse("admin:ledger_health"), reverse("admin:index")]
    for_one = [queries(page) for page in pages]
    for_one = [queries(page) for page in pages]
    for _ in range(5):
        make_location()
    verify()
    assert [queries(page) for page in pages] == for_one


def test_index_page_lists_items_with_their_pages(soho: Location):
    verify()
    Bundle.objects.create(name="Small", credits=500)
    manager = make_member(soho)
    ask = {"reference": "PO-1", "form_key": uuid.uuid4(), "requested_by": manager, "at": NOON}
    credit_requests.request_credits(soho.pk, bundle_id=Bundle.objects.get().pk, **ask)
    make_card(series="Partners", published=False, is_default=False)
    low = make_location(included=0)
    charging.charge_chat(low.pk, [chat("inbound")], key=key(), at=NOON)
    Balance.objects.filter(location=soho).update(renewal_due_at=NOON + 10 * DAY)
    found = {
        (item.number, item.page.partition(":")[2], item.urgent)
        for item in todo.get_attention_items(
            at=NOON + 3 * DAY, has_perm=lambda name: "verif" not in name
        )
    }
    assert found == {
        (1, "ledger_approvalrequest_queue", True),
        (1, "ledger_balance_changelist", True),
        (1, "ledger_balance_renewals", False),
        (1, "locations_ratecard_changelist", False),
    }
    assert todo.get_attention_items(at=NOON, has_perm=lambda name: False) == []


def test_index_page_links_queue_renewals_and_health(client: Client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    front = links(client.get(reverse("admin:index")))
    for page in ("ledger_approvalrequest_queue", "ledger_balance_renewals", "ledger_health"):
        assert reverse(f"admin:{page}") in front
