"""A real browser and the running app, for every test below this folder."""

from __future__ import annotations

import os

import pytest

from tests.support import chromium
from tests.support import server as servers


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
def page(browser):
    """A fresh page, 1440 x 900; `page.problems` collects console errors and page errors."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(f"page error: {error}"))
    page.on(
        "console",
        lambda message: (
            page.problems.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    yield page
    context.close()
