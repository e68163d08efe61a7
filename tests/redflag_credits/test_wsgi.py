"""The start of a web process."""

import subprocess
import sys

from tests.plugin import ROOT

ASKED = """
import gc
from redflag_credits.wsgi import application
from locations.models import Location
print(gc.get_freeze_count() > 100_000, sum(isinstance(o, type) for o in gc.get_objects()) < 100)
"""


def test_loaded_objects_are_frozen() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == ["True", "True"]
