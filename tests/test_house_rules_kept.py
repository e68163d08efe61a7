"""What each rule of the house lets pass."""

from collections.abc import Callable

import pytest

from tests.house_rules import (
    Complaints,
    File,
    imports_run_one_way,
    no_file_is_long,
    only_posting_writes_the_ledger,
    only_the_settings_read_the_environment,
    the_domain_does_not_import_its_edges,
    the_domain_never_asks_the_time,
    the_project_names_the_apps_in_few_places,
)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (
            imports_run_one_way,
            "reports/rows/chat.py",
            "from ledger.models import Entry\nimport locations.terms",
        ),
        (
            the_project_names_the_apps_in_few_places,
            "redflag_credits/urls.py",
            "from locations import urls",
        ),
        (
            the_domain_does_not_import_its_edges,
            "ledger/admin/entries.py",
            "from locations.admin.lists import link",
        ),
        (
            the_domain_does_not_import_its_edges,
            "ledger/charging.py",
            "from django.contrib import admin",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/api/charges.py",
            "from ledger.api.schemas import Entry\nEntry(number=1)",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/daily.py",
            "from ledger.models import Entry\nEntry.objects.filter(number=1)",
        ),
        (only_posting_writes_the_ledger, "ledger/posting.py", "run('SELECT ledger_append(%s)')"),
        (
            the_domain_never_asks_the_time,
            "ledger/tasks.py",
            "from django.utils import timezone\ntimezone.now()",
        ),
        (
            the_domain_never_asks_the_time,
            "locations/models/people.py",
            "DateTimeField(default=timezone.now)",
        ),
        (
            the_domain_never_asks_the_time,
            "ledger/renewing.py",
            "def renew(at): return at.date(), at.time()",
        ),
        (
            only_the_settings_read_the_environment,
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')",
        ),
        (no_file_is_long, "ledger/rating.py", "x = 1\n" * 300),
    ],
)
def test_what_is_allowed_is_let_pass(rule: Callable[[File], Complaints], path: str, source: str):
    assert list(rule(File(path, source))) == []
