"""A surface as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.apart import another, dashes
from initopt_core.figures.images import data_url, png
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges
from initopt_core.wording import number

from .minima import STEEP

SIDE = 420
"""Pixels of the square surface."""
PIXELS = 280
POINTS = 129
"""Grid points on each side of the surface that the page colours; its ends are everybody's."""
BAR = 12
"""Width of a colour bar, in pixels."""
Look = tuple[str, list[int], str]
"""Colour (#rrggbb), dash (pixels on, off, ...) and marker of a path."""


def looks(names: Sequence[str]) -> list[Look]:
    """Colour, dash and marker; no two of the first eight have one dash, and the second and third of
    a kind have another colour, too, which no one present has and every eye tells apart."""
    shapes = ("triangle-up", "square", "diamond", "triangle-down", "cross", "wedge")
    taken = [theme.optimizer_style(name)[0] for name in dict.fromkeys(names)]
    out: list[Look] = []
    for i, name in enumerate(names):
        color, dash, shape = theme.optimizer_style(name)
        k = list(names[:i]).count(name)
        if k:
            color = another(taken)
            taken.append(color)
            others = [s for s in shapes if s != shape]
            shape = others[k % len(others)]
        out.append((color, dash, shape))
    apart = dashes([dash for _, dash, _ in out])
    return [(color, dash, shape) for (color, _, shape), dash in zip(out, apart, strict=True)]


_ON_GROUND: dict[tuple[int, ...], list[int]] = {
    (7, 3): [9, 4],
    (2, 2): [2, 4],
    (9, 3, 2, 3): [10, 3, 2, 3],
    (1, 4): [5, 5],
    (14, 3): [16, 4],
}
"""Dashes that are told apart on every colour of a surface, for those of a plot's lines."""
_OTHERS = [[1, 0], [9, 4], [2, 4], [10, 3, 2, 3], [16, 4], [5, 5], [9, 3, 2, 3, 2, 3], [4, 2]]


def on_ground(parts: Sequence[Look]) -> list[Look]:
    """Colour, dash and marker of paths on a surface; no two of the first eight have one dash."""
    out: list[Look] = []
    for color, dash, shape in parts:
        wanted = [_ON_GROUND.get(tuple(dash), dash), *_OTHERS]
        taken = [d for _, d, _ in out]
        out.append((color, list(next((d for d in wanted if d not in taken), dash)), shape))
    return out


def unit(values: np.ndarray, color: str, ends: tuple[float, float]) -> np.ndarray:
    """Loss values as 0 to 1 along the colours; NaN stays NaN.

    Args:
        color: "linear", or "log" for surfaces whose interest lies near their lowest values.
        ends: losses at the first and at the last colour.
    """
    low, high = ends
    u = np.clip((values - low) / max(high - low, 1e-30), 0, 1)
    return np.log1p(STEEP * u) / np.log1p(STEEP) if color == "log" else u


@lru_cache(maxsize=16)
def ends_of(surface: Surface, ranges: Ranges) -> tuple[float, float]:
    """Losses at the first and at the last colour: on the page, in pictures and in clips the
    lowest and the highest finite one of the same grid; 0 and 1 where there are none."""
    values = surface.values(ranges, POINTS).numpy()
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def height(part: float, low: float, high: float, color: str) -> float:
    """The loss of `part`, 0 to 1 along the colours: the inverse of `unit`."""
    share = math.expm1(part * math.log1p(STEEP)) / STEEP if color == "log" else part
    return low + (high - low) * share


SPECK = 1e-6
"""A share of a scale that no colour shows."""


def end_of_scale(loss: float, low: float, high: float) -> float:
    """What an end of the scale is called: the lowest loss of a grid, which misses its minimum by a
    speck, is 0.

    `assets/web/surface_canvas/scale.js` has the same.
    """
    return 0.0 if abs(loss) < SPECK * (high - low) else loss


_NEAR, _CLOSE = 0.08, 0.1
"""How near the ends of a scale, and each other, its round numbers may stand: shares of it."""


def round_losses(low: float, high: float, color: str) -> list[float]:
    """Round losses between the ends of a scale, from low to high: evenly apart, or where colours go
    by a logarithm near its quarters.

    `assets/web/surface_canvas/scale.js` has the same.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    if color == "log":
        found = [_rounded(height(part, low, high, color)) for part in (0.25, 0.5, 0.75)]
    else:
        raw = (high - low) / 5
        power = 10.0 ** math.floor(math.log10(raw))
        step = next((m * power for m in (1, 2, 5) if m * power >= raw * 0.999), 10 * power)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        found = [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    kept, before = [], -1.0
    for loss in found:
        part = float(unit(np.array(loss), color, (low, high)))
        if _NEAR <= part <= 1 - _NEAR and part - before >= _CLOSE:
            kept.append(loss)
            before = part
    return kept


def _rounded(value: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten, as ratios go; zero stays."""
    if not value:
        return 0.0
    power = 10.0 ** math.floor(math.log10(abs(value)))
    near = min((1, 2, 5, 10), key=lambda m: abs(math.log(m * power / abs(value))))
    return math.copysign(float(f"{near * power:.12g}"), value)


