"""The live chart in a real browser: drawn in place, never rebuilt, never another size."""

import json
from pathlib import Path

import pytest

from initopt_core.figures import figure as base
from tests.support import ink
from tests.support import server as servers

TOY = Path(__file__).parent / "apps" / "live_chart_app.py"
GRID = '[data-figure="grid"]'
LINES = '[data-figure="lines"]'


@pytest.fixture(scope="module")
def toy_server(tmp_path_factory, browser):
    with servers.serving(TOY, tmp_path_factory.mktemp("toy")) as running:
        yield running


@pytest.fixture
def toy(page, toy_server):
    page.goto(toy_server.url)
    for key in ("grid", "lines"):
        ink.settled(page, key)
    return page


def drawn(page, selector=GRID):
    return int(page.locator(selector).get_attribute("data-drawn"))


def choose(page, number):
    page.locator('[data-testid="stRadio"] label', has_text=str(number)).last.click()


def test_twenty_changes_keep_the_element_the_canvas_and_their_size(toy):
    mark = f"""() => {{
      const element = document.querySelector('{GRID}');
      element.mark = 'mine'; element.querySelector('canvas').mark = 'mine';
      element.view.mark = 'mine';
    }}"""
    state = f"""() => {{
      const element = document.querySelector('{GRID}');
      const box = element.getBoundingClientRect();
      const canvas = element.querySelector('canvas');
      return {{
        marks: [element.mark, canvas.mark, element.view.mark],
        size: [box.width, box.height, canvas.width, canvas.height],
        sum: element.view.data('h7').reduce((s, d) => s + d.y * d.x, 0),
      }};
    }}"""
    toy.evaluate(mark)
    before = toy.evaluate(state)
    toy.locator('input[type="radio"]').first.focus()
    sums = {before["sum"]}
    for _ in range(20):
        ink.key_to_ink(toy, "grid", lambda: toy.keyboard.press("ArrowRight"))
        now = toy.evaluate(state)
        assert now["marks"] == ["mine"] * 3
        assert now["size"] == before["size"]
        sums.add(now["sum"])
    assert len(sums) == 10, "ten settings, ten pictures"
    assert toy.problems == []


def test_the_picture_itself_changes(toy):
    pixels = f"() => document.querySelector('{GRID} canvas').toDataURL()"
    toy.locator('input[type="radio"]').first.focus()
    before = toy.evaluate(pixels)
    ink.key_to_ink(toy, "grid", lambda: toy.keyboard.press("ArrowRight"))
    assert toy.evaluate(pixels) != before


def test_a_rerun_without_a_change_draws_nothing(toy):
    before = drawn(toy)
    toy.get_by_text("linear", exact=True).click()
    toy.wait_for_function(f"document.querySelector('{LINES}').dataset.drawn > 1")
    assert drawn(toy) == before


def test_another_definition_under_the_same_key_is_drawn_in_the_same_element(toy):
    toy.evaluate(f"document.querySelector('{LINES}').mark = 'mine'")
    toy.get_by_text("linear", exact=True).click()
    toy.wait_for_function(f"document.querySelector('{LINES}').view.scale('y').type === 'linear'")
    assert toy.evaluate(f"document.querySelector('{LINES}').mark") == "mine"
    assert toy.locator(f"{LINES} canvas").count() == 1
    assert toy.problems == []


def test_it_is_an_image_with_a_description_that_follows(toy):
    figure = toy.locator(GRID)
    assert figure.get_attribute("role") == "img"
    assert figure.get_attribute("aria-label") == "Fifteen histograms, seed 0"
    choose(toy, 3)
    toy.wait_for_function(
        f"document.querySelector('{GRID}').getAttribute('aria-label').endsWith('seed 3')"
    )


def test_the_newest_of_many_messages_wins(toy):
    toy.locator('input[type="radio"]').first.focus()
    for _ in range(9):
        toy.keyboard.press("ArrowRight")
    toy.wait_for_function(
        f"document.querySelector('{GRID}').getAttribute('aria-label').endsWith('seed 9')"
    )
    assert toy.problems == []


def test_on_a_phone_the_figure_scrolls_inside_itself(toy):
    height = toy.locator(GRID).bounding_box()["height"]
    toy.set_viewport_size({"width": 390, "height": 844})
    toy.wait_for_function(
        f"(() => {{ const e = document.querySelector('{GRID}');"
        "return e.clientWidth < 390 && Math.abs(e.scrollWidth - 700) < 12; })()"
    )
    toy.wait_for_function(
        f"(() => {{ const e = document.querySelector('{LINES}');"
        "return e.scrollWidth <= e.clientWidth; })()"
    )
    assert toy.evaluate("document.documentElement.scrollWidth") <= 390
    assert toy.locator(GRID).bounding_box()["height"] == height
    toy.set_viewport_size({"width": 1440, "height": 900})
    toy.wait_for_function(f"document.querySelector('{GRID} canvas').clientWidth > 1200")


