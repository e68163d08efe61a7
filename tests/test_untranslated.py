"""No text that people read is left out of the catalogues."""

import ast
import html
import re
from collections.abc import Iterator

from django import forms
from django.urls import get_resolver
from django.utils.functional import Promise

from tests.plugin import ROOT

APPS = ("locations", "ledger", "reports", "redflag_credits")
PYTHON = [f"{app}/**/*.py" for app in APPS]
# Read by programs and their authors, in English: the API, its page, and files for operators.
ENGLISH = re.compile(
    r"/(api|migrations|management|devserver|demo)/"
    r"|ledger/engine/(charging|holds|quotes|charge_requests|delivery_reports)\.py$|ledger/replay/csv_files\.py$"
)
# Names are the same in every language.
NAMES = re.compile(r"RedFlag( Credits)?|Ctrl P|⌘ P|\b([SM]MS|UTC|PDF|CSV|XLSX|Excel|A4|ID|API)\b")
MARKED = re.compile(
    r"{#.*?#}|{% comment.*?endcomment %}|{% blocktranslate\b.*?endblocktranslate %}"
    r"|<(script|style|code)\b.*?</\1>",
    re.S,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
IN_FILTER = re.compile(r"\|(?:default|default_if_none|yesno|pluralize|join):\"([^\"]*)\"")
IN_HTML = re.compile(
    r"(?:^|>)([^<>]+)"
    r"|\b(?:title|aria-label|aria-description|placeholder|alt|summary|label)=\"([^\"]*)\""
    r"|type=\"(?:submit|button)\"[^>]* value=\"([^\"]*)\""
)
# The places of Python whose texts are shown, with a literal there that is not translated.
IN_PYTHON = re.compile(
    r"(?:\b(?:label|(?:search_)?help_text|empty_label|empty_value(?:_display)?|description"
    r"|short_description|verbose_name(?:_plural)?|violation_error_message|index_title|title"
    r"|subtitle) ?= ?|\"(?:title|subtitle|description|help|does|meet_button|invalid|required)\": "
    r"|\bmodels\.(?!OneToOne|ManyToMany)\w+Field\(\s*|^    [A-Z_]+ = [\w\"]+, |choices=\[\([^,]+, "
    r"|\b(?:ValidationError|Column|Table|HttpResponse)\(\s*"
    r"|\b(?:BadInput|Problem|add_error|message_user|messages\.\w+)\([^,()]+,\s*"
    r"|\bColumn\(.*\d, )f?\"([^\"]*)\""
    r"|\(\s*f?\"([^\"]*)\", {\s*\"fields\""
    r"|\braise (?!Assertion|BadRequest|Command|HeadingTooLong|Improperly|Key|Runtime|Spoiled|Type"
    r"|UnknownLocation|ValueError)\w+\(\s*f?\"([^\"]* [^\"]*)\"",
    re.M,
)


def sources(*patterns: str) -> Iterator[tuple[str, str]]:
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        if not ENGLISH.search(name):
            yield name, path.read_text(encoding="utf-8")


def words(groups: list[tuple[str, ...]]) -> list[str]:
    texts = [re.sub(r"{.*?}", "", html.unescape("".join(found))) for found in groups]
    return [text.strip() for text in texts if re.search(r"[^\W\d_]{2}", NAMES.sub("", text))]


def test_templates_mark_their_texts() -> None:
    for name, text in sources("templates/**/*.html", "templates/**/*.txt"):
        unmarked = MARKED.sub("", text)
        assert words(IN_FILTER.findall("".join(TAG.findall(unmarked)))) == [], name
        assert words(IN_HTML.findall(TAG.sub("", unmarked))) == [], name


def test_labels_and_messages_are_marked() -> None:
    for name, text in sources(*PYTHON):
        assert words(IN_PYTHON.findall(text)) == [], name


def test_form_fields_have_translated_labels() -> None:
    assert get_resolver().url_patterns  # imports the views and their forms
    plain, waiting = [], forms.BaseForm.__subclasses__()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        plain += [
            f"{form.__name__}.{name}"
            for name, field in getattr(form, "base_fields", {}).items()
            if form.__module__.startswith(APPS)
            and not (isinstance(field.label, Promise) or field.widget.is_hidden)
        ]
    assert plain == []


def test_nothing_is_translated_at_import() -> None:
    def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.Lambda):
                yield child
                yield from run_at_import(child)

    for name, text in sources(*PYTHON):
        tree = ast.parse(text)
        at_once = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if not alias.name.endswith(("_lazy", "_noop"))
        }
        calls = [node.func for node in run_at_import(tree) if isinstance(node, ast.Call)]
        assert not at_once & {getattr(called, "id", "") for called in calls}, name
