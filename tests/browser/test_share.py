"""Share: a QR code as large as the window, of the view without how a hall sees it."""

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
    assert code.bounding_box()["height"] > 0.8 * 720
    svg = page.request.get(code.get_attribute("src")).text()
    assert qr.read(svg) == f"{app_url}/" == dialog.get_by_label("Link to this view").input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert not page.problems
