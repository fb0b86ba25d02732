"""The loss-surface component: grids and paths as compact bytes.

The browser's half is `assets/web/surface_canvas/surface_canvas.js`.

Two messages. A grid (the surface's values) changes rarely and is sent by an element of its own,
so that a drag of the start sends paths alone. Any grid of values will do: a formula's, or a
slice through a trained network's loss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from initopt_core.figures.loss_surfaces.scene import GridMessage, Scene, Showing, scene_message

from . import answers, assets

SCRIPTS = ("surface_canvas/surface_canvas.js",)


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component("surface_canvas", SCRIPTS, css="surface_canvas/surface_canvas.css")


def surface_canvas(
    scene: Scene,
    grid: GridMessage,
    shown: Showing,
    *,
    key: str,
    on_start: Callable[[dict], None] | None = None,
    on_zoom: Callable[[dict], None] | None = None,
    on_look: Callable[[dict], None] | None = None,
) -> None:
    """Show a race on a surface.

    Args:
        scene: from `pack_scene`.
        grid: from `pack_grid`; may cover a part of the ranges shown or more.
        shown: where and how.
        key: one of a kind on the page.
        on_start: called with {"run", "x", "y", "n", "done"} when a start was dragged.
        on_zoom: called with {"surface", "home", "zoom"} when other ranges are shown.
        on_look: called with the look, as `answers.look` reads it, when it was changed by hand.
    """

    def said(
        name: str, read: Callable[[Any], dict | None], function: Callable[[dict], None] | None
    ) -> Callable[[], None]:
        def call() -> None:
            value = read(answers.answer(key, name))
            if function is not None and value is not None:
                function(value)

        return call

    runs = [run for run, _, _ in shown.starts]

    def look_of(value: Any) -> dict | None:
        return answers.look(value, scene.head["steps"], len(scene.head["runs"]))

    mount()(key=f"{key}-grid", data=grid.data)  # the style sheet keeps it out of the flow
    mount()(
        key=key,
        data=scene_message(scene, grid, shown, key),
        on_start_change=said("start", lambda value: answers.start_move(value, runs), on_start),
        on_zoom_change=said("zoom", answers.zoom_move, on_zoom),
        on_look_change=said("look", look_of, on_look),
    )
