"""Gradients and updates of every layer over the steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import altair as alt

from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.room import Room

from . import tables
from .lines import _ROOM, AXES, Line, _x, end_of, heading, panel_room, position

_ENTRY = 86
"""Pixels of a layer in the legend."""


def layers_figure(found: Sequence[Line], axis: str, what: str) -> Figure:
    """One small panel for each racer, one curve for each layer.

    Args:
        what: "gradient" for the norm of each layer's weight gradient, "ratio" for the length of
            the update over the length of the weights.
    """
    titles = {
        "gradient": "norm of the weights' gradient",
        "ratio": "update ÷ weights (lengths)",
    }
    groups = []
    for line in found:
        curve = line.trials[0]
        probes = curve.probes[:: max(1, math.ceil(len(curve.probes) / 80))]
        rows = [_row(p, what) for p in probes]
        count = len(rows[0]) if rows else 0
        for layer in range(count):
            values = [math.nan if (v := row[layer]) is None else v for row in rows]
            groups.append(
                {
                    "label": line.label,
                    "layer": 2 * layer,
                    "x": [position(line, curve, p[0], axis) for p in probes],
                    "y": logs.drawable(values),
                }
            )
    panels = [line.label for line in found]
    all_values = {
        line.label: [v for p in line.trials[0].probes for v in _row(p, what) if v is not None]
        for line in found
    }
    gone = {label: logs.left_out(values) for label, values in all_values.items()}
    told = [tables.racer(line.label, line.history, line.trials[:1]) for line in found]
    layers = len({g["layer"] for g in groups})
    room = panel_room(len(panels), 300, 190, left=58, gap=66, entries=layers, entry_width=_ENTRY)

    def build() -> alt.TopLevelMixin:
        # Panels side by side rather than a facet: a facet has none before there is data.
        scale = alt.Scale(type="log", nice=False)
        base = alt.Chart(alt.NamedData("layers"))
        # All solid on a page; whoever prints them gives each layer its dashes.
        each: dict[str, Any] = {"domain": [2 * layer for layer in range(layers)]}
        legend = room.legend(symbolType="stroke", labelExpr="'layer ' + datum.label")
        look: dict[str, Any] = {"legend": legend if layers else None}
        chart = base.mark_line(strokeWidth=1.4, clip=True).encode(
            x=_x(axis, 4),
            y=alt.Y(
                "y:Q",
                scale=scale,
                axis=theme.log_axis(titles[what], labelExpr=logs.labels("decades"), **_ROOM),
            ),
            color=alt.Color(
                "layer:O", scale=alt.Scale(range=theme.shades(layers, lines=True), **each), **look
            ),
            strokeDash=alt.StrokeDash(
                "layer:O", scale=alt.Scale(range=[theme.MEASURED] * layers, **each), **look
            ),
            tooltip=["label:N", "layer:O", alt.Tooltip("y:Q", format=".3~g")],
        )
        chart = alt.layer(chart, logs.note("left_out"))
        return _side_by_side(chart, "label", panels, room)

    return Figure(
        ("training-layers", what, axis, tuple(panels), layers),
        build,
        {
            "layers": series(groups),
            "left_out": series(
                {"label": label, **row}
                for label, text in gone.items()
                for row in logs.note_data(
                    text, [(g["x"], g["y"]) for g in groups if g["label"] == label]
                )
            ),
        },
        alt=f"{titles[what].capitalize()} over {AXES[axis]}, one panel for each optimizer and one "
        "curve for each layer."
        + "".join(f" {label}: {text}." for label, text in gone.items() if text),
        signals={
            "x_end": end_of(found, axis),
            "decades": logs.decades(v for values in all_values.values() for v in values),
        },
        name=f"training-{what}",
        room=room,
        table=lambda: tables.layers(told),
    )


def _row(probe: tuple[int, list, list], what: str) -> list[float | None]:
    """One look's numbers, one for each layer."""
    _, gradients, ratios = probe
    return gradients if what == "gradient" else ratios


def _side_by_side(
    chart: alt.Chart | theme.Layers, field: str, panels: Sequence[str], room: Room
) -> alt.ConcatChart:
    """One panel for each value of `field`, titled by it, all on the same y scale by default."""
    limit = alt.ExprRef(f"plot_width + {room.gap - 8 if room.gap else room.right}")
    # Above the axis by the room it has, not by its labels, whose width is only estimated.
    parts = [
        alt.layer(
            _only(chart, alt.FieldEqualPredicate(field=field, equal=panel)),
            heading(panel, 10 - room.left, limit),
        )
        for panel in panels
    ]
    return room.concat(parts).resolve_scale(y="shared", color="shared")


def _only(
    chart: alt.Chart | theme.Layers, rows: alt.FieldEqualPredicate
) -> alt.Chart | theme.Layers:
    """The chart of these rows alone. Each layer is filtered by itself: a layer with a dataset of
    its own knows nothing of what is done to the data around it."""
    if isinstance(chart, alt.Chart):
        return chart.transform_filter(rows)
    chart = chart.copy()  # what its layers share stays, such as their data
    chart["layer"] = [_only(cast(alt.Chart, part), rows) for part in chart.layer]
    return chart
