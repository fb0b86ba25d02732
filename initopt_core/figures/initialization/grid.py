"""Histograms of weights, gradients and activations, a column for each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, histograms, step_area
from initopt_core.figures.room import Room
from initopt_core.initialization.observation import Observation
from initopt_core.probes import LayerStats
from initopt_core.wording import number

from . import across, alone, heads, tables
from .display import BINS, FEW, ROWS, Display, density, evenly, marks, remark, span

SCREEN = 0.62
"""Share of the window that the histograms take."""


def grid_room(layers: int, rows: int, row_gap: int = 0) -> Room:
    """Histograms in columns, one for each layer; many columns say their words in two lines."""
    few = layers <= FEW
    return Room(
        width=max(76, round((1060 - 44 * layers) / layers)),
        height=84,
        columns=layers,
        rows=rows,
        left=52,
        right=20 if few else 14,
        top=47 if few else 64,
        bottom=24,
        gap=44 if few else 34,
        row_gap=row_gap or (44 if few else 56),
        least=116 if few else 62,
        screen=SCREEN,
        lowest=44,
    )


def upright_room(layers: int, rows: int, row_gap: int = 44) -> Room:
    """The same with a line for each layer and the quantities side by side."""
    return Room(
        width=104,
        height=72,
        columns=rows,
        rows=layers,
        left=68,
        right=18,
        top=38,
        bottom=24,
        gap=42,
        row_gap=row_gap,
        least=62,
    )


def grid(
    observation: Observation,
    display: Display = Display(),
    *,
    upright: bool = False,
    by_itself: bool = False,
) -> Figure:
    """Histograms: rows weights, gradients, activations; a column for each Linear layer.

    Args:
        upright: a row for each layer instead.
        by_itself: with what the page says beside it; an upright one always has it.
    """
    by_itself = by_itself or upright
    rows, layers = display.rows, len(observation.names)
    data: dict[str, Any] = {}
    signals: dict[str, Any] = {"panels": []}
    for r, row in enumerate(rows):
        stats = getattr(observation.probe, row)
        spans = _domains(stats, display)
        for c in range(layers):
            name = f"{r}_{c}"
            if c >= len(stats):  # the output layer has no non-linearity behind it
                continue
            signals[f"t{c}"] = stats[c].title if r == 0 else signals[f"t{c}"]
            cell(name, stats[c], spans[c], display, data, signals)
            signals |= across.signals(name, spans[c]) if by_itself else {}
            signals["panels"].append(f"{stats[c].title}, {row}")

    room = (upright_room if upright else grid_room)(layers, len(rows))
    if by_itself:
        room = alone.room_with_key(room, display, upright)

    shape = (upright, display.shared) if by_itself else (upright,)

    def build():
        cells = [
            (r, c, row)
            for r, row in enumerate(rows)
            for c in range(layers - (row == "outputs"))  # none behind the last layer
        ]
        if upright:
            cells.sort(key=lambda cell: cell[1])
        panels = {
            (r, c): _panel(r, c, row, display, room, upright=upright, by_itself=by_itself)
            for r, c, row in cells
        }
        if by_itself:
            panels[(0, layers - 1) if upright else (len(rows) - 1, 0)] += alone.key(
                room, alone.words(display, upright), upright
            )
        return room.concat(list(panels.values()))

    return Figure(
        ("init-grid", layers, rows, display.log, display.curve, *shape),
        build,
        data,
        alt=f"Histograms of {', '.join(rows)} in {layers} layers: {observation.settings.label}. "
        + "; ".join(
            f"{s.name} activations variance {number(s.variance)}"
            for s in observation.probe.activations
        ),
        caption=f"Histograms of {', '.join(rows)} in {layers} layers.",
        signals=signals,
        name="initialization-histograms",
        room=room,
        table=lambda: tables.histograms(observation, rows, density if display.curve else None),
        upright=lambda: grid(observation, display, upright=True),
        alone=None if by_itself else lambda: grid(observation, display, by_itself=True),
    )


def place(observation: Observation, display: Display, panel: int) -> tuple[str, int] | None:
    """Which (quantity, Linear layer from 0) the grid's panel shows, counted as they are drawn."""
    row, layer = divmod(panel, len(observation.names))
    known = 0 <= row < len(display.rows) and layer < len(
        getattr(observation.probe, display.rows[row])
    )
    return (display.rows[row], layer) if known else None


