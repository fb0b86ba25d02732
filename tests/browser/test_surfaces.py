"""The loss-surface page in a real browser: it plays, follows the hand, and refuses bad formulas."""

import re

import pytest
from playwright.sync_api import expect

LAB = "document.querySelector('.sc-root').parentElement.__lab"
BAD = [  # typed text, part of the message
    ("w1 +", "ends too early"),
    ("(w1", "not closed"),
    ("w3", "no 'w3'"),
    ("9**9**9", "too large"),
    ("w1 + 1/0", "not a finite"),
    ("__import__('os').system('touch got-in')", "not a known function"),
    ("w1.__class__", "Only numbers"),
    ("(lambda: 1)()", "Only numbers"),
    ("open('/etc/passwd').read()", "not a known function"),
    ("[w1 for w1 in (1, 2)]", "Only numbers"),
]


def ready(page, url):
    page.goto(url)
    page.wait_for_function(
        "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0", timeout=60_000
    )
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


def calm(page):
    assert page.problems == []
    expect(page.get_by_test_id("stException")).to_have_count(0)


def data(page, name):
    return page.locator(".sc-root").get_attribute(f"data-{name}")


def pixel(page, w1, w2):
    return page.evaluate(
        f"""([x, y]) => {{
          const lab = {LAB}, box = lab.flat.getBoundingClientRect();
          return [box.left + lab.view.px(x), box.top + lab.view.py(y)];
        }}""",
        [w1, w2],
    )


def test_it_plays_and_steps_by_keys(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    page.locator(".sc-stage").focus()
    page.keyboard.press("Home")
    expect(page.locator(".sc-step")).to_have_text("0 / 100")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".sc-step")).to_have_text("1 / 100")
    expect(page.locator(".sc-inspector .sc-heading")).to_contain_text("step 2 of 100")
    frames = page.evaluate(f"{LAB}.frames")
    page.keyboard.press(" ")
    page.wait_for_function(f"{LAB}.t > 10", timeout=20_000)
    rate = page.evaluate(f"""async () => {{
      const lab = {LAB}, first = lab.frames, start = performance.now();
      await new Promise((done) => setTimeout(done, 1500));
      return (lab.frames - first) / ((performance.now() - start) / 1000);
    }}""")
    print(f"{rate:.0f} frames a second")
    assert page.evaluate(f"{LAB}.frames") > frames + 5  # it animates; its speed is a benchmark
    page.wait_for_function(f"!{LAB}.playing && {LAB}.t === 100", timeout=30_000)
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(page.locator(".sc-step")).to_have_text("100 / 100")
    # What is written on it follows a theme that changes while the page is open.
    ink = f"{LAB}.colours.ink"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => {ink} !== light", arg=light, timeout=20_000)
    expect(page.locator(".sc-root.sc-dark")).to_be_visible()
    calm(page)


