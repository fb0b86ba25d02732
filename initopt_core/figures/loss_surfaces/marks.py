"""What an exported surface is marked with, as the page's canvas marks it: stars at minima, crosses
at saddles, and words beside the end of a path that could not go on.

`assets/web/surface_canvas/ground.js` and `paths.js` draw the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.export.lettering import length
from initopt_core.figures.figure import series
from initopt_core.loss_surfaces.findings import outcome
from initopt_core.loss_surfaces.labels import gone
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

LETTERS = 11
"""Height of the words' letters, in pixels of the chart."""
PAPER, INK, STRENGTH = "#FFFFFF", "#222222", 0.85
"""Colours of a word's box and its letters in every theme, and how much the box covers."""
MOST = 3.5
"""Size of letters up to which the words grow, where they have room."""
_RADII = (7.0, 4.5)
"""Of the star at the lowest minimum, and at others, in pixels."""
_LINE, _TALL, _OVER, _EDGE = 17.0, 16.0, 18.0, 10.0
"""Of words: from line to line, a box, how far below a point that has no room beside it, and the
least distance of a middle from the picture's edge, in pixels at the usual size of letters."""


def _star() -> str:
    corners = [
        (r * math.cos(a), r * math.sin(a))
        for i in range(10)
        for r, a in [(0.45 if i % 2 else 1.0, math.pi * i / 5 - math.pi / 2)]
    ]
    return "M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in corners) + "Z"


@lru_cache(maxsize=16)
def spots(surface: Surface, ranges: Ranges) -> dict[str, dict[str, Any]]:
    """The datasets of the marks on the ground: a row each of "minima" and of "saddles".

    The newest are kept: those of a typed formula are searched for.
    """
    found = landmarks(surface, ranges)
    lowest = min((z for *_, z in found.minima), default=0.0)
    stars = [
        {
            "w1": x,
            "w2": y,
            "area": (2 * _RADII[z > lowest + 1e-6]) ** 2,
        }
        for x, y, z in found.minima
    ]
    crosses = [{"w1": x, "w2": y} for x, y in found.saddles]
    return {"minima": series(stars, digits=7), "saddles": series(crosses, digits=7)}


MINIMUM, SADDLE, LEFT = "minimum", "saddle", "left the picture"
START, STEP, END = "start", "one step", "end (each its sign)"
_CROSS = "M-1,-1L1,1M1,-1L-1,1"
ARROW = "M1,0L-0.625,-0.75L-0.625,0.75Z"
"""Where a path has left the picture, pointing to the right."""


def marks_in(surface: Surface, ranges: Ranges) -> tuple[str, ...]:
    """Which of the marks are in this view: those have an entry in the key."""
    found = landmarks(surface, ranges)
    x0, x1, y0, y1 = ranges

    def seen(points: Sequence[tuple[float, ...]]) -> bool:
        return any(x0 <= x <= x1 and y0 <= y <= y1 for x, y, *_ in points)

    kinds = ((MINIMUM, found.minima), (SADDLE, found.saddles))
    return tuple(name for name, points in kinds if seen(points))


def ground_marks(x: alt.X, y: alt.Y) -> theme.Layers:
    """Crosses and stars of the datasets that `spots` gives."""
    cross = alt.Chart(alt.NamedData("saddles")).encode(x, y)
    look = {"shape": _CROSS, "size": 64, "filled": False, "clip": True}
    area = alt.Size("area:Q", scale=None)
    return alt.layer(
        cross.mark_point(stroke="black", strokeWidth=3.4, opacity=0.55, **look),
        cross.mark_point(stroke="white", strokeWidth=1.6, opacity=1, **look),
        alt.Chart(alt.NamedData("minima"))
        .mark_point(shape=_star(), fill="white", stroke=INK, strokeWidth=1, opacity=1, clip=True)
        .encode(x, y, size=area),
    )


def mark_key(marks: Sequence[str], offset: float | alt.ExprRef) -> alt.Chart:
    """What the marks mean, at the right: a layer that shows nothing but its legend.

    Args:
        marks: of `marks_in`, and `START`, `STEP`, `END` and `LEFT`.
        offset: from the plot, in pixels.
    """
    looks: dict[str, tuple[str, str, str | alt.ExprRef]] = {
        MINIMUM: (_star(), "white", INK),
        SADDLE: ("M-0.65,-0.65L0.65,0.65M0.65,-0.65L-0.65,0.65", "transparent", theme.INK),
        START: ("circle", "transparent", theme.INK),
        STEP: ("M-0.35,0A0.35,0.35,0,1,1,0.35,0A0.35,0.35,0,1,1,-0.35,0Z", "grey", "grey"),
        END: ("M-1.7,0L-0.3,0M-0.3,-0.55L0.8,-0.55L0.8,0.55L-0.3,0.55Z", "grey", "grey"),
        LEFT: (ARROW, "grey", "grey"),
    }
    legend = alt.Legend(
        title=None, offset=offset, symbolSize=alt.ExprRef(f"150 * {theme.TYPE} * {theme.TYPE}"),
        symbolOpacity=1, symbolStrokeWidth=1.3,
    )  # fmt: skip
    names = [name for name in looks if name in marks]
    shapes, fills, strokes = (
        alt.Scale(domain=names, range=list(part))
        for part in zip(*(looks[name] for name in names), strict=True)
    )
    return (
        alt.Chart(alt.Data(values=[{"what": name} for name in names]))
        .mark_point(opacity=0)
        .encode(
            fill=alt.Fill("what:N", scale=fills, legend=legend),
            stroke=alt.Stroke("what:N", scale=strokes, legend=legend),
            shape=alt.Shape("what:N", scale=shapes, legend=legend),
        )
    )


