"""Guesses on covers: where one begins, what keys do after it, and how long it is kept."""

from __future__ import annotations

from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL

INK = """(at) => {
  const e = document.querySelector('.initopt-guess'), ratio = e.width / e.clientWidth;
  return [...e.getContext('2d').getImageData(at[0] * ratio, at[1] * ratio, 1, 1).data];
}"""
GUESS = [0x11, 0x11, 0x11, 255]


def whole(page, number: int) -> None:
    """Wait until this covered scene is there."""
    title = TUTORIAL.scenes[number - 1].title
    expect(page.locator(".initopt-stage h1")).to_have_text(title, timeout=30_000)
    page.wait_for_function(
        "document.documentElement.dataset.covered === 'yes'"
        " && !document.querySelector('.initopt-held')",
        timeout=30_000,
    )
    page.wait_for_timeout(300)


def test_a_guess_begun_on_the_axis_is_drawn_kept_by_a_reload_and_space_leads_on(page, app_url):
    page.goto(f"{app_url}/initialization?lecture=tutorial&scene=2&figure=depth")
    whole(page, 2)
    plot = page.evaluate(
        "[...document.querySelectorAll('.initopt-figure')]"
        ".find((e) => e.checkVisibility()).covers()[0]"
    )
    x, y = plot["x"], plot["y"] + plot["h"] / 3
    page.mouse.move(x - 14, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=6)
    page.mouse.up()
    assert page.evaluate(INK, [x + 5, y]) == GUESS
    middle = [x + plot["w"] / 2, plot["y"] + plot["h"] / 2]
    size = min(plot["w"], plot["h"]) / 3
    row = [
        page.evaluate(INK, [middle[0] - size / 2 + i, middle[1] - size / 8])
        for i in range(int(size))
    ]
    assert len({tuple(one) for one in row}) == 1, "no question is asked of what is guessed"
    page.reload()
    whole(page, 2)
    assert page.evaluate(INK, [x + 60, y]) == GUESS
    page.mouse.click(x + 60, y + 30)
    page.keyboard.press("Space")
    whole(page, 3)
    assert not page.problems


def test_escape_leads_out_of_the_controls_and_of_the_list_of_scenes(page, app_url):
    page.goto(f"{app_url}/initialization?lecture=tutorial&scene=3")
    whole(page, 3)
    page.keyboard.press("c")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.locator(".initopt-stage .count").click()
    marked = page.locator(".agenda [aria-current=true]")
    expect(marked).to_contain_text(TUTORIAL.scenes[2].title, timeout=30_000)
    expect(page.locator(".initopt-held")).to_have_count(0, timeout=30_000)
    page.keyboard.press("Escape")
    whole(page, 3)
    assert not page.problems
