"""What the hall sees of a scene: its cover whole, its key, its figure below a long sentence."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support import hall
from tests.support.lecture import arrived
from tests.support.still import still


def test_no_curve_stands_out_of_its_cover(projector, app_url):
    """The recorded race's last points lie on the right edge of their plot."""
    page = projector
    page.goto(f"{app_url}/?lecture=tutorial&scene=10")
    arrived(page, 10)
    page.wait_for_timeout(500)
    right = page.evaluate(
        """async () => {
          const loaded = performance.getEntriesByType("resource").map((e) => e.name);
          const bar = loaded.find((name) => name.includes("/stage_bar.js"));
          const { boxes } = await import(bar.replace("stage_bar.js", "boxes.js"));
          const { x, y, w, h } = boxes().findLast((one) => one.h > 100);
          return { x: x + w, y, width: 24, height: h };
        }"""
    )
    shown = Image.open(io.BytesIO(page.screenshot(clip=right))).convert("HSV")
    assert shown.getchannel("S").getextrema()[1] < 60
    assert not page.problems


def test_the_black_window_and_the_controls_lie_over_a_cover(covered):
    page, x, y = covered
    over = "([x, y, what]) => Boolean(document.elementFromPoint(x, y)?.closest(what))"
    page.keyboard.press("b")
    assert page.evaluate(over, [x, y, ".black"])
    page.keyboard.press("b")
    assert page.evaluate(over, [x, y, ".initopt-guess"])
    page.keyboard.press("c")
    assert page.evaluate(over, [150, y, "[data-testid=stSidebar]"])
    assert page.evaluate(over, [x + 300, y, ".initopt-guess"])
    assert not page.problems


@pytest.mark.parametrize("scene", [11, 13])
def test_on_a_surface_it_is_said_who_is_which_colour_and_how_fast(projector, app_url, scene):
    page = projector
    page.goto(f"{app_url}/?lecture=tutorial&scene={scene}")
    arrived(page, scene)
    key = page.locator(".sc-right > .sc-key > span")
    expect(key.first).to_be_visible(timeout=30_000)
    told = key.all_inner_texts()
    assert len(told) == 3 and all("η" in one for one in told) and len(set(told)) == 3
    assert hall.unreadable(page) == []
    assert not page.problems


@pytest.mark.parametrize("size", [pytest.param((1280, 960), marks=pytest.mark.long), (1024, 768)])
def test_on_an_older_projector_a_sentence_of_three_lines_moves_nothing_out(page, app_url, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{app_url}/?lecture=tutorial&scene=12")
    arrived(page, 12)
    said = page.locator(".surface-say")
    expect(said.get_by_text("rounding decides")).to_be_visible(timeout=30_000)
    still(page, figures=False)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(e) => e.scrollHeight - e.clientHeight") == 0
    assert not page.problems
