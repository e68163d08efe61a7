"""What the tables of the pages have in common."""


def head(css_class: str) -> dict[str, dict[str, str]]:
    return {"th": {"class": css_class}}
