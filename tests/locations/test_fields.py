"""A field, its label and what is wrong with it."""

from django import forms
from django.template import Context, Template

from locations.inputs import PlainInputs


class Credits(forms.Form):
    below = forms.IntegerField(label="Below <credits>", min_value=1)


def shown(form: forms.Form) -> str:
    return Template("{% load fields %}{% field form.below %}").render(Context({"form": form}))


def test_a_field_has_its_label() -> None:
    assert shown(Credits(renderer=PlainInputs())) == (
        '<div class="field"><label for="id_below">Below &lt;credits&gt;</label>'
        '<input type="number" name="below" min="1" required id="id_below"></div>'
    )


def test_what_is_wrong_stands_where_the_input_says() -> None:
    assert shown(Credits({"below": "0"}, renderer=PlainInputs())) == (
        '<div class="field"><label for="id_below">Below &lt;credits&gt;</label>'
        '<input type="number" name="below" min="1" required aria-invalid="true"'
        ' aria-describedby="id_below_error" id="id_below" value="0">'
        '<ul class="errors" id="id_below_error">'
        "<li>Ensure this value is greater than or equal to 1.</li></ul></div>"
    )
