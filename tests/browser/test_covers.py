"""Covers: nothing of a figure whose answer is hidden is ever seen before it is revealed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support import hall

COVERED = "document.documentElement.dataset.covered"
RACE = next(i for i, one in enumerate(TUTORIAL.scenes, 1) if one.page == "training")
FLAT = len(TUTORIAL.scenes)
BARE = """() => {
  const words = ".st-key-init-say, .st-key-recorded-said";
  const seen = (e) => e.checkVisibility({ visibilityProperty: true });
  const plot = (figure) => {
    const lies = figure.getBoundingClientRect();
    if (!seen(figure) || Number(getComputedStyle(figure).opacity) === 0) return "";
    const lids = [...figure.querySelectorAll(".initopt-shutters > div")].filter(seen).filter(
      (e) => getComputedStyle(e).backgroundColor.startsWith("rgb("));
    for (let e = figure; e; e = e.parentElement) {
      if (Number(getComputedStyle(e).opacity) < 1) return `${figure.className} fades`;
    }
    const area = lids.reduce((sum, e) => sum + e.offsetWidth * e.offsetHeight, 0);
    return area > 0.3 * lies.width * lies.height ? "" : `${figure.className} is open`;
  };
  const told = (e) => {
    const all = Number(getComputedStyle(e).opacity) ? [e, ...e.querySelectorAll("*")] : [];
    return all.some((one) => seen(one) && one.textContent.trim()) ? "a sentence" : "";
  };
  window.bare = [];
  window.watched = 0;
  const look = () => {
    const drawn = (e) => Number(e.dataset.drawn);
    const found = [...document.querySelectorAll(".initopt-figure")].filter(drawn).map(plot);
    found.push(...[...document.querySelectorAll(words)].map(told));
    const line = document.querySelector(".initopt-stage");
    for (let e = line; e; e = e.parentElement) {
      if (Number(getComputedStyle(e).opacity) < 1) found.push("the line fades");
    }
    window.bare.push(...found.filter(Boolean));
    window.watched++;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""Notes in every frame what of a covered figure could be seen, and whether its cover fades."""


@pytest.fixture
def watched(page):
    page.set_viewport_size(hall.SIZE)
    page.add_init_script(f"({BARE})()")
    return page


def covered(page) -> None:
    page.wait_for_function(f"{COVERED} === 'yes'", timeout=30_000)
    page.wait_for_timeout(300)


def nothing_was_seen(page) -> None:
    assert page.evaluate("window.watched") > 10
    assert page.evaluate("[...new Set(window.bare)]") == []
    assert not page.problems


def delayed(page, name: str, milliseconds: int) -> None:
    """Let this file come late."""

    def late(route) -> None:
        page.wait_for_timeout(milliseconds)
        route.continue_()

    page.route(f"**/{name}*", late)


@pytest.mark.parametrize(
    "late",
    ["stage_bar.js", *(pytest.param(n, marks=pytest.mark.long) for n in ("live_chart.js", "vega"))],
)
def test_in_whatever_order_a_figure_and_its_cover_come_nothing_is_seen(watched, app_url, late):
    page = watched
    delayed(page, late, 1500)
    page.goto(f"{app_url}/training?lecture=tutorial&scene={RACE}")
    covered(page)
    nothing_was_seen(page)


def test_from_another_page_nothing_is_seen_before_the_cover_is_there(watched, app_url):
    """The browser knows of the scene only when the page's parts come."""
    page = watched
    page.goto(f"{app_url}/loss_surfaces")
    page.locator(".sc-plots canvas").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    delayed(page, "stage_bar.js", 1500)
    page.evaluate("() => { window.bare.length = 0; }")
    page.evaluate(
        """(there) => {
          history.pushState({}, "", there); // as Back leads to it
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        f"/training?lecture=tutorial&scene={RACE}",
    )
    covered(page)
    nothing_was_seen(page)


def test_a_cover_stays_whole_while_an_answer_is_late(watched, app_url):
    """Streamlit fades what waits for an answer: a cover that fades lies below the figure."""
    page = watched
    kept: list = []
    late = []

    def relay(socket) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda told: kept.append((socket, told)) if late else socket.send(told))

    page.route_web_socket("**/_stcore/stream", relay)
    page.goto(f"{app_url}/initialization?lecture=tutorial&scene=2")
    covered(page)
    late.append(True)
    page.keyboard.press("r")  # Streamlit's own key: the page once more
    page.locator(".st-key-stage-bar[data-stale=true]").wait_for(state="attached")
    page.wait_for_timeout(2500)
    assert page.evaluate("[...new Set(window.bare)]") == []
    late.clear()
    for socket, told in kept:
        socket.send(told)
    page.wait_for_timeout(500)
    nothing_was_seen(page)


def test_figures_that_are_sized_anew_are_covered_in_every_frame(watched, app_url):
    page = watched
    page.goto(f"{app_url}/training?lecture=tutorial&scene={RACE}")
    covered(page)
    for width, height in ((1100, 720), (1280, 640), (1000, 700)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(250)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(250)
    nothing_was_seen(page)


def test_of_sharp_and_flat_only_the_test_loss_is_covered(page, app_url):
    page.set_viewport_size(hall.SIZE)
    page.goto(f"{app_url}/loss_surfaces?lecture=tutorial&scene={FLAT}")
    covered(page)
    hues = """() => {
      const { canvas, box } = document.querySelector('.sf-root').__figure;
      const ratio = canvas.width / canvas.clientWidth;
      const [x, y, w, h] = [box.x, box.y, box.w, 0.75 * box.h].map((v) => Math.round(v * ratio));
      const { data } = canvas.getContext('2d').getImageData(x, y, w, h);
      const near = (i, c) => c.every((v, k) => Math.abs(data[i + k] - v) < 8);
      let train = 0, test = 0;
      for (let i = 0; i < data.length; i += 4) {
        train += near(i, [0x44, 0x77, 0xaa]);
        test += near(i, [0xee, 0x66, 0x77]);
      }
      return [train, test];
    }"""
    train, test = page.evaluate(hues)
    assert train > 500 and test == 0
    slider = page.locator(".sf-root canvas")
    assert "pays" not in slider.get_attribute("aria-valuetext")
    expect(page.locator(".sf-table tr")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{COVERED}")
    assert page.evaluate(hues)[1] > 500
    assert "pays" in slider.get_attribute("aria-valuetext")
    assert not page.problems


LINES = """([x, y]) => {
  const e = document.querySelector('.initopt-guess'), ratio = e.width / e.clientWidth;
  return [...e.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
}"""


def test_a_guess_is_drawn_for_each_racer_in_its_colour(page, app_url):
    page.set_viewport_size(hall.SIZE)
    page.goto(f"{app_url}/training?lecture=tutorial&scene={RACE}")
    covered(page)
    pens = page.locator(".initopt-stage .pens button")
    expect(pens).to_have_text(["SGD", "SGD + momentum", "Adam"])
    plot = page.locator(".initopt-figure canvas").first.bounding_box()
    x, top = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2

    def drawn(y: float) -> list[int]:
        page.mouse.move(x - 60, y)
        page.mouse.down()
        page.mouse.move(x + 60, y, steps=4)
        page.mouse.up()
        return page.evaluate(LINES, [x, y])

    colours = [drawn(top + 25 * i) for i in range(3)]
    assert colours == [[0xEE, 0x77, 0x33], [0x44, 0x77, 0xAA], [0xAA, 0x33, 0x77]]
    pens.nth(1).click()
    expect(pens.nth(1)).to_have_attribute("aria-pressed", "true")
    assert drawn(top - 40) == colours[1], "by the pen that was chosen"
    assert page.evaluate(LINES, [x, top + 25]) != colours[1], "in the place of the one before"
    page.keyboard.press("Backspace")
    assert page.evaluate(LINES, [x, top + 25]) == colours[1], "which Undo brings back"
    page.keyboard.press("Backspace")
    assert page.evaluate(LINES, [x, top + 50]) != colours[2]
    assert not page.problems
