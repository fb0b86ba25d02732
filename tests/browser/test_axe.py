"""Nothing that axe calls serious or critical, on any page, light and dark."""

from __future__ import annotations

import pytest

from tests.support.axe import accessible

PAGES = [
    "/",
    "/initialization",
    "/initialization?layers=12+x+64&part=Compare",
    "/training",
    "/loss_surfaces",
    "/loss_surfaces?view=Basins&surface=himmelblau",
    "/loss_surfaces?view=Sharp+and+flat",
    "/course",
]
PAPER = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
STILL = """() => document.querySelectorAll('[data-testid="stSkeleton"], [data-testid="stSpinner"],'
  + '[data-stale="true"]').length === 0 && document.querySelector('h1')"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious(page, app_url, path):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(app_url + path)
    page.wait_for_function(STILL, timeout=60_000)
    page.wait_for_timeout(1500)  # what comes last: sidebar, parts below
    paper = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        paper[scheme] = page.evaluate(PAPER)
        assert accessible(page) == [], scheme
    assert paper["light"] != paper["dark"]
