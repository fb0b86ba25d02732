"""Key press to new ink on the real initialization page, probe, theory and all figures included.

    python tests/benchmarks/initialization_ink.py [--count 60]

Each arrow key moves the gain by one stop: fresh on the way up, seen before on the way back. The
histograms are timed, and once the depth view, which comes after them.
Targets: median 100 ms, 95th 160 ms fresh; 60 and 110 ms cached; server and browser on 2 cores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE))

from key_to_ink import report

from tests.support import chromium, ink, server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--url", help="a running app instead of one of our own")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    home = Path(tempfile.mkdtemp(prefix="initopt-bench-"))
    if options.url:
        measure(sync_playwright, options.url, options.count)
        return
    with server.serving(server.ROOT / "app.py", home) as running:
        measure(sync_playwright, running.url, options.count)


def measure(sync_playwright, url: str, count: int) -> None:
    """Print the figures of one page at `url`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.obtain(), args=chromium.ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        sent: list[int] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))),
        )
        page.goto(url)
        page.wait_for_timeout(2000)
        page.goto(f"{url}/initialization")
        for key in ("init-grid", "init-depth"):
            ink.settled(page, key)
        slider = page.locator('.initopt-number:has-text("Gain") input[type="range"]').first
        slider.focus()
        page.keyboard.press("Home")  # all of its stops are needed

        def press(key: str, figure: str = "init-grid") -> float:
            page.wait_for_timeout(150)
            return ink.key_to_ink(page, figure, lambda: page.keyboard.press(key))

        for _ in range(8):  # the browser's own first times
            press("ArrowRight")
        fresh = [press("ArrowRight") for _ in range(count)]
        below = [press("ArrowRight", "init-depth") for _ in range(count // 2)]
        sent.clear()
        seen = [press("ArrowLeft") for _ in range(count)]
        report("a setting never seen", fresh)
        report("  its depth view", below)
        report("a setting seen before", seen)
        print(f"sent at each change: {sum(sent) / count / 1024:.1f} KB")
        browser.close()


if __name__ == "__main__":
    main()
