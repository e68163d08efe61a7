"""The speed of charging beside the database's own: `make bench`, docs/performance.md."""

import os
from pathlib import Path

import django
from django.conf import settings

# The embedded PostgreSQL of this folder is used by nobody else.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
NAME = "redflag_bench"

settings.INSTALLED_APPS += ["mptt", "djmoney", "hordak"]
# What is not ours to measure stays out: each process keeps its one connection.
settings.DATABASES["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=False, NAME=NAME)
django.setup()
