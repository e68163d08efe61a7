from django.contrib import admin
from django.urls import include, path

from redflag_credits.health import healthz

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("locations.urls")),
    path("healthz", healthz, name="healthz"),
    path("staff/", admin.site.urls),
    path("api/v1/", include("ledger.api.urls")),
    path("callbacks/", include("ledger.webhooks.urls")),
]

handler400 = "redflag_credits.error_views.bad_request"
handler403 = "redflag_credits.error_views.forbidden"
handler404 = "redflag_credits.error_views.not_found"
handler500 = "redflag_credits.error_views.server_error"
