"""Basin maps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.images import png
from initopt_core.surfaces import Surface

from .map_key import DARKEST, MapKey, is_numbered
from .paths import STAR
from .picture import _picture, _weight, at_weights

GAP = 50
"""Pixels between two maps."""
_SENTENCE = re.compile(r"; |, (?=nine)")
MOST_IN_ROW = 4


def in_row(maps: int) -> int:
    """How many of so many maps stand side by side, in rows that are about equally long."""
    rows = -(-maps // MOST_IN_ROW)
    return -(-maps // max(rows, 1))


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
        ink = np.array([theme.rgb(c) for c in colors], float)
        out = ink[np.minimum(reached, len(ink) - 1)] * (1 - DARKEST * part)
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
    """Maps of basins side by side, and below them what colours mean."""
    side = 300

    def build() -> alt.VConcatChart:
        charts = []
        below = _weight("w1", *ranges[:2])
        below["title"] += " at the start"
        for place, one in enumerate(maps):
            left = _weight("w2", *ranges[2:])
            left["title"] = None if place else f"{left['title']} at the start"
            stars = (
                alt.Chart(alt.NamedData("minima"))
                .mark_text(text="★", fontSize=theme.sized(17 if len(minima) < 13 else 8), **STAR)
                .encode(
                    alt.X("w1:Q", **below),
                    alt.Y("w2:Q", **left),
                )
            )
            if is_numbered(minima):
                stars += _numbers(alt.X("w1:Q", **below), alt.Y("w2:Q", **left))
            title = alt.TitleParams(
                one.label,
                subtitle=_SENTENCE.split(one.summary),
                limit=alt.ExprRef(f"{side} + {GAP - 10} * {theme.TYPE}"),
            )
            charts.append(
                (_picture(png(one.pixels[::-1]), side) + stars).properties(
                    width=side, height=side, title=title
                )
            )
        across = in_row(len(maps))
        # No title widens anything: axes and titles have their place between the maps.
        side_by_side = alt.concat(
            *charts, columns=across, bounds="flush", spacing={"column": GAP, "row": 112}
        )
        return alt.vconcat(side_by_side, key.chart(minima, across), spacing=30).resolve_scale(
            color="independent"
        )

    labels = [one.label for one in maps]
    print_of = hashlib.blake2b(b"".join(m.pixels.tobytes() for m in maps), digest_size=8)
    return Figure(
        ("basin-maps", surface, tuple(labels), ranges, print_of.hexdigest(), key),
        build,
        {
            "minima": series(
                [{"w1": x, "w2": y, "number": str(n)} for n, (x, y) in enumerate(minima, 1)],
                digits=7,
            )
        },
        alt=f"Basins of attraction of {', '.join(labels)} on {surface.label}.",
        name="basins",
        table=lambda: _basin_rows(surface, maps, minima),
    )


def _numbers(x: alt.X, y: alt.Y) -> theme.Layers:
    """Beside each star its number, dark on a white edge."""
    base = alt.Chart(alt.NamedData("minima")).encode(x, y, text="number:N")
    look: dict[str, Any] = {
        "dx": theme.sized(11),
        "dy": theme.sized(-7),
        "fontSize": theme.sized(12),
    }
    halo = {"stroke": "white", "strokeWidth": 3.5, "strokeJoin": "round"}
    return alt.layer(
        base.mark_text(fontWeight="bold", color="white", clip=True, **look, **halo),
        base.mark_text(fontWeight="bold", color="#222", clip=True, **look),
    )


def _basin_rows(surface: Surface, maps: Sequence[MapPicture], minima) -> Iterator[dict]:
    """What each map shows, and every minimum of the surface."""
    for one in maps:
        yield {"surface": surface.label, "map": one.label, "summary": one.summary}
    for x, y in minima:
        yield {
            "surface": surface.label,
            "map": "minimum",
            **at_weights(x, y),
        }
