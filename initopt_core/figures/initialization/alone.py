"""Histograms that leave the page: what it says beside them, they say themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.room import Room

from .display import FEW, Display

LINE = 15
"""Height of a line of the key, in pixels."""
_BELOW = 24
"""Pixels from the last row to the key: the numbers across."""


def words(display: Display, upright: bool) -> list[str]:
    """The lines below the histograms: what lies across and up, what the curve is, and whether one
    layer's axis is another's."""
    curve = "Line: density (Gaussian kernel)." if display.curve else ""
    axes = (
        ["One axis for a row: what vanishes is a needle,", "what explodes is wide."]
        if display.shared
        else ["Own axes: a vanishing layer looks like", "a healthy one."]
    )
    across = _axes("values in a bin", display)
    if upright:
        return [part for part in (*across, curve, *axes) if part]
    return [f"{' '.join(across)} {curve}".strip(), " ".join(axes)]


def compared_words(display: Display, upright: bool) -> list[str]:
    """The same below histograms of several settings."""
    across = _axes("% of a layer's values in a bin", display)
    return across if upright else [" ".join(across)]


def _axes(up: str, display: Display) -> list[str]:
    log = ", log scale" if display.log else ""
    return ["Across: value (gradients in nats, activations before φ).", f"Up: {up}{log}."]


def room_with_key(room: Room, display: Display, upright: bool) -> Room:
    """The room with a place for the key, and in columns for remarks in two lines."""
    room = room_below(room, words(display, upright))
    if upright:
        return replace(room, top=room.top + 13, row_gap=room.row_gap + 13)
    return replace(room, left=room.left + 14)


def room_below(room: Room, lines: Sequence[str]) -> Room:
    """The room with a place for these lines."""
    return replace(room, bottom=room.bottom + LINE * len(lines) + 6)


def key(room: Room, lines: Sequence[str], upright: bool) -> alt.Chart:
    """The key, as a mark of the first panel of the last row."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=list(lines),
        align="left",
        baseline="top",
        lineHeight=theme.sized(LINE),
        fontSize=theme.sized(11),
        color=theme.INK,
    )
    left = theme.sized(4 - room.left) if upright else alt.ExprRef("0")
    down = alt.ExprRef(f"plot_height + {_BELOW} * {theme.TYPE}")
    return mark.encode(x=alt.XValue(left), y=alt.YValue(down))


def in_two_lines(room: Room, upright: bool) -> bool:
    """Whether the remark over a histogram has two lines."""
    return upright or room.columns > FEW
