"""Figures of the training laboratory: curves of a race, its layers over time, its results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from ..optimizers import OPTIMIZERS
from ..training.history import Curve, History
from ..wording import number, percent
from . import logs, theme
from . import training_tables as tables
from .base import Figure, histograms, series, step_area
from .room import Room, entry_width

POINTS = 120  # of one curve: four pixels apart on a laptop, ten kilobytes for three racers
AXES = {
    "steps": "steps",
    "epochs": "epochs",
    "examples": "examples seen",
    "seconds": "seconds of this optimizer's own training",
}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3])


@dataclass(frozen=True)
class Line:
    """One racer as it is drawn: its seeds together.

    Attributes:
        label: in the legend; unique in a figure.
        optimizer: registry name, for the colour.
        members: the racer's curves, one for each seed.
        history: the run they belong to.
        dash: tells alike colours apart.
    """

    label: str
    optimizer: str
    members: tuple[Curve, ...]
    history: History
    dash: tuple[int, ...] = (1, 0)


def lines(runs: Sequence[tuple[str, History]]) -> list[Line]:
    """The racers of one or several runs; with several, the runs' names are part of the labels."""
    found: list[Line] = []
    for name, history in runs:
        racers: dict[int, list[Curve]] = {}
        for curve in history.curves.values():
            racers.setdefault(curve.racer, []).append(curve)
        for members in racers.values():
            first = members[0]
            label = f"{name}: {first.label}" if len(runs) > 1 else first.label
            taken = {line.label for line in found}
            while label in taken:
                label += "′"
            alike = sum(line.optimizer == first.optimizer for line in found)
            dash = tuple(_DASHES[alike % len(_DASHES)])
            found.append(Line(label, first.optimizer, tuple(members), history, dash))
    return found


# Axes keep their room whatever their labels, so that nothing shifts while data streams.
_ROOM = {"minExtent": 34, "maxExtent": 34}


def curve_room(labels: Sequence[str]) -> Room:
    """One panel of curves, below a legend of these labels."""
    return Room(
        560, 300, left=58, right=18, top=28, bottom=42, least=200, entries=len(labels),
        entry_width=entry_width(labels),
    )  # fmt: skip


def _colors(found: Sequence[Line], room: Room | None = None) -> alt.Color:
    """Each racer's colour; with a legend where the room has a place for one, none where the page
    draws one for all its figures."""
    scale = alt.Scale(
        domain=[line.label for line in found],
        range=[theme.optimizer_style(line.optimizer)[0] for line in found],
    )
    look = {"symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 3}
    shown = room.legend(**look) if room and room.entries else None
    return alt.Color("label:N", scale=scale, title=None, legend=shown)


def _dashes(found: Sequence[Line]) -> alt.StrokeDash:
    scale = alt.Scale(
        domain=[line.label for line in found], range=[list(line.dash) for line in found]
    )
    return alt.StrokeDash("label:N", scale=scale, legend=None)


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
            position(
                line, line.members[0], line.history.epochs * line.history.steps_per_epoch, axis
            )
            for line in found
        ),
        default=1,
    )


