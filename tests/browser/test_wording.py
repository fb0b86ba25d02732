"""Numbers on the axes of a figure are the Python side's, to the character."""

import random

from initopt_core import wording
from initopt_core.figures import theme
from initopt_core.ui.components.assets import WEB


def values() -> list[float]:
    """Thousands of numbers of every size, and the places where a digit turns."""
    draw = random.Random(0)
    signed = [draw.choice((-1, 1)) * 10 ** draw.uniform(-320, 308) for _ in range(2000)]
    usual = [draw.choice((-1, 1)) * 10 ** draw.uniform(-5, 8) for _ in range(4000)]
    turns = (0.9995, 0.99949, 1, 1.005, 1.125, 2.5, 9.995, 9.994)
    edges = [m * 10.0**e for e in range(-12, 13) for m in turns]
    return [*signed, *usual, *edges, *range(0, 2000, 5), 1225.0, 1235.0, 5e-324, 1.7e308]


def test_axes_in_the_browser_write_what_python_writes(page):
    page.add_script_tag(path=str(WEB / "vendor" / "vega" / "vega.min.js"))
    cases = values()
    said = page.evaluate(
        """([cases, expr]) => {
          const step = { type: "formula", as: "said", expr };
          const values = cases.map((value) => ({ value }));
          const data = [{ name: "t", values, transform: [step] }];
          const view = new vega.View(vega.parse({ data })).run();
          return view.data("t").map((row) => row.said);
        }""",
        [cases, theme.NUMBER],
    )
    wrong = [(v, s) for v, s in zip(cases, said, strict=True) if s != wording.number(v)]
    assert not wrong, wrong[:5]
