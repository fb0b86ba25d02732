"""What is shown between two scenes: all of the one, until the other is whole."""

from __future__ import annotations

import pytest

from tests.browser.test_guesses import whole

COPIED = """() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const box = (e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
  };
  const words = (places) => places.flatMap((place) => {
    const found = [], walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const range = document.createRange(), text = walk.currentNode;
      range.selectNodeContents(text);
      if (text.data.trim() && seen(text.parentElement)) found.push(text.data + " " + box(range));
    }
    return found;
  });
  const parts = (place, kinds) => [...place.querySelectorAll(kinds)].filter(seen).map(box);
  const bar = [...document.querySelectorAll(".sc-bar > *")].filter(seen).map(box);
  const told = ".initopt-stage > :not(.spoken), .sc-bar, .sc-key";
  const before = words([...document.querySelectorAll(told)]);
  const pens = [...document.querySelectorAll(".initopt-stage .pens button")].filter(seen);
  const swatches = pens.map((e) => getComputedStyle(e, "::before").backgroundColor);
  const speed = document.querySelector(".sc-bar select")?.value;
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown", bubbles: true }));
  const held = document.querySelector(".initopt-held");
  const after = words([held]), now = parts(held, "*");
  const colours = [...held.querySelectorAll("button > span")].map((e) => e.style.backgroundColor);
  return {
    words: before.filter((one) => !after.includes(one)),
    bar: bar.filter((one) => !now.includes(one)), parts: bar.length,
    swatches, colours, speed: [speed, held.querySelector("select")?.value],
  };
}"""


@pytest.mark.parametrize("revealed", [False, True])
def test_the_copy_of_a_surface_has_its_pens_and_its_playback(page, app_url, revealed):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/lecture?lecture=tutorial&scene=11")
    whole(page, 11)
    if revealed:
        page.keyboard.press("Enter")
        page.locator(".sc-bar select").wait_for()
        page.locator(".sc-bar [data-tool=play]").click()
        page.locator(".sc-bar select").select_option(index=0)
        page.wait_for_timeout(300)
    copied = page.evaluate(COPIED)
    count = page.locator(".initopt-stage .count").text_content()
    assert [one for one in copied["words"] if not one.startswith(count)] == []
    assert copied["bar"] == [] and (copied["parts"] > 5) is revealed
    assert copied["swatches"] == copied["colours"] and bool(copied["swatches"]) is not revealed
    assert len(set(copied["speed"])) == 1 or not revealed
    assert not page.problems
