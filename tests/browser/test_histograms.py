"""The histograms under the hand: what a bin holds, one enlarged, one axis, parts that come up."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import ink
from tests.support.cases import cases
from tests.support.still import still

# Middles of all plots of a figure, from the window's top left.
MIDDLES = """key => {
  const e = document.querySelector(`[data-figure="${key}"]`), found = [];
  const box = e.querySelector("canvas").getBoundingClientRect();
  const { left, top } = e.view.padding(), [ox, oy] = e.view.origin();
  const walk = (mark, x, y) => {
    for (const item of mark.items ?? []) {
      if (mark.marktype !== "group" || mark.role === "axis") continue;
      const [gx, gy] = [x + (item.x ?? 0), y + (item.y ?? 0)];
      if (item.width && !item.items.some((m) => m.items?.[0]?.width))
        found.push([gx + item.width / 2, gy + item.height / 2]);
      else for (const child of item.items ?? []) walk(child, gx, gy);
    }
  };
  walk(e.view.scenegraph().root, box.left + left + ox, box.top + top + oy);
  return found;
}"""


@pytest.fixture
def laboratory(page, app_url):
    def opened(query=""):
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(f"{app_url}/initialization{query}")
        ink.settled(page, "init-depth", 60_000)
        expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=30_000
        )
        still(page)  # or a click falls beside what moves
        return page

    return opened


def drawn(page, alt):
    """Until the large figure is the one whose description begins like this."""
    expect(page.locator('[data-figure="init-grid"]')).to_have_attribute(
        "aria-label", re.compile(alt), timeout=20_000
    )
    page.wait_for_timeout(300)


def test_a_bin_says_what_it_holds(laboratory):
    page = laboratory()
    middles = page.evaluate(MIDDLES, "init-grid")
    assert len(middles) == 15
    page.mouse.move(*middles[6])
    tip = page.locator(".initopt-tip")
    expect(tip).to_be_visible()
    words = tip.inner_text()
    assert words.startswith("Layer 2 (512 → 256), gradients")
    assert re.search(r"from −?[\d.·⁻⁰-⁹]+ to .*\n[\d,]+ values, .*\ndensity [\d.]+", words)
    page.mouse.move(5, 5)
    expect(tip).to_have_count(0)


def test_a_click_enlarges_one_and_a_click_or_escape_leads_back(laboratory, browser, app_url):
    page = laboratory()
    page.mouse.click(*page.evaluate(MIDDLES, "init-grid")[7])
    drawn(page, "Histogram of gradients in Layer 4")
    page.wait_for_function("location.search.includes('enlarged=gradients+4')")
    link = page.url
    page.mouse.click(*page.evaluate(MIDDLES, "init-grid")[0])
    drawn(page, "Histograms of weights")
    page.wait_for_function("!location.search.includes('enlarged')")
    page.goto(link)
    drawn(page, "Histogram of gradients in Layer 4")
    page.keyboard.press("Escape")
    drawn(page, "Histograms of weights")
    assert page.problems == []


def test_one_axis_is_one_click_away_and_explained(laboratory):
    page = laboratory()
    expect(page.get_by_text("a vanishing layer looks like a healthy one")).to_be_in_viewport()
    expect(page.get_by_text("density (Gaussian kernel)")).to_be_in_viewport()
    page.locator('.st-key-init-beside label:has-text("Same axis")').click()
    expect(page.get_by_text("One axis for a row")).to_be_visible(timeout=20_000)
    page.wait_for_function("""() => {
      const { view } = document.querySelector('[data-figure="init-grid"]');
      return String(view.signal('d1_0')) === String(view.signal('d1_4'));
    }""")


@pytest.mark.parametrize("query", cases(["?layers=30+x+64"], [""]))
def test_a_projector_shows_sentence_histograms_and_depth_at_once(laboratory, query):
    page = laboratory(query)
    page.wait_for_timeout(300)
    bottom = page.evaluate("""() => {
      const { view } = document.querySelector('[data-figure="init-depth"]');
      return view.container().getBoundingClientRect().bottom;
    }""")
    assert bottom <= 720


def test_pins_have_a_legend_in_the_depth_view(laboratory):
    page = laboratory('?pin={"scheme":"xavier"}')
    texts = page.evaluate("""() => {
      const found = [];
      const walk = (mark) => {
        for (const item of mark.items ?? []) {
          if (item.text) found.push(String(item.text));
          for (const child of item.items ?? []) walk(child);
        }
      };
      walk(document.querySelector('[data-figure="init-depth"]').view.scenegraph().root);
      return found;
    }""")
    assert any(t.startswith("pin 1: Xavier") for t in texts)
    assert any(t.startswith("now: Kaiming") for t in texts)


@pytest.mark.parametrize("part", ["Numbers", "Phase map"])
def test_a_chosen_part_comes_into_view(laboratory, part):
    page = laboratory()
    button = page.locator(f'.st-key-init-parts button:has-text("{part}")')
    button.focus()
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    button.press("Enter")
    words = "Saturated:" if part == "Numbers" else "Click anywhere"
    expect(page.get_by_text(words).first).to_be_in_viewport(timeout=20_000)
    top = page.locator(".st-key-init-parts").bounding_box()["y"]
    assert 40 <= top <= 400


def test_a_part_that_the_link_names_comes_into_view_once(laboratory):
    page = laboratory("?part=Explain")
    page.wait_for_function(
        "document.querySelector('.st-key-init-parts').getBoundingClientRect().y < 120"
    )
    page.mouse.move(700, 400)
    page.mouse.wheel(0, -5000)  # whoever scrolls has the say
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    page.wait_for_function(f"{scrolled} === 0")
    page.set_viewport_size({"width": 1300, "height": 900})
    page.wait_for_timeout(400)
    assert page.evaluate(scrolled) == 0
