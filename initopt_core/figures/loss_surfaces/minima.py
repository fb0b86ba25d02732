"""A sharp and a flat minimum."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.room import Room, legend_size
from initopt_core.loss_surfaces.flatness import RANGE, TwoMinima, price
from initopt_core.wording import number

STEEP = 1e4
"""Log colours: the lowest ten-thousandth of the range gets the first colour, as on the page."""


DASHED = 360
"""Area of a legend's stroke that is long enough to show its dashes, in pixels."""


def two_minima(curve: TwoMinima, shift: float) -> Figure:
    """A training loss with a sharp and a flat minimum, and the test loss moved sideways."""
    kinds = ["training loss", f"test loss, shifted by {number(shift)}"]
    w = np.linspace(*RANGE, 601)
    room = Room(
        620, 320, left=50, right=18, top=12, bottom=42, least=200, **legend_size(kinds, 260)
    )

    def build() -> alt.TopLevelMixin:
        legend = room.legend(symbolType="stroke", symbolSize=DASHED, symbolStrokeWidth=3)
        color = alt.Color(
            "curve:N",
            scale=alt.Scale(domain=kinds, range=[theme.WEIGHTS, theme.GRADIENTS]),
            title=None,
            legend=legend,
        )
        across = alt.Scale(domain=list(RANGE), nice=False)
        x = alt.X("w:Q", title="weight w", scale=across, axis=alt.Axis(labelOverlap="parity"))
        lines = alt.Chart(alt.NamedData("curves")).encode(x, alt.Y("loss:Q", title="loss"))
        dash = alt.StrokeDash(
            "curve:N",
            scale=alt.Scale(domain=kinds, range=[[1, 0], [7, 4]]),
            title=None,
            legend=legend,
        )
        prices = alt.Chart(alt.NamedData("minima")).encode(x)
        gap = prices.mark_rule(color=theme.INK, strokeWidth=1.5).encode(y="training:Q", y2="test:Q")
        # In their curve's colour by its scale: in print both are others.
        ends = [
            prices.transform_calculate(curve=f"'{kind}'")
            .mark_point(filled=True, size=78, opacity=1, stroke=theme.PAPER, strokeWidth=1.5)
            .encode(y=f"{end}:Q", color=color)
            for end, kind in zip(("training", "test"), kinds, strict=True)
        ]
        told = prices.mark_text(
            baseline="top", dy=theme.sized(9), fontSize=theme.sized(12), color=theme.INK
        ).encode(y="training:Q", text="pays_words:N")
        curves = lines.mark_line().encode(color=color, strokeDash=dash)
        return alt.layer(curves, gap, *ends, told).properties(width=room.width, height=room.height)

    paid = [price(curve, which, shift) for which in ("flat", "sharp")]
    return Figure(
        ("two-minima", tuple(kinds)),
        build,
        {
            "curves": series(
                [
                    {"curve": kinds[0], "w": w, "loss": curve.loss(w)},
                    {"curve": kinds[1], "w": w, "loss": curve.loss(w - shift)},
                ],
                digits=7,
            ),
            "minima": series(
                [
                    {
                        "minimum": p.which,
                        "w": p.weight,
                        "training": p.train,
                        "test": p.test,
                        "pays": p.gap,
                        "pays_words": f"{p.which}: pays {number(p.gap)}",
                        "curvature": p.curvature,
                        "predicted": p.predicted,
                    }
                    for p in paid
                ],
                digits=7,
            ),
        },
        alt="Training loss with a sharp and a flat minimum, and the same curve shifted as test "
        "loss. What a minimum pays is its test loss minus its training loss: "
        + ", ".join(f"{p.which} {number(p.gap)}" for p in paid)
        + ".",
        name="sharp-and-flat",
        room=room,
        table=lambda: _two_minima_rows(curve, shift, w, paid),
    )


def _two_minima_rows(curve: TwoMinima, shift: float, w: np.ndarray, paid) -> Iterator[dict]:
    """Both curves, then what each minimum pays for the shift."""
    for at, train, test in zip(w, curve.loss(w), curve.loss(w - shift), strict=True):
        yield {
            "point": "curve",
            "weight w (no unit)": float(at),
            "training loss (no unit)": float(train),
            "test loss (no unit)": float(test),
        }
    for p in paid:
        yield {
            "point": f"{p.which} minimum",
            "weight w (no unit)": p.weight,
            "training loss (no unit)": p.train,
            "test loss (no unit)": p.test,
            "curvature (loss / weight squared)": p.curvature,
            "test loss above training loss": p.gap,
            "the same, predicted from the curvature": p.predicted,
        }
