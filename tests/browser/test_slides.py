"""Home, Course figures and Scenes on a stage: nothing scrolls or is small; a lecture over them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.lecture.shelf import Shelf
from tests.support import hall

WHOLE = """() => {
  const all = [...document.querySelectorAll('.initopt-still')].filter((e) => e.checkVisibility());
  const hall = document.documentElement.dataset.lecture;
  const bar = !hall || document.querySelector(".initopt-stage h1")?.textContent;
  const whole = (e) => [...e.querySelectorAll('img')].every((i) => i.complete);
  return bar && all.length && all.every(whole) && !document.querySelector('.initopt-held');
}"""
BLACK = """() => {
  window.bare = [];
  const look = () => {
    const held = document.querySelector('.initopt-held');
    if (held && !window.since) window.since = performance.now();
    if (!held) window.since = 0;
    if (held && performance.now() - window.since > 7900) window.late = true; // it goes by itself
    const shown = document.querySelectorAll('.initopt-still, .initopt-figure canvas');
    const seen = [...shown].some((e) => e.checkVisibility({ visibilityProperty: true }));
    const title = document.querySelector('.initopt-stage h1')?.textContent;
    if (!held && !seen && !window.late) window.bare.push(title);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Notes every frame in which the hall sees neither a scene nor the copy of one."""
LARGE = "/course?figure=26-sharp-and-flat"
SCENES = (
    Scene.at("/", "The title slide", question="What is this about?", notes="Welcome."),
    Scene.at(LARGE, "Two minima", question="Which is flat?", hides=True),
    Scene.at("/initialization?scheme=xavier&figure=depth", "A laboratory"),
    Scene.at("/", "The end"),
)
LONG = "/course?figure=17-race-accuracy"
PATHS = {
    "/": ".title-slide",
    "/course": ".course-sheet",
    LARGE: ".course-slide",
    LONG: ".course-beside table",
    "/lecture": ".agenda",
}


SCALE = """() => Math.min(1, ...[...document.querySelectorAll('.course-picture img')].map(
  (e) => Math.min(e.clientWidth / e.naturalWidth, e.clientHeight / e.naturalHeight)))"""


def whole(page) -> None:
    page.wait_for_function(WHOLE, timeout=120_000)
    page.wait_for_timeout(300)


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=[pytest.mark.long] if p == LONG else []) for p in PATHS]
)
def test_the_last_row_sees_everything(projector, app_url, path):
    page = projector
    page.goto(f"{app_url}{path}{'&' if '?' in path else '?'}lecture=on")
    page.locator(PATHS[path]).wait_for(timeout=120_000)
    whole(page)
    for size in (hall.SIZE, {"width": 1024, "height": 768}, {"width": 1920, "height": 1080}):
        page.set_viewport_size(size)
        whole(page)
        assert hall.unreadable(page) == [], size
        assert page.evaluate(SCALE) >= 0.999, "letters of a picture have at least their own size"
        (one,) = page.locator(".initopt-still").all()
        box = one.bounding_box()
        assert box["y"] + box["height"] <= size["height"] and box["height"] > size["height"] * 0.7
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert not page.problems


def addressed(page, name: str) -> None:
    """Until the address says so; no page is loaded for that."""
    page.wait_for_function(
        "(name) => location.search.slice(1).split('&').includes(name)", arg=name, timeout=60_000
    )


def arrived(page, number: int) -> None:
    expect(page.locator(".initopt-stage h1")).to_have_text(SCENES[number - 1].title, timeout=60_000)
    expect(page.locator(".initopt-held")).to_have_count(0, timeout=60_000)
    addressed(page, f"scene={number}")


def test_a_lecture_over_home_course_figures_and_a_laboratory(projector, app_url, app_server):
    page, picture = projector, projector.locator(".course-picture img")
    lecture = Shelf(app_server.home / "lectures").keep(Lecture("", "Mine", SCENES), "somebody")
    # What a first visit computes is there then.
    page.goto(f"{app_url}/initialization?scheme=xavier")
    page.locator(".st-key-init-grid canvas").first.wait_for(timeout=120_000)
    page.goto(f"{app_url}/?lecture={lecture.name}")
    arrived(page, 1)
    whole(page)
    assert hall.unreadable(page) == []
    page.evaluate(BLACK)
    page.keyboard.press("PageDown")
    arrived(page, 2)
    expect(page.locator(".course-picture .lid")).to_be_visible()
    expect(picture).to_be_hidden()
    expect(page.locator(".course-say")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(picture).to_be_visible()
    expect(page.locator(".course-picture .lid")).to_be_hidden()
    assert hall.unreadable(page) == []
    page.keyboard.press("ArrowRight")
    arrived(page, 3)
    expect(page.locator(".st-key-init-depth canvas").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    arrived(page, 4)
    expect(page.locator(".title-slide")).to_be_visible()
    assert page.evaluate("window.bare") == [], "one picture, then the next"
    page.get_by_role("button", name="4 / 4").click()
    expect(page.locator(".agenda a")).to_have_count(4, timeout=60_000)
    expect(page.locator(".initopt-stage h1")).to_have_text("Mine")
    page.locator(".agenda a").nth(1).click()
    arrived(page, 2)
    page.keyboard.press("PageUp")
    arrived(page, 1)
    assert not page.problems


@pytest.mark.usefixtures("no_lectures")
def test_a_press_opens_a_figure_arrows_lead_on_and_the_view_becomes_a_scene(projector, app_url):
    page = projector
    page.goto(f"{app_url}/course?lecture=on")
    whole(page)
    page.locator(".course-sheet a").last.focus()
    page.keyboard.press("Enter")
    page.locator(".course-slide[data-before^='25']").wait_for(timeout=60_000)
    addressed(page, "figure=26-sharp-and-flat")
    whole(page)
    page.wait_for_timeout(1200)  # what comes sooner is one entry with the move before
    page.keyboard.press("ArrowLeft")
    page.locator(".course-slide[data-before^='24']").wait_for(timeout=60_000)
    addressed(page, "figure=25-steep-optima-losses")
    whole(page)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Add as a scene").click()
    told = page.get_by_role("status").get_by_text("Scene 1 of “My lecture”")
    expect(told).to_be_visible(timeout=60_000)
    assert hall.unreadable(page) == [], "what is told is as large as the rest"
    page.keyboard.press("c")
    chooser = page.locator("[data-testid=stSidebar]").get_by_role("combobox")
    expect(chooser).to_be_visible(timeout=60_000)
    page.go_back()
    addressed(page, "figure=26-sharp-and-flat")
    page.goto(f"{app_url}/lecture?lecture=on")
    whole(page)
    expect(page.locator(".agenda a")).to_have_text("1Steep optima: losses", timeout=60_000)
    more = page.get_by_role("heading", name="Your lecture")
    expect(more).to_be_hidden()
    page.keyboard.press("c")
    expect(more).to_be_visible(timeout=60_000)
    assert not page.problems


def test_a_frame_of_another_page_shows_one_course_figure(page, app_url):
    frame = f'<iframe src="{app_url}{LARGE}&embed=true" width="800" height="500"></iframe>'
    page.route("**/host.html", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(app_url + "/host.html")
    inside = page.frames[1]
    inside.wait_for_function(WHOLE, timeout=120_000)
    box = inside.locator(".course-picture img").bounding_box()
    assert box["width"] > 600 and box["height"] > 300
    scrolls = "(e) => [e.scrollWidth > e.clientWidth, e.scrollHeight > e.clientHeight]"
    assert inside.locator("[data-testid=stMain]").evaluate(scrolls) == [False, False]
    assert inside.locator("[data-testid=stSidebar]").count() == 0
    assert not page.problems
