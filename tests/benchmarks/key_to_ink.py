"""Key press to new ink: median and 95th percentile, in headless Chromium with the server here.

    python tests/benchmarks/key_to_ink.py                 the toy app of the live chart
    python tests/benchmarks/key_to_ink.py --inline        the same with inline scripts

Each press of an arrow key on the radio changes fifteen histograms of fifty bins and three curves.
A new setting costs `--work` milliseconds on one core, a setting seen before nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.support import chromium, ink, server


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(name: str, values: list[float]) -> None:
    print(
        f"{name:32s} n={len(values):3d}  median {statistics.median(values):6.1f} ms  "
        f"95th {percentile(values, 0.95):6.1f} ms  max {max(values):6.1f} ms"
    )


def presses(page, key: str, count: int) -> list[float]:
    """`count` times an arrow key, back and forth, on the focused control."""
    return [
        ink.key_to_ink(page, key, lambda: page.keyboard.press("ArrowRight")) for _ in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--inline", action="store_true", help="scripts inline, for comparison")
    parser.add_argument("--work", type=int, default=45, help="ms of work for a new setting")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    env = {"INITOPT_TOY_WORK_MS": str(options.work)}
    if options.inline:
        env["INITOPT_INLINE_ASSETS"] = "1"
    home = Path(tempfile.mkdtemp(prefix="initopt-bench-"))
    app = HERE.parent / "browser" / "apps" / "live_chart_app.py"
    with server.serving(app, home, env) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.obtain(), args=chromium.ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        received: list[int] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        page.goto(running.url)
        for key in ("grid", "lines"):
            ink.settled(page, key)
        page.locator('input[type="radio"]').first.focus()
        presses(page, "grid", 10)  # the browser's own first times
        fresh = []
        for seed in range(10, 10 + 10 * (options.count // 10), 10):
            page.goto(f"{running.url}/?from={seed}")
            ink.settled(page, "grid")
            ink.settled(page, "lines")
            page.wait_for_timeout(300)
            page.locator('input[type="radio"]').first.focus()
            fresh += presses(page, "grid", 9)
        report(f"new settings, {options.work} ms of work", fresh)
        received.clear()
        times = presses(page, "grid", options.count)
        report("settings seen before", times)
        print(
            f"sent at each change: {sum(received) / options.count / 1024:.1f} KB in "
            f"{len(received) / options.count:.1f} frames, largest {max(received) / 1024:.1f} KB"
        )
        browser.close()


if __name__ == "__main__":
    main()