def binned(values: Sequence[float], points: int = POINTS) -> tuple[np.ndarray, ...]:
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
             for line in found for c in line.members}  # fmt: skip
    top = _top(shown.values())
    for line in found:
        curves = [binned(shown[id(c)]) for c in line.members if c.losses]
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
                "x": [position(line, line.members[0], e, axis) for e in ends],
                "y": np.minimum(means.mean(0), top),
                "low": np.minimum(low, top),
                "high": np.minimum(high, top),
            }
        )
        how = _how(ends, smoothing, len(curves))
        smoothed[line.label] = tables.Smoothed(ends, means.mean(0), how)
    changes = [
        {"x": position(line, line.members[0], e["step"], axis), "text": f"η = {number(e['lr'], 6)}"}
        for line in found
        for e in line.history.rate_changes
        if e["racer"] == line.members[0].racer
    ]
    for i, change in enumerate(sorted(changes, key=lambda c: c["x"])):
        change["line"] = i % 6  # those close by stand below one another
    gone = logs.left_out(v for line in found for c in line.members for v in c.losses) if log else ""
    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False, nice=True)
    room = curve_room([line.label for line in found] if legend else [])

    def build() -> alt.TopLevelMixin:
        x = _x(axis)
        y_axis = alt.Axis(title="training loss (cross-entropy)", tickCount=6, **_ROOM)
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
            strokeDash=_dashes(found),
            tooltip=[
                alt.Tooltip("label:N", title="optimizer"),
                alt.Tooltip("x:Q", title=axis, format=".4~g"),
                alt.Tooltip("y:Q", title="loss", format=".3~g"),
            ],
        )
        marks = alt.Chart(alt.NamedData("changes"))
        rule = marks.mark_rule(strokeDash=[2, 2], color=theme.INK).encode(x="x:Q")
        # Near the right end a text stands left of its line.
        right = "scale('x', datum.x) > plot_width - 60"
        text = marks.mark_text(
            align=alt.ExprRef(f"{right} ? 'right' : 'left'"),
            dx=alt.ExprRef(f"{right} ? -3 : 3"),
            dy=alt.ExprRef("13 * datum.line"),
            baseline="top",
            color=theme.INK,
        ).encode(x="x:Q", y=alt.value(2), text="text:N")
        return alt.layer(band, line, rule, text, logs.note("left_out")).properties(
            width=room.width, height=room.height, title=_key_words("marks")
        )

    many = any(len(line.members) > 1 for line in found)
    told = _length_of_each(found)
    return Figure(
        ("training-loss", axis, log, legend, _look(found)),
        build,
        {
            "loss": series(groups, digits=4),
            "changes": series(changes),
            "left_out": series(logs.note_data(gone)),
        },
        alt="Training loss over "
        + AXES[axis]
        + ": "
        + _last_words(groups, "y", number)
        + (f" {gone}." if gone else ""),
        signals={
            "x_end": end_of(found, axis),
            "marks": f"line: {'smoothed' if smoothing else 'mean of a few steps'} · "
            f"band: {'range of the seeds' if many else 'single steps'}",
        },
        name="training_loss",
        room=room,
        table=lambda: tables.losses(told, smoothed),
    )


def _top(curves: Iterable[np.ndarray]) -> float:
    """Ten times the least first loss. An explosion would press all that is worth seeing into a
    line: it leaves at the top instead."""
    firsts = [known[0] for c in curves if len(known := c[c > 0])]
    return 10 * min(firsts, default=1e5)


def _how(ends: Sequence[float], smoothing: float, seeds: int = 1) -> str:
    """In words, what was done to the single steps."""
    width = round(ends[0]) if len(ends) else 1
    parts = [f"mean of {width} steps"] if width > 1 else []
    parts += [f"exponential average of these, factor {smoothing:g}"] if smoothing else []
    parts += [f"mean of {seeds} seeds"] if seeds > 1 else []
    return ", ".join(parts) or "not smoothed"


def _length_of_each(found: Sequence[Line]) -> list[tables.Racer]:
    return [tables.racer(line.label, line.history, line.members) for line in found]


def _key_words(signal: str) -> alt.Title:
    """A line over the plot that says what its marks are."""
    return alt.Title(
        text=alt.ExprRef(signal),
        anchor="start",
        frame="group",
        fontSize=11,
        fontWeight="normal",
        offset=4,
        limit=alt.ExprRef("plot_width"),
    )


def _x(axis: str, ticks: int = 8) -> alt.X:
    # A domain of [0, null] would be refused, so the far end may be missing.
    scale = (
        alt.Scale(nice=False, zero=True)
        if axis == "seconds"
        else alt.Scale(domain=alt.ExprRef("[0, x_end]"), nice=False)
    )
    return alt.X("x:Q", scale=scale, axis=alt.Axis(title=AXES[axis], grid=False, tickCount=ticks))


