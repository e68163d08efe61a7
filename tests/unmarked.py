"""Finds texts that people read and that are not translated, in templates and in Python."""

import ast
import re
from collections.abc import Iterator

from lxml import html

# Names are the same in every language.
NAMES = re.compile(r"RedFlag( Credits)?|Ctrl P|⌘ P|\b([SM]MS|UTC|PDF|CSV|XLSX|Excel|A4|ID|API)\b")
MARKED = re.compile(
    r"{#.*?#}|{% comment.*?endcomment %}|{% blocktranslate\b.*?endblocktranslate %}"
    r"|<(script|style|code)\b.*?</\1>| (?:class|id|lang)=\"(?:{{.*?}}|{%.*?%}|[^\"])*\"",
    re.S,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
IN_FILTER = re.compile(r"\|(?:default|default_if_none|yesno|pluralize|join):([\"'])(.*?)\1")
IN_HTML = {"title", "aria-label", "aria-description", "placeholder", "alt", "summary", "label"}
# Keywords, attributes and keys of Python whose values are shown.
SHOWN = {"label", "help_text", "search_help_text", "empty_label", "empty_value", "description"}
SHOWN |= {"empty_value_display", "short_description", "verbose_name", "verbose_name_plural"}
SHOWN |= {"violation_error_message", "index_title", "title", "subtitle", "choices", "labels"}
SHOWN |= {"help_texts", "error_messages", "answer_help", "approve_button", "invalid", "required"}
# Functions that show their arguments, from this one on.
SHOWING = {"ValidationError": 0, "Column": 0, "Table": 0, "HttpResponse": 0, "BadInput": 1}
SHOWING |= {"Problem": 1, "add_error": 1, "message_user": 1}
FOR_PROGRAMS = {"AssertionError", "BadRequest", "CommandError", "HeadingTooLong", "KeyError"}
FOR_PROGRAMS |= {"ImproperlyConfigured", "RuntimeError", "SpoiledBook", "TypeError", "ValueError"}
FOR_PROGRAMS |= {"UnknownLocation"}


def has_words(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", NAMES.sub("", re.sub(r"<[^>]*>", "", text))))


def in_template(text: str) -> list[str]:
    unmarked = MARKED.sub("", text)
    texts = [found[1] for tag in TAG.finditer(unmarked) for found in IN_FILTER.findall(tag[0])]
    for element in html.document_fromstring(f"<p>{TAG.sub('', unmarked)}").iter():
        is_button = element.get("type") in ("submit", "button")
        texts += [
            element.tail or "",
            *([element.text or ""] if isinstance(element.tag, str) else []),
            *(element.get(name, "") for name in IN_HTML | ({"value"} if is_button else set())),
        ]
    return [text.strip() for text in texts if has_words(text)]


def in_python(text: str) -> list[str]:
    return [text for node in ast.walk(ast.parse(text)) for text in _shown(node) if has_words(text)]


def _shown(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.keyword(arg=name, value=value) if name in SHOWN:
            yield from _plain(value)
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            if SHOWN & {getattr(target, "id", ""), getattr(target, "attr", "")}:
                yield from _plain(value)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if getattr(key, "value", "") in SHOWN:
                    yield from _plain(value)
        case ast.Tuple(elts=[title, ast.Dict(keys=[ast.Constant("fields"), *_])]):
            yield from _plain(title)
        case ast.Raise(exc=ast.Call(func=function, args=given)):
            if _name(function) not in FOR_PROGRAMS:
                yield from _sentences(given)
        case ast.Call(func=ast.Attribute(attr="__init__"), args=given):
            yield from _sentences(given)
        case ast.Call(func=ast.Attribute(value=ast.Name("messages"), attr=level), args=given):
            if level in {"success", "info", "warning", "error"}:
                yield from _plain(*given[1:])
        case ast.Call(func=function, args=given) if _name(function) in SHOWING:
            yield from _plain(*given[SHOWING[_name(function)] :])


def _name(function: ast.AST) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _sentences(given: list[ast.expr]) -> Iterator[str]:
    """A word alone is the name of a field or a state."""
    return (text for text in _plain(*given) if " " in text)


def _plain(*nodes: ast.AST | None) -> Iterator[str]:
    """Literals that may become the value: not what is given to a function such as `_`."""
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=parts):
                yield "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            case ast.IfExp(body=one, orelse=other):
                yield from _plain(one, other)
            case ast.BinOp(left=text):
                yield from _plain(text)
            case ast.BoolOp(values=several) | ast.Dict(values=several) | ast.List(elts=several):
                yield from _plain(*several)
            case ast.Tuple(elts=[ast.Tuple(), *_] as pairs):
                yield from _plain(*pairs)
            case ast.Tuple(elts=[_, label]):
                yield from _plain(label)