def color_bar(low: float, high: float, color: str, left: float, length: float) -> theme.Layers:
    """What the colours of a surface mean: a bar with its ends and round losses
    beside it.

    Args:
        low, high: loss at the first and at the last colour.
        left: distance from the plot's left edge, in pixels.
        length: of the bar, from the plot's upper edge down.
    """
    ramp = theme.viridis(np.linspace(1, 0, 128))[:, None, :].repeat(4, axis=1)
    url = data_url(png(ramp))
    bar = (
        alt.Chart(alt.Data(values=[{"url": url}]))
        .mark_image(width=BAR, height=length, aspect=False)
        .encode(x=alt.value(left + BAR / 2), y=alt.value(length / 2), url="url:N")
    )
    # As the page computes them.
    first, last = (end_of_scale(height(part, low, high, color), low, high) for part in (0, 1))
    losses = [first, *round_losses(low, high, color), last]
    parts = [float(unit(np.array(loss), color, (low, high))) for loss in losses]
    places = [(part, number(loss)) for part, loss in zip([0, *parts[1:-1], 1], losses, strict=True)]
    places = [p for i, p in enumerate(places) if i == 0 or p[1] != places[i - 1][1]]
    title = "loss, log scale" if color == "log" else "loss"
    words = [
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(text=text, align="left", baseline="middle", fontSize=theme.sized(11),
                   dy=theme.sized(dy), color=theme.INK)
        .encode(x=alt.value(x), y=alt.value(y))
        for x, y, dy, text in [
            *((left + BAR + 5, (1 - part) * length, 0, text) for part, text in places),
            (left, 0, -16, title),
        ]
    ]  # fmt: skip
    return alt.layer(bar, *words)


@lru_cache(maxsize=16)
def surface_png(surface: Surface, ranges: Ranges, color: str, n: int = PIXELS) -> bytes:
    """The surface as a picture of n x n pixels in viridis, w2 upwards; NaN is transparent.

    The newest are kept: to write one takes a third of the time that its figure takes."""
    u = unit(surface.values(ranges, n).numpy().astype(float), color, ends_of(surface, ranges))[::-1]
    alpha = np.where(np.isfinite(u), 255, 0)[..., None]
    return png(np.concatenate([theme.viridis(u), alpha], axis=2))


def _picture(file: bytes, side: int | str) -> alt.Chart:
    """The picture as a square layer under marks with axes; part of the definition, not data.

    Args:
        side: in pixels, or the signal that says so.
    """
    middle = {"expr": f"{side} / 2"} if isinstance(side, str) else side / 2
    long = alt.ExprRef(side) if isinstance(side, str) else side
    return (
        alt.Chart(alt.Data(values=[{"url": data_url(file)}]))
        .mark_image(width=long, height=long)
        .encode(x=alt.value(middle), y=alt.value(middle), url="url:N")
    )


WEIGHTS = {"w1": "weight w₁", "w2": "weight w₂"}
"""What the axes are called, on the page, in pictures and in tables."""


def _weight(name: str, low: float, high: float) -> dict:
    """Title and scale of the axis of "w1" or "w2"; where its numbers have no room, every other
    is left."""
    scale = alt.Scale(domain=[low, high], nice=False)
    return {
        "title": WEIGHTS[name],
        "scale": scale,
        "axis": alt.Axis(labelOverlap="parity"),
    }


def at_weights(w1: float, w2: float) -> dict[str, float]:
    """The first cells of a table's row about a place."""
    return {f"{WEIGHTS[name]} (no unit)": w for name, w in (("w1", w1), ("w2", w2))}


BESIDE_BAR = alt.ExprRef(f"{18 + BAR + 5} + 43 * {theme.TYPE}")
"""Distance of a legend that leaves room for a colour bar and its numbers."""


def _channels(
    traces: Sequence[Trace], labels: list[str]
) -> tuple[alt.Color, alt.StrokeDash, alt.Shape]:
    """Colour, dash and shape of each label on a surface; their legend is `path_key`."""
    looked = on_ground(looks([t.run.optimizer for t in traces]))
    parts = list(zip(*looked, strict=True)) or [(), (), ()]
    colors, dashes, shapes = (alt.Scale(domain=labels, range=list(p)) for p in parts)
    look: dict[str, Any] = {"title": None, "legend": None}
    return (
        alt.Color("optimizer:N", scale=colors, **look),
        alt.StrokeDash("optimizer:N", scale=dashes, **look),
        alt.Shape("optimizer:N", scale=shapes, **look),
    )