def accuracy_figure(
    found: Sequence[Line], axis: str = "epochs", *, smoothing: float = 0.6, legend: bool = True
) -> Figure:
    """Accuracy: of the training batches as they come (pale), on a fixed part of the validation
    images within the epochs (hollow), on all of them at each epoch's end (strong). Seeds as mean
    and range. Runs of before the first two were kept have the epochs' training accuracy instead.
    """
    groups, smoothed = [], {}
    for line in found:
        groups += [
            {"label": line.label, "which": which, **rows}
            for which, rows in (
                ("validation", _whole_epochs(line, "val", axis)),
                ("part", _checks(line, axis)),
            )
            if rows
        ]
        if any(c.hits for c in line.members):
            rows, smoothed[line.label] = _running(line, axis, smoothing)
        else:
            rows = _whole_epochs(line, "train", axis)
        if rows:
            groups.append({"label": line.label, "which": "training", **rows})

    room = curve_room([line.label for line in found] if legend else [])

    def build() -> alt.TopLevelMixin:
        x = _x(axis)
        y = alt.Y(
            "y:Q",
            scale=alt.Scale(domain=alt.ExprRef("y_span"), nice=False, zero=False),
            axis=alt.Axis(title="accuracy in %", tickCount=6, **_ROOM),
        )
        base = alt.Chart(alt.NamedData("accuracy"))
        look = {"x": x, "y": y, "color": _colors(found, room), "tooltip": _ACCURACY_TIP}
        dash = _dashes(found)

        def of(which: str) -> alt.Chart:
            return base.transform_filter(alt.FieldEqualPredicate(field="which", equal=which))

        band = (
            of("validation")
            .mark_area(opacity=theme.BAND_OPACITY, clip=True)
            .encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=_colors(found, room))
        )
        train = (
            of("training")
            .mark_line(opacity=0.35, strokeWidth=1.5, clip=True)
            .encode(**look, strokeDash=dash)
        )
        part = (
            of("part")
            .mark_point(filled=False, size=26, strokeWidth=1.3, opacity=0.7, clip=True)
            .encode(**look)
        )
        val = (
            of("validation")
            .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28, filled=True), clip=True)
            .encode(**look, strokeDash=dash)
        )
        return alt.layer(band, train, part, val).properties(
            width=room.width, height=room.height, title=_key_words("marks")
        )

    told = _length_of_each(found)
    last = [g for g in groups if g["which"] == "validation"]
    now = last or [g for g in groups if g["which"] == "training"]
    return Figure(
        ("training-accuracy", axis, legend, _look(found)),
        build,
        {"accuracy": series(groups)},
        alt=f"{'Validation' if last or not now else 'Training'} accuracy over "
        + AXES[axis]
        + ": "
        + _last_words(now, "y", lambda share: percent(share / 100, 1)),
        signals={
            "x_end": end_of(found, axis),
            "y_span": accuracy_span(found),
            "marks": _accuracy_marks(found),
        },
        name="training_accuracy",
        room=room,
        table=lambda: tables.accuracies(told, smoothed),
    )


RUNNING_POINTS, CHECK_POINTS = 60, 60  # of one curve; a file has them all
_ACCURACY_TIP = [
    alt.Tooltip("label:N", title="optimizer"),
    alt.Tooltip("which:N", title="images"),
    alt.Tooltip("x:Q", title="at", format=".4~g"),
    alt.Tooltip("y:Q", title="accuracy in %", format=".2f"),
]


def _accuracy_marks(found: Sequence[Line]) -> str:
    """What the marks of the accuracy figure are."""
    part = max((line.history.check_images for line in found), default=0)
    batches = any(c.hits for line in found for c in line.members)
    said = ["● validation"]
    said += [f"○ on {part:,} of its images"] if part else []
    said += [f"pale: training{' batches' if batches else ', whole epochs'}"] if found else []
    return " · ".join(said)


def accuracy_span(found: Sequence[Line]) -> list[float]:
    """The accuracy axis, in %: 0 to 100 from the start, and from the first whole epoch on the
    part above the ten below the worst whole epoch, where all that follows takes place."""
    curves = [c for line in found for c in line.members]
    whole = [v for c in curves for v in (*c.val, *(() if c.hits else c.train)) if v is not None]
    if not whole:
        return [0, 100]
    return [max(0, min(10 * math.floor(10 * min(whole) - 0.05), 90)), 100]


