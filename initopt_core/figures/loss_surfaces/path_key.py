"""The key of paths over a surface: for each the line that it is drawn with, ending in its sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import altair as alt

from initopt_core.descent import Trace
from initopt_core.figures import theme

from .picture import looks, on_ground

APART: dict[str, Any] = dict.fromkeys(("shape", "fill", "stroke"), "independent")
"""Scales of the chart that holds a key, so that no other layer shares the key's."""
_UNIT = math.sqrt(110) / 2
"""Pixels of a symbol's unit: half its side, the size of the signs at the ends."""
_LEFT, _END = -5.2, 1.4
"""Where a line begins and its sign stands, in units."""
_RADIUS = 1.0
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "triangle-up": [(0, -1.1), (1.1, 0.8), (-1.1, 0.8)],
    "triangle-down": [(0, 1.1), (1.1, -0.8), (-1.1, -0.8)],
    "wedge": [(0, -1.35), (0.7, 1), (-0.7, 1)],
    "cross": [
        (-0.4, -1.15), (0.4, -1.15), (0.4, -0.4), (1.15, -0.4), (1.15, 0.4), (0.4, 0.4),
        (0.4, 1.15), (-0.4, 1.15), (-0.4, 0.4), (-1.15, 0.4), (-1.15, -0.4), (-0.4, -0.4),
    ],
}  # fmt: skip


def path_key(
    traces: Sequence[Trace], labels: Sequence[str], offset: float | alt.ExprRef
) -> alt.Chart:
    """A layer that shows nothing but its legend, at the right.

    Args:
        labels: of the traces, in their order.
        offset: from the plot, in pixels.
    """
    looked = on_ground(looks([t.run.optimizer for t in traces]))
    names = list(labels)
    colors = alt.Scale(domain=names, range=[color for color, *_ in looked])
    signs = alt.Scale(domain=names, range=[symbol(dash, shape) for _, dash, shape in looked])
    legend = alt.Legend(
        title=None,
        offset=offset,
        symbolSize=alt.ExprRef(f"110 * {theme.TYPE} * {theme.TYPE}"),
        symbolOpacity=1,
        symbolStrokeWidth=2,
        symbolOffset=theme.sized(-_LEFT * _UNIT),
        labelOffset=theme.sized(_END * _UNIT + 7),
    )
    look: dict[str, Any] = {"title": None, "legend": legend}
    rows = [{"optimizer": name} for name in names]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_point(opacity=0, filled=True)
        .encode(
            fill=alt.Fill("optimizer:N", scale=colors, **look),
            stroke=alt.Stroke("optimizer:N", scale=colors, **look),
            shape=alt.Shape("optimizer:N", scale=signs, **look),
        )
    )


def symbol(dash: Sequence[int], shape: str) -> str:
    """A dashed line and the sign at its end, as an SVG path in units of a symbol."""
    steps = [v / _UNIT for v in dash]
    # From the sign backwards, so that a piece of the line touches it.
    at, parts = _END, []
    for n, step in cycle(enumerate(steps)) if len(steps) > 1 and dash[1] else ():
        far = max(_LEFT, at - step)
        if n % 2 == 0:
            parts.append(f"M{far:.2f},0L{at:.2f},0")
        at = far
        if at <= _LEFT:
            break
    line = "".join(reversed(parts)) or f"M{_LEFT:.2f},0L{_END:.2f},0"
    return line + _sign(shape)


def _sign(shape: str) -> str:
    corners = _CORNERS.get(shape)
    if corners is None:
        r, left = _RADIUS, _END - _RADIUS
        return f"M{left:.2f},0A{r},{r},0,1,1,{left + 2 * r:.2f},0A{r},{r},0,1,1,{left:.2f},0Z"
    return "M" + "L".join(f"{x + _END:.2f},{y:.2f}" for x, y in corners) + "Z"
