"""Optimizer paths over a surface."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .contours import contours
from .marks import (
    ARROW,
    Tag,
    farewells,
    ground_marks,
    mark_key,
    marks_in,
    spots,
    tag_layers,
    walked,
    walks,
)
from .path_key import APART, path_key
from .picture import (
    BESIDE_BAR,
    SIDE,
    _channels,
    _picture,
    _weight,
    at_weights,
    color_bar,
    ends_of,
    looks,
    surface_png,
)
from .ways import cut

MOST_DOTTED = 250
"""Steps of a race whose single steps are dots; the page's canvas has the same number."""
STILL = 4
"""Layers that come before the lines and signs of the paths, which clips draw themselves."""
_FARTHEST = 1e5
"""Pixels from the picture to which a line is drawn, as on the page."""
STAR = {"color": "white", "stroke": "#222", "strokeWidth": 0.6, "clip": True}
HALO = {"clip": True, "color": "white", "strokeWidth": 4, "strokeCap": "round", "opacity": 0.8}
"""White edge of a path's line, without spikes where it turns."""


def paths(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: Ranges,
    color: str,
    *,
    moving: bool = False,
) -> Figure:
    """Every path over the surface, seen from above; without traces the surface alone.

    Its table has the steps of the paths, or else the surface's values on a grid.

    Args:
        moving: for who draws the paths step by step, without rings and dots: its key has neither.
    """
    names = list(labels)
    color_of, dash_of, shape_of = _channels(traces, names)
    png = surface_png(surface, ranges, color)
    low, high = ends_of(surface, ranges)
    dotted = len(traces) > 0 and max(len(t.lr) for t in traces) <= MOST_DOTTED

    key = marks_in(surface, ranges)

    def build() -> alt.TopLevelMixin:
        x = alt.X("w1:Q", **_weight("w1", *ranges[:2]))
        y = alt.Y("w2:Q", **_weight("w2", *ranges[2:]))
        picture = _picture(png, SIDE)
        lines = alt.Chart(alt.NamedData("paths")).encode(x, y, order="step:Q")
        halo = lines.mark_line(**HALO).encode(detail="optimizer:N")
        ink = lines.mark_line(clip=True, strokeWidth=2).encode(color=color_of, strokeDash=dash_of)
        sign = {"filled": True, "opacity": 1, "stroke": "white"}
        ends = alt.Chart(alt.NamedData("ends")).mark_point(size=110, clip=True, **sign)
        ends = ends.encode(x, y, color=color_of, shape=shape_of)
        left = alt.Chart(alt.NamedData("left")).mark_point(shape=ARROW, size=256, **sign)
        left = left.encode(x, y, color=color_of, angle=alt.Angle("angle:Q", scale=None))
        dots = lines.mark_point(filled=True, size=15, opacity=1, clip=True)
        dots = dots.encode(color=color_of)
        bar = color_bar(low, high, color, SIDE + 18, SIDE)
        still = [picture, contours(surface, ranges, color, SIDE)]
        still += [ground_marks(x, y)]
        walk = [_rings(x, y), halo, ink, *([dots] if dotted else []), ends, left]
        walk += tag_layers(tags, SIDE, SIDE)
        told = [path_key(traces, names, BESIDE_BAR)] if names else []
        rest = {"ring": True, "dots": dotted, "end": arrived} if names and not moving else {}
        marks = (*key, *walks(**rest, left=departed))
        told += [mark_key(marks, BESIDE_BAR)] if marks else []
        whole = alt.layer(*still, *(walk if names else []), bar, *told)
        return whole.resolve_scale(**APART).properties(width=SIDE, height=SIDE, title=surface.label)

    rows, ends, left, tags = [], [], [], []
    told_of = farewells(surface, traces, names, ranges)
    for label, trace, words in zip(names, traces, told_of, strict=True):
        p = walked(trace)
        (w1, w2), loss = _drawable(p[:, :2], ranges).T, p[:, 2]
        rows.append(
            {"optimizer": label, "step": np.arange(len(p)), "w1": w1, "w2": w2, "loss": loss}
        )
        last = {"optimizer": label, "w1": p[-1, 0], "w2": p[-1, 1], "loss": p[-1, 2]}
        x, y = pixel(p[-1, 0], p[-1, 1], ranges)
        way = np.stack(pixel(p[:, 0], p[:, 1], ranges), axis=-1)
        gone = parted(way, SIDE)
        if gone:
            x, y, angle = gone
            left.append(last | _weights(x, y, ranges) | {"angle": angle})
        else:
            ends.append(last)
        tags += [Tag(words, x, y)] if words else []
    departed, arrived = len(left) > 0, len(ends) > 0
    about = dotted, departed, arrived, moving, tuple(tags)
    return Figure(
        ("surface-paths", tuple(names), surface, ranges, color, *about),
        build,
        {
            "paths": series(rows, digits=7),
            "ends": series(ends, digits=7),
            "left": series(left, digits=7),
            "starts": series(_starts(traces), digits=7),
            **spots(surface, ranges),
        },
        alt=f"Loss surface {surface.label}"
        + (f" with the paths of {', '.join(names)}." if names else "."),
        name="loss-surface-paths" if names else "loss-surface",
        **tables(surface, traces, names, ranges),
        settings=told(surface, traces, ranges, color),
    )


