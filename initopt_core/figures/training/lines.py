"""Curves of a race as the figures take them: racers, their seeds, colours and axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.apart import dashes
from initopt_core.figures.room import Room, legend_size
from initopt_core.training.history import Curve, History
from initopt_core.wording import number

from . import tables

POINTS = 120  # of one curve: four pixels apart on a laptop, ten kilobytes for three racers
AXES = {
    "steps": "steps",
    "epochs": "epochs",
    "examples": "examples seen",
    "seconds": "seconds of this optimizer's own training",
}


@dataclass(frozen=True)
class Line:
    """One racer as it is drawn: its seeds together.

    Attributes:
        label: in the legend; unique in a figure.
        optimizer: registry name, for the colour.
        trials: the racer's curves, one for each seed.
        history: the run they belong to.
        dash: tells it from the others for eyes that do not tell their colours apart.
    """

    label: str
    optimizer: str
    trials: tuple[Curve, ...]
    history: History
    dash: tuple[int, ...] = (1, 0)


def lines(runs: Sequence[tuple[str, History]]) -> list[Line]:
    """The racers of one or several runs; with several, the runs' names are part of the labels."""
    found: list[Line] = []
    for name, history in runs:
        racers: dict[int, list[Curve]] = {}
        for curve in history.curves.values():
            racers.setdefault(curve.racer, []).append(curve)
        for trials in racers.values():
            first = trials[0]
            label = f"{name}: {first.label}" if len(runs) > 1 else first.label
            taken = {line.label for line in found}
            while label in taken:
                label += "′"
            found.append(Line(label, first.optimizer, tuple(trials), history))
    return apart(found)


def apart(found: Sequence[Line]) -> list[Line]:
    """The same lines, each with a dash of its own."""
    own = dashes([theme.optimizer_style(line.optimizer)[1] for line in found])
    return [replace(line, dash=tuple(dash)) for line, dash in zip(found, own, strict=True)]


# Axes keep their room whatever their labels, so that nothing shifts while data streams.
_ROOM: dict[str, Any] = {"minExtent": theme.sized(34), "maxExtent": theme.sized(34)}


def curve_room(labels: Sequence[str]) -> Room:
    """One panel of curves, below a legend of these labels."""
    return Room(
        560, 300, left=58, right=18, top=28, bottom=42, least=200, **legend_size(labels),
        screen=0.68, lowest=150,
    )  # fmt: skip


def _colors(
    found: Sequence[Line], room: Room | None = None, look: dict[str, Any] | None = None
) -> alt.Color:
    """Each racer's colour; with a legend where the room has a place for one, none where the page
    draws one for all its figures.

    Args:
        look: of the legend's marks; a piece of a line unless given.
    """
    scale = alt.Scale(
        domain=[line.label for line in found],
        range=[theme.optimizer_style(line.optimizer)[0] for line in found],
    )
    look = look or theme.strokes()
    shown = room.legend(**look) if room and room.entries else None
    return alt.Color("label:N", scale=scale, title=None, legend=shown)


def _dashes(found: Sequence[Line], room: Room | None = None) -> alt.StrokeDash:
    """Each racer's dash, in the same legend as its colour."""
    scale = alt.Scale(
        domain=[line.label for line in found], range=[list(line.dash) for line in found]
    )
    shown = room.legend(**theme.strokes()) if room and room.entries else None
    return alt.StrokeDash("label:N", scale=scale, title=None, legend=shown)


def _look(found: Sequence[Line]) -> tuple:
    return tuple((line.label, line.optimizer, line.dash) for line in found)


def position(line: Line, curve: Curve, step: float, axis: str) -> float:
    """Where a step lies on the chosen axis."""
    history = line.history
    if axis == "epochs":
        return step / history.steps_per_epoch
    if axis == "examples":
        return step * history.batch
    if axis == "seconds":
        return history.seconds_at(curve, round(step))
    return step


def end_of(found: Sequence[Line], axis: str) -> float | None:
    """The axis' far end when it is known before the run is over, so that nothing jumps."""
    if axis == "seconds":
        return None
    return max(
        (
            position(line, line.trials[0], line.history.epochs * line.history.steps_per_epoch, axis)
            for line in found
        ),
        default=1,
    )


def binned(values: tables.Numbers, points: int = POINTS) -> tuple[np.ndarray, ...]:
    """A long curve in at most `points` bins: (last step of each bin, mean, smallest, largest).

    NaNs are left out; a bin of NaNs alone is NaN.
    """
    array = np.asarray(values, float)
    if not len(array):
        return (np.zeros(0),) * 4
    width = max(1, math.ceil(len(array) / points))
    padded = np.full(math.ceil(len(array) / width) * width, np.nan)
    padded[: len(array)] = array
    rows = padded.reshape(-1, width)
    known = ~np.isnan(rows)
    some = known.any(1)
    ends = np.minimum(np.arange(1, len(rows) + 1) * width, len(array))
    mean = np.where(some, np.where(known, rows, 0).sum(1) / np.maximum(known.sum(1), 1), np.nan)
    low = np.where(some, np.where(known, rows, np.inf).min(1), np.nan)
    high = np.where(some, np.where(known, rows, -np.inf).max(1), np.nan)
    return ends, mean, low, high


