"""Course figures in a browser: frames at once, pictures once, each figure to open and to take."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from initopt_core.initialization.presets import PRESETS

CARD = ".st-key-course-card-"
SHOWN = """name => {
  const image = document.querySelector(`[class*="${name}"] .course-frame img`);
  return image.complete && image.naturalWidth;
}"""


class Watched:
    """A page, the pictures that it has asked for, and what its socket has received."""

    def __init__(self, context) -> None:
        self.page = context.new_page()
        self.pictures: list[str] = []
        self.received: list[int] = []
        self.page.on("request", self._asked)
        self.page.on("websocket", self._opened)

    def _asked(self, request) -> None:
        if found := re.search(r"/gallery/(.+)\?", request.url):
            self.pictures.append(found[1])

    def _opened(self, socket) -> None:
        socket.on("framereceived", lambda data: self.received.append(len(data)))


@pytest.fixture(scope="module")
def course(browser, app_url):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    watched = Watched(context)
    watched.page.goto(app_url + "/course")
    expect(watched.page.locator(".course-frame")).to_have_count(26, timeout=60_000)
    yield watched
    context.close()


def card(page, name: str):
    return page.locator(f"{CARD}{name}")


def test_frames_have_the_pictures_size_before_they_come(course):
    """And the browser asks only for those that come into view."""
    expect(course.page).to_have_title("Course figures · Initopt")
    boxes = course.page.eval_on_selector_all(
        ".course-frame",
        "all => all.map(e => { const b = e.getBoundingClientRect(); return b.width / b.height; })",
    )
    assert all(abs(ratio - 840 / 525) < 0.02 for ratio in boxes)
    course.page.wait_for_function(SHOWN, arg="course-card-01-sample-images", timeout=60_000)
    assert "26-sharp-and-flat-light.webp" not in course.pictures
    assert len(course.pictures) == len(set(course.pictures))


def test_the_numbers_come_by_themselves_and_then_the_page_is_quiet(course):
    page = course.page
    expect(page.locator(".course-numbers tbody tr")).to_have_count(59, timeout=90_000)
    for _ in range(12):  # the runs that draw them end some time
        before, asked = len(course.received), len(course.pictures)
        page.wait_for_timeout(2500)  # more than two ticks of the timer
        if len(course.received) == before:
            break
    assert len(course.received) == before and len(course.pictures) == asked
    assert sum(course.received) < 600_000  # no picture came by the socket


def test_a_figure_leaves_in_every_format_with_the_visitors_own_link(course, app_url):
    mine = card(course.page, "25-steep-optima-losses")
    mine.get_by_role("button", name="Export").click()
    shown = course.page.get_by_test_id("stPopoverBody")
    for label in ("PNG", "SVG", "PDF", "Data, CSV", "Settings", "Vega-Lite", "HTML", "Program"):
        expect(shown.get_by_role("button", name=label)).to_be_visible(timeout=20_000)
    with course.page.expect_download() as taken:
        shown.get_by_role("button", name="Settings").click()
    assert taken.value.suggested_filename == "25-steep-optima-losses.json"
    with open(taken.value.path(), encoding="utf-8") as file:
        assert f'"link": "{app_url}/loss_surfaces?experiment=steep"' in file.read()
    with course.page.expect_download() as taken:
        shown.get_by_role("button", name="Data, CSV").click()
    with open(taken.value.path(), encoding="utf-8") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    assert len({row["optimizer"] for row in rows}) == 3
    course.page.keyboard.press("Escape")


def test_a_picture_opens_large_by_the_keyboard(course):
    link = card(course.page, "26-sharp-and-flat").locator("a.course-frame")
    link.focus()
    with course.page.context.expect_page() as opened:
        course.page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert "26-sharp-and-flat-light.svg" in opened.value.url
    assert "A sharp and a flat minimum" in opened.value.content()
    opened.value.close()


def test_a_card_opens_its_laboratory_at_its_setting(course):
    page = course.page
    card(page, "12-xavier-tanh-histograms").get_by_role("link", name="Open in the labor").click()
    expect(page.locator("h1")).to_have_text("Initialization", timeout=30_000)
    page.wait_for_function("() => new URL(location).searchParams.get('activation') === 'tanh'")
    settings = PRESETS["xavier-tanh"].settings
    assert f"scheme={settings.scheme}" in page.url
    expect(page).to_have_title(re.compile(r"Xavier.*Tanh.*Initialization"))
    # what was set there before gives way to another card's link
    page.get_by_role("link", name="Course figures").click()
    card(page, "07-large-variance-depth").get_by_role("link", name="Open in the labor").click()
    page.wait_for_function(
        "() => new URL(location).searchParams.get('constant_variance_std') === '0.1'"
    )
    assert page.locator("[data-testid=stException]").count() == 0


def test_home_leads_here(course, app_url):
    course.page.get_by_role("link", name="Home", exact=True).click()
    course.page.get_by_role("link", name="Course figures, to take").click()
    expect(course.page.locator("h1")).to_have_text("Course figures", timeout=30_000)