def test_the_tables_columns_stand_still(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    places = """[...document.querySelectorAll('.sc-table :is(th, td)')]
      .map((cell) => cell.getBoundingClientRect().left)"""
    first = page.evaluate(places)
    assert len(first) == 20 and len(set(first)) == 5  # cells stand below their headings
    page.locator(".sc-stage").focus()
    for key in ("Home", *["ArrowRight"] * 5, "End", *["ArrowLeft"] * 9):
        page.keyboard.press(key)
        page.wait_for_timeout(40)
        assert page.evaluate(places) == first
    expect(page.locator(".sc-table th").nth(1)).to_have_text("Loss at 91")
    row = page.locator(".sc-table tbody tr").first
    if " or " in row.inner_text():  # this processor's rounding parts the two
        expect(page.locator(".sc-approx")).to_contain_text("float32 or in float64")
    assert page.evaluate("""[...document.querySelectorAll('.sc-table :is(th, td)')]
      .every((cell) => cell.scrollWidth <= cell.clientWidth + 1)""")
    calm(page)


def test_the_path_follows_a_dragged_start(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    (x0, y0), (x1, y1) = pixel(page, 5, 5), pixel(page, -4, 3)
    ends = {data(page, "end")}
    page.mouse.move(x0, y0)
    page.mouse.down()
    for i in range(1, 21):
        page.mouse.move(x0 + (x1 - x0) * i / 20, y0 + (y1 - y0) * i / 20)
        page.wait_for_timeout(40)
        ends.add(data(page, "end"))
    assert len(ends) > 2  # new paths came while the button was down
    page.mouse.up()
    page.wait_for_function(
        """() => {
          const [x, y] = document.querySelector('.sc-root').dataset.start.split(',').map(Number);
          return Math.hypot(x + 4, y - 3) < 0.1;
        }""",
        timeout=20_000,
    )
    page.wait_for_function("location.search.includes('start_w1')", timeout=20_000)
    expect(page.locator("input[type=range][data-key='updates']")).to_be_visible()
    calm(page)


def test_a_link_brings_the_same_picture(page, app_url):
    query = "surface=himmelblau&run0=Lion&run0_Lion_lr=0.2&start_w1=1.0&start_w2=-2.0&updates=40"
    ready(page, f"{app_url}/loss_surfaces?{query}")
    expect(page.locator(".sc-head .sc-heading")).to_have_text("Himmelblau")
    expect(page.locator(".sc-table tbody tr").first).to_contain_text("Lion η 0.2")
    apart = """() => {
      const cell = document.querySelector(".sc-table tbody td"), name = document.createRange();
      name.selectNodeContents([...cell.childNodes].find((node) => node.data === "Lion"));
      const settings = cell.querySelector(".sc-soft").getBoundingClientRect();
      return settings.left - name.getBoundingClientRect().right;
    }"""
    assert page.evaluate(apart) > 2  # "Lionη 0.2"
    expect(page.locator(".sc-step")).to_have_text("40 / 40")
    assert data(page, "start") == "1,-2"
    calm(page)


def test_experiments_set_everything_and_reset_undoes_it(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    page.get_by_role("button", name="Experiments").click()
    page.get_by_role("button", name="The edge of stability").click()
    expect(page.locator(".sc-head .sc-heading")).to_have_text("Quadratic bowl", timeout=20_000)
    expect(page.locator(".sc-table tbody tr")).to_have_count(3)
    expect(page.locator(".sc-table tbody")).to_contain_text("η 0.097")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".sc-head .sc-heading")).to_have_text("Pathological curvature")
    calm(page)


def test_bad_formulas_are_refused_with_a_pointer_and_nothing_is_lost(page, app_url, tmp_path):
    ready(page, f"{app_url}/loss_surfaces?surface=formula&run0_SGD_lr=0.03")
    box = page.get_by_role("textbox", name="Loss of w1 and w2")
    stage, top = page.locator(".sc-stage"), page.locator(".sc-stage").bounding_box()["y"]
    for text, reason in BAD:
        box.fill(text)
        box.press("Enter")
        problem = page.locator(".surface-problem[role=alert]")
        expect(problem).to_contain_text(reason, timeout=20_000)
        expect(problem.locator("pre")).to_contain_text("^")
        assert stage.bounding_box()["y"] == top  # the picture stays where it is
    # The picture of the last good one is still there.
    expect(page.locator(".sc-head .sc-heading")).to_contain_text("sin(3*w1)")
    box.fill("(w1 - 1)**2 + w2**2")
    box.press("Enter")
    expect(page.locator(".sc-head .sc-heading")).to_have_text("(w1 - 1)**2 + w2**2")
    expect(page.locator(".sc-table tbody tr").first).to_contain_text("η 0.03")
    calm(page)


def test_three_dimensions_or_a_reason(page, app_url):
    ready(page, f"{app_url}/loss_surfaces?experiment=steep")
    page.locator("[data-tool=solid]").click()
    page.wait_for_function(
        f"{LAB}.space?.paths?.length === 3 || document.querySelector('.sc-message').textContent",
        timeout=30_000,
    )
    page.locator("[data-tool=solid]").click()
    calm(page)


def test_without_webgl_the_reason_is_said(page, app_url):
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); };"
    )
    ready(page, f"{app_url}/loss_surfaces")
    page.locator("[data-tool=solid]").click()
    expect(page.locator(".sc-message")).to_contain_text("WebGL", timeout=20_000)
    expect(page.locator(".sc-stage")).not_to_have_class("sc-stage sc-is-solid")
    calm(page)


