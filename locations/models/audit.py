from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from pghistory.models import Events

from locations.models.triggers import no_truncate

TModel = TypeVar("TModel", bound=type[models.Model])

ADDED, CHANGED, DELETED = "added", "changed", "deleted"
SEEN, IMPERSONATED, POSTED = "seen", "seen as its manager", "posted"
RENEWED = "renewed by hand"
PASSWORD_SET, SECOND_STEP_OFF = "password set", "second step turned off"

LABELS = {
    ADDED: _("added"),
    CHANGED: _("changed"),
    DELETED: _("deleted"),
    SEEN: _("looked at"),
    IMPERSONATED: _("seen as its manager sees it"),
    POSTED: _("posted"),
    RENEWED: _("renewed by hand"),
    PASSWORD_SET: _("password set"),
    SECOND_STEP_OFF: _("second step turned off"),
}


def audited(
    *trackers: Any,
    fields: Collection[str] | None = None,
    exclude: Collection[str] = (),
    in_bulk: bool = False,
    links: bool = False,
    by_trigger: bool = True,
) -> Callable[[TModel], TModel]:
    """Record inserts, updates and deletes of a model, and who made them, in an append-only table.

    `trackers` record further events. `exclude` is for personal, secret and automatic fields.
    `in_bulk` is for rows written by the hundred: one trigger a statement, one entry of the log.
    `links` is for the table between two models, whose rows are only added and deleted.
    Without `by_trigger` code calls `pghistory.create_event`: for tables that charging writes.
    """
    level = pgtrigger.Statement if in_bulk else pgtrigger.Row
    events: list[Any] = [*trackers]
    if by_trigger:
        events.append(pghistory.InsertEvent(ADDED, level=level))
        events.append(pghistory.DeleteEvent(DELETED, level=level))
    if by_trigger and not links:
        events.append(pghistory.UpdateEvent(CHANGED, level=level))

    def decorate(model: TModel) -> TModel:
        return pghistory.track(
            *events,
            fields=list(fields) if fields is not None else None,
            # The library's own name would list the fields.
            model_name=f"{model.__name__}Event" if fields is not None else None,
            exclude=list(exclude),
            append_only=True,
            obj_field=None if links else pghistory.ObjForeignKey(related_name="+"),
            # The context is in each row: a table of contexts would have to be updated.
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            attrs={"pgh_in_bulk": in_bulk or links},
            meta={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["-pgh_created_at"], name=f"trail_{model._meta.model_name}"[:30]
                    ),
                ],
                "triggers": [no_truncate("trail_no_truncate")],
            },
        )(model)

    return decorate


class Change(Events):
    """An entry of the audit log, for the permission to view it: `locations.audit.log` reads it."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("change")
        verbose_name_plural = _("who did what")
