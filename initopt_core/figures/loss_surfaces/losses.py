"""Loss against updates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.room import Room, legend_size

from .paths import _path_rows
from .picture import looks

# Axes keep their room whatever their labels.
ROOM_Y: dict[str, Any] = {"minExtent": theme.sized(34), "maxExtent": theme.sized(34)}


def curve_room(labels: Sequence[str]) -> Room:
    """One panel of curves, below a legend of these labels."""
    return Room(560, 300, left=58, right=18, top=12, bottom=42, least=200, **legend_size(labels))


def losses(traces: Sequence[Trace], labels: Sequence[str]) -> Figure:
    """Loss against step; on a log axis, without its zeros, where no loss is negative."""
    names = list(labels)
    color_of, dash_of = _lines(traces, names, curve_room(names))
    all_losses = np.concatenate([t.points[:, 2] for t in traces]).astype(float)
    finite = all_losses[np.isfinite(all_losses)]
    log = bool(finite.size and finite.min() >= 0 and finite.max() >= logs.SMALLEST)
    good = [len(t.points) if t.diverged is None else t.diverged for t in traces]
    raw = [t.points[:n, 2].astype(float) for t, n in zip(traces, good, strict=True)]
    gone = logs.left_out(v for r in raw for v in r) if log else ""
    spanned, marks = (of(v for r in raw for v in r) for of in (logs.decades, logs.marks))
    cut = _readable([r[0] for r in raw if len(r)], finite)
    room = curve_room(names)

    def build() -> alt.TopLevelMixin:
        scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False)
        if cut is not None:
            scale = alt.Scale(domain=cut, nice=True)
        axis = alt.Axis(title="loss", **ROOM_Y)
        if log:
            numbers = logs.labels("decades", own="marks")
            axis = theme.log_axis("loss", values=alt.ExprRef("marks"), labelExpr=numbers, **ROOM_Y)
        lines = (
            alt.Chart(alt.NamedData("losses"))
            .mark_line(clip=cut is not None)
            .encode(
                x=alt.X("step:Q", title="step", axis=alt.Axis(tickCount=8)),
                y=alt.Y("loss:Q", scale=scale, axis=axis),
                color=color_of,
                strokeDash=dash_of,
            )
        )
        chart = alt.layer(lines, logs.note("left_out"))
        return chart.properties(width=room.width, height=room.height)

    rows = [
        {"optimizer": label, "step": np.arange(len(r)), "loss": logs.drawable(r) if log else r}
        for label, r in zip(names, raw, strict=True)
    ]
    drawn = [(r["step"], r["loss"]) for r in rows]
    return Figure(
        ("surface-losses", tuple(names), log, cut and tuple(cut)),
        build,
        {"losses": series(rows, digits=7), "left_out": series(logs.note_data(gone, drawn))},
        alt=f"Loss against step for {', '.join(names)}." + (f" {gone}." if gone else ""),
        signals={"decades": spanned, "marks": marks},
        name="loss-surface-losses",
        room=room,
        table=lambda: _path_rows(traces, names),
    )


def _lines(
    traces: Sequence[Trace], names: list[str], room: Room
) -> tuple[alt.Color, alt.StrokeDash]:
    """Colour and dash of each label, with a legend above the plot."""
    colors, dashes, _ = zip(*looks([t.run.optimizer for t in traces]), strict=True)
    legend = room.legend(**theme.strokes())
    look: dict[str, Any] = {"title": None, "legend": legend}
    return (
        alt.Color("optimizer:N", scale=alt.Scale(domain=names, range=list(colors)), **look),
        alt.StrokeDash("optimizer:N", scale=alt.Scale(domain=names, range=list(dashes)), **look),
    )


def _readable(firsts: Sequence[float], losses: np.ndarray) -> list[float] | None:
    """The part of the axis in which losses can be told apart where some fall without end: four
    times as far from 0 as the first ones, 10 at least. None where all losses are there."""
    most = 4 * max([abs(v) for v in firsts if np.isfinite(v)] + [2.5])
    if not losses.size or losses.min() >= -2 * most:
        return None
    return [-most, float(np.clip(losses.max(), 0, most))]
