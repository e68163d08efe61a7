"""What the database, import-linter and ruff cannot hold of the sources."""

import re

from tests.plugin import ROOT

APPS = ("locations", "ledger", "reports", "redflag_credits")
ENTRY_INSERT = re.compile(r"(?i:insert\s+into\s+ledger_entry\b)")
ENTRY_WRITES = re.compile(
    rf"\bledger_(append|charge)\(|{ENTRY_INSERT.pattern}"
    r"|\b(Entry\.objects|entries)\.a?(bulk_|get_or_|update_or_)?create\("
    r"|(?<!class )\bEntry\("
)
ENVIRONMENT = re.compile(
    r"\bos\.(environ|getenv)|\bfrom os import .*(environ|getenv)|^\s*(import|from) environ\b", re.M
)
SETTINGS_MODULE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE"'


def python_sources() -> dict[str, str]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in [*found, ROOT / "manage.py"]
        if "migrations" not in path.parts
    }


def test_only_posting_writes_entries() -> None:
    writing = [name for name, text in python_sources().items() if ENTRY_WRITES.search(text)]
    assert writing == ["ledger/engine/posting.py"]


def test_one_sql_function_inserts_entries() -> None:
    files = sorted((ROOT / "ledger" / "sql").glob("*.sql"))
    inserting = [path.stem for path in files if ENTRY_INSERT.search(path.read_text())]
    assert inserting == ["append"]


def test_only_the_settings_read_the_environment() -> None:
    reading = [
        name
        for name, text in python_sources().items()
        if ENVIRONMENT.search(text.replace(SETTINGS_MODULE, ""))
        and name != "redflag_credits/settings.py"
        and not name.startswith("redflag_credits/devserver/")
    ]
    assert reading == []


def test_no_module_has_a_vague_name() -> None:
    vague = re.compile(r"(?:^|/)(?:utils?|helpers|services|common_utils|misc)(?:/|\.py$)")
    assert [name for name in python_sources() if vague.search(name)] == []


def test_sources_have_no_to_do_marks() -> None:
    marks = re.compile(rf"\b(?:{'|'.join(('TO' + 'DO', 'FIX' + 'ME', 'X' * 3))})\b")
    paths = [
        path for folder in (*APPS, "tests", "benchmarks") for path in ROOT.glob(f"{folder}/**/*.py")
    ]
    assert [path for path in paths if marks.search(path.read_text(encoding="utf-8"))] == []
