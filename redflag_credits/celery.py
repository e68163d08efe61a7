import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")

app = Celery("redflag_credits")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
