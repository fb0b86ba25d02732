"""A real browser and the running app, for every test below this folder."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import chromium, hall, lecture
from tests.support import server as servers


def pytest_collection_modifyitems(items):
    """Every test of this folder is of the part "browser"."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for fixture in ("app_server", "toy_server"):
            running = item.funcargs.get(fixture)
            if running is not None:
                report.sections.append((f"{fixture} log", running.tail()))


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium. Without one the tests are skipped, in CI they fail."""
    path, reason = chromium.obtained()
    if path is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"CI needs a browser. {reason}", pytrace=False)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=chromium.ARGS, env=chromium.environment()
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def app_server(tmp_path_factory, browser):
    """The whole app, started once (once for each xdist worker)."""
    home = tmp_path_factory.mktemp("app-home")
    with servers.serving(servers.ROOT / "app.py", home) as running:
        yield running


@pytest.fixture(scope="session")
def app_url(app_server) -> str:
    return app_server.url


@pytest.fixture
def no_lectures(app_server):
    """Nobody has written one yet, whatever ran before on this worker's server."""
    shutil.rmtree(app_server.home / "lectures", ignore_errors=True)


def fault_of(message) -> list[str]:
    """The problem that a console message tells; none where it is no fault of ours."""
    if message.type != "error":
        return []
    address = message.location.get("url", "")
    return [] if is_streamlits_own(message.text, address) else [f"{message.text} ({address})"]


def is_streamlits_own(text: str, address: str) -> bool:
    """Whether Streamlit itself asks in vain: for its health beside a page's path before it asks at
    the root, and, where there is no internet, for its makers' server."""
    if not text.startswith("Failed to load resource"):
        return False
    parts = urlsplit(address)
    if parts.hostname == "127.0.0.1":
        return "404" in text and bool(ASKED_BESIDE.fullmatch(parts.path))
    return "net::ERR_" in text and (parts.hostname or "").endswith(".streamlit.io")


ASKED_BESIDE = re.compile(r"/[a-z_]+/_stcore/(health|host-config)")


@pytest.fixture
def page(browser):
    """A fresh page, 1440 x 900; `page.problems` collects errors of the console and the page, and
    everything that our server could not give, by its address."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(f"page error: {error}"))
    page.on("console", lambda message: page.problems.extend(fault_of(message)))
    yield page
    context.close()


@pytest.fixture
def projector(page):
    """A page on a projector, which tells what cannot be read from the last row."""
    page.set_viewport_size(hall.SIZE)
    page.add_init_script(hall.WATCH)
    return page


@pytest.fixture
def covered(projector, app_url):
    """The second scene of the built-in lecture, and the middle of its first plot."""
    projector.goto(f"{app_url}/initialization?{lecture.SECOND}")
    lecture.arrived(projector, 2)
    return projector, *lecture.middle(projector)
