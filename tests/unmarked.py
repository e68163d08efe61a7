"""Finds strings that people read and that nobody can translate, in templates and in Python."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

# Names, which are the same in every language.
NAMES = re.compile(r"RedFlag( Credits)?|Ctrl P|⌘ P|\b(?:[SM]MS|UTC|PDF|CSV|XLSX|Excel|A4|ID|API)\b")
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "aria-description", "summary", "label"}
NOT_READ = {"script", "style", "code"}

COMMENT = re.compile(r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}", re.S)
BLOCK = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.S)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
# A text that a filter puts in: {{ name|default:"nobody" }}.
PUT_IN = re.compile(r"\|(?:default|default_if_none|yesno|pluralize|join):\"([^\"]*)\"")


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unread: list[str] = []
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ:
            self.unread.append(tag)
        given = dict(attrs)
        names = ATTRIBUTES | ({"value"} if given.get("type") in ("submit", "button") else set())
        for name in names & given.keys():
            self._look(given[name] or "")

    def handle_endtag(self, tag: str) -> None:
        if self.unread and self.unread[-1] == tag:
            self.unread.pop()

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self._look(data)

    def _look(self, text: str) -> None:
        if WORD.search(NAMES.sub("", text)):
            self.found.append((self.getpos()[0], " ".join(text.split())))


def in_template(text: str) -> list[tuple[int, str]]:
    """Line and text of what is outside of translate tags."""
    put_in = [
        (text.count("\n", 0, found.start()) + 1, found[1])
        for tag in TAG.finditer(text)
        for found in PUT_IN.finditer(tag[0])
        if WORD.search(NAMES.sub("", found[1]))
    ]
    for pattern in (COMMENT, BLOCK, TAG):
        text = pattern.sub(lambda found: "\n" * found[0].count("\n"), text)
    reader = _Read()
    reader.feed(text)
    reader.close()
    return [*reader.found, *put_in]


# --- Python -----------------------------------------------------------------------------------

KEYWORDS = {
    "description",
    "empty_label",
    "empty_value",
    "help_text",
    "label",
    "search_help_text",
    "verbose_name",
    "verbose_name_plural",
    "violation_error_message",
}
ASSIGNED = KEYWORDS | {
    "index_title",
    "short_description",
    "subtitle",
    "title",
    "empty_value_display",
}
IN_DICTS = {
    "title",
    "subtitle",
    "description",
    "help",
    "does",
    "meet_button",
    "invalid",
    "required",
}
TABLES_OF_TEXTS = {"help_texts", "labels", "error_messages"}
# Calls whose texts people read, and at which places those stand.
CALLS = {
    "ValidationError": (0,),
    "BadInput": (1,),
    "Problem": (1,),
    "add_error": (1,),
    "message_user": (1,),
    "Column": (0, 2),
    "Table": (0,),
    "HttpResponse": (0,),
}
MESSAGES = {"success", "info", "warning", "error", "debug"}
# Errors that no user of the product reads: of programs, or refused requests without words.
FOR_PROGRAMS = {
    "AssertionError",
    "BadRequest",
    "CommandError",
    "HeadingTooLong",
    "ImproperlyConfigured",
    "KeyError",
    "RuntimeError",
    "SpoiledBook",
    "TypeError",
    "UnknownLocation",
    "ValueError",
}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def in_python(text: str) -> list[tuple[int, str]]:
    """Line and text of labels, help texts, choices, headings and refusals that are plain."""
    return sorted(set(_plain(ast.parse(text))))


def _plain(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if getattr(node.exc.func, "id", "") not in FOR_PROGRAMS:
                for given in node.exc.args:
                    yield from _sentences(given)
        elif isinstance(node, ast.ClassDef):
            yield from _in_class(node)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in IN_DICTS:
                    yield from _text(value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and _is_fieldset(node.elts[1]):
            yield from _text(node.elts[0])


def _in_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS:
            yield from _text(keyword.value)
        elif keyword.arg == "choices":
            yield from _choices(keyword.value)
        elif keyword.arg == "error_messages" and isinstance(keyword.value, ast.Dict):
            for value in keyword.value.values:
                yield from _text(value)
    if _is_form_field(call) and not any(given.arg == "label" for given in call.keywords):
        yield call.lineno, f"{name} without a label"  # Django would make one of its name
    if name == "__init__" and call.args:
        yield from _sentences(call.args[0])
    places = CALLS.get(name, ())
    owner = getattr(getattr(call.func, "value", None), "id", "")
    if name.endswith("Field") and owner == "models" and name not in RELATIONS:
        places = (0,)
    elif owner == "messages" and name in MESSAGES:
        places = (1,)
    for place in places:
        if place < len(call.args):
            yield from _text(call.args[place])


def _is_form_field(call: ast.Call) -> bool:
    """Of a form that people see, and not a hidden one."""
    owner = getattr(getattr(call.func, "value", None), "id", "")
    hidden = any(
        isinstance(node, ast.Attribute) and node.attr == "HiddenInput" for node in ast.walk(call)
    )
    return owner == "forms" and getattr(call.func, "attr", "").endswith("Field") and not hidden


def _choices(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The second of each pair is what people choose from."""
    for pair in node.elts if isinstance(node, ast.List | ast.Tuple) else []:
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            yield from _text(pair.elts[1])


def _sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of an error, also by field; a word alone is the name of a field or a state."""
    values = node.values if isinstance(node, ast.Dict) else [node]
    for value in values:
        yield from ((line, text) for line, text in _text(value) if " " in text)


def _in_class(found: ast.ClassDef) -> Iterator[tuple[int, str]]:
    bases = {base.attr for base in found.bases if isinstance(base, ast.Attribute)}
    for line in found.body:
        if isinstance(line, ast.AnnAssign):
            line = ast.Assign(targets=[line.target], value=line.value, lineno=line.lineno)  # noqa: PLW2901
        if not isinstance(line, ast.Assign) or line.value is None:
            continue
        name = getattr(line.targets[0], "id", "")
        if bases & {"TextChoices", "IntegerChoices"} and isinstance(line.value, ast.Tuple):
            yield from _text(line.value.elts[-1])
        elif name in ASSIGNED:
            yield from _text(line.value)
        elif name in TABLES_OF_TEXTS and isinstance(line.value, ast.Dict):
            for value in line.value.values:
                yield from _text(value)


def _is_fieldset(node: ast.AST) -> bool:
    return isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value == "fields" for key in node.keys
    )


def _text(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The text, where the expression is one; a call like `_()` is not looked into."""
    if isinstance(node, ast.IfExp):
        yield from _text(node.body)
        yield from _text(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _text(part)
    elif isinstance(node, ast.JoinedStr):
        words = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if WORD.search(NAMES.sub("", words)):
            yield node.lineno, words
    elif (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WORD.search(NAMES.sub("", node.value))
    ):
        yield node.lineno, node.value


def too_early(tree: ast.Module) -> list[int]:
    """Lines where a module that is read translates at once, whoever will read the text."""
    at_once = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in {"gettext", "ngettext", "pgettext", "npgettext"}
    }
    lines: list[int] = []
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, node.args]
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in at_once:
            lines.append(node.lineno)
        waiting += ast.iter_child_nodes(node)
    return sorted(lines)
