"""Words over the histograms end in their own panels, in every window and size of type."""

from __future__ import annotations

import re

import pytest

from initopt_core.data import load_sample
from initopt_core.figures import export
from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization import heads
from initopt_core.initialization import Settings, observe

BOLD_LETTER = 5.15
"""Mean width of a letter of "Layer 8 (128 → 10)" at 12 pixels, read off a canvas."""


@pytest.fixture(scope="module")
def seen():
    return observe(Settings.make(batch=64), load_sample())


def test_a_name_is_broken_where_it_has_no_room(seen):
    """In a hall of 4:3, where letters are 2.2 times as large and panels are narrow."""
    room = figures.grid(seen).room
    text = heads.two_lines("t0", "(", heads._narrow(room, 1)).expr
    assert "slice(t0, 0" in text and "plot_width" in text
    longest = max(len(s.title) for s in seen.probe.weights)
    for type_scale, width in ((2.2, 135), (1.76, 109), (1.65, 165), (1, 116), (1, 172)):
        inside = width + room.right * type_scale
        one_line = heads.LETTER * longest * type_scale <= inside
        letters = longest if one_line else len("(784 → 512)")
        assert letters * BOLD_LETTER * type_scale <= inside
    assert heads.LETTER >= BOLD_LETTER


def test_names_stand_over_remarks_in_one_line_or_two(seen):
    room = figures.grid(seen).room
    assert 4 - room.top + 2 * heads.LINE <= -16 and heads.SINGLE + heads.LINE <= -16
    svg = export.to_svg(figures.grid(seen)).decode()
    assert re.search(r"Layer 0 \(784 → 512\)", svg), "one line where there is room"


def test_many_columns_have_two_lines_always():
    assert heads._narrow(figures.grid_room(9, 3), 1) == "true"
    assert heads._narrow(figures.grid_room(9, 3), 3) == "false", "over several panels there is room"
