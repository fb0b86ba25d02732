"""Large type: letters of 2 % of the window's height in every figure, read off what is drawn."""

import pytest

from tests.browser.test_fit import audit, still

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
PAGES = (
    "/initialization?part=Phase+map",
    "/initialization?layers=30+x+64",
    "/training",
    "/loss_surfaces",
    "/loss_surfaces?view=Basins",
    "/loss_surfaces?view=Sharp+and+flat",
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
