"""From an input event to new ink in a figure, measured inside the page."""

from __future__ import annotations

from typing import Any

WATCH = """
() => {
  if (window.__ink) return;
  const ink = window.__ink = { start: null, seen: null };
  // Capture phase, at the window: the first code that learns of the input.
  for (const kind of ["keydown", "pointerdown", "input"]) {
    window.addEventListener(kind, (event) => {
      if (ink.armed && ink.start === null) ink.start = event.timeStamp;
    }, { capture: true });
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (ink.armed && ink.start !== null && change.target.dataset.figure === ink.figure) {
        ink.armed = false;
        ink.drawn = performance.now();
        // The next frame after the drawing is the one that shows it.
        requestAnimationFrame(() => { ink.shown = performance.now(); });
      }
    }
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
}
"""


def figure(page: Any, key: str) -> Any:
    """Locator of the live chart with this key."""
    return page.locator(f'.initopt-figure[data-figure="{key}"]').first


def settled(page: Any, key: str, timeout: float = 30_000) -> None:
    """Wait until the figure has been drawn at least once."""
    page.wait_for_function(
        'key => Number(document.querySelector(`[data-figure="${key}"]`)?.dataset.drawn) > 0',
        arg=key,
        timeout=timeout,
    )


def key_to_ink(page: Any, key: str, act: Any, timeout: float = 10_000) -> float:
    """Milliseconds from the input event that `act()` causes to the figure's new ink.

    Args:
        page: a Playwright page.
        key: the figure's key.
        act: does one thing that changes the figure, such as `page.keyboard.press("ArrowRight")`.

    Raises:
        playwright TimeoutError: when nothing was drawn in `timeout` milliseconds.
    """
    page.evaluate(WATCH)
    page.evaluate(
        """key => {
          const element = document.querySelector(`[data-figure="${key}"]`);
          Object.assign(window.__ink, {
            armed: true, start: null, drawn: null, shown: null, figure: element.dataset.figure,
          });
        }""",
        key,
    )
    act()
    page.wait_for_function("() => window.__ink.shown !== null", timeout=timeout, polling=20)
    return page.evaluate("() => window.__ink.drawn - window.__ink.start")
