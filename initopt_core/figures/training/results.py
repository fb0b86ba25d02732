"""What the trained networks take for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.room import Room, legend_size
from initopt_core.training.history import History
from initopt_core.wording import number

from . import tables
from .lines import Line, _colors

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
        text = base.mark_text(fontSize=theme.sized(11)).encode(
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
        name="confusion-matrix",
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
        Line(label, optimizer, (), History(Path("/nonexistent")))
        for label, (optimizer, _) in confusions.items()
    ]
    shapes = [theme.optimizer_style(line.optimizer)[2] for line in stand_ins]
    room = Room(
        380, 380, left=88, right=18, top=12, bottom=42, least=180,
        **legend_size([line.label for line in stand_ins]),
    )  # fmt: skip

    def build() -> alt.TopLevelMixin:
        labels = [line.label for line in stand_ins]
        mark = {"symbolOpacity": 1, "symbolSize": 80}
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
                # One below the other: none hides another that does as well.
                yOffset=alt.YOffset("label:N", scale=alt.Scale(domain=labels, paddingOuter=1)),
                color=_colors(stand_ins, room, mark),
                shape=alt.Shape(
                    "label:N",
                    scale=alt.Scale(domain=labels, range=shapes),
                    title=None,
                    legend=room.legend(**mark),  # one with that of the colours
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
        name="class-accuracy",
        room=room,
        table=lambda: tables.class_accuracies(
            {label: confusion for label, (_, confusion) in confusions.items()}, classes
        ),
    )
