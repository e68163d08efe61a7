"""Whatever people read can be translated: nothing plain in templates, labels and messages."""

import ast
from pathlib import Path

import pytest

from tests.plugin import ROOT
from tests.unmarked import in_python, in_template, too_early

# Read by programs and their authors, in English: the API, its page, and files for operators.
ENGLISH = (
    "ledger/api/",
    "templates/api/",
    "ledger/charging.py",
    "ledger/holding.py",
    "ledger/quoting.py",
    "ledger/requests.py",
    "ledger/statuses.py",
    "ledger/traffic_files.py",
    "reports/demo/",
)
FOLDERS = ("locations", "ledger", "reports", "redflag_credits", "templates")
LEFT_OUT = {"migrations", "management", "local", "static", "locale"}
# What a language is called is the same in every one.
SAME_EVERYWHERE = {"English", "Français", "Español", "Português (Brasil)"}


def files(*endings: str) -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in endings
        and not LEFT_OUT & set(path.relative_to(ROOT).parts)
        and not path.relative_to(ROOT).as_posix().startswith(ENGLISH)
    ]


def test_templates_hold_no_text_that_is_not_marked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in files(".html", ".txt")
        for line, text in in_template(path.read_text())
    ]
    assert found == []


def test_labels_help_texts_headings_and_messages_are_marked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in files(".py")
        for line, text in in_python(path.read_text())
        if text not in SAME_EVERYWHERE
    ]
    assert found == []


def test_nothing_is_translated_when_its_module_is_read() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files(".py")
        for line in too_early(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Plain words</p>", ["Plain words"]),
        ("{% load i18n %}<p>{% translate 'Marked' %} not</p>", ["not"]),
        ("{% blocktranslate %}Marked{% plural %}All{% endblocktranslate %}", []),
        ("{# a note #}{% comment %}words{% endcomment %}{{ figure }} · UTC", []),
        ('<a title="Go there" aria-label="{% translate "Go" %}">', ["Go there"]),
        ('<input placeholder="Name"><input type="hidden" value="name">', ["Name"]),
        ('<input type="submit" value="Send it">', ["Send it"]),
        ('<img alt="A flag">', ["A flag"]),
        ('{{ name|default:"nobody" }}{{ name|default:"–" }}', ["nobody"]),
        ('{{ n }} line{{ n|pluralize:"y,ies" }}', ["line", "y,ies"]),
        ("<style>p { color: red }</style><code>manage.py</code>", []),
    ],
)
def test_a_planted_text_in_a_template_is_found(template: str, found: list[str]) -> None:
    assert [text for line, text in in_template(template)] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('name = forms.CharField(label="Name")', ["Name"]),
        ('name = forms.CharField(label=_("Name"), help_text="As it is")', ["As it is"]),
        ("time_zone = forms.ChoiceField(initial=1)", ["ChoiceField without a label"]),
        ("key = forms.UUIDField(widget=forms.HiddenInput)", []),
        ('level = forms.ChoiceField(label=_("a"), choices=[(1, "Low"), (2, _("Out"))])', ["Low"]),
        ('name = models.CharField("name", max_length=3)', ["name"]),
        ("user = models.ForeignKey('User', on_delete=models.PROTECT)", []),
        ('class A(models.TextChoices):\n    ON = "on", "On"\n    OFF = "off", _("Off")', ["On"]),
        ('class Meta:\n    verbose_name = "entry"', ["entry"]),
        ('messages.success(request, "It is done.")', ["It is done."]),
        ('self.message_user(request, f"{user} is gone.")', [" is gone."]),
        ('raise ValidationError("Choose one.")', ["Choose one."]),
        ('form.add_error(None, _("a") if yes else "Choose one.")', ["Choose one."]),
        ('fieldsets = ((_("A"), {"fields": ()}), ("What", {"fields": ()}))', ["What"]),
        ('Column("Day", 12, _("The day"))', ["Day"]),
        ('@admin.display(description="Age")\ndef age(self): ...', ["Age"]),
        ('context = {"title": "Try it", "opts": opts}', ["Try it"]),
    ],
)
def test_a_planted_text_in_python_is_found(source: str, found: list[str]) -> None:
    assert [text for line, text in in_python(source)] == found


def test_a_text_translated_too_early_is_found() -> None:
    source = (
        "from django.utils.translation import gettext as _\n"
        "from django.utils.translation import gettext_lazy\n"
        'A = _("Too early")\n'
        'B = gettext_lazy("In time")\n'
        "def c(): return _('In time')\n"
    )
    assert too_early(ast.parse(source)) == [3]
