"""The pages of the audit log: the history of an object, the search, and their queries."""

from collections import Counter

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locations.models import Account, ChatInbox, User
from tests.factories import NOON, make_location
from tests.redflag_credits.audit_log.actions import entries, page, post


def test_history_tab_lists_the_object_and_what_belongs_to_it(desk: Client):
    soho, other = make_location(name="Soho"), make_location(name="Elsewhere")
    ChatInbox.objects.create(location=soho, name="Front Desk")
    seen = desk.get(page("locations_location_history", soho.pk))
    assert {(entry.model.__name__, entry.name) for entry in seen.context["table"].data} == {
        ("Location", "Soho"),
        ("Contract", f"{soho} from {NOON.year}-01-01"),
        ("ChatInbox", "Front Desk"),
    }
    assert other.name not in seen.text


def test_audit_log_is_searchable(desk: Client, jude: User):
    post(desk, "locations_account_add", name="Brightwater 100%")
    Account.objects.create(name="Elsewhere")

    def found(query: str) -> list[str]:
        answer = desk.get(page("locations_change_changelist") + query)
        assert answer.status_code == 200
        return [entry.name for entry in answer.context["table"].data if entry.model is Account]

    assert found("") == ["Elsewhere", "Brightwater 100%"]
    assert found("?q=bright") == found("?q=100%25") == ["Brightwater 100%"]
    assert found("?q=1_0") == []
    assert found(f"?by={jude.pk}") == ["Brightwater 100%"]
    assert found("?model=locations.bundle") == ["Elsewhere", "Brightwater 100%"]  # no such choice
    assert found("?model=locations.contract") == []
    assert found("?until=2020-01-01") == []
    assert found("?since=2020-01-01&model=locations.account") == ["Elsewhere", "Brightwater 100%"]
    assert found("?p=2") == []


def test_query_count_does_not_grow_with_entries(desk: Client):
    """As often for one line of each model as for many: each transaction has its own instant."""

    def queries(locations: int) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            for _ in range(locations):
                last = make_location()
        recorded_at = entries(target=last)[0].at
        with CaptureQueriesContext(connection) as asked:
            answer = desk.get(
                page("locations_change_changelist"), {"recorded_at": recorded_at.isoformat()}
            )
        return len(asked), Counter(entry.model.__name__ for entry in answer.context["table"].data)

    queries(1)
    for_one, of_one = queries(1)
    assert of_one == {"Account": 1, "Location": 1, "Contract": 1}
    assert queries(15) == (for_one, dict.fromkeys(of_one, 15))
