"""The line at the top of a page in a hall: what is shown, the next scene, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.ui import stage

from . import assets

KEY = "stage-bar"


def stage_bar(title: str, scene: Mapping[str, Any], go: Callable[[], None]) -> None:
    """Mount it.

    Args:
        title: of the page, where there is no scene.
        scene: what is said of it; see stage_bar.js.
        go: callback of the answer "go", the number of the scene that is wanted.
    """
    mount = assets.component("stage", ("stage/stage_bar.js",), css="stage/stage_bar.css")
    mount(key=KEY, data={"title": title, **scene}, on_leave_change=_leave, on_go_change=go)


def _leave() -> None:
    """Callback: the page as it usually is."""
    stage.write(stage.Stage())
    st.rerun()
