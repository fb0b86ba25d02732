"""Charts drawn alone."""

import re

from initopt_core.figures.export.drawing import rendered, taken, trimmed
from initopt_core.figures.export.lettering import length

WIDE = "a name that is much wider than its plot"
SPEC = {
    "width": 60,
    "height": 40,
    "background": "#FFFFFF",
    "data": {"values": [{"name": WIDE, "y": 1}, {"name": "b", "y": 2}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "y", "type": "quantitative", "axis": None},
        "y": {"field": "name", "type": "nominal", "axis": {"labelLimit": 1000, "title": None}},
    },
}


def test_a_chart_is_taken_without_its_paper():
    svg = rendered(SPEC)
    assert re.search(r'<rect width="[\d.]+" height="[\d.]+" fill="#FFFFFF"', svg)
    drawing = taken(svg)
    assert "<rect" not in drawing.body and WIDE in drawing.body
    assert drawing.left > length(WIDE, 10) and drawing.height > 40


def test_a_chart_reaches_as_far_as_its_words():
    drawing = trimmed(rendered(SPEC))
    assert drawing.left > length(WIDE, 10), "the name has its room"
    assert drawing.width < 60 + drawing.left + 20, "and nothing has more than that"


def test_the_same_chart_gives_the_same_bytes():
    assert taken(rendered(SPEC)) == taken(rendered(SPEC))
