"""Variance against depth, measured and predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, columns, series
from initopt_core.figures.room import WIDTH, Room
from initopt_core.initialization.observation import Observation, SeedBand
from initopt_core.initialization.theory import Prediction

from . import heads, tables
from .display import RED, ROWS, SETTINGS_COLORS, SETTINGS_DASHES

# --- depth --------------------------------------------------------------------------------------

DEPTH_PANELS = {
    "activations": ("Variance of activations", theme.ACTIVATIONS),
    "gradients": ("Variance of gradients, nats²", theme.GRADIENTS),
}
LAYER = "linear layer (odd numbers: activation functions)"
"""What runs across: places in the network's list of layers, as the tutorial counts them."""
ENTRY_WIDTH = 330
"""Pixels of a compared setting in the legend."""
DEPTH_ROOM = Room(
    470, 120, columns=2, left=42, top=36, bottom=40, gap=62, least=236, screen=0.3, lowest=50,
    stack=82,
)  # fmt: skip


def depth(
    observation: Observation,
    others: Sequence[Observation] = (),
    seeds: SeedBand | None = None,
) -> Figure:
    """Variance of activations and gradients against depth: measured solid, predicted dashed, the
    band of the theory (or of `seeds`) pale; `others` are overlaid, in colours and dashes of
    their own."""
    data, words = {}, ""
    pale = _pale(observation, seeds)
    observations = [*others, observation]
    compared = len(observations) > 1
    alone = ", of now alone" if compared else ""  # the pinned ones' would be a thicket
    stroke = "points" if compared else "solid"  # pinned ones' are measured and dashed
    signals: dict[str, Any] = {
        "pale": f"{pale}{alone}" if pale else "",
        "strokes": f"{stroke}: measured" if pale else "",
    }
    room = replace(
        DEPTH_ROOM, entries=len(observations) if compared else 0, entry_width=ENTRY_WIDTH
    )
    if compared:
        signals["settings"] = settings_named(observations)
        places = [place(i, len(observations)) for i in range(len(observations))]
        signals["tints"] = [SETTINGS_COLORS[k] for k in places]
        signals["dashes"] = [SETTINGS_DASHES[k] for k in places]
    for panel, (_, color) in DEPTH_PANELS.items():
        lines, bands, bad, raw = [], [], [], []
        for i, v in enumerate(observations):
            own = signals["settings"][i] if compared else color
            stats = getattr(v.probe, panel)
            x = [2 * j for j in range(len(stats))]
            raw.append([s.variance for s in stats])
            lines.append(_line(x, raw[-1], own, "measured", i, v.settings.label))
            breaks = [2 * j for j, s in enumerate(stats) if s.finite < s.size]
            if breaks:
                bad.append(breaks[0] if panel == "activations" else breaks[-1])
            if (p := v.prediction) is not None and v is observation:
                centre, low, high = _predicted(p, panel)
                raw.append(centre)
                lines.append(_line(x, centre, own, "predicted", i, "theory"))
                if np.isfinite(lines[-1]["y"]).sum() > 1:  # else there is no line to speak of
                    signals["strokes"] = f"{stroke}: measured, dashed: theory{alone}"
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
        data[f"{panel}_left_out"] = series(
            logs.note_data(gone, [(curve["layer"], curve["y"]) for curve in lines])
        )
        words += f". {ROWS[panel][0]}: {gone}" if gone else ""
        drawn = list(logs.all_of([*lines, *bands], "y", "y2"))
        span = signals[f"span_{panel}"] = logs.domain(drawn)
        signals[f"decades_{panel}"] = logs.decades(span)
        signals[f"marks_{panel}"] = logs.marks(span)
    if seeds is not None:
        words += f". Pale: 95 % of {len(seeds.activations)} draws of the weights"
    last = max(len(v.names) for v in observations) * 2 - 2
    signals["last"] = [0, max(last, 1)]

    def build():
        panels = [
            _depth_panel(panel, label, color, c, room)
            for c, (panel, (label, color)) in enumerate(DEPTH_PANELS.items())
        ]
        return room.concat(panels).resolve_scale(color="shared")

    return Figure(
        ("init-depth", room.entries),
        build,
        data,
        alt="Variance of activations and gradients against depth: "
        + "; ".join(settings_named(observations) if compared else [observation.settings.label])
        + words,
        caption=f"Variance of activations and gradients against depth{words}.",
        signals=signals,
        name="initialization-depth" if seeds is None else "initialization-seeds",
        room=room,
        table=lambda: tables.depth(observations, seeds),
        settings={"pinned": [v.settings.to_dict() for v in others]} if others else {},
    )


