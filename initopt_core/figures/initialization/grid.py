"""Histograms of weights, gradients and activations, a column for each layer."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, histograms, step_area
from initopt_core.figures.room import Room
from initopt_core.initialization.observation import Observation
from initopt_core.wording import number

from . import tables
from .display import BINS, FEW, RED, ROWS, Display, density, remark, span


def grid_room(layers: int, rows: int, row_gap: int = 0) -> Room:
    """Histograms in columns, one for each layer; many columns say their words in two lines."""
    few = layers <= FEW
    return Room(
        width=max(76, round((1060 - 44 * layers) / layers)),
        height=84,
        columns=layers,
        rows=rows,
        left=52,
        right=12,
        top=38 if few else 64,
        bottom=24,
        gap=44 if few else 34,
        row_gap=row_gap or (44 if few else 56),
        least=116 if few else 62,
        screen=0.68,
        lowest=44,
    )


def _broken(text: str, mark: str, room: Room) -> alt.ExprRef:
    """A signal's text, in two lines at `mark` where the columns are many."""
    if room.columns <= FEW:
        return alt.ExprRef(text)
    at = f"indexof({text}, '{mark}')"
    rest = f"{at} + {len(mark)}" if mark == " · " else at
    return alt.ExprRef(f"{at} < 0 ? {text} : [slice({text}, 0, {at}), slice({text}, {rest})]")


def _limit(room: Room) -> alt.ExprRef:
    """Texts over a panel end before those of the next one."""
    return alt.ExprRef(f"plot_width + {max(room.gap - 6, room.right)} * {theme.TYPE}")


def grid(view: Observation, display: Display = Display()) -> Figure:
    """Histograms: rows weights, gradients, activations; a column for each Linear layer."""
    rows, layers = display.rows, len(view.names)
    data, signals = {}, {}
    for r, row in enumerate(rows):
        stats = getattr(view.probe, row)
        spans = [span(s, display.robust) for s in stats]
        if display.shared and spans:
            spans = [(min(a for a, _ in spans), max(b for _, b in spans))] * len(spans)
        for c in range(layers):
            name = f"{r}_{c}"
            if c >= len(stats):  # the output layer has no non-linearity behind it
                continue
            s, (low, high) = stats[c], spans[c]
            own = span(s, display.robust)
            whole = own == (float(s.edges[0]), float(s.edges[-1]))
            counts = s.counts.astype(float) if whole else s.cut(*own, BINS)
            curve = density(s, *own) if display.curve else None
            floor = 0.5 if display.log else 0.0
            data[f"h{name}"] = histograms(
                [{"edges": own, "counts": np.maximum(counts, floor)}] if s.finite else []
            )
            half = (own[1] - own[0]) / BINS / 2
            if display.curve:  # without it the chart has no such dataset
                data[f"k{name}"] = histograms(
                    [{"edges": (own[0] + half, own[1] + half), "counts": np.maximum(curve, floor)}]
                    if curve is not None
                    else []
                )
            signals[f"t{c}"] = stats[c].title if r == 0 else signals[f"t{c}"]
            signals[f"s{name}"] = remark(s)
            signals[f"b{name}"] = s.finite < s.size
            signals[f"d{name}"] = [low, high]

    room = grid_room(layers, len(rows))

    def build():
        cells = [
            (r, c, row)
            for r, row in enumerate(rows)
            for c in range(layers - (row == "outputs"))  # none behind the last layer
        ]
        return room.concat([_panel(r, c, row, display, room) for r, c, row in cells])

    return Figure(
        ("init-grid", layers, rows, display.log, display.curve),
        build,
        data,
        alt=f"Histograms of {', '.join(rows)} in {layers} layers: {view.settings.label}. "
        + "; ".join(
            f"{s.name} activations variance {number(s.variance)}" for s in view.probe.activations
        ),
        signals=signals,
        name="initialization-histograms",
        room=room,
        table=lambda: tables.histograms(view, rows, density if display.curve else None),
    )


def _panel(
    r: int, c: int, row: str, display: Display, room: Room, head: bool = True
) -> theme.Layers:
    """One histogram; those of the first row say whose column it is, where `head` asks for it."""
    name, (label, color) = f"{r}_{c}", ROWS[row]
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=alt.ExprRef(f"d{name}"), nice=False, zero=False, clamp=True),
        axis=alt.Axis(title=None, tickCount=3, grid=False, labelFlush=True, labelBound=12),
    )
    scale = alt.Scale(type="log", domainMin=0.5, nice=False) if display.log else alt.Scale()
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(
            title=None,
            tickCount=2,
            labelFlush=True,  # a label over the top would push this panel's title up
            minExtent=theme.sized(36),
            maxExtent=theme.sized(36),
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
    parts.append(_remark(name, room))
    if c == 0:
        parts.append(_row_title(label, color, room))
    if r == 0 and head:
        parts.append(_column_title(c, room))
    return alt.layer(*parts)


# Texts over a panel are marks at fixed places: a title would move with whatever stands below it.
def _text(text: alt.ExprRef, y: int, **look: Any) -> alt.Chart:
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, align="left", baseline="top", lineHeight=theme.sized(13), **look
    )
    return mark.encode(x=alt.value(0), y=alt.value(theme.sized(y)))


def _row_title(label: str, color: str, room: Room) -> alt.Chart:
    """The quantity beside its row; of a low row, its first word."""
    short = label.split(",")[0]
    room_for_all = f"plot_height > {7.4 * len(label) - 24:.0f} * {theme.TYPE}"
    text = f"{room_for_all} ? '{label}' : '{short}'"
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=alt.ExprRef(text),
        angle=270,
        align="center",
        baseline="top",
        fontSize=theme.sized(12),
        fontWeight="bold",
        color=color,
    )
    return mark.encode(
        x=alt.value(theme.sized(1 - room.left)), y=alt.value(alt.ExprRef("plot_height / 2"))
    )


def _remark(name: str, room: Room) -> alt.Chart:
    color = alt.ExprRef(f"b{name} ? '{RED}' : ink")
    text, y = _broken(f"s{name}", " · ", room), -16 if room.columns <= FEW else -29
    return _text(text, y, color=color, fontSize=theme.sized(11), limit=_limit(room))


def _column_title(c: int, room: Room, columns: int = 1) -> alt.Chart:
    """The layer's name above the words of the first row, over some columns."""
    gaps = (columns - 1) * room.gap + max(room.gap - 6, room.right)
    across = f"{columns} * plot_width + {gaps} * {theme.TYPE}"
    look = {"fontSize": theme.sized(12), "fontWeight": "bold", "limit": alt.ExprRef(across)}
    return _text(_broken(f"t{c}", "(", room), 4 - room.top, **look)
