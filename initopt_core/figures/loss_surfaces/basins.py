"""Basin maps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.images import png
from initopt_core.surfaces import Surface
from initopt_core.wording import number

from .minima import STEEP
from .paths import STAR
from .picture import _picture, _weight

PATCHES = 12
"""More minima than these are named by a ramp of colours, not one by one."""


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

    def colors(self, n: int) -> list[str]:
        """`n` of its colours, evenly spaced, as #rrggbb."""
        rgb = theme.viridis(np.linspace(0, 1, n))
        return ["#" + "".join(f"{round(v):02X}" for v in c) for c in rgb]

    def message(self) -> dict[str, str | list[float]]:
        """For `assets/web/basin_map/basin_map.js`: the value of each of the 256 shades."""
        values = self.value(np.arange(256) / 255)
        return {"title": self.title, "values": [float(f"{v:.3g}") for v in values]}


@dataclass(frozen=True)
class MapKey:
    """The legend of maps of basins: a scale, or a colour and a loss for each minimum."""

    scale: MapScale | None
    colors: tuple[str, ...]
    losses: tuple[float, ...]

    def chart(self, minima: Sequence[tuple[float, float]]) -> alt.Chart:
        """A bar of colours with its ends, or a patch with words for each minimum."""
        if self.scale is not None:
            rows = [{"at": k, "color": c} for k, c in enumerate(self.scale.colors(64))]
            low, high = self.scale.ends()
            title = f"{self.scale.title}: {low} (left) to {high} (right); hatched: diverged"
        else:
            rows = [{"at": k, "color": c} for k, c in enumerate((*self.colors, "#BBBBBB"))]
            names = [
                f"({number(x)}, {number(y)}) loss {number(z)}"
                for (x, y), z in zip(minima, self.losses, strict=True)
            ]
            many = len(names) > PATCHES
            told = f"{len(names)} minima, brighter the lower" if many else "; ".join(names)
            title = [
                f"colours from the left: {told}; grey: none reached",
                "darker: after more steps; hatched: diverged",
            ]
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_rect()
            .encode(
                x=alt.X("at:O", axis=None),
                color=alt.Color("color:N", scale=None),
            )
            .properties(
                width=300,
                height=14,
                title=alt.TitleParams(
                    title, anchor="start", fontSize=theme.sized(11), fontWeight="normal"
                ),
            )
        )


@dataclass(frozen=True)
class MapPicture:
    """A map of basins as the page colours it.

    Attributes:
        label: whose map it is, with its settings.
        pixels: [n, n, 3], 0 to 255, row i the i-th w2 from low to high.
        summary: what it shows, in a few words.
    """

    label: str
    pixels: np.ndarray
    summary: str


def basin_pixels(
    reached: np.ndarray, shade: np.ndarray, colors: Sequence[str], nowhere: int, gone: int
) -> np.ndarray:
    """Colours [n, n, 3] of a map, exactly as `assets/web/basin_map/basin_map.js` draws them.

    Args:
        reached: uint8 [n, n], index into `colors`, `nowhere` or `gone`.
        shade: uint8 [n, n]: where a minimum was reached, how late; without minima, the value.
        colors: one of each minimum; empty where there are none and viridis shows the shade.
    """
    part = shade[..., None] / 255
    if colors:
        ink = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colors], float)
        out = ink[np.minimum(reached, len(ink) - 1)] * (1 - 0.72 * part)
        out[reached == nowhere] = 187
    else:
        out = theme.viridis(shade / 255)
    j, i = np.indices(reached.shape)
    out[reached == gone] = 30
    out[(reached == gone) & ((i + j) % 4 == 0)] = 190
    return out


def basin_maps(
    surface: Surface,
    maps: Sequence[MapPicture],
    minima: Sequence[tuple[float, float]],
    ranges: tuple[float, float, float, float],
    key: MapKey,
) -> Figure:
    """Maps of basins side by side, at most four in a row, and below them what colours mean."""
    side = 300

    def build() -> alt.VConcatChart:
        charts = []
        for one in maps:
            stars = (
                alt.Chart(alt.NamedData("minima"))
                .mark_text(text="★", fontSize=theme.sized(17 if len(minima) < 13 else 8), **STAR)
                .encode(
                    alt.X("w1:Q", **_weight("w1 at the start", *ranges[:2])),
                    alt.Y("w2:Q", **_weight("w2 at the start", *ranges[2:])),
                )
            )
            title = alt.TitleParams(one.label, subtitle=one.summary)
            charts.append(
                (_picture(png(one.pixels[::-1]), side) + stars).properties(
                    width=side, height=side, title=title
                )
            )
        return alt.vconcat(alt.concat(*charts, columns=4), key.chart(minima))

    labels = [one.label for one in maps]
    print_of = hashlib.blake2b(b"".join(m.pixels.tobytes() for m in maps), digest_size=8)
    return Figure(
        ("basin-maps", surface, tuple(labels), ranges, print_of.hexdigest(), key),
        build,
        {"minima": series([{"w1": x, "w2": y} for x, y in minima], digits=7)},
        alt=f"Basins of attraction of {', '.join(labels)} on {surface.label}.",
        name="basins",
        table=lambda: _basin_rows(surface, maps, minima),
    )


def _basin_rows(surface: Surface, maps: Sequence[MapPicture], minima) -> Iterator[dict]:
    """What each map shows, and every minimum of the surface."""
    for one in maps:
        yield {"surface": surface.label, "map": one.label, "summary": one.summary}
    for x, y in minima:
        yield {
            "surface": surface.label,
            "map": "minimum",
            "weight w1 (no unit)": x,
            "weight w2 (no unit)": y,
        }
