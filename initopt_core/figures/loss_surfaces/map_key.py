"""What the colours of basin maps mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.images import data_url, png
from initopt_core.wording import count, number

from .minima import STEEP

PATCHES = 12
"""More minima than these are named by a ramp of colours, not one by one."""
MOST_TICKS = 7
IN_COLUMN = 3
"""Patches below one another beside a bar."""
_BAR = 280, 14
"""Pixels of a bar of colours."""
DARKEST = 0.72
"""Share of its light that the colour of a start loses which took all updates."""


@dataclass(frozen=True)
class MapScale:
    """What the colours of a map without minima mean.

    Attributes:
        title: of the quantity.
        low, high: its values at the first colour and at the last.
        log: whether colours go by its logarithm.
        color: "log" lets the lowest ten-thousandth of a linear range show, as on the page.
    """

    title: str
    low: float
    high: float
    log: bool
    color: str = "linear"

    def unit(self, values: np.ndarray) -> np.ndarray:
        """Values as 0 to 1 along the colours; what is not finite is 1."""
        values = np.where(np.isfinite(values), values, self.high).astype(float)
        if self.log:
            span = np.log(self.high / self.low) or 1.0
            return np.clip(np.log(np.maximum(values, self.low) / self.low) / span, 0, 1)
        u = np.clip((values - self.low) / (self.high - self.low), 0, 1)
        return np.log1p(STEEP * u) / np.log1p(STEEP) if self.color == "log" else u

    def value(self, unit: np.ndarray) -> np.ndarray:
        """The values of `unit`, 0 to 1 along the colours."""
        if self.log:
            return self.low * (self.high / self.low) ** unit
        part = np.expm1(unit * np.log1p(STEEP)) / STEEP if self.color == "log" else unit
        return self.low + (self.high - self.low) * part

    def ends(self) -> tuple[str, str]:
        """The values at both ends of the colours, in words."""
        lower = " or less" if self.log else ""
        return number(self.low) + lower, number(self.high)

    @property
    def heading(self) -> str:
        """What the colours are, and how they go."""
        return self.title + (", log scale" if self.log or self.color == "log" else "")

    def ticks(self) -> list[tuple[float, str]]:
        """Places between the ends, 0 to 1 along the colours, and their values in words: powers of
        ten where the colours go by them."""
        if self.log and self.high >= 100 * self.low:
            low, high = np.log10([self.low, self.high])
            powers = range(math.ceil(low), math.floor(high) + 1)
            step = math.ceil(len(powers) / MOST_TICKS)
            values = [10.0**p for p in powers if p % step == 0]
            places = [(math.log10(v) - low) / (high - low) for v in values]
        else:
            places = [0.25, 0.5, 0.75]
            values = self.value(np.array(places)).tolist()
        return [
            (float(u), number(v))
            for u, v in zip(places, values, strict=True)
            if 0.015 <= u <= 0.985  # the ends have words of their own
        ]

    def colors(self, n: int) -> list[str]:
        """`n` of its colours, evenly spaced, as #rrggbb."""
        return theme.shades(n)

    def message(self) -> dict[str, str | list[float]]:
        """For `assets/web/basin_map/basin_map.js`: the value of each of the 256 shades."""
        values = self.value(np.arange(256) / 255)
        return {"title": self.title, "values": [float(f"{v:.3g}") for v in values]}


def caption(surface: str, scale: MapScale | None) -> str:
    """What maps show on the surface of this label: basins only where minima are known."""
    if scale is None:
        return f"Basins of attraction on {surface}."
    return f"What becomes of every start on {surface}: {scale.title}."


