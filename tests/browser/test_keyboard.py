"""Everything that a pointer can choose is chosen by keys, and says its values; what is heard are
names, not icons."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.still import still

ICONS = ("tune", "expand_more", "science", "push_pin", "restart_alt", "undo ", "format_size",
         "visibility", "download ")  # fmt: skip
"""Names of icons, which a font turns into pictures; read aloud they are nonsense."""


def opened(page, url):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(url)
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )
    page.wait_for_function(
        """() => {
          const all = [...document.querySelectorAll('.initopt-figure, .sc-root, .bm-root')];
          return all.length && all.every((e) => Number(e.dataset.drawn) > 0);
        }""",
        timeout=60_000,
    )
    still(page, figures=False)


@pytest.mark.parametrize("path", ["/initialization", "/training", "/loss_surfaces"])
def test_buttons_are_called_by_their_words(page, app_url, path):
    opened(page, app_url + path)
    named = re.findall(r'- button "([^"]*)"', page.locator("body").aria_snapshot())
    assert len(named) > 5
    assert [name for name in named if any(icon in name for icon in ICONS)] == []
    assert "" not in named
    sliders = re.findall(r'- slider "([^"]*)"', page.locator("body").aria_snapshot())
    assert len(set(sliders)) == len(sliders)


@pytest.mark.parametrize(
    ("query", "figure", "said", "link"),
    [
        (
            "?part=Phase+map&activation=tanh",
            "init-phase",
            r"spread.*\d.*, .*\d",
            "scheme=equal_variance",
        ),
        ("?layers=30+x+64", "init-strips", r"Layer \d+", "strip="),
        ("", "init-grid", r"Layer 0 .*, weights, from .* values, .* density", "enlarged="),
    ],
)
def test_figures_are_chosen_from_by_keys(page, app_url, query, figure, said, link):
    opened(page, f"{app_url}/initialization{query}")
    element = page.locator(f'[data-figure="{figure}"]')
    element.focus()
    heard = []
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        element.press(key)
        heard.append(element.locator(".initopt-spoken").inner_text())
        assert re.search(said, heard[-1]), heard
    assert len(set(heard)) > 1
    element.press("Enter")
    page.wait_for_function("link => location.search.includes(link)", arg=link, timeout=20_000)
    assert page.problems == []


def test_basin_maps_are_read_by_keys(page, app_url):
    opened(page, f"{app_url}/loss_surfaces?view=Basins")
    canvas, note = page.locator(".bm-root canvas").first, page.locator(".bm-note").first
    canvas.focus()
    canvas.press("ArrowRight")
    first = note.inner_text()
    canvas.press("ArrowUp")
    assert re.match(r"from \(.+, .+\): ", first) and note.inner_text() != first
    expect(note).to_have_attribute("aria-live", "polite")
    canvas.press("Enter")
    page.wait_for_function("location.search.includes('start_w1')", timeout=20_000)


def test_on_a_phone_there_is_more_at_the_right_and_it_can_be_seen(page, app_url):
    opened(page, f"{app_url}/initialization")
    page.set_viewport_size({"width": 390, "height": 844})
    still(page)
    grid = page.locator('[data-figure="init-grid"]')
    expect(grid).to_have_attribute("data-more", "right")
    grid.evaluate("e => { e.scrollLeft = 1e6 }")
    expect(grid).to_have_attribute("data-more", "left")
