"""Form fields as Django's own templates write them, the plain ones without a template.

A page has a dozen, and the template language takes half a millisecond for each.
"""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDGETS = "django/forms/widgets/"
PLAIN = {f"{WIDGETS}{name}.html" for name in ("date", "number", "text", "checkbox")}
OPTION = f"{WIDGETS}checkbox_option.html"


class PlainInputs(TemplatesSetting):
    """The renderer of all forms; see FORM_RENDERER of Django's settings."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name in PLAIN or (template_name == OPTION and not widget["wrap_label"]):
            return _plain(widget)
        return super().render(template_name, context, request)


def _plain(widget: dict[str, Any]) -> SafeString:
    attributes = {"type": widget["type"], "name": widget["name"]} | widget["attrs"]
    if widget["value"] is not None:
        attributes["value"] = str(widget["value"])
    return format_html("<input{}>", flatatt(attributes))
