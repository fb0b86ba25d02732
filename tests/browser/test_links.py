"""A link restores the picture: what was set by hand is the same in another browser, pixel for pixel
save for a hair."""

import contextlib
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.still import still

SIZE = {"width": 1100, "height": 760}


def settle(page):
    """Until nothing changes any more, and nothing is pointed at or focused."""
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )
    page.wait_for_function(
        """() => {
          const all = [...document.querySelectorAll(
            '.initopt-figure, .sc-root, .bm-root, .sf-root')];
          return all.length && all.every((e) => Number(e.dataset.drawn) > 0);
        }""",
        timeout=60_000,
    )
    page.mouse.move(640, 5)
    page.evaluate("document.activeElement?.blur()")
    still(page, figures=False)
    page.wait_for_timeout(500)


def picture(page) -> np.ndarray:
    settle(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    page.wait_for_timeout(200)
    clip = {"x": 310, "y": 110, "width": SIZE["width"] - 330, "height": SIZE["height"] - 110}
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"), float)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the pixels whose colours differ visibly."""
    return float((np.abs(one - other).max(-1) > 48).mean())


@contextlib.contextmanager
def elsewhere(browser, page):
    """The page's link in a new browser."""
    other = browser.new_context(viewport=SIZE).new_page()
    try:
        other.goto(page.url)
        yield other
    finally:
        other.context.close()


def restored(browser, page, changed: float = 0.001) -> None:
    """The page's link shows elsewhere what the page shows, and not what it shows at first."""
    mine = picture(page)
    with elsewhere(browser, page) as other:
        assert apart(mine, picture(other)) < 0.001
        if changed:
            other.goto(page.url.split("?")[0])
            assert apart(mine, picture(other)) > changed


@pytest.fixture
def opened(page, app_url):
    def go(path):
        page.set_viewport_size(SIZE)
        page.goto(app_url + path)
        settle(page)
        return page

    return go


def lab(page, part):
    return page.locator(f".sc-root {part}")


def linked(page, *names):
    for name in names:
        page.wait_for_function(f"location.search.includes('{name}=')", timeout=40_000)


def click(page, figure, x, y):
    page.locator(f'[data-figure="{figure}"] canvas').click(position={"x": x, "y": y})


def to_step(page, step):
    slider = lab(page, ".sc-slider")
    slider.evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }", step
    )
    linked(page, "step")


def test_the_ravine_in_three_dimensions_at_step_20(browser, opened):
    page = opened("/loss_surfaces")
    to_step(page, 20)
    lab(page, ".sc-tools button:has-text('3-D')").click()
    page.wait_for_timeout(800)
    box = lab(page, ".sc-stage").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 160, steps=4)
    page.mouse.up()
    linked(page, "solid", "eye", "step")
    restored(browser, page, 0.02)


@pytest.mark.long
def test_zoom_speed_and_the_chosen_optimizer(browser, opened):
    page = opened("/loss_surfaces")
    for _ in range(2):
        lab(page, ".sc-tools button").first.click()
    lab(page, ".sc-speed").select_option(index=3)
    lab(page, ".sc-table tbody tr").nth(2).click()
    linked(page, "zoom", "speed", "chosen")
    speed = lab(page, ".sc-speed").input_value()
    restored(browser, page, 0.02)
    with elsewhere(browser, page) as again:
        expect(lab(again, ".sc-speed")).to_have_value(speed, timeout=60_000)


@pytest.mark.long
def test_basins(browser, opened):
    page = opened("/loss_surfaces")
    page.get_by_role("radio", name="Basins").click()
    page.wait_for_selector(".bm-root[data-drawn]", timeout=60_000)
    linked(page, "view")
    restored(browser, page, 0.02)


@pytest.mark.long
def test_the_shift_of_sharp_and_flat(browser, opened):
    page = opened("/loss_surfaces?view=Sharp+and+flat")
    canvas = page.locator(".sf-root canvas")
    before = page.locator(".sf-root").get_attribute("data-shift")
    canvas.focus()
    for _ in range(8):
        canvas.press("ArrowRight")
    page.wait_for_timeout(1500)
    assert page.locator(".sf-root").get_attribute("data-shift") != before
    restored(browser, page)


@pytest.mark.long
def test_the_quantity_of_the_numbers(browser, opened):
    page = opened("/initialization?part=Numbers")
    page.get_by_role("radio", name="Gradients").click()
    linked(page, "quantity")
    expect(page.get_by_role("radio", name="Gradients")).to_be_checked()
    restored(browser, page, 0)
    with elsewhere(browser, page) as other:
        expect(other.get_by_role("radio", name="Gradients")).to_be_checked(timeout=60_000)
        rows = ".initopt-table tbody"
        expect(other.locator(rows)).to_have_text(
            page.locator(rows).inner_text(), use_inner_text=True
        )


@pytest.mark.long
def test_the_layer_that_is_explained(browser, opened):
    page = opened("/initialization?part=Explain")
    handle = page.locator('[data-testid="stMain"] [data-testid="stSlider"] input').first
    handle.focus()
    handle.press("ArrowRight")
    linked(page, "explain_layer")
    settle(page)
    formula = page.locator(".katex-display").first.inner_text()
    with elsewhere(browser, page) as other:
        expect(other.locator(".katex-display").first).to_have_text(
            formula, use_inner_text=True, timeout=60_000
        )


@pytest.mark.long
def test_a_clicked_strip(browser, opened):
    page = opened("/initialization?layers=30+x+64")
    click(page, "init-strips", 180, 80)
    linked(page, "strip")
    restored(browser, page)


@pytest.mark.long
def test_an_enlarged_histogram_on_one_axis(browser, opened):
    page = opened("/initialization")
    page.locator('.st-key-init-beside label:has-text("Same axis")').click()
    linked(page, "shared")
    click(page, "init-grid", 120, 180)
    linked(page, "enlarged")
    restored(browser, page)


@pytest.mark.long
def test_a_pin(browser, opened):
    page = opened("/initialization")
    page.get_by_role("button", name="Pin", exact=True).click()
    linked(page, "pin")
    box = page.locator('[data-testid="stSelectbox"]:has-text("Activation") input').first
    box.click()
    box.fill("Tanh")
    page.get_by_role("option", name="Tanh", exact=True).click()
    linked(page, "activation")
    restored(browser, page)


@pytest.mark.long
def test_how_a_race_is_looked_at(browser, opened):
    race = "/training?race=SGD,Adam&hidden=16&batch=256&epochs=2&data=sample"
    runs = []
    for seed in (1, 2):
        page = opened(f"{race}&seeds={seed}")
        page.get_by_role("button", name="Start the race").click()
        page.wait_for_url(re.compile(r"[?&]run=[0-9]"), timeout=30_000)
        expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=90_000)
        runs.append(re.search(r"[?&]run=([0-9a-f-]+)", page.url)[1])
    page = opened(f"{race}&seeds=2&run={runs[1]}&compare={runs[0]}")
    page.get_by_role("radio", name="steps").click()
    linked(page, "axis")
    page.locator('.st-key-training-bar label:has-text("log loss")').click()
    linked(page, "log")
    page.locator('.st-key-training-bar label:has-text("smoothed")').click()
    linked(page, "smooth")
    page.get_by_role("radio", name="Layers").click()
    linked(page, "tab", "compare", "run")
    restored(browser, page, 0)
    with elsewhere(browser, page) as other:
        expect(other.get_by_role("radio", name="Layers")).to_be_checked(timeout=60_000)
        expect(other.locator(".race-legend")).to_have_text(
            page.locator(".race-legend").inner_text(), use_inner_text=True
        )
