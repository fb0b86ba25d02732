"""Figures fit, always: every page at four sizes, depths from 1 to 64, in a real browser.

By default a covering part of the product; all of it with INITOPT_FIT=full.
"""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from initopt_core.initialization.presets import PRESETS
from initopt_core.training.runs.store import RunStore
from tests.support import server as servers
from tests.support.cases import cases
from tests.support.still import still
from tests.support.training import finished_run, steered

HERE = Path(__file__).parent
AUDIT = (HERE / "audit.js").read_text(encoding="utf-8").split("\n", 1)[1]
FULL = os.environ.get("INITOPT_FIT") == "full"
SIZES = ((1280, 720), (1440, 900), (1920, 1080), (390, 844))

PANELS = """() => [...document.querySelectorAll('.initopt-figure')].map((e) => {
  const found = [];
  const walk = (mark, x, y) => {
    for (const item of mark.items ?? []) {
      if (mark.marktype !== 'group') continue;
      const [gx, gy] = [x + (item.x ?? 0), y + (item.y ?? 0)];
      if (item.width) found.push([gx, gy, item.width, item.height]);
      for (const child of item.items ?? []) if (child.role !== 'axis') walk(child, gx, gy);
    }
  };
  const { left, top } = e.view.padding();
  walk(e.view.scenegraph().root, left + e.view.origin()[0], top + e.view.origin()[1]);
  const { x, y, width, height } = e.getBoundingClientRect();
  return [[x, y, width, height], ...found];
})"""


def audit(page) -> list[str]:
    return page.evaluate(AUDIT)


def audited(page, url: str, sizes=SIZES, figures: bool = True) -> list[str]:
    """What does not fit at each size, the page loaded once."""
    found = []
    for i, (width, height) in enumerate(sizes):
        page.set_viewport_size({"width": width, "height": height})
        if not i:
            page.goto(url)
        still(page, figures)
        found += [f"{width} x {height}: {text}" for text in audit(page)]
    return found


# --- the initialization page ---

DEPTHS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 30, 64)
COVERING = cases(((1, 0), (7, 3), (8, 4), (30, 6)), ((4, 1), (6, 2), (9, 5)))
"""Hidden layers with the number of a preset, each once."""


def _link(depth: int, preset: int, **more: str) -> str:
    presets = list(PRESETS.values())
    settings = presets[preset % len(presets)].settings
    asked = {"layers": f"{depth} x 64", "scheme": settings.scheme, "act": settings.activation}
    return "/initialization?" + urlencode({**asked, **more})


CASES = list(itertools.product(DEPTHS, range(len(PRESETS)))) if FULL else COVERING


@pytest.mark.parametrize(("depth", "preset"), CASES)
def test_initialization_fits(page, app_url, depth, preset):
    assert audited(page, app_url + _link(depth, preset)) == []


PARTS = ("Numbers", "Phase map", "Compare", "Seeds", "Tutorial", "Explain")


@pytest.mark.parametrize("part", PARTS if FULL else ("Phase map", "Compare", "Explain"))
def test_the_parts_below_fit(page, app_url, part):
    pin = PRESETS["kaiming-relu"].settings.to_json()
    link = app_url + _link(6, 2, part=part, pin=pin)
    assert audited(page, link, SIZES if FULL else (SIZES[0], SIZES[3])) == []


def test_the_formulas_of_the_tutorials_network_fit(page, app_url):
    assert audited(page, app_url + "/initialization?part=Explain", (SIZES[0], SIZES[3])) == []


def test_no_column_moves_while_a_value_changes(page, app_url):
    page.goto(app_url + "/initialization")
    still(page)
    before = page.evaluate(PANELS)
    slider = page.locator("input[type=range]").first
    slider.focus()
    for key in ("End", "Home", *["ArrowRight"] * 4):
        slider.press(key)
        still(page)
        now = page.evaluate(PANELS)
        assert [len(f) for f in now] == [len(f) for f in before]
        moved = max(
            abs(a - b)
            for old, new in zip(before, now, strict=True)
            for one, other in zip(old, new, strict=True)
            for a, b in zip(one, other, strict=True)
        )
        assert moved <= 1, f"{key}: {moved} px"
        assert audit(page) == []


# --- the other pages ---


