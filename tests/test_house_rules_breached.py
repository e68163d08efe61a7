"""Each rule of the house catches a breach."""

from collections.abc import Callable

import pytest

from tests.house_rules import (
    Complaints,
    File,
    files_are_named_by_topic,
    imports_run_one_way,
    no_file_is_long,
    nothing_is_left_to_do,
    only_posting_writes_the_ledger,
    only_the_settings_read_the_environment,
    the_domain_does_not_import_its_edges,
    the_domain_never_asks_the_time,
    the_project_names_the_apps_in_few_places,
)


@pytest.mark.parametrize(
    ("rule", "path", "source", "said"),
    [
        (
            imports_run_one_way,
            "locations/terms.py",
            "from ledger import posting",
            "locations imports ledger.posting",
        ),
        (
            imports_run_one_way,
            "locations/admin/lists.py",
            "import reports.views",
            "locations imports reports.views",
        ),
        (
            imports_run_one_way,
            "ledger/tasks.py",
            "def f():\n  from reports.rows.chat import x",
            "ledger imports reports.rows.chat.x",
        ),
        (
            imports_run_one_way,
            "ledger/rating.py",
            "from redflag_credits import settings",
            "ledger imports redflag_credits.settings",
        ),
        (
            imports_run_one_way,
            "reports/rows/chat.py",
            "from tests.factories import text",
            "reports imports tests.factories.text",
        ),
        (
            the_project_names_the_apps_in_few_places,
            "redflag_credits/health.py",
            "from ledger.models import Entry",
            "imports ledger.models.Entry",
        ),
        (
            the_domain_does_not_import_its_edges,
            "ledger/charging.py",
            "from ledger.api.schemas import x",
            "charging imports ledger.api.schemas.x",
        ),
        (
            the_domain_does_not_import_its_edges,
            "reports/asking.py",
            "from reports import tasks",
            "asking imports reports.tasks",
        ),
        (
            the_domain_does_not_import_its_edges,
            "reports/asking.py",
            "from . import tasks",
            "asking imports reports.tasks",
        ),
        (
            the_domain_does_not_import_its_edges,
            "reports/demo/loading.py",
            "from ..views import x",
            "demo imports reports.views.x",
        ),
        (
            the_domain_does_not_import_its_edges,
            "ledger/models/entries.py",
            "import ledger.admin",
            "models imports ledger.admin",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/funding.py",
            "from ledger.models import Entry\nEntry(kind='x')",
            "calls Entry",
        ),
        (
            only_posting_writes_the_ledger,
            "reports/views/usage.py",
            "from ledger.models import Entry\nEntry.objects.create()",
            "calls Entry.objects.create",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/funding.py",
            "location.entries.bulk_create([])",
            "calls location.entries.bulk_create",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/funding.py",
            "run('SELECT ledger_append(%s)')",
            "says ledger_append(",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/charging.py",
            "run(f'SELECT * FROM ledger_charge({x})')",
            "says ledger_charge(",
        ),
        (
            only_posting_writes_the_ledger,
            "ledger/checks.py",
            "run('INSERT  INTO\\n ledger_entry')",
            "says insert into ledger_entry",
        ),
        (
            the_domain_never_asks_the_time,
            "ledger/renewing.py",
            "from django.utils import timezone\ntimezone.now()",
            "asks timezone.now",
        ),
        (
            the_domain_never_asks_the_time,
            "ledger/renewing.py",
            "from django.utils.timezone import now",
            "imports django.utils.timezone.now",
        ),
        (
            the_domain_never_asks_the_time,
            "ledger/daily.py",
            "import datetime as dt\ndt.datetime.now(dt.UTC)",
            "asks dt.datetime.now",
        ),
        (
            the_domain_never_asks_the_time,
            "reports/rows/chat.py",
            "from datetime import date\ndate.today()",
            "asks date.today",
        ),
        (
            the_domain_never_asks_the_time,
            "reports/forms.py",
            "import time\ntime.time()",
            "asks time.time",
        ),
        (
            the_domain_never_asks_the_time,
            "reports/building.py",
            "def build(clock=timezone.now): ...",
            "asks timezone.now",
        ),
        (
            only_the_settings_read_the_environment,
            "ledger/rating.py",
            "import os\nos.environ['X']",
            "reads os.environ",
        ),
        (
            only_the_settings_read_the_environment,
            "ledger/rating.py",
            "import os\nos.getenv('X')",
            "reads os.getenv",
        ),
        (
            only_the_settings_read_the_environment,
            "reports/rows/chat.py",
            "from os import environ",
            "imports os.environ",
        ),
        (
            only_the_settings_read_the_environment,
            "redflag_credits/health.py",
            "import environ",
            "imports environ",
        ),
        (
            only_the_settings_read_the_environment,
            "manage.py",
            "import os\nos.environ.setdefault('DEBUG', '1')",
            "reads os.environ",
        ),
        (
            no_file_is_long,
            "ledger/rating.py",
            "x = 1\n" * 301,
            "is 301 lines long: split it by topic",
        ),
        (files_are_named_by_topic, "ledger/utils.py", "", "is named by pattern, not by topic"),
        (
            files_are_named_by_topic,
            "reports/demo/helpers.py",
            "",
            "is named by pattern, not by topic",
        ),
        (
            files_are_named_by_topic,
            "locations/services.py",
            "",
            "is named by pattern, not by topic",
        ),
        (nothing_is_left_to_do, "ledger/rating.py", "# TO" + "DO later", "says TO" + "DO"),
        (nothing_is_left_to_do, "ledger/rating.py", "x = 1  # FIX" + "ME", "says FIX" + "ME"),
    ],
)
def test_a_breach_is_caught(rule: Callable[[File], Complaints], path: str, source: str, said: str):
    assert [words for _, words in rule(File(path, source))] == [said]
