"""https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines"""

import datetime as dt
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from locations.models.users import User

BROWSER, BEGAN_AT = "browser", "began_at"


class SessionManager(BaseSessionManager["Session"]):
    def for_user(self, user: User, *, at: dt.datetime) -> "models.QuerySet[Session]":
        return self.filter(user=user, expire_date__gt=at).order_by("-began_at")


class Session(AbstractBaseSession):
    """The key is the secret in the user's cookie: pages show `name` instead."""

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
        return SessionStore


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        # PostgreSQL stores no NUL: treat a cookie with one as no session.
        valid = super()._validate_session_key(key)  # type: ignore[misc]
        return bool(valid) and "\0" not in str(key)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Any = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        session.browser = data.get(BROWSER, "")
        if BEGAN_AT in data:
            session.began_at = dt.datetime.fromtimestamp(data[BEGAN_AT], dt.UTC)
        return cast(Session, session)
