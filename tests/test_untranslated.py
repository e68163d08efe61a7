"""No text that people read is left out of the catalogues."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.catalogues import KEYWORDS
from tests.plugin import ROOT
from tests.unmarked import in_python, in_template

APPS = ("locations", "ledger", "reports", "redflag_credits")
PYTHON = [f"{app}/**/*.py" for app in APPS]
# Read by programs and their authors, in English: the API, its page, and files for operators.
ENGLISH = re.compile(
    r"/(api|webhooks|migrations|management|devserver|demo)/"
    r"|ledger/engine/(charging|holds|quotes|charge_requests|delivery_reports)\.py$"
    r"|ledger/replay/csv_files\.py$"
)


def sources(*patterns: str) -> Iterator[tuple[str, str]]:
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        if not ENGLISH.search(name):
            yield name, path.read_text(encoding="utf-8")


def test_templates_mark_their_texts() -> None:
    for name, text in sources("templates/**/*.html", "templates/**/*.txt"):
        assert in_template(text) == [], name


def test_python_marks_its_texts() -> None:
    for name, text in sources(*PYTHON):
        assert in_python(text) == [], name


@pytest.mark.parametrize(
    "planted",
    [
        'a = forms.CharField(help_text=(\n    "Choose one."))',
        "a = forms.CharField(label='Choose one.')",
        'class Meta:\n    help_texts = {"credits": "Choose one."}',
        'a = forms.CharField(error_messages={"max_length": "Choose one."})',
        'raise ValidationError({"credits": "Choose one."})',
        'raise CannotAsk(f"Choose one{of}.")',
        'super().__init__("Choose one.")',
        'a = forms.ChoiceField(choices=[("", _("none")), ("a", "Choose one.")])',
        'form.add_error(None, _("a") if yes else "Choose one.")',
        'messages.error(request, wrong or "Choose one: %s." % name)',
        'problems.append(Problem(3, "Choose one."))',
        'view.short_description = "Choose one."',
        'a = [("Choose one.", {"fields": ["a"]})]',
    ],
)
def test_plain_text_in_python_is_found(planted: str) -> None:
    assert [text[:10] for text in set(in_python(planted))] == ["Choose one"]


@pytest.mark.parametrize(
    "planted",
    [
        "{{ name|default:'Choose one.' }}",
        "<a title='Choose one.'></a>",
        '<input value="Choose one." name="a" type="submit">',
        "{% if a %}Choose one.{% endif %}",
        "<b>{% translate 'a' %}</b> Choose one.",
    ],
)
def test_plain_text_in_a_template_is_found(planted: str) -> None:
    assert in_template(planted) == ["Choose one."]


def test_nothing_is_translated_at_import() -> None:
    def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.Lambda):
                yield child
                yield from run_at_import(child)

    for name, text in sources(*PYTHON):
        tree = ast.parse(text)
        imported = {
            alias.asname or alias.name: alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if "gettext" in alias.name
        }
        assert imported.keys() <= KEYWORDS.keys(), name
        at_once = {name for name, of in imported.items() if not of.endswith(("_lazy", "_noop"))}
        calls = [node.func for node in run_at_import(tree) if isinstance(node, ast.Call)]
        assert not at_once & {getattr(called, "id", "") for called in calls}, name
