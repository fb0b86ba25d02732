"""Training loss of every racer."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, series
from initopt_core.wording import number

from . import tables
from .lines import (
    _ROOM,
    AXES,
    Line,
    _colors,
    _dashes,
    _how,
    _key_words,
    _last_words,
    _length_of_each,
    _look,
    _top,
    _x,
    binned,
    curve_room,
    end_of,
    position,
    smooth,
)

WRITTEN_OUT = 1000.0
"""A loss is read as a number, not as a power of ten, up to so many times the smallest."""


def loss_figure(
    found: Sequence[Line],
    axis: str = "epochs",
    *,
    log: bool = True,
    smoothing: float = 0.6,
    legend: bool = True,
) -> Figure:
    """Training loss: the smoothed curve, and behind it the range of the single steps (with
    several seeds: the range of the seeds). A log axis leaves losses of 0 out, and says so."""
    groups, smoothed = [], {}
    shown = {id(c): logs.drawable(c.losses) if log else np.asarray(c.losses, float)
             for line in found for c in line.trials}  # fmt: skip
    top = _top(shown.values())
    for line in found:
        curves = [binned(shown[id(c)]) for c in line.trials if c.losses]
        if not curves:
            continue
        length = min(len(c[0]) for c in curves)
        ends = curves[0][0][:length]
        means = np.stack([smooth(c[1][:length], smoothing) for c in curves])
        if len(curves) > 1:
            low, high = means.min(0), means.max(0)
        else:
            low, high = curves[0][2], curves[0][3]
        groups.append(
            {
                "label": line.label,
                "x": [position(line, line.trials[0], e, axis) for e in ends],
                "y": np.minimum(means.mean(0), top),
                "low": np.minimum(low, top),
                "high": np.minimum(high, top),
            }
        )
        how = _how(ends, smoothing, len(curves))
        smoothed[line.label] = tables.Smoothed(ends, means.mean(0), how)
    changes = [
        {
            "x": position(line, line.trials[0], e["step"], axis),
            "text": f"{line.label}: η = {number(e['lr'], 6)}",
            "tint": theme.optimizer_style(line.optimizer)[0],
        }
        for line in found
        for e in line.history.rate_changes
        if e["racer"] == line.trials[0].racer
    ]
    for i, change in enumerate(sorted(changes, key=lambda c: c["x"])):
        change["line"] = i % 6  # those close by stand below one another
    gone = logs.left_out(v for line in found for c in line.trials for v in c.losses) if log else ""
    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False, nice=True)
    room = curve_room([line.label for line in found] if legend else [])

    def build() -> alt.TopLevelMixin:
        x = _x(axis)
        title = tables.LOSS
        y_axis = alt.Axis(title=title, tickCount=6, **_ROOM)
        if log:
            numbers = logs.labels("decades", own="marks_y")
            y_axis = theme.log_axis(
                title, values=alt.ExprRef("marks_y"), labelExpr=numbers, **_ROOM
            )
        base = alt.Chart(alt.NamedData("loss"))
        band = base.mark_area(opacity=theme.BAND_OPACITY, clip=True).encode(
            x=x,
            y=alt.Y("low:Q", scale=scale, axis=y_axis),
            y2="high:Q",
            color=_colors(found, room),
        )
        line = base.mark_line(clip=True, strokeWidth=1.8).encode(
            x=x,
            y=alt.Y("y:Q", scale=scale, axis=y_axis),
            color=_colors(found, room),
            strokeDash=_dashes(found, room),
            tooltip=[
                alt.Tooltip("label:N", title="optimizer"),
                alt.Tooltip("x:Q", title=axis, format=".4~g"),
                alt.Tooltip("y:Q", title="loss", format=".3~g"),
            ],
        )
        marks = alt.Chart(alt.NamedData("changes"))
        rule = marks.mark_rule(strokeDash=[2, 2], strokeWidth=1.5).encode(
            x="x:Q", color=alt.Color("tint:N", scale=None)
        )
        # Near the right end a text stands left of its line.
        right = "scale('x', datum.x) > plot_width - 130 * type_scale"
        place = {
            "align": alt.ExprRef(f"{right} ? 'right' : 'left'"),
            "dx": alt.ExprRef(f"{right} ? -3 : 3"),
            "dy": alt.ExprRef(f"13 * datum.line * {theme.TYPE}"),
            "baseline": "top",
        }
        words = {"x": alt.X("x:Q"), "y": alt.value(2), "text": alt.Text("text:N")}
        # On paper of its own: curves and the lines of other changes run below it.
        halo = marks.mark_text(
            **place, stroke=theme.PAPER, strokeWidth=theme.sized(4), strokeJoin="round"
        ).encode(**words)
        text = marks.mark_text(**place, color=theme.INK).encode(**words)
        return alt.layer(
            band, line, rule, halo, text, logs.note("left_out"), _key_words("marks")
        ).properties(width=room.width, height=room.height)

    many = any(len(line.trials) > 1 for line in found)
    told = _length_of_each(found)
    return Figure(
        ("training-loss", axis, log, legend, _look(found)),
        build,
        {
            "loss": series(groups, digits=4),
            "changes": series(changes),
            "left_out": series(logs.note_data(gone, [(g["x"], g["y"]) for g in groups])),
        },
        alt="Training loss over "
        + AXES[axis]
        + ": "
        + _last_words(groups, "y", number)
        + (f" {gone}." if gone else ""),
        signals={
            "x_end": end_of(found, axis),
            "decades": logs.decades(logs.all_of(groups, "y", "low", "high"), WRITTEN_OUT),
            "marks_y": logs.marks(logs.all_of(groups, "y", "low", "high")),
            "marks": f"line: {'smoothed' if smoothing else 'mean of a few steps'} · "
            f"band: {'range of the seeds' if many else 'single steps'}",
        },
        name="training-loss",
        room=room,
        table=lambda: tables.losses(told, smoothed),
    )
