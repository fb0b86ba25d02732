"""Optimizer paths over a surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.surfaces import Surface

from .picture import (
    BESIDE_BAR,
    PIXELS,
    SIDE,
    _channels,
    _picture,
    _weight,
    color_bar,
    ends_of,
    surface_png,
)

STAR = {"color": "white", "stroke": "#222", "strokeWidth": 0.6, "clip": True}


def paths(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: tuple[float, float, float, float],
    color: str,
) -> Figure:
    """Every path over the surface, seen from above; without traces the surface alone.

    Its table has the steps of the paths, or else the surface's values on a grid.
    """
    names = list(labels)
    color_of, dash_of, shape_of = _channels(traces, names, offset=BESIDE_BAR)
    png = surface_png(surface, ranges, color)
    values = surface.values(ranges, PIXELS)
    low, high = ends_of(values.numpy())

    def build() -> alt.TopLevelMixin:
        x = alt.X("w1:Q", **_weight("w1", *ranges[:2]))
        y = alt.Y("w2:Q", **_weight("w2", *ranges[2:]))
        picture = _picture(png, SIDE)
        lines = alt.Chart(alt.NamedData("paths")).encode(x, y, order="step:Q")
        halo = lines.mark_line(clip=True, color="white", strokeWidth=4, opacity=0.8).encode(
            detail="optimizer:N"
        )
        ink = lines.mark_line(clip=True, strokeWidth=2).encode(color=color_of, strokeDash=dash_of)
        ends = (
            alt.Chart(alt.NamedData("ends"))
            .mark_point(filled=True, size=110, opacity=1, stroke="white", clip=True)
            .encode(
                x,
                y,
                color=color_of,
                shape=shape_of,
            )
        )
        points = alt.Chart(alt.NamedData("minima")).encode(x, y)
        stars = points.mark_text(text="★", fontSize=theme.sized(17), **STAR)
        bar = color_bar(low, high, color, SIDE + 18, SIDE)
        marks = [picture, halo, ink, stars, ends] if names else [picture, stars]
        return alt.layer(*marks, bar).properties(width=SIDE, height=SIDE, title=surface.label)

    rows, ends = [], []
    for label, trace in zip(names, traces, strict=True):
        good = len(trace.points) if trace.diverged is None else trace.diverged
        p = trace.points[:good].astype(float)
        rows.append(
            {
                "optimizer": label,
                "step": np.arange(good),
                "w1": p[:, 0],
                "w2": p[:, 1],
                "loss": p[:, 2],
            }
        )
        ends.append({"optimizer": label, "w1": p[-1, 0], "w2": p[-1, 1], "loss": p[-1, 2]})
    minima = surface.minima
    return Figure(
        ("surface-paths", tuple(names), surface, ranges, color),
        build,
        {
            "paths": series(rows, digits=7),
            "ends": series(ends, digits=7),
            "minima": series([{"w1": x, "w2": y} for x, y in minima]),
        },
        alt=f"Loss surface {surface.label}"
        + (f" with the paths of {', '.join(names)}." if names else "."),
        name="loss-surface-paths" if names else "loss-surface",
        table=lambda: _path_rows(traces, names) if names else grid_rows(surface, ranges),
        settings=told(surface, traces, ranges, color),
    )


def told(
    surface: Surface,
    traces: Sequence[Trace],
    ranges: tuple[float, float, float, float],
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


def grid_rows(
    surface: Surface, ranges: tuple[float, float, float, float], n: int = 101
) -> Iterator[dict]:
    """The surface's loss on a grid of n x n points."""
    values = surface.values(ranges, n).numpy()
    for w2, row in zip(np.linspace(*ranges[2:], n), values, strict=True):
        for w1, loss in zip(np.linspace(*ranges[:2], n), row, strict=True):
            yield {
                "weight w1 (no unit)": float(w1),
                "weight w2 (no unit)": float(w2),
                "loss (no unit)": float(loss),
            }


def _path_rows(traces: Sequence[Trace], names: Sequence[str]) -> Iterator[dict]:
    """Every step of every path, as far as there are numbers."""
    for name, trace in zip(names, traces, strict=True):
        good = len(trace.points) if trace.diverged is None else trace.diverged
        for step, (w1, w2, loss) in enumerate(trace.points[:good].tolist()):
            yield {
                "optimizer": name,
                "step": step,
                "weight w1 (no unit)": w1,
                "weight w2 (no unit)": w2,
                "loss (no unit)": loss,
            }
