"""Plain inputs are those of Django's own templates."""

import datetime as dt
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from locations.inputs import PlainInputs


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, words: str) -> None:
        if words.strip():
            self.found.append((words.strip(), {}))


class Everything(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "data-x": '"<&'}))
    number = forms.IntegerField(min_value=0, max_value=7, required=False)
    text = forms.CharField(max_length=9, help_text="Nine.", widget=forms.TextInput({"size": 3}))
    secret = forms.CharField(widget=forms.PasswordInput)
    yes = forms.BooleanField()
    no = forms.BooleanField(required=False, disabled=True)
    some = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    one = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    grouped = forms.TypedChoiceField(
        choices=[("", "none"), ("Letters", [("a", "<A>"), ("b", 'B & "')]), (7, "Seven")]
    )
    several = forms.MultipleChoiceField(choices=[(1, "One"), (2, "Two")])
    known = forms.NullBooleanField()
    long = forms.CharField(widget=forms.Textarea)


SAID = {
    "day": "2026-11-25",
    "number": "12",
    "text": '"><script>x</script>',
    "yes": "on",
    "some": ["b"],
    "one": "b",
    "grouped": "b",
    "several": ["1", "2"],
    "known": "true",
}
GIVEN: list[dict[str, Any]] = [
    {},
    {"data": {}},
    {"data": SAID},
    {"initial": SAID | {"day": dt.date(2026, 11, 25), "number": 0}},
]


@pytest.mark.parametrize("given", GIVEN, ids=["empty", "nothing said", "said", "offered"])
def test_each_field_is_the_one_of_djangos_templates(given: dict[str, Any]) -> None:
    ours = Everything(**given, renderer=PlainInputs())
    theirs = Everything(**given, renderer=TemplatesSetting())
    for mine, their in zip(ours, theirs, strict=True):
        assert Tags(str(mine)).found == Tags(str(their)).found, mine.name
    for mine, their in zip(ours["some"], theirs["some"], strict=True):
        assert Tags(mine.tag()).found == Tags(their.tag()).found
