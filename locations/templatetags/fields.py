"""A field of a form with its label and what is wrong with it, as every page shows it."""

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


# In Python, like the inputs (locations.inputs): a template takes most of a millisecond a field.
@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """The label, the input, and its errors under the id that the input names as described by."""
    errors = format_html_join("", "<li>{}</li>", ((error,) for error in bound.errors))
    return format_html(
        '<div class="field"><label for="{}">{}</label>{}{}</div>',
        bound.id_for_label,
        bound.label,
        bound,
        format_html('<ul class="errors" id="{}_error">{}</ul>', bound.auto_id, errors)
        if errors
        else "",
    )
