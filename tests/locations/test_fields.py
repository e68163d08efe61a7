"""The field template: label, input, value and errors."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from lxml import html

HOSTILE = '"><script>x</script>'
AWKWARD = "'\"<&>"


class Order(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.IntegerField(label="Below <credits>", min_value=1, required=False)
    text = forms.CharField(max_length=9, help_text="Nine.")
    secret = forms.CharField(widget=forms.PasswordInput)
    yes = forms.BooleanField(disabled=True)
    one = forms.TypedChoiceField(
        choices=[("", "none"), ("Letters", [("a", "<A>"), ("b", 'B & "')]), (7, "Seven")]
    )
    several = forms.MultipleChoiceField(choices=[(1, "One"), (2, "Two")])
    long = forms.CharField(widget=forms.Textarea)
    perhaps = forms.NullBooleanField(required=False)
    boxes = forms.MultipleChoiceField(
        choices=[("a", AWKWARD), (AWKWARD, "B")], widget=forms.CheckboxSelectMultiple
    )
    awkward = forms.CharField(widget=forms.TextInput(attrs={"data-note": AWKWARD}))


LABELLED = [name for name in Order.base_fields if name != "boxes"]  # which have a label each
VALUES = {
    "day": "2026-11-25",
    "number": "0",
    "text": HOSTILE,
    "secret": "hidden",
    "one": "b",
    "several": ["1", "2"],
    "long": HOSTILE,
    "perhaps": "false",
    "boxes": [AWKWARD],
    "awkward": AWKWARD,
}


def render_field(form: forms.Form, name: str) -> Any:
    template = Template("{{ bound.as_field_group }}")
    return html.fragment_fromstring(template.render(Context({"bound": form[name]})))


def labelled(form: forms.Form, name: str) -> Any:
    """The input that the label leads to."""
    field = render_field(form, name)
    (label,) = field.iter("label")
    assert label.text_content() == form[name].label
    (control,) = field.xpath(f'.//*[@id="{label.get("for")}"]')
    assert control.name == name
    return control


@pytest.mark.parametrize("name", LABELLED)
def test_each_field_has_its_label(name: str) -> None:
    assert labelled(Order(), name).get("aria-invalid") is None


@pytest.mark.parametrize("given", [{"data": VALUES}, {"initial": VALUES}], ids=["sent", "offered"])
def test_field_shows_its_value(given: dict[str, Any]) -> None:
    form = Order(**given)
    for name in ("day", "number", "text", "one", "long", "perhaps", "awkward"):
        assert labelled(form, name).value.strip() == VALUES[name], name
    assert set(labelled(form, "several").value) == {"1", "2"}
    assert labelled(form, "secret").value in (None, "")
    day = Order(initial={"day": dt.date(2026, 11, 25)})
    assert labelled(day, "day").value == "2026-11-25"


def test_input_has_the_limits_of_its_field() -> None:
    form = Order()
    asked = {name: dict(labelled(form, name).attrib) for name in LABELLED}
    assert (asked["day"]["type"], asked["number"]["type"]) == ("date", "number")
    assert asked["number"]["min"] == "1"
    assert asked["text"]["maxlength"] == "9"
    assert "required" in asked["text"]
    assert "required" not in asked["number"]
    assert (asked["yes"]["type"], "disabled" in asked["yes"]) == ("checkbox", True)


def test_choices_are_grouped() -> None:
    choices = labelled(Order(), "one")
    assert choices.value_options == ["", "a", "b", "7"]
    texts = [option.text_content().strip() for option in choices.iter("option")]
    assert texts == ["none", "<A>", 'B & "', "Seven"]
    assert choices.xpath(".//optgroup/@label") == ["Letters"]
    assert "multiple" in labelled(Order(), "several").attrib


@pytest.mark.parametrize(("given", "chosen"), [(None, "unknown"), (True, "true"), (False, "false")])
def test_null_boolean_is_a_choice_of_three(given: bool | None, chosen: str) -> None:
    perhaps = labelled(Order(initial={"perhaps": given}), "perhaps")
    assert perhaps.value_options == ["unknown", "true", "false"]
    assert perhaps.value == chosen


def test_each_box_has_its_label() -> None:
    boxes = render_field(Order(VALUES), "boxes").xpath(".//input")
    assert [(box.get("type"), box.name, box.get("value")) for box in boxes] == [
        ("checkbox", "boxes", "a"),
        ("checkbox", "boxes", AWKWARD),
    ]
    assert [box.checked for box in boxes] == [False, True]
    assert [box.label.text_content().strip() for box in boxes] == [AWKWARD, "B"]
    assert len({box.get("id") for box in boxes}) == 2


def test_attributes_are_escaped() -> None:
    field = labelled(Order(VALUES), "awkward")
    assert (field.value, field.get("data-note")) == (AWKWARD, AWKWARD)
    written = Order(VALUES)["awkward"].as_widget()
    assert written.count('="&#x27;&quot;&lt;&amp;&gt;"') == 2


def test_error_is_linked_from_the_input() -> None:
    form = Order(VALUES)
    number = labelled(form, "number")
    assert number.get("aria-invalid") == "true"
    errors = render_field(form, "number").get_element_by_id(number.get("aria-describedby"))
    assert errors.text_content() == "Ensure this value is greater than or equal to 1."