@dataclass(frozen=True)
class MapKey:
    """The legend of maps of basins: a scale, or a colour and a loss for each minimum.

    Attributes:
        updates: of each start; a minimum's colour is the darker the more of them it took.
    """

    scale: MapScale | None
    colors: tuple[str, ...]
    losses: tuple[float, ...]
    updates: int = 0

    def chart(
        self, minima: Sequence[tuple[float, float]], columns: int
    ) -> alt.Chart | alt.VConcatChart:
        """A bar of colours with its values, or a patch with words for each minimum and a bar of
        what their darkness means.

        Args:
            columns: of patches.
        """
        if self.scale is not None:
            low, high = self.scale.ends()
            title = [f"{self.scale.heading}:", f"{low} to {high}; hatched: diverged"]
            ticks = [(64 * u, text) for u, text in self.scale.ticks()]
            return _bar(self.scale.colors(64), title, ticks)
        names = numbered(minima, self.losses)
        others = [("no minimum reached", "#BBBBBB"), ("diverged (hatched)", "#1E1E1E")]
        ends = [*zip(names, self.colors, strict=True), *others]
        charts: list[alt.Chart | alt.ConcatChart] = []
        crowd = len(names) > PATCHES
        if crowd:
            order = downwards(self.losses)
            ramp = [self.colors[k] for k in order]
            first, last = (at_minimum(self.losses[k]) for k in (order[0], order[-1]))
            title = CROWD.format(len(names))
            charts.append(_bar(ramp, title, [(0, first), (len(ramp), last)]))
            ends = others
        wide = columns > 2
        # The legend stands above all; a bar's title is not counted as part of it.
        offset = 14 if crowd and not wide else 0
        most = -(-len(ends) // IN_COLUMN) if wide else columns
        charts.append(_patches(ends, most, "colour: where a start ends (star)", offset, wide))
        if self.updates:
            parts = np.linspace(0, 1, 64)
            dark = [_darker(self.colors[0] if self.colors else "#BBBBBB", p) for p in parts]
            steps = [(64 * p, count(round(p * self.updates))) for p in (0, 0.5, 1)]
            bar = _bar(dark, "darkness: updates until a start arrives", steps)
            if wide:  # what stands below one another leaves less room to the maps
                both = alt.concat(bar, charts.pop(), columns=2, spacing=40)
                charts.append(both.resolve_scale(color="independent", shape="independent"))
            else:
                charts.append(bar)
        return alt.vconcat(*charts, spacing=12)


CROWD = "{} minima, each in a colour by its loss"
"""What a key says of so many minima that they are not named one by one."""


def downwards(losses: Sequence[float]) -> list[int]:
    """The minima from the highest loss down, by their places in `losses`."""
    return sorted(range(len(losses)), key=lambda k: -losses[k])


def is_numbered(minima: Sequence[tuple[float, ...]]) -> bool:
    """Whether numbers stand beside the stars: not where one is all, or where they are a crowd."""
    return 1 < len(minima) <= PATCHES


def numbered(minima: Sequence[tuple[float, ...]], losses: Sequence[float]) -> list[str]:
    """The entry of each minimum in a key, with the number that stands beside its star: colours
    alone are not told apart by everybody, nor in a grey print."""
    several = is_numbered(minima)
    return [
        f"{f'{n}: ' if several else ''}({number(x)}, {number(y)}), loss {at_minimum(z)}"
        for n, ((x, y), z) in enumerate(zip(minima, losses, strict=True), 1)
    ]


def at_minimum(loss: float) -> str:
    """The loss of a minimum in words: what rounding has left of zero is zero."""
    return number(0.0 if abs(loss) < 1e-12 else loss)


def _darker(color: str, part: float) -> str:
    """The colour of a start that took `part` of all updates."""
    return theme.mixed(color, "#000000", DARKEST * part)


def _bar(
    colors: Sequence[str], title: str | list[str], ticks: Sequence[tuple[float, str]]
) -> alt.Chart:
    """Colours side by side with words at some places, counted in colours."""
    inks = np.array([[theme.rgb(c) for c in colors]], np.uint8)
    url = data_url(png(inks.repeat(4, axis=0).repeat(4, axis=1)))
    x = alt.Scale(domain=[0, len(colors)], nice=False, zero=False)
    return (
        alt.Chart(alt.Data(values=[{"url": url, "middle": len(colors) / 2}]))
        .mark_image(width=_BAR[0], height=_BAR[1], aspect=False)
        .encode(
            x=alt.X("middle:Q", scale=x, axis=_between(ticks)),
            y=alt.value(_BAR[1] / 2),
            url="url:N",
        )
        .properties(
            width=_BAR[0],
            height=_BAR[1],
            title=alt.TitleParams(
                title, anchor="start", fontSize=theme.sized(11), fontWeight="normal"
            ),
        )
    )


def _patches(
    ends: Sequence[tuple[str, str]], columns: int, title: str, offset: int, beside: bool
) -> alt.Chart:
    """A legend of (words, colour): where a start ends.

    Args:
        offset: pixels from it to all else.
        beside: whether it stands beside a bar, whose upper edge is on its own; else above all.
    """
    texts = [text for text, _ in ends]
    # Not as #rrggbb: whoever prints a figure takes those for series that may be of any grey.
    colors = [f"rgb{theme.rgb(c)}" for _, c in ends]
    legend = alt.Legend(
        title=title,
        orient="bottom" if beside else "top",
        direction="horizontal",
        columns=columns,
        symbolStrokeWidth=0,
        symbolOpacity=1,
        labelLimit=0,
        titleLimit=0,
        offset=offset,
        symbolSize=alt.ExprRef(f"100 * {theme.TYPE} * {theme.TYPE}"),
    )
    return (
        alt.Chart(alt.Data(values=[{"end": text} for text in texts]))
        .mark_point(opacity=0, filled=True)
        .encode(
            color=alt.Color(
                "end:N",
                scale=alt.Scale(domain=texts, range=colors),
                legend=legend,
                sort=texts,
            ),
            shape=alt.Shape(
                "end:N",
                scale=alt.Scale(
                    domain=texts, range=[_HATCHED if "hatched" in t else "square" for t in texts]
                ),
                legend=legend,
                sort=texts,
            ),
        )
        .properties(width=_BAR[0], height=1)
    )


def _hatched(bands: Sequence[tuple[float, float]]) -> str:
    """A square of side 2 in bands that fall to the right, as an SVG path.

    Args:
        bands: differences of y and x, from -2 to 2, between which each lies.
    """
    out = ""
    for low, high in bands:
        (a, b), (c, d) = ((max(-1.0, v - 1), min(1.0, v + 1)) for v in (low, high))
        corners = [(a, b), (b, a), *([(1.0, -1.0)] if low < 0 < high else []), (d, c), (c, d)]
        corners += [(-1.0, 1.0)] if low < 0 < high else []
        out += "M" + "L".join(f"{-x:.2f},{y:.2f}" for x, y in corners) + "Z"
    return out


_HATCHED = _hatched([(-2.0, -1.3), (-0.9, -0.1), (0.3, 1.1), (1.5, 2.0)])


def _between(ticks: Sequence[tuple[float, str]]) -> alt.Axis | None:
    """An axis with these words at these places."""
    if not ticks:
        return None
    words = " : ".join(f"abs(datum.value - {at}) < 1e-6 ? '{text}'" for at, text in ticks)
    values = [at for at, _ in ticks]
    return alt.Axis(title=None, values=values, labelExpr=f"{words} : ''", domain=False, grid=False)
