import os

from django.core.wsgi import get_wsgi_application

from redflag_credits.gc_freeze import freeze_loaded_objects

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")

application = get_wsgi_application()

freeze_loaded_objects()
