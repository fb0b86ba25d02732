"""The initialization page in a real browser: every control changes the picture, nothing breaks."""

import json

from playwright.sync_api import expect

from tests.support import ink


def stamp(page, key):
    """Fingerprint of the data that a figure shows."""
    return page.evaluate(
        'key => document.querySelector(`[data-figure="${key}"]`)?.dataset.stamp', key
    )


def calm(page):
    """Until the script has stopped and the figures are drawn."""
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=30_000
    )
    page.wait_for_timeout(150)


def open_page(page, app_url, query=""):
    page.goto(f"{app_url}/initialization{query}")
    expect(page.locator('[data-testid="stMainBlockContainer"] h1')).to_be_visible(timeout=60_000)
    page.wait_for_selector('.initopt-figure[data-figure="init-depth"][data-drawn]', timeout=60_000)
    ink.settled(page, "init-depth")
    calm(page)


def no_failure(page):
    calm(page)
    for selector in ('[data-testid="stException"]', '[data-testid="stAlertContentError"]'):
        expect(page.locator(selector)).to_have_count(0)
    assert page.problems == []


def changes(page, act, key="init-grid"):
    """`act` changes what the figure shows."""
    before = stamp(page, key)
    act()
    page.wait_for_function(
        "([key, before]) => ![undefined, before].includes("
        'document.querySelector(`[data-figure="${key}"]`)?.dataset.stamp)',
        arg=[key, before],
        timeout=30_000,
    )
    no_failure(page)


def choose(page, label, option):
    box = page.locator(f'[data-testid="stSelectbox"]:has-text("{label}") input').first
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def slide(page, label, key="ArrowRight"):
    page.locator(f'.initopt-number:has-text("{label}") input[type="range"]').first.press(key)


def toggle(page, label):
    page.locator(f'label:has-text("{label}")').first.click()


def unfold(page, label):
    page.locator(f'[data-testid="stExpander"] summary:has-text("{label}")').first.click()
    page.wait_for_timeout(400)


def test_experiments_close_when_one_is_chosen(page, app_url):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(app_url + "/initialization")
    page.get_by_role("button", name="Experiments").click(timeout=60_000)
    last = page.get_by_role("button", name="Kaiming, ReLU")
    expect(last).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Xavier, tanh").click()
    expect(last).to_have_count(0)
    page.wait_for_function("location.search.includes('xavier')", timeout=20_000)


def test_every_control_changes_the_picture(page, app_url):
    open_page(page, app_url)
    ink.settled(page, "init-grid")
    element = page.evaluate_handle('document.querySelector(`[data-figure="init-grid"]`)')
    changes(page, lambda: choose(page, "Activation", "Leaky ReLU"))
    changes(page, lambda: slide(page, "Negative slope"))
    changes(page, lambda: slide(page, "Gain"))
    changes(page, lambda: choose(page, "Distribution", "uniform"))
    changes(page, lambda: choose(page, "Fan", "average"))
    changes(page, lambda: toggle(page, "First layer with gain 1"))
    changes(page, lambda: toggle(page, "Gain of Leaky ReLU"))
    unfold(page, "Biases")
    changes(page, lambda: slide(page, "Bias spread"))
    changes(page, lambda: choose(page, "Scheme", "Constant variance"))
    changes(page, lambda: slide(page, "Standard deviation"))
    changes(page, lambda: choose(page, "Scheme", "Xavier (Glorot)"))
    unfold(page, "Draw and batch")
    changes(page, lambda: slide(page, "Seed"))
    changes(page, lambda: page.get_by_role("button", name="Random seed").click())
    changes(page, lambda: slide(page, "Batch size", "ArrowLeft"))

    def one_class():
        box = page.locator('[data-testid="stMultiSelect"] input').first
        box.click()
        box.fill("Sandal")
        box.press("Enter")

    changes(page, one_class)
    page.keyboard.press("Escape")
    unfold(page, "Histograms")
    for label in ("Same axis", "Logarithmic", "Leave out", "Density curve", "Row behind"):
        changes(page, lambda label=label: toggle(page, label))
    # The element has been the same one all the while: nothing was rebuilt, nothing flickered.
    assert page.evaluate("e => e.isConnected", element)

    def type_sizes():
        box = page.locator('input[aria-label="Hidden layers"]')
        box.fill("64, 32")
        box.press("Enter")

    changes(page, type_sizes)
    unfold(page, "Depth x width")
    changes(page, lambda: slide(page, "Width"))
    slide(page, "Depth", "End")  # 64 layers: strips instead of the grid
    ink.settled(page, "init-strips")
    no_failure(page)
    before = stamp(page, "init-layer")
    page.locator('[data-figure="init-strips"] canvas').click(position={"x": 250, "y": 100})
    page.wait_for_function(
        "before => document.querySelector('[data-figure=\"init-layer\"]').dataset.stamp !== before",
        arg=before,
        timeout=20_000,
    )
    changes(page, lambda: toggle(page, "Stretch each layer"), "init-strips")
    changes(page, lambda: page.get_by_role("button", name="Reset").click(), "init-depth")
    assert page.url.split("?")[0].endswith("/initialization")


