"""What the last row of a hall cannot see: scroll bars and letters below 18 pixels at 1280 x 720."""

from __future__ import annotations

SIZE = {"width": 1280, "height": 720}
LEAST = 18

WATCH = """
window.letters = new Map(); // canvas -> its texts with their sizes, since it was last cleared
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  const { a, b } = this.getTransform();
  const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]) * Math.hypot(a, b) / devicePixelRatio;
  if (String(text).trim()) {
    if (!window.letters.has(this.canvas)) window.letters.set(this.canvas, new Map());
    window.letters.get(this.canvas).set(String(text), size);
  }
  return fill.call(this, text, ...place);
};
"""
"""To be run before the page: notes every text on every canvas."""

FRESH = "() => window.letters.clear()"

_SEEN = """(least) => {
  const found = [];
  const page = document.querySelector('[data-testid="stMain"]');
  for (const e of [document.scrollingElement, page]) {
    const { scrollHeight: high, scrollWidth: wide } = e;
    if (high > e.clientHeight) found.push(`scrolls: ${high} of ${e.clientHeight}`);
    if (wide > e.clientWidth) found.push(`scrolls across: ${wide} of ${e.clientWidth}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement: parent } = walker.currentNode;
    if (!data.trim() || parent.closest("script, style, noscript, title")) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect(), style = getComputedStyle(parent);
    if (!box.width || box.bottom < 0 || box.top > innerHeight || box.right < 0) continue;
    if (style.clipPath === "inset(50%)" || style.fontFamily.includes("Material")) continue;
    const size = parseFloat(style.fontSize);
    if (size < least) found.push(`${size} px: ${data.trim().slice(0, 60)}`);
  }
  for (const [canvas, texts] of window.letters) {
    if (!canvas.isConnected || !canvas.checkVisibility({ visibilityProperty: true })) continue;
    for (const [text, size] of texts) if (size < least) found.push(`${size} px on canvas: ${text}`);
  }
  return found;
}"""


def unreadable(page) -> list[str]:
    """What scrolls or is too small on the page that is shown; empty when all is well."""
    return page.evaluate(_SEEN, LEAST)
