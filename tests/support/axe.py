"""What axe says of a page."""

from __future__ import annotations

from tests.support import web

FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter((v) => ["serious", "critical"].includes(v.impact) || v.id === "heading-order")
    .map((v) => [v.id, ...v.nodes.slice(0, 6).map((n) => `${n.html.slice(0, 160)}: `
      + [...n.any, ...n.all].map((c) => c.message).join(" ").slice(0, 160))]);
}"""


def accessible(page) -> list:
    """What axe calls serious on the page that is shown."""
    if not page.evaluate("Boolean(window.axe)"):
        page.add_script_tag(path=str(web.package("axe-core") / "axe.min.js"))
    return page.evaluate(FOUND)