def _whole_epochs(line: Line, which: str, axis: str) -> dict[str, list[float]]:
    """Accuracy "val" or "train" at every epoch's end, in %."""
    rows = [[100 * v for v in getattr(c, which) if v is not None] for c in line.members]
    steps = line.history.steps_per_epoch
    at = [(i + 1) * steps for i in range(max((len(r) for r in rows), default=0))]
    return _over_seeds(line, rows, at, axis)


def _checks(line: Line, axis: str) -> dict[str, list[float]]:
    """Accuracy on the fixed part of the validation images, in %; a long run's are thinned."""
    longest = max((c.checks for c in line.members), key=len, default=[])
    every = max(1, math.ceil(len(longest) / CHECK_POINTS))
    rows = [[100 * share for _, share in c.checks[::every]] for c in line.members]
    return _over_seeds(line, rows, [step for step, _ in longest[::every]], axis)


def _running(line: Line, axis: str, smoothing: float) -> tuple[dict, tables.Smoothed]:
    """Accuracy on the training batches, in %, smoothed, the mean of the seeds."""
    size = line.history.batch
    bins = [binned(np.asarray(c.hits) * 100 / size, RUNNING_POINTS) for c in line.members if c.hits]
    length = min(len(b[0]) for b in bins)
    ends = bins[0][0][:length]
    y = np.stack([smooth(b[1][:length], smoothing) for b in bins]).mean(0)
    x = [position(line, line.members[0], e, axis) for e in ends]
    return {"x": x, "y": y}, tables.Smoothed(ends, y, _how(ends, smoothing, len(bins)))


def _over_seeds(
    line: Line, rows: list[list[float]], steps: Sequence[int], axis: str
) -> dict[str, list[float]]:
    """Mean and range of the seeds that got so far, at each of `steps`; empty without any."""
    known = [[r[i] for r in rows if len(r) > i] for i in range(len(steps))]
    if not known:
        return {}
    return {
        "x": [position(line, line.members[0], s, axis) for s in steps],
        "y": [sum(c) / len(c) for c in known],
        "low": [min(c) for c in known],
        "high": [max(c) for c in known],
    }


def _last_words(groups: list[dict], field: str, say: Callable[[float], str]) -> str:
    said = [f"{g['label']} now {say(float(g[field][-1]))}" for g in groups if len(g[field])]
    return "; ".join(said) + "." if said else "nothing yet."


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
    column = 1 if what == "gradient" else 2
    groups = []
    for line in found:
        curve = line.members[0]
        probes = curve.probes[:: max(1, math.ceil(len(curve.probes) / 80))]
        count = len(probes[0][1]) if probes else 0
        for layer in range(count):
            values = [math.nan if (v := p[column][layer]) is None else v for p in probes]
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
        line.label: [v for p in line.members[0].probes for v in p[column] if v is not None]
        for line in found
    }
    gone = {label: logs.left_out(values) for label, values in all_values.items()}
    told = [tables.racer(line.label, line.history, line.members[:1]) for line in found]
    layers = len({g["layer"] for g in groups})
    room = panel_room(len(panels), 300, 190, left=58, gap=66, entries=layers, entry_width=44)

    def build() -> alt.TopLevelMixin:
        # Panels side by side rather than a facet: a facet has none before there is data.
        scale = alt.Scale(type="log", nice=False)
        base = alt.Chart(alt.NamedData("layers"))
        chart = base.mark_line(strokeWidth=1.4, clip=True).encode(
            x=_x(axis, 4),
            y=alt.Y(
                "y:Q",
                scale=scale,
                axis=theme.log_axis(titles[what], labelExpr=logs.labels("narrow"), **_ROOM),
            ),
            color=alt.Color(
                "layer:O",
                scale=alt.Scale(scheme=theme.SEQUENTIAL),
                legend=room.legend(symbolType="stroke") if layers else None,
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
            "left_out": series({"label": k, "text": v} for k, v in gone.items() if v),
        },
        alt=f"{titles[what].capitalize()} over {AXES[axis]}, one panel for each optimizer and one "
        "curve for each layer."
        + "".join(f" {label}: {text}." for label, text in gone.items() if text),
        signals={
            "x_end": end_of(found, axis),
            "narrow": logs.is_narrow(v for values in all_values.values() for v in values),
        },
        name=f"training_{what}",
        room=room,
        table=lambda: tables.layers(told),
    )


