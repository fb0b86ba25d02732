"""Many layers: one strip for each quantity, density as colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, columns
from initopt_core.figures.images import png_url
from initopt_core.figures.room import WIDTH, Room
from initopt_core.initialization.observation import Observation
from initopt_core.probes import LayerStats

from . import heads, tables
from .display import RED, ROWS, Display, span
from .grid import _panel, cell

NONE = -9
"""The frame's layer when it is to be around none."""

# --- strips -------------------------------------------------------------------------------------


def strips(observation: Observation, display: Display = Display()) -> Figure:
    """Deep networks: for each quantity one image, depth across, value up, density as ink.

    The value axis is linear near zero and logarithmic beyond, so that layers of very different
    size are all seen; with own axes each layer is stretched to its own range instead.
    """
    rows = display.rows
    data, signals = {}, {}
    for r, row in enumerate(rows):
        stats = getattr(observation.probe, row)
        picture, ticks, threshold, top = _strip(stats, ROWS[row][1], display)
        data[f"strip{r}"] = columns(url=[picture], x=-1, x2=2 * len(stats) - 1, y=-1, y2=1)
        signals |= {f"v{r}": ticks, f"t{r}": threshold, f"m{r}": top}
        signals[f"last{r}"] = [-1, 2 * len(stats) - 1]
    signals |= {"chosen": NONE, "panels": [ROWS[row][0] for row in rows]}
    room = Room(
        width=round((1060 - 60 * len(rows)) / len(rows)),
        height=200,
        columns=len(rows),
        left=48,
        bottom=40,
        gap=60,
        least=170,
        screen=0.34,
        lowest=90,
    )

    def build():
        return room.concat([_strip_panel(r, row) for r, row in enumerate(rows)])

    return Figure(
        ("init-strips", rows),
        build,
        data,
        alt=f"Distributions of {', '.join(rows)} in {len(observation.names)} layers as strips, "
        f"colour by √(density / layer's highest): {observation.settings.label}",
        signals=signals,
        name="initialization-strips",
        room=room,
        keys=(2, None),
        table=lambda: tables.histograms(observation, rows),
    )


def marked(figure: Figure, layer: int) -> Figure:
    """The strips with a frame around one Linear layer, counted from 0."""
    return replace(figure, signals={**figure.signals, "chosen": layer})


def _strip(
    stats: Sequence[LayerStats], color: str, display: Display, pixels: int = 240
) -> tuple[str, list[float], float, float]:
    """(image as data URL, tick places, threshold, top of the value axis)."""
    known = [s for s in stats if s.finite]
    spans = [span(s, display.robust) for s in known]
    top = max((max(abs(a), abs(b)) for a, b in spans), default=1.0) or 1.0
    sizes = [s.std for s in known if s.std > 0]
    threshold = max(min(sizes, default=top), top * 1e-12)
    own = not display.shared
    picture = np.zeros((pixels, len(stats)))
    for c, s in enumerate(stats):
        if not s.finite:
            continue
        reach = max(abs(v) for v in span(s, display.robust)) or 1.0
        edges = np.linspace(-1, 1, pixels + 1)
        values = edges * reach if own else _unfold(edges, threshold, top)
        sums = np.concatenate([[0], np.cumsum(s.fine)])
        places = np.linspace(s.edges[0], s.edges[-1], len(sums))
        if s.constant:
            cell = min(int(np.searchsorted(values, s.low, "right")) - 1, pixels - 1)
            picture[max(cell - 1, 0) : cell + 2, c] = 1
            continue
        counts = np.diff(np.interp(values, places, sums))
        heights = counts / np.diff(values)
        picture[:, c] = (heights / max(heights.max(), 1e-300)) ** 0.5
    broken = np.array([s.finite < s.size for s in stats])
    if own:
        return _ink(picture[::-1], color, broken), [-1, -0.5, 0, 0.5, 1], 0.0, 1.0
    exponents = range(math.ceil(math.log10(threshold)), math.floor(math.log10(top)) + 1)
    step = max(1, math.ceil(len(exponents) / 3))
    values = [10.0**e for e in list(exponents)[::-1][::step]]
    folded = [float(np.arcsinh(v / threshold) / np.arcsinh(top / threshold)) for v in values]
    ticks = sorted([0.0, *folded, *(-f for f in folded)])
    return _ink(picture[::-1], color, broken), ticks, threshold, top


def _unfold(y: np.ndarray, threshold: float, top: float) -> np.ndarray:
    return threshold * np.sinh(y * np.arcsinh(top / threshold))


