import os
from pathlib import Path

import django
from django.conf import settings

# A PostgreSQL of its own.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
DATABASE_NAME = "redflag_bench"

settings.INSTALLED_APPS += ["mptt", "djmoney", "hordak"]
# One persistent connection per process, so that connecting is not measured.
settings.DATABASES["default"].update(
    CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=False, NAME=DATABASE_NAME
)
django.setup()
