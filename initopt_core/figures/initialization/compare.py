"""Pinned settings beside the current one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, histograms
from initopt_core.figures.room import Room
from initopt_core.initialization.observation import Observation

from . import across, alone, heads, tables
from .depth import ENTRY_WIDTH, place, settings_named
from .display import (
    BINS,
    GRID_LAYERS,
    ROWS,
    SETTINGS_COLORS,
    SETTINGS_DASHES,
    Display,
    evenly,
    marks,
    span,
)
from .grid import grid_room, upright_room

# --- comparison ---------------------------------------------------------------------------------


def compare(
    observations: Sequence[Observation],
    display: Display,
    *,
    upright: bool = False,
    by_itself: bool = False,
) -> Figure:
    """Histograms of several settings on shared bins, one outline each, for the first layers.

    Args:
        upright: a row for each layer instead of a column.
        by_itself: with a key of the settings' colours, which the page has beside its buttons.
    """
    rows = display.rows[:3]
    layers = min(GRID_LAYERS, max(len(v.names) for v in observations))
    data, signals = {}, {}
    for r, row in enumerate(rows):
        for c in range(layers):
            stats = [
                getattr(v.probe, row)[c] for v in observations if c < len(getattr(v.probe, row))
            ]
            spans = [span(s, display.robust) for s in stats if s.finite]
            low = min((a for a, _ in spans), default=0.0)
            high = max((b for _, b in spans), default=1.0)
            panels = []
            for i, v in enumerate(observations):
                own = getattr(v.probe, row)
                if c < len(own) and own[c].finite:
                    counts = own[c].cut(low, high, BINS) / max(own[c].finite, 1) * 100
                    color = SETTINGS_COLORS[place(i, len(observations))]
                    if display.log:
                        counts = np.maximum(counts, 1e-3)
                    panels.append({"edges": (low, high), "counts": counts, "color": color})
            data[f"c{r}_{c}"] = histograms(panels)
            signals[f"d{r}_{c}"] = [low, high]
            signals[f"n{r}_{c}"] = marks(low, high)
            signals |= across.signals(f"{r}_{c}", (low, high)) if by_itself else {}

    told = alone.compared_words(display, upright)
    room = (upright_room if upright else grid_room)(layers, len(rows), row_gap=30)
    if by_itself:
        names = settings_named(observations)
        signals["settings"] = names
        room = replace(room, entries=len(names), entry_width=ENTRY_WIDTH)
        room = alone.room_below(room, told)
    tint = _tint(room)

    def numbers(name: str) -> dict[str, Any]:
        return across.by_itself(name) if by_itself else across.on_page(name, room, axes=False)

    def build():
        cells: dict[tuple[int, int], theme.Layers] = {}
        for r, row in enumerate(rows):
            for c in range(layers):
                label, color = ROWS[row]
                quantity: dict[str, Any] = {
                    "text": f"{label.partition(',')[0]} (%)",
                    "color": color,
                }
                layer: dict[str, Any] = {"text": f"Layer {2 * c}"}
                over, beside = (quantity, layer) if upright else (layer, quantity)
                x = alt.X(
                    "x:Q",
                    scale=alt.Scale(domain=alt.ExprRef(f"d{r}_{c}"), nice=False, zero=False),
                    axis=alt.Axis(
                        title=None,
                        values=alt.ExprRef(f"n{r}_{c}"),
                        grid=False,
                        **numbers(f"{r}_{c}"),
                    ),
                )
                scale = alt.Scale(type="log", domainMin=1e-3) if display.log else alt.Scale()
                y = alt.Y(
                    "y:Q",
                    scale=scale,
                    axis=alt.Axis(
                        title=beside["text"] if (r if upright else c) == 0 else None,
                        titleColor=beside.get("color", alt.Undefined),
                        titleFontWeight="bold",
                        tickCount=3,
                        labelOverlap=evenly(display),
                        labelFlush=False,
                        minExtent=theme.sized(30),
                        maxExtent=theme.sized(30),
                    ),
                )
                chart = (
                    alt.Chart(alt.NamedData(f"c{r}_{c}"))
                    .mark_line(interpolate="step-after", strokeWidth=1.6)
                    .encode(x=x, y=y, color=tint, strokeDash=_dash(room))
                )
                first = (c if upright else r) == 0
                head = [heads.words(y=theme.sized(-22), **over, **heads.BOLD)] if first else []
                cells[(c, r) if upright else (r, c)] = alt.layer(chart, *head)
        if by_itself:
            below = (layers - 1 if upright else len(rows) - 1, 0)
            cells[below] += alone.key(room, told, upright)
        found = room.concat([cells[at] for at in sorted(cells)])
        return found.resolve_scale(color="shared") if by_itself else found

    return Figure(
        ("init-compare", layers, rows, display.log, upright, room.entries),
        build,
        data,
        alt="Histograms on shared bins: " + "; ".join(settings_named(observations)),
        caption="Histograms on shared bins.",
        signals=signals,
        name="initialization-comparison",
        settings={"compared": [v.settings.to_dict() for v in observations]},
        room=room,
        table=lambda: tables.compared(observations, rows, range(layers)),
        upright=lambda: compare(observations, display, upright=True, by_itself=True),
        alone=None if by_itself else lambda: compare(observations, display, by_itself=True),
    )


def _tint(room: Room) -> alt.Color:
    """The settings' own colours; with a key where the room has a place for one."""
    if not room.entries:
        return alt.Color("color:N", scale=None)
    colors = _colors(room)
    return alt.Color(
        "color:N", scale=alt.Scale(domain=colors, range=colors), legend=_legend(room, colors)
    )


def _dash(room: Room) -> alt.StrokeDash:
    """The current setting's line is solid, those of the pinned ones have their dashes."""
    if not room.entries:
        known = alt.Scale(domain=list(SETTINGS_COLORS), range=list(SETTINGS_DASHES))
        return alt.StrokeDash("color:N", scale=known, legend=None)
    colors = _colors(room)
    own = [SETTINGS_DASHES[place(i, room.entries)] for i in range(room.entries)]
    scale = alt.Scale(domain=colors, range=own)
    return alt.StrokeDash("color:N", scale=scale, legend=_legend(room, colors))


def _colors(room: Room) -> list[str]:
    return [SETTINGS_COLORS[place(i, room.entries)] for i in range(room.entries)]


def _legend(room: Room, colors: Sequence[str]) -> alt.Legend:
    names = f"settings[indexof({list(colors)}, datum.value)]"
    return room.legend(labelExpr=names, **theme.strokes())
