"""The user's language: saved with the user, and in a cookie for pages before the sign-in."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from locations.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def save_language(user: "User | AnonymousUser", language: str) -> None:
    if user.is_authenticated and user.language != language:
        User.objects.filter(pk=user.pk).update(language=language)
        user.language = language


def save_first_language(user: User) -> None:
    """At a sign-in, save the page's language if the user has none: mails and reports need one."""
    if not user.language:
        save_language(user, translation.get_language() or settings.LANGUAGE_CODE)


def set_cookie(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def get_safe_url(request: HttpRequest, url: str) -> str:
    if url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return url
    return "/"
