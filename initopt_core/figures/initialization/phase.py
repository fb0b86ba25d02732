"""The phase map of mean-field theory."""

from __future__ import annotations

import math
from dataclasses import replace

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, columns, series
from initopt_core.figures.images import png_url
from initopt_core.figures.room import HEIGHT, WIDTH, Room
from initopt_core.initialization.observation import Observation
from initopt_core.initialization.phase import places
from initopt_core.initialization.theory import PhaseMap

from . import tables

# --- the phase map ------------------------------------------------------------------------------

DEEPEST = 100.0
"""Depth scales beyond this many layers get the brightest colour."""
PHASE_ROOM = Room(520, 300, left=56, right=18, top=52, bottom=42, least=180, most=720)
"""Its legend lies above the map, which so has the width, of a phone, too."""


_KEY, _LINE = 46, 15
"""Pixels from the map to its key, and height of a line of that."""


def phase(
    phases: PhaseMap, observation: Observation | None = None, *, by_itself: bool = False
) -> Figure:
    """The (sigma_w, sigma_b) plane: how many layers a gradient crosses before it has changed by a
    factor e, 1 / |ln chi|, as colour; the critical line; one dot for each hidden layer.

    Args:
        by_itself: with what the page says beside it of line and dots.
    """
    with np.errstate(divide="ignore"):
        layers = 1 / np.abs(np.log(np.maximum(phases.chi, 1e-300)))
    share = np.log10(np.clip(layers, 1, DEEPEST)) / math.log10(DEEPEST)
    url = png_url(theme.viridis(share)[::-1], quick=True)
    w, b = phases.sigma_w, phases.sigma_b
    dots = dict.fromkeys(
        (p.sigma_w, p.sigma_b)
        for p in (places(observation) if observation else ())
        if w[0] <= p.sigma_w <= w[-1] and b[0] <= p.sigma_b <= b[-1]
    )
    points = [{"x": x, "y": y, "size": 160 if len(dots) == 1 else 70} for x, y in dots]
    ok = ~np.isnan(phases.critical)
    data = {
        "map": columns(url=[url], x=float(w[0]), x2=float(w[-1]), y=float(b[0]), y2=float(b[-1])),
        "line": columns(x=phases.critical[ok], y=b[ok]),
        "dots": series(points),
        "words": _phase_words(phases),
    }

    def build():
        x = alt.X(
            "x:Q",
            scale=alt.Scale(domain=[float(w[0]), float(w[-1])], nice=False, zero=False),
            axis=alt.Axis(  # `_across` is seen in place of the title, which the cross's words say
                title=tables.WEIGHTS_SPREAD,
                titleOpacity=0,
                grid=False,
                tickCount=theme.numbers(WIDTH, 70),
            ),
        )
        y = alt.Y(
            "y:Q",
            scale=alt.Scale(domain=[float(b[0]), float(b[-1])], nice=False),
            axis=alt.Axis(
                title=tables.BIASES_SPREAD, grid=False, tickCount=theme.numbers(HEIGHT, 45)
            ),
        )
        image = (
            alt.Chart(alt.NamedData("map"))
            .mark_image(aspect=False)
            .encode(url="url:N", x=x, x2="x2:Q", y=y, y2="y2:Q")
        )
        curve = alt.Chart(alt.NamedData("line")).encode(x=x, y=y, order="y:Q")
        # Yellow lies on both sides of it.
        under = curve.mark_line(color="#222", strokeWidth=theme.sized(3.4), clip=True)
        line = curve.mark_line(color="white", strokeWidth=theme.sized(1.8), clip=True)
        words = (
            alt.Chart(alt.NamedData("words"))
            .mark_text(
                color="white",
                fontSize=theme.sized(13),
                fontWeight="bold",
                clip=True,
                opacity=alt.ExprRef(
                    "plot_width < 320 * type_scale ? 0 : 1"
                ),  # no room for them on a phone
            )
            .encode(x=x, y=y, text="text:N")
        )
        # Not clipped: networks without biases lie on the map's lower edge, and none beyond.
        dots = (
            alt.Chart(alt.NamedData("dots"))
            .mark_point(filled=True, fill="#EE6677", stroke="white", strokeWidth=2, opacity=1)
            .encode(x=x, y=y, size=alt.Size("size:Q", scale=None))
        )
        key = (
            alt.Chart(alt.NamedData("map"))
            .transform_calculate(depth="1")
            .mark_point(opacity=0)
            .encode(
                color=alt.Color(
                    "depth:Q",
                    scale=alt.Scale(scheme=theme.SEQUENTIAL, type="log", domain=[1, DEEPEST]),
                    legend=alt.Legend(
                        title="layers, log scale",
                        orient="none",
                        direction="horizontal",
                        legendX=0,
                        legendY=theme.sized(2 - PHASE_ROOM.top),
                        values=[1, 3, 10, 30, 100],
                        format="d",
                        gradientLength=alt.ExprRef("plot_width"),
                        gradientThickness=theme.sized(9),
                    ),
                )
            )
        )
        layers = [image, under, line, words, dots, key, _across()]
        layers += [_key(told)] if by_itself else []
        return alt.layer(*layers).properties(width=PHASE_ROOM.width, height=PHASE_ROOM.height)

    told = ["White line: critical, where gradients keep their size."]
    if len(dots) == 1:
        told.append("Round dot with a white edge: where the hidden layers of this network are.")
    elif dots:
        told.append("Round dots with white edges: where the hidden layers of this network are.")
    room = PHASE_ROOM
    if by_itself:
        room = replace(room, bottom=_KEY + _LINE * len(told))

    return Figure(
        (
            "init-phase",
            float(w[0]),
            float(w[-1]),
            float(b[0]),
            float(b[-1]),
            *(told if by_itself else ()),
        ),
        build,
        data,
        alt="Phase map: layers that a gradient crosses over weights' and biases' spread, critical "
        "line in white",
        name="initialization-phase-map",
        room=room,
        keys=(0.05, 0.05),
        table=lambda: tables.phase(phases),
        alone=None if by_itself else lambda: phase(phases, observation, by_itself=True),
    )