def panel_room(panels: int, width: int, height: int, **gutters: int) -> Room:
    """Panels of curves side by side, at most three in a row."""
    across = max(1, min(3, panels))
    size = {"columns": across, "rows": max(1, math.ceil(panels / across)), "row_gap": 66}
    return Room(width, height, **{**size, "top": 24, "bottom": 42, "least": 150, **gutters})


def _side_by_side(
    chart: alt.Chart | alt.LayerChart, field: str, panels: Sequence[str], room: Room
) -> alt.ConcatChart:
    """One panel for each value of `field`, titled by it, all on the same y scale by default."""
    limit = alt.ExprRef(f"plot_width + {room.gap - 8 if room.gap else room.right}")
    parts = [
        chart.transform_filter(alt.FieldEqualPredicate(field=field, equal=panel)).properties(
            title=alt.Title(panel, limit=limit)
        )
        for panel in panels
    ]
    return room.concat(parts).resolve_scale(y="shared", color="shared")


def rebin(layer: dict[str, Any], low: float, high: float, bins: int) -> list[float]:
    """A histogram's counts as shares of the whole in `bins` common bins from low to high."""
    total = sum(layer["counts"]) or 1
    shares = [0.0] * bins
    width = (layer["high"] - layer["low"]) / len(layer["counts"])
    for i, count in enumerate(layer["counts"]):
        middle = layer["low"] + (i + 0.5) * width
        shares[min(max(int((middle - low) / (high - low) * bins), 0), bins - 1)] += count / total
    return shares


def evolution_figure(curve: Curve, what: str, bins: int = 32, chosen: int = 0) -> Figure:
    """How each layer's distribution moves over the epochs: epoch across, value up, share of the
    values as colour.

    Args:
        what: "weights" or "activations".
        chosen: epoch to be marked; 0 for none.
    """
    epochs = sorted(curve.layers)
    names = [layer["name"] for layer in curve.layers[epochs[0]]] if epochs else []
    groups = []
    for position_, name in enumerate(names):
        all_of = [(e, curve.layers[e][position_][what]) for e in epochs]
        known = [(e, h) for e, h in all_of if h["counts"]]
        if not known:
            continue
        low, high = min(h["low"] for _, h in known), max(h["high"] for _, h in known)
        high = high if high > low else low + 1e-6
        edges = [low + (high - low) * i / bins for i in range(bins + 1)]
        for e, h in known:
            shares = rebin(h, low, high, bins)
            keep = [i for i, s in enumerate(shares) if s > 0]
            groups.append(
                {
                    "layer": f"Layer {name}",
                    "epoch": e,
                    "y": [edges[i] for i in keep],
                    "y2": [edges[i + 1] for i in keep],
                    "share": [100 * shares[i] for i in keep],
                }
            )

    room = panel_room(len(names), 190, 190, left=58, gap=62, right=84, row_gap=70, least=130)

    def build() -> alt.TopLevelMixin:
        chart = (
            alt.Chart(alt.NamedData("evolution"))
            .transform_calculate(x="datum.epoch - 0.5", x2="datum.epoch + 0.5")
            .mark_rect(clip=True)
            .encode(
                x=alt.X(
                    "x:Q",
                    scale=alt.Scale(nice=False, zero=False),
                    axis=alt.Axis(title="epoch", grid=False, tickMinStep=1, format="d"),
                ),
                x2="x2:Q",
                y=alt.Y(
                    "y:Q",
                    scale=alt.Scale(nice=False, zero=False),
                    axis=alt.Axis(title="value", grid=False, tickCount=5, **_ROOM),
                ),
                y2="y2:Q",
                color=alt.Color(
                    "share:Q",
                    scale=alt.Scale(scheme=theme.SEQUENTIAL, type="sqrt"),
                    legend=alt.Legend(title="% of values", orient="right"),
                ),
                tooltip=[
                    alt.Tooltip("epoch:Q"),
                    alt.Tooltip("y:Q", title="from", format=".3~g"),
                    alt.Tooltip("y2:Q", title="to", format=".3~g"),
                    alt.Tooltip("share:Q", title="% of values", format=".2~f"),
                ],
            )
        )
        panels = [f"Layer {name}" for name in names]
        return _side_by_side(chart, "layer", panels, room).resolve_scale(
            y="independent", color="shared"
        )

    return Figure(
        ("training-evolution", what, tuple(names)),
        build,
        {"evolution": series(groups)},
        alt=f"Distribution of the {what} of each layer over {len(epochs)} epochs of {curve.label}.",
        name=f"training_{what}_over_epochs",
        room=room,
        table=lambda: tables.distributions(curve, epochs, [what]),
    )


