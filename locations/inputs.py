"""Form fields as Django's own templates write them, the plain ones without a template.

A page has a dozen, and the template language takes half a millisecond for each, or for each of
the six hundred options of a time zone.
"""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString

WIDGETS = "django/forms/widgets/"
PLAIN = {f"{WIDGETS}{name}.html" for name in ("date", "number", "text", "checkbox")}
OPTION = f"{WIDGETS}checkbox_option.html"
SELECT, SELECT_OPTION = f"{WIDGETS}select.html", f"{WIDGETS}select_option.html"


class PlainInputs(TemplatesSetting):
    """The renderer of all forms; see FORM_RENDERER of Django's settings."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name in PLAIN or (template_name == OPTION and not widget["wrap_label"]):
            return _plain(widget)
        if template_name == SELECT and all(
            option["template_name"] == SELECT_OPTION
            for __, options, __ in widget["optgroups"]
            for option in options
        ):
            return _select(widget)
        return super().render(template_name, context, request)


def _plain(widget: dict[str, Any]) -> SafeString:
    attributes = {"type": widget["type"], "name": widget["name"]} | widget["attrs"]
    if widget["value"] is not None:
        attributes["value"] = str(widget["value"])
    return SafeString(f"<input{_attributes(attributes)}>")


def _attributes(attributes: dict[str, Any]) -> str:
    """As Django's `flatatt`: what is True stands without a value, False and None do not stand."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )


def _select(widget: dict[str, Any]) -> SafeString:
    parts = []
    for name, options, __ in widget["optgroups"]:
        written = _options(options)
        parts.append(
            format_html('<optgroup label="{}">{}</optgroup>', name, written) if name else written
        )
    attributes = _attributes({"name": widget["name"]} | widget["attrs"])
    return SafeString(f"<select{attributes}>{''.join(parts)}</select>")


def _options(options: list[dict[str, Any]]) -> SafeString:
    """Written piece by piece: `format_html` takes longer for an option than all the rest."""
    return SafeString(
        "".join(
            f'<option value="{escape(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{conditional_escape(option['label'])}</option>"
            for option in options
        )
    )
