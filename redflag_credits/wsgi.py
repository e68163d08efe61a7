"""The WSGI application that granian, or any other WSGI server, serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")

application = get_wsgi_application()

# What is loaded by now stays. Unfrozen, pages of a thousand rows have the collector walk through
# all of it with every other request: a quarter of their time.
gc.collect()
gc.freeze()