SURFACES = ("Paths", "Basins", "Sharp+and+flat")


@pytest.mark.parametrize(
    "path", ["/training", "/", "/course", *(f"/loss_surfaces?view={v}" for v in SURFACES)]
)
def test_the_other_pages_fit(page, app_url, path):
    assert audited(page, app_url + path, figures=path == "/training") == []


ZOOMED = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
"""A window of 1440 x 900 at 200 %."""


@pytest.mark.parametrize(
    "path",
    cases(
        ("/", "/initialization?part=Phase+map", "/loss_surfaces?view=Paths"),
        ("/training", "/course", *(f"/loss_surfaces?view={v}" for v in SURFACES[1:])),
    ),
)
def test_zoomed_to_twice_the_size_all_pages_fit(browser, app_url, path):
    context = browser.new_context(**ZOOMED)
    page = context.new_page()
    page.goto(app_url + path)
    still(page, figures="init" in path or "training" in path)
    assert audit(page) == []
    context.close()


@pytest.fixture(scope="module")
def figures_server(tmp_path_factory, browser):
    script = HERE / "apps" / "figures_app.py"
    with servers.serving(script, tmp_path_factory.mktemp("figures")) as running:
        yield running


@pytest.mark.parametrize(("racers", "deep"), cases([(8, 9)], [(3, 4)]))
def test_the_figures_of_a_race_fit(page, figures_server, racers, deep):
    url = f"{figures_server.url}/?racers={racers}&deep={deep}"
    assert audited(page, url, SIZES if FULL else (SIZES[0], SIZES[2], SIZES[3])) == []


# --- while a page loads ---

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) {
    if (!e.hadRecentInput) {
      const name = (n) => n?.dataset?.testid || n?.className || n?.nodeName || '';
      window.shifts.push([e.value, e.sources.map((s) => `${name(s.node)} ` +
        `${Math.round(s.previousRect.y)} -> ${Math.round(s.currentRect.y)}`)]);
    }
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


LOADED = cases(
    ("/initialization", "/training", "/loss_surfaces", "/", "/course", "/training?tab=Layers&run="),
    (
        "/initialization?part=Tutorial", "/loss_surfaces?view=Basins", "/loss_surfaces?type=large",
        "/training?type=large&run=", "/training?type=large&run=recorded",
    ),
)  # fmt: skip


@pytest.mark.parametrize("path", LOADED)
def test_little_moves_while_a_page_loads(page, app_server, path):
    page.add_init_script(SHIFTS)
    store = RunStore(app_server.home / "runs")
    run = finished_run(store) if path.endswith("run=") else ""
    if run:
        steered(store, run)
    for _ in range(2):  # beside other tests a font may come late, once
        page.goto("about:blank")
        page.goto(app_server.url + path + run)
        still(page, figures=path.split("?")[0] in ("/initialization", "/training"))
        shifts = page.evaluate("window.shifts")
        if sum(value for value, _ in shifts) < 0.1:
            break
    told = "\n".join(f"{value:.3f} {moved}" for value, moved in sorted(shifts, reverse=True))
    if run:
        store.delete(run)  # other tests begin with no run
    assert sum(value for value, _ in shifts) < 0.1, told


@pytest.mark.parametrize(
    ("path", "width"),
    cases(
        [("/initialization", 1440), ("/course", 390), ("/training", 1440), ("/", 390)],
        [("/initialization", 390), ("/course", 1440), ("/training", 390), ("/", 1440)],
    ),
)
def test_little_moves_where_each_part_comes_by_itself(page, app_server, path, width):
    """On a slow line the browser draws what has come so far, part after part."""

    def slow(socket) -> None:
        server = socket.connect_to_server()

        def heard(message) -> None:
            time.sleep(0.04)
            socket.send(message)

        server.on_message(heard)

    page.set_viewport_size({"width": width, "height": 900 if width > 640 else 844})
    page.route_web_socket("**/_stcore/stream", slow)
    page.add_init_script(SHIFTS)
    page.goto(app_server.url + path)
    still(page, figures=path in ("/initialization", "/training"))
    shifts = page.evaluate("window.shifts")
    told = "\n".join(f"{value:.3f} {moved}" for value, moved in sorted(shifts, reverse=True))
    assert sum(value for value, _ in shifts) < 0.1, told
