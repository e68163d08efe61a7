"""Users, who sign in by e-mail, and their memberships."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Language(models.TextChoices):
    """What people may read in, each called as its readers call it: those of the settings."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"
    PORTUGUESE = "pt-br", "Português (Brasil)"


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


class User(AbstractBaseUser, PermissionsMixin):
    """A person: location manager or staff. The e-mail address is the sign-in name."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("staff", default=False, help_text="May open the staff desk.")
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick this instead of deleting the user."
    )
    language = models.CharField(
        max_length=10,
        choices=Language,
        blank=True,
        help_text="Of pages, mails and reports. Empty: that of the browser at the first sign-in.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    reset_mailed_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["email"]
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
        """The language of what is written for this person: their own, or English."""
        return self.language or Language.ENGLISH.value

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class Role(models.TextChoices):
    """The product's own user roles (domain.md section 1)."""

    ACCOUNT_ADMIN = "account_admin", "Account Admin"
    SUPER_ADMIN = "super_admin", "Super Admin"
    ADMIN = "admin", "Admin"
    EDITOR = "editor", "Editor"
    CHAT_AGENT = "chat_agent", "Chat Agent"


# The roles that may open Location Details, Credit Usage included.
DETAIL_ROLES = (Role.ACCOUNT_ADMIN, Role.SUPER_ADMIN, Role.ADMIN)


class Membership(models.Model):
    """What one user is at one location or, for an Account Admin, at a whole account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    account = models.ForeignKey(
        "locations.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text="For an Account Admin: every location of this account.",
    )
    location = models.ForeignKey(
        "locations.Location",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text="For every other role: this one location.",
    )

    class Meta:
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
                    "An Account Admin belongs to an account, every other role to one location."
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
