"""Links to the same page say what Django's own `querystring` would."""

import pytest
from django.http import QueryDict
from django.template import RequestContext, Template
from django.test import RequestFactory

from locations.templatetags.queries import changed

ASKED = "kind=text&kind=chat&page=3&q=a+%26+b"


@pytest.mark.parametrize(
    "changes",
    [
        "",
        "page=2",
        "page=None",
        "sort='-net' page=None",
        "kind='voice'",
        "kind=None page=None q=None",
        "absent=None",
    ],
)
def test_they_ask_for_the_same_as_djangos(changes: str) -> None:
    context = RequestContext(RequestFactory().get(f"/?{ASKED}"))
    ours = Template(f"{{% load queries %}}{{% query_with {changes} %}}").render(context)
    djangos = Template(f"{{% querystring {changes} %}}").render(context)
    assert {ours[:1], djangos[:1]} == {"?"}
    said = [QueryDict(link.replace("&amp;", "&").removeprefix("?")) for link in (ours, djangos)]
    assert dict(said[0].lists()) == dict(said[1].lists())


def test_what_was_asked_is_not_changed() -> None:
    asked = QueryDict(ASKED)
    assert changed(asked, page=None, kind="voice") == "?q=a+%26+b&kind=voice"
    assert asked.urlencode() == ASKED