def tables(
    surface: Surface, traces: Sequence[Trace], names: Sequence[str], ranges: Ranges
) -> dict[str, Any]:
    """The data of a figure of paths, as `Figure` takes them: every step, and the surface under
    them; without paths the surface alone."""
    ground = f"the surface's loss on a grid of {GRID} x {GRID} places"
    if not names:
        return {"table": lambda: grid_rows(surface, ranges), "holds": ground}
    return {
        "table": lambda: _path_rows(traces, names),
        "holds": "the place and the loss of every step of each path",
        "more": {"surface": (ground, lambda: grid_rows(surface, ranges))},
    }


def _starts(traces: Sequence[Trace]) -> list[dict[str, Any]]:
    """Where the paths begin, and the colour of the ring there: dark where several begin."""
    starts = [tuple(map(float, t.run.start)) for t in traces]
    colors = [color for color, *_ in looks([t.run.optimizer for t in traces])]
    inks = dict(zip(starts, colors, strict=True))
    shared = {s for s in inks if starts.count(s) > 1 or len(inks) == 1}
    return [
        {"w1": s[0], "w2": s[1], "tint": "#222" if s in shared else color}
        for s, color in inks.items()
    ]


def _rings(x: alt.X, y: alt.Y) -> theme.Layers:
    """A ring around each start, as on the page's canvas."""
    ring = alt.Chart(alt.NamedData("starts")).encode(x, y)
    look = {"filled": False, "size": 254, "opacity": 1, "clip": True}
    return alt.layer(
        ring.mark_point(color="white", strokeWidth=4, **look),
        ring.mark_point(strokeWidth=2, **look).encode(color=alt.Color("tint:N", scale=None)),
    )


def pixel(w1: Any, w2: Any, ranges: Ranges, side: float = SIDE) -> tuple[Any, Any]:
    """A place, or an array of places, on a square picture, in pixels from its upper left corner."""
    x0, x1, y0, y1 = ranges
    return (w1 - x0) / (x1 - x0) * side, (y1 - w2) / (y1 - y0) * side


def _drawable(places: np.ndarray, ranges: Ranges) -> np.ndarray:
    """The places [T, 2], those out of all proportion nearer: a dashed line to them is not drawn."""
    low, high = np.array(ranges[0::2]), np.array(ranges[1::2])
    far = _FARTHEST / SIDE * (high - low)
    return np.clip(places, low - far, high + far)


def _weights(x: float, y: float, ranges: Ranges) -> dict[str, float]:
    x0, x1, y0, y1 = ranges
    return {"w1": x0 + x / SIDE * (x1 - x0), "w2": y1 - y / SIDE * (y1 - y0)}


def beyond(x: float, y: float, side: float, edge: float = 8.0) -> tuple[float, float, float] | None:
    """Where at the edge of a square picture the arrow of a path stands that has left it, `edge`
    pixels inside, and its angle in degrees; None for a place on the picture."""
    if 0 <= x <= side and 0 <= y <= side:
        return None
    px, py = (min(max(v if math.isfinite(v) else 0.0, edge), side - edge) for v in (x, y))
    angle = math.degrees(math.atan2(y - py, x - px)) if math.isfinite(x + y) else 180.0
    return px, py, angle


def parted(way: np.ndarray, side: float, edge: float = 8.0) -> tuple[float, float, float] | None:
    """As `beyond`, of a whole path [T, 2] in pixels: its arrow stands where the path has left the
    picture for the last time, and points along the line there."""
    end_x, end_y = way[-1].tolist()
    far = beyond(end_x, end_y, side, edge)
    inside = np.flatnonzero(((way >= 0) & (way <= side)).all(axis=-1))
    if far is None or not len(inside):
        return far
    leaving = way[inside[-1] : inside[-1] + 2]
    if not np.isfinite(leaving).all():
        return far
    (_, crossing), _ = cut(leaving, (0.0, side, 0.0, side))
    x, y = np.clip(crossing, edge, side - edge).tolist()
    across, down = (leaving[1] - leaving[0]).tolist()
    return x, y, math.degrees(math.atan2(down, across))


def told(
    surface: Surface,
    traces: Sequence[Trace],
    ranges: Ranges,
    color: str,
) -> dict[str, Any]:
    """What was chosen, as it leaves in a file."""
    return {
        "surface": surface.name,
        "surface_settings": dict(surface.settings),
        **({"formula": surface.text} if surface.text else {}),
        "ranges": list(ranges),
        "colors": color,
        "updates": len(traces[0].lr) if traces else 0,
        "runs": [
            {
                "optimizer": t.run.optimizer,
                "settings": t.run.values(),
                "start": list(t.run.start),
                "schedule": t.run.schedule,
                "schedule_settings": dict(t.run.schedule_settings),
            }
            for t in traces
        ],
    }


GRID = 101
"""Places on each side of the surface's table."""


def grid_rows(surface: Surface, ranges: Ranges, n: int = GRID) -> Iterator[dict]:
    """The surface's loss on a grid of n x n points."""
    values = surface.values(ranges, n).numpy()
    for w2, row in zip(np.linspace(*ranges[2:], n), values, strict=True):
        for w1, loss in zip(np.linspace(*ranges[:2], n), row, strict=True):
            yield {**at_weights(float(w1), float(w2)), "loss (no unit)": float(loss)}


def _path_rows(traces: Sequence[Trace], names: Sequence[str]) -> Iterator[dict]:
    """Every step of every path, as far as there are numbers."""
    for name, trace in zip(names, traces, strict=True):
        good = len(trace.points) if trace.diverged is None else trace.diverged
        for step, (w1, w2, loss) in enumerate(trace.points[:good].tolist()):
            yield {
                "optimizer": name,
                "step": step,
                **at_weights(w1, w2),
                "loss (no unit)": loss,
            }
