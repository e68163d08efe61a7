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
    # Items of the index page that need attention; set by reports.
    attention: Callable[[HttpRequest], list[Any]] | None = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._menu: list[type[Model]] = []

    def order_menu(self, *models: type[Model]) -> None:
        self._menu += models

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        attention = self.attention(request) if self.attention else None
        context = {"attention": attention, **(extra_context or {})}
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return LogoutView.as_view()(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Also refuse NUL characters in the query string: PostgreSQL cannot compare them."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any("\x00" in text for item in request.GET.lists() for text in (item[0], *item[1])):
                raise BadRequest("NUL in the address")
            return view(request, *args, **kwargs)

        return super().admin_view(guarded, cacheable)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        app_order = [config.label for config in apps.get_app_configs()]
        model_order = list(dict.fromkeys([*self._menu, *self._registry]))
        app_list = list(self._build_app_dict(request, app_label).values())
        app_list.sort(key=lambda app: app_order.index(app["app_label"]))
        for app in app_list:
            app["models"].sort(key=lambda model: model_order.index(model["model"]))
        return app_list