def smooth(values: np.ndarray, amount: float) -> np.ndarray:
    """Exponential average over the points with its start corrected; `amount` 0 to 0.99."""
    if not amount:
        return values
    out = np.empty_like(values)
    total = weight = 0.0
    for i, value in enumerate(values):
        if not np.isnan(value):
            total = amount * total + (1 - amount) * value
            weight = amount * weight + (1 - amount)
        out[i] = total / weight if weight else np.nan
    return out


def _top(curves: Iterable[np.ndarray]) -> float:
    """Ten times the least first loss. An explosion would press all that is worth seeing into a
    line: it leaves at the top instead."""
    firsts = [known[0] for c in curves if len(known := c[c > 0])]
    return 10 * min(firsts, default=1e5)


def _how(ends: tables.Numbers, smoothing: float, seeds: int = 1) -> str:
    """In words, what was done to the single steps."""
    width = round(ends[0]) if len(ends) else 1
    parts = [f"mean of {width} steps"] if width > 1 else []
    parts += [f"exponential average of these, factor {number(smoothing)}"] if smoothing else []
    parts += [f"mean of {seeds} seeds"] if seeds > 1 else []
    return ", ".join(parts) or "not smoothed"


def _length_of_each(found: Sequence[Line]) -> list[tables.Racer]:
    return [tables.racer(line.label, line.history, line.trials) for line in found]


def _key_words(signal: str) -> alt.Chart:
    """A line over the plot that says what its marks are; a title would climb over the legend."""
    return _over(alt.ExprRef(signal), 0, 11, limit=alt.ExprRef("plot_width"))


def heading(text: str, left: float, limit: alt.ExprRef | None = None) -> alt.Chart:
    """A panel's name above it. It is a mark at a fixed place: a title would climb over a legend, or
    over the name of an axis that the converter takes for longer than its panel.

    Args:
        left: where it begins, in pixels from the plot's left edge.
        limit: its greatest width.
    """
    more = {} if limit is None else {"limit": limit}
    return _over(text, theme.sized(left), 12, fontWeight="bold", **more)


def _over(
    text: str | alt.ExprRef, left: float | alt.ExprRef, pixels: float, **look: Any
) -> alt.Chart:
    """Words over the plot, at a place of their own."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, align="left", baseline="bottom", fontSize=theme.sized(pixels), **look
    )
    return mark.encode(x=alt.value(left), y=alt.value(theme.sized(-6)))


def _x(axis: str, ticks: int = 8) -> alt.X:
    # A domain of [0, null] would be refused, so the far end may be missing.
    scale = (
        alt.Scale(nice=False, zero=True)
        if axis == "seconds"
        else alt.Scale(domain=alt.ExprRef("[0, x_end]"), nice=False)
    )
    return alt.X("x:Q", scale=scale, axis=alt.Axis(title=AXES[axis], grid=False, tickCount=ticks))


def _whole_epochs(line: Line, which: str, axis: str) -> dict[str, list[float]]:
    """Accuracy "val" or "train" at every epoch's end, in %."""
    rows = [[100 * v for v in getattr(c, which) if v is not None] for c in line.trials]
    steps = line.history.steps_per_epoch
    at = [(i + 1) * steps for i in range(max((len(r) for r in rows), default=0))]
    return _over_seeds(line, rows, at, axis)


def _over_seeds(
    line: Line, rows: list[list[float]], steps: Sequence[int], axis: str
) -> dict[str, list[float]]:
    """Mean and range of the seeds that got so far, at each of `steps`; empty without any."""
    known = [[r[i] for r in rows if len(r) > i] for i in range(len(steps))]
    if not known:
        return {}
    return {
        "x": [position(line, line.trials[0], s, axis) for s in steps],
        "y": [sum(c) / len(c) for c in known],
        "low": [min(c) for c in known],
        "high": [max(c) for c in known],
    }


def _last_words(groups: list[dict], field: str, say: Callable[[float], str]) -> str:
    said = [f"{g['label']} at {say(float(g[field][-1]))}" for g in groups if len(g[field])]
    return "; ".join(said) + "." if said else "nothing yet."


def panel_room(panels: int, width: int, height: int, **gutters: int) -> Room:
    """Panels of curves side by side, at most three in a row."""
    across = max(1, min(3, panels))
    size = {"columns": across, "rows": max(1, math.ceil(panels / across)), "row_gap": 66}
    return Room(width, height, **{**size, "top": 24, "bottom": 42, "least": 150, **gutters})
