"""Nothing that axe calls serious or critical, on any page, light and dark."""

from __future__ import annotations

import pytest

from tests.support import web

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
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter((v) => ["serious", "critical"].includes(v.impact) || v.id === "heading-order")
    .map((v) => [v.id, ...v.nodes.slice(0, 6).map((n) => `${n.html.slice(0, 160)}: `
      + [...n.any, ...n.all].map((c) => c.message).join(" ").slice(0, 160))]);
}"""
PAPER = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
STILL = """() => document.querySelectorAll('[data-testid="stSkeleton"], [data-testid="stSpinner"],'
  + '[data-stale="true"]').length === 0 && document.querySelector('h1')"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious(page, app_url, path):
    script = web.package("axe-core") / "axe.min.js"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(app_url + path)
    page.wait_for_function(STILL, timeout=60_000)
    page.wait_for_timeout(1500)  # what comes last: sidebar, parts below
    page.add_script_tag(path=str(script))
    paper = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        paper[scheme] = page.evaluate(PAPER)
        assert page.evaluate(FOUND) == [], scheme
    assert paper["light"] != paper["dark"]