def test_basins_and_a_click_that_becomes_the_start(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Basins&surface=himmelblau")
    page.wait_for_function(
        "[...document.querySelectorAll('.bm-root')].filter(r => Number(r.dataset.drawn)).length"
        " === 3",
        timeout=60_000,
    )
    first = page.locator(".bm-root").first
    expect(first.locator(".bm-note")).to_contain_text("reach a minimum")
    first.locator("canvas").click(position={"x": 120, "y": 60})
    page.wait_for_function(
        "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0", timeout=90_000
    )
    x, y = (float(v) for v in data(page, "start").split(","))
    assert -5 < x < 0 and 0 < y < 5
    calm(page)


def test_sharp_and_flat_minima_are_dragged_apart(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Sharp+and+flat")
    curve = page.locator(".sf-root canvas")
    expect(curve).to_be_visible(timeout=60_000)
    page.wait_for_function("document.querySelector('.sf-root').dataset.shift === '0.35'")
    before = page.locator(".sf-table").inner_text()
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 360, box["y"] + 150, steps=5)
    assert page.locator(".sf-table").inner_text() != before  # while it is held, not after
    page.mouse.up()
    page.wait_for_function("location.search.includes('flat_shift')", timeout=20_000)
    curve.focus()
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.sf-root').dataset.shift === '-1.5'")
    calm(page)


def test_other_pages_settings_are_left_alone(page, app_url):
    """Session names of this page are its own: training's list of optimizers survives a visit."""
    page.goto(f"{app_url}/training?race=SGD,Lion")
    expect(page.locator("h1")).to_have_text("Training", timeout=60_000)
    page.get_by_role("link", name="Loss surfaces").click()
    page.wait_for_function(
        "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0", timeout=60_000
    )
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Training").click()
    expect(page.locator("h1")).to_have_text("Training", timeout=60_000)
    page.wait_for_function("location.search.includes('Lion')", timeout=20_000)


def test_phone_width_has_no_sideways_scroll(page, app_url):
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, f"{app_url}/loss_surfaces")
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
    calm(page)


def test_shift_and_arrows_move_the_start(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    page.locator(".sc-stage").focus()
    for key in ["ArrowLeft"] * 5 + ["ArrowDown"] * 3:
        page.keyboard.press(f"Shift+{key}")
    # A hundredth of the view each: 12 wide, 20 high.
    page.wait_for_function(
        """() => {
          const [x, y] = document.querySelector('.sc-root').dataset.start.split(',').map(Number);
          return Math.hypot(x - 4.4, y - 4.4) < 0.01;
        }""",
        timeout=20_000,
    )
    expect(page.locator(".sc-spoken")).to_have_text("Start at 4.4, 4.4")
    page.wait_for_function("location.search.includes('start_w1=4.4')", timeout=20_000)
    expect(page.locator(".sc-step")).to_have_text("100 / 100")  # time stood still
    calm(page)


def touch(page, kind, points):
    page.touch.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in points]},
    )


