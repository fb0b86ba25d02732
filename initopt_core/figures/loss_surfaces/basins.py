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
from initopt_core.figures.room import SIDE
from initopt_core.loss_surfaces.basins import DIVERGED, Basins
from initopt_core.surfaces import Surface

from .map_key import DARKEST, MapKey, caption, is_numbered
from .paths import STAR
from .picture import WEIGHTS, _picture, _weight

GAP = 50
"""Pixels between two maps."""
NARROW_GAP = 72
_SENTENCE = r"; |, (?=nine)|, (?=[^;,]* the lowest)"
MOST_IN_ROW = 4
WHOLE, NARROW = 300, 125
"""Sides of a map, and of one where two have to stand in a column of a text, in pixels."""


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
        found: what became of each start; None where that is not told in the figure's table.
    """

    label: str
    pixels: np.ndarray
    summary: str
    found: Basins | None = None


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
    narrow: bool = False,
) -> Figure:
    """Maps side by side, and below them what their colours mean.

    Args:
        narrow: two small maps in a row, each with titles of its own axes.
    """
    side, gap = (NARROW, NARROW_GAP) if narrow else (WHOLE, GAP)
    across = min(2, len(maps)) if narrow else in_row(len(maps))

    def build() -> alt.VConcatChart:
        charts = []
        bottom = _weight("w1", *ranges[:2])
        bottom["title"] += " at the start"
        parted = _SENTENCE + ("|(?<=nine in ten) " if narrow else "")
        told = [re.split(parted, one.summary) for one in maps]
        lines = max(map(len, told))  # so that all titles are on one line
        for place, (one, words) in enumerate(zip(maps, told, strict=True)):
            left = _weight("w2", *ranges[2:])
            named = narrow or place % across == 0
            # In two lines: a title that is longer than its axis lifts that of the map.
            left["title"] = [left["title"], "at the start"] if named else None
            stars = (
                alt.Chart(alt.NamedData("minima"))
                .mark_text(text="★", fontSize=theme.sized(17 if len(minima) < 13 else 8), **STAR)
                .encode(
                    alt.X("w1:Q", **bottom),
                    alt.Y("w2:Q", **left),
                )
            )
            if is_numbered(minima):
                stars += _numbers(alt.X("w1:Q", **bottom), alt.Y("w2:Q", **left))
            title = alt.TitleParams(
                one.label.split(", ", 1) if narrow else one.label,
                subtitle=words + ["\u00a0"] * (lines - len(words)),
                limit=alt.ExprRef(f"{SIDE} + {gap - 10} * {theme.TYPE}"),
            )
            picture = _picture(png(one.pixels[::-1]), SIDE)
            charts.append((picture + stars).properties(width=side, height=side, title=title))
        # No title widens anything: axes and titles have their place between the maps.
        spacing = {"column": gap, "row": 128 if narrow else 112}
        side_by_side = alt.concat(*charts, columns=across, bounds="flush", spacing=spacing)
        return alt.vconcat(
            side_by_side, key.chart(minima, 1 if narrow else across), spacing=24
        ).resolve_scale(color="independent", shape="independent")

    labels = [one.label for one in maps]
    print_of = hashlib.blake2b(b"".join(m.pixels.tobytes() for m in maps), digest_size=8)
    shown = caption(surface.label, key.scale)
    return Figure(
        ("basin-maps", surface, tuple(labels), ranges, print_of.hexdigest(), key, narrow),
        build,
        {
            "minima": series(
                [{"w1": x, "w2": y, "number": str(n)} for n, (x, y) in enumerate(minima, 1)],
                digits=7,
            )
        },
        alt=f"{shown} {'; '.join(labels)}.",
        caption=shown,
        signals={SIDE: side},
        name="basins",
        table=lambda: (row for one in maps for row in _starts(one, ranges)),
        holds="every start: where it ended, with what loss and after how many updates",
        upright=lambda: basin_maps(surface, maps, minima, ranges, key, narrow=True),
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


def _starts(one: MapPicture, ranges: tuple[float, float, float, float]) -> Iterator[dict]:
    """Every start of a map: its place, and what became of it."""
    found = one.found
    if found is None:
        return
    n, (x0, x1, y0, y1) = len(found.reached), ranges
    at = (np.arange(n) + 0.5) / n
    w2, w1 = np.meshgrid(y0 + (y1 - y0) * at, x0 + (x1 - x0) * at, indexing="ij")
    after, updates = "it left the view", found.left
    if updates is None:
        after, updates = "it arrived", found.steps
    columns = (w1, w2, found.loss, found.reached, updates)
    for a, b, loss, basin, count in zip(*(c.ravel().tolist() for c in columns), strict=True):
        place = found.minima[basin] if basin >= 0 else (None, None)
        yield {
            "optimizer": one.label,
            f"{WEIGHTS['w1']} at the start (no unit)": _short(a),
            f"{WEIGHTS['w2']} at the start (no unit)": _short(b),
            "loss at the end (no unit)": _short(loss),
            "basin": _basin(basin),
            f"{WEIGHTS['w1']} of its minimum (no unit)": _short(place[0]),
            f"{WEIGHTS['w2']} of its minimum (no unit)": _short(place[1]),
            f"updates until {after}, or all there were": count,
        }


def _basin(reached: int) -> str:
    """The basin of a start, by the number that its minimum has in the picture."""
    if reached >= 0:
        return f"minimum {reached + 1}"
    return "diverged" if reached == DIVERGED else "none"


def _short(value: float | None) -> float | None:
    """Seven digits: what a single holds."""
    return None if value is None else float(f"{value:.7g}")
