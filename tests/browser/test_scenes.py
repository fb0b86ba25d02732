"""The built-in lecture by keyboard, and a guess that is drawn before the answer is revealed."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote_plus

import pytest
from PIL import Image
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.browser.test_axe import FOUND
from tests.browser.test_fit import still
from tests.support import hall, web

WALKED = 3
"""Scenes that are looked at by default."""
COVERED = "document.documentElement.dataset.covered"
INK = """(at) => {
  const e = document.elementsFromPoint(...at).find((e) => e.matches('.initopt-guess'))
    ?? document.querySelector('.initopt-guess');
  const ratio = e.width / e.clientWidth;
  return [...e.getContext('2d').getImageData(at[0] * ratio, at[1] * ratio, 1, 1).data];
}"""
GUESS = [0x11, 0x11, 0x11, 255]
SGD = [0xEE, 0x77, 0x33, 255]
"""Ink of a plot's only line, and of the first of several."""


def accessible(page) -> list:
    """What axe calls serious on the page that is shown."""
    page.add_script_tag(path=str(web.package("axe-core") / "axe.min.js"))
    return page.evaluate(FOUND)


def arrived(page, number: int) -> None:
    """Wait until this scene is there, whole and at rest."""
    scene = TUTORIAL.scenes[number - 1]
    expect(page.locator(".initopt-stage h1")).to_have_text(scene.title, timeout=30_000)
    page.wait_for_url(re.compile(rf"/{scene.page}\?.*scene={number}\b"), timeout=30_000)
    if scene.hides:
        page.wait_for_function(f"{COVERED} === 'yes'", timeout=30_000)
    expect(page.locator(".initopt-held")).to_have_count(0, timeout=30_000)
    still(page, figures=False)


@pytest.mark.parametrize(
    "count", [WALKED, pytest.param(len(TUTORIAL.scenes), marks=pytest.mark.long)]
)
def test_the_lecture_is_walked_by_keyboard(projector, app_url, count):
    page = projector
    page.goto(f"{app_url}/?lecture=tutorial")
    for number in range(1, count + 1):
        if number > 1:
            page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
        arrived(page, number)
        if TUTORIAL.scenes[number - 1].hides:
            page.keyboard.press("Enter")
            page.wait_for_function(f"!{COVERED}")
        page.wait_for_timeout(200)
        page.evaluate(hall.FRESH)
        page.evaluate("dispatchEvent(new Event('resize'))")
        assert hall.unreadable(page) == [], TUTORIAL.scenes[number - 1].title
    page.keyboard.press("PageUp")
    arrived(page, count - 1)
    black = page.locator(".initopt-stage .black")
    page.keyboard.press("b")
    assert black.bounding_box() == {"x": 0, "y": 0, **hall.SIZE}
    page.keyboard.press("PageDown")  # which only brings the page back
    expect(black).to_have_count(0)
    arrived(page, count - 1)
    assert not page.problems


def test_a_guess_is_drawn_and_the_answer_comes_below_it(projector, app_url):
    page = projector
    page.goto(f"{app_url}/initialization?{SECOND}")
    arrived(page, 2)
    sentence = page.locator(".st-key-init-say")
    expect(sentence.get_by_text("vanish").first).to_be_hidden()
    middle = page.locator(".st-key-init-depth canvas").first.bounding_box()
    x, y = middle["x"] + middle["width"] / 4, middle["y"] + middle["height"] / 2
    assert page.evaluate(INK, [x, y])[3] == 255, "the plot is covered"
    page.mouse.move(x - 100, y - 100)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    assert page.evaluate(INK, [x + 30, y]) == GUESS
    page.keyboard.press("Enter")
    expect(sentence.get_by_text("vanish").first).to_be_visible()
    assert page.evaluate(INK, [x + 30, y]) == GUESS, "the guess stays above the figure"
    assert page.evaluate(INK, [x + 30, y + 40])[3] == 0, "nothing else does"
    page.get_by_role("button", name="Cover").click()
    page.wait_for_function(f"{COVERED} === 'yes'")
    # The same by keys alone: the arrows are the pen's while the cover has the focus.
    page.get_by_role("application", name="The answer is covered").focus()
    for key in ("ArrowRight", " ", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".initopt-stage .spoken")).to_contain_text("pen down")
    arrived(page, 2)
    assert accessible(page) == []
    page.keyboard.press("PageDown")
    arrived(page, 3)
    assert not page.problems


