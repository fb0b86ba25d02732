"""The surface's canvas as a file: opened from the disk, nothing is asked for, and it plays."""

import itertools

import numpy as np
from playwright.sync_api import expect

from initopt_core.data import load_sample
from initopt_core.descent import Run
from initopt_core.figures import initialization
from initopt_core.figures.export.options import ExportOptions
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.loss_surfaces.basins import MapPicture, basin_maps
from initopt_core.figures.loss_surfaces.canvas_page import canvas_page
from initopt_core.figures.loss_surfaces.map_key import MapKey
from initopt_core.figures.loss_surfaces.scene import Showing, grid, scene
from initopt_core.initialization import Settings, observe
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import Surface

INK = """() => {
  const [canvas] = document.querySelectorAll(".sc-flat canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
SCALE = """(what) => {
  const canvas = document.querySelector(what), ratio = canvas.width / canvas.clientWidth;
  const { box } = document.querySelector("#part").__lab.view;
  const x = Math.round((box.x + box.w + 15) * ratio);
  const { data } = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height);
  const found = [...new Set(new Uint32Array(data.buffer))];
  return found.map((v) => [v & 255, (v >> 8) & 255, (v >> 16) & 255]);
}"""
"""The colours in the middle of the bar that says what colours mean."""
ENDS = [68, 1, 84], [253, 231, 37]
"""Viridis, as its authors print it."""


def test_it_plays_from_the_disk_in_a_frame_without_a_request(page, tmp_path):
    bowl, ranges = Surface("quadratic"), (-2.0, 2.0, -1.0, 1.0)
    runs = (Run("SGD", (("lr", 0.1),), (1.0, 0.5)), Run("Adam", (("lr", 0.2),), (1.0, 0.5)))
    made = scene(bowl, runs, 40, 0.0, 0, ranges, landmarks(bowl, ()))
    (tmp_path / "bowl.html").write_bytes(
        canvas_page(
            made,
            grid(bowl, ranges),
            Showing(
                "A bowl", "A bowl", ranges, "linear", "A bowl with two paths.", look={"step": 0}
            ),
        )
    )
    host = '<iframe sandbox="allow-scripts" src="bowl.html" width="1300" height="850"></iframe>'
    (tmp_path / "host.html").write_text(host)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "host.html").as_uri())
    frame = page.frame_locator("iframe")
    expect(frame.locator('.sc-root:not([data-drawn="0"])')).to_be_visible(timeout=20_000)
    step = frame.locator(".sc-step")
    expect(step).to_have_text("0 / 40")
    assert page.frames[1].evaluate(INK) > 100
    flat = page.frames[1].evaluate(SCALE, ".sc-flat canvas")
    assert len(flat) > 100 and all(end in flat for end in ENDS)
    frame.get_by_role("button", name="One step on").click()
    expect(step).to_have_text("1 / 40")
    stage = frame.locator(".sc-stage")
    stage.focus()
    page.keyboard.press("Shift+ArrowLeft")  # there is no start to move
    frame.get_by_role("combobox", name="Speed").select_option("4")
    frame.get_by_role("button", name="Play").click()
    expect(step).to_have_text("40 / 40")
    frame.get_by_role("button", name="3-D").click()
    expect(frame.locator(".sc-is-solid .sc-solid canvas").first).to_be_visible()
    solid = page.frames[1].evaluate(SCALE, ".sc-solid .sc-layer")
    assert len(solid) > 100 and all(end in solid for end in ENDS)
    assert frame.locator('[data-tool="pan"]').is_hidden()
    assert {url.split(":")[0] for url in asked} == {"file", "blob"}
    assert page.problems == []


def test_its_key_and_its_bar_are_in_sight_in_a_low_frame(page, tmp_path):
    bowl, ranges = Surface("quadratic"), (-2.0, 2.0, -1.0, 1.0)
    made = scene(
        bowl, (Run("SGD", (("lr", 0.1),), (1.0, 0.5)),), 5, 0.0, 0, ranges, landmarks(bowl, ())
    )
    shown = Showing("A bowl", "A bowl", ranges, "linear", "A bowl.", look={"step": 0})
    look = ExportOptions(title="A bowl", caption="Some words.")
    (tmp_path / "bowl.html").write_bytes(canvas_page(made, grid(bowl, ranges), shown, look))
    for width, height in ((800, 500), (600, 420), (1300, 850)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto((tmp_path / "bowl.html").as_uri())
        expect(page.locator('.sc-root:not([data-drawn="0"])')).to_be_visible(timeout=20_000)
        box = page.locator(".sc-bar").bounding_box()
        key = page.locator(".sc-head .sc-key")
        expect(key).to_have_text("SGD, η 0.1")
        above, stage = key.bounding_box(), page.locator(".sc-stage").bounding_box()
        assert above["y"] + above["height"] <= stage["y"]
        assert stage["height"] >= 160 and stage["y"] + stage["height"] <= box["y"]
        assert box["y"] + box["height"] <= height


def test_all_of_it_is_in_sight_in_a_frame_of_800_by_500(page, tmp_path):
    """With a caption as long as three racers' and a link as long as theirs."""
    bowl, ranges = Surface("quadratic"), (-2.0, 2.0, -1.0, 1.0)
    runs = tuple(Run(name, (("lr", 0.1),), (1.0, 0.5)) for name in ("SGD", "SGDMomentum", "Adam"))
    made = scene(bowl, runs, 5, 0.0, 0, ranges, landmarks(bowl, ()))
    shown = Showing("A bowl", "A bowl", ranges, "linear", "A bowl.", look={"step": 0})
    one = "SGD + momentum: η 10, β 0.9, weight decay 0.001, from (−5, 5); "
    link = "http://localhost:8501/loss_surfaces?" + "&".join(f"run{i}_lr=0.1" for i in range(20))
    look = ExportOptions(title="A bowl: three racers", caption=3 * one, source=link)
    (tmp_path / "bowl.html").write_bytes(canvas_page(made, grid(bowl, ranges), shown, look))
    for width in (641, 800, 900):
        page.set_viewport_size({"width": width, "height": 500})
        page.goto((tmp_path / "bowl.html").as_uri())
        expect(page.locator('.sc-root:not([data-drawn="0"])')).to_be_visible(timeout=20_000)
        assert page.evaluate(SIZE) == [width, 500], "nothing scrolls"
        parts = [".sc-head .sc-key", ".sc-stage", ".sc-bar", "p", "footer", "label[for=more]"]
        boxes = [page.locator(part).bounding_box() for part in parts]
        for above, below in itertools.pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 1
        assert boxes[1]["height"] >= 160 and boxes[-1]["y"] + boxes[-1]["height"] <= 500


