"""The WSGI application that granian, or any other WSGI server, serves."""

import os

from django.core.wsgi import get_wsgi_application

from redflag_credits.gc_freeze import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")

application = get_wsgi_application()

settle()