def histogram_figure(curve: Curve, epoch: int) -> Figure:
    """Weights and activations of every layer after one epoch, as histograms in a grid."""
    layers = curve.layers.get(epoch, [])
    panels = [
        {
            "what": what,
            "layer": f"Layer {layer['name']}",
            "edges": (layer[what]["low"], layer[what]["high"]),
            "counts": layer[what]["counts"],
        }
        for what in ("weights", "activations")
        for layer in layers
        if layer[what]["counts"]
    ]

    names = [layer["name"] for layer in layers]
    shown = {"weights": theme.WEIGHTS, "activations": theme.ACTIVATIONS}
    room = Room(
        190, 110, columns=max(1, len(names)), rows=2, left=56, top=24, bottom=26, gap=44,
        row_gap=40, least=86,
    )  # fmt: skip

    def build() -> alt.TopLevelMixin:
        return room.concat(
            [
                _histogram_panel(what, name, color, first=i == 0)
                for what, color in shown.items()
                for i, name in enumerate(names or [""])
            ]
        ).resolve_scale(x="independent", y="independent")

    return Figure(
        ("training-histograms", tuple(names)),
        build,
        {"histograms": histograms(panels)},
        alt=f"Histograms of weights and activations of {curve.label} after epoch {epoch}.",
        name="training_histograms",
        room=room,
        table=lambda: tables.distributions(curve, [epoch], ["weights", "activations"]),
    )


def _histogram_panel(what: str, layer: str, color: str, *, first: bool) -> alt.Chart:
    """Weights or activations of one layer; the first column says which."""
    axis = {"tickCount": 3, "labelFlush": True, "labelBound": 12}
    x = alt.X(
        "x:Q",
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(title=None, grid=False, format="~g", **axis),
    )
    title = what.capitalize() if first else None
    y = alt.Y("y:Q", axis=alt.Axis(title=title, tickCount=3, format="~s", **_ROOM))
    mine = f"datum.what == '{what}' && datum.layer == 'Layer {layer}'"
    head = alt.Title(f"Layer {layer}" if what == "weights" and layer else "", offset=4)
    panel = step_area("histograms", color, x=x, y=y)
    return panel.transform_filter(mine).properties(title=head)


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
    stand_ins = [Line(label, optimizer, (), History("/nonexistent")) for label, optimizer in racers]
    rates = [r for _, o in racers for r in OPTIMIZERS[o].extra["lr_grid"]]
    panels = list(initializers.values())
    room = panel_room(
        len(panels),
        420,
        270,
        left=58,
        gap=62,
        least=200,
        entries=len(racers),
        entry_width=entry_width([r[0] for r in racers]),
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
        line = base.mark_line(strokeWidth=1.8)
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
        name="learning_rate_sensitivity",
        room=room,
        table=lambda: tables.rates(search, racers, initializers),
    )


CONFUSION_ROOM = Room(
    380, 380, left=110, right=96, top=12, bottom=110, least=250, most=560
)  # fmt: skip


