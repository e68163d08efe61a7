"""Links to the page that is asked for, asked for otherwise."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template import Context

register = template.Library()


def changed(asked: QueryDict, **changes: Any) -> str:
    """What was asked with these parameters instead, after a question mark; None leaves one out.

    Django's `querystring` says the same, but copies each parameter deeply for each link: with the
    twenty links of a page that took a tenth of its time.
    """
    pairs = [(name, value) for name, values in asked.lists() for value in values]
    kept = [(name, value) for name, value in pairs if name not in changes]
    new = [(name, value) for name, value in changes.items() if value is not None]
    return f"?{urlencode(kept + new)}"


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    return changed(context["request"].GET, **changes)
