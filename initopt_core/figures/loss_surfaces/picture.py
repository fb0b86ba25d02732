"""A surface as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.images import data_url, png
from initopt_core.surfaces import Surface

from .minima import STEEP

SIDE = 420
"""Pixels of the square surface."""
PIXELS = 280
_DASHES = ([7, 3], [4, 2], [2, 2], [7, 2, 2, 2])


def looks(names: Sequence[str]) -> list[tuple[str, list[int], str]]:
    """Colour, dash and marker; the second and third of a kind are lighter, darker, reshaped."""
    shapes = ("triangle-up", "square", "circle", "diamond", "triangle-down", "cross", "wedge")
    out = []
    for i, name in enumerate(names):
        color, dash, shape = theme.optimizer_style(name)
        k = list(names[:i]).count(name)
        if k:
            color = _mixed(color, "#FFFFFF" if k % 2 else "#000000", 0.4 + 0.25 * ((k - 1) // 2))
            shape, dash = shapes[k % len(shapes)], _DASHES[k % len(_DASHES)]
        out.append((color, list(dash), shape))
    return out


def _mixed(color: str, other: str, share: float) -> str:
    a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (color, other))
    return "#" + "".join(f"{round(v):02X}" for v in a + (b - a) * share)


def unit(values: np.ndarray, color: str) -> np.ndarray:
    """Loss values as 0 to 1 along the colours; NaN stays NaN.

    Args:
        color: "linear", or "log" for surfaces whose interest lies near their lowest values.
    """
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    u = np.clip((values - low) / max(high - low, 1e-30), 0, 1)
    return np.log1p(STEEP * u) / np.log1p(STEEP) if color == "log" else u


def surface_png(
    surface: Surface, ranges: tuple[float, float, float, float], color: str, n: int = PIXELS
) -> bytes:
    """The surface as a picture of n x n pixels in viridis, w2 upwards; NaN is transparent."""
    u = unit(surface.values(ranges, n).numpy().astype(float), color)[::-1]
    alpha = np.where(np.isfinite(u), 255, 0)[..., None]
    return png(np.concatenate([theme.viridis(u), alpha], axis=2))


def _picture(file: bytes, side: int) -> alt.Chart:
    """The picture as a square layer under marks with axes; part of the definition, not data."""
    return (
        alt.Chart(alt.Data(values=[{"url": data_url(file)}]))
        .mark_image(width=side, height=side)
        .encode(x=alt.value(side / 2), y=alt.value(side / 2), url="url:N")
    )


def _weight(name: str, low: float, high: float) -> dict:
    """Title and scale of a weight's axis."""
    return {"title": f"weight {name}", "scale": alt.Scale(domain=[low, high], nice=False)}


def _channels(
    traces: Sequence[Trace], labels: list[str]
) -> tuple[alt.Color, alt.StrokeDash, alt.Shape]:
    """Colour, dash and shape of each label, as on the page."""
    parts = zip(*looks([t.run.optimizer for t in traces]), strict=True)
    colors, dashes, shapes = (alt.Scale(domain=labels, range=list(p)) for p in parts)
    return (
        alt.Color("optimizer:N", scale=colors, title=None),
        alt.StrokeDash("optimizer:N", scale=dashes, title=None),
        alt.Shape("optimizer:N", scale=shapes, title=None),
    )