def walks(
    *, ring: bool = False, dots: bool = False, end: bool = False, left: bool = False
) -> tuple[str, ...]:
    """What of paths needs an entry of the key.

    Args:
        ring: the starts have one. dots: the steps have them. end: a path ends in the picture.
        left: one has left it.
    """
    kinds = ((START, ring), (STEP, dots), (END, end), (LEFT, left))
    return tuple(name for name, there in kinds if there)


def walked(trace: Trace) -> np.ndarray:
    """The points [T, 3] of a path up to the last that has a place, the start at least."""
    return trace.points[: None if trace.diverged is None else max(1, trace.diverged)].astype(float)


def farewells(
    surface: Surface, traces: Sequence[Trace], labels: Sequence[str], ranges: Ranges
) -> list[str | None]:
    """What stands beside the end of each path; None for one that could go on."""
    return [
        None if trace.diverged is None else gone(label, trace, outcome(trace, (), ranges, surface))
        for trace, label in zip(traces, labels, strict=True)
    ]


class Tag(NamedTuple):
    """Words beside a place, in pixels."""

    text: str
    x: float
    y: float


class Box(NamedTuple):
    """Where words stand: their left end, the middle of their line, their width; in pixels."""

    text: str
    left: float
    middle: float
    width: float

    def edges(self, k: float) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what lies below the words."""
        high = _TALL * k / 2
        return self.left - 3, self.middle - high, self.left + self.width + 3, self.middle + high


def placed(tags: Sequence[Tag], wide: float, high: float, k: float = 1.0) -> list[Box]:
    """The words beside their places, each on the side where it has room, none beyond a picture of
    this size nor on another.

    Args:
        wide, high: of the picture, in pixels of the chart.
        k: size of the letters over `LETTERS`.
    """
    boxes, wanted = [], []
    for text, x, y in tags:
        width = length(text, LETTERS * k)
        end = wide - 4 - width
        left = max(min(x - 12 - width if x + 12 > end else x + 12, end), 4.0)
        over = left < x + 8 and left + width > x - 8  # the point itself
        wanted.append(y + _OVER * k * over)
        boxes.append((text, left, width))
    middles = _apart(wanted, _LINE * k, _EDGE * k, high - _EDGE * k)
    return [Box(t, left, m, w) for (t, left, w), m in zip(boxes, middles, strict=True)]


def _apart(wanted: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Middles of lines that do not overlap, as near as can be to those wanted, in their order."""
    out = list(wanted)
    order = sorted(range(len(out)), key=lambda i: wanted[i])
    for i in order:
        out[i] = max(out[i], low)
        low = out[i] + height
    for i in reversed(order):
        out[i] = min(out[i], high)
        high = out[i] - height
    return out


def most_of(tags: Sequence[Tag], wide: float, high: float) -> float:
    """How many times larger than usual letters may be for all words to fit; above 1."""
    longest = max((length(tag.text, LETTERS) for tag in tags), default=1.0)
    stack = _LINE * max(0, len(tags) - 1) + 2 * _EDGE
    return max(1.01, min(MOST, (wide - 8) / longest, high / stack))


def tag_layers(tags: Sequence[Tag], wide: float, high: float) -> list[alt.Chart]:
    """The words as layers of a plot of this size, which have room with larger letters, too."""
    layers = []
    sizes = (1.0, most_of(tags, wide, high))
    for one, other in zip(*(placed(tags, wide, high, k) for k in sizes), strict=True):
        (left, top, right, bottom), (at, middle) = (
            [alt.value(theme.growing(*ends, most=sizes[1])) for ends in zip(a, b, strict=True)]
            for a, b in (
                (one.edges(sizes[0]), other.edges(sizes[1])),
                (one[1:3], other[1:3]),
            )
        )
        row = alt.Chart(alt.Data(values=[{}]))
        letters = alt.ExprRef(f"{LETTERS} * min({theme.TYPE}, {sizes[1]:.2f})")
        layers += [
            row.mark_rect(color=PAPER, opacity=STRENGTH).encode(x=left, x2=right, y=top, y2=bottom),
            row.mark_text(
                text=one.text, align="left", baseline="middle", color=INK, fontSize=letters
            ).encode(x=at, y=middle),
        ]
    return layers
