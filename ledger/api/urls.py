from django.urls import path

from ledger.api.application import api
from ledger.api.docs import docs

urlpatterns = [
    path("docs", docs, name="api-docs"),
    path("", api.urls),
]