_TITLE = 200
"""Width of the title below the map, in pixels."""


def _across() -> alt.Chart:
    """The title below the map, of a narrow one without its formula."""
    short = tables.WEIGHTS_SPREAD.partition(" = ")[0]
    fits = f"plot_width > {_TITLE} * {theme.TYPE}"
    text = alt.ExprRef(f'{fits} ? "{tables.WEIGHTS_SPREAD}" : "{short}"')
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, align="center", baseline="top", fontSize=theme.sized(12), color=theme.INK
    )
    middle = alt.XValue(alt.ExprRef("plot_width / 2"))
    return mark.encode(x=middle, y=alt.YValue(alt.ExprRef(f"plot_height + 24 * {theme.TYPE}")))


def _key(told: list[str]) -> alt.Chart:
    """Lines below the map."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=told, align="left", baseline="top", lineHeight=theme.sized(_LINE), color=theme.INK
    )
    down = alt.ExprRef(f"plot_height + {_KEY - 6} * {theme.TYPE}")
    return mark.encode(x=alt.value(0), y=alt.YValue(down))


def _phase_words(phases: PhaseMap) -> dict:
    """Names of the two sides, where there is room for them."""
    words = []
    middle = len(phases.sigma_b) * 2 // 3
    row, w = phases.chi[middle], phases.sigma_w
    for name, inside in (("gradients vanish", row < 1), ("gradients explode", row > 1)):
        if inside.sum() > len(w) // 6:
            words.append(
                {
                    "x": float(w[inside].mean()),
                    "y": float(phases.sigma_b[middle]),
                    "text": name,
                }
            )
    return series(words)