def _ink(alpha: np.ndarray, color: str, broken: np.ndarray | None = None) -> str:
    """Ink of one colour, `alpha` [H, W] in 0 to 1, on nothing, as a PNG's data URL."""
    wide = max(1, 640 // alpha.shape[1])
    image = np.zeros((*alpha.shape, 4), np.uint8)
    image[..., :3] = theme.rgb(color)
    image[..., 3] = np.clip(alpha, 0, 1) * 255
    if broken is not None and broken.any():
        image[:, broken, :3] = theme.rgb(RED)
        image[:, broken, 3] = np.maximum(image[:, broken, 3], 110)
    return png_url(np.repeat(image, wide, 1), quick=True)


def _strip_panel(r: int, row: str) -> theme.Layers:
    label, color = ROWS[row]
    # asinh unfolded again: t * sinh(y * asinh(m / t)); t = 0 marks an axis in shares.
    inner = f"datum.value * log(m{r} / t{r} + sqrt(pow(m{r} / t{r}, 2) + 1))"
    value = f"t{r} * (exp({inner}) - exp(-({inner}))) / 2"
    expr = (
        f"t{r} == 0 ? {theme.number_label('100 * datum.value')} + ' %' : "
        f"abs(datum.value) < 1e-9 ? '0' : {theme.number_label(value)}"
    )
    across = {
        "scale": alt.Scale(domain=alt.ExprRef(f"last{r}"), nice=False, zero=False),
        "axis": alt.Axis(title="Layer", format="d", tickMinStep=2, grid=False),
    }
    x = alt.X("x:Q", **across)
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[-1, 1], nice=False),
        axis=alt.Axis(
            title=None,
            values=alt.ExprRef(f"v{r}"),
            labelExpr=expr,
            minExtent=theme.sized(40),
            maxExtent=theme.sized(40),
        ),
    )
    image = (
        alt.Chart(alt.NamedData(f"strip{r}"))
        .mark_image(aspect=False)
        .encode(url="url:N", x=x, x2="x2:Q", y=y, y2="y2:Q")
    )
    mark = (
        alt.Chart(alt.NamedData(f"strip{r}"))
        .transform_calculate(from_="2 * chosen - 1", to_="2 * chosen + 1")
        .mark_rect(fillOpacity=0, stroke=theme.INK, strokeWidth=1.6, clip=True)
        .encode(x=alt.X("from_:Q", **across), x2="to_:Q", y=y, y2="y2:Q")
    )
    return alt.layer(image, mark, *_head(label, color))


RAMP = 40
"""Pixels of the scale of ink above a strip."""
NARROW, TINY = 250, 220
"""Pixels of a strip below which title and scale are said in fewer words, and the scale in none."""


def _head(label: str, color: str) -> list[alt.Chart]:
    """The quantity's name above its strip, and at the right end of that line what the ink means:
    a ramp between 0 and 1. All are marks, since a title would climb over the ramp."""
    ramp = _ink(np.linspace(0, 1, 64)[None].repeat(4, 0), color)
    data = alt.Data(values=[{"url": ramp}])
    line = {"baseline": "middle", "y": alt.ExprRef(f"-10 * {theme.TYPE}")}

    def words(usual: str, narrow: str, tiny: str) -> alt.ExprRef:
        least = f'{WIDTH} < {TINY} * {theme.TYPE} ? "{tiny}" : "{narrow}"'
        return alt.ExprRef(f'{WIDTH} < {NARROW} * {theme.TYPE} ? ({least}) : "{usual}"')

    def before_end(pixels: float) -> dict[str, Any]:
        return {"x": alt.ExprRef(f"{WIDTH} - {pixels} * {theme.TYPE}"), "align": "right", **line}

    small = {"fontSize": theme.sized(11), "color": theme.INK}
    big = {"fontSize": theme.sized(12), "color": color, "fontWeight": "bold"}
    size = {"width": theme.sized(RAMP), "height": theme.sized(9), "aspect": False}
    short = label.split(",")[0]
    told = words("√(density / layer's highest)  0", "√density  0", "0")
    return [
        alt.Chart(data).mark_text(
            text=words(label, short, short), x=0, align="left", **big, **line
        ),
        alt.Chart(data).mark_text(text=told, **small, **before_end(RAMP + 14)),
        alt.Chart(data).mark_image(**size, **before_end(10)).encode(url="url:N"),
        alt.Chart(data).mark_text(text="1", **small, **before_end(0)),
    ]


def one_layer(observation: Observation, index: int, display: Display) -> Figure:
    """The histograms of one Linear layer of a deep network, side by side."""
    rows = [row for row in display.rows if index < len(getattr(observation.probe, row))]
    data: dict[str, Any] = {}
    signals: dict[str, Any] = {"panels": []}
    for r, row in enumerate(rows):
        s = getattr(observation.probe, row)[index]
        cell(f"{r}_0", s, span(s, display.robust), display, data, signals)
        signals["panels"].append(f"{s.title}, {row}")
    count = len(rows)
    signals["t0"] = getattr(observation.probe, rows[0])[index].title + ": click a strip for another"
    room = Room(
        1060 // count - 70,
        84,
        columns=count,
        left=52,
        top=38,
        bottom=24,
        gap=70,
        least=150,
        screen=0.22,
        lowest=44,
    )

    def build():
        panels = [_panel(r, 0, row, display, room, head=False) for r, row in enumerate(rows)]
        panels[0] += heads.layer(0, room, count)
        return room.concat(panels)

    return Figure(
        ("init-layer", tuple(rows), display.log, display.curve),
        build,
        data,
        alt=f"Histograms of {observation.names[index]}: {observation.settings.label}",
        signals=signals,
        name=f"initialization-layer-{2 * index}",
        room=room,
        table=lambda: tables.histograms(observation, rows, layers=[index]),
    )
