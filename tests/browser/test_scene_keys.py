"""The built-in lecture by keyboard: every press counts, and of many fast ones the last."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support import hall
from tests.support.lecture import COVERED, arrived

WALKED = 3
"""Scenes that are looked at by default."""


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
