import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _
from pghistory.core import event_models

from locations.audit.formatting import EMPTY, format_value
from locations.db.sql import fetch_rows
from locations.models import audit
from locations.models.users import User

PAGE_SIZE = 50
MAX_PAGES = 200

# The newest of each event table, by its index; the outer query merges them.
EVENTS = """
    (SELECT {source} AS source, e.pgh_created_at AS at, e.pgh_id AS id, e.pgh_label AS label,
            1 AS count, e.pgh_context AS context
       FROM {table} e WHERE {conditions}
      ORDER BY e.pgh_created_at DESC, e.pgh_id DESC LIMIT %(limit)s)"""
# Rows that one transaction wrote in bulk, as those of a price list, are one entry.
BULK_EVENTS = """
    (SELECT {source} AS source, e.pgh_created_at AS at, min(e.pgh_id) AS id, e.pgh_label AS label,
            count(*) AS count, e.pgh_context AS context
       FROM {table} e WHERE {conditions}
      GROUP BY e.pgh_created_at, e.pgh_label, e.pgh_context
      ORDER BY e.pgh_created_at DESC, 3 DESC LIMIT %(limit)s)"""
# Each event beside the previous one of the same object.
VALUES = """
    SELECT {source}, e.pgh_id, to_jsonb(e),
           (SELECT to_jsonb(b) FROM {table} b
             WHERE b.{same} = e.{same} AND b.pgh_id < e.pgh_id
             ORDER BY b.pgh_id DESC LIMIT 1)
      FROM {table} e WHERE e.pgh_id = ANY(%(ids_{source})s)"""


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """`model` is a label like `locations.contract`; `recorded_at` selects one transaction."""

    by: int | None = None
    model: str = ""
    target: Model | None = None
    text: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    recorded_at: dt.datetime | None = None


@dataclass(slots=True)
class AuditEntry:
    """One change, or all rows of a bulk; `changes` are field, old and new value as text."""

    at: dt.datetime
    label: str
    model: type[Model]
    count: int
    context: dict[str, Any]
    object_id: Any = None
    name: str = ""
    by: Model | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        kind, __, action = str(self.context.get("kind", "")).partition(" ")
        labels = {"form": _("form"), "list": _("list"), "page": _("page")}
        return _("action: %(name)s") % {"name": action} if action else labels.get(kind, kind)

    @property
    def action(self) -> str:
        return str(audit.LABELS.get(self.label, self.label))

    @property
    def is_update(self) -> bool:
        return self.label == audit.CHANGED

    @property
    def model_name(self) -> str:
        meta = self.model._meta
        return str(meta.verbose_name if self.count == 1 else meta.verbose_name_plural)

    @property
    def model_label(self) -> str:
        return self.model._meta.label_lower


@cache
def _event_models() -> list[Any]:
    return sorted(event_models(), key=lambda model: model._meta.label)


def audited_models() -> list[type[Model]]:
    return sorted(
        (events.pgh_tracked_model for events in _event_models()),
        key=lambda model: str(model._meta.verbose_name),
    )


def read_entries(filters: AuditFilters, *, page: int = 1) -> tuple[list[AuditEntry], bool]:
    """The entries of a page, counted from 1, and whether there are more."""
    page = max(1, min(page, MAX_PAGES))
    params: dict[str, Any] = {
        "limit": page * PAGE_SIZE + 1,
        "offset": (page - 1) * PAGE_SIZE,
        "rows": PAGE_SIZE + 1,
    }
    queries = list(_queries(filters, params))
    if not queries:
        return [], False
    events = fetch_rows(
        f"SELECT * FROM ({' UNION ALL '.join(queries)}) events"
        " ORDER BY at DESC, source, id DESC LIMIT %(rows)s OFFSET %(offset)s",
        **params,
    )
    entries = list(_with_values(events[:PAGE_SIZE]))
    _resolve_names(entries)
    return entries, len(events) > PAGE_SIZE


def _queries(filters: AuditFilters, params: dict[str, Any]) -> Iterator[str]:
    for source, events in enumerate(_event_models()):
        if filters.model and events.pgh_tracked_model._meta.label_lower != filters.model:
            continue
        conditions = ["true"]
        if filters.target is not None:
            columns = list(_columns_to(events, filters.target))
            if not columns:
                continue
            conditions.append("(" + " OR ".join(f"e.{c} = %(target)s" for c in columns) + ")")
            params["target"] = filters.target.pk
        if filters.by is not None:
            conditions.append("(e.pgh_context->>'user') = %(by)s")
            params["by"] = str(filters.by)
        if filters.text:
            conditions.append("to_jsonb(e)::text ILIKE %(text)s")
            escaped = filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            params["text"] = f"%{escaped}%"
        for name, operator in (("since", ">="), ("until", "<"), ("recorded_at", "=")):
            if (at := getattr(filters, name)) is not None:
                conditions.append(f"e.pgh_created_at {operator} %({name})s")
                params[name] = at
        is_bulk = events.pgh_in_bulk and filters.recorded_at is None
        yield (BULK_EVENTS if is_bulk else EVENTS).format(
            source=source, table=events._meta.db_table, conditions=" AND ".join(conditions)
        )


