"""A page of which nothing changes any more."""

from __future__ import annotations

STILL = """() => JSON.stringify([
  document.querySelectorAll('[data-testid="stSpinner"], [data-testid="stSkeleton"]').length,
  [...document.querySelectorAll('.initopt-figure')].map((e) =>
    [e.dataset.drawn, e.dataset.width, e.clientWidth, e.querySelector('canvas')?.clientWidth]),
  document.querySelector('[data-testid="stMain"]')?.scrollHeight])"""


def still(page, figures: bool = True) -> None:
    """Wait until every figure that has room is drawn and nothing has changed for a while."""
    drawn = """needed => {
      const all = [...document.querySelectorAll('.initopt-figure')].filter((e) => e.clientWidth);
      return (all.length || !needed) && all.every((e) => Number(e.dataset.drawn) > 0);
    }"""
    last, same = None, 0
    while same < 3:
        page.wait_for_function(drawn, arg=figures, timeout=90_000)  # one may have come meanwhile
        page.wait_for_timeout(150)
        now = page.evaluate(STILL)
        same = same + 1 if now == last else 0
        last = now
