"""The staff desk: Django's admin with our mark and words, one sign-in page, our order."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class StaffSite(admin.AdminSite):
    site_header = "RedFlag Credits · Staff"
    site_title = "RedFlag Credits staff"
    index_title = _("Contracts, prices and the ledger")
    site_url = "/"
    # What the front page says needs attention; an app that knows sets it.
    attention: Callable[[HttpRequest], list[Any]] | None = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._menu: list[type[Model]] = []

    def order_menu(self, *models: type[Model]) -> None:
        """An app's models as staff look for them, the most used first; others come after."""
        self._menu += models

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        ask = self.attention
        context = {"attention": ask(request) if ask else None, **(extra_context or {})}
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The product's own sign-in page: one door, one lock."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return LogoutView.as_view()(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Also refuse NUL, which PostgreSQL cannot compare, before a filter takes it there."""

        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any("\x00" in text for item in request.GET.lists() for text in (item[0], *item[1])):
                raise BadRequest("NUL in the address")
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Apps as the settings list them, models as `order_menu` says: not by alphabet."""
        app_order = [config.label for config in apps.get_app_configs()]
        model_order = list(dict.fromkeys([*self._menu, *self._registry]))
        listed = list(self._build_app_dict(request, app_label).values())
        listed.sort(key=lambda app: app_order.index(app["app_label"]))
        for app in listed:
            app["models"].sort(key=lambda model: model_order.index(model["model"]))
        return listed
