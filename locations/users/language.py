"""The language that somebody reads: chosen, or the browser's, and remembered."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from locations.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def choose(user: "User | AnonymousUser", language: str) -> None:
    """Keep the choice with whoever is signed in; `language` is one of the settings' codes."""
    if user.is_authenticated and user.language != language:
        User.objects.filter(pk=user.pk).update(language=language)
        user.language = language


def keep_first(user: User) -> None:
    """At a sign-in: whoever has not chosen yet goes on in the language of the page.

    So that mails and reports, which no browser asks for, come in it too.
    """
    if not user.language:
        choose(user, translation.get_language() or settings.LANGUAGE_CODE)


def set_cookie(response: HttpResponse, language: str) -> None:
    """For the pages before a sign-in, where nobody knows who is looking."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def safe_address(request: HttpRequest, address: str) -> str:
    """The address, if it is one of ours; else the product's first page."""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return "/"
