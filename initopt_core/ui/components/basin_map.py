"""The basin-map component; the browser's half is `assets/web/basin_map/basin_map.js`."""

from __future__ import annotations

import json
from collections.abc import Callable

from initopt_core.figures.loss_surfaces.basin_map import Map

from . import answers, assets


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component("basin_map", ("basin_map/basin_map.js",), css="basin_map/basin_map.css")


def show_map(
    made: Map,
    *,
    key: str,
    label: str,
    settings: str,
    color: str,
    alt: str,
    on_pick: Callable[[float, float], None],
    rows: int = 1,
) -> None:
    """Show one map.

    Args:
        made: its pixels.
        key: one of a kind on the page.
        label, settings, color: of its optimizer.
        alt: a sentence on what is shown.
        on_pick: called with (w1, w2) of a place that was clicked.
        rows: of maps on the page, which share the window where one has to hold them all.
    """

    def picked() -> None:
        place = answers.numbers(answers.answer(key, "pick"), "x", "y")
        if place is not None:
            on_pick(place["x"], place["y"])

    data = message(made, key=key, label=label, settings=settings, color=color, alt=alt, rows=rows)
    mount()(key=key, data=data, on_pick_change=picked)


def message(made: Map, **extra: str | int) -> bytes:
    """The map's bytes with more fields in their head, which is a JSON object on the first line."""
    head, _, body = made.data.partition(b"\n")
    return json.dumps(extra, ensure_ascii=False).encode()[:-1] + b"," + head[1:] + b"\n" + body