def settings_named(observations: Sequence[Observation]) -> list[str]:
    """What a legend calls compared settings, the current one last; with their seeds where these
    differ."""
    seeds = {v.settings.seed for v in observations}
    *others, now = (
        v.settings.label + (f", seed {v.settings.seed}" if len(seeds) > 1 else "")
        for v in observations
    )
    return [*(f"pin {i + 1}: {name}" for i, name in enumerate(others)), f"now: {now}"]


def place(index: int, count: int) -> int:
    """Which of `SETTINGS_COLORS` a compared setting has: the current one, the last, is the 4th."""
    return 3 if index == count - 1 else index


def _pale(observation: Observation, seeds: SeedBand | None) -> str:
    """What the pale band is; empty where there is none."""
    if seeds is not None:
        return f"pale: 95 % of {len(seeds.seeds)} seeds"
    return "pale: 95 % of all draws, in theory" if observation.prediction is not None else ""


def _tint(room: Room) -> alt.Color:
    """The quantity's own colour, or the settings' with a legend where several are compared."""
    if not room.entries:
        return alt.Color("color:N", scale=None)
    look = theme.strokes({"symbolDash": alt.ExprRef("dashes[datum.index]")})
    tints = [alt.ExprRef(f"tints[{i}]") for i in range(room.entries)]
    scale = alt.Scale(domain=alt.ExprRef("settings"), range=tints)
    return alt.Color("color:N", scale=scale, legend=room.legend(**look))


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
        "stroke": kind if kind == "predicted" else str(index),
        "line": f"{index}{kind}",
        "label": label,
    }


def _band(x, low, high, color: str) -> dict:
    low, high = logs.band(low, high)
    return {"layer": x, "y": low, "y2": high, "color": color}


def _depth_panel(panel: str, label: str, color: str, column: int, room: Room) -> theme.Layers:
    tint = _tint(room)
    x = alt.X(
        "layer:Q",
        scale=alt.Scale(domain=alt.ExprRef("last"), nice=False, padding=8),
        axis=alt.Axis(
            title=LAYER, tickMinStep=2, tickCount=10, format="d", grid=False, labelFlush=False
        ),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=alt.ExprRef(f"span_{panel}"), nice=False),
        axis=theme.log_axis(
            None,
            tickCount=4,
            labelFlush=False,
            minExtent=theme.sized(32),
            maxExtent=theme.sized(32),
            values=alt.ExprRef(f"marks_{panel}"),
            labelExpr=logs.labels(f"decades_{panel}", own=f"marks_{panel}"),
        ),
    )
    band = (
        alt.Chart(alt.NamedData(f"{panel}_band"))
        .mark_area(opacity=theme.BAND_OPACITY)
        .encode(x=x, y=y, y2="y2:Q", color=tint)
    )
    lines = alt.Chart(alt.NamedData(f"{panel}_lines"))
    strokes: dict[str, Any] = {"0": theme.MEASURED}
    if room.entries:  # the pinned ones' are dashed
        strokes = {str(i): alt.ExprRef(f"dashes[{i}]") for i in range(room.entries)}
    strokes["predicted"] = theme.PREDICTED
    scale = alt.Scale(domain=list(strokes), range=list(strokes.values()))
    dash = alt.StrokeDash("stroke:N", scale=scale, legend=None)
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
    note = "strokes" if column == 0 else "pale"
    one, two = f"'{label} (' + {note} + ')'", f"['{label}', {note}]"
    broken = f"{note} != '' && {WIDTH} <= {400 if room.entries else 380} * {theme.TYPE}"
    text = f"{note} == '' ? '{label}' : {broken} ? {two} : {one}"
    # A mark at a fixed place: a title would be lifted by numbers that stand at their ticks.
    title = heads.words(
        alt.ExprRef(text),
        alt.ExprRef(f"({broken} ? -33 : -20) * {theme.TYPE}"),
        x=alt.ExprRef(f"-36 * {theme.TYPE}"),
        color=color,
        limit=alt.ExprRef(f"{WIDTH} + 56 * {theme.TYPE}"),
        **heads.BOLD,
    )
    gone = logs.note(f"{panel}_left_out")
    return alt.layer(band, curves, points, bad, gone, title)
