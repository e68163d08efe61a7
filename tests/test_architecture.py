"""The house keeps its rules, read from its source; that each rule works is tested beside this."""

from collections.abc import Callable

import pytest

from tests.house_rules import (
    HOUSE,
    RULES,
    Complaints,
    File,
    files_are_named_by_topic,
    no_file_is_long,
    nothing_is_left_to_do,
)
from tests.plugin import ROOT


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
    assert inserting == ["ledger/sql/append.sql"]


def test_templates_styles_sql_and_tests_are_finished():
    files = read("templates", "redflag_credits/static", endings=(".html", ".txt", ".css", ".js"))
    files += read("tests", "ledger/sql", endings=(".py", ".sql"))
    assert complaints(nothing_is_left_to_do, files) == []
    assert complaints(files_are_named_by_topic, files) == []


def test_templates_and_tests_are_no_longer_than_the_code():
    files = read("templates", endings=(".html", ".txt")) + read("tests", endings=(".py",))
    assert complaints(no_file_is_long, files) == []


def test_the_migrations_alone_are_not_looked_at():
    looked_at = {file.app for file in read(*HOUSE, endings=(".py",))}
    assert looked_at == set(HOUSE)
