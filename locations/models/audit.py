"""The trail: what was changed, kept by triggers beside the tables of what staff keep."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from pghistory.models import Events

from locations.models.triggers import no_truncate

Kept = TypeVar("Kept", bound=type[models.Model])

FOUND = "found"  # as it stood when its trail began
ADDED, CHANGED, DELETED = "added", "changed", "deleted"
SEEN, SEEN_AS_MANAGER, POSTED = "seen", "seen as its manager", "posted"
RENEWED = "renewed by hand"
PASSWORD_SET, SECOND_STEP_OFF = "password set", "second step turned off"

IN_WORDS = {
    FOUND: _("was there when the trail began"),
    ADDED: _("added"),
    CHANGED: _("changed"),
    DELETED: _("deleted"),
    SEEN: _("looked at"),
    SEEN_AS_MANAGER: _("seen as its manager sees it"),
    POSTED: _("posted"),
    RENEWED: _("renewed by hand"),
    PASSWORD_SET: _("password set"),
    SECOND_STEP_OFF: _("second step turned off"),
}


def in_trail(
    *trackers: Any,
    fields: Collection[str] | None = None,
    exclude: Collection[str] = (),
    in_bulk: bool = False,
    links: bool = False,
    by_trigger: bool = True,
) -> Callable[[Kept], Kept]:
    """Keep every row that is added, changed or deleted, and by whom, in a table that only grows.

    `trackers` tell of more. Never for what charging writes, for a trigger costs each of its rows:
    there `by_trigger=False` leaves the table without, and code says with `pghistory.create_event`
    what happened.
    `exclude` what is personal, secret or no person's doing. `in_bulk` is for rows that come by the
    hundred: one trigger a statement, one line in the trail. `links` is for the table between two
    models, whose rows are only added and deleted.
    """
    level = pgtrigger.Statement if in_bulk else pgtrigger.Row
    told: list[Any] = [*trackers]
    if by_trigger:
        told.append(pghistory.InsertEvent(ADDED, level=level))
        told.append(pghistory.DeleteEvent(DELETED, level=level))
    if by_trigger and not links:
        told.append(pghistory.UpdateEvent(CHANGED, level=level))
    of = None if links else pghistory.ObjForeignKey(related_name="+")

    def decorate(model: Kept) -> Kept:
        name = model._meta.model_name
        return pghistory.track(
            *told,
            fields=list(fields) if fields is not None else None,
            exclude=list(exclude),
            append_only=True,
            obj_field=of,
            # Who and how stand in each row: a table of contexts would have to be updated.
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            attrs={"pgh_in_bulk": in_bulk or links},
            meta={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["-pgh_created_at"], name=f"trail_{name}"[:30]),
                ],
                "triggers": [no_truncate("trail_no_truncate")],
            },
        )(model)

    return decorate


class Change(Events):
    """A line of the trail, whatever table it is of; read with `locations.audit.log`."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("change")
        verbose_name_plural = _("who did what")
