"""A shared server in two browsers: who started a run steers it, others watch, the lecturer may."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support import server as servers

RACE = "race=SGD&hidden=16&batch=4&epochs=100&data=sample"
TOKEN = "a-lecturers-token-of-this-test"


@pytest.fixture(scope="module")
def hall_url(tmp_path_factory, browser):
    settings = {"INITOPT_LECTURER_TOKEN": TOKEN}
    home = tmp_path_factory.mktemp("hall-home")
    with servers.serving(servers.ROOT / "app.py", home, settings) as running:
        yield running.url


def opened(browser, url: str):
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    expect(page.locator("h1")).to_have_text("Training", timeout=60_000)
    return page


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_a_run_belongs_to_the_browser_that_started_it(browser, hall_url):
    ann = opened(browser, f"{hall_url}/training?{RACE}")
    button(ann, "Start the race").click()
    expect(button(ann, "Stop")).to_be_visible(timeout=60_000)
    run = re.search(r"[?&]run=([0-9a-f-]+)", ann.url)[1]

    bob = opened(browser, f"{hall_url}/training?{RACE}&run={run}")
    expect(bob.get_by_text("here it can be watched")).to_be_visible(timeout=30_000)
    bob.get_by_text("Runs (").click()
    expect(bob.get_by_role("button", name="Export the run").last).to_be_visible()
    for name in ("Stop", "Pause", "Delete"):
        expect(button(bob, name)).to_have_count(0)
    expect(bob.get_by_role("textbox", name="Name", exact=True)).to_have_count(0)

    bob.goto(f"{hall_url}/lecturer")
    bob.get_by_label("Token").fill(TOKEN)
    button(bob, "Open").click()
    bob.goto(f"{hall_url}/training?{RACE}&run={run}")
    button(bob, "Stop").click(timeout=60_000)
    expect(button(ann, "Resume")).to_be_visible(timeout=30_000)
    for page in (ann, bob):
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.context.close()
