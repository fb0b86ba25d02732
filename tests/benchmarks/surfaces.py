"""Descent on surfaces: ratios to the tutorial's own loop, crowds of starts, basins; key to ink.

    python tests/benchmarks/surfaces.py            computation only
    python tests/benchmarks/surfaces.py --ink      and a control's change to the new path on screen

Every ratio is taken within this run, best of several repetitions on both sides.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import numpy as np
import torch

from initopt_core.descent import Run, descend_many, race, train_curve
from initopt_core.figures.loss_surfaces.scene import scene
from initopt_core.loss_surfaces.basins import basins
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.optimizers import SGD, Adam, SGDMomentum
from initopt_core.surfaces import SURFACES, Surface

EIGHT = ("SGD", "SGDMomentum", "Adam", "Nesterov", "Adagrad", "RMSprop", "AdamW", "Lion")


def best(function: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of `repeats` runs, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_train_curve(optimizer_func, curve_func, num_updates=100, init=(5, 5)) -> np.ndarray:
    """The common way to write it: one path at a time, points gathered as tensors."""
    weights = torch.nn.Parameter(torch.FloatTensor(init), requires_grad=True)
    optimizer = optimizer_func([weights])
    points = []
    for _ in range(num_updates):
        loss = curve_func(weights[0], weights[1])
        points.append(torch.cat([weights.data.detach(), loss.unsqueeze(dim=0).detach()], dim=0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.stack(points, dim=0).numpy()


def line(what: str, seconds: float, ratio: float | None = None) -> None:
    print(f"{what:52s}{1e3 * seconds:8.1f} ms" + ("" if ratio is None else f"   x {ratio:.2f}"))


def computation(repeats: int) -> None:
    surface = Surface("pathological")
    runs = tuple(Run(n, tuple(s.items()), (5.0, 5.0)) for n, s in RACES["ravine"].runs)
    makers = (lambda p: SGD(p, 10), lambda p: SGDMomentum(p, 10, 0.9), lambda p: Adam(p, 1))
    loop = best(lambda: [plain_train_curve(m, surface.function) for m in makers], repeats)
    ours = best(lambda: [train_curve(m, surface.function) for m in makers], repeats)
    lab = best(lambda: race(surface, runs, 100), repeats)
    marks = landmarks(surface, ())
    whole = best(lambda: scene(surface, runs, 100, 0.0, 0, (-6, 6, -14, 6), marks), repeats)
    line("3 optimizers x 100 updates, the plain loop", loop, 1)
    line("  train_curve", ours, ours / loop)
    line("  race, with every inner value", lab, lab / loop)
    line("  and stability, outcomes, packed for the browser", whole, whole / loop)

    for name in ("SGD", "Adam"):
        one = best(lambda n=name: descend_many(n, surface, torch.rand(1, 2), 100, lr=0.1), repeats)
        many = best(
            lambda n=name: descend_many(n, surface, torch.rand(1000, 2), 100, lr=0.1), repeats
        )
        line(f"{name}: 1,000 starts, over one start", many, many / one)

    starts = torch.rand(40_000, 2) * 10 - 5
    torch.set_num_threads(1)  # as `basins` does
    crowd = best(lambda: descend_many("Adam", surface, starts, 100, keep_every=100, lr=0.1), 5)
    line("40,000 starts x 100 Adam steps", crowd)
    for name in ("himmelblau", "rastrigin"):
        view, valley = SURFACES[name].ranges, Surface(name)
        map_ = best(lambda v=view, s=valley: basins(s, Run("Adam", (("lr", 0.3),)), v, 100), 5)
        line(f"basins of {name}, 200 x 200, 100 Adam steps", map_)
    eight = tuple(Run(n, (("lr", 0.01),), (1.0, 2.0)) for n in EIGHT)
    line("8 optimizers x 500 updates", best(lambda: race(surface, eight, 500), 3))


FRAMES = """async (seconds) => {
  const root = document.querySelector(".sc-root"), lab = root.parentElement.__lab;
  lab.clock.loop = true;
  lab.clock.play(true);
  await new Promise((done) => setTimeout(done, 500));
  const first = lab.frames, start = performance.now();
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  const rate = (lab.frames - first) / ((performance.now() - start) / 1000);
  lab.clock.play(false);
  lab.clock.loop = false;
  return rate;
}"""


def on_screen(count: int) -> None:
    import chromium
    import ink
    import server
    from playwright.sync_api import sync_playwright

    home = Path(tempfile.mkdtemp(prefix="initopt-bench-"))
    with server.serving(server.ROOT / "app.py", home) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.obtain(), args=chromium.ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{running.url}/loss_surfaces")
        wait = "() => Number(document.querySelector('.sc-root')?.dataset.drawn) > 0"
        page.wait_for_function(wait, timeout=60_000)
        page.wait_for_timeout(1500)
        print(
            f"frames a second, 3 optimizers x 100 steps           {page.evaluate(FRAMES, 3):7.1f}"
        )
        rate = page.locator('input[type="range"][data-key="run0_SGD_lr"]')
        rate.focus()
        press = lambda key: ink.key_to_ink(page, "lab_canvas", lambda: page.keyboard.press(key))  # noqa: E731
        for _ in range(5):
            press("ArrowLeft")
        fresh = [press("ArrowLeft") for _ in range(count)]
        seen = [press("ArrowRight") for _ in range(count)]
        report("key on a rate to new ink, new", fresh)
        report("key on a rate to new ink, seen before", seen)
        # A control in a menu reruns the whole page; the picture comes first all the same.
        page.get_by_test_id("stPopover").nth(1).get_by_role("button").click()
        page.locator('input[type="range"][data-key="run1_SGDMomentum_momentum"]').focus()
        page.wait_for_timeout(1000)
        report(
            "key on a momentum in a menu to new ink, new",
            [press("ArrowLeft") for _ in range(count)],
        )
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
        drag(page)
        names = "&".join(f"run{i}={name}" for i, name in enumerate(EIGHT))
        page.goto(f"{running.url}/loss_surfaces?runs=8&updates=500&{names}")
        page.wait_for_function(wait, timeout=60_000)
        page.wait_for_timeout(3000)
        print(
            f"frames a second, 8 optimizers x 500 steps           {page.evaluate(FRAMES, 4):7.1f}"
        )
        browser.close()


def report(what: str, values: list[float]) -> None:
    """Median and 95th percentile of milliseconds."""
    late = sorted(values)[int(0.95 * len(values)) - 1]
    print(f"{what}: n={len(values)}, median {statistics.median(values):.0f} ms, 95th {late:.0f} ms")


def drag(page) -> None:
    """One second's drag of the start: how often and how late the paths follow."""
    page.evaluate("""() => {
      const root = document.querySelector(".sc-root");
      window.__seen = [];
      new MutationObserver(() => window.__seen.push([performance.now(), root.dataset.start]))
        .observe(root, { attributes: true, attributeFilter: ["data-drawn"] });
      window.__moves = [];
      window.addEventListener("pointermove", () => window.__moves.push(performance.now()), true);
    }""")
    at = """([x, y]) => {
      const lab = document.querySelector(".sc-root").parentElement.__lab;
      const box = lab.flat.getBoundingClientRect();
      return [box.left + lab.view.px(x), box.top + lab.view.py(y)];
    }"""
    (x0, y0), (x1, y1) = page.evaluate(at, [5, 5]), page.evaluate(at, [-4, 3])
    page.mouse.move(x0, y0)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(x0 + (x1 - x0) * i / 59, y0 + (y1 - y0) * i / 59)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(800)
    seen, moves = page.evaluate("[window.__seen, window.__moves]")
    during = [t for t, _ in seen if t <= moves[-1]]
    gaps = [b - a for a, b in itertools.pairwise(during)]
    if gaps:
        print(
            f"drag of the start: {len(during)} paths in {moves[-1] - moves[0]:.0f} ms, "
            f"median gap {statistics.median(gaps):.0f} ms; ends at {seen[-1][1]}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--ink", action="store_true", help="measure in a browser, too")
    parser.add_argument("--count", type=int, default=40, help="key presses")
    options = parser.parse_args()
    computation(options.repeats)
    if options.ink:
        on_screen(options.count)


if __name__ == "__main__":
    main()
