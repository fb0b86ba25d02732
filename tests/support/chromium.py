"""Find a Chromium for the browser tests, or obtain one, or say why there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
"""Fit for a container, and no connection but to the app."""

FONTS = Path(__file__).parent / "fonts.conf"
"""The only font that the tests' browser sees besides those that the app ships: DejaVu, which a bare
machine has, so that no picture depends on the fonts of whoever runs the tests."""


def environment() -> dict[str, str]:
    """The environment to start the browser with."""
    return {**os.environ, "FONTCONFIG_FILE": str(FONTS)}


NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


class NoBrowser(RuntimeError):
    """No Chromium can be had; the text says what was tried."""


def _variable() -> tuple[str | None, str]:
    path = os.environ.get("INITOPT_CHROMIUM")
    if not path:
        return None, "INITOPT_CHROMIUM is not set"
    if not Path(path).is_file():
        raise NoBrowser(f"INITOPT_CHROMIUM names no file: {path}")
    return path, ""


def _playwrights_own() -> tuple[str | None, str]:
    # In a process of its own: Playwright's sync interface may be in use in this one.
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    path = done.stdout.strip()
    if done.returncode == 0 and path and Path(path).is_file():
        return path, ""
    return None, "Playwright has no installed browser"


def _system() -> tuple[str | None, str]:
    for name in NAMES:
        if path := shutil.which(name):
            return path, ""
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if mac.is_file():
        return str(mac), ""
    return None, "no chromium or chrome on the path"


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1][:200] if lines else f"exit status {done.returncode}"


def _download() -> tuple[str | None, str]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            capture_output=True,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        return None, "Playwright's download took over five minutes"
    if done.returncode:
        return None, f"Playwright's download failed: {_last_line(done)}"
    return _playwrights_own()


def _debian() -> tuple[str | None, str]:
    if not shutil.which("apt-get"):
        return None, "no apt-get"
    if os.geteuid() != 0:
        return None, "not root, so no apt-get install chromium"
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=600,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        except subprocess.TimeoutExpired:
            return None, f"{' '.join(command)} took over ten minutes"
        if done.returncode:
            return None, f"{' '.join(command)} failed: {_last_line(done)}"
    return _system()


def obtain(*, install: bool = True) -> str:
    """Path of a Chromium, the first to be had of: INITOPT_CHROMIUM, one that Playwright installed,
    the system's, Playwright's download, Debian's package.

    Args:
        install: whether the last two may be tried.

    Raises:
        NoBrowser: when none can be had, with every reason.
    """
    reasons = []
    ways = [_variable, _playwrights_own, _system] + ([_download, _debian] if install else [])
    for way in ways:
        path, reason = way()
        if path:
            return path
        reasons.append(reason)
    raise NoBrowser("no Chromium: " + "; ".join(reasons))


@lru_cache(maxsize=1)
def obtained() -> tuple[str | None, str]:
    """(path, "") or (None, reason), found out once a process.

    Under pytest-xdist the first worker installs and the others wait for it: a lock by directory.
    """
    import tempfile
    import time

    try:
        return obtain(install=False), ""
    except NoBrowser as error:
        if "names no file" in str(error):
            return None, str(error)
    who = getattr(os, "getuid", lambda: "user")()
    lock = Path(tempfile.gettempdir()) / f"initopt-chromium-{who}.lock"
    until = time.monotonic() + 900
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            # A lock left by a killed run is nobody's after a quarter of an hour.
            if time.monotonic() > until or time.time() - lock.stat().st_mtime > 900:
                shutil.rmtree(lock, ignore_errors=True)
            time.sleep(0.5)
    try:
        return obtain(), ""
    except NoBrowser as error:
        return None, str(error)
    finally:
        shutil.rmtree(lock, ignore_errors=True)


if __name__ == "__main__":
    print(obtain())