def test_a_figure_fills_its_width_and_is_not_cut(toy):
    for selector in (GRID, LINES):
        sizes = toy.evaluate(
            f"""() => {{
              const e = document.querySelector('{selector}');
              const c = e.querySelector('canvas');
              return [e.clientWidth, c.clientWidth, e.clientHeight, c.clientHeight];
            }}"""
        )
        assert 0 <= sizes[0] - sizes[1] < 12
        assert sizes[3] <= sizes[2] + 1


def test_dark_follows_the_page_without_another_view(toy):
    ink_of = f"() => document.querySelector('{GRID}').view.signal('dark')"
    toy.evaluate(f"document.querySelector('{GRID}').view.mark = 'mine'")
    assert toy.evaluate(ink_of) is False
    toy.emulate_media(color_scheme="dark")
    toy.wait_for_function(f"document.querySelector('{GRID}').view.signal('dark') === true")
    assert toy.evaluate(f"document.querySelector('{GRID}').view.mark") == "mine"
    assert toy.problems == []


def test_a_click_is_reported_with_data_coordinates(toy):
    box = toy.locator(LINES).bounding_box()
    toy.locator(LINES).click(position={"x": box["width"] / 2, "y": box["height"] / 3})
    toy.get_by_text("clicked {").wait_for()
    text = toy.get_by_text("clicked {").inner_text()
    value = json.loads(text.removeprefix("clicked "))
    assert 20 < value["x"] < 40
    assert 1e-4 < value["y"] < 1


def test_a_figure_that_goes_and_comes_is_drawn_again(toy):
    toy.get_by_text("hide the curves").click()
    toy.locator(LINES).wait_for(state="detached")
    toy.get_by_text("hide the curves").click()
    toy.wait_for_function(f"Number(document.querySelector('{LINES}')?.dataset.drawn) > 0")
    assert toy.problems == []


def test_a_definition_that_cannot_be_fetched_is_asked_for(page, toy_server):
    page.route("**/initopt.specs/*", lambda route: route.fulfill(status=404))
    page.goto(toy_server.url)
    ink.settled(page, "grid")
    ink.settled(page, "lines")
    assert page.locator(".initopt-note").count() == 0


def test_a_failed_draw_shows_a_quiet_line_and_recovers(toy):
    toy.evaluate(
        f"""() => {{
          const view = document.querySelector('{GRID}').view;
          view.whole = view.runAsync;
          view.runAsync = () => Promise.reject(new Error('on purpose'));
        }}"""
    )
    choose(toy, 4)
    toy.get_by_text("This figure could not be drawn").wait_for()
    assert toy.locator(f"{GRID} canvas").is_visible()
    toy.evaluate(
        f"() => {{ const v = document.querySelector('{GRID}').view; v.runAsync = v.whole; }}"
    )
    choose(toy, 5)
    toy.locator(".initopt-note").wait_for(state="detached")


def test_the_browser_expands_data_as_python_does(toy, toy_server):
    datasets = [
        base.columns(name="SGD", x=[1, 2, 3], y=[0.5, None, 1e-9]),
        base.columns(x=1, y="one row"),
        base.columns(x=[], y=[]),
        base.series([{"k": "a", "x": [1, 2]}, {"k": "b", "x": [3]}]),
        base.histograms([{"p": 0, "edges": (-0.7, 1.9), "counts": [1, 2, 3]}]),
        base.histograms([{"edges": [0, 1, 10], "counts": [4, 5]}], bars=True),
        base.histograms([{"edges": (float("nan"), 1.0), "counts": [4, 5]}]),
        base.histograms([{"edges": (0, 1), "counts": []}]),
    ]
    url = f"{toy_server.url}/_stcore/bidi-components/initopt.live_chart/live_chart/rows.js"
    script = "async ([url, data]) => { const m = await import(url); return data.map(m.expand); }"
    assert toy.evaluate(script, [url, datasets]) == [base.expand(d) for d in datasets]


def test_exports_are_made_on_demand(toy):
    toy.get_by_role("button", name="Export").click()
    with toy.expect_download() as waiting:
        toy.get_by_role("button", name="Data, CSV").click()
    text = Path(waiting.value.path()).read_text()
    assert text.splitlines()[0] == "optimizer,step,loss"
    assert len(text.splitlines()) == 181
    with toy.expect_download() as waiting:
        toy.get_by_role("button", name="PNG", exact=True).click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_inline_scripts_work_too(page, tmp_path):
    with servers.serving(TOY, tmp_path, {"INITOPT_INLINE_ASSETS": "1"}) as running:
        page.goto(running.url)
        ink.settled(page, "grid")
        ink.settled(page, "lines")
        page.locator('input[type="radio"]').first.focus()
        ink.key_to_ink(page, "grid", lambda: page.keyboard.press("ArrowRight"))
        assert page.problems == []
