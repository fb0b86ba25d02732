"""Scenes on a phone: a finger draws, swipes and scrolls, and reaches all that lies below."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support.lecture import GUESS, INK, SGD, arrived
from tests.support.still import still


@pytest.fixture
def phone(browser):
    """A page that is used by fingers."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def drag(page, start, end) -> None:
    """One finger's way."""
    steps = 8
    ways = [[a + (b - a) * i / steps for a, b in zip(start, end, strict=True)] for i in range(9)]
    client = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(ways):
        kind = "touchMove" if i else "touchStart"
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(20)
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_a_finger_draws_in_the_plots_and_swipes_above_them(phone, app_url):
    page = phone
    page.goto(f"{app_url}/?lecture=tutorial&scene=2")
    arrived(page, 2)
    page.wait_for_timeout(300)
    expect(page.get_by_text("Swipe above the plots")).to_be_visible()
    pads = page.locator(".initopt-pads > div")
    expect(pads).to_have_count(2)
    plot, below = (one.bounding_box() for one in pads.all())
    x, y = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2
    drag(page, (x + 80, y), (x - 80, y))
    assert page.evaluate(INK, [x, y]) == GUESS
    expect(page.locator(".initopt-stage h1")).to_have_text(TUTORIAL.scenes[1].title)
    between = (plot["y"] + plot["height"] + below["y"]) / 2
    drag(page, (x + 80, between), (x - 80, between))
    drag(page, (plot["x"] + 10, y + 40), (x + 80, y + 90))
    assert page.evaluate(INK, [plot["x"] + 27, y + 40]) == GUESS, "from the axis"
    expect(page.locator(".initopt-stage h1")).to_have_text(TUTORIAL.scenes[1].title)
    head = page.locator(".initopt-stage h1").bounding_box()["y"] + 10
    drag(page, (x + 80, head), (x - 80, head))
    arrived(page, 3)
    assert not page.problems


MANY_PLOTS = pytest.param(1, 6, marks=pytest.mark.long)
FEW_PLOTS = pytest.param(10, 2, marks=pytest.mark.long)


@pytest.mark.parametrize(("scene", "count"), [MANY_PLOTS, (11, 5), FEW_PLOTS])
def test_on_a_phone_every_plot_is_reached_below_its_cover(phone, app_url, scene, count):
    """By a finger beside the plots; one on the line at the top swipes."""
    page = phone
    page.goto(f"{app_url}/?lecture=tutorial&scene={scene}")
    arrived(page, scene)
    still(page, figures=False)
    page.wait_for_timeout(300)
    main, below = page.get_by_test_id("stMain"), page.locator(".initopt-stage .more")
    if scene > 1:
        expect(below).to_have_text(f"↓ {count - 1} more below")
    row = page.locator(".initopt-stage > .row button")
    assert len({round(one.bounding_box()["height"]) for one in row.all()}) == 1
    seen, reached = page.locator(".initopt-pads > div"), -1
    while (at := main.evaluate("(e) => e.scrollTop")) > reached:
        reached = at
        row = beside(page)
        drag(page, (195, row), (195, row - 250))
        page.wait_for_timeout(600)
    assert at >= main.evaluate("(e) => e.scrollHeight - e.clientHeight") - 1
    assert seen.count() == count
    expect(below).to_be_hidden()
    lowest = max((one.bounding_box() for one in seen.all()), key=lambda box: box["y"])
    assert lowest["y"] + lowest["height"] < 844 and lowest["height"] >= 40
    row = beside(page) if scene == 1 else 20
    drag(page, (330, row), (60, row))
    if scene > 1:
        arrived(page, scene + 1)
    else:  # its figure is wider than the window, and is what moves
        page.wait_for_function("document.querySelector('.initopt-figure').scrollLeft > 200")
    assert not page.problems


def beside(page) -> float:
    """A row of the window, below the line at the top, where no plot is."""
    plots = [one.bounding_box() for one in page.locator(".initopt-pads > div").all()]
    for y in range(820, 240, -6):
        if not any(box["y"] - 6 <= y <= box["y"] + box["height"] + 6 for box in plots):
            return y
    raise AssertionError("plots everywhere")


def test_on_a_phone_a_guess_goes_with_the_page_that_is_scrolled_beside_it(phone, app_url):
    page = phone
    page.goto(f"{app_url}/?lecture=tutorial&scene=11")
    arrived(page, 11)
    page.wait_for_timeout(300)
    plot = page.locator(".initopt-pads > div").first.bounding_box()
    x, y = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2
    drag(page, (x - 30, y), (x + 30, y))
    assert page.evaluate(INK, [x, y]) == SGD
    under = plot["y"] + plot["height"] + 60
    drag(page, (x, under), (x, under - 100))
    page.wait_for_timeout(600)
    gone = page.get_by_test_id("stMain").evaluate("(e) => e.scrollTop")
    assert gone > 40
    assert page.evaluate(INK, [x, y - gone]) == SGD, (x, y, gone)
    page.get_by_role("button", name="Reveal").click()
    page.get_by_test_id("stMain").evaluate("(e) => e.scrollTo(0, 0)")
    expect(page.get_by_text("↓ 4 more below")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate(INK, [x, y]) == SGD
    assert not page.problems
