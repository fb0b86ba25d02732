"""Large type: letters of 2 % of the window's height in every figure, read off what is drawn."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_fit import audit
from tests.support.cases import cases
from tests.support.still import still

# Every text on every canvas, with its size in CSS pixels.
WATCH = """
window.letters = [];
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]);
  if (String(text).trim() && this.canvas.isConnected) window.letters.push([size, String(text)]);
  return fill.call(this, text, ...place);
};
"""
# Words of the page that belong to a figure.
WORDS = """() => [...document.querySelectorAll(
    '.sc-table td, .sc-table th, .sc-step, .bm-title, .bm-note, .sf-root td')]
  .filter((e) => e.textContent.trim() && e.getClientRects().length)
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.textContent])"""
PAGES = cases(
    ("/initialization?part=Phase+map", "/training", "/loss_surfaces"),
    (
        "/initialization?layers=30+x+64",
        "/loss_surfaces?view=Basins",
        "/loss_surfaces?view=Sharp+and+flat",
    ),
)


@pytest.mark.parametrize("path", PAGES)
def test_letters_are_read_from_the_last_row(page, app_url, path):
    page.add_init_script(WATCH)
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{app_url}{path}{'&' if '?' in path else '?'}type=large")
        still(page, figures="loss_surfaces" not in path)
        page.wait_for_function("window.letters.length > 5", timeout=60_000)
        page.evaluate("window.letters = []")
        page.set_viewport_size({"width": width - 40, "height": height})  # all is drawn again
        page.wait_for_function("window.letters.length > 5")
        page.wait_for_timeout(400)
        drawn = page.evaluate("window.letters") + page.evaluate(WORDS)
        small = sorted({(size, text) for size, text in drawn if size < 0.02 * height})
        assert small == []
        assert audit(page) == []


HEAD = """() => {
  const seen = (e) => e.getBoundingClientRect();
  const all = (s) => [...document.querySelectorAll(s)].map(seen).filter((b) => b.width > 0);
  const links = all('[data-testid="stHeader"] nav a, [data-testid="stHeader"] nav button');
  const buttons = all('.initopt-address > button, [class*="st-key-type-"] button');
  return [Math.max(0, ...links.map((b) => b.right)), Math.min(...buttons.map((b) => b.left))];
}"""


@pytest.mark.parametrize("path", ["/training", "/training?type=large"])
def test_pages_and_buttons_of_the_head_never_meet(page, app_url, path):
    page.goto(app_url + path)
    expect(page.locator("h1")).to_be_visible(timeout=60_000)
    page.wait_for_selector(".initopt-address > button")
    for width in (1920, 1440, 1366, 1280, 1024, 800, 390):
        page.set_viewport_size({"width": width, "height": 1080 if width == 1920 else 720})
        page.wait_for_timeout(300)  # the navigation folds what has no room
        end, begin = page.evaluate(HEAD)
        assert end < begin, width


def test_large_letters_have_a_wider_sidebar(page, app_url):
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(app_url + "/training?type=large")
    label = page.locator(".initopt-number label", has_text="SGD + momentum").first
    expect(label).to_be_visible(timeout=60_000)
    page.wait_for_function("document.documentElement.dataset.type === 'large'")
    mark = label.locator("xpath=../*[contains(@class, 'help')]")
    assert label.evaluate("e => e.scrollWidth <= e.clientWidth"), (
        "no letter under the question mark"
    )
    assert label.bounding_box()["x"] + label.bounding_box()["width"] <= mark.bounding_box()["x"]
