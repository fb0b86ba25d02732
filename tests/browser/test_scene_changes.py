"""From one scene to the next: one picture, then the other below its cover, and nothing between."""

from __future__ import annotations

import pytest

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support.cases import cases
from tests.support.lecture import INK, arrived
from tests.support.still import still

LEFT = """([x, y]) => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }));
  const layers = [...document.querySelectorAll('.initopt-held > canvas')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
  });
  const top = layers.at(-1), box = top.getBoundingClientRect(), scale = top.width / box.width;
  const ctx = top.getContext('2d');
  return [...ctx.getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data];
}"""


def test_a_scene_that_is_left_covered_stays_so_until_the_next_is_there(covered):
    page, x, y = covered
    cover = page.evaluate(INK, [x, y + 40])
    assert cover[3] == 255 and page.evaluate(LEFT, [x, y + 40]) == cover
    arrived(page, 3)
    assert not page.problems


FRAMES = """() => {
  const numbers = new WeakMap();
  let count = 0;
  const numbered = (it) => {
    if (it && !numbers.has(it)) numbers.set(it, ++count);
    return it ? numbers.get(it) : 0;
  };
  const covers = () => {
    const e = document.querySelector('.initopt-guess:not(.revealed)');
    const all = { opacityProperty: true, visibilityProperty: true };
    if (!e?.width || !e.checkVisibility(all)) return 0;
    const { data } = e.getContext('2d').getImageData(0, 0, e.width, e.height);
    let found = 0;
    for (let i = 3; i < data.length; i += 4 * 997) found += data[i] === 255;
    return found;
  };
  const seen = () => [...document.querySelectorAll(
    '[data-testid=stMain] :is(.initopt-figure, .sc-root, .bm-root, .sf-root)',
  )].filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => {
    const box = e.getBoundingClientRect(), lab = e.parentElement.__lab;
    return [numbered(e), Number(e.dataset.drawn) > 0, e.dataset.stamp ?? '', e.dataset.width ?? '',
      box.x, box.y, box.width, box.height, lab?.scene?.stamp ?? '', numbered(lab?.field),
      Boolean(e.querySelector('.sc-is-solid'))].join();
  });
  const held = () => {
    const e = document.querySelector('.initopt-held');
    if (!e) return null;
    const { width, height } = e.getBoundingClientRect();
    const whole = width === innerWidth && height === innerHeight && e.isConnected;
    return whole && [...e.children].some((one) => one.matches('canvas') && one.clientHeight > 100);
  };
  window.frames_seen = [];
  const look = () => {
    const copy = held();
    window.frames_seen.push({
      copy,
      title: document.querySelector('.initopt-stage h1')?.textContent ?? '',
      covers: copy === null ? covers() : Number(covers() > 0), figures: copy === null ? seen() : [],
    });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.mark.parametrize(
    ("start", "ways"),
    cases([(6, "+"), (9, "++")], [(9, "++++++"), (15, "-----")]),
)
def test_between_two_scenes_there_is_one_picture_then_the_next(projector, app_url, start, ways):
    """Whatever the browser has to do: a copy of the one, then the other with all its figures, in
    its look, below its cover."""
    page = projector
    page.goto(f"{app_url}/?lecture=tutorial&scene={start}")
    arrived(page, start)
    still(page, figures=start < 11)
    page.evaluate(FRAMES)
    number = start
    for way in ways:
        before = TUTORIAL.scenes[number - 1].title
        page.evaluate("() => { window.frames_seen.length = 0; }")
        page.keyboard.press("PageDown" if way == "+" else "PageUp")
        number += 1 if way == "+" else -1
        scene = TUTORIAL.scenes[number - 1]
        arrived(page, number)
        page.wait_for_timeout(500)
        frames = page.evaluate("window.frames_seen")
        kept = [i for i, one in enumerate(frames) if one["copy"] is not None]
        assert kept, "nothing is kept"
        assert kept == list(range(kept[0], kept[-1] + 1)), "it goes once"
        assert all(frames[i]["copy"] and not frames[i]["covers"] for i in kept), number
        assert all(one["title"] == before for one in frames[: kept[0]])
        after = frames[kept[-1] + 1 :]
        assert {one["title"] for one in after} == {scene.title}
        assert after[-1]["figures"]
        assert all(one["figures"] == after[-1]["figures"] for one in after), (number, after[0])
        if scene.hides and number < len(TUTORIAL.scenes):  # the last draws no answer to cover
            assert min(one["covers"] for one in after) > 0, number
    assert not page.problems
