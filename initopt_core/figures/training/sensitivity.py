"""Score against learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.room import legend_size
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.training.history import History

from . import tables
from .layers import _side_by_side
from .lines import _ROOM, Line, _colors, _dashes, apart, panel_room


def sensitivity_figure(
    search: dict[tuple[str, int, float], float | None],
    racers: Sequence[tuple[str, str]],
    initializers: dict[str, str],
) -> Figure:
    """Validation accuracy against the learning rate, one panel for each initialization.

    Args:
        search: (initializer, racer number, rate) -> accuracy 0 to 1, None when it diverged.
        racers: (label, optimizer) of each racer.
        initializers: name -> label, in the order of the panels.
    """
    groups = []
    for init, init_label in initializers.items():
        for racer, (label, _) in enumerate(racers):
            rows = sorted((k[2], v) for k, v in search.items() if k[:2] == (init, racer))
            if rows:
                groups.append(
                    {
                        "init": init_label,
                        "label": label,
                        "x": [r for r, _ in rows],
                        "y": [100 * (v if v is not None else 0.1) for _, v in rows],
                        "state": ["diverged" if v is None else "trained" for _, v in rows],
                    }
                )
    nothing = History(Path("/nonexistent"))
    stand_ins = apart([Line(label, optimizer, (), nothing) for label, optimizer in racers])
    rates = [r for _, o in racers for r in OPTIMIZERS[o].lr_grid]
    panels = list(initializers.values())
    room = panel_room(
        len(panels),
        420,
        270,
        left=58,
        gap=62,
        least=200,
        **legend_size([r[0] for r in racers]),
    )

    def build() -> alt.TopLevelMixin:
        base = alt.Chart(alt.NamedData("search")).encode(
            x=alt.X(
                "x:Q",
                scale=alt.Scale(type="log", domain=alt.ExprRef("rates"), nice=False),
                axis=theme.log_axis("learning rate η"),
            ),
            y=alt.Y(
                "y:Q",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(title="best validation accuracy in % (cross: diverged)", **_ROOM),
            ),
            color=_colors(stand_ins, room),
            tooltip=[
                "label:N",
                alt.Tooltip("x:Q", title="learning rate", format="~g"),
                alt.Tooltip("y:Q", title="accuracy in %", format=".1f"),
                "state:N",
            ],
        )
        line = base.mark_line(strokeWidth=1.8).encode(strokeDash=_dashes(stand_ins, room))
        points = base.mark_point(size=60, filled=False, strokeWidth=1.8).encode(
            shape=alt.Shape(
                "state:N",
                scale=alt.Scale(domain=["trained", "diverged"], range=["circle", "cross"]),
                legend=None,
            )
        )
        return _side_by_side(alt.layer(line, points), "init", panels, room)

    return Figure(
        ("training-sensitivity", tuple(racers), tuple(panels)),
        build,
        {"search": series(groups)},
        alt="Best validation accuracy of each optimizer at each learning rate of its grid; "
        "crosses diverged.",
        signals={"rates": [min(rates) / 1.5, max(rates) * 1.5]},
        name="learning-rate-sensitivity",
        room=room,
        table=lambda: tables.rates(search, racers, initializers),
    )