def test_the_next_scene_is_bare_and_the_guess_on_this_one_comes_back(projector, app_url):
    """Their plots lie at the same places, so nothing about them changes; another page forgets no
    guess either, nor does a window of another size."""
    page = projector
    page.goto(f"{app_url}/initialization?{SECOND}")
    arrived(page, 2)
    x, y = line_drawn(page)
    undo = page.get_by_role("button", name="Undo")
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{COVERED}")
    expect(undo).to_be_hidden()
    for key, number in (("PageDown", 3), ("PageUp", 2), ("PageUp", 1), ("PageDown", 2)):
        page.keyboard.press(key)
        arrived(page, number)
        page.wait_for_timeout(200)
        if number == 1:
            continue
        ink = page.evaluate(INK, [x, y])
        assert (ink == GUESS) == (number == 2) and ink[3] == 255, (number, ink)
        assert page.evaluate(INK, [x, y + 40])[3] == 255, number
        assert undo.is_visible() == (number == 2)
        page.keyboard.press("Enter")
        page.wait_for_function(f"!{COVERED}")
    page.set_viewport_size({"width": 1440, "height": 900})
    still(page)
    page.wait_for_timeout(300)
    assert page.evaluate(INK, middle(page)) == GUESS
    assert not page.problems


def test_a_guess_is_taken_back_line_by_line(projector, app_url):
    page = projector
    page.goto(f"{app_url}/initialization?{SECOND}")
    arrived(page, 2)
    expect(page.get_by_text("Draw your guess in a plot.")).to_be_visible()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_hidden()
    for act in ("Backspace", "Control+z", ""):
        x, y = line_drawn(page)
        expect(undo).to_be_visible()
        assert page.evaluate(INK, [x, y]) == GUESS
        assert undo.bounding_box()["height"] >= 44
        assert hall.unreadable(page) == []
        if act:
            page.keyboard.press(act)
        else:
            undo.click()
        expect(undo).to_be_hidden()
        assert page.evaluate(INK, [x, y]) != GUESS
    page.keyboard.press("PageDown")
    arrived(page, 3)
    page.keyboard.press("PageUp")
    arrived(page, 2)
    assert page.evaluate(INK, [x, y]) != GUESS
    assert not page.problems


@pytest.mark.parametrize("act", ["Shift+Backspace", ""])
def test_all_guesses_of_a_scene_go_at_once_and_come_back(covered, act):
    page, *_ = covered
    undo = page.get_by_role("button", name="Undo")
    clear = page.get_by_role("button", name="Clear")
    expect(clear).to_be_hidden()
    x, y = line_drawn(page)
    line_drawn(page, 40)
    expect(clear).to_be_visible()
    assert hall.unreadable(page) == []
    if act:
        page.keyboard.press(act)
    else:
        clear.click()
    expect(clear).to_be_hidden()
    assert GUESS not in [page.evaluate(INK, [x, y]), page.evaluate(INK, [x, y + 40])]
    undo.click()
    expect(clear).to_be_visible()
    assert page.evaluate(INK, [x, y]) == page.evaluate(INK, [x, y + 40]) == GUESS
    assert not page.problems


def test_a_scene_that_is_covered_again_is_not_called_revealed(covered):
    page, *_ = covered
    said = page.locator(".initopt-stage .spoken")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Revealed.")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{COVERED} === 'yes'")
    expect(said).to_have_text("")
    assert not page.problems


def middle(page) -> list[float]:
    """Of the second scene's first plot."""
    plot = page.locator(".st-key-init-depth canvas").first.bounding_box()
    return [plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] / 2]


def line_drawn(page, below: int = 0) -> list[float]:
    """A line across the second scene's first plot, by mouse; the plot's middle."""
    x, y = middle(page)
    page.mouse.move(x - 100, y + below)
    page.mouse.down()
    page.mouse.move(x + 60, y + below, steps=6)
    page.mouse.up()
    return [x, y]


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


