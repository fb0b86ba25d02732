"""The loss-surface component: grids and paths as compact bytes.

The browser's half is `assets/web/surface_canvas/surface_canvas.js`.

Two messages. A grid (the surface's values) changes rarely and is sent by an element of its own,
so that a drag of the start sends paths alone. Any grid of values will do: a formula's, or a
slice through a trained network's loss.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from initopt_core.figures.loss_surfaces.scene import GridMessage, Ranges, Scene

from . import answers, assets

SCRIPTS = ("surface_canvas/surface_canvas.js",)


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component("surface_canvas", SCRIPTS, css="surface_canvas/surface_canvas.css")


def surface_canvas(
    scene: Scene,
    grid: GridMessage,
    *,
    key: str,
    surface: str,
    title: str,
    home: Ranges,
    starts: Sequence[tuple[int, float, float]],
    color: str,
    alt: str,
    ack: int = 0,
    on_start: Callable[[dict], None] | None = None,
    on_zoom: Callable[[dict], None] | None = None,
    look: dict[str, Any] | None = None,
    wish: int = 0,
    on_look: Callable[[dict], None] | None = None,
) -> None:
    """Show a race on a surface.

    Args:
        scene: from `pack_scene`.
        grid: from `pack_grid`; may cover a part of the ranges shown or more.
        key: one of a kind on the page.
        title: printed above the surface.
        surface: names the surface; the canvas goes back to `home` when it changes.
        home: the ranges shown at first, (w1 low, w1 high, w2 low, w2 high).
        starts: (run, w1, w2) of each start that can be dragged; run -1 is the shared one.
        color: "linear" or "log".
        alt: a sentence on what is shown.
        ack: number `n` of the newest dragged start that this scene answers.
        on_start: called with {"run", "x", "y", "n", "done"} when a start was dragged.
        on_zoom: called with {"surface", "home", "zoom"} when other ranges are shown.
        look: how it is shown, see `Look` in protocol.js; without one, as the hand has left it.
        wish: a look is taken over with a number that the canvas has not seen.
        on_look: called with the look, as `answers.look` reads it, when it was changed by hand.
    """
    import streamlit as st

    def said(
        name: str, read: Callable[[Any], dict | None], function: Callable[[dict], None] | None
    ) -> Callable[[], None]:
        def call() -> None:
            value = read(answers.answer(key, name))
            if function is not None and value is not None:
                function(value)

        return call

    runs = [run for run, _, _ in starts]

    def look_of(value: Any) -> dict | None:
        return answers.look(value, scene.head["steps"], len(scene.head["runs"]))

    head = {
        "kind": "scene",
        "key": key,
        "stamp": scene.stamp,
        "grid": grid.id,
        "surface": surface,
        "title": title,
        "home": list(home),
        "starts": [{"run": r, "x": x, "y": y} for r, x, y in starts],
        "color": color,
        "ack": ack,
        "alt": alt,
        **({} if look is None else {"initial": look, "wish": wish}),
        **scene.head,
    }
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    with st.container(gap=None):
        mount()(key=f"{key}-grid", data=grid.data)
        mount()(
            key=key,
            data=b"".join([text.encode(), b"\n", scene.floats]),
            on_start_change=said("start", lambda value: answers.start_move(value, runs), on_start),
            on_zoom_change=said("zoom", answers.zoom_move, on_zoom),
            on_look_change=said("look", look_of, on_look),
        )
