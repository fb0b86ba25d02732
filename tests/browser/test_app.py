"""The whole app in a real browser: every page by menu and by link, no exception, no traceback."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from initopt_core.figures import theme
from initopt_core.figures.export import THEMES
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


WIDER = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.scrollWidth - main.clientWidth;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page_by_its_link_fits_its_width(page, app_url, name):
    page.goto(f"{app_url}/{'' if name == 'home' else name}")
    ready(page)
    no_failure(page)
    for scheme, width in (("light", 1440), ("light", 390), ("dark", 390), ("dark", 1440)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        wider = page.evaluate(WIDER)
        assert wider <= 1, f"{scheme}: the page is {wider} px wider than {width}"
    no_failure(page)


GROUND = """() => {
  const { backgroundColor, color } = getComputedStyle(document.querySelector('.stApp'));
  return [backgroundColor, color];
}"""


def test_files_have_the_ground_and_the_letters_of_pages(page, app_url):
    """A dark picture lies beside figures of the dark page, as on Course figures."""
    page.goto(app_url)
    ready(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        colors = THEMES[scheme]
        own = [f"rgb{theme.rgb(colors[name])}" for name in ("paper", "ink")]
        assert page.evaluate(GROUND) == own, scheme


def has_the_frame(page, name):
    """The app's own, not that of a page alone."""
    ready(page)
    for title in ("Initialization", "Training", "Loss surfaces", "Course figures"):
        expect(page.get_by_role("link", name=title)).to_be_visible()
    expect(page.locator("h1")).to_contain_text(HEADS.get(name, name.replace("_", " ").capitalize()))
    expect(page.get_by_role("link", name="app", exact=True)).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("home", "initialization")])
def test_the_first_visitor_may_come_by_a_deep_link(page, tmp_path, name):
    """A new server, its first request a page's link: the app's frame is there all the same."""
    with servers.serving(ROOT / "app.py", tmp_path) as running:
        page.goto(f"{running.url}/{name}")
        has_the_frame(page, name)


SLOW = """
import sys, time


class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            sys.meta_path.remove(self)
            time.sleep(8)


sys.meta_path.insert(0, Slow())
"""


def test_the_first_picture_stands_there_while_pytorch_loads(page, tmp_path):
    """As an earlier start drew it, and what comes then takes its place over without a flicker."""
    grid = '.initopt-figure[data-figure="init-grid"]:not([data-drawn="0"])[data-stamp]'
    app, home, path = ROOT / "app.py", tmp_path / "home", tmp_path / "path"
    with servers.serving(app, home) as running:
        page.goto(f"{running.url}/initialization")
        has_the_frame(page, "initialization")  # the first visitor came by a deep link
        page.wait_for_selector(grid, timeout=60_000)
        shown = page.evaluate("s => document.querySelector(s).dataset.stamp", grid)
    path.mkdir()
    (path / "sitecustomize.py").write_text(SLOW)
    with servers.serving(app, home, {"PYTHONPATH": str(path)}) as running:
        page.goto(f"{running.url}/initialization")
        element = page.wait_for_selector(grid, timeout=60_000)
        loading = page.get_by_text("Loading PyTorch")
        expect(loading).to_be_visible()
        assert element.get_attribute("data-stamp") == shown
        expect(loading).to_have_count(0, timeout=60_000)
        expect(page.get_by_role("button", name="Reset")).to_be_visible(timeout=60_000)
        assert element.evaluate("e => e.isConnected") and element.is_visible()
        assert element.get_attribute("data-stamp") == shown
