from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models.audit import IMPERSONATED, RENEWED, SEEN, audited
from locations.models.users import DETAIL_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from locations.models.users import User


@cache
def time_zones() -> tuple[str, ...]:
    """Cached: listing their files takes 40 ms."""
    return tuple(sorted(available_timezones()))


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(
            _("%(name)s is no IANA time zone; write it like Europe/Amsterdam."),
            params={"name": name},
        )


def default_profile_fields() -> list[str]:
    return ["First Name", "Last Name", "Unique ID"]


@audited()
class Account(models.Model):
    name = models.CharField(gettext_lazy("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = gettext_lazy("account")
        verbose_name_plural = gettext_lazy("accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LocationQuerySet(models.QuerySet["Location"]):
    def visible_to(self, user: "User | AnonymousUser") -> "LocationQuerySet":
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(
            models.Q(memberships__user=user) | models.Q(account__memberships__user=user)
        ).distinct()

    def details_open_to(self, user: "User | AnonymousUser") -> "LocationQuerySet":
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(
            models.Q(memberships__user=user, memberships__role__in=DETAIL_ROLES)
            | models.Q(account__memberships__user=user)
        ).distinct()


@audited(
    *(pghistory.ManualEvent(label) for label in (SEEN, IMPERSONATED, RENEWED)),
    exclude=["terms_version"],
)
class Location(models.Model):
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="locations",
        verbose_name=gettext_lazy("account"),
    )
    name = models.CharField(gettext_lazy("name"), max_length=120)
    time_zone = models.CharField(
        gettext_lazy("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=gettext_lazy(
            "IANA name, like Europe/Amsterdam. A change cuts days anew from then on."
        ),
    )
    profile_fields = ArrayField(
        models.CharField(max_length=80),
        default=default_profile_fields,
        blank=True,
        help_text=gettext_lazy(
            "The recipient fields that reports show, in this order, separated by commas."
        ),
        verbose_name=gettext_lazy("profile fields"),
    )
    masked_roles = ArrayField(
        models.CharField(max_length=20, choices=Role),
        default=list,
        blank=True,
        help_text=gettext_lazy(
            "Reports that people of these roles ask for show phone numbers masked, and "
            "others' that show them in full are not handed to them."
        ),
        verbose_name=gettext_lazy("masked roles"),
    )
    # Triggers count the changes of the time zone and of contracts. Charging compares the version
    # it rated with: see ledger/sql/charge.sql.
    terms_version = models.BigIntegerField(gettext_lazy("terms version"), default=1, editable=False)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("location")
        verbose_name_plural = gettext_lazy("locations")
        ordering = ["name"]
        permissions = [
            (
                "impersonate_manager",
                gettext_lazy("Can use the pages of a location as its managers do"),
            ),
            (
                "view_personal_data",
                gettext_lazy("Can see recipients, phone numbers and chat content"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="location_once_per_account")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="location_terms_version",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("time_zone"),
                condition=pgtrigger.Q(old__time_zone__df=pgtrigger.F("new__time_zone")),
                func="NEW.terms_version := OLD.terms_version + 1; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@audited()
class ChatInbox(models.Model):
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="chat_inboxes",
        verbose_name=gettext_lazy("location"),
    )
    name = models.CharField(gettext_lazy("name"), max_length=120)

    class Meta:
        verbose_name = gettext_lazy("chat inbox")
        ordering = ["name"]
        verbose_name_plural = gettext_lazy("chat inboxes")
        constraints = [
            models.UniqueConstraint(fields=["location", "name"], name="inbox_once_per_location")
        ]

    def __str__(self) -> str:
        return self.name