PARTS = (
    ("Numbers", None, "Saturated"),
    ("Phase map", "init-phase", "χ₁"),
    ("Seeds", "init-seeds", "95 % of seeds"),
    ("Tutorial", None, "Twice the variance"),
    ("Explain", None, "One unit adds up"),
    ("Code", None, "kaiming_init"),
    ("Compare", None, "Nothing is pinned"),
)


def test_every_part_opens(page, app_url):
    open_page(page, app_url)
    for part, figure, text in PARTS:
        page.locator(f'[data-testid="stButtonGroup"] button:has-text("{part}")').click()
        expect(page.get_by_text(text).first).to_be_visible(timeout=60_000)
        if figure:
            ink.settled(page, figure)
        no_failure(page)


def test_click_on_the_phase_map_sets_the_scheme(page, app_url):
    open_page(page, app_url, "?part=Phase+map&activation=tanh")
    ink.settled(page, "init-phase")
    canvas = page.locator('[data-figure="init-phase"] canvas')
    box = canvas.bounding_box()
    before = stamp(page, "init-grid")
    canvas.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.4})
    page.wait_for_function(
        "before => document.querySelector('[data-figure=\"init-grid\"]').dataset.stamp !== before",
        arg=before,
        timeout=20_000,
    )
    no_failure(page)
    assert "scheme=equal_variance" in page.url and "equal_variance_bias_std=" in page.url


def test_a_link_restores_the_view(page, browser, app_url):
    query = (
        "?scheme=xavier&xavier_gain=1.5&activation=tanh&layers=40%2C+30&seed=9"
        "&pin=" + json.dumps({"scheme": "pytorch", "hidden": [40, 30]}).replace(" ", "")
    )
    open_page(page, app_url, query)
    ink.settled(page, "init-grid")
    no_failure(page)
    alt = page.locator('[data-figure="init-grid"]').get_attribute("aria-label")
    assert "Xavier (Glorot) (gain 1.5), Tanh, 40, 30" in alt
    other = browser.new_page()
    other.goto(page.url)  # the address bar as it is now holds the same view
    ink.settled(other, "init-depth", 60_000)
    calm(other)
    assert stamp(other, "init-depth") == stamp(page, "init-depth")
    assert stamp(other, "init-grid") == stamp(page, "init-grid")
    other.close()


def test_unusable_values_of_a_link_fall_back(page, app_url):
    open_page(page, app_url, "?scheme=nonsense&activation=tahn&seed=abc&pin=%5B%5D&images=1e99")
    ink.settled(page, "init-grid")
    no_failure(page)
    expect(page.get_by_text("cannot be used").first).to_be_visible()


def test_bad_sizes_keep_the_last_picture(page, app_url):
    open_page(page, app_url)
    ink.settled(page, "init-grid")
    before = stamp(page, "init-grid")
    box = page.locator('input[aria-label="Hidden layers"]')
    box.fill("512, many")
    box.press("Enter")
    for place in ("stAlertContentError", "stMain"):  # at the box, and where a phone shows it
        told = page.get_by_test_id(place).get_by_text("“many” is not a number of units")
        expect(told).to_be_visible(timeout=20_000)
    calm(page)
    assert stamp(page, "init-grid") == before
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)


def test_overflow_is_explained(page, app_url):
    link = "?scheme=constant_variance&constant_variance_std=10&layers=40+x+256"
    open_page(page, app_url, link)
    expect(page.get_by_text("Numbers overflow.")).to_be_visible(timeout=30_000)
    no_failure(page)
    changes(page, lambda: page.get_by_role("button", name="Try it").click(), "init-depth")
    expect(page.get_by_text("Numbers overflow.")).to_have_count(0)


def test_undo_goes_back_one_change_at_a_time(page, app_url):
    open_page(page, app_url)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    first = stamp(page, "init-grid")
    changes(page, lambda: choose(page, "Scheme", "Xavier (Glorot)"))
    second = stamp(page, "init-grid")
    page.wait_for_timeout(1600)  # changes in quick succession, as of a slider, count as one
    changes(page, lambda: choose(page, "Activation", "Tanh"))
    changes(page, undo.click)
    assert stamp(page, "init-grid") == second
    changes(page, undo.click)
    assert stamp(page, "init-grid") == first
    expect(undo).to_be_disabled()
    assert page.url.endswith("/initialization")


def test_pin_and_compare(page, app_url):
    open_page(page, app_url, "?part=Compare&layers=40%2C+30")
    page.get_by_role("button", name="Pin", exact=True).click()
    ink.settled(page, "init-compare")
    changes(page, lambda: choose(page, "Scheme", "PyTorch's default"), "init-compare")
    expect(page.get_by_text("now: PyTorch's default").first).to_be_visible()
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_text("Nothing is pinned").first).to_be_visible(timeout=20_000)
    no_failure(page)
