"""The line at the top of a page in a hall: what is shown, and the way out."""

from __future__ import annotations

import streamlit as st

from initopt_core.ui import stage

from . import assets


def stage_bar(title: str) -> None:
    """Mount it; `title`: of the page."""
    mount = assets.component("stage", ("stage/stage_bar.js",), css="stage/stage_bar.css")
    mount(key="stage-bar", data={"title": title}, on_leave_change=_leave)


def _leave() -> None:
    """Callback: the page as it usually is."""
    stage.write(stage.Stage())
    st.rerun()
