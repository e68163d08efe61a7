"""The rules of the house, read from its source; each rule is shown to catch a breach."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tests.plugin import ROOT

APPS = ("locations", "ledger", "reports")  # each may import those before it, none after it
HOUSE = (*APPS, "redflag_credits")
# What talks to people, other programs and the clock. It calls the domain, never the other way.
EDGES = {"views", "api", "admin", "tasks", "management", "urls"}
ASK_THE_CLOCK = {"views", "api", "admin", "tasks", "management"}
# `redflag_credits` names the apps where it has to, and prints the demo's sign-ins at a start.
NAME_THE_APPS = {
    "redflag_credits/settings.py",
    "redflag_credits/urls.py",
    "redflag_credits/local/runner.py",
}
MOST_LINES = 300
POSTING = "ledger/posting.py"


@dataclass(frozen=True)
class File:
    """A source file; `path` is relative to the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def app(self) -> str:
        return self.path.split("/")[0]

    @property
    def part(self) -> str:
        """The module or package of its app that the file is, or is in: `views`, `api`."""
        return part_of(self.module)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported, wherever in the file it stands."""
        package = (
            self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]
        )
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                start = [".".join(above)] if node.level else []
                source = ".".join([*start, *([node.module] if node.module else [])])
                for alias in node.names:
                    yield node.lineno, f"{source}.{alias.name}"


def part_of(name: str) -> str:
    return [*name.split("."), ""][1]


def dotted(node: ast.AST) -> str:
    """`dt.datetime.now` of such an expression; what is no plain name shows as `?`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


# --- The rules: what each has against a file, by line -----------------------------------------

Complaints = Iterator[tuple[int, str]]


def imports_run_one_way(file: File) -> Complaints:
    if file.app not in APPS:
        return
    later = (*APPS[APPS.index(file.app) + 1 :], "redflag_credits", "tests")
    for line, name in file.imports():
        if name.split(".")[0] in later:
            yield line, f"{file.app} imports {name}"


def the_project_names_the_apps_in_few_places(file: File) -> Complaints:
    if file.app != "redflag_credits" or file.path in NAME_THE_APPS:
        return
    for line, name in file.imports():
        if name.split(".")[0] in APPS:
            yield line, f"imports {name}"


def the_domain_does_not_import_its_edges(file: File) -> Complaints:
    if file.app not in APPS or file.part in EDGES:
        return
    for line, name in file.imports():
        if name.split(".")[0] in APPS and part_of(name) in EDGES:
            yield line, f"{file.part} imports {name}"


def only_posting_writes_the_ledger(file: File) -> Complaints:
    if file.app not in HOUSE or file.path == POSTING:
        return
    entry = (
        {"Entry"} if any(name.startswith("ledger.models") for _, name in file.imports()) else set()
    )
    writers = ("create", "bulk_create", "get_or_create", "update_or_create", "acreate")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            owner, _, verb = called.rpartition(".")
            of_entries = owner.split(".")[0] in entry or owner.endswith(".entries")
            if called in entry or (verb in writers and of_entries):
                yield node.lineno, f"calls {called}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            sql = " ".join(node.value.lower().split())
            for written in ("ledger_append(", "ledger_charge(", "insert into ledger_entry"):
                if written in sql:
                    yield node.lineno, f"says {written}"


def the_domain_never_asks_the_time(file: File) -> Complaints:
    if file.app not in APPS or file.part in ASK_THE_CLOCK:
        return
    clocks = {
        "timezone": ("now", "localtime", "localdate"),
        "datetime": ("now", "utcnow", "today"),
        "date": ("today",),
        "time": ("time", "time_ns", "localtime", "gmtime"),
    }
    defaults = {
        id(keyword.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "default"  # of a model's field: Django asks when the row is made
    }
    for line, name in file.imports():
        owner, _, what = name.rpartition(".")
        if what in clocks.get(owner.rpartition(".")[2], ()):
            yield line, f"imports {name}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and id(node) not in defaults:
            owner = dotted(node.value).rpartition(".")[2]
            if node.attr in clocks.get(owner, ()):
                yield node.lineno, f"asks {dotted(node)}"


def only_the_settings_read_the_environment(file: File) -> Complaints:
    if file.path == "redflag_credits/settings.py" or file.path.startswith("redflag_credits/local/"):
        return
    naming_the_settings = {
        id(node.func.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setdefault"
        and [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
        == ["DJANGO_SETTINGS_MODULE"]
    }
    for line, name in file.imports():
        if name in ("os.environ", "os.getenv", "environ") or name.startswith("environ."):
            yield line, f"imports {name}"
    for node in ast.walk(file.tree):
        reads = isinstance(node, ast.Attribute) and id(node) not in naming_the_settings
        if reads and dotted(node) in ("os.environ", "os.getenv", "os.environb"):
            yield node.lineno, f"reads {dotted(node)}"


def no_file_is_long(file: File) -> Complaints:
    lines = len(file.text.splitlines())
    if lines > MOST_LINES:
        yield lines, f"is {lines} lines long: split it by topic"


def files_are_named_by_topic(file: File) -> Complaints:
    if Path(file.path).stem in ("utils", "util", "helpers", "services", "common_utils", "misc"):
        yield 1, "is named by pattern, not by topic"


def nothing_is_left_to_do(file: File) -> Complaints:
    for number, line in enumerate(file.text.splitlines(), 1):
        for mark in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            if mark in line:
                yield number, f"says {mark}"


RULES: list[Callable[[File], Complaints]] = [
    imports_run_one_way,
    the_project_names_the_apps_in_few_places,
    the_domain_does_not_import_its_edges,
    only_posting_writes_the_ledger,
    the_domain_never_asks_the_time,
    only_the_settings_read_the_environment,
    no_file_is_long,
    files_are_named_by_topic,
    nothing_is_left_to_do,
]


# --- The house --------------------------------------------------------------------------------


def read(*folders: str, endings: tuple[str, ...]) -> list[File]:
    found = [
        File(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in endings
        and not {"__pycache__", "migrations", "vendor"} & set(path.parts)
        and path.is_file()
    ]
    assert len(found) > 3, folders
    return found


def complaints(rule: Callable[[File], Complaints], files: list[File]) -> list[str]:
    return [f"{file.path}:{line} {said}" for file in files for line, said in rule(file)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_rule(rule: Callable[[File], Complaints]):
    files = read(*HOUSE, endings=(".py",))
    files.append(File("manage.py", (ROOT / "manage.py").read_text(encoding="utf-8")))
    assert complaints(rule, files) == []


def test_entries_are_inserted_by_one_sql_function():
    files = read("ledger/sql", endings=(".sql",))
    inserting = [file.path for file in files if "INSERT INTO ledger_entry " in file.text]
    assert [path for path in inserting if not path.endswith("_append.sql")] == []
    assert inserting != []


def test_templates_styles_sql_and_tests_are_finished():
    files = read("templates", "redflag_credits/static", endings=(".html", ".txt", ".css", ".js"))
    files += read("tests", "ledger/sql", endings=(".py", ".sql"))
    assert complaints(nothing_is_left_to_do, files) == []
    assert complaints(files_are_named_by_topic, files) == []


def test_the_migrations_alone_are_not_looked_at():
    looked_at = {file.app for file in read(*HOUSE, endings=(".py",))}
    assert looked_at == set(HOUSE)


# --- Each rule catches a breach ---------------------------------------------------------------


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
