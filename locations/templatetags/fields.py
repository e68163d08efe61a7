"""A field of a form with its label and what is wrong with it, as every page shows it."""

from django import template
from django.forms import BoundField
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

register = template.Library()


# In Python, like the inputs (locations.inputs): a template takes most of a millisecond a field.
@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """The label, the input, and its errors under the id that the input names as described by."""
    errors = "".join(f"<li>{conditional_escape(str(error))}</li>" for error in bound.errors)
    if errors:
        errors = f'<ul class="errors" id="{escape(bound.auto_id)}_error">{errors}</ul>'
    label = f'<label for="{escape(bound.id_for_label)}">{conditional_escape(bound.label)}</label>'
    return SafeString(f'<div class="field">{label}{bound}{errors}</div>')
