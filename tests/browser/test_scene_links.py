"""A link to a scene, typed by hand, shows it or says what it shows instead."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support import hall
from tests.support.still import still


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
