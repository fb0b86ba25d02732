"""From `streamlit run app.py` to the first figure: `python tests/benchmarks/startup.py [root …]`.

For every root (a checkout; default: this one) a new server, a new browser at /initialization, and
the time until the histograms are drawn; the roots take turns, medians of three.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE))

from playwright.sync_api import sync_playwright

from tests.support import chromium
from tests.support import server as servers

ROUNDS = 3
DRAWN = '.initopt-figure[data-figure="init-grid"][data-drawn]'


def seconds(root: Path, home: Path, playwright: object, path: str) -> tuple[float, float]:
    """From the start to a healthy server, and to the first figure."""
    servers.ROOT = root
    begin = time.perf_counter()
    running = servers.Server(root / "app.py", home)
    try:
        running.wait()
        healthy = time.perf_counter() - begin
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{running.url}/initialization")
        page.wait_for_selector(DRAWN, timeout=120_000)
        drawn = time.perf_counter() - begin
        browser.close()
        return healthy, drawn
    finally:
        running.stop()


def main(roots: list[Path]) -> None:
    """Print one line for every root."""
    path = chromium.obtain(install=False)
    times: dict[Path, list[tuple[float, float]]] = {root: [] for root in roots}
    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        homes = {r: Path(stack.enter_context(tempfile.TemporaryDirectory())) for r in roots}
        for _ in range(ROUNDS):
            for root in roots:
                times[root].append(seconds(root, homes[root], playwright, path))
                print(f"{root.name}: {times[root][-1][1]:.1f} s", flush=True)
    for root, measured in times.items():
        healthy, drawn = (statistics.median(column) for column in zip(*measured, strict=True))
        print(f"{root.name}: healthy {healthy:.1f} s, first figure {drawn:.1f} s (medians)")


if __name__ == "__main__":
    main([Path(a).resolve() for a in sys.argv[1:]] or [HERE])
