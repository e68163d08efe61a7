"""The addresses of the product."""

from django.contrib import admin
from django.urls import include, path

from ledger.api.callbacks.views import callback
from redflag_credits.health import healthz

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("locations.urls")),
    path("healthz", healthz, name="healthz"),
    path("staff/", admin.site.urls),
    path("api/v1/", include("ledger.api.urls")),
    path("callbacks/<str:provider>/<str:token>", callback, name="callback"),
]

handler400 = "redflag_credits.errors.bad_request"
handler403 = "redflag_credits.errors.forbidden"
handler404 = "redflag_credits.errors.not_found"
handler500 = "redflag_credits.errors.server_error"