def _columns_to(events: Any, target: Model) -> Iterator[str]:
    for one in events._meta.local_fields:
        if isinstance(one, ForeignKey):
            related: Any = one.related_model
            if related._meta.concrete_model is target._meta.concrete_model:
                yield one.column


def _with_values(events: list[tuple[Any, ...]]) -> Iterator[AuditEntry]:
    models = _event_models()
    ids: dict[int, list[int]] = {}
    for source, __, pk, *__ in events:
        ids.setdefault(source, []).append(pk)
    values: dict[tuple[int, int], tuple[dict[str, Any], dict[str, Any]]] = {}
    if ids:
        queries = []
        for source in ids:
            names = {one.name for one in models[source]._meta.local_fields}
            # A link between two models has no object of its own, so nothing came before.
            same = "pgh_obj_id" if "pgh_obj" in names else "pgh_id"
            table = models[source]._meta.db_table
            queries.append(VALUES.format(source=source, table=table, same=same))
        params = {f"ids_{source}": pks for source, pks in ids.items()}
        for source, pk, current, before in fetch_rows(" UNION ALL ".join(queries), **params):
            values[source, pk] = (_parse(current), _parse(before))
    for source, at, pk, label, count, context in events:
        current, before = values[source, pk]
        entry = AuditEntry(
            at=at,
            label=label,
            model=models[source].pgh_tracked_model,
            count=count,
            context=_parse(context),
            object_id=current.get("pgh_obj_id"),
        )
        match label:
            case audit.CHANGED:
                entry.before, entry.after = before, current
            case audit.DELETED:
                entry.before = current
            case audit.ADDED | audit.POSTED | audit.SEEN:
                entry.after = current
        yield entry


def _parse(value: str | None) -> dict[str, Any]:
    return json.loads(value) if value else {}


def _resolve_names(entries: Iterable[AuditEntry]) -> None:
    ids: dict[type[Model], set[Any]] = {}
    for entry in entries:
        if entry.object_id is not None:
            ids.setdefault(entry.model, set()).add(entry.object_id)
        for one in _changed_fields(entry):
            if isinstance(one, ForeignKey):
                related: Any = one.related_model
                values = {entry.before.get(one.column), entry.after.get(one.column)} - {None}
                ids.setdefault(related, set()).update(values)
        if (user := entry.context.get("user")) is not None:
            ids.setdefault(User, set()).add(user)
    objects = {model: _load(model, pks) for model, pks in ids.items()}
    for entry in entries:
        entry.by = objects.get(User, {}).get(entry.context.get("user"))
        existing = objects.get(entry.model, {}).get(entry.object_id)
        entry.name = str(existing) if existing is not None else _last_name(entry)
        if entry.count == 1:
            entry.changes = list(_changes(entry, objects))


def _load(model: type[Model], pks: set[Any]) -> dict[Any, Model]:
    related = [one.name for one in model._meta.local_fields if isinstance(one, ForeignKey)]
    objects = model._base_manager.filter(pk__in=pks).select_related(*related)
    return {one.pk: one for one in objects}


def _last_name(entry: AuditEntry) -> str:
    values = entry.after or entry.before
    for name in ("name", "email", "reference", "file_name"):
        if values.get(name):
            return str(values[name])
    return f"{entry.model._meta.verbose_name} {entry.object_id or ''}".strip()


def _changed_fields(entry: AuditEntry) -> Iterator["Field[Any, Any]"]:
    for one in entry.model._meta.concrete_fields:  # a proxy has no local fields
        if one.primary_key or one.column not in (entry.after or entry.before):
            continue
        old, new = entry.before.get(one.column), entry.after.get(one.column)
        if old != new and not (old in EMPTY and new in EMPTY):
            yield one


def _changes(
    entry: AuditEntry, objects: dict[type[Model], dict[Any, Model]]
) -> Iterator[tuple[str, str, str]]:
    for one in _changed_fields(entry):
        related = objects.get(one.related_model, {}) if isinstance(one, ForeignKey) else {}
        old, new = (
            format_value(one, values.get(str(one.column)), related)
            for values in (entry.before, entry.after)
        )
        yield str(one.verbose_name), old, new
