"""What `make clean` removes."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.plugin import ROOT


def test_clean_runs_on_the_standard_library_and_removes_local_data(tmp_path: Path):
    code = tmp_path / "redflag_credits" / "devserver"
    shutil.copytree(ROOT / "redflag_credits" / "devserver", code)
    (tmp_path / "var" / "locks").mkdir(parents=True)
    subprocess.run([sys.executable, "-S", "-E", code / "clean.py"], check=True)
    assert not (tmp_path / "var").exists()