def enlarged(observation: Observation, row: str, layer: int, display: Display) -> Figure:
    """One histogram of the grid in the place of all, its axes named."""
    stats = getattr(observation.probe, row)
    s = stats[layer]
    data: dict[str, Any] = {}
    signals: dict[str, Any] = {
        "t0": f"{ROWS[row][0]} · {s.title}",
        "panels": [f"{s.title}, {row}"],
    }
    cell("0_0", s, _domains(stats, display)[layer], display, data, signals)
    room = Room(
        960, 300, left=72, right=16, top=38, bottom=40, least=180, screen=SCREEN, lowest=140
    )

    def build():
        return room.concat([_panel(0, 0, row, display, room, axes=True)])

    return Figure(
        ("init-enlarged", row, display.log, display.curve),
        build,
        data,
        alt=f"Histogram of {row} in {s.title}: {observation.settings.label}",
        signals=signals,
        name=f"initialization-{row}-layer-{2 * layer}",
        room=room,
        table=lambda: tables.histograms(observation, [row], layers=[layer]),
    )


def _domains(stats: Sequence[LayerStats], display: Display) -> list[tuple[float, float]]:
    """The axis of each layer: its own range, or the range of all."""
    spans = [span(s, display.robust) for s in stats]
    if display.shared and spans:
        return [(min(a for a, _ in spans), max(b for _, b in spans))] * len(spans)
    return spans


def cell(
    name: str,
    s: LayerStats,
    domain: tuple[float, float],
    display: Display,
    data: dict[str, Any],
    signals: dict[str, Any],
) -> None:
    """Put one layer's bars, its density curve and its words into a figure's data and signals."""
    own = span(s, display.robust)
    whole = own == (float(s.edges[0]), float(s.edges[-1]))
    counts = s.counts.astype(float) if whole else s.cut(*own, BINS)
    floor = 0.5 if display.log else 0.0
    bars = [{"edges": own, "counts": np.maximum(counts, floor)}] if s.finite else []
    data[f"h{name}"] = histograms(bars)
    if display.curve:  # without it the chart has no such dataset
        curve = density(s, *own)
        half = (own[1] - own[0]) / BINS / 2
        ends = (own[0] + half, own[1] + half)
        line = [] if curve is None else [{"edges": ends, "counts": np.maximum(curve, floor)}]
        data[f"k{name}"] = histograms(line)
    signals |= {f"s{name}": remark(s), f"b{name}": s.finite < s.size, f"d{name}": list(domain)}
    signals[f"n{name}"] = marks(*domain)


def _panel(
    r: int,
    c: int,
    row: str,
    display: Display,
    room: Room,
    *,
    head: bool = True,
    axes: bool = False,
    upright: bool = False,
    by_itself: bool = False,
) -> theme.Layers:
    """One histogram; those of the first row say whose column it is, where `head` asks for it, and
    an enlarged one names its `axes`. In an `upright` figure rows are columns; one `by_itself` has
    numbers where the page's pointer would read them."""
    name, (label, color) = f"{r}_{c}", ROWS[row]
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=alt.ExprRef(f"d{name}"), nice=False, zero=False, clamp=True),
        axis=alt.Axis(
            title=theme.COUNTED[row] if axes else None,
            tickCount=8,
            values=alt.Undefined if axes else alt.ExprRef(f"n{name}"),
            grid=False,
            **(across.by_itself(name) if by_itself else across.on_page(name, room, axes)),
        ),
    )
    scale = alt.Scale(type="log", domainMin=0.5, nice=False) if display.log else alt.Scale()
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(
            title="values in a bin" if axes else None,
            tickCount=5 if axes else 3,  # never fewer than three numbers where they have room
            labelSeparation=0 if axes else 10,  # in a low frame they have none
            labelFlush=True,  # in large type a 0 at the base would meet the numbers below it
            minExtent=theme.sized(36),
            maxExtent=theme.sized(36),
            labelExpr=theme.NUMBER if axes else theme.COUNT,
            labelOverlap=evenly(display),
        ),
    )
    area = step_area(f"h{name}", color, x=x, y=y, opacity=0.8)
    if display.log:
        area = area.encode(y2=alt.datum(0.5))
    parts = [area]
    if display.curve:
        parts.append(
            alt.Chart(alt.NamedData(f"k{name}"))
            .mark_line(strokeWidth=1.2, color=theme.INK, clip=True, opacity=0.85)
            .encode(x=x, y=y)
        )
    parts.append(heads.remark(name, room, alone.in_two_lines(room, upright)))
    if upright:
        parts += [heads.quantity(label, color, room)] * (c == 0)
        parts += [heads.layer_beside(c, room)] * (r == 0)
        return alt.layer(*parts)
    if c == 0 and not axes:
        parts.append(heads.quantity_beside(label, color, room, by_itself))
    if r == 0 and head:
        parts.append(heads.layer(c, room))
    return alt.layer(*parts)
