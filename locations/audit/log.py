"""Reading the trail: what staff changed, newest first, whichever table it is of."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _
from pghistory.core import event_models

from locations.audit.formatting import EMPTY, in_words
from locations.models import audit
from locations.models.users import User

PER_PAGE = 50
MOST_PAGES = 200

# Newest first of one table, by its index; the outer query merges them.
BRANCH = """
    (SELECT {source} AS source, e.pgh_created_at AS at, e.pgh_id AS id, e.pgh_label AS label,
            1 AS number, e.pgh_context AS context
       FROM {table} e WHERE {conditions}
      ORDER BY e.pgh_created_at DESC, e.pgh_id DESC LIMIT %(through)s)"""
# A file of prices is one line: its rows were written in one transaction, by one person.
BULK_BRANCH = """
    (SELECT {source} AS source, e.pgh_created_at AS at, min(e.pgh_id) AS id, e.pgh_label AS label,
            count(*) AS number, e.pgh_context AS context
       FROM {table} e WHERE {conditions}
      GROUP BY e.pgh_created_at, e.pgh_label, e.pgh_context
      ORDER BY e.pgh_created_at DESC, 3 DESC LIMIT %(through)s)"""
ROWS = """
    SELECT {source}, e.pgh_id, to_jsonb(e),
           (SELECT to_jsonb(b) FROM {table} b
             WHERE b.{same} = e.{same} AND b.pgh_id < e.pgh_id
             ORDER BY b.pgh_id DESC LIMIT 1)
      FROM {table} e WHERE e.pgh_id = ANY(%(of_{source})s)"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of a person, a model (`locations.contract`), an object, with a text, between
    two instants, or all of one transaction, by its instant."""

    by: int | None = None
    model: str = ""
    of: Model | None = None
    text: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    moment: dt.datetime | None = None


@dataclass(slots=True)
class Line:
    """One change, or all rows of a bulk; `changes` are field, old and new value, in words."""

    at: dt.datetime
    label: str
    model: type[Model]
    number: int
    context: dict[str, Any]
    object_id: Any = None
    name: str = ""
    by: Model | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """How: a form, a list, an action with its name, a page."""
        kind, __, action = str(self.context.get("kind", "")).partition(" ")
        words = {"form": _("form"), "list": _("list"), "page": _("page")}
        return _("action: %(name)s") % {"name": action} if action else words.get(kind, kind)

    @property
    def act(self) -> str:
        return str(audit.IN_WORDS.get(self.label, self.label))

    @property
    def emptied(self) -> bool:
        return self.label == audit.CHANGED

    @property
    def what(self) -> str:
        names = self.model._meta
        return str(names.verbose_name if self.number == 1 else names.verbose_name_plural)

    @property
    def model_label(self) -> str:
        return self.model._meta.label_lower


@cache
def _sources() -> list[Any]:
    return sorted(event_models(), key=lambda model: model._meta.label)


def models_kept() -> list[type[Model]]:
    """What has a trail, in the order of its names."""
    return sorted(
        (source.pgh_tracked_model for source in _sources()),
        key=lambda model: str(model._meta.verbose_name),
    )


def read(wanted: Wanted, *, page: int = 1) -> tuple[list[Line], bool]:
    """The lines of a page, counted from 1, and whether there are more; a fixed number of queries
    for the models on it."""
    page = max(1, min(page, MOST_PAGES))
    values: dict[str, Any] = {
        "through": page * PER_PAGE + 1,
        "from": (page - 1) * PER_PAGE,
        "number": PER_PAGE + 1,
    }
    branches = list(_branches(wanted, values))
    if not branches:
        return [], False
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({' UNION ALL '.join(branches)}) lines"
            " ORDER BY at DESC, source, id DESC LIMIT %(number)s OFFSET %(from)s",
            values,
        )
        found = cursor.fetchall()
    lines = list(_filled(found[:PER_PAGE]))
    _put_into_words(lines)
    return lines, len(found) > PER_PAGE


def _branches(wanted: Wanted, values: dict[str, Any]) -> Iterator[str]:
    for number, source in enumerate(_sources()):
        tracked = source.pgh_tracked_model
        if wanted.model and tracked._meta.label_lower != wanted.model:
            continue
        conditions = ["true"]
        if wanted.of is not None:
            columns = list(_columns_to(source, wanted.of))
            if not columns:
                continue
            conditions.append("(" + " OR ".join(f"e.{c} = %(of)s" for c in columns) + ")")
            values["of"] = wanted.of.pk
        if wanted.by is not None:
            conditions.append("(e.pgh_context->>'user') = %(by)s")
            values["by"] = str(wanted.by)
        if wanted.text:
            conditions.append("to_jsonb(e)::text ILIKE %(text)s")
            escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values["text"] = f"%{escaped}%"
        for name, sign in (("since", ">="), ("until", "<"), ("moment", "=")):
            if (instant := getattr(wanted, name)) is not None:
                conditions.append(f"e.pgh_created_at {sign} %({name})s")
                values[name] = instant
        together = source.pgh_in_bulk and wanted.moment is None
        yield (BULK_BRANCH if together else BRANCH).format(
            source=number, table=source._meta.db_table, conditions=" AND ".join(conditions)
        )


def _columns_to(source: Any, of: Model) -> Iterator[str]:
    """Where rows of an event table name the object: as themselves, or as what they belong to."""
    for one in source._meta.local_fields:
        if isinstance(one, ForeignKey) and _same(one.related_model, type(of)):
            yield one.column


def _same(one: Any, other: type[Model]) -> bool:
    """A proxy and what it stands for are the same table."""
    return bool(one._meta.concrete_model is other._meta.concrete_model)


def _filled(found: list[tuple[Any, ...]]) -> Iterator[Line]:
    sources = _sources()
    of_source: dict[int, list[int]] = {}
    for number, __, pk, *__ in found:
        of_source.setdefault(number, []).append(pk)
    rows: dict[tuple[int, int], tuple[dict[str, Any], dict[str, Any] | None]] = {}
    if of_source:
        parts = []
        for number in of_source:
            names = {one.name for one in sources[number]._meta.local_fields}
            # Who joins a group is no row of its own: nothing came before.
            same = "pgh_obj_id" if "pgh_obj" in names else "pgh_id"
            parts.append(
                ROWS.format(source=number, table=sources[number]._meta.db_table, same=same)
            )
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(parts), {f"of_{n}": pks for n, pks in of_source.items()}
            )
            for number, pk, now, before in cursor.fetchall():
                rows[number, pk] = (_json(now), _json(before))
    for number, at, pk, label, count, context in found:
        now, before = rows[number, pk]
        line = Line(
            at=at,
            label=label,
            model=sources[number].pgh_tracked_model,
            number=count,
            context=_json(context) or {},
            object_id=now.get("pgh_obj_id"),
        )
        match label:
            case audit.CHANGED:
                line.before, line.after = before or {}, now
            case audit.DELETED:
                line.before = now
            case audit.ADDED | audit.FOUND | audit.POSTED | audit.SEEN:
                line.after = now
        yield line


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value)
    return value


def _put_into_words(lines: Iterable[Line]) -> None:
    """Names of objects, of who did it and of what fields point at: one query for each model."""
    wanted: dict[type[Model], set[Any]] = {}
    for line in lines:
        if line.object_id is not None:
            wanted.setdefault(line.model, set()).add(line.object_id)
        for one in _shown(line):
            if isinstance(one, ForeignKey):
                related: Any = one.related_model
                ids = {line.before.get(one.column), line.after.get(one.column)} - {None}
                wanted.setdefault(related, set()).update(ids)
        if (user := line.context.get("user")) is not None:
            wanted.setdefault(User, set()).add(user)
    named = {model: _names(model, ids) for model, ids in wanted.items()}
    for line in lines:
        line.by = named.get(User, {}).get(line.context.get("user"))
        known = named.get(line.model, {}).get(line.object_id)
        line.name = str(known) if known is not None else _last_name(line)
        if line.number == 1:
            line.changes = list(_changes(line, named))


def _names(model: type[Model], ids: set[Any]) -> dict[Any, Model]:
    manager = model._base_manager
    ahead = [one.name for one in model._meta.local_fields if isinstance(one, ForeignKey)]
    return {one.pk: one for one in manager.filter(pk__in=ids).select_related(*ahead)}


def _last_name(line: Line) -> str:
    """Of what is there no more, or is no row that has a page."""
    values = line.after or line.before
    for name in ("name", "email", "reference", "file_name"):
        if values.get(name):
            return str(values[name])
    return f"{line.model._meta.verbose_name} {line.object_id or ''}".strip()


def _shown(line: Line) -> Iterator["Field[Any, Any]"]:
    """The fields that changed; of what was added or deleted those that said something."""
    for one in line.model._meta.concrete_fields:  # a proxy has none of its own
        if one.primary_key or one.column not in (line.after or line.before):
            continue
        old, new = line.before.get(one.column), line.after.get(one.column)
        if old != new and not (old in EMPTY and new in EMPTY):
            yield one


def _changes(
    line: Line, named: dict[type[Model], dict[Any, Model]]
) -> Iterator[tuple[str, str, str]]:
    for one in _shown(line):
        known = named.get(one.related_model, {}) if isinstance(one, ForeignKey) else {}
        old, new = (
            in_words(one, kept.get(str(one.column)), known) for kept in (line.before, line.after)
        )
        yield str(one.verbose_name), old, new
