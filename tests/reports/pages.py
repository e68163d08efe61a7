"""Reading a page as a person would."""

import re
from typing import Any


def words(answer: Any) -> str:
    """What the page says, without its tags."""
    main = answer.text.split('tabindex="-1">', 1)[1].split("</main>")[0]
    main = re.sub(r"</?(strong|a)\b[^>]*>", "", main)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def rows(answer: Any, part: str = "tbody") -> list[list[str]]:
    """The cells of the daily table, as they read on a wide screen."""
    body = answer.text.split(f"<{part}", 1)[1].split(f"</{part}>")[0]
    body = re.sub(r"<details.*?</details>", "", body, flags=re.S)
    body = re.sub(r'<span class="nothing".*?</span>', "", body)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", re.sub(r"\s*\n\s*", " ", body), flags=re.S)
    ]


def without_tokens(page: str) -> str:
    """The page without what differs at every look: the tokens of its forms, and its own address."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", page)
