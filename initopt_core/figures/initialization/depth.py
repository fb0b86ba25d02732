"""Variance against depth, measured and predicted."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, columns, series
from initopt_core.figures.room import Room
from initopt_core.initialization.observation import SeedBand, View
from initopt_core.initialization.theory import Prediction

from . import tables
from .display import RED, ROWS, SETTINGS_COLORS

# --- depth --------------------------------------------------------------------------------------

DEPTH_PANELS = {
    "activations": ("Variance of activations", theme.ACTIVATIONS),
    "gradients": ("Variance of gradients", theme.GRADIENTS),
}
DEPTH_ROOM = Room(470, 120, columns=2, left=42, top=36, bottom=40, gap=62, least=236)


def depth(
    view: View,
    others: Sequence[View] = (),
    seeds: SeedBand | None = None,
) -> Figure:
    """Variance of activations and gradients against depth: measured solid, predicted dashed, the
    band of the theory (or of `seeds`) pale; `others` are overlaid in their own colours."""
    data, signals, words = {}, {}, ""
    views = [*others, view]
    compared = len(views) > 1
    for panel, (_, color) in DEPTH_PANELS.items():
        lines, bands, bad, raw = [], [], [], []
        for i, v in enumerate(views):
            own = SETTINGS_COLORS[i if i < len(others) else 3] if compared else color
            stats = getattr(v.probe, panel)
            x = [2 * j for j in range(len(stats))]
            raw.append([s.variance for s in stats])
            lines.append(_line(x, raw[-1], own, "measured", i, v.settings.label))
            breaks = [2 * j for j, s in enumerate(stats) if s.finite < s.size]
            if breaks:
                bad.append(breaks[0] if panel == "activations" else breaks[-1])
            if (p := v.prediction) is not None and v is view:  # the pinned ones' would be a thicket
                centre, low, high = _predicted(p, panel)
                raw.append(centre)
                lines.append(_line(x, centre, own, "predicted", i, "theory"))
                if seeds is None:
                    bands.append(_band(x, low, high, own))
        if seeds is not None:
            values = getattr(seeds, panel)
            low, high = np.nanquantile(values, [0.025, 0.975], axis=0)
            bands.append(_band([2 * j for j in range(values.shape[1])], low, high, color))
        data[f"{panel}_lines"] = series(lines)
        data[f"{panel}_band"] = series(bands)
        data[f"{panel}_bad"] = columns(layer=bad)
        gone = logs.left_out(v for curve in raw for v in curve)
        data[f"{panel}_left_out"] = series(logs.note_data(gone))
        words += f". {ROWS[panel][0]}: {gone}" if gone else ""
        drawn = list(logs.all_of([*lines, *bands], "y", "y2"))
        signals[f"narrow_{panel}"] = logs.is_narrow(drawn)
        signals[f"span_{panel}"] = logs.domain(drawn)
    last = max(len(v.names) for v in views) * 2 - 2
    signals["last"] = [0, max(last, 1)]

    def build():
        return DEPTH_ROOM.concat(
            [
                _depth_panel(panel, label, color, c)
                for c, (panel, (label, color)) in enumerate(DEPTH_PANELS.items())
            ]
        )

    return Figure(
        ("init-depth",),
        build,
        data,
        alt="Variance of activations and gradients against depth: " + view.settings.label + words,
        signals=signals,
        name="initialization-depth",
        room=DEPTH_ROOM,
        table=lambda: tables.depth(views, seeds),
    )


def _predicted(p: Prediction, panel: str) -> tuple[list[float], list[float], list[float]]:
    centre = p.variance if panel == "activations" else p.gradient
    spread = p.spread if panel == "activations" else p.gradient_spread
    return centre, *p.band(centre, spread)


def _line(x, y, color: str, kind: str, index: int, label: str) -> dict:
    return {
        "layer": x,
        "y": logs.drawable(y),
        "color": color,
        "kind": kind,
        "line": f"{index}{kind}",
        "label": label,
    }


def _band(x, low, high, color: str) -> dict:
    low, high = logs.band(low, high)
    return {"layer": x, "y": low, "y2": high, "color": color}


def _depth_panel(panel: str, label: str, color: str, column: int) -> alt.LayerChart:
    x = alt.X(
        "layer:Q",
        scale=alt.Scale(domain=alt.ExprRef("last"), nice=False, padding=8),
        axis=alt.Axis(title="Layer", tickMinStep=2, tickCount=10, format="d", grid=False),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=alt.ExprRef(f"span_{panel}"), nice=False),
        axis=theme.log_axis(
            None,
            tickCount=4,
            minExtent=32,
            maxExtent=32,
            labelExpr=logs.labels(f"narrow_{panel}"),
        ),
    )
    tint = alt.Color("color:N", scale=None)
    band = (
        alt.Chart(alt.NamedData(f"{panel}_band"))
        .mark_area(opacity=theme.BAND_OPACITY)
        .encode(x=x, y=y, y2="y2:Q", color=tint)
    )
    lines = alt.Chart(alt.NamedData(f"{panel}_lines"))
    dash = alt.StrokeDash(
        "kind:N",
        scale=alt.Scale(domain=["measured", "predicted"], range=[theme.MEASURED, theme.PREDICTED]),
        legend=None,
    )
    curves = lines.mark_line(invalid="break-paths-show-path-domains").encode(
        x=x, y=y, color=tint, detail="line:N", strokeDash=dash
    )
    points = (
        lines.transform_filter("datum.kind == 'measured'")
        .mark_point(filled=True, size=34, opacity=1)
        .encode(
            x=x,
            y=y,
            color=tint,
            tooltip=[
                alt.Tooltip("layer:Q", title="Layer"),
                alt.Tooltip("y:Q", title="Variance", format=".3~g"),
                alt.Tooltip("label:N", title="Setting"),
            ],
        )
    )
    bad = (
        alt.Chart(alt.NamedData(f"{panel}_bad"))
        .mark_rule(color=RED, strokeWidth=2)
        .encode(x=alt.X("layer:Q"))
    )
    note = "solid: measured, dashed: theory"
    both = f"plot_width > 360 ? '{label} ({note})' : ['{label}', '{note}']"
    text = alt.ExprRef(both) if column == 0 else label
    title = alt.Title(text=text, color=color, offset=4, limit=alt.ExprRef("plot_width + 56"))
    gone = logs.note(f"{panel}_left_out")
    return alt.layer(band, curves, points, bad, gone).properties(title=title)
