"""Where people are signed in: Django's sessions, with whose they are."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from locations.models.users import User


class SessionManager(BaseSessionManager["Session"]):
    def of(self, user: User, *, at: dt.datetime) -> "models.QuerySet[Session]":
        """Where a person is signed in at the instant `at`, the newest first."""
        return self.filter(user=user, expire_date__gt=at).order_by("-began_at")


class Session(AbstractBaseSession):
    """A session. Its key is the secret in the person's cookie: `name` stands for it on pages.

    https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    began_at = models.DateTimeField(_("began at"), null=True)
    browser = models.CharField(_("browser"), max_length=200, blank=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"Session {self.name}"

    @property
    def name(self) -> str:
        return salted_hmac("locations.session", self.session_key).hexdigest()[:16]

    @classmethod
    def get_session_store_class(cls) -> type:
        from locations.users.sessions import SessionStore  # noqa: PLC0415  # which needs this model

        return SessionStore
