from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models.triggers import no_truncate

MAX_ANSWER_LENGTH = 400
OPEN, DECLINED = "open", "declined"  # each kind names its granted state


class ApprovalState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class DecisionRequestQuerySet(models.QuerySet[Any]):
    def open(self) -> "DecisionRequestQuerySet":
        return self.filter(state=OPEN)


class DecisionRequest(models.Model):
    """A request with its decision; subclasses add `state` and the entry that granted it."""

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    requested_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=MAX_ANSWER_LENGTH, blank=True)

    objects = DecisionRequestQuerySet.as_manager()

    class Meta:
        abstract = True


def decision_is_complete(name: str, *, granted: str, entry: str) -> models.CheckConstraint:
    """`granted` is the state of a granted request, `entry` the field of its entry."""
    decided = {"decided_by__isnull": False, "decided_at__isnull": False}
    return models.CheckConstraint(
        name=name,
        condition=Q(
            **{
                "state": OPEN,
                "decided_by__isnull": True,
                "decided_at__isnull": True,
                "answer": "",
                f"{entry}__isnull": True,
            }
        )
        | Q(**{"state": granted, **decided, f"{entry}__isnull": False})
        | (Q(**{"state": DECLINED, **decided, f"{entry}__isnull": True}) & ~Q(answer="")),
    )


def open_requests_index(name: str) -> models.Index:
    return models.Index(fields=["requested_at", "id"], condition=Q(state=OPEN), name=name)


def decided_by_second_person(name: str, *, granted: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"{name}_by_somebody_else",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__state=granted),
        func=f"""
            IF NEW.decided_by_id = NEW.requested_by_id THEN
                RAISE EXCEPTION 'Who asked for it cannot approve it: somebody else has to.'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = '{name}_by_somebody_else';
            END IF;
            RETURN NEW;
        """,
    )


def decision_triggers(name: str, *, entry: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(name=f"{name}_is_kept", operation=pgtrigger.Delete),
        no_truncate(f"{name}_no_truncate"),
        pgtrigger.Protect(
            name=f"{name}_decided_once",
            operation=pgtrigger.Update,
            condition=~pgtrigger.Q(old__state=OPEN),
        ),
        pgtrigger.Protect(
            name=f"{name}_only_decided",
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(
                exclude=["state", "decided_by", "decided_at", "answer", entry]
            ),
        ),
    ]