SIZE = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollWidth, scrollHeight];
}"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("#chart svg text")]
  .filter((e) => e.textContent.trim() && !e.closest("[opacity='0']"))
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.getScreenCTM()])
  .map(([size, { a, b }]) => size * Math.hypot(a, b)))"""
"""The lowest letters of a chart, in pixels of the window."""


def test_a_chart_its_caption_and_its_link_fit_their_frame_with_letters_as_large(page, tmp_path):
    seen = observe(Settings.make(batch=32), load_sample())
    told = ExportOptions(title="Kaiming", caption="Long words. " * 12, source="http://here/x?y=1")
    (tmp_path / "chart.html").write_bytes(chart_page(initialization.grid(seen), told))
    sizes = []
    for width, height in ((1300, 900), (800, 500)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto((tmp_path / "chart.html").as_uri())
        chart = page.locator("#chart svg")
        expect(chart).to_be_visible(timeout=20_000)
        page.wait_for_function("document.querySelector('#chart svg').style.width")
        box = chart.bounding_box()
        assert 0.9 * min(width, 1100) < box["width"] <= width - 32
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes.append(page.evaluate(SMALLEST))
    assert sizes[1] == sizes[0] >= 9
    page.set_viewport_size({"width": 1300, "height": 900})
    page.wait_for_function("document.querySelector('#chart svg').clientWidth > 900")
    assert page.problems == []


def test_maps_of_basins_fit_a_frame_side_by_side_with_letters_as_large(page, tmp_path):
    """In a frame of 800 pixels they had letters of 8, then were more than twice as high as it."""
    minima, ranges = [(-0.5, 0.2), (0.5, 0.2)], (-1.0, 1.0, -1.0, 1.0)
    pixels = np.zeros((4, 4, 3))
    maps = [MapPicture(name, pixels, "50 % reach a minimum") for name in ("SGD", "Adam", "Lion")]
    key = MapKey(None, ("#4477AA", "#EE6677"), (0.0, 0.0), 10)
    figure = basin_maps(Surface("quadratic"), maps, minima, ranges, key)
    words = ExportOptions(title="Maps", caption="Of every start. " * 12, source="A link. " * 10)
    (tmp_path / "maps.html").write_bytes(chart_page(figure, words))
    wide = {}
    for width, height in ((1300, 900), (900, 560), (800, 500), (390, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto((tmp_path / "maps.html").as_uri())
        page.wait_for_function("document.querySelector('#chart svg')?.style.width")
        assert page.evaluate(SMALLEST) >= 11
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide[width] = page.locator("#chart svg").bounding_box()["width"]
        assert wide[width] <= width - 32
        if width > 390:
            assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert wide[1300] > 1000 > 768 >= wide[800] > 600 > wide[390] > 300
    page.set_viewport_size({"width": 1300, "height": 900})
    page.wait_for_function("document.querySelector('#chart svg').clientWidth > 1000")
    assert page.problems == []
