"""Accuracy of every racer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.wording import count, number, percent

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
    _over_seeds,
    _whole_epochs,
    _x,
    binned,
    curve_room,
    end_of,
    position,
    smooth,
)


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
        if any(c.hits for c in line.trials):
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
        dash = _dashes(found, room)

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
        val = of("validation").mark_line(strokeWidth=2, clip=True).encode(**look, strokeDash=dash)
        # Not clipped: the last one lies on the plot's edge, and none beyond.
        dots = of("validation").mark_point(size=28, filled=True, opacity=1).encode(**look)
        return alt.layer(
            *_chance(), band, train, part, val, dots, _hidden(), _key_words("marks")
        ).properties(width=room.width, height=room.height)

    span = accuracy_span(found, [g["y"] for g in groups])
    below = any(np.nanmin(g["y"]) < span[0] for g in groups)
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
            "y_span": span,
            "marks": _accuracy_marks(found),
            "hidden": f"▾ below {number(span[0])} %: not drawn" if below else "",
        },
        name="training-accuracy",
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


def _chance() -> list[alt.Chart]:
    """Where guessing among ten classes lies, as a line with words, if the axis goes there."""
    there = alt.Chart(alt.Data(values=[{"y": 10}])).encode(y="y:Q")
    seen = alt.ExprRef("y_span[0] < 10 ? 0.8 : 0")
    words = {"align": "right", "baseline": "bottom", "dy": -3, "fontSize": theme.sized(11)}
    return [
        there.mark_rule(strokeDash=[2, 3], color=theme.INK, opacity=seen, clip=True),
        there.mark_text(text="chance, 10 %", opacity=seen, clip=True, **words).encode(
            x=alt.value(alt.ExprRef("plot_width"))
        ),
    ]


def _hidden() -> alt.Chart:
    """In the corner where curves have left the bottom long ago: what the axis leaves out."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=alt.ExprRef("hidden"),
        align="right",
        baseline="bottom",
        fontSize=theme.sized(11),
    )
    return mark.encode(
        x=alt.value(alt.ExprRef("plot_width - 4")), y=alt.value(alt.ExprRef("plot_height - 4"))
    )


def _accuracy_marks(found: Sequence[Line]) -> str:
    """What the marks of the accuracy figure are."""
    part = max((line.history.check_images for line in found), default=0)
    batches = any(c.hits for line in found for c in line.trials)
    said = ["● validation"]
    said += [f"○ on {count(part)} of its images"] if part else []
    said += [f"pale: training{' batches' if batches else ', whole epochs'}"] if found else []
    return " · ".join(said)


MOST_BELOW = 0.15
"""Share of a curve's points that the accuracy axis may leave below itself."""


def accuracy_span(found: Sequence[Line], drawn: Sequence[Sequence[float]] = ()) -> list[float]:
    """The accuracy axis, in %: 0 to 100 from the start, and from the first whole epoch on the
    part above the ten below the worst whole epoch, where all that follows takes place; down to 0
    where that is chance, whose line is then drawn.

    Args:
        drawn: the curves, in %. Of a short race they are mostly the way up: the axis begins lower
            where more than MOST_BELOW of a curve would be missing.
    """
    curves = [c for line in found for c in line.trials]
    whole = [v for c in curves for v in (*c.val, *(() if c.hits else c.train)) if v is not None]
    if not whole:
        return [0, 100]
    low = min(10 * math.floor(10 * min(whole) - 0.05), 90)
    for curve in drawn:
        low = min(low, 10 * math.floor(float(np.nanquantile(curve, MOST_BELOW)) / 10))
    return [low if low > 10 else 0, 100]


def _checks(line: Line, axis: str) -> dict[str, list[float]]:
    """Accuracy on the fixed part of the validation images, in %; a long run's are thinned."""
    longest = max((c.checks for c in line.trials), key=len, default=[])
    every = max(1, math.ceil(len(longest) / CHECK_POINTS))
    rows = [[100 * share for _, share in c.checks[::every]] for c in line.trials]
    return _over_seeds(line, rows, [step for step, _ in longest[::every]], axis)


def _running(line: Line, axis: str, smoothing: float) -> tuple[dict, tables.Smoothed]:
    """Accuracy on the training batches, in %, smoothed, the mean of the seeds."""
    size = line.history.batch
    bins = [binned(np.asarray(c.hits) * 100 / size, RUNNING_POINTS) for c in line.trials if c.hits]
    length = min(len(b[0]) for b in bins)
    ends = bins[0][0][:length]
    y = np.stack([smooth(b[1][:length], smoothing) for b in bins]).mean(0)
    x = [position(line, line.trials[0], e, axis) for e in ends]
    return {"x": x, "y": y}, tables.Smoothed(ends, y, _how(ends, smoothing, len(bins)))
