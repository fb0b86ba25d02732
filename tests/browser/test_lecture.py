"""Lecture mode: sentence and figure fill a projector's 1280 x 720, nothing scrolls or is small."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_fit import audit
from tests.support import hall
from tests.support.cases import cases
from tests.support.still import still

PAGES = cases(
    ("/initialization", "/training", "/loss_surfaces"),
    (
        "/initialization?figure=depth",
        "/initialization?figure=part&part=Phase+map",
        "/initialization?layers=7+x+64",
        "/initialization?layers=30+x+64",
        "/loss_surfaces?solid=true",
        "/loss_surfaces?view=Basins",
        "/loss_surfaces?view=Sharp+and+flat",
    ),
)


def in_hall(page, url: str, path: str) -> None:
    """Open a page in lecture mode and wait until nothing moves any more."""
    page.goto(f"{url}{path}{'&' if '?' in path else '?'}lecture=on")
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-drawn]')].some(
          (e) => e.checkVisibility() && Number(e.dataset.drawn) > 0)""",
        timeout=60_000,
    )
    still(page, figures=False)


@pytest.mark.parametrize("path", PAGES)
def test_the_last_row_sees_everything(projector, app_url, path):
    in_hall(projector, app_url, path)
    assert hall.unreadable(projector) == []
    assert audit(projector) == []
    assert not projector.problems


BAR = """() => [...document.querySelectorAll('.sc-bar > *')].flatMap((e) => {
  const box = e.getBoundingClientRect(), end = e.parentElement.getBoundingClientRect().right;
  const own = Object.assign(e.cloneNode(true), { style: "position: absolute" });
  e.after(own);
  const needed = e.tagName === "SELECT" ? own.getBoundingClientRect().width : 0;
  own.remove();
  return box.right > end + 1 || box.width < needed - 1 ? [`${e.className}: ${box.width}`] : [];
})"""
"""What of the playback's bar stands out of it, or is narrower than what it says."""
DRAWN = (
    "() => [...window.letters].filter(([c]) => c.isConnected).flatMap(([c, t]) => [...t.keys()])"
)


@pytest.mark.parametrize("path", ["/initialization", "/loss_surfaces"])
def test_a_projector_of_4_3_sees_everything(projector, app_url, path):
    projector.set_viewport_size({"width": 1024, "height": 768})
    in_hall(projector, app_url, path)
    assert hall.unreadable(projector) == []
    assert audit(projector) == []
    drawn = projector.evaluate(DRAWN)
    assert not [text for text in drawn if text.startswith(("Layer", "(")) and text.endswith("…")]
    assert projector.evaluate(BAR) == []
    question = projector.locator(".initopt-stage p").first
    question.evaluate("(e) => { e.hidden = false; e.textContent = 'W'.repeat(235); }")
    assert question.evaluate("(e) => e.scrollWidth <= e.clientWidth"), "broken without a space"
    assert not projector.problems


def test_what_is_hovered_is_read_from_the_last_row(projector, app_url):
    in_hall(projector, app_url, "/initialization")
    plot = projector.locator(".st-key-init-grid canvas").first.bounding_box()
    tip = projector.locator(".initopt-tip")
    for across in range(30):
        x = plot["x"] + plot["width"] * (0.06 + across / 200)
        projector.mouse.move(x, plot["y"] + plot["height"] * 0.2)
        if tip.count() and tip.is_visible():
            break
    expect(tip).to_be_visible()
    assert hall.unreadable(projector) == []
    assert not projector.problems


@pytest.mark.parametrize("runs", cases([5], [8]))
def test_two_rows_of_maps_share_the_window(projector, app_url, runs):
    in_hall(projector, app_url, f"/loss_surfaces?view=Basins&surface=himmelblau&runs={runs}")
    maps = projector.locator(".bm-root canvas")
    expect(maps).to_have_count(runs, timeout=30_000)
    still(projector, figures=False)
    assert hall.unreadable(projector) == []
    boxes = [one.bounding_box() for one in maps.all()]
    assert len({box["y"] for box in boxes}) == 2 and len({box["height"] for box in boxes}) == 1
    assert all(box["height"] > 150 and box["y"] + box["height"] <= 720 for box in boxes)
    assert not projector.problems


def test_the_switch_leads_in_and_out_and_the_controls_come_by_a_key(page, app_url):
    page.set_viewport_size(hall.SIZE)
    page.goto(app_url + "/initialization?kaiming_gain=2.0")
    still(page)
    figure = page.locator(".st-key-init-grid .initopt-figure")
    before = figure.get_attribute("data-drawn")
    page.get_by_role("button", name="Lecture").click()
    page.wait_for_url("**/initialization?*lecture=on*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Initialization")
    still(page)
    assert int(figure.get_attribute("data-drawn")) > int(before), "the same figure, drawn larger"
    place = figure.bounding_box()
    slider = page.locator("input[type=range]").first
    expect(slider).to_be_hidden()
    page.keyboard.press("c")
    expect(slider).to_be_visible()
    assert figure.bounding_box() == place, "controls lie over the figure"
    slider.press("ArrowRight")
    page.wait_for_url("**kaiming_gain=2.05*")
    page.keyboard.press("c")
    expect(slider).to_be_hidden()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Lecture")).to_be_visible()
    page.wait_for_url(lambda url: "lecture" not in url)
    expect(slider).to_be_visible()
    assert not page.problems


@pytest.mark.parametrize("size", cases([{"width": 1024, "height": 768}], [hall.SIZE]))
def test_the_switch_lays_figures_out_anew(page, app_url, size):
    """A legend placed for small letters would print its entries over each other."""
    page.set_viewport_size(size)
    page.goto(app_url + "/training")
    still(page)
    for name in ("Lecture", "Leave"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_function(
            "on => Boolean(document.documentElement.dataset.lecture) === on", arg=name == "Lecture"
        )
        still(page)
        assert audit(page) == []
    assert not page.problems


def test_on_a_phone_the_depth_figure_fills_what_is_below_the_sentence(page, app_url):
    """Its two panels stand below one another; nothing scrolls sideways."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/initialization?lecture=on&figure=depth")
    page.wait_for_selector(".st-key-init-depth canvas", timeout=60_000)
    page.wait_for_function(
        """() => {
          const e = document.querySelector(".st-key-init-depth .initopt-figure");
          const box = e.getBoundingClientRect();
          return box.height > 400 && box.bottom <= innerHeight && e.scrollWidth <= e.clientWidth;
        }"""
    )
    assert page.problems == []


def test_a_part_that_is_not_open_leaves_the_window_to_the_figure(page, app_url):
    """Where its link is cut short, nobody stands before an empty screen."""
    page.goto(f"{app_url}/initialization?lecture=on&figure=part")
    expect(page.locator(".st-key-init-grid .initopt-figure").first).to_be_visible(timeout=20_000)
    expect(page.locator(".st-key-link-notes")).to_contain_text("figure=part")
    page.wait_for_function("!location.search.includes('figure=')")
