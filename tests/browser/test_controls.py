"""The number slider under a finger and a keyboard, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import server as servers
from tests.training.test_field_files import TYPED

APP = Path(__file__).parent / "apps" / "controls_app.py"


@pytest.fixture(scope="module")
def controls_server(tmp_path_factory, browser):
    with servers.serving(APP, tmp_path_factory.mktemp("controls")) as running:
        yield running


@pytest.fixture
def opened(page, controls_server):
    def go(query=""):
        page.goto(controls_server.url + query)
        expect(page.locator('input[type="range"][data-key="n"]')).to_be_visible(timeout=30_000)
        return page

    return go


def says(page, text):
    expect(page.get_by_text("values [")).to_have_text(f"values {text}", timeout=10_000)


def box(page, key):
    return page.locator(f'input[type="text"][data-key="{key}"]')


def test_arrow_keys_move_by_round_numbers_and_write_the_link(opened):
    page = opened()
    page.locator('input[type="range"][data-key="std"]').focus()
    page.keyboard.press("ArrowRight")
    says(page, "[0.012, 100]")
    page.keyboard.press("End")
    says(page, "[10.0, 100]")
    page.wait_for_url("**std=10.0**")
    assert page.problems == []


def test_values_arrive_while_the_slider_is_dragged(opened):
    page = opened()
    area = page.locator('input[type="range"][data-key="std"]').bounding_box()
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] / 2, middle, steps=5)
    expect(page.get_by_text("values [")).not_to_have_text("values [0.01, 100]", timeout=10_000)
    page.mouse.move(area["x"] + area["width"], middle, steps=20)
    says(page, "[10.0, 100]")  # still held down: the newest value has arrived
    page.mouse.up()


def test_an_unusable_number_is_refused_where_it_was_typed(opened):
    page = opened()
    for wrong in ("1.5", "0", "abc", "", "5001", "1e999"):
        box(page, "n").fill(wrong)
        box(page, "n").press("Enter")
        expect(page.get_by_text("Give a whole number from 1 to 5,000.")).to_be_visible()
    says(page, "[0.01, 100]")
    box(page, "n").fill("2500")
    box(page, "n").press("Enter")
    says(page, "[0.01, 2500]")
    expect(page.get_by_text("Give a whole number")).to_have_count(0)


def test_presets_move_the_sliders_and_a_link_restores_them(opened):
    page = opened()
    page.get_by_role("button", name="preset").click()
    says(page, "[0.123, 77]")
    expect(box(page, "std")).to_have_value("0.123")
    again = opened("?std=0.123&n=77")
    says(again, "[0.123, 77]")
    expect(box(again, "n")).to_have_value("77")


def test_a_box_reads_numbers_as_python_does(opened):
    page = opened()
    box(page, "n").fill("1,000")
    box(page, "n").press("Enter")
    says(page, "[0.01, 1000]")
    source = (
        Path(__file__).parents[2] / "assets" / "web" / "number_slider" / "reading.js"
    ).read_text()
    read = """async ([source, texts]) => {
      const file = new Blob([source], { type: "text/javascript" });
      const { readNumber } = await import(URL.createObjectURL(file));
      return texts.map(readNumber);
    }"""
    found = page.evaluate(read, [source, [text for text, _ in TYPED]])
    for (text, value), number in zip(TYPED, found, strict=True):
        assert number == (value if value is None else pytest.approx(value, rel=1e-15)), text
