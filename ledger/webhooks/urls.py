from django.urls import path

from ledger.webhooks.views import callback

urlpatterns = [path("<str:provider>/<str:token>", callback, name="callback")]
