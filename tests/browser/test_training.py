"""A race in a real browser: started, left, found again, steered, stopped, exported."""

import io
import re
import zipfile

from playwright.sync_api import expect

# Small and long: a second an epoch, and far from done when the test stops it.
RACE = "race=SGD,Adam&hidden=32,16&batch=4&epochs=100&data=sample"
DRAWN = ".initopt-figure[data-figure='training-loss']"


def ready(page):
    expect(page.locator("h1")).to_have_text("Training", timeout=60_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


def points(page) -> str:
    """The accessible words of the loss figure, which tell its last values."""
    return page.locator(DRAWN).get_attribute("aria-label")


def advances(page):
    before = points(page)
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.ariaLabel !== before",
        arg=[DRAWN, before],
        timeout=30_000,
    )


def calm(page):
    assert page.problems == []
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_race_from_start_to_export(page, browser, app_url):
    page.goto(f"{app_url}/training?{RACE}&seeds=1")
    ready(page)
    page.get_by_role("button", name="Start the race").click()
    expect(page.locator(DRAWN)).to_be_visible(timeout=60_000)
    page.wait_for_function(f"document.querySelector(\"{DRAWN}\").ariaLabel.includes('SGD at')")
    page.evaluate(f'window.first = document.querySelector("{DRAWN}")')
    page.wait_for_url(re.compile(r"[?&]run=[0-9]"))
    run = re.search(r"[?&]run=([0-9a-f-]+)", page.url)[1]
    advances(page)
    advances(page)  # drawn in place: it is still the same element
    assert page.evaluate(f'window.first === document.querySelector("{DRAWN}")')

    # Another page and back, a reload, another browser: the same run, still going.
    page.get_by_role("link", name="Home").first.click()
    expect(page.locator("h1")).not_to_have_text("Training")
    page.get_by_role("link", name="Training").first.click()
    ready(page)
    page.wait_for_url(f"**run={run}**")
    advances(page)
    page.reload()
    ready(page)
    advances(page)
    other = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    other.goto(f"{app_url}/training?run={run}")
    ready(other)
    expect(other.locator(DRAWN)).to_be_visible(timeout=30_000)
    advances(other)

    # Steered from one, seen by the other.
    page.get_by_role("button", name="Pause").click()
    expect(other.get_by_role("button", name="Go on")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(6000)  # a step under way ends, and every page has drawn it
    paused = points(page)
    page.wait_for_timeout(3000)
    assert points(page) == paused
    page.get_by_role("button", name="Go on").click()
    advances(page)
    page.get_by_role("textbox", name="SGD: η now").fill("0.05")
    page.get_by_role("textbox", name="SGD: η now").press("Enter")
    expect(page.get_by_role("cell", name="0.05").first).to_be_visible(timeout=20_000)
    page.wait_for_function(  # the plot says whose rate it was
        """selector => document.querySelector(selector).view.data('changes')
          .some((change) => change.text === 'SGD: η = 0.05')""",
        arg=DRAWN,
        timeout=20_000,
    )

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("on the test images").first).to_be_visible()
    page.get_by_text("Results", exact=True).click()
    expect(page.get_by_text("Most confident mistakes")).to_be_visible(timeout=20_000)
    page.wait_for_function(  # what was chosen is in view, not below it
        "document.querySelector('.st-key-training-more').getBoundingClientRect().y < 120"
    )

    page.get_by_text("Runs (").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export the run").last.click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert {"SGD.tar", "SGD.config", "SGD_results.json"} <= set(archive.namelist())

    page.get_by_role("button", name="Recorded race").click()
    expect(page.locator('[data-figure="recorded-loss"]')).to_be_visible()
    calm(page)
    other.context.close()


def test_bad_links_and_bad_settings_are_said(page, app_url):
    page.goto(f"{app_url}/training?run=../../etc&race=Nothing&epochs=many&hidden=12,x")
    ready(page)
    expect(page.get_by_text("does not name a training run")).to_be_visible()
    expect(page.get_by_role("button", name="Start the race")).to_be_disabled()
    expect(page.get_by_test_id("stException")).to_have_count(0)
