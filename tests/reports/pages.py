"""Reading a page as a person would."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import html


def words(answer: Any) -> str:
    """What the page says, without its tags."""
    whole = page(answer)
    return " ".join("".join(_texts(next(whole.iter("main"), whole))).split())


def rows(answer: Any, part: str = "tbody") -> list[list[str]]:
    """The cells of the daily table, as they read on a wide screen."""
    return table_rows(next(page(answer).iter(part)))


def table_rows(body: Any) -> list[list[str]]:
    for hidden in body.xpath('.//details | .//span[@class="nothing"]'):
        hidden.drop_tree()
    return [
        [re.sub(r"\s*\n\s*", " ", cell.text_content()).strip() for cell in row.iter("th", "td")]
        for row in body.iter("tr")
    ]


def links(answer: Any) -> dict[str, str]:
    """Where each link of the page leads, and what it says; the last of several that lead there."""
    return {link.get("href"): _line(link) for link in page(answer).iter("a")}


def actions(answer: Any) -> set[str]:
    """Where the forms and buttons of the page send."""
    return set(page(answer).xpath("//@action | //@formaction"))


def field(answer: Any, label: str) -> Any:
    """The input, select or textarea of the first label that says this."""
    whole = page(answer)
    found = next(each for each in whole.iter("label") if _line(each) == label)
    return whole.get_element_by_id(found.get("for"))


def cells(answer: Any) -> list[str]:
    """Those of all tables."""
    return [_line(cell) for cell in page(answer).iter("th", "td")]


def page(answer: Any) -> Any:
    return html.document_fromstring(answer.text)


def without_tokens(page: str) -> str:
    """The page without what differs at every look: the tokens of its forms, and its own address."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", page)


def _line(element: Any) -> str:
    return " ".join(element.text_content().split())


def _texts(element: Any) -> Iterator[str]:
    """Words of different elements stand apart, but for those within a sentence."""
    apart = "" if element.tag in ("a", "strong") else " "
    if isinstance(element.tag, str):
        yield apart + (element.text or "")
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
        yield apart
