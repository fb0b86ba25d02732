"""Back, Forward, reload, links and titles in a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.support import ink

PAUSE_MS = 1300
"""Longer than the pause by which the address bar tells two moves apart."""


def ready(page):
    page.wait_for_selector(".initopt-address button", timeout=60_000)
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )
    page.wait_for_timeout(300)


def opened(page, app_url, path):
    page.goto(app_url + path)
    if "initialization" in path:
        ink.settled(page, "init-depth", 60_000)
    ready(page)


def gain(page):
    return page.locator('input[type="text"][data-key="kaiming_gain"]')


def slider(page):
    return page.locator('input[type="range"][data-key="kaiming_gain"]')


def query(page):
    return urlsplit(page.url).query


def entries(page):
    return page.evaluate("history.length")


def press(page, times, pause):
    for _ in range(times):
        slider(page).press("ArrowRight")
        page.wait_for_timeout(pause)
    ready(page)


def test_ten_quick_changes_are_one_step_back(page, app_url):
    opened(page, app_url, "/initialization")
    at_first, before = gain(page).input_value(), entries(page)
    press(page, 10, 200)
    after = gain(page).input_value()
    assert after != at_first
    # the last change has been answered, too
    page.wait_for_function(f"location.search.includes('kaiming_gain={after}')", timeout=20_000)
    assert entries(page) == before + 1
    page.go_back()
    expect(gain(page)).to_have_value(at_first, timeout=10_000)
    ready(page)
    assert query(page) == ""
    page.go_forward()
    expect(gain(page)).to_have_value(after, timeout=10_000)


def test_back_restores_one_settled_change_after_the_other_and_the_rest_works_on(page, app_url):
    opened(page, app_url, "/initialization")
    seen = [gain(page).input_value()]
    for _ in range(3):
        press(page, 1, PAUSE_MS)
        seen.append(gain(page).input_value())
    assert len(set(seen)) == 4
    for value in (seen[2], seen[1]):
        page.go_back()
        expect(gain(page)).to_have_value(value, timeout=10_000)
        ready(page)
    # Another control moves: what Back restored stays.
    page.locator('label:has-text("First layer with gain 1")').first.click()
    page.wait_for_url("**kaiming_linear_input=*", timeout=10_000)
    ready(page)
    expect(gain(page)).to_have_value(seen[1])
    press(page, 1, PAUSE_MS)
    expect(gain(page)).to_have_value(seen[2])


def test_a_drag_is_one_step(page, app_url):
    opened(page, app_url, "/initialization")
    at_first, before = gain(page).input_value(), entries(page)
    area = slider(page).bounding_box()
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + 5, middle)
    page.mouse.down()
    for step in range(1, 17):
        page.mouse.move(area["x"] + step * area["width"] / 20, middle)
        page.wait_for_timeout(60)
    page.mouse.up()
    page.wait_for_url("**kaiming_gain=*", timeout=10_000)
    ready(page)
    assert entries(page) == before + 1
    page.go_back()
    expect(gain(page)).to_have_value(at_first, timeout=10_000)


def test_chosen_schemes_and_their_settings_come_back(page, app_url):
    opened(page, app_url, "/initialization?kaiming_gain=2.0")
    page.wait_for_timeout(PAUSE_MS)
    box = page.locator('[data-testid="stSelectbox"]:has-text("Scheme") input').first
    box.click()
    box.fill("Xavier")
    page.get_by_role("option", name="Xavier (Glorot)", exact=True).click()
    page.wait_for_url("**scheme=xavier*", timeout=10_000)
    ready(page)
    page.go_back()
    expect(gain(page)).to_have_value("2", timeout=10_000)
    ready(page)
    assert query(page) == "kaiming_gain=2.0"


def test_a_page_keeps_its_link_when_another_is_opened(page, app_url):
    opened(page, app_url, "/initialization?kaiming_gain=2.0")
    page.get_by_role("link", name="Loss surfaces").first.click()
    expect(page.locator("h1")).to_have_text("Loss surfaces", timeout=30_000)
    ready(page)
    assert "kaiming_gain" not in query(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Initialization", timeout=30_000)
    expect(gain(page)).to_have_value("2", timeout=10_000)
    ready(page)
    assert query(page) == "kaiming_gain=2.0"
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Loss surfaces", timeout=30_000)
    ready(page)
    assert "kaiming_gain" not in query(page)
    page.get_by_role("link", name="Initialization").first.click()
    expect(gain(page)).to_have_value("2", timeout=30_000)  # by the menu: as it was left
    page.wait_for_url("**kaiming_gain=2.0", timeout=10_000)


@pytest.mark.parametrize("path", ["/", "/initialization", "/training", "/loss_surfaces"])
def test_arriving_writes_no_entry_of_its_own(page, app_url, path):
    page.goto("about:blank")
    before = entries(page)
    opened(page, app_url, path)
    page.wait_for_timeout(500)
    assert entries(page) == before + 1
    page.go_back()
    assert page.url == "about:blank"


@pytest.mark.long
def test_reload_and_a_new_browser_show_the_same(browser, page, app_url):
    opened(page, app_url, "/initialization")
    press(page, 4, 150)
    value, url = gain(page).input_value(), page.url
    page.reload()
    ink.settled(page, "init-depth", 60_000)
    expect(gain(page)).to_have_value(value, timeout=10_000)
    other = browser.new_context().new_page()
    other.goto(url)
    expect(gain(other)).to_have_value(value, timeout=60_000)
    other.context.close()


@pytest.mark.long
def test_two_tabs_do_not_know_each_other(browser, app_url):
    context = browser.new_context()
    one, two = context.new_page(), context.new_page()
    opened(one, app_url, "/initialization")
    opened(two, app_url, "/initialization")
    press(one, 3, 150)
    assert query(two) == "" and gain(one).input_value() != gain(two).input_value()
    context.close()


def test_pins_make_a_short_link_that_restores_them(browser, page, app_url):
    opened(page, app_url, "/initialization?kaiming_gain=2.0&layers=12+x+256")
    page.get_by_role("button", name="Pin").click()
    page.wait_for_url("**pin=*", timeout=10_000)
    ready(page)
    assert len(query(page)) < 120
    other = browser.new_context().new_page()
    other.goto(page.url)
    ink.settled(other, "init-depth", 60_000)
    ready(other)
    expect(other.get_by_role("button", name="Pin")).to_be_disabled()
    other.context.close()


def test_the_link_is_copied_by_keyboard(browser, app_url):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    opened(page, app_url, "/initialization?kaiming_gain=2.0")
    button = page.get_by_role("button", name="Copy link")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".initopt-address .say")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    context.close()


def test_titles_tell_page_and_setting(page, app_url):
    opened(page, app_url, "/initialization?activation=tanh")
    expect(page).to_have_title("Kaiming (He), Tanh · Initialization · Initopt")
    press(page, 1, 300)
    expect(page).to_have_title(re.compile(r"Kaiming \(He\) \(gain .*\), Tanh · Initialization"))
    page.get_by_role("link", name="Loss surfaces").first.click()
    expect(page).to_have_title(re.compile(r".+ · Loss surfaces · Initopt"), timeout=30_000)
    page.get_by_role("link", name="Home").first.click()
    expect(page).to_have_title("Initopt", timeout=30_000)
