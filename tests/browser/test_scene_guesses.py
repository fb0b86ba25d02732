"""A guess that is drawn on the cover before the answer is revealed, taken back and kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support import hall
from tests.support.axe import accessible
from tests.support.lecture import COVERED, GUESS, INK, SECOND, arrived, line_drawn, middle
from tests.support.still import still


def done(page, key: str, button) -> None:
    """By the key, or without one by the button."""
    if key:
        page.keyboard.press(key)
    else:
        button.click()


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
        done(page, act, undo)
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
    done(page, act, clear)
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
