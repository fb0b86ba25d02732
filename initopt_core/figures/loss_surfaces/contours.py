"""Contour lines of a surface, at the levels of the page's canvas."""

from __future__ import annotations

import altair as alt
import numpy as np

from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .picture import POINTS, ends_of, height

LEVELS = 14
"""Lines between the lowest and the highest loss, even in colour."""


def contours(surface: Surface, ranges: Ranges, color: str, side: int) -> alt.Chart:
    """The lines as one mark over a square plot of `side` pixels."""
    low, high = ends_of(surface, ranges)
    levels = [height((k + 1) / (LEVELS + 1), low, high, color) for k in range(LEVELS)]
    shape = outline(surface.values(ranges, POINTS).numpy().astype(float), levels)
    return (
        alt.Chart(alt.Data(values=[{}]))
        .mark_point(
            shape=shape, size=side * side, filled=False, color="white", strokeWidth=0.8,
            strokeOpacity=0.32, opacity=1,
        )
        .encode(x=alt.value(side / 2), y=alt.value(side / 2))
    )  # fmt: skip


def outline(values: np.ndarray, levels: list[float]) -> str:
    """Marching squares as an SVG path, as `assets/web/surface_canvas/field.js` draws them.

    Args:
        values: [n, n], row j is w2 from low to high; there are no lines beside a NaN.

    Returns:
        The path in the square from -1 to 1, y downwards.
    """
    n = len(values)
    corners = np.stack([values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]])
    sides = ((0, 1, (0, 0)), (1, 2, (1, 0)), (3, 2, (0, 1)), (0, 3, (0, 0)))
    parts: list[str] = []
    for z in levels:
        below = corners < z
        mixed = below.any(0) & ~below.all(0) & np.isfinite(corners).all(0)
        for j, i in np.argwhere(mixed).tolist():
            cell, under = corners[:, j, i], below[:, j, i]
            cuts = []
            for a, b, (right, up) in sides:
                if under[a] != under[b]:
                    share = (z - cell[a]) / (cell[b] - cell[a])
                    across = (a, b) in ((0, 1), (3, 2))
                    x, y = (i + share, j + up) if across else (i + right, j + share)
                    cuts.append(f"{2 * x / (n - 1) - 1:.4g},{1 - 2 * y / (n - 1):.4g}")
            parts += [f"M{a}L{b}" for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return "".join(parts) or "M0,0"
