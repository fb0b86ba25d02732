"""From `streamlit run app.py` to the first figure:
`python tests/benchmarks/startup.py [--first] [--rounds N] [root …]`.

For every root (a checkout; default: this one) a new server, a new profile of a browser that is
open already at /initialization, and the time until the histograms are drawn and until the controls
are there; the roots take turns, medians of N rounds. Each root has a start before that is not
counted: its files come from the disk then, and definitions of charts and the page's first picture
are kept from an earlier start as at every user's. With `--first` every start finds an empty folder
of its user's, as the very first one does.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE))

from playwright.sync_api import Browser, sync_playwright

from tests.support import chromium
from tests.support import server as servers

DRAWN = '.initopt-figure[data-figure="init-grid"][data-drawn]:not([data-drawn="0"])'

CONTROL = '[data-testid="stSidebar"] input[type="range"]'


def seconds(root: Path, home: Path, browser: Browser) -> tuple[float, float, float]:
    """From the start to a healthy server, to the first figure, and to controls beside it."""
    servers.ROOT = root
    begin = time.perf_counter()
    running = servers.Server(root / "app.py", home)
    try:
        running.wait()
        healthy = time.perf_counter() - begin
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{running.url}/initialization")
        page.wait_for_selector(DRAWN, timeout=120_000)
        drawn = time.perf_counter() - begin
        page.wait_for_selector(CONTROL, timeout=120_000)
        whole = time.perf_counter() - begin
        page.close()
        return healthy, drawn, whole
    finally:
        running.stop()


def main(roots: list[Path], rounds: int, first: bool) -> None:
    """Print one line for every root."""
    path = chromium.obtain(install=False)
    times: dict[Path, list[tuple[float, float, float]]] = {root: [] for root in roots}
    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGS)
        stack.callback(browser.close)
        homes = {r: Path(stack.enter_context(tempfile.TemporaryDirectory())) for r in roots}
        for turn in range(1 + rounds):
            for root in roots:
                home = homes[root] / str(turn) if first else homes[root]
                took = seconds(root, home, browser)
                print(f"{root.name}: {took[1]:.1f} s, {took[2]:.1f} s", flush=True)
                if turn:
                    times[root].append(took)
    for root, measured in times.items():
        healthy, drawn, whole = (statistics.median(c) for c in zip(*measured, strict=True))
        print(f"{root.name}: healthy {healthy:.1f} s, first figure {drawn:.1f} s, controls "
              f"{whole:.1f} s (medians)")  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--first", action="store_true")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("roots", nargs="*", type=Path, default=[HERE])
    given = asked.parse_args()
    main([root.resolve() for root in given.roots], given.rounds, given.first)