LEFT = """([x, y]) => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }));
  const layers = [...document.querySelectorAll('.initopt-held > canvas')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
  });
  const top = layers.at(-1), box = top.getBoundingClientRect(), scale = top.width / box.width;
  const ctx = top.getContext('2d');
  return [...ctx.getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data];
}"""


@pytest.fixture
def covered(projector, app_url):
    """The second scene, and the middle of its first plot."""
    projector.goto(f"{app_url}/initialization?{SECOND}")
    arrived(projector, 2)
    plot = projector.locator(".st-key-init-depth canvas").first.bounding_box()
    return projector, plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] / 2


def test_a_scene_that_is_left_covered_stays_so_until_the_next_is_there(covered):
    page, x, y = covered
    cover = page.evaluate(INK, [x, y + 40])
    assert cover[3] == 255 and page.evaluate(LEFT, [x, y + 40]) == cover
    arrived(page, 3)
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


def test_enter_reveals_after_a_button_was_clicked(covered):
    page, *_ = covered
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{COVERED}")
    page.get_by_role("button", name="The next scene").click()
    arrived(page, 3)
    page.wait_for_function(f"{COVERED} === 'yes'")
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{COVERED}")
    expect(page.locator(".initopt-stage h1")).to_have_text(TUTORIAL.scenes[2].title)
    button = page.get_by_role("button", name="Cover")
    button.focus()  # by keys the button is meant
    page.keyboard.press("Enter")
    page.wait_for_function(f"{COVERED} === 'yes'")
    assert not page.problems


def test_no_press_is_lost_however_fast(covered):
    """Over other pages, too, whose bar is another."""
    page, *_ = covered
    for _ in range(9):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(60)
    arrived(page, 11)
    assert not page.problems


COUNTERS = """() => {
  const found = window.counters = [];
  const look = () => {
    const held = document.querySelector(".initopt-held");
    const which = held ? "button" : ".initopt-stage .count";
    const parts = [...(held ?? document).querySelectorAll(which)];
    const said = parts.map((e) => e.textContent).filter((text) => text.includes(" / ")).at(-1);
    found.push([Boolean(held), said ?? ""].join(" "));
    requestAnimationFrame(look);
  };
  addEventListener("keydown", () => requestAnimationFrame(() => {
    const held = document.querySelector(".initopt-held");
    document.documentElement.dataset.heard = held?.innerText ?? "";
  }), { capture: true, once: true });
  requestAnimationFrame(look);
}"""


def test_a_key_says_at_once_which_scene_is_coming(covered):
    """In the very next picture, however late the scene's figures are."""
    page, *_ = covered
    page.evaluate(COUNTERS)
    page.keyboard.press("PageDown")
    page.wait_for_function("'heard' in document.documentElement.dataset")
    said = page.evaluate("document.documentElement.dataset.heard")
    assert "3 / 15" in said and "2 / 15" not in said
    arrived(page, 3)
    assert "false 2 / 15" not in page.evaluate("window.counters.slice(3)")
    assert not page.problems


@pytest.mark.parametrize(
    ("bursts", "pause"),
    [
        ((("PageDown", 6, 8),), 50),
        ((("PageDown", 12, 14), ("PageUp", 20, 1)), 0),
    ],
)
def test_of_a_burst_of_keys_the_last_one_counts(covered, bursts, pause):
    """The screen shows what its counter says, and no scene between them."""
    page, *_ = covered
    for key, times, number in bursts:
        page.evaluate(COUNTERS)
        before = page.locator(".initopt-stage .count").inner_text()
        for _ in range(times):
            page.keyboard.press(key)
            if pause:
                page.wait_for_timeout(pause)
        arrived(page, number)
        page.wait_for_timeout(500)
        shown = {one for one in page.evaluate("window.counters") if one.startswith("false")}
        assert shown <= {f"false {before}", f"false {number} / 15"}
        arrived(page, number)
    assert not page.problems


