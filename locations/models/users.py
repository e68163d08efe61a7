from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.models.audit import PASSWORD_SET, SECOND_STEP_OFF, audited


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    FRENCH = "fr", _("Français")
    SPANISH = "es", _("Español")
    PORTUGUESE = "pt-br", _("Português (Brasil)")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


@audited(
    pghistory.UpdateEvent(PASSWORD_SET, condition=pghistory.AnyChange("password")),
    pghistory.ManualEvent(SECOND_STEP_OFF),
    exclude=["password", "last_login", "reset_mailed_at", "created_at"],
)
class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("email"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May open the staff desk.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick this instead of deleting the user.")
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=Language,
        blank=True,
        help_text=_(
            "Of pages, mails and reports. Empty: that of the browser at the first sign-in."
        ),
    )
    created_at = models.DateTimeField(
        _("created at"),
        default=timezone.now,  # noqa: TID251  called when a row is created
        editable=False,
    )
    reset_mailed_at = models.DateTimeField(_("reset mailed at"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        permissions = [("manage_staff", _("Can change staff and say what they may do"))]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                name="user_language_known",
                condition=models.Q(language="") | models.Q(language__in=Language.values),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def reads(self) -> str:
        return self.language or Language.ENGLISH.value

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class Role(models.TextChoices):
    ACCOUNT_ADMIN = "account_admin", _("Account Admin")
    SUPER_ADMIN = "super_admin", _("Super Admin")
    ADMIN = "admin", _("Admin")
    EDITOR = "editor", _("Editor")
    CHAT_AGENT = "chat_agent", _("Chat Agent")


# May open Location Details, with Credit Usage.
DETAIL_ROLES = (Role.ACCOUNT_ADMIN, Role.SUPER_ADMIN, Role.ADMIN)


@audited()
class Membership(models.Model):
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    account = models.ForeignKey(
        "locations.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text=_("For an Account Admin: every location of this account."),
        verbose_name=_("account"),
    )
    location = models.ForeignKey(
        "locations.Location",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text=_("For every other role: this one location."),
        verbose_name=_("location"),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                name="membership_account_or_location",
                condition=models.Q(
                    role=Role.ACCOUNT_ADMIN, account__isnull=False, location__isnull=True
                )
                | (
                    ~models.Q(role=Role.ACCOUNT_ADMIN)
                    & models.Q(account__isnull=True, location__isnull=False)
                ),
                violation_error_message=(
                    _("An Account Admin belongs to an account, every other role to one location.")
                ),
            ),
            models.UniqueConstraint(
                fields=["user", "account"],
                condition=models.Q(account__isnull=False),
                name="membership_once_per_account",
            ),
            models.UniqueConstraint(
                fields=["user", "location"],
                condition=models.Q(location__isnull=False),
                name="membership_once_per_location",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.account or self.location}"


# Django's own tables are audited through proxies, so that their triggers are in our migrations.


@audited(links=True)
class UserGroup(User.groups.through):  # type: ignore[name-defined]
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("group of a user")


@audited(links=True)
class UserPermission(User.user_permissions.through):  # type: ignore[name-defined]
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("permission of a user")


@audited()
class StaffGroup(Group):
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("group")


@audited(links=True)
class GroupPermission(Group.permissions.through):  # type: ignore[name-defined]
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("permission of a group")