@pytest.fixture
def phone(browser):
    """A page of a phone's size that is touched."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.touch = context.new_cdp_session(page)
    yield page
    context.close()


def test_a_finger_drags_the_start_and_two_zoom(phone, app_url):
    ready(phone, f"{app_url}/loss_surfaces")
    phone.locator(".sc-stage").scroll_into_view_if_needed()
    (x0, y0), (x1, y1) = pixel(phone, 5, 5), pixel(phone, -4, 3)
    scrolled = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    ends = {data(phone, "end")}
    touch(phone, "touchStart", [(0, (x0, y0))])
    for i in range(1, 16):
        touch(phone, "touchMove", [(0, (x0 + (x1 - x0) * i / 15, y0 + (y1 - y0) * i / 15))])
        phone.wait_for_timeout(40)
        ends.add(data(phone, "end"))
    touch(phone, "touchEnd", [])
    assert len(ends) > 2
    phone.wait_for_function("location.search.includes('start_w1')", timeout=20_000)
    phone.wait_for_function(  # the last of the drag's answers
        """() => {
          const [x, y] = document.querySelector('.sc-root').dataset.start.split(',').map(Number);
          return Math.abs(x + 4) < 0.3 && Math.abs(y - 3) < 0.3;
        }""",
        timeout=20_000,
    )
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == scrolled

    width = "(([a, b]) => b - a)(document.querySelector('.sc-root').parentElement.__lab.view.view)"
    before = phone.evaluate(width)
    cx, cy = pixel(phone, 0, -4)
    touch(phone, "touchStart", [(0, (cx - 20, cy))])
    touch(phone, "touchStart", [(0, (cx - 20, cy)), (1, (cx + 20, cy))])
    for i in range(1, 9):
        touch(phone, "touchMove", [(0, (cx - 20 - 5 * i, cy)), (1, (cx + 20 + 5 * i, cy))])
        phone.wait_for_timeout(30)
    touch(phone, "touchEnd", [])
    after = phone.evaluate(width)
    assert after == pytest.approx(before / 3, rel=0.1)  # fingers three times as far apart
    x, y = (float(v) for v in data(phone, "start").split(","))
    assert abs(x + 4) < 0.3 and abs(y - 3) < 0.3  # two fingers do not move the start
    assert phone.problems == []


def test_a_swipe_that_begins_on_the_surface_scrolls_the_page(phone, app_url):
    ready(phone, f"{app_url}/loss_surfaces")
    phone.locator(".sc-stage").scroll_into_view_if_needed()
    top = "document.querySelector('[data-testid=stMain]').scrollTop"
    before, start = phone.evaluate(top), data(phone, "start")
    x, y = pixel(phone, -3, -5)
    touch(phone, "touchStart", [(0, (x, y))])
    for i in range(1, 12):
        touch(phone, "touchMove", [(0, (x, y - 16 * i))])
        phone.wait_for_timeout(30)
    touch(phone, "touchEnd", [])
    phone.wait_for_timeout(500)
    assert phone.evaluate(top) > before + 100
    assert data(phone, "start") == start
    assert phone.problems == []


def test_in_three_dimensions_a_finger_turns_sideways_and_scrolls_up_and_down(phone, app_url):
    ready(phone, f"{app_url}/loss_surfaces?solid=true")
    phone.wait_for_function(
        f"{LAB}.space?.paths || document.querySelector('.sc-message').textContent", timeout=30_000
    )
    if not phone.evaluate(f"Boolean({LAB}.space)"):
        pytest.skip("this browser has no WebGL")
    eye = f"{LAB}.space.camera.position.toArray()"
    top = "document.querySelector('[data-testid=stMain]').scrollTop"
    phone.locator(".sc-stage").scroll_into_view_if_needed()
    first, before = phone.evaluate(eye), phone.evaluate(top)

    def swipe(dx, dy):
        box = phone.locator(".sc-stage").bounding_box()
        x, y = box["x"] + 0.4 * box["width"], box["y"] + 0.8 * box["height"]
        touch(phone, "touchStart", [(0, (x, y))])
        for i in range(1, 12):
            touch(phone, "touchMove", [(0, (x + dx * i, y + dy * i))])
            phone.wait_for_timeout(30)
        touch(phone, "touchEnd", [])
        phone.wait_for_timeout(600)  # longer than a look rests before it is told

    swipe(1, -16)
    scrolled = phone.evaluate(top)
    assert scrolled > before + 100
    assert phone.evaluate(eye) == pytest.approx(first)
    assert "eye=" not in phone.url
    phone.locator(".sc-stage").scroll_into_view_if_needed()
    swipe(8, 0)
    assert phone.evaluate(eye) != pytest.approx(first, abs=0.1)
    phone.wait_for_function("location.search.includes('eye=')", timeout=20_000)
    assert phone.problems == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_without_motion_it_goes_from_step_to_step(browser, app_url, motion):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion=motion)
    page = context.new_page()
    ready(page, f"{app_url}/loss_surfaces")
    shown = page.evaluate(f"""async () => {{
      const lab = {LAB}, seen = [], draw = lab.view.draw.bind(lab.view);
      lab.view.draw = (t) => {{ seen.push(t); draw(t); }};
      lab.clock.play(true);
      const enough = () => seen.length > 10 && seen.at(-1) > 5;
      for (let i = 0; i < 200 && !enough(); i++) await new Promise((done) => setTimeout(done, 100));
      lab.clock.play(false);
      return seen;
    }}""")
    assert len(shown) > 10 and shown[-1] > 5
    assert all(t == int(t) for t in shown) is (motion == "reduce")
    context.close()


def test_a_map_is_read_and_picked_by_keys(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Basins&surface=himmelblau")
    maps = page.locator(".bm-root canvas")
    expect(maps).to_have_count(3, timeout=60_000)
    page.wait_for_function("Number(document.querySelector('.bm-root').dataset.drawn) > 0")
    maps.first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")  # from the middle, a fortieth of the width each
    note = page.locator(".bm-note").first
    expect(note).to_contain_text("from (1, 0): reaches (3")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0", timeout=30_000
    )
    assert data(page, "start") == "1,0"
    expect(page.get_by_role("radio", name="Paths")).to_be_checked()
    calm(page)


def test_maps_in_the_browser_and_in_files_have_the_same_colours(page, app_url):
    from initopt_core.descent import Run, first_rate
    from initopt_core.figures.loss_surfaces.basin_map import basin_map
    from initopt_core.loss_surfaces.landmarks import landmarks
    from initopt_core.surfaces import SURFACES, Surface

    surface = Surface("himmelblau")
    run = Run("SGD", (("lr", first_rate("himmelblau", "SGD")),))
    facts = SURFACES["himmelblau"]
    made = basin_map(
        surface, run, facts.ranges, facts.updates, landmarks(surface, ()).minima, "log"
    )
    page.goto(f"{app_url}/loss_surfaces?view=Basins&surface=himmelblau&runs=1")
    page.wait_for_function(
        "Number(document.querySelector('.bm-root')?.dataset.drawn) > 0", timeout=60_000
    )
    seen = page.evaluate("""() => {
      const canvas = document.querySelector('.bm-root').__map.picture();
      const { data } = canvas.getContext('2d').getImageData(0, 0, 200, 200);
      return [...Array(200).keys()].map((k) => [...data.slice(4 * k * 201, 4 * k * 201 + 3)]);
    }""")
    pixels = made.picture("SGD").pixels[::-1]
    for k, rgb in enumerate(seen):  # the diagonal from the upper left
        assert max(abs(a - b) for a, b in zip(rgb, pixels[k, k], strict=True)) <= 1


def test_maps_are_downloaded(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Basins&surface=himmelblau&runs=2")
    expect(page.locator(".bm-root")).to_have_count(2, timeout=60_000)
    page.get_by_role("button", name="Export the maps").click()
    with page.expect_download(timeout=60_000) as caught:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert caught.value.path().read_bytes()[:4] == b"\x89PNG"
    with page.expect_download(timeout=60_000) as caught:
        page.get_by_role("button", name="Data, CSV").click()
    lines = caught.value.path().read_text().splitlines()
    assert len(lines) == 1 + 2 * 200 * 200
    assert lines[0].startswith("optimizer,weight w₁ at the start (no unit),weight w₂ at the start")
    assert "-4.975,-4.975," in lines[1] and ",-3.77931,-3.283186," in lines[1]
    calm(page)


def test_the_price_in_the_browser_is_the_computed_one(page, app_url):
    from initopt_core.loss_surfaces import flatness

    page.goto(f"{app_url}/loss_surfaces?view=Sharp+and+flat&flat_sharp=0.3&flat_depth=0.2")
    page.wait_for_function(
        "Number(document.querySelector('.sf-root')?.dataset.drawn) > 0", timeout=60_000
    )
    curve = flatness.TwoMinima(sharp=0.3, depth=0.2)
    at = [-6.3, -1.9, 0.0, 1.7, 2.0, 5.5]
    seen = page.evaluate(
        "at => at.map((w) => document.querySelector('.sf-root').__figure.loss(w))", at
    )
    assert seen == pytest.approx([float(curve.loss(w)) for w in at], abs=1e-12)


def test_what_is_open_below_follows_a_slider(page, app_url):
    ready(page, f"{app_url}/loss_surfaces?run0_SGD_lr=5.0")
    page.get_by_text("The same in PyTorch").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_contain_text("SGD(params, lr=5.0", timeout=20_000)
    rate = page.locator("input[type=range][data-key='run0_SGD_lr']")
    rate.focus()
    page.keyboard.press("ArrowRight")
    expect(code).to_contain_text("SGD(params, lr=6.0", timeout=20_000)
    expect(page.locator(".sc-table tbody tr").first).to_contain_text("η 6")
    page.wait_for_function("location.search.includes('run0_SGD_lr=6.0')", timeout=20_000)
    # In another part of the page there is nothing below, and sliders work as well.
    page.get_by_text("Sharp and flat", exact=True).click()
    shift = page.locator("input[type=range][data-key='flat_shift']")
    shift.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('flat_shift')", timeout=20_000)
    calm(page)


def test_one_run_gets_a_schedule_of_its_own(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    page.get_by_test_id("stPopover").nth(1).get_by_role("button").click()
    page.get_by_role("combobox", name="Learning rate over the run").click()
    page.get_by_role("option", name="Cosine").click()
    rows = page.locator(".sc-table tbody tr")
    expect(rows.nth(1)).to_contain_text("cosine", timeout=20_000)
    expect(rows.nth(0)).not_to_contain_text("cosine")
    page.wait_for_function("location.search.includes('run1_anneal=cosine')", timeout=20_000)
    calm(page)


def test_undo_takes_back_a_slider_and_a_surface(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    page.locator("input[type=range][data-key='run0_SGD_lr']").focus()
    page.keyboard.press("ArrowRight")
    row, heading = page.locator(".sc-table tbody tr").first, page.locator(".sc-head .sc-heading")
    expect(row).to_contain_text("η 12")
    page.wait_for_timeout(1700)  # what follows within a second and a half is the same change
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Himmelblau").click()
    expect(heading).to_have_text("Himmelblau", timeout=20_000)
    undo.click()
    expect(heading).to_have_text("Pathological curvature", timeout=20_000)
    expect(row).to_contain_text("η 12")
    undo.click()
    expect(row).to_contain_text("η 10")
    expect(undo).to_be_disabled()
    page.wait_for_function("!location.search.includes('surface')", timeout=20_000)
    calm(page)


def test_rates_and_updates_follow_the_surface_wherever_they_come_from(page, app_url):
    """By news for all sliders, by Undo and Back with the page, and after a hand has moved one."""
    ready(page, f"{app_url}/loss_surfaces")
    keys = ("run0_SGD_lr", "run2_Adam_lr", "updates")

    def chosen(surface):
        page.get_by_role("combobox", name="Surface").click()
        page.get_by_role("option", name=surface, exact=True).click()

    def hold(*values):
        for key, value in zip(keys, values, strict=True):
            box = page.locator(f'input[type="text"][data-key="{key}"]')
            expect(box).to_have_value(value, timeout=20_000)

    first = [page.locator(f'input[type="text"][data-key="{key}"]').input_value() for key in keys]
    chosen("Rosenbrock")
    hold("0.0005", "0.1", "300")
    page.get_by_role("button", name="Undo").click()
    hold(*first)
    chosen("Rosenbrock")
    hold("0.0005", "0.1", "300")
    box = page.locator('input[type="text"][data-key="updates"]')
    box.fill("250")
    box.press("Enter")
    expect(page.locator(".sc-step")).to_have_text(re.compile("/ 250"), timeout=20_000)
    page.emulate_media(color_scheme="dark")  # every element is drawn again as it was sent
    hold("0.0005", "0.1", "250")
    chosen("Saddle")
    hold("0.05", "0.1", "100")
    page.locator('input[type="range"][data-key="updates"]').press("ArrowRight")
    page.emulate_media(color_scheme="light")
    expect(box).not_to_have_value("100")
    moved = box.input_value()
    page.wait_for_timeout(1700)  # what follows sooner is the same entry of the history
    chosen("Rosenbrock")
    hold("0.0005", "0.1", "300")
    page.wait_for_function("location.search.includes('rosenbrock')", timeout=20_000)
    page.go_back()
    hold("0.05", "0.1", moved)
    calm(page)


def test_the_solid_view_turns_and_zooms_by_keys(page, app_url):
    ready(page, f"{app_url}/loss_surfaces")
    page.locator("[data-tool=solid]").click()
    page.wait_for_function(
        f"{LAB}.space?.paths || document.querySelector('.sc-message').textContent", timeout=30_000
    )
    if not page.evaluate(f"Boolean({LAB}.space)"):
        pytest.skip("this browser has no WebGL")
    eye = f"{LAB}.space.camera.position.toArray()"
    first = page.evaluate(eye)
    page.locator(".sc-stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    turned = page.evaluate(eye)
    assert turned != first
    page.keyboard.press("+")
    near = page.evaluate(eye)
    assert sum(v * v for v in near) < sum(v * v for v in turned)
    page.keyboard.press("0")
    assert page.evaluate(eye) == pytest.approx(first)
    assert data(page, "start") == "5,5"  # turning is no move of the start
    calm(page)


@pytest.mark.long
def test_how_the_race_is_shown_comes_back_in_another_browser(browser, page, app_url):
    ready(page, f"{app_url}/loss_surfaces?step=20&speed=0.5&chosen=2&arrows=false")
    expect(page.locator(".sc-step")).to_have_text("20 / 100")
    page.locator("[data-tool=solid]").click()
    page.wait_for_function("location.search.includes('solid=true')", timeout=30_000)
    page.locator(".sc-stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("/step=19&.*eye=/.test(location.search)", timeout=20_000)
    assert page.url.count("=") == 6, page.url
    shown = f"((l) => [l.look(), l.view.view])({LAB})"
    look = page.evaluate(shown)
    calm(page)
    other = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    ready(other, page.url)
    other.wait_for_function(f"{LAB}.space?.paths", timeout=30_000)
    assert other.evaluate(shown) == look
    assert look[0]["step"] == 19 and look[0]["solid"] and look[0]["selected"] == 1
    app = other.locator('[data-testid="stApp"]')
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=20_000)
    other.get_by_role("button", name="Reset").click()
    expect(other.locator(".sc-step")).to_have_text("100 / 100", timeout=20_000)
    expect(other.locator(".sc-stage")).not_to_have_class("sc-stage sc-is-solid")
    other.locator(".sc-stage").focus()
    other.keyboard.press("+")
    other.wait_for_function("location.search.includes('zoom=')", timeout=20_000)
    zoomed = other.evaluate(f"{LAB}.view.view")
    ready(page, other.url)
    assert page.evaluate(f"{LAB}.view.view") == pytest.approx(zoomed, rel=1e-4)
    other.context.close()