def test_a_guess_stays_in_the_plots(covered):
    page, x, y = covered
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 100, steps=8)
    bottom = page.viewport_size["height"] - 3
    page.mouse.move(x, bottom, steps=8)
    page.mouse.up()
    assert page.evaluate(INK, [x, y]) == GUESS
    assert page.evaluate(INK, [x, bottom - 2])[3] == 0, "below the axis"
    assert not page.problems


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
    page.wait_for_timeout(300)
    assert page.evaluate(INK, [x, y]) == SGD
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


FRAMES = """() => {
  const numbers = new WeakMap();
  let count = 0;
  const numbered = (it) => {
    if (it && !numbers.has(it)) numbers.set(it, ++count);
    return it ? numbers.get(it) : 0;
  };
  const covers = () => {
    const e = document.querySelector('.initopt-guess:not(.revealed)');
    const all = { opacityProperty: true, visibilityProperty: true };
    if (!e?.width || !e.checkVisibility(all)) return 0;
    const { data } = e.getContext('2d').getImageData(0, 0, e.width, e.height);
    let found = 0;
    for (let i = 3; i < data.length; i += 4 * 997) found += data[i] === 255;
    return found;
  };
  const seen = () => [...document.querySelectorAll(
    '[data-testid=stMain] :is(.initopt-figure, .sc-root, .bm-root, .sf-root)',
  )].filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => {
    const box = e.getBoundingClientRect(), lab = e.parentElement.__lab;
    return [numbered(e), Number(e.dataset.drawn) > 0, e.dataset.stamp ?? '', e.dataset.width ?? '',
      box.x, box.y, box.width, box.height, lab?.scene?.stamp ?? '', numbered(lab?.field),
      Boolean(e.querySelector('.sc-is-solid'))].join();
  });
  const held = () => {
    const e = document.querySelector('.initopt-held');
    if (!e) return null;
    const { width, height } = e.getBoundingClientRect();
    const whole = width === innerWidth && height === innerHeight && e.isConnected;
    return whole && [...e.children].some((one) => one.matches('canvas') && one.clientHeight > 100);
  };
  window.frames_seen = [];
  const look = () => {
    const copy = held();
    window.frames_seen.push({
      copy,
      title: document.querySelector('.initopt-stage h1')?.textContent ?? '',
      covers: copy === null ? covers() : Number(covers() > 0), figures: copy === null ? seen() : [],
    });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.mark.parametrize(
    ("start", "ways"),
    [(6, "+"), (9, "++++++"), pytest.param(15, "-----", marks=pytest.mark.long)],
)
def test_between_two_scenes_there_is_one_picture_then_the_next(projector, app_url, start, ways):
    """Whatever the browser has to do: a copy of the one, then the other with all its figures, in
    its look, below its cover."""
    page = projector
    page.goto(f"{app_url}/?lecture=tutorial&scene={start}")
    arrived(page, start)
    still(page, figures=start < 11)
    page.evaluate(FRAMES)
    number = start
    for way in ways:
        before = TUTORIAL.scenes[number - 1].title
        page.evaluate("() => { window.frames_seen.length = 0; }")
        page.keyboard.press("PageDown" if way == "+" else "PageUp")
        number += 1 if way == "+" else -1
        scene = TUTORIAL.scenes[number - 1]
        arrived(page, number)
        page.wait_for_timeout(500)
        frames = page.evaluate("window.frames_seen")
        kept = [i for i, one in enumerate(frames) if one["copy"] is not None]
        assert kept, "nothing is kept"
        assert kept == list(range(kept[0], kept[-1] + 1)), "it goes once"
        assert all(frames[i]["copy"] and not frames[i]["covers"] for i in kept), number
        assert all(one["title"] == before for one in frames[: kept[0]])
        after = frames[kept[-1] + 1 :]
        assert {one["title"] for one in after} == {scene.title}
        assert after[-1]["figures"]
        assert all(one["figures"] == after[-1]["figures"] for one in after), (number, after[0])
        if scene.hides and number < len(TUTORIAL.scenes):  # the last draws no answer to cover
            assert min(one["covers"] for one in after) > 0, number
    assert not page.problems


@pytest.mark.parametrize(
    ("link", "number", "said"),
    [
        ("/?lecture=tutorial&scene=2", 2, ""),
        ("/initialization?lecture=tutorial&scene=2", 2, ""),
        ("/loss_surfaces?lecture=tutorial&scene=99", len(TUTORIAL.scenes), "“scene=99”"),
        ("/?lecture=tutorial&scene=x", 1, "“scene=x”"),
    ],
)
def test_a_link_that_is_typed_shows_the_scene_or_says_what_it_shows(
    page, app_url, link, number, said
):
    page.set_viewport_size(hall.SIZE)
    page.goto(app_url + link)
    scene = TUTORIAL.scenes[number - 1]
    expect(page.locator(".initopt-stage h1")).to_have_text(scene.title, timeout=30_000)
    wanted = [f"{name}={value}" for name, value in scene.settings]
    page.wait_for_url(lambda url: all(one in unquote_plus(url) for one in wanted), timeout=30_000)
    if said:
        note = page.get_by_text(f"{said} in the link cannot be used; {number} is taken instead.")
        expect(note).to_be_visible(timeout=30_000)
    assert not page.problems


def test_a_lecture_that_is_not_here_is_told(projector, app_url):
    page = projector
    page.goto(app_url + "/loss_surfaces?lecture=tutorail&scene=2")
    told = page.get_by_text("“lecture=tutorail” in the link cannot be used;")
    expect(told).to_be_visible(timeout=30_000)
    still(page, figures=False)
    assert hall.unreadable(page) == [], "it moves nothing"
    assert not page.problems


SECOND = "scheme=constant_variance&activation=identity&lecture=tutorial&scene=2&figure=depth"


@pytest.mark.usefixtures("no_lectures")
def test_a_view_becomes_a_scene_and_the_page_scenes_edits_it(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Sharp+and+flat")
    page.locator(".sf-root canvas").wait_for(timeout=60_000)
    still(page, figures=False)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Add as a scene").click()
    expect(page.get_by_text("Scene 1 of “My lecture”")).to_be_visible()
    page.get_by_role("link", name="Scenes").first.click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    expect(title).to_have_value("Sharp and flat · Loss surfaces", timeout=30_000)
    title.fill("A flat end")
    title.press("Tab")  # what is typed is kept when its field is left
    expect(page.get_by_text("1. A flat end")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("It has no scenes yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1. A flat end")).to_be_visible()
    assert accessible(page) == []
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".initopt-stage h1")).to_have_text("A flat end", timeout=30_000)
    assert re.search(
        r"/loss_surfaces\?view=Sharp.*lecture=my-lecture-[0-9a-f]{8}&scene=1", page.url
    )
    page.reload()
    expect(page.locator(".initopt-stage h1")).to_have_text("A flat end", timeout=30_000)
    assert not page.problems


@pytest.mark.usefixtures("no_lectures")
def test_what_is_typed_stays_without_leaving_its_field(page, app_url):
    """After a pause, or when the page is loaded anew; and the field stays under the hand."""
    page.goto(f"{app_url}/lecture")
    page.get_by_role("button", name="Copy it to edit").click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    expect(title).to_have_value(TUTORIAL.scenes[0].title, timeout=30_000)
    title.evaluate("(e) => { window.field = e; }")
    title.press("End")
    page.keyboard.type(" then")
    expect(page.get_by_text("1. All weights equal then")).to_be_visible(timeout=30_000)
    page.keyboard.type(" ")
    page.wait_for_timeout(1500)
    page.keyboard.type("some")
    expect(page.get_by_text("1. All weights equal then some")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.activeElement === window.field && field.isConnected")
    notes = page.get_by_role("textbox", name="Notes for the speaker")
    notes.press("Control+End")
    page.keyboard.type(" Wait")
    page.wait_for_timeout(1500)
    page.keyboard.type(" for")
    page.wait_for_timeout(1500)
    page.keyboard.type(" it.")
    page.wait_for_timeout(1500)
    assert notes.evaluate("(e) => e === document.activeElement")
    expect(notes).to_have_value(TUTORIAL.scenes[0].notes + " Wait for it.")
    page.reload()
    expect(title).to_have_value("All weights equal then some", timeout=30_000)
    expect(notes).to_have_value(TUTORIAL.scenes[0].notes + " Wait for it.")
    assert not page.problems
