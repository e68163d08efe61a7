"""Finds texts that would say "1 credits": a number before many things, and one form for both."""

import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog

PLACEHOLDER = r"(?:%\(\w+\)[sd]|%[sd]|\{\w*\})"
TAGS = re.compile(r"</?\w+>")
# What the product counts; one word may stand between the number and the thing.
COUNTED = (
    r"(?:accounts|broadcasts|calls|characters|charges|columns|contracts|corrections|countries|"
    r"credits|days|digits|entries|files|holds|hours|lines|lists|locations|mails|messages|minutes|"
    r"months|numbers|ones|people|prices|purchases|recipients|renewals|reports|requests|rows|"
    r"seconds|sheets|terms|texts|times|tries|users|values|weeks|years)"
)
BETWEEN = r"(?:(?!(?:of|in|to|for|now|the)\b)[a-z]+ )?"
BEFORE_MANY = re.compile(rf"(?<!\w){PLACEHOLDER} {BETWEEN}{COUNTED}\b")


def of_one_form(catalog: Catalog) -> Iterator[str]:
    """English that puts a number before a plural where the number may be one.

    Of a text with two forms the one for 1 is looked at: there a second number may stand.
    """
    for message in catalog:
        text = message.id if isinstance(message.id, str) else message.id[0]
        if BEFORE_MANY.search(TAGS.sub("", text)):
            yield text