def confusion_figure(
    confusion: Sequence[Sequence[int]], classes: Sequence[str], who: str
) -> Figure:
    """Confusion matrix: true class down, predicted class across, share of the true class as
    colour and number."""
    totals = [sum(row) or 1 for row in confusion]
    groups = [
        {
            "true": classes[i],
            "predicted": list(classes),
            "share": [100 * v / totals[i] for v in row],
            "count": list(row),
            "text": [number(100 * v / totals[i], 2) if v else "" for v in row],
        }
        for i, row in enumerate(confusion)
    ]
    order = list(classes)

    def build() -> alt.TopLevelMixin:
        base = alt.Chart(alt.NamedData("confusion")).encode(
            x=alt.X(
                "predicted:N",
                sort=order,
                axis=alt.Axis(
                    title="predicted class",
                    labelAngle=-45,
                    labelOverlap=False,
                    domain=False,
                    ticks=False,
                ),
            ),
            y=alt.Y(
                "true:N", sort=order, axis=alt.Axis(title="true class", domain=False, ticks=False)
            ),
        )
        cells = base.mark_rect().encode(
            color=alt.Color(
                "share:Q",
                scale=alt.Scale(scheme=theme.SEQUENTIAL, domain=[0, 100]),
                legend=alt.Legend(title="% of class"),
            ),
            tooltip=[
                alt.Tooltip("true:N", title="true class"),
                alt.Tooltip("predicted:N", title="predicted"),
                alt.Tooltip("count:Q", title="images"),
                alt.Tooltip("share:Q", title="% of the class", format=".1f"),
            ],
        )
        text = base.mark_text(fontSize=11).encode(
            text="text:N",
            color=alt.condition("datum.share > 55", alt.value("#111111"), alt.value("#FFFFFF")),
        )
        return alt.layer(cells, text).properties(
            width=CONFUSION_ROOM.width, height=CONFUSION_ROOM.height
        )

    return Figure(
        ("training-confusion", tuple(classes)),
        build,
        {"confusion": series(groups)},
        alt=f"Confusion matrix of {who} on the test images, in % of each true class.",
        name="confusion_matrix",
        room=CONFUSION_ROOM,
        table=lambda: tables.confusions({who: confusion}, classes),
    )


def classes_figure(
    confusions: dict[str, tuple[str, Sequence[Sequence[int]]]], classes: Sequence[str]
) -> Figure:
    """Test accuracy of each class, a point for each racer.

    Args:
        confusions: label -> (optimizer, confusion matrix).
    """
    groups = [
        {
            "label": label,
            "class": list(classes),
            "y": [100 * row[i] / (sum(row) or 1) for i, row in enumerate(confusion)],
        }
        for label, (_, confusion) in confusions.items()
    ]
    stand_ins = [
        Line(label, optimizer, (), History("/nonexistent"))
        for label, (optimizer, _) in confusions.items()
    ]
    shapes = [theme.optimizer_style(line.optimizer)[2] for line in stand_ins]
    room = Room(
        380, 380, left=88, right=18, top=12, bottom=42, least=180, entries=len(stand_ins),
        entry_width=entry_width([line.label for line in stand_ins]),
    )  # fmt: skip

    def build() -> alt.TopLevelMixin:
        labels = [line.label for line in stand_ins]
        return (
            alt.Chart(alt.NamedData("classes"))
            .mark_point(filled=True, size=80, opacity=0.85)
            .encode(
                x=alt.X(
                    "y:Q",
                    scale=alt.Scale(zero=False, nice=True),
                    axis=alt.Axis(title="test accuracy in %"),
                ),
                y=alt.Y("class:N", sort=list(classes), axis=alt.Axis(title=None, grid=True)),
                color=_colors(stand_ins, room),
                shape=alt.Shape(
                    "label:N", scale=alt.Scale(domain=labels, range=shapes), legend=None
                ),
                tooltip=["label:N", "class:N", alt.Tooltip("y:Q", format=".1f")],
            )
            .properties(width=room.width, height=room.height)
        )

    return Figure(
        ("training-classes", tuple((line.label, line.optimizer) for line in stand_ins)),
        build,
        {"classes": series(groups)},
        alt="Test accuracy of each class, a mark for each optimizer.",
        name="class_accuracy",
        room=room,
        table=lambda: tables.class_accuracies(
            {label: confusion for label, (_, confusion) in confusions.items()}, classes
        ),
    )
