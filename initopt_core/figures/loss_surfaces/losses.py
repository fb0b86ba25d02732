"""Loss against updates."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from initopt_core.descent import Trace
from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, series

from .paths import _path_rows
from .picture import _channels


def losses(traces: Sequence[Trace], labels: Sequence[str]) -> Figure:
    """Loss against step; on a log axis, without its zeros, where no loss is negative."""
    names = list(labels)
    color_of, dash_of, _ = _channels(traces, names)
    all_losses = np.concatenate([t.points[:, 2] for t in traces]).astype(float)
    finite = all_losses[np.isfinite(all_losses)]
    log = bool(finite.size and finite.min() >= 0 and finite.max() >= logs.SMALLEST)
    good = [len(t.points) if t.diverged is None else t.diverged for t in traces]
    raw = [t.points[:n, 2].astype(float) for t, n in zip(traces, good, strict=True)]
    gone = logs.left_out(v for r in raw for v in r) if log else ""
    narrow = logs.is_narrow(v for r in raw for v in r)

    def build() -> alt.TopLevelMixin:
        scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False)
        axis = alt.Axis(title="loss")
        if log:
            axis = theme.log_axis("loss", labelExpr=logs.labels("narrow"))
        lines = (
            alt.Chart(alt.NamedData("losses"))
            .mark_line()
            .encode(
                x=alt.X("step:Q", title="step"),
                y=alt.Y("loss:Q", scale=scale, axis=axis),
                color=color_of,
                strokeDash=dash_of,
            )
        )
        return alt.layer(lines, logs.note("left_out")).properties(width=520, height=300)

    rows = [
        {"optimizer": label, "step": np.arange(len(r)), "loss": logs.drawable(r) if log else r}
        for label, r in zip(names, raw, strict=True)
    ]
    return Figure(
        ("surface-losses", tuple(names), log),
        build,
        {"losses": series(rows, digits=7), "left_out": series(logs.note_data(gone))},
        alt=f"Loss against step for {', '.join(names)}." + (f" {gone}." if gone else ""),
        signals={"narrow": narrow},
        name="loss-surface-losses",
        table=lambda: _path_rows(traces, names),
    )
