"""The rules of the house: what each has against a source file, by line."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

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
