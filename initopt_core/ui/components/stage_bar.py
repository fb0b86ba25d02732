"""The line at the top of a page in a hall: what is shown, the next scene, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.ui import stage

from . import answers, assets

KEY = "stage-bar"


def stage_bar(
    title: str,
    scene: Mapping[str, Any],
    asked: Mapping[str, Callable[[], None]],
    add: Callable[[], None] | None = None,
) -> None:
    """Mount it.

    Args:
        title: of the page, where there is no scene.
        scene: what is said of it; see stage_bar.js.
        asked: callbacks of the answers "go" (to a scene, by its number), "agenda" (all scenes),
            "figure" (of the page, by its name) and "page".
        add: callback, when the view is to become a scene; None on a page that can be none.
    """
    mount = assets.component("stage", ("stage/stage_bar.js",), css="stage/stage_bar.css")
    mount(
        key=KEY,
        data={"title": title, "shows": stage.now().figure, "adds": add is not None, **scene},
        on_leave_change=_leave,
        on_add_change=add or answers.nothing,
        **{f"on_{name}_change": callback for name, callback in asked.items()},
    )


def _leave() -> None:
    """Callback: the page as it usually is."""
    stage.write(stage.Stage())
    st.rerun()
