"""Share: a QR code as large as the window, of the view without how a hall sees it."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.support import qr


def test_a_scanner_gets_the_view(page, app_url):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/?type=large")
    opener = page.get_by_role("button", name="Share")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share this view")
    code = dialog.get_by_role("img", name="QR code of")
    expect(code).to_be_visible()
    page.wait_for_function("(e) => e.complete && e.naturalWidth", arg=code.element_handle())
    assert code.bounding_box()["height"] > 0.75 * 720
    svg = page.request.get(code.get_attribute("src")).text()
    assert qr.read(svg) == f"{app_url}/" == dialog.get_by_label("Link to this view").input_value()
    expect(dialog.get_by_role("button", name="Add as a scene")).to_be_visible()
    expect(dialog.get_by_text("Only this computer can open it")).to_be_visible()
    assert dialog.evaluate("(e) => e.scrollHeight <= e.clientHeight + 1"), "nothing of it is cut"
    last, whole = dialog.locator("p").last.bounding_box(), dialog.bounding_box()
    assert last["y"] + last["height"] + 8 < whole["y"] + whole["height"] < 720
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert not page.problems


def test_the_list_of_scenes_is_no_scene(page, app_url):
    page.goto(f"{app_url}/lecture")
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this view")
    expect(dialog.get_by_role("img", name="QR code of")).to_be_visible()
    expect(dialog.get_by_role("button", name="Add as a scene")).to_have_count(0)
    assert not page.problems


def test_what_is_covered_is_shared_covered(page, app_url):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/?lecture=tutorial&scene=2")
    covered = "document.documentElement.dataset.covered === 'yes'"
    page.wait_for_function(covered, timeout=60_000)
    page.locator(".initopt-stage").get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this view")
    link = dialog.get_by_label("Link to this view").input_value()
    assert "lecture=tutorial" in link and "scene=2" in link
    expect(dialog.get_by_text("The answer is covered there, too")).to_be_visible()
    assert dialog.evaluate("(e) => e.scrollHeight <= e.clientHeight + 1"), "nothing of it is cut"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reveal").click()
    page.wait_for_function("!document.documentElement.dataset.covered")
    page.locator(".initopt-stage").get_by_role("button", name="Share").click()
    assert dialog.get_by_label("Link to this view").input_value() == link, "the scene, as before"
    dialog.get_by_role("button", name="The view alone").click()
    assert "lecture" not in dialog.get_by_label("Link to this view").input_value()
    expect(dialog.get_by_text("The answer is covered there, too")).to_have_count(0)
    dialog.get_by_role("button", name="The scene").click()
    assert dialog.get_by_label("Link to this view").input_value() == link
    page.keyboard.press("Escape")
    phone = page.context.browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(link)
    phone.wait_for_function(covered, timeout=60_000)
    bar = phone.locator(".initopt-stage")
    figure = phone.locator(".st-key-init-depth")
    question = bar.locator("p").first
    expect(question).to_be_visible()
    phone.wait_for_function(
        "getComputedStyle(document.documentElement).getPropertyValue('--told') !== ''"
    )
    phone.wait_for_timeout(500)
    assert question.bounding_box()["height"] > 30, "it takes two lines"
    button = bar.get_by_role("button", name="Leave").bounding_box()
    assert question.bounding_box()["y"] >= button["y"] + button["height"] + 4
    end = bar.bounding_box()["y"] + bar.bounding_box()["height"]
    assert question.bounding_box()["y"] + question.bounding_box()["height"] <= end
    sentence = phone.locator(".st-key-init-say")
    assert sentence.bounding_box()["y"] >= end - 1 and figure.bounding_box()["y"] >= end - 1
    phone.close()
    assert not page.problems


def test_a_scene_without_an_answer_is_shared_as_the_scene(page, app_url):
    """What is scanned leads to the lecture, not to the plain page."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/loss_surfaces?lecture=tutorial&scene=13")
    page.wait_for_url("**experiment=edge**", timeout=60_000)
    page.locator(".initopt-stage").get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this view")
    code = dialog.get_by_role("img", name="QR code of")
    page.wait_for_function("(e) => e.complete && e.naturalWidth", arg=code.element_handle())
    wanted = f"{app_url}/loss_surfaces?experiment=edge&lecture=tutorial&scene=13"
    assert parse_qs(urlsplit(code.get_attribute("src")).query)["link"] == [wanted]
    assert dialog.get_by_label("Link to this view").input_value() == wanted
    assert dialog.evaluate("(e) => e.scrollHeight <= e.clientHeight + 1"), "nothing of it is cut"
    assert not page.problems
