"""A GPU that nobody here has, in a process of its own: its stand-in changes torch for good."""

import subprocess
import sys

from initopt_core.paths import ROOT


def test_everything_that_trains_stays_on_its_device():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "tests/core/apart/devices.py"],
        cwd=ROOT, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout
