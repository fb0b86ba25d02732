"""The whole app in a real browser: every page by menu and by link, no exception, no traceback."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import server as servers

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p.stem for p in (ROOT / "pages").glob("*.py"))
HEADS = {"lecture": "Scenes"}


def no_failure(page):
    """Nothing on the page speaks of an error, and the browser's console is quiet."""
    for selector in ('[data-testid="stException"]', '[data-testid="stAlertContentError"]'):
        expect(page.locator(selector)).to_have_count(0)
    # Streamlit looks for its server below the page first, and then above it
    assert page.problems == []


def ready(page):
    expect(page.locator('[data-testid="stMainBlockContainer"] h1')).to_be_visible(timeout=60_000)
    expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0, timeout=60_000)


@pytest.mark.parametrize("name", PAGES)
def test_page_by_its_link(page, app_url, name):
    page.goto(f"{app_url}/{'' if name == 'home' else name}")
    ready(page)
    no_failure(page)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_width(browser, app_url, name, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{app_url}/{'' if name == 'home' else name}")
    ready(page)
    page.wait_for_timeout(500)
    wider = page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          return main.scrollWidth - main.clientWidth;
        }"""
    )
    assert wider <= 1, f"the page is {wider} px wider than the screen"
    context.close()


@pytest.mark.parametrize(
    "name",
    [
        name if name == "initialization" else pytest.param(name, marks=pytest.mark.long)
        for name in PAGES
        if name != "home"
    ],
)
def test_the_first_visitor_may_come_by_a_deep_link(page, tmp_path, name):
    """A new server, its first request a page's link: the app's frame is there all the same."""
    with servers.serving(ROOT / "app.py", tmp_path) as running:
        page.goto(f"{running.url}/{name}")
        ready(page)
        for title in ("Initialization", "Training", "Loss surfaces", "Course figures"):
            expect(page.get_by_role("link", name=title)).to_be_visible()
        expect(page.locator("h1")).to_contain_text(
            HEADS.get(name, name.replace("_", " ").capitalize())
        )
        expect(page.get_by_role("link", name="app", exact=True)).to_have_count(0)
