"""In a frame of 800 x 500 on another page: sentence, figure and three controls, nothing scrolls."""

from __future__ import annotations

import pytest

FITS = """() => {
  const found = [];
  for (const e of [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]) {
    if (e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth) {
      found.push([e.scrollWidth, e.scrollHeight]);
    }
  }
  return found;
}"""
CONTROLS = "[data-testid=stSidebar] [data-testid=stElementContainer]"


@pytest.mark.parametrize(
    "path", ["/loss_surfaces?", "/initialization?", "/loss_surfaces?view=Sharp+and+flat&"]
)
def test_a_frame_holds_figure_sentence_and_three_controls(page, app_url, path):
    frame = f'<iframe src="{app_url}{path}embed=true" width="800" height="500"></iframe>'
    page.route("**/host.html", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(app_url + "/host.html")
    inside = page.frames[1]
    inside.wait_for_function(
        """() => [...document.querySelectorAll('[data-drawn]')].some(
          (e) => e.checkVisibility() && Number(e.dataset.drawn) > 0)""",
        timeout=60_000,
    )
    inside.wait_for_function(
        f"[...document.querySelectorAll('{CONTROLS}')].filter((e) => e.offsetHeight > 9).length > 2"
    )
    page.wait_for_timeout(300)
    shown = [e for e in inside.locator(CONTROLS).all() if e.is_visible()]
    assert len(shown) == 3
    assert all(e.bounding_box()["height"] > 30 for e in shown)
    assert inside.evaluate(FITS) == []
    drawn = inside.locator("[data-drawn] canvas:not(.sc-swatch) >> visible=true")
    canvas = drawn.first.bounding_box()
    assert canvas["height"] > 200 and canvas["width"] > 600
    assert not page.problems


@pytest.mark.parametrize(
    ("scene", "asked", "buttons"), [(2, "", 8), (6, "&controls=none", 1)], ids=["depth", "none"]
)
def test_a_scene_in_a_frame_is_whole_below_its_question(page, app_url, scene, asked, buttons):
    page.set_viewport_size({"width": 800, "height": 500})
    page.goto(f"{app_url}/lecture?lecture=tutorial&scene={scene}&embed=true{asked}")
    page.wait_for_function(
        "document.documentElement.dataset.covered === 'yes'"
        " && !document.querySelector('.initopt-held')",
        timeout=60_000,
    )
    page.keyboard.press("Enter")
    page.locator(".st-key-init-say p").first.wait_for()
    page.wait_for_timeout(300)
    bar = page.locator(".initopt-stage").bounding_box()
    below = bar["y"] + bar["height"]
    assert page.locator(".st-key-init-say").bounding_box()["y"] >= below
    figure = page.locator(".initopt-figure >> visible=true").bounding_box()
    assert figure["y"] >= below and figure["height"] > 200
    assert page.evaluate(FITS) == []
    shown = page.locator(".initopt-stage > .row > button >> visible=true")
    assert shown.count() == buttons
    assert not page.problems


SPELLINGS = {"Embed=TRUE": True, "embed=yes&embed=true": True, "embed=yes": False, "embed=": False}


@pytest.mark.parametrize("asked", SPELLINGS)
def test_both_halves_agree_on_what_asks_for_a_frame(page, app_url, asked):
    """Streamlit tells the server, which then leaves the exports out; our style does the rest."""
    page.goto(f"{app_url}/loss_surfaces?{asked}")
    page.wait_for_selector(".st-key-lab_canvas, [class*=st-key-surface-say]", timeout=60_000)
    exports = page.get_by_role("button", name="Export the paths")
    if SPELLINGS[asked]:
        page.wait_for_function(
            "[...document.querySelectorAll('[data-drawn]')].some((e) => e.dataset.drawn > 0)"
        )
        page.wait_for_timeout(500)
        assert exports.count() == 0
    else:
        exports.wait_for(timeout=60_000)
    assert bool(page.evaluate("document.documentElement.dataset.embed")) is SPELLINGS[asked]


UNDER = """() => [...document.querySelectorAll('[data-testid=stHeading]')].flatMap((head) => {
  const range = document.createRange();
  range.selectNodeContents(head);
  const { bottom, left, right } = range.getBoundingClientRect();
  const main = document.querySelector('[data-testid=stMain]');
  const words = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const text = words.currentNode, box = document.createRange();
    box.selectNodeContents(text);
    const place = box.getBoundingClientRect();
    if (head.contains(text) || !text.data.trim() || !text.parentElement.checkVisibility()) continue;
    const below = place.bottom > bottom && place.left < right && place.right > left;
    if (below && place.top < bottom - 4) found.push(text.data);
  }
  return found;
})"""


@pytest.mark.parametrize("path", ["/", "/course", "/lecture"])
def test_a_page_that_is_no_laboratory_says_so_in_a_frame_and_no_heading_lies_on_text(
    page, app_url, path
):
    page.set_viewport_size({"width": 800, "height": 500})
    page.goto(f"{app_url}{path}?embed=true")
    page.get_by_text("this page is longer and scrolls").wait_for(timeout=60_000)
    page.locator("h2").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    assert page.evaluate(UNDER) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 800
    assert not page.problems
