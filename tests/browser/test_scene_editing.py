"""A view becomes a scene, and the page Scenes keeps what is typed of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support.axe import accessible
from tests.support.still import still


@pytest.mark.usefixtures("no_lectures")
def test_a_view_becomes_a_scene_and_the_page_scenes_edits_it(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?view=Sharp+and+flat")
    page.locator(".sf-root canvas").wait_for(timeout=60_000)
    still(page, figures=False)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Add as a scene").click()
    expect(page.get_by_text("Scene 1 of “My lecture”")).to_be_visible()
    page.get_by_role("link", name="Scenes").first.click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    expect(title).to_have_value("Sharp and flat · Loss surfaces", timeout=30_000)
    title.fill("A flat end")
    title.press("Tab")  # what is typed is kept when its field is left
    expect(page.get_by_text("1. A flat end")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("It has no scenes yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1. A flat end")).to_be_visible()
    assert accessible(page) == []
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".initopt-stage h1")).to_have_text("A flat end", timeout=30_000)
    assert re.search(
        r"/loss_surfaces\?view=Sharp.*lecture=my-lecture-[0-9a-f]{8}&scene=1", page.url
    )
    page.reload()
    expect(page.locator(".initopt-stage h1")).to_have_text("A flat end", timeout=30_000)
    assert not page.problems


@pytest.mark.usefixtures("no_lectures")
def test_what_is_typed_stays_without_leaving_its_field(page, app_url):
    """After a pause, or when the page is loaded anew; and the field stays under the hand."""
    page.goto(f"{app_url}/lecture")
    page.get_by_role("button", name="Copy it to edit").click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    expect(title).to_have_value(TUTORIAL.scenes[0].title, timeout=30_000)
    title.evaluate("(e) => { window.field = e; }")
    title.press("End")
    page.keyboard.type(" then")
    expect(page.get_by_text("1. All weights equal then")).to_be_visible(timeout=30_000)
    page.keyboard.type(" ")
    page.wait_for_timeout(1500)
    page.keyboard.type("some")
    expect(page.get_by_text("1. All weights equal then some")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.activeElement === window.field && field.isConnected")
    notes = page.get_by_role("textbox", name="Notes for the speaker")
    notes.press("Control+End")
    page.keyboard.type(" Wait")
    page.wait_for_timeout(1500)
    page.keyboard.type(" for")
    page.wait_for_timeout(1500)
    page.keyboard.type(" it.")
    page.wait_for_timeout(1500)
    assert notes.evaluate("(e) => e === document.activeElement")
    expect(notes).to_have_value(TUTORIAL.scenes[0].notes + " Wait for it.")
    page.keyboard.type(" Now.")
    page.reload()
    expect(title).to_have_value("All weights equal then some", timeout=30_000)
    expect(notes).to_have_value(TUTORIAL.scenes[0].notes + " Wait for it. Now.")
    assert not page.problems
