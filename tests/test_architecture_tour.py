"""docs/architecture.md names files and functions: all of them exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("redflag_credits", "locations", "ledger", "reports", "templates", "tests", "docs")
TEXT = (ROOT / "docs/architecture.md").read_text()
NAMES = sorted(name for name in set(re.findall(r"`([^`\n]+)`", TEXT)) if " " not in name)
FILES = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
FILES += [path for path in ROOT.iterdir() if path.is_file()]
CODE = "\n".join(
    path.read_text()
    for path in FILES
    if path.suffix in {".py", ".sql"} and "tests" not in path.relative_to(ROOT).parts
)


def is_path(name: str) -> bool:
    return "/" in name or name.endswith((".py", ".sql", ".toml", ".md"))


def exists(path: str) -> bool:
    return any(f"/{file.relative_to(ROOT)}".endswith(f"/{path.rstrip('/')}") for file in FILES)


def is_defined(name: str) -> bool:
    last = re.escape(name.rsplit(".", maxsplit=1)[-1])
    defined = rf"(def|class|FUNCTION) {last}\b|\b{last}(: \w+)? = |[\"']{last}[\"']"
    return re.search(defined, CODE) is not None or exists(last)


def test_every_path_of_the_tour_exists() -> None:
    assert [name for name in NAMES if is_path(name) and not exists(name)] == []


def test_every_name_of_the_tour_is_defined() -> None:
    assert len(NAMES) > 60
    assert [name for name in NAMES if not is_path(name) and not is_defined(name)] == []
